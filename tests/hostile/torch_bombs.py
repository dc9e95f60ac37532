"""Files of torch.save that lie about their archive, their tensors or their description: name → what writes one."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tests.hostile.made import GOLDEN, archive, library_content
from tests.hostile.programs import text

Write = Callable[[Path], object]
#: A dictionary with one entry, a tensor over storage 0.
PICKLE = b"\x80\x02}"


def long(value: int) -> bytes:
    length = value.bit_length() // 8 + 1
    return bytes([0x8A, length]) + value.to_bytes(length, "little", signed=True)


def tensor(
    numel: int, shape: tuple[int, ...], stride: tuple[int, ...], *, offset: int = 0, kind: bytes = b"FloatStorage"
) -> bytes:
    """The opcodes of a tensor, whatever its numbers."""
    storage = b"(" + text("storage") + b"ctorch\n" + kind + b"\n" + text("0") + text("cpu") + long(numel) + b"tQ"
    sizes = b"(" + b"".join(map(long, shape)) + b"t(" + b"".join(map(long, stride)) + b"t"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + long(offset) + sizes + b"\x89}tR"


def named(name: str, opcodes: bytes, numbers: bytes = b"\0" * 16) -> Write:
    program = PICKLE + text(name) + opcodes + b"s."
    return lambda path: path.write_bytes(archive({"data.pkl": program, "data/0": numbers}))


def described(program: bytes) -> Write:
    return lambda path: path.write_bytes(archive({"data.pkl": program}))


def golden_with(change: Callable[[bytearray], object]) -> Write:
    def write(path: Path) -> None:
        data = bytearray(GOLDEN.read_bytes())
        change(data)
        path.write_bytes(data)

    return write


def saved(content: Callable[[], Any]) -> Write:
    return lambda path: torch.save(content(), path)


def views(numbers: torch.Tensor) -> dict[str, torch.Tensor]:
    """Many tensors over the same numbers."""
    return {str(start): numbers[start:] for start in range(64)}


def with_model(change: dict[str, Any]) -> dict[str, Any]:
    content = library_content()
    return {"step": 1, "model": {**content["model"], **change}}


def _end(data: bytearray) -> int:
    return data.rfind(b"PK\x05\x06")


def _first_entry(data: bytearray) -> int:
    return int.from_bytes(data[_end(data) + 16 : _end(data) + 20], "little")


def _put(layout: str, place: int, value: int) -> Callable[[bytearray], object]:
    """Put a number `place` bytes into the directory's end."""
    return lambda data: struct.pack_into(layout, data, _end(data) + place, value)


def _in_entry(layout: str, place: int, value: int) -> Callable[[bytearray], object]:
    return lambda data: struct.pack_into(layout, data, _first_entry(data) + place, value)


def _end_64(count: int, length: int, start: int, at: int) -> Callable[[bytearray], object]:
    """Add a second end of the directory, of 64 bits."""

    def change(data: bytearray) -> None:
        end = _end(data)
        record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start)
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at if at >= 0 else end, 1)
        data[end:end] = record + locator
        struct.pack_into("<2H2I", data, _end(data) + 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)

    return change


def _overlapping(path: Path) -> None:
    """Every part's bytes are those of the first."""
    data = bytearray(archive({"data.pkl": b"\x80\x02}.", **{f"data/{n}": b"\0" * 64 for n in range(50)}}))
    at = _first_entry(data)
    while data[at : at + 4] == b"PK\x01\x02":
        struct.pack_into("<I", data, at + 42, 0)
        at += 46 + sum(struct.unpack_from("<3H", data, at + 28))
    path.write_bytes(data)


def _twins(path: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as file:
        warnings.simplefilter("ignore")
        for _ in range(2):
            file.writestr("a/data.pkl", b"\x80\x02}.")


def parts(count: int) -> Write:
    """An archive of so many empty parts, each with a header of its own."""

    def write(path: Path) -> None:
        heads, entries, at = io.BytesIO(), io.BytesIO(), 0
        for number in range(count):
            name = b"a/data/%07d" % number if number else b"a/data.pkl "
            heads.write(struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name)
            entries.write(
                struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, at)
                + name
            )
            at += 30 + len(name)
        shown = min(count, 0xFFFF)
        end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, shown, shown, entries.tell(), at, 0)
        path.write_bytes(heads.getvalue() + entries.getvalue() + end)
        if count > 0xFFFF:
            data = bytearray(path.read_bytes())
            _end_64(count, entries.tell(), at, -1)(data)
            path.write_bytes(data)

    return write


