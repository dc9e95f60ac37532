"""What is written for elsewhere holds what was given, in the library's form; what has no place there is refused."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import core
from core.compat.files import read_library_checkpoint, recognise
from core.errors import CheckpointError, ConfigError, RunError
from core.training.optimizers import build_optimizer
from core.training.state import EMA

GOLDEN = Path(__file__).parents[2] / "golden" / "model-1.pt"


def assert_equal(ours: Any, theirs: Any, at: str = "") -> int:
    """Of nested tables of tensors: the same keys in the same order, types and values; how many tensors there were."""
    if isinstance(theirs, dict):
        assert isinstance(ours, dict) and list(ours) == list(theirs), at
        return sum(assert_equal(ours[key], theirs[key], f"{at}.{key}") for key in theirs)
    assert type(ours) is type(theirs), at
    if isinstance(theirs, list):
        assert len(ours) == len(theirs), at
        return sum(assert_equal(a, b, f"{at}[]") for a, b in zip(ours, theirs, strict=True))
    if isinstance(theirs, torch.Tensor):
        assert ours.dtype == theirs.dtype and ours.stride() == theirs.stride() and torch.equal(ours, theirs), at
        return 1
    assert ours == theirs, at
    return 0


def model(elsewhere: SimpleNamespace, **settings: Any) -> core.GaussianDiffusion:
    torch.manual_seed(4)
    return core.GaussianDiffusion(elsewhere.network(), image_size=8, **{"timesteps": 20, **settings})


def train(diffusion: core.GaussianDiffusion, optimizer: torch.optim.Optimizer, steps: int = 2) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        diffusion(torch.rand(2, 1, 8, 8)).backward()
        optimizer.step()


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(path, weights_only=True)
    return content


def test_the_librarys_checkpoint_comes_out_as_it_went_in(tmp_path: Path) -> None:
    opened = read_library_checkpoint(GOLDEN, image_size=16)
    theirs, path = read(GOLDEN), tmp_path / "model-2.pt"
    core.export_checkpoint(path, opened.diffusion, ema=opened.ema, optimizer=opened.optimizer, step=opened.step)
    assert assert_equal(read(path), theirs) == 887
    # The same from what the public functions give.
    raw, ema = (core.load_checkpoint(GOLDEN, weights=weights) for weights in ("raw", "ema"))  # type: ignore[arg-type]
    core.export_checkpoint(path, raw, ema=ema, optimizer=theirs["opt"], step=40)
    assert assert_equal(read(path), theirs) == 887
    core.export_checkpoint(path, raw, ema=theirs["ema"], optimizer=theirs["opt"], step=40)
    assert assert_equal(read(path), theirs) == 887
    assert path.stat().st_size <= GOLDEN.stat().st_size  # what is shared there is shared here


def test_two_groups_of_adamw_become_one_of_adam(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    diffusion = model(elsewhere)
    optimizer = build_optimizer(diffusion, learning_rate=2e-3, weight_decay=0.1)
    train(diffusion, optimizer)
    ema = EMA(diffusion, decay=0.9)
    train(diffusion, optimizer, 1)
    core.export_checkpoint(tmp_path / "model-1.pt", diffusion, ema=ema, optimizer=optimizer, step=3)
    content = read(tmp_path / "model-1.pt")
    parameters = [parameter.detach().clone().requires_grad_() for parameter in diffusion.parameters()]
    adam = torch.optim.Adam(parameters)
    adam.load_state_dict(content["opt"])
    (group,) = adam.param_groups
    assert (group["lr"], group["betas"], group["eps"], group["weight_decay"]) == (2e-3, (0.9, 0.99), 1e-8, 0)
    for ours, theirs in zip(diffusion.parameters(), parameters, strict=True):
        for moment in ("exp_avg", "exp_avg_sq", "step"):
            assert torch.equal(optimizer.state[ours][moment], adam.state[theirs][moment])
    # The next step is the same step.
    for ours, theirs in zip(diffusion.parameters(), parameters, strict=True):
        ours.grad = torch.ones_like(ours)
        theirs.grad = torch.ones_like(theirs)
    for own_group in optimizer.param_groups:
        own_group["weight_decay"] = 0.0
    optimizer.step()
    adam.step()
    for ours, theirs in zip(diffusion.parameters(), parameters, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-7)
    averaged = {n.removeprefix("ema_model."): t for n, t in content["ema"].items() if n.startswith("ema_model.")}
    assert_equal(averaged, ema.state_dict())
    assert (content["step"], int(content["ema"]["step"]), bool(content["ema"]["initted"])) == (3, 3, True)


def test_without_average_and_optimizer_a_beginning_is_written(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    diffusion = model(elsewhere)
    core.export_checkpoint(tmp_path / "m.pt", diffusion)
    content = read(tmp_path / "m.pt")
    fresh = torch.optim.Adam(diffusion.parameters(), lr=1e-4, betas=(0.9, 0.99))
    assert_equal(content["opt"], fresh.state_dict())
    assert (content["step"], content["scaler"], bool(content["ema"]["initted"])) == (0, None, False)
    assert_equal(content["model"], dict(diffusion.state_dict()))
    # Whoever changes the average does not change the model.
    content["ema"]["ema_model.model.init_conv.bias"].add_(1)
    assert torch.equal(content["model"]["model.init_conv.bias"], diffusion.model.init_conv.bias)


def test_memory_order_and_views_leave_no_trace(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    diffusion = model(elsewhere)
    core.export_checkpoint(tmp_path / "plain.pt", diffusion)
    whole = torch.zeros(1000)
    whole[: diffusion.model.init_conv.bias.numel()] = diffusion.model.init_conv.bias.detach()
    diffusion.model.init_conv.bias.data = whole[: diffusion.model.init_conv.bias.numel()]
    core.export_checkpoint(tmp_path / "odd.pt", diffusion.to(memory_format=torch.channels_last))
    assert_equal(read(tmp_path / "odd.pt"), read(tmp_path / "plain.pt"))
    assert (tmp_path / "odd.pt").stat().st_size <= (tmp_path / "plain.pt").stat().st_size + 64


def test_what_has_no_place_is_refused_and_nothing_is_written(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    of_classes = core.GaussianDiffusion(core.Unet(8, dim_mults=(1,), num_classes=3), image_size=8, timesteps=5)
    fourier = core.GaussianDiffusion(elsewhere.network(random_fourier_features=True), image_size=8, timesteps=5)
    patches = core.GaussianDiffusion(core.Unet(8, dim_mults=(1,), patch_size=2), image_size=8, timesteps=5)
    plain = model(elsewhere)
    sgd = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=0.9)
    train(plain, sgd)
    rates = torch.optim.Adam([{"params": [p], "lr": 0.1 + n} for n, p in enumerate(plain.parameters())])
    refusals: list[tuple[core.GaussianDiffusion, dict[str, Any], str]] = [
        (of_classes, {}, "3 classes"),
        (fourier, {}, "Fourier"),
        (patches, {}, "patches of 2 × 2 pixels"),
        (model(elsewhere, objective="pred_flow"), {}, "pred_flow"),
        (plain, {"optimizer": sgd}, "SGD"),
        (plain, {"optimizer": sgd.state_dict()}, "without betas"),
        (plain, {"optimizer": torch.optim.SGD(plain.parameters(), lr=0.1)}, "SGD"),
        (plain, {"optimizer": torch.optim.RMSprop(plain.parameters())}, "RMSprop"),
        (plain, {"optimizer": {"param_groups": 3}}, "pass the optimizer itself"),
        (plain, {"optimizer": rates}, "different lr"),
        (plain, {"optimizer": torch.optim.Adam([torch.zeros(1)]).state_dict()}, "other parameters"),
        (plain, {"ema": {"model.init_conv.bias": torch.zeros(8)}}, "average's"),
    ]
    for diffusion, options, words in refusals:
        with pytest.raises(CheckpointError, match=words):
            core.export_checkpoint(path, diffusion, **options)
    (tmp_path.parent / "folder.pt").mkdir(exist_ok=True)
    wrong: list[tuple[str, Any, dict[str, Any]]] = [
        *(("step", path, {"diffusion": plain, "step": step}) for step in (-1, 1.5, True)),
        *(("optimizer", path, {"diffusion": plain, "optimizer": value}) for value in (3, "adam", torch.optim.Adam)),
        *(("ema", path, {"diffusion": plain, "ema": value}) for value in (3, "ema", core.GaussianDiffusion, {"a": 1})),
        *(("diffusion", path, {"diffusion": value}) for value in (None, plain.model, core.GaussianDiffusion, path)),
        *(("path", value, {"diffusion": plain}) for value in (None, 5, tmp_path.parent / "folder.pt")),
    ]
    for name, where, arguments in wrong:
        with pytest.raises(ConfigError, match=f"value of {name}: "):
            core.export_checkpoint(where, **arguments)
    with pytest.raises(ConfigError, match=r"model\.zip"):
        core.export_checkpoint(tmp_path / "model.zip", plain)
    with pytest.raises(ConfigError, match="do not go together"):
        core.export_checkpoint(tmp_path / "m.safetensors", plain, ema=plain)
    assert not list(tmp_path.iterdir())


def test_adams_state_of_another_network_is_refused(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    plain = model(elsewhere)
    adam = torch.optim.Adam(plain.parameters())
    train(plain, adam)
    for index, moments in ((999, {}), (0, {}), (0, {"step": torch.tensor(1.0), "exp_avg": torch.zeros(2)})):
        state = adam.state_dict()
        state["state"][index] = moments
        with pytest.raises(CheckpointError, match=f"state of parameter {index}"):
            core.export_checkpoint(tmp_path / "m.pt", plain, optimizer=state)


def test_what_a_file_has_no_place_for_is_warned_of(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    torch.manual_seed(4)
    settings = {"auto_normalize": False, "ddim_sampling_eta": 0.5, "immiscible": True}
    unet = elsewhere.network(sinusoidal_pos_emb_theta=500)
    diffusion = core.GaussianDiffusion(unet, image_size=8, timesteps=20, **settings)
    words = "m.pt has no place for auto_normalize=False, ddim_sampling_eta=0.5, sinusoidal_pos_emb_theta=500.0, immisc"
    with pytest.warns(UserWarning, match=words):
        core.export_checkpoint(tmp_path / "m.pt", diffusion)
    core.export_checkpoint(tmp_path / "m.safetensors", diffusion)  # which keeps all of it


@pytest.mark.parametrize(
    ("schedule", "options"), [("rectified_flow", {"shift": 3}), ("drawn", {"a3": 0.8, "a5": 0.41, "a9": 0.02})]
)
def test_tables_of_a_schedule_that_the_library_lacks_are_only_tables(
    elsewhere: SimpleNamespace, tmp_path: Path, schedule: str, options: dict[str, float]
) -> None:
    diffusion = model(elsewhere, beta_schedule=schedule, schedule_fn_kwargs=options)
    core.export_checkpoint(tmp_path / "m.pt", diffusion)
    found = recognise(tmp_path / "m.pt")
    assert (found.beta_schedule, found.schedule_fn_kwargs) == (schedule, options)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failing_disk_is_told_in_words(
    elsewhere: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    diffusion, path = model(elsewhere), tmp_path / "m.pt"
    path.write_bytes(b"old")
    open_plainly = Path.open

    class FullFile(io.FileIO):
        def write(self, _data: Any) -> int:
            raise OSError(code, os.strerror(code))

    def open_full(self: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        return FullFile(self, mode) if mode == "xb" else open_plainly(self, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(RunError, match="disk"):
        core.export_checkpoint(path, diffusion)
    monkeypatch.undo()
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"objective": "pred_flow", "beta_schedule": "rectified_flow"},
        {"schedule_fn_kwargs": {"tau": 0.123456789 * 5}, "min_snr_loss_weight": True, "min_snr_gamma": 3.21987654},
        {
            "auto_normalize": False,
            "ddim_sampling_eta": 0.3,
            "offset_noise_strength": 0.1,
            "immiscible": True,
            "immiscible_candidates": 4,
            "class_dropout": 0.2,
            "class_names": ("cat", "dog"),
        },
    ],
)
def test_safetensors_keep_the_whole_model(elsewhere: SimpleNamespace, tmp_path: Path, settings: dict[str, Any]) -> None:
    classes = {"num_classes": 2} if "class_names" in settings else {}
    fourier = {"random_fourier_features": True} if classes else {"sinusoidal_pos_emb_theta": 777, "dropout": 0.25}
    unet = elsewhere.network(**classes, **fourier)
    diffusion = core.GaussianDiffusion(unet, image_size=(8, 12), timesteps=30, **settings).eval()
    path = tmp_path / "m.safetensors"
    core.export_checkpoint(path, diffusion)
    assert set(load_file(path)) == set(diffusion.state_dict())
    assert recognise(path).unknown == ()
    opened = core.load_checkpoint(path)
    assert_equal(dict(opened.state_dict()), dict(diffusion.state_dict()))
    names = (
        "image_size objective beta_schedule schedule_fn_kwargs min_snr_gamma auto_normalize ddim_sampling_eta "
        "offset_noise_strength immiscible immiscible_candidates class_names num_classes"
    )
    assert {name: getattr(opened, name) for name in names.split()} == {
        name: getattr(diffusion, name) for name in names.split()
    }
    x, t = torch.randn(2, 1, 8, 12), torch.tensor([3, 29])
    with torch.no_grad():
        assert torch.equal(opened.model_predictions(x, t)[1], diffusion.model_predictions(x, t)[1])
    assert core.load_checkpoint(path, image_size=16).image_size == (16, 16)


@pytest.mark.parametrize("noted", ["{", "[1]", '{"version": 1}', '{"version": 1, "settings": {"image_size": "x"}}'])
def test_damaged_notes_in_safetensors_are_told(elsewhere: SimpleNamespace, tmp_path: Path, noted: str) -> None:
    path = tmp_path / "m.safetensors"
    save_file(dict(model(elsewhere).state_dict()), path, metadata={"ddpm_studio": noted})
    with pytest.raises(CheckpointError, match="is damaged"):
        core.load_checkpoint(path)
    save_file(dict(model(elsewhere).state_dict()), path, metadata={"ddpm_studio": '{"version": 9, "settings": {}}'})
    with pytest.raises(CheckpointError, match="newer version"):
        core.load_checkpoint(path)
