"""Classes from sub-folders: what a picture's class is called, and which number stands for it.

A class is a sub-folder of the chosen folder, with everything below it. A picture directly in the chosen folder, or in
one that is not among a run's classes, has none: it is trained on like one whose label was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import Phrase
from .names import class_name, natural_key
from .picture_files import PictureFile, Pictures

if TYPE_CHECKING:
    from ...settings import DataConfig

#: Names that are named in one sentence.
MOST_NAMED = 5


def class_of(relative_path: Path) -> str | None:
    """The class of a picture whose path, relative to the chosen folder, is this one."""
    return class_name(relative_path.parts[0]) if len(relative_path.parts) > 1 else None


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The classes in natural order, each once; a class's place is its label."""
    return tuple(sorted(set(names), key=natural_key))


def labels_of(files: Sequence[PictureFile], class_names: Sequence[str]) -> NDArray[np.int64]:
    """(N,) the label of each picture: 0 … K-1 for the K classes, K for none of them."""
    if isinstance(files, Pictures):
        return files.labels(class_names)
    numbers: dict[str | None, int] = {name: number for number, name in enumerate(class_names)}
    return np.array([numbers.get(file.class_name, len(class_names)) for file in files], np.int64)


def class_notes(data: DataConfig, counts: Mapping[str, int]) -> Iterator[Phrase]:
    """What a person should know where a run's classes are not the folder's, a sentence each.

    counts: class → pictures, of the folder as it is now.
    """
    if data.labels == "off":
        return
    class_names = data.class_names or ()
    gone = [name for name in class_names if name not in counts]
    if gone:
        yield Phrase("note.class-gone" if len(gone) == 1 else "note.classes-gone", names=quoted(gone))
    unknown = [name for name in counts if name not in class_names]
    if unknown:
        pictures = sum(counts[name] for name in unknown)
        code = "note.class-unknown" if len(unknown) == 1 else "note.classes-unknown"
        yield Phrase(code, names=quoted(unknown), count=pictures)


def quoted(names: Sequence[str]) -> str | Phrase:
    """Names in quotes, with commas; of many the first few, and how many more there are."""
    shown = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return Phrase("note.and-more", names=shown, count=more) if more > 0 else shown