def sparse(path: Path) -> None:
    """5 GiB that were never written, which a part says it holds."""
    hole = 5 << 30
    program = PICKLE + text("init_conv.weight") + tensor(hole // 4, (hole // 4,), (1,)) + b"s."
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", allowZip64=True) as file:
        file.writestr("a/data.pkl", program)
        file.writestr("a/data/0", b"")
    data = made.getvalue()
    path.write_bytes(data)
    os.truncate(path, hole)
    with path.open("ab") as file:
        file.write(data[data.find(b"PK\x01\x02") :])


def _wide(count: int) -> bytes:
    return b"(" + b"".join(text(f"n{number}") + b"N" for number in range(count)) + b"u"


def bombs(*, long_ones: bool = False) -> dict[str, Write]:
    """All of them; `long_ones`: those that take seconds to be made."""
    if long_ones:
        return {"10^6 parts": parts(10**6), "5 GiB that are not there": sparse}
    golden = GOLDEN.read_bytes()
    deep = b"\x80\x02" + b"(" * 200_000 + b"t" * 200_000 + b"."
    laughs = b"\x80\x02(]q\0" + b"".join(b"(h%ch%ct" % (n, n) + b"q%c" % (n + 1) for n in range(100)) + b"t."
    return {
        "deflated": lambda path: path.write_bytes(
            archive({"data.pkl": b"\x80\x02}.", "data/0": b"\0" * 5_000_000}, zipfile.ZIP_DEFLATED)
        ),
        "deflated pickle": lambda path: path.write_bytes(archive({"data.pkl": b"N" * 10**6}, zipfile.ZIP_DEFLATED)),
        "said to be stored": golden_with(_in_entry("<I", 24, 0x7FFFFFF0)),
        "encrypted": golden_with(_in_entry("<H", 8, 1)),
        "another disk": golden_with(_put("<H", 4, 7)),
        "overlapping parts": _overlapping,
        "two of one name": _twins,
        "60,000 parts": parts(60_000),
        "parts that are not there": golden_with(_put("<H", 8, 0xFFFE)),
        "a directory of 4 GiB": golden_with(_put("<I", 12, 0xFFFFFFF0)),
        "a directory behind the end": golden_with(_put("<I", 16, 0xFFFFFFF0)),
        "64 bits: 2^60 parts": golden_with(_end_64(2**60, 46, 0, -1)),
        "64 bits: 2^63 bytes": golden_with(_end_64(1, 2**63, 0, -1)),
        "64 bits: begins behind the end": golden_with(_end_64(1, 46, 2**63, -1)),
        "64 bits: somewhere else": golden_with(_end_64(1, 46, 0, 2**63)),
        "64 bits: in itself": golden_with(_end_64(1, 46, 0, 0)),
        "a comment that holds another end": golden_with(lambda data: data.extend(data[_end(data) :])),
        "something before it": lambda path: path.write_bytes(b"#!/bin/sh\n" + golden),
        "something behind it": lambda path: path.write_bytes(golden + b"\0" * 100),
        "half of it": lambda path: path.write_bytes(golden[: len(golden) // 2]),
        "nothing": lambda path: path.write_bytes(b""),
        "a stride of 0": saved(lambda: {"init_conv.weight": torch.zeros(1).expand(10**9)}),
        "many views of one": saved(lambda: views(torch.zeros(10**5))),
        "10^12 numbers": named("x", tensor(10**12, (10**12,), (1,))),
        "a stride of 0 by hand": named("x", tensor(4, (2**40,), (0,))),
        "a huge stride": named("x", tensor(4, (2, 2), (2**47, 1))),
        "strides that overflow": named("x", tensor(4, (2**40, 2**40), (2**47, 2**47))),
        "a negative stride": named("x", tensor(4, (4,), (-1,), offset=3)),
        "a shape that overflows": named("x", tensor(4, (2**32, 2**32), (1, 1))),
        "a shape that is huge but empty": named("x", tensor(0, (0, 2**47, 2**47), (1, 1, 1)), b""),
        "17 axes": named("x", tensor(4, (1,) * 17, (1,) * 17)),
        "an offset that is huge": named("x", tensor(4, (1,), (1,), offset=2**62)),
        "an offset below 0": named("x", tensor(4, (1,), (1,), offset=-1)),
        "other numbers": named("x", tensor(5, (5,), (1,))),
        "fewer than none": named("x", tensor(-4, (4,), (1,))),
        "100,000 tensors": described(
            PICKLE + b"(" + b"".join(text(f"{n}") + tensor(0, (0,), (1,)) for n in range(100_000)) + b"u."
        ),
        "a name of 10 MB": named("x" * 10**7, tensor(4, (4,), (1,))),
        "names of controls": named(
            "\x1b]0;\x07\u202e\n<b>init_conv.weight", tensor(4, (4,), (1,), kind=b"X\x1bStorage")
        ),
        "nested": described(deep),
        "a list in itself": described(b"\x80\x02]q\0h\0a."),
        "a billion laughs": described(laughs),
        "a million names": described(PICKLE + _wide(1_000_000) + b"."),
        "a million nothings": described(b"\x80\x02(" + b"N" * 1_200_000 + b"t."),
        "empty lists": described(b"\x80\x02(" + b"]" * 900_000 + b"t."),
        "15 MB of text": described(b"\x80\x02" + text("é" * 7_000_000) + b"."),
        "numbers of 255 bytes": described(b"\x80\x02(" + (b"\x8a\xff" + b"\x7f" * 255) * 60_000 + b"t."),
        "keys that hash alike": described(
            PICKLE + b"(" + b"".join(long(n * (2**61 - 1)) + b"N" for n in range(50_000)) + b"u."
        ),
        "a memo at 2^32": described(PICKLE + b"r\xff\xff\xff\xff."),
        "a text of 2 GiB": described(b"\x80\x02X\xff\xff\xff\x7fab."),
        "no end": described(b"\x80\x02" + b"}" * 100),
        "another byte order": lambda path: path.write_bytes(archive({"data.pkl": b"\x80\x02}.", "byteorder": b"big"})),
        "a network of 10^14": saved(lambda: with_model({"model.time_mlp.3.weight": torch.zeros(4 * 10**6, 1)})),
        "a schedule of 10^6": saved(lambda: with_model({"betas": torch.zeros(10**6)})),
        "steps that are no number": saved(
            lambda: {**with_model({"model.final_conv.bias": torch.zeros(7)}), "step": 2**70}
        ),
    }
