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
from ..errors import CheckpointError, ConfigError, DataError, phrase_of
from ..showable import showable
from .reporting import defaults_in_words, say

if TYPE_CHECKING:
    from ..data.picture_files import Verdicts


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
    if name == "unused" and isinstance(value, dict):
        return showable(", ".join(f"{part} ({count:,} tensors)" for part, count in value.items()) or "-", 100_000)
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
    try:
        settings = RunConfig.from_dict(description.config).settings()
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error
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
        "unused": dict(found.unused),
    }


def _inspect_folder(folder: Path, as_json: bool) -> int:
    import numpy as np

    from ..data.classes import in_order
    from ..data.scan import verdicts_of

    verdicts = verdicts_of(folder)
    pictures = verdicts.pictures()
    counts = {"ok": 0, "refused": 0}
    for row in _rows(folder, verdicts):
        counts[row["verdict"]] += 1
        if as_json:
            say(json.dumps(row, ensure_ascii=True))
    classes = {name: pictures.class_counts()[name] for name in in_order(pictures.class_counts())}
    if as_json:
        say(json.dumps({"kind": "folder", "path": str(folder), **counts, "classes": classes}))
        return 0
    say(f"{folder}: {counts['ok']:,} pictures, {counts['refused']:,} other files")
    if pictures:
        shorter = np.minimum(pictures.widths, pictures.heights)
        grey = "yes" if pictures.are_grey.all() else "no"
        say(f"shorter sides: {shorter.min()} to {shorter.max()} px; all grey: {grey}")
    if classes:
        words = [f"{name} {count:,}" for name, count in classes.items()]
        rest = len(pictures) - sum(classes.values())
        words_of_rest = f"; in none {rest:,}" if rest else ""
        say(f"sub-folders (classes with --set labels=folders): {', '.join(words)}{words_of_rest}")
    for row in _rows(folder, verdicts):
        if row["verdict"] == "refused":
            say(f"  {row['path']!r}: {row['reason']}")
    return 0


def _rows(folder: Path, verdicts: Verdicts) -> Iterator[dict[str, str]]:
    """One row per regular file under `folder`, whatever its name; those of runs, which are not looked into, last."""
    from ..data.file_table import CODES
    from ..data.reasons import REASONS
    from ..storage.runs import is_run

    for number, code in enumerate(verdicts.facts["code"].tolist()):
        path = Path(verdicts.table.path(number))
        if not _is_regular(path):
            continue
        if code == 0:
            yield {"path": str(path), "verdict": "ok", "reason": ""}
        else:
            reason = REASONS[CODES[code]] if code < len(CODES) else "not a picture"
            yield {"path": str(path), "verdict": "refused", "reason": reason}
    for root, folders, _ in os.walk(folder):
        runs = [name for name in folders if is_run(Path(root) / name)]
        folders[:] = [name for name in folders if name not in runs]
        for path in (found for name in runs for found in sorted((Path(root) / name).rglob("*"))):
            if _is_regular(path):
                yield {"path": str(path), "verdict": "refused", "reason": "it belongs to a run"}


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
