"""What is seen of the dataset room: the welcome at first, then the pictures of a folder and the chosen one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from .. import numbers
from ..app.settings import data_folder
from ..widgets.banner import Banner
from ..widgets.drop_zone import DropZone
from ..widgets.panel import Panel
from ..widgets.scroll import RoomStack, keep_width
from .doctor_panel import DoctorPanel
from .head import FolderHead
from .inspector import Inspector
from .pictures_pane import PicturesPane
from .shown import FolderFacts
from .welcome import Welcome

if TYPE_CHECKING:
    from ..app.settings import Settings


# --- The right side of the room: the chosen picture, or the folder as a whole ----------------------------

SMALLEST_PX = 440


class Side(Panel):
    """Two pages under two tabs; each scrolls by itself where it does not fit."""

    def __init__(self, picture: QWidget, folder: QWidget, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self.tabs.setObjectName("side")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Picture or folder"))
        for page, tip in (
            (picture, self.tr("The chosen picture, and what the network sees of it")),
            (folder, self.tr("All pictures: what there is, what may be wrong, and what mends it")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(self.tr("Picture")), tip)
            self._pages.addWidget(_scrolling(page))
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.set_head_visible(False)
        # The scroll bar, where one is needed, lies in the panel's margin.
        frame = self.layout()
        assert isinstance(frame, QVBoxLayout)
        frame.setContentsMargins(12, 4, 2, 12)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self._pages)
        self.setMinimumWidth(SMALLEST_PX)
        self.set_to_mend(0)

    @Slot(int)
    def set_to_mend(self, findings: int) -> None:
        """So many things about the folder should be looked at."""
        words = self.tr("Folder ({n})").format(n=numbers.count(findings)) if findings else self.tr("Folder")
        self.tabs.setTabText(1, words)


def _scrolling(page: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    keep_width(scroll)
    scroll.setWidget(page)
    page.setContentsMargins(0, 0, 6, 0)
    return scroll


# --- panel -----------------------------------------------------------------------------------------------

INSPECTOR_PX = 554
PICTURES_SMALLEST_PX = 320
MARGIN_PX = 16


class DatasetPanel(QWidget):
    """The room. Knows no core and no worker: it asks through signals and is told through its methods."""

    choosing = Signal()  #: a folder is about to be chosen, or dropped
    folder_wished = Signal(object)  #: a Path
    sample_set_wished = Signal(str)
    ready_wished = Signal(str)  #: the model that was trained on this sample set
    scan_cancelled = Signal()
    path_dropped = Signal(object)  #: a Path: of a folder, a run, a checkpoint or a picture

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.welcome, self.head = Welcome(), FolderHead()
        self.pictures, self.inspector, self.doctor = PicturesPane(settings), Inspector(), DoctorPanel()
        self.side = Side(self.inspector, self.doctor)
        self._pages = RoomStack()  # the welcome, which needs more, is not to make the pictures scroll as a whole
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self._make_browser())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.banner = Banner(self, margins=(MARGIN_PX, 8, MARGIN_PX, 0))
        column.setSpacing(0)
        column.addLayout(self.banner.slot)
        column.addWidget(self._pages, 1)
        self._drop_zone = DropZone(self, self.tr("Drop to open"))
        self._drop_zone.entered.connect(self.choosing)
        self._drop_zone.dropped.connect(self._dropped)
        self._has_folder = False
        self.welcome.folder_wished.connect(self.choose_folder)
        self.welcome.sample_set_wished.connect(self.sample_set_wished)
        self.welcome.ready_wished.connect(self.ready_wished)
        self.head.choose_wished.connect(self.choose_folder)
        self.head.sample_set_wished.connect(self.sample_set_wished)
        self.head.cancelled.connect(self.scan_cancelled)

    def _make_browser(self) -> QWidget:
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(MARGIN_PX)
        self.pictures.setMinimumWidth(PICTURES_SMALLEST_PX)
        self._splitter.addWidget(self.pictures)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.splitterMoved.connect(self._keep_splitter)
        kept = QByteArray.fromBase64(QByteArray(self._settings["dataset_splitter"].encode()))
        self._placed = not kept.isEmpty() and self._splitter.restoreState(kept)
        browser = QWidget()
        column = QVBoxLayout(browser)
        column.setContentsMargins(MARGIN_PX, 12, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addWidget(self._splitter, 1)
        return browser

    # --- what is shown -------------------------------------------------------------------------------------

    def show_welcome(self) -> None:
        """There is no folder."""
        self._has_folder = False
        self._pages.setCurrentIndex(0)

    def show_scanning(self, title: str, found: int = 0, seen: int = 0, of: int = 0) -> None:
        """A folder is being looked through: so many pictures in so many files. of: in all, 0 while they are listed."""
        self.banner.clear()
        self._pages.setCurrentIndex(1)
        self.head.show_progress(title, found, seen, of)

    @Slot()
    def end_scanning(self) -> None:
        """It is over, whatever came of it."""
        self.head.end_progress()
        self._pages.setCurrentIndex(1 if self._has_folder else 0)

    def show_folder(self, facts: FolderFacts) -> None:
        """A folder was looked through."""
        self._has_folder = True
        self.banner.clear()
        self._pages.setCurrentIndex(1)
        self.head.show_facts(facts)
        self.inspector.classes.show_classes(facts.classes)

    def choose(self, place: int) -> None:
        """Choose a picture as a click on it would."""
        self.pictures.choose(place)

    @Slot(str)
    def show_error(self, words: str, details: str = "") -> None:
        """Something did not work."""
        self.banner.show_message(words, details=details)

    def show_news(self, words: str) -> None:
        """Why a wish was not carried out; nothing is broken, and it goes by itself."""
        self.banner.show_message(words, kind="info")

    # --- places --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until somebody moves the splitter the pictures take what the inspector does not need."""
        super().resizeEvent(event)
        if not self._placed:
            width = self.width() - 3 * MARGIN_PX
            share = 0.46 if width * 0.46 < INSPECTOR_PX else 0.38
            inspector = max(SMALLEST_PX, min(INSPECTOR_PX, round(width * 0.46)), round(width * share))
            self._splitter.setSizes([width - inspector, inspector])

    @Slot()
    def _keep_splitter(self) -> None:
        self._placed = True
        self._settings["dataset_splitter"] = self._splitter.saveState().toBase64().toStdString()

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        """Ask for a folder."""
        self.choosing.emit()
        last = Path(self._settings["folder"])
        # The bundled sets lie in the program's own data, where nobody keeps pictures.
        begin = Path.home() if last.is_relative_to(data_folder()) else last
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of pictures"), str(begin))
        if chosen:
            self.folder_wished.emit(Path(chosen))

    @Slot(list)
    def _dropped(self, paths: list[Path]) -> None:
        """What it is, and which room takes it, is for the window to say."""
        self.path_dropped.emit(paths[0])
