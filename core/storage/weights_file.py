"""What a file of weights from elsewhere holds, by the names that this program uses; the numbers are read on demand.

Two kinds: the library's training checkpoints (raw and averaged weights, an optimizer, a step), and a bare state_dict,
of a diffusion or of its network alone, in safetensors or as torch.save writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError
from ..reading import parse_json
from .architecture import Shape, refuse, refuse_other_network
from .fitting import FLOATS, TABLES
from .tensors_header import MAX_NAME
from .torch_file import TensorEntry, TorchFile

if TYPE_CHECKING:
    from torch import Tensor

#: torch.save's files by their usual names.
TORCH_SUFFIXES = (".pt", ".pth", ".ckpt", ".bin")
#: In the metadata of a safetensors file: the settings that its tensors do not say.
METADATA_KEY = "ddpm_studio"
METADATA_VERSION = 1


#: Parts of a name that torch.compile and data-parallel training leave behind.
_WRAPPERS = {"module", "_orig_mod"}
_AVERAGED = {"ema", "ema_model", "model_ema"}
_ROOT = re.compile(r"(?:(.+)\.)?init_conv\.weight")


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a file: what it is, and how to get it."""

    dtype: str  #: torch's name, "float32"
    shape: Shape
    read: Callable[[], Tensor]  #: contiguous, on the CPU, the receiver's own


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One set of weights by GaussianDiffusion's names: `model.…` and, where the file has them, the tables."""

    network: Mapping[str, StoredTensor]  #: by the Unet's own names
    tables: Mapping[str, StoredTensor]  #: empty: the file is of a network alone

    def tensors(self) -> Iterator[tuple[str, StoredTensor]]:
        """All of it, named as in GaussianDiffusion.state_dict()."""
        yield from self.tables.items()
        yield from ((f"model.{name}", tensor) for name, tensor in self.network.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFile:
    """What a file of elsewhere holds."""

    path: Path
    training: bool  #: a checkpoint of the library's Trainer
    sets: Mapping[str, WeightSet]  #: "raw", "ema", or both
    step: int | None = None
    version: str | None = None  #: of the library that wrote it
    optimizer: Any = None  #: its state_dict, with a StoredTensor for each tensor; None: there is none
    averaging: Mapping[str, StoredTensor] = field(default_factory=dict)  #: the average's own counters
    settings: Mapping[str, Any] = field(default_factory=dict)  #: what this program noted beside the tensors

    def weights(self, which: str) -> WeightSet:
        """The set called "raw" or "ema"; where there is only one, that one."""
        return self.sets.get(which) or next(iter(self.sets.values()))


def read_weights_file(path: Path) -> WeightsFile:
    """What is in the file at `path`. Raises CheckpointError in words; nothing in the file is executed."""
    if not path.is_file():
        # A pipe or a device would be read for ever, whatever it is called.
        if path.exists():
            raise CheckpointError("checkpoint.unknown", path=path)
        raise CheckpointError("storage.not-read", path=path, reason="it is not there")
    return _safetensors(path) if path.suffix.lower() == ".safetensors" else _torch_file(path)


def _torch_file(path: Path) -> WeightsFile:
    file = TorchFile(path)
    content = _stored(file, file.content)
    if not isinstance(content, dict):
        refuse(path, "it holds no table of named tensors")
    model = content.get("model")
    if not isinstance(model, dict):
        nested = content.get("state_dict")
        bare = nested if isinstance(nested, dict) else content
        return WeightsFile(path=path, training=False, sets=_weight_sets(path, bare))
    raw = _weight_sets(path, model).get("raw")
    if raw is None or not raw.tables:
        refuse(path, "its model has no noise schedule (betas): a continuous-time diffusion is not part of this program")
    sets, averaging = {"raw": raw}, {}
    ema = content.get("ema")
    if isinstance(ema, dict):
        averaged = _weight_sets(path, ema)
        sets["ema"] = averaged.get("ema") or averaged["raw"]
        averaging = {name: ema[name] for name in ("initted", "step") if _is_one_number(ema.get(name))}
    step, version = content.get("step"), content.get("version")
    return WeightsFile(
        path=path,
        training=True,
        sets=sets,
        step=step if type(step) is int and 0 <= step < 2**53 else None,
        version=version if isinstance(version, str) and len(version) < 64 else None,
        optimizer=content.get("opt"),
        averaging=averaging,
    )


def _is_one_number(value: object) -> bool:
    return isinstance(value, StoredTensor) and prod(value.shape) == 1


def _stored(file: TorchFile, value: Any) -> Any:  # noqa: ANN401 (plain values of any type)
    """`value` with a StoredTensor for every tensor in it."""
    match value:
        case TensorEntry():
            return StoredTensor(value.dtype, value.shape, lambda: file.read(value))
        case dict():
            return {key: _stored(file, item) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_stored(file, item) for item in value)
    return value


def _safetensors(path: Path) -> WeightsFile:
    from .tensors import opened_tensors, read_tensor

    with opened_tensors(path) as (_, header):
        pass
    tensors = {
        name: StoredTensor(place.dtype, place.shape, partial(read_tensor, path, place))
        for name, place in header.tensors.items()
    }
    settings = _settings(path, header.metadata.get(METADATA_KEY))
    return WeightsFile(path=path, training=False, sets=_weight_sets(path, tensors), settings=settings)


def _settings(path: Path, text: str | None) -> dict[str, Any]:
    """What `export_checkpoint` noted in the metadata."""
    if text is None:
        return {}
    try:
        noted = parse_json(text.encode())
        version, settings = noted["version"], noted["settings"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise CheckpointError("checkpoint.damaged", path=path, reason="its settings cannot be read") from None
    if isinstance(version, int) and version > METADATA_VERSION:
        raise CheckpointError("checkpoint.newer", path=path, version=version, known=METADATA_VERSION)
    if not isinstance(settings, dict):
        raise CheckpointError("checkpoint.damaged", path=path, reason="its settings cannot be read")
    return settings


def _weight_sets(path: Path, content: Mapping[Any, Any]) -> dict[str, WeightSet]:
    """The sets of weights among named tensors, whatever stands before their names; at least one."""
    tensors: dict[str, StoredTensor] = {}
    for name, tensor in content.items():
        if not (isinstance(name, str) and isinstance(tensor, StoredTensor)):
            continue
        if len(name) > MAX_NAME:
            refuse(path, f"the name of one of its tensors has {len(name):,} characters")
        plain = ".".join(part for part in name.split(".") if part not in _WRAPPERS)
        if plain in tensors:
            refuse(path, f"two of its tensors are both {plain}")
        tensors[plain] = tensor
    roots = [match[1] or "" for name in tensors if (match := _ROOT.fullmatch(name))]
    if not roots:
        refuse_other_network(path, list(tensors))
        shown = ", ".join(list(tensors)[:3]) or "none"
        refuse(path, f"another architecture: it has no init_conv.weight (its first tensors: {shown})")
    sets: dict[str, WeightSet] = {}
    for root in roots:
        which = "ema" if _AVERAGED & set(root.split(".")) else "raw"
        if which in sets:
            refuse(path, "it holds more than one network")
        sets[which] = _weight_set(path, tensors, root)
    return sets


def _weight_set(path: Path, tensors: Mapping[str, StoredTensor], root: str) -> WeightSet:
    """The set whose network is called `root`."""
    parts = root.split(".") if root else []
    outer = parts[:-1]
    network = _below(tensors, parts)
    around = {name: tensor for name, tensor in _below(tensors, outer).items() if "." not in name}
    # One of them makes it a diffusion, and then none may be missing: another schedule would be taken for its own.
    if parts[-1:] == ["model"] and any(name in around for name in TABLES):
        tables = around
    else:
        tables = {}
        refuse_other_network(path, list(tensors))
        if "time_mlp.0.weights" in network and parts[-1:] == ["model"]:
            refuse(path, "it has no noise schedule (betas): a continuous-time diffusion is not part of this program")
    for name, tensor in (*network.items(), *tables.items()):
        if tensor.dtype not in FLOATS:
            refuse(path, f"its {name} holds {tensor.dtype}; weights are one of {', '.join(FLOATS)}")
        if 0 in tensor.shape:
            refuse(path, f"its {name} is empty")
    return WeightSet(network, tables)


def _below(tensors: Mapping[str, StoredTensor], parts: list[str]) -> dict[str, StoredTensor]:
    prefix = "".join(f"{part}." for part in parts)
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
