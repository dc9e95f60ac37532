"""The bundled sample sets: pictures to begin with, unpacked from one sheet each into a folder of PNG files."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

from PIL import Image

#: Lies in an unpacked set's folder and says what it is.
SET_FILE = "sample-set.json"


@dataclass(frozen=True)
class SampleSet:
    """One bundled set. Pictures lie in its sheet row by row, class after class."""

    name: str
    title: str
    sentence: str  #: what it is and what to expect
    count: int
    tile_px: int  #: side of a picture in the sheet, and as unpacked
    image_size: int  #: side that it is best trained at, in pixels
    flip: bool  #: whether a mirrored picture is still one of the set
    channels: int  #: 1 grey, 3 RGB
    classes: int  #: class folders 0 … classes - 1 of equal size; 0 for none


SAMPLE_SETS: dict[str, SampleSet] = {
    "faces": SampleSet(
        name="faces",
        title="Faces",
        sentence="118 emoji faces in colour. Small enough that new faces appear within minutes.",
        count=118,
        tile_px=32,
        image_size=32,
        flip=True,
        channels=3,
        classes=0,
    ),
    "digits": SampleSet(
        name="digits",
        title="Digits",
        sentence="4,200 handwritten digits in grey, ten classes. The classic first data set.",
        count=4200,
        tile_px=28,
        image_size=28,
        flip=False,
        channels=1,
        classes=10,
    ),
}


def sheets() -> Traversable:
    """Where the sheets lie."""
    return files("resources") / "samples"


def unpack(name: str, destination: Path) -> Path:
    """Make the folder `destination / name` with the set's pictures, once, and return it.

    A folder that holds all its pictures is left alone, so this is cheap to repeat. A part of the set is made whole:
    pictures are written beside it first and appear all at once, whenever the program is killed. A folder of that name
    with anything else in it is somebody's own: then the set is called `sample-name`.

    Raises:
        KeyError: there is no such set.
        OSError: the destination cannot be written, or both names are somebody's own.
    """
    sample_set = SAMPLE_SETS[name]
    folder = destination / name
    if not is_complete(folder, sample_set) and not _holds_nothing_else(folder, sample_set):
        folder = destination / f"sample-{name}"
    if is_complete(folder, sample_set):
        return folder
    if not _holds_nothing_else(folder, sample_set):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    destination.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=destination))
    try:
        for digit in range(sample_set.classes):
            (fresh / str(digit)).mkdir()
        for relative, picture in _pictures(sample_set):
            (fresh / relative).write_bytes(_encoded(picture))
        # Read by the scan: what the set is best trained at, whichever preset is chosen.
        own = {"name": name, "image_size": sample_set.image_size, "horizontal_flip": sample_set.flip}
        (fresh / SET_FILE).write_text(json.dumps(own), encoding="utf-8")
        # mkdtemp makes folders that only their owner may read.
        fresh.chmod(0o755)
        _put_in_place(fresh, folder, sample_set)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def first_picture(name: str) -> Image.Image:
    """The set's first picture, straight from its sheet. KeyError: there is no such set."""
    return next(picture for _, picture in _pictures(SAMPLE_SETS[name]))


def is_complete(folder: Path, sample_set: SampleSet) -> bool:
    """Whether a folder holds as many pictures as the set has."""
    places = [folder / str(n) for n in range(sample_set.classes)] if sample_set.classes else [folder]
    try:
        found = sum(entry.name.endswith(".png") for place in places for entry in os.scandir(place))
    except OSError:
        return False
    return found == sample_set.count


def _holds_nothing_else(folder: Path, sample_set: SampleSet) -> bool:
    """Whether there is no such folder, or only files of the set are in it: then it may be replaced."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return False
    if not folder.exists():
        return True
    known = {*_names(sample_set), Path(SET_FILE)}
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return all(file in known for file in files)


def _encoded(picture: Image.Image) -> bytes:
    """As a PNG, in memory: Pillow writes a file in a dozen pieces."""
    memory = BytesIO()
    picture.save(memory, "png", compress_level=1)
    return memory.getvalue()


def _put_in_place(fresh: Path, folder: Path, sample_set: SampleSet) -> None:
    aside = fresh.with_name(fresh.name + "-old")
    try:
        if folder.exists():
            folder.rename(aside)
        fresh.rename(folder)
    except OSError:
        # Another process may have been faster; its pictures are as good as ours.
        if not is_complete(folder, sample_set):
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _pictures(sample_set: SampleSet) -> Iterator[tuple[Path, Image.Image]]:
    """Every picture of the sheet with its place in the folder."""
    side = sample_set.tile_px
    with as_file(sheets() / f"{sample_set.name}.png") as path, Image.open(path) as sheet:
        sheet.load()
        columns = sheet.width // side
        for index, relative in enumerate(_names(sample_set)):
            row, column = divmod(index, columns)
            yield relative, sheet.crop((column * side, row * side, (column + 1) * side, (row + 1) * side))


def _names(sample_set: SampleSet) -> list[Path]:
    if not sample_set.classes:
        names = (sheets() / f"{sample_set.name}.txt").read_text("utf-8").split()
        # Numbered, so that a folder listing keeps the sheet's order: plain smileys first, ghosts and goblins last.
        return [Path(f"{number:03d}-{name}.png") for number, name in enumerate(names, start=1)]
    each = sample_set.count // sample_set.classes
    return [Path(str(digit)) / f"{n:05d}.png" for digit in range(sample_set.classes) for n in range(each)]
