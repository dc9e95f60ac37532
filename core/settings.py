"""Every setting of a run, as frozen dataclasses: each field says its value and all its facts; what goes together.

A `RunConfig` has four sections (model, diffusion, data, train). Field names are unique over the sections, so that
`--set dim=32`, the window's form and a run's `config.json` all use the same flat words. `None` in a field that says
so means *auto* (resolved from the pictures by `presets.resolve`) or *off*. To add a setting: declare it here, with
`setting`, and use it where it has its effect. The form, the tooltips, the checks and `--set` follow.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, get_args, get_type_hints

from .beginning import Beginning, StartPicture
from .catalogue import (
    AUGMENTATIONS,
    CONDITIONS,
    DECAYS,
    NETWORKS,
    OBJECTIVES,
    OPTIMIZERS,
    PRECISIONS,
    SAMPLERS,
    SCHEDULES,
    TIMESTEP_DRAWS,
    TRANSFORMS,
    WEIGHTINGS,
    Row,
    Table,
    is_row_name,
    not_installed,
)
from .errors import QT_TRANSLATE_NOOP, ConfigError, Phrase, showable
from .number_text import read_number
from .setting import FACTS, Control, Setting, setting

#: What samples where nobody chose: for new runs' grids, in the window and on the command line. With an exact denoiser
#: these 20 calls keep at least 0.96 of the spread of mean brightness on the cosine schedule up to 3×128 px, where DDIM
#: in 25 keeps 0.18 (`tests/bench/brightness.py`; the whole table is in `resources/docs/samplers.md`).
USUAL_SAMPLER, USUAL_STEPS = "unipc", 20

#: How far the pictures go from a guide where nobody said: the best of those measured (`tests/bench/autoguidance.py`).
USUAL_GUIDE_SCALE = 1.5

#: The parts of the form, in order: name → title.
GROUPS: dict[str, str] = {
    "picture": QT_TRANSLATE_NOOP("Settings", "Picture"),
    "network": QT_TRANSLATE_NOOP("Settings", "Network"),
    "process": QT_TRANSLATE_NOOP("Settings", "Process"),
    "loss": QT_TRANSLATE_NOOP("Settings", "Loss"),
    "training": QT_TRANSLATE_NOOP("Settings", "Training"),
}

AUTO = QT_TRANSLATE_NOOP("Settings", "Auto")
NONE = QT_TRANSLATE_NOOP("Settings", "None")
OFF = QT_TRANSLATE_NOOP("Settings", "Off")
FROM_PICTURES = QT_TRANSLATE_NOOP("Settings", "from your pictures")
PIXELS = "px"
STEPS = QT_TRANSLATE_NOOP("Settings", "steps")
PICTURES = QT_TRANSLATE_NOOP("Settings", "pictures")
#: More halvings than that leave nothing of any picture.
MOST_STAGES = 12
#: Bytes that the names of pictures may take together in a run's files: with whatever else a run says they must stay
#: below what is read again (reading.MAX_JSON_BYTES), or nobody can open the run any more.
MOST_NAMES_BYTES = 10 << 20

#: Papers that several settings are from.
DDPM = "Ho et al. 2020, arXiv 2006.11239"
GUIDANCE = "Ho & Salimans 2022, arXiv 2207.12598"
FOURIER = "Tancik et al. 2020, arXiv 2006.10739"
ADAMW = "Loshchilov & Hutter 2017, arXiv 1711.05101"


def _draws_features(config: RunConfig) -> bool:
    """Whether the timestep is told by random or learnt frequencies."""
    return config.model.random_fourier_features or config.model.learned_sinusoidal_cond


#: Augmentations that have a setting of their own.
_OWN_AUGMENTATIONS = ("horizontal_flip", "vertical_flip", "colour_jitter")
#: Title, help and source of a setting that switches a row on.
_TEXTS = {name: (row.title, row.help, row.source) for name, row in AUGMENTATIONS.items()}


def _offered(table: Table[Any]) -> tuple[str, ...]:
    """What the options of a table's rows offer, as one types it."""
    options = (option for row in table.values() for option in row.options)
    return tuple(dict.fromkeys(f"{option.name}={value:g}" for option in options for value in option.offered))


