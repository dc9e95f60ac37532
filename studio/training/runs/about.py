"""One run: what it is in a few words, and what is said of it: star, tags, a note."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.runs.listing import ListedFacts
from core.runs.run_notes import LONGEST_NOTE, MOST_TAGS, RunNotes, cleaned_tags

from ... import numbers
from ...app.messages import error_text
from ...app.theme import theme
from ...widgets.controls import IconButton
from ...widgets.elided import ElidedLabel
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_name
from ..panel import summaries
from .model import figure, marks_of, step_time

#: From the last key to the file.
KEEPING_MS = 700
#: A list that does not have what was written so long ago was written to by somebody else.
BELIEVED_S = 60.0
#: What is known of a run takes so many lines at most.
MOST_LINES = 4


class AboutPanel(Panel):
    """Shows one run, and says what a person wrote of it."""

    notes_written = Signal(object, object)  #: the folder, and its RunNotes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._facts: ListedFacts | None = None
        self._kept = RunNotes()
        #: folder → what was written and when: a list that was read before is not to be believed
        self._written: dict[Path, tuple[RunNotes, float]] = {}
        self.star = IconButton("star")
        self.star.setObjectName("run_star")
        self.star.setCheckable(True)
        self.star.describe(self.tr("Star: starred runs come first under Tags and note"))
        self.star.clicked.connect(self._starred)
        self.head.addWidget(self.star)
        self.lines = [ElidedLabel() for _ in range(MOST_LINES)]
        facts = QVBoxLayout()
        facts.setSpacing(2)
        for line in self.lines:
            line.setProperty("caption", True)
            facts.addWidget(line)
        self.body.addLayout(facts)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.tags = QLineEdit()
        self.tags.setObjectName("run_tags")
        self.tags.setPlaceholderText(self.tr("Tags, with commas between them"))
        set_name(self.tags, self.tr("Tags"), self.tr("At most {n}, found by the search").format(n=MOST_TAGS))
        self.tags.editingFinished.connect(self._tags_entered)
        self.tags.textEdited.connect(self._edited)
        row.addWidget(caption(self.tr("Tags")))
        row.addWidget(self.tags, 1)
        self.body.addLayout(row)
        self.note = QPlainTextEdit()
        self.note.setObjectName("run_note")
        self.note.setPlaceholderText(self.tr("A note: what you tried here, and what you saw"))
        self.note.setTabChangesFocus(True)
        self.note.setMinimumHeight(40)
        set_name(self.note, self.tr("Note"), self.tr("Kept in the run's folder as you type"))
        self.note.textChanged.connect(self._edited)
        self.body.addWidget(self.note, 1)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEPING_MS)
        self._keeping.timeout.connect(self.keep)
        theme().changed.connect(self._restyle)
        self._restyle()

    def show_run(self, facts: ListedFacts | None, parameters: int | None = None) -> None:
        """Show this run; what was typed of another is kept first. parameters: of its network, where it is known."""
        before = None if self._facts is None else self._facts.folder
        if facts is None or facts.folder != before:
            self.keep()
        self._facts = facts
        if facts is None:
            return
        self.set_title(facts.name)
        said = self._words(facts, parameters)
        for place, line in enumerate(self.lines):
            line.setText(said[place] if place < len(said) else "")
            line.setVisible(place < len(said))
        notes = self._known(facts)
        if facts.folder == before and notes == self._kept:
            return
        if facts.folder == before and self._typed() != self._kept:
            return  # it is being typed over
        self._kept = notes
        self.note.blockSignals(True)
        self.note.setPlainText(notes.note)
        self.note.blockSignals(False)
        self.tags.setText(", ".join(notes.tags))
        self.star.setChecked(notes.starred)
        self._show_star()

    def _words(self, facts: ListedFacts, parameters: int | None) -> list[str]:
        if facts.problem is not None:
            return [error_text(facts.problem)]
        lines = []
        if facts.config is not None:
            parts = summaries(facts.config)
            lines.append(" · ".join(parts[name] for name in ("picture", "network", "process", "training")))
        if facts.parent is not None:
            words = self.tr("Began at step {step} of {run}")
            lines.append(words.format(step=numbers.count(facts.parent.step), run=facts.parent.name))
        if marks_of(facts):
            lines.append(marks_of(facts))
        measured = facts.measured
        said = []
        if measured.held_out is not None:
            said.append(self.tr("best held-out loss {loss}").format(loss=figure(measured.held_out)))
        if measured.seconds_per_step is not None:
            said.append(self.tr("{time} a step").format(time=step_time(facts)))
        if parameters is not None:
            said.append(self.tr("{n} parameters").format(n=numbers.count(parameters)))
        if said:
            lines.append(" · ".join(said))
        return lines

    def _typed(self) -> RunNotes:
        tags = cleaned_tags(self.tags.text().split(","))
        return RunNotes(self.note.toPlainText()[:LONGEST_NOTE], tags, self.star.isChecked())

    def _known(self, facts: ListedFacts) -> RunNotes:
        """What is said of a run: what was written here last, until the list has it."""
        notes, at = self._written.get(facts.folder, (facts.notes, 0.0))
        if notes == facts.notes or time.monotonic() - at > BELIEVED_S:
            self._written.pop(facts.folder, None)
            return facts.notes
        return notes

    def starred(self, facts: ListedFacts, *, starred: bool) -> None:
        """It was given a star, or lost it, elsewhere."""
        self._written[facts.folder] = replace(self._known(facts), starred=starred), time.monotonic()

    def not_kept(self, folder: Path) -> None:
        """What was written could not be kept: what is typed stays, and is tried again."""
        self._written.pop(folder, None)
        if self._facts is not None and self._facts.folder == folder:
            self._kept = self._facts.notes

    def moved(self, before: Path, after: Path) -> None:
        """The run has another folder: what is typed from now on belongs there."""
        if before in self._written:
            self._written[after] = self._written.pop(before)
        if self._facts is not None and self._facts.folder == before:
            self._facts = replace(self._facts, folder=after)

    @Slot()
    def _edited(self) -> None:
        if self._facts is not None:
            self._keeping.start()

    @Slot()
    def _tags_entered(self) -> None:
        """The field shows what is kept of it."""
        self.keep()
        kept = ", ".join(self._typed().tags)
        if self.tags.text() != kept:
            self.tags.setText(kept)

    @Slot()
    def _starred(self) -> None:
        self._show_star()
        self.keep()

    def _show_star(self) -> None:
        on = self.star.isChecked()
        self.star.set_icon("star_on" if on else "star", "validation" if on else "")

    @Slot()
    def keep(self) -> None:
        """Say what was typed, if it is not what is kept."""
        self._keeping.stop()
        typed = self._typed()
        if self._facts is not None and typed != self._kept:
            self._kept = typed
            self._written[self._facts.folder] = typed, time.monotonic()
            self.notes_written.emit(self._facts.folder, typed)

    def _restyle(self) -> None:
        tokens = theme().tokens
        self.note.setStyleSheet(
            f"QPlainTextEdit {{ background: {tokens.raised}; border: 1px solid {tokens.line}; border-radius: 6px; "
            f"padding: 4px; }}"
        )
