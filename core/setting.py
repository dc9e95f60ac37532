"""What a setting says of itself, and how its text becomes a value: the facts behind each field of `core.settings`.

The form, the command line, the checks and the tooltips read these facts and nothing else.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Concatenate, ParamSpec, get_args, get_origin

from .catalogue import CONTEXT as CATALOGUE_CONTEXT
from .catalogue import Table
from .errors import QT_TRANSLATE_NOOP, ConfigError, Phrase, showable
from .number_text import read_number
from .translations import Translate, in_english

#: The translators' context of every text of a setting.
CONTEXT = "Settings"
#: Under what a dataclass field keeps its Setting.
FACTS = "setting"

#: Limits of what has none.
ANY_NUMBER = (-math.inf, math.inf)
#: Characters of a text; as long as the path of a file can be.
LONGEST_TEXT = 4096
#: Of the texts that a setting has, those that are told; thousands of pictures may be left out.
MOST_NAMED = 12
#: What JSON adds to each text: quotes, a comma, a line of its own that is moved in.
_ADDED_BYTES = 16

_TRUE = {"true", "1", "on", "yes"}
_FALSE = {"false", "0", "off", "no"}
_ON_OFF = {"true": QT_TRANSLATE_NOOP("Settings", "On"), "false": QT_TRANSLATE_NOOP("Settings", "Off")}


class Control(Enum):
    """What a setting is edited with."""

    CHOICE = "choice"  #: one of a few values
    CHECK = "check"  #: on or off
    TEXT = "text"  #: typed; what is offered are suggestions
    NONE = "none"  #: follows from the pictures, or is chosen among them


@dataclass(frozen=True, slots=True)
class Setting:
    """The facts of one setting. Texts are English; `CONTEXT` has their translations.

    title, help    what it is called where a person reads it, and what it does, in whole sentences
    source         paper and equation
    limits         the ends of what a number may be; what is outside cannot work
    unit           of a number
    choices        all values as text, each with its title
    table          rows of the catalogue: the values are their names
    options_of     the setting whose chosen row has the options that this one sets, as NAME=NUMBER
    example        of one that has numbers by name: one such NAME=NUMBER
    offered        suggestions beside what can be typed: values as text, or values with their titles
    none           what None is called, where it may be None
    auto           what None comes to where it is filled in later: from the pictures, or from other settings
    zero           what 0 is called, where it turns something off
    most_entries   of a setting that has several values
    most_bytes     that all its texts may take together in a file
    counted        whether a number is an amount; False: it is a name made of digits
    when           of a RunConfig: whether the setting has an effect beside the others
    otherwise      why it has none
    resumable      whether a run that goes on may be given another value
    live           whether a run that trains may be, between two steps: its value is a function of the step
    of_use         whether a model that is opened may have another value: its tensors are the same for any
    library        what denoising-diffusion-pytorch calls it
    group          the part of the form that it stands in; "": that of its section
    after          the setting that it follows in the form, where that is of another section
    basic          whether it is always in view, not folded away
    control        what it is edited with; None: as its type has it
    name, section, kind, optional   of the dataclass field: kind is its type without None
    """

    title: str
    help: str
    source: str = ""
    limits: tuple[float, float] = ANY_NUMBER
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    table: Table[Any] | None = None
    options_of: str = ""
    example: str = ""
    offered: Mapping[str, str] | Sequence[str] = ()
    none: str = ""
    auto: str = ""
    zero: str = ""
    most_entries: int | None = None
    most_bytes: int | None = None
    counted: bool = True
    when: Callable[..., bool] | None = None
    otherwise: str = ""
    resumable: bool = False
    live: bool = False
    of_use: bool = False
    library: str = ""
    group: str = ""
    after: str = ""
    basic: bool = False
    control: Control | None = None
    name: str = ""
    section: str = ""
    kind: Any = str
    optional: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """All values as they are said; () where others will do."""
        return tuple(self.choices if self.table is None else self.table)

    @property
    def titles(self) -> dict[str, str]:
        """What is offered: value as text → title, "" for None. A title that is the value needs no translation."""
        offered = self.offered if isinstance(self.offered, Mapping) else {text: text for text in self.offered}
        if self.kind is bool:
            offered = _ON_OFF
        if self.table is not None:
            offered = {row.name: row.title for row in self.table.values()}
        none = {"": self.none} if self.optional else {}
        zero = {"0": self.zero} if self.zero else {}
        return {**none, **zero, **self.choices, **offered}

    @property
    def titles_context(self) -> str:
        """The translators' context of `titles`."""
        return CONTEXT if self.table is None else CATALOGUE_CONTEXT

    def read(self, value: object, *, group: str = ",", decimal: str = ".") -> object:
        """`value` as this setting's type, checked against all that it says. Raises ConfigError.

        group, decimal: the signs of the language in which a number was typed, see `read_number`.
        """
        if self.optional and (
            value is None or (isinstance(value, str) and value.strip().lower() in {"none", "auto", "off"})
        ):
            return None
        if self.most_entries is not None and isinstance(value, str | list | tuple):
            # Before any of them is looked at: a file may say a million.
            count = value.count(",") + value.count("·") + 1 if isinstance(value, str) else len(value)
            if count > self.most_entries:
                raise self._refused(
                    Phrase("value.several", count=count), Phrase("value.at-most-entries", most=self.most_entries)
                )
        try:
            read = coerce(self.kind, value, group=group, decimal=decimal)
        except (TypeError, ValueError, OverflowError) as error:
            said = error.args[0] if error.args and isinstance(error.args[0], Phrase) else self.expected
            if value == "":
                raise ConfigError("config.empty-value", name=self.name, expected=said) from None
            raise self._refused(value, said) from None
        parts = read if isinstance(read, tuple) else (read,)
        if isinstance(parts[0], str) and max(map(len, parts)) > LONGEST_TEXT:
            raise self._refused(value, Phrase("value.at-most-characters", most=LONGEST_TEXT))
        if self.most_bytes is not None and text_bytes(parts) > self.most_bytes:
            raise self._refused(
                Phrase("value.several", count=len(parts)), Phrase("value.at-most-bytes", most=self.most_bytes)
            )
        if self.values and as_text(read) not in self.values:
            raise self._refused(value, self.expected)
        low, high = self.limits
        if self.limits != ANY_NUMBER and not all(low <= number <= high for number in parts):
            raise self._refused(value, self.expected)
        return read

    def _refused(self, value: object, expected: Phrase) -> ConfigError:
        return ConfigError("config.bad-value", name=self.name, value=value, expected=expected)

    @property
    def expected(self) -> Phrase:
        """What it may be, in words that follow a colon."""
        if self.example:
            return Phrase("value.such-as", example=self.example)
        if self.values:
            return Phrase("value.one-of", known=", ".join(self.values))
        if self.kind is bool:
            return Phrase("value.true-or-false")
        if self.kind is str:
            return Phrase("value.text")
        low, high = self.limits
        if get_origin(self.kind) is tuple:
            inner = get_args(self.kind)[0]
            if inner is str or inner is bool:
                return Phrase("value.names" if inner is str else "value.flags")
            return Phrase("value.wholes-from-to" if inner is int else "value.numbers-from-to", low=low, high=high)
        return Phrase("value.whole-from-to" if self.kind is int else "value.number-from-to", low=low, high=high)