def _options_of(
    chosen: str,
    name: str,
    table: Table[Any],
    title: str,
    text: str,
    *,
    example: str,
    otherwise: str,
    source: str = "",
    library: str = "",
    group: str = "",
    live: bool = False,
) -> Any:  # noqa: ANN401 (as `setting`)
    """The setting `name`: numbers, each NAME=NUMBER, that the row of `table` takes which the setting `chosen` names."""

    def takes_some(config: RunConfig) -> bool:
        # What is set and refused must stay within reach.
        return bool(table[str(config.setting(chosen))].typed) or config.setting(name) is not None

    return setting(
        None,
        title,
        text,
        none=NONE,
        options_of=chosen,
        example=example,
        offered=_offered(table),
        most_entries=16,
        when=takes_some,
        otherwise=otherwise,
        source=source,
        library=library,
        group=group,
        live=live,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The U-Net (Ho et al. 2020; the article's and the library's names)."""

    network: str = setting(
        "unet",
        QT_TRANSLATE_NOOP("Settings", "Network"),
        QT_TRANSLATE_NOOP("Settings", "What learns to predict."),
        table=NETWORKS,
        control=Control.CHOICE if len(NETWORKS) > 1 else Control.NONE,
    )
    dim: int = setting(
        64,
        QT_TRANSLATE_NOOP("Settings", "Base width"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Channels at the first stage of the U-Net; even. Twice the width is about four times the work and learns "
            "finer detail.",
        ),
        source=DDPM,
        limits=(4, 4096),
        offered=("16", "24", "32", "48", "64", "96", "128"),
        library="dim",
        basic=True,
    )
    dim_mults: tuple[int, ...] = setting(
        (1, 2, 4, 8),
        QT_TRANSLATE_NOOP("Settings", "Multipliers"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Channels of each stage as multiples of the base width. Every stage but the last halves the picture.",
        ),
        limits=(1, 64),
        most_entries=MOST_STAGES,
        offered=("1,2", "1,2,4", "1,2,2,4", "1,2,4,8"),
        library="dim_mults",
    )
    patch_size: int = setting(
        1,
        QT_TRANSLATE_NOOP("Settings", "Patches"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "What the U-Net takes for one point of the picture. On 2 × 2 pixels a step is far cheaper, so that a short "
            "training learns more; pictures, noise and loss stay as they are.",
        ),
        source="Luhman & Luhman 2022, arXiv 2207.04316",
        choices={"1": OFF, "2": "2 × 2 px", "4": "4 × 4 px"},
    )
    init_dim: int | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "First width"),
        QT_TRANSLATE_NOOP("Settings", "Channels after the first convolution, before the stages."),
        limits=(1, 4096),
        none=AUTO,
        auto=QT_TRANSLATE_NOOP("Settings", "the base width, as in the library"),
        offered=("16", "32", "64", "128"),
        library="init_dim",
    )
    self_condition: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "Self-condition"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Feeds the network its own last guess of the clean picture. Often better, and slower: half the batches "
            "take a second pass.",
        ),
        source="Chen et al. 2022, arXiv 2208.04202",
        library="self_condition",
    )
    attn_heads: tuple[int, ...] = setting(
        (4,),
        QT_TRANSLATE_NOOP("Settings", "Heads"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Attention heads: one number for all stages, or one for each, such as 2,4,4. Four, as in the library, "
            "cost as much as the rest of a small U-Net.",
        ),
        limits=(1, 256),
        most_entries=MOST_STAGES,
        offered=("1", "2", "4", "8"),
        library="attn_heads",
    )
    attn_dim_head: tuple[int, ...] = setting(
        (32,),
        QT_TRANSLATE_NOOP("Settings", "Head width"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Channels of each attention head, for all stages or one number for each; 32 in the library.",
        ),
        limits=(1, 1024),
        most_entries=MOST_STAGES,
        offered=("16", "32", "64"),
        library="attn_dim_head",
    )
    full_attn: tuple[bool, ...] | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Full attention"),
        QT_TRANSLATE_NOOP("Settings", "Per stage, on or off, such as off,off,on."),
        none=AUTO,
        auto=QT_TRANSLATE_NOOP(
            "Settings", "only the innermost stage; the others take linear attention, as in the library"
        ),
        most_entries=MOST_STAGES,
        library="full_attn",
    )
    dropout: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "Dropout"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The share of activations set to zero while training; helps against learning few pictures by heart; 0.1 "
            "in the paper.",
        ),
        source=f"{DDPM}, appendix B",
        limits=(0.0, 0.999),
        offered=("0", "0.1", "0.2"),
        library="dropout",
        of_use=True,
    )
    flash_attn: bool = setting(
        True,
        QT_TRANSLATE_NOOP("Settings", "Fused attn."),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Uses torch's fused attention, with the fastest kernel the device has. The numbers stay the same.",
        ),
        library="flash_attn",
        of_use=True,
    )
    random_fourier_features: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "Random freq."),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Tells the network the timestep by random frequencies that stay as they were drawn, instead of fixed ones.",
        ),
        source=FOURIER,
        library="random_fourier_features",
    )
    learned_sinusoidal_cond: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "Learnt freq."),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Tells the network the timestep by frequencies that are learnt with it, instead of fixed ones, as in the "
            "library.",
        ),
        source=FOURIER,
        when=lambda config: not config.model.random_fourier_features,
        otherwise=QT_TRANSLATE_NOOP("Settings", "Random frequencies are on; they stay as they were drawn."),
        library="learned_sinusoidal_cond",
    )
    learned_sinusoidal_dim: int = setting(
        16,
        QT_TRANSLATE_NOOP("Settings", "Frequencies"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Numbers that tell the timestep: a sine and a cosine of each random or learnt frequency, so an even "
            "number; 16 in the library.",
        ),
        limits=(2, 4096),
        offered=("8", "16", "32", "64"),
        when=_draws_features,
        otherwise=QT_TRANSLATE_NOOP("Settings", "Only with random or learnt frequencies on."),
        library="learned_sinusoidal_dim",
    )
    sinusoidal_pos_emb_theta: float = setting(
        10000.0,
        QT_TRANSLATE_NOOP("Settings", "Embedding θ"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The slowest of the fixed frequencies that tell the network the timestep is 1/θ; 10,000 in the paper.",
        ),
        source="Vaswani et al. 2017, arXiv 1706.03762",
        limits=(1.001, 1e9),
        offered=("1000", "10000", "100000"),
        when=lambda config: not _draws_features(config),
        otherwise=QT_TRANSLATE_NOOP("Settings", "Random or learnt frequencies take the place of the fixed ones."),
        library="sinusoidal_pos_emb_theta",
    )

    @property
    def downsample_factor(self) -> int:
        """What a picture's height and width must divide by."""
        return self.patch_size << (len(self.dim_mults) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionConfig:
    """The forward process and the loss."""

    timesteps: int = setting(
        1000,
        QT_TRANSLATE_NOOP("Settings", "Steps T"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How many steps the forward process takes from picture to noise; 1,000 in the paper.",
        ),
        source=DDPM,
        limits=(1, 100_000),
        unit=STEPS,
        offered=("100", "250", "500", "1000", "2000", "4000"),
        library="timesteps",
    )
    beta_schedule: str = setting(
        "sigmoid",
        QT_TRANSLATE_NOOP("Settings", "Schedule"),
        QT_TRANSLATE_NOOP("Settings", "How the noise grows with t."),
        table=SCHEDULES,
        library="beta_schedule",
        basic=True,
    )
    schedule_fn_kwargs: tuple[str, ...] | None = _options_of(
        "beta_schedule",
        "schedule_fn_kwargs",
        SCHEDULES,
        QT_TRANSLATE_NOOP("Settings", "Curve options"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Numbers that bend the schedule, such as start=-3,end=3. Of a drawn one they are ᾱ at tenths of the way, "
            "such as a3=0.8,a6=0.2; without any, ᾱ is the straight line 1 − u.",
        ),
        source="shift: Esser et al. 2024, arXiv 2403.03206, eq. 23",
        example="tau=0.7",
        otherwise=QT_TRANSLATE_NOOP("Settings", "This schedule takes no options."),
        library="schedule_fn_kwargs",
    )
    objective: str = setting(
        "pred_v",
        QT_TRANSLATE_NOOP("Settings", "Predicts"),
        QT_TRANSLATE_NOOP("Settings", "What the network learns to say."),
        table=OBJECTIVES,
        library="objective",
        basic=True,
    )
    loss_weighting: str = setting(
        "none",
        QT_TRANSLATE_NOOP("Settings", "Weighting"),
        QT_TRANSLATE_NOOP("Settings", "How much each timestep counts in the loss."),
        table=WEIGHTINGS,
        group="loss",
        basic=True,
        live=True,
    )
    loss_weighting_kwargs: tuple[str, ...] | None = _options_of(
        "loss_weighting",
        "loss_weighting_kwargs",
        WEIGHTINGS,
        QT_TRANSLATE_NOOP("Settings", "Its options"),
        QT_TRANSLATE_NOOP("Settings", "Numbers that the weighting takes; its own where they are not said."),
        example="gamma=0.5",
        otherwise=QT_TRANSLATE_NOOP("Settings", "This weighting takes no options here."),
        group="loss",
        live=True,
    )
    min_snr_gamma: float | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "min-SNR γ"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Limits the weight of nearly clean steps to a signal-to-noise ratio of γ; 5 in the paper, and faster to "
            "learn.",
        ),
        source="Hang et al. 2023, arXiv 2303.09556",
        limits=(1e-6, 1e6),
        none=OFF,
        offered=("1", "5", "10"),
        library="min_snr_gamma",
        group="loss",
        basic=True,
        live=True,
    )
    offset_noise_strength: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "Offset noise"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Noise that is one number per channel, so that very dark and very bright pictures are learnt too; 0.1 is "
            "usual.",
        ),
        source="Guttenberg 2023",
        limits=(0.0, 10.0),
        zero=OFF,
        offered=("0.05", "0.1"),
        library="offset_noise_strength",
        group="loss",
        of_use=True,
    )
    immiscible: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "Immiscible"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Pairs each picture of a batch with noise that is near it, which is faster to learn.",
        ),
        source="Li et al. 2024, arXiv 2406.12303",
        library="immiscible",
        group="loss",
        of_use=True,
    )
    immiscible_candidates: int = setting(
        0,
        QT_TRANSLATE_NOOP("Settings", "Candidates K"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How many noises each picture chooses the nearest of, which works with one picture at a time and on a "
            "GPU. Off: the noises of the batch are shared out instead.",
        ),
        source="Li et al. 2025, arXiv 2505.18521",
        limits=(0, 1024),
        zero=OFF,
        offered=("2", "4", "8", "16"),
        when=lambda config: config.diffusion.immiscible,
        otherwise=QT_TRANSLATE_NOOP("Settings", "Only with Immiscible on."),
        group="loss",
        of_use=True,
    )
    ddim_sampling_eta: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "DDIM η"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How much fresh noise DDIM adds at each step when the sampler is given no other: 0 none, 1 as much as "
            "DDPM.",
        ),
        source="Song et al. 2020, arXiv 2010.02502, eq. 12",
        limits=(0.0, 1.0),
        offered=("0", "0.5", "1"),
        library="ddim_sampling_eta",
        of_use=True,
    )
    auto_normalize: bool = setting(
        True,
        QT_TRANSLATE_NOOP("Settings", "Normalise"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Brings the pictures from 0 … 1 to −1 … 1, as wide as the noise that is laid over them. Off: the network "
            "sees them as they come.",
        ),
        source=f"{DDPM}, section 3.3",
        library="auto_normalize",
        group="picture",
        after="background",
        of_use=True,
    )
    class_dropout: float = setting(
        0.1,
        QT_TRANSLATE_NOOP("Settings", "Class dropout"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How often the class is left out in training, so that the network learns pictures of no class too. "
            "Guidance in the sampler needs that; 0.1 to 0.2 in the paper.",
        ),
        source=GUIDANCE,
        limits=(0.0, 1.0),
        zero=OFF,
        offered=("0.1", "0.2"),
        when=lambda config: config.data.labels != "off",
        otherwise=QT_TRANSLATE_NOOP("Settings", "Only with Classes on."),
        group="picture",
        after="labels",
        of_use=True,
    )

    def schedule_options(self) -> dict[str, float]:
        """`schedule_fn_kwargs` as names and numbers. ConfigError for what is not NAME=NUMBER."""
        return _numbers_by_name("schedule_fn_kwargs", self.schedule_fn_kwargs)

    def weighting_options(self) -> dict[str, float]:
        """The options of `loss_weighting`, likewise; γ of min-SNR is a setting of its own."""
        if self.loss_weighting == "min_snr" and self.min_snr_gamma is not None:
            return {"gamma": self.min_snr_gamma}
        return _numbers_by_name("loss_weighting_kwargs", self.loss_weighting_kwargs)


