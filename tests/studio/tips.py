"""What a tooltip says, however its lines are broken and its signs are written."""

from __future__ import annotations

import html
import re
from typing import Protocol


class Pointed(Protocol):
    """Whatever has a tooltip."""

    def toolTip(self) -> str: ...


def tip_of(thing: Pointed) -> str:
    """The tooltip as a person reads it, in one line."""
    return said_in(thing.toolTip())


def said_in(tip: str) -> str:
    """The same of a tooltip's text."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", tip)).split())
