"""Files of torch.save are read to the last bit, and what only looks like one is refused without running anything."""

import os
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compat.pickle_outline import NotAnOutlineError, read_outline
from core.compat.torch_file import TensorEntry, TorchFile
from core.errors import CheckpointError

GOLDEN = Path(__file__).parents[2] / "golden" / "model-1.pt"


def assert_same(file: TorchFile, ours: object, theirs: object) -> int:
    """How many tensors were compared."""
    if isinstance(ours, TensorEntry):
        tensor = file.read(ours)
        assert isinstance(theirs, torch.Tensor)
        assert (tensor.dtype, tensor.shape) == (theirs.dtype, theirs.shape)
        assert torch.equal(tensor, theirs)
        assert tensor.is_contiguous()
        return 1
    if isinstance(ours, dict):
        assert isinstance(theirs, dict) and list(ours) == list(theirs)
        return sum(assert_same(file, ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list | tuple):
        assert isinstance(theirs, list | tuple) and len(ours) == len(theirs)
        return sum(assert_same(file, a, b) for a, b in zip(ours, theirs, strict=True))
    assert ours == theirs
    return 0


def test_the_librarys_checkpoint_is_read_as_torch_reads_it() -> None:
    file = TorchFile(GOLDEN)
    assert assert_same(file, file.content, torch.load(GOLDEN, weights_only=True)) == 887


def test_views_types_and_plain_values(tmp_path: Path) -> None:
    x = torch.randn(4, 5)
    saved = {
        "transposed": x.t(),
        "part": x[1:3, 2:],
        "bfloat16": x.bfloat16(),
        "half": x.half(),
        "double": x.double(),
        "truth": x > 0,
        "bytes": torch.tensor([1, 2], dtype=torch.uint8),
        "empty": torch.empty(0, 3),
        "scalar": torch.tensor(3),
        "parameter": torch.nn.Parameter(x),
        "layer": torch.nn.Linear(2, 3).state_dict(),
        "channels_last": torch.randn(1, 2, 3, 4).to(memory_format=torch.channels_last),
        "size": tuple(x.shape),
        "numbers": [1, -3, 300, 70_000, 2**70, 1.5, True, None, "text"],
    }
    torch.save(saved, tmp_path / "saved.pt")
    file = TorchFile(tmp_path / "saved.pt")
    assert_same(file, file.content, torch.load(tmp_path / "saved.pt", weights_only=True))


def test_the_receiver_may_write_to_what_it_got(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "a.pt")
    file = TorchFile(tmp_path / "a.pt")
    file.read(file.content["a"]).fill_(1)
    assert torch.equal(file.read(file.content["a"]), torch.zeros(3))


class RunsACommand:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch '{self.mark}'",)


def write_archive(path: Path, program: bytes, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a/data.pkl", program)
        for name, data in members.items():
            archive.writestr(f"a/data/{name}", data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        TorchFile(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_code_is_named_and_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    torch.save({"model": RunsACommand(mark)}, tmp_path / "evil.pt")
    assert "system to be run" in refusal(tmp_path / "evil.pt")
    assert not mark.exists()


@pytest.mark.parametrize("protocol", range(6))
def test_a_bare_pickle_is_no_torch_file(tmp_path: Path, protocol: int) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "evil.pt").write_bytes(pickle.dumps(RunsACommand(mark), protocol))
    assert "not a file of torch.save" in refusal(tmp_path / "evil.pt")
    assert not mark.exists()


def test_a_view_that_repeats_its_numbers_costs_nothing(tmp_path: Path) -> None:
    torch.save({"x": torch.zeros(1).expand(10**9)}, tmp_path / "stride0.pt")
    tracemalloc.start()
    assert "larger than itself" in refusal(tmp_path / "stride0.pt")
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_many_views_of_the_same_numbers(tmp_path: Path) -> None:
    x = torch.zeros(10_000)
    torch.save([x[index:] for index in range(50)], tmp_path / "views.pt")
    assert "larger than itself" in refusal(tmp_path / "views.pt")


def tensor_program(numel: int, size: int, stride: int = 1, offset: int = 0, kind: bytes = b"FloatStorage") -> bytes:
    def number(value: int) -> bytes:
        data = value.to_bytes(8, "little", signed=True)
        return b"\x8a\x08" + data

    storage = b"(X\x07\0\0\0storagectorch\n" + kind + b"\nX\x01\0\0\0" + b"0X\x03\0\0\0cpu" + number(numel) + b"tQ"
    arguments = b"(" + storage + number(offset) + number(size) + b"\x85" + number(stride) + b"\x85\x89}t"
    return b"\x80\x02}X\x01\0\0\0xctorch._utils\n_rebuild_tensor_v2\n" + arguments + b"Rs."


def test_the_handmade_program_is_one_that_is_read(tmp_path: Path) -> None:
    file = TorchFile(write_archive(tmp_path / "x.pt", tensor_program(2, 2), **{"0": struct.pack("<2f", 1.5, -2)}))
    assert file.read(file.content["x"]).tolist() == [1.5, -2]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (tensor_program(2**40, 2**40), "other numbers than it says"),
        (tensor_program(2, 3), "reaches beyond"),
        (tensor_program(2, 2, offset=1), "reaches beyond"),
        (tensor_program(2, 2, offset=-1), "other numbers than it says"),
        (tensor_program(2, 2, stride=2**40), "reaches beyond"),
        (tensor_program(2, 2, stride=-1), "no list of numbers"),
        (tensor_program(2, -2), "no list of numbers"),
        (tensor_program(2, 2, kind=b"ComplexFloatStorage"), "ComplexFloatStorage"),
        (b"\x80\x02cos\nsystem\n.", "os.system"),
        (b"\x80\x02(X\x02\0\0\0lscos\nsystem\n\x81.", "opcode 0x81"),
        (b"\x80\x02]", "damaged"),
        (b"\x80\x02r\xff\xff\xff\xff.", "damaged"),
        (b"", "damaged"),
        (b"}q\0h\0h\0s.", "no text"),
        (b"]q\0h\0a.", "nested too deeply"),
        (b"(]" + b"q\0]h\0ah\0a" * 60 + b"t.", "nested too deeply"),
        (b"]cos\nsystem\n.", "more than it holds"),
        (b"}X\x01\0\0\0acos\nsystem\nsX\x01\0\0\0aNs.", "same name"),
        (b"X\xff\xff\xff\x7fab.", "damaged"),
    ],
)
def test_lying_descriptions(tmp_path: Path, program: bytes, reason: str) -> None:
    assert reason in refusal(write_archive(tmp_path / "x.pt", program, **{"0": b"\0" * 8}))


def test_a_compressed_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}.")
        archive.writestr("a/data/0", b"\0" * 10_000_000)
    assert "compressed" in refusal(tmp_path / "bomb.pt")


