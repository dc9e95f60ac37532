"""The settings of what the network sees, as lines of the form."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from .setting_row import AUTO, NONE_OF_IT, Kind, Row, plain

#: Flat name of a setting → its row. The order is the form's.
PICTURE_ROWS: dict[str, Row] = {
    "image_size": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The side of the square the network sees, in pixels; its width where a height is set too. Auto "
                "takes it from your pictures. Each halving of the network must divide it.",
            )
        ),
        Kind.TEXT,
        (AUTO, *plain("16", "24", "28", "32", "48", "64", "96", "128", "256")),
        basic=True,
    ),
    "image_height": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How high the network's pictures are, in pixels, where they are not square: 48 beside a size of "
                "32 is an upright picture. Each halving of the network must divide it.",
            )
        ),
        Kind.TEXT,
        (
            ("", str(QT_TRANSLATE_NOOP("SettingRows", "Square"))),
            *plain("16", "24", "32", "48", "64", "96", "128", "256"),
        ),
    ),
    "channels": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP("SettingRows", "Grey, colour, or colour with transparency. Auto looks at your pictures.")
        ),
        Kind.CHOICE,
        (
            AUTO,
            ("1", str(QT_TRANSLATE_NOOP("SettingRows", "Grey"))),
            ("3", str(QT_TRANSLATE_NOOP("SettingRows", "RGB"))),
            ("4", str(QT_TRANSLATE_NOOP("SettingRows", "RGBA"))),
        ),
    ),
    "crop": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How a picture comes to the size above. Centre and Random scale it until it covers the size and cut "
                "out the middle, or another part each time; Pad lays the whole picture on the background; Stretch "
                "gives up its proportions.",
            )
        ),
        Kind.CHOICE,
        (
            ("centre", str(QT_TRANSLATE_NOOP("SettingRows", "Centre"))),
            ("random", str(QT_TRANSLATE_NOOP("SettingRows", "Random"))),
            ("pad", str(QT_TRANSLATE_NOOP("SettingRows", "Pad"))),
            ("stretch", str(QT_TRANSLATE_NOOP("SettingRows", "Stretch"))),
        ),
    ),
    "horizontal_flip": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Shows every second picture mirrored, which doubles a small folder. Wrong for letters and digits. "
                "Auto is on for colour.",
            )
        ),
        Kind.CHOICE,
        (
            AUTO,
            ("true", str(QT_TRANSLATE_NOOP("SettingRows", "On"))),
            ("false", str(QT_TRANSLATE_NOOP("SettingRows", "Off"))),
        ),
    ),
    "vertical_flip": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Shows every second picture upside down. For textures, cells and views from above, where there is no "
                "up.",
            )
        ),
        Kind.CHECK,
    ),
    "colour_jitter": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How far brightness, contrast and saturation are changed at random, each by up to this fraction. The "
                "network then makes pictures with such colours too.",
            )
        ),
        Kind.TEXT,
        (NONE_OF_IT, *plain("0.05", "0.1", "0.2")),
    ),
    "background": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "What transparent parts of a picture are laid on, unless it keeps 4 channels, and "
                "what Crop: Pad puts around it.",
            )
        ),
        Kind.CHOICE,
        (
            ("white", str(QT_TRANSLATE_NOOP("SettingRows", "White"))),
            ("black", str(QT_TRANSLATE_NOOP("SettingRows", "Black"))),
            ("grey", str(QT_TRANSLATE_NOOP("SettingRows", "Grey"))),
        ),
    ),
    "auto_normalize": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Brings the pictures from 0 … 1 to −1 … 1, as wide as the noise that is laid over them (Ho et al. "
                "2020, section 3.3). Off: the network sees them as they come.",
            )
        ),
        Kind.CHECK,
    ),
    "hold_out": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The fraction of your pictures that is never trained on. The loss of those shows when the network "
                "begins to learn the others by heart.",
            )
        ),
        Kind.TEXT,
        (NONE_OF_IT, *plain("0.05", "0.1", "0.2")),
    ),
    "excluded": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "Pictures that you have left out. They are chosen among the pictures themselves."
            )
        ),
        Kind.DERIVED,
    ),
    "hidden_folders": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Whether hidden folders, and those that systems and other programs keep, are used too. Chosen where "
                "the skipped files are listed.",
            )
        ),
        Kind.DERIVED,
    ),
    "labels": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Whether the network is told what a picture shows, so that you can ask for it later (Ho & "
                "Salimans 2022, arXiv 2207.12598): the sub-folder that a picture lies in is its class.",
            )
        ),
        Kind.CHOICE,
        (
            ("off", str(QT_TRANSLATE_NOOP("SettingRows", "Off"))),
            ("folders", str(QT_TRANSLATE_NOOP("SettingRows", "Sub-folders"))),
        ),
    ),
    "class_dropout": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How often the class is left out in training, so that the network learns pictures of no class "
                "too. Guidance in the sampler needs that; 0.1 to 0.2 in Ho & Salimans 2022 (arXiv 2207.12598).",
            )
        ),
        Kind.TEXT,
        (NONE_OF_IT, *plain("0.1", "0.2")),
    ),
    "class_names": Row(
        "picture",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The names of the classes in order, as your pictures' sub-folders are called. They follow from "
                "the folder and are kept with the run.",
            )
        ),
        Kind.DERIVED,
    ),
}
