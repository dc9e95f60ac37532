"""`ddpm-studio inspect PATH`: what a folder, a run or a checkpoint is. Nothing in it is executed."""

from __future__ import annotations

import argparse
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import RunConfig
from ..errors import DataError
from ..showable import showable
from .reporting import defaults_in_words, say

if TYPE_CHECKING:
    from ..data.scan import Scan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `inspect`."""
    parser.add_argument("path", type=Path, help="a folder of pictures, a run folder or a checkpoint file")
    parser.add_argument("--json", action="store_true", help="one line of JSON per regular file, then a summary line")


def run(arguments: argparse.Namespace) -> int:
    """Print what it is."""
    from ..storage.foreign import is_foreign
    from ..storage.runs import is_run

    path: Path = arguments.path
    if not path.exists() and not path.is_symlink():
        raise DataError("data.no-such-path", path=path)
    if path.is_dir() and is_run(path):
        report = _run_facts(path)
    elif path.is_dir():
        return _inspect_folder(path, arguments.json)
    else:
        report = _foreign_facts(path) if is_foreign(path) else _checkpoint_facts(path)
    if arguments.json:
        say(json.dumps(report, ensure_ascii=False, default=str))
    else:
        for name, value in report.items():
            say(f"{name}: {_words(name, value)}")
    return 0


def _words(name: str, value: object) -> str:
    """A fact as a person reads it."""
    if name == "unknown" and isinstance(value, dict):
        return defaults_in_words(value)
    return "-" if value is None else showable(str(value), 100_000)


def _run_facts(path: Path) -> dict[str, Any]:
    from ..storage.checkpoint_files import steps_in
    from ..storage.runs import Run

    run = Run.open(path)
    state = run.state()
    return {
        "kind": "run",
        "path": str(path),
        "preset": run.config.preset,
        "step": state.step,
        "total": state.total,
        "state": state.status.value,
        "checkpoints": steps_in(run.checkpoints_folder),
        "settings": run.config.settings(),
    }


def _checkpoint_facts(path: Path) -> dict[str, Any]:
    from ..storage.checkpoint_files import verify

    description = verify(path)
    settings = RunConfig.from_dict(description.config).settings()
    return {
        "kind": "checkpoint",
        "path": str(path),
        "step": description.step,
        "created": description.created,
        "sha256": description.sha256,
        "bytes": description.bytes,
        "settings": settings,
    }


def _foreign_facts(path: Path) -> dict[str, Any]:
    from ..storage.foreign import recognise

    found = recognise(path)
    return {
        "kind": found.kind,
        "path": str(path),
        "bytes": path.stat().st_size,
        "version": found.version,
        "step": found.step,
        "weights": found.weights,
        "parameters": found.parameters,
        **asdict(found.architecture),
        "timesteps": found.timesteps,
        "beta_schedule": found.beta_schedule or "its own",
        "schedule_fn_kwargs": dict(found.schedule_fn_kwargs),
        "objective": found.objective,
        "min_snr_gamma": found.min_snr_gamma,
        "unknown": found.defaults,
    }


def _inspect_folder(folder: Path, as_json: bool) -> int:
    from ..data.scan import scan_all

    try:
        scan = scan_all(folder)
    except DataError as error:
        if error.code != "data.no-pictures":
            raise
        scan = None
    rows = list(_verdicts(folder, scan))
    counts = {"ok": sum(row["verdict"] == "ok" for row in rows), "refused": sum(r["verdict"] != "ok" for r in rows)}
    if as_json:
        for row in rows:
            say(json.dumps(row, ensure_ascii=True))
        classes = {} if scan is None else dict(scan.classes)
        say(json.dumps({"kind": "folder", "path": _text(folder), **counts, "classes": classes}))
        return 0
    say(f"{folder}: {counts['ok']:,} pictures, {counts['refused']:,} other files")
    if scan is not None and scan.pictures:
        sides = sorted(min(picture.width, picture.height) for picture in scan.pictures)
        say(f"shorter sides: {sides[0]} to {sides[-1]} px; all grey: {'yes' if scan.facts().all_grey else 'no'}")
        if scan.classes:
            say(f"sub-folders (classes with --set labels=folders): {_classes(scan)}")
    for row in rows:
        if row["verdict"] == "refused":
            say(f"  {row['path']!r}: {row['reason']}")
    return 0


def _classes(scan: Scan) -> str:
    words = [f"{name} {count:,}" for name, count in scan.classes]
    rest = len(scan.pictures) - sum(count for _, count in scan.classes)
    return ", ".join(words) + (f"; in none {rest:,}" if rest else "")


def _verdicts(folder: Path, scan: Scan | None) -> Iterator[dict[str, str]]:
    """One row per regular file under `folder`, whatever its name, in the order of the walk."""
    good = {picture.path for picture in scan.pictures} if scan is not None else set()
    reasons = {skipped.path: skipped.reason for skipped in scan.skipped} if scan is not None else {}
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            try:
                if not stat.S_ISREG(path.lstat().st_mode):
                    continue
            except OSError:
                continue
            if path in good:
                yield {"path": _text(path), "verdict": "ok", "reason": ""}
            else:
                yield {"path": _text(path), "verdict": "refused", "reason": reasons.get(path, "not a picture")}


def _text(path: Path) -> str:
    """A path as text that JSON can hold: bytes that are not UTF-8 keep Python's surrogate escapes."""
    return str(path)
