"""Text from files and folders as it may be shown: no control characters, and never longer than a few lines."""

from __future__ import annotations

import re

#: Characters that would break a line or turn the reading direction of what follows.
UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_IN_A_SENTENCE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

#: Characters of one value inside a message; a name in a file may be a megabyte long.
LONGEST = 1000


def showable(text: str, longest: int = LONGEST) -> str:
    """`text` cut to `longest` characters, with what a terminal or a window would obey or choke on escaped."""
    cut = text if len(text) <= longest else text[: longest - 2] + " …"
    return _IN_A_SENTENCE.sub(escaped, cut)


def escaped(found: re.Match[str]) -> str:
    """The characters found, as Python would write them in ASCII."""
    return found[0].encode("unicode_escape").decode("ascii")
