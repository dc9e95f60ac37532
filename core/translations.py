"""The window's translations, read without Qt: what a file says that is made on the command line too.

A `.qm` file is Qt's: after 16 bytes come sections, a byte of kind and a length of four; that of messages holds tags,
each with a length and bytes (qtbase, qtranslator.cpp).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from .errors import MESSAGES, PHRASES, Phrase, StudioError

#: (context, English text) → the text in a language.
Translate = Callable[[str, str], str]

_START = 16
_MESSAGES = 0x69
_END, _TRANSLATION, _SOURCE, _CONTEXT = 1, 3, 6, 7
#: A byte that says nothing more, and one that is followed by four.
_OBSOLETE = 5
_NO_TEXT = 0xFFFFFFFF


def translations() -> tuple[str, ...]:
    """The languages there are, English first."""
    folder = files("resources").joinpath("i18n")
    return "en", *sorted(path.name.removesuffix(".qm") for path in folder.iterdir() if path.name.endswith(".qm"))


def in_english(_context: str, text: str) -> str:
    """The text as it is."""
    return text


def translate_to(language: str) -> Translate:
    """Says texts in one of `translations`; what has no translation stays English."""
    if language == "en":
        return in_english
    known = _read(language)
    return lambda context, text: known.get((context, text), text)


def error_text(error: StudioError | Phrase, translate: Translate) -> str:
    """The sentence of an error, or a part of one, in a language."""
    sentence = PHRASES.get(error.code) or MESSAGES[error.code]
    said = {
        name: error_text(value, translate).rstrip(".。") if isinstance(value, Phrase) else value
        for name, value in error.fields.items()
    }
    return translate("Errors", sentence).format(**said)


@cache
def _read(language: str) -> Mapping[tuple[str, str], str]:
    data = files("resources").joinpath("i18n", f"{language}.qm").read_bytes()
    at, found = _START, {}
    while at < len(data):
        kind, length = data[at], _number(data, at + 1)
        at += 5
        if kind == _MESSAGES:
            found = _messages(data[at : at + length])
        at += length
    return found


def _messages(data: bytes) -> dict[tuple[str, str], str]:
    found, parts, at = {}, dict[int, bytes](), 0
    while at < len(data):
        tag = data[at]
        at += 1
        if tag == _END:
            context, source = (parts.get(part, b"").decode() for part in (_CONTEXT, _SOURCE))
            found[context, source] = parts.get(_TRANSLATION, b"").decode("utf-16-be")
            parts = {}
            continue
        length = _number(data, at)
        at += 4
        if tag == _OBSOLETE or length == _NO_TEXT:
            continue
        parts.setdefault(tag, data[at : at + length])  # of plural forms the first
        at += length
    return {key: text for key, text in found.items() if text}


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
