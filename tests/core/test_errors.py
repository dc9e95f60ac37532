"""Every error has its sentence, in the source language and in the window's table."""

from __future__ import annotations

import pickle
import re
import string
from pathlib import Path

import pytest

import core
from core.errors import MESSAGES, ConfigError
from studio.messages import SENTENCES

ROOT = Path(core.__file__).parent.parent
SOURCES = [path for folder in ("core", "studio") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_the_window_has_a_sentence_for_every_code() -> None:
    assert SENTENCES == MESSAGES


def test_every_sentence_is_used_and_every_code_has_one() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SOURCES if path.name not in {"errors.py", "messages.py"})
    used = set(re.findall(r'Error\(\s*"([a-z]+\.[a-z0-9-]+)"', text))
    assert used <= set(MESSAGES)
    unused = {code for code in MESSAGES if f'"{code}"' not in text}
    assert not unused


@pytest.mark.parametrize("code", MESSAGES)
def test_a_sentence_ends_and_its_fields_are_plain_names(code: str) -> None:
    assert MESSAGES[code].endswith((".", "?"))
    for _, name, _, _ in string.Formatter().parse(MESSAGES[code]):
        assert name is None or name.isidentifier()


def test_an_error_survives_a_process_border() -> None:
    error = ConfigError("config.unknown-preset", name="x", known="a, b")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ConfigError
    assert str(again) == str(error)
