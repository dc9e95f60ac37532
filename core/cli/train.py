"""`ddpm-studio train FOLDER --run DIR`: the trainer without a window."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalogue import SCHEDULES
from ..errors import ConfigError, DeviceError, Phrase, RunError, StudioError, showable
from ..own_presets import starting_config
from ..presets import PRESETS, preset, resolve, size_note
from ..setting import ANY_NUMBER, Setting, as_text
from ..settings import AUTO, GROUPS, OFF, SETTINGS, RunConfig
from ..terminal import end_signals, stopping_on
from ..training.plan import smaller_batch
from ..training.ranks import ALONE, are_several, is_follower, join
from .main import FAILED
from .options import a_path, add_threads, key_values, number, read_threads, whole_number
from .reporting import as_json, as_words, output, warn

if TYPE_CHECKING:
    from ..training.branching import Origin
    from ..training.job import TrainingJob


#: What scripts have got since the first version; the window begins with *Sketch*.
DEFAULT_PRESET = "standard"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `train`, and below them every setting."""
    parser.epilog = settings_help(shutil.get_terminal_size().columns - 2)
    parser.add_argument("folder", type=a_path, help="the pictures (sub-folders too), or a sample set: faces, digits")
    parser.add_argument("--run", type=a_path, required=True, metavar="DIR", help="the run folder to make or go on with")
    parser.add_argument("--preset", default=None, help=_preset_help())
    parser.add_argument(
        "--steps", type=whole_number, default=None, help="the run's total of optimizer steps (default: preset)"
    )
    parser.add_argument(
        "--seconds",
        type=number,
        default=None,
        help="measure, plan as many steps as fit this time, and plan anew where steps come to take another time",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in DIR; starts one if there is none")
    parser.add_argument(
        "--from",
        type=a_path,
        default=None,
        metavar="RUN|FILE",
        dest="origin",
        help="begin the new run with the weights of another (its newest checkpoint), of one checkpoint, or of a "
        "model-N.pt of denoising-diffusion-pytorch; settings are those of that run where --preset names no others, and "
        "--steps are made beyond its step",
    )
    parser.add_argument(
        "--new-optimizer", action="store_true", help="with --from: without the state of that run's optimizer"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a setting of the preset, for example dim=32, or labels=folders (sub-folders: classes); "
        "repeatable; those there are follow below; of a run that goes on: "
        + ", ".join(name for name, facts in SETTINGS.items() if facts.resumable),
    )
    parser.add_argument(
        "--pairs",
        type=a_path,
        default=None,
        metavar="FOLDER2",
        help="a second folder whose pictures of the same names the network sees beside the noisy ones: sketches, masks "
        "(condition=folder)",
    )
    parser.add_argument(
        "--seed", type=whole_number, default=None, help="everything random follows from it (default: 0)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print events as lines of JSON")


def _preset_help() -> str:
    known = ", ".join(f"{row.name} ({row.takes})" for row in PRESETS.values())
    return f"{known} (default: {DEFAULT_PRESET}), the name of one of your own, or its file"


def settings_help(columns: int) -> str:
    """What `--set` takes, by the parts of the form: each setting with the value that it has where no preset says one.

    columns: of a line.
    """
    usual = RunConfig().settings()
    lines = ["settings, for --set:"]
    for group, title in GROUPS.items():
        lines += ["", f"{title}:"]
        for name, facts in SETTINGS.items():
            if facts.group == group:
                value = as_text(usual[name]) or (facts.none.lower() if facts.none in (AUTO, OFF) else "none")
                said = f"{name}={value}  {facts.title}: {' '.join(_sentences(facts))}"
                lines += textwrap.wrap(said, columns, initial_indent="  ", subsequent_indent=" " * 6)
    return "\n".join(lines)


def _sentences(facts: Setting) -> Iterator[str]:
    yield facts.help
    if facts.values:
        yield f"One of {', '.join(facts.values)}."
    if facts.limits != ANY_NUMBER:
        low, high = facts.limits
        yield " ".join(filter(None, (f"{low:,.12g} to {high:,.12g}", facts.unit))) + "."
    if facts.auto:
        yield f"{facts.none}: {facts.auto}."
    if facts.source:
        yield f"({facts.source})"
    if facts.library and facts.library != facts.name:
        yield f"{facts.library} in denoising-diffusion-pytorch."


def run(arguments: argparse.Namespace) -> int:
    """Train; SIGINT, SIGTERM and SIGHUP save and exit with 130, 143 and 129."""
    if is_follower():
        return _follow(arguments)
    from ..device import choose_device
    from ..pictures.feed.cache_folder import FOLDER_VARIABLE, why_nothing_is_kept
    from ..pictures.folder.notes import notes_of
    from ..pictures.folder.scan import scan_all
    from ..runs.run import Run, is_run, require_new
    from ..training.job import TrainingJob

    changes, threads = _changes(arguments), read_threads(arguments.threads)
    if arguments.steps is not None and arguments.seconds is not None:
        raise ConfigError(
            "config.conflict", first="--steps", second="--seconds", reason=Phrase("conflict.each-fixes-total")
        )
    if arguments.seconds is not None and not arguments.seconds > 0:
        raise ConfigError(
            "config.bad-value", name="--seconds", value=arguments.seconds, expected=Phrase("value.time-above-zero")
        )
    resuming, origin = is_run(arguments.run), None
    if resuming and arguments.resume:
        kept = Run.open(arguments.run)
        kept.require_free()  # before any picture is copied or read
        config = kept.config
        others = _other_settings(config, arguments, changes)
    else:
        config, others = starting_config(arguments.preset or DEFAULT_PRESET).with_settings(changes), {}
        if arguments.origin is not None and not resuming:
            origin = _origin(arguments.origin)
            chosen = config if arguments.preset is not None or origin.foreign else None
            config = origin.config_for(chosen).with_settings(changes)
    device = None if are_several() else choose_device(arguments.device)  # before the pictures are read
    if resuming and not arguments.resume:
        raise RunError("run.exists", path=arguments.run, how="--resume")
    if arguments.resume and not resuming:
        warn(f"there is no run in {arguments.run} yet: starting one")
    if not resuming and arguments.run.is_dir():
        require_new(arguments.run)
    folder = _pictures(arguments.folder, arguments.run)
    if resuming and (source := Run.open(arguments.run).source_folder) != folder.absolute():
        warn(f"this run was trained on {source}; it goes on with {folder}")
    if reason := why_nothing_is_kept():
        warn(f"decoded pictures are not kept for the next training: {reason}. {FOLDER_VARIABLE} names another folder")
    with closing(join(arguments.device) if are_several() else ALONE) as ranks:
        scan = scan_all(folder, hidden=config.data.hidden_folders)
        facts = scan.facts()
        for note in (*config.cautions(), size_note(config, facts), *notes_of(scan, resolve(config, facts).data)):
            if note is not None:
                warn(str(note))
        job = TrainingJob(
            config,
            arguments.run,
            scan=scan,
            device=arguments.device,
            seconds=arguments.seconds,
            resume=resuming,
            total=int(str(changes["steps"])) if resuming and "steps" in changes else None,
            changes=others,
            origin=origin,
            keep_optimizer=not arguments.new_optimizer,
            threads=threads,
            ranks=ranks,
        )
        unnamed = not resuming and origin is None and arguments.preset is None
        about = f", from step {origin.parent.step:,} of {origin.parent.name}" if origin is not None else ""
        about = _default_note() if unnamed and device is not None and device.type == "cpu" else about
        begun = _settings_line(config.with_settings({**changes, **others}), changes, about)
        return _drive(job, arguments.json, None if arguments.json else begun)


def _origin(path: Path) -> Origin:
    """What the run begins with; what a file of elsewhere leaves open and is assumed is said."""
    from ..training.branching import read_origin

    origin = read_origin(path)
    if origin.assumed:
        words = ", ".join(f"{name}={showable(as_text(value)) or 'none'}" for name, value in origin.assumed.items())
        warn(f"{path.name} does not say this, and it is assumed: {words}. --set changes it where it is known otherwise")
    return origin


def _default_note() -> str:
    """For who trains on a CPU and named no preset: the window begins with another."""
    chosen, other = preset(DEFAULT_PRESET), preset("sketch")
    return f" (none was named; it takes {chosen.takes}. On this CPU --preset {other.name} suits better: {other.takes})"


def _settings_line(config: RunConfig, changes: dict[str, object], about: str) -> str:
    """What was understood of the preset and of `--set`: a comma may have been a decimal sign.

    about: what there is to say of the preset, or "".
    """
    said = ", ".join(f"{name}={showable(as_text(config.setting(name))) or 'none'}" for name in changes)
    diffusion = config.diffusion
    row = SCHEDULES[diffusion.beta_schedule]
    if row.drawn and not row.points(diffusion.schedule_options()):
        said += "; nothing of the schedule is drawn: ᾱ falls along the straight line 1 − u, u = t/T"
    return f"preset {config.preset}{about}{', with ' if changes else ''}{said}"


def _follow(arguments: argparse.Namespace) -> int:
    """Take the first process's steps with it. It alone writes, speaks and is stopped; it lets us go."""
    from ..training.job import follow_job

    try:
        ranks = join(arguments.device)
    except StudioError:
        return FAILED
    with stopping_on(end_signals(), lambda: None, patient=True), closing(ranks):
        try:
            follow_job(ranks, lambda: _pictures(arguments.folder, arguments.run), device=arguments.device)
        except Exception as error:
            ranks.fail(error)
            if not isinstance(error, StudioError):
                raise
            if error.code == "training.process-lost" and not ranks.first_has_said():
                warn(f"ddpm-studio train: {error}")
            return FAILED
    return 0


def _pictures(folder: Path, run_folder: Path) -> Path:
    """The folder, or a bundled sample set of that name, unpacked beside the run where it can be seen.

    A run that goes on has its own copy of the set, wherever that is.
    """
    if folder.exists():
        return folder
    from resources.samples import SAMPLE_SETS, unpack

    from ..pictures.folder.scan import is_sample_set
    from ..runs.run import Run, is_run

    name = str(folder)
    if name not in SAMPLE_SETS:
        return folder
    if is_run(run_folder) and is_sample_set(own := Run.open(run_folder).source_folder, name):
        return own
    beside = run_folder.absolute().parent
    # A run that is called as the set keeps its folder to itself.
    return unpack(name, beside / "pictures" if beside / name == run_folder.absolute() else beside)


def _drive(job: TrainingJob, as_lines_of_json: bool, begun: str | None) -> int:
    """begun: the first line to say; None: none."""
    from ..training.events import Finished

    def output_failed(error: OSError) -> bool:
        # A terminal that is gone or a full disk under the output is no reason to end a training of days. Only whoever
        # read from a pipe and has left wants no more.
        if lines.reader_gone:
            job.wishes.stop.set()
        if job.run_record is None:
            return False  # there is no log yet
        then = "nobody reads it any more: stopping" if lines.reader_gone else "going on without"
        job.run_record.log(f"the standard output cannot be written ({error}): {then}")
        return True

    done = 0
    with stopping_on(end_signals(), job.wishes.stop.set) as caught, output(output_failed) as lines:
        if begun is not None:
            lines.say(begun)
        try:
            for event in job.run():
                if isinstance(event, Finished):
                    done = event.step
                line = as_json(event) if as_lines_of_json else as_words(event)
                if line is not None:
                    lines.say(line)
        except DeviceError as error:
            smaller = smaller_batch(job.run_record.config) if job.run_record is not None else None
            if error.code == "device.out-of-memory" and smaller:
                options = " ".join(f"--set {name}={value}" for name, value in smaller.items())
                warn(f"each step sees as many pictures as before with: --resume {options}")
            raise
    if caught:
        return 128 + caught[0]
    if lines.reader_gone:
        kept = f"after {done:,} steps; everything is saved, and --resume goes on" if done else "before its first step"
        warn(f"ddpm-studio train: nobody reads the output any more, so the training was stopped {kept}")
        return FAILED
    return 0


def _changes(arguments: argparse.Namespace) -> dict[str, object]:
    changes = key_values(arguments.settings, "--set")
    if arguments.pairs is not None:
        changes |= {"condition": "folder", "condition_folder": str(arguments.pairs.absolute())}
    if arguments.seed is not None:
        changes["seed"] = arguments.seed
    if arguments.steps is not None:
        changes["steps"] = arguments.steps
    return changes


def _other_settings(config: RunConfig, arguments: argparse.Namespace, changes: dict[str, object]) -> dict[str, object]:
    """What a run made with `config` is to train with from now on; any other option that differs is refused by name.

    The total may change too, which is not among them.
    """
    if arguments.preset is not None and starting_config(arguments.preset).preset != config.preset:
        raise RunError("run.other-setting", name="preset", wished=arguments.preset, kept=config.preset)
    if "decay" in changes and changes["decay"] != config.setting("decay"):
        changes = {"decay_kwargs": None, **changes}  # those it has are of the other decay
    wished = config.with_settings(changes)
    others = {name: wished.setting(name) for name in changes if wished.setting(name) != config.setting(name)}
    others.pop("steps", None)
    for name in others:
        if not SETTINGS[name].resumable:
            raise RunError("run.other-setting", name=name, wished=wished.setting(name), kept=config.setting(name))
    return others
