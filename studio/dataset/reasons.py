"""Why a file is not used, in the window's language; core's own English table is for the command line."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

#: One sentence per code of `core.data.reasons.REASONS`; a test holds the two tables against each other.
SENTENCES: dict[str, str] = {
    "empty": str(QT_TRANSLATE_NOOP("Reasons", "the file is empty")),
    "not-a-file": str(QT_TRANSLATE_NOOP("Reasons", "it is a pipe, a socket or a device, not a file")),
    "folder": str(
        QT_TRANSLATE_NOOP("Reasons", "it is a folder with a picture's name; the pictures in it count by themselves")
    ),
    "folder-unreadable": str(QT_TRANSLATE_NOOP("Reasons", "this folder cannot be read")),
    "dangling-link": str(QT_TRANSLATE_NOOP("Reasons", "the link leads to nothing")),
    "link-loop": str(QT_TRANSLATE_NOOP("Reasons", "the link leads in a circle")),
    "gone": str(QT_TRANSLATE_NOOP("Reasons", "it is not there any more")),
    "no-permission": str(QT_TRANSLATE_NOOP("Reasons", "you may not read it")),
    "unreadable": str(QT_TRANSLATE_NOOP("Reasons", "the disk could not read it")),
    "too-large": str(QT_TRANSLATE_NOOP("Reasons", "the file is larger than 1 GiB")),
    "not-a-picture": str(
        QT_TRANSLATE_NOOP("Reasons", "its content is not a PNG, JPEG, WebP, BMP, GIF or TIFF picture")
    ),
    "truncated": str(QT_TRANSLATE_NOOP("Reasons", "it ends too early, and a part of the picture is missing")),
    "broken": str(QT_TRANSLATE_NOOP("Reasons", "its content is damaged")),
    "too-many-pixels": str(QT_TRANSLATE_NOOP("Reasons", "it has more than 64 million pixels")),
    "too-long": str(QT_TRANSLATE_NOOP("Reasons", "one side is longer than 32,768 pixels")),
    "too-thin": str(QT_TRANSLATE_NOOP("Reasons", "one side is more than 100 times as long as the other")),
    "needs-memory": str(QT_TRANSLATE_NOOP("Reasons", "decoding it takes more than 512 MB of memory")),
    "too-slow": str(QT_TRANSLATE_NOOP("Reasons", "decoding it takes longer than 10 seconds")),
    "decoder-died": str(QT_TRANSLATE_NOOP("Reasons", "it makes the decoder crash")),
    "mode": str(QT_TRANSLATE_NOOP("Reasons", "its colours are stored in a way that cannot be read")),
}


def reason_text(code: str) -> str:
    """The sentence for a code."""
    return QCoreApplication.translate("Reasons", SENTENCES[code])
