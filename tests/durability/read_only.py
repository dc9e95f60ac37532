"""A program for test_read_only.py: opens runs on a disk that takes nothing, samples from one, and tries to train it.

python -m tests.durability.read_only PICTURES RUN …: prints, as JSON, what each run shows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from core.errors import StudioError
from core.pictures.folder.scan import scan_all
from core.runs.metrics import read_losses
from core.runs.opening import load_checkpoint
from core.runs.run import Run, list_runs
from core.training.job import TrainingJob
from tests.durability.tiny import tiny_config


def main(pictures: Path, folders: list[Path]) -> None:
    shown = []
    for folder in folders:
        assert folder in [run.folder for run in list_runs(folder.parent)]
        run = Run.open(folder)
        sample = load_checkpoint(folder).sample(batch_size=1)
        try:
            list(TrainingJob(tiny_config(), folder, scan=scan_all(pictures), device="cpu", resume=True, total=20).run())
            refused = ""
        except StudioError as error:
            refused = str(error)
        steps, _ = read_losses(run.metrics_path)
        shown.append(
            {
                "step": run.state().step,
                "losses": len(steps),
                "sampled": list(sample.shape),
                "refused": refused,
                "alive": getattr(run.owner(), "alive", False),
            }
        )
    print(json.dumps(shown))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(word) for word in sys.argv[2:]])
