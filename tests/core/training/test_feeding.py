"""Pictures that vanish, a folder that goes and comes back, pictures that are held out: what a session makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli.reporting import as_json, as_words
from core.networks.build import build_diffusion
from core.pictures.feed import pictures as pictures_module
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan
from core.randomness import generator
from core.runs.metrics import HELD_OUT_EMA, read_events, read_held_out, read_scalar
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, job
from core.training import step as feeding
from core.training.job import TrainingJob
from tests.core.training.conftest import assert_same_run, of, tensors, train
from tests.figures import figure


@pytest.fixture
def on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder larger than the memory: its files are read all the time."""
    monkeypatch.setattr(job, "load_pictures", partial(load_pictures, memory_budget_bytes=1))
    monkeypatch.setattr(feeding, "LOOK_S", 0.01)


def with_meddling(
    scan: Scan, config: RunConfig, folder: Path, meddle: Callable[[object, TrainingJob], object]
) -> list[object]:
    """All events of a training, each handed to `meddle` before the next one is asked for."""
    training, seen = TrainingJob(config, folder, scan=scan, device="cpu"), []
    for event in training.run():
        seen.append(event)
        meddle(event, training)
    return seen


def _waits(seen: list[object]) -> str:
    told = len(of(events.PicturesAway, seen)), len(of(events.PicturesBack, seen))
    return f"told {told[0]} times while away, {told[1]} time when back"


