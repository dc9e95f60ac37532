"""The number of threads follows from how long steps take, on simulated machines."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch

from core.threads import Choice, Competition, Slowdown, ThreadChooser, made_inside, using

#: Seconds of a step by the number of threads, measured with *Sketch* at 28 px on two cores.
QUIET = {2: 0.057, 1: 0.083}
BUSY_LOOP = {2: 0.273, 1: 0.085}
OTHER_TORCH = {2: 0.196, 1: 0.105}
#: As it was with threads that spin.
COLLAPSED = {2: 9.973, 1: 0.105}


def train(chooser: ThreadChooser, machine: dict[int, float], seconds: float) -> tuple[float, int, list[Choice]]:
    """Steps for so long: the time that they really took, their number, and what was chosen on the way."""
    spent, steps, choices = 0.0, 0, []
    while spent < seconds:
        took = machine[chooser.count]
        spent, steps = spent + took, steps + 1
        choice = chooser.add(took)
        if choice is not None:
            choices.append(choice)
    return spent, steps, choices


def test_thread_choice_when_the_machine_is_idle_costs_less_than_three_percent() -> None:
    for seconds, most_lost in ((60.0, 0.01), (10.0, 0.03)):
        chooser = ThreadChooser(2)
        spent, steps, choices = train(chooser, QUIET, seconds)
        assert chooser.count == 2 and len(choices) == 1
        assert spent / steps <= QUIET[2] * (1 + most_lost)


@pytest.mark.parametrize("machine", [BUSY_LOOP, OTHER_TORCH, COLLAPSED])
def test_thread_choice_when_started_on_a_busy_machine_keeps_the_speed_of_one_thread(machine: dict[int, float]) -> None:
    spent, steps, _ = train(ThreadChooser(2), machine, 180.0)
    assert machine[1] / (spent / steps) >= 0.7 if machine is COLLAPSED else machine[1] / (spent / steps) >= 0.95


@pytest.mark.parametrize("machine", [BUSY_LOOP, OTHER_TORCH])
def test_thread_choice_when_another_program_runs_is_one_thread_and_all_after_it(machine: dict[int, float]) -> None:
    chooser = ThreadChooser(2)
    train(chooser, QUIET, 60.0)
    spent, steps, choices = train(chooser, machine, 120.0)
    assert chooser.count == 1 and choices[0].threads == 1 and choices[0].before == 2
    assert machine[1] / (spent / steps) >= 0.9
    # One thread is as fast beside a busy loop as alone: what tells is to try, now and then.
    _, _, choices = train(chooser, QUIET, 2 * ThreadChooser.LONGEST_PAUSE_S)
    assert chooser.count == 2 and choices[-1].threads == 2


def test_thread_choice_when_started_on_a_busy_machine_leaves_the_busy_cores_at_once() -> None:
    chooser = ThreadChooser(8)
    chooser.begin_beside(2.3)
    assert chooser.count == 5
    chooser = ThreadChooser(2)
    chooser.begin_beside(1.9)
    spent, steps, choices = train(chooser, BUSY_LOOP, 20.0)
    assert choices[0].threads == 1 and spent / steps <= BUSY_LOOP[1] * 1.1
    kept = ThreadChooser(2, begin=2, seconds_per_step=0.057)
    kept.begin_beside(1.9)
    assert kept.count == 2, "a resumption begins as it was left"


def test_look_again_when_other_programs_ended_tries_all_threads_at_once() -> None:
    chooser = ThreadChooser(2)
    train(chooser, BUSY_LOOP, 100.0)
    assert chooser.count == 1
    chooser._pause_s = 1e9  # nothing else would try it
    train(chooser, QUIET, 20.0)
    chooser.look_again()
    train(chooser, QUIET, 2.0)
    assert chooser.count == 2


def test_thread_choice_when_single_steps_are_slow_stays() -> None:
    chooser = ThreadChooser(2)
    train(chooser, QUIET, 10.0)
    for number in range(2000):
        assert chooser.add(1.0 if number % 7 == 0 else QUIET[2]) is None
    assert chooser.count == 2


def test_thread_choice_when_all_steps_are_slower_compares_once_and_then_rarely() -> None:
    chooser = ThreadChooser(2)
    train(chooser, QUIET, 10.0)
    slower = {2: 0.2, 1: 0.3}  # a processor that is too hot
    _, _, choices = train(chooser, slower, 600.0)
    assert len(choices) == 1 and chooser.count == 2


def test_thread_choice_when_there_are_many_cores_halves_until_that_is_slower() -> None:
    def time_of(cores_free: int) -> Callable[[int], float]:
        # Beyond the free cores all wait for the thread that shares one.
        return lambda count: 1.0 / count if count <= cores_free else 5.0 / count

    for free, expected in ((16, 16), (13, 8), (5, 4)):
        seconds, chooser = time_of(free), ThreadChooser(16)
        for _ in range(60):
            chooser.add(seconds(chooser.count))
        assert chooser.count == expected and not chooser.comparing


def test_thread_choice_when_one_thread_is_faster_is_one() -> None:
    chooser = ThreadChooser(2)
    spent, steps, _ = train(chooser, {2: 0.006, 1: 0.004}, 600.0)
    assert chooser.count == 1 and spent / steps <= 0.004 * 1.03


def test_thread_choice_when_resumed_at_the_same_speed_compares_nothing() -> None:
    chooser = ThreadChooser(2, begin=2, seconds_per_step=0.057)
    assert train(chooser, QUIET, 100.0)[2] == [] and chooser.count == 2
    chooser = ThreadChooser(2, begin=2, seconds_per_step=0.057)
    assert train(chooser, BUSY_LOOP, 40.0)[2][0].threads == 1


def test_thread_choice_when_made_says_the_threads_of_each_step() -> None:
    (choice,) = train(ThreadChooser(2), QUIET, 5.0)[2]
    assert choice.taken == (2, 1, 2, 1, 2, 1)[: len(choice.taken)] and len(choice.taken) >= 4
    assert dict(choice.seconds) == QUIET


def test_thread_choice_when_there_is_one_core_is_not_made() -> None:
    chooser = ThreadChooser(1)
    assert all(chooser.add(0.1) is None and chooser.count == 1 for _ in range(1000))


def test_using_when_entered_sets_the_number_for_forward_and_backward() -> None:
    seen: dict[str, int] = {}

    class Look(torch.autograd.Function):
        @staticmethod
        def forward(_ctx: object, x: torch.Tensor) -> torch.Tensor:
            return x * 1

        @staticmethod
        def backward(_ctx: object, gradient: torch.Tensor) -> torch.Tensor:
            seen["backward"] = torch.get_num_threads()
            return gradient

    def work() -> None:
        with using(3):
            seen["inside"] = torch.get_num_threads()
            Look.apply(torch.ones(3, requires_grad=True)).sum().backward()
            inside.set()
            looked.wait(10)
        seen["after"] = torch.get_num_threads()

    before = torch.get_num_threads()
    inside, looked = threading.Event(), threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(10)
    assert torch.get_num_threads() == before, "another thread is not concerned"
    looked.set()
    thread.join()
    assert seen == {"inside": 3, "backward": 3, "after": before}


def test_made_inside_when_drawn_leaves_the_receivers_number_of_threads() -> None:
    before = torch.get_num_threads()
    made = made_inside(lambda: using(3), (torch.get_num_threads() for _ in range(2)))
    for count in made:
        assert count == 3 and torch.get_num_threads() == before


def stretches(competition: Competition, seconds: float, count: int) -> list[Slowdown | None]:
    """Steps of so many stretches; what was told with them."""
    told = []
    for _ in range(count):
        for _ in range(max(3, round(Competition.STRETCH_S / seconds + 0.5))):
            if competition.add(seconds):
                told.append(competition.told)
    return told


def test_other_programs_when_they_slow_the_training_are_reported_once_and_so_is_their_end() -> None:
    load = [0.0]
    competition = Competition(2, lambda: load[0])
    assert stretches(competition, 0.05, 10) == []
    load[0] = 1.0
    (told,) = stretches(competition, 0.1, 10)
    assert told == Slowdown(1.0, 2, pytest.approx(0.5))
    load[0] = 0.05
    assert stretches(competition, 0.05, 10) == [None]


def test_other_programs_that_rest_for_a_moment_are_not_gone() -> None:
    load = [1.0]
    competition = Competition(2, lambda: load[0])
    assert len(stretches(competition, 0.1, 3)) == 1
    for _ in range(5):
        load[0] = 0.0
        assert None not in stretches(competition, 0.05, 3)
        load[0] = 1.0
        assert None not in stretches(competition, 0.1, 1)
    load[0] = 0.0
    assert stretches(competition, 0.05, 6) == [None]


def test_other_programs_when_running_from_the_start_are_reported_without_a_comparison() -> None:
    (told,) = stretches(Competition(2, lambda: 0.9), 0.1, 10)
    assert told == Slowdown(0.9, 2, None)


def test_other_programs_when_they_slow_nothing_are_not_reported() -> None:
    load = [0.0]
    competition = Competition(8, lambda: load[0])
    stretches(competition, 0.05, 10)
    load[0] = 1.0
    assert stretches(competition, 0.051, 10) == []


def test_other_programs_when_the_system_hides_them_are_reported_by_much_slower_steps() -> None:
    competition = Competition(2, lambda: None)
    assert stretches(competition, 0.05, 10) == []
    assert stretches(competition, 0.06, 10) == []
    (told,) = stretches(competition, 0.1, 10)
    assert told is not None and told.cores is None and told.slower == pytest.approx(0.5)
