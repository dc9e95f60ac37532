"""`ddpm-studio train FOLDER --run DIR`: the trainer without a window."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from ..config import RunConfig
from ..errors import ConfigError, RunError
from ..presets import PRESETS, preset, resolve
from .reporting import as_json, say, warn

if TYPE_CHECKING:
    from ..training.events import Event, StepDone
    from ..training.job import TrainingJob

#: How many lines of progress a run prints at least, whatever its length.
PROGRESS_EVERY_STEPS = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `train`."""
    parser.add_argument("folder", type=Path, help="the pictures (sub-folders too), or a sample set: faces, digits")
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="the run folder to make or go on with")
    parser.add_argument("--preset", default=None, help=f"{', '.join(PRESETS)} (default: standard)")
    parser.add_argument("--steps", type=int, default=None, help="the run's total of optimizer steps (default: preset)")
    parser.add_argument("--seconds", type=float, default=None, help="measure, then plan as many steps as fit this time")
    parser.add_argument("--resume", action="store_true", help="go on with the run in DIR; starts one if there is none")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a setting of the preset, for example dim=32, or labels=folders (sub-folders: classes); repeatable",
    )
    parser.add_argument("--seed", type=int, default=None, help="everything random follows from it (default: 0)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    parser.add_argument("--json", action="store_true", help="print events as lines of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Train; SIGINT and SIGTERM save and exit with 130 and 143."""
    from ..data.classes import class_notes
    from ..data.scan import scan_all
    from ..storage.runs import Run, is_run
    from ..training.job import TrainingJob

    changes = _changes(arguments)
    if arguments.steps is not None and arguments.seconds is not None:
        raise ConfigError("config.conflict", first="--steps", second="--seconds", reason="each fixes the total")
    if arguments.seconds is not None and not arguments.seconds > 0:
        raise ConfigError("config.bad-value", name="--seconds", value=arguments.seconds, expected="a time above 0")
    resuming = is_run(arguments.run)
    if resuming and not arguments.resume:
        raise RunError("run.exists", path=arguments.run)
    if arguments.resume and not resuming:
        warn(f"there is no run in {arguments.run} yet: starting one")
    if resuming:
        config = _resumed_config(Run.open(arguments.run).config, arguments, changes)
    else:
        config = preset(arguments.preset or "standard").config.with_settings(changes)
    folder = _pictures(arguments.folder, arguments.run)
    if resuming and (source := Run.open(arguments.run).source_folder) != folder.absolute():
        warn(f"this run was trained on {source}; it goes on with {folder}")
    scan = scan_all(folder)
    for note in class_notes(resolve(config, scan.facts()).data, dict(scan.classes)):
        warn(note)
    job = TrainingJob(
        config,
        arguments.run,
        scan=scan,
        device=arguments.device,
        seconds=arguments.seconds,
        resume=resuming,
        total=int(str(changes["steps"])) if resuming and "steps" in changes else None,
    )
    return _drive(job, arguments.json)


def _pictures(folder: Path, run_folder: Path) -> Path:
    """The folder, or a bundled sample set of that name, unpacked beside the run where it can be seen."""
    if folder.exists():
        return folder
    from resources.samples import SAMPLE_SETS, unpack

    name = str(folder)
    return unpack(name, run_folder.absolute().parent) if name in SAMPLE_SETS else folder


def _drive(job: TrainingJob, as_lines_of_json: bool) -> int:
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if caught:  # asked twice: the person means now
            raise KeyboardInterrupt
        caught.append(number)
        job.request_stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for event in job.run():
            line = as_json(event) if as_lines_of_json else _line(event)
            if line is not None:
                say(line)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 + caught[0] if caught else 0


def _changes(arguments: argparse.Namespace) -> dict[str, object]:
    changes: dict[str, object] = {}
    for item in arguments.settings:
        name, equals, value = item.partition("=")
        if not equals:
            raise ConfigError("config.bad-value", name="--set", value=item, expected="KEY=VALUE, for example dim=32")
        changes[name.strip()] = value.strip()
    if arguments.seed is not None:
        changes["seed"] = arguments.seed
    if arguments.steps is not None:
        changes["steps"] = arguments.steps
    return changes


def _resumed_config(config: RunConfig, arguments: argparse.Namespace, changes: dict[str, object]) -> RunConfig:
    """The run's own config; an option that says something else is refused by name (the total may change)."""
    if arguments.preset is not None and preset(arguments.preset).name != config.preset:
        raise RunError("run.other-setting", name="preset", wished=arguments.preset, kept=config.preset)
    wished = config.with_settings(changes)
    for name in changes:
        if name != "steps" and wished.setting(name) != config.setting(name):
            raise RunError("run.other-setting", name=name, wished=wished.setting(name), kept=config.setting(name))
    return config


def _line(event: Event) -> str | None:
    """What a person reads; None for what would only scroll."""
    from ..training import events

    match event:
        case events.Preparing(what=what, done=done, of=of):
            return f"preparing {what}: {done} of {of}" if of and done == of else None
        case events.Started(step=step, total=total, device=device, parameters=parameters, classes=classes):
            plan = f"{total:,} steps" if total is not None else "as many steps as fit"
            start = f", from step {step:,}" if step else ""
            pictures = f"{event.pictures:,} pictures" + (f" of {classes} classes" if classes else "")
            return f"training on {device}: {pictures}, {parameters:,} parameters, {plan}{start}"
        case events.Planned(total=total, seconds_per_step=seconds):
            return f"measured {seconds:.3g} s a step: {total:,} steps fit"
        case events.StepDone(step=step) if step % PROGRESS_EVERY_STEPS == 0 or step == event.total:
            return _progress(event)
        case events.CheckpointSaved(step=step, path=path):
            return f"step {step:,}: checkpoint {path.name}"
        case events.Samples(path=path):
            return f"step {event.step:,}: samples {path}"
        case events.CheckpointRefused(path=path, reason=reason):
            return f"passed over {path.name}: {reason}"
        case events.Finished(step=step, stopped=stopped, elapsed_s=elapsed):
            return f"{'stopped' if stopped else 'done'} after {step:,} steps in {elapsed:.0f} s; everything is saved"
    return None


def _progress(event: StepDone) -> str:
    total = f" of {event.total:,}" if event.total is not None else ""
    return f"step {event.step:,}{total}: loss {event.loss:.4f}, {event.elapsed_s:.0f} s"
