"""From a folder and settings to a running session: load the pictures, make or open the run folder, train.

The command line and the window both train through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Phrase, TrainingError
from ..pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from ..pictures.folder.notes import not_used_notes, notes_of
from ..pictures.folder.scan import scan_all
from ..presets import resolve
from ..runs.run import Run
from .events import Event, NotUsed, PrecisionChosen, Preparing, SettingsNoted, Wishes
from .ranks import ALONE, Ranks

if TYPE_CHECKING:
    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.cache_folder import CachePlace
    from ..pictures.folder.scan import Scan
    from ..settings import RunConfig
    from .branching import Origin
    from .ranks import Several
    from .trainer import TrainingSession


class TrainingJob:
    """One training from start to stop. `run()` may be called once; `ema_snapshot` from any thread.

    config      as wished; what is on auto is resolved from the pictures. Ignored when resuming: the run has its own
    run_folder  to be made, or with `resume` to go on with
    total       a new total of steps: extends (or shortens) the plan of a resumed run
    changes     settings that a resumed run trains with from now on, the resumable ones of `core.settings`
    origin      what a new run begins with; None: with random weights
    keep_optimizer    whether that goes on with the state of its optimizer
    seconds     measure the first steps and plan as many as fit
    threads     with so many on a CPU; None: chosen by measuring (`StepThreads`)
    cache       where decoded pictures are kept; None: where the environment says, else the user's cache folder
    ranks       the processes that train together, of which this is the first; the others `follow_job`
    wishes      what is asked of it meanwhile, from any thread
    """

    def __init__(
        self,
        config: RunConfig,
        run_folder: Path,
        *,
        scan: Scan,
        device: str = "auto",
        seconds: float | None = None,
        resume: bool = False,
        total: int | None = None,
        changes: Mapping[str, Any] | None = None,
        origin: Origin | None = None,
        keep_optimizer: bool = True,
        threads: int | None = None,
        cache: CachePlace | None = None,
        wishes: Wishes | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        # What was looked into is a fact of the pictures, and the run says what it was trained on.
        self.config = config.with_settings({"hidden_folders": scan.hidden_folders})
        self.run_folder = run_folder
        self.run_record: Run | None = None  #: once it is made or opened
        self._scan = scan
        self._device = device
        self._seconds = seconds
        self._resume = resume
        self._total = total
        self._changes = changes
        self._origin = origin
        self._keep_optimizer = keep_optimizer
        self._threads = threads
        self._cache = cache
        self._ranks = ranks
        self.wishes = Wishes() if wishes is None else wishes
        self._session: TrainingSession | None = None

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """A copy of the averaged model, and its step. TrainingError before the network stands."""
        if self._session is None:
            raise TrainingError("training.no-model-yet")
        return self._session.ema_snapshot()

    def run(self) -> Iterator[Event]:
        """Everything that happens, as events."""
        config = Run.open(self.run_folder).config if self._resume else resolve(self.config, self._scan.facts())
        config.validate()
        self._ranks.require_share(config)
        skipped = len(self._scan.skipped)
        if skipped:
            of = skipped + len(self._scan.pictures)
            yield NotUsed(self._scan.folder, skipped, of, self._scan.not_used)
        yield Preparing("pictures", 0, len(self._scan.pictures))
        pictures: PictureSet | None = None
        for item in load_pictures(self._scan, config.data, cache=self._cache):
            if isinstance(item, LoadProgress):
                yield Preparing("pictures", item.done, item.of)
            else:
                pictures = item
            if self.wishes.stop.is_set():
                return
        assert pictures is not None  # load_pictures raises when nothing is left
        with closing(pictures):
            yield from self._train(pictures, config)

    def _train(self, pictures: PictureSet, config: RunConfig) -> Iterator[Event]:
        yield Preparing("network")
        # torch comes in here, after the first sign of life.
        from ..device import autocast_dtype, choose_device
        from ..precision import precision_in_words
        from .measuring import faster_precision
        from .trainer import TrainingSession

        # Before there is a run folder: a device that is refused must not leave one behind.
        device = choose_device(self._ranks.device_name(self._device))
        autocast_dtype(device, config.train.amp)
        chosen: PrecisionChosen | None = None
        tried = not self._resume and config.train.amp == "auto"
        if tried:
            yield Preparing("precision")
            chosen = faster_precision(config, device, threads=self._threads, stop=self.wishes.stop)
            if self.wishes.stop.is_set():
                return
            if device.type == "cpu":
                # The run says it, so that it is the same run wherever and whenever it goes on.
                config = config.with_settings({"amp": "off" if chosen is None else chosen.amp})
        measured = ("amp",) if tried and device.type == "cpu" else ()
        run = Run.open(self.run_folder) if self._resume else self._make_run(config, measured)
        with run.lock():
            if chosen is not None:
                run.log(precision_in_words(chosen))
                yield chosen
            elif tried and device.type == "cpu":
                note = Phrase("note.precision-not-measured")
                run.log(str(note))
                yield SettingsNoted(note, warns=False)
            if self._resume and self._total is not None:
                run.extend_plan(self._total)
            if self._resume and self._changes:
                run.change_settings(self._changes, at_step=run.state().step)
            if self._resume and self._scan.folder.absolute() != run.source_folder:
                run.log(f"goes on with the pictures in {self._scan.folder}")
            for words in chain(not_used_notes(self._scan.not_used), config.cautions()):
                run.log(str(words))
            for note in chain(notes_of(self._scan, config.data), pictures.notes):
                run.log(note)
                yield SettingsNoted(note)
            self.run_record = run
            self._session = TrainingSession(
                run,
                pictures,
                device=self._device,
                seconds=self._seconds,
                threads=self._threads,
                wishes=self.wishes,
                ranks=self._ranks,
            )
            yield from self._session.run()

    def _make_run(self, config: RunConfig, measured: tuple[str, ...]) -> Run:
        if self._origin is not None:
            from .branching import make_branch

            return make_branch(
                self.run_folder,
                self._origin,
                config,
                source_folder=self._scan.folder,
                device=self._device,
                planned=self._seconds is None,
                measured=measured,
                keep_optimizer=self._keep_optimizer,
            )
        return Run.create(
            self.run_folder,
            config,
            source_folder=self._scan.folder,
            device=self._device,
            planned_total=None if self._seconds is not None else config.train.steps,
            measured=measured,
        )


def follow_job(ranks: Several, folder: Callable[[], Path], *, device: str) -> None:
    """Train with the job of the first process, on the same pictures; returns when it lets us go.

    folder: finds the pictures on this computer. Raises what `follow` raises, and DataError.
    """
    from .trainer import follow

    def load(config: RunConfig) -> PictureSet:
        scan = scan_all(folder(), hidden=config.data.hidden_folders)
        return next(item for item in load_pictures(scan, config.data) if isinstance(item, PictureSet))

    follow(ranks, load, device)
