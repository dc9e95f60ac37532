"""Why a file was skipped: the phrases of `core.errors` that begin with “picture.”, by what follows it."""

from __future__ import annotations

import errno
from typing import NamedTuple

from ...errors import PHRASES, Phrase
from ..decode.kinds import UNREAD_KINDS

_OF_A_PICTURE = "picture."
_OF_A_KIND = "picture.kind"

#: Code → what is wrong, as it follows a file's name and a colon.
REASONS: dict[str, Phrase] = {
    code.removeprefix(_OF_A_PICTURE): Phrase(code)
    for code in PHRASES
    if code.startswith(_OF_A_PICTURE) and code != _OF_A_KIND
}
# A picture of a kind that is not read, each under its name; some have a sentence of their own.
for _kind, _name in UNREAD_KINDS.items():
    REASONS.setdefault(f"kind-{_kind.lower()}", Phrase(_OF_A_KIND, kind=_name))


def reason_of(error: OSError, *, is_link: bool = False) -> str:
    """The code of a system error, or of Pillow's (which have no errno)."""
    match error.errno:
        case None:
            return "truncated" if "truncated" in str(error) else "broken"
        case errno.ENOENT | errno.ENOTDIR:
            return "dangling-link" if is_link else "gone"
        case errno.ELOOP:
            return "link-loop"
        case errno.EACCES | errno.EPERM:
            return "no-permission"
        case errno.ENXIO:
            return "not-a-file"
    return "unreadable"


class Lost(NamedTuple):
    """A picture that can no longer be read, so that the next one stands in for it."""

    name: str
    code: str  #: key of REASONS

    @property
    def reason(self) -> Phrase:
        """Its sentence."""
        return REASONS[self.code]
