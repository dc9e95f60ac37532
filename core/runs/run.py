"""A run: a folder that says all about itself. Opening one needs nothing but the folder, and no torch.

run.json          settings, source of the pictures, planned steps
checkpoints/      step-00000500.json and .safetensors; .pin where it is kept for ever
samples/          step-00000500.png
strips/           step-00000500.png: one picture at eight noise levels, and what is predicted from each
nearest/          step-00000500.png: the training pictures nearest to those samples, with the distances inside
averages/         step-00000512.safetensors: what EMAs of other lengths are made of; only where it is asked for
incidents/        incident-00000512.json: the last batches before something went wrong
metrics.sqlite    the numbers
notes.json        what a person said of it: a note, tags, a star
log.txt           what happened, for a person
run.lock          who is writing; run.claim beside it where the disk has no locks
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from ..errors import ConfigError, Phrase, RunError, StudioError, phrase_of
from ..reading import append_regular, open_regular, read_json
from ..settings import LIVE, RunConfig, read_kept_value, setting_named
from . import lock
from .atomic import TEMP_SUFFIX, make_folder, remove_file, remove_stale_temps, write_json, write_text
from .checkpoint_files import (
    AVERAGES,
    LAST_STEP,
    BadCheckpoint,
    checksum_of,
    clean_up,
    newest_good,
    read_description,
    steps_in,
)
from .lock import CLAIM_FILE
from .metrics import MetricsWriter

FORMAT = "ddpm-studio run"
VERSION = 1

#: As long as any path can be.
MAX_TEXT = 32_768

RUN_FILE = "run.json"
CHECKPOINTS = "checkpoints"
SAMPLES = "samples"
STRIPS = "strips"
NEAREST = "nearest"
INCIDENTS = "incidents"
METRICS = "metrics.sqlite"
LOG = "log.txt"
#: The step that a branch begins at, while its first checkpoint is written and the folder is no run yet.
MAKING = f".making{TEMP_SUFFIX}"

#: What run.json says, besides its checksum.
_ENTRIES = {
    "format",
    "version",
    "created",
    "preset",
    "source_folder",
    "device",
    "plan",
    "changes",
    "config",
    "measured",
    "parent",
}


class RunStatus(Enum):
    """Where a run stands."""

    NEW = "new"  #: no checkpoint yet
    INTERRUPTED = "interrupted"  #: there are steps left
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a run is, by its checkpoints' names."""

    status: RunStatus
    step: int
    total: int | None  #: None: not planned yet


@dataclass(frozen=True, slots=True)
class PlanChange:
    """At `at_step` the run's total number of steps was set to `total`."""

    total: int
    at_step: int
    decay_start: int | None = None  #: where the learning rate's decay begins; None: at `at_step`

    @property
    def decays_from(self) -> int:
        """The step from which on the learning rate may fall."""
        return self.at_step if self.decay_start is None else self.decay_start


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """From `at_step` on the run trains with these settings, by flat name."""

    settings: Mapping[str, Any]
    at_step: int
    before: Mapping[str, Any] = field(default_factory=dict)  #: what those of LIVE were; {} in an older run


@dataclass(frozen=True, slots=True)
class Parent:
    """The checkpoint that a branch began at."""

    name: str  #: of the run's folder as it was then, or of the file
    created: str  #: when that run was made, by which it is found under another name; "" for a file from elsewhere
    step: int  #: 0 also where the file does not say
    sha256: str  #: of the file of its tensors


@dataclass(frozen=True, slots=True)
class _Record:
    """What run.json says."""

    created: str
    config: RunConfig
    source_folder: str
    device: str
    plan: tuple[PlanChange, ...]
    changes: tuple[SettingsChange, ...] = ()
    measured: tuple[str, ...] = ()
    parent: Parent | None = None


