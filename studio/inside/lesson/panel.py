"""What is seen of the lesson: the list of its pages with their ticks, and the page that is open."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ... import numbers
from ...app.icons import icon_pixmap
from ...app.theme import set_look, theme
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_tip
from ...widgets.scroll import keep_width
from ...widgets.symbols import Symbol, SymbolText, spoken
from .pages import CONTEXT, PAGES, Page

#: The list, and what it gives way to where the page and its margins would have less than they are read well in.
LIST_PX, LEAST_LIST_PX, LEAST_PAGE_PX = 288, 168, 560
#: Between list and page.
GAP_PX = 24
#: A page is no wider: an eye finds the next line's beginning.
PAGE_PX = 760
READING_PX, FORMULA_PX, TITLE_PX, CAPTION_PX = 14, 16, 20, 11
TICK_PX, ROW_PX = 16, 28


def said(text: str) -> str:
    """A text of the pages in the window's language."""
    return QCoreApplication.translate(CONTEXT, text)


class PageList(QListWidget):
    """The pages in their order; ← and → turn them too, Enter shows where to do it."""

    turned = Signal(int)  #: by how many pages
    show_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson_pages")
        self.setAccessibleName(self.tr("Pages of the lesson"))
        self.setIconSize(QSize(TICK_PX, TICK_PX))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        for number, page in enumerate(PAGES.values(), start=1):
            title = self.tr("{n}. {title}").format(n=number, title=plain_title(page))
            item = QListWidgetItem(title, self)
            item.setSizeHint(QSize(0, ROW_PX))
            set_tip(item, title)

    def show_ticks(self, done: Collection[str]) -> None:
        """Which pages were done."""
        ratio = self.devicePixelRatioF()
        tick = QIcon(icon_pixmap("check", theme().color("weight"), TICK_PX, ratio))
        empty = QPixmap(round(TICK_PX * ratio), round(TICK_PX * ratio))
        empty.fill(Qt.GlobalColor.transparent)
        for place, (name, page) in enumerate(PAGES.items()):
            item = self.item(place)
            item.setIcon(tick if name in done else QIcon(empty))
            words = self.tr("{title}, done") if name in done else "{title}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words.format(title=plain_title(page)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages sideways as well."""
        match event.key():
            case Qt.Key.Key_Left:
                self.turned.emit(-1)
            case Qt.Key.Key_Right:
                self.turned.emit(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.show_wished.emit()
            case _:
                super().keyPressEvent(event)


def plain_title(page: Page) -> str:
    """A page's title without painted symbols."""
    return spoken(said(page.title)).replace("x_0", "x₀").replace("x̂_0", "x̂₀")


class PageView(QWidget):
    """One page, top to bottom."""

    show_wished = Signal()
    ready_wished = Signal(str)  #: the sample set of a model that comes with the program
    unfolded = Signal()  #: the answer is shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumWidth(PAGE_PX)
        self.title = Symbol("", size_px=TITLE_PX, semibold=True)
        self.text = SymbolText(size_px=READING_PX)
        self.text.setObjectName("lesson_text")
        self.formulas = QFrame()
        self.formulas.setProperty("formula", True)
        self._formula_column = QVBoxLayout(self.formulas)
        self._formula_column.setContentsMargins(16, 12, 16, 12)
        self._formula_column.setSpacing(8)
        self.source = QLabel()
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.source.setWordWrap(True)
        set_look(self.source, caption=True)
        self.own = SymbolText(size_px=READING_PX)
        self.own.setObjectName("lesson_own")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 8)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addWidget(self.formulas)
        column.addWidget(self.source)
        column.addWidget(self._make_own())
        column.addWidget(self._make_offer())
        column.addWidget(self._make_task())
        column.addLayout(self._make_question())
        column.addStretch(1)

    def _make_own(self) -> QWidget:
        self._own_part = QWidget()
        column = QVBoxLayout(self._own_part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption(self.tr("In your run")))
        column.addWidget(self.own)
        return self._own_part

    def _make_offer(self) -> QWidget:
        self.offer = QFrame()
        set_look(self.offer, banner="info")
        words = SymbolText(self.tr("There is no model to look at yet. Take one that comes with the program:"))
        row = QHBoxLayout(self.offer)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(words, 1)
        for name, title in (("faces", self.tr("Faces")), ("digits", self.tr("Digits"))):
            button = QPushButton(title)
            button.setObjectName(f"lesson_take_{name}")
            button.setAccessibleName(self.tr("Take the model: {name}").format(name=title))
            set_tip(button, self.tr("It is copied among your runs, and makes pictures at once"))
            button.clicked.connect(self._take)
            row.addWidget(button)
        return self.offer

    def _make_task(self) -> QWidget:
        panel = Panel(self.tr("To do"))
        self.tick = QLabel()
        self.tick.setObjectName("lesson_tick")
        self.tick.setTextFormat(Qt.TextFormat.PlainText)
        self.task = SymbolText(size_px=READING_PX)
        self.show_me = QPushButton(self.tr("Show me"))
        self.show_me.setObjectName("lesson_show")
        self.show_me.setAccessibleName(self.show_me.text())
        set_tip(self.show_me, self.tr("Go there, with a frame round the real control; Esc takes the frame away"))
        self.show_me.clicked.connect(self.show_wished)
        panel.head.addWidget(self.tick)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.task, 1)
        row.addWidget(self.show_me, 0, Qt.AlignmentFlag.AlignTop)
        panel.body.addLayout(row)
        return panel

    def _make_question(self) -> QVBoxLayout:
        self.question, self.answer = SymbolText(size_px=READING_PX), SymbolText(size_px=READING_PX)
        self.answer.setObjectName("lesson_answer")
        self.unfold = QPushButton()
        self.unfold.setObjectName("lesson_unfold")
        self.unfold.setCheckable(True)
        set_look(self.unfold, link=True)
        self.unfold.toggled.connect(self._unfolded)
        row = QHBoxLayout()
        row.addWidget(self.unfold)
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(caption(self.tr("A question")))
        column.addWidget(self.question)
        column.addLayout(row)
        column.addWidget(self.answer)
        return column

    def show_page(self, page: Page) -> None:
        """Another page; its answer is folded."""
        self.title.set_text(said(page.title))
        self.text.set_text(said(page.text))
        while self._formula_column.count():
            item = self._formula_column.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.deleteLater()
        for line in page.formula:
            self._formula_column.addWidget(Symbol(line, size_px=FORMULA_PX))
        self.formulas.setVisible(bool(page.formula))
        self.source.setText(page.source)
        self.task.set_text(said(page.do))
        self.question.set_text(said(page.question))
        self.answer.set_text(said(page.answer))
        self.unfold.setChecked(False)
        self._unfolded(False)

    def show_own(self, text: str) -> None:
        """What is so in the reader's own run; "": nothing is known."""
        self.own.set_text(text)
        self._own_part.setVisible(bool(text))

    def show_done(self, done: bool) -> None:
        """Whether what the page asks for was done."""
        self.tick.setText(self.tr("✓ Done") if done else "")

    @Slot(bool)
    def _unfolded(self, open_: bool) -> None:
        self.unfold.setText(self.tr("Hide the answer") if open_ else self.tr("Show the answer"))
        self.unfold.setAccessibleName(self.unfold.text())
        self.answer.setVisible(open_)
        if open_:
            self.unfolded.emit()

    @Slot()
    def _take(self) -> None:
        button = self.sender()
        assert button is not None
        self.ready_wished.emit(button.objectName().removeprefix("lesson_take_"))


