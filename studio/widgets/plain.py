"""Tooltips that say what is written, whatever a file or a folder is called, in lines that an eye can follow."""

from __future__ import annotations

import html
import unicodedata
from typing import Protocol

from PySide6.QtWidgets import QAbstractButton, QWidget

#: Columns of a tooltip's line. Qt breaks a tip only where it is wider than the screen.
TIP_COLUMNS = 72
#: What never begins a line of Chinese.
_STAYS_BEHIND = "，。；：、！？）》”’】,.;:!?)"


class Pointed(Protocol):
    """What a pointer rests on: a widget, an action, an item of a list."""

    def setToolTip(self, toolTip: str, /) -> None:
        """Qt's own."""


def set_tip(thing: Pointed, text: str) -> None:
    """The tooltip of a widget or an action: plain text, in lines of at most TIP_COLUMNS."""
    thing.setToolTip(plain_tip(text))


def set_name(widget: QWidget, name: str, tip: str) -> None:
    """What a control is called where its name is not seen on it, and its tooltip."""
    widget.setAccessibleName(name)
    set_tip(widget, tip)


def set_words(button: QAbstractButton, words: str, tip: str) -> None:
    """What a button says, which is also what it is called, and its tooltip."""
    button.setText(without_keys(words))
    set_name(button, words, tip)


def without_keys(words: str) -> str:
    """The words for a button or a menu: an ampersand in a name is no shortcut."""
    return words.replace("&", "&&")


def plain_tip(text: str) -> str:
    """The text, so that Qt shows it as it is: what looks like markup to it would be taken for that."""
    text = wrapped_tip(text)
    if "<" not in text and "&" not in text:
        return text
    return f'<span style="white-space:nowrap">{html.escape(text, quote=False)}</span>'.replace("\n", "<br>")


def wrapped_tip(text: str, columns: int = TIP_COLUMNS) -> str:
    """The text with line breaks: between words, and in Chinese, which has no spaces, between characters."""
    return "\n".join(_wrapped(line, columns) for line in text.split("\n"))


def _wrapped(line: str, columns: int) -> str:
    lines, width, last_break = [""], 0, 0
    for sign in line:
        wide = unicodedata.east_asian_width(sign) in "WF"
        width += 1 + wide
        if width > columns and sign not in _STAYS_BEHIND and sign != " ":
            now = lines[-1]
            cut = len(now) if wide else last_break
            if cut:
                lines[-1:] = [now[:cut].rstrip(), now[cut:]]
                width = _columns(now[cut:]) + 1 + wide
                last_break = 0
        lines[-1] += sign
        if wide or sign == " ":
            last_break = len(lines[-1])
    return "\n".join(lines)


def _columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)
