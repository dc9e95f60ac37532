"""The first start: three cards by mouse and keyboard, dropped folders, languages."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QTranslator, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from studio.dataset.welcome import CARDS, Welcome
from studio.widgets.drop_zone import DropZone


def test_the_room_begins_with_the_welcome(room) -> None:
    assert room.panel.welcome.isVisible()
    assert [card.size().toTuple() for card in room.panel.welcome.cards.values()] == [(280, 380)] * 3


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
@pytest.mark.parametrize("name", CARDS)
def test_cards_work_by_keyboard(qtbot, name: str, key: Qt.Key) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    welcome.show()
    card = welcome.findChild(QWidget, name)
    assert card.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert card.accessibleName()
    assert card.accessibleDescription()
    signal = welcome.folder_wished if CARDS[name] is None else welcome.sample_set_wished
    with qtbot.waitSignal(signal) as blocker:
        QTest.keyClick(card, key)
    assert blocker.args == ([] if CARDS[name] is None else [CARDS[name]])


def test_tab_goes_from_card_to_card(qtbot) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    welcome.show()
    welcome.activateWindow()
    cards = list(welcome.cards.values())
    cards[0].setFocus()
    order = []
    for _ in CARDS:
        order.append(QWidget.focusWidget(welcome).objectName())
        QTest.keyClick(QWidget.focusWidget(welcome), Qt.Key.Key_Tab)
    assert order == list(CARDS)


def test_a_card_opens_its_sample_set(room, qtbot) -> None:
    with qtbot.waitSignal(room.controller.opened, timeout=30_000):
        qtbot.mouseClick(room.panel.welcome.cards["try_faces"], Qt.MouseButton.LeftButton)
    assert len(room.project.scan.pictures) == 118
    assert room.project.config.data.image_size == 32
    assert room.panel.findChild(QLabel, "folder").text() == "Sample set: faces"
    assert not room.panel.welcome.isVisible()
    # After a restart it is opened by its path, and is the same set.
    with qtbot.waitSignal(room.controller.opened, timeout=30_000):
        room.controller.open_folder(room.project.scan.folder)
    assert room.panel.findChild(QLabel, "folder").text() == "Sample set: faces"


def drag(panel: QWidget, path: Path) -> tuple[QDragEnterEvent, QMimeData]:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QCoreApplication.sendEvent(panel, enter)
    return enter, data


def test_what_is_dropped_is_reported(room, folder: Path, qtbot) -> None:
    zone = room.panel.findChild(DropZone)
    enter, data = drag(room.panel, folder)
    assert enter.isAccepted()
    assert zone.isVisible()
    assert zone.size() == room.panel.size()
    drop = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(room.controller.path_dropped) as blocker:
        QCoreApplication.sendEvent(room.panel, drop)
    assert blocker.args == [folder]
    assert not zone.isVisible()


def test_a_dropped_picture_means_its_folder(room, folder: Path, qtbot) -> None:
    with qtbot.waitSignal(room.controller.path_dropped) as blocker:
        room.panel.path_dropped.emit(folder / "0.png")
    assert blocker.args == [folder]
    with qtbot.waitSignal(room.controller.path_dropped) as blocker:
        room.panel.path_dropped.emit(folder / "notes.txt")
    assert blocker.args == [folder / "notes.txt"]


def test_a_drag_that_leaves_and_one_of_text(room, folder: Path) -> None:
    zone = room.panel.findChild(DropZone)
    drag(room.panel, folder)
    QCoreApplication.sendEvent(room.panel, QDragLeaveEvent())
    assert not zone.isVisible()
    data = QMimeData()
    data.setText("words")
    enter = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QCoreApplication.sendEvent(room.panel, enter)
    assert not zone.isVisible()


class Shouting(QTranslator):
    """Another language: the same in capitals."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return re.sub(r"[^{}]+(?![^{]*})", lambda words: words[0].upper(), text)

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def shouting(qapp) -> Iterator[None]:
    other = Shouting(qapp)
    qapp.installTranslator(other)
    yield
    qapp.removeTranslator(other)
    other.deleteLater()


@pytest.mark.usefixtures("shouting")
def test_the_room_speaks_another_language(opened) -> None:
    panel = opened.panel
    assert panel.welcome.cards["try_faces"].text() == "TRY WITH FACES"
    assert panel.findChild(QPushButton, "choose").text() == "CHOOSE…"
    assert panel.pictures.title.text() == "PICTURES"
    assert panel.findChild(QWidget, "counts").text() == "6 PICTURES · 20 PX"


def test_the_room_is_there_before_the_heavy_libraries() -> None:
    script = (
        "import sys; from pathlib import Path; from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from studio.dataset.controller import DatasetController; from studio.dataset.panel import DatasetPanel\n"
        "from studio.project import Project; from studio.app.settings import Settings\n"
        "panel = DatasetPanel(Settings(Path('none.json')))\n"
        "controller = DatasetController(Project(Path('runs')), Settings(Path('none.json')), panel)\n"
        "panel.show(); app.processEvents()\n"
        "print([name for name in ('numpy', 'torch', 'pyqtgraph', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.clock
def test_the_welcome_is_quick_to_build(qtbot) -> None:
    Welcome().deleteLater()  # icons and fonts are loaded once
    started = time.perf_counter()
    welcome = Welcome()
    qtbot.addWidget(welcome)
    assert time.perf_counter() - started < 0.1
