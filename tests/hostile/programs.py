"""Pickles that would run something, in as many ways as there are: each would make a file called like its argument."""

from __future__ import annotations

import functools
import importlib
import io
import operator
import os
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch


class Would:
    """Pickled, it becomes a call of `function`; also as another one's argument or function."""

    def __init__(self, function: Any, *arguments: Any, state: Any = None) -> None:
        self.function, self.arguments, self.state = function, arguments, state

    def __call__(self) -> None:
        """Only to be taken for a function by pickle."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (self.function, self.arguments) if self.state is None else (self.function, self.arguments, self.state)


class _Forged(pickle._Pickler):  # type: ignore[name-defined]
    """Writes protocol 2 and puts in raw opcodes where a value is of Raw."""

    def save(self, value: Any, save_persistent_id: bool = True) -> None:
        if isinstance(value, Raw):
            self.write(value.opcodes)
        else:
            super().save(value, save_persistent_id)


class Raw:
    """Opcodes that leave one value on the stack."""

    def __init__(self, opcodes: bytes) -> None:
        self.opcodes = opcodes


def torch_file(content: Any) -> bytes:
    """What torch.save would write of a value that holds Would or Raw anywhere."""
    made = io.BytesIO()
    torch.save(content, made, pickle_module=SimpleNamespace(__name__="forged", Pickler=_Forged))
    return made.getvalue()


def text(word: str) -> bytes:
    data = word.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def values(canary: str) -> dict[str, Any]:
    """Name → what stands in the place of a value, and would run when it is made."""
    command = f"touch '{canary}'"
    code = f"open({canary!r}, 'w')"
    shell = text(command)
    return {
        "os.system": Would(os.system, command),
        "eval": Would(eval, code),
        "exec": Would(exec, code),
        "open": Would(open, canary, "w"),
        "import": Would(__import__, "antigravity"),
        "getattr": Would(Would(getattr, Would(importlib.import_module, "os"), "system"), command),
        "methodcaller": Would(operator.methodcaller("system", command), Would(importlib.import_module, "os")),
        "partial": Would(functools.partial(os.system, command)),
        "map": Would(list, Would(map, os.system, [command])),
        "torch.load inside": Would(torch.load, canary),
        "_load_from_bytes": Would(torch.storage._load_from_bytes, pickle.dumps(Would(os.system, command))),
        "_rebuild_from_type_v2": Would(torch._tensor._rebuild_from_type_v2, os.system, str, (command,), {}),
        "_rebuild_parameter": Would(torch._utils._rebuild_parameter, Would(os.system, command), True, OrderedDict()),
        "hooks of a parameter": Would(torch._utils._rebuild_parameter, torch.zeros(1), True, Would(os.system, command)),
        "OrderedDict of a call": Would(OrderedDict, Would(os.system, command)),
        "state of an OrderedDict": Would(OrderedDict, state={"_metadata": Would(os.system, command)}),
        "torch.Size of a call": Would(torch.Size, Would(list, Would(os.system, command))),
        "dtype by getattr": Would(getattr, Would(importlib.import_module, "torch"), "float32"),
        "hub": Would(torch.hub.load, "someone/something", "model"),
        "reconstructor": Raw(b"ccopyreg\n_reconstructor\n(cos\nsystem\nc__builtin__\nobject\nNtR"),
        "newobj": Raw(b"cos\nsystem\n" + shell + b"\x85\x81"),
        "newobj_ex": Raw(b"csubprocess\nPopen\n" + shell + b"\x85}" + text("shell") + b"\x88s\x92"),
        "inst": Raw(b"(" + shell + b"ios\nsystem\n"),
        "obj": Raw(b"(cos\nsystem\n" + shell + b"o"),
        "stack_global": Raw(text("os") + text("system") + b"\x93" + shell + b"\x85R"),
        "stack_global with dots": Raw(text("os") + text("path.os.system") + b"\x93" + shell + b"\x85R"),
        "extension 1": Raw(b"\x82\x01" + shell + b"\x85R"),
        "extension 2": Raw(b"\x83\x01\x00" + shell + b"\x85R"),
        "extension 4": Raw(b"\x84\x01\x00\x00\x00" + shell + b"\x85R"),
        "persistent id in words": Raw(b"Pcos\nsystem\n"),
        "persistent id of a call": Raw(b"cos\nsystem\n" + shell + b"\x85RQ"),
        "build on a call": Raw(b"cos\nsystem\n" + shell + b"\x85R}b"),
        "build with a call": Raw(b"ccollections\nOrderedDict\n)R}" + text("a") + b"cos\nsystem\n" + shell + b"\x85Rsb"),
        "built and dropped": Raw(b"cos\nsystem\n" + shell + b"\x85R0N"),
        "built and left behind": Raw(b"cos\nsystem\n" + shell + b"\x85RN"),
        "built and overwritten": Raw(b"}(" + text("a") + b"cos\nsystem\n" + shell + b"\x85R" + text("a") + b"Nu"),
        "as a name": Raw(b"}cos\nsystem\n" + shell + b"\x85RNs"),
        "in a set": Raw(b"\x8f(cos\nsystem\n" + shell + b"\x85R\x90"),
        "in a frozen set": Raw(b"(cos\nsystem\n" + shell + b"\x85R\x91"),
        "by the memo": Raw(b"cos\nsystem\nq\xff" + shell + b"\x85Rr\xff\x00\x00\x00" + b"\x85"),
        "a name alone": Raw(b"cos\nsystem\n"),
    }


def in_places(value: Any) -> dict[str, Callable[[dict[str, Any]], object]]:
    """Where in the library's checkpoint such a value may stand: name → what puts it there."""

    def weight(content: dict[str, Any]) -> None:
        content["model"] = {**content["model"], "model.init_conv.weight": value}

    return {
        "a weight": weight,
        "an unknown entry": lambda content: content.update(notes=[{"deep": (1, [value])}]),
        "version": lambda content: content.update(version=value),
        "an optimizer's option": lambda content: content["opt"]["param_groups"][0].update(lr=value),
        "the scaler": lambda content: content.update(scaler=value),
        "all of it": lambda content: content.update(model=value),
    }
