"""Every error has its sentence, in the source language and in the window's table."""

from __future__ import annotations

import ast
import errno
import json
import pickle
import re
import string
from pathlib import Path

import pytest

import core
from core.errors import MESSAGES, PHRASES, ConfigError, DataError, Phrase, phrase_of

ROOT = Path(core.__file__).parent.parent
SOURCES = [path for folder in ("core", "studio") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_sentences_when_compared_with_the_code_are_all_used_and_none_is_missing() -> None:
    text = "\n".join(
        path.read_text("utf-8").partition("\n_SYSTEM = {")[2 if path.name == "errors.py" else 0] for path in SOURCES
    )
    used = set(re.findall(r'Error\(\s*"([a-z]+\.[a-z0-9-]+)"', text))
    assert used <= set(MESSAGES)
    unused = {code for code in MESSAGES if f'"{code}"' not in text}
    assert not unused
    # The pictures' are picked by what follows “picture.” (core.pictures.folder.reasons).
    assert not {code for code in PHRASES if f'"{code}"' not in text and not code.startswith("picture.")}
    assert set(re.findall(r'Phrase\(\s*"([a-z-]+\.[a-z0-9-]+)"', text)) <= set(PHRASES)


@pytest.mark.parametrize("code", MESSAGES)
def test_sentences_when_read_end_with_a_stop_and_have_plain_fields(code: str) -> None:
    assert MESSAGES[code].endswith((".", "?"))
    for _, name, _, _ in string.Formatter().parse(MESSAGES[code]):
        assert name is None or name.isidentifier()


@pytest.mark.parametrize("code", PHRASES)
def test_phrases_when_read_fit_into_a_sentence_and_have_plain_fields(code: str) -> None:
    assert not PHRASES[code].endswith((".", "?"))
    for _, name, _, _ in string.Formatter().parse(PHRASES[code]):
        assert name is None or name.isidentifier()


def test_phrase_of_when_given_an_exception_finds_its_phrase_or_says_whose_it_is() -> None:
    thin = Phrase("picture.too-thin")
    assert phrase_of(ValueError(thin)) is thin
    assert phrase_of(OSError(errno.ENOSPC, "No space left on device")) == "the disk is full"
    assert phrase_of(OSError(errno.ENOTTY, "Not a typewriter")) == "the system says “Not a typewriter”"
    assert phrase_of(RuntimeError("bad magic.\nmore"), "torch") == "torch says “bad magic”"
    assert phrase_of(DataError("data.no-such-path", path="a.png")) == "There is no a.png"


def test_phrase_when_pickled_is_equal_and_in_json_is_text() -> None:
    phrase = Phrase("system.other", words=Phrase("picture.too-thin"))
    again = pickle.loads(pickle.dumps(phrase))
    assert (again, again.code, again.fields) == (phrase, phrase.code, phrase.fields)
    assert isinstance(again.fields["words"], Phrase)
    assert json.loads(json.dumps(phrase)) == str(phrase)


def test_error_when_pickled_is_equal() -> None:
    error = ConfigError("config.unknown-preset", name="x", known="a, b")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is ConfigError
    assert str(again) == str(error)


#: Fields of errors and events that hold words, and whatever is handed on as one.
WORDED = {"reason", "expected", "what", "feature"}
#: Helpers that are given such words by place.
HANDED_ON = {"refuse", "_refuse", "_refused", "bad_value", "_Refusal", "NotRegularError", "NotAHeaderError"}
HANDED_ON |= {"NotAnOutlineError", "NotAnArchiveError"}
#: What a picture of a run's progress is of is a key, not a word.
KEYS = {"Preparing", "SaveFailed"}


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _english(node: ast.expr) -> bool:
    """Whether words are written where a phrase belongs; one word is a name."""
    match node:
        case ast.Constant(value=str(text)):
            return re.search(r"[a-z]{2} [a-z]", text) is not None
        case ast.JoinedStr(values=parts):
            return any(_english(part) for part in parts)
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            return _english(left) or _english(right)
        case ast.BoolOp(values=values):
            return any(map(_english, values))
    return False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_errors_when_raised_in_the_code_take_their_words_from_the_table(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or _called(node) in KEYS:
            continue
        worded = [keyword.value for keyword in node.keywords if keyword.arg in WORDED]
        if _called(node) in HANDED_ON:
            worded += node.args
        found += [f"{path.name}:{word.lineno} {ast.unparse(word)}" for word in worded if _english(word)]
    assert not found
