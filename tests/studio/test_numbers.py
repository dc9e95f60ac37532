"""Numbers as people read them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale

from studio import numbers


@pytest.fixture(autouse=True)
def english() -> None:
    QLocale.setDefault(QLocale("en_US"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.042, "0.0420"),
        (1.406, "1.41"),
        (65.13, "65.1"),
        (999.6, "1,000"),
        (12_345.0, "12,300"),
        (0.000012345, "1.23e-5"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (-1.5, "-1.50"),
    ],
)
def test_three_figures(value: float, text: str) -> None:
    assert numbers.figure(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "0.25 s"),
        (42, "42 s"),
        (252, "4 min 12 s"),
        (7500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
        (float("inf"), "–"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "5 s"), (41, "40 s"), (100, "2 min"), (200, "3 min"), (7230, "2 h 0 min")]
)
def test_estimates_do_not_pretend(seconds: float, text: str) -> None:
    assert numbers.rough_duration(seconds) == text


def test_counts_and_sizes_carry_separators_and_units() -> None:
    assert numbers.count(1234567) == "1,234,567"
    assert numbers.memory(12_300_000_000) == "12.3 GB"
    assert numbers.memory(950) == "950 B"


@pytest.mark.parametrize(
    ("height", "width", "text"), [(32, 32, "32"), (48, 32, "32 × 48"), (1024, 2048, "2,048 × 1,024")]
)
def test_the_size_of_a_picture(height: int, width: int, text: str) -> None:
    assert numbers.sides(height, width) == text


def test_what_was_chosen_is_as_short_as_it_is() -> None:
    said = [numbers.chosen(number) for number in (0.008, -3.0, 0.5, 10, 0.0001)]
    assert said == ["0.008", "−3", "0.5", "10", "0.0001"]
