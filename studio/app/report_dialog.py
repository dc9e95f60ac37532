"""Saves a report of the open run, one page for a browser: asks where to, tells how far it is, and offers to open it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileInfo, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from .. import numbers
from ..jobs.worker import Failure, Worker
from ..widgets.plain import set_words
from .asking_where import ask_where
from .messages import error_text

if TYPE_CHECKING:
    from .settings import Settings

WIDTH_PX, MARGIN_PX, GAP_PX = 420, 16, 12
SUFFIX = ".html"


def make_report(path: Path, run: Path, language: str) -> Iterable[object]:
    """`core.report.write_report`, for a worker: it is loaded when it is first wished for."""
    from core.report import write_report

    return write_report(path, run, language=language)


class ReportDialog(QDialog):
    """A small window that stands beside the main one; the training goes on. Esc cancels, or closes it at the end."""

    def __init__(self, settings: Settings, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report_dialog")
        self.setWindowTitle(self.tr("Save report"))
        self._settings, self._language = settings, language
        self._worker: Worker | None = None
        self._path: Path | None = None
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(self.tr("Progress of the report"))
        self.open_button, self.folder_button, self.close_button = QPushButton(), QPushButton(), QPushButton()
        set_words(self.open_button, self.tr("Open"), self.tr("Open the report in your browser"))
        set_words(self.folder_button, self.tr("Show in folder"), self.tr("Open the folder that it lies in"))
        self.open_button.clicked.connect(self._open)
        self.folder_button.clicked.connect(self._open_folder)
        self.close_button.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(GAP_PX)
        column.addWidget(self.sentence)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(GAP_PX)
        row.addStretch(1)
        for button in (self.open_button, self.folder_button, self.close_button):
            row.addWidget(button)
        column.addLayout(row)
        self.setFixedWidth(WIDTH_PX)

    def ask(self, run: Path) -> None:
        """Ask where to, and write the report of the run folder there."""
        if self._worker is not None:
            self._come_up()
            return
        path = ask_where(self.parentWidget(), self._settings, f"{run.name}-report{SUFFIX}", self.tr("Save report"))
        if path is not None:
            self.write(path, run)

    def write(self, path: Path, run: Path) -> None:
        """Write the report of a run folder, over what is there."""
        self._start(partial(make_report, path, run, self._language))

    def _start(self, work: Callable[[], Iterable[object]]) -> None:
        self._path = None
        self._worker = Worker(work, parent=self, name="report")
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self.sentence.setText(self.tr("Reading the run and writing the page…"))
        self.bar.setValue(0)
        self._show_state(writing=True)
        self._come_up()
        self._worker.start()

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        from core.export import Exported, ExportProgress

        for event in events:
            if isinstance(event, ExportProgress):
                self.bar.setValue(100 * event.done // max(event.of, 1))
            elif isinstance(event, Exported):
                self._path = event.path

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = None
        if failure is not None:
            words = self.tr("The report was not saved: {reason}").format(reason=error_text(failure.error))
            self.sentence.setText(words)
        elif self._path is not None:
            words = self.tr("{name} is saved ({size}). It opens in any browser, here and elsewhere.")
            size = numbers.memory(QFileInfo(str(self._path)).size())
            self.sentence.setText(words.format(name=self._path.name, size=size))
        self._show_state(writing=False)

    def _show_state(self, *, writing: bool) -> None:
        self.bar.setVisible(writing)
        for button in (self.open_button, self.folder_button):
            button.setVisible(not writing and self._path is not None)
        if writing:
            set_words(self.close_button, self.tr("Cancel"), self.tr("Stop; nothing is written"))
        else:
            set_words(self.close_button, self.tr("Close"), self.tr("Back to the window (Esc)"))
        first = self.open_button if self.open_button.isVisibleTo(self) else self.close_button
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        self.adjustSize()

    def _come_up(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def reject(self) -> None:
        """Cancelled, or done with."""
        if self._worker is not None:
            self._worker.stop()
        super().reject()

    @Slot()
    def _open(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))

    @Slot()
    def _open_folder(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._worker is None or self._worker.shutdown(timeout_ms)
