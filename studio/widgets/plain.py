"""Tooltips that say what is written, whatever a file or a folder is called."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """The text, so that Qt shows it as it is: what looks like markup to it would be taken for that."""
    if "<" not in text and "&" not in text:
        return text
    return f"<span>{html.escape(text, quote=False)}</span>".replace("\n", "<br>")
