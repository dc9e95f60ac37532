"""Adam's state between this program and the library: the same moments, counted by parameter or called by name.

The library's optimizer has one group with all parameters in the model's order; this program's has two, and its run
folders keep the moments under the parameters' names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from ..errors import CheckpointError, Phrase
from ..runs.fitting import FLOATS, refuse, require_finite, require_moments
from ..runs.tensors import plain_copy
from .weights_file import StoredTensor

MOMENTS = ("step", "exp_avg", "exp_avg_sq")
#: What a group of Adam's has.
_OPTIONS = ("lr", "betas", "eps", "weight_decay")


def read_adam_state(path: Path, stored: Any, model: nn.Module) -> dict[str, Any]:  # noqa: ANN401 (as a file has it)
    """The optimizer's state_dict of the library's checkpoint at `path`; {} where it has none.

    Raises CheckpointError where it is none of Adam, or of other parameters than the model's.
    """
    if stored is None:
        return {}
    parameters = list(model.parameters())
    match stored:
        case {"state": dict(state), "param_groups": [{"params": list(order), **options}]}:
            pass
        case _:
            refuse(path, Phrase("file.optimizer-groups"))
    if order != list(range(len(parameters))) or not all(key in range(len(order)) for key in state):
        refuse(path, Phrase("file.optimizer-count", got=len(order), wanted=len(parameters)))
    read: dict[int, dict[str, Any]] = {}
    for index, moments in state.items():
        if not isinstance(moments, dict) or set(moments) != set(MOMENTS):
            refuse(path, Phrase("file.optimizer-not-adam", index=index))
        for name, value in moments.items():
            wanted = () if name == "step" else tuple(parameters[index].shape)
            # Old versions of torch count steps in plain numbers.
            shape = () if isinstance(value, int | float) else getattr(value, "shape", None)
            if shape != wanted:
                refuse(path, Phrase("file.optimizer-shape", name=name, index=index))
            if getattr(value, "dtype", "float32") not in FLOATS and name != "step":
                refuse(path, Phrase("file.optimizer-dtype", name=name, index=index, dtype=value.dtype))
        read[index] = {name: _read(value) for name, value in moments.items()}
    tensors = {
        f"optimizer's {name} of parameter {index}": value.float()
        for index, moments in read.items()
        for name, value in moments.items()
        if isinstance(value, Tensor)
    }
    require_finite(path, tensors)
    named = {
        f"{index}.{name}": torch.as_tensor(value) for index, moments in read.items() for name, value in moments.items()
    }
    require_moments(path, named)
    for name, value in options.items():
        if not _is_plain_option(value):
            refuse(path, Phrase("file.optimizer-entry", name=name))
    group = {name: _read(value) for name, value in options.items()}
    return {"state": read, "param_groups": [{**group, "params": order}]}


def library_adam_state(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer | Mapping[str, Any] | None
) -> dict[str, Any]:
    """The state_dict that the library's Adam over `model.parameters()` loads, tensors on the CPU.

    optimizer: Adam or AdamW over the model's parameters in groups of any kind, or such a state_dict with one group, or
    None for one that has not begun. A weight decay that differs between groups becomes 0, the library's own.
    path: of the file it is for, for errors. Raises CheckpointError for what has no place there.
    """
    if isinstance(optimizer, torch.optim.Optimizer):
        return _of_optimizer(path, model, optimizer)
    if optimizer is None or not optimizer:
        return {"state": {}, "param_groups": [_group(model)]}
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    match optimizer:
        case {"state": dict(state), "param_groups": [{"params": list(order), **options}]} if len(order) == len(shapes):
            pass
        case _:
            _no_place(path, Phrase("place.optimizer-groups"))
    missing = [name for name in _OPTIONS if name not in options]
    if missing:
        _no_place(path, Phrase("place.optimizer-without", name=", ".join(missing)))
    for index, moments in state.items():
        found = {name: tuple(torch.as_tensor(value).shape) for name, value in dict(moments).items()}
        if index not in range(len(shapes)):
            _no_place(path, Phrase("place.state-of-index", index=index, count=len(shapes)))
        if found != {"step": (), "exp_avg": shapes[index], "exp_avg_sq": shapes[index]}:
            names = ", ".join(map(str, found)) or Phrase("value.nothing")
            _no_place(path, Phrase("place.state-not-adams", index=index, known=names))
    return {
        "state": {index: _plain(moments) for index, moments in state.items()},
        "param_groups": [{**options, "params": order}],
    }


def named_adam_state(
    path: Path, model: nn.Module, moments: Mapping[str, Tensor], *, learning_rate: float
) -> dict[str, Any]:
    """As `library_adam_state`, from what a run's checkpoint keeps: "<parameter>.exp_avg", ".exp_avg_sq", ".step"."""
    by_name: dict[str, dict[str, Any]] = {}
    for name, value in moments.items():
        parameter, _, moment = name.rpartition(".")
        by_name.setdefault(parameter, {})[moment] = value
    order = {name: index for index, (name, _) in enumerate(model.named_parameters())}
    for name in by_name:
        if name not in order:
            _no_place(path, Phrase("place.state-of", name=name))
    state = {order[name]: _plain(by_name[name]) for name in sorted(by_name, key=order.__getitem__)}
    return {"state": state, "param_groups": [_group(model, lr=learning_rate)]}


def _of_optimizer(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    if not isinstance(optimizer, torch.optim.Adam | torch.optim.AdamW):
        _no_place(path, Phrase("place.not-adam", name=type(optimizer).__name__))
    order = {id(parameter): index for index, parameter in enumerate(model.parameters())}
    state: dict[int, dict[str, Any]] = {}
    for parameter, moments in optimizer.state.items():
        if id(parameter) not in order:
            _no_place(path, Phrase("place.other-parameters"))
        if set(moments) != set(MOMENTS):
            known = ", ".join(moments) or Phrase("value.none")
            _no_place(path, Phrase("place.not-adams", name=type(optimizer).__name__, known=known))
        state[order[id(parameter)]] = _plain({name: moments[name] for name in MOMENTS})
    options: dict[str, Any] = {}
    for name in ("lr", "betas", "eps"):
        given = (group[name] for group in optimizer.param_groups)
        values = {value if isinstance(value, tuple) else float(value) for value in given}
        if len(values) != 1:
            _no_place(path, Phrase("place.groups", name=name))
        options[name] = values.pop()
    decays = {group["weight_decay"] for group in optimizer.param_groups}
    options["weight_decay"] = decays.pop() if len(decays) == 1 else 0
    options["decoupled_weight_decay"] = isinstance(optimizer, torch.optim.AdamW)
    return {"state": dict(sorted(state.items())), "param_groups": [_group(model, **options)]}


def _group(model: nn.Module, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    """The one group of the library's Adam; torch says which options there are."""
    fresh = torch.optim.Adam([torch.zeros(1)], lr=1e-4, betas=(0.9, 0.99)).state_dict()["param_groups"][0]
    return {**fresh, **options, "params": list(range(len(list(model.parameters()))))}


def _is_plain_option(value: object) -> bool:
    match value:
        case None | bool() | int() | float() | str():
            return True
        case tuple() | list():
            return all(isinstance(number, int | float) for number in value)
        case StoredTensor(shape=()):
            return True
    return False


def _read(value: Any) -> Any:  # noqa: ANN401
    return value.read() if isinstance(value, StoredTensor) else value


def _plain(moments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain_copy(value) if isinstance(value, Tensor) else value for name, value in moments.items()}


def _no_place(path: Path, feature: Phrase) -> NoReturn:
    raise CheckpointError("checkpoint.no-place", path=path, feature=feature)
