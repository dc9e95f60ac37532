"""Kept generations: all of a recorded denoising in one safetensors file, to be looked at without the model.

A folder of a run, `generations/`, has a file for each, and beside it a small JSON once somebody has starred it or
written a note. The file is written through the atomic module; it is read where it is looked at, and never mapped into
memory: of a mapped file that is cut off meanwhile the system ends the program. Imports no torch, and executes nothing.

The numbers are those of `Recording.parts`. Everything else stands as JSON in the file's notes, with its SHA-256.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..catalogue import OBJECTIVES
from ..errors import Phrase, RunError, phrase_of
from ..frames import SamplingStarted, TermFacts
from ..inputs import is_whole
from ..reading import is_hollow, open_regular, parse_json, read_json
from ..recording import LAYERS, OF_LAYERS, OF_STEPS, Part, Recording
from .atomic import make_subfolder, remove_abandoned_temps, remove_file, replace_file, write_json
from .tensor_header import TYPES, Header, NotAHeaderError, Place, header_bytes, read_header

FORMAT = "ddpm-studio generation"
VERSION = 1
FOLDER = "generations"
#: What a run's generations may take, unless told otherwise.
BUDGET_BYTES = 2 * 10**9
#: The longer side of the small picture that stands for a generation.
THUMBNAIL_PX = 64
MOST_NOTE = 2000

_NAME = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{8}\.safetensors")
_KINDS = {dtype: kind for kind, (dtype, _) in TYPES.items()}
#: What is so or not of a sampling, with what is usual.
_FLAGS = {field.name: field.default for field in fields(SamplingStarted) if isinstance(field.default, bool)}
#: Of an array that is not cut into steps, so much is written at once.
_CHUNK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Generation:
    """What is known of a kept generation before it is opened."""

    path: Path
    made_at: float  #: seconds since 1970
    size_bytes: int
    steps: int  #: frames
    count: int  #: N, pictures
    image_size: tuple[int, int]  #: height and width, pixels
    settings: Mapping[str, object]  #: as they are written into its pictures: the request's and the model's
    classes: tuple[str, ...]  #: of each picture; empty: they have none
    thumbnail: NDArray[np.uint8]  #: (h, w, C) the first picture as it came out
    starred: bool = False  #: it is never removed for its age
    note: str = ""


class CancelledError(Exception):
    """Whoever wanted it kept wants it no more."""


# --- writing ---------------------------------------------------------------------------------------------


def keep(
    folder: Path,
    recording: Recording,
    settings: Mapping[str, object],
    classes: Sequence[str] = (),
    *,
    budget_bytes: int = BUDGET_BYTES,
    may_go_on: Callable[[], bool] = lambda: True,
) -> Generation:
    """Write a complete recording into `folder`; then the oldest without a star go until the budget holds.

    settings: everything that decided its pictures. classes: the name of each picture's.
    may_go_on: asked between steps. Raises CancelledError where it says no, and RunError where there is no room within
    the budget, or on the disk. Whatever is raised, the folder is as it was.
    """
    now = time.time()
    parts, text = recording.parts(), _description(recording, settings, classes, now)
    assert recording.final is not None
    parts["thumbnail"] = _thumbnail(recording.final[0])
    order = sorted(parts, key=lambda name: (-parts[name].dtype.itemsize, name))
    described = [(name, _KINDS[parts[name].dtype.name], parts[name].shape) for name in order]
    notes = {"format": FORMAT, "version": str(VERSION), "sha256": sha256(text.encode()).hexdigest(), "generation": text}
    head = header_bytes(described, notes)
    size = len(head) + sum(math.prod(part.shape) * part.dtype.itemsize for part in parts.values())
    make_subfolder(folder)
    remove_abandoned_temps(folder)
    _require_room(folder, size, budget_bytes)

    def write(file: BinaryIO) -> None:
        file.write(head)
        for name in order:
            for chunk in _chunks(parts[name]):
                if not may_go_on():
                    raise CancelledError
                file.write(chunk)

    moment = datetime.fromtimestamp(now, UTC)
    path = folder / f"{moment:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}.safetensors"
    replace_file(path, write)
    _prune(folder, budget_bytes, spared=path)
    return read_generation(path)


def unkept(recording: Recording, settings: Mapping[str, object], classes: Sequence[str] = ()) -> Generation:
    """How a complete recording is told of that is in memory alone: its path is empty."""
    started, final = recording.started, recording.final
    assert final is not None
    return Generation(
        path=Path(),
        made_at=time.time(),
        size_bytes=0,
        steps=recording.steps,
        count=recording.count,
        image_size=(started.height, started.width),
        settings=settings,
        classes=tuple(classes),
        thumbnail=_thumbnail(final[0]),
    )


def _chunks(part: Part) -> Iterator[memoryview]:
    """The bytes of an array in their order, a step or a few MB at a time."""
    steps = part if part.dtype.itemsize * math.prod(part.shape) > _CHUNK_BYTES else None
    if steps is None:
        yield np.ascontiguousarray(part[...]).reshape(-1).view(np.uint8).data
        return
    for index in range(part.shape[0]):
        yield from _chunks(part[index])


def _description(recording: Recording, settings: Mapping[str, object], classes: Sequence[str], now: float) -> str:
    started = recording.started
    return json.dumps(
        {
            "made_at": now,
            "steps": recording.steps,
            "count": recording.count,
            "image_size": [started.height, started.width],
            "channels": started.channels,
            "objective": started.objective,
            "flags": {name: value for name in _FLAGS if (value := getattr(started, name)) != _FLAGS[name]},
            "settings": dict(settings),
            "classes": list(classes),
            "terms": [[list(term) for term in terms] for terms in recording.term_facts],
        },
        separators=(",", ":"),
        default=str,
    )


def _thumbnail(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width, channels = picture.shape
    factor = THUMBNAIL_PX / max(height, width)
    if factor >= 1:
        return picture
    image = Image.fromarray(picture[..., 0] if channels == 1 else picture)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = np.asarray(image.resize(size, Image.Resampling.BOX))
    return small.reshape(*small.shape[:2], channels)


# --- the budget ------------------------------------------------------------------------------------------


def generation_files(folder: Path) -> list[Path]:
    """The files of generations in a folder, oldest first; none where it cannot be read. Others' files are no part."""
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except OSError:
        return []