@pytest.mark.long
@pytest.mark.usefixtures("on_demand")
def test_a_folder_that_goes_and_comes_back_changes_nothing(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    whole = train(pictures, tiny, tmp_path / "whole")
    away = pictures.folder.with_name("away")
    looked = []

    def meddle(event: object, training: TrainingJob) -> None:
        match event:
            case events.StepDone(step=3):
                pictures.folder.rename(away)
            case events.PicturesAway():
                looked.append(event.waited_s)
                if len(looked) == 2:
                    training.wishes.save.set()
                if len(looked) == 4:
                    away.rename(pictures.folder)

    seen = with_meddling(pictures, tiny, tmp_path / "run", meddle)
    figure("I6", demanded="the whole folder gone: says so, goes on when it is back", measured=_waits(seen))
    assert_same_run(tmp_path / "whole", whole, tmp_path / "run", seen)
    assert looked[0] == 0 and looked == sorted(looked)
    (back,) = of(events.PicturesBack, seen)
    saved = [event.step for event in of(events.CheckpointSaved, seen)]
    assert back.step in saved, "what is asked for while it waits is saved"
    assert not of(events.PicturesLost, seen)
    kinds = [kind for _, kind, _, _ in read_events(Run.open(tmp_path / "run").metrics_path)]
    assert kinds.count("pictures-away") == kinds.count("pictures-back") == 1
    words = [line for event in seen if (line := as_words(event)) and "is not there" in line]
    assert len(words) == 1


@pytest.mark.long
@pytest.mark.usefixtures("on_demand")
def test_a_training_that_waits_for_its_folder_can_be_stopped(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    def meddle(event: object, training: TrainingJob) -> None:
        if isinstance(event, events.StepDone) and event.step == 3:
            pictures.folder.rename(pictures.folder.with_name("away"))
        if isinstance(event, events.PicturesAway):
            training.wishes.stop.set()

    seen = with_meddling(pictures, tiny, tmp_path / "run", meddle)
    assert isinstance(seen[-1], events.Finished) and seen[-1].stopped
    assert Run.open(tmp_path / "run").state().step == seen[-1].step < 12
    (pictures.folder.with_name("away")).rename(pictures.folder)
    rest = train(pictures, tiny, tmp_path / "run", resume=True)
    assert_same_run(tmp_path / "run", seen + rest, tmp_path / "run", seen + rest)
    whole = train(pictures, tiny, tmp_path / "whole")
    assert [e.loss for e in of(events.StepDone, seen + rest)] == [e.loss for e in of(events.StepDone, whole)]


@pytest.mark.usefixtures("on_demand")
def test_pictures_that_vanish_shrink_or_change_are_counted_and_told(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "TELL_S", 0.0)

    def meddle(event: object, _: TrainingJob) -> None:
        if isinstance(event, events.Started):
            files = [file.path for file in pictures.pictures]
            files[0].unlink()
            files[1].write_bytes(files[1].read_bytes()[:100])
            files[2].write_text("a story")
            Image.new("L", (70, 5)).save(files[3])

    seen = with_meddling(pictures, tiny, tmp_path / "run", meddle)
    assert of(events.StepDone, seen)[-1].step == 12
    told = of(events.PicturesLost, seen)
    measured = f"{told[-1].count} of 3 counted, {of(events.StepDone, seen)[-1].step} of 12 steps"
    figure("I6", demanded="files vanish, shrink or change: no stop, counted", measured=measured)
    assert told[-1].count == 3 and told[-1].of == 10
    reasons = {one.name: one.code for event in told for one in event.new}
    assert reasons == {"0.png": "gone", "1.png": "truncated", "2.png": "not-a-picture"}
    assert "0.png: it is not there any more" in Run.open(tmp_path / "run").log_path.read_text("utf-8")
    assert json.loads(as_json(told[-1]))["count"] == 3
    assert "3 of 10 pictures cannot be read" in as_words(told[-1])


@pytest.mark.long
@pytest.mark.parametrize("crop", ["centre", "random"])
def test_where_the_pictures_lie_changes_nothing(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crop: str
) -> None:
    config = tiny.with_settings({"crop": crop, "colour_jitter": 0.1, "vertical_flip": True, "steps": 6})
    whole = train(pictures, config, tmp_path / "memory")
    with monkeypatch.context() as patch:
        patch.setattr(job, "load_pictures", partial(load_pictures, memory_budget_bytes=1))
        assert_same_run(tmp_path / "memory", whole, tmp_path / "read", train(pictures, config, tmp_path / "read"))
    monkeypatch.setattr(pictures_module, "AT_ONCE_PIXELS", 0)
    assert_same_run(tmp_path / "memory", whole, tmp_path / "disk", train(pictures, config, tmp_path / "disk"))
    pictures.folder.rename(tmp_path / "gone")  # all is in the cache
    assert_same_run(tmp_path / "memory", whole, tmp_path / "again", train(pictures, config, tmp_path / "again"))


@pytest.mark.long
def test_held_out_pictures_are_looked_at_and_change_nothing(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    config = tiny.with_settings({"hold_out": 0.4, "held_out_every": 5})
    seen = train(pictures, config, tmp_path / "run")
    told = of(events.HeldOutLoss, seen)
    assert [event.step for event in told] == [5, 10, 12]
    started = of(events.Started, seen)[0]
    assert started.pictures + told[0].pictures == 10
    assert all(0 < event.loss < 10 for event in told) and told[0].loss != told[1].loss
    steps, losses = read_held_out(Run.open(tmp_path / "run").metrics_path)
    assert steps.tolist() == [5, 10, 12] and np.allclose(losses, [event.loss for event in told])
    rarely = train(pictures, config.with_settings({"held_out_every": 12}), tmp_path / "rarely")
    assert of(events.HeldOutLoss, rarely) == told[-1:]
    expected, found = tensors(tmp_path / "run"), tensors(tmp_path / "rarely")
    assert all(expected[name].equal(found[name]) for name in expected)
    assert "held-out pictures" in as_words(told[0])


def test_held_out_loss_when_measured_is_that_of_the_weights_and_of_their_average(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    seen = train(pictures, tiny.with_settings({"hold_out": 0.4, "held_out_every": 12}), tmp_path / "run")
    told, config = of(events.HeldOutLoss, seen)[-1], Run.open(tmp_path / "run").config
    loaded = next(item for item in load_pictures(pictures, config.data) if isinstance(item, PictureSet))
    with closing(loaded):
        assert loaded.held_out is not None
        pixels = loaded.held_out.take(np.arange(told.pictures), plain=True).pixels
    losses = {}
    for name in ("model", "ema"):
        diffusion = build_diffusion(config)
        saved = tensors(tmp_path / "run")
        mine = {key.removeprefix(f"{name}."): value for key, value in saved.items() if key.startswith(f"{name}.")}
        diffusion.load_state_dict(mine, strict=False)
        diffusion.eval()
        each = []
        for number, picture in enumerate(pixels):  # one by one, and not as the training puts them together
            noise = torch.randn(
                (config.data.channels, *config.data.height_and_width),
                generator=generator(config.train.seed, "held-out noise", number),
            )
            t = torch.tensor([int((number + 0.5) * config.diffusion.timesteps / told.pictures)])
            x_start = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 127.5 - 1
            with torch.no_grad():
                each.append(float(diffusion.training_losses(x_start, t, noise[None]).weighted))
        losses[name] = np.mean(each)
    assert (told.loss, told.ema_loss) == pytest.approx((losses["model"], losses["ema"]), rel=1e-5)
    assert told.loss != told.ema_loss and told.seconds > 0
    metrics = Run.open(tmp_path / "run").metrics_path
    assert [part.tolist() for part in read_scalar(metrics, HELD_OUT_EMA)] == [[12], [told.ema_loss]]
    names = {name for step in of(events.StepDone, seen) for name in step.more}
    assert {"waiting", "ema_length"} <= names
    assert read_scalar(metrics, "ema_length")[0][0] == 1


@pytest.mark.long
def test_the_held_out_loss_goes_on_after_a_stop_as_it_would_have(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    config = tiny.with_settings({"hold_out": 0.4, "held_out_every": 2, "dropout": 0.2, "labels": "off"})
    whole = train(pictures, config, tmp_path / "whole")
    first = train(pictures, config, tmp_path / "run", until=lambda e: isinstance(e, events.StepDone) and e.step == 5)
    second = train(pictures, config, tmp_path / "run", resume=True)
    assert of(events.HeldOutLoss, first + second) == of(events.HeldOutLoss, whole)
    assert_same_run(tmp_path / "whole", whole, tmp_path / "run", first + second)
