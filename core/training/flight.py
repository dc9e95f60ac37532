"""The flight record: what the last batches were, kept in memory and written down when something goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..storage.atomic import make_folder, write_json

#: Batches that are remembered.
KEPT = 16


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch: what it was made of and what came of it."""

    step: int  #: the optimizer step it belongs to, counted from 1
    batch: int  #: its number, from which order, noise and timesteps follow
    files: tuple[str, ...]
    timesteps: tuple[int, ...]
    losses: tuple[float, ...]  #: unweighted, of each picture


class FlightRecord:
    """The last `KEPT` batches, and the gradient's norm of the last steps."""

    def __init__(self) -> None:
        self._batches: deque[BatchRecord] = deque(maxlen=KEPT)
        self._grad_norms: deque[tuple[int, float]] = deque(maxlen=KEPT)

    def add_batch(self, record: BatchRecord) -> None:
        """One more batch."""
        self._batches.append(record)

    def add_grad_norm(self, step: int, grad_norm: float) -> None:
        """The gradient's norm before clipping."""
        self._grad_norms.append((step, grad_norm))

    def write(self, folder: Path, *, step: int, what: str, facts: Mapping[str, object]) -> Path:
        """Write `incident-STEP-N.json` into a run's folder of incidents; its path. Raises RunError."""
        make_folder(folder)
        number, path = 1, folder / f"incident-{step:08d}.json"
        while path.exists():
            number += 1
            path = folder / f"incident-{step:08d}-{number}.json"
        write_json(
            path,
            {
                "what": what,
                "step": step,
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                **facts,
                # JSON has no NaN, and the numbers here are just those.
                "grad_norms": [[at, repr(norm)] for at, norm in self._grad_norms],
                "batches": [
                    {**asdict(record), "losses": [repr(loss) for loss in record.losses]} for record in self._batches
                ],
            },
        )
        return path
