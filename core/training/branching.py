"""A new run that begins at a checkpoint of another, or at a model from elsewhere, instead of at random weights.

A branch counts its steps on from the step that it begins at: the average of the weights goes on being one (counted
anew, its warm-up would drop what was averaged within the first ten steps), and a branch with the optimizer's state and
unchanged settings takes, as long as the learning rate is constant, the very steps that its parent would have taken.
Its plan begins at that step, as when a run is trained further, so that a learning rate that falls begins anew. Its
training time is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError, Phrase, RunError
from ..networks.build import build_diffusion, build_network, describe
from ..runs.averages import TRACKED
from ..runs.checkpoint import Checkpoint, find_checkpoint, read_checkpoint, require_own_model, save_checkpoint
from ..runs.checkpoint_files import LAST_STEP, SMOOTHED_LOSS, read_description, sha256_of
from ..runs.fitting import TABLES, in_words, require_finite, shapes_of
from ..runs.opening import is_foreign, load_with_assumptions
from ..runs.run import CHECKPOINTS, Parent, Run, is_run
from ..settings import SETTINGS, RunConfig

if TYPE_CHECKING:
    from torch import Tensor

#: What a branch takes over of the model that it begins with; all else is of how it is trained.
_OF_PICTURES = ("image_size", "image_height", "channels", "labels", "class_names")


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """What a branch begins with, read whole and judged."""

    path: Path
    parent: Parent
    config: RunConfig  #: of the run; of a file from elsewhere what describes its model, and defaults of the training
    model: Mapping[str, Tensor]  #: the network's tensors, without the tables of the process
    ema: Mapping[str, Tensor]  #: the averaged ones, the same names
    optimizer: Mapping[str, Tensor] = field(default_factory=dict)  #: empty for a file from elsewhere
    extra: Mapping[str, Any] = field(default_factory=dict)
    assumed: Mapping[str, Any] = field(default_factory=dict)  #: what stands for each setting that a file does not say
    source_folder: Path | None = None  #: the pictures that the run was trained on
    foreign: bool = False  #: whether it is a file from elsewhere, which says nothing of how it was trained

    def config_for(self, training: RunConfig | None) -> RunConfig:
        """The settings of a branch: the run's own, or with `training` those of its model, trained as that says."""
        if training is None:
            return self.config
        taken = [name for name, facts in SETTINGS.items() if facts.section in ("model", "diffusion")]
        return training.with_settings({name: self.config.setting(name) for name in (*taken, *_OF_PICTURES)})


def read_origin(path: Path, **overrides: Any) -> Origin:  # noqa: ANN401 (a setting of any type)
    """What a branch from `path` begins with: a run (its newest good checkpoint), a checkpoint, or a file of elsewhere.

    overrides: what a file of elsewhere leaves open, as `core.load_checkpoint` takes it.
    Raises CheckpointError naming what cannot be used and why, ConfigError for an override.
    """
    path = Path(path)
    if is_foreign(path):
        return _foreign_origin(path, overrides)
    found = find_checkpoint(path)
    description = read_description(found)
    config = require_own_model(found, description)
    checkpoint = read_checkpoint(found, with_optimizer=True)
    require_finite(found, {name: tensor.float() for name, tensor in {**checkpoint.model, **checkpoint.ema}.items()})
    folder = found.parent.parent
    run = Run.open(folder) if found.parent.name == CHECKPOINTS and is_run(folder) else None
    return Origin(
        path=found,
        parent=Parent(
            name=found.name if run is None else folder.resolve().name,
            created="" if run is None else run.created,
            step=checkpoint.step,
            sha256=description.sha256,
        ),
        config=config,
        model=_network(checkpoint.model),
        ema=_network(checkpoint.ema),
        optimizer=checkpoint.optimizer,
        extra=checkpoint.extra,
        source_folder=None if run is None else run.source_folder,
    )


