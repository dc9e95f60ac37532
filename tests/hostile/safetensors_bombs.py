"""Files of safetensors that lie in their header: name → what writes one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.hostile.made import safetensors_bytes
from tests.hostile.torch_bombs import Write

NAME = "init_conv.weight"


def entry(shape: list[Any], offsets: list[Any], dtype: Any = "F32", **more: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets, **more}


def one(shape: list[Any], offsets: list[Any], dtype: Any = "F32", data: bytes = b"\0" * 16, **more: Any) -> Write:
    return lambda path: path.write_bytes(safetensors_bytes({NAME: entry(shape, offsets, dtype, **more)}, data))


def header(text: bytes, data: bytes = b"", length: int | None = None) -> Write:
    return lambda path: path.write_bytes(safetensors_bytes(text, data, length=length))


def sparse(length: int, size: int) -> Write:
    """A file of `size` bytes with a header of `length`, most of it never written."""

    def write(path: Path) -> None:
        path.write_bytes(length.to_bytes(8, "little") + b"{")
        os.truncate(path, size)

    return write


def _hollow_tensor(path: Path) -> None:
    """An honest header, and 5 GiB of numbers that were never written."""
    numel = 5 << 28
    path.write_bytes(safetensors_bytes({NAME: entry([numel], [0, 4 * numel])}))
    os.truncate(path, path.stat().st_size + 4 * numel)


def _many(count: int) -> bytes:
    return b"{" + b",".join(b'"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}' % n for n in range(count)) + b"}"


def bombs(*, long_ones: bool = False) -> dict[str, Write]:
    """All of them; `long_ones`: those that take seconds to be made."""
    if long_ones:
        return {
            "10^6 tensors": lambda path: path.write_bytes(safetensors_bytes(_many(10**6))),
            "100 MB of JSON": lambda path: path.write_bytes(
                safetensors_bytes(b'{"__metadata__":{"a":"' + b"x" * 10**8 + b'"}}')
            ),
        }
    two = {"a": entry([2], [0, 8]), "b": entry([2], [4, 12])}
    gap = {"a": entry([2], [0, 8]), "b": entry([1], [12, 16])}
    return {
        "nothing": lambda path: path.write_bytes(b""),
        "seven bytes": lambda path: path.write_bytes(b"\1" * 7),
        "a length of 2^63": header(b"{}", length=2**63),
        "a length of 2^64 - 1": header(b"{}", length=2**64 - 1),
        "a length of 100 MB": sparse(100_000_000, 100_000_100),
        "a length of 5 GiB": sparse(5 << 30, (5 << 30) + 100),
        "5 GiB that are not there": _hollow_tensor,
        "no JSON": header(b"{" + b"\xff" * 100),
        "a list": header(b"[]"),
        "nested": header(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "nested tables": header(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
        "cut text": header(b'{"a":"'),
        "UTF-16": header('{"a":1}'.encode("utf-16")),
        "a mark before it": header(b"\xef\xbb\xbf{}"),
        "twins": header(b'{"a":%s,"a":%s}' % ((json.dumps(entry([4], [0, 16])).encode(),) * 2), b"\0" * 16),
        "twins inside": header(b'{"a":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}}', b"\0" * 16),
        "overlapping": lambda path: path.write_bytes(safetensors_bytes(two, b"\0" * 12)),
        "a gap": lambda path: path.write_bytes(safetensors_bytes(gap, b"\0" * 16)),
        "more behind it": one([4], [0, 16], data=b"\0" * 20),
        "less than it says": one([4], [0, 16], data=b"\0" * 12),
        "far out": one([4], [2**47, 2**47 + 16]),
        "backwards": one([4], [16, 0]),
        "below 0": one([-4], [0, -16]),
        "a place below 0": one([4], [-16, 0]),
        "NaN": header(b'{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,16]}}', b"\0" * 16),
        "Infinity": header(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,Infinity]}}', b"\0" * 16),
        "1e999": header(b'{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,16]}}', b"\0" * 16),
        "a fraction": one([4.0], [0, 16]),
        "a truth": one([True], [0, 4], data=b"\0" * 4),
        "text": one(["4"], [0, 16]),
        "10^6 digits": header(
            b'{"a":{"dtype":"F32","shape":[1%s],"data_offsets":[0,16]}}' % (b"0" * 10**6), b"\0" * 16
        ),
        "2^40 by 2^40": one([2**40, 2**40], [0, 16]),
        "a product that overflows to 4": one([2**32, 2**32, 4], [0, 16]),
        "a product of 0": one([2**47, 0, 2**47], [0, 0], data=b""),
        "17 axes": one([1] * 17, [0, 4], data=b"\0" * 4),
        "10^5 axes": one([1] * 10**5, [0, 4], data=b"\0" * 4),
        "a third offset": one([4], [0, 16, 32]),
        "another entry": one([4], [0, 16], run="os.system"),
        "F8": one([16], [0, 16], "F8_E4M3"),
        "C64": one([2], [0, 16], "C64"),
        "a type that is a list": one([4], [0, 16], ["F32"]),
        "a type of 10^6 letters": one([4], [0, 16], "F" * 10**6),
        "50,000 tensors": lambda path: path.write_bytes(safetensors_bytes(_many(50_000))),
        "a name of 7 MB": lambda path: path.write_bytes(
            safetensors_bytes({"n" * 7_000_000: entry([4], [0, 16])}, b"\0" * 16)
        ),
        "names of halves": header(b'{"\\ud800":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', b"\0" * 16),
        "names of controls": header(
            b'{"\\u0000\\u001b[2J\\u202e":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', b"\0" * 16
        ),
        "notes that are numbers": header(b'{"__metadata__":{"a":1}}'),
        "500,000 notes": header(b'{"__metadata__":{%s}}' % b",".join(b'"%d":""' % n for n in range(400_000))),
        "settings that are nested": header(
            json.dumps({"__metadata__": {"ddpm_studio": "[" * 100_000}, NAME: entry([8, 1, 7, 7], [0, 1568])}).encode(),
            b"\0" * 1568,
        ),
        "a network of 10^14": header(
            json.dumps(
                {NAME: entry([4, 1, 7, 7], [0, 784]), "time_mlp.3.weight": entry([4 * 10**6, 0], [784, 784])}
            ).encode(),
            b"\0" * 784,
        ),
    }
