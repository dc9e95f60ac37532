"""The map of the U-Net against hooks on its real forward pass."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import core
from core.errors import ConfigError
from core.networks import unfolding
from core.networks.anatomy import KINDS, SIDES, network_map, row_of
from core.networks.build import build_network
from core.networks.unet import Unet
from core.networks.unfolding import AXES, SYMBOLS, Step, unfold
from core.presets import PRESETS

#: Sketch, Small, Standard and Large, the latter ones with fewer channels: the same blocks.
OF_PRESETS = [
    pytest.param(name, {} if preset.config.model.dim <= 32 else {"dim": 16}, id=name)
    for name, preset in PRESETS.items()
]
NETWORKS: list[Any] = [
    pytest.param(
        {"dim_mults": (1, 2), "channels": 1, "condition_channels": 3, "self_condition": True}, (8, 12), id="conditional"
    ),
    pytest.param({"dim_mults": (1, 2, 4), "self_condition": True}, (16, 24), id="self-conditioned, not square"),
    pytest.param({"full_attn": (True, False, True), "dim_mults": (1, 1, 2)}, (8, 8), id="full attention by stage"),
    pytest.param({"attn_heads": (1, 2), "attn_dim_head": (4, 8), "dim_mults": (2, 1), "init_dim": 6}, (8, 4), id="odd"),
    pytest.param({"dim_mults": (1,)}, (3, 5), id="one stage"),
    pytest.param({"dim_mults": (1, 2), "patch_size": 2}, (8, 16), id="patches of 2"),
    pytest.param({"dim_mults": (1, 2), "patch_size": 4, "channels": 1}, (16, 8), id="patches of 4"),
    pytest.param({"dim_mults": (1, 2), "num_classes": 3}, (4, 4), id="classes"),
    pytest.param({"dim_mults": (1, 2), "num_classes": 3, "augment_dim": 9}, (4, 4), id="classes and augmentation"),
    pytest.param({"dim_mults": (1, 2), "learned_sinusoidal_cond": True, "flash_attn": True}, (4, 4), id="learned"),
    pytest.param({"dim_mults": (1, 2), "random_fourier_features": True}, (4, 4), id="random"),
]


def outputs_of(unet: Unet, size: tuple[int, int]) -> dict[str, tuple[int, ...]]:
    """The shape of what each module puts out, in the order in which they are done; of the time path (C, 1, 1)."""
    found: dict[str, tuple[int, ...]] = {}
    names = {module: name for name, module in unet.named_modules()}

    def note(module: nn.Module, _inputs: object, output: Tensor) -> None:
        found[names[module]] = (*output.shape[1:], 1, 1)[:3]

    hooks = [module.register_forward_hook(note) for module in unet.modules()]
    with torch.no_grad():
        unet(torch.randn(2, unet.channels, *size), torch.tensor([0.1, 0.5]))
    for hook in hooks:
        hook.remove()
    return found


def require_true(unet: Unet, size: tuple[int, int]) -> None:
    rows, outputs = network_map(unet, size), outputs_of(unet, size)
    names = {row.module: row for row in rows}
    assert {name: outputs[name] for name in names} == {name: row.shape for name, row in names.items()}
    assert [name for name in outputs if name in names] == list(names)
    assert sum(row.parameters for row in rows) == sum(parameter.numel() for parameter in unet.parameters())
    assert {row.kind for row in rows} <= set(KINDS) and {row.side for row in rows} <= set(SIDES)


@pytest.mark.parametrize(("name", "settings"), OF_PRESETS)
def test_map_when_held_against_the_forward_pass_is_true_of_every_preset(name: str, settings: dict[str, Any]) -> None:
    config = PRESETS[name].config.with_settings({"image_size": 32, "channels": 3, **settings})
    unet = build_network(config)
    assert isinstance(unet, Unet)
    require_true(unet, (32, 32))


@pytest.mark.parametrize(("settings", "size"), NETWORKS)
def test_map_when_held_against_the_forward_pass_is_true(settings: dict[str, Any], size: tuple[int, int]) -> None:
    require_true(Unet(8, **settings), size)


def test_map_when_the_network_is_on_the_meta_device_is_the_same() -> None:
    settings: dict[str, Any] = {"dim_mults": (1, 2), "num_classes": 2, "learned_sinusoidal_cond": True}
    with torch.device("meta"):
        meta = Unet(8, **settings)
    assert core.network_map(meta, 16) == network_map(Unet(8, **settings), (16, 16))


def test_map_when_blocks_take_shortcuts_names_what_they_are_given() -> None:
    """The second half of each concatenation is the output of the row that is named, of an attention with its input."""
    unet = Unet(8, dim_mults=(1, 2, 3))
    rows = network_map(unet, 16)
    assert [row.shortcut for row in rows if row.shortcut] == [
        *("downs.2.2", "downs.2.0", "downs.1.2", "downs.1.0", "downs.0.2", "downs.0.0", "init_conv"),
    ]
    given: dict[str, Tensor] = {}
    made: dict[str, Tensor] = {}

    def note(name: str) -> None:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            attends = row_of(rows, name).heads > 0
            given[name], made[name] = inputs[0], output + inputs[0] if attends else output

        hooks.append(unet.get_submodule(name).register_forward_hook(hook))

    hooks: list[Any] = []
    for row in rows:
        note(row.module)
    with torch.no_grad():
        unet(torch.randn(1, 3, 16, 16), torch.tensor([5]))
    for row in rows:
        if row.shortcut:
            channels = row_of(rows, row.shortcut).shape[0]
            assert torch.equal(given[row.module][:, -channels:], made[row.shortcut])


def test_map_when_it_cannot_be_drawn_says_why() -> None:
    with pytest.raises(ConfigError, match=r"a core\.Unet"):
        network_map(nn.Linear(1, 1), 8)
    with pytest.raises(ConfigError, match="divide by 2"):
        network_map(Unet(8, dim_mults=(1, 2)), (8, 9))
    with pytest.raises(ConfigError, match=r"one of init_conv, .*final_conv"):
        row_of(network_map(Unet(8, dim_mults=(1, 2)), 8), "middle")


# --- A block taken apart ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("settings", "size"), NETWORKS)
def test_blocks_when_taken_apart_have_the_parameters_and_the_shapes_of_the_modules(
    settings: dict[str, Any], size: tuple[int, int]
) -> None:
    unet = Unet(8, **settings)
    outputs = outputs_of(unet, size)
    for row in network_map(unet, size):
        operations = unfold(unet, row.module, size)
        assert sum(operation.parameters for operation in operations) == row.parameters
        done = [operation for operation in operations if operation.module and operation.module in outputs]
        assert {one.module: one.shape for one in done} == {one.module: outputs[one.module] for one in done}
        assert all(len(one.shape) == len(one.axes) and set(one.axes) <= set(AXES) for one in operations)
        # The pixels of patches are put in place after the last convolution.
        if row.module != "final_conv":
            assert operations[-1].shape == row.shape
    pixels = unfold(unet, "final_conv", size)[-1].shape
    assert pixels == (unet.out_dim, *size)


def test_residual_block_when_taken_apart_is_in_the_articles_order() -> None:
    unet = Unet(8, dim_mults=(1, 2))
    titles = [(one.branch, one.step.title) for one in unfold(unet, "ups.0.0", 8)]
    block = ["Conv 3×3", "RMSNorm", "Scale and shift", "SiLU", "Dropout", "Conv 3×3", "RMSNorm", "SiLU"]
    assert titles == [
        ("main", "Take the shortcut"),
        ("time", "SiLU"),
        ("time", "Linear"),
        *(("main", title) for title in block),
        ("residual", "Conv 1×1"),
        ("main", "Add the residual"),
    ]
    assert "Identity" in [one.step.title for one in unfold(unet, "downs.0.0", 8)]
    assert [one.step.title for one in unfold(unet, "time_mlp", 8)] == ["SinusoidalPosEmb", "Linear", "GELU", "Linear"]


def test_formulas_when_a_module_has_a_bias_add_it() -> None:
    unet = Unet(8, dim_mults=(1, 2), channels=1, patch_size=2, learned_sinusoidal_cond=True)
    learned = [one for row in network_map(unet, 8) for one in unfold(unet, row.module, 8) if one.parameters]
    modules = [(one.step, unet.get_submodule(one.module)) for one in learned if one.module]
    linear = [(step, module) for step, module in modules if isinstance(module, nn.Conv2d | nn.Linear)]
    assert {step.title for step, _ in linear} >= {
        "Conv 1×1",
        "Conv 3×3",
        "Conv 7×7",
        "Linear",
        "Queries, keys and values",
    }
    for step, module in linear:
        assert ("b" in step.symbols) == (module.bias is not None), step


def test_formulas_when_written_explain_each_of_their_signs() -> None:
    steps = [step for step in vars(unfolding).values() if isinstance(step, Step)]
    used = {symbol for step in steps for symbol in step.symbols}
    assert used == set(SYMBOLS)
    for step in steps:
        assert step.help.endswith(".") and step.source
        assert all(sign in step.formula for symbol in step.symbols for sign in symbol.split(", "))
