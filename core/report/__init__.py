"""One HTML file of a run that opens anywhere: settings, curves, what was learnt of every t, samples, quality, events.

It asks nothing of any network, and reads without a script. torch is not needed to make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..export import Exported, ExportProgress
from ..runs.atomic import write_text
from ..translations import translate_to
from .film import Frame, frames_of, last_grid
from .gather import PARTS, Gathered, gather
from .page import page

#: Of the whole work, in hundredths: reading the numbers, and bringing the pictures into the page.
_READ, _FILM = 40, 95
#: A film rarely asks for more pictures than this.
_USUAL_FRAMES = 60


def write_report(path: Path, run_folder: Path, *, language: str = "en") -> Iterator[ExportProgress | Exported]:
    """Write the report of a run, over what is there. Closed before its end it leaves nothing behind.

    language: one of `core.translations.translations`. Raises RunError when there is no run, or the file cannot be
    written; what of a run is damaged is said in the report.
    """
    found = Gathered(run_folder)
    for number, _ in enumerate(gather(found), start=1):
        yield ExportProgress(_READ * number // PARTS, 100)
    grids = found.grids
    frames: list[Frame] = []
    asked, expected = 0, max(1, min(len(grids), _USUAL_FRAMES))
    for frame in frames_of(grids):
        if frame is None:
            asked += 1
            yield ExportProgress(_READ + (_FILM - _READ) * min(asked, expected) // expected, 100)
        else:
            frames.append(frame)
    text = page(found, frames, last_grid(grids), translate=translate_to(language), language=language)
    yield ExportProgress(_FILM, 100)
    write_text(path, text)
    yield Exported(path)
