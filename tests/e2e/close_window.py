"""Opens the real window, trains a small model, and closes the window after so many steps. Run as a program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from studio.app import Application
from studio.settings import Settings, keep_everything_in

TINY = {"dim": 8, "dim_mults": "1,2", "image_size": 8, "timesteps": 50, "sample_steps": 5, "checkpoint_every": 10**6}


def main(home: Path, pictures: Path, steps: int, sampling: bool) -> int:
    keep_everything_in(home)
    application = Application(sys.argv[:1], settings=Settings(home / "settings.json"))
    window = application.window
    window.project.set_settings(TINY)
    application.open(pictures)
    stage = "open"

    def drive() -> None:
        nonlocal stage
        training, sampler = window.training, window.sampler
        if (
            stage == "open"
            and sampler is not None
            and window.project.scan is not None
            and not window.project.problems()
        ):
            training.start()
            stage = "train"
        elif stage == "train" and training.step >= steps:
            if sampling:
                window.show_room("sampler")
                sampler.generate()
            stage = "close"
            QTimer.singleShot(30, window.close)

    timer = QTimer()
    timer.timeout.connect(drive)
    timer.start(5)
    status = application.run()
    application.end()
    run = window.project.run
    print(json.dumps({"run": str(run.folder), "step": window.training.step, "left": window.threads_left}))
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "sampling"))
