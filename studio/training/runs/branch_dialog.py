"""Asks where a branch begins and what is other in it: a checkpoint, a name, how many steps, which settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from core.errors import StudioError
from core.runs.moving import named_folder
from core.settings import RunConfig

from ... import numbers
from ...app.messages import error_text
from ...widgets.controls import DialogProblem, dialog_buttons
from ...widgets.plain import set_name, set_tip

WIDTH_PX = 480


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a branch may begin with, as the dialog shows it."""

    name: str  #: of the run, or the file
    checkpoints: Sequence[tuple[int, Path]]  #: step and path, the newest first; one of a file
    config: RunConfig | None  #: of the run; None: of a file, whose settings are read later
    pictures: Sequence[Path]  #: folders that it can be trained on, the likeliest first


@dataclass(frozen=True, slots=True)
class BranchWish:
    """What a branch is to be."""

    origin: Path
    folder: Path  #: of the new run
    settings: Mapping[str, str]
    keep_optimizer: bool
    pictures: Path
    starts: bool  #: whether it is trained at once


class BranchDialog(QDialog):
    """Stays open until the branch is made: what was typed is still there, whatever is found wrong with it and when."""

    wished = Signal(object)  #: a BranchWish that can be read; `made` or `refuse` is to follow

    def __init__(self, beginning: Beginning, folder: Path, parent: QWidget) -> None:
        """folder: of the new run, as it is suggested."""
        super().__init__(parent)
        self._beginning, self._runs_folder = beginning, folder.parent
        self.setWindowTitle(self.tr("Branch from {name}").format(name=beginning.name))
        self.setMinimumWidth(WIDTH_PX)
        about = QLabel(
            self.tr(
                "A new run that begins with the weights of a checkpoint. The run that it begins at stays as it is; "
                "steps are counted on from there."
            )
        )
        about.setWordWrap(True)
        about.setProperty("muted", True)
        form = QFormLayout()
        self.checkpoint = QComboBox()
        for step, path in beginning.checkpoints:
            words = self.tr("step {step}").format(step=numbers.count(step)) if step else path.name
            self.checkpoint.addItem(words, path)
        set_name(self.checkpoint, self.tr("Checkpoint"), self.tr("The saved state that the branch begins with"))
        self.name = QLineEdit(folder.name)
        set_name(self.name, self.tr("Name"), self.tr("The folder of the new run"))
        self.steps, self.rate = QLineEdit(), QLineEdit()
        set_name(self.steps, self.tr("Further steps"), self.tr("How many are made beyond the checkpoint"))
        set_name(self.rate, self.tr("Learning rate"), self.tr("A lower one keeps more of what was learnt"))
        config = beginning.config
        if config is not None:
            self.steps.setText(str(config.train.steps))
            self.rate.setText(f"{config.train.learning_rate:g}")
        else:
            self.steps.setPlaceholderText(self.tr("As your settings say"))
            self.rate.setPlaceholderText(self.tr("As your settings say"))
        self.others = QLineEdit()
        self.others.setPlaceholderText("ema_decay=0.999" if config is not None else "image_size=64 batch_size=16")
        set_name(
            self.others,
            self.tr("Other settings"),
            self.tr("name=value, with spaces between them. Those of the network stay as they are.")
            if config is not None
            else self.tr("name=value, with spaces between them, such as the size of the pictures, which no file says."),
        )
        self.pictures = QComboBox()
        for folder in beginning.pictures:
            self.pictures.addItem(str(folder), folder)
        set_name(self.pictures, self.tr("Pictures"), self.tr("What it is trained on"))
        self.optimizer = QCheckBox(self.tr("Go on with the optimizer's state"))
        self.optimizer.setChecked(config is not None)
        self.optimizer.setEnabled(config is not None)
        tip = self.tr("Without it Adam's averages begin anew, as is usual on other pictures")
        set_tip(self.optimizer, tip if config is not None else self.tr("The file has none that fits this program"))
        self.starts = QCheckBox(self.tr("Begin to train at once"))
        self.starts.setChecked(True)
        for title, field in (
            (self.tr("Checkpoint"), self.checkpoint),
            (self.tr("Name"), self.name),
            (self.tr("Further steps"), self.steps),
            (self.tr("Learning rate"), self.rate),
            (self.tr("Other settings"), self.others),
            (self.tr("Pictures"), self.pictures),
        ):
            form.addRow(title, field)
        self._typed = (self.checkpoint, self.name, self.steps, self.rate, self.others, self.pictures)
        self.problem = DialogProblem()
        buttons, self.make = dialog_buttons(self, self.tr("Make the branch"), self.tr("Cancel"))
        self.make.setObjectName("make_branch")
        self._leave = next(button for button in buttons.buttons() if button is not self.make)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(self.optimizer)
        column.addWidget(self.starts)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        if not beginning.pictures:
            self.make.setEnabled(False)
            self.problem.say(self.tr("Open the pictures first that it is to be trained on."))

    def accept(self) -> None:
        """Wish for the branch, if what was typed can be read; what cannot is said."""
        settings = {}
        for field, setting in ((self.steps, "steps"), (self.rate, "learning_rate")):
            if field.text().strip():
                settings[setting] = field.text().strip()
        for word in self.others.text().split():
            name, equals, value = word.partition("=")
            if not equals:
                self.problem.say(self.tr("“{word}” is not name=value.").format(word=word))
                return
            settings[name] = value
        config = self._beginning.config
        try:
            folder = named_folder(self._runs_folder, self.name.text())
            changed = (config or RunConfig()).with_settings(settings)
            if config is not None:
                changed.validate()
        except StudioError as error:
            self.problem.say(error_text(error))
            return
        wish = BranchWish(
            origin=self.checkpoint.currentData(),
            folder=folder,
            settings=settings,
            keep_optimizer=self.optimizer.isChecked(),
            pictures=self.pictures.currentData(),
            starts=self.starts.isChecked(),
        )
        self._show_making(True)
        words = self.tr("Making {name}: its weights are read and written…").format(name=folder.name)
        self.problem.say(words, tone="")
        self.wished.emit(wish)

    def made(self) -> None:
        """The branch is there."""
        super().accept()

    def refuse(self, words: str) -> None:
        """It could not be made: what was typed can be mended."""
        self._show_making(False)
        self.problem.say(words)

    def _show_making(self, making: bool) -> None:
        for field in (*self._typed, self.starts, self.make):
            field.setEnabled(not making)
        self.optimizer.setEnabled(not making and self._beginning.config is not None)
        # It goes on in the background: Cancel would promise that it does not.
        self._leave.setText(self.tr("Close") if making else self.tr("Cancel"))