P = ParamSpec("P")


def _declaring(facts: Callable[P, Setting]) -> Callable[Concatenate[Any, P], Any]:
    def declare(default: Any, /, *args: P.args, **named: P.kwargs) -> Any:  # noqa: ANN401 (of any type)
        return field(default=default, metadata={FACTS: facts(*args, **named)})

    return declare


#: `name: type = setting(default, title, help, …)` declares a field of a section of settings with its facts.
setting = _declaring(Setting)


def as_text(value: object) -> str:
    """A setting's value as one types it; the inverse is `Setting.read`. "" is None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(as_text(part) for part in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def value_in_words(facts: Setting, value: object, translate: Translate = in_english) -> str:
    """A setting's value as the form has it, with its unit."""
    text = as_text(value)
    title = facts.titles.get(text)
    if title is not None and title != text:
        return translate(facts.titles_context, title)
    if isinstance(value, tuple):
        shown = [showable(as_text(part)) for part in value[:MOST_NAMED]]
        more = len(value) - len(shown)
        return ", ".join(shown) + (f" and {more:,} more" if more else "")
    if isinstance(value, int) and not isinstance(value, bool) and facts.counted:
        text = f"{value:,}"
    # "1 steps" says less than 1.
    unit = "" if value == 1 or not facts.unit else translate(CONTEXT, facts.unit)
    return " ".join(filter(None, (showable(text), unit)))


def coerce(kind: Any, value: object, *, group: str = ",", decimal: str = ".") -> Any:  # noqa: ANN401 (any field type)
    """`value` as `kind`. Raises TypeError, ValueError or OverflowError for what is none.

    group, decimal: the signs of the language in which a number was typed, see `read_number`.
    """
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        parts = _parts(value, inner) if isinstance(value, str) else value
        if isinstance(parts, int) and not isinstance(parts, bool):
            parts = (parts,)
        if not isinstance(parts, list | tuple) or not any(part != "" for part in parts):
            raise ValueError
        if inner is str and set(map(type, parts)) == {str}:
            return tuple(filter(None, parts))  # a hundred thousand names, in a click's time
        if inner is not str and "" in parts[:-1]:  # a comma may end a list; between two there is a number
            raise ValueError
        if any(isinstance(part, str) and len(part.split()) > 1 for part in parts):
            raise ValueError  # 999 500 is one number alone, and not where several may be meant
        return tuple(coerce(inner, part) for part in parts if part != "")
    if kind is bool:
        if isinstance(value, bool):
            return value
        if (word := str(value).strip().lower()) not in _TRUE | _FALSE:
            raise ValueError
        return word in _TRUE
    if isinstance(value, bool):
        raise TypeError
    if kind is int:
        if isinstance(value, str):
            return read_number(value, whole=True, group=group, decimal=decimal)
        if isinstance(value, float):
            if not value.is_integer():
                raise ValueError
            return int(value)
        return int(value)  # type: ignore[call-overload]
    if kind is float:
        signs = {"group": group, "decimal": decimal}
        read = read_number(value, whole=False, **signs) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        if not math.isfinite(read):
            raise ValueError
        return read
    return str(value)


def _parts(value: str, inner: Any) -> list[str]:  # noqa: ANN401 (any field type)
    """What a person typed for several values, parted at commas. A text with a comma in it stands in quotes.

    Raises ValueError where a line ends within a value.
    """
    if inner is not str:
        return value.strip("()[] ").replace("·", ",").split(",")
    whole = value.strip()
    if (whole[:1], whole[-1:]) in {("(", ")"), ("[", "]")}:  # as it is printed
        whole = whole[1:-1]
    try:
        return next(csv.reader([whole], skipinitialspace=True), [])
    except csv.Error as error:  # a line break outside of quotes
        raise ValueError from error


def text_bytes(texts: Iterable[str]) -> int:
    """What texts take in a JSON file, at most."""
    texts = list(texts)
    return len(json.dumps("".join(texts))) + _ADDED_BYTES * len(texts)
