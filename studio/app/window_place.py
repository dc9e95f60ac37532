"""Where the window stands, in pixels of the screen: the same place, however large everything in it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from .settings import Settings

#: What a title bar and borders take around the window, until the window system has told.
FRAME_PX = (8, 40)
FIRST_PX = (1280, 800)
#: The rooms fit into so much, and scroll below.
FITS_PX = (1100, 680)
#: When the frame that the window manager has put round the window is looked at.
FRAME_KNOWN_MS = (0, 300, 1500)
#: No screen is wider or higher; a place in the settings may say anything.
MOST_PX = 100_000


class WindowPlace(QObject):
    """Remembers the place of a window and brings it back there. Lives in the GUI thread."""

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.keeps_its_size = False  #: it was asked for, whatever the screen leaves
        # Where the window was put, and for which place. As long as it stands there the place is remembered as it was:
        # rounding, or a size that is more than was wished, would add up over several restarts.
        self._put: tuple[QRect, dict[str, object]] | None = None
        self._came_in_full_screen = False

    def remember(self) -> None:
        """Into the settings. Of a window that fills the screen the place that it had before."""
        window = self._window
        normal = window.normalGeometry()
        maximized = {"maximized": window.isMaximized()}
        if self._put is not None and (not normal.isValid() or normal == self._put[0]):
            self._settings["place"] = self._put[1] | maximized
        elif normal.isValid():
            ratio, origin = window.devicePixelRatioF(), window.screen().geometry().topLeft()
            from_origin = (normal.x() - origin.x(), normal.y() - origin.y(), normal.width(), normal.height())
            left, top, *size = (round(side * ratio) for side in from_origin)
            px = [origin.x() + left, origin.y() + top, *size]
            self._settings["place"] = {"px": px, "ratio": ratio, **maximized}

    def restore(self) -> None:
        """There again, with as many of the screen's pixels; more where everything is larger now and needs them."""
        window, place = self._window, dict(self._settings["place"])
        px = place.get("px")
        if not isinstance(px, list) or not _is_place(px):
            free = window.screen().availableGeometry()
            window.resize(min(FIRST_PX[0], free.width() - FRAME_PX[0]), min(FIRST_PX[1], free.height() - FRAME_PX[1]))
            return
        found = _screen_at(px)
        screen, ratio = (window.screen(), window.devicePixelRatioF()) if found is None else found
        left, top, width, height = px
        size = [round(width / ratio), round(height / ratio)]
        chosen_at = place.get("ratio")
        if isinstance(chosen_at, int | float) and ratio > chosen_at:
            free = screen.availableGeometry()
            room = (free.width() - FRAME_PX[0], free.height() - FRAME_PX[1])
            size = [max(side, min(*wanted)) for side, *wanted in zip(size, FITS_PX, room, strict=True)]
        window.resize(*size)
        if found is not None:
            origin = screen.geometry().topLeft()
            left, top = (round((side - at) / ratio) + at for side, at in zip(px[:2], origin.toTuple(), strict=True))
            window.setGeometry(left, top, *size)
        self._put = window.geometry(), place
        if place.get("maximized") is True:
            window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)

    def shown(self) -> None:
        """The window is seen for the first time."""
        self._came_in_full_screen = self._window.isFullScreen()
        self._keep_on_screen_soon()

    def left_full_screen(self) -> None:
        """A window that began in full screen has no size that the window manager could know of."""
        if self._came_in_full_screen and self._put is not None and not self._window.isMaximized():
            self._came_in_full_screen = False
            self._window.setGeometry(self._put[0])
        self._keep_on_screen_soon()

    def _keep_on_screen_soon(self) -> None:
        # Without a screen that anybody looks at (offscreen) its size means nothing.
        if not self.keeps_its_size and QApplication.platformName() not in {"offscreen", "minimal"}:
            for delay_ms in FRAME_KNOWN_MS:
                QTimer.singleShot(delay_ms, self.keep_on_screen)

    @Slot()
    def keep_on_screen(self) -> None:
        """Never larger than the screen leaves, less the frame, and with all of both bars in view."""
        window = self._window
        if window.isMaximized() or window.isFullScreen():
            return
        free, outer, inner = window.screen().availableGeometry(), window.frameGeometry(), window.geometry()
        frame, corner = outer.size() - inner.size(), inner.topLeft() - outer.topLeft()
        fits = inner.size().boundedTo(free.size() - frame)
        outer.setSize(fits + frame)
        left = max(free.left(), min(outer.left(), free.right() + 1 - outer.width()))
        top = max(free.top(), min(outer.top(), free.bottom() + 1 - outer.height()))
        moved = (left, top) != (outer.left(), outer.top())
        if self._put is not None and self._put[0] == inner:
            outer.moveTo(left, top)
            self._put = QRect(outer.topLeft() + corner, fits), self._put[1]
        if fits != inner.size():
            window.resize(fits)
        if moved:
            window.move(left, top)


def _is_place(px: list[object]) -> bool:
    """Whether these are left, top, width and height of something."""
    whole = len(px) == 4 and all(type(side) is int and abs(side) < MOST_PX for side in px)
    return whole and px[2] > 0 and px[3] > 0  # type: ignore[operator]


def _screen_at(px: list[int]) -> tuple[QScreen, float] | None:
    """The screen that the middle of a place lies on, and its ratio; None where there is none any more."""
    for screen in QGuiApplication.screens():
        ratio, drawn = screen.devicePixelRatio(), screen.geometry()
        whole = QRect(drawn.topLeft(), drawn.size() * ratio)
        if whole.contains(px[0] + px[2] // 2, px[1] + px[3] // 2):
            return screen, ratio
    return None
