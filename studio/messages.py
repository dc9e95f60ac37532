"""The words for core's errors, translatable. Core's own English table is for the command line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.errors import MESSAGES, StudioError

#: One sentence per code of `core.errors.MESSAGES`; a test holds the two tables against each other.
SENTENCES: dict[str, str] = {}


def error_text(error: BaseException) -> str:
    """What to show for an error: its own sentence, or what an unexpected one said."""
    if isinstance(error, StudioError):
        # A sentence that is missing here must not hide the error: core's own is better than none.
        sentence = SENTENCES.get(error.code, MESSAGES[error.code])
        return QCoreApplication.translate("Errors", sentence).format(**error.fields)
    words = str(error).strip().splitlines()
    return QCoreApplication.translate("Errors", "Something unexpected went wrong ({kind}): {words}").format(
        kind=type(error).__name__, words=words[0] if words else "–"
    )
