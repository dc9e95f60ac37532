"""The same training step in smaller bites, for a device whose memory was too small for the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..config import RunConfig


def smaller_batch(config: RunConfig) -> dict[str, int] | None:
    """Settings under which a step sees the same pictures, fewer of them at a time; None where there are none.

    The batch is divided by its smallest prime factor and the gradient accumulated so much more often: half of it at a
    time, twice, for an even one. (What looks at a whole batch at once, as immiscible diffusion does, then looks at the
    smaller one.)
    """
    train = config.train
    parts = next((n for n in range(2, train.batch_size + 1) if train.batch_size % n == 0), None)
    if parts is None:
        return None
    changes = {
        "batch_size": train.batch_size // parts,
        "gradient_accumulate_every": train.gradient_accumulate_every * parts,
    }
    return None if config.with_settings(changes).problems() else changes
