"""`ddpm-studio inspect PATH`: what a folder, a run or a checkpoint is. Nothing in it is executed."""

from __future__ import annotations

import argparse
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError, ConfigError, DataError, Phrase, phrase_of, showable
from ..inputs import size_in_words
from ..presets import PRESETS
from ..setting import value_in_words
from ..settings import GROUPS, SETTINGS, RunConfig
from .options import a_path
from .reporting import defaults_in_words, say

if TYPE_CHECKING:
    from torch import nn

    from ..networks.anatomy import BlockRow
    from ..pictures.folder.picture_files import Verdicts
    from ..runs.opening import Recognised

IN_HIDDEN = "it lies in a hidden folder, or in one of another program"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `inspect`."""
    parser.add_argument("path", type=a_path, help="a folder of pictures, a run folder or a checkpoint file")
    parser.add_argument("--json", action="store_true", help="one line of JSON per regular file, then a summary line")
    parser.add_argument(
        "--hidden",
        action="store_true",
        help="look into hidden folders and those of other programs too",
    )
    parser.add_argument(
        "--network",
        action="store_true",
        help="of a run or a model: print the blocks of its network, each with its shape and parameters",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what it is."""
    from ..runs.opening import recognise
    from ..runs.run import is_run

    path: Path = arguments.path
    if not path.exists() and not path.is_symlink():
        raise DataError("data.no-such-path", path=path)
    if arguments.network:
        return _print_network(path, arguments.json)
    config: RunConfig | None = None
    if path.is_dir() and is_run(path):
        report, config = _run_facts(path)
    elif path.is_dir():
        return _inspect_folder(path, arguments.json, hidden=arguments.hidden)
    elif (found := recognise(path)) is None:
        report, config = _checkpoint_facts(path)
    else:
        report = _foreign_facts(found)
    if arguments.json:
        settings = {} if config is None else {"settings": config.settings()}
        say(json.dumps({**report, **settings}, ensure_ascii=False, default=str))
        return 0
    if report.get("failed_at") is not None:
        report["state"] = f"failed at step {report['failed_at']:,}"
    report.pop("failed_at", None)
    for name, value in report.items():
        say(f"{name}: {_words(name, value)}")
    for line in () if config is None else _settings_in_words(config):
        say(line)
    return 0


def _settings_in_words(config: RunConfig) -> Iterator[str]:
    """The settings that have an effect, in the words and the order of the form, a line each."""
    preset = PRESETS.get(config.preset.lower())
    plain = None if preset is None else preset.config
    yield "settings:" if preset is None else f"settings (* is not as the preset {preset.title} has it):"
    for group, title in GROUPS.items():
        yield f"  {title}"
        for name, facts in SETTINGS.items():
            if facts.group != group or (facts.when is not None and not facts.when(config)):
                continue
            value = config.setting(name)
            differs = plain is not None and value != plain.setting(name)
            instead = f"; preset: {value_in_words(facts, plain.setting(name))}" if plain is not None and differs else ""
            yield f"  {'*' if differs else ' '} {facts.title} ({name}): {value_in_words(facts, value)}{instead}"


def _words(name: str, value: object) -> str:
    """A fact as a person reads it."""
    if name == "unknown" and isinstance(value, dict):
        return defaults_in_words(value)
    if name == "unused" and isinstance(value, dict):
        return showable(", ".join(f"{part} ({count:,} tensors)" for part, count in value.items()) or "-", 100_000)
    if name == "fitted_steps" and isinstance(value, list):
        return "; ".join(map(_fit_in_words, value)) or "none"
    if name == "ema_lengths" and isinstance(value, list):
        return "{:g} to {:g}".format(*value)
    return "-" if value is None else showable(str(value), 100_000)


def _fits(checkpoint: Path, sha256: Callable[[], str]) -> list[dict[str, Any]]:
    """What was fitted to a checkpoint and lies beside it, or what is wrong with the file. sha256: of its tensors."""
    from ..runs.checkpoint_files import steps_path
    from ..runs.steps_file import read_steps

    path = steps_path(checkpoint)
    if not os.path.lexists(path):
        return []
    try:
        fits = read_steps(checkpoint, sha256())
    except CheckpointError as error:
        return [{"path": str(path), "problem": str(error)}]
    return [{"path": str(path), **asdict(of), "times": times} for of, times in fits.items()]


def _sha256_of(checkpoint: Path) -> str:
    from ..runs.checkpoint_files import read_description

    return read_description(checkpoint).sha256


def _fit_in_words(fit: dict[str, Any]) -> str:
    if "problem" in fit:
        return showable(fit["problem"], 100_000)
    raw = ", raw weights" if fit["weights"] == "raw" else ""
    return f"{fit['sampler']} in {fit['steps']} steps ({showable(Path(fit['path']).name)}{raw})"


