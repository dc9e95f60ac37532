"""The strip of kept generations: a small picture of each, what it was made with, its star. Knows no worker."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QInputDialog,
    QListView,
    QMenu,
    QMessageBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.catalogue import SAMPLERS
from core.errors import showable
from core.runs.generations import Generation

from .. import numbers
from ..app.icons import icon_pixmap
from ..app.theme import CAPTION_PX, CORNER_PX, sized_font, theme
from ..imaging import to_image
from ..widgets.badge import BADGE_PX, draw_badge
from ..widgets.panel import Panel, caption
from ..widgets.pixels import draw_picture
from ..widgets.plain import plain_tip, set_tip

#: Wide with words, and narrow with the pictures alone.
WIDTH_PX, NARROW_PX = 224, 96
ROW_PX = 56
THUMBNAIL_PX = 44
STAR_PX = 16
INSET_PX = 3

Index = QModelIndex | QPersistentModelIndex
GENERATION = Qt.ItemDataRole.UserRole


# --- What a generation was made with, in few words -------------------------------------------------------


def value_words(settings: Mapping[str, object], name: str) -> str:
    """A setting in words: a stranger's file may say anything."""
    value = settings.get(name)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return numbers.count(value)
    return numbers.chosen(value) if isinstance(value, float) else showable(str(value), 60)


def model_words(settings: Mapping[str, object]) -> str:
    """ "step 1,056", or what the model is called."""
    step, name = value_words(settings, "model_step"), value_words(settings, "model")
    words = name or QCoreApplication.translate("Kept", "a model")
    if step:
        words = QCoreApplication.translate("Kept", "step {step}").format(step=step)
    return f"{words} · " + QCoreApplication.translate("Kept", "raw") if settings.get("weights") == "raw" else words


def sampler_words(settings: Mapping[str, object]) -> str:
    """ "DPM++ 2M 20"."""
    name = value_words(settings, "sampler")
    # As short as people say it: "DPM++ 2M".
    title = SAMPLERS[name].title.replace("DPM-Solver++(", "DPM++ ").replace(")", "") if name in SAMPLERS else name
    title = "RePaint" if settings.get("edit") == "inpaint" else title
    return f"{title} {value_words(settings, 'sample_steps')}".strip()


def how_words(settings: Mapping[str, object]) -> str:
    """ "DPM++ 2M 20 · seed 7", or what else is not as usual."""
    eta = settings.get("eta")
    words = [sampler_words(settings)]
    if "fork_at" in settings:
        at = showable(str(settings["fork_at"]), 6)
        words.append(QCoreApplication.translate("Kept", "fork at {step}").format(step=at))
    elif isinstance(eta, float) and eta > 0:
        words.append(f"η {numbers.chosen(eta)}")
    else:
        seed = showable(str(settings.get("seed", "–")), 12)
        words.append(QCoreApplication.translate("Kept", "seed {seed}").format(seed=seed))
    return " · ".join(words)