def _numbers_by_name(setting: str, words: tuple[str, ...] | None) -> dict[str, float]:
    """What a setting with an `example` says. ConfigError for what is not NAME=NUMBER, and for a name said twice."""
    options: dict[str, float] = {}
    for option in words or ():
        name, _, number = option.partition("=")
        name, expected = name.strip(), SETTINGS[setting].expected
        if name in options:
            expected = Phrase("value.said-once", name=name)
        elif name:
            with suppress(ValueError):
                options[name] = read_number(number, whole=False)
                continue
        raise ConfigError("config.bad-value", name=setting, value=option, expected=expected)
    return options


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """From a picture file to what the network sees."""

    image_size: int | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Size"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The side of the square the network sees; its width where a height is set too. Each halving of the "
            "network must divide it.",
        ),
        limits=(1, 4096),
        unit=PIXELS,
        none=AUTO,
        auto=FROM_PICTURES,
        offered=("16", "24", "28", "32", "48", "64", "96", "128", "256"),
        library="image_size",
        basic=True,
        of_use=True,
    )
    image_height: int | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Height"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How high the network's pictures are where they are not square: 48 beside a size of 32 is an upright "
            "picture. Each halving of the network must divide it.",
        ),
        limits=(1, 4096),
        unit=PIXELS,
        none=QT_TRANSLATE_NOOP("Settings", "Square"),
        offered=("16", "24", "32", "48", "64", "96", "128", "256"),
    )
    channels: int | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Channels"),
        QT_TRANSLATE_NOOP("Settings", "Grey, colour, or colour with transparency."),
        limits=(1, 4),
        none=AUTO,
        auto=FROM_PICTURES,
        offered={
            "1": QT_TRANSLATE_NOOP("Settings", "Grey"),
            "3": "RGB",
            "4": "RGBA",
        },
        control=Control.CHOICE,
        library="channels",
    )
    crop: str = setting(
        "centre",
        QT_TRANSLATE_NOOP("Settings", "Crop"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How a picture comes to the size above. Centre and Random scale it until it covers the size and cut out "
            "the middle, or another part each time; Pad lays the whole picture on the background; Stretch gives up "
            "its proportions.",
        ),
        choices={
            "centre": QT_TRANSLATE_NOOP("Settings", "Centre"),
            "random": QT_TRANSLATE_NOOP("Settings", "Random"),
            "pad": QT_TRANSLATE_NOOP("Settings", "Pad"),
            "stretch": QT_TRANSLATE_NOOP("Settings", "Stretch"),
        },
    )
    horizontal_flip: bool | None = setting(
        None,
        *_TEXTS["horizontal_flip"],
        none=AUTO,
        auto=QT_TRANSLATE_NOOP("Settings", "on for colour"),
        library="augment_horizontal_flip",
    )
    vertical_flip: bool = setting(False, *_TEXTS["vertical_flip"])
    colour_jitter: float = setting(
        0.0,
        *_TEXTS["colour_jitter"],
        limits=(0.0, 1.0),
        zero=OFF,
        offered=("0.05", "0.1", "0.2"),
    )
    augmentations: tuple[str, ...] | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "More changes"),
        QT_TRANSLATE_NOOP("Settings", "Random changes that installed packages add, each as NAME=STRENGTH."),
        none=NONE,
        example="NAME=0.5",
        offered=tuple(f"{name}=1" for name in AUGMENTATIONS if name not in _OWN_AUGMENTATIONS),
        most_entries=16,
        control=Control.TEXT if len(AUGMENTATIONS) > len(_OWN_AUGMENTATIONS) else Control.NONE,
    )
    augment: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "Augment"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How many of your pictures each change below is made to, as a share; 0.12 in the paper. The network is "
            "told what was done, so its samples show none of it. It keeps a small folder from being learnt by heart.",
        ),
        source="Karras et al. 2022, arXiv 2206.00364, appendix F.2",
        limits=(0.0, 1.0),
        zero=OFF,
        offered=("0.06", "0.12", "0.25"),
    )
    augment_with: tuple[str, ...] | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Changes"),
        QT_TRANSLATE_NOOP("Settings", "Which changes the network is told of: all six, or some by name."),
        source="Karras et al. 2022, arXiv 2206.00364, table 6",
        none=QT_TRANSLATE_NOOP("Settings", "All six"),
        offered={
            "x_flip": QT_TRANSLATE_NOOP("Settings", "Mirror alone"),
            "scale,rotate,stretch,shift": QT_TRANSLATE_NOOP("Settings", "All but mirroring"),
            "scale,stretch,shift": QT_TRANSLATE_NOOP("Settings", "Scale, stretch and shift"),
        },
        most_entries=len(TRANSFORMS),
        when=lambda config: config.data.augment > 0,
        otherwise=QT_TRANSLATE_NOOP("Settings", "Nothing is changed where Augment is off."),
    )
    background: str = setting(
        "white",
        QT_TRANSLATE_NOOP("Settings", "Background"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "What transparent parts of a picture are laid on, unless it keeps 4 channels, and what Crop: Pad puts "
            "around it.",
        ),
        choices={
            "white": QT_TRANSLATE_NOOP("Settings", "White"),
            "black": QT_TRANSLATE_NOOP("Settings", "Black"),
            "grey": QT_TRANSLATE_NOOP("Settings", "Grey"),
        },
        when=lambda config: config.data.channels != 4,
        otherwise=QT_TRANSLATE_NOOP("Settings", "With 4 channels transparent parts stay transparent."),
    )
    hold_out: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "Hold out"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "About this fraction of your pictures is never trained on. The loss of those shows when the network "
            "begins to learn the others by heart. A picture's name alone decides whether it is held out, so that new "
            "pictures move none of the others: of few pictures the share is not met exactly.",
        ),
        limits=(0.0, 0.5),
        zero=OFF,
        offered=("0.05", "0.1", "0.2"),
    )
    excluded: tuple[str, ...] | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Excluded"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Pictures that you have left out. They are chosen among the pictures themselves.",
        ),
        most_entries=100_000,
        most_bytes=MOST_NAMES_BYTES,
        none=NONE,
        control=Control.NONE,
    )
    hidden_folders: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "Hidden folders"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Whether hidden folders, and those that systems and other programs keep, are used too. Chosen where the "
            "skipped files are listed.",
        ),
        control=Control.NONE,
    )
    labels: str = setting(
        "off",
        QT_TRANSLATE_NOOP("Settings", "Classes"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Whether the network is told what a picture shows, so that you can ask for it later: the sub-folder that "
            "a picture lies in is its class.",
        ),
        source=GUIDANCE,
        choices={
            "off": QT_TRANSLATE_NOOP("Settings", "Off"),
            "folders": QT_TRANSLATE_NOOP("Settings", "Sub-folders"),
        },
    )
    class_names: tuple[str, ...] | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Class names"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The names of the classes in order, as your pictures' sub-folders are called. They follow from the folder "
            "and are kept with the run.",
        ),
        none=AUTO,
        auto=FROM_PICTURES,
        most_entries=100_000,
        control=Control.NONE,
        of_use=True,
    )

    condition: str = setting(
        "none",
        QT_TRANSLATE_NOOP("Settings", "Condition"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "A second picture that the network sees beside the noisy one, in training and in sampling: what it makes "
            "then belongs to that.",
        ),
        table=CONDITIONS,
    )
    condition_factor: int = setting(
        2,
        QT_TRANSLATE_NOOP("Settings", "Smaller by"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How many times smaller the low-resolution picture is on each side. The size must divide by it.",
        ),
        limits=(2, 32),
        offered=("2", "3", "4", "8"),
        when=lambda config: config.data.condition == "low-resolution",
        otherwise=QT_TRANSLATE_NOOP("Settings", "Only with Condition: Low resolution."),
    )
    condition_folder: str | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "2nd folder"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Where the second pictures are: each has the name of its picture, in the same sub-folder, whatever its "
            "kind of file. A picture without a partner is not used. Chosen beside the pictures themselves.",
        ),
        none=NONE,
        when=lambda config: CONDITIONS[config.data.condition].of_folder,
        otherwise=QT_TRANSLATE_NOOP("Settings", "Only with Condition: Second folder."),
        resumable=True,
        control=Control.NONE,
    )
    condition_channels: int | None = setting(
        None,
        QT_TRANSLATE_NOOP("Settings", "Its channels"),
        QT_TRANSLATE_NOOP("Settings", "How the second folder's pictures are seen: grey, or in colour."),
        limits=(1, 4),
        none=AUTO,
        auto=QT_TRANSLATE_NOOP("Settings", "as the pictures"),
        offered={
            "1": QT_TRANSLATE_NOOP("Settings", "Grey"),
            "3": "RGB",
            "4": "RGBA",
        },
        control=Control.CHOICE,
        when=lambda config: CONDITIONS[config.data.condition].of_folder,
        otherwise=QT_TRANSLATE_NOOP("Settings", "Only with Condition: Second folder."),
    )

    @property
    def added_channels(self) -> int:
        """Channels that the condition adds to the network's input; 0 without one. Only with nothing on auto."""
        row = CONDITIONS[self.condition]
        if row.channels is not None:
            return row.channels
        assert self.channels is not None, "settings on auto must be resolved first"
        return (self.condition_channels or self.channels) if row.of_folder else self.channels

    @property
    def tile_size(self) -> tuple[int, int]:
        """(height, width) of one picture of a sample grid: with a condition it is condition | sample | truth."""
        height, width = self.height_and_width
        return height, width * (1 if self.condition == "none" else 3)

    @property
    def height_and_width(self) -> tuple[int, int]:
        """Pixels, of what the network sees; only with nothing on auto."""
        assert self.image_size is not None, "settings on auto must be resolved first"
        return self.image_height or self.image_size, self.image_size

    def augmentation_strengths(self) -> dict[str, float]:
        """The rows of AUGMENTATIONS that are on, in their order, each with how strongly; only with nothing on auto."""
        own = {name: float(getattr(self, name)) for name in _OWN_AUGMENTATIONS}
        said = own | _numbers_by_name("augmentations", self.augmentations)
        return {name: said[name] for name in (*AUGMENTATIONS, *(said.keys() - AUGMENTATIONS)) if said.get(name)}

    @property
    def num_classes(self) -> int | None:
        """How many classes the network knows; None where it knows none. Only with nothing on auto."""
        return None if self.labels == "off" else len(self.class_names or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """The optimisation: how long, how fast, what is kept."""

    steps: int = setting(
        100_000,
        QT_TRANSLATE_NOOP("Settings", "Steps"),
        QT_TRANSLATE_NOOP("Settings", "Updates of the network in total. You can train further afterwards."),
        limits=(1, 10**9),
        unit=STEPS,
        offered=("1000", "5000", "20000", "100000", "400000"),
        live=True,
        library="train_num_steps",
        basic=True,
    )
    batch_size: int = setting(
        16,
        QT_TRANSLATE_NOOP("Settings", "Batch"),
        QT_TRANSLATE_NOOP("Settings", "Pictures at a time. More is steadier and takes more memory."),
        limits=(1, 65_536),
        unit=PICTURES,
        offered=("4", "8", "16", "32", "64", "128"),
        resumable=True,
        library="train_batch_size",
        basic=True,
    )
    optimizer: str = setting(
        "adamw",
        QT_TRANSLATE_NOOP("Settings", "Optimizer"),
        QT_TRANSLATE_NOOP("Settings", "What turns gradients into steps of the weights; Adam in the library."),
        table=OPTIMIZERS,
    )
    timestep_draw: str = setting(
        "uniform",
        QT_TRANSLATE_NOOP("Settings", "Draw of t"),
        QT_TRANSLATE_NOOP("Settings", "How the t of the pictures in a batch are drawn; each alone in the library."),
        table=TIMESTEP_DRAWS,
        group="loss",
    )
    learning_rate: float = setting(
        8e-5,
        QT_TRANSLATE_NOOP("Settings", "Learning rate"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "The peak step size; the library's is 8e-5. Too high and the loss jumps or becomes infinite.",
        ),
        source=ADAMW,
        limits=(1e-12, 100.0),
        offered=("8e-05", "0.0001", "0.0005", "0.001", "0.002"),
        live=True,
        library="train_lr",
        basic=True,
    )
    warmup_steps: int = setting(
        0,
        QT_TRANSLATE_NOOP("Settings", "Warm-up"),
        QT_TRANSLATE_NOOP("Settings", "Steps over which the learning rate rises from 0 to its peak."),
        limits=(0, 10**9),
        unit=STEPS,
        offered=("0", "50", "200", "1000"),
    )
    decay: str = setting(
        "constant",
        QT_TRANSLATE_NOOP("Settings", "Decay"),
        QT_TRANSLATE_NOOP("Settings", "How the learning rate falls after the warm-up."),
        table=DECAYS,
        live=True,
    )
    decay_kwargs: tuple[str, ...] | None = _options_of(
        "decay",
        "decay_kwargs",
        DECAYS,
        QT_TRANSLATE_NOOP("Settings", "Decay values"),
        QT_TRANSLATE_NOOP("Settings", "Numbers that the decay takes; its own where they are not said."),
        example="fall=0.2",
        otherwise=QT_TRANSLATE_NOOP("Settings", "This decay takes no options."),
        live=True,
    )
    gradient_checkpointing: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "Recompute"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Gradient checkpointing: the inside of each block is computed a second time instead of being kept. The "
            "same gradients from much less memory, for one more pass forward in every step.",
        ),
        source="Chen et al. 2016, arXiv 1604.06174",
        resumable=True,
    )
    gradient_accumulate_every: int = setting(
        1,
        QT_TRANSLATE_NOOP("Settings", "Accumulate"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Batches per update: a larger batch in effect, without its memory. 2 in the library.",
        ),
        limits=(1, 65_536),
        unit=QT_TRANSLATE_NOOP("Settings", "batches"),
        offered=("1", "2", "4", "8"),
        resumable=True,
        library="gradient_accumulate_every",
    )
    weight_decay: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "Weight decay"),
        QT_TRANSLATE_NOOP("Settings", "How strongly AdamW pulls matrices and kernels to zero; 0 in the library."),
        source=ADAMW,
        limits=(0.0, 100.0),
        offered=("0", "0.01", "0.1"),
    )
    adam_betas: tuple[float, ...] = setting(
        (0.9, 0.99),
        QT_TRANSLATE_NOOP("Settings", "Adam β"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How slowly Adam's averages of the gradient and of its square follow; 0.9 and 0.99 in the library.",
        ),
        source="Kingma & Ba 2014, arXiv 1412.6980",
        limits=(0.0, 0.999999),
        most_entries=16,
        offered=("0.9,0.99", "0.9,0.999", "0.95,0.999"),
        library="adam_betas",
    )
    max_grad_norm: float = setting(
        1.0,
        QT_TRANSLATE_NOOP("Settings", "Gradient limit"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "A gradient longer than this is scaled down to it; 1 in the paper and the library.",
        ),
        source=DDPM,
        limits=(1e-6, 1e6),
        offered=("0.5", "1", "5"),
        library="max_grad_norm",
        live=True,
    )
    ema_decay: float = setting(
        0.995,
        QT_TRANSLATE_NOOP("Settings", "EMA decay"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How slowly the averaged weights that make the samples follow, per update; 0.995 in the library, 0.9999 "
            "in the paper for long trainings.",
        ),
        source=DDPM,
        limits=(0.0, 0.999999),
        offered=("0.99", "0.995", "0.999", "0.9999"),
        library="ema_decay",
        live=True,
    )
    ema_warmup: str = setting(
        "updates",
        QT_TRANSLATE_NOOP("Settings", "EMA warm-up"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How the averaged weights begin: at once and quickly, (1+n)/(10+n) at update n, or as the library's, a "
            "copy for 100 steps and then 1−(1+n)^(−2/3), which lags behind for longer.",
        ),
        choices={
            "updates": QT_TRANSLATE_NOOP("Settings", "Quick"),
            "power": QT_TRANSLATE_NOOP("Settings", "As the library"),
        },
    )
    ema_update_every: int = setting(
        1,
        QT_TRANSLATE_NOOP("Settings", "EMA every"),
        QT_TRANSLATE_NOOP("Settings", "Steps between two updates of the averaged weights; 10 in the library."),
        limits=(1, 10**6),
        unit=STEPS,
        offered=("1", "5", "10"),
        library="ema_update_every",
    )
    ema_snapshots: int = setting(
        0,
        QT_TRANSLATE_NOOP("Settings", "EMA lengths"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How many snapshots of two more averages of the weights stay in the run folder, at most 2 GB of them. An "
            "EMA of any length can be made of them after the training, in the sampler; 64 reach nearly all lengths.",
        ),
        source="Karras et al. 2023, arXiv 2312.02696, section 3",
        limits=(0, 256),
        zero=OFF,
        offered=("0", "16", "32", "64"),
    )
    amp: str = setting(
        "auto",
        QT_TRANSLATE_NOOP("Settings", "Precision"),
        QT_TRANSLATE_NOOP("Settings", "Mixed precision: half the memory, and faster on GPUs and some processors."),
        table=PRECISIONS,
        library="amp",
    )
    held_out_every: int = setting(
        500,
        QT_TRANSLATE_NOOP("Settings", "Test every"),
        QT_TRANSLATE_NOOP("Settings", "Steps between two losses of the held-out pictures, where Hold out is above 0."),
        limits=(1, 10**9),
        unit=STEPS,
        offered=("100", "500", "1000"),
        live=True,
    )
    probe_share: float = setting(
        0.03,
        QT_TRANSLATE_NOOP("Settings", "Probe share"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How much of the training's time may go to the frozen probe: the same 64 pictures, t and noise asked again "
            "and again, which the map of the training room is drawn from. It changes nothing that is learnt.",
        ),
        limits=(0.0, 0.2),
        zero=OFF,
        offered=("0.01", "0.03", "0.1"),
    )
    sample_every: int = setting(
        1000,
        QT_TRANSLATE_NOOP("Settings", "Sample every"),
        QT_TRANSLATE_NOOP("Settings", "Steps between two grids of samples."),
        limits=(1, 10**9),
        unit=STEPS,
        offered=("100", "200", "500", "1000", "2000"),
        library="save_and_sample_every",
        live=True,
    )
    sample_count: int = setting(
        16,
        QT_TRANSLATE_NOOP("Settings", "Sample count"),
        QT_TRANSLATE_NOOP("Settings", "Pictures in a grid of samples."),
        limits=(1, 256),
        unit=PICTURES,
        offered=("4", "9", "16", "25", "36"),
        library="num_samples",
    )
    sample_sampler: str = setting(
        "ddim",
        QT_TRANSLATE_NOOP("Settings", "Sampler"),
        QT_TRANSLATE_NOOP("Settings", "What makes the grids of samples."),
        table=SAMPLERS,
        live=True,
    )
    sample_steps: int = setting(
        25,
        QT_TRANSLATE_NOOP("Settings", "Sample steps"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Steps of the sampler for a grid of samples; at most T. Fewer are faster and coarser.",
        ),
        limits=(1, 100_000),
        unit=STEPS,
        offered=("10", "25", "50", "100"),
        library="sampling_timesteps",
        live=True,
    )
    checkpoint_every: int = setting(
        1000,
        QT_TRANSLATE_NOOP("Settings", "Save every"),
        QT_TRANSLATE_NOOP("Settings", "Steps between two checkpoints. Pause and Stop save too."),
        limits=(1, 10**9),
        unit=STEPS,
        offered=("100", "200", "500", "1000"),
        library="save_and_sample_every",
        live=True,
    )
    quality_share: float = setting(
        0.0,
        QT_TRANSLATE_NOOP("Settings", "Quality share"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "How much of the training's time may go to measuring quality at checkpoints: 128 samples beside as many "
            "pictures, by their features (KID, FD). It is skipped where the time does not do, and changes nothing "
            "that is learnt.",
        ),
        limits=(0.0, 0.5),
        zero=OFF,
        offered=("0.05", "0.1"),
    )
    keep_checkpoints: int = setting(
        3,
        QT_TRANSLATE_NOOP("Settings", "Keep"),
        QT_TRANSLATE_NOOP("Settings", "How many of the newest checkpoints stay in the run folder."),
        limits=(1, 10**6),
        offered=("1", "3", "10"),
        live=True,
    )
    tensorboard: bool = setting(
        False,
        QT_TRANSLATE_NOOP("Settings", "TensorBoard"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Also writes numbers, held-out losses, sample grids and settings into the run's folder tensorboard while "
            "it trains: tensorboard --logdir shows them. Nothing has to be installed to write them.",
        ),
        resumable=True,
    )
    seed: int = setting(
        0,
        QT_TRANSLATE_NOOP("Settings", "Seed"),
        QT_TRANSLATE_NOOP(
            "Settings",
            "Everything random follows from this number: the same seed gives the same training.",
        ),
        limits=(0, 2**63 - 1),
        counted=False,
        offered=("0", "1", "2"),
    )

    def decay_options(self) -> dict[str, float]:
        """`decay_kwargs` as names and numbers. ConfigError for what is not NAME=NUMBER."""
        return _numbers_by_name("decay_kwargs", self.decay_kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleConfig:
    """One request for pictures."""

    sampler: str = "ddim"
    sample_steps: int = 25
    eta: float | None = None  #: None: the diffusion's own
    spacing: str | None = None  #: which timesteps are kept; None: the sampler's own way
    times: tuple[int, ...] | None = None  #: the timestep of each step, instead of a spacing's
    seed: int = 0  #: all noise of picture k is a function of (seed, k)
    offset_noise: bool = True  #: noise as the training's was distributed; False: plain, as denoising-diffusion-pytorch
    count: int = 16
    classes: tuple[int, ...] = ()  #: picture k gets the k-th in turn; empty: no class
    condition: tuple[StartPicture, ...] = ()  #: likewise, what a conditional network sees beside x_t
    guidance_scale: float = 1.0  #: 1: as the network says; above: more of the class (Ho & Salimans 2022)
    guidance_rescale: float = 0.0  #: 0 … 1, against the washed-out look of much guidance (Lin et al. 2023)
    guide_scale: float = 1.0  #: 1: no guide is asked; above: away from a worse model (Karras et al. 2024)
    beginning: Beginning = field(default=Beginning())
    first: int = 0  #: the number of the first picture, where a large request is made in parts
    precision: str = "off"  #: what the network computes in, a row of PRECISIONS; another gives slightly other pictures


#: Characters of the name of a preset of one's own.
MOST_OF_A_LABEL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """All settings of a run. Immutable; `with_settings` makes a changed copy."""

    preset: str = "standard"
    model: ModelConfig = field(default_factory=ModelConfig)
    diffusion: DiffusionConfig = field(default_factory=DiffusionConfig)
    data: DataConfig = field(default_factory=DataConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    #: What a preset of one's own is called that it began with, which is based on `preset`; "": none. A mere label.
    own_preset: str = field(default="", compare=False)

    def setting(self, name: str) -> Any:  # noqa: ANN401 (a setting of any type)
        """The value of a setting by its flat name."""
        return getattr(getattr(self, setting_named(name).section), name)

    def with_settings(self, changes: Mapping[str, object]) -> RunConfig:
        """A copy with settings changed by flat name; text is read as the field's type (`"1,2,4"`, `"off"`, `"2e-3"`).

        min-SNR is a weighting of its own: to say its γ chooses it, and to choose another takes γ away.
        Raises ConfigError for an unknown name (naming the nearest) or a value of the wrong kind or range.
        """
        sections: dict[str, dict[str, object]] = {}
        for name, value in changes.items():
            sections.setdefault(setting_named(name).section, {})[name] = read_value(name, value)
        sections.get("diffusion", {}).update(self._weighting_with(sections.get("diffusion", {})))
        changed = {section: replace(getattr(self, section), **values) for section, values in sections.items()}
        return replace(self, **changed)

    def _weighting_with(self, changes: Mapping[str, object]) -> dict[str, object]:
        """What else changes where only one of the weighting and min-SNR's γ does."""
        weighting, gamma = self.diffusion.loss_weighting, self.diffusion.min_snr_gamma
        match changes:
            case {"loss_weighting": _, "min_snr_gamma": _}:
                return {}
            case {"loss_weighting": "min_snr"}:
                return {"min_snr_gamma": WEIGHTINGS["min_snr"].options[0].default if gamma is None else gamma}
            case {"loss_weighting": _}:
                return {"min_snr_gamma": None}
            case {"min_snr_gamma": None}:
                return {"loss_weighting": "none"} if weighting == "min_snr" else {}
            case {"min_snr_gamma": _}:
                return {"loss_weighting": "min_snr"}
        return {}

    @property
    def noise_kind(self) -> tuple[object, ...]:
        """Runs in which this and the seed are the same draw their sample grids from the same x_T."""
        data = self.data
        return data.image_size, data.image_height, data.channels, self.diffusion.offset_noise_strength

    def settings(self) -> dict[str, Any]:
        """All settings, flat, in the order of the form."""
        return {name: self.setting(name) for name in SETTINGS}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values, by section."""
        plain = asdict(self)
        if not self.own_preset:
            del plain["own_preset"]
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> RunConfig:
        """The inverse of `to_dict`; unknown names and wrong values raise ConfigError.

        A variant that no installed package has is a problem of the settings, and no reason not to read them.
        """
        flat: dict[str, object] = {}
        for section in _SECTIONS:
            values = plain.get(section, {})
            if not isinstance(values, Mapping):
                raise ConfigError("config.bad-value", name=section, value=values, expected=Phrase("value.table"))
            flat.update(values)
        elsewhere = {name: flat.pop(name) for name, table in _tables() if _of_another(flat.get(name), table)}
        own = plain.get("own_preset")
        own = showable(own, MOST_OF_A_LABEL) if isinstance(own, str) else ""
        config = cls(preset=str(plain.get("preset", "standard")), own_preset=own).with_settings(flat)
        for name, said in elsewhere.items():
            section = SETTINGS[name].section
            config = replace(config, **{section: replace(getattr(config, section), **{name: said})})
        return config

    def problems(self) -> tuple[ConfigError, ...]:
        """Everything that keeps this from being trained, most basic first; empty when it can."""
        return tuple(_problems(self))

    def cautions(self) -> tuple[ConfigError, ...]:
        """What can be trained, and yet will hardly learn what is wished; for whoever starts it to say."""
        diffusion = self.diffusion
        # SNR itself is the weight then: 10⁶ at t = 0 of 1000, 10⁻⁹ at the other end.
        spread = diffusion.objective == "pred_x0" and diffusion.beta_schedule == "rectified_flow"
        if not spread or diffusion.loss_weighting != "none":
            return ()
        return (
            ConfigError("config.spread-weights", objective=diffusion.objective, beta_schedule=diffusion.beta_schedule),
        )

    def validate(self) -> None:
        """Raise the first of `problems`."""
        for problem in _problems(self):
            raise problem


#: Section → its class, and the part of the form that its settings stand in where they name no other.
_SECTIONS: dict[str, tuple[type, str]] = {
    "model": (ModelConfig, "network"),
    "diffusion": (DiffusionConfig, "process"),
    "data": (DataConfig, "picture"),
    "train": (TrainConfig, "training"),
}


def _settings() -> dict[str, Setting]:
    """Flat name of every setting → its facts, in the order of the form."""
    found: list[Setting] = []
    for section, (kind, group) in _SECTIONS.items():
        hints = get_type_hints(kind)
        for declared in fields(kind):
            facts: Setting = declared.metadata[FACTS]
            arms = [arm for arm in get_args(hints[declared.name]) if arm is not type(None)]
            optional = type(None) in get_args(hints[declared.name])
            named = replace(
                facts,
                name=declared.name,
                section=section,
                group=facts.group or group,
                resumable=facts.resumable or facts.live,
                kind=arms[0] if optional else hints[declared.name],
                optional=optional,
            )
            found.append(replace(named, control=named.control or _usual_control(named)))
    ordered = [each for group in GROUPS for each in found if each.group == group]
    for each in [each for each in ordered if each.after]:
        ordered.remove(each)
        ordered.insert([other.name for other in ordered].index(each.after) + 1, each)
    return {each.name: each for each in ordered}


def _usual_control(facts: Setting) -> Control:
    """What a setting of this type is edited with."""
    if facts.values or (facts.kind is bool and facts.optional):
        return Control.CHOICE
    return Control.CHECK if facts.kind is bool else Control.TEXT


SETTINGS: dict[str, Setting] = _settings()
#: Those that can be changed while a run trains.
LIVE: tuple[str, ...] = tuple(name for name, facts in SETTINGS.items() if facts.live)


def _tables() -> Iterator[tuple[str, Table[Any]]]:
    """The settings that name a row of the catalogue, each with its table."""
    return ((name, facts.table) for name, facts in SETTINGS.items() if facts.table is not None)


def setting_named(name: str) -> Setting:
    """The facts of a setting; ConfigError when there is no such setting."""
    if name not in SETTINGS:
        near = difflib.get_close_matches(name[:100], SETTINGS, n=3, cutoff=0.5)
        if not near:
            raise ConfigError("config.no-such-setting", name=name)
        raise ConfigError("config.unknown-setting", name=name, suggestions=", ".join(near))
    return SETTINGS[name]


def read_value(name: str, value: object, *, group: str = ",", decimal: str = ".") -> object:
    """`value` as the type of the setting `name`, checked against its facts. Raises ConfigError.

    group, decimal: the signs of the language in which a number was typed, see `read_number`.
    """
    return setting_named(name).read(value, group=group, decimal=decimal)


def read_kept_value(name: str, value: object) -> object:
    """As `read_value`, of what a file keeps: a variant that no installed package has stays, as in `from_dict`."""
    table = setting_named(name).table
    return value if table is not None and _of_another(value, table) else read_value(name, value)


def without_effect(config: RunConfig) -> dict[str, str]:
    """Name → reason of the settings that change nothing beside the others of `config`."""
    return {name: facts.otherwise for name, facts in SETTINGS.items() if facts.when and not facts.when(config)}


#: With fewer pictures augmentation is suggested, and this share of them (Karras et al. 2022, arXiv 2206.00364, F.2).
SMALL_SET, USUAL_SHARE = 2000, 0.12


def wants_augmenting(data: DataConfig, pictures: int) -> bool:
    """Whether so few pictures are trained on that augmentation, which is off, would help."""
    return pictures < SMALL_SET and not data.augment


def legal_sizes(size: int, factor: int) -> tuple[int, int]:
    """The nearest picture sizes that divide by `factor`: (at or below `size`, at or above it), at least `factor`."""
    return max(factor, size // factor * factor), max(factor, math.ceil(size / factor) * factor)


def size_problem(name: str, size: int, factor: int) -> ConfigError:
    """For a picture's side that does not divide by `factor`: it names the nearest that do, or the one that does."""
    smaller, larger = legal_sizes(size, factor)
    one = Phrase("value.one-size", size=smaller)
    sizes = one if smaller == larger else Phrase("value.two-sizes", smaller=smaller, larger=larger)
    return ConfigError("config.size-not-divisible", name=name, size=size, factor=factor, sizes=sizes)


def _of_another(said: object, table: Table[Any]) -> bool:
    """Whether a setting names a variant that may be another package's."""
    return is_row_name(said) and said not in table


def _problems(config: RunConfig) -> Iterator[ConfigError]:
    model, diffusion, data, train = config.model, config.diffusion, config.data, config.train
    for name, table in _tables():
        row = table[str(config.setting(name))]
        if not row.installed:
            yield not_installed(row)
    yield from _augmentation_problems(data)
    schedule, weighting = SCHEDULES[diffusion.beta_schedule], WEIGHTINGS[diffusion.loss_weighting]
    yield from _options_problems(schedule, diffusion.schedule_options, "schedule_fn_kwargs")
    yield from _options_problems(weighting, diffusion.weighting_options, "loss_weighting_kwargs")
    yield from _options_problems(DECAYS[train.decay], train.decay_options, "decay_kwargs", in_range=True)
    if model.dim % 2:
        yield ConfigError("config.bad-value", name="dim", value=model.dim, expected=Phrase("value.even"))
    if model.learned_sinusoidal_dim % 2:
        yield ConfigError(
            "config.bad-value",
            name="learned_sinusoidal_dim",
            value=model.learned_sinusoidal_dim,
            expected=Phrase("value.even"),
        )
    for name in ("full_attn", "attn_heads", "attn_dim_head"):
        per_stage = getattr(model, name)
        if per_stage is not None and len(per_stage) not in _stages_said(name, model):
            yield ConfigError(
                "config.conflict",
                first=name,
                second="dim_mults",
                reason=Phrase("conflict.stages", one=len(per_stage), other=len(model.dim_mults)),
            )
    for name in ("image_size", "image_height"):
        side = getattr(data, name)
        if side is not None and side % model.downsample_factor:
            yield size_problem(name, side, model.downsample_factor)
    if len(train.adam_betas) != 2:
        yield ConfigError(
            "config.bad-value", name="adam_betas", value=train.adam_betas, expected=Phrase("value.two-betas")
        )
    if diffusion.beta_schedule == "linear" and diffusion.timesteps <= 20:
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="beta_schedule", value="linear"),
            second=Phrase("setting.is", name="timesteps", value=diffusion.timesteps),
            reason=Phrase("conflict.beta-reaches-one", steps=20),
        )
    if (diffusion.loss_weighting == "min_snr") != (diffusion.min_snr_gamma is not None):
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="loss_weighting", value=diffusion.loss_weighting),
            second=Phrase("setting.is", name="min_snr_gamma", value=diffusion.min_snr_gamma),
            reason=Phrase("conflict.one-weighting"),
        )
    if train.sample_steps > diffusion.timesteps:
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="sample_steps", value=train.sample_steps),
            second=Phrase("setting.is", name="timesteps", value=diffusion.timesteps),
            reason=Phrase("conflict.more-steps-than-timesteps"),
        )
    if diffusion.immiscible and train.batch_size == 1 and diffusion.immiscible_candidates < 2:
        yield ConfigError(
            "config.conflict",
            first="immiscible",
            second=Phrase("setting.is", name="batch_size", value=1),
            reason=Phrase("conflict.nothing-to-assign", setting="immiscible_candidates"),
        )
    if diffusion.immiscible_candidates == 1:
        yield ConfigError(
            "config.bad-value",
            name="immiscible_candidates",
            value=1,
            expected=Phrase("value.candidates"),
        )
    yield from _class_problems(data)
    yield from _condition_problems(data)


