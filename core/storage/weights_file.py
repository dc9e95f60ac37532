"""What a file of weights from elsewhere holds, by the names that this program uses; the numbers are read on demand.

Two kinds: the library's training checkpoints (raw and averaged weights, an optimizer, a step), and the weights of a
diffusion or of its network alone, in safetensors or as torch.save writes it, in whatever they were wrapped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

from ..errors import CheckpointError, Phrase
from ..reading import parse_json
from .architecture import refuse
from .stored import StoredTensor, WeightSet
from .torch_file import TensorEntry, TorchFile
from .wrappings import find_networks

#: torch.save's files by their usual names.
TORCH_SUFFIXES = (".pt", ".pth", ".ckpt", ".bin")
#: In the metadata of a safetensors file: the settings that its tensors do not say.
METADATA_KEY = "ddpm_studio"
METADATA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFile:
    """What a file of elsewhere holds."""

    path: Path
    training: bool  #: a checkpoint of the library's Trainer
    sets: Mapping[str, WeightSet]  #: "raw", "ema", or both
    unused: Mapping[str, int] = field(default_factory=dict)  #: other networks in it, by name: how many tensors
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
        raise CheckpointError("storage.not-read", path=path, reason=Phrase("file.not-there"))
    return _safetensors(path) if path.suffix.lower() == ".safetensors" else _torch_file(path)


def _torch_file(path: Path) -> WeightsFile:
    file = TorchFile(path)
    content = _stored(file, file.content)
    if not isinstance(content, dict | list | tuple):
        refuse(path, Phrase("file.no-table"))
    found = find_networks(path, content)
    if not isinstance(content, dict):
        return WeightsFile(path=path, training=False, sets=found.sets, unused=found.unused)
    model, ema = content.get("model"), content.get("ema")
    # Beside an average and an optimizer it is the library's: the average's own copy must not stand for a lost model.
    if {"model", "ema", "opt"} <= content.keys() and not (
        isinstance(model, dict) and any("init_conv." in str(name) for name in model)
    ):
        refuse(path, Phrase("file.model-empty"))
    # What the library's Trainer writes is a diffusion under this key; others put a network there.
    training = isinstance(model, dict) and "betas" in model and bool(found.sets["raw"].tables)
    step, version = _first_number(content, ("step", "global_step")), content.get("version")
    counters = ema if training and isinstance(ema, dict) else {}
    return WeightsFile(
        path=path,
        training=training,
        sets=found.sets,
        unused=found.unused,
        step=step,
        version=version if training and isinstance(version, str) and len(version) < 64 else None,
        optimizer=content.get("opt") if training else None,
        averaging={name: counters[name] for name in ("initted", "step") if _is_one_number(counters.get(name))},
    )


def _first_number(content: Mapping[Any, Any], names: Sequence[str]) -> int | None:
    """The first of these counters that is a whole number."""
    counted = (content.get(name) for name in names)
    return next((count for count in counted if type(count) is int and 0 <= count < 2**53), None)


def _is_one_number(value: object) -> bool:
    return isinstance(value, StoredTensor) and prod(value.shape) == 1


def _stored(file: TorchFile, value: Any) -> Any:  # noqa: ANN401 (plain values of any type)
    """`value` with a StoredTensor for every tensor in it."""
    match value:
        case TensorEntry():
            return StoredTensor(value.dtype, value.shape, lambda: file.read(value), value)
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
        name: StoredTensor(place.dtype, place.shape, partial(read_tensor, path, place), place)
        for name, place in header.tensors.items()
    }
    settings = _settings(path, header.metadata.get(METADATA_KEY))
    found = find_networks(path, tensors)
    return WeightsFile(path=path, training=False, sets=found.sets, unused=found.unused, settings=settings)


def _settings(path: Path, text: str | None) -> dict[str, Any]:
    """What `export_checkpoint` noted in the metadata."""
    if text is None:
        return {}
    try:
        noted = parse_json(text.encode())
        version, settings = noted["version"], noted["settings"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.settings-unreadable")) from None
    if isinstance(version, int) and version > METADATA_VERSION:
        raise CheckpointError("checkpoint.newer", path=path, version=version, known=METADATA_VERSION)
    if not isinstance(settings, dict):
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.settings-unreadable"))
    return settings
