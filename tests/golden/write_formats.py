"""Writes the golden files of the formats as they are now, for test_formats.py; once for each version, never again.

python -m tests.golden.write_formats: makes tests/golden/formats/N, N being the number after the last one there.
A change of a format comes with a new one, and leaves the old ones as they are: they are what is out there.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from core.compat.export import export_checkpoint
from core.pictures.folder.scan import Scan
from core.presets import resolve
from core.runs.checkpoint import read_checkpoint
from core.runs.checkpoint_files import pin, steps_in
from core.runs.metrics import read_events, read_losses
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training.events import StepDone
from core.training.job import TrainingJob
from tests.durability.saves import path_of
from tests.durability.tiny import fingerprint, make_pictures, tiny_config

FORMATS = Path(__file__).with_name("formats")
#: Steps that a golden run has, and how many a test lets it go on for.
STEPS, FURTHER = 3, 2


def golden_config() -> RunConfig:
    """As small as a network can be, and no picture is mirrored."""
    return tiny_config(
        dim=4, dim_mults="1", attn_dim_head=1, timesteps=10, steps=STEPS, channels=1, horizontal_flip=False
    )


def go_on(folder: Path, scan: Scan) -> list[float]:
    """Train a golden run further; the losses."""
    job = TrainingJob(golden_config(), folder, scan=scan, device="cpu", resume=True, total=STEPS + FURTHER)
    return [event.loss for event in job.run() if isinstance(event, StepDone)]


def norms(folder: Path) -> dict[str, float]:
    """How long all of the last checkpoint's weights are together, and the optimizer's averages of them."""
    newest, _ = Run.open(folder).newest_checkpoint()
    assert newest is not None
    checkpoint = read_checkpoint(newest, with_optimizer=True)
    sections = {"model": checkpoint.model, "ema": checkpoint.ema, "optimizer": checkpoint.optimizer}
    return {
        section: float(torch.stack([tensors[name].double().norm() for name in tensors if _is_weight(name)]).norm())
        for section, tensors in sections.items()
    }


def _is_weight(name: str) -> bool:
    return name.startswith("model.") and not name.endswith(".step")


def what_it_holds(folder: Path) -> dict[str, Any]:
    """Everything that must be found in a golden run, as JSON."""
    run = Run.open(folder)
    steps, losses = read_losses(run.metrics_path)
    return {
        "config": json.loads(json.dumps(run.config.to_dict())),
        "plan": [[change.total, change.at_step] for change in run.plan],
        "changes": [[dict(change.settings), change.at_step] for change in run.changes],
        "created": run.created,
        "checkpoints": steps_in(run.checkpoints_folder),
        "fingerprint": fingerprint(folder),
        "steps": steps.tolist(),
        "losses": losses.tolist(),
        "events": [[step, kind, text] for step, kind, text, _ in read_events(run.metrics_path)],
    }


def write(folder: Path, scan: Scan) -> None:
    config = resolve(golden_config(), scan.facts())
    made = folder / "run"
    # What is written down of where it came from must not be this computer's.
    run = Run.create(made, config, source_folder=Path("/pictures"), device="cpu", planned_total=STEPS)
    with run.lock():
        run.change_settings({"learning_rate": 1e-3}, at_step=0)
    list(TrainingJob(config, made, scan=scan, device="cpu", resume=True).run())
    pin(path_of(run.checkpoints_folder, STEPS))
    export_checkpoint(folder / "weights.safetensors", load_checkpoint(made))
    holds = what_it_holds(made)
    further = folder / "further"
    shutil.copytree(made, further)
    holds["further"] = {"losses": go_on(further, scan), "norms": norms(further)}
    shutil.rmtree(further)
    torch.manual_seed(0)
    pictures = load_checkpoint(made).sample(batch_size=1)
    holds["a sample"] = np.asarray(pictures).reshape(-1)[:8].tolist()
    (folder / "expected.json").write_text(json.dumps(holds, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    torch.set_num_threads(1)
    target = FORMATS / str(1 + max((int(path.name) for path in FORMATS.glob("[0-9]*")), default=0))
    with TemporaryDirectory() as temporary:
        write(Path(temporary) / "golden", make_pictures(Path(temporary) / "pictures"))
        # Beside its database SQLite leaves marks of its readers.
        shutil.copytree(Path(temporary) / "golden", target, ignore=shutil.ignore_patterns("*-shm", "*-wal"))
    print(target)


if __name__ == "__main__":
    main()
