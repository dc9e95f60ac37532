"""The flight record: what the last batches were, kept in memory and written down when something goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..storage.atomic import make_folder, write_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Batches that are remembered.
KEPT = 16


class _Batch(NamedTuple):
    step: int  #: the optimizer step it belongs to, counted from 1
    batch: int  #: its number, from which pictures, noise and timesteps follow
    timesteps: NDArray[np.int64]
    losses: NDArray[np.float32]  #: unweighted, of each picture


class FlightRecord:
    """The last `KEPT` batches, and the gradient's norm of the last steps."""

    def __init__(self) -> None:
        self._batches: deque[_Batch] = deque(maxlen=KEPT)
        self._grad_norms: deque[tuple[int, float]] = deque(maxlen=KEPT)

    def add_batch(self, step: int, batch: int, timesteps: NDArray[np.int64], losses: NDArray[np.float32]) -> None:
        """One more batch: its number, and t and the unweighted loss of each of its pictures."""
        self._batches.append(_Batch(step, batch, timesteps, losses))

    def add_grad_norm(self, step: int, grad_norm: float) -> None:
        """The gradient's norm before clipping."""
        self._grad_norms.append((step, grad_norm))

    def write(
        self, folder: Path, *, step: int, what: str, names_of: Callable[[int], Sequence[str]], **facts: object
    ) -> Path:
        """Write `incident-STEP.json` into a run's folder of incidents; its path. Raises RunError.

        names_of: the files of a batch by its number.
        """
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
                    {
                        "step": record.step,
                        "batch": record.batch,
                        "pictures": [
                            {"file": name, "t": int(t), "loss": repr(float(loss))}
                            for name, t, loss in zip(
                                names_of(record.batch), record.timesteps, record.losses, strict=True
                            )
                        ],
                    }
                    for record in self._batches
                ],
            },
        )
        return path
