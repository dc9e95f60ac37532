"""Events as lines: for a person, or as JSON for a program."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np


def event_name(event: object) -> str:
    """`StepDone` → "step_done"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def as_json(event: Any) -> str:  # noqa: ANN401 (any frozen event)
    """One line of JSON: the event's name and its fields; arrays only by their shape, the pictures are on disk."""
    plain: dict[str, object] = {"event": event_name(event)}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, np.ndarray):
            continue
        plain[field.name] = str(value) if isinstance(value, Path) else value
    return json.dumps(plain, ensure_ascii=False)


def say(line: str) -> None:
    """Print a line at once, even into a pipe."""
    print(line, flush=True)


def warn(line: str) -> None:
    """Print a line to stderr at once."""
    print(line, file=sys.stderr, flush=True)
