"""The figures of the hazards that the tests measure, as the table in resources/docs/reliability.md."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    hazard: str
    demanded: str
    measured: str


_figures: dict[tuple[str, str], Figure] = {}


def figure(hazard: str, *, demanded: str, measured: str) -> None:
    """Note what was measured; the last word on the same demand holds.

    hazard: its short name, such as D1. Call it before the assert that it belongs to, so that a failure is seen as well.
    """
    _figures[hazard, demanded] = Figure(hazard, demanded, measured)


def measured() -> list[Figure]:
    """All that was noted in this process."""
    return list(_figures.values())


def table() -> list[str]:
    """The lines of a Markdown table, by hazard; none where nothing was measured."""
    if not _figures:
        return []
    rows = [("hazard", "demanded", "measured"), *sorted(_figures.values(), key=_order)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return [f"| {line} |" for line in (lines[0], " | ".join("-" * width for width in widths), *lines[1:])]


def _order(figure: Figure) -> tuple[str, int, str]:
    letter, number = figure.hazard[:1], "".join(filter(str.isdigit, figure.hazard))
    return letter, int(number or 0), figure.demanded
