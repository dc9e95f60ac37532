"""The ground of the room's two plots: they tell which part is looked at, and say what will appear while empty."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from ..theme import theme
from ..widgets.panel import caption
from ..widgets.plot import RIGHT_AXIS_PX, LivePlot


class RunPlot(LivePlot):
    """A LivePlot whose data is fetched for the part that is shown. Both plots' edges align."""

    view_changed = Signal()  #: the user looks at another part

    def __init__(self, parent: QWidget | None = None, *, interactive: bool, right_axis: str | None = None) -> None:
        super().__init__(parent, whole_x=True, interactive=interactive)
        if right_axis is not None:
            self.add_right_axis(right_axis)
        else:
            # Where the other plot has its right axis.
            left, top, right, bottom = self._plot.layout.getContentsMargins()
            self._plot.layout.setContentsMargins(left, top, right + RIGHT_AXIS_PX, bottom)
        self._box.sigRangeChangedManually.connect(self._looked)
        self.hint = caption()
        self.hint.setParent(self)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        theme().changed.connect(self._restyle_hint)
        self._restyle_hint()
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # The plotting area is laid out later than the widget, so that is what is followed.
        self._box.sigResized.connect(self.place_hint)

    def x_view(self) -> tuple[float, float]:
        """The stretch of x that is shown."""
        low, high = self._box.viewRange()[0]
        return float(low), float(high)

    def columns(self) -> int:
        """How many pixel columns the curves have, in device pixels."""
        left, right = self.plot_rect_px()
        return max(2, int((right - left) * self.devicePixelRatioF()))

    @Slot()
    def _looked(self) -> None:
        self.view_changed.emit()

    def set_hint(self, text: str) -> None:
        """The sentence that stands in the middle while there is no data."""
        self.hint.setText(text)
        self.place_hint()

    @Slot()
    def place_hint(self) -> None:
        """Put the hint into the middle of the plotting area."""
        left, right = self.plot_rect_px()
        wide = min(self.hint.fontMetrics().horizontalAdvance(self.hint.text()) + 20, max(40, int(right - left) - 16))
        tall = self.hint.heightForWidth(wide)
        middle = (self.height() - 40) // 2
        self.hint.setGeometry(int(left + right - wide) // 2, middle - tall // 2, wide, tall)

    @Slot()
    def _restyle_hint(self) -> None:
        # On the plot's own ground, so that no grid line runs through the words.
        self.hint.setStyleSheet(f"background: {theme().tokens.panel}; padding: 4px 8px;")
