"""The window's colours and fonts, dark and light; everything that is painted asks here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

from .style import style_sheet

BODY_PX = 13
CAPTION_PX = 11
CONTROL_PX = 28
CORNER_PX = 6


@dataclass(frozen=True)
class Tokens:
    """What each colour is for, as `#rrggbb`."""

    ground: str  #: behind the panels
    panel: str  #: panels, bars and plots
    raised: str  #: buttons, the chosen room, rows under the pointer
    line: str  #: panel borders, plot grids, the frame round a picture in the light theme
    edge: str  #: control borders, grooves, scroll handles: at least 3:1 on the panel
    text: str
    muted: str  #: captions; like text at least 5:1
    accent: str  #: the one next thing to do, selection, what was played
    on_accent: str  #: text on the accent
    loss: str
    validation: str
    weight: str
    cursor: str
    error: str  #: only for what went wrong


DARK = Tokens(
    ground="#16181d",
    panel="#1d2027",
    raised="#262a33",
    line="#353b47",
    edge="#6e778a",
    text="#e7e9ee",
    muted="#9aa3b3",
    accent="#5b8cff",
    on_accent="#0f1218",
    loss="#56b4e9",
    validation="#e69f00",
    weight="#1fb88a",
    cursor="#ff7a45",
    error="#ff6b6b",
)
LIGHT = Tokens(
    ground="#f6f7f9",
    panel="#ffffff",
    raised="#eef0f4",
    line="#d6dae3",
    edge="#7c8594",
    text="#1a1e26",
    muted="#5b6472",
    accent="#2b62dd",
    on_accent="#ffffff",
    loss="#0072b2",
    validation="#b26a00",
    weight="#00805f",
    cursor="#d04a00",
    error="#c62828",
)
THEMES: dict[str, Tokens] = {"dark": DARK, "light": LIGHT}
CHOICES = ("system", *THEMES)


def palette(tokens: Tokens) -> QPalette:
    """Fusion's palette in these colours, every role and group."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.ground,
        role.WindowText: tokens.text,
        role.Base: tokens.panel,
        role.AlternateBase: tokens.raised,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Text: tokens.text,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.Light: tokens.raised,
        role.Midlight: tokens.line,
        role.Mid: tokens.line,
        role.Dark: tokens.edge,
        role.Shadow: tokens.ground,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
    }
    made = QPalette()
    for which, colour in colours.items():
        made.setColor(QPalette.ColorGroup.All, which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.edge))
    for which in (role.Highlight, role.Accent):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.line))
    return made


#: Fonts that have Chinese, on Linux, Windows and macOS. Named, so that the simplified forms are drawn: a search for any
#: font that has the signs may well end at the Japanese one.
CHINESE_FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")


def _families(font: QFont) -> list[str]:
    installed = set(QFontDatabase.families())
    # The family that is really drawn: an alias such as “Sans Serif” would be passed over for the next in the list.
    return [QFontInfo(font).family(), *(family for family in CHINESE_FAMILIES if family in installed)]


def sized_font(size_px: int, *, semibold: bool = False) -> QFont:
    """The window's font at a size in pixels; its figures are equally wide where the font can do that."""
    font = QFont(QApplication.font())
    font.setPixelSize(size_px)
    font.setFamilies(_families(font))
    font.setFeature(QFont.Tag("tnum"), 1)
    if semibold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


class Theme(QObject):
    """The colours in use. Whatever paints reads `tokens` and listens to `changed`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choice = "dark"
        self._name = "dark"
        self._applying = False
        self._follows = False
        self._styled = False

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return THEMES[self._name]

    @property
    def name(self) -> str:
        """Which theme is in use: "dark" or "light"."""
        return self._name

    @property
    def is_light(self) -> bool:
        """Pictures get a frame of one pixel then, or white ones would have no edge."""
        return self._name == "light"

    def color(self, token: str, alpha: int = 255) -> QColor:
        """A token as Qt's colour; `alpha` 0 to 255."""
        colour = QColor(getattr(self.tokens, token))
        colour.setAlpha(alpha)
        return colour

    def apply(self, choice: str) -> None:
        """Use "dark", "light", or what the system prefers ("system"; dark where it does not say)."""
        assert choice in CHOICES, choice
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._choice = choice
        self._applying = True
        try:
            # Title bars and native dialogs follow this where the platform has it; Linux without a desktop ignores it.
            scheme = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}.get(choice, Qt.ColorScheme.Unknown)
            app.styleHints().setColorScheme(scheme)
            if not self._follows:
                app.styleHints().colorSchemeChanged.connect(self._system_changed)
                self._follows = True
            if choice == "system":
                light = app.styleHints().colorScheme() == Qt.ColorScheme.Light
                self._name = "light" if light else "dark"
            else:
                self._name = choice
            if not self._styled:  # once: each time costs a quarter of the whole switch, and changes nothing
                app.setStyle(QStyleFactory.create("Fusion"))
                self._styled = True
            app.setPalette(palette(self.tokens))
            QToolTip.setPalette(palette(self.tokens))
            app.setFont(sized_font(BODY_PX))
            app.setStyleSheet(style_sheet(self.tokens, self._name))
        finally:
            self._applying = False
        self.changed.emit()

    @Slot()
    def _system_changed(self) -> None:
        if self._choice == "system" and not self._applying:
            self.apply("system")


_THEME: Theme | None = None


def theme() -> Theme:
    """The one theme of the program."""
    global _THEME  # noqa: PLW0603 (one program has one look; a QObject must not be made at import)
    if _THEME is None:
        _THEME = Theme()
    return _THEME
