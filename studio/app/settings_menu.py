"""The gear's menu: theme, language, size of text, decoded pictures, where files are, about."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QDesktopServices,
    QFont,
    QKeySequence,
    QPalette,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..widgets.plain import set_tip
from ..widgets.scroll import keep_width
from . import text_size
from .cache import CacheSettings
from .i18n import LANGUAGES, language_for
from .settings import data_folder
from .theme import BODY_PX, sized_font, theme

if TYPE_CHECKING:
    from ..project import Project
    from .glossary import Glossary
    from .i18n import Translations
    from .presentation import Presentation
    from .settings import Settings
    from .top_bar import TopBar
    from .undoing import Undoing
    from .words import Entry


# --- The user guide, in a window of its own beside the main one ------------------------------------------

SIZE_PX = (640, 680)
#: What a title bar and borders take.
FRAME_PX = (16, 48)
MARGIN_PX = 20
LINE_HEIGHT_PERCENT = 125.0
HEADING_TOP_PX = 14


def guide_path(language: str) -> Path:
    """The guide in this language, in English where there is none."""
    folder = Path(str(files("resources"))) / "docs"
    own = folder / f"guide.{language}.md"
    return own if own.is_file() else folder / "guide.md"


class Guide(QDialog):
    """Stays open while one works; Esc closes it."""

    def __init__(self, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guide")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(within_screen(QSize(*SIZE_PX), parent))
        self.text = QTextBrowser()
        self.text.setObjectName("guide_text")
        self.text.setOpenExternalLinks(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        self._source = guide_path(language).read_text("utf-8")
        theme().changed.connect(self._write)
        self._write()
        self.setWindowTitle(self.tr("User guide"))
        self.text.setAccessibleName(self.tr("User guide"))

    def _write(self) -> None:
        """Headings and links take their colours when the text is set, so it is set anew with the theme."""
        tokens, palette = theme().tokens, self.text.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(tokens.text))
        palette.setColor(QPalette.ColorRole.Link, QColor(tokens.accent))
        self.text.setPalette(palette)
        self.setStyleSheet(f"QDialog {{ background: {tokens.panel}; }}")
        self.text.setMarkdown(self._source)
        self.text.document().setDocumentMargin(MARGIN_PX)
        block = self.text.document().begin()
        while block.isValid():
            self._space(block)
            block = block.next()

    @staticmethod
    def _space(block: QTextBlock) -> None:
        """Qt's own headings are too large beside the window's, and stand too near to what is above them."""
        cursor, level = QTextCursor(block), block.blockFormat().headingLevel()
        lines = block.blockFormat()
        lines.setLineHeight(LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        lines.setTopMargin(HEADING_TOP_PX if level > 1 else 0)
        lines.setBottomMargin(4 if level or block.textList() is not None else 8)
        cursor.setBlockFormat(lines)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            letters = QTextCharFormat()
            letters.setFontWeight(QFont.Weight.DemiBold)
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 2 if level == 1 else 1)
            cursor.mergeCharFormat(letters)


# --- The keys, in a list that scrolls where the screen is low --------------------------------------------


class KeysDialog(QDialog):
    """Each key with what it does."""

    def __init__(self, title: str, keys: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for row, (key, words) in enumerate(keys):
            for column, text in enumerate((key, words)):
                label = QLabel(text)
                label.setTextFormat(Qt.TextFormat.PlainText)
                if not column:
                    label.setFont(sized_font(BODY_PX, semibold=True))
                grid.addWidget(label, row, column)
        grid.setColumnStretch(1, 1)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        keep_width(scroll)
        scroll.setWidget(page)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.addWidget(scroll)
        whole = page.sizeHint() + QSize(scroll.verticalScrollBar().sizeHint().width() + 4, 4)
        self.resize(within_screen(whole, parent))


def within_screen(size: QSize, window: QWidget) -> QSize:
    """As much of a dialog's size as the screen has: everything may be shown at twice its size."""
    return size.boundedTo(window.screen().availableSize() - QSize(*FRAME_PX))


#: What the kept generations of a run may take; at the next one that is made, the oldest without a star go.
KEPT_GB = (0, 1, 2, 5, 20, 100)

# --- settings menu ---------------------------------------------------------------------------------------


