"""Random numbers are a function of seed, purpose and step."""

import subprocess
import sys

import torch

from core.randomness import generator, normal, numpy_generator


def test_generators_when_seed_purpose_and_step_are_equal_are_equal() -> None:
    a, b = (torch.rand(4, generator=generator(1, "noise", 5)) for _ in "ab")
    assert torch.equal(a, b)
    assert numpy_generator(1, "order", 2).random() == numpy_generator(1, "order", 2).random()


def test_generators_when_any_part_differs_differ() -> None:
    questions = [(1, "noise", 5), (2, "noise", 5), (1, "times", 5), (1, "noise", 6), (1, "noise"), (1, "noise", 5, 0)]
    questions += [(11, "noise", 5), (1, "noise", 51), (1, "noise", 5, 1)]
    assert len({generator(*question).initial_seed() for question in questions}) == len(questions)
    assert len({numpy_generator(*question).random() for question in questions}) == len(questions)


def test_normal_when_given_a_generator_draws_from_it() -> None:
    one = normal((2, 3), generator=generator(0, "noise"), device="cpu", dtype=torch.float32)
    assert torch.equal(one, torch.randn(2, 3, generator=generator(0, "noise")))


def test_numpy_generator_when_used_loads_no_torch() -> None:
    code = "import sys, core.randomness as r; r.numpy_generator(0, 'order'); print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
