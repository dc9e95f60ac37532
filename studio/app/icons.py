"""Icons from our own drawings, in the colours of the theme, also while it changes."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from .theme import icons_folder, set_look, theme

#: Other words for the same drawing.
ALIASES = {
    "on": "next",
    "chevron_left": "back",
    "chevron_right": "next",
    "gif": "film",
    "search": "zoom",
    "language": "globe",
    "error": "warning",
}
#: Drawings that have a colour of their own; all others are in the colour of the text.
COLOURS = {"device": "weight"}
#: Sides in device pixels that an icon is drawn at: 16 and 20 px on screens of scale 1, 1.25, 1.5, 2 and 3.
SIZES_PX = (16, 20, 24, 25, 30, 32, 40, 48, 60, 64)


def names() -> list[str]:
    """Every icon that there is."""
    own = (file.stem for file in icons_folder().glob("*.svg"))
    return sorted({name for name in own if "-" not in name and name != "app"} | ALIASES.keys())


@cache
def _drawing(name: str) -> str:
    return (icons_folder() / f"{ALIASES.get(name, name)}.svg").read_text("utf-8")


def icon_pixmap(name: str, colour: QColor, side_px: int, dpr: float = 1.0) -> QPixmap:
    """The drawing `name` at `side_px` logical pixels on a screen of scale `dpr`."""
    device_px = round(side_px * dpr)
    pixmap = QPixmap(device_px, device_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour.name()).encode()))
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, device_px, device_px))
    painter.end()
    pixmap.setDevicePixelRatio(dpr)
    return pixmap


def icon(name: str, token: str = "", off_token: str = "") -> QIcon:
    """The icon `name` in the theme's present colours, with a pixmap for disabled controls.

    `token` names another colour of the theme; `off_token` is the colour while a checkable button is not checked.
    """
    token = token or COLOURS.get(name, "text")
    return _icon(name, token, off_token or token, theme().name)


@cache
def _icon(name: str, token: str, off_token: str, _theme_name: str) -> QIcon:
    made = QIcon()
    states = ((QIcon.State.On, token), (QIcon.State.Off, off_token))
    for side in SIZES_PX:
        for state, state_token in states:
            made.addPixmap(icon_pixmap(name, theme().color(state_token), side), QIcon.Mode.Normal, state)
            made.addPixmap(icon_pixmap(name, theme().color("edge"), side), QIcon.Mode.Disabled, state)
    return made


class _Keeper(QObject):
    """Remembers a button's icon and draws it anew when the theme changes."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self.name = ""
        self.token = ""
        theme().changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Give the button its icon in the present colours."""
        button = self._button
        token = self.token or ("on_accent" if button.property("accent") else "")
        self._button.setIcon(icon(self.name, token, "muted" if button.property("room") else ""))


def set_icon(button: QAbstractButton, name: str, token: str = "") -> None:
    """Give a button an icon that follows the theme, the button's `accent` and, for rooms, whether it is checked."""
    keeper = button.findChild(_Keeper, options=Qt.FindChildOption.FindDirectChildrenOnly) or _Keeper(button)
    keeper.name, keeper.token = name, token
    keeper.refresh()


def set_accent(button: QAbstractButton, accent: bool) -> None:
    """Make a button the one next thing to do, or an ordinary one; its icon follows."""
    set_look(button, accent=accent)
    keeper = button.findChild(_Keeper, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if keeper is not None:
        keeper.refresh()


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(icons_folder() / "app.svg"))
