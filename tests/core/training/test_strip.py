"""The strip of one picture at eight noise levels: against the formulas, one pass, and as it is kept."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import RunError
from core.networks.build import build_diffusion
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.feed.source import FolderAwayError
from core.pictures.folder.scan import Scan
from core.presets import resolve
from core.randomness import generator
from core.runs.grids import read_strip, save_picture
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events
from core.training.observing import Moment
from core.training.ranks import ALONE
from core.training.recorder import Recorder
from core.training.state import new_state
from core.training.step_threads import StepThreads
from core.training.strip import look_at_strip, make_strip, strip_timesteps
from tests.core.training.conftest import of, train


def opened(scan: Scan, config: RunConfig) -> PictureSet:
    return next(item for item in load_pictures(scan, config.data) if isinstance(item, PictureSet))


def test_timesteps_when_t_is_1000_then_are_those_of_the_ruler() -> None:
    assert strip_timesteps(1000).tolist() == [40, 160, 280, 400, 520, 640, 760, 880]
    assert strip_timesteps(10).tolist() == [0, 1, 2, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("changes", [{"hold_out": 0.2}, {"self_condition": True, "objective": "pred_noise"}])
def test_strip_when_made_then_is_q_sample_and_one_pass_of_the_network(
    pictures: Scan, tiny: RunConfig, changes: dict[str, object]
) -> None:
    config = resolve(tiny.with_settings(changes), pictures.facts())
    torch.manual_seed(0)
    model = build_diffusion(config).eval()
    passes: list[int] = []
    model.model.register_forward_hook(lambda _m, given, _out: passes.append(len(given[0])))
    with closing(opened(pictures, config)) as loaded:
        strip = make_strip(model, loaded, config, step=3, path=Path("kept"), dtype=None)
        chosen = loaded if loaded.held_out is None else loaded.held_out
        name, pixels = chosen.name(0), chosen.take(np.zeros(1, np.int64), plain=True)[0]
    assert passes == [8] and (strip.step, strip.name) == (3, name)
    x_0 = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 127.5 - 1
    noise = torch.randn(x_0.shape[1:], generator=generator(0, "strip"))
    bars = torch.cumprod(1 - model.betas.double(), 0)
    for k, t in enumerate(strip.t):
        bar = float(bars[t])
        x_t = (bar**0.5 * x_0 + (1 - bar) ** 0.5 * noise).float()
        at = torch.tensor([t])
        with torch.no_grad():
            said = model.model(x_t, at, torch.zeros_like(x_t)) if model.self_condition else model.model(x_t, at)
        if config.diffusion.objective == "pred_noise":
            guess = (x_t - (1 - bar) ** 0.5 * said) / bar**0.5
        else:
            guess = bar**0.5 * x_t - (1 - bar) ** 0.5 * said
        for seen, x in ((strip.x_t[k], x_t), (strip.x_0[k], guess)):
            expected = (x[0].clamp(-1, 1) + 1) * 127.5
            assert np.abs(seen.astype(float) - expected.permute(1, 2, 0).numpy()).max() <= 0.51


def test_training_when_it_samples_then_keeps_a_strip_that_is_read_again(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    seen = train(pictures, tiny, tmp_path / "run")
    strips = of(events.Strip, seen)
    assert [strip.step for strip in strips] == [6, 12]
    run = Run.open(tmp_path / "run")
    for strip in strips:
        name, t, x_t, x_0 = read_strip(strip.path, (8, 8))
        assert strip.path == run.strip_path(strip.step)
        assert name == strip.name
        for read, made in ((t, strip.t), (x_t, strip.x_t), (x_0, strip.x_0)):
            np.testing.assert_array_equal(read, made)
    np.testing.assert_array_equal(strips[0].x_t, strips[1].x_t)
    assert not np.array_equal(strips[0].x_0, strips[1].x_0)


def test_strip_when_its_picture_is_gone_then_is_left_out_and_one_not_saved_is_shown(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = resolve(tiny, pictures.facts())
    run = Run.create(tmp_path / "run", config, source_folder=pictures.folder, device="cpu", planned_total=3)
    device, stop = torch.device("cpu"), threading.Event()
    state, threads = new_state(config, device), StepThreads(device, 1, ALONE)
    with closing(opened(pictures, config)) as loaded, closing(Recorder(run)) as recorder:
        run.strips_folder.write_bytes(b"no folder")
        now = Moment(1, state, config, run, recorder, threads, stop)
        failed, strip = look_at_strip(now, loaded)
        assert isinstance(failed, events.SaveFailed) and isinstance(strip, events.Strip)

        def gone(*_: object, **__: object) -> None:
            raise FolderAwayError(pictures.folder)

        monkeypatch.setattr(PictureSet, "take", gone)
        assert list(look_at_strip(now, loaded)) == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"t": [1], "picture": 3},
        {"t": [-1], "picture": "a"},
        {"t": "1", "picture": "a"},
        {"t": [1] * 9, "picture": "a"},
    ],
)
def test_strip_when_what_it_says_cannot_be_then_is_refused(tmp_path: Path, said: dict[str, object]) -> None:
    path = tmp_path / "strip.png"
    save_picture(path, np.zeros((18, 80, 3), np.uint8), settings=said)
    with pytest.raises(RunError):
        read_strip(path, (8, 8))
