"""Recordings whose numbers say which step, picture and side they are of, and the whole room with tiny models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.frames import Frame, SamplingFinished, SamplingStarted
from core.networks.build import build_diffusion
from core.recording import Recording
from core.runs.averages import TRACKED
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.project import Project
from studio.sampler.controller import SamplerController
from studio.sampler.panel import SamplerPanel
from studio.training.state import TrainingState

TIMESTEPS = 100


def make_frame(index: int, *, steps: int, count: int, size: int = 8, channels: int = 3) -> Frame:
    """x_t is 2·index everywhere, x_0 is 2·index + 1; the first pixel says the picture's number."""
    t = TIMESTEPS - 1 - index * TIMESTEPS // steps
    pictures = []
    for value in (2 * index, 2 * index + 1):
        pixels = np.full((count, size, size, channels), value % 256, np.uint8)
        pixels[:, 0, 0] = np.arange(count)[:, None]
        pictures.append(pixels)
    alphas_cumprod = 1 - (t + 0.5) / TIMESTEPS
    return Frame(
        index=index,
        t=t,
        t_next=-1 if index == steps - 1 else t - 1,
        x_t=pictures[0],
        x_0=pictures[1],
        alphas_cumprod=alphas_cumprod,
        snr=alphas_cumprod / (1 - alphas_cumprod),
        delta_x_0=np.full(count, np.nan if index == 0 else 0.1 / index, np.float32),
        x_t_mean=np.full(count, 0.1, np.float32),
        x_t_std=np.full(count, 0.9, np.float32),
    )


def make_started(*, steps: int, count: int, size: int = 8, channels: int = 3) -> SamplingStarted:
    schedule = 1 - (np.arange(TIMESTEPS) + 0.5) / TIMESTEPS
    return SamplingStarted(
        steps=steps, count=count, height=size, width=size, channels=channels, alphas_cumprod=schedule
    )


RecordingMaker = Callable[..., Recording]


@pytest.fixture
def make_recording() -> RecordingMaker:
    """(steps, count, arrived=…, channels=…) → a recording whose pixels say where they are from."""

    def make(steps: int, count: int, *, arrived: int | None = None, channels: int = 3) -> Recording:
        recording = Recording(make_started(steps=steps, count=count, channels=channels))
        for index in range(steps if arrived is None else arrived):
            recording.add(make_frame(index, steps=steps, count=count, channels=channels))
        if recording.complete:
            recording.finish(SamplingFinished(recording.x_0(steps - 1).copy()))
        return recording

    return make


TINY = {
    "dim": 8,
    "dim_mults": (1, 2),
    "attn_heads": 1,
    "attn_dim_head": 8,
    "image_size": 8,
    "channels": 3,
    "horizontal_flip": False,
    "timesteps": 50,
    "sample_steps": 5,
}


class Training(QObject):
    """A training room without a training, or with a model that is being trained."""

    state_changed = Signal(object)
    checkpoint_saved = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.state = TrainingState.NO_PICTURES
        self.model: GaussianDiffusion | None = None
        self.spared: frozenset[Path] = frozenset()

    def snapshot_source(self) -> Training | None:
        return None if self.model is None else self

    def spare(self, checkpoints: frozenset[Path]) -> None:
        self.spared = checkpoints

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        assert self.model is not None
        return self.model, 123


def tiny_checkpoint(seed: int, changes: Mapping[str, object] | None = None) -> Checkpoint:
    config = RunConfig().with_settings({**TINY, **(changes or {})})
    torch.manual_seed(seed)
    model, ema = build_diffusion(config), build_diffusion(config)
    return Checkpoint(step=100, config=config, model=model.state_dict(), ema=ema.state_dict())


def tiny_run(folder: Path, changes: Mapping[str, object] | None = None) -> Path:
    checkpoint = tiny_checkpoint(0, changes)
    run = Run.create(folder, checkpoint.config, source_folder=folder, device="cpu", planned_total=100)
    save_checkpoint(run.checkpoints_folder, checkpoint)
    return folder


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_run(tmp_path_factory.mktemp("runs") / "faces-01")


@pytest.fixture(scope="session")
def averaged_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that tracked two more averages, which are other weights altogether; no snapshot of them is kept."""
    checkpoint = tiny_checkpoint(0, {"ema_snapshots": 8})
    averages: dict[str, torch.Tensor] = {}
    for length in TRACKED:
        model = build_diffusion(checkpoint.config)
        averages |= {f"{length:g}.{name}": tensor.detach() for name, tensor in model.named_parameters()}
    folder = tmp_path_factory.mktemp("runs") / "averaged-01"
    run = Run.create(folder, checkpoint.config, source_folder=folder, device="cpu", planned_total=100)
    save_checkpoint(run.checkpoints_folder, replace(checkpoint, averages=averages))
    return folder


CLASSES = ("happy", "sad", "angry")


@pytest.fixture(scope="session")
def class_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model with classes, whose untrained embedding already tells them apart."""
    return tiny_run(tmp_path_factory.mktemp("runs") / "moods-01", {"labels": "folders", "class_names": CLASSES})


@dataclass
class Room:
    panel: SamplerPanel
    controller: SamplerController
    project: Project
    training: Training
    settings: Settings
    qtbot: QtBot

    def open(self, path: Path) -> None:
        self.controller.open_model(path)
        self.qtbot.waitUntil(lambda: not self.controller.choosing.reading, timeout=20_000)

    def choose(self, sampler: str, steps: int, *, seed: int = 7, count: int = 4) -> None:
        head = self.panel.head
        head.fields.sampler.setCurrentIndex(head.fields.sampler.findData(sampler))
        head.fields.steps.setValue(steps)
        head.seed.setValue(seed)
        head.count.setValue(count)

    def generate(self) -> None:
        with self.qtbot.waitSignal(self.controller.generated, timeout=30_000):
            self.controller.generate()

    def click(self, widget: QWidget, place: QPoint) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel, key, modifier)

    @property
    def recording(self) -> Recording:
        assert self.controller.recording is not None
        return self.controller.recording

    def final(self) -> np.ndarray:
        """Generate, and what came out, as numbers."""
        self.generate()
        assert self.recording.final is not None, self.panel.banner.text()
        return self.recording.final.astype(int)

    @property
    def step(self) -> int:
        return self.panel.shown.step


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    theme().apply("dark")
    project, training = Project(tmp_path / "runs"), Training()
    settings = Settings(tmp_path / "settings.json")
    panel = SamplerPanel(settings)
    qtbot.addWidget(panel)
    panel.resize(1280, 712)
    controller = SamplerController(project, settings, panel, training)
    panel.show()
    yield Room(panel, controller, project, training, settings, qtbot)
    assert controller.shutdown(10_000)
