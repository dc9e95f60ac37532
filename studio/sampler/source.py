"""Reads models and runs samplers on a background thread; the only part of the room that meets torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.beginning import Branch, StartPicture
from core.catalogue import PRECISIONS
from core.errors import CheckpointError, DataError, SamplingError, StudioError
from core.frames import SamplingEvent, SamplingStarted
from core.recording import Part, Recording, Values
from core.sampling_record import Guide

from ..app.messages import error_text
from ..jobs.latest import Underway
from .forks import Made
from .memory_panel import STRONGEST, Recalled, Unknown
from .models import (
    HELD_OUT,
    SHOWN_FROM,
    TRAINED_ON,
    ForeignFacts,
    ModelChoice,
    ModelFacts,
    Origin,
    SamplerInfo,
    SamplerRequest,
    SpacingInfo,
)
from .nearest_dialog import COUNT, Near

#: What a person is asked where the file does not say it; for all else core's defaults stand.
ASKED = ("image_size", "beta_schedule", "objective")
#: Steps of all pictures that perfect memory is asked of at once; what it answers to more would take memory twice.
STEPS_TOGETHER = 1024
LIBRARY_KIND = "checkpoint of denoising-diffusion-pytorch"

if TYPE_CHECKING:
    import torch

    from core.checkpoint_grid import GridEvent
    from core.diffusion.gaussian_diffusion import GaussianDiffusion
    from core.memory import Memory
    from core.settings import SampleConfig


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """A model on its device."""

    diffusion: GaussianDiffusion
    step: int | None  #: of its training; None: its file does not say
    sha256: str | None = None  #: of the file of its tensors
    path: Path | None = None  #: of its checkpoint


class SnapshotSource(Protocol):
    """A training from which a copy of the averaged weights can be had, from any thread."""

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """The copy and its step."""


class ModelSource:
    """Models by choice; the last one read from a file is kept. Every method is for a background thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = threading.Lock()  #: held by whoever reads the training pictures: two questions read them once
        self._memory: tuple[Path, Memory] | None = None  #: the training pictures of a run, read for the last question
        self._own: tuple[Memory, NDArray[np.float64]] | None = None  #: how near they are to each other
        self.training_run: Path | None = None  #: of the training under way
        self._shown: tuple[object, tuple[StartPicture, ...]] | None = None  #: what a run's pictures came to last
        self._kept: dict[str, tuple[object, _Model]] = {}  #: the model that was read last, and the last guide
        #: Of the last sampling, where it was of a model in training: those weights are nowhere else a step later.
        self._in_training: tuple[ModelFacts, _Model] | None = None

    def facts(
        self, choice: ModelChoice, weights: str, device: str, training: SnapshotSource | None
    ) -> Iterator[ModelFacts]:
        """Read the model and tell what it is: with its usual EMA where it cannot make one of that length.

        Raises StudioError.
        """
        try:
            model = self._model(choice, weights, device, training)
        except CheckpointError as error:
            if error.code not in ("averages.none", "averages.out-of-reach"):
                raise
            weights = "ema"
            model = self._model(choice, weights, device, training)
        yield self._facts(model, weights)

    def fitted(
        self, request: SamplerRequest, device: str, training: SnapshotSource | None
    ) -> Iterator[ModelFacts | Underway]:
        """Fit the timesteps of the request's sampler to its model, and keep them beside it: the share that is done.

        Raises StudioError.
        """
        from core.runs.steps_file import FitOf, write_steps
        from core.samplers.fit_steps import FitProgress, fit_steps
        from core.threads import WalkThreads

        model = self._model(request.choice, request.weights, device, training)
        if model.path is None or model.sha256 is None:
            raise SamplingError("steps.in-training")
        diffusion = model.diffusion
        events = fit_steps(
            diffusion,
            request.sampler,
            [request.steps],
            offset_noise_strength=diffusion.offset_noise_strength if request.offset_noise else 0.0,
        )
        for event in WalkThreads(diffusion.device)(events):
            if isinstance(event, FitProgress):
                yield Underway(event.done / event.of)
            else:
                sizes = diffusion.image_size, diffusion.num_timesteps
                of = FitOf(request.weights, *sizes, event.sampler, len(event.times))
                write_steps(model.path, model.sha256, {of: event.times})
        yield self._facts(model, request.weights)

    def frames(
        self, request: SamplerRequest, device: str, training: SnapshotSource | None
    ) -> Iterator[ModelFacts | SamplingEvent | None]:
        """The facts of the model as it is now, then everything that `core.sampling` tells. Raises StudioError.

        None between them while the run's pictures are looked for.
        """
        from core.precision import sampling_precision
        from core.sampling import sample_frames

        model = self._model(request.choice, request.weights, device, training)
        facts = self._facts(model, request.weights)
        yield facts
        precision, _ = sampling_precision(model.diffusion, request.precision, request.count)
        config = replace((yield from self._config(request, model)), precision=precision)
        begin = partial(sample_frames, model.diffusion, config, with_layers=True)
        for event in self._made(begin, model, request, device):
            if isinstance(event, SamplingStarted):
                self._in_training = (facts, model) if request.choice.origin is Origin.TRAINING else None
            yield event

    def grid(
        self, requests: Sequence[SamplerRequest], picture: int, device: str, training: SnapshotSource | None
    ) -> Iterator[GridEvent | None]:
        """What `core.checkpoint_grid` tells of a picture's x_T taken back by the model of each request."""
        from core.checkpoint_grid import sample_rows

        try:
            yield from sample_rows(partial(self._row, request, picture, device, training) for request in requests)
        finally:
            self._kept.pop("row", None)

    def _row(
        self, request: SamplerRequest, picture: int, device: str, training: SnapshotSource | None
    ) -> Iterator[SamplingEvent | None]:
        """One picture of a request. Raises StudioError."""
        from core.checkpoint_grid import for_picture
        from core.precision import sampling_precision
        from core.sampling import sample_frames

        model = self._model(request.choice, request.weights, device, training, kept_as="row")
        precision, _ = sampling_precision(model.diffusion, request.precision, 1)
        config = replace((yield from self._config(request, model)), precision=precision)
        begin = partial(sample_frames, model.diffusion, for_picture(config, picture))
        yield from self._made(begin, model, request, device)

    def _config(self, request: SamplerRequest, model: _Model) -> Generator[None, None, SampleConfig]:
        """What core is asked for, with the run's own pictures where they are to be shown. Raises StudioError.

        Yields while it looks for them, so that a search through a large folder ends when nobody waits for it any more.
        """
        config, folder = request.config(), self._run_of(model)
        if not request.condition_from or folder is None:
            return config
        from core.pictures.feed.pictures import LoadProgress
        from core.shown_pictures import shown_of_run

        asked = (folder, request.condition_from, request.count)
        if self._shown is None or self._shown[0] != asked:
            for found in shown_of_run(folder, request.count, held_out=request.condition_from == HELD_OUT):
                if isinstance(found, LoadProgress):
                    yield
                else:
                    self._shown = (asked, found)
        assert self._shown is not None
        return replace(config, condition=self._shown[1])

    def _run_of(self, model: _Model) -> Path | None:
        """The folder of the run that the model is of; None where nobody knows."""
        folder = self.training_run if model.path is None else model.path.parent.parent
        return folder if folder is not None and (folder / "run.json").exists() else None

    def _shown_from(self, model: _Model) -> tuple[str, ...]:
        """Whose conditions can be shown to it, beside files."""
        from core.runs.run import Run

        folder = self._run_of(model)
        try:
            if not model.diffusion.condition_channels or folder is None:
                return ()
            return SHOWN_FROM if Run.open(folder).config.data.hold_out else (TRAINED_ON,)
        except StudioError:  # what cannot be read can be shown nothing of
            return ()

    def forked(
        self, made: Made, branch: Branch, device: str, training: SnapshotSource | None
    ) -> Iterator[SamplingEvent]:
        """What `core.forking` tells of going another way, with the model that made it. Raises StudioError."""
        from core.forking import fork_frames

        request = made.request
        model = self._model_of(made, device, training)
        if (model.step, model.sha256) != (made.facts.step, made.facts.sha256):
            raise SamplingError("fork.other-model", name=request.choice.name)
        config = replace(request.config(), precision=precision_of(made.recording))
        begin = partial(fork_frames, model.diffusion, config, made.recording, branch, before=made.branches)
        yield from self._made(begin, model, request, device)

    def _model_of(self, made: Made, device: str, training: SnapshotSource | None) -> _Model:
        """The model that made a generation, or what stands in its place by now. Raises StudioError."""
        from core.device import choose_device, prepare_for_device

        held = self._in_training
        if held is None or held[0] is not made.facts:
            return self._model(made.request.choice, made.request.weights, device, training)
        return replace(held[1], diffusion=prepare_for_device(held[1].diffusion, choose_device(device)).eval())

    def _made(
        self, begin: Callable[..., Iterator[SamplingEvent]], model: _Model, request: SamplerRequest, device: str
    ) -> Iterator[SamplingEvent]:
        """What `begin` tells, with the request's guide. Raises StudioError, also where the memory ends."""
        from core.device import is_out_of_memory, release_memory

        exhausted, guide = False, None
        try:
            guide = self._guide(request, device)
            yield from begin(guide=guide)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            exhausted = True
        # Outside of the except block: the traceback holds the tensors that must go first.
        if exhausted:
            guide = None
            release_memory(model.diffusion.device)
            raise SamplingError("sampling.out-of-memory", device=str(model.diffusion.device), count=request.count)

    def recalled(
        self,
        choice: ModelChoice,
        weights: str,
        device: str,
        training: SnapshotSource | None,
        run_folder: Path | None,
        trajectory: tuple[Values, Values, NDArray[np.int64]],
        class_name: str,
    ) -> Iterator[Underway | Recalled | Unknown | None]:
        """What perfect memory says of x_t, with x̂_0 and t, (S, H, W, C) twice and (S,). Raises StudioError.

        run_folder: of the training under way, for a model in training. class_name: the class that was asked, or "".
        """
        import torch

        from core.memory import Recollection
        from core.recall import recall
        from core.sampling import to_pixels

        model = self._model(choice, weights, device, training)
        everything = yield from self._memory_of(model, run_folder)
        if everything is None:
            yield Unknown()
            return
        memory = everything.of_class(class_name)
        x_t, x_0, t = trajectory
        first = (array.transpose(0, 3, 1, 2) for array in (x_t, x_0))
        asked, predicted = (np.ascontiguousarray(array) for array in first)
        strongest = min(STRONGEST, len(memory))
        for answer in recall(model.diffusion, memory, asked, t, x_0=predicted, strongest=strongest):
            if isinstance(answer, Recollection):
                assert answer.distance is not None
                guesses = to_pixels(torch.from_numpy(answer.x_0), normalized=model.diffusion.auto_normalize)
                yield Recalled(
                    len(memory),
                    "" if memory is everything else class_name,
                    guesses,
                    answer.places,
                    answer.turned,
                    answer.weights,
                    answer.distance,
                    int(answer.taken_at.flat[0]),
                    memory.names.__getitem__,
                    memory.picture,
                    blind=bool(model.diffusion.condition_channels),
                )
            else:
                yield Underway(answer)

    def recalled_all(
        self,
        choice: ModelChoice,
        weights: str,
        device: str,
        training: SnapshotSource | None,
        run_folder: Path | None,
        trajectory: tuple[Part, NDArray[np.int64], Sequence[str]],
        room: NDArray[Any],
    ) -> Iterator[Underway | Unknown | NDArray[Any] | None]:
        """Put what perfect memory says of x_t, (S, N, H, W, C), into room, and yield that; with t, (S,), and N classes.

        Raises StudioError.
        """
        from core.memory import Recollection
        from core.pictures.feed.pictures import LoadProgress
        from core.recall import recall

        model = self._model(choice, weights, device, training)
        everything = yield from self._memory_of(model, run_folder)
        if everything is None:
            yield Unknown()
            return
        x_t, t, names = trajectory
        done = 0
        for name in dict.fromkeys(names):
            memory = everything.of_class(name)
            pictures = [picture for picture, each in enumerate(names) if each == name]
            together = max(1, STEPS_TOGETHER // len(pictures))
            for start in range(0, len(t), together):
                part = slice(start, min(start + together, len(t)))
                yield Underway(LoadProgress(done, x_t.shape[0] * x_t.shape[1], 0))
                steps = np.stack([np.asarray(x_t[step], np.float32)[pictures] for step in range(part.start, part.stop)])
                asked = steps.transpose(1, 0, 4, 2, 3)
                for answer in recall(model.diffusion, memory, np.ascontiguousarray(asked), t[part], strongest=1):
                    if isinstance(answer, Recollection):
                        room[part, pictures] = answer.x_0.transpose(1, 0, 3, 4, 2)
                    else:
                        yield None
                done += len(pictures) * (part.stop - part.start)
        yield room

    def nearest(self, run_folder: Path | None, pixels: NDArray[np.uint8]) -> Iterator[Underway | Near | Unknown | None]:
        """The training pictures of a run that are nearest to a sample, (H, W, C). Raises StudioError."""
        from core.memory import CLOSE_PART, Neighbours
        from core.recall import nearest

        if run_folder is None:
            yield Unknown()
            return
        memory = yield from self._remembered(run_folder)
        kept = self._own
        own = kept[1] if kept is not None and kept[0] is memory else None
        sample = pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255
        for answer in nearest(memory, sample, count=COUNT, own=own):
            if not isinstance(answer, Neighbours):
                yield Underway(answer)
                continue
            self._own = memory, answer.own
            places, turns = answer.places[0].tolist(), answer.turned[0].tolist()
            yield Near(
                names=tuple(memory.names[place] for place in places),
                pictures=tuple(memory.picture(place, turn) for place, turn in zip(places, turns, strict=True)),
                mirrored=tuple(turn > 0 for turn in turns),
                distances=tuple(answer.distances[0].tolist()),
                word=answer.closeness[0].value,
                usual=answer.quantile(0.5),
                least=answer.quantile(CLOSE_PART),
            )

    def copy_for(
        self, purpose: str, choice: ModelChoice, weights: str, device: str, training: SnapshotSource | None
    ) -> GaussianDiffusion:
        """The model, in a copy that nobody else computes with; one is kept for each purpose. Raises StudioError."""
        return self._model(choice, weights, device, training, kept_as=purpose).diffusion

    def _memory_of(self, model: _Model, run_folder: Path | None) -> Generator[Underway | None, None, Memory | None]:
        """What the model was trained on; None where nobody knows."""
        folder = run_folder if model.path is None else model.path.parent.parent
        if folder is None or not (folder / "run.json").exists():
            return None
        return (yield from self._remembered(folder))

    def _remembered(self, folder: Path) -> Generator[Underway | None, None, Memory]:
        """The training pictures of a run; the last ones that were read are kept."""
        from core.memory import Memory, remember_run

        while not self._reading.acquire(timeout=0.1):
            yield None  # where a question that nobody asks any more ends
        try:
            if self._memory is None or self._memory[0] != folder:
                self._memory = self._own = None
                for item in remember_run(folder):
                    if isinstance(item, Memory):
                        self._memory = (folder, item)
                    else:
                        yield Underway(item)
            assert self._memory is not None
            return self._memory[1]
        finally:
            self._reading.release()

    def _guide(self, request: SamplerRequest, device: str) -> Guide | None:
        """The request's guide; None where it has none. Raises StudioError."""
        if request.guide is None:
            return None
        # An earlier checkpoint need not have what an EMA of the model's own length is made of.
        weights = "raw" if request.weights == "raw" else "ema"
        model = self._model(request.guide, weights, device, None, kept_as="guide")
        return Guide(model.diffusion, request.guide.name, weights, model.step, model.sha256)

    def _model(
        self,
        choice: ModelChoice,
        weights: str,
        device: str,
        training: SnapshotSource | None,
        *,
        kept_as: str = "model",
    ) -> _Model:
        from core.device import choose_device, prepare_for_device

        target = choose_device(device)
        if choice.origin is Origin.TRAINING:
            if training is None:
                raise SamplingError("sampling.training-gone")
            diffusion, snapshot_step = training.ema_snapshot()
            return _Model(prepare_for_device(diffusion, target).eval(), snapshot_step)
        assert choice.path is not None
        from core.runs.checkpoint import with_checkpoint

        # A run folder may be one that another program trains on, and prunes.
        return with_checkpoint(choice.path, lambda found: self._read(found, choice, weights, target, kept_as))

    def _read(self, path: Path, choice: ModelChoice, weights: str, target: torch.device, kept_as: str) -> _Model:
        """The model in a file; the one that was read last is not read again."""
        from core.device import prepare_for_device
        from core.runs.opening import load_model

        key = (path, path.stat().st_mtime_ns if path.exists() else 0, weights, str(target), choice.said)
        with self._lock:
            if kept_as not in self._kept or self._kept[kept_as][0] != key:
                self._kept.pop(kept_as, None)  # before the next is read: two large models need not fit at once
                loaded = load_model(path, weights, dict(choice.said))
                diffusion = prepare_for_device(loaded.diffusion, target)
                self._kept[kept_as] = (key, _Model(diffusion, loaded.step, loaded.sha256, loaded.path))
            return self._kept[kept_as][1]

    def _facts(self, model: _Model, weights: str) -> ModelFacts:
        from core.catalogue import SAMPLERS, SPACINGS

        diffusion = model.diffusion
        timesteps = diffusion.num_timesteps
        samplers = tuple(
            SamplerInfo(
                name=name,
                title=row.title,
                paper=row.source,
                takes_eta=row.takes_eta,
                adds_noise=row.adds_noise,
                usual_steps=min(row.usual_steps or timesteps, timesteps),
                spacing=row.default_spacing,
                calls_per_step=row.calls_per_step,
            )
            for name, row in SAMPLERS.items()
        )
        fitted, why_no_fits = _fits(model, weights)
        labels = tuple(str(label) for label in range(diffusion.num_classes or 0))
        return ModelFacts(
            timesteps=timesteps,
            image_size=diffusion.image_size,
            channels=diffusion.channels,
            eta=diffusion.ddim_sampling_eta,
            offset_noise_strength=diffusion.offset_noise_strength,
            step=model.step,
            sha256=model.sha256,
            samplers=samplers,
            spacings=tuple(SpacingInfo(name, row.title, row.source) for name, row in SPACINGS.items()),
            classes=diffusion.class_names or labels,
            fitted=fitted,
            ema_lengths=_ema_lengths(model),
            condition=diffusion.condition or "",
            condition_channels=diffusion.condition_channels,
            condition_factor=diffusion.condition_factor,
            shown=self._shown_from(model),
            why_no_fits=why_no_fits,
        )


def _ema_lengths(model: _Model) -> tuple[float, float] | None:
    """The shortest and the longest EMA that the model's run can make; None where it has nothing to make one of."""
    from core.runs.averages import lengths_at

    try:
        found = None if model.path is None else lengths_at(model.path)
    except CheckpointError:  # a file of elsewhere, or one that is gone by now
        return None
    return None if found is None else (found.shortest, found.longest)


def _fits(model: _Model, weights: str) -> tuple[dict[tuple[str, int], tuple[int, ...]], str]:
    """The timesteps that were fitted to the model, and what is wrong with their file."""
    from core.runs.steps_file import read_steps

    if model.path is None:
        return {}, ""
    try:
        fits = read_steps(model.path, model.sha256)
    except CheckpointError as error:
        return {}, error_text(error)
    here = weights, model.diffusion.image_size, model.diffusion.num_timesteps
    found = {
        (of.sampler, of.steps): times for of, times in fits.items() if (of.weights, of.image_size, of.timesteps) == here
    }
    return found, ""


def look_at(path: Path) -> ForeignFacts | None:
    """What another program's file says of itself; None for one of ours. For a background thread. Raises StudioError."""
    from core.runs.opening import recognise
    from core.settings import SETTINGS

    found = recognise(path)
    if found is None:
        return None
    return ForeignFacts(
        path=path,
        step=found.step,
        dim=found.architecture.dim,
        channels=found.architecture.channels,
        schedule=found.beta_schedule or "",
        objective=found.objective,
        image_size=found.image_size,
        multiple=found.architecture.downsample_factor,
        is_training=found.kind == LIBRARY_KIND,
        asks=tuple(name for name in ASKED if name in found.unknown),
        choices={name: SETTINGS[name].values for name in ASKED if name in SETTINGS and SETTINGS[name].values},
    )


def precision_of(recording: Recording) -> str:
    """What it was computed in; "auto" may have come to anything."""
    said = recording.settings.get("precision")
    return said if isinstance(said, str) and said in PRECISIONS else "off"


class Judged(NamedTuple):
    """Picture files after they were read: those that cannot be started from, and those with more than one picture."""

    refused: tuple[tuple[Path, DataError], ...]
    with_more: tuple[Path, ...]
    seen: NDArray[np.uint8] | None  #: (n, H, W, c) what the model is to see of those that are its condition


def judge_pictures(
    paths: Sequence[Path], conditions: Sequence[Path] = (), facts: ModelFacts | None = None
) -> Iterator[Judged | None]:
    """Read the picture files. For a background thread. conditions: those among them that the model of `facts` sees."""
    from core.pictures.decode.decoding import has_more_frames, read_picture
    from core.pictures.feed.conditions import condition_of

    refused: list[tuple[Path, DataError]] = []
    seen: list[NDArray[np.uint8]] = []
    for path in paths:
        try:
            picture = read_picture(path)
            if path in conditions and facts is not None:
                size, added, factor = facts.image_size, facts.condition_channels, facts.condition_factor
                seen.append(
                    condition_of(
                        picture, facts.condition, size=size, channels=facts.channels, added=added, factor=factor
                    )
                )
        except DataError as error:
            refused.append((path, error))
        yield None
    more = tuple(path for path in paths if has_more_frames(path))
    yield Judged(tuple(refused), more, np.stack(seen) if seen else None)
