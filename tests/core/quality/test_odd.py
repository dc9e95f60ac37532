"""Odd pictures are found by the bits that a model needs for them, under the places that they have in the folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import core
from core.pictures.decode.decoding import read_picture
from core.pictures.doctor.doctor import DoctorProgress, Finding
from core.pictures.folder.scan import scan_all
from core.quality import odd
from core.quality.bits import Bits, bits_per_dimension
from core.settings import RunConfig
from core.training.job import TrainingJob
from tests.core.quality.conftest import make_pictures


def test_the_pictures_are_ranked_by_their_bits_and_named_by_their_places(
    trained: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, pictures = trained
    folder = Path(shutil.copytree(pictures, tmp_path / "pictures"))
    noise = np.random.default_rng(3).integers(0, 2, (8, 8, 3), dtype=np.uint8) * 255
    Image.fromarray(noise).save(folder / "21x.png")
    scan = scan_all(folder)
    names = [scan.pictures.name(place) for place in range(len(scan.pictures))]
    *progress, found = odd.odd_pictures(run, scan, device="cpu")
    assert isinstance(found, Finding) and found.kind == "odd" and found.count == 10
    assert all(isinstance(each, DoctorProgress) and each.done <= each.of for each in progress)
    # The same numbers for the pictures by themselves, whose noise is that of their numbers.
    images = [np.asarray(read_picture(folder / name).convert("RGB")) for name in names]
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    *_, bits = bits_per_dimension(core.load_checkpoint(run), x, draws=odd.DRAWS)
    assert isinstance(bits, Bits)
    assert found.places.tolist() == np.argsort(-bits.pictures, kind="stable")[:10].tolist()
    assert found.numbers["bits_to"] == f"{bits.pictures.max():.2f}"
    # Of a large folder a part, from all over it.
    monkeypatch.setattr(odd, "MOST_RANKED", 15)
    *_, few = odd.odd_pictures(run, scan, device="cpu")
    assert set(few.places.tolist()) <= set(range(0, 45, 3)) and few.count == 10


def test_no_more_than_a_few_are_told_the_oddest_first() -> None:
    places, bits = np.arange(10_000, 20_000), np.random.default_rng(0).normal(size=10_000)
    found = odd.told(places, bits)
    assert found.count == 100 and found.places[0] == places[bits.argmax()]
    assert odd.told(places[:3], bits[:3]).count == 3
    assert float(found.numbers["bits_from"]) <= float(found.numbers["bits_to"])


def test_pictures_in_no_pair_are_not_ranked_and_the_others_keep_their_places(
    config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, second = make_pictures(tmp_path / "pictures", 12), tmp_path / "second"
    second.mkdir()
    alone = {"0.png", "5.png"}
    for place in range(len(scan.pictures)):
        if scan.pictures.name(place) not in alone:
            shutil.copy(scan.pictures.path(place), second)
    paired = config.with_settings({"condition": "folder", "condition_folder": str(second), "hold_out": 0.3, "steps": 1})
    for _ in TrainingJob(paired, tmp_path / "run", scan=scan, device="cpu", threads=1).run():
        pass
    asked: list[int] = []

    def count(_model: object, x: torch.Tensor, **more: object) -> Iterator[Bits]:
        assert more["condition"] is not None
        asked.append(len(x))
        yield from bits_per_dimension(_model, x, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(odd, "bits_per_dimension", count)
    *_, found = odd.odd_pictures(tmp_path / "run", scan, device="cpu")
    assert isinstance(found, Finding) and sum(asked) == 10
    names = {scan.pictures.name(place) for place in found.places.tolist()}
    assert len(names) == 10 and not names & alone