class LessonPanel(QWidget):
    """The list at the left, the page at the right, and the way to the next under it."""

    page_chosen = Signal(str)  #: the name of another page, by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Lesson"))
        self._names = tuple(PAGES)
        self.pages = PageList()
        self.pages.setFixedWidth(LIST_PX)
        self.view = PageView()
        self.back, self.next = QPushButton(self.tr("Back")), QPushButton(self.tr("Next"))
        self.back.setObjectName("lesson_back")
        self.next.setObjectName("lesson_next")
        set_tip(self.back, self.tr("The page before (←)"))
        set_tip(self.next, self.tr("The next page (→)"))
        for button in (self.back, self.next):
            button.setAccessibleName(button.text())
            button.setMinimumWidth(88)
        self.where, self._progress = caption(), caption()
        self.head = QWidget()  # beside the tabs
        beside = QHBoxLayout(self.head)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addStretch(1)
        beside.addWidget(self._progress)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_width(self._scroll)
        self._scroll.setWidget(self.view)
        self._scroll.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.pages.currentRowChanged.connect(self._chosen)
        self.pages.turned.connect(self.turn)
        self.pages.show_wished.connect(self.view.show_wished)
        # Once the page is as high as it needs to be with it.
        self.view.unfolded.connect(self._show_answer, Qt.ConnectionType.QueuedConnection)
        self.back.clicked.connect(self._back)
        self.next.clicked.connect(self._next)
        self.view.installEventFilter(self)
        self.setFocusProxy(self.pages)
        theme().changed.connect(self._retick)
        self._done: frozenset[str] = frozenset()

    def _lay_out(self) -> None:
        left = self._left = Panel()
        left.set_head_visible(False)
        left.body.addWidget(self.pages, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        foot.addSpacing(8)
        foot.addWidget(self.where)
        foot.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self._scroll, 1)
        right.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(left)
        row.addLayout(right, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the list gives way before the page does."""
        super().resizeEvent(event)
        self._share_out()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only when its formulas are laid out is it known how wide the page must be."""
        if watched is self.view and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._share_out()
        return False

    def minimumSizeHint(self) -> QSize:
        """The widest formula is never cut off: where there is less room, all of it scrolls."""
        return QSize(LEAST_LIST_PX + self._beside_list(), super().minimumSizeHint().height())

    def _beside_list(self) -> int:
        """What the page and all margins need of the width, in pixels."""
        around = self._left.minimumSizeHint().width() - self.pages.minimumWidth()
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        return around + GAP_PX + self.view.minimumSizeHint().width() + bar

    def _share_out(self) -> None:
        room = self.width() - max(self._beside_list(), LEAST_PAGE_PX)
        self.pages.setFixedWidth(max(LEAST_LIST_PX, min(LIST_PX, room)))

    @property
    def current(self) -> str:
        """The name of the page that is open."""
        return self._names[max(0, self.pages.currentRow())]

    def choose(self, name: str) -> None:
        """Open a page; the first where there is none of the name."""
        self.pages.setCurrentRow(self._names.index(name) if name in self._names else 0)

    @Slot(int)
    def turn(self, by: int) -> None:
        """Go on by so many pages, as far as there are any."""
        self.pages.setCurrentRow(min(len(self._names) - 1, max(0, self.pages.currentRow() + by)))

    def show_done(self, done: Collection[str]) -> None:
        """Which pages were done."""
        self._done = frozenset(done)
        words = self.tr("{n} of {of} pages done")
        self._progress.setText(words.format(n=numbers.count(len(done)), of=numbers.count(len(self._names))))
        self._retick()
        self.view.show_done(self.current in self._done)

    @Slot()
    def _retick(self) -> None:
        self.pages.show_ticks(self._done)

    @Slot(int)
    def _chosen(self, place: int) -> None:
        name = self._names[max(0, place)]
        self.view.show_page(PAGES[name])
        self.view.show_done(name in self._done)
        last = place == len(self._names) - 1
        words = self.tr("Page {n} of {of}")
        if last:
            words = self.tr("Page {n} of {of}: the last one. Now train a run of your own.")
        self.where.setText(words.format(n=numbers.count(place + 1), of=numbers.count(len(self._names))))
        self.back.setEnabled(place > 0)
        self.next.setEnabled(not last)
        self._scroll.verticalScrollBar().setValue(0)
        self.updateGeometry()
        self._share_out()
        self.page_chosen.emit(name)

    @Slot()
    def _show_answer(self) -> None:
        self._scroll.ensureWidgetVisible(self.view.answer)

    @Slot()
    def _back(self) -> None:
        self.turn(-1)

    @Slot()
    def _next(self) -> None:
        self.turn(1)
