"""What hostile files are made from: a small honest run, an honest file of the library's, and ways to change them.

Whoever makes a hostile file knows the format: checksums are right wherever nothing is said of them.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save

from core.runs.atomic import json_text
from core.runs.checkpoint_files import checksum_of
from core.runs.grids import save_grid
from core.runs.metrics import MetricsWriter
from core.runs.run import Run
from core.settings import RunConfig
from core.training.state import new_state

GOLDEN = Path(__file__).parents[1] / "golden" / "model-1.pt"
SETTINGS = {
    "dim": 4,
    "dim_mults": (1, 2),
    "attn_heads": 1,
    "attn_dim_head": 4,
    "image_size": 8,
    "channels": 1,
    "timesteps": 20,
    "batch_size": 2,
    "steps": 5,
    "sample_steps": 2,
    "horizontal_flip": False,
}
STEP = 3
DESCRIPTION, TENSORS = f"checkpoints/step-{STEP:08d}.json", f"checkpoints/step-{STEP:08d}.safetensors"
GRID = f"samples/step-{STEP:08d}.png"
INCIDENT = "incidents/incident-00000002.json"


def make_run(folder: Path) -> Path:
    """A run of five steps with a checkpoint of the third, its numbers, a grid and an incident."""
    config = RunConfig(preset="sketch").with_settings(SETTINGS)
    pictures = folder.parent / "pictures"
    pictures.mkdir(exist_ok=True)
    run = Run.create(folder, config, source_folder=pictures, device="cpu", planned_total=5)
    state = new_state(config, torch.device("cpu"))
    for parameter in state.diffusion.parameters():
        parameter.grad = torch.full_like(parameter, 0.01)
    state.optimizer.step()
    state.save(run, STEP)
    with closing(MetricsWriter(run.metrics_path)) as metrics:
        for step in range(1, STEP + 1):
            metrics.add(step, 1 / step, 1e-3, 1.0, 10.0, float(step))
        metrics.add_event(STEP, "saved", "checkpoint of step 3")
    save_grid(folder / GRID, np.zeros((16, 8, 8, 1), np.uint8), settings={"seed": 1})
    (folder / INCIDENT).parent.mkdir()
    (folder / INCIDENT).write_text("{}")
    return folder


def copy_run(run: Path, folder: Path) -> Path:
    """A run of its own."""
    return Path(shutil.copytree(run, folder))


def change_json(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change what a run or a checkpoint says of itself, in place, with the checksum that belongs to it."""
    plain = json.loads(path.read_text())
    del plain["checksum"]
    change(plain)
    put_json(path, plain)
    return path


def put_json(path: Path, plain: dict[str, Any]) -> None:
    """Write it as the program does, with its checksum: first in a run's file, last in a checkpoint's."""
    checksum = {"checksum": checksum_of(json.loads(json.dumps(plain)))}
    path.write_text(json_text({**checksum, **plain} if path.name == "run.json" else {**plain, **checksum}))


def put_tensors(run: Path, data: bytes) -> Path:
    """Put other bytes in place of the checkpoint's tensors, and say in its description that they are right."""
    (run / TENSORS).write_bytes(data)
    return accept_tensors(run)


def accept_tensors(run: Path) -> Path:
    """Say in the checkpoint's description that its tensor file is as it was written, whatever it is."""
    data = (run / TENSORS).read_bytes()

    def change(plain: dict[str, Any]) -> None:
        plain |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    change_json(run / DESCRIPTION, change)
    return run


Change = Mapping[str, torch.Tensor | None]


def change_tensors(run: Path, change: Change) -> Path:
    """Put tensors in place of the checkpoint's, add some, or (None) take some away."""
    tensors = {**load_file(run / TENSORS), **change}
    return put_tensors(run, save({name: tensor for name, tensor in tensors.items() if tensor is not None}))


def set_in(plain: dict[str, Any], dotted: str, value: object) -> None:
    """Set an entry of nested tables: "config.model.dim"."""
    *sections, name = dotted.split(".")
    for section in sections:
        plain = plain[section]
    plain[name] = value


def library_content() -> dict[str, Any]:
    """What the library's Trainer has saved: step, model, opt, ema, scaler, version."""
    content: dict[str, Any] = torch.load(GOLDEN, weights_only=True)
    return content


def safetensors_bytes(header: object, data: bytes = b"", *, length: int | None = None) -> bytes:
    """A safetensors file of a header (its text, or what becomes JSON) that may say another length than it has."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def archive(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive as torch.save writes it, under the name "a/"."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, data in parts.items():
            file.writestr(f"a/{name}", data)
    return made.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of a file of torch.save, without the archive's own name."""
    with zipfile.ZipFile(path) as file:
        return {name.partition("/")[2]: file.read(name) for name in file.namelist()}


def rewrite_generation(
    path: Path, change: Callable[[dict[str, object], dict[str, np.ndarray]], object], *, version: str | None = None
) -> None:
    """Write a kept generation anew with other words and numbers, and a checksum that is right."""
    arrays = dict(load_arrays(path))
    with safe_open(path, "np") as file:
        notes = file.metadata()
    said = json.loads(notes["generation"])
    change(said, arrays)
    notes["generation"] = json.dumps(said)
    notes["sha256"] = hashlib.sha256(notes["generation"].encode("utf-8", "replace")).hexdigest()
    notes["version"] = version or notes["version"]
    save_arrays(arrays, path, metadata=notes)
