"""The window's colours and fonts, dark and light; everything that is painted asks here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip, QWidget

# --- The style sheet: how Qt's own controls look. One text, filled with the colours of a theme -----------


def icons_folder() -> Path:
    """Where the drawings lie."""
    return Path(str(files("resources"))) / "icons"


def style_sheet(tokens: Tokens, name: str) -> str:
    """The style sheet of a theme; `name` is "dark" or "light" and picks the drawings that Qt cannot recolour."""
    # A white knob would vanish on a white panel, so the light theme draws it with an edge.
    knob = (
        f"background: {tokens.text};"
        if name == "dark"
        else f"background: {tokens.panel}; border: 1px solid {tokens.edge};"
    )
    size = "width: 16px; height: 16px;" if name == "dark" else "width: 14px; height: 14px;"
    images = f"{icons_folder().as_posix()}/{name}"
    return Template(_SHEET).substitute(asdict(tokens), knob=f"{size} border-radius: 8px; {knob}", images=images)


def set_look(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet asks for (accent, caption, tone, …) and style the widget anew."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


# Heights are those of the content: 26 and a border of 1 on each side make the 28 px of every control.
_SHEET = """
* { outline: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $edge; padding: 4px 6px; }

QLabel { background: transparent; }
QLabel[title="true"] { font-weight: 600; }
QLabel[caption="true"] { font-size: 11px; color: $muted; }
QLabel[muted="true"] { color: $muted; }
QLabel[tone="error"] { color: $error; }
QLabel[tone="warning"] { color: $validation; }
QLabel[tone="good"] { color: $weight; }
QLabel:disabled { color: $edge; }

QFrame#top_bar { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame#transport { background: $panel; border: none; border-top: 1px solid $line; }
QFrame[panel="true"] { background: $panel; border: 1px solid $line; border-radius: 6px; }
QFrame[formula="true"] { background: $raised; border: none; border-radius: 6px; }
QFrame[card="true"] { background: $panel; border: 1px solid $line; border-radius: 6px; }
QFrame[card="true"]:hover { border-color: $edge; }
QFrame[banner="error"], QFrame[banner="warning"], QFrame[banner="info"] { background: $raised;
  border: 1px solid $line; border-radius: 6px; }
QFrame[banner="error"] { border-left: 3px solid $error; }
QFrame[banner="warning"] { border-left: 3px solid $validation; }
QFrame[banner="info"] { border-left: 3px solid $accent; }
QFrame[separator="true"] { background: $line; border: none;
  min-width: 1px; max-width: 1px; min-height: 20px; max-height: 20px; }

QPushButton { background: $raised; color: $text; border: 1px solid $edge; border-radius: 6px;
  min-height: 26px; max-height: 26px; padding: 0 12px; }
QPushButton:hover { border-color: $muted; background: $line; }
QPushButton:pressed { background: $panel; }
QPushButton:checked { background: $line; border-color: $muted; }
QPushButton:disabled { color: $edge; border-color: $line; background: $panel; }
/* The system's pictures on them know no theme: a black cross on a dark button is not seen. */
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton:flat:hover { background: $raised; }
QPushButton:flat:pressed, QPushButton:flat:checked { background: $line; }
QPushButton[accent="true"] { background: $accent; color: $on_accent; border-color: $accent;
  font-weight: 600; padding: 0 14px; }
QPushButton[accent="true"]:hover { border-color: $text; }
QPushButton[accent="true"]:disabled { background: $raised; color: $edge; border-color: $line; }
QPushButton[link="true"] { background: transparent; border-color: transparent; color: $accent; padding: 0 4px; }
QPushButton[link="true"]:hover { text-decoration: underline; }
QPushButton::menu-indicator { image: url($images-arrow.svg); width: 16px; height: 16px;
  subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }

QToolButton { background: transparent; color: $text; border: 1px solid transparent; border-radius: 6px;
  min-height: 26px; max-height: 26px; min-width: 26px; padding: 0; }
QToolButton[text_beside="true"], QToolButton[room="true"] { padding: 0 10px; }
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $line; }
QToolButton:disabled { color: $edge; }
QToolButton[framed="true"] { background: $raised; border-color: $edge; }
QToolButton[framed="true"]:checked { background: $line; border-color: $accent; }
QToolButton[framed="true"]:hover { background: $line; border-color: $muted; }
QToolButton[framed="true"]:disabled { background: $panel; border-color: $line; }
QToolButton[quiet="true"] { color: $muted; font-size: 11px; padding: 0 6px; }
QToolButton[quiet="true"]:checked { background: transparent; }
QToolButton[quiet="true"]:hover { background: $raised; }
QToolButton[room="true"] { color: $muted; }
QFrame[segments="true"] { background: $ground; border: 1px solid $edge; border-radius: 6px; }
QToolButton[segment="true"] { color: $muted; border-radius: 5px; padding: 0 12px; }
QToolButton[segment="true"]:checked { background: $line; color: $text; font-weight: 600; }
QToolButton[room="true"]:checked { background: $raised; color: $text; font-weight: 600; }
QFrame#top_bar QToolButton { min-height: 28px; max-height: 28px; padding: 0 10px; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QAbstractSpinBox { background: $raised; color: $text; border: 1px solid $edge; border-radius: 6px;
  min-height: 26px; max-height: 26px; padding: 0 6px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:hover, QAbstractSpinBox:hover { border-color: $muted; }
