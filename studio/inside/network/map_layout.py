"""Where everything of the drawn U lies: two columns, a row below them, the shortcuts, and the way of t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

if TYPE_CHECKING:
    from core.networks.anatomy import BlockRow

#: A box, what lies between two of them, and what is more between two stages.
LEAST_BOX_PX, MOST_BOX_PX, GAP_PX, STAGE_GAP_PX = 24, 36, 3, 5
#: Between two boxes at most, where there is room.
MOST_GAP_PX = 36
COLUMN_PX, LEAST_COLUMN_PX = 232, 174
#: Of the width for each column; of the picture on a shortcut, at most.
COLUMN_SHARE, CARRIED_PX = 0.232, 112
#: Between the columns and the row below them.
BELOW_PX = 20
#: From the line that comes down from the left column to the first box of the row below.
BESIDE_DROP_PX = 32
#: Above that row: the line that brings (scale, shift).
ABOVE_BOTTOM_PX = 14
MARGIN_PX = 1
#: How far the trunks of t lie from the columns.
LEFT_TRUNK_PX, RIGHT_TRUNK_PX = 9, 22

#: Where the sides of a `BlockRow` stand; the way of t has a line of its own.
LEFT, BOTTOM, RIGHT = "left", "bottom", "right"
COLUMN_OF = {"in": LEFT, "down": LEFT, "mid": BOTTOM, "up": RIGHT, "out": RIGHT}


@dataclass(frozen=True)
class Shortcut:
    """A curve from a row to the row that takes what it carries, and the place of its picture."""

    source: str
    target: str
    path: QPainterPath
    picture: QRectF


@dataclass
class MapLayout:
    """Places in the widget's pixels.

    entry       the box of what goes into the network
    boxes       module → box
    shortcuts   from the finest to the coarsest
    time        the line that the boxes of the time's way stand on
    left_trunk, right_trunk   x of the upright lines that bring (scale, shift) to the blocks
    drop        how far from the outer rim the line goes down from the left column, and up into the right one
    height      what all of it takes
    """

    entry: QRectF = field(default_factory=QRectF)
    boxes: dict[str, QRectF] = field(default_factory=dict)
    shortcuts: list[Shortcut] = field(default_factory=list)
    time: QRectF = field(default_factory=QRectF)
    left_trunk: float = 0.0
    right_trunk: float = 0.0
    drop: float = 0.0
    height: float = 0.0


def least_height(rows: Sequence[BlockRow]) -> int:
    """What the map of these rows takes when its boxes are as low as they may be."""
    left, right = column(rows, LEFT), column(rows, RIGHT)
    most = max(len(left) + 1, len(right))
    gaps = max(_stage_gaps(left), _stage_gaps(right)) + 1
    below = BELOW_PX + LEAST_BOX_PX if column(rows, BOTTOM) else 0
    return most * (LEAST_BOX_PX + GAP_PX) + gaps * STAGE_GAP_PX + below + 2 * MARGIN_PX


def lay_out(rows: Sequence[BlockRow], width: float, height: float) -> MapLayout:
    """The map of the rows in so much room; it is higher than `height` where that is less than `least_height`."""
    made = MapLayout()
    left, right, bottom = (column(rows, where) for where in (LEFT, RIGHT, BOTTOM))
    right.reverse()
    most = max(len(left) + 1, len(right))
    gaps = (max(_stage_gaps(left), _stage_gaps(right)) + 1) * STAGE_GAP_PX
    shares = most + (1 if bottom else 0)
    free = height - 2 * MARGIN_PX - gaps - (BELOW_PX if bottom else 0)
    # Twice as high as the gap where both can grow.
    box = min(MOST_BOX_PX, max(LEAST_BOX_PX, min(30, int(free / shares) - GAP_PX), int(free / shares * 0.66)))
    # What is left over lies between the boxes.
    pitch = min(float(box + MOST_GAP_PX), max(box + GAP_PX, (free - (box if bottom else 0)) / most))
    wide = min(COLUMN_PX, max(LEAST_COLUMN_PX, round(width * COLUMN_SHARE)))
    right_x = width - MARGIN_PX - wide
    made.entry = QRectF(MARGIN_PX, MARGIN_PX, wide, box)
    ends = [
        _place_column(made, left, MARGIN_PX, MARGIN_PX + pitch, wide, box, pitch),
        _place_column(made, right, right_x, MARGIN_PX, wide, box, pitch),
    ]
    made.left_trunk, made.right_trunk = MARGIN_PX + wide + LEFT_TRUNK_PX, right_x - RIGHT_TRUNK_PX
    made.time = QRectF(MARGIN_PX + wide + 14, MARGIN_PX, right_x - 44 - wide - MARGIN_PX, box)
    low = max(ends) - (pitch - box)
    if bottom:
        low = _place_bottom(made, bottom, width, wide, low + BELOW_PX, box)
    made.height = low + MARGIN_PX
    _place_shortcuts(made, rows, pitch)
    return made


def column(rows: Sequence[BlockRow], side: str) -> list[BlockRow]:
    """The rows of LEFT, BOTTOM or RIGHT, in the order of computation."""
    return [row for row in rows if COLUMN_OF.get(row.side) == side]


def _stage_gaps(rows: Sequence[BlockRow]) -> int:
    return sum(_parted(one, other) for one, other in pairwise(rows))


def _parted(one: BlockRow, other: BlockRow) -> bool:
    """Whether there is air between two neighbours."""
    return (one.side, one.stage) != (other.side, other.stage)


def _place_column(
    made: MapLayout, rows: Sequence[BlockRow], x: float, y: float, wide: float, box: float, pitch: float
) -> float:
    """From the top down; returns where the next one would begin."""
    for number, row in enumerate(rows):
        if number and _parted(rows[number - 1], row):
            y += STAGE_GAP_PX
        made.boxes[row.module] = QRectF(x, y, wide, box)
        y += pitch
    return y


def _place_bottom(
    made: MapLayout, rows: Sequence[BlockRow], width: float, column: float, y: float, box: float
) -> float:
    # From the middle of the columns; in a narrow map from their rim, so that the words have room.
    made.drop = column / 2
    wide = min(column, _bottom_width(made, rows, width))
    if wide < LEAST_COLUMN_PX - 12:
        made.drop = 20
        wide = min(column, _bottom_width(made, rows, width))
    start = MARGIN_PX + made.drop + BESIDE_DROP_PX
    room = width - 2 * start
    gap = (room - wide * len(rows)) / max(1, len(rows) - 1)
    for number, row in enumerate(rows):
        made.boxes[row.module] = QRectF(round(start + number * (wide + gap)), y, wide, box)
    return y + box


def _bottom_width(made: MapLayout, rows: Sequence[BlockRow], width: float) -> float:
    room = width - 2 * (MARGIN_PX + made.drop + BESIDE_DROP_PX)
    return (room - 28 * (len(rows) - 1)) / len(rows)


def _place_shortcuts(made: MapLayout, rows: Sequence[BlockRow], pitch: float) -> None:
    side = min(CARRIED_PX, 2 * pitch - 12)
    pairs = [(row.shortcut, row.module) for row in rows if row.shortcut]
    below = (made.boxes[row.module].top() for row in column(rows, BOTTOM))
    lowest = min(below, default=made.height) - ABOVE_BOTTOM_PX
    pairs.sort(key=lambda pair: made.boxes[pair[0]].top() if pair[0] in made.boxes else 0.0)
    for number, (source, target) in enumerate(pairs):
        if source not in made.boxes:
            continue
        begin, end = made.boxes[source], made.boxes[target]
        start = QPointF(begin.right(), begin.center().y())
        stop = QPointF(end.left() - 4, end.center().y())
        path = QPainterPath(start)
        reach = (stop.x() - start.x()) * 0.5
        path.cubicTo(QPointF(start.x() + reach, start.y()), QPointF(stop.x() - reach, stop.y()), stop)
        # Side by side in turns, so that those of neighbours do not lie over each other.
        share = 0.5 if number == 0 else 0.36 if number % 2 else 0.64
        middle = path.pointAtPercent(share)
        own = min(side, begin.height()) if number == 0 else side
        picture = QRectF(round(middle.x() - own / 2), round(middle.y() - own / 2), own, own)
        picture.moveBottom(min(picture.bottom(), lowest))
        made.shortcuts.append(Shortcut(source, target, path, picture))


# --- The keyboard ----------------------------------------------------------------------------------------


def neighbour(made: MapLayout, module: str, dx: int, dy: int) -> str:
    """The box that an arrow leads to from that of `module`: the nearest in its direction, or itself."""
    here = made.boxes[module].center()
    best, found = float("inf"), module
    for name, box in made.boxes.items():
        there = box.center() - here
        along = there.x() * dx + there.y() * dy
        across = abs(there.x() * dy) + abs(there.y() * dx)
        if name == module or along <= 2:
            continue
        # Along the columns one goes by boxes, between them by what lies beside.
        distance = along + 4 * across if dx else along + 0.4 * across
        if distance < best:
            best, found = distance, name
    return found
