"""What reading a folder's pictures will take: memory, disk, and how long until all are decoded once."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..folder.pairs import needs_pairs
from ..folder.splits import divided, sides_in_parts
from .augment import of_partner
from .cache_folder import CachePlace
from .fill import FillRules, Slots, fill_by_helpers
from .pictures import AT_ONCE_PIXELS, MEMORY_BUDGET_BYTES

if TYPE_CHECKING:
    from ...settings import DataConfig
    from ..folder.scan import Scan

#: Pictures that are tried at most.
MOST_TRIED = 512


@dataclass(frozen=True, slots=True)
class CacheCost:
    """Of a run's pictures, once; later epochs only read what was kept."""

    pictures: int  #: that are trained on
    held_out: int
    memory_bytes: int  #: taken for pictures while it trains
    disk_bytes: int  #: of the cache, when it is full; 0: there is none
    keeps_all: bool  #: False: they are decoded anew in every epoch
    pictures_per_second: float  #: measured, with all helpers
    seconds: float  #: to decode all of them once


def cost(
    scan: Scan,
    data: DataConfig,
    *,
    cache: CachePlace | None = None,
    seconds: float = 1.0,
    stop: threading.Event | None = None,
) -> CacheCost | None:
    """Decode some of the pictures for about `seconds` and tell what all will take; `data` has nothing on auto.

    None where `stop` came first, which is looked at a few times a second whatever is being decoded. For a background
    thread. Raises ConfigError where the settings leave no picture, DataError where no helper starts.
    """
    stop = stop or threading.Event()
    rules, files = FillRules.of(data), scan.pictures
    sides = []
    for part in sides_in_parts(files, data.hold_out, frozenset(data.excluded or ())):
        sides.append(part)
        if stop.is_set():
            return None
    parts = divided(np.concatenate(sides), data.hold_out)
    slots = Slots(files, rules)
    needed, folders = slots.total_bytes, 1
    if needs_pairs(data):
        # The second folder's are about as many, and take as long.
        needed, folders = needed + Slots(files, FillRules.of(of_partner(data))).total_bytes, 2
    at_once = int((files.widths.astype(np.int64) * files.heights).sum()) <= AT_ONCE_PIXELS
    on_disk = not at_once and needed <= (cache or CachePlace.usual()).quota_bytes
    in_memory = not on_disk and needed <= MEMORY_BUDGET_BYTES
    count = len(parts.train) + len(parts.held_out)
    speed = _measured(scan, slots, rules, seconds, stop) / folders
    if stop.is_set():
        return None
    return CacheCost(
        pictures=len(parts.train),
        held_out=len(parts.held_out),
        memory_bytes=0 if on_disk else min(needed, MEMORY_BUDGET_BYTES),
        disk_bytes=needed if on_disk else 0,
        keeps_all=on_disk or in_memory,
        pictures_per_second=speed,
        seconds=count / speed if speed else float("inf"),
    )


def _measured(scan: Scan, slots: Slots, rules: FillRules, seconds: float, stop: threading.Event) -> float:
    """Pictures per second, of some from all over the folder; 0 where none could be decoded in time."""
    count = len(scan.pictures)
    # In an order that jumps about: a folder's pictures are often alike in groups.
    chosen = np.random.default_rng(0).permutation(count)[:MOST_TRIED].tolist()
    wanted = ((place, Path(scan.pictures.path(place)), slots.of(place), 0) for place in chosen)
    done, began = 0, time.monotonic()
    first = ended = began
    with closing(fill_by_helpers(wanted, rules, None)) as answers:
        for answer in answers:
            now = time.monotonic()
            if stop.is_set():
                break
            if answer is not None:
                done, ended = done + 1, now
                if done == 1:
                    first = now  # until then the helpers were started
            if now - began > seconds and (done > 1 or now - began > 10 * seconds):
                break
    if done < 2:
        return done / (ended - began) if done else 0.0
    return (done - 1) / max(ended - first, 1e-6)
