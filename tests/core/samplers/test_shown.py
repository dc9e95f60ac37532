"""What a network sees beside x_t: it decides the output, and goes with every way of sampling, keeping and forking."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from core.beginning import Beginning, Branch, Start, StartPicture
from core.catalogue import EXPORTS
from core.checkpoint_grid import for_picture
from core.compat.export import write_checkpoint
from core.compat.trainer import Trainer
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import CheckpointError, ConfigError, SamplingError
from core.export import Generation, export
from core.forking import fork_frames
from core.networks.build import build_diffusion, describe
from core.networks.unet import Unet
from core.runs.generations import keep, open_generation
from core.samplers import SAMPLERS
from core.samplers.editing import image_to_image, inpaint, interpolate
from core.sampling import as_condition, conditions_shown, sample_frames
from core.settings import RunConfig, SampleConfig
from tests.core.export.test_page import data_of, values_of
from tests.core.recordings import one_thread, recording_of

ALL = pytest.mark.parametrize("name", SAMPLERS)


def model(*, channels: int = 1, condition: str | None = None, **more: object) -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(
        4,
        dim_mults=(1, 2),
        channels=channels,
        attn_heads=1,
        attn_dim_head=4,
        condition_channels=1,
        **more,  # type: ignore[arg-type]
    )
    with torch.no_grad():
        for parameter in unet.parameters():  # far enough from their beginning that a condition shows
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(unet, image_size=8, timesteps=40, condition=condition).eval()


MODEL = model(self_condition=True, num_classes=2)
SEEN = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(5)) * 2 - 1


def final(diffusion: GaussianDiffusion, name: str, **options: object) -> Tensor:
    x_T = torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    *_, step = SAMPLERS[name](diffusion, x_T, steps=4, generator=torch.Generator().manual_seed(2), **options)
    return step.x_next


@pytest.mark.family(first=2)
@ALL
def test_condition_when_another_makes_other_pictures_each_of_its_own(name: str) -> None:
    ours = final(MODEL, name, condition=SEEN)
    assert torch.equal(final(MODEL, name, condition=SEEN.clone()), ours)
    changed = SEEN.clone()
    changed[1] = -changed[1]
    theirs = final(MODEL, name, condition=changed)
    assert not torch.allclose(ours[1], theirs[1], atol=1e-3)
    torch.testing.assert_close(ours[[0, 2]], theirs[[0, 2]], rtol=1e-4, atol=1e-4)


def test_condition_when_its_weights_are_zero_changes_nothing() -> None:
    diffusion = model(self_condition=True)
    with torch.no_grad():
        # The order of the input channels: the guess before, x_t, the condition.
        diffusion.model.init_conv.weight[:, 2:] = 0
    assert torch.equal(final(diffusion, "ddim", condition=SEEN), final(diffusion, "ddim", condition=-SEEN))
    plain = Unet(4, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=4, self_condition=True)
    state = {name: tensor.clone() for name, tensor in diffusion.model.state_dict().items()}
    state["init_conv.weight"] = state["init_conv.weight"][:, :2]
    plain.load_state_dict(state)
    without = GaussianDiffusion(plain, image_size=8, timesteps=40).eval()
    torch.testing.assert_close(final(without, "ddim"), final(diffusion, "ddim", condition=SEEN), rtol=1e-5, atol=1e-5)


def test_state_dict_when_nothing_is_seen_is_as_it_was() -> None:
    plain = Unet(4, dim_mults=(1, 2), channels=3, condition_channels=0).state_dict()
    assert plain["init_conv.weight"].shape == (4, 3, 7, 7)
    seeing = Unet(4, dim_mults=(1, 2), channels=3, condition_channels=2).state_dict()
    assert seeing["init_conv.weight"].shape == (4, 5, 7, 7)
    assert all(plain[name].shape == seeing[name].shape for name in plain if name != "init_conv.weight")


def test_guidance_and_editing_when_the_network_sees_a_picture_go_on_seeing_it() -> None:
    x_start = SEEN.flip(0)
    options = {"classes": [0, 1, 0], "guidance_scale": 2.0}

    def made(condition: Tensor) -> list[Tensor]:
        draw = torch.Generator
        every = [
            image_to_image(
                MODEL, x_start, t=20, steps=3, generator=draw().manual_seed(1), condition=condition, **options
            ),
            interpolate(
                MODEL, x_start, SEEN, t=20, steps=3, generator=draw().manual_seed(1), condition=condition, **options
            ),
            inpaint(
                MODEL,
                x_start,
                torch.ones(8, 8),
                steps=3,
                generator=draw().manual_seed(1),
                condition=condition,
                **options,
            ),
        ]
        return [list(steps)[-1].x_next for steps in every]

    for one, other in zip(made(SEEN), made(-SEEN), strict=True):
        assert not torch.allclose(one, other, atol=1e-3)


def test_scripts_when_they_train_and_sample_give_the_condition_by_keyword() -> None:
    diffusion = model()
    images, seen = torch.rand(3, 1, 8, 8), torch.rand(3, 1, 8, 8)
    times, noise = torch.tensor([3, 20, 39]), torch.randn(3, 1, 8, 8)
    loss = diffusion(images, noise, times=times, condition=seen)
    assert not torch.equal(loss, diffusion(images, noise, times=times, condition=1 - seen))
    x_start, beside = diffusion.normalize(images), diffusion.normalize(seen)
    expected = diffusion.training_losses(x_start, times, noise, condition=beside).mean
    assert torch.equal(loss, expected)
    assert diffusion.sample(3, condition=beside).shape == (3, 1, 8, 8)
    assert diffusion.p_sample(x_start, 5, condition=beside)[0].shape == (3, 1, 8, 8)


@pytest.mark.parametrize(
    ("condition", "says"),
    [(None, "none was given"), (SEEN[:2], r"\(3, 1, 8, 8\)"), (torch.zeros(3, 2, 8, 8), r"\(3, 1, 8, 8\)")],
)
def test_sampling_when_the_condition_is_missing_or_does_not_fit_is_refused(condition: Tensor | None, says: str) -> None:
    with pytest.raises(SamplingError, match=says):
        final(MODEL, "ddim", condition=condition)


def test_condition_when_the_network_takes_none_is_refused() -> None:
    plain = GaussianDiffusion(Unet(4, dim_mults=(1,), channels=1), image_size=8, timesteps=40)
    with pytest.raises(SamplingError, match="sees no second picture"):
        final(plain, "ddim", condition=SEEN)
    with pytest.raises(ConfigError, match="sees no second picture"):
        plain.model(SEEN, torch.zeros(3), condition=SEEN)


def test_model_when_described_and_built_again_sees_the_same() -> None:
    for condition in ("low-resolution", None):
        config = describe(model(condition=condition))
        built = build_diffusion(config)
        assert (built.condition, built.condition_channels) == (condition or "folder", 1)
        assert config.data.condition_factor == 2
    with pytest.raises(ConfigError, match="another number of channels"):
        GaussianDiffusion(Unet(4, channels=1), image_size=8, condition="grey")


def test_export_when_the_network_sees_a_picture_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for name in ("model.pt", "model.safetensors"):
        with pytest.raises(CheckpointError, match="sees a second picture"):
            write_checkpoint(tmp_path / name, model())
        assert not (tmp_path / name).exists()


def test_trainer_when_the_network_sees_a_second_folder_says_what_does_train_it(tmp_path: Path) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(ConfigError, match="reads one folder"):
        Trainer(model(), tmp_path, results_folder=tmp_path / "results", calculate_fid=False)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"condition": "folder"}, "choose the folder"),
        ({"condition": "grey", "channels": 1}, "no colours"),
        ({"condition": "low-resolution", "image_size": 20, "condition_factor": 3}, "divides the size, 20 px"),
    ],
)
def test_settings_when_a_condition_cannot_be_say_why(settings: dict[str, object], says: str) -> None:
    (problem,) = RunConfig().with_settings({"image_size": 32, "dim_mults": (1, 2), **settings}).problems()
    assert says in str(problem)


# --- a request, its recording, and what is made of that ---------------------------------------------------


def pixels_of(*values: int) -> tuple[StartPicture, ...]:
    rows = [np.full((8, 8, 1), value, np.uint8) for value in values]
    return tuple(
        StartPicture(f"grey {value}", None, row.tobytes(), (8, 8, 1)) for value, row in zip(values, rows, strict=True)
    )


def request(**settings: object) -> SampleConfig:
    values = {"sample_steps": 5, "seed": 1, "count": 3, "classes": (0,), "condition": pixels_of(10, 200)}
    return SampleConfig(**{**values, **settings})  # type: ignore[arg-type]


def test_request_when_it_has_fewer_conditions_than_pictures_takes_them_in_turn() -> None:
    recording = recording_of(sample_frames(MODEL, request(), with_layers=True, in_threads=one_thread()))
    assert recording.condition is not None and recording.condition[:, 0, 0, 0].tolist() == [10, 200, 10]
    assert recording.settings["condition"] == ["grey 10", "grey 200", "grey 10"]
    assert recording.class_of(1) == "0, grey 200"
    beside = as_condition(MODEL, recording.condition)
    assert float(beside[1].mean()) == pytest.approx(2 * 200 / 255 - 1)
    alone = recording_of(sample_frames(MODEL, for_picture(request(), 1), with_layers=True, in_threads=one_thread()))
    assert alone.condition is not None and alone.condition[0, 0, 0, 0] == 200
    np.testing.assert_allclose(alone.final_x[0], recording.final_x[1], atol=1e-4)  # type: ignore[index]


def test_request_when_its_condition_is_a_file_scales_it(tmp_path: Path) -> None:
    Image.fromarray(np.full((32, 20, 3), 90, np.uint8)).save(tmp_path / "a.png")
    given = (StartPicture("a.png", tmp_path / "a.png"),)
    recording = recording_of(sample_frames(MODEL, request(condition=given), with_layers=True))
    assert recording.condition is not None and recording.condition.shape == (3, 8, 8, 1)
    assert set(recording.condition.ravel().tolist()) == {90}


def test_generation_when_kept_and_opened_has_its_condition_and_forks_from_it(tmp_path: Path) -> None:
    recording = recording_of(sample_frames(MODEL, request(), with_layers=True, in_threads=one_thread()))
    opened = open_generation(keep(tmp_path, recording, recording.settings).path)
    assert opened.condition is not None and recording.condition is not None
    np.testing.assert_array_equal(opened.condition, recording.condition)
    # The files of the request may be gone: what was seen is in the recording.
    without = request(condition=(StartPicture("gone.png", tmp_path / "gone.png"),))
    fork = recording_of(fork_frames(MODEL, without, opened, Branch(2), in_threads=one_thread()))
    np.testing.assert_array_equal(fork.final_x, recording.final_x)
    assert fork.condition is not None
    other = recording_of(fork_frames(MODEL, without, opened, Branch(2, seed=9, eta=1.0), in_threads=one_thread()))
    assert not np.array_equal(other.final_x, recording.final_x)


def test_filling_when_the_network_sees_a_picture_goes_on_seeing_it() -> None:
    mask = StartPicture("mask", None, np.full((8, 8, 1), 255, np.uint8).tobytes(), (8, 8, 1))
    began = Beginning(Start.PICTURE, pixels_of(120), mask=mask)
    made = [
        recording_of(sample_frames(MODEL, request(beginning=began, condition=pixels_of(value)), with_layers=True))
        for value in (0, 255)
    ]
    assert not np.allclose(made[0].final_x, made[1].final_x, atol=1e-3)  # type: ignore[arg-type]


def test_exports_when_the_network_saw_a_picture_hold_it(tmp_path: Path) -> None:
    recording = recording_of(sample_frames(MODEL, request(), with_layers=True, in_threads=one_thread()))
    assert recording.condition is not None
    made = Generation(recording, recording.settings, request(first=1), tmp_path)
    for row in ("html", "npz", "script"):
        list(export(EXPORTS[row], tmp_path / f"a.{row}", made))
    data = data_of(tmp_path / "a.html")
    assert data["classes"][1] == "0, grey 200"
    values = values_of(data, data["condition"])
    np.testing.assert_allclose(values, recording.condition / 127.5 - 1, atol=1.01 / 255)
    with np.load(tmp_path / "a.npz") as arrays:
        np.testing.assert_array_equal(arrays["condition"], recording.condition)
    # Picture 1 of the request, the first of the recording, sees what it saw, whatever became of the files.
    line = next(line for line in (tmp_path / "a.script").read_text().splitlines() if line.startswith("request = "))
    names = {"SampleConfig": SampleConfig, "StartPicture": StartPicture, "b64decode": b64decode}
    told = eval(line.removeprefix("request = "), names)
    assert (as_condition(MODEL, conditions_shown(MODEL, told)) == as_condition(MODEL, recording.condition)).all()  # type: ignore[arg-type]


def test_condition_when_it_was_seen_by_a_network_of_another_size_is_refused_in_a_sentence() -> None:
    seen = StartPicture("a.png", pixels=bytes(192), shape=(8, 8, 3), seen=True)
    with pytest.raises(SamplingError, match=r"is 8 × 8 × 3 .*, and this model needs 8 × 8 × 1"):
        conditions_shown(MODEL, request(condition=(seen,)))
