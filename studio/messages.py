"""Core's errors and phrases in the window's language. Their sentences stand in `core.errors`, in English."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.catalogue import CONTEXT, Row
from core.errors import MESSAGES, PHRASES, Phrase, StudioError
from core.pictures.folder.reasons import REASONS
from core.setting_titles import TITLES

#: Fields of errors that name a setting.
_NAMING = {"name", "first", "second", "setting"}


def error_text(error: BaseException) -> str:
    """What to show for an error: its own sentence, or what an unexpected one said."""
    if isinstance(error, StudioError):
        return _filled(MESSAGES[error.code], error.fields)
    words = str(error).strip().splitlines()
    return QCoreApplication.translate("Errors", "Something unexpected went wrong ({kind}): {words}").format(
        kind=type(error).__name__, words=words[0] if words else "–"
    )


def phrase_text(phrase: Phrase) -> str:
    """A part of a sentence, without a full stop."""
    return _filled(PHRASES.get(phrase.code) or MESSAGES[phrase.code], phrase.fields).rstrip(".。")


def reason_text(code: str) -> str:
    """Why a file of the pictures is not used."""
    return phrase_text(REASONS[code])


def setting_title(name: str) -> str:
    """What a setting is called where it is chosen."""
    return QCoreApplication.translate("Settings", TITLES[name])


def row_text(text: str) -> str:
    """A title or sentence of `core.catalogue`."""
    return QCoreApplication.translate(CONTEXT, text)


def row_tip(row: Row) -> str:
    """What a variant does and where it comes from."""
    return f"{row_text(row.help)} ({row.source})"


def _filled(sentence: str, fields: dict[str, object]) -> str:
    said = {name: _in_words(name, value) for name, value in fields.items()}
    return QCoreApplication.translate("Errors", sentence).format(**said)


def _in_words(field: str, value: object) -> object:
    if isinstance(value, Phrase):
        return phrase_text(value)
    return setting_title(value) if field in _NAMING and isinstance(value, str) and value in TITLES else value