class Run:
    """A run folder. Made by `Run.create` or `Run.open`."""

    def __init__(self, folder: Path, record: _Record) -> None:
        self.folder = folder
        self._record = record
        self._is_still_there: Callable[[], bool] = lambda: True  # known only of a folder that is locked

    @classmethod
    def create(
        cls,
        folder: Path,
        config: RunConfig,
        *,
        source_folder: Path,
        device: str,
        planned_total: int | None,
        beside_others: bool = False,
        measured: tuple[str, ...] = (),
        parent: Parent | None = None,
        begins_at: int = 0,
        first: Callable[[Run], object] | None = None,
    ) -> Run:
        """Make a run folder; `run.json`, which makes it one, is written last.

        config: with nothing on auto. planned_total: None when it will be measured first. beside_others: whether other
        files may lie in the folder; they are left alone. measured: settings that were on auto and have what was faster.
        parent: of a branch, which begins at the step `begins_at`; `first` writes the checkpoint that it begins with,
        before the folder is a run: a branch without one would be trained from random weights. What such a creation has
        left that was cut off is written over.
        Raises RunError when the folder holds a run or (unless beside_others) anything else, or cannot be written.
        """
        folder = Path(folder)
        make_folder(folder)
        require_new(folder, beside_others=beside_others)
        with lock.hold(folder):
            require_new(folder, beside_others=beside_others)  # again, now that nobody else can be making one
            for left in _left_of_creation(folder):
                remove_file(left)
            remove_stale_temps(folder)
            if first is not None:
                write_text(folder / MAKING, str(begins_at))
            for name in (CHECKPOINTS, SAMPLES):
                make_folder(folder / name)
            MetricsWriter(folder / METRICS).close()
            record = _Record(
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                config=config,
                source_folder=str(Path(source_folder).absolute()),
                device=device,
                plan=() if planned_total is None else (PlanChange(planned_total, at_step=begins_at),),
                measured=measured,
                parent=parent,
            )
            run = cls(folder, record)
            if first is not None:
                first(run)
            run.log(f"created from {source_folder} with preset {config.preset}")
            run._write(record)
            with contextlib.suppress(StudioError):  # whoever locks the run removes it too
                remove_file(folder / MAKING)
        return run

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Open a run folder. Raises RunError when it is none, is broken, or of a newer version."""
        folder = Path(folder)
        path = folder / RUN_FILE
        try:
            plain = read_json(path)
        except (FileNotFoundError, NotADirectoryError):
            raise RunError("run.not-a-run", path=folder) from None
        except OSError as error:
            raise RunError("storage.not-read", path=path, reason=phrase_of(error)) from error
        except (ValueError, RecursionError):
            raise RunError("run.broken", path=folder, reason=Phrase("file.run-file-damaged", name=RUN_FILE)) from None
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise RunError("run.not-a-run", path=folder)
        version, checksum = plain.get("version"), plain.pop("checksum", None)
        # The first version wrote none. A spoilt name of that entry is one that nothing is known of.
        as_written = checksum == checksum_of(plain) or (checksum is None and plain.keys() <= _ENTRIES)
        if isinstance(version, int) and version > VERSION and (as_written or checksum is None):
            raise RunError("run.newer", path=folder, version=version, known=VERSION)
        if not as_written:
            reason = Phrase("file.run-file-changed", name=RUN_FILE)
            raise RunError("run.broken", path=folder, reason=reason)
        try:
            return cls(folder, _read_record(plain))
        except ConfigError as error:
            raise RunError("run.broken", path=folder, reason=phrase_of(error)) from error
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(
                "run.broken",
                path=folder,
                reason=Phrase("file.run-file-damaged-because", name=RUN_FILE, reason=phrase_of(error, "json")),
            ) from error

    # --- what it is ----------------------------------------------------------------------------------------

    @property
    def config(self) -> RunConfig:
        """The run's settings, with nothing on auto."""
        return self._record.config

    @property
    def created(self) -> str:
        """When it was made: ISO 8601, UTC."""
        return self._record.created

    @property
    def source_folder(self) -> Path:
        """Where its pictures came from; it need not be there any more."""
        return Path(self._record.source_folder)

    @property
    def device(self) -> str:
        """The device that was wished for."""
        return self._record.device

    @property
    def plan(self) -> tuple[PlanChange, ...]:
        """The planned totals, oldest first; empty until one is fixed."""
        return self._record.plan

    @property
    def planned_total(self) -> int | None:
        """Optimizer steps in total; None until it is fixed."""
        return self.plan[-1].total if self.plan else None

    @property
    def changes(self) -> tuple[SettingsChange, ...]:
        """The settings that were changed on the way, oldest first; `config` holds what they are now."""
        return self._record.changes

    @property
    def measured(self) -> tuple[str, ...]:
        """The settings that nobody chose: they have what was measured to be faster on the run's first computer."""
        return self._record.measured

    def config_at(self, step: int) -> RunConfig:
        """The settings of the update that follows `step` done steps: those of LIVE as they were then.

        Of two changes the one that was made last holds from its step on, even where the other was to come later: who
        goes back before a change and makes another has changed their mind.
        """
        values: dict[str, Any] = {}
        for change in self.changes:  # the first that changes a setting knows what the run was begun with
            values = {**change.before, **values}
        for change in self.changes:
            if change.at_step <= step:
                values |= {name: value for name, value in change.settings.items() if name in values}
        return _replaced(self.config, values)

    @property
    def parent(self) -> Parent | None:
        """The checkpoint of another run, or the file, that it began with; None where it began with random weights."""
        return self._record.parent

    @property
    def begins_at(self) -> int:
        """The step that it begins at: a branch counts on from its parent's."""
        return 0 if self.parent is None else self.parent.step

    def state(self) -> RunState:
        """How far it is; looks at names only. Raises CheckpointError when its checkpoints cannot be listed."""
        steps = steps_in(self.checkpoints_folder)
        if not steps:
            return RunState(RunStatus.NEW, 0, self.planned_total)
        total = self.planned_total
        finished = total is not None and steps[-1] >= total
        return RunState(RunStatus.FINISHED if finished else RunStatus.INTERRUPTED, steps[-1], total)

    # --- where things are ----------------------------------------------------------------------------------

    @property
    def checkpoints_folder(self) -> Path:
        """Where checkpoints are."""
        return self.folder / CHECKPOINTS

    @property
    def samples_folder(self) -> Path:
        """Where sample grids are."""
        return self.folder / SAMPLES

    @property
    def strips_folder(self) -> Path:
        """Where strips of one picture are, a step each; made with the first."""
        return self.folder / STRIPS

    @property
    def nearest_folder(self) -> Path:
        """Where the training pictures nearest to each sample grid are; made with the first."""
        return self.folder / NEAREST

    @property
    def averages_folder(self) -> Path:
        """Where snapshots of power-function EMAs are; made with the first."""
        return self.folder / AVERAGES

    @property
    def incidents_folder(self) -> Path:
        """Where it is written down what went wrong; made when something does."""
        return self.folder / INCIDENTS

    @property
    def metrics_path(self) -> Path:
        """The database of metrics.py."""
        return self.folder / METRICS

    @property
    def log_path(self) -> Path:
        """The log."""
        return self.folder / LOG

    def sample_path(self, step: int) -> Path:
        """The sample grid of a step."""
        return self.samples_folder / f"step-{step:08d}.png"

    def strip_path(self, step: int) -> Path:
        """The strip of a step."""
        return self.strips_folder / f"step-{step:08d}.png"

    def nearest_path(self, step: int) -> Path:
        """The training pictures nearest to the samples of a step: what `copies_file` writes."""
        return nearest_beside(self.sample_path(step))

    def newest_checkpoint(self) -> tuple[Path | None, list[BadCheckpoint]]:
        """The newest checkpoint that is whole, and the damaged ones passed over; reads whole files."""
        return newest_good(self.checkpoints_folder)

    # --- what changes --------------------------------------------------------------------------------------

    def owner(self) -> lock.Owner | None:
        """Who is writing to the run, or has died while doing so; None when it was left in peace."""
        return lock.owner_of(self.folder)

    def require_free(self) -> None:
        """Raises RunError naming the owner while another one writes to the run: what `lock` would say."""
        lock.require_free(self.folder)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by whoever writes to the run; what interrupted saves have left is gone then.

        Raises RunError naming the owner when another one holds it.
        """
        with lock.hold(self.folder) as self._is_still_there:
            with contextlib.suppress(StudioError):  # not worth a training
                for name in ("", SAMPLES, NEAREST, STRIPS, INCIDENTS, AVERAGES):
                    remove_stale_temps(self.folder / name)
                clean_up(self.checkpoints_folder)
            yield

    def require_there(self) -> None:
        """Raises RunError when the folder was moved, deleted or replaced since it was locked: then do not write."""
        if not self._is_still_there():
            raise RunError("run.gone", path=self.folder)

    def record_plan(self, total: int, *, at_step: int, decay_start: int | None = None) -> None:
        """Set the planned total; with the lock held. Raises RunError when it cannot be saved.

        decay_start: where the learning rate's decay goes on beginning; None: it begins anew at `at_step`.
        """
        if total == self.planned_total:
            return
        self._write(replace(self._record, plan=(*self.plan, PlanChange(total, at_step, decay_start))))
        self.log(f"planned: {total} steps in total, set at step {at_step}")

    def extend_plan(self, total: int) -> None:
        """Set the total of a run that goes on, with the lock held. Raises ConfigError when more steps are done."""
        newest = None if total == self.planned_total else self.newest_checkpoint()[0]  # which reads whole files
        at = 0 if newest is None else read_description(newest).step
        if total < at:
            raise ConfigError(
                "config.bad-value", name="steps", value=total, expected=Phrase("value.done-already", step=at)
            )
        self.record_plan(total, at_step=at)

    def change_settings(self, settings: Mapping[str, Any], *, at_step: int) -> None:
        """Train with other settings from `at_step` on, and keep what they were; with the lock held.

        settings: resumable ones, by flat name; `steps` is the planned total, whose decay of the learning rate goes on
        from where it began. Raises ConfigError for values that cannot be, RunError for others and when it cannot be
        saved; nothing is changed then.
        """
        config, plan = self.config, self.plan
        if settings.get("steps", math.inf) == self.planned_total:  # a branch's own setting counts from where it began
            settings = {name: value for name, value in settings.items() if name != "steps"}
        for name, value in settings.items():
            if not setting_named(name).resumable:
                raise RunError("run.other-setting", name=name, kept=config.setting(name), wished=value)
        changed = config.with_settings(settings)
        then = self.config_at(at_step)  # what was to change later may be wished for now
        if (
            "steps" not in settings
            and changed == config
            and all(then.setting(name) == changed.setting(name) for name in settings)
        ):
            return
        changed.validate()
        held = {} if self.planned_total is None else {"steps": self.planned_total}
        if "steps" in settings:
            require_left(changed.train.steps, at_step)
            plan = (*plan, PlanChange(changed.train.steps, at_step, plan[-1].decays_from if plan else None))
        # What follows from another setting, as γ does from the weighting, is one of those that change.
        names = dict.fromkeys((*settings, *(n for n in LIVE if changed.setting(n) != config.setting(n))))
        kept = SettingsChange(
            {name: changed.setting(name) for name in names},
            at_step,
            {name: held.get(name, config.setting(name)) for name in names if name in LIVE},
        )
        self._write(replace(self._record, config=changed, plan=plan, changes=(*self._record.changes, kept)))
        before = config.settings() | held
        words = ", ".join(f"{name} {before[name]} → {value}" for name, value in kept.settings.items())
        self.log(f"settings changed at step {at_step}: {words}")

    def copy_record(self, folder: Path, *, source_folder: Path) -> Run:
        """Write run.json into the folder of a copy, which becomes a run by it. Raises RunError.

        source_folder: where the pictures of the copy are.
        """
        copied = Run(folder, self._record)
        copied._write(replace(self._record, source_folder=str(source_folder)))
        return copied

    def log(self, text: str) -> None:
        """Append a line with the time. A log that cannot be written stops nothing."""
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        line = f"{now}  " + text.replace("\n", "\n    ") + "\n"
        with contextlib.suppress(OSError), append_regular(self.log_path) as file:
            file.write(line.encode("utf-8", "backslashreplace"))

    def _write(self, record: _Record) -> None:
        plain = {
            "format": FORMAT,
            "version": VERSION,
            "created": record.created,
            "preset": record.config.preset,
            "source_folder": record.source_folder,
            "device": record.device,
            "plan": [_without_none(asdict(change)) for change in record.plan],
            "changes": [
                {
                    "settings": dict(change.settings),
                    "at_step": change.at_step,
                    **({"before": dict(change.before)} if change.before else {}),
                }
                for change in record.changes
            ],
            "config": record.config.to_dict(),
            **({"measured": list(record.measured)} if record.measured else {}),
            **({"parent": asdict(record.parent)} if record.parent else {}),
        }
        # As it will be read: JSON knows no tuples.
        checksum = checksum_of(json.loads(json.dumps(plain)))
        write_json(self.folder / RUN_FILE, {"checksum": checksum, **plain})
        self._record = record


def nearest_beside(sample: Path) -> Path:
    """Where the training pictures nearest to the samples of this grid are."""
    return sample.parent.parent / NEAREST / sample.name


def is_run(folder: Path) -> bool:
    """Whether the folder says that it is a run; it may still be broken."""
    try:
        return (Path(folder) / RUN_FILE).is_file()
    except OSError:  # of a path that no system takes, or may not be looked at
        return False


def list_runs(parent: Path, most: int | None = None) -> list[Run]:
    """The runs in a folder that can be opened, the last active first; `most`: no more than these."""
    active: list[tuple[float, Path]] = []
    with contextlib.suppress(OSError):
        for folder in sorted(Path(parent).iterdir()):
            with contextlib.suppress(OSError):
                active.append((max(path.stat().st_mtime for path in (folder, folder / CHECKPOINTS)), folder))
    runs: list[Run] = []
    for _, folder in sorted(active, key=lambda item: item[0], reverse=True):
        if len(runs) == most:
            break
        with contextlib.suppress(StudioError, OSError):
            runs.append(Run.open(folder))
    return runs


def require_left(total: int, step: int) -> None:
    """Raises ConfigError unless a plan of `total` steps has some left after `step`."""
    if total <= step:
        raise ConfigError(
            "config.bad-value", name="steps", value=total, expected=Phrase("value.more-than-done", step=step)
        )


def require_new(folder: Path, *, beside_others: bool = False) -> None:
    """Raises RunError unless the folder holds only what a creation that was cut off has left, or what others put."""
    if is_run(folder):
        raise RunError("run.exists", path=folder, how="--resume")
    try:
        foreign = _foreign_in(folder)
        filled = [p for name in (CHECKPOINTS, SAMPLES) if (folder / name).is_dir() for p in (folder / name).iterdir()]
        filled = [path for path in filled if path not in _left_of_creation(folder)]
    except OSError as error:
        raise RunError("storage.not-read", path=folder, reason=phrase_of(error)) from error
    if filled or (foreign and not beside_others):
        raise RunError("run.not-empty", path=folder)


def _left_of_creation(folder: Path) -> list[Path]:
    """The first checkpoint of a branch whose creation was cut off: a copy of what it began at. Raises OSError.

    Only of the step that stands in the mark: a checkpoint of any other was trained, and is nobody's to remove.
    """
    try:
        with open_regular(folder / MAKING) as file:
            begins_at = file.read(20).decode()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return []
    if not begins_at.isdecimal() or is_run(folder) or not (folder / CHECKPOINTS).is_dir():
        return []
    first = f"step-{int(begins_at):08d}"
    return [
        path
        for path in (folder / CHECKPOINTS).iterdir()
        if path.is_file() and (path.name.startswith(f"{first}.") or path.name.endswith(TEMP_SUFFIX))
    ]


def _foreign_in(folder: Path) -> list[str]:
    """What lies in a folder and is none of the files of a run. Raises OSError."""
    own = {CHECKPOINTS, SAMPLES, LOG, lock.LOCK_FILE, CLAIM_FILE}
    # A database has companions, called like it and more.
    left = [path.name for path in folder.iterdir() if not path.name.startswith(METRICS)]
    return [name for name in left if name not in own and not name.endswith(TEMP_SUFFIX)]


def is_own_folder(folder: Path) -> bool:
    """Whether a run can be made of this name: nothing is there, or what a creation that was cut off has left."""
    try:
        return not _foreign_in(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _read_record(plain: dict[str, Any]) -> _Record:
    return _Record(
        created=_text(plain["created"]),
        config=RunConfig.from_dict({**plain["config"], "preset": _text(plain["preset"])}),
        source_folder=_text(plain["source_folder"]),
        device=_text(plain["device"]),
        plan=tuple(map(_read_plan_change, plain["plan"])),
        changes=tuple(
            SettingsChange(
                _read_settings(change["settings"]), _step(change["at_step"]), _read_settings(change.get("before", {}))
            )
            for change in plain.get("changes", ())
        ),
        measured=tuple(map(_text, plain.get("measured", ()))),
        parent=None if plain.get("parent") is None else _read_parent(plain["parent"]),
    )


def _read_parent(plain: dict[str, Any]) -> Parent:
    name, created, sha256 = (_text(plain[entry]) for entry in ("name", "created", "sha256"))
    return Parent(name, created, _step(plain["step"]), sha256)


def _read_settings(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: read_kept_value(name, value) for name, value in dict(plain).items()}


def _replaced(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """A copy with exactly these settings changed: nothing follows from them, as it does in `with_settings`."""
    sections: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        sections.setdefault(setting_named(name).section, {})[name] = value
    changed = {section: replace(getattr(config, section), **named) for section, named in sections.items()}
    return replace(config, **changed)


def _read_plan_change(plain: dict[str, Any]) -> PlanChange:
    total, at_step = _step(plain["total"]), _step(plain["at_step"])  # what is no table is refused here
    start = plain.get("decay_start")
    return PlanChange(total, at_step, None if start is None else _step(start))


def _without_none(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value is not None}


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise ValueError(Phrase("file.no-usual-text"))
    return value


def _step(value: object) -> int:
    if type(value) is not int or not 0 <= value <= LAST_STEP:
        raise ValueError(Phrase("file.no-step-number"))
    return value