def _run_facts(path: Path) -> tuple[dict[str, Any], RunConfig]:
    from ..runs.checkpoint_files import description_path, steps_in
    from ..runs.listing import read_measured
    from ..runs.run import Run, RunStatus

    run = Run.open(path)
    state = run.state()
    steps = steps_in(run.checkpoints_folder)
    checkpoints = [description_path(run.checkpoints_folder, step) for step in steps]
    fits = [_fits(path, partial(_sha256_of, path)) for path in checkpoints]
    newest = description_path(run.checkpoints_folder, steps[-1]) if steps else None
    # As the table of the runs has it: a run that failed for good, and has not gone on since, is not "interrupted" or
    # "new".
    failed_at = read_measured(run.metrics_path, first_step=run.begins_at).failed_at
    failed_at = None if state.status is RunStatus.FINISHED else failed_at
    facts = {
        "kind": "run",
        "path": str(path),
        "preset": run.config.preset,
        "step": state.step,
        "total": state.total,
        "state": state.status.value if failed_at is None else "failed",
        "failed_at": failed_at,
        "checkpoints": steps,
        "fitted_steps": list(chain.from_iterable(fits)),
        "ema_lengths": None if newest is None else _ema_lengths(newest),
    }
    return facts, run.config


def _ema_lengths(checkpoint: Path) -> list[float] | None:
    """The shortest and the longest EMA that `sample --ema-length` can make of it; None where there are none."""
    from ..runs.averages import lengths_at

    try:
        found = lengths_at(checkpoint)
    except CheckpointError:  # what the folder's other facts say is true all the same
        return None
    return None if found is None else [found.shortest, found.longest]


def _problem_of(found: Recognised) -> str | None:
    """What keeps a file's weights from being used, NaN among them; None where nothing does."""
    from ..runs.opening import load_with_assumptions

    for weights in found.weights:
        try:
            load_with_assumptions(found.path, weights)
        except CheckpointError as error:
            return str(error)
    return None


def _checkpoint_facts(path: Path) -> tuple[dict[str, Any], RunConfig]:
    from ..runs.checkpoint_files import verify

    description = verify(path)
    try:
        config = RunConfig.from_dict(description.config)
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error
    facts = {
        "kind": "checkpoint",
        "path": str(path),
        "step": description.step,
        "created": description.created,
        "sha256": description.sha256,
        "bytes": description.bytes,
        "fitted_steps": _fits(path, lambda: description.sha256),
        "ema_lengths": _ema_lengths(path),
    }
    return facts, config


def _foreign_facts(found: Recognised) -> dict[str, Any]:
    from ..runs.checkpoint_files import sha256_of

    return {
        "kind": found.kind,
        "path": str(found.path),
        "bytes": found.path.stat().st_size,
        "version": found.version,
        "step": found.step,
        "weights": found.weights,
        "problem": _problem_of(found),
        "parameters": found.parameters,
        **asdict(found.architecture),
        "timesteps": found.timesteps,
        "beta_schedule": found.beta_schedule or "its own",
        "schedule_fn_kwargs": dict(found.schedule_fn_kwargs),
        "objective": found.objective,
        "min_snr_gamma": found.min_snr_gamma,
        "unknown": found.defaults,
        "unused": dict(found.unused),
        "fitted_steps": _fits(found.path, lambda: sha256_of(found.path)),
    }


def _print_network(path: Path, as_json: bool) -> int:
    """The map of a model's network, as a table or as JSON."""
    from ..networks.anatomy import network_map

    unet, (height, width) = _network_at(path)
    rows = network_map(unet, (height, width))
    total = sum(row.parameters for row in rows)
    if as_json:
        facts = {"kind": "network", "path": str(path), "height": height, "width": width, "parameters": total}
        say(json.dumps({**facts, "rows": [asdict(row) for row in rows]}, ensure_ascii=False))
        return 0
    table = [("module", "block", "stage", "channels×height×width", "parameters", "")]
    for row in rows:
        shape = "×".join(map(str, row.shape))
        table.append((row.module, row.title, str(row.stage), shape, f"{row.parameters:,}", _remarks(row)))
    table.append(("total", "", "", "", f"{total:,}", f"for pictures of {size_in_words((height, width))} px"))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for module, block, *numbers, remarks in table:
        cells = [module.ljust(widths[0]), block.ljust(widths[1])]
        cells += [number.rjust(width) for number, width in zip(numbers, widths[2:], strict=False)]
        say("  ".join([*cells, remarks]).rstrip())
    return 0


