"""How a window that is a process of its own is started, and what it may say."""

from __future__ import annotations

import os

ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
#: What the offscreen plugin says of itself; nothing else may be said.
HARMLESS = ("This plugin does not support",)


def complaints(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.strip() and not line.startswith(HARMLESS)]
