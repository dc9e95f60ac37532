"""One line of the settings form: its words, its control and what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QT_TRANSLATE_NOOP

from core import catalogue


class Kind(Enum):
    """What a setting is edited with."""

    CHOICE = "choice"  #: one of a few values
    CHECK = "check"  #: on or off
    TEXT = "text"  #: typed; the choices are suggestions
    DERIVED = "derived"  #: follows from the others, so that the form has no control for it


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form, under the setting's title (core.setting_titles).

    `choices` are (value as text, title); "" stands for None, that is auto or off.
    """

    section: str
    tooltip: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    basic: bool = False  #: False: in the section's collapsed rest
    context: str = "SettingRows"  #: the translators' context of the choices' titles


def plain(*values: str) -> tuple[tuple[str, str], ...]:
    """Choices whose titles are the values themselves."""
    return tuple((value, value) for value in values)


def catalogued(rows: Mapping[str, catalogue.Row]) -> tuple[tuple[str, str], ...]:
    """The rows of a table as choices; their titles' context is the catalogue's."""
    return tuple((row.name, row.title) for row in rows.values())


#: None, where it means: from the pictures.
AUTO = ("", str(QT_TRANSLATE_NOOP("SettingRows", "Auto")))
#: None, where it means: not at all.
OFF = ("", str(QT_TRANSLATE_NOOP("SettingRows", "Off")))
#: 0, where it means the same.
NONE_OF_IT = ("0", str(QT_TRANSLATE_NOOP("SettingRows", "Off")))
