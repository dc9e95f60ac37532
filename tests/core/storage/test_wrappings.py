"""The same network opens from whatever it was wrapped in when it was saved, and what it is is said."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

import core
from core.compat.files import recognise
from core.errors import CheckpointError

State = dict[str, Tensor]
BOTH = ("ema", "raw")


class Made:
    """A network, the diffusion of it, and both again with halved weights as their average."""

    def __init__(self, elsewhere: SimpleNamespace, **arguments: Any) -> None:
        torch.manual_seed(5)
        unet = elsewhere.network(**arguments)
        tables = elsewhere.tables_of(elsewhere.betas_of("cosine", 12), "pred_noise")
        self.u: State = {name: tensor.detach().clone() for name, tensor in unet.state_dict().items()}
        self.a: State = {name: tensor / 2 for name, tensor in self.u.items()}
        self.d = {**tables, **under("model", self.u)}
        self.e = {**tables, **under("model", self.a)}
        self.other = under("main", {name: torch.randn(3, 3) for name in ("weight", "bias.0")})


def under(prefix: str, state: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{name}": tensor for name, tensor in state.items()}


def copied(state: State) -> State:
    return {name: tensor.clone() for name, tensor in state.items()}


#: What is saved → the sets that are found, and whether they are of a diffusion.
WRAPPINGS: dict[str, tuple[Callable[[Made], Any], tuple[str, ...], bool]] = {
    "model_state_dict": (lambda m: {"epoch": 3, "model_state_dict": m.u, "optimizer_state_dict": {}}, ("raw",), False),
    "model_state_dict of a diffusion": (lambda m: {"model_state_dict": m.d, "epoch": 3}, ("raw",), True),
    "the model is the network": (lambda m: {"model": m.u, "optimizer": {}, "epoch": 3}, ("raw",), False),
    "net": (lambda m: {"net": m.u}, ("raw",), False),
    "a module called net": (lambda m: under("net", m.u), ("raw",), False),
    "params and params_ema": (lambda m: {"params": m.u, "params_ema": m.a}, BOTH, False),
    "equal params and params_ema": (lambda m: {"params": m.u, "params_ema": m.u}, BOTH, False),
    "an average alone": (lambda m: {"ema": m.a}, ("ema",), False),
    "an average of a diffusion alone": (lambda m: {"ema": m.e}, ("ema",), True),
    "a diffusion and the average of its network": (lambda m: {"model": m.d, "ema": m.a}, BOTH, True),
    "a network and the average of its diffusion": (lambda m: {"model": m.u, "ema": m.e}, BOTH, True),
    "Lightning": (lambda m: {"state_dict": under("diffusion", m.d), "global_step": 7, "loops": {}}, ("raw",), True),
    "Lightning with an average": (
        lambda m: {
            "state_dict": under("diffusion", m.d) | under("ema.ema_model", m.e) | under("ema.online_model", copied(m.d))
        },
        BOTH,
        True,
    ),
    "Lightning with the network twice": (
        lambda m: {"state_dict": under("model", m.u) | under("diffusion", m.d)},
        ("raw",),
        True,
    ),
    "a copy of the network": (lambda m: {"model": m.d, "unet": copied(m.u)}, ("raw",), True),
    "a state_dict in a state_dict": (lambda m: {"state_dict": {"state_dict": {"state_dict": m.d}}}, ("raw",), True),
    "a list": (lambda m: [m.d, {"epoch": 3}], ("raw",), True),
    "a tuple in a table": (lambda m: {"all": (3, m.u)}, ("raw",), False),
    "SWA": (lambda m: {"n_averaged": torch.tensor(5), **under("module", m.e)}, ("ema",), True),
    "SWA beside the model": (
        lambda m: {"model": m.d, "swa_model": {"n_averaged": torch.tensor(5), **under("module", m.e)}},
        BOTH,
        True,
    ),
    "DataParallel, compiled, in Lightning": (
        lambda m: {"state_dict": under("module.diffusion._orig_mod", m.d)},
        ("raw",),
        True,
    ),
    "only the network compiled": (
        lambda m: {name.replace("model.", "model._orig_mod."): tensor for name, tensor in m.d.items()},
        ("raw",),
        True,
    ),
    "one block wrapped": (
        lambda m: {name.replace("downs.0.", "downs.0._checkpoint_wrapped_module."): t for name, t in m.u.items()},
        ("raw",),
        False,
    ),
    "DeepSpeed": (lambda m: {"module": under("_forward_module", m.d), "global_steps": 9}, ("raw",), True),
    "a list of averages": (
        lambda m: {
            "model": m.d,
            "ema": {"decay": 0.999, "num_updates": 3, "shadow_params": list(m.a.values()), "collected_params": None},
        },
        BOTH,
        True,
    ),
    "averages without dots": (
        lambda m: {
            "state_dict": m.d
            | {"model_ema.decay": torch.tensor(0.9), "model_ema.num_updates": torch.tensor(3, dtype=torch.int32)}
            | {"model_ema." + name.replace(".", ""): tensor for name, tensor in m.a.items()}
        },
        BOTH,
        True,
    ),
    "counters as tensors": (
        lambda m: {**m.d, "step": torch.tensor(9), "num_updates": torch.tensor(9.0), "decay": torch.tensor([0.9])},
        ("raw",),
        True,
    ),
    "counters of an average": (
        lambda m: {**under("ema_model", m.e), "initted": torch.tensor(True), "step": torch.tensor(9)},
        ("ema",),
        True,
    ),
    "the network's name for the diffusion": (
        lambda m: {name.replace("model.", "denoise_fn.", 1): tensor for name, tensor in m.d.items()},
        ("raw",),
        True,
    ),
    "a rate beside the name": (lambda m: {"model": m.u, "ema_0.9999": m.a}, BOTH, False),
    "an optimizer by name": (
        lambda m: {"net": m.u, "optim": {"state": {name: {"exp_avg": t} for name, t in m.u.items()}}},
        ("raw",),
        False,
    ),
}


def network_of(path: Path, weights: str) -> State:
    return dict(core.load_checkpoint(path, weights=weights).model.state_dict())  # type: ignore[arg-type]


def same(first: State, second: State) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.family(first=8)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_network_in_a_usual_wrapping_opens(elsewhere: SimpleNamespace, tmp_path: Path, wrapping: str) -> None:
    wrap, sets, of_a_diffusion = WRAPPINGS[wrapping]
    made, path = Made(elsewhere), tmp_path / "found.pt"
    torch.save(wrap(made), path)
    found = recognise(path)
    assert found.weights == sets and dict(found.unused) == {}
    assert found.kind.removeprefix("checkpoint of denoising-diffusion-pytorch") in (
        "",
        "weights of a diffusion" if of_a_diffusion else "weights of a network alone",
    )
    assert ("timesteps" in found.unknown) != of_a_diffusion
    for which in sets:
        expected = made.u if which == "raw" or wrapping.startswith("equal") else made.a
        assert same(network_of(path, which), expected)
        if of_a_diffusion:
            assert torch.equal(core.load_checkpoint(path, weights=which).betas, made.d["betas"])  # type: ignore[arg-type]


def test_random_frequencies_that_an_average_leaves_out_are_the_networks(
    elsewhere: SimpleNamespace, tmp_path: Path
) -> None:
    made, path = Made(elsewhere, random_fourier_features=True), tmp_path / "found.pt"
    trained = [tensor for name, tensor in made.a.items() if name != "time_mlp.0.weights"]
    torch.save({"net": made.u, "ema": {"shadow_params": trained}}, path)
    ema = network_of(path, "ema")
    assert torch.equal(ema["time_mlp.0.weights"], made.u["time_mlp.0.weights"])
    assert torch.equal(ema["init_conv.weight"], made.a["init_conv.weight"])


def test_other_networks_of_the_training_are_named(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    made = Made(elsewhere)
    torch.save({"model": made.d, "discriminator": made.other, "optimizer": {"m": made.other}}, tmp_path / "gan.pt")
    assert dict(recognise(tmp_path / "gan.pt").unused) == {"discriminator": 2}
    flat = {**under("diffusion", made.d), **under("lpips", made.other), **under("disc", made.other)}
    save_file(copied(flat), tmp_path / "flat.safetensors")
    assert dict(recognise(tmp_path / "flat.safetensors").unused) == {"lpips": 2, "disc": 2}
    torch.save({"state_dict": flat}, tmp_path / "nested.ckpt")
    assert dict(recognise(tmp_path / "nested.ckpt").unused) == {"state_dict.lpips": 2, "state_dict.disc": 2}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda m: {"model": m.u, "best": m.a}, r"two networks that differ, model and best; save one of them alone"),
        (lambda m: {"ema_1": m.u, "ema_2": m.a}, r"two averaged networks that differ, ema_1 and ema_2"),
        (lambda m: {f"net{n}": m.u for n in range(20)}, r"it holds 20 networks"),
        (lambda m: {**m.u, **{f"module.{name}": t for name, t in m.a.items()}}, r"both init_conv.weight, and differ"),
        (lambda m: {"epoch": 3, "args": {"lr": 1.0}}, r"it holds no tensors: only epoch, args"),
        (lambda m: {}, r"it holds no tensors: it is empty"),
        (lambda m: [1, 2], r"it holds no tensors: only plain values"),
        (lambda m: {"optimizer": {"state": {0: {"exp_avg": m.u["init_conv.weight"]}}}}, r"what an optimizer keeps"),
        (lambda m: {"down_blocks.0.resnets.0.conv1.weight": torch.ones(3)}, r"a U-Net of diffusers"),
        (lambda m: {"state_dict": {"model.input_blocks.0.0.weight": torch.ones(3)}}, r"Stable Diffusion"),
        (lambda m: {"model": {k: v for k, v in m.d.items() if k != "betas"}}, r"it has no betas"),
        (lambda m: {"ema": {k: v for k, v in m.d.items() if k != "betas"}}, r"it has no betas"),
    ],
)
def test_what_is_not_one_network_is_refused_with_what_to_do(
    elsewhere: SimpleNamespace, tmp_path: Path, content: Callable[[Made], Any], words: str
) -> None:
    torch.save(content(Made(elsewhere)), tmp_path / "found.pt")
    with pytest.raises(CheckpointError, match=words):
        recognise(tmp_path / "found.pt")


# --- what would run code, or is another format ------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        recognise(path)
    return str(caught.value)


@pytest.mark.filterwarnings("ignore")
def test_files_of_torch_that_are_not_read_are_named_with_what_to_do(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    network, path = elsewhere.network(), tmp_path / "found.pt"
    torch.save(network.state_dict(), path, _use_new_zipfile_serialization=False)
    assert "old format of torch.save" in (words := refusal(path)) and "torch.save(torch.load(OLD" in words
    torch.save(torch.load(path, weights_only=True), path)  # what it says to do
    assert recognise(path).kind == "weights of a network alone"
    for content, place in ((network, "it is a whole"), ({"epoch": 3, "model": network}, "its model is a whole")):
        torch.save(content, path)
        assert (
            place in (words := refusal(path)) and "(core.networks.unet.Unet)" in words and "model.state_dict()" in words
        )
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(path))
    assert "a TorchScript program" in refusal(path)
    path.write_bytes(pickle.dumps({"model": 3}))
    assert "a bare pickle" in refusal(path)
    save_file(network.state_dict(), path)
    assert "a safetensors file under another name" in refusal(path)
