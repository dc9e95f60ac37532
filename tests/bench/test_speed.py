"""The parts of `make bench` run and fill their tables; nothing is measured here.

The library is not installed where tests run: our own network, which takes the same arguments, stands in for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import core
from tests.bench import busy, network, speed, whole
from tests.bench.network import LIBRARY, Shape
from tests.bench.turns import Apart, Spent, apart, in_turns

TINY = Shape(dim=8, size=8, batch=2)
#: Steps as a training says them, and one line of another event.
SAYS_STEPS = """
import time
print('{"event": "started"}', flush=True)
for step in range(1000):
    print('{"event": "step_done", "step": %d}' % step, flush=True)
    time.sleep(0.001)
"""


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = SimpleNamespace(Unet=core.Unet, GaussianDiffusion=core.GaussianDiffusion)
    monkeypatch.setattr(network, "import_library", lambda: ours)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_turns_when_the_time_is_over_were_taken_by_all() -> None:
    calls: list[str] = []
    spent = in_turns({name: lambda name=name: calls.append(name) for name in ("theirs", "ours")}, seconds=0)
    assert calls == ["theirs", "ours"] * 6
    assert [len(times) for each in spent.values() for times in (each.clock, each.processor)] == [5] * 4
    assert Spent([1.0], [4.0]).times_as_fast_as(Spent([3.0], [2.0])) == "3.00 | 0.50"


@pytest.mark.long
def test_calls_when_apart_take_their_turns_in_another_process() -> None:
    with apart(network.products, 8) as calls:
        assert list(calls) == ["float32", "bf16"]
        assert {name: network.operations(call) for name, call in calls.items()} == dict.fromkeys(calls, 2 * 8**3)
        spent = in_turns(calls, 0, least=2)
        assert all(seconds > 0 for each in spent.values() for seconds in (*each.clock, *each.processor))
        with pytest.raises(KeyError):
            Apart(calls["bf16"].connection, "none")()
    with pytest.raises(TypeError), apart(network.products, "eight"):
        pass


def test_turns_when_no_time_is_left_are_still_taken_as_often_as_is_least() -> None:
    numbers: list[int] = []
    assert whole.rounds(numbers.append, 0.0, least=3) == 3
    assert numbers == [0, 1, 2]


def test_operations_when_matrices_are_multiplied_are_two_for_each_multiply_and_add() -> None:
    assert network.operations(network.products(8)["float32"]) == 2 * 8**3
    assert [len(cells(line)) for line in network.limit_table(0, sides=(8,), least=1)] == [5] * 3


def test_network_table_when_a_call_is_as_large_a_product_says_that_it_reaches_the_limit() -> None:
    def three(_shape: Shape) -> dict[str, Callable[[], object]]:
        return {LIBRARY: lambda: None, **network.products(8)}

    lines = [cells(line) for line in network.network_table(three, [TINY], 0, side=8, least=1, own_process=False)]
    assert [line[2] for line in lines] == ["network", "---", "library, float32", "float32", "bf16"]
    assert {len(line) for line in lines} == {10}
    assert [line[8] for line in lines[2:3]] == ["0%"]  # nothing was computed


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("calls_of", [network.forwards, network.steps])
def test_networks_when_the_library_is_there_start_with_its_weights(
    calls_of: Callable[[Shape], dict[str, Callable[[], object]]],
) -> None:
    calls = calls_of(TINY)
    assert list(calls) == [LIBRARY, "float32", "bf16"]
    if calls_of is network.forwards:
        theirs, ours, narrow = (call() for call in calls.values())
        assert (theirs - ours).abs().max() < 1e-4
        assert 0 < (theirs - narrow).abs().max() < 0.1
    else:
        assert all(call() is not None for call in calls.values())


@pytest.mark.usefixtures("library")
def test_sampling_when_measured_makes_the_same_pictures_of_all() -> None:
    lines = [cells(line) for line in network.sampling_table(TINY, 0, count=1, calls=2, least=1, own_process=False)]
    assert [line[0] for line in lines[2:4]] == ["library, ddim, float32", "ddim, float32"]
    assert {len(line) for line in lines} == {6}


def test_parts_when_one_fails_tell_why_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fails(_shapes: list[Shape], _seconds: float) -> Iterator[str]:
        yield "| head |"
        raise ImportError("no library here")

    def goes(shapes: list[Shape], seconds: float) -> Iterator[str]:
        yield f"| {shapes[0].dim} in {seconds} s |"

    readme = tmp_path / "README.md"
    readme.write_text("<!-- bad -->\nold\n<!-- /bad -->\n<!-- good -->\nold\n<!-- /good -->\n", "utf-8")
    monkeypatch.setattr(speed, "README", readme)
    monkeypatch.setattr(speed, "PARTS", {"bad": speed.Part("Bad", 1, fails), "good": speed.Part("Good", 8, goes)})
    assert speed.main(["--dims", "7", "--share", "0.5", "--write"]) == 1
    assert "Not measured: ImportError: no library here" in capsys.readouterr().out
    assert "<!-- bad -->\nold\n" in readme.read_text("utf-8")
    assert "| 7 in 4.0 s |\n\n<!-- /good -->" in readme.read_text("utf-8")
    assert speed.main(["--only", "good"]) == 0


def test_parts_when_all_take_their_time_are_done_in_eleven_minutes_and_stand_in_the_readme() -> None:
    assert sum(part.seconds for part in speed.PARTS.values()) <= 11 * 60
    text = speed.README.read_text("utf-8")
    assert [name for name in speed.PARTS if f"<!-- {name} -->" not in text] == []


def test_a_session_when_it_says_its_steps_is_measured_over_one_interval() -> None:
    training = whole.Training("digits", "sketch", {"checkpoint_every": 5, "batch_size": 3}, longest_s=600.0)
    # On a busy machine the lines of several steps are read at once.
    assert 0 < whole.session_speed(training, [sys.executable, "-c", SAYS_STEPS], {}, 2) < 5 * 3 / 0.001
    with pytest.raises(RuntimeError, match="took no 4 steps"):
        whole.session_speed(training, [sys.executable, "-c", "pass"], {}, 2)


def test_a_start_when_its_line_comes_ends_there_and_otherwise_gives_its_last_words() -> None:
    says = [sys.executable, "-c", "print('painted', flush=True); input()"]
    assert whole.seconds_until("painted", says, {}) > 0
    assert whole.seconds_until(None, [sys.executable, "-c", "pass"], {}) > 0
    with pytest.raises(RuntimeError, match="no display"):
        whole.seconds_until("painted", [sys.executable, "-c", "raise SystemExit('no display')"], {})


def test_start_table_when_a_floor_is_measured_gives_the_times_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole, "unpack", lambda _name, folder: folder)
    lines = [cells(line) for line in whole.start_table(0, least=1, only=("python alone", "`python -m core --help`"))]
    assert [line[0] for line in lines[2:]] == ["python alone", "`python -m core --help`"]
    assert lines[3][2].endswith("(python)") and float(lines[3][2].split()[0]) > 1


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, what begins is waited for."""
    monkeypatch.setattr(busy, "START_S", 600.0)
    monkeypatch.setattr(whole, "LONGEST_S", 600.0)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("library", "patience")
def test_training_table_when_a_session_has_run_gives_what_it_reaches_of_its_step() -> None:
    small = {"image_size": 8, "dim": 8, "batch_size": 2, "checkpoint_every": 4, "sample_every": 1000}
    trainings = {"tiny": whole.Training("faces", "sketch", small, longest_s=600.0)}
    (*_, line) = whole.training_table(0, trainings=trainings, least=1, bare_s=0.0, skipped=1)
    assert [cells(line)[0], cells(line)[-1]] == ["tiny", "1"]
    assert all(float(cell) > 0 for cell in cells(line)[2:7])


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("patience")
def test_window_table_when_both_have_trained_has_a_line_of_each() -> None:
    *_, command_line, window, dashboard = whole.window_table(0, least=1, skip_s=-0.1, measured_s=0.2)
    lines = (command_line, window, dashboard)
    assert [cells(row)[0] for row in lines] == list(whole.BESIDE)
    assert all(float(cells(row)[1]) > 0 for row in lines)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("patience")
def test_start_table_when_window_and_training_begin_has_a_line_of_each() -> None:
    only = ("the window's first paint", "the first step of *Sketch* is done")
    assert [cells(row)[0] for row in list(whole.start_table(0, least=0, only=only))[2:]] == list(only)