# --- the list --------------------------------------------------------------------------------------------


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.generations: tuple[Generation, ...] = ()
        self._images: dict[Path, QImage] = {}

    def fill(self, generations: Sequence[Generation]) -> None:
        self.beginResetModel()
        self.generations = tuple(generations)
        there = {generation.path for generation in generations}
        self._images = {path: image for path, image in self._images.items() if path in there and path.name}
        self.endResetModel()

    def image(self, generation: Generation) -> QImage:
        if generation.path not in self._images:
            self._images[generation.path] = to_image(generation.thumbnail)
        return self._images[generation.path]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own signature)
        return 0 if parent.isValid() else len(self.generations)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (Qt's own signature)
        generation = self.generations[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{model_words(generation.settings)}, {how_words(generation.settings)}"
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tip(generation))
            case int(role) if role == GENERATION:
                return generation
        return None

    def _tip(self, generation: Generation) -> str:
        settings = generation.settings
        lines = [f"{value_words(settings, 'model')} · {model_words(settings)} · {how_words(settings)}"]
        if generation.path.name:
            made = datetime.fromtimestamp(min(max(generation.made_at, 0), 4e9)).astimezone()
            lines.append(f"{made:%Y-%m-%d %H:%M} · {numbers.memory(generation.size_bytes)}")
        else:
            lines.append(self.tr("In memory only: it goes with the program"))
        return "\n".join([*lines, generation.note] if generation.note else lines)


class _Delegate(QStyledItemDelegate):
    """Paints a row; `badges` says which generations are A and B."""

    def __init__(self, model: _Model, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.badges: dict[str, Path | None] = {}
        self.narrow = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One height for all."""
        return QSize((NARROW_PX if self.narrow else WIDTH_PX) - 40, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Card, thumbnail, words, star, badges."""
        generation, rect = index.data(GENERATION), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letters = [letter for letter, path in self.badges.items() if path == generation.path]
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if letters or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("raised"))
            painter.drawRoundedRect(rect.adjusted(0, 2, 0, -2), CORNER_PX, CORNER_PX)
        place = QRectF(rect.left() + INSET_PX, rect.top() + (ROW_PX - THUMBNAIL_PX) / 2, THUMBNAIL_PX, THUMBNAIL_PX)
        drawn = draw_picture(painter, place, self._model.image(generation))
        if theme().is_light:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(drawn)
        if not self.narrow:
            self._paint_words(painter, option.rect, place.right() + 9, generation)
        elif generation.starred or generation.note:
            # Dark on the picture's corner, so that it is seen on any.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("raised"))
            mark = QRectF(place.right() - STAR_PX, place.top() - 3, STAR_PX + 3, STAR_PX + 3)
            painter.drawRoundedRect(mark, CORNER_PX, CORNER_PX)
            self._paint_icon(painter, "star_on" if generation.starred else "note", "text", mark.toRect().topLeft())
        for number, letter in enumerate(letters):
            centre = QPointF(place.right() - number * BADGE_PX, place.bottom() - 2)
            draw_badge(painter, centre, letter, ring="raised")
        painter.restore()

    def _paint_words(self, painter: QPainter, row: QRect, left: float, generation: Generation) -> None:
        """What it was made with, its star, and whether there is a note."""
        width = row.right() + 1 - left - INSET_PX
        marked = STAR_PX + 4 if generation.note else 0
        for size, token, top, words, room in (
            (CAPTION_PX, "text", 8, model_words(generation.settings), width - STAR_PX - 4 - marked),
            (CAPTION_PX, "muted", 27, how_words(generation.settings), width),
        ):
            painter.setFont(sized_font(size))
            painter.setPen(theme().color(token))
            elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room))
            painter.drawText(QRectF(left, row.top() + top, room, 18), Qt.AlignmentFlag.AlignVCenter, elided)
        star = star_rect(row).topLeft()
        if generation.path.name:
            name, token = ("star_on", "text") if generation.starred else ("star", "muted")
            self._paint_icon(painter, name, token, star)
        if generation.note:
            self._paint_icon(painter, "note", "text", star - QPoint(STAR_PX + 4, 0))

    @staticmethod
    def _paint_icon(painter: QPainter, name: str, token: str, place: QPoint) -> None:
        dpr = painter.device().devicePixelRatioF()
        painter.drawPixmap(place, icon_pixmap(name, theme().color(token), STAR_PX, dpr))


def star_rect(row: QRect) -> QRect:
    """Where the star of a row lies."""
    return QRect(row.right() - STAR_PX - 2 * INSET_PX, row.top() + 9, STAR_PX, STAR_PX)


class _List(QListView):
    """A press on the star is none on the row."""

    star_pressed = Signal(object)  #: the Generation
    row_pressed = Signal(object)
    menu_wished = Signal(object, object)  #: the Generation, and a place of the screen
    stars = True  #: whether each row has a star to press

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        generation = index.data(GENERATION)
        on_star = star_rect(self.visualRect(index)).adjusted(-6, -6, 6, 6).contains(event.position().toPoint())
        (self.star_pressed if on_star and self.stars and generation.path.name else self.row_pressed).emit(generation)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if keyboard else event.pos()
            self.menu_wished.emit(index.data(GENERATION), self.viewport().mapToGlobal(place))