def _condition_problems(data: DataConfig) -> Iterator[ConfigError]:
    row = CONDITIONS[data.condition]
    if row.of_folder and data.condition_folder is None:
        yield ConfigError("config.no-second-folder", name="condition")
    if row.name == "grey" and data.channels in (1, 2):
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="condition", value=data.condition),
            second=Phrase("setting.is", name="channels", value=data.channels),
            reason=Phrase("conflict.grey-already"),
        )
    sides = [side for side in (data.image_size, data.image_height) if side is not None]
    if row.name == "low-resolution" and any(side % data.condition_factor for side in sides):
        yield ConfigError(
            "config.bad-value",
            name="condition_factor",
            value=data.condition_factor,
            expected=Phrase("value.divides-size", sizes=", ".join(map(str, sides))),
        )


def _class_problems(data: DataConfig) -> Iterator[ConfigError]:
    if data.labels == "off" or data.class_names is None:
        return
    if len(data.class_names) < 2:
        only = Phrase("conflict.one-class", folder=data.class_names[0], setting="labels") if data.class_names else None
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="labels", value=data.labels),
            second=Phrase("conflict.this-folder"),
            reason=only or Phrase("conflict.no-classes", setting="labels"),
        )
    for name, times in Counter(data.class_names).items():
        if times > 1:
            yield ConfigError("config.bad-value", name="class_names", value=name, expected=Phrase("value.named-once"))


