"""Every kind of save there is: how to prepare it, to do it, and to read which state it has left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from PIL import Image

from core.compat.export import export_checkpoint
from core.compat.milestones import set_aside
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.frames import Frame, SamplingFinished, SamplingStarted, TermFacts
from core.networks.build import build_diffusion
from core.presets import PictureFacts, resolve
from core.recording import Recording
from core.runs.atomic import TEMP_SUFFIX, write_json
from core.runs.averages import TRACKED, read_snapshot, save_snapshot, snapshot_path, snapshots_in
from core.runs.checkpoint import Checkpoint, read_checkpoint, save_checkpoint
from core.runs.checkpoint_files import SMOOTHED_LOSS, pin, pinned, prune, steps_in, unpin, verify
from core.runs.generations import (
    Mark,
    generation_files,
    keep,
    list_generations,
    open_generation,
    set_mark,
)
from core.runs.grids import read_settings, save_grid
from core.runs.metrics import MetricsWriter
from core.runs.opening import load_checkpoint
from core.runs.run import Run, is_run
from core.settings import RunConfig
from core.training.plan import smaller_batch
from tests.durability.tiny import temps_in, tiny_config

CONFIG: RunConfig = resolve(tiny_config(), PictureFacts(typical_size=8, all_grey=True))
GRID = np.arange(4 * 8 * 8 * 1, dtype=np.uint8).reshape(4, 8, 8, 1)


def checkpoint(step: int, loss: float | None = None) -> Checkpoint:
    weights = {"a.weight": torch.full((30, 40), float(step)), "b": torch.tensor(step)}
    extra = {} if loss is None else {SMOOTHED_LOSS: loss}
    return Checkpoint(step=step, config=CONFIG, model=weights, ema=weights, optimizer=weights, extra=extra)


def path_of(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.json"


def new_run(folder: Path) -> Run:
    return Run.create(folder, CONFIG, source_folder=folder.parent, device="cpu", planned_total=9)


@dataclass(frozen=True)
class Save:
    """`state` says what is there: "old" before `do`, "new" after it, and nothing else may come of a failure."""

    prepare: Callable[[Path], object]
    do: Callable[[Path], object]
    state: Callable[[Path], str]


def _run_with_checkpoints(folder: Path) -> None:
    run = new_run(folder)
    for step, loss in ((1, 0.5), (2, 0.1), (3, 0.3), (4, 0.4)):
        save_checkpoint(run.checkpoints_folder, checkpoint(step, loss))
        if step == 1:
            pin(path_of(run.checkpoints_folder, 1))
    prune(run.checkpoints_folder, 2, saved_step=4)


def _save_and_prune(folder: Path) -> None:
    checkpoints = Run.open(folder).checkpoints_folder
    save_checkpoint(checkpoints, checkpoint(5, 0.2))
    prune(checkpoints, 2, saved_step=5)


def _whole_steps(folder: Path) -> list[int]:
    checkpoints = Run.open(folder).checkpoints_folder
    steps = steps_in(checkpoints)
    for step in steps:
        assert verify(path_of(checkpoints, step)).step == step
        assert read_checkpoint(path_of(checkpoints, step)).model["b"] == step
    return steps


def _newest(folder: Path) -> str:
    steps = _whole_steps(folder)
    # The pinned, the best, and two of the newest.
    assert {1, 2, 4} <= set(steps) <= {1, 2, 3, 4, 5}
    assert pinned(Run.open(folder).checkpoints_folder) == {1}
    assert 3 in steps or 5 in steps
    return {4: "old", 5: "new"}[steps[-1]]


def _plan(folder: Path) -> str:
    return {9: "old", 12: "new"}[Run.open(folder).planned_total or 0]


def _grid_state(folder: Path) -> str:
    with Image.open(folder / "grid.png") as picture:
        picture.load()
    return str(read_settings(folder / "grid.png")["state"])


def _settings_save(folder: Path) -> None:
    from studio.app.settings import Settings

    settings = Settings(folder / "settings.json")
    settings["theme"] = "dark"
    error = settings.save()
    if error is not None:
        raise error


def _settings_state(folder: Path) -> str:
    theme = json.loads((folder / "settings.json").read_text())["theme"]
    return {"light": "old", "dark": "new"}[theme]


@cache
def _model(seed: int) -> GaussianDiffusion:
    torch.manual_seed(seed)
    return build_diffusion(CONFIG.with_settings({"patch_size": 1}))  # a .pt has no place for patches


@cache
def _exported_bytes(name: str, seed: int) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        export_checkpoint(path, _model(seed), step=seed)
        options = {} if name.endswith(".safetensors") else {"image_size": 8}
        found, wanted = load_checkpoint(path, "raw", **options).state_dict(), _model(seed).state_dict()
        assert all(torch.equal(found[key], wanted[key]) for key in wanted)
        return path.read_bytes()


def _exported(name: str) -> Save:
    def export(folder: Path, seed: int) -> None:
        export_checkpoint(folder / name, _model(seed), step=seed)

    def state(folder: Path) -> str:
        states = {_exported_bytes(name, seed): word for seed, word in ((1, "old"), (2, "new"))}
        return states.get((folder / name).read_bytes(), "neither")

    return Save(lambda folder: (folder.mkdir(), export(folder, 1)), lambda folder: export(folder, 2), state)


def _run_to_go_back(folder: Path) -> None:
    run = new_run(folder)
    for step in (1, 2, 3, 4):
        save_checkpoint(run.checkpoints_folder, checkpoint(step))


def _later_state(folder: Path) -> str:
    """Going back moves many files one by one: each must be somewhere, once, and what it went back to must open."""
    places = [folder / "checkpoints", *folder.glob("after-step-*/checkpoints")]
    names = sorted(file.name for place in places for file in place.glob("step-*"))
    assert names == sorted(f"step-{step:08d}.{kind}" for step in (1, 2, 3, 4) for kind in ("json", "safetensors"))
    checkpoints = Run.open(folder).checkpoints_folder
    assert verify(path_of(checkpoints, 2)).step == 2
    return "new" if steps_in(checkpoints) == [1, 2] else "old"


def _averages_of(step: int) -> dict[str, torch.Tensor]:
    return {f"{length:g}.a.weight": torch.full((30, 40), float(step)) for length in TRACKED}


def _run_with_snapshots(folder: Path) -> None:
    run = new_run(folder)
    for step in (2, 4, 6):
        save_snapshot(run.averages_folder, step, _averages_of(step), most=3)


def _snapshots(folder: Path) -> str:
    there = Run.open(folder).averages_folder
    steps = snapshots_in(there)
    for step in steps:
        assert read_snapshot(snapshot_path(there, step), step)["0.05.a.weight"].unique().tolist() == [step]
    assert 4 in steps and (8 in steps or {2, 6} < set(steps))
    return "new" if 8 in steps else "old"


def _pin(folder: Path) -> None:
    pin(path_of(Run.open(folder).checkpoints_folder, 4))


def _unpin(folder: Path) -> None:
    unpin(path_of(Run.open(folder).checkpoints_folder, 1))


def _pinned(step: int, there: str, gone: str) -> Callable[[Path], str]:
    def state(folder: Path) -> str:
        assert _whole_steps(folder) == [1, 2, 3, 4]
        return there if step in pinned(Run.open(folder).checkpoints_folder) else gone

    return state


def _half_a_batch(folder: Path) -> None:
    run = Run.open(folder)
    run.change_settings(smaller_batch(run.config) or {}, at_step=3)


def _batch(folder: Path) -> str:
    run = Run.open(folder)
    train = run.config.train
    found = (train.batch_size, train.gradient_accumulate_every, len(run.changes))
    return {(2, 1, 0): "old", (1, 2, 1): "new"}.get(found, "neither")


def _run_that_was_killed_while_saving(folder: Path) -> None:
    """A temporary file in each folder, and tensors that nothing describes yet."""
    _run_with_checkpoints(folder)
    run = Run.open(folder)
    run.incidents_folder.mkdir()
    run.averages_folder.mkdir()
    for place in (run.folder, run.checkpoints_folder, run.samples_folder, run.incidents_folder, run.averages_folder):
        (place / f".abc{TEMP_SUFFIX}").write_bytes(b"half")
    (run.checkpoints_folder / "step-00000005.safetensors").write_bytes(b"whole, and described by nothing")


def _start(folder: Path) -> None:
    with Run.open(folder).lock():
        pass


def _tidiness(folder: Path) -> str:
    assert _newest(folder) == "old"  # the checkpoints are what they were
    left = [*temps_in(folder), *folder.glob("checkpoints/step-00000005.safetensors")]
    return "old" if left else "new"


def _make(folder: Path) -> None:
    """As a person does who is told that it failed: makes what is not there yet."""
    if not is_run(folder):
        new_run(folder)


def _whether_made(folder: Path) -> str:
    if not is_run(folder / "run"):
        return "old"
    run = Run.open(folder / "run")
    assert (run.config, run.planned_total, run.state().step) == (CONFIG, 9, 0)
    MetricsWriter(run.metrics_path).close()
    return "new"


def _recording() -> Recording:
    pictures, numbers = GRID[:1], np.zeros(1, np.float32)
    recording = Recording(SamplingStarted(2, 1, 8, 8, 1, np.array([0.9, 0.1]), layers=("x_t", "x_0", "output")))
    layers = dict.fromkeys(("x_t", "x_0", "output"), pictures.astype(np.float32) / 255)
    for index in range(2):
        t, terms = 1 - index, (TermFacts("x_0", 1.0),)
        recording.add(
            Frame(index, t, t - 1, pictures, pictures, 0.5, 1.0, numbers, numbers, numbers, layers=layers, terms=terms)
        )
    recording.finish(SamplingFinished(pictures, layers["x_0"]))
    return recording


def _one_of_two_starred(folder: Path) -> None:
    folder.mkdir()
    starred = keep(folder / "generations", _recording(), {"state": "starred"})
    set_mark(starred.path, Mark(starred=True))
    keep(folder / "generations", _recording(), {"state": "old"})


def _keep_within_two(folder: Path) -> None:
    size = generation_files(folder / "generations")[0].stat().st_size
    keep(folder / "generations", _recording(), {"state": "new"}, budget_bytes=int(2.5 * size))


def _which_are_kept(folder: Path) -> str:
    shown, refused = list_generations(folder / "generations")
    assert not refused
    for generation in shown:
        assert open_generation(generation.path).x_0(1).shape == (1, 8, 8, 1)
    states = [generation.settings["state"] for generation in shown]
    assert states[-1] == "starred" and shown[-1].starred
    return str(states[0])


SAVES: dict[str, Save] = {
    "a generation": Save(_one_of_two_starred, _keep_within_two, _which_are_kept),
    "checkpoint": Save(_run_with_checkpoints, _save_and_prune, _newest),
    "averages": Save(
        _run_with_snapshots,
        lambda folder: save_snapshot(Run.open(folder).averages_folder, 8, _averages_of(8), most=3),
        _snapshots,
    ),
    "run.json": Save(new_run, lambda folder: Run.open(folder).record_plan(12, at_step=3), _plan),
    "sample grid": Save(
        lambda folder: (folder.mkdir(), save_grid(folder / "grid.png", GRID, settings={"state": "old"})),
        lambda folder: save_grid(folder / "grid.png", GRID[:1], settings={"state": "new"}),
        _grid_state,
    ),
    "settings": Save(
        lambda folder: (folder.mkdir(), write_json(folder / "settings.json", {"version": 1, "theme": "light"})),
        _settings_save,
        _settings_state,
    ),
    "export .pt": _exported("model.pt"),
    "export .safetensors": _exported("model.safetensors"),
    "pin": Save(_run_with_checkpoints, _pin, _pinned(4, "new", "old")),
    "unpin": Save(_run_with_checkpoints, _unpin, _pinned(1, "old", "new")),
    "half a batch": Save(new_run, _half_a_batch, _batch),
    "tidying up": Save(_run_that_was_killed_while_saving, _start, _tidiness),
    "a new run": Save(lambda folder: folder.mkdir(), lambda folder: _make(folder / "run"), _whether_made),
    "going back": Save(_run_to_go_back, lambda folder: set_aside(Run.open(folder), step=2, milestone=0), _later_state),
}
