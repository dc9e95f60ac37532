"""Files from elsewhere open as the models they are, without running anything; what they do not say is named."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import struct
import tempfile
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

import core
from core.cli.main import main
from core.compat.files import read_library_checkpoint, recognise
from core.errors import CheckpointError, ConfigError
from core.runs.opening import is_foreign

GOLDEN = Path(__file__).parents[2] / "golden" / "model-1.pt"

LAYOUTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "self-conditioning": {"self_condition": True},
    "init_dim": {"init_dim": 12},
    "four stages": {"dim_mults": (1, 2, 2, 3), "dim": 4},
    "one stage": {"dim_mults": (1,)},
    "exact everywhere": {"full_attn": (True, True)},
    "linear everywhere": {"full_attn": (False, False)},
    "exact outside": {"full_attn": (True, False)},
    "heads per stage": {"attn_heads": (3, 1), "attn_dim_head": (4, 6)},
    "as many heads as memory pairs": {"attn_heads": 4, "attn_dim_head": 4},
    "five channels": {"channels": 5},
    "twelve channels, and no patches": {"channels": 12},
    "learned frequencies": {"learned_sinusoidal_cond": True, "learned_sinusoidal_dim": 6},
    "random frequencies": {"random_fourier_features": True},
    "everything": {
        "dim": 12,
        "init_dim": 6,
        "dim_mults": (2, 1, 4),
        "channels": 3,
        "self_condition": True,
        "full_attn": (False, True, False),
        "attn_heads": (1, 2, 3),
        "attn_dim_head": (8, 4, 2),
    },
}


@pytest.fixture
def plain_file(elsewhere: SimpleNamespace, tmp_path: Path) -> Path:
    path = tmp_path / "model-7.pt"
    elsewhere.write_library_file(path, elsewhere.network(), elsewhere.tables_of(elsewhere.betas_of("sigmoid", 20)))
    return path


def same_tensors(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return list(ours) == list(theirs) and all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.family(first=4)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_network_is_read_off_its_shapes(elsewhere: SimpleNamespace, tmp_path: Path, layout: str) -> None:
    torch.manual_seed(1)
    unet = elsewhere.network(**LAYOUTS[layout])
    path = tmp_path / "model-1.pt"
    tables = elsewhere.tables_of(elsewhere.betas_of("cosine", 12), "pred_noise", 3.0)
    content = elsewhere.write_library_file(path, unet, tables)
    say = {"image_size": 8} | ({"random_fourier_features": True} if layout == "random frequencies" else {})
    raw, ema = (core.load_checkpoint(path, weights=weights, **say) for weights in ("raw", "ema"))
    assert same_tensors(raw.state_dict(), content["model"])
    assert torch.equal(ema.model.final_conv.bias, unet.final_conv.bias / 2)
    x, t = torch.randn(2, unet.channels, 8, 8), torch.tensor([0, 11])
    hand_built = core.GaussianDiffusion(
        unet.eval(), image_size=8, timesteps=12, beta_schedule="cosine", objective="pred_noise"
    )
    with torch.no_grad():
        assert torch.equal(raw.model_predictions(x, t)[0], hand_built.model_predictions(x, t)[0])
    assert raw.beta_schedule == "cosine" and raw.objective == "pred_noise" and raw.min_snr_gamma == 3.0
    assert ("random_fourier_features" in recognise(path).unknown) == ("frequencies" in layout)


@pytest.mark.parametrize(
    ("patch", "channels", "self_condition"), [(1, 12, False), (2, 3, True), (2, 12, False), (4, 1, True)]
)
def test_patches_are_read_off_the_first_kernel(tmp_path: Path, patch: int, channels: int, self_condition: bool) -> None:
    made = core.Unet(8, dim_mults=(1,), channels=channels, patch_size=patch, self_condition=self_condition)
    torch.save(made.state_dict(), tmp_path / "bare.pt")
    found = recognise(tmp_path / "bare.pt").architecture
    assert (found.patch_size, found.channels, found.self_condition) == (patch, channels, self_condition)
    opened = core.load_checkpoint(tmp_path / "bare.pt", beta_schedule="cosine", timesteps=9, objective="pred_v")
    assert same_tensors(opened.model.state_dict(), made.state_dict())
    with pytest.raises(ConfigError, match=f"the file says {patch}"):
        core.load_checkpoint(tmp_path / "bare.pt", patch_size=3 - min(patch, 2))


@pytest.mark.parametrize(
    ("kernel", "outputs", "words"),
    [
        ((10, 10), 12, "takes 3 channels and gives 12"),
        ((14, 7), 12, "14×7"),
        ((14, 14), 13, r"final_conv\.bias is 13 instead of 12"),
        ((14, 14), 3, "no channels"),
    ],
)
def test_patches_of_no_size_are_refused(tmp_path: Path, kernel: tuple[int, int], outputs: int, words: str) -> None:
    state = core.Unet(8, dim_mults=(1,), patch_size=2).state_dict()
    state["init_conv.weight"] = torch.zeros(8, 3, *kernel)
    state["final_conv.weight"], state["final_conv.bias"] = torch.zeros(outputs, 8, 1, 1), torch.zeros(outputs)
    torch.save(state, tmp_path / "bare.pt")
    with pytest.raises(CheckpointError, match=words):
        recognise(tmp_path / "bare.pt")


def test_a_schedule_of_its_own_is_taken_as_it_is(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    betas = torch.linspace(1e-3, 0.4, 15, dtype=torch.float64) ** 1.3
    path = tmp_path / "model-1.pt"
    content = elsewhere.write_library_file(path, elsewhere.network(), elsewhere.tables_of(betas, "pred_x0", 2.0))
    diffusion = core.load_checkpoint(path, weights="raw")
    assert same_tensors(diffusion.state_dict(), content["model"])
    assert diffusion.beta_schedule is None and diffusion.num_timesteps == 15
    assert (diffusion.objective, diffusion.min_snr_gamma) == ("pred_x0", 2.0)
    assert recognise(path).beta_schedule is None


def test_the_librarys_checkpoint_opens_and_samples_like_one_built_by_hand() -> None:
    found = recognise(GOLDEN)
    assert (found.step, found.version, found.weights, found.parameters) == (40, "2.3.4", ("ema", "raw"), 49417)
    assert (found.beta_schedule, found.timesteps, found.objective, found.min_snr_gamma) == (
        "sigmoid",
        1000,
        "pred_v",
        None,
    )
    content = torch.load(GOLDEN, weights_only=True)
    averaged = {n.removeprefix("ema_model."): t for n, t in content["ema"].items() if n.startswith("ema_model.")}
    for weights, state in (("raw", content["model"]), ("ema", averaged)):
        unet = core.Unet(8, dim_mults=(1, 2), channels=1, attn_heads=2, attn_dim_head=8)
        by_hand = core.GaussianDiffusion(unet, image_size=16, sampling_timesteps=5)
        by_hand.load_state_dict(state)
        opened = core.load_checkpoint(GOLDEN, weights=weights, image_size=16, sampling_timesteps=5)  # type: ignore[arg-type]
        assert same_tensors(opened.state_dict(), dict(state))
        pictures = []
        for diffusion in (opened, by_hand.eval()):
            torch.manual_seed(3)
            pictures.append(diffusion.sample(batch_size=2))
        assert torch.equal(*pictures)


def test_everything_for_going_on_is_read(elsewhere: SimpleNamespace, plain_file: Path) -> None:
    content = torch.load(plain_file, weights_only=True)
    opened = read_library_checkpoint(plain_file, image_size=(8, 12))
    assert opened.step == 700 and int(opened.averaging["step"]) == 700
    assert same_tensors(opened.diffusion.state_dict(), content["model"])
    assert not same_tensors(opened.ema.state_dict(), content["model"])
    assert opened.diffusion.image_size == (8, 12)
    adam = torch.optim.Adam(opened.diffusion.parameters())
    adam.load_state_dict(dict(opened.optimizer))
    assert adam.param_groups[0]["lr"] == 3e-4
    first = next(iter(opened.diffusion.parameters()))
    assert torch.equal(adam.state[first]["exp_avg"], content["opt"]["state"][0]["exp_avg"])


def test_what_the_file_does_not_say_is_named_and_can_be_said(plain_file: Path) -> None:
    found = recognise(plain_file)
    assert found.unknown == (
        "image_size",
        "auto_normalize",
        "ddim_sampling_eta",
        "dropout",
        "offset_noise_strength",
        "immiscible",
        "sinusoidal_pos_emb_theta",
    )
    assert found.defaults["image_size"] == (32, 32) and found.architecture.downsample_factor == 2
    said = {
        "image_size": 10,
        "auto_normalize": False,
        "ddim_sampling_eta": 0.5,
        "dropout": 0.1,
        "sinusoidal_pos_emb_theta": 500,
        "sampling_timesteps": 4,
        "flash_attn": True,
    }
    diffusion = core.load_checkpoint(plain_file, **said)
    assert (diffusion.image_size, diffusion.auto_normalize, diffusion.ddim_sampling_eta) == ((10, 10), False, 0.5)
    assert diffusion.sampling_timesteps == 4
    assert diffusion.model.settings.sinusoidal_pos_emb_theta == 500 and diffusion.model.mid_attn.flash
    assert recognise(plain_file, **said).unknown == ("offset_noise_strength", "immiscible")


def test_the_size_that_stands_for_an_unknown_one_fits_the_network(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    unet = elsewhere.network(dim=4, dim_mults=(1,) * 7)
    elsewhere.write_library_file(tmp_path / "m.pt", unet, elsewhere.tables_of(elsewhere.betas_of("cosine", 5)))
    assert recognise(tmp_path / "m.pt").image_size == (64, 64)


@pytest.mark.family(first=4)
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "model.", "ema_model.", "module.model._orig_mod."])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_networks_own_weights_open(elsewhere: SimpleNamespace, tmp_path: Path, prefix: str, suffix: str) -> None:
    unet = elsewhere.network(self_condition=True)
    path = tmp_path / f"unet{suffix}"
    named = {prefix + name: tensor for name, tensor in unet.state_dict().items()}
    save_file(named, path) if suffix == ".safetensors" else torch.save(named, path)
    found = recognise(path)
    assert found.kind == "weights of a network alone" and found.step is None
    assert {"image_size", "timesteps", "beta_schedule", "objective", "min_snr_gamma"} < set(found.unknown)
    diffusion = core.load_checkpoint(path, timesteps=30, beta_schedule="cosine", objective="pred_x0", min_snr_gamma=5)
    assert same_tensors(diffusion.model.state_dict(), unet.state_dict())
    expected = core.GaussianDiffusion(
        unet, image_size=32, timesteps=30, beta_schedule="cosine", objective="pred_x0", min_snr_loss_weight=True
    )
    assert torch.equal(diffusion.loss_weight, expected.loss_weight)
    tau = core.load_checkpoint(path, timesteps=30, schedule_fn_kwargs={"tau": 0.7})
    assert tau.schedule_fn_kwargs == {"tau": 0.7}


@pytest.mark.parametrize("prefix", ["", "module.", "diffusion."])
def test_a_diffusions_own_weights_open(elsewhere: SimpleNamespace, plain_file: Path, prefix: str) -> None:
    content = torch.load(plain_file, weights_only=True)
    path = plain_file.with_name("bare.safetensors")
    save_file({prefix + name: tensor.clone() for name, tensor in content["model"].items()}, path)
    assert recognise(path).kind == "weights of a diffusion"
    for weights in ("raw", "ema"):  # there is one set
        opened = core.load_checkpoint(path, weights=weights)  # type: ignore[arg-type]
        assert same_tensors(opened.state_dict(), content["model"])


def test_an_average_saved_alone_has_both_sets(plain_file: Path) -> None:
    content = torch.load(plain_file, weights_only=True)
    path = plain_file.with_name("ema.ckpt")
    torch.save({"epoch": 3, "state_dict": content["ema"]}, path)
    assert recognise(path).weights == ("ema", "raw")
    raw, ema = (core.load_checkpoint(path, weights=weights) for weights in ("raw", "ema"))  # type: ignore[arg-type]
    assert torch.equal(raw.model.final_conv.bias / 2, ema.model.final_conv.bias)


def test_half_precision_and_double_are_taken(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    state = elsewhere.network().state_dict()
    save_file({name: tensor.bfloat16() for name, tensor in state.items()}, tmp_path / "a.safetensors")
    torch.save({name: tensor.double() for name, tensor in state.items()}, tmp_path / "a.pt")
    half, double = (core.load_checkpoint(tmp_path / name) for name in ("a.safetensors", "a.pt"))
    assert torch.equal(half.model.init_conv.weight, state["init_conv.weight"].bfloat16().float())
    assert same_tensors(double.model.state_dict(), state)


# --- what is refused ---------------------------------------------------------------------------------------


class Bomb:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch '{self.marker}'",)


@pytest.mark.parametrize("plain_pickle", [False, True])
def test_a_file_that_wants_to_run_something_does_not(tmp_path: Path, plain_pickle: bool) -> None:
    marker, path = tmp_path / "it ran", tmp_path / "model-1.pt"
    content = {"step": 1, "model": {"init_conv.weight": Bomb(marker)}}
    path.write_bytes(pickle.dumps(content)) if plain_pickle else torch.save(content, path)
    for open_it in (core.load_checkpoint, recognise, read_library_checkpoint):
        with pytest.raises(CheckpointError, match=r"model-1\.pt was not opened"):
            open_it(path)
    assert not marker.exists()


def test_every_truncation_is_refused(plain_file: Path) -> None:
    whole = plain_file.read_bytes()
    for length in (0, 3, 30, 1000, len(whole) // 2, len(whole) - 200, len(whole) - 1):
        plain_file.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match=r"model-7\.pt"):
            core.load_checkpoint(plain_file)
    for length in (0, 7, 100):
        bare = plain_file.with_suffix(".safetensors")
        bare.write_bytes(struct.pack("<Q", 1 << 40)[:length] + b"{" * length)
        with pytest.raises(CheckpointError, match=r"model-7\.safetensors"):
            core.load_checkpoint(bare)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zip.pt", "w") as archive:
        archive.writestr("holiday/photo.txt", "sea")
    torch.save([1, 2], tmp_path / "list.pt")
    torch.save({"model": {"a": torch.zeros(2)}}, tmp_path / "other.pt")
    torch.save({}, tmp_path / "empty.pt")
    save_file({"encoder.weight": torch.zeros(2)}, tmp_path / "other.safetensors")
    os.mkfifo(tmp_path / "pipe.pt")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(CheckpointError, match=path.name):
            core.load_checkpoint(path)
    with pytest.raises(CheckpointError, match=r"first tensors: encoder\.weight"):
        recognise(tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError, match="could not be read"):
        core.load_checkpoint(tmp_path / "nowhere.pt")


Change = dict[str, torch.Tensor | None]


def changed(content: dict[str, Any], change: Change) -> dict[str, Any]:
    content["model"] = {**content["model"], **change}
    content["model"] = {name: tensor for name, tensor in content["model"].items() if tensor is not None}
    return content


@pytest.mark.family(first=6)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model.init_conv.weight": torch.zeros(8, 1, 7)}, "1-D network"),
        ({"model.init_conv.weight": torch.zeros(8, 1, 7, 7, 7)}, "3-D network"),
        ({"model.final_conv.weight": torch.zeros(2, 8, 1, 1)}, "learned_variance"),
        ({"model.final_conv.weight": torch.zeros(5, 8, 1, 1)}, "takes 1 channels and gives 5"),
        ({"model.mid_attn.mem_kv": None}, "it has no mid_attn.mem_kv"),
        ({"model.downs.0.2.mem_kv": None}, "old version"),
        ({"model.extra.weight": torch.zeros(3)}, "nothing is known of its extra.weight"),
        ({"model.time_mlp.3.weight": torch.zeros(33, 33)}, "no multiples of dim"),
        ({"model.mid_block1.mlp.1.bias": torch.zeros(7)}, r"mid_block1.mlp.1.bias is 7 instead of 32"),
        ({"model.final_conv.bias": torch.zeros(1, dtype=torch.int64)}, "holds int64"),
        ({"model.final_conv.bias": torch.zeros(0)}, "is empty"),
        ({"model.null_classes_emb": torch.zeros(8)}, "classifier-free guidance variant"),
        ({"betas": None}, "it has no betas"),
        ({"loss_weight": None}, "it has no loss_weight"),
        ({"p2_loss_weight": torch.ones(20)}, "old version"),
        ({"betas": torch.ones(20)}, "from 1 to 1"),
        ({"betas": torch.full((20,), float("nan"))}, "betas is not finite"),
        ({"posterior_variance": torch.zeros(19)}, "posterior_variance is 19, where the schedule has 20"),
        ({"betas": torch.zeros(200_000)}, "200000 steps"),
    ],
)
def test_another_architecture_is_refused_by_name(plain_file: Path, change: Change, words: str) -> None:
    torch.save(changed(torch.load(plain_file, weights_only=True), change), plain_file)
    with pytest.raises(CheckpointError, match=words):
        recognise(plain_file)


def test_small_files_of_huge_networks_cost_nothing(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    state = dict(elsewhere.network(learned_sinusoidal_cond=True, learned_sinusoidal_dim=2).state_dict())
    for name, tensor in (
        ("time_mlp.3.weight", torch.zeros(4 * 4096, 1)),
        ("time_mlp.3.weight", torch.zeros(4 * 10**6, 1)),
        ("downs.0.2.mem_kv", torch.zeros(2, 256, 1024, 1)),
        ("downs.1.3.weight", torch.zeros(8 * 64, 1, 1, 1)),
        ("class_emb.weight", torch.zeros(10**6, 1)),
    ):
        path = tmp_path / "huge.safetensors"
        save_file({**state, name: tensor}, path)
        with pytest.raises(CheckpointError, match="was not opened"):
            core.load_checkpoint(path)


def test_an_optimizer_of_another_network_is_refused(plain_file: Path) -> None:
    content = torch.load(plain_file, weights_only=True)
    content["opt"]["state"][0]["exp_avg"] = torch.zeros(2)
    torch.save(content, plain_file)
    core.load_checkpoint(plain_file)  # for sampling it does not matter
    with pytest.raises(CheckpointError, match="exp_avg of parameter 0"):
        read_library_checkpoint(plain_file)


def test_a_file_without_an_optimizer_or_an_average_opens(plain_file: Path) -> None:
    content = torch.load(plain_file, weights_only=True)
    torch.save({"model": content["model"]}, plain_file)
    opened = read_library_checkpoint(plain_file)
    assert (opened.step, opened.optimizer, opened.averaging) == (0, {}, {})
    assert opened.recognised.weights == ("raw",)
    assert same_tensors(opened.ema.state_dict(), content["model"])


def test_files_are_told_apart_by_name(tmp_path: Path) -> None:
    assert is_foreign(tmp_path / "model-1.pt") and is_foreign(tmp_path / "step-00000001.safetensors")
    (tmp_path / "step-00000001.json").touch()
    assert not is_foreign(tmp_path / "step-00000001.safetensors")
    assert not is_foreign(tmp_path / "step-00000001.json")


@pytest.mark.parametrize("lost", [{}, {"init_conv.weight": None}, {0: torch.zeros(2), "init_conv.weight": None}])
def test_checkpoint_when_its_model_holds_no_weights_is_refused_though_the_average_has_a_copy(
    tmp_path: Path, lost: dict[object, object]
) -> None:
    torch.save({**torch.load(GOLDEN, weights_only=True), "model": lost}, tmp_path / "model-1.pt")
    with pytest.raises(CheckpointError, match="its model holds no network"):
        read_library_checkpoint(tmp_path / "model-1.pt")


@pytest.mark.long
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=4) | st.just(torch.zeros(2)),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["state", "param_groups", "params", 0, "init_conv.weight"]), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from(["model", "opt", "ema", "step", "version", "scaler"]),
)
@settings(max_examples=15, deadline=None)
@example({"init_conv.weight": None}, "model")
@example({"state": None, "param_groups": None, "params": None, 0: torch.zeros(2), "init_conv.weight": None}, "model")
def test_nonsense_in_any_part_is_read_or_refused(nonsense: object, part: str) -> None:
    content = {**torch.load(GOLDEN, weights_only=True), part: nonsense}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model-1.pt"
        torch.save(content, path)
        with suppress(CheckpointError):
            opened = read_library_checkpoint(path)
            assert opened.step == (40 if part != "step" else opened.recognised.step or 0)
            # The same weights stand in the average's part too, as online_model: they are not taken for a lost model.
            assert part != "model"


def test_what_is_assumed_of_the_network_is_said_unless_it_was_said(plain_file: Path) -> None:
    with pytest.warns(UserWarning, match=r"model-7\.pt does not say this, .* sinusoidal_pos_emb_theta=10000\.0"):
        core.load_checkpoint(plain_file)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        core.load_checkpoint(plain_file, sinusoidal_pos_emb_theta=10_000)


@pytest.mark.parametrize(
    "extra", [argparse.Namespace(lr=0.1), Path("pictures"), torch.zeros(2).numpy()], ids=["Namespace", "Path", "numpy"]
)
def test_file_when_it_holds_more_than_weights_says_how_to_save_it_again(
    plain_file: Path, tmp_path: Path, extra: object
) -> None:
    held = torch.load(plain_file, weights_only=True)
    torch.save({**held, "args": extra}, tmp_path / "more.pt")
    with pytest.raises(CheckpointError, match=r"its args.* asks for .*Save it again.*model\.state_dict\(\)"):
        recognise(tmp_path / "more.pt")


@pytest.mark.parametrize("name", ["weights", "ema_0.9999"])
def test_file_when_its_name_has_no_ending_is_known_by_its_beginning(
    plain_file: Path, tmp_path: Path, name: str
) -> None:
    plain_file.rename(tmp_path / name)
    assert is_foreign(tmp_path / name)
    with pytest.warns(UserWarning, match="does not say"):
        saved = core.load_checkpoint(tmp_path / name)
    save_file(saved.model.state_dict(), tmp_path / "bare.safetensors")
    (tmp_path / "bare.safetensors").rename(tmp_path / "bare")
    assert recognise(tmp_path / "bare").architecture == recognise(tmp_path / name).architecture


def test_inspect_when_weights_are_no_numbers_says_so(
    plain_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(plain_file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problem"] is None
    held = torch.load(plain_file, weights_only=True)
    held["ema"]["ema_model.model.init_conv.bias"][0] = float("nan")
    torch.save(held, tmp_path / "nan.pt")
    assert main(["inspect", str(tmp_path / "nan.pt"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["parameters"] and "init_conv.bias" in told["problem"]
