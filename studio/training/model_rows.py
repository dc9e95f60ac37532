"""The settings of the pictures, the network, the process and the loss, as lines of the form."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from .setting_row import AUTO, OFF, Kind, Row, plain

#: Flat name of a setting → its row. The order is the form's.
MODEL_ROWS: dict[str, Row] = {
    "image_size": Row(
        "picture",
        str(QT_TRANSLATE_NOOP("SettingRows", "Size")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The side of the square the network sees, in pixels. Auto takes it from your pictures. "
                "Each halving of the network must divide it.",
            )
        ),
        Kind.TEXT,
        (AUTO, *plain("16", "24", "28", "32", "48", "64", "96", "128", "256")),
        basic=True,
    ),
    "channels": Row(
        "picture",
        str(QT_TRANSLATE_NOOP("SettingRows", "Channels")),
        str(
            QT_TRANSLATE_NOOP("SettingRows", "Grey, colour, or colour with transparency. Auto looks at your pictures.")
        ),
        Kind.CHOICE,
        (
            AUTO,
            ("1", str(QT_TRANSLATE_NOOP("SettingRows", "1 · grey"))),
            ("3", str(QT_TRANSLATE_NOOP("SettingRows", "3 · RGB"))),
            ("4", str(QT_TRANSLATE_NOOP("SettingRows", "4 · RGBA"))),
        ),
    ),
    "crop": Row(
        "picture",
        str(QT_TRANSLATE_NOOP("SettingRows", "Crop")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Which square is cut out once the shorter side has the size above: always the centre, "
                "or another one each time.",
            )
        ),
        Kind.CHOICE,
        (
            ("centre", str(QT_TRANSLATE_NOOP("SettingRows", "Centre"))),
            ("random", str(QT_TRANSLATE_NOOP("SettingRows", "Random"))),
        ),
    ),
    "horizontal_flip": Row(
        "picture",
        str(QT_TRANSLATE_NOOP("SettingRows", "Mirror")),
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
    "background": Row(
        "picture",
        str(QT_TRANSLATE_NOOP("SettingRows", "Background")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "What transparent parts of a picture are laid on, unless it keeps 4 channels."
            )
        ),
        Kind.CHOICE,
        (
            ("white", str(QT_TRANSLATE_NOOP("SettingRows", "White"))),
            ("black", str(QT_TRANSLATE_NOOP("SettingRows", "Black"))),
            ("grey", str(QT_TRANSLATE_NOOP("SettingRows", "Grey"))),
        ),
    ),
    "dim": Row(
        "network",
        str(QT_TRANSLATE_NOOP("SettingRows", "Base width")),
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
        str(QT_TRANSLATE_NOOP("SettingRows", "Multipliers")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Channels of each stage as multiples of the base width. Every stage but the last halves the picture.",
            )
        ),
        Kind.TEXT,
        (("1,2", "1 · 2"), ("1,2,4", "1 · 2 · 4"), ("1,2,2,4", "1 · 2 · 2 · 4"), ("1,2,4,8", "1 · 2 · 4 · 8")),
    ),
    "self_condition": Row(
        "network",
        str(QT_TRANSLATE_NOOP("SettingRows", "Self-condition")),
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
        str(QT_TRANSLATE_NOOP("SettingRows", "Heads")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Attention heads per stage. Four, as in the library, cost as much as the rest of a small U-Net.",
            )
        ),
        Kind.TEXT,
        plain("1", "2", "4", "8"),
    ),
    "attn_dim_head": Row(
        "network",
        str(QT_TRANSLATE_NOOP("SettingRows", "Head width")),
        str(QT_TRANSLATE_NOOP("SettingRows", "Channels of each attention head; 32 in the library.")),
        Kind.TEXT,
        plain("16", "32", "64"),
    ),
    "full_attn": Row(
        "network",
        str(QT_TRANSLATE_NOOP("SettingRows", "Full attention")),
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
        str(QT_TRANSLATE_NOOP("SettingRows", "Dropout")),
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
        str(QT_TRANSLATE_NOOP("SettingRows", "Fused attention")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Uses torch's fused attention, with the fastest kernel the device has. The numbers stay the same.",
            )
        ),
        Kind.CHECK,
    ),
    "timesteps": Row(
        "process",
        str(QT_TRANSLATE_NOOP("SettingRows", "Steps T")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How many steps the forward process takes from picture to noise; 1,000 in Ho et al. 2020.",
            )
        ),
        Kind.TEXT,
        plain("100", "250", "500", "1000", "2000", "4000"),
    ),
    "beta_schedule": Row(
        "process",
        str(QT_TRANSLATE_NOOP("SettingRows", "Schedule")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How the noise grows with t: linear (Ho et al. 2020), cosine (Nichol & Dhariwal 2021, for small "
                "pictures) or sigmoid (Jabri et al. 2022, the library's default).",
            )
        ),
        Kind.CHOICE,
        (
            ("linear", str(QT_TRANSLATE_NOOP("SettingRows", "Linear"))),
            ("cosine", str(QT_TRANSLATE_NOOP("SettingRows", "Cosine"))),
            ("sigmoid", str(QT_TRANSLATE_NOOP("SettingRows", "Sigmoid"))),
        ),
        basic=True,
    ),
    "objective": Row(
        "process",
        str(QT_TRANSLATE_NOOP("SettingRows", "Predicts")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "What the network learns to say: the noise ε (Ho et al. 2020), the clean picture x₀, or the velocity v "
                "between them (Salimans & Ho 2022, arXiv 2202.00512).",
            )
        ),
        Kind.CHOICE,
        (
            ("pred_noise", str(QT_TRANSLATE_NOOP("SettingRows", "Noise ε"))),
            ("pred_x0", str(QT_TRANSLATE_NOOP("SettingRows", "Picture x₀"))),
            ("pred_v", str(QT_TRANSLATE_NOOP("SettingRows", "Velocity v"))),
        ),
        basic=True,
    ),
    "ddim_sampling_eta": Row(
        "process",
        str(QT_TRANSLATE_NOOP("SettingRows", "DDIM η")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How much fresh noise DDIM adds at each step when the sampler is given no other: 0 none, 1 as much as "
                "DDPM (Song et al. 2020, arXiv 2010.02502).",
            )
        ),
        Kind.TEXT,
        plain("0", "0.5", "1"),
    ),
    "min_snr_gamma": Row(
        "loss",
        str(QT_TRANSLATE_NOOP("SettingRows", "min-SNR γ")),
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
        str(QT_TRANSLATE_NOOP("SettingRows", "Offset noise")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Noise that is one number per channel, so that very dark and very bright pictures are learnt too; "
                "0.1 is usual (Guttenberg 2023).",
            )
        ),
        Kind.TEXT,
        (("0", str(QT_TRANSLATE_NOOP("SettingRows", "Off"))), *plain("0.05", "0.1")),
    ),
    "immiscible": Row(
        "loss",
        str(QT_TRANSLATE_NOOP("SettingRows", "Immiscible")),
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Pairs each picture of a batch with the noise nearest to it, which is faster to learn "
                "(Li et al. 2024, arXiv 2406.12303).",
            )
        ),
        Kind.CHECK,
    ),
}