def _options_problems(
    row: Row, said: Callable[[], dict[str, float]], name: str, *, in_range: bool = False
) -> Iterator[ConfigError]:
    """Of the options that the setting `name` gives a row. in_range: nothing else looks at how large they are."""
    try:
        options = row.checked(said(), name) if row.installed else {}
    except ConfigError as error:
        yield error
        return
    for option in row.options if in_range else ():
        value = options.get(option.name, option.default)
        if not option.least <= value <= option.most:
            expected = Phrase("value.number-from-to", low=option.least, high=option.most)
            yield ConfigError("config.bad-value", name=name, value=f"{option.name}={value:g}", expected=expected)


def _augmentation_problems(data: DataConfig) -> Iterator[ConfigError]:
    try:
        said = _numbers_by_name("augmentations", data.augmentations)
    except ConfigError as error:
        yield error
        return
    for name in data.augment_with or ():
        if name not in TRANSFORMS:
            expected = Phrase("value.one-of", known=", ".join(TRANSFORMS))
            yield ConfigError("config.bad-value", name="augment_with", value=name, expected=expected)
    for name in said:
        if not is_row_name(name) or name in _OWN_AUGMENTATIONS:
            known = ", ".join(name for name in AUGMENTATIONS if name not in _OWN_AUGMENTATIONS)
            expected = Phrase("value.one-of", known=known or Phrase("value.none"))
            yield ConfigError("config.bad-value", name="augmentations", value=name, expected=expected)
        elif name not in AUGMENTATIONS:
            yield not_installed(AUGMENTATIONS[name])


def _stages_said(name: str, model: ModelConfig) -> set[int]:
    """How many values a setting of the stages may have: one each, or for numbers also one for all."""
    return {len(model.dim_mults)} if name == "full_attn" else {1, len(model.dim_mults)}
