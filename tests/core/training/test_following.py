"""A run that is trained elsewhere is told as it told itself: steps, checkpoints, grids, held-out losses, going back."""

from __future__ import annotations

from contextlib import closing
from itertools import chain

import numpy as np
import pytest

from core.runs.metrics import MetricsWriter, read_scalar
from core.runs.run import Run
from core.training import events
from core.training.following import Follower
from core.training.probe import FrozenProbe

from .conftest import of, train


def follower(folder, step=0) -> Follower:
    return Follower(Run.open(folder), step, checkpoints=(), grids=(), bins=50, window=500)


@pytest.mark.family
@pytest.mark.parametrize("condition", ["grey", "none"])
def test_look_when_a_run_is_trained_tells_what_the_training_told(
    pictures, tiny, tmp_path, monkeypatch, condition
) -> None:
    monkeypatch.setattr(FrozenProbe, "is_due", lambda probe, step: step % 4 == 2 and step != probe._asked_at)
    config = tiny.with_settings(
        {"hold_out": 0.2, "held_out_every": 3, "keep_checkpoints": 10, "probe_share": 0.03, "condition": condition}
    )
    told = train(pictures, config, tmp_path / "run", until=lambda e: isinstance(e, events.StepDone) and e.step == 6)
    follows = follower(tmp_path / "run")
    first = follows.look()
    assert first.owner is None
    assert follows.look().events == []  # nothing is new
    told += train(pictures, config, tmp_path / "run", resume=True)
    second = follows.look()
    seen = list(chain(first.events, second.events))
    for kind, names in (
        (events.StepDone, ("step", "loss", "learning_rate", "grad_norm", "total", "pictures", "more")),
        (events.CheckpointSaved, ("step", "path")),
        (events.HeldOutLoss, ("step", "ema_loss")),
        (events.ProbeMeasured, ("step",)),
        (events.CopiesMeasured, ("step", "copies", "of", "held_out", "looked_at", "pictures", "path")),
        (events.Samples, ("step", "path")),
    ):
        expected, found = of(kind, told), of(kind, seen)
        assert expected
        assert [[getattr(e, n) for n in names] for e in found] == [[getattr(e, n) for n in names] for e in expected]
    for one, other in zip(of(events.ProbeMeasured, seen), of(events.ProbeMeasured, told), strict=True):
        assert one.losses.keys() == other.losses.keys() and one.t.tolist() == other.t.tolist()
        assert all(np.array_equal(one.losses[kind], other.losses[kind]) for kind in one.losses)
        assert (one.every, one.share) == (other.every, pytest.approx(other.share, rel=1e-5))
    np.testing.assert_array_equal(of(events.Samples, seen)[-1].images, of(events.Samples, told)[-1].images)
    assert np.allclose([e.loss for e in of(events.HeldOutLoss, seen)], [e.loss for e in of(events.HeldOutLoss, told)])
    assert second.timesteps is not None and second.timesteps.counts.sum() == 12 * 4
    assert any("resumed from step 6" in line for line in second.lines)
    assert not of(events.Started, seen), "it went on from where it was"


def test_look_when_the_training_went_back_says_where_to(pictures, tiny, tmp_path) -> None:
    train(pictures, tiny, tmp_path / "run")
    follows = follower(tmp_path / "run")
    assert len(of(events.StepDone, follows.look().events)) == 12
    with closing(MetricsWriter(Run.open(tmp_path / "run").metrics_path)) as writer:
        writer.truncate_after(8)
        writer.add_event(8, "rolled-back", "back")
        writer.add(9, 0.5, 1e-3, 1.0, 10.0, 1.0)
    seen = follows.look().events
    assert [e.step for e in of(events.Started, seen)] == [8]
    assert [(e.step, e.loss) for e in of(events.StepDone, seen)] == [(9, 0.5)]
    assert read_scalar(Run.open(tmp_path / "run").metrics_path, "loss")[0][-1] == 9
