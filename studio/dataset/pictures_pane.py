"""The left side of the room: all pictures of the folder as small ones, as many in a row as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from .. import numbers
from ..widgets.elided import ElidedLabel
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip, set_words
from ..widgets.slider import Slider
from ..widgets.thumbnail_view import Mark, ThumbnailView, Visible
from .filters import FilterChips, FilterRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..app.settings import Settings


# --- Where in the grid each picture stands: a grid counts positions, everybody else counts places in the scan ---


# numpy is loaded by the first folder, not by the first paint of the window.


class Arrangement:
    """Some of `of` pictures in some order. order: position → place; None: all, as they are."""

    def __init__(self, of: int = 0, order: NDArray[np.int64] | None = None) -> None:
        self.of, self.order = of, order

    def __len__(self) -> int:
        """How many are shown."""
        return self.of if self.order is None else len(self.order)

    def place(self, position: int) -> int:
        """Which picture stands there; -1 for none."""
        if not 0 <= position < len(self):
            return -1
        return position if self.order is None else int(self.order[position])

    def position(self, place: int) -> int:
        """Where a picture stands; -1 where it is not shown."""
        if self.order is None:
            return place if 0 <= place < self.of else -1
        found = (self.order == place).nonzero()[0]
        return int(found[0]) if len(found) else -1

    def places(self, mask: bytes) -> NDArray[np.int64]:
        """The places of the positions that a mask of bytes names, top first."""
        import numpy as np

        positions = np.flatnonzero(np.frombuffer(mask, np.uint8))
        return positions if self.order is None else self.order[positions]

    def mask(self, chosen: NDArray[np.bool_]) -> bytes:
        """The positions of those that are chosen by place, as a mask of bytes."""
        return (chosen if self.order is None else chosen[self.order]).tobytes()


# --- Which pictures of the grid are chosen, told by their places, so that it outlives another order and a filter.


class Chosen(QObject):
    """Stands between a grid, which counts positions, and everybody else.

    What a filter hides stays selected and current, and comes back with it, until a selection is begun anew; nothing is
    done to it meanwhile.
    """

    changed = Signal()  #: others are selected
    current_changed = Signal(int)  #: the place of the current picture

    def __init__(self, view: ThumbnailView, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self.arrangement = Arrangement()
        self._hidden: NDArray[np.bool_] | None = None  # (of,) selected, but not shown
        self._hidden_current = -1  # the place of the current picture while it is not shown
        view.set_identity(self._place)
        view.current_changed.connect(self._current_changed)
        view.selection_changed.connect(self._selection_changed)

    def __len__(self) -> int:
        """How many of those that are shown are selected."""
        return len(self._view.selection)

    def places(self) -> NDArray[np.int64]:
        """Those that are shown and selected, top first."""
        return self.arrangement.places(self._view.selection.mask)

    def first_places(self, most: int) -> list[int]:
        """The first of them."""
        mask, begin = self._view.selection.mask, -1
        positions: list[int] = []
        while len(positions) < most and (begin := mask.find(1, begin + 1)) >= 0:
            positions.append(begin)
        return [self.arrangement.place(position) for position in positions]

    def select(self, places: Iterable[int]) -> None:
        """Select these by place, whatever is current."""
        import numpy as np

        chosen = np.zeros(self.arrangement.of, bool)
        chosen[list(places)] = True
        self._view.selection.set_mask(self.arrangement.mask(chosen))
        self._view.viewport().update()
        self.changed.emit()

    def grow(self, count: int) -> None:
        """So many pictures in their own order; the first of them are those that were there."""
        self.arrangement, self._hidden, self._hidden_current = Arrangement(count), None, -1
        self._view.set_count(count)

    def arrange(self, arrangement: Arrangement) -> None:
        """The same pictures otherwise."""
        import numpy as np

        before, view = self.arrangement, self._view
        current = before.place(view.current()) if view.current() >= 0 else self._hidden_current
        chosen = np.zeros(arrangement.of, bool) if self._hidden is None else self._hidden
        if len(view.selection):
            chosen[before.places(view.selection.mask)] = True
        mask = arrangement.mask(chosen)
        if arrangement.order is None:
            self._hidden = None
        else:
            chosen[arrangement.order] = False
            self._hidden = chosen if chosen.any() else None
        self.arrangement = arrangement
        position = arrangement.position(current)
        self._hidden_current = current if position < 0 else -1
        # Counted and chosen in one go: nobody is to hear of the time between.
        view.blockSignals(True)
        view.set_count(len(arrangement))
        view.set_chosen(position, mask)
        view.blockSignals(False)
        view.sight_changed()  # what it asked for meanwhile nobody heard
        view.verticalScrollBar().setValue(0)
        if position >= 0:
            view.scroll_to(position)
        view.update_marks()

    def _place(self, position: int) -> int:
        return self.arrangement.place(position)

    @Slot(int)
    def _current_changed(self, position: int) -> None:
        if position >= 0:
            self.current_changed.emit(self.arrangement.place(position))

    @Slot(bool)
    def _selection_changed(self, anew: bool) -> None:
        if anew:
            self._hidden, self._hidden_current = None, -1
        self.changed.emit()


# --- What can be done with the selected pictures: the actions of the grid's menu and of its keys ---------

#: More paths are not copied: no place takes a million lines, and the window waits for them.
MOST_COPIED = 1000


class PictureActions(QObject):
    """Lives on a grid, whose keys they have; `popup` shows them as a menu."""

    exclusion_wished = Signal()  #: leave the selected out, or take them in again
    folder_wished = Signal()
    copy_wished = Signal()

    def __init__(self, grid: QWidget) -> None:
        super().__init__(grid)
        self._menu = QMenu(grid)
        self._menu.setToolTipsVisible(True)
        self._excluding = self._make("leave_out_action", self.exclusion_wished, "Del", "Backspace")
        self._menu.addSeparator()
        self._copy = self._make("copy_path", self.copy_wished, "Ctrl+C")
        self._show = self._make("show_in_folder", self.folder_wished, "Ctrl+Shift+O")
        grid.addActions([self._excluding, self._copy, self._show])
        self.set_state(0, left_out=False, reason="")

    def _make(self, name: str, signal: object, *keys: str) -> QAction:
        action = QAction(self)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(signal)
        self._menu.addAction(action)
        return action

    @property
    def menu(self) -> QMenu:
        """All of them."""
        return self._menu

    def set_state(self, selected: int, *, left_out: bool, reason: str) -> None:
        """How many are selected, whether all of them are left out, and why none can be ("" where it can)."""
        none = self.tr("Select a picture first") if not selected else ""
        many = selected > MOST_COPIED
        excluding = self.tr("Use again") if left_out else self.tr("Leave out of training")
        too_many = self.tr("At most {n} paths are copied at once").format(n=numbers.count(MOST_COPIED))
        for action, words, why_not in (
            (self._excluding, excluding, none or reason),
            (self._copy, self.tr("Copy path"), none or (too_many if many else "")),
            (self._show, self.tr("Show in its folder"), none),
        ):
            action.setText(words)
            action.setEnabled(not why_not)
            set_tip(action, why_not or words)

    def popup(self, place: QPoint) -> None:
        """Show the menu at a place on the screen."""
        self._menu.popup(place)


# --- pictures pane ---------------------------------------------------------------------------------------

#: Pictures in a row, fewest and most.
COLUMNS = (3, 16)
#: Thumbnails are at least this large, so that a somewhat larger cell needs no new ones. Device pixels.
LEAST_SIDE_PX = 96
#: The fields of a wish that have a chip.
CHIPS = ("class_name", "only")


class PicturesPane(Panel):
    """A virtual grid: only what is in view is asked for. Everybody else tells a picture by its place in the scan."""

    thumbnails_wished = Signal(object, int)  #: the places of the pictures, top first, and the longer side in pixels
    chosen = Signal(int)  #: the place of a picture
    wished = Signal(object)  #: a dict: fields of core.pictures.folder.arranging.Wish, and `shown` may be "skipped"
    exclude_wished = Signal(object, bool)  #: places (n,), and whether they are to be left out
    copy_wished = Signal(object)  #: places (n,)
    folder_wished = Signal(int)  #: of which picture

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._settings = settings
        self._side_px = LEAST_SIDE_PX
        self._is_left_out: Callable[[int], bool] = lambda _place: False
        self._left_out, self._reason, self._skipped, self._busy = 0, "", False, False
        self.view = ThumbnailView()
        self.view.setObjectName("pictures")
        self.set_title(self.tr("Pictures"))
        self.view.setAccessibleName(self.tr("Pictures"))
        self.selected = Chosen(self.view, self)
        self.filter, self.chips = FilterRow(), FilterChips()
        self.actions_of_view = PictureActions(self.view)
        self._status, self._leave_out = ElidedLabel(), QPushButton()
        self._status.setObjectName("pictures_status")
        self._status.setProperty("caption", True)
        self._leave_out.setObjectName("leave_out")
        self._size = Slider(*COLUMNS)
        set_name(self._size, self.tr("Size of the thumbnails"), self.tr("Larger or smaller thumbnails"))
        self._size.setObjectName("thumbnail_size")
        self._size.setFixedWidth(96)
        columns = min(max(settings["thumbnail_columns"], COLUMNS[0]), COLUMNS[1])
        self._size.setValue(sum(COLUMNS) - columns)
        self.view.set_columns(columns)
        self.lead.addWidget(self._status)
        self.head.addWidget(self._leave_out)
        self.head.addWidget(caption(self.tr("size")), 0, Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self._size)
        self.body.addWidget(self.filter)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.view, 1)
        self._size.valueChanged.connect(self._resize_cells)
        self.view.request.connect(self._requested)
        self.view.menu_wished.connect(self.actions_of_view.popup)
        self.selected.current_changed.connect(self.chosen)
        self.selected.changed.connect(self._fill)
        self.filter.changed.connect(self.wished)
        self.filter.left.connect(self._go_to_pictures)
        self.chips.left.connect(self._leave_chip)
        self._leave_out.clicked.connect(self._wish_exclusion)
        self.actions_of_view.exclusion_wished.connect(self._wish_exclusion)
        self.actions_of_view.copy_wished.connect(self._wish_copy)
        self.actions_of_view.folder_wished.connect(self._wish_folder)
        self._fill()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_pictures(self, count: int, name_of: Callable[[int], str], *, more: bool = False) -> None:
        """Show so many pictures; `name_of` tells what one is called. more: those that are shown stay, chosen or not."""
        if not more:
            self.view.clear()
        self.selected.grow(count)
        self.view.set_tip(lambda position: name_of(self.selected.arrangement.place(position)))
        self._fill()

    def arrange(self, arrangement: Arrangement) -> None:
        """Show the same pictures in another order, or fewer of them; what is chosen stays chosen."""
        self.selected.arrange(arrangement)
        self._fill()

    def set_left_out(self, is_left_out: Callable[[int], bool], count: int) -> None:
        """Which pictures are left out of training, and how many."""
        self._is_left_out, self._left_out = is_left_out, count
        self.view.set_mark(self._mark)
        self._fill()

    def set_skipped(self, skipped: bool) -> None:
        """Whether the files are shown that cannot be used, in place of the pictures."""
        if skipped != self._skipped:
            self._skipped = skipped
            self.view.set_mark(self._mark)
            self.view.forget_images()
            self._fill()

    def set_scanning(self, scanning: bool) -> None:
        """While a folder is looked through its pictures are not arranged."""
        reason = self.tr("Wait until the folder has been looked through") if scanning else ""
        if reason != self._reason:
            self._reason = reason
            self.filter.set_reason(reason)
            self._fill()

    def set_busy(self, busy: bool) -> None:
        """Whether another arrangement takes long enough to be told."""
        if busy != self._busy:
            self._busy = busy
            self._fill()

    def show_only(self, title: str, places: NDArray[np.int64]) -> None:
        """Only these pictures, in this order while sorted by name, with a chip to leave them again."""
        if self._reason:
            return  # they are of the folder before
        self.chips.show_chip("only", f"{title} · {numbers.count(len(places))}")
        self.wished.emit({"only": places})

    def show_all(self) -> None:
        """No longer those of show_only alone."""
        if not self._reason:
            self.chips.show_chip("only", None)
            self.wished.emit({"only": None})

    def show_class(self, name: str | None) -> None:
        """Only the pictures of one class; None: of all."""
        if self._reason:
            return  # as in show_only
        self.chips.show_chip("class_name", name)
        self.wished.emit({"class_name": name})

    def reset_filter(self) -> None:
        """For another folder. Emits nothing."""
        self.filter.reset()
        for key in CHIPS:
            self.chips.show_chip(key, None)

    def show_thumbnail(self, place: int, picture: QImage | None) -> None:
        """An answer; None leaves an empty place that is not asked for again."""
        self.view.set_image(place, picture if picture is not None else QImage())

    def choose(self, place: int) -> None:
        """Choose a picture as a click on it would."""
        position = self.selected.arrangement.position(place)
        if position >= 0:
            self.view.set_current(position)

    def _mark(self, position: int) -> Mark:
        if self._skipped:
            return Mark.BROKEN
        return Mark.LEFT_OUT if self._is_left_out(self.selected.arrangement.place(position)) else Mark.NONE

    @Slot()
    def _fill(self) -> None:
        shown, of, selected = len(self.selected.arrangement), self.selected.arrangement.of, len(self.selected)
        parts = [self.tr("Searching and sorting…")] if self._busy else []
        if shown < of:
            parts.append(self.tr("{n} of {of} shown").format(n=numbers.count(shown), of=numbers.count(of)))
        if selected > 1:
            parts.append(self.tr("{n} selected").format(n=numbers.count(selected)))
        if self._skipped:
            parts.append(self.tr("{n} skipped").format(n=numbers.count(of)))
        elif self._left_out:
            parts.append(self.tr("{n} left out").format(n=numbers.count(self._left_out)))
        self._status.setText(" · ".join(parts))
        all_out = self._all_left_out()
        reason = self._reason
        if self._skipped:
            reason = self.tr("Skipped files are not used anyway")
        elif not selected:
            reason = self.tr("Select pictures first")
        words = self.tr("Use again") if all_out else self.tr("Leave out")
        tip = self.tr("Train on the selected pictures again (Del)") if all_out else ""
        tip = tip or self.tr("Do not train on the selected pictures. Their files stay as they are (Del)")
        set_words(self._leave_out, words, reason or tip)
        self._leave_out.setEnabled(not reason)
        self.actions_of_view.set_state(selected, left_out=all_out, reason=reason)
        self.view.set_placeholder(self.tr("Nothing here matches the filter.") if of and not shown else "")
        if self._skipped and not of:
            self.view.set_placeholder(self.tr("No file was skipped."))

    def _all_left_out(self) -> bool:
        if self._skipped or not self._left_out or not len(self.selected):
            return False
        # A few thousand tell it as well as a million would: who selects more leaves them out or not.
        return all(map(self._is_left_out, self.selected.first_places(1000)))

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot(int)
    def _resize_cells(self, value: int) -> None:
        columns = sum(COLUMNS) - value
        self._settings["thumbnail_columns"] = columns
        self.view.set_columns(columns)

    @Slot(object)
    def _requested(self, visible: Visible) -> None:
        if visible.side_px > self._side_px:
            # Those in view were made for smaller cells; the view asks again for all of them.
            self._side_px = visible.side_px
            self.view.forget_images()
        else:
            self.thumbnails_wished.emit(visible.pictures, self._side_px)

    @Slot()
    def _go_to_pictures(self) -> None:
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)  # with this reason the ring comes along
        if self.view.current() < 0:
            self.view.set_current(0)

    @Slot(str)
    def _leave_chip(self, key: str) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)  # the chip goes, and with it the focus would go anywhere
        if key == "only":
            self.show_all()
        else:
            self.show_class(None)

    @Slot()
    def _wish_exclusion(self) -> None:
        if len(self.selected):
            self.exclude_wished.emit(self.selected.places(), not self._all_left_out())

    @Slot()
    def _wish_copy(self) -> None:
        if len(self.selected):
            self.copy_wished.emit(self.selected.places())

    @Slot()
    def _wish_folder(self) -> None:
        place = self.selected.arrangement.place(self.view.current())
        if place >= 0:
            self.folder_wished.emit(place)