QLineEdit:disabled, QAbstractSpinBox:disabled { background: $panel; color: $edge; border-color: $line; }
QLineEdit:read-only { background: $panel; }
QLineEdit QToolButton { border: none; min-width: 16px; min-height: 16px; max-height: 16px; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: $error; }
QAbstractSpinBox QLineEdit { border: none; background: transparent; padding: 0 6px; min-height: 0; }
QAbstractSpinBox { padding: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; height: 0; border: none; }

QComboBox { background: $raised; color: $text; border: 1px solid $edge; border-radius: 6px;
  min-height: 26px; max-height: 26px; padding: 0 2px 0 8px; combobox-popup: 0; }
QComboBox:hover { border-color: $muted; }
QComboBox:disabled { background: $panel; color: $edge; border-color: $line; }
QComboBox::drop-down { subcontrol-origin: padding; subcontrol-position: center right; width: 24px; border: none; }
QComboBox::down-arrow { image: url($images-arrow.svg); width: 16px; height: 16px; }
QComboBox::down-arrow:disabled { image: url($images-arrow-off.svg); }
QComboBox QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QComboBox QAbstractItemView { background: $panel; color: $text; border: 1px solid $edge; padding: 4px; outline: none;
  selection-background-color: $raised; selection-color: $text; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $edge; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px;
  border: 1px solid $edge; background: $raised; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $muted; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($images-check.svg); }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $panel; border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $edge; border-color: $edge; }

QSlider { background: transparent; min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $edge; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { margin: -6px 0; $knob }
QSlider::groove:vertical { width: 4px; border-radius: 2px; background: $edge; }
QSlider::add-page:vertical { width: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:vertical { margin: 0 -6px; $knob }
QSlider::groove:disabled, QSlider::sub-page:disabled, QSlider::add-page:disabled { background: $line; }
QSlider::handle:disabled { background: $edge; }

QProgressBar { background: $line; color: transparent; border: none; border-radius: 3px;
  min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar[paused="true"]::chunk { background: $edge; }

QScrollArea, QAbstractScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 8px; }
QScrollBar:horizontal { height: 8px; }
QScrollBar::handle { background: $edge; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QPlainTextEdit, QTextEdit, QTextBrowser { background: transparent; color: $text; border: none;
  selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit[field="true"] { background: $raised; border: 1px solid $edge; border-radius: 6px; padding: 2px; }
QPlainTextEdit[field="true"]:hover { border-color: $muted; }
QListView, QTreeView, QTableView { background: transparent; color: $text; border: none; }
QListView::item { min-height: 28px; padding: 0 8px; border-radius: 4px; }
QTableView::item, QTreeView::item { padding: 0 8px; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: $raised; color: $text; }
QListView::item:hover { background: $raised; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: $muted; font-size: 11px; border: none; padding: 4px 8px; }

QMenu { background: $panel; color: $text; border: 1px solid $edge; padding: 4px; }
QMenu::item { height: 28px; padding: 0 24px 0 28px; border-radius: 4px; background: transparent; }
QMenu::item:selected { background: $raised; }
QMenu::item:disabled { color: $edge; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { left: 8px; }
QMenu::indicator { width: 16px; height: 16px; left: 6px; image: none; }
QMenu::indicator:checked { image: url($images-menu-check.svg); }
QMenu::right-arrow { image: url($images-arrow-right.svg); width: 16px; height: 16px; right: 4px; }

QWidget[menu_row="true"] { background: transparent; border-radius: 4px; }
QWidget[menu_row="true"]:hover, QWidget[menu_row="true"]:focus { background: $raised; }

QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: 2px; margin: 0 7px; }
QSplitter::handle:vertical { height: 2px; margin: 7px 0; }
QSplitter::handle:hover, QSplitter::handle:pressed { background: $edge; border-radius: 1px; }

QTabBar::tab { background: transparent; color: $muted; border: none; padding: 6px 12px; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabWidget::pane { border: none; }
"""


# --- theme -----------------------------------------------------------------------------------------------

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
    fourth: str  #: one more beside these three
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
    fourth="#d58ab5",
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
    fourth="#9b3f78",
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


@cache
def _chinese_families() -> tuple[str, ...]:
    """Those that are installed; asked for once, since whatever paints text asks for a font many times a frame."""
    installed = set(QFontDatabase.families())
    return tuple(family for family in CHINESE_FAMILIES if family in installed)


def _families(font: QFont) -> list[str]:
    # The family that is really drawn: an alias such as “Sans Serif” would be passed over for the next in the list.
    return [QFontInfo(font).family(), *_chinese_families()]


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

    def faint(self, token: str, alpha: int) -> QColor:
        """What a token looks like with `alpha` on a panel: opaque, so that lines in it take no longer than others."""
        front, ground = self.color(token), self.color("panel")
        parts = zip(front.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]
        return QColor(*(round(ground_part + (part - ground_part) * alpha / 255) for part, ground_part in parts))

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