def _require_room(folder: Path, size: int, budget_bytes: int) -> None:
    """Raises RunError where not even without all that has no star there is room."""
    starred = sum(_size_of(path) for path in generation_files(folder) if _mark_of(path).starred)
    if starred + size > budget_bytes:
        room = max(0, budget_bytes - starred)
        raise RunError("generation.beyond-budget", size=_words(size), room=_words(room), budget=_words(budget_bytes))


def _prune(folder: Path, budget_bytes: int, *, spared: Path) -> None:
    files = generation_files(folder)
    taken = sum(map(_size_of, files))
    for path in files:
        if taken <= budget_bytes:
            return
        if path != spared and not _mark_of(path).starred:
            taken -= _size_of(path)
            with contextlib.suppress(RunError):  # one that cannot be removed is no reason to lose another
                remove_generation(path)


def remove_generation(path: Path) -> None:
    """Remove a generation with its star and note. Raises RunError."""
    remove_file(path)
    remove_file(_mark_path(path))


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _words(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 10**9 else f"{size / 1e6:.1f} MB"


# --- star and note ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person has added to a generation."""

    starred: bool = False
    note: str = ""


def set_mark(path: Path, mark: Mark) -> None:
    """Remember star and note of the generation at `path`. Raises RunError."""
    write_json(_mark_path(path), {"starred": mark.starred, "note": mark.note[:MOST_NOTE]})


def _mark_path(path: Path) -> Path:
    return path.with_suffix(".json")


def _mark_of(path: Path) -> Mark:
    """A damaged mark counts as a star: what somebody may have starred is not removed."""
    try:
        plain = read_json(_mark_path(path))
    except FileNotFoundError:
        return Mark()
    except (OSError, ValueError, RecursionError):
        return Mark(starred=True)
    match plain:
        case {"starred": bool(starred), "note": str(note)}:
            return Mark(starred, note[:MOST_NOTE])
    return Mark(starred=True)


# --- reading ---------------------------------------------------------------------------------------------


def list_generations(folder: Path) -> tuple[tuple[Generation, ...], tuple[RunError, ...]]:
    """The generations in a folder, newest first, and what is wrong with files that are none."""
    found, refused = [], []
    for path in reversed(generation_files(folder)):
        try:
            found.append(read_generation(path))
        except RunError as error:
            if path.exists():  # another program may have removed it meanwhile
                refused.append(error)
    return tuple(found), tuple(refused)


def read_generation(path: Path) -> Generation:
    """What is known of a generation, from its header. Raises RunError for a file that is none, or damaged."""
    with _as_run_errors(path), open_regular(path) as file:
        header, said = _judged(file)
        size_bytes = file.seek(0, 2)
        thumbnail = _FilePart(_SharedFile(file), header.tensors["thumbnail"])[...]
        mark = _mark_of(path)
        return Generation(
            path=path,
            made_at=said["made_at"],
            size_bytes=size_bytes,
            steps=said["steps"],
            count=said["count"],
            image_size=tuple(said["image_size"]),
            settings=said["settings"],
            classes=tuple(said["classes"]),
            thumbnail=thumbnail,
            starred=mark.starred,
            note=mark.note,
        )


def open_generation(path: Path) -> Recording:
    """All of a generation; pictures and layers are read from the file when they are looked at.

    Raises RunError for a file that is none, or damaged; reading a step later does where the file was cut off since.
    """
    with _as_run_errors(path), open_regular(path) as file:
        header, said = _judged(file)
        shared = _SharedFile(file)
        parts: dict[str, Part] = {name: _FilePart(shared, place) for name, place in header.tensors.items()}
        parts |= {name: parts[name][...] for name in (*OF_STEPS, "schedule")}
        _require_numbers(parts)
        started = SamplingStarted(
            steps=said["steps"],
            count=said["count"],
            height=said["image_size"][0],
            width=said["image_size"][1],
            channels=said["channels"],
            alphas_cumprod=parts["schedule"],  # type: ignore[arg-type]  # read just now
            settings=said["settings"],
            objective=said["objective"],
            condition=parts["condition"][...] if "condition" in parts else None,
            layers=tuple(name.removeprefix(OF_LAYERS) for name in parts if name.startswith(OF_LAYERS)),
            **said["flags"],
        )
        return Recording.reopened(started, parts, _terms(said, started.layers))


class _SharedFile:
    """An open file that several parts read; it closes with the last of them."""

    def __init__(self, file: BufferedReader) -> None:
        self._path, self._lock = file.name, threading.Lock()
        self._descriptor = os.dup(file.fileno())

    def read_into(self, numbers: NDArray[Any], at: int) -> None:
        """Fill an array from byte `at` on. Raises RunError where the file ends before."""
        room, got = numbers.reshape(-1).view(np.uint8), 0
        with self._lock:
            try:
                os.lseek(self._descriptor, at, os.SEEK_SET)
                while got < len(room) and (some := os.read(self._descriptor, len(room) - got)):
                    room[got : got + len(some)] = np.frombuffer(some, np.uint8)
                    got += len(some)
            except OSError as error:
                raise RunError("storage.not-read", path=self._path, reason=phrase_of(error)) from error
        if got != len(room):
            raise RunError("generation.damaged", path=self._path, reason=Phrase("file.cut-off"))

    def __del__(self) -> None:
        os.close(self._descriptor)


class _FilePart:
    """An array in a file. What is asked for is read: all of it (…), or the numbers at its first indices."""

    def __init__(self, file: _SharedFile, place: Place) -> None:
        self._file, self._start, self.shape = file, place.start, place.shape
        self.dtype: np.dtype[Any] = np.dtype(place.dtype).newbyteorder("<")

    def __getitem__(self, where: object) -> NDArray[Any]:
        if isinstance(where, slice):  # of the steps, all of which are read
            return self[...][where]
        indices = () if where is ... else where if isinstance(where, tuple) else (where,)
        at, shape = 0, self.shape
        for index in indices:
            assert isinstance(index, int | np.integer)
            if not 0 <= index < shape[0]:
                raise IndexError(index)
            shape = shape[1:]
            at += int(index) * math.prod(shape)
        numbers = np.empty(shape, self.dtype)
        self._file.read_into(numbers, self._start + at * self.dtype.itemsize)
        # A flipped bit can make anything of a number; no view is to fail over one pixel.
        if self.dtype.kind == "f" and not np.isfinite(numbers).all() and len(self.shape) > 2:
            np.nan_to_num(numbers, copy=False, posinf=0, neginf=0)
        return numbers


# --- judging ---------------------------------------------------------------------------------------------


def _refuse(name: str) -> NotAHeaderError:
    return NotAHeaderError(Phrase("file.generation-part", name=name))


@contextlib.contextmanager
def _as_run_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError("storage.not-read", path=path, reason=phrase_of(error)) from error
    except NotAHeaderError as error:
        raise RunError("generation.damaged", path=path, reason=phrase_of(error)) from error


def _judged(file: BufferedReader) -> tuple[Header, dict[str, Any]]:
    """The header of a generation and what its notes say, agreeing with each other. Raises NotAHeaderError."""
    if is_hollow(file):
        raise NotAHeaderError(Phrase("file.never-written"))
    header = read_header(file)
    notes = header.metadata
    if notes.get("format") != FORMAT:
        raise NotAHeaderError(Phrase("file.no-generation"))
    text = notes.get("generation", "")
    if notes.get("sha256") != sha256(text.encode("utf-8", "replace")).hexdigest():
        raise NotAHeaderError(Phrase("file.content-changed"))
    if notes.get("version") != str(VERSION):
        raise NotAHeaderError(Phrase("file.generation-version", version=notes.get("version", ""), known=VERSION))
    try:
        said = parse_json(text.encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise NotAHeaderError(Phrase("file.header-unreadable", reason=phrase_of(error, "json"))) from None
    _require_description(said)
    _require_shapes(header, said)
    return header, said


def _require_description(said: object) -> None:
    match said:
        case {
            "made_at": int() | float() as made_at,
            "steps": steps,
            "count": count,
            "image_size": [height, width],
            "channels": 1 | 3 | 4,
            "objective": str(objective),
            "flags": dict(flags),
            "settings": dict(),
            "classes": list(classes),
            "terms": list(terms),
        } if math.isfinite(made_at):
            pass
        case _:
            raise _refuse("description")
    if not all(is_whole(number, 1, 10**9) for number in (steps, count, height, width)):
        raise _refuse("size")
    if objective not in OBJECTIVES:
        raise _refuse("objective")
    if not all(name in _FLAGS and isinstance(value, bool) for name, value in flags.items()):
        raise _refuse("description")
    if len(classes) not in (0, count) or not all(isinstance(name, str) for name in classes):
        raise _refuse("classes")
    if len(terms) != steps:
        raise _refuse("terms")


def _require_shapes(header: Header, said: Mapping[str, Any]) -> None:
    """Raises NotAHeaderError where an array that must be there is not, or is of another kind or shape."""
    steps, count = said["steps"], said["count"]
    pictures = (count, *said["image_size"], said["channels"])
    of_steps: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
        "pixels": (("uint8",), (2, steps, *pictures)),
        "final": (("uint8",), pictures),
        "final_x": (("float32",), pictures),
        "t": (("int64",), (steps,)),
        "t_next": (("int64",), (steps,)),
        "snr": (("float64",), (steps,)),
        "alphas_cumprod": (("float64",), (steps,)),
        "delta_x_0": (("float32",), (steps, count)),
        "x_t_mean": (("float32",), (steps, count)),
        "x_t_std": (("float32",), (steps, count)),
    }
    for name, place in header.tensors.items():
        kinds, shape = of_steps.get(name, (("float32", "float16"), (steps, *pictures)))
        if name == "schedule":
            kinds, shape = ("float64",), (max(1, place.shape[0] if place.shape else 0),)
        elif name == "thumbnail":
            kinds = ("uint8",)
            sides = place.shape[:2] if len(place.shape) == 3 else ()
            if not all(1 <= side <= max(THUMBNAIL_PX, 1) for side in sides) or place.shape[2:] != pictures[3:]:
                raise _refuse(name)
            shape = place.shape
        elif name == "condition":
            kinds, shape = ("uint8",), (*pictures[:3], min(4, max(1, place.shape[-1] if place.shape else 0)))
        elif name not in of_steps and not name.startswith(OF_LAYERS):
            raise _refuse(name)
        if place.dtype not in kinds or place.shape != shape:
            raise _refuse(name)
    for name in (*of_steps.keys() - {"final_x"}, "schedule", "thumbnail"):
        if name not in header.tensors:
            raise NotAHeaderError(Phrase("file.lacks", name=name))


def _require_numbers(parts: Mapping[str, Any]) -> None:
    """Raises NotAHeaderError for times and variances that no denoising has."""
    schedule = parts["schedule"]
    last = len(schedule) - 1
    for name, low in (("t", 0), ("t_next", -1)):
        if ((parts[name] < low) | (parts[name] > last)).any():
            raise _refuse(name)
    for name in ("schedule", "alphas_cumprod"):
        if not ((parts[name] >= 0) & (parts[name] <= 1)).all():  # a NaN is neither
            raise _refuse(name)
    if not (parts["snr"] >= 0).all():
        raise _refuse("snr")


def _terms(said: Mapping[str, Any], layers: tuple[str, ...]) -> list[tuple[TermFacts, ...]]:
    """What the sampler added up in each step. Raises NotAHeaderError."""
    known = {*layers, *(name for name, row in LAYERS.items() if row.compute is not None)} if layers else set()
    found = []
    for index, terms in enumerate(said["terms"]):
        if not isinstance(terms, list):
            raise _refuse("terms")
        found.append(tuple(_term(term, index, known) for term in terms))
    return found


def _term(plain: object, index: int, known: set[str]) -> TermFacts:
    match plain:
        case [str(symbol), int() | float() as coefficient, int(steps_back), ("" | "inside" | "outside") as where] if (
            symbol in known
            and math.isfinite(coefficient)
            and 0 <= steps_back <= index
            and (not where or "known" in known)
        ):
            return TermFacts(symbol, float(coefficient), steps_back, where)
    raise _refuse("terms")
