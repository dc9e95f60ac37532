"""The whole window at the size that a person reads at: as the system's text is, or as chosen in the menu.

Qt scales everything alike, text, controls and pictures, but must be told before the application begins. So a size holds
from the next start on; the system's is looked up in each run for the one after it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtGui import QFont, QFontInfo

from core.reading import read_json

VARIABLE = "QT_SCALE_FACTOR"
#: In percent; 0 stands for the system's.
OFFERED = (0, 100, 110, 125, 150, 175, 200)
#: Those that a key goes through.
SIZES = OFFERED[1:]
LARGEST = 200
#: Systems set text in 12 to 15 px where nobody asked for larger; the window is drawn for 13.
USUAL_PX = 15


def of_system(font: QFont) -> int:
    """Percent by which the system's text is larger than usual; `font` is the application's before any of ours."""
    percent = 100 * QFontInfo(font).pixelSize() / USUAL_PX
    return min(LARGEST, max(100, 5 * round(percent / 5)))


def remembered(settings_file: Path) -> int:
    """The percent to begin with. Reading it here never fails, and changes nothing of the file."""
    try:
        stored = read_json(settings_file)
    except (OSError, ValueError, RecursionError):
        return 100
    return _percent(stored) if isinstance(stored, Mapping) else 100


def _percent(stored: Mapping[str, object]) -> int:
    chosen = stored.get("text_size")
    percent = stored.get("system_text_size") if chosen in (0, None) else chosen
    return percent if type(percent) is int and 100 <= percent <= LARGEST else 100


@contextmanager
def told_to_qt(percent: int) -> Iterator[None]:
    """Tell Qt while the application is made. A factor that the environment sets is the person's own.

    Ours does not stay there: the program that a restart begins would take it for the person's.
    """
    ours = percent != 100 and VARIABLE not in os.environ
    if ours:
        os.environ[VARIABLE] = f"{percent / 100:g}"
    yield
    if ours:
        del os.environ[VARIABLE]
