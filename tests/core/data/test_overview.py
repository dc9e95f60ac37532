"""What a scan tells by itself: counts, and what the settings make of pictures that are small, long, grey or clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.pictures.doctor.doctor import FINDINGS, Finding, overview
from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset, resolve
from core.settings import RunConfig


def save(path: Path, size: tuple[int, int], mode: str = "RGB", suffix: str = ".png") -> None:
    """Noise of its own."""
    values = np.random.default_rng(len(path.name)).integers(0, 256, (size[1], size[0], 4), dtype=np.uint8)
    image = Image.fromarray(values)
    image.convert(mode).save(path.with_suffix(suffix))


def config(scan: Scan, **settings: Any) -> RunConfig:
    return resolve(preset("sketch").config.with_settings(settings), scan.facts())


def findings(scan: Scan, **settings: Any) -> dict[str, Finding]:
    return {finding.kind: finding for finding in overview(scan, config(scan, **settings)).findings}


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    for number in range(12):
        save(tmp_path / f"a{number:02}", (64, 64))
    save(tmp_path / "b wide", (200, 64))
    save(tmp_path / "c high", (64, 90))
    save(tmp_path / "d tiny", (20, 20))
    save(tmp_path / "e grey", (64, 64), "L", ".jpg")
    save(tmp_path / "f clear", (64, 64), "RGBA")
    deep = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16
    Image.fromarray(deep).save(tmp_path / "g deep.tif")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    return scan_all(tmp_path)


def names(scan: Scan, finding: Finding) -> list[str]:
    return [scan.pictures.name(place).split(".")[0] for place in finding.places]


def test_counts(scan: Scan) -> None:
    counts = overview(scan, config(scan)).counts
    assert (counts.pictures, counts.bytes) == (18, scan.total_bytes)
    assert counts.formats == (("PNG", 16), ("JPEG", 1), ("TIFF", 1))
    assert dict(counts.modes) == {"RGB": 15, "L": 1, "RGBA": 1, "I;16": 1}
    assert counts.sides == ((16, 1), (64, 17))
    assert counts.aspects == (("1:1", 16), ("16:9", 1), ("longer", 1))
    assert counts.orientations == (("square", 16), ("landscape", 1), ("portrait", 1))
    for rows in (counts.formats, counts.modes, counts.sides, counts.aspects, counts.orientations):
        assert sum(n for _, n in rows) == 18


def test_findings_and_their_remedies(scan: Scan) -> None:
    found = findings(scan, image_size=64)
    assert set(found) == {"skipped", "small", "thin", "grey", "transparent", "deep"}
    assert list(found) == sorted(found, key=list(FINDINGS).index)
    assert found["skipped"].count == 1 and found["skipped"].remedy == "list"
    assert names(scan, found["small"]) == ["d tiny"] and found["small"].left_out().tolist() == [14]
    assert names(scan, found["thin"]) == ["b wide"] and found["thin"].remedy == "leave_out"
    assert names(scan, found["grey"]) == ["e grey", "g deep"] and not len(found["grey"].left_out())
    assert names(scan, found["transparent"]) == ["f clear"] and found["transparent"].numbers["ground"] == "white"
    assert names(scan, found["deep"]) == ["g deep"]


def test_the_settings_decide(scan: Scan) -> None:
    assert "small" not in findings(scan, image_size=16)
    assert "thin" not in findings(scan, crop="pad") and "thin" not in findings(scan, crop="stretch")
    assert names(scan, findings(scan, image_size=64, image_height=32)["thin"]) == ["c high"]
    grey = findings(scan, channels=1)
    assert grey["coloured"].count == 16 and "grey" not in grey
    assert "transparent" not in findings(scan, channels=4)


def test_where_most_are_small_another_size_is_the_remedy(scan: Scan) -> None:
    small = findings(scan, image_size=128)["small"]
    assert (small.remedy, dict(small.settings)) == ("settings", {"image_size": 64, "image_height": None})
    assert small.count == 18 and not len(small.left_out())
    assert findings(scan, **small.settings)["small"].count == 1
    # Where there is no such size nothing is a remedy: not to leave out all that there is.
    unequal = findings(scan, image_size=128, image_height=120)["small"]
    assert unequal.count == 18 and unequal.remedy == "none" and not len(unequal.left_out())


def test_pictures_smaller_than_the_smallest_size_are_not_all_left_out(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / f"{number}", (2, 2))
    small = findings(scan_all(tmp_path), image_size=4)["small"]
    assert small.count == 3 and small.remedy == "none"


def test_where_most_are_long_padding_is_the_remedy(tmp_path: Path) -> None:
    for number in range(5):
        save(tmp_path / f"{number}", (100, 30))
    scan = scan_all(tmp_path)
    thin = findings(scan)["thin"]
    assert (thin.remedy, dict(thin.settings)) == ("settings", {"crop": "pad"})
    assert "thin" not in findings(scan, **thin.settings)
