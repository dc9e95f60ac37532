"""A list of noise schedules that shows each one while it is only pointed at, and takes the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from core.catalogue import SCHEDULES

from ..messages import row_text, row_tip
from ..widgets.combo import ElidedCombo
from ..widgets.plain import plain_tip, set_name

NARROWEST_PX, WIDEST_PX = 104, 148


class ScheduleChoice(ElidedCombo):
    """Shows what is set and asks for another; it keeps nothing of its own."""

    wished = Signal(str)  #: a schedule was chosen
    looked_at = Signal(str)  #: the list is open and one is pointed at; "" once the list is closed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(NARROWEST_PX, WIDEST_PX, parent)
        for name, row in SCHEDULES.items():
            self.addItem(row_text(row.title), name)
            self.setItemData(self.count() - 1, plain_tip(row_tip(row)), Qt.ItemDataRole.ToolTipRole)
        set_name(
            self,
            self.tr("Noise schedule"),
            self.tr(
                "How the noise grows with t. Point at one in the list to look at it; the one you choose is trained "
                "with: it is Schedule in the training settings"
            ),
        )
        self.activated.connect(self._chosen)
        self.highlighted.connect(self._pointed_at)

    def show_schedule(self, name: str) -> None:
        """This one is set."""
        self.setCurrentIndex(self.findData(name))

    def showPopup(self) -> None:
        """The list opens upwards where there is room: below lies the curve that it previews."""
        super().showPopup()
        popup = self.view().window()
        # Looking is over when it is hidden, whichever way: Esc does not come by `hidePopup`.
        popup.installEventFilter(self)
        above = self.mapToGlobal(QPoint(0, 0)).y() - popup.height()
        if popup is not self.window() and above >= self.screen().availableGeometry().top():
            popup.move(popup.x(), above)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is hidden: what was only pointed at is left."""
        if event.type() == QEvent.Type.Hide and watched is self.view().window():
            self.looked_at.emit("")
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page; a schedule is too much to be chosen by that."""
        event.ignore()

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self.wished.emit(self.itemData(place))

    @Slot(int)
    def _pointed_at(self, place: int) -> None:
        # The arrow keys move through a closed list too, and there they choose.
        if self.view().isVisible():
            self.looked_at.emit(self.itemData(place))