def _foreign_origin(path: Path, overrides: Mapping[str, Any]) -> Origin:
    raw, averaged = (load_with_assumptions(path, weights, **overrides) for weights in ("raw", "ema"))
    return Origin(
        path=path,
        parent=Parent(name=path.name, created="", step=_countable(raw.step or 0), sha256=sha256_of(path)),
        config=describe(raw.diffusion),
        model=_network(raw.diffusion.state_dict()),
        ema=_network(averaged.diffusion.state_dict()),
        assumed=raw.assumed,
        foreign=True,
    )


def _countable(step: int) -> int:
    """The step, or 0 where a file says one that no run has."""
    return step if 0 <= step < LAST_STEP else 0


def _network(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in state.items() if name not in TABLES}


def first_checkpoint(origin: Origin, config: RunConfig, *, keep_optimizer: bool = True) -> Checkpoint:
    """What a branch that is trained with `config` begins with; nothing of it is written yet.

    config: with nothing on auto. The tables of the process are those of `config`. The optimizer's state is taken over
    where it is wished, there, and of the same optimizer. Raises RunError naming the setting of the network that is
    another, ConfigError for settings that do not go together.
    """
    require_same_network(origin, config)
    diffusion = build_diffusion(config)
    state = diffusion.state_dict()
    parameters = [name for name, _ in diffusion.named_parameters()]
    keeps = keep_optimizer and origin.config.train.optimizer == config.train.optimizer
    kept = {name: origin.extra[name] for name in ("data_shift", SMOOTHED_LOSS, "scaler") if name in origin.extra}
    averages = TRACKED if config.train.ema_snapshots else ()
    return Checkpoint(
        step=origin.parent.step,
        config=config,
        model={**state, **origin.model},
        ema={**state, **origin.ema},
        optimizer=origin.optimizer if keeps else {},
        averages={f"{length:g}.{name}": origin.model[name] for length in averages for name in parameters},
        extra={**(kept if keeps else {}), "elapsed_s": 0.0},
    )


def require_same_network(origin: Origin, config: RunConfig) -> None:
    """Raises RunError unless the network of `config` has the tensors of `origin`, of the same shapes."""
    config.validate()
    wished = {f"model.{name}": shape for name, shape in shapes_of(origin.path, lambda: build_network(config)).items()}
    there = {name: tuple(tensor.shape) for name, tensor in origin.model.items()}
    odd = next((name for name in sorted(wished.keys() | there.keys()) if wished.get(name) != there.get(name)), None)
    if odd is None:
        return
    for name, facts in SETTINGS.items():
        kept, said = origin.config.setting(name), config.setting(name)
        if kept != said and (facts.section == "model" or name in _OF_PICTURES):
            raise RunError("run.other-network", name=name, wished=said, kept=kept, origin=origin.parent.name)
    shape = in_words(there.get(odd, ()))
    reason = Phrase("file.shape-instead", name=odd, got=shape, wanted=in_words(wished.get(odd, ())))
    raise CheckpointError("checkpoint.mismatch", path=origin.path, reason=reason)


def make_branch(
    folder: Path,
    origin: Origin,
    config: RunConfig,
    *,
    source_folder: Path,
    device: str,
    planned: bool = True,
    measured: tuple[str, ...] = (),
    keep_optimizer: bool = True,
) -> Run:
    """Make the run folder of a branch, which can be trained on from its first checkpoint as any run that was left.

    planned: whether `config.train.steps` more are to be made; else their number will be measured. Raises RunError,
    ConfigError, CheckpointError; nothing that could be taken for a run is left then.
    """
    first = first_checkpoint(origin, config, keep_optimizer=keep_optimizer)

    def save(run: Run) -> None:
        save_checkpoint(run.checkpoints_folder, first)

    run = Run.create(
        folder,
        config,
        source_folder=source_folder,
        device=device,
        planned_total=min(first.step + config.train.steps, LAST_STEP) if planned else None,
        measured=measured,
        parent=origin.parent,
        begins_at=first.step,
        first=save,
    )
    run.log(f"begins at step {first.step} of {origin.path}")
    return run