class SettingsMenu(QObject):
    """Builds the menu and carries its choices out; theme at once, language and size of text at a restart."""

    restart_wished = Signal()

    def __init__(
        self,
        bar: TopBar,
        settings: Settings,
        translations: Translations,
        project: Project,
        undoing: Undoing,
        presentation: Presentation,
    ) -> None:
        super().__init__(bar)
        self._undoing, self._presentation = undoing, presentation
        self._bar, self._settings, self._translations = bar, settings, translations
        self._cache = CacheSettings(project, settings, bar)
        self._themes = QActionGroup(self)
        self._themes.triggered.connect(self._theme_chosen)
        self._languages = QActionGroup(self)
        self._languages.triggered.connect(self._language_chosen)
        self._sizes = QActionGroup(self)
        self._sizes.triggered.connect(self._size_chosen)
        self._kept = QActionGroup(self)
        self._kept.triggered.connect(self._kept_chosen)
        self._guide: Guide | None = None
        self._glossary: Glossary | None = None
        QShortcut(QKeySequence(Qt.Key.Key_F1), bar, self.show_guide)
        QShortcut(QKeySequence("Shift+F1"), bar, self._look_up)
        self._fill()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._cache.shutdown(timeout_ms)

    def _fill(self) -> None:
        menu = self._bar.settings.menu()
        themes = menu.addMenu(self.tr("Theme"))
        for name, title in (
            ("system", self.tr("As the system")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        ):
            self._add(themes, self._themes, name, title, self._settings["theme"])
        languages = menu.addMenu(self.tr("Language"))
        self._add(languages, self._languages, "system", self.tr("As the system"), self._settings["language"])
        for code, own_name in LANGUAGES.items():
            self._add(languages, self._languages, code, own_name, self._settings["language"])
        sizes = menu.addMenu(self.tr("Text size"))
        for percent in text_size.OFFERED:
            title = f"{percent} %" if percent else self.tr("As the system")
            self._add(sizes, self._sizes, str(percent), title, str(self._settings["text_size"]))
        kept = menu.addMenu(self.tr("Kept generations"))
        for gigabytes in KEPT_GB:
            title = self.tr("{n} GB per run").format(n=gigabytes) if gigabytes else self.tr("Keep none")
            self._add(kept, self._kept, str(gigabytes), title, str(self._settings["generations_gb"]))
        notices = menu.addAction(self.tr("Desktop notices"))
        notices.setObjectName("notices")
        notices.setCheckable(True)
        notices.setChecked(self._settings["notices"])
        set_tip(notices, self.tr("Tell when a training ends, fails or needs you while you work elsewhere"))
        notices.toggled.connect(self._notices_chosen)
        presentation = menu.addMenu(self.tr("Presentation"))
        presentation.setToolTipsVisible(True)
        presentation.addActions(list(self._presentation.actions))
        menu.addSeparator()
        menu.addActions([self._undoing.undo, self._undoing.redo])
        menu.addSeparator()
        menu.addAction(self.tr("Decoded pictures…"), self._cache.show)
        menu.addAction(self.tr("Show the data folder"), self._show_data)
        menu.addAction(self.tr("User guide") + "\tF1", self.show_guide)
        menu.addAction(self.tr("Glossary") + "\tShift+F1", self.show_glossary)
        menu.addAction(self.tr("Keys"), self._show_keys)
        menu.addAction(self.tr("About DDPM Studio"), self._show_about)

    def _add(self, menu: QMenu, group: QActionGroup, name: str, title: str, current: str) -> None:
        action = QAction(title, group)
        action.setData(name)
        action.setCheckable(True)
        action.setChecked(name == current)
        menu.addAction(action)

    @Slot(QAction)
    def _theme_chosen(self, action: QAction) -> None:
        self._settings["theme"] = str(action.data())
        self._settings.save()  # not only at the end, which a crash takes away
        theme().apply(self._settings["theme"])

    @Slot(QAction)
    def _language_chosen(self, action: QAction) -> None:
        self._settings["language"] = str(action.data())
        self._settings.save()
        if language_for(self._settings["language"]) != self._translations.language:
            self._offer_restart(self.tr("Language"))

    @Slot(QAction)
    def _size_chosen(self, action: QAction) -> None:
        before, self._settings["text_size"] = self._settings["text_size"], int(action.data())
        self._settings.save()
        if self._settings["text_size"] != before:
            self._offer_restart(self.tr("Text size"))

    @Slot(QAction)
    def _kept_chosen(self, action: QAction) -> None:
        self._settings["generations_gb"] = int(action.data())
        self._settings.save()

    @Slot(bool)
    def _notices_chosen(self, wished: bool) -> None:
        self._settings["notices"] = wished
        self._settings.save()

    def _offer_restart(self, title: str) -> None:
        words = self.tr(
            "This takes effect when the program is started the next time. It can be restarted here: it comes back to "
            "this place, and a training that runs is saved and goes on."
        )
        words = "\n\n".join(filter(None, (words, self._presentation.what_goes())))
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, words, parent=self._bar.window())
        box.setDefaultButton(box.addButton(self.tr("Restart now"), QMessageBox.ButtonRole.AcceptRole))
        box.addButton(self.tr("Later"), QMessageBox.ButtonRole.RejectRole)
        box.accepted.connect(self.restart_wished)
        box.open()

    @Slot()
    def _show_data(self) -> None:
        folder = data_folder()
        with contextlib.suppress(OSError):  # where it could not be made, the file manager says so
            folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def show_guide(self) -> None:
        """Open the user guide, or bring it to the front."""
        if self._guide is None:
            self._guide = Guide(self._translations.language, self._bar.window())
            self._guide.destroyed.connect(self._guide_closed)
        self._guide.show()
        self._guide.raise_()
        self._guide.activateWindow()

    @Slot()
    def _guide_closed(self) -> None:
        self._guide = None

    @Slot()
    def show_glossary(self) -> None:
        """Open the glossary, or bring it to the front."""
        self._open_glossary(None)

    def _open_glossary(self, entry: Entry | None) -> None:
        from .glossary import Glossary

        if self._glossary is None:
            self._glossary = Glossary(self._translations.language, self._bar.window())
            self._glossary.destroyed.connect(self._glossary_closed)
        self._glossary.open_at(entry)

    @Slot()
    def _look_up(self) -> None:
        """Open the glossary at the word under the pointer."""
        from .glossary import entry_at, pointed_at

        self._open_glossary(entry_at(pointed_at(self._bar.window()), self._translations.language))

    @Slot()
    def _glossary_closed(self) -> None:
        self._glossary = None

    @Slot()
    def _show_keys(self) -> None:
        KeysDialog(self.tr("Keys"), self.documented_keys(), self._bar.window()).show()

    def documented_keys(self) -> tuple[tuple[str, str], ...]:
        """The keys of the window, each with what it does."""
        return (
            ("Ctrl+1, 2, 3, 4", self.tr("the rooms")),
            ("Ctrl+PgUp, Ctrl+PgDn", self.tr("the tab before, and the next, in the training room and inside")),
            ("Ctrl+O", self.tr("open pictures, a run or a model, as the room is about")),
            ("Ctrl+P", self.tr("start, pause or resume the training")),
            ("Ctrl+S", self.tr("save a checkpoint now, in the training room")),
            ("Ctrl+Shift+S", self.tr("make samples now, in the training room")),
            ("Ctrl+Shift+P", self.tr("keep the newest checkpoint for ever, in the training room")),
            ("Ctrl+Z, Ctrl+Shift+Z", self.tr("take back what was chosen, and do it again")),
            ("Ctrl+F", self.tr("search the pictures")),
            ("F2", self.tr("in Runs: rename the selected run (Ctrl+F searches, Enter opens, Del to the trash)")),
            ("Ctrl+A", self.tr("select all pictures")),
            ("Del", self.tr("leave the selected pictures out of training, or use them again")),
            ("Space", self.tr("play and hold the denoising, or the samples of a run")),
            ("← →", self.tr("one step")),
            ("Shift+← →", self.tr("ten steps")),
            ("Home, End", self.tr("first and last step")),
            ("↑ ↓", self.tr("the picture before, and the next")),
            ("← ↑ → ↓, Enter", self.tr("on the U-Net's blocks: the block beside, and what is told of it")),
            ("← →, + −, PgUp PgDn, 0", self.tr("on a curve of the training: the cursor, zoom, move, the whole")),
            ("1, 2, 3", self.tr("the ways of looking in the sampler")),
            ("G", self.tr("generate")),
            ("K", self.tr("show or hide the kept generations")),
            ("F", self.tr("fork the generation from this step")),
            ("B", self.tr("paint on the prediction, or draw a mask, for a fork")),
            ("Enter, Esc", self.tr("one picture large, and back")),
            ("Esc", self.tr("stop the generation and keep the steps that are done")),
            ("F1", self.tr("the user guide")),
            ("Shift+F1", self.tr("the glossary, at the word under the pointer")),
            ("F8", self.tr("hide the training's bar, and show it again")),
            ("F9", self.tr("a halo round the pointer")),
            ("F11, Esc", self.tr("full screen, and back")),
            ("Ctrl++, Ctrl+−, Ctrl+0", self.tr("everything larger, smaller, and as the system has it")),
            ("Ctrl+Q", self.tr("close the window: a training is saved, and goes on when you resume it")),
        )

    @Slot()
    def _show_about(self) -> None:
        from core.cli.main import program_version

        self._show(
            self.tr("About DDPM Studio"),
            self.tr(
                "<p><b>DDPM Studio {version}</b></p><p>Train a denoising diffusion model on your own pictures, watch it"
                " learn, and step through its denoising.</p><p>MIT licence. Faces: Noto Emoji, Apache-2.0."
                " Digits: MNIST, CC BY-SA 3.0.</p>"
            ).format(version=program_version()),
        )

    def _show(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self._bar.window())
        box.open()
