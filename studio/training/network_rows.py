"""The settings of the U-Net, as lines of the form."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from .setting_row import AUTO, Kind, Row, plain

#: Flat name of a setting → its row. The order is the form's.
NETWORK_ROWS: dict[str, Row] = {
    "dim": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Channels at the first stage of the U-Net (Ho et al. 2020); even. Twice the width is about four times "
                "the work and learns finer detail.",
            )
        ),
        Kind.TEXT,
        plain("16", "24", "32", "48", "64", "96", "128"),
        basic=True,
    ),
    "dim_mults": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Channels of each stage as multiples of the base width. Every stage but the last halves the picture.",
            )
        ),
        Kind.TEXT,
        (("1,2", "1 · 2"), ("1,2,4", "1 · 2 · 4"), ("1,2,2,4", "1 · 2 · 2 · 4"), ("1,2,4,8", "1 · 2 · 4 · 8")),
    ),
    "init_dim": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Channels after the first convolution, before the stages. Auto: the base width, as in the library.",
            )
        ),
        Kind.TEXT,
        (AUTO, *plain("16", "32", "64", "128")),
    ),
    "self_condition": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Feeds the network its own last guess of the clean picture (Chen et al. 2022, arXiv 2208.04202). "
                "Often better, and slower: half the batches take a second pass.",
            )
        ),
        Kind.CHECK,
    ),
    "attn_heads": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Attention heads: one number for all stages, or one for each, such as 2,4,4. Four, as in the "
                "library, cost as much as the rest of a small U-Net.",
            )
        ),
        Kind.TEXT,
        plain("1", "2", "4", "8"),
    ),
    "attn_dim_head": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Channels of each attention head, for all stages or one number for each; 32 in the library.",
            )
        ),
        Kind.TEXT,
        plain("16", "32", "64"),
    ),
    "full_attn": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Per stage, on or off, such as off,off,on. Auto: only the innermost stage, the others take linear "
                "attention, as in the library.",
            )
        ),
        Kind.TEXT,
        (AUTO,),
    ),
    "dropout": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The share of activations set to zero while training; helps against learning few pictures by heart "
                "(Ho et al. 2020, appendix B: 0.1).",
            )
        ),
        Kind.TEXT,
        plain("0", "0.1", "0.2"),
    ),
    "flash_attn": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Uses torch's fused attention, with the fastest kernel the device has. The numbers stay the same.",
            )
        ),
        Kind.CHECK,
    ),
    "random_fourier_features": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Tells the network the timestep by random frequencies that stay as they were drawn, instead of "
                "fixed ones (Tancik et al. 2020, arXiv 2006.10739).",
            )
        ),
        Kind.CHECK,
    ),
    "learned_sinusoidal_cond": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Tells the network the timestep by frequencies that are learnt with it, instead of fixed ones "
                "(Tancik et al. 2020, arXiv 2006.10739, made learnable as in the library).",
            )
        ),
        Kind.CHECK,
    ),
    "learned_sinusoidal_dim": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Numbers that tell the timestep: a sine and a cosine of each random or learnt frequency, so an "
                "even number; 16 in the library.",
            )
        ),
        Kind.TEXT,
        plain("8", "16", "32", "64"),
    ),
    "sinusoidal_pos_emb_theta": Row(
        "network",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The slowest of the fixed frequencies that tell the network the timestep is 1/θ; 10,000 in "
                "Vaswani et al. 2017 (arXiv 1706.03762).",
            )
        ),
        Kind.TEXT,
        plain("1000", "10000", "100000"),
    ),
}
