"""The settings of the forward process and what is predicted of it, as lines of the form."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from core.catalogue import CONTEXT, OBJECTIVES, SCHEDULES

from .setting_row import Kind, Row, catalogued, plain

#: Flat name of a setting → its row. The order is the form's.
PROCESS_ROWS: dict[str, Row] = {
    "timesteps": Row(
        "process",
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
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "How the noise grows with t: linear (Ho et al. 2020), cosine (Nichol & Dhariwal 2021, for small "
                "pictures), sigmoid (Jabri et al. 2022, the library's default) or the straight path of rectified "
                "flow (Liu et al. 2022, arXiv 2209.03003), which belongs to Predicts: Flow.",
            )
        ),
        Kind.CHOICE,
        catalogued(SCHEDULES),
        basic=True,
        context=CONTEXT,
    ),
    "schedule_fn_kwargs": Row(
        "process",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "Numbers that bend the schedule, such as start=-3,end=3. Cosine takes s, sigmoid takes start, end "
                "and tau, rectified flow takes shift (Esser et al. 2024, arXiv 2403.03206, eq. 23), linear takes "
                "none.",
            )
        ),
        Kind.TEXT,
        (
            ("", str(QT_TRANSLATE_NOOP("SettingRows", "None"))),
            *plain("s=0.02", "s=0.05", "tau=0.7", "tau=1.4", "shift=0.5", "shift=3"),
        ),
    ),
    "objective": Row(
        "process",
        str(
            QT_TRANSLATE_NOOP(
                "SettingRows",
                "What the network learns to say: the noise ε (Ho et al. 2020), the clean picture x₀, the velocity "
                "v between them (Salimans & Ho 2022, arXiv 2202.00512), or the flow ε − x₀ of rectified flow (Liu "
                "et al. 2022, arXiv 2209.03003). Flow goes best with the schedule Rectified flow; any other works "
                "too.",
            )
        ),
        Kind.CHOICE,
        catalogued(OBJECTIVES),
        basic=True,
        context=CONTEXT,
    ),
    "ddim_sampling_eta": Row(
        "process",
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
}
