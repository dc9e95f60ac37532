"""A program for test_resume.py: stops trainings at random steps, in every way, and compares with one that was not.

python -m tests.durability.stopped_training FOLDER POINTS: prints, as JSON, how many of each kind came out the same.
"""

from __future__ import annotations

import io
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core.cli.main import main as command_line
from core.pictures.folder.scan import scan_all
from core.training.events import StepDone
from core.training.job import TrainingJob
from tests.durability.tiny import SETTINGS, Forked, fingerprint, make_pictures, tiny_config, warm_up

STEPS = int(str(SETTINGS["steps"]))
#: What a training's randomness is drawn for: each of these must go on where it was.
VARIANTS: tuple[dict[str, str], ...] = (
    {},
    {"self_condition": "true", "immiscible": "true", "dropout": "0.1", "horizontal_flip": "true", "decay": "cosine"},
    {"labels": "folders", "gradient_accumulate_every": "2", "ema_update_every": "2", "offset_noise_strength": "0.1"},
    {"crop": "random", "sample_sampler": "ddpm", "amp": "bf16", "objective": "pred_v"},
)
WAYS = ("stop", "SIGTERM", "kill -9")


def by_command(pictures: Path, folder: Path, variant: dict[str, str], say: Callable[[str], object]) -> None:
    """Begin or go on as a person does; each event is said."""

    class Told(io.TextIOBase):
        def write(self, text: str) -> int:
            if text.strip():
                say(text.strip())
            return len(text)

    sys.stdout = Told()
    settings = {**SETTINGS, **variant}
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    common = [
        "train",
        str(pictures),
        "--run",
        str(folder),
        "--preset",
        "sketch",
        "--device",
        "cpu",
        "--json",
        "--resume",
    ]
    raise SystemExit(command_line([*common, *words]))


def stop_at(pictures: Path, folder: Path, variant: dict[str, str], step: int) -> None:
    """Begin as the window does, and ask for the end at a step."""
    job = TrainingJob(tiny_config(**variant), folder, scan=scan_all(pictures), device="cpu")
    for event in job.run():
        if isinstance(event, StepDone) and event.step == step:
            job.wishes.stop.set()


def main(root: Path, points: int) -> None:
    pictures = root / "pictures"
    warm_up(make_pictures(pictures))
    choose = random.Random(1)
    whole = {}
    for number, variant in enumerate(VARIANTS[: max(1, points // len(WAYS))]):
        folder = root / f"whole-{number}"
        assert Forked(lambda say, v=variant, f=folder: by_command(pictures, f, v, say)).end() == 0
        whole[number] = fingerprint(folder)
    same, different = Counter[str](), []
    for point in range(points):
        way, number = WAYS[point % len(WAYS)], point // len(WAYS) % len(whole)
        variant, folder, step = VARIANTS[number], root / f"parts-{point}", choose.randrange(1, STEPS)
        if way == "stop":
            assert Forked(lambda say, v=variant, f=folder, s=step: stop_at(pictures, f, v, s)).end() == 0
        else:
            child = Forked(lambda say, v=variant, f=folder: by_command(pictures, f, v, say))
            child.wait_for(f'{{"event": "step_done", "step": {step},')
            status = child.end(signal.SIGTERM if way == "SIGTERM" else signal.SIGKILL)
            assert status in (0, 128 + signal.SIGTERM, -signal.SIGKILL), status
        child = Forked(lambda say, v=variant, f=folder: by_command(pictures, f, v, say))
        assert child.end() == 0
        found = fingerprint(folder)
        if found == whole[number]:
            same[way] += 1
        else:
            parts = [name for name in {**found, **whole[number]} if found.get(name) != whole[number].get(name)]
            different.append(f"{way} at step {step}, variant {number}: {', '.join(parts)}")
    print(json.dumps({"same": same, "different": different}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
