"""A run that is trained elsewhere is told as it told itself: steps, checkpoints, grids, held-out losses, going back."""

from __future__ import annotations

from contextlib import closing
from itertools import chain

import numpy as np

from core.errors import Phrase
from core.runs.metrics import MetricsWriter, read_scalar
from core.runs.run import Run
from core.training import events
from core.training.following import Follower

from .conftest import of, train


def follower(folder, step=0) -> Follower:
    return Follower(Run.open(folder), step, checkpoints=(), grids=(), strips=(), bins=50, window=500)


def test_look_when_a_run_is_trained_tells_what_the_training_told(pictures, tiny, tmp_path) -> None:
    config = tiny.with_settings({"hold_out": 0.2, "held_out_every": 3, "keep_checkpoints": 10, "probe_share": 0.03})
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
        (events.HeldOutLoss, ("step",)),
        (events.Samples, ("step", "path")),
        (events.Strip, ("step", "path", "name")),
        (events.CopiesMeasured, ("step", "copies", "of", "held_out", "looked_at", "pictures", "path")),
        (events.ProbeMeasured, ("step", "every")),
    ):
        expected, found = of(kind, told), of(kind, seen)
        assert [[getattr(e, n) for n in names] for e in found] == [[getattr(e, n) for n in names] for e in expected]
    np.testing.assert_array_equal(of(events.Samples, seen)[-1].images, of(events.Samples, told)[-1].images)
    assert np.allclose([e.loss for e in of(events.HeldOutLoss, seen)], [e.loss for e in of(events.HeldOutLoss, told)])
    np.testing.assert_allclose(*([e.ema_loss for e in of(events.HeldOutLoss, some)] for some in (seen, told)))
    np.testing.assert_allclose(
        *([e.relative for e in of(events.CopiesMeasured, some)] for some in (seen, told)), rtol=1e-4
    )
    assert of(events.ProbeMeasured, told)
    for found, expected in zip(of(events.ProbeMeasured, seen), of(events.ProbeMeasured, told), strict=True):
        np.testing.assert_array_equal(found.t, expected.t)
        assert found.losses.keys() == expected.losses.keys()
        for kind, losses in expected.losses.items():
            np.testing.assert_array_equal(found.losses[kind], losses)
    for found, expected in zip(of(events.Strip, seen), of(events.Strip, told), strict=True):
        np.testing.assert_array_equal(found.x_t, expected.x_t)
        np.testing.assert_array_equal(found.x_0, expected.x_0)
    written = [look.own for look in (first, second) if look.own is not None]
    assert sum(rows.counts.sum() for rows in written) == 12 * 4, "all losses by t, once"
    assert second.timesteps is not None and second.timesteps.counts.sum() == 12 * 4
    resumed = second.happened[0]
    assert resumed[:3] == (6, "resumed", "resumed from step 6") and isinstance(resumed.meant, Phrase)
    assert [one.meant for one in second.happened if one.kind == "saved"] == of(events.CheckpointSaved, told)[-2:]
    assert not of(events.Started, seen), "it went on from where it was"


def test_look_when_settings_were_edited_says_which_are_in_force(pictures, tiny, tmp_path) -> None:
    train(pictures, tiny, tmp_path / "run", until=lambda e: isinstance(e, events.StepDone) and e.step == 6)
    follows = follower(tmp_path / "run")
    assert follows.look().config is None
    run = Run.open(tmp_path / "run")
    with run.lock():
        run.change_settings({"learning_rate": 3e-4}, at_step=6)
    changed = follows.look().config
    assert changed is not None and changed.train.learning_rate == 3e-4
    assert follows.look().config is None


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
