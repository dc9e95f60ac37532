"""What a pickle would build, without building it: reads the few opcodes that saved weights need, and nothing runs.

A pickle is a program. This machine knows no calls and no imports: a name stays a name, and a "call" becomes a record of
what would have been called with what. Whoever reads the outline decides what the known names mean and refuses the rest.
Opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..errors import Phrase

#: More than any checkpoint's description needs; a second to walk through.
MAX_OPCODES = 400_000
#: In memory one letter that is not Latin makes a text four times as long.
MAX_BYTES = 16 << 20
#: Numbers that name something: parameters are counted.
MAX_KEY = 1 << 20


class NotAnOutlineError(Exception):
    """The pickle needs more than the description of saved weights does; the message says what."""


@dataclass(frozen=True, slots=True)
class Name:
    """A global that the pickle names, such as `torch._utils._rebuild_tensor_v2`. Never imported."""

    text: str


@dataclass(slots=True, eq=False)
class Call:
    """What would have been called; `items` are what would have been put into the result, as OrderedDict is filled."""

    function: Name
    arguments: tuple[Any, ...]
    items: dict[Any, Any] = field(default_factory=dict)
    attributes: list[Any] = field(default_factory=list)  #: what the result would have been given besides


@dataclass(frozen=True, slots=True)
class Persistent:
    """A reference to something outside of the pickle: a storage, in a file of tensors."""

    identity: Any


_MARK = object()


def read_outline(program: bytes) -> Any:  # noqa: ANN401 (what the pickle holds: dict, list, str, Call, …)
    """The value of a pickle, with Name, Call and Persistent where it would have run something.

    Raises NotAnOutlineError for opcodes that plain data does not need, and for programs that are cut off or nonsense.
    """
    if len(program) > MAX_BYTES:
        raise NotAnOutlineError(Phrase("file.description-long", bytes=len(program)))
    try:
        return _Machine(program).run()
    except (IndexError, TypeError, ValueError, KeyError, AttributeError, struct.error, UnicodeError) as error:
        raise NotAnOutlineError(Phrase("file.description-damaged")) from error


class _Machine:
    """A stack, a memo and a position; one method per kind of opcode."""

    def __init__(self, program: bytes) -> None:
        self._program = program
        self._at = 0
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:  # noqa: ANN401
        for _ in range(MAX_OPCODES):
            opcode = self._program[self._at]
            self._at += 1
            if opcode == _STOP:
                value = self.pop()
                if self._stack:
                    raise NotAnOutlineError(Phrase("file.description-grows"))
                return value
            action = _ACTIONS.get(opcode)
            if action is None:
                raise NotAnOutlineError(Phrase("file.opcode", opcode=opcode))
            action(self)
        raise NotAnOutlineError(Phrase("file.description-steps", count=MAX_OPCODES))

    # --- reading the program ---

    def take(self, count: int) -> bytes:
        """The next bytes. ValueError when there are not as many."""
        start, self._at = self._at, self._at + count
        if count < 0 or self._at > len(self._program):
            raise ValueError("cut off")
        return self._program[start : self._at]

    def skip(self, count: int) -> None:
        self.take(count)

    def number(self, layout: str) -> Any:  # noqa: ANN401 (int or float, as the layout says)
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def line(self) -> str:
        end = self._program.index(b"\n", self._at)
        text = self._program[self._at : end].decode()
        self._at = end + 1
        return text

    # --- the stack ---

    def push(self, value: Any) -> None:  # noqa: ANN401
        self._stack.append(value)

    def pop(self) -> Any:  # noqa: ANN401
        value = self._stack.pop()
        if value is _MARK:
            raise ValueError("a mark where a value should be")
        return value

    def pop_to_mark(self) -> list[Any]:
        start = len(self._stack) - 1
        while self._stack[start] is not _MARK:
            start -= 1
            if start < 0:
                raise ValueError("no mark")
        values = self._stack[start + 1 :]
        del self._stack[start:]
        return values

    def take_tuple(self, count: int) -> None:
        values = tuple(self.pop() for _ in range(count))
        self.push(values[::-1])

    # --- containers ---

    def append(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if type(target) is not list:
            raise ValueError("appended to no list")
        target.extend(values)

    def fill(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        items = target.items if isinstance(target, Call) else target
        if type(items) is not dict or len(pairs) % 2:
            raise ValueError("filled no mapping")
        # Also because the hash of a tuple of tuples can take for ever, and large numbers of the same hash each other.
        if not all(type(key) is str or (type(key) is int and 0 <= key < MAX_KEY) for key in pairs[::2]):
            raise NotAnOutlineError(Phrase("file.name-no-text"))
        before = len(items)
        items.update(zip(pairs[::2], pairs[1::2], strict=True))
        # What is built and then overwritten would have run all the same.
        if len(items) != before + len(pairs) // 2:
            raise NotAnOutlineError(Phrase("file.same-entries"))

    def set_item(self) -> None:
        value, key = self.pop(), self.pop()
        self.fill([key, value])

    # --- what would run ---

    def name(self, module: str, attribute: str) -> None:
        self.push(Name(f"{module}.{attribute}"))

    def stack_name(self) -> None:
        attribute, module = self.pop(), self.pop()
        if not (isinstance(module, str) and isinstance(attribute, str)):
            raise ValueError("a name that is no text")
        self.name(module, attribute)

    def call(self) -> None:
        arguments, function = self.pop(), self.pop()
        if not (isinstance(function, Name) and isinstance(arguments, tuple)):
            raise NotAnOutlineError(Phrase("file.calls-nameless"))
        self.push(Call(function, arguments))

    def new_object(self) -> None:
        """An instance of a class: only for its name to be told, since whole modules are pickled so."""
        arguments, kind = self.pop(), self.pop()
        if not (isinstance(kind, Name) and isinstance(arguments, tuple)):
            raise NotAnOutlineError(Phrase("file.opcode", opcode=_NEWOBJ))
        self.push(Call(kind, arguments))

    def build(self) -> None:
        # Attributes of the value before it; only state_dict's version notes come this way, which say nothing here.
        attributes, target = self.pop(), self._stack[-1]
        if not isinstance(target, Call):
            raise ValueError("attributes of a plain value")
        target.attributes.append(attributes)

    # --- the memo ---

    def put(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def get(self, index: int) -> None:
        self.push(self._memo[index])


def _text(machine: _Machine, layout: str) -> None:
    machine.push(machine.take(machine.number(layout)).decode("utf-8", "surrogatepass"))


def _long(machine: _Machine, layout: str) -> None:
    machine.push(int.from_bytes(machine.take(machine.number(layout)), "little", signed=True))


_STOP = ord(".")
_NEWOBJ = 0x81

_ACTIONS: dict[int, Callable[[_Machine], None]] = {
    0x80: lambda m: m.skip(1),  # PROTO
    0x95: lambda m: m.skip(8),  # FRAME
    ord("("): lambda m: m.push(_MARK),
    ord("N"): lambda m: m.push(None),
    0x88: lambda m: m.push(True),
    0x89: lambda m: m.push(False),
    ord("K"): lambda m: m.push(m.number("<B")),
    ord("M"): lambda m: m.push(m.number("<H")),
    ord("J"): lambda m: m.push(m.number("<i")),
    0x8A: lambda m: _long(m, "<B"),  # LONG1
    ord("G"): lambda m: m.push(m.number(">d")),
    ord("X"): lambda m: _text(m, "<I"),  # BINUNICODE
    0x8C: lambda m: _text(m, "<B"),  # SHORT_BINUNICODE
    ord("U"): lambda m: m.push(m.take(m.number("<B"))),  # SHORT_BINSTRING
    ord("C"): lambda m: m.push(m.take(m.number("<B"))),  # SHORT_BINBYTES
    ord("}"): lambda m: m.push({}),
    ord("]"): lambda m: m.push([]),
    ord(")"): lambda m: m.push(()),
    0x8F: lambda m: m.push([]),  # EMPTY_SET, which is only ever filled
    0x90: lambda m: m.append(m.pop_to_mark()),  # ADDITEMS
    0x85: lambda m: m.take_tuple(1),
    0x86: lambda m: m.take_tuple(2),
    0x87: lambda m: m.take_tuple(3),
    ord("t"): lambda m: m.push(tuple(m.pop_to_mark())),
    ord("a"): lambda m: m.append([m.pop()]),
    ord("e"): lambda m: m.append(m.pop_to_mark()),
    ord("s"): lambda m: m.set_item(),
    ord("u"): lambda m: m.fill(m.pop_to_mark()),
    ord("q"): lambda m: m.put(m.number("<B")),
    ord("r"): lambda m: m.put(m.number("<I")),
    0x94: lambda m: m.put(len(m._memo)),  # MEMOIZE
    ord("h"): lambda m: m.get(m.number("<B")),
    ord("j"): lambda m: m.get(m.number("<I")),
    ord("c"): lambda m: m.name(m.line(), m.line()),
    0x93: lambda m: m.stack_name(),
    ord("R"): lambda m: m.call(),
    _NEWOBJ: lambda m: m.new_object(),
    ord("b"): lambda m: m.build(),
    ord("Q"): lambda m: m.push(Persistent(m.pop())),
}
