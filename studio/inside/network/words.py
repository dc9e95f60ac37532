"""What is said of a block of the network: its side, its kind's colour, its parts, in the language of the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from core.errors import QT_TRANSLATE_NOOP

from ... import numbers

if TYPE_CHECKING:
    from core.networks.anatomy import BlockRow

CONTEXT = "NetworkWords"

#: What can be switched off, as in `core.networks.looking.PARTS` → its name, and what that means.
PARTS: Mapping[str, tuple[str, str]] = {
    "shortcut": (
        QT_TRANSLATE_NOOP("NetworkWords", "Shortcut"),
        QT_TRANSLATE_NOOP("NetworkWords", "The channels that it takes over from the way down; off: they are zero."),
    ),
    "residual": (
        QT_TRANSLATE_NOOP("NetworkWords", "Residual"),
        QT_TRANSLATE_NOOP("NetworkWords", "What goes around its convolutions and is added; off: it is zero."),
    ),
    "block": (
        QT_TRANSLATE_NOOP("NetworkWords", "Convolutions"),
        QT_TRANSLATE_NOOP("NetworkWords", "What its two convolutions add; off: the residual alone is left."),
    ),
    "attention": (
        QT_TRANSLATE_NOOP("NetworkWords", "Attention"),
        QT_TRANSLATE_NOOP("NetworkWords", "What it adds to its input; off: the input goes on as it is."),
    ),
}

_SIDES: Mapping[str, str] = {
    "time": QT_TRANSLATE_NOOP("NetworkWords", "way of t"),
    "in": QT_TRANSLATE_NOOP("NetworkWords", "in"),
    "down": QT_TRANSLATE_NOOP("NetworkWords", "down"),
    "mid": QT_TRANSLATE_NOOP("NetworkWords", "middle"),
    "up": QT_TRANSLATE_NOOP("NetworkWords", "up"),
    "out": QT_TRANSLATE_NOOP("NetworkWords", "out"),
}


def tr(text: str) -> str:
    """A text of this table in the window's language."""
    return QCoreApplication.translate(CONTEXT, text)


def is_attention(row: BlockRow) -> bool:
    """Whether a pixel of it looks at others."""
    return row.kind in ("attention", "linear_attention")


def colour_of(kind: str) -> str:
    """The token of a kind: residual blocks, attention, all else."""
    if kind == "resnet":
        return "loss"
    return "validation" if kind in ("attention", "linear_attention") else "edge"


def shape_text(shape: Sequence[int]) -> str:
    """16×24×24; of one number for each channel 64."""
    channels, *rest = shape
    if all(side == 1 for side in rest):
        return numbers.count(channels)
    return "×".join(str(side) for side in shape)


def size_text(row: BlockRow) -> str:
    """The side of the U, and how many pixels it has: up, 12 × 12."""
    _, height, width = row.shape
    side = tr(_SIDES.get(row.side, row.side))
    return side if row.side == "time" else f"{side}, {height} × {width}"


def parts_of(row: BlockRow) -> tuple[str, ...]:
    """Which of PARTS the block has."""
    resnet = row.kind == "resnet"
    has = {"shortcut": bool(row.shortcut), "residual": resnet, "block": resnet, "attention": is_attention(row)}
    return tuple(part for part, there in has.items() if there)


def share_text(share: float) -> str:
    """3.81 %."""
    return f"{numbers.figure(100 * share)} %"


def heads_text(row: BlockRow) -> str:
    """How many heads of how many channels: 1 × 16."""
    return f"{row.heads} × {row.dim_head}" if row.heads else "–"


# --- The way of t ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TimeBox:
    """A box of the way of t; wave: a sinusoid is drawn before its words."""

    module: str
    title: str
    tip: str
    wave: bool = False


_TIME_TIPS: Mapping[str, str] = {
    "embedding": QT_TRANSLATE_NOOP(
        "NetworkWords",
        "sin and cos of t at {count} frequencies from fast to slow, so that near timesteps look alike to the network "
        "and far ones do not (Vaswani et al. 2017; Ho et al. 2020, appendix B).",
    ),
    "linear": QT_TRANSLATE_NOOP("NetworkWords", "A matrix and a bias: {count} numbers come out."),
    "activation": QT_TRANSLATE_NOOP(
        "NetworkWords", "GELU(x) = x·Φ(x), Φ the normal distribution (Hendrycks & Gimpel 2016, arXiv 1606.08415)."
    ),
    "class_embedding": QT_TRANSLATE_NOOP(
        "NetworkWords", "A vector of {count} numbers for each class, added (Dhariwal & Nichol 2021, section 3.1)."
    ),
    "augment_embedding": QT_TRANSLATE_NOOP(
        "NetworkWords",
        "What was done to a training picture, in nine numbers, as a vector of {count}, added; none where a sample is "
        "made (Karras et al. 2022, arXiv 2206.00364, F.2).",
    ),
}
_T_TIP = QT_TRANSLATE_NOOP(
    "NetworkWords", "The timestep: how much noise there is in x_t. 0 is the least, T − 1 almost nothing else."
)


def time_boxes(rows: Sequence[BlockRow]) -> list[TimeBox]:
    """t, and what becomes of it, in the order of computation."""
    boxes = [TimeBox("", "t 9,999", tr(_T_TIP))]
    for row in rows:
        if row.side != "time":
            continue
        channels = row.shape[0]
        number = numbers.count(channels)
        title = {"embedding": number, "activation": row.title}.get(row.kind, f"{row.title} {number}")
        if row.kind == "class_embedding":
            title = "+ " + tr(QT_TRANSLATE_NOOP("NetworkWords", "class"))
        elif row.kind == "augment_embedding":
            title = "+ " + tr(QT_TRANSLATE_NOOP("NetworkWords", "changes"))
        count = numbers.count(channels // 2 if row.kind == "embedding" else channels)
        tip = tr(_TIME_TIPS.get(row.kind, "")).replace("{count}", count)
        boxes.append(TimeBox(row.module, title, tip, wave=row.kind == "embedding"))
    return boxes
