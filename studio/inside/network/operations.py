"""How a block works: its operations in the order in which they are computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.errors import QT_TRANSLATE_NOOP

from ... import numbers
from ...app.theme import BODY_PX, sized_font
from ...widgets.panel import caption
from ...widgets.plain import set_tip
from ...widgets.symbols import Symbol, text_size
from .words import shape_text

if TYPE_CHECKING:
    from core.networks.unfolding import Operation

#: The translators' context of what an operation says.
ANATOMY = "Anatomy"
INDENT_PX, FORMULA_PX = 24, 276

_BRANCHES: Mapping[str, str] = {
    "time": QT_TRANSLATE_NOOP("OperationsPage", "way of t"),
    "residual": QT_TRANSLATE_NOOP("OperationsPage", "around the block"),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate(ANATOMY, text) if text else ""


class OperationsPage(QWidget):
    """A few lines for each: its name and the shape it makes, its formula, what it does and where it is from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._lines = QWidget()
        self._column.addWidget(self._lines)
        self._column.addStretch(1)
        self._shown: tuple[Operation, ...] = ()
        self._meanings: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})

    @property
    def shown(self) -> tuple[Operation, ...]:
        """What is listed."""
        return self._shown

    def show_operations(
        self, operations: Sequence[Operation], symbols: Mapping[str, str], axes: Mapping[str, str]
    ) -> None:
        """Those of another block, and what the signs of their formulas and the numbers of their shapes are."""
        if tuple(operations) == self._shown:
            return
        self._shown, self._meanings = tuple(operations), (symbols, axes)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for number, operation in enumerate(self._shown, 1):
            column.addLayout(self._line(number, operation))
        self._column.replaceWidget(self._lines, lines)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = lines

    def _line(self, number: int, operation: Operation) -> QVBoxLayout:
        step, (symbols, axes) = operation.step, self._meanings
        place = caption(numbers.count(number))
        place.setFixedWidth(INDENT_PX - 8)
        shape = caption(shape_text(operation.shape))
        counted = zip(operation.axes, operation.shape, strict=False)
        set_tip(
            shape, "\n".join(f"{axis} = {numbers.count(size)}: {_tr(axes.get(axis, ''))}" for axis, size in counted)
        )
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(place)
        head.addWidget(Symbol(_tr(step.title)))
        branch = _BRANCHES.get(operation.branch)
        if branch is not None:
            head.addWidget(caption("· " + QCoreApplication.translate("OperationsPage", branch)))
        head.addStretch(1)
        head.addWidget(shape)
        formula = _formula(step.formula)
        meanings = [f"{sign}: {_tr(symbols[sign])}" for sign in step.symbols if sign in symbols]
        set_tip(formula, "\n".join(meanings))
        formula.setAccessibleDescription("; ".join(meanings))
        about = [_tr(step.help)]
        if operation.parameters:
            about.append(self.tr("{count} parameters.").format(count=numbers.count(operation.parameters)))
        source = caption(step.source)
        help_words = QLabel(" ".join(about))
        help_words.setTextFormat(Qt.TextFormat.PlainText)
        lines = QVBoxLayout()
        lines.setSpacing(3)
        lines.addLayout(head)
        for words in (formula, help_words, source):
            if isinstance(words, QLabel):
                words.setWordWrap(True)
            row = QHBoxLayout()
            row.setContentsMargins(INDENT_PX, 0, 0, 0)
            row.addWidget(words, 1 if isinstance(words, QLabel) else 0)
            if not isinstance(words, QLabel):
                row.addStretch(1)
            lines.addLayout(row)
        help_words.setProperty("caption", True)
        return lines


def _formula(text: str) -> QWidget:
    """Painted with its subscripts; one that is too long is broken into lines."""
    if text_size(text, sized_font(BODY_PX)).width() <= FORMULA_PX:
        return Symbol(text, colour="loss")
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
