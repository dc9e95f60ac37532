"""The settings of the training itself, as lines of the form."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from .setting_row import Kind, Row, plain

#: Flat name of a setting → its row. The order is the form's.
TRAINING_ROWS: dict[str, Row] = {
    "steps": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "Updates of the network in total. You can train further afterwards.")),
        Kind.TEXT,
        plain("1000", "5000", "20000", "100000", "400000"),
        basic=True,
    ),
    "batch_size": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "Pictures at a time. More is steadier and takes more memory.")),
        Kind.TEXT,
        plain("4", "8", "16", "32", "64", "128"),
        basic=True,
    ),
    "learning_rate": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "The peak step size of AdamW (Loshchilov & Hutter 2017, arXiv 1711.05101); the library's is 8e-5. "
                "Too high and the loss jumps or becomes infinite.",
            )
        ),
        Kind.TEXT,
        plain("8e-05", "0.0001", "0.0005", "0.001", "0.002"),
        basic=True,
    ),
    "warmup_steps": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "Steps over which the learning rate rises from 0 to its peak.")),
        Kind.TEXT,
        plain("0", "50", "200", "1000"),
    ),
    "decay": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Whether the learning rate falls as half a cosine to a hundredth at the last step "
                "(Loshchilov & Hutter 2016, arXiv 1608.03983) or stays.",
            )
        ),
        Kind.CHOICE,
        (
            ("cosine", str(QT_TRANSLATE_NOOP("SettingRows", "Cosine"))),
            ("constant", str(QT_TRANSLATE_NOOP("SettingRows", "Constant"))),
        ),
    ),
    "gradient_accumulate_every": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "Batches per update: a larger batch in effect, without its memory. 2 in the library."
            )
        ),
        Kind.TEXT,
        plain("1", "2", "4", "8"),
    ),
    "weight_decay": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How strongly AdamW pulls matrices and kernels to zero (arXiv 1711.05101); 0 in the library.",
            )
        ),
        Kind.TEXT,
        plain("0", "0.01", "0.1"),
    ),
    "adam_betas": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How slowly Adam's averages of the gradient and of its square follow (arXiv 1412.6980); "
                "0.9 and 0.99 in the library.",
            )
        ),
        Kind.TEXT,
        plain("0.9,0.99", "0.9,0.999", "0.95,0.999"),
    ),
    "max_grad_norm": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "A gradient longer than this is scaled down to it; 1 in Ho et al. 2020 and the library."
            )
        ),
        Kind.TEXT,
        plain("0.5", "1", "5"),
    ),
    "ema_decay": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How slowly the averaged weights that make the samples follow, per update; 0.995 in the library, "
                "0.9999 in Ho et al. 2020 for long trainings.",
            )
        ),
        Kind.TEXT,
        plain("0.99", "0.995", "0.999", "0.9999"),
    ),
    "ema_warmup": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How the averaged weights begin: at once and quickly, (1+n)/(10+n) at update n, or as the library's, a "
                "copy for 100 steps and then 1−(1+n)^(−2/3), which lags behind for longer.",
            )
        ),
        Kind.CHOICE,
        (
            ("updates", str(QT_TRANSLATE_NOOP("SettingRows", "Quick"))),
            ("power", str(QT_TRANSLATE_NOOP("SettingRows", "As the library"))),
        ),
    ),
    "ema_update_every": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Steps between two updates of the averaged weights; 10 in the library.",
            )
        ),
        Kind.TEXT,
        plain("1", "5", "10"),
    ),
    "amp": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Mixed precision (Micikevicius et al. 2017, arXiv 1710.03740): faster on a GPU and half the memory. "
                "Auto takes what the device has, and full precision on a CPU.",
            )
        ),
        Kind.CHOICE,
        (
            ("auto", str(QT_TRANSLATE_NOOP("SettingRows", "Auto"))),
            ("off", str(QT_TRANSLATE_NOOP("SettingRows", "Full"))),
            ("bf16", "bf16"),
            ("fp16", "fp16"),
        ),
    ),
    "held_out_every": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "Steps between two losses of the held-out pictures, where Hold out is above 0."
            )
        ),
        Kind.TEXT,
        plain("100", "500", "1000"),
    ),
    "sample_every": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "Steps between two grids of samples.")),
        Kind.TEXT,
        plain("100", "200", "500", "1000", "2000"),
    ),
    "sample_count": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "Pictures in a grid of samples.")),
        Kind.TEXT,
        plain("4", "9", "16", "25", "36"),
    ),
    "sample_sampler": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "What makes the grids of samples: DDPM (Ho et al. 2020), DDIM (Song et al. 2020, arXiv 2010.02502), "
                "DPM-Solver++ and its form with noise (Lu et al. 2022, arXiv 2211.01095), UniPC (Zhao et al. 2023, "
                "arXiv 2302.04867), Heun (Karras et al. 2022, arXiv 2206.00364; two calls of the network a step) or "
                "Euler for Predicts: Flow (Liu et al. 2022, arXiv 2209.03003).",
            )
        ),
        Kind.CHOICE,
        (
            ("ddpm", "DDPM"),
            ("ddim", "DDIM"),
            ("dpm++2m", "DPM-Solver++(2M)"),
            ("dpm++2m_sde", "SDE-DPM-Solver++(2M)"),
            ("unipc", "UniPC-2"),
            ("heun", "Heun"),
            ("euler", str(QT_TRANSLATE_NOOP("SettingRows", "Rectified flow, Euler"))),
        ),
    ),
    "sample_steps": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "Steps of the sampler for a grid of samples; at most T. Fewer are faster and coarser."
            )
        ),
        Kind.TEXT,
        plain("10", "25", "50", "100"),
    ),
    "checkpoint_every": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "Steps between two checkpoints. Pause and Stop save too.")),
        Kind.TEXT,
        plain("100", "200", "500", "1000"),
    ),
    "keep_checkpoints": Row(
        "training",
        str(QT_TRANSLATE_NOOP("SettingRows", "How many of the newest checkpoints stay in the run folder.")),
        Kind.TEXT,
        plain("1", "3", "10"),
    ),
    "seed": Row(
        "training",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows", "Everything random follows from this number: the same seed gives the same training."
            )
        ),
        Kind.TEXT,
        plain("0", "1", "2"),
    ),
}
