"""Charts as SVG inside a page: they need no script, take the page's colours and can be printed. Pure functions."""

from __future__ import annotations

import io
import math
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Values = NDArray[np.float64]

WIDTH, HEIGHT = 600, 236
LEFT, RIGHT, TOP, BOTTOM = 58, 24, 10, 36
#: Columns that a curve is thinned to: two points, its least and its greatest, in each.
COLUMNS = 540
#: Numbers below this are drawn at it on a logarithmic axis, which has no place for 0.
FLOOR = 1e-9
#: Larger numbers than this leave the axis; squares of them leave float64.
LARGEST = 1e100
#: More dotted lines than this are a curtain.
MOST_MARKS = 60

#: Five of viridis (Smith & van der Walt 2015), which is even in lightness and also read by the colour-blind.
_VIRIDIS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))


@dataclass(frozen=True, slots=True)
class Line:
    """A curve of a chart.

    style   the class of its path: a colour of the page, and "faint" or "dashed"
    """

    name: str
    style: str
    x: NDArray[np.int64] | Values  #: (n,), ascending
    y: Values  #: (n,); NaN is a gap


def thinned(x: Values, y: Values, left: float, right: float, columns: int = COLUMNS) -> tuple[Values, Values]:
    """The curve in at most 2·columns points: the least and the greatest of each column, in their order."""
    inside = np.isfinite(y) & (np.abs(y) < LARGEST)
    x, y = np.asarray(x, np.float64)[inside], y[inside]
    if len(x) <= 2 * columns:
        return x, y
    span = max(right - left, 1e-12)
    places = np.minimum(((x - left) / span * columns).astype(np.int64), columns - 1)
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    ends = np.append(starts[1:], len(places))
    kept = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        part = y[start:end]
        kept += sorted({start + int(part.argmin()), start + int(part.argmax())})
    return x[kept], y[kept]


