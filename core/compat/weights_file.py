"""What a file of weights from elsewhere holds, by the names that this program uses; the numbers are read on demand.

Two kinds: the library's training checkpoints (raw and averaged weights, an optimizer, a step), and the weights of a
diffusion or of its network alone, in safetensors or as torch.save writes it, in whatever they were wrapped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import open_regular, parse_json
from ..runs.fitting import FLOATS, TABLES, Shape, refuse
from ..runs.opening import TORCH_SUFFIXES
from ..runs.tensor_header import MAX_NAME
from ..runs.tensors import TensorFile
from .architecture import refuse_other_network
from .torch_file import TensorEntry, TorchFile

if TYPE_CHECKING:
    from torch import Tensor

# --- Tensors as they lie in a file, and the sets that they make -----------------------------------------


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a file: what it is, and how to get it."""

    dtype: str  #: torch's name, "float32"
    shape: Shape
    read: Callable[[], Tensor]  #: contiguous, on the CPU, the receiver's own
    place: object  #: where in the file; equal for two that are the same numbers


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One set of weights by GaussianDiffusion's names: `model.…` and, where the file has them, the tables."""

    network: Mapping[str, StoredTensor]  #: by the Unet's own names
    tables: Mapping[str, StoredTensor]  #: empty: the file is of a network alone

    def tensors(self) -> Iterator[tuple[str, StoredTensor]]:
        """All of it, named as in GaussianDiffusion.state_dict()."""
        yield from self.tables.items()
        yield from ((f"model.{name}", tensor) for name, tensor in self.network.items())


# --- Which networks are among a file's tensors, whatever they were wrapped in when they were saved -------
# A state_dict is saved bare or under a key, inside another one, by a wrapper that prefixes every name (DataParallel,
# torch.compile, an average, a Lightning module), with an average beside it, or with other networks of the same
# training. So a network is looked for by its first tensor, `init_conv.weight`, at whatever place; that place says
# what it is.

