"""A button whose menu has closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.widgets.button_menu import set_menu


@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_button_is_not_lit_when_the_pointer_left_it_while_its_menu_was_open(
    qtbot: QtBot, kind: type[QPushButton | QToolButton]
) -> None:
    button = kind()
    qtbot.addWidget(button)
    set_menu(button, QMenu(button))
    button.menu().addAction("entry")
    button.show()
    for place, lit in ((button.rect().center(), True), (QPoint(-50, -50), False)):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
        button.menu().popup(button.mapToGlobal(QPoint(0, button.height())))
        QCursor.setPos(button.mapToGlobal(place))
        # As on a screen: Qt tells the menu alone where the pointer is.
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
        button.menu().close()
        QApplication.processEvents()
        assert button.underMouse() == lit