def smoothed(values: Values, window: int) -> Values:
    """(n,) the mean of the last `window` values, of fewer at the beginning; NaN counts for nothing."""
    sound = np.isfinite(values) & (np.abs(values) < LARGEST)
    sums = np.concatenate(([0.0], np.cumsum(np.where(sound, values, 0.0))))
    counts = np.concatenate(([0], np.cumsum(sound)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(
            counts[ends] > counts[starts], (sums[ends] - sums[starts]) / (counts[ends] - counts[starts]), np.nan
        )


def line_chart(
    lines: Sequence[Line],
    *,
    title: str,
    x_label: str,
    log: bool,
    marks: Iterable[tuple[float, str]] = (),
    x_range: tuple[float, float] | None = None,
) -> str:
    """An SVG of curves over one axis; "" where there is nothing to draw.

    marks: (x, style) of vertical lines. x_range: of the axis; None: that of the curves.
    """
    drawn = [line for line in lines if np.isfinite(line.y).any()]
    if not drawn:
        return ""
    left = min(float(line.x[0]) for line in drawn) if x_range is None else x_range[0]
    right = max(float(line.x[-1]) for line in drawn) if x_range is None else x_range[1]
    right = right if right > left else left + 1
    points = [(line, *thinned(np.asarray(line.x, np.float64), line.y, left, right)) for line in drawn]
    seen = np.concatenate([y for _, _, y in points])
    if not len(seen):
        return ""
    low, high = _y_range(seen, log=log)
    frame = _Frame(left, right, low, high, log)
    parts = [frame.axes(x_label)]
    within = [(mark, style) for mark, style in marks if left <= mark <= right][-MOST_MARKS:]
    for mark, style in within:
        parts.append(f'<path class="mark {style}" d="M{frame.x(mark):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
    for line, x, y in points:
        xs, ys = frame.xs(x), frame.ys(y)
        if len(xs) == 1:
            parts.append(f'<circle class="{line.style} dot" cx="{xs[0]:.1f}" cy="{ys[0]:.1f}" r="3"/>')
            continue
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(xs.tolist(), ys.tolist(), strict=True))
        parts.append(f'<path class="line {line.style}" d="M{path}"><title>{escape(line.name)}</title></path>')
    return _svg(title, parts)


def bar_chart(heights: Values, *, title: str, x_label: str, right: float) -> str:
    """An SVG of bars of equal width over 0 … right; NaN is no bar. "" where there is none."""
    sound = np.where(np.isfinite(heights) & (np.abs(heights) < LARGEST), heights, np.nan)
    if not np.isfinite(sound).any():
        return ""
    frame = _Frame(0, right, *_y_range(np.append(sound[np.isfinite(sound)], 0.0), log=False), log=False)
    width, parts = right / len(heights), [frame.axes(x_label)]
    for place, height in enumerate(sound.tolist()):
        if math.isfinite(height):
            x, y = frame.x((place + 0.07) * width), float(frame.ys(np.array([height]))[0])
            across = frame.x((place + 0.93) * width) - x
            tall = HEIGHT - BOTTOM - y
            parts.append(f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{across:.1f}" height="{tall:.1f}"/>')
    return _svg(title, parts)


def heat_map(
    values: Values, *, title: str, x_label: str, y_label: str, x_range: tuple[float, float], top: float
) -> str:
    """An SVG of (columns, rows) values over x_range and 0 … top, the first row below; "" where all are NaN.

    Low is dark and high is light, see `span_of`; NaN is see-through.
    """
    if not np.isfinite(values).any():
        return ""
    frame = _Frame(*x_range, 0, top, log=False)
    low, high = span_of(values)
    shares = np.clip((values - low) / max(high - low, 1e-12), 0, 1)
    image = np.zeros((*values.T.shape, 4), np.uint8)
    image[..., :3] = viridis(np.nan_to_num(shares.T[::-1]))
    image[..., 3] = np.where(np.isfinite(values.T[::-1]), 255, 0)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    across, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    picture = (
        f'<image x="{LEFT}" y="{TOP}" width="{across}" height="{tall}" preserveAspectRatio="none"'
        f' class="pixels" href="{data_uri(file.getvalue(), "png")}"/>'
    )
    label = f'<text class="end" x="{LEFT - 6}" y="{TOP + 9}">{escape(y_label)}</text>'
    return _svg(title, [picture, frame.axes(x_label, grid=False, top_free=True), label])


def span_of(values: Values) -> tuple[float, float]:
    """What the darkest and the lightest colour of a map stand for: all but the last hundredth at either end."""
    low, high = np.nanquantile(values, [0.01, 0.99])
    return float(low), float(high)


def viridis(shares: Values) -> NDArray[np.uint8]:
    """(…, 3) colours of numbers 0 … 1."""
    places = np.linspace(0, 1, len(_VIRIDIS))
    parts = [np.interp(shares, places, [colour[part] for colour in _VIRIDIS]) for part in range(3)]
    return np.rint(np.stack(parts, -1)).astype(np.uint8)


def data_uri(data: bytes, kind: str) -> str:
    """A picture as an address that holds it; kind: png, webp."""
    return f"data:image/{kind};base64,{b64encode(data).decode()}"


def figure(number: float, digits: int = 3) -> str:
    """A measured value with `digits` significant digits: 0.0420, 1.41, 12,300."""
    if not math.isfinite(number):
        return "∞" if number > 0 else "−∞" if number < 0 else "–"
    if number == 0:
        return "0"
    exponent = math.floor(math.log10(abs(number)))
    if exponent < -4 or exponent >= 7:
        return f"{number:.{digits - 1}e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
    return f"{round(number, digits - 1 - exponent):,.{max(0, digits - 1 - exponent)}f}".replace("-", "−")


# --- axes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where numbers stand in the SVG."""

    left: float
    right: float
    low: float
    high: float
    log: bool

    def x(self, value: float) -> float:
        """Across, of one number."""
        return LEFT + (value - self.left) / (self.right - self.left) * (WIDTH - LEFT - RIGHT)

    def xs(self, values: Values) -> Values:
        """Across, of several."""
        return LEFT + (values - self.left) / (self.right - self.left) * (WIDTH - LEFT - RIGHT)

    def ys(self, values: Values) -> Values:
        """From above, of several."""
        low, high = self.low, self.high
        if self.log:
            values, low, high = np.log10(np.maximum(values, FLOOR)), math.log10(low), math.log10(high)
        share = np.clip((values - low) / (high - low), 0, 1)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def axes(self, x_label: str, *, grid: bool = True, top_free: bool = False) -> str:
        """The grid, the numbers beside it and what lies along."""
        parts = []
        heights = _decades(self.low, self.high) if self.log else _ticks(self.low, self.high, 4)
        for value in heights:
            y = float(self.ys(np.array([value]))[0])
            if top_free and y < TOP + 24:
                continue
            if grid:
                parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            parts.append(f'<text class="end" x="{LEFT - 6}" y="{y + 4:.1f}">{_tick_words(value)}</text>')
        for value in _ticks(self.left, self.right, 5):
            parts.append(
                f'<text class="mid" x="{self.x(value):.1f}" y="{HEIGHT - BOTTOM + 14}">{_tick_words(value)}</text>'
            )
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(f'<text class="mid muted" x="{middle}" y="{HEIGHT - 6}">{escape(x_label)}</text>')
        parts.append(f'<path class="axis" d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
        return "".join(parts)


def _svg(title: str, parts: Iterable[str]) -> str:
    said = escape(title)
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">{"".join(parts)}</svg>'


def _y_range(seen: Values, *, log: bool) -> tuple[float, float]:
    low, high = float(seen.min()), float(seen.max())
    if log:
        low, high = max(low, FLOOR), max(high, 10 * FLOOR)
        return low / 1.15, high * 1.15
    low = min(low, 0.0)
    return low, high + (high - low) * 0.06 if high > low else low + 1.0


def _ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers from low to high, some `about` of them."""
    step = 10.0 ** math.floor(math.log10((high - low) / about))
    step *= next((times for times in (1, 2, 5) if (high - low) / (step * times) <= about), 10)
    first = math.ceil(low / step - 1e-9)
    return [place * step for place in range(first, math.floor(high / step + 1e-9) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """Of a logarithmic axis: 1, 2 and 5 of each decade, or the decades alone where there are many."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    each = (1, 2, 5) if last - first <= 3 else (1,)
    every = max(1, (last - first) // 6)
    found = [times * 10.0**power for power in range(first, last + 1, every) for times in each]
    return [value for value in found if low <= value <= high]


def _tick_words(value: float) -> str:
    if value and (abs(value) < 1e-4 or abs(value) >= 1e9):
        return f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
    return f"{value:,.10g}".replace("-", "−")
