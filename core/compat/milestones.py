"""Milestones as denoising-diffusion-pytorch's Trainer keeps them: model-N.pt and sample-N.png in a results folder."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ..cli.reporting import say
from ..errors import CheckpointError, Phrase
from ..runs.atomic import make_folder, move_file, write_bytes
from ..runs.checkpoint import Checkpoint
from ..runs.checkpoint_files import description_path, files_after, read_description
from ..runs.run import CHECKPOINTS, Run, is_run
from .export import write_checkpoint
from .files import LibraryCheckpoint, read_library_checkpoint

if TYPE_CHECKING:
    from ..settings import RunConfig
    from ..training.state import SessionState


# --- Going back to an earlier step of a run: what was made after it is moved aside, never overwritten or lost ---

#: A milestone N of denoising-diffusion-pytorch: model-N.pt and sample-N.png.
_MILESTONE_FILE = re.compile(r"(?:model-(\d+)\.pt|sample-(\d+)\.png)", re.ASCII)
_GRID = re.compile(r"step-(\d+)\.png", re.ASCII)


def milestones_after(folder: Path, milestone: int) -> list[Path]:
    """The model-N.pt and sample-N.png with N above `milestone`, in order of N; none where there is no such folder."""
    return _numbered_above(folder, _MILESTONE_FILE, milestone)


def set_aside(run: Run, *, step: int, milestone: int, keep: Collection[Path] = ()) -> Path | None:
    """Move what the run's folder holds of later steps and milestones into a new folder inside it; with the lock held.

    keep: files that stay. Returns that folder, or None when there was nothing. Raises RunError.
    """
    later = [
        *(path for path in milestones_after(run.folder, milestone) if path not in keep),
        *files_after(run.checkpoints_folder, step),
        *_numbered_above(run.samples_folder, _GRID, step),
    ]
    if not later:
        return None
    aside = new_folder(run.folder / f"after-step-{step:08d}")
    for path in later:
        move_file(path, aside / path.parent.relative_to(run.folder))
    run.log(f"went back to step {step}; {len(later)} files of later steps are in {aside.name}")
    return aside


def _numbered_above(folder: Path, pattern: re.Pattern[str], number: int) -> list[Path]:
    found: list[tuple[int, Path]] = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match is not None and (own := int(next(filter(None, match.groups())))) > number:
            found.append((own, path))
    return [path for _, path in sorted(found)]


def new_folder(wished: Path) -> Path:
    """`wished`, or the same with a number: a folder that is not there yet."""
    path, count = wished, 0
    while path.exists():
        count += 1
        path = wished.with_name(f"{wished.name}.{count}")
    return path


# --- milestones ------------------------------------------------------------------------------------------

_MODEL_FILE = re.compile(r"model-(.+)\.pt")
#: How far a table may be from the live model's: other machines round otherwise.
_TOLERANCE = 1e-4


class Milestones:
    """The milestones of one training: into and out of its state."""

    def __init__(self, folder: Path, state: SessionState, config: RunConfig) -> None:
        self.saved: set[Path] = set()  #: what was written here, and so is nobody else's
        self.loaded: Path | None = None  #: the model-N.pt that is gone on from
        self._folder = folder
        self._state = state
        self._config = config
        self._told = False
        self._from_elsewhere = False

    @property
    def kept(self) -> set[Path]:
        """Files that stay where they are when the training goes on, whatever their numbers say."""
        return self.saved if self.loaded is None else self.saved | {self.loaded}

    def save(self, milestone: int | str) -> None:
        """Write model-MILESTONE.pt. Raises CheckpointError where it has no place for the model, RunError."""
        make_folder(self._folder)
        path = self._model_path(milestone)
        state = self._state
        if path == self.loaded:
            # It was made with another interval: its number comes again, but not its weights.
            move_file(path, new_folder(self._folder / "loaded"))
            self.loaded = None
        # What it has no place for stands in the run.json beside it.
        write_checkpoint(path, state.diffusion, ema=state.ema.module, optimizer=state.optimizer, step=state.step)
        self.saved.add(path)

    def save_if_it_can_be(self, milestone: int) -> None:
        """As `save`; what has no place in such a file stands in the run's own checkpoints alone, which is said once."""
        try:
            self.save(milestone)
        except CheckpointError as error:
            if error.code != "checkpoint.no-place":
                raise
            if not self._told:
                say(f"{error} The run's own checkpoints are saved.")
            self._told = True

    def copy_samples(self, path: Path, milestone: int) -> None:
        """Write sample-MILESTONE.png. Raises RunError."""
        target = self._folder / f"sample-{milestone}.png"
        write_bytes(target, path.read_bytes())
        self.saved.add(target)

    def load(self, milestone: int | str | None) -> Path:
        """Take everything from a milestone (None: the run's newest checkpoint); the file. Raises CheckpointError."""
        path = self._model_path(milestone)
        if milestone is not None and path.is_file():
            found = read_library_checkpoint(path, image_size=self._state.diffusion.image_size)
            self._require_fit(found, path)
            self._state.take(self._as_checkpoint(found), path)
        else:
            path = self._own_checkpoint(milestone)
            self._state.restore(path)
        self._from_elsewhere = path.parent == self._folder
        self.loaded = path if self._from_elsewhere else None
        self.saved.clear()
        return path

    def keep_start(self, run: Run) -> None:
        """Save what was loaded from model-N.pt as the run's own checkpoint, so that the run opens there from now on."""
        if self._from_elsewhere:
            self._state.save(run, self._state.step)
        self._from_elsewhere = False

    def newest(self) -> int | str | None:
        """The milestone that `load` would go on from: the highest number there is."""
        numbers = [int(name) for name in self._names() if name.isdecimal()]
        return max(numbers, default=None)

    def _names(self) -> list[str]:
        paths = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        return [match[1] for path in paths if (match := _MODEL_FILE.fullmatch(path.name))]

    def _model_path(self, milestone: int | str | None) -> Path:
        return self._folder / f"model-{milestone}.pt"

    def _own_checkpoint(self, milestone: int | str | None) -> Path:
        bad = None
        if is_run(self._folder):
            run = Run.open(self._folder)
            if isinstance(milestone, int):
                path = description_path(run.checkpoints_folder, milestone * self._config.train.sample_every)
                if path.is_file():
                    return path
            elif milestone is None:
                newest, damaged = run.newest_checkpoint()
                if newest is not None:
                    return newest
                bad = damaged[0].reason if damaged else None
        there = ", ".join(f"model-{name}.pt" for name in self._names()) or Phrase("file.no-milestone")
        missing = (
            Phrase("file.milestones", known=there)
            if milestone is None
            else Phrase("file.missing-milestone", name=milestone, known=there)
        )
        raise CheckpointError("checkpoint.none", path=self._folder, reason=bad or missing)

    def _require_fit(self, found: LibraryCheckpoint, path: Path) -> None:
        """Raises CheckpointError, before anything is taken, where the file is of another model than the live one."""
        ours, theirs = self._state.diffusion.state_dict(), found.diffusion.state_dict()
        tables = {name for name, _ in found.diffusion.named_buffers(recurse=False)}
        for name in sorted(ours.keys() | theirs.keys()):
            if name not in ours or name not in theirs:
                reason = Phrase("file.only-one-has", name=name)
            elif ours[name].shape != theirs[name].shape:
                reason = Phrase(
                    "file.shape-instead", name=name, got=tuple(theirs[name].shape), wanted=tuple(ours[name].shape)
                )
            elif name in tables and not torch.allclose(ours[name].cpu(), theirs[name], _TOLERANCE, _TOLERANCE):
                reason = Phrase("file.other-schedule", name=name)
            else:
                continue
            raise CheckpointError("checkpoint.mismatch", path=path, reason=reason)

    def _as_checkpoint(self, found: LibraryCheckpoint) -> Checkpoint:
        # The file has no place for the seconds so far and fp16's scale; the run's own checkpoint of the step has.
        extra: dict[str, Any] = {}
        with suppress(CheckpointError):
            extra = read_description(description_path(self._folder / CHECKPOINTS, found.step)).extra
        names = [name for name, _ in found.diffusion.named_parameters()]
        moments = {
            f"{names[index]}.{moment}": torch.as_tensor(value)
            for index, values in found.optimizer.get("state", {}).items()
            for moment, value in values.items()
        }
        return Checkpoint(
            step=found.step,
            config=self._config,
            model=found.diffusion.state_dict(),
            ema=found.ema.state_dict(),
            optimizer=moments,
            extra=extra,
        )
