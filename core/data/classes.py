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

from .names import class_name, natural_key
from .picture_files import PictureFile, Pictures

if TYPE_CHECKING:
    from ..config import DataConfig


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


def class_notes(data: DataConfig, counts: Mapping[str, int]) -> Iterator[str]:
    """What a person should know where a run's classes are not the folder's, a sentence each.

    counts: class → pictures, of the folder as it is now.
    """
    if data.labels == "off":
        return
    class_names = data.class_names or ()
    gone = [name for name in class_names if name not in counts]
    if gone:
        yield f"no pictures any more of the {_classes(gone)}; what was learnt of it stays"
    unknown = [name for name in counts if name not in class_names]
    if unknown:
        pictures = sum(counts[name] for name in unknown)
        yield f"not among this run's classes: the {_classes(unknown)}; {pictures:,} pictures count as no class"


def _classes(names: Sequence[str]) -> str:
    return ("class " if len(names) == 1 else "classes ") + ", ".join(f"“{name}”" for name in names)