#: Parts of a name that data-parallel training, torch.compile and other wrappers leave behind.
_WRAPPERS = {
    *("module", "_orig_mod", "_forward_module", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_module"),
}
#: A part of a name that says: an average of the weights. `params_ema`, `ema_model`, `ema_0`, `state_dict_ema`, …
_AVERAGED = re.compile(r"(^|[_-])(ema\d*|ema(model|weights|net|params)|avg|averaged?|swa|shadow|polyak)([_-]|$)", re.I)
#: What an average calls the network that it follows, whose raw weights it keeps too.
_ONLINE = {"online_model", "online"}
#: What an average puts away while it is in use: the raw weights once more.
_PUT_AWAY = {"collected_params", "backup"}
#: What averages and trainings count, one number each, beside the weights.
_COUNTERS = {
    *("initted", "step", "n_averaged", "num_updates", "decay", "global_step", "epoch", "iteration", "num_steps"),
}
#: What a training keeps that is no network.
_NOT_NETWORKS = re.compile(r"opt|sched|scaler|rng|random|loops|callbacks|hparams|hyper|config|args", re.I)
_ROOT = re.compile(r"(?:(.+)\.)?init_conv\.weight")
#: Of one training: raw weights, averages and copies. More would take long to compare.
MOST_NETWORKS = 8


@dataclass(frozen=True, slots=True)
class Networks:
    """What was found among a file's tensors."""

    sets: Mapping[str, WeightSet]  #: "raw", "ema", or both
    unused: Mapping[str, int]  #: what else there is, by name: how many tensors


@dataclass(frozen=True, slots=True)
class _Named:
    """Where a tensor stands: its name without the wrappers, and how many of its parts are keys of containers."""

    parts: tuple[str, ...]
    keys: int
    tensor: StoredTensor

    @property
    def name(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A network in the file."""

    root: tuple[str, ...]  #: the parts before its tensors' names
    weights: WeightSet
    averaged: bool
    online: bool  #: as an average keeps it

    @property
    def place(self) -> str:
        return ".".join(self.root) or "init_conv"


def find_networks(path: Path, content: Mapping[Any, Any] | list[Any] | tuple[Any, ...]) -> Networks:
    """The raw and the averaged weights of the one network in `content`, which may be nested in any way.

    Copies that are equal to the last bit count once. What one of two sets lacks beside its weights, the tables of the
    diffusion, the other one has for both. Raises CheckpointError: there is none, more than one, or another network.
    """
    tensors, lists = _collect(path, content)
    roots = [named for name, named in tensors.items() if _ROOT.fullmatch(name)]
    if not roots:
        _refuse_without_network(path, content, tensors)
    if len(roots) > MOST_NETWORKS:
        refuse(path, Phrase("file.many-networks", count=len(roots)))
    candidates = [_candidate(path, tensors, root) for root in roots]
    sets: dict[str, WeightSet] = {}
    for which, averaged in (("raw", False), ("ema", True)):
        of_its_kind = [candidate for candidate in candidates if candidate.averaged == averaged]
        if of_its_kind:
            sets[which] = _only(path, of_its_kind)
    used = {candidate.root for candidate in candidates}
    if "raw" in sets and "ema" not in sets:
        for place, averages in lists.items():
            if (ema := _in_order(sets["raw"], averages)) is not None:
                sets["ema"] = ema
                used.add(place)
                break
        else:
            if (ema := _without_dots(sets["raw"], candidates, tensors, used)) is not None:
                sets["ema"] = ema
    return Networks(_completed(sets), _unused(tensors, used))


# --- names ---------------------------------------------------------------------------------------------------


def _collect(path: Path, content: Any) -> tuple[dict[str, _Named], dict[tuple[str, ...], list[StoredTensor]]]:  # noqa: ANN401
    """Every tensor by its whole name, and the lists of tensors that are averages without names."""
    tensors: dict[str, _Named] = {}
    lists: dict[tuple[str, ...], list[StoredTensor]] = {}
    for keys, last, tensor in _walk(path, content, ()):
        before = tuple(part for key in keys for part in key.split(".") if part not in _WRAPPERS)
        parts = (*before, *(part for part in last.split(".") if part not in _WRAPPERS))
        named = _Named(parts, len(before), tensor)
        other = tensors.setdefault(named.name, named)
        if other is not named and not _same(other.tensor, tensor):
            refuse(path, Phrase("file.twice-differing", name=named.name))
        if last.isdecimal() and any(map(_AVERAGED.search, before)) and not _PUT_AWAY & set(before):
            lists.setdefault(before, []).append(tensor)
    return tensors, lists


def _walk(path: Path, value: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, StoredTensor]]:  # noqa: ANN401
    """The keys that lead to each tensor, its own name, and the tensor."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, item in items:
        name = str(key)
        if len(name) > MAX_NAME:
            refuse(path, Phrase("file.long-name", count=len(name)))
        if isinstance(item, StoredTensor):
            yield keys, name, item
        elif isinstance(item, Mapping | list | tuple):
            yield from _walk(path, item, (*keys, name))


def _below(tensors: Mapping[str, _Named], root: tuple[str, ...]) -> dict[str, StoredTensor]:
    prefix = "".join(f"{part}." for part in root)
    return {name.removeprefix(prefix): named.tensor for name, named in tensors.items() if name.startswith(prefix)}


# --- one network ---------------------------------------------------------------------------------------------


def _candidate(path: Path, tensors: Mapping[str, _Named], first: _Named) -> _Candidate:
    root = first.parts[:-2]
    network = _below(tensors, root)
    own = root[first.keys :]  # what of it are names, not keys
    # Only what was saved together is looked at: what stands under other keys is of other things.
    together = [
        ".".join(named.parts[first.keys :])
        for named in tensors.values()
        if named.parts[: first.keys] == root[: first.keys]
    ]
    refuse_other_network(path, together)
    tables = _tables(tensors, root)
    # One of them makes it a diffusion, and then none may be missing: another schedule would be taken for its own.
    if not (tables.keys() >= set(TABLES) or (own[-1:] == ("model",) and tables.keys() & set(TABLES))):
        tables = {}
        if "time_mlp.0.weights" in network and own[-1:] == ("model",):
            refuse(path, Phrase("file.continuous"))
    for name, tensor in (*network.items(), *tables.items()):
        if tensor.dtype not in FLOATS:
            refuse(path, Phrase("file.dtype", name=name, dtype=tensor.dtype, known=", ".join(FLOATS)))
        if 0 in tensor.shape:
            refuse(path, Phrase("file.tensor-empty", name=name))
    online = bool(_ONLINE & set(root))
    averaged = any(map(_AVERAGED.search, root)) or any(
        ".".join((*root[:depth], "n_averaged")) in tensors for depth in range(first.keys, len(root) + 1)
    )
    return _Candidate(root, WeightSet(network, tables), averaged and not online, online)


def _tables(tensors: Mapping[str, _Named], root: tuple[str, ...]) -> dict[str, StoredTensor]:
    """What stands beside the network, but for what is only counted."""
    beside = _below(tensors, root[:-1]) if root else {}
    return {
        name: tensor
        for name, tensor in beside.items()
        if "." not in name and not (name in _COUNTERS and prod(tensor.shape) == 1)
    }


def _only(path: Path, candidates: list[_Candidate]) -> WeightSet:
    """The one of which the others are copies: if there is one, that of a diffusion."""
    chosen = min(candidates, key=lambda candidate: (candidate.online, not candidate.weights.tables))
    for other in candidates:
        # What an average follows is the raw network by definition.
        if other is chosen or other.online or _same_weights(chosen.weights.network, other.weights.network):
            continue
        code = "file.two-averaged" if chosen.averaged else "file.two-raw"
        refuse(path, Phrase(code, first=chosen.place, second=other.place))
    return chosen.weights


def _same_weights(first: Mapping[str, StoredTensor], second: Mapping[str, StoredTensor]) -> bool:
    return first.keys() == second.keys() and all(_same(first[name], second[name]) for name in first)


def _same(first: StoredTensor, second: StoredTensor) -> bool:
    """Whether two tensors are equal to the last bit; read only where they are not the same place of the file."""
    if (first.dtype, first.shape) != (second.dtype, second.shape):
        return False
    if first.place is not None and first.place == second.place:
        return True
    import torch

    return torch.equal(*(tensor.read().reshape(-1).view(torch.uint8) for tensor in (first, second)))


# --- averages that keep no names -----------------------------------------------------------------------------


def _in_order(raw: WeightSet, averages: list[StoredTensor]) -> WeightSet | None:
    """An average that is a list of tensors, in the order of the network's; None where it is not of this network."""
    for left_out in ((), ("time_mlp.0.weights",)):  # random frequencies are not trained
        names = [name for name in raw.network if name not in left_out]
        if [raw.network[name].shape for name in names] == [tensor.shape for tensor in averages]:
            return WeightSet(dict(zip(names, averages, strict=True)), {})
    return None


def _without_dots(
    raw: WeightSet, candidates: list[_Candidate], tensors: Mapping[str, _Named], used: set[tuple[str, ...]]
) -> WeightSet | None:
    """An average whose names are the network's without their dots, as latent diffusion's LitEma keeps them."""
    roots = {candidate.root for candidate in candidates if not candidate.averaged}
    for place in {named.parts[:-1] for named in tensors.values() if any(map(_AVERAGED.search, named.parts[:-1]))}:
        there = _below(tensors, place)
        for root in roots:
            for depth in range(len(root) + 1):
                prefix = "".join(root[depth:])
                found = {name: there.get(prefix + name.replace(".", "")) for name in raw.network}
                whole = {name: tensor for name, tensor in found.items() if tensor is not None}
                if whole.keys() >= raw.network.keys() - {"time_mlp.0.weights"}:
                    used.add(place)
                    return WeightSet(whole, {})
    return None


def _completed(sets: Mapping[str, WeightSet]) -> dict[str, WeightSet]:
    """Each set with what only the other one has: the tables, and frequencies that are not trained."""
    tables = next((weights.tables for weights in sets.values() if weights.tables), {})
    raw = sets.get("raw", WeightSet({}, {})).network
    fixed = {name: raw[name] for name in ("time_mlp.0.weights",) if name in raw}
    return {which: WeightSet({**fixed, **weights.network}, weights.tables or tables) for which, weights in sets.items()}


# --- what is told --------------------------------------------------------------------------------------------


def _unused(tensors: Mapping[str, _Named], used: set[tuple[str, ...]]) -> dict[str, int]:
    """What belongs to no network that was found, by the first part of its name that is not shared with one."""
    counts: dict[str, int] = {}
    for named in tensors.values():
        if any(named.parts[: len(root)] == root for root in used) or prod(named.tensor.shape) == 1:
            continue
        if named.parts[-1] in TABLES or any(map(_NOT_NETWORKS.search, named.parts[: named.keys])):
            continue
        shared = max((_shared(named.parts, root) for root in used), default=0)
        label = ".".join(named.parts[: shared + 1])
        counts[label] = counts.get(label, 0) + 1
    return counts


def _shared(parts: tuple[str, ...], root: tuple[str, ...]) -> int:
    return next((at for at, (a, b) in enumerate(zip(parts, root, strict=False)) if a != b), min(len(parts), len(root)))


def _refuse_without_network(path: Path, content: Any, tensors: Mapping[str, _Named]) -> None:  # noqa: ANN401
    if not tensors:
        keys = [str(key) for key in content] if isinstance(content, Mapping) else []
        plain = Phrase("file.only-plain") if content else Phrase("file.it-is-empty")
        held = Phrase("file.only", known=", ".join(keys[:5])) if keys else plain
        refuse(path, Phrase("file.no-tensors", known=held))
    networks = {
        name: named for name, named in tensors.items() if not any(map(_NOT_NETWORKS.search, named.parts[: named.keys]))
    }
    if not networks:
        refuse(path, Phrase("file.optimizer-only", name=next(iter(tensors))))
    refuse_other_network(path, [".".join(named.parts[named.keys :]) for named in networks.values()])
    shown = ", ".join(list(networks)[:3])
    refuse(path, Phrase("file.no-init-conv", name="init_conv.weight", shown=shown))


# --- weights file ----------------------------------------------------------------------------------------

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
    suffix = path.suffix.lower()
    by_name = suffix == ".safetensors" or suffix in TORCH_SUFFIXES
    is_safetensors = suffix == ".safetensors" if by_name else _begins_like_safetensors(path)
    return _safetensors(path) if is_safetensors else _torch_file(path)


def _begins_like_safetensors(path: Path) -> bool:
    """A header's length, and a header."""
    try:
        with open_regular(path) as file:
            return file.read(9)[8:] == b"{"
    except OSError as error:
        raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error


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
        isinstance(model, dict)
        and any("init_conv." in str(name) and isinstance(value, StoredTensor) for name, value in model.items())
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
    file = TensorFile(path)
    tensors = {
        name: StoredTensor(place.dtype, place.shape, partial(file.read, name), place)
        for name, place in file.header.tensors.items()
    }
    settings = _settings(path, file.header.metadata.get(METADATA_KEY))
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
