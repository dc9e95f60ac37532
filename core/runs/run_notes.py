"""What a person says of a run: a note, tags, a star. A small file in the run's folder, which moves with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UNSHOWABLE
from ..reading import parse_json, read_regular
from .atomic import set_aside, write_json

NOTES = "notes.json"
FORMAT = "ddpm-studio notes"
VERSION = 1

#: As JSON a character takes up to twelve bytes.
MOST_BYTES = 400_000
LONGEST_NOTE = 20_000
MOST_TAGS, LONGEST_TAG = 20, 40


@dataclass(frozen=True, slots=True)
class RunNotes:
    """Nothing is said of most runs."""

    note: str = ""
    tags: tuple[str, ...] = ()
    starred: bool = False


def read_notes(run_folder: Path) -> RunNotes:
    """What was said of the run; nothing where there is no such file, or one that is none. Never raises."""
    try:
        plain = _plain(run_folder)
    except (OSError, ValueError, RecursionError):
        return RunNotes()
    note, tags = plain.get("note"), plain.get("tags")
    return RunNotes(
        note=note[:LONGEST_NOTE] if isinstance(note, str) else "",
        tags=cleaned_tags(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        starred=plain.get("starred") is True,
    )


def write_notes(run_folder: Path, notes: RunNotes) -> None:
    """Keep what is said of the run; the lock is not needed, since no training reads it. Raises RunError.

    A file that cannot be read, or is of a newer version, is kept under another name for whoever can.
    """
    path = run_folder / NOTES
    try:
        _plain(run_folder)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, RecursionError):
        set_aside(path)
    plain = {
        "format": FORMAT,
        "version": VERSION,
        "note": notes.note[:LONGEST_NOTE],
        "tags": list(cleaned_tags(notes.tags)),
        "starred": notes.starred,
    }
    write_json(path, plain)


def _plain(run_folder: Path) -> dict[str, Any]:
    """What the file says. Raises OSError, ValueError or RecursionError for one that is none."""
    plain = parse_json(read_regular(run_folder / NOTES, MOST_BYTES))
    if not isinstance(plain, dict) or plain.get("format") != FORMAT or plain.get("version") != VERSION:
        raise ValueError(NOTES)
    return plain


def cleaned_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order, without commas and what cannot be shown; at most MOST_TAGS."""
    cleaned = (UNSHOWABLE.sub(" ", tag).replace(",", " ").strip()[:LONGEST_TAG].strip() for tag in tags)
    return tuple(dict.fromkeys(tag for tag in cleaned if tag))[:MOST_TAGS]
