"""What a training runs with, in one row: six captions over their values, and the way to all settings."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.catalogue import OBJECTIVES
from core.settings import GROUPS, SETTINGS, RunConfig

from .. import numbers
from ..messages import preset_title, setting_text, setting_title, setting_value
from ..widgets.elided import ElidedLabel
from ..widgets.form import Dot
from ..widgets.panel import caption
from ..widgets.plain import set_tip
from .checkpoint_button import CheckpointButton

HEIGHT_PX = 40
#: A changed section keeps so much of its words at most, so that five of them fit into the smallest window.
MOST_WHOLE_PX = 150


def summaries(config: RunConfig) -> dict[str, str]:
    """Each section of a resolved configuration in a few words."""
    model, diffusion, data, train = config.model, config.diffusion, config.data, config.train
    colours = {1: QCoreApplication.translate("Summary", "grey"), 3: "RGB", 4: "RGBA"}
    picture = []
    if data.image_size is not None:
        picture.append(QCoreApplication.translate("Summary", "{n} px").format(n=numbers.sides(*data.height_and_width)))
    picture += [colours[data.channels]] if data.channels in colours else []
    if data.num_classes:
        picture.append(QCoreApplication.translate("Summary", "{n} classes").format(n=numbers.count(data.num_classes)))
    network = [f"{model.dim} × ({', '.join(str(mult) for mult in model.dim_mults)})"]
    if model.self_condition:
        network.append(QCoreApplication.translate("Summary", "self-condition"))
    schedule = setting_value("beta_schedule", diffusion.beta_schedule).lower()
    process = [numbers.count(diffusion.timesteps), schedule, OBJECTIVES[diffusion.objective].letter]
    loss = []
    if diffusion.loss_weighting != "none":
        options = " ".join(f"{number:g}" for number in diffusion.weighting_options().values())
        loss.append(f"{setting_value('loss_weighting', diffusion.loss_weighting)} {options}".rstrip())
    if diffusion.offset_noise_strength:
        loss.append(QCoreApplication.translate("Summary", "offset {n}").format(n=diffusion.offset_noise_strength))
    if diffusion.immiscible:
        words_of_it = QCoreApplication.translate("Summary", "immiscible")
        many = diffusion.immiscible_candidates
        loss.append(f"{words_of_it} K = {numbers.count(many)}" if many else words_of_it)
    batch = str(train.batch_size)
    if train.gradient_accumulate_every > 1:
        batch += f" × {train.gradient_accumulate_every}"
    training = [f"lr {train.learning_rate:g}", QCoreApplication.translate("Summary", "batch {n}").format(n=batch)]
    parts = {"picture": picture, "network": network, "process": process, "loss": loss, "training": training}
    plain = QCoreApplication.translate("Summary", "plain")
    return {section: " · ".join(some) if some else plain for section, some in parts.items()}


class _Item(QWidget):
    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.caption = caption()
        column.addStretch(1)
        column.addWidget(self.caption)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.dot = Dot()
        policy = self.dot.sizePolicy()
        policy.setRetainSizeWhenHidden(False)
        self.dot.setSizePolicy(policy)
        self.value = ElidedLabel()
        row.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.value)
        column.addLayout(row)
        column.addStretch(1)


class SummaryRow(QWidget):
    """Shows a configuration; *Settings* opens it whole, *New run* goes back to the form."""

    settings_toggled = Signal(bool)
    new_run_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.items = {name: _Item() for name in ("preset", *GROUPS)}
        for name, item in self.items.items():
            item.caption.setText(setting_text(GROUPS[name]) if name in GROUPS else self.tr("Preset"))
            row.addWidget(item)
        row.addStretch(1)
        self.changed = caption()
        row.addWidget(self.changed)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.checkpoints = CheckpointButton()
        self.new_run = QPushButton(self.tr("New run"))
        set_tip(self.new_run, self.tr("Leave this run as it is and choose settings for another"))
        self.new_run.setAccessibleName(self.new_run.text())
        self.new_run.setObjectName("new_run")
        self.new_run.clicked.connect(self.new_run_wished)
        self.settings = QPushButton(self.tr("Settings"))
        set_tip(self.settings, self.tr("Show all settings of this run"))
        self.settings.setAccessibleName(self.settings.text())
        self.settings.setObjectName("training_settings")
        self.settings.setCheckable(True)
        self.settings.toggled.connect(self.settings_toggled)
        buttons.addWidget(self.checkpoints)
        buttons.addWidget(self.new_run)
        buttons.addWidget(self.settings)
        row.addLayout(buttons)

    def show_config(self, config: RunConfig, changed: tuple[str, ...]) -> None:
        """Show a resolved configuration and mark the sections that differ from the preset."""
        self.items["preset"].value.setText(preset_title(config.preset))
        self.items["preset"].dot.hide()
        for section, text in summaries(config).items():
            item = self.items[section]
            item.value.setText(text)
            item.value.set_tip(text)
            differs = any(SETTINGS[name].group == section for name in changed)
            item.dot.setVisible(differs)
            # Where the row is too narrow for all, what differs from the preset is read whole.
            item.value.setMinimumWidth(min(MOST_WHOLE_PX, item.value.sizeHint().width()) if differs else 0)
        count = len(changed)
        self.changed.setText(self.tr("{n} changed").format(n=numbers.count(count)))
        self.changed.setVisible(count > 0)
        set_tip(self.changed, ", ".join(setting_title(name) for name in changed))

    def set_busy(self, busy: bool) -> None:
        """Whether a training is under way; then there is no other run to begin."""
        self.new_run.setVisible(not busy)
