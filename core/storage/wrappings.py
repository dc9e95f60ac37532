"""Which networks are among a file's tensors, whatever they were wrapped in when they were saved.

A state_dict is saved bare or under a key, inside another one, by a wrapper that prefixes every name (DataParallel,
torch.compile, an average, a Lightning module), with an average beside it, or with other networks of the same training.
So a network is looked for by its first tensor, `init_conv.weight`, at whatever place; that place says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from ..errors import Phrase
from .architecture import refuse, refuse_other_network
from .fitting import FLOATS, TABLES
from .stored import StoredTensor, WeightSet
from .tensors_header import MAX_NAME

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