def test_another_zip_and_two_parts_of_one_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "no description" in refusal(tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "twice.pt", "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a/data.pkl", b"\x80\x02}.")
        archive.writestr("a/data/0", b"")
        archive.writestr("a/data/0", b"")
    assert "both called" in refusal(tmp_path / "twice.pt")


def test_a_directory_that_announces_too_much(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.pt", b"\x80\x02}.")
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(data)
    assert "list of parts" in refusal(path)


def test_a_truth_value_that_is_none(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.pt", tensor_program(2, 2, kind=b"BoolStorage"), **{"0": b"\x01\x07"})
    file = TorchFile(path)
    with pytest.raises(CheckpointError, match="neither 0 nor 1"):
        file.read(file.content["x"])


@settings(max_examples=60, deadline=None)
@given(
    cut=st.floats(0, 1, exclude_max=True), flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=3)
)
def test_damage_anywhere_is_a_sentence_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, cut: float, flips: list
) -> None:
    whole = GOLDEN.read_bytes()
    # Truncated, or with bytes of its description and directory changed.
    data = bytearray(whole if flips else whole[: int(cut * len(whole))])
    for where, value in flips:
        head = int(where * 20_000)
        data[head if value % 2 else len(data) - 1 - head] = value
    path = tmp_path_factory.mktemp("damage") / "model.pt"
    path.write_bytes(data)
    try:
        file = TorchFile(path)
        entries = [
            entry
            for section in file.content.values()
            for entry in (section.values() if isinstance(section, dict) else ())
            if isinstance(entry, TensorEntry)
        ]
        tensors = [file.read(entry) for entry in entries]
    except CheckpointError as error:
        assert str(path) in str(error)
        return
    # What opens all the same holds what it says: bytes were changed that nothing depends on, or numbers.
    assert flips, "a file that is cut off must not open"
    for entry, tensor in zip(entries, tensors, strict=True):
        assert (tensor.shape, str(tensor.dtype)) == (entry.shape, f"torch.{entry.dtype}")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_outline_or_a_refusal(program: bytes) -> None:
    try:
        read_outline(program)
    except NotAnOutlineError as error:
        assert str(error)


def plain_values() -> st.SearchStrategy[object]:
    leaves = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=5)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner))


@settings(max_examples=200, deadline=None)
@given(plain_values(), st.integers(2, 5))
def test_plain_values_come_back_as_they_were(value: object, protocol: int) -> None:
    assert read_outline(pickle.dumps(value, protocol)) == value
