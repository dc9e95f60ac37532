"""What is dragged over the sampler room: a model to open, or a picture to start from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

MODEL_SUFFIXES = frozenset({".safetensors", ".json", ".pt", ".pth", ".ckpt", ".bin"})
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"})


def dropped_model(data: QMimeData) -> Path | None:
    """The first run folder or checkpoint of this computer among what is dragged."""
    return next((p for p in _paths(data) if p.suffix.lower() in MODEL_SUFFIXES or (p / "run.json").is_file()), None)


def dropped_pictures(data: QMimeData) -> list[Path]:
    """The picture files of this computer among what is dragged."""
    return [path for path in _paths(data) if path.suffix.lower() in PICTURE_SUFFIXES]


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
