"""The words and symbols of the field, read from the glossary of each language: the only place that explains them.

Qt-free, and read when somebody asks first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

#: A name of the code in running text, such as q_sample: it is no letter with a subscript.
_CODE = re.compile(r"\b[A-Za-z]+(?:_[a-z]{2,}\w*)+\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table."""

    words: tuple[str, ...]  #: how it is written, the usual one first
    meaning: str


def glossary_path(language: str) -> Path:
    """The glossary in this language, in English where there is none."""
    folder = Path(str(files("resources"))) / "docs"
    own = folder / f"glossary.{language}.md"
    return own if own.is_file() else folder / "glossary.md"


@lru_cache(maxsize=4)
def entries(language: str) -> tuple[Entry, ...]:
    """The rows of its table, in their order."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in unicodedata.normalize("NFC", glossary_path(language).read_text("utf-8")).splitlines()
        if line.startswith("|")
    ]
    return tuple(
        Entry(tuple(re.split(r"[,，、]\s*", words)), _CODE.sub(r"`\g<0>`", meaning)) for words, meaning in rows[2:]
    )


def entry_in(text: str, language: str) -> Entry | None:
    """What of the glossary a text speaks of first, a symbol or word of one letter only where there is no other."""
    text = unicodedata.normalize("NFC", text)
    found = [
        (len(word) == 1, place, -len(word), number)
        for number, entry in enumerate(entries(language))
        for word in entry.words
        if (place := _place_of(word, text)) >= 0
    ]
    return entries(language)[min(found)[-1]] if found else None


def _place_of(word: str, text: str) -> int:
    # x_t and x_T are two things; "Sampler" and "sampler" are one.
    is_symbol = "_" in word or len(word) <= 2
    latin = word[0].isascii() and word[0].isalpha()
    pattern = rf"(?<!\w){re.escape(word)}(?![\w\u0302\u0304])" if latin or is_symbol else re.escape(word)
    match = re.search(pattern, text, re.NOFLAG if is_symbol else re.IGNORECASE)
    return -1 if match is None else match.start()
