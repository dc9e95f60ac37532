"""What a session holds while it trains, and how that goes into a checkpoint and comes back out of one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ..device import autocast_dtype, prepare_for_device
from ..diffusion.gaussian_diffusion import GaussianDiffusion
from ..diffusion.inputs import first_not_finite
from ..errors import CheckpointError, StudioError, phrase_of
from ..networks.build import build_diffusion
from ..randomness import generator
from ..runs.averages import TRACKED, decay_at, gamma_of, most_snapshots, save_snapshot, spacing
from ..runs.checkpoint import Checkpoint, read_checkpoint, require_own_model, save_checkpoint
from ..runs.checkpoint_files import SMOOTHED_LOSS, prune, read_description
from ..runs.fitting import require_finite, require_moments
from .optimizers import build_optimizer
from .step_threads import THREADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..runs.run import Run
    from ..settings import RunConfig, TrainConfig


# --- The exponential moving average of the weights: what samples are drawn from --------------------------

M = TypeVar("M", bound=nn.Module)


#: Optimizer steps after which ema-pytorch begins to average; before, its copy is the weights themselves.
_COPIED_STEPS = 100


def _by_updates(step: int, update_every: int) -> float | None:
    """(1 + n)/(10 + n) at update n (TensorFlow's ExponentialMovingAverage with num_updates).

    The random first weights do not linger in a short run, and the average begins at once.
    """
    updates, between = divmod(step, update_every)
    return None if between else (1 + updates) / (10 + updates)


def _by_power(step: int, update_every: int) -> float | None:
    """1 − (1 + n)^(−2/3) from step 101 on, n steps after the 100th; the weights themselves until then.

    As ema-pytorch does it for denoising-diffusion-pytorch's Trainer (update_after_step 100, inv_gamma 1, power 2/3).
    It counts steps from 0, so that with update_every 10 its updates come after steps 1, 11, 21 ….
    """
    before = step - 1
    if before % update_every:
        return None
    return 0.0 if before <= _COPIED_STEPS else 1 - (1 + before - _COPIED_STEPS) ** (-2 / 3)


#: How the decay of the average rises to `ema_decay` → (step, update_every) to the decay it would allow, None where no
#: update is due. They differ for long: at decay 0.995 and step 1,000 the average lags by 101 steps with `updates`, by
#: 499 with `power` and an update every 10 steps.
EMA_WARMUPS: dict[str, Callable[[int, int], float | None]] = {"updates": _by_updates, "power": _by_power}


def mean_lag(train: TrainConfig, step: int) -> float:
    """How many steps the average is behind the weights after `step` of them: the mean age of what it holds.

    With a decay d that stands, after many updates: every · d/(1 − d) for an update every so many steps.
    """
    allowed_at, lag = EMA_WARMUPS[train.ema_warmup], 0.0
    # What is older than so many updates has a share of e^-40, which no float64 sees: 10^7 steps would take seconds.
    seen = 40 * train.ema_update_every / max(1.0 - train.ema_decay, 1e-9)
    at = max(0, step - int(seen))
    for now in range(at + 1, step + 1):
        allowed = allowed_at(now, train.ema_update_every)
        if allowed is not None:
            # The weights of this very step are of age 0.
            lag, at = min(train.ema_decay, allowed) * (lag + now - at), now
    return lag + step - at


class EMA(Generic[M]):
    """A second copy of a module whose parameters follow the first: ema ← decay · ema + (1 - decay) · weights.

    update_every: steps from one update to the next; between them the average stays as it is.
    warmup: a row of EMA_WARMUPS.
    """

    def __init__(self, module: M, decay: float, *, update_every: int = 1, warmup: str = "updates") -> None:
        self.decay = decay
        self.update_every = update_every
        self.warmup = warmup
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self._averages: list[Tensor] = list(self.module.parameters())
        self._current: list[Tensor] = list(module.parameters())
        self._lag, self._followed_at = 0.0, 0

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Follow the weights as they are after `step` optimizer steps, where an update is due."""
        allowed = EMA_WARMUPS[self.warmup](step, self.update_every)
        if allowed is None:
            return
        weight = 1.0 - min(self.decay, allowed)
        torch._foreach_lerp_(self._averages, self._current, weight)
        # The weights of this very step are of age 0.
        self._lag, self._followed_at = (1.0 - weight) * self.lag(step), step

    def lag(self, step: int) -> float:
        """How many steps the average is behind the weights of `step`, as `mean_lag` has it, with the decays it had."""
        return self._lag + step - self._followed_at

    def go_on_from(self, step: int, lag: float) -> None:
        """The average was read from a checkpoint of `step`, where it was `lag` steps behind."""
        self._lag, self._followed_at = lag, step

    def state_dict(self) -> dict[str, Tensor]:
        """The averaged parameters (and the buffers, which are the module's own constants)."""
        return dict(self.module.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The inverse of `state_dict`; strict."""
        self.module.load_state_dict(state)


class PowerAverages:
    """Power-function EMAs of a module's parameters, of the lengths that core.runs.averages makes others of.

    average ← β·average + (1 − β)·weights with β = (1 − 1/t)^(γ+1) (Karras et al. 2023, arXiv 2312.02696, eq. 4).
    """

    def __init__(self, module: nn.Module, lengths: Sequence[float] = TRACKED) -> None:
        named = dict(module.named_parameters())
        self._names = list(named)
        self._current: list[Tensor] = list(named.values())
        self._gammas = {length: gamma_of(length) for length in lengths}
        self.by_length: dict[float, list[Tensor]] = {
            length: [parameter.detach().clone() for parameter in self._current] for length in lengths
        }

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Follow the weights as they are after `step` optimizer steps: every step counts."""
        for length, averages in self.by_length.items():
            torch._foreach_lerp_(averages, self._current, 1.0 - decay_at(step, self._gammas[length]))

    def state_dict(self) -> dict[str, Tensor]:
        """The live tensors, by "LENGTH.parameter"."""
        return {
            f"{length:g}.{name}": tensor
            for length, averages in self.by_length.items()
            for name, tensor in zip(self._names, averages, strict=True)
        }

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """The inverse of `state_dict`; strict."""
        own = self.state_dict()
        if own.keys() != state.keys():
            raise RuntimeError(f"averages: {', '.join(sorted(own.keys() ^ state.keys())[:3])}")
        for name, tensor in own.items():
            tensor.copy_(state[name])


# --- A step that the device is still busy with --------------------------------------------------------------


class Part(NamedTuple):
    """One batch of a step that has gone forward and backward."""

    batch: int  #: its number
    t: Tensor  #: (B,) on the CPU
    raw: Tensor  #: (B,) on the device, as the next
    loss: Tensor  #: what was minimised, divided by the number of batches


class Unread:
    """A step that is queued on the device, whose numbers come back in one transfer while the device goes on.

    On a CUDA card they go into pinned memory and an event says when they are there; elsewhere there is no waiting.
    """

    def __init__(self, parts: Sequence[Part], further: Mapping[str, Tensor]) -> None:
        self.batches = [(part.batch, part.t.numpy()) for part in parts]
        self._names = tuple(further)
        numbers = [*(part.loss for part in parts), *further.values(), *(part.raw for part in parts)]
        packed = torch.cat([number.detach().flatten() for number in numbers])
        on_card = packed.device.type == "cuda"
        self._numbers = packed.to("cpu", non_blocking=on_card)
        self._arrived = torch.cuda.current_stream(packed.device).record_event() if on_card else None

    def read(self) -> tuple[float, dict[str, float], list[NDArray[np.float32]]]:
        """The step's loss, the further numbers by name, and the unweighted losses of each batch."""
        if self._arrived is not None:
            self._arrived.synchronize()
        counts = [len(self.batches), len(self._names), *(len(t) for _, t in self.batches)]
        losses, further, *raw = np.split(self._numbers.numpy(), np.cumsum(counts)[:-1])
        named = dict(zip(self._names, map(float, further), strict=True))
        return sum(map(float, losses)), named, [part.astype(np.float32) for part in raw]


# --- state -----------------------------------------------------------------------------------------------

#: Where a checkpoint keeps which pictures it was trained on, among its extras.
PICTURES = "pictures"
#: About so many steps are seen in the smoothed loss, by which the best checkpoint is told.
SMOOTHING_STEPS = 100


@dataclass(slots=True)
class SessionState:
    """The model, its average, the optimizer, and the few numbers around them. Lives in the training thread."""

    diffusion: GaussianDiffusion
    ema: EMA[GaussianDiffusion]
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler | None  #: fp16 only
    dtype: torch.dtype | None  #: of mixed precision
    averages: PowerAverages | None = None  #: where EMAs of other lengths are to be made afterwards
    elapsed_s: float = 0.0  #: training time over all sessions of the run
    last_step_s: float = 0.0
    saved_step: int = 0
    unsaved_steps: int = 0
    batch_size: int = 1  #: pictures at a time, of which `data_shift` counts
    #: batches that were left out: after a number that was none, the training goes on with other data
    data_shift: int = 0
    smoothed_loss: float | None = None  #: a mean at first, then a running mean; None before the first step
    #: False from an update on until it is settled, and after a number that was none: then nothing is saved
    healthy: bool = True
    unread: Unread | None = None  #: the step after `step`, when its update is queued and its numbers are not read yet
    threads: object = None  #: `StepThreads.record` of the last step
    pictures: str = ""  #: `PictureSet.fingerprint` of what it is trained on
    names: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {id(parameter): name for name, parameter in self.diffusion.named_parameters()}

    @property
    def step(self) -> int:
        """Optimizer steps that were taken and found good; the weights may have had one more, `unread`."""
        return self.saved_step + self.unsaved_steps

    def follow(self, config: RunConfig) -> None:
        """Train with other settings from the next step on: what of LIVE the model and its average hold themselves."""
        self.ema.decay = config.train.ema_decay
        for model in (self.diffusion, self.ema.module):
            model.weigh_loss(config.diffusion.loss_weighting, config.diffusion.weighting_options())

    def add_loss(self, loss: float) -> None:
        """Let the loss of the step just taken have its share of `smoothed_loss`."""
        before = loss if self.smoothed_loss is None else self.smoothed_loss
        self.smoothed_loss = before + (loss - before) / min(max(self.step, 1), SMOOTHING_STEPS)

    def to_checkpoint(self, step: int, config: RunConfig) -> Checkpoint:
        """This moment. The tensors are the live ones: save before the next step."""
        return Checkpoint(
            step=step,
            config=config,
            model=self.diffusion.state_dict(),
            ema=self.ema.state_dict(),
            optimizer=self._optimizer_tensors(),
            averages=self._averages_tensors(),
            extra={
                "elapsed_s": self.elapsed_s,
                "data_shift": self.data_shift,
                PICTURES: self.pictures,
                THREADS: self.threads,
                SMOOTHED_LOSS: self.smoothed_loss,
                "scaler": self.scaler.state_dict() if self.scaler is not None else None,
            },
        )

    def first_not_finite(self) -> str | None:
        """The name of a tensor that must not be saved, since it holds a NaN or an infinity."""
        return first_not_finite(
            {
                **self.diffusion.state_dict(),
                **{f"EMA {name}": tensor for name, tensor in self.ema.state_dict().items()},
                **self._optimizer_tensors(),
                **{f"EMA of length {name}": tensor for name, tensor in self._averages_tensors().items()},
            }
        )

    def copied(self, config: RunConfig) -> Checkpoint:
        """This moment, with tensors of its own, to come back to while nothing has been saved yet."""
        now = self.to_checkpoint(self.step, config)
        return replace(
            now,
            model=_cloned(now.model),
            ema=_cloned(now.ema),
            optimizer=_cloned(now.optimizer),
            averages=_cloned(now.averages),
            extra=dict(now.extra),
        )

    def save(self, run: Run, step: int, *, config: RunConfig | None = None, spared: Container[Path] = ()) -> Path:
        """Write a checkpoint into the run, then prune old ones; never the other way round. Raises RunError.

        Old ones that cannot be removed are no failed save; the next one tries again. config: that the step was taken
        with (None: the run's). spared: as of `prune`.
        """
        config = run.config if config is None else config
        path = save_checkpoint(run.checkpoints_folder, self.to_checkpoint(step, config))
        self.saved_step, self.unsaved_steps = step, 0
        try:
            prune(run.checkpoints_folder, config.train.keep_checkpoints, saved_step=step, spared=spared)
        except StudioError as error:
            run.log(f"old checkpoints were not removed: {error}")
        return path

    def averages_are_due(self, config: RunConfig, step: int) -> bool:
        """Whether a snapshot of the averages is to be kept of `step`."""
        if self.averages is None:
            return False
        return step > 0 and step % spacing(step, self._most_snapshots(config)) == 0

    def save_averages(self, run: Run, step: int) -> None:
        """Write a snapshot of the averages into the run. Raises RunError, CheckpointError."""
        save_snapshot(run.averages_folder, step, self._averages_tensors(), most=self._most_snapshots(run.config))

    def _most_snapshots(self, config: RunConfig) -> int:
        parameters = sum(parameter.numel() for parameter in self.diffusion.parameters())
        return most_snapshots(config.train.ema_snapshots, parameters)

    def restore(self, path: Path) -> int:
        """Take everything from a checkpoint; the step it is of. Raises CheckpointError when it does not fit.

        It may be a stranger's: it is judged as a whole before anything is taken from it.
        """
        require_own_model(path, read_description(path))
        checkpoint = read_checkpoint(path, with_optimizer=True)
        names = {
            "": checkpoint.model,
            "EMA ": checkpoint.ema,
            "optimizer.": checkpoint.optimizer,
            "EMA of length ": checkpoint.averages,
        }
        # As they will be: what is finite in float64 need not be in float32.
        numbers = {f"{kind}{name}": tensor.float() for kind, part in names.items() for name, tensor in part.items()}
        require_finite(path, numbers)
        require_moments(path, checkpoint.optimizer)
        return self.take(checkpoint, path)

    def take(self, checkpoint: Checkpoint, path: Path) -> int:
        """As `restore`, from a checkpoint that was read already; `path` is where, for the error."""
        try:
            self.diffusion.load_state_dict(checkpoint.model)
            self.ema.load_state_dict(checkpoint.ema)
            if self.averages is not None:
                self.averages.load_state_dict(checkpoint.averages)
        except RuntimeError as error:
            reason = phrase_of(RuntimeError(str(error).splitlines()[-1]), "torch")
            raise CheckpointError("checkpoint.mismatch", path=path, reason=reason) from error
        self._load_optimizer(checkpoint.optimizer)
        extra: dict[str, Any] = dict(checkpoint.extra)
        self.elapsed_s = float(extra.get("elapsed_s", 0.0))
        # A batch may be smaller by now: what was left out is so many pictures, none of which is to come again.
        left_out = int(extra.get("data_shift", 0)) * checkpoint.config.train.batch_size
        self.data_shift = -(-left_out // self.batch_size)
        self.smoothed_loss = extra.get(SMOOTHED_LOSS)
        self.threads = extra.get(THREADS)
        if self.scaler is not None and extra.get("scaler"):
            self.scaler.load_state_dict(extra["scaler"])
        self.saved_step, self.unsaved_steps, self.healthy, self.unread = checkpoint.step, 0, True, None
        self.ema.go_on_from(checkpoint.step, mean_lag(checkpoint.config.train, checkpoint.step))
        return checkpoint.step

    def _optimizer_tensors(self) -> dict[str, Tensor]:
        """The optimizer's moments and step counts by the parameter's name, so that the file needs no numbering."""
        return {
            f"{self.names[id(parameter)]}.{moment}": value
            for parameter, moments in self.optimizer.state.items()
            for moment, value in moments.items()
        }

    def _averages_tensors(self) -> dict[str, Tensor]:
        return {} if self.averages is None else self.averages.state_dict()

    def _load_optimizer(self, tensors: Mapping[str, Tensor]) -> None:
        self.optimizer.state.clear()
        by_name: dict[str, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            parameter, _, moment = name.rpartition(".")
            by_name.setdefault(parameter, {})[moment] = tensor
        for group in self.optimizer.param_groups:
            for parameter in group["params"]:
                moments = by_name.get(self.names[id(parameter)])
                if moments is None:
                    continue
                # Fused AdamW keeps its step counts on the device too.
                self.optimizer.state[parameter] = {
                    moment: tensor.to(parameter.device) if moment == "step" else _like(tensor, parameter)
                    for moment, tensor in moments.items()
                }


def new_state(config: RunConfig, device: torch.device, diffusion: GaussianDiffusion | None = None) -> SessionState:
    """A model and all that its training needs, on `device`.

    diffusion: the model, which is moved there and trained in place (None: a new one, its weights drawn from the seed).
    """
    train = config.train
    dtype = autocast_dtype(device, train.amp)
    if diffusion is None:
        torch.manual_seed(generator(train.seed, "weights").initial_seed() % 2**63)
        diffusion = build_diffusion(config)
    prepare_for_device(diffusion, device)
    if hasattr(diffusion.model, "gradient_checkpointing"):
        diffusion.model.gradient_checkpointing = train.gradient_checkpointing
    return SessionState(
        diffusion=diffusion,
        ema=EMA(diffusion, train.ema_decay, update_every=train.ema_update_every, warmup=train.ema_warmup),
        optimizer=build_optimizer(
            diffusion,
            learning_rate=train.learning_rate,
            weight_decay=train.weight_decay,
            betas=train.adam_betas,
            name=train.optimizer,
        ),
        scaler=torch.amp.GradScaler(device.type) if dtype == torch.float16 else None,
        dtype=dtype,
        averages=PowerAverages(diffusion) if train.ema_snapshots else None,
        batch_size=train.batch_size,
    )


def _cloned(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in tensors.items()}


def _like(tensor: Tensor, parameter: Tensor) -> Tensor:
    """A copy of `tensor` on the parameter's device and in its memory format, so that kernels stay fused."""
    return torch.empty_like(parameter).copy_(tensor)
