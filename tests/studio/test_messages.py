"""The window says core's errors whole in its own language, and calls a setting as its row does."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication

from core.catalogue import SAMPLERS
from core.errors import MESSAGES, PHRASES, Phrase, StudioError
from core.presets import PRESETS
from core.settings import SETTINGS, RunConfig
from studio.app.i18n import Translations
from studio.app.messages import error_text, phrase_text, preset_title, setting_tip, setting_title, setting_value

#: Names are the same everywhere: of people, programs, files and what stands in code.
NAMES = re.compile(
    r"ddpm-studio train --\w+|Karras U-Net|elucidated diffusion|Stable Diffusion|"
    r"core\.\w+|[A-Za-z_]+=\(?[\w, ]+\)?|\.?[\w-]+(\.\w+)+"
)
#: Two words that follow each other are a sentence of another language.
WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


@pytest.fixture
def chinese(qapp: QCoreApplication) -> Iterator[None]:
    translations = Translations(qapp)
    translations.switch("zh_CN")
    yield
    translations.switch("en")


def samples(sentence: str) -> dict[str, object]:
    """A value for each field: a number where it is formatted as one."""
    parts = [(name, spec) for _, name, spec, _ in string.Formatter().parse(sentence) if name]
    return {name: 3 if spec else "§" for name, spec in parts}


@pytest.mark.parametrize("code", MESSAGES)
def test_an_error_in_chinese_has_no_english_half(chinese: None, code: str) -> None:
    error = StudioError(code, **samples(MESSAGES[code]))
    assert error_text(error) != str(error)
    assert not WORDS.search(NAMES.sub("", error_text(error))), error_text(error)


@pytest.mark.parametrize("code", PHRASES)
def test_a_phrase_in_chinese_has_no_english_half(chinese: None, code: str) -> None:
    phrase = Phrase(code, **samples(PHRASES[code]))
    assert not WORDS.search(NAMES.sub("", phrase_text(phrase))), phrase_text(phrase)


@pytest.mark.parametrize(
    "wrong",
    [
        {"dim": 7},
        {"image_size": 30},
        {"image_size": 3},
        {"beta_schedule": "linear", "timesteps": 20, "sample_steps": 10},
        {"timesteps": 10},
        {"immiscible": True, "batch_size": 1},
        {"labels": "folders", "class_names": ("one",)},
        {"full_attn": "true,false"},
    ],
)
def test_a_settings_problem_names_the_row(chinese: None, wrong: dict[str, object]) -> None:
    (problem, *_) = RunConfig().with_settings(wrong).problems()
    said = error_text(problem)
    assert not WORDS.search(said) and "_" not in said, said
    assert any(setting_title(name) in said for name in wrong), said
    assert any(name in str(problem) for name in wrong), str(problem)


def test_a_value_that_is_refused_names_the_row() -> None:
    with pytest.raises(StudioError) as refused:
        RunConfig().with_settings({"image_size": "wide"})
    assert "image_size" in str(refused.value)
    assert error_text(refused.value) == "“wide” is not a value of Size: a whole number from 1 to 4,096."
    with pytest.raises(StudioError) as refused:
        RunConfig().with_settings({"steps": 2_000_000_000})
    assert error_text(refused.value).endswith("a whole number from 1 to 1,000,000,000.")


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_tip_says_help_auto_range_and_source(name: str) -> None:
    facts = SETTINGS[name]
    tip = setting_tip(facts)
    assert tip.startswith(facts.help)
    assert not facts.auto or f"\n{facts.none}: {facts.auto}" in tip
    assert not facts.unit or facts.unit in tip
    assert tip.endswith(facts.source)


def test_setting_tip_of_catalogued_setting_says_its_rows() -> None:
    tip = setting_tip(SETTINGS["sample_sampler"])
    assert all(f"\n{row.title}: {row.help} ({row.source})" in tip for row in SAMPLERS.values())
    assert "\nSigmoid tau: How gently" in setting_tip(SETTINGS["schedule_fn_kwargs"])
    assert "\n1 … 4,096 px" in setting_tip(SETTINGS["image_size"])


def test_setting_value_of_a_choice_is_its_title() -> None:
    assert setting_value("beta_schedule", "rectified_flow") == "Rectified flow"
    assert setting_value("immiscible", True) == "On"
    assert setting_value("colour_jitter", 0.0) == "Off"
    assert setting_value("dim_mults", (1, 2)) == "1 · 2"
    assert setting_value("min_snr_gamma", None) == "Off"
    assert [preset_title(name) for name in PRESETS] == [
        *("Sketch", "Small", "Standard", "Large"),
        *("Super-resolution", "Colouring"),
    ]
