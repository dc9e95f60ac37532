"""What a person typed, in the errors of those who never saw it: a value is called by its option."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..beginning import evenly
from ..errors import ConfigError, Phrase, StudioError, showable
from ..number_text import read_number

#: Pictures in a row are made at once.
MOST_OF_A_ROW = 64
#: No processor has more.
MOST_THREADS = 1024


@contextmanager
def naming_options(options: Mapping[str, str]) -> Iterator[None]:
    """Let an error about a value call it by the option it was given with. options: setting → option."""
    try:
        yield
    except StudioError as error:
        for field in ("name", "setting"):
            name = error.fields.get(field)
            if isinstance(name, str) and name in options:
                error.fields[field] = options[name]
        raise


def a_path(text: str) -> Path:
    """An argparse type. "" would be the current folder, which a script means that left a variable empty."""
    if not text:
        raise _not_taken(text, Phrase("value.path"), ValueError(text))
    return Path(text)


def whole_number(text: str) -> int:
    """An argparse type."""
    try:
        return read_number(text, whole=True)
    except ValueError as error:
        raise _not_taken(text, Phrase("value.whole"), error) from None


def whole_numbers(text: str) -> tuple[int, ...]:
    """An argparse type: several, with commas between them. 999 500 is one number alone, and not in a list."""
    parts = [part.strip() for part in text.split(",")]
    if any(len(part.split()) > 1 for part in parts):
        raise _not_taken(text, Phrase("value.wholes"), ValueError(text))
    return tuple(map(whole_number, parts))


def number(text: str) -> float:
    """An argparse type; whether infinity and NaN may be is for whoever takes the value."""
    try:
        return float(text) if text.lower().strip("+-") in ("inf", "nan") else read_number(text, whole=False)
    except ValueError as error:
        raise _not_taken(text, Phrase("value.number"), error) from None


def row_of(kind: Callable[[str], float]) -> Callable[[str], float | tuple[float, ...]]:
    """An argparse type: a number, or LOW..HIGH:COUNT for so many from low to high."""

    def read(text: str) -> float | tuple[float, ...]:
        low, dots, rest = text.partition("..")
        if not dots:
            return kind(text)
        high, _, count = rest.partition(":")
        length = whole_number(count)
        if not 2 <= length <= MOST_OF_A_ROW:
            raise _not_taken(text, Phrase("value.row", most=MOST_OF_A_ROW), ValueError(""))
        return evenly(kind(low), kind(high), length)

    return read


def _not_taken(text: str, expected: str, error: ValueError) -> argparse.ArgumentTypeError:
    said = error.args[0] if isinstance(error.args[0], Phrase) else f"it is not {expected}"
    return argparse.ArgumentTypeError(f"{showable(text)!r}: {said}")


def key_values(items: Iterable[str], option: str) -> dict[str, object]:
    """What a repeatable option says, KEY=VALUE each. Raises ConfigError."""
    said: dict[str, object] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise ConfigError("config.bad-value", name=option, value=item, expected=Phrase("value.key-value"))
        said[name.strip()] = value.strip()
    return said


def add_threads(parser: argparse.ArgumentParser) -> None:
    """`--threads`."""
    parser.add_argument(
        "--threads", default="auto", metavar="N", help="on a CPU: so many; auto measures, and follows what else runs"
    )


def read_threads(value: str) -> int | None:
    """The number of threads, None for auto. Raises ConfigError."""
    if value == "auto":
        return None
    if value.isascii() and value.isdecimal() and 1 <= int(value) <= MOST_THREADS:
        return int(value)
    expected = Phrase("value.auto-or-threads", most=MOST_THREADS)
    raise ConfigError("config.bad-value", name="--threads", value=value, expected=expected)