def _remarks(row: BlockRow) -> str:
    """What else a block is, in words."""
    takes = f"takes the shortcut of {row.shortcut}" if row.shortcut else ""
    heads = f"{row.heads} {'head' if row.heads == 1 else 'heads'} of {row.dim_head}" if row.heads else ""
    return takes or heads


def _network_at(path: Path) -> tuple[nn.Module, tuple[int, int]]:
    """The network of a run or a model, and (height, width) of its pictures; of this program's own without weights."""
    import torch

    from ..networks.build import build_network
    from ..runs.opening import load_with_assumptions, recognise
    from ..runs.run import Run, is_run

    if path.is_dir():
        if not is_run(path):
            raise CheckpointError("checkpoint.none", path=path, reason=Phrase("file.not-a-run"))
        config = Run.open(path).config
    elif (found := recognise(path)) is None:
        _, config = _checkpoint_facts(path)
    else:
        diffusion = load_with_assumptions(path, found.weights[0]).diffusion
        network: nn.Module = diffusion.get_submodule("model")
        return network, diffusion.image_size
    with torch.device("meta"):
        return build_network(config), config.data.height_and_width


def _inspect_folder(folder: Path, as_json: bool, *, hidden: bool) -> int:
    import numpy as np

    from ..pictures.folder.classes import in_order
    from ..pictures.folder.scan import verdicts_of

    verdicts = verdicts_of(folder, hidden=hidden)
    pictures = verdicts.pictures()
    counts = {"ok": 0, "refused": 0}
    in_hidden = 0
    for row in _rows(folder, verdicts):
        counts[row["verdict"]] += 1
        in_hidden += row["reason"] == IN_HIDDEN
        if as_json:
            say(json.dumps(row, ensure_ascii=True))
    classes = {name: pictures.class_counts()[name] for name in in_order(pictures.class_counts())}
    if as_json:
        unlisted = [str(one.path) for one in verdicts.skipped() if one.code == "folder-unreadable"]
        say(json.dumps({"kind": "folder", "path": str(folder), **counts, "classes": classes, "cannot_list": unlisted}))
        return 0
    # The rows are of regular files alone; what is trained on may be links too.
    linked = len(pictures) - counts["ok"]
    words_of_linked = f" ({linked:,} of them links)" if linked > 0 else ""
    say(f"{folder}: {len(pictures):,} pictures{words_of_linked}, {counts['refused']:,} other files")
    if pictures:
        shorter = np.minimum(pictures.widths, pictures.heights)
        grey = "yes" if pictures.are_grey.all() else "no"
        say(f"shorter sides: {shorter.min()} to {shorter.max()} px; all grey: {grey}")
    if classes:
        words = [f"{name} {count:,}" for name, count in classes.items()]
        rest = len(pictures) - sum(classes.values())
        words_of_rest = f"; in none {rest:,}" if rest else ""
        say(f"sub-folders (classes with --set labels=folders): {', '.join(words)}{words_of_rest}")
    for skipped in verdicts.skipped():
        if skipped.code == "folder-unreadable":
            say(f"  {str(skipped.path)!r}: {skipped.reason}; what is in it is not counted")
    if in_hidden:
        say(f"  not looked into: hidden folders and those of other programs, with {in_hidden:,} files (see --hidden)")
    for row in _rows(folder, verdicts):
        if row["verdict"] == "refused" and row["reason"] != IN_HIDDEN:
            say(f"  {row['path']!r}: {row['reason']}")
    return 0


def _rows(folder: Path, verdicts: Verdicts) -> Iterator[dict[str, str]]:
    """One row per regular file under `folder`, whatever its name.

    Those of runs and of hidden folders, which are not looked into, come last.
    """
    from ..pictures.folder.file_table import CODES
    from ..pictures.folder.reasons import REASONS
    from ..runs.run import is_run

    for number, code in enumerate(verdicts.facts["code"].tolist()):
        path = Path(verdicts.table.path(number))
        if not _is_regular(path):
            continue
        if code == 0:
            yield {"path": str(path), "verdict": "ok", "reason": ""}
        else:
            reason = REASONS[CODES[code]] if code < len(CODES) else "not a picture"
            yield {"path": str(path), "verdict": "refused", "reason": reason}
    not_looked_into = [one.path for one in verdicts.skipped() if one.code == "other-programs"]
    for path in (found for hidden in not_looked_into for found in sorted(hidden.rglob("*"))):
        if _is_regular(path):
            yield {"path": str(path), "verdict": "refused", "reason": IN_HIDDEN}
    for root, folders, _ in os.walk(folder):
        folders[:] = [name for name in folders if Path(root) / name not in not_looked_into]
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
