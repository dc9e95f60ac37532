"""How a comma, a point or a space in a typed number is read: never silently as another number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.number_text import read_number
from core.settings import read_value

#: Language → what separates its thousands, what begins its fractions.
SIGNS = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "ch": ("’", "."), "fa": ("٬", "٫")}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0,0003", 0.0003),
        ("3,2e-4", 3.2e-4),
        ("1,5", 1.5),
        ("0.0003", 0.0003),
        ("12,345.5", 12345.5),
        ("1.234,5", 1234.5),
        ("1,500,000", 1.5e6),
        ("1 234,5", 1234.5),
        ("0,125", 0.125),
        ("-1,25", -1.25),
        ("1，5", 1.5),
        (".5", 0.5),
        ("2e3", 2000.0),
    ],
)
def test_read_number_when_a_fraction_has_one_comma_takes_it_as_the_decimal_sign(typed, value) -> None:
    assert read_number(typed, whole=False) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,500", 1500), ("12,345,678", 12345678), ("10 000", 10000), ("10’000", 10000), ("1e3", 1000), ("1.5e3", 1500)],
)
def test_read_number_when_a_whole_number_has_groups_of_three_joins_them(typed, value) -> None:
    assert read_number(typed, whole=True) == value


@pytest.mark.parametrize(
    "typed",
    ["1,5", "15,00", "1,50", "1,5000", "0,500", "1.500", "1_5", "1,2,3", "1 5", "1,234,56", "", ",", "x", "1.5"],
)
def test_read_number_when_not_whole_raises(typed) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_number(typed, whole=True)


@pytest.mark.parametrize(
    "typed", ["1_5", "1.2.3", "1,2,3", "1,2.3,4", "nan", "inf", "1,", "--1", "1..5", "1e", "12 34"]
)
def test_read_number_when_a_fraction_is_ambiguous_raises(typed) -> None:
    try:
        value = read_number(typed, whole=False)
    except ValueError:
        return
    assert value == float(typed.rstrip(","))  # "1," as "1." is


def test_setting_when_it_can_mean_two_numbers_raises_with_both() -> None:
    with pytest.raises(ConfigError, match=re.escape("it can mean 1500 or 1.500")):
        read_value("weight_decay", "1,500")


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [("learning_rate", "0,0003", 0.0003), ("batch_size", "1,500", 1500), ("min_snr_gamma", "0,5", 0.5)],
)
def test_read_value_when_numbers_have_signs_of_grouping_reads_them(name, typed, value) -> None:
    assert read_value(name, typed) == value


def test_read_value_when_a_batch_is_a_fraction_raises_a_sentence() -> None:
    with pytest.raises(ConfigError, match=r"“1,5” is not a value of batch_size: a whole number"):
        read_value("batch_size", "1,5")


@given(
    number=st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False).filter(lambda number: number < 10**9),
    language=st.sampled_from(sorted(SIGNS)),
)
def test_read_number_when_a_fraction_is_shown_in_a_language_reads_it_back(number, language) -> None:
    group, decimal = SIGNS[language]
    shown = f"{number:,.4f}".replace(",", "_").replace(".", decimal).replace("_", group)
    assert read_number(shown, whole=False, group=group, decimal=decimal) == float(number)


@given(number=st.integers(0, 2**63 - 1), language=st.sampled_from(sorted(SIGNS)))
def test_read_number_when_a_whole_number_is_shown_in_a_language_reads_it_back(number, language) -> None:
    group, decimal = SIGNS[language]
    shown = f"{number:,}".replace(",", group)
    assert read_number(shown, whole=True, group=group, decimal=decimal) == number


@given(text=st.text("0123456789.,  '’_-+eE", max_size=12), language=st.sampled_from(sorted(SIGNS)), whole=st.booleans())
def test_read_number_when_it_reads_anything_uses_the_typed_digits(text, language, whole) -> None:
    group, decimal = SIGNS[language]
    try:
        value = read_number(text, whole=whole, group=group, decimal=decimal)
    except ValueError:
        return
    mantissa = re.split("[eE]", text)[0]
    readings = {re.sub(r"[^\d+\-]", "", mantissa)}
    for place, sign in enumerate(mantissa):
        if sign in ".,":
            digits = (re.sub(r"[^\d+\-]", "", part) for part in (mantissa[:place], mantissa[place:]))
            readings.add(".".join(digits))
    exponent = "e" + re.split("[eE]", text)[1] if re.search("[eE]", text) else ""
    assert value in {float(reading.strip() + exponent.strip()) for reading in readings if reading.strip("+-.")}
