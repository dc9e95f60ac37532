"""Puts measured tables into a README, between two comments that name them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path


def write_table(path: Path, name: str, lines: Sequence[str]) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`; without them it is put at the end."""
    text = path.read_text("utf-8") if path.exists() else ""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if begin not in text:
        text += f"\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    path.write_text("\n".join([before + begin, "", *lines, "", end + after]), "utf-8")


def mean_and_spread(values: Sequence[float], *, sign: bool = False) -> str:
    """`mean ± standard deviation`, as far as there are several values."""
    mean = f"{statistics.mean(values):{'+' if sign else ''}.2f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.2f}"
