"""A section of the settings form: a few rows that are always there, and the rest behind *More*."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ..icons import set_icon
from ..style import set_look
from ..widgets.form import GUTTER_PX
from ..widgets.plain import set_tip
from ..widgets.symbols import Symbol
from .field import SettingField


class SettingsSection(QWidget):
    """A title with *More* at its right, the basic rows, and the others folded away."""

    unfolded = Signal()  #: *More* was pressed; what is behind it may still have to be made

    def __init__(self, title: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        head = QHBoxLayout()
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setIconSize(QSize(16, 16))
        set_look(self.more, text_beside=True, quiet=True)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.toggled.connect(self._toggled)
        head.addWidget(Symbol(title, semibold=True), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(self.more)
        head.addSpacing(GUTTER_PX - 8)
        column.addLayout(head)
        self._basic = QVBoxLayout()
        self._basic.setSpacing(0)
        column.addLayout(self._basic)
        self._rest = QWidget()
        self._rest_column = QVBoxLayout(self._rest)
        self._rest_column.setContentsMargins(0, 0, 0, 0)
        self._rest_column.setSpacing(0)
        column.addWidget(self._rest)
        self._rest.hide()
        tip = QCoreApplication.translate("Section", "{section}: all settings").format(section=title)
        set_tip(self.more, tip)
        self.more.setAccessibleName(tip)
        self._show()

    def add(self, field: SettingField, *, basic: bool) -> None:
        """Add a field at the end of the basic ones, or of those behind *More*; one that is here already moves there."""
        (self._basic if basic else self._rest_column).addWidget(field)

    def tab_stops(self) -> Iterator[QWidget]:
        """Everything in it that takes the focus, from top to bottom."""
        yield self.more
        for column in (self._basic, self._rest_column):
            for place in range(column.count()):
                field = column.itemAt(place).widget()  # type: ignore[union-attr]  # there are so many
                assert isinstance(field, SettingField)
                yield from field.tab_stops()

    def set_expanded(self, expanded: bool) -> None:
        """Show or fold what is behind *More*."""
        self.more.setChecked(expanded)

    @Slot(bool)
    def _toggled(self, expanded: bool) -> None:
        if expanded:
            self.unfolded.emit()
        self._rest.setVisible(expanded)
        self._show()

    def _show(self) -> None:
        expanded = self.more.isChecked()
        set_icon(self.more, "chevron_up" if expanded else "chevron_down", "muted")
        less, more = QCoreApplication.translate("Section", "Less"), QCoreApplication.translate("Section", "More")
        self.more.setText(less if expanded else more)
