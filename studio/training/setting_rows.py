"""Every setting of a run as the form shows it: its words, its control, what it may be, and where it comes from."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from .loss_rows import LOSS_ROWS
from .network_rows import NETWORK_ROWS
from .picture_rows import PICTURE_ROWS
from .process_rows import PROCESS_ROWS
from .setting_row import Row
from .training_rows import TRAINING_ROWS

#: The form's sections, in order: name → title.
SECTIONS: dict[str, str] = {
    "picture": str(QT_TRANSLATE_NOOP("SettingRows", "Picture")),
    "network": str(QT_TRANSLATE_NOOP("SettingRows", "Network")),
    "process": str(QT_TRANSLATE_NOOP("SettingRows", "Process")),
    "loss": str(QT_TRANSLATE_NOOP("SettingRows", "Loss")),
    "training": str(QT_TRANSLATE_NOOP("SettingRows", "Training")),
}

#: Flat name of every setting → its row, in the form's order.
ROWS: dict[str, Row] = PICTURE_ROWS | NETWORK_ROWS | PROCESS_ROWS | LOSS_ROWS | TRAINING_ROWS

#: What stands beside each preset's name in the list.
PRESET_HINTS: dict[str, str] = {
    "sketch": str(QT_TRANSLATE_NOOP("SettingRows", "Sketch · 3 min on a CPU")),
    "small": str(QT_TRANSLATE_NOOP("SettingRows", "Small · hours on a CPU")),
    "standard": str(QT_TRANSLATE_NOOP("SettingRows", "Standard · a day on a GPU")),
    "large": str(QT_TRANSLATE_NOOP("SettingRows", "Large · days on a GPU")),
}

#: The presets' names alone.
PRESET_TITLES: dict[str, str] = {
    "sketch": str(QT_TRANSLATE_NOOP("SettingRows", "Sketch")),
    "small": str(QT_TRANSLATE_NOOP("SettingRows", "Small")),
    "standard": str(QT_TRANSLATE_NOOP("SettingRows", "Standard")),
    "large": str(QT_TRANSLATE_NOOP("SettingRows", "Large")),
}


def words(text: str, context: str = "SettingRows") -> str:
    """A text of this table in the window's language."""
    return QCoreApplication.translate(context, text)


def as_text(value: object) -> str:
    """A setting's value as the control holds it; the inverse is `core.config.read_value`. "" is None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(as_text(part) for part in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def shown(name: str, value: object) -> str:
    """A setting's value in words: the choice's title where there is one."""
    text = as_text(value)
    for choice, title in ROWS[name].choices:
        if choice == text:
            return words(title, ROWS[name].context)
    return " · ".join(text.split(",")) if isinstance(value, tuple) else text
