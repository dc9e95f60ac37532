"""Pages that a browser opens from anywhere: one file each, which asks nothing of any network.

The content security policy in their head (`resources/export/head.html`) lets them load nothing but what they hold.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files


def template(name: str, title: str, language: str = "en") -> str:
    """A page of `resources/export` with the head of all and its title; the rest is for whoever asks."""
    folder = files("resources").joinpath("export")
    head = folder.joinpath("head.html").read_text("utf-8").replace("<!--TITLE-->", escape(printable(title)))
    page = folder.joinpath(name).read_text("utf-8").replace('<html lang="en">', f'<html lang="{language}">')
    return page.replace("<!--HEAD-->\n", head)


def printable(text: object) -> str:
    """Without halves of characters, as names of files may have them: no page can say these."""
    return str(text).encode("utf-8", "replace").decode("utf-8")
