"""Networks, precisions and augmentations as rows: what the settings do with them, and what a package can add."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core import catalogue
from core.catalogue import AUGMENTATIONS, NETWORKS, PRECISIONS, AugmentationRow, NetworkRow, add_row
from core.device import autocast_dtype
from core.errors import DeviceError
from core.networks.build import build_network
from core.networks.unet import Unet
from core.pictures.feed.augment import what_is_seen
from core.settings import DataConfig, ModelConfig, RunConfig

CPU, GPU = torch.device("cpu"), torch.device("mps")
TINY = RunConfig(model=ModelConfig(dim=8, dim_mults=(1, 2))).with_settings(
    {"image_size": 8, "channels": 3, "horizontal_flip": False}
)


@pytest.fixture(autouse=True)
def tables_as_they_were() -> Iterator[None]:
    before = [(table, dict(table)) for table in (NETWORKS, PRECISIONS, AUGMENTATIONS)]
    yield
    for table, rows in before:
        table.clear()
        table.update(rows)


def darker(pixels: np.ndarray, strength: float, draw: np.random.Generator) -> np.ndarray:
    return (pixels * (1 - strength * draw.random())).astype(np.uint8)


def pointwise(config: RunConfig) -> torch.nn.Module:
    return torch.nn.Conv2d(config.data.channels or 3, config.data.channels or 3, 1)


def test_precision_when_asked_of_a_device_is_the_rows() -> None:
    assert [autocast_dtype(CPU, name) for name in ("auto", "off", "bf16")] == [None, None, torch.bfloat16]
    assert autocast_dtype(GPU, "auto") == torch.bfloat16 and autocast_dtype(GPU, "fp16") == torch.float16
    with pytest.raises(DeviceError, match="CPU"):
        autocast_dtype(CPU, "fp16")


def test_augmentations_when_several_are_on_are_done_in_the_order_of_their_rows() -> None:
    data = DataConfig(image_size=4, channels=3, horizontal_flip=True, vertical_flip=True, colour_jitter=0.3)
    assert list(data.augmentation_strengths().items()) == [
        ("horizontal_flip", 1),
        ("vertical_flip", 1),
        ("colour_jitter", 0.3),
    ]
    assert DataConfig(horizontal_flip=False).augmentation_strengths() == {}


def test_augmentation_when_a_package_adds_it_changes_the_pictures_as_strongly_as_said() -> None:
    add_row(AugmentationRow("darker", "Darker", "Less light.", "Nobody 2026", f"{__name__}:darker"))
    config = TINY.with_settings({"augmentations": "darker=0.5"})
    assert not config.problems()
    seen = what_is_seen(np.full((2, 8, 8, 3), 200, np.uint8), config.data, seed=0, batch_index=0)
    again = what_is_seen(np.full((2, 8, 8, 3), 200, np.uint8), config.data, seed=0, batch_index=0)
    assert 100 <= seen.max() < 200 and np.array_equal(seen, again)


@pytest.mark.parametrize(
    ("said", "words"),
    [("darker=0.5", "which is not installed here"), ("vertical_flip=1", "one of"), ("darker", "such as")],
)
def test_augmentations_when_they_cannot_be_done_are_a_problem_that_names_them(said: str, words: str) -> None:
    (problem,) = TINY.with_settings({"augmentations": said}).problems()
    assert words in str(problem)


def test_network_when_a_package_adds_it_is_built_from_the_settings() -> None:
    assert isinstance(build_network(TINY), Unet)
    add_row(NetworkRow("points", "Points", "One pixel at a time.", "Nobody 2026", f"{__name__}:pointwise"))
    assert isinstance(build_network(TINY.with_settings({"network": "points"})), torch.nn.Conv2d)
    NETWORKS.pop("points")
    plain = TINY.to_dict() | {"model": {"network": "points"}}
    (problem,) = RunConfig.from_dict(plain).problems()
    assert "“points”, which is not installed here" in str(problem)


def test_every_table_when_rows_are_added_takes_its_own_kind() -> None:
    assert {type(row) for row in NETWORKS.values()} == {NetworkRow}
    assert catalogue.TABLES[NetworkRow] is NETWORKS and catalogue.TABLES[AugmentationRow] is AUGMENTATIONS
