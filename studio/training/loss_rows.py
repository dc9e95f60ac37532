"""The settings of the loss and of the noise it is measured with, as lines of the form."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from .setting_row import NONE_OF_IT, OFF, Kind, Row, plain

#: Flat name of a setting → its row. The order is the form's.
LOSS_ROWS: dict[str, Row] = {
    "min_snr_gamma": Row(
        "loss",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Limits the weight of nearly clean steps to a signal-to-noise ratio of γ; 5 in the paper, and faster "
                "to learn (Hang et al. 2023, arXiv 2303.09556).",
            )
        ),
        Kind.TEXT,
        (OFF, *plain("1", "5", "10")),
        basic=True,
    ),
    "offset_noise_strength": Row(
        "loss",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Noise that is one number per channel, so that very dark and very bright pictures are learnt too; "
                "0.1 is usual (Guttenberg 2023).",
            )
        ),
        Kind.TEXT,
        (NONE_OF_IT, *plain("0.05", "0.1")),
    ),
    "immiscible": Row(
        "loss",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Pairs each picture of a batch with noise that is near it, which is faster to learn (Li et al. "
                "2024, arXiv 2406.12303).",
            )
        ),
        Kind.CHECK,
    ),
    "immiscible_candidates": Row(
        "loss",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How many noises each picture chooses the nearest of, which works with one picture at a time and "
                "on a GPU (Li et al. 2025, arXiv 2505.18521). Off: the noises of the batch are shared out "
                "instead.",
            )
        ),
        Kind.TEXT,
        (NONE_OF_IT, *plain("2", "4", "8", "16")),
    ),
}
