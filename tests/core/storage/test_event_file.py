"""Event files: each record against known checksums, and against TensorBoard's own reader where it is installed."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.runs.event_file import (
    EventWriter,
    begins_again,
    first_event,
    image_event,
    masked_crc,
    record,
    scalars_event,
    text_event,
)
from core.runs.grids import grid, save_grid


def unmasked(masked: int) -> int:
    rotated = (masked - 0xA282EAD8) & 0xFFFFFFFF
    return ((rotated >> 17) | (rotated << 15)) & 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (b"", 0),
    ],
)
def test_masked_crc_when_unmasked_is_that_of_rfc_3720(data: bytes, crc: int) -> None:
    assert unmasked(masked_crc(data)) == crc


@pytest.mark.parametrize("length", [4095, 4096, 4097, 5000, 100_003])
def test_masked_crc_when_long_is_that_of_one_byte_after_another(length: int) -> None:
    data = np.random.default_rng(length).bytes(length)
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    assert unmasked(masked_crc(data)) == crc ^ 0xFFFFFFFF


def records(data: bytes) -> list[bytes]:
    """The records of a file, read with the lengths that they say."""
    found = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked_crc(data[:8])
        found.append(data[12 : 12 + length])
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked_crc(found[-1])
        data = data[16 + length :]
    return found


def test_record_when_read_is_the_event_with_its_length_and_checksums() -> None:
    assert records(record(b"one") + record(b"") + record(b"x" * 300)) == [b"one", b"", b"x" * 300]


def test_writer_when_the_disk_takes_nothing_keeps_the_records_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = EventWriter(tmp_path / "board")
    writer.flush()
    assert not (tmp_path / "board").exists(), "nothing was added, so no file is made"
    writer.add(scalars_event(1, {"loss": 0.5}, 10.0))

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("core.runs.event_file.append_regular", full)
        with pytest.raises(RunError, match="could not be saved"):
            writer.flush()
    writer.flush()
    writer.add(scalars_event(2, {"loss": 0.25}, 11.0))
    writer.flush()
    found = records(writer.path.read_bytes())
    assert len(found) == 3 and found[0].endswith(b"brain.Event:2")


def test_writer_when_a_disk_stays_full_gives_up_what_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runs.event_file.MOST_WAITING", 1000)
    writer = EventWriter(tmp_path)
    for step in range(100):
        writer.add(scalars_event(step, {"loss": 0.5}, 10.0))
    writer.flush()
    assert writer.path.stat().st_size < 1200


def test_tensorboards_reader_finds_every_number_picture_and_text(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    pictures = np.random.default_rng(0).integers(0, 255, (4, 8, 8, 3), np.uint8)
    save_grid(tmp_path / "grid.png", pictures, settings={})
    png, (height, width) = (tmp_path / "grid.png").read_bytes(), grid(pictures).shape[:2]
    losses = {step: 1 / step for step in range(1, 301)}
    written = [first_event(1000.5), text_event(0, "settings", "| a | b |\n|---|---|\n| ε | 图 |", 1000.5)]
    written += [
        scalars_event(step, {"loss/training": loss, "lr": 1e-3}, 1000.5 + step) for step, loss in losses.items()
    ]
    written.append(scalars_event(301, {"loss/training": math.nan, "lr": 1e300}, 1400.0))
    written.append(image_event(300, "samples", png, (height, width), 3, 1300.5))
    (tmp_path / "events.out.tfevents.1").write_bytes(b"".join(written))
    read = accumulator.EventAccumulator(
        str(tmp_path / "events.out.tfevents.1"), {"scalars": 0, "images": 0, "tensors": 0}
    )
    read.Reload()
    found = read.Scalars("loss/training")
    assert [event.step for event in found] == [*losses, 301]
    assert [event.value for event in found[:-1]] == [np.float32(loss) for loss in losses.values()]
    assert math.isnan(found[-1].value) and read.Scalars("lr")[-1].value == math.inf
    assert found[0].wall_time == 1001.5
    (image,) = read.Images("samples")
    assert (image.encoded_image_string, image.height, image.width, image.step) == (png, height, width, 300)
    (text,) = read.Tensors("settings")
    assert text.tensor_proto.string_val[0].decode() == "| a | b |\n|---|---|\n| ε | 图 |"
    assert read.SummaryMetadata("settings").plugin_data.plugin_name == "text"


def test_tensorboards_reader_forgets_what_a_run_that_goes_on_takes_back(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    first = [first_event(1.0), *(scalars_event(step, {"loss": 1.0}, 2.0 + step) for step in range(1, 11))]
    second = [first_event(50.0), begins_again(5, 51.0), *(scalars_event(s, {"loss": 2.0}, 52.0) for s in range(5, 8))]
    (tmp_path / "events.out.tfevents.0000000001.a").write_bytes(b"".join(first))
    (tmp_path / "events.out.tfevents.0000000050.a").write_bytes(b"".join(second))
    read = accumulator.EventAccumulator(str(tmp_path), {"scalars": 0})
    read.Reload()
    found = [(event.step, event.value) for event in read.Scalars("loss")]
    assert found == [*((step, 1.0) for step in range(1, 5)), (5, 2.0), (6, 2.0), (7, 2.0)]
