"""Which pictures of a run's folder a conditional model can be shown: the run's own conditions, as files. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .beginning import StartPicture
from .errors import DataError
from .pictures.feed.pictures import LoadProgress
from .pictures.folder.pairs import needs_pairs, pair
from .pictures.folder.scan import ScanDone, scan
from .pictures.folder.splits import split
from .runs.run import Run


def shown_of_run(folder: Path, count: int, *, held_out: bool) -> Iterator[LoadProgress | tuple[StartPicture, ...]]:
    """At most `count` of the pictures that the run in `folder` saw beside x_t, from all over its set; they come last.

    held_out: of pairs that it was never trained on. Raises RunError for what is no run, DataError for folders that are
    gone, or a run that held nothing out.
    """
    run = Run.open(folder)
    data = run.config.data
    for item in scan(run.source_folder, hidden=data.hidden_folders):
        if not isinstance(item, ScanDone):
            yield LoadProgress(0, 0, 0)
            continue
        found = item.scan
        first = shown = found.pictures
        if needs_pairs(data):
            for pairs in pair(found, data):
                if pairs is None:
                    yield LoadProgress(0, 0, 0)
                else:
                    first, shown = pairs.first, pairs.second
            found = found.with_pictures(first)
        parts = split(found, data.hold_out, data.excluded or ())
        places = parts.held_out if held_out else parts.train
        if not len(places):
            raise DataError("data.none-held-out", folder=run.source_folder)
        chosen = places[(np.arange(min(count, len(places))) * len(places)) // min(count, len(places))]
        yield tuple(StartPicture(shown.name(place), Path(shown.path(place))) for place in chosen.tolist())
