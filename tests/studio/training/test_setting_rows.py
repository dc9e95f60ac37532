"""The form's table is complete and its choices are values that core takes."""

from __future__ import annotations

import pytest

from core.config import CHOICES, SETTINGS, RunConfig, optional, read_value
from core.presets import PRESETS
from core.samplers import SAMPLERS
from core.setting_titles import TITLES
from studio.training.setting_row import Kind
from studio.training.setting_rows import PRESET_HINTS, PRESET_TITLES, ROWS, SECTIONS, as_text, shown


def test_every_setting_has_a_row_and_no_row_is_too_many() -> None:
    assert set(ROWS) == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_row_says_what_it_is(name: str) -> None:
    row = ROWS[name]
    assert row.section in SECTIONS
    assert len(row.tooltip) > 20
    assert row.tooltip.endswith(".")
    assert "!" not in row.tooltip
    assert len(TITLES[name]) <= 16, "the label's column is narrow"
    assert (row.kind is Kind.CHOICE) <= bool(row.choices)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_choice_is_a_value(name: str) -> None:
    for text, _ in ROWS[name].choices:
        value = read_value(name, None if text == "" else text)
        assert value is not None or optional(name)
    if name in CHOICES:
        assert tuple(text for text, _ in ROWS[name].choices) == tuple(CHOICES[name])


@pytest.mark.parametrize("preset", PRESETS)
def test_values_survive_the_way_through_text(preset: str) -> None:
    config = PRESETS[preset].config
    for name, value in config.settings().items():
        if ROWS[name].kind is Kind.DERIVED:
            continue
        text = as_text(value)
        assert read_value(name, None if text == "" else text) == value
        assert shown(name, value)


def test_samplers_are_called_as_core_calls_them() -> None:
    titles = {name: row.title for name, row in SAMPLERS.items()}
    assert dict(ROWS["sample_sampler"].choices) == titles


def test_presets_have_their_words() -> None:
    assert set(PRESET_HINTS) == set(PRESET_TITLES) == set(PRESETS)


def test_a_row_without_a_control_follows_from_the_pictures() -> None:
    assert [name for name, row in ROWS.items() if row.kind is Kind.DERIVED] == [
        "excluded",
        "hidden_folders",
        "class_names",
    ]


def test_few_basic_rows() -> None:
    assert 6 <= sum(row.basic for row in ROWS.values()) <= 9
    assert RunConfig().settings().keys() == ROWS.keys() & SETTINGS.keys()