class KeptStrip(Panel):
    """Newest first. Says what is wished with one; somebody else does it."""

    chosen = Signal(object)  #: a Generation, to be shown or compared
    taken_as = Signal(object, str)  #: a Generation is to be "A" or "B"
    use_wished = Signal(object)  #: its settings, a Mapping
    mark_wished = Signal(object, bool, str)  #: the Generation, its star and note from now on
    remove_wished = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Kept"))
        self.setObjectName("kept")
        self.setFixedWidth(WIDTH_PX)
        self.set_tip(
            self.tr("Every finished generation, with all of its steps; starred ones are never removed to make room.")
        )
        self.count = caption()
        self.head.addWidget(self.count)
        self.list = _List()
        self.list.setObjectName("kept_list")
        self.list.setAccessibleName(self.tr("Kept generations"))
        self._model = _Model(self)
        self._delegate = _Delegate(self._model, self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(self._delegate)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.note = caption()
        self.note.setObjectName("kept_problem")
        self.note.setWordWrap(True)
        self.note.hide()
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.note)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self._asked: Generation | None = None
        self._problem = ""
        self.actions_of = {
            "show": self.menu.addAction(self.tr("Show it")),
            "A": self.menu.addAction(self.tr("Compare it as A")),
            "B": self.menu.addAction(self.tr("Compare it as B")),
            "use": self.menu.addAction(self.tr("Use its settings")),
            "star": self.menu.addAction(self.tr("Star")),
            "note": self.menu.addAction(self.tr("Note…")),
            "remove": self.menu.addAction(self.tr("Remove")),
        }
        self.menu.triggered.connect(self._acted)
        self.list.row_pressed.connect(self.chosen)
        self.list.activated.connect(self._activated)
        self.list.star_pressed.connect(self._star)
        self.list.menu_wished.connect(self._open_menu)
        theme().changed.connect(self.list.viewport().update)
        self.show_generations((), "")

    def show_generations(self, generations: Sequence[Generation], problem: str) -> None:
        """What is kept, newest first, and a sentence where something is wrong, else ""."""
        self._model.fill(generations)
        count = len(generations)
        words = self.tr("none yet") if not count else self.tr("{n} generations").format(n=numbers.count(count))
        self.count.setText(self.tr("1 generation") if count == 1 else words)
        self._problem = problem
        self._tell_problem()

    def set_narrow(self, narrow: bool) -> None:
        """Whether there is room for the pictures alone; the words are then in their tooltips."""
        if narrow == self._delegate.narrow:
            return
        self._delegate.narrow, self.list.stars = narrow, not narrow
        self.setFixedWidth(NARROW_PX if narrow else WIDTH_PX)
        self.count.setVisible(not narrow)
        self.list.scheduleDelayedItemsLayout()
        self._tell_problem()

    def _tell_problem(self) -> None:
        """In words that wrap wherever they must: the name of a file has no spaces. In a narrow strip as a tooltip."""
        narrow = self._delegate.narrow
        breakable = re.sub(r"(?<=[-_./\\])", "\u200b", self._problem)
        if narrow and self._problem:
            self.note.setPixmap(icon_pixmap("warning", theme().color("validation"), STAR_PX, self.devicePixelRatioF()))
        else:
            self.note.setText(breakable)
        self.note.setAccessibleName(self._problem)
        set_tip(self.note, self._problem)
        self.note.setVisible(bool(self._problem))

    @property
    def generations(self) -> tuple[Generation, ...]:
        """What is shown."""
        return self._model.generations

    def set_badges(self, a: Path | None, b: Path | None) -> None:
        """Which are A and B."""
        self._delegate.badges = {"A": a, "B": b}
        self.list.viewport().update()

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(object)
    def _star(self, generation: Generation) -> None:
        self.mark_wished.emit(generation, not generation.starred, generation.note)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(GENERATION))

    @Slot(object, object)
    def _open_menu(self, generation: Generation, place: Any) -> None:  # noqa: ANN401 (a QPoint)
        self._asked = generation
        on_disk = bool(generation.path.name)
        for name in ("star", "note", "remove"):
            self.actions_of[name].setEnabled(on_disk)
        self.actions_of["star"].setText(self.tr("Take the star away") if generation.starred else self.tr("Star"))
        self.menu.popup(place)

    @Slot(object)
    def _acted(self, action: object) -> None:
        generation = self._asked
        assert generation is not None
        match next(name for name, each in self.actions_of.items() if each is action):
            case "show":
                self.taken_as.emit(generation, "shown")
            case "A" | "B" as letter:
                self.taken_as.emit(generation, letter)
            case "use":
                self.use_wished.emit(generation.settings)
            case "star":
                self._star(generation)
            case "note":
                note, agreed = QInputDialog.getText(
                    self, self.tr("Note"), self.tr("What is to be remembered of it:"), text=generation.note
                )
                if agreed:
                    self.mark_wished.emit(generation, generation.starred, note)
            case "remove":
                if self._may_remove(generation):
                    self.remove_wished.emit(generation)

    def _may_remove(self, generation: Generation) -> bool:
        """Asks of one that somebody has marked: it is gone for good."""
        if not (generation.starred or generation.note):
            return True
        # The first line is ours alone: a stranger's note is taken for rich text by nothing that follows it.
        why = self.tr("This generation is starred.") if generation.starred else self.tr("This generation has a note.")
        words = f"{model_words(generation.settings)} · {how_words(generation.settings)}"
        question = "\n".join(filter(None, (why, words, generation.note, self.tr("Remove it for good?"))))
        return QMessageBox.question(self, self.tr("Remove"), question) == QMessageBox.StandardButton.Yes
