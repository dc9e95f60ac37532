"""A training's number of threads: recorded by step, kept in the checkpoint, and a resumption begins with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
import torch

from core import threads
from core.cli.reporting import as_words
from core.pictures.folder.scan import Scan
from core.runs.checkpoint_files import read_description
from core.runs.metrics_database import open_to_read
from core.runs.run import Run
from core.settings import RunConfig
from core.threads import Competition, Slowdown
from core.training import step_threads
from core.training.events import OthersBusy, OthersChanged, OthersGone, StepDone, ThreadsChosen
from tests.core.training.conftest import of, train


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if torch had found two, whatever this machine has."""
    monkeypatch.setattr(step_threads, "most_threads", lambda: 2)
    monkeypatch.setattr("core.threads.OtherLoad.cores", lambda _self: 0.0)
    before = torch.get_num_threads()
    yield
    assert torch.get_num_threads() == before, "a training leaves the number as it was"


@pytest.fixture
def told_times(monkeypatch: pytest.MonkeyPatch) -> dict[int, float]:
    """What the chooser is told that a step with so many threads took."""
    times = {2: 0.057, 1: 0.083}
    add = threads.ThreadChooser.add
    monkeypatch.setattr(threads.ThreadChooser, "add", lambda self, _seconds: add(self, times[self.count]))
    monkeypatch.setattr(Competition, "add", lambda self, _seconds: False)
    # Beside other tests two threads would take minutes.
    monkeypatch.setattr(step_threads, "using", lambda count: nullcontext())
    return times


def recorded(run: Run, kind: str) -> list[str]:
    with closing(open_to_read(run.metrics_path)) as database:
        rows = database.execute("SELECT text FROM events WHERE kind = ? ORDER BY id", (kind,)).fetchall()
    return [text for (text,) in rows]


def test_each_steps_number_is_in_the_runs_record(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, two_cores: None, told_times: dict[int, float]
) -> None:
    seen = train(pictures, tiny, tmp_path / "run")
    (chosen,) = of(ThreadsChosen, seen)
    assert (chosen.threads, chosen.before, dict(chosen.seconds)) == (2, 2, told_times)
    assert as_words(chosen) is None, "nothing has changed"
    run = Run.open(tmp_path / "run")
    begun, compared = recorded(run, "threads")
    assert begun == "computes with 2 threads from step 1 on"
    assert "goes on with 2 threads" in compared and "were taken with 2, 1, 2, 1" in compared
    assert compared in run.log_path.read_text("utf-8")


def test_a_checkpoint_says_the_number_and_a_resumption_begins_with_it(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, two_cores: None, told_times: dict[int, float]
) -> None:
    told_times[2] = 0.3  # others are at work
    seen = train(pictures, tiny, tmp_path / "run")
    assert of(ThreadsChosen, seen)[0].threads == 1
    assert "goes on with 1 thread" in (as_words(of(ThreadsChosen, seen)[0]) or "")
    newest, _ = Run.open(tmp_path / "run").newest_checkpoint()
    assert newest is not None
    assert read_description(newest).extra["threads"] == {"count": 1, "most": 2, "seconds_per_step": 0.083}
    more = train(pictures, tiny, tmp_path / "run", resume=True, total=20)
    assert len(of(StepDone, more)) == 8 and not of(ThreadsChosen, more)
    assert recorded(Run.open(tmp_path / "run"), "threads")[-1] == "computes with 1 thread from step 13 on"


@pytest.mark.parametrize(
    "kept", [None, 7, {"count": 99, "most": 2}, {"count": "1", "most": 2, "seconds_per_step": 0.1}]
)
def test_what_anybody_wrote_into_a_checkpoint_is_not_believed(kept: object, two_cores: None) -> None:
    chosen = step_threads.StepThreads(torch.device("cpu"), None)
    chosen.go_on_from(kept)
    assert chosen.count == 2
    chosen.go_on_from({"count": 1, "most": 64, "seconds_per_step": 0.1})
    assert chosen.count == 2, "that was another machine"


def test_a_fixed_number_is_measured_never(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, two_cores: None, told_times: dict[int, float]
) -> None:
    told_times[2] = 3.0
    seen = train(pictures, tiny, tmp_path / "run", threads=2)
    assert not of(ThreadsChosen, seen)
    assert recorded(Run.open(tmp_path / "run"), "threads") == ["computes with 2 threads from step 1 on"]


def test_others_that_slow_a_training_are_told_and_recorded(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(self: Competition, _seconds: float) -> bool:
        calls.append(1)
        self.told = {3: Slowdown(1.0, 2, 0.4), 4: Slowdown(1.5, 2, 0.7), 6: None}.get(len(calls), self.told)
        return len(calls) in (3, 4, 6)

    calls: list[int] = []
    monkeypatch.setattr(Competition, "add", told)
    seen = train(pictures, tiny, tmp_path / "run")
    assert of(OthersBusy, seen) == [OthersBusy(3, 1.0, 2, 0.4)]
    assert of(OthersChanged, seen) == [OthersChanged(OthersBusy(4, 1.5, 2, 0.7))]
    assert of(OthersGone, seen) == [OthersGone(6)]
    words = as_words(of(OthersBusy, seen)[0])
    assert words == "step 3: other programs use the processor: 40% slower than alone"
    assert recorded(Run.open(tmp_path / "run"), "others-busy") == [words.partition(": ")[2]]


def test_waiting_for_pictures_is_not_taken_for_slow_computing(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []
    monkeypatch.setattr(threads.ThreadChooser, "add", lambda self, seconds: told.append(seconds))
    waited = [0.0]

    def waited_s(_self: object) -> float:
        waited[0] += 1000.0
        return waited[0]

    monkeypatch.setattr("core.training.step.Feeding.waited_s", property(waited_s))
    train(pictures, tiny, tmp_path / "run")
    assert all(seconds < 0 for seconds in told), "a thousand seconds of each step were no computing"
