"""Settings that are changed while a run trains: when each holds, and that the run stays one that can be had again."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from core.cli.reporting import as_json, as_words
from core.diffusion.schedules import make_betas
from core.errors import ConfigError, RunError
from core.pictures.folder.scan import Scan
from core.runs.metrics import EDIT, read_events
from core.runs.opening import load_checkpoint
from core.runs.run import PlanChange, Run
from core.settings import LIVE, RunConfig
from core.training import events, step, trainer
from core.training.editing import edit_in_words
from core.training.job import TrainingJob
from core.training.plan import planned_rate
from tests.core.training.conftest import assert_same_run, edited, make_pictures, of, tensors, train

#: One value of each setting that can be edited, beside those of `tiny`.
EDITS: dict[str, dict[str, object]] = {
    "steps": {"steps": 14},
    "learning_rate": {"learning_rate": 2e-4},
    "decay": {"decay": "linear"},
    "decay_kwargs": {"decay": "wsd", "decay_kwargs": "fall=0.5"},
    "max_grad_norm": {"max_grad_norm": 0.01},
    "ema_decay": {"ema_decay": 0.1},
    "held_out_every": {"held_out_every": 2},
    "sample_every": {"sample_every": 3},
    "sample_sampler": {"sample_sampler": "ddpm"},
    "sample_steps": {"sample_steps": 2},
    "checkpoint_every": {"checkpoint_every": 5},
    "keep_checkpoints": {"keep_checkpoints": 1},
    "loss_weighting": {"loss_weighting": "p2"},
    "loss_weighting_kwargs": {"loss_weighting": "p2", "loss_weighting_kwargs": "gamma=0.5,k=1"},
    "min_snr_gamma": {"min_snr_gamma": 2},
}
#: What does not touch the weights.
AROUND = {"held_out_every", "sample_every", "sample_sampler", "sample_steps", "checkpoint_every", "keep_checkpoints"}
#: Done steps → what is wished for then: two edits of the same settings, and one of others between.
SCRIPT: dict[int, dict[str, object]] = {
    2: {"learning_rate": 5e-4, "loss_weighting": "p2"},
    5: {"ema_decay": 0.5, "max_grad_norm": 0.05, "decay": "linear"},
    7: {"learning_rate": 2e-3, "min_snr_gamma": 3, "sample_steps": 2},
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return make_pictures(tmp_path_factory.mktemp("editing") / "pictures")


@pytest.fixture(scope="module")
def held_out(tiny: RunConfig) -> RunConfig:
    return tiny.with_settings({"hold_out": 0.2, "steps": 10})


@pytest.fixture(scope="module")
def plain(pictures: Scan, held_out: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> tuple[list, Path]:
    """A training with the pictures held out and no edits."""
    folder = tmp_path_factory.mktemp("plain") / "run"
    return edited(pictures, held_out, folder, {}), folder


@pytest.fixture(scope="module")
def uninterrupted(pictures: Scan, tiny: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> tuple[list, Path]:
    folder = tmp_path_factory.mktemp("uninterrupted") / "run"
    return edited(pictures, tiny, folder, SCRIPT), folder


def test_every_setting_that_can_be_edited_has_an_edit_here() -> None:
    assert set(EDITS) == set(LIVE)


@pytest.mark.family
@pytest.mark.parametrize("name", EDITS)
def test_setting_when_edited_then_holds_from_its_step_on_and_the_resumed_run_is_the_same_bit_for_bit(
    plain: tuple[list, Path], held_out: RunConfig, pictures: Scan, tmp_path: Path, name: str
) -> None:
    config, script = held_out, {5: EDITS[name]}
    seen = edited(pictures, config, tmp_path / "whole", script)
    (told,) = of(events.SettingsEdited, seen)
    assert told.step == 5 and name in told.after and told.before[name] == config.setting(name)
    losses = [[event.loss for event in of(events.StepDone, one)] for one in (plain[0], seen)]
    assert losses[0][:5] == losses[1][:5]
    weights = [tensors(folder) for folder in (plain[1], tmp_path / "whole")]
    same = [key for key in weights[0] if weights[0][key].equal(weights[1][key])]
    assert (len(same) == len(weights[0])) == (name in AROUND)
    run = Run.open(tmp_path / "whole")
    assert run.config_at(4).setting(name) == config.setting(name)
    assert run.config_at(5).setting(name) == run.config.setting(name) == told.after[name]
    first = edited(pictures, config, tmp_path / "parts", script, stop_at=7)
    second = edited(pictures, config, tmp_path / "parts", script, resume=True)
    assert_same_run(tmp_path / "whole", seen, tmp_path / "parts", first + second)


def test_edit_when_wished_for_with_a_stop_then_is_not_made(
    plain: tuple[list, Path], held_out: RunConfig, pictures: Scan, tmp_path: Path
) -> None:
    script = {5: {"learning_rate": 2e-4}}
    first = edited(pictures, held_out, tmp_path / "run", script, stop_at=5)
    second = edited(pictures, held_out, tmp_path / "run", {}, resume=True)
    assert not of(events.SettingsEdited, first + second) and Run.open(tmp_path / "run").changes == ()
    assert_same_run(plain[1], plain[0], tmp_path / "run", first + second)


@pytest.mark.family
@pytest.mark.parametrize("stop_at", [6, 1, 3, 4, 8, 9, 10, 11])
def test_run_with_edits_when_stopped_and_resumed_then_is_the_uninterrupted_one(
    uninterrupted: tuple[list, Path], pictures: Scan, tiny: RunConfig, tmp_path: Path, stop_at: int
) -> None:
    seen, folder = uninterrupted
    first = edited(pictures, tiny, tmp_path / "parts", SCRIPT, stop_at=stop_at)
    second = edited(pictures, tiny, tmp_path / "parts", SCRIPT, resume=True)
    assert_same_run(folder, seen, tmp_path / "parts", first + second)
    told = [(e.step, e.before, e.after) for e in of(events.SettingsEdited, seen)]
    assert [(e.step, e.before, e.after) for e in of(events.SettingsEdited, first + second)] == told
    assert [(at, kind) for at, kind, *_ in read_events(Run.open(tmp_path / "parts").metrics_path) if kind == EDIT] == [
        (at, EDIT) for at in SCRIPT
    ]


@pytest.mark.long
@pytest.mark.parametrize("dies_at", [8, 2, 3, 5, 6, 7, 9, 11])
def test_run_with_edits_when_it_dies_unsaved_then_takes_its_steps_again_with_the_same_settings(
    uninterrupted: tuple[list, Path], pictures: Scan, tiny: RunConfig, tmp_path: Path, dies_at: int
) -> None:
    seen, folder = uninterrupted
    # What a kill leaves: the run as it is on the disk after a step, with checkpoints of 4 and 8 at most.
    job = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu", threads=1)
    running = job.run()
    for event in running:
        if isinstance(event, events.StepDone):
            if event.step in SCRIPT:
                job.wishes.edit(SCRIPT[event.step])
            if event.step == dies_at + 1:
                shutil.copytree(tmp_path / "run", tmp_path / "left")
                break
    running.close()
    (tmp_path / "left" / "run.lock").unlink(missing_ok=True)
    again = edited(pictures, tiny, tmp_path / "left", SCRIPT, resume=True)
    losses = [event.loss for event in of(events.StepDone, seen)]
    resumed_at = of(events.Started, again)[0].step
    assert resumed_at == (dies_at // 4) * 4 < dies_at + 1
    assert [event.loss for event in of(events.StepDone, again)] == losses[resumed_at:]
    expected, found = tensors(folder), tensors(tmp_path / "left")
    assert all(expected[name].equal(found[name]) for name in expected)
    written = [at for at, kind, *_ in read_events(Run.open(tmp_path / "left").metrics_path) if kind == EDIT]
    assert written == list(SCRIPT), "each is told once"


@pytest.mark.long
def test_run_when_rolled_back_before_an_edit_then_makes_it_again_at_its_step(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses: dict[int, list[float]] = {}
    real, spoilt = trainer.take_step, [7]

    def take_step(state, *how, **more):
        if state.step + 1 in spoilt:
            spoilt.clear()
            raise step.NotFiniteError(events.Phrase("training.loss-became", value=math.nan))
        losses.setdefault(state.step, []).append(state.ema.decay)
        return real(state, *how, **more)

    monkeypatch.setattr(trainer, "take_step", take_step)
    script = {5: {"ema_decay": 0.5, "loss_weighting": "p2"}}
    seen = edited(pictures, tiny, tmp_path / "run", script)
    (back,) = of(events.RolledBack, seen)
    assert (back.step, back.failed_step) == (4, 7)
    usual = tiny.train.ema_decay
    assert losses == {
        **{at: [usual] for at in range(4)}, 4: [usual] * 2, 5: [0.5] * 2, **{at: [0.5] for at in range(6, 12)}
    }  # fmt: skip
    assert [event.step for event in of(events.SettingsEdited, seen)] == [5, 5]
    # The checkpoint after the roll-back has the weights of the loss that the steps were taken with.
    weights = load_checkpoint(tmp_path / "run").loss_weight
    model = load_checkpoint(tmp_path / "run")
    model.weigh_loss("p2")
    assert weights.equal(model.loss_weight)
    assert [at for at, kind, *_ in read_events(Run.open(tmp_path / "run").metrics_path) if kind == EDIT] == [5]


@pytest.mark.long
def test_edits_when_steps_are_read_late_then_hold_at_the_same_steps(
    uninterrupted: tuple[list, Path], pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = uninterrupted
    monkeypatch.setattr(trainer, "reads_late", lambda _device: True)
    at_steps = {change.at_step: change.settings for change in Run.open(folder).changes}
    late = edited(pictures, tiny, tmp_path / "late", SCRIPT)
    run = Run.open(tmp_path / "late")
    # A card is a step ahead of what is read: the wish comes later, and is of the step that it is told for.
    assert {change.at_step - 1: change.settings for change in run.changes} == at_steps
    again = edited(pictures, tiny, tmp_path / "again", {change.at_step - 1: change.settings for change in run.changes})
    assert_same_run(tmp_path / "late", late, tmp_path / "again", again)
    monkeypatch.setattr(trainer, "reads_late", lambda _device: False)
    at_once = edited(pictures, tiny, tmp_path / "once", {change.at_step: change.settings for change in run.changes})
    assert_same_run(tmp_path / "late", late, tmp_path / "once", at_once)


def test_learning_rate_when_edited_then_scales_the_plan(uninterrupted: tuple[list, Path], tiny: RunConfig) -> None:
    seen, folder = uninterrupted
    run = Run.open(folder)
    for event in of(events.StepDone, seen):
        done = event.step - 1
        peak = tiny.train.learning_rate if done < 2 else 5e-4 if done < 7 else 2e-3
        decay = tiny.train.decay if done < 5 else "linear"
        train = tiny.with_settings({"learning_rate": 1.0, "decay": decay}).train
        assert event.learning_rate == pytest.approx(peak * planned_rate(train, run.plan, done), rel=1e-12)


def test_weighting_when_edited_then_is_that_of_a_model_made_so(tiny: RunConfig) -> None:
    from core.networks.build import build_diffusion

    config = tiny.with_settings({"channels": 3})
    model = build_diffusion(config)
    for changes in ({"loss_weighting": "p2"}, {"min_snr_gamma": 2.0}, {"loss_weighting": "constant"}):
        other = config.with_settings(changes)
        model.weigh_loss(other.diffusion.loss_weighting, other.diffusion.weighting_options())
        made = build_diffusion(other)
        assert model.loss_weight.equal(made.loss_weight)
        assert (model.loss_weighting, model.min_snr_gamma) == (made.loss_weighting, made.min_snr_gamma)
        assert model.loss_weighting_kwargs == made.loss_weighting_kwargs
    assert make_betas(model.beta_schedule, 50, model.schedule_fn_kwargs).float().equal(model.betas)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dim": 16}, "config.not-live"),
        ({"batch_size": 2}, "config.not-live"),
        ({"learning_rate": "fast"}, "config.bad-value"),
        ({"learning_rate": -1}, "config.bad-value"),
        ({"sample_sampler": "none"}, "config.bad-value"),
        ({"no_such": 1}, "config.not-live"),
    ],
)
def test_wish_when_it_cannot_be_then_is_refused_at_once_and_whole(changes: dict[str, object], code: str) -> None:
    wishes = events.Wishes()
    with pytest.raises(ConfigError) as refused:
        wishes.edit({"ema_decay": 0.9, **changes})
    assert refused.value.code == code and not wishes.edited


def test_wishes_when_made_twice_then_the_last_value_counts() -> None:
    wishes = events.Wishes()
    wishes.edit({"learning_rate": "2e-4", "ema_decay": 0.9})
    wishes.edit({"learning_rate": 1e-4})
    assert wishes.edited and wishes.take_edits() == {"learning_rate": 1e-4, "ema_decay": 0.9}
    assert not wishes.edited and wishes.take_edits() == {}


def test_edit_when_it_does_not_go_with_the_run_then_is_told_and_nothing_changes(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = edited(pictures, tiny, tmp_path / "run", {3: {"sample_steps": 51}})
    (refused,) = of(events.EditRefused, seen)
    assert refused.step == 3 and refused.settings == {"sample_steps": 51} and "timesteps=50" in str(refused.reason)
    assert not of(events.SettingsEdited, seen) and Run.open(tmp_path / "run").changes == ()
    assert "not changed" in (as_words(refused) or "")

    def full(*_: object, **__: object) -> None:
        raise RunError("storage.not-saved", path=tmp_path, reason="full")

    monkeypatch.setattr(Run, "_write", lambda self, record: full())
    seen = train(pictures, tiny, tmp_path / "run", resume=True)
    run = Run.open(tmp_path / "run")
    with pytest.raises(RunError):
        run.change_settings({"ema_decay": 0.9}, at_step=12)
    assert run.changes == () and run.config == run.config_at(12)


def test_steps_when_edited_then_the_training_ends_there_and_its_decay_goes_on_from_where_it_began(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    script = {4: {"steps": 6}, 5: {"steps": 5}}
    seen = edited(pictures, tiny, tmp_path / "less", script)
    (told,), (refused,) = of(events.SettingsEdited, seen), of(events.EditRefused, seen)
    assert (told.before, told.after) == ({"steps": 12}, {"steps": 6}) and "more than the 5 steps" in refused.reason
    assert seen[-1].step == seen[-1].total == 6 and not seen[-1].stopped
    assert not of(events.LearningRateRises, seen)
    seen = edited(pictures, tiny, tmp_path / "more", {11: {"steps": 40}})
    (rise,) = of(events.LearningRateRises, seen)
    assert rise.step == 11 and seen[-1].step == 40
    run = Run.open(tmp_path / "more")
    assert [(one.total, one.at_step, one.decays_from) for one in run.plan] == [(12, 0, 0), (40, 11, 0)]
    whole = tiny.with_settings({"steps": 40})
    rates = [event.learning_rate for event in of(events.StepDone, seen)]
    plan = (PlanChange(40, 0),)
    assert rates[11:] == [planned_rate(whole.train, plan, at) for at in range(11, 40)]
    assert rise.after == rates[11] > 2 * rates[10] == 2 * rise.before


def test_steps_when_edited_after_the_plan_was_made_longer_then_are_counted_from_the_plan(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    edited(pictures, tiny.with_settings({"steps": 4}), tmp_path / "run", {})
    seen = edited(pictures, tiny, tmp_path / "run", {5: {"steps": 4 + 3}}, resume=True, total=9)
    (told,) = of(events.SettingsEdited, seen)
    assert (told.before, told.after, seen[-1].step) == ({"steps": 9}, {"steps": 7}, 7)
    assert Run.open(tmp_path / "run").config_at(5).train.steps == 7
    seen = edited(pictures, tiny, tmp_path / "run", {8: {"steps": 9}, 9: {"steps": 7}}, resume=True, total=12)
    (told,) = of(events.SettingsEdited, seen)
    assert (told.before, told.after, seen[-1].step) == ({"steps": 12}, {"steps": 9}, 9)


def test_steps_when_wished_as_planned_or_refused_then_tell_of_no_change(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    edited(pictures, tiny.with_settings({"steps": 4}), tmp_path / "run", {})
    seen = edited(pictures, tiny, tmp_path / "run", {5: {"steps": 9}, 6: {"steps": 3}}, resume=True, total=9)
    assert [(one.before, one.after) for one in of(events.SettingsEdited, seen)] == [({}, {})]
    assert len(of(events.EditRefused, seen)) == 1 and Run.open(tmp_path / "run").changes == ()


def test_steps_when_named_in_a_training_of_so_many_seconds_then_count(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    seen = edited(pictures, tiny, tmp_path / "run", {3: {"steps": tiny.train.steps}}, seconds=3600.0)
    assert seen[-1].step == seen[-1].total == tiny.train.steps and not [
        event for event in of(events.Planned, seen) if event.step > 3
    ]


def test_edit_when_it_is_so_already_then_is_told_as_nothing(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    config = tiny.with_settings({"steps": 4})
    seen = edited(pictures, config, tmp_path / "run", {2: {"learning_rate": tiny.train.learning_rate}})
    (told,) = of(events.SettingsEdited, seen)
    assert (told.step, told.before, told.after) == (2, {}, {}) and as_words(told) is None
    assert Run.open(tmp_path / "run").changes == ()


def test_edit_when_told_then_reads_well_and_is_json(uninterrupted: tuple[list, Path]) -> None:
    seen, folder = uninterrupted
    first, second, third = of(events.SettingsEdited, seen)
    assert edit_in_words(second.before, second.after).startswith("decay cosine → linear") or second.after
    assert json.loads(as_json(first))["after"]["learning_rate"] == 5e-4
    assert "learning_rate 0.0005 → 0.002" in (as_words(third) or "")
    assert first.reweighs and not second.reweighs and third.reweighs
    assert "learning_rate" in Run.open(folder).log_path.read_text("utf-8")


def test_settings_when_changed_before_a_change_that_was_to_come_then_the_last_word_holds(
    uninterrupted: tuple[list, Path], tmp_path: Path, tiny: RunConfig
) -> None:
    shutil.copytree(uninterrupted[1], tmp_path / "run")
    run = Run.open(tmp_path / "run")
    begun = run.config_at(0)
    assert begun.train.learning_rate == tiny.train.learning_rate
    assert begun.diffusion.loss_weighting == tiny.diffusion.loss_weighting
    run.change_settings({"learning_rate": 2e-3}, at_step=4)  # what it would be from step 7 on
    for opened in (run, Run.open(tmp_path / "run")):
        rates = [opened.config_at(at).train.learning_rate for at in (1, 2, 3, 4, 6, 7, 11)]
        assert rates == [tiny.train.learning_rate, 5e-4, 5e-4, 2e-3, 2e-3, 2e-3, 2e-3]
        assert opened.config_at(4).train.ema_decay == tiny.train.ema_decay
        assert opened.config_at(6).train.ema_decay == 0.5
        assert opened.config_at(12) == opened.config
    run.change_settings({"learning_rate": 2e-3}, at_step=5)
    assert len(run.changes) == 4, "nothing new"


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"learning_rate": "x"}, "at_step": 1},
        {"settings": {"no_such": 1}, "at_step": 1},
        {"settings": {}, "at_step": 1, "before": {"learning_rate": -1}},
        {"settings": {}, "at_step": 1, "before": 3},
    ],
)
def test_run_when_its_changes_cannot_be_then_is_refused_in_words(
    uninterrupted: tuple[list, Path], tmp_path: Path, change: dict[str, object]
) -> None:
    from core.runs.checkpoint_files import checksum_of

    shutil.copytree(uninterrupted[1], tmp_path / "run")
    plain = json.loads((tmp_path / "run" / "run.json").read_text())
    del plain["checksum"]
    plain["changes"].append(change)
    (tmp_path / "run" / "run.json").write_text(json.dumps({"checksum": checksum_of(plain), **plain}))
    with pytest.raises(RunError) as refused:
        Run.open(tmp_path / "run")
    assert refused.value.code == "run.broken"
