"""The variants that one chooses among, as rows that load no torch: what each is called, does, comes from and takes.

A row is said once, here. The form, the command line, the checks, the tooltips and the recognition of other programs'
files read it; `Row.load` finds the implementation when it is first computed with. An installed package adds rows of its
own through the entry point group `ddpm_studio.rows` (resources/docs/extending.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from itertools import pairwise
from numbers import Real
from typing import Any, TypeVar

from .errors import QT_TRANSLATE_NOOP, ConfigError, Phrase, phrase_of

#: The translators' context of every title and sentence here.
CONTEXT = "Catalogue"


@dataclass(frozen=True, slots=True)
class Option:
    """A number that a variant takes: its name in settings, a sentence, and what is offered.

    least, most  the ends of what is offered; others hold too where the implementation takes them
    step         the smallest change that one would make by hand
    offered      values worth a try, beside the usual one
    setting      the setting that says it, where it has one of its own
    at           the place, 0 … 1, of a point of a falling curve whose height this is: such options are drawn, not slid.
                 A height of 0 is no point
    """

    name: str
    help: str
    default: float
    least: float
    most: float
    step: float
    offered: tuple[float, ...] = ()
    setting: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One variant.

    name            in settings, files and on the command line
    source          paper and equation
    implementation  "module:name" of what computes it, found when it is first asked for
    taken           names that are accepted beside the options, and change nothing, as in denoising-diffusion-pytorch
    """

    name: str
    title: str
    help: str
    source: str
    implementation: str
    options: tuple[Option, ...] = ()
    taken: tuple[str, ...] = ()

    @property
    def installed(self) -> bool:
        """Whether there is an implementation; else a run only says the name."""
        return bool(self.implementation)

    def load(self) -> Any:  # noqa: ANN401 (each table says what its rows' implementations are)
        """The implementation. ConfigError where there is none, or it cannot be imported."""
        if not self.installed:
            raise not_installed(self)
        module, _, name = self.implementation.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise ConfigError(
                "catalogue.not-found", title=self.title, where=self.implementation, reason=phrase_of(error)
            ) from error

    @property
    def typed(self) -> tuple[Option, ...]:
        """The options that have no setting of their own: they are said by name."""
        return tuple(option for option in self.options if not option.setting)

    @property
    def drawn(self) -> tuple[Option, ...]:
        """The options that are points of one curve, from left to right."""
        return tuple(option for option in self.options if option.at is not None)

    def points(self, options: Mapping[str, float]) -> list[tuple[float, float]]:
        """The (place, height) of each point that `options` put on the curve, from left to right."""
        said = ((option.at, float(options.get(option.name, option.default))) for option in self.drawn)
        return [(at, height) for at, height in said if at is not None and height != 0]

    def checked(self, options: object, setting: str) -> dict[str, float]:
        """`options` as numbers by name. ConfigError, which names the setting, for what the variant does not take."""
        known = [option.name for option in self.options]
        if not isinstance(options, Mapping) or not all(map(_is_number, options.values())):
            expected = (
                Phrase("value.numbers-by-name", known=", ".join(known))
                if known
                else Phrase("value.no-options", variant=self.title)
            )
            raise ConfigError("config.bad-value", name=setting, value=options, expected=expected)
        for option in options:
            if option not in (*known, *self.taken):
                raise ConfigError(
                    "config.no-such-option",
                    name=setting,
                    variant=self.title,
                    option=option,
                    known=", ".join(known) or Phrase("value.none"),
                )
        heights = [height for _, height in self.points(options)]
        if not all(height > after for height, after in pairwise((1.0, *heights, 0.0))):
            said = ", ".join(
                f"{option.name} = {options[option.name]:g}" for option in self.drawn if option.name in options
            )
            raise ConfigError("config.bad-value", name=setting, value=said, expected=Phrase("value.falling-heights"))
        return dict(options)

    def filled(self, options: object, setting: str) -> dict[str, float]:
        """`options`, checked, over those that the row offers."""
        return {option.name: option.default for option in self.options} | self.checked(options, setting)


R = TypeVar("R", bound=Row)

_NAME = re.compile(r"[a-z0-9][a-z0-9_+\-]{0,63}")


class Table(dict[str, R]):
    """Rows by name, in the order that they are offered in.

    A name that could be a row's, and is none's, gives a stand-in that is not kept: a run that needs a variant of a
    package which is not installed opens with it, and says so when it is to compute.
    """

    def __init__(self, kind: type[R], rows: Iterable[R]) -> None:
        super().__init__((row.name, row) for row in rows)
        self.kind = kind

    def __missing__(self, name: str) -> R:
        if not is_row_name(name):
            raise KeyError(name)
        return self.kind(name, name, QT_TRANSLATE_NOOP("Catalogue", "Not installed here"), "", "")


def _is_number(value: object) -> bool:
    """Whether it is one, within the range of a float; NaN is left to those who know what it is for."""
    if not isinstance(value, Real):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True


def is_row_name(name: object) -> bool:
    """Whether a row may have this name: small letters, digits, _, + and -, at most 64."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class ScheduleRow(Row):
    """How the noise grows."""


#: How much noise β_t each step adds. An implementation is called with T and the options, and gives β_0 … β_{T-1}.
SCHEDULES = Table(
    ScheduleRow,
    (
        ScheduleRow(
            "linear",
            QT_TRANSLATE_NOOP("Catalogue", "Linear"),
            QT_TRANSLATE_NOOP("Catalogue", "β rises evenly: small pictures are little but noise long before the end"),
            "Ho et al. 2020, arXiv 2006.11239",
            "core.diffusion.schedules:linear",
        ),
        ScheduleRow(
            "cosine",
            QT_TRANSLATE_NOOP("Catalogue", "Cosine"),
            QT_TRANSLATE_NOOP("Catalogue", "Noise comes slowly at both ends, as small pictures need"),
            "Nichol & Dhariwal 2021, arXiv 2102.09672",
            "core.diffusion.schedules:cosine",
            (
                Option(
                    "s",
                    QT_TRANSLATE_NOOP("Catalogue", "How much noise the first steps add: more takes fine detail sooner"),
                    0.008,
                    0.0001,
                    0.5,
                    0.001,
                    (0.02, 0.05),
                ),
            ),
        ),
        ScheduleRow(
            "sigmoid",
            QT_TRANSLATE_NOOP("Catalogue", "Sigmoid"),
            QT_TRANSLATE_NOOP("Catalogue", "Like cosine, with ends that can be bent; the library's default"),
            "Jabri et al. 2022, arXiv 2212.11972",
            "core.diffusion.schedules:sigmoid",
            (
                Option(
                    "start",
                    QT_TRANSLATE_NOOP("Catalogue", "Where the curve begins on the sigmoid: nearer 0 adds noise sooner"),
                    -3.0,
                    -10.0,
                    0.0,
                    0.1,
                ),
                Option(
                    "end",
                    QT_TRANSLATE_NOOP(
                        "Catalogue", "Where the curve ends on the sigmoid: nearer 0 keeps more till late"
                    ),
                    3.0,
                    0.5,
                    10.0,
                    0.1,
                ),
                Option(
                    "tau",
                    QT_TRANSLATE_NOOP("Catalogue", "How gently the curve bends: smaller is steeper in the middle"),
                    1.0,
                    0.3,
                    3.0,
                    0.05,
                    (0.7, 1.4),
                ),
            ),
            taken=("clamp_min",),
        ),
        ScheduleRow(
            "rectified_flow",
            QT_TRANSLATE_NOOP("Catalogue", "Rectified flow"),
            QT_TRANSLATE_NOOP("Catalogue", "A straight path from picture to noise; belongs to Predicts: Flow"),
            "Liu et al. 2022, arXiv 2209.03003",
            "core.diffusion.schedules:rectified_flow",
            (
                Option(
                    "shift",
                    QT_TRANSLATE_NOOP("Catalogue", "Above 1 spends more steps on much noise, as larger pictures need"),
                    1.0,
                    0.1,
                    10.0,
                    0.1,
                    (0.5, 3.0),
                ),
            ),
        ),
        ScheduleRow(
            "drawn",
            QT_TRANSLATE_NOOP("Catalogue", "Drawn"),
            QT_TRANSLATE_NOOP(
                "Catalogue", "A curve of your own: ᾱ falls smoothly through the points that you draw, else evenly"
            ),
            "Fritsch & Butland 1984, doi 10.1137/0905021, for the curve; Chen 2023, arXiv 2301.10972, for 1 − u",
            "core.diffusion.schedules:drawn",
            # Fixed places, because an option is one number: a point that moved sideways too would take two that only
            # mean something together. Nine of them reach what a hand draws, read as a word (a3 is ᾱ at three tenths),
            # stay within what a setting of numbers by name may say, and any one of them alone is legal at either end.
            tuple(
                Option(
                    f"a{tenth}",
                    QT_TRANSLATE_NOOP(
                        "Catalogue", "ᾱ at this many tenths of the way to noise; 0 lets the curve find its own way"
                    ),
                    0.0,
                    0.0,
                    0.999,
                    0.001,
                    at=tenth / 10,
                )
                for tenth in range(1, 10)
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ObjectiveRow(Row):
    """What the network is asked to predict. An implementation is a `core.diffusion.process.Objective`.

    letter           as it stands in a run's summary
    x_start_factors  (√ᾱ_t, √(1−ᾱ_t)) → (a, b): x̂_0 = a·x_t + b·output, for whoever shows it; None: it is not shown
    """

    letter: str = ""
    x_start_factors: Callable[[float, float], tuple[float, float]] | None = None


#: What the network's output is compared with in training.
OBJECTIVES = Table(
    ObjectiveRow,
    (
        ObjectiveRow(
            "pred_noise",
            QT_TRANSLATE_NOOP("Catalogue", "Noise ε"),
            QT_TRANSLATE_NOOP("Catalogue", "The noise that was mixed in"),
            "Ho et al. 2020, arXiv 2006.11239, eq. 14",
            "core.diffusion.process:pred_noise",
            letter="ε",
            x_start_factors=lambda signal, spread: (1 / max(signal, 1e-12), -spread / max(signal, 1e-12)),
        ),
        ObjectiveRow(
            "pred_x0",
            QT_TRANSLATE_NOOP("Catalogue", "Picture x₀"),
            QT_TRANSLATE_NOOP("Catalogue", "The clean picture"),
            "Ho et al. 2020, arXiv 2006.11239, section 3.2",
            "core.diffusion.process:pred_x0",
            letter="x₀",
            x_start_factors=lambda _signal, _spread: (0.0, 1.0),
        ),
        ObjectiveRow(
            "pred_v",
            QT_TRANSLATE_NOOP("Catalogue", "Velocity v"),
            QT_TRANSLATE_NOOP("Catalogue", "The velocity between picture and noise"),
            "Salimans & Ho 2022, arXiv 2202.00512, appendix D",
            "core.diffusion.process:pred_v",
            letter="v",
            x_start_factors=lambda signal, spread: (signal, -spread),
        ),
        ObjectiveRow(
            "pred_flow",
            QT_TRANSLATE_NOOP("Catalogue", "Flow ε − x₀"),
            QT_TRANSLATE_NOOP("Catalogue", "The straight way from picture to noise; goes best with Rectified flow"),
            "Liu et al. 2022, arXiv 2209.03003, eq. 1; Esser et al. 2024, arXiv 2403.03206, section 3",
            "core.diffusion.process:pred_flow",
            letter="ε − x₀",
            x_start_factors=lambda signal, spread: (1 / (signal + spread), -spread / (signal + spread)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class WeightingRow(Row):
    """How much each timestep counts in the loss. An implementation is a `core.diffusion.weightings.Weighting`."""


#: The weight of the loss at each timestep.
WEIGHTINGS = Table(
    WeightingRow,
    (
        WeightingRow(
            "none",
            QT_TRANSLATE_NOOP("Catalogue", "None"),
            QT_TRANSLATE_NOOP("Catalogue", "What is predicted comes with its own weight, as in the library"),
            "Ho et al. 2020, arXiv 2006.11239, eq. 14; Salimans & Ho 2022, arXiv 2202.00512, section 4",
            "core.diffusion.weightings:none",
        ),
        WeightingRow(
            "min_snr",
            QT_TRANSLATE_NOOP("Catalogue", "min-SNR"),
            QT_TRANSLATE_NOOP("Catalogue", "The steps of little noise count for less: learns in fewer steps"),
            "Hang et al. 2023, arXiv 2303.09556, section 3.4",
            "core.diffusion.weightings:min_snr",
            (
                Option(
                    "gamma",
                    QT_TRANSLATE_NOOP("Catalogue", "The highest weight of an error of the clean picture"),
                    5,
                    0.1,
                    50,
                    0.5,
                    setting="min_snr_gamma",
                ),
            ),
        ),
        WeightingRow(
            "p2",
            "P2",
            QT_TRANSLATE_NOOP(
                "Catalogue", "The steps of little noise count for less, down to where the content is decided"
            ),
            "Choi et al. 2022, arXiv 2204.00227",
            "core.diffusion.weightings:p2",
            (
                Option(
                    "gamma",
                    QT_TRANSLATE_NOOP("Catalogue", "How strongly the steps of little noise are played down"),
                    1,
                    0,
                    2,
                    0.1,
                    (0.5,),
                ),
                Option(
                    "k",
                    QT_TRANSLATE_NOOP("Catalogue", "Keeps the weight from growing without end at much noise"),
                    1,
                    0.01,
                    10,
                    0.1,
                ),
            ),
        ),
        WeightingRow(
            "constant",
            QT_TRANSLATE_NOOP("Catalogue", "Constant"),
            QT_TRANSLATE_NOOP("Catalogue", "Every step counts the same, whatever is predicted"),
            "Ho et al. 2020, arXiv 2006.11239, eq. 14",
            "core.diffusion.weightings:constant",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class SpacingRow(Row):
    """Which timesteps are kept."""


#: Which timesteps a sampler of fewer than T steps keeps. An implementation is called with the process, the first
#: timestep, the number of steps and the number of a picture's values, and gives the timesteps wished for.
SPACINGS = Table(
    SpacingRow,
    (
        SpacingRow(
            "uniform",
            QT_TRANSLATE_NOOP("Catalogue", "Uniform"),
            QT_TRANSLATE_NOOP("Catalogue", "Evenly in t"),
            "Song et al. 2020, arXiv 2010.02502, appendix D.2, linear",
            "core.samplers.spacing:uniform",
        ),
        SpacingRow(
            "quadratic",
            QT_TRANSLATE_NOOP("Catalogue", "Quadratic"),
            QT_TRANSLATE_NOOP("Catalogue", "More steps where little noise is left"),
            "Song et al. 2020, arXiv 2010.02502, appendix D.2",
            "core.samplers.spacing:quadratic",
        ),
        SpacingRow(
            "log_snr",
            QT_TRANSLATE_NOOP("Catalogue", "Log-SNR"),
            QT_TRANSLATE_NOOP("Catalogue", "Evenly in the logarithm of the signal-to-noise ratio"),
            "Lu et al. 2022, arXiv 2206.00927, section 3.3",
            "core.samplers.spacing:log_snr",
        ),
        SpacingRow(
            "flow",
            QT_TRANSLATE_NOOP("Catalogue", "Flow"),
            QT_TRANSLATE_NOOP("Catalogue", "Evenly in the share of noise, as rectified flow has it"),
            "Liu et al. 2022, arXiv 2209.03003, section 2",
            "core.samplers.spacing:flow",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Factor:
    """What a sampler multiplies one of its terms by, as it is written: t is where a step begins, s where it leads.

    symbol      of the term, and how many steps before it was predicted, as `core.samplers.Term` has them
    written     short, as it stands beside the number
    equals      what that is, where it is not said by `written`
    """

    symbol: str
    written: str
    equals: str = ""
    steps_back: int = 0


@dataclass(frozen=True, slots=True)
class SamplerRow(Row):
    """A loop from noise to pictures. An implementation makes the Steps of a `core.samplers.Task`.

    takes_eta        whether η says how much noise is added
    adds_noise       whether fresh noise comes in at each step, whatever η; no timesteps can be fitted to such paths
    usual_steps      how many steps give good pictures; None: T
    calls_per_step   of the network; the first step may need only one, the last one does
    default_spacing  a row of SPACINGS
    formula          what it makes of x_t, as it is written
    factors          of its terms, in the formula's order; none: whoever shows a step has only their numbers
    remembers        whether a step also uses predictions of the steps before it
    """

    takes_eta: bool = False
    adds_noise: bool = False
    usual_steps: int | None = None
    calls_per_step: int = 1
    default_spacing: str = "uniform"
    remembers: bool = False
    formula: str = ""
    factors: tuple[Factor, ...] = ()


#: The posterior's: it is also what fills a mask.
_POSTERIOR = (
    Factor("x_0", "c_1", "√ᾱ_s·(1−ᾱ_t/ᾱ_s)/(1−ᾱ_t)"),
    Factor("x_t", "c_2", "√(ᾱ_t/ᾱ_s)·(1−ᾱ_s)/(1−ᾱ_t)"),
    Factor("noise", "σ", "√((1−ᾱ_t/ᾱ_s)·(1−ᾱ_s)/(1−ᾱ_t))"),
)
#: λ = log(√ᾱ/√(1−ᾱ)); of the step before this one, h' = λ_t − λ_before.
_OF_MIDDLE = "h = λ_s − λ_t, r = h/(2·h'), λ = log(√ᾱ/√(1−ᾱ))"
_MULTISTEP = (
    Factor("x_t", "√(1−ᾱ_s)/√(1−ᾱ_t)"),
    Factor("x_0", "√ᾱ_s·(1−e⁻ʰ)·(1+r)", _OF_MIDDLE),
    Factor("x_0", "−√ᾱ_s·(1−e⁻ʰ)·r", _OF_MIDDLE, 1),
)
_PNDM = "h = √ᾱ_s·(σ_s − σ_t), σ = √(1−ᾱ)/√ᾱ, w: Adams–Bashforth"


SAMPLERS = Table(
    SamplerRow,
    (
        SamplerRow(
            "ddpm",
            "DDPM",
            QT_TRANSLATE_NOOP("Catalogue", "Every step of the reverse process, with fresh noise"),
            "Ho et al. 2020, arXiv 2006.11239; Nichol & Dhariwal 2021, arXiv 2102.09672",
            "core.samplers.first_order:ancestral",
            adds_noise=True,
            formula="x_s = c_1·x̂_0 + c_2·x_t + σ·z",
            factors=_POSTERIOR,
        ),
        SamplerRow(
            "ddim",
            "DDIM",
            QT_TRANSLATE_NOOP("Catalogue", "Fewer steps, without noise unless η says so"),
            "Song et al. 2020, arXiv 2010.02502, eq. 12",
            "core.samplers.first_order:ddim",
            takes_eta=True,
            usual_steps=25,
            formula="x_s = √ᾱ_s·x̂_0 + √(1−ᾱ_s−σ²)·ε̂ + σ·z",
            factors=(
                Factor("x_0", "√ᾱ_s"),
                Factor("pred_noise", "√(1−ᾱ_s−σ²)"),
                Factor("noise", "σ", "η·√((1−ᾱ_t/ᾱ_s)·(1−ᾱ_s)/(1−ᾱ_t))"),
            ),
        ),
        SamplerRow(
            "dpm++2m",
            "DPM-Solver++(2M)",
            QT_TRANSLATE_NOOP("Catalogue", "Remembers the prediction before, and so needs fewer steps"),
            "Lu et al. 2022, arXiv 2211.01095, algorithm 2",
            "core.samplers.multistep:dpm_solver_pp_2m",
            usual_steps=20,
            default_spacing="log_snr",
            formula="x_s = √(1−ᾱ_s)/√(1−ᾱ_t)·x_t + √ᾱ_s·(1−e⁻ʰ)·((1+r)·x̂_0 − r·x̂_0 before)",
            factors=_MULTISTEP,
            remembers=True,
        ),
        SamplerRow(
            "dpm++2m_sde",
            "SDE-DPM-Solver++(2M)",
            QT_TRANSLATE_NOOP("Catalogue", "The same with fresh noise at each step"),
            "Lu et al. 2022, arXiv 2211.01095, SDE-DPM-Solver++(2M)",
            "core.samplers.multistep:dpm_solver_pp_2m_sde",
            adds_noise=True,
            usual_steps=25,
            default_spacing="log_snr",
            formula="x_s = √(1−ᾱ_s)/√(1−ᾱ_t)·e⁻ʰ·x_t + √ᾱ_s·(1−e⁻²ʰ)·((1+r)·x̂_0 − r·x̂_0 before) + σ·z",
            factors=(
                Factor("x_t", "√(1−ᾱ_s)/√(1−ᾱ_t)·e⁻ʰ"),
                Factor("x_0", "√ᾱ_s·(1−e⁻²ʰ)·(1+r)", _OF_MIDDLE),
                Factor("x_0", "−√ᾱ_s·(1−e⁻²ʰ)·r", _OF_MIDDLE, 1),
                Factor("noise", "σ", "√(1−ᾱ_s)·√(1−e⁻²ʰ)"),
            ),
            remembers=True,
        ),
        SamplerRow(
            "unipc",
            "UniPC-2",
            QT_TRANSLATE_NOOP("Catalogue", "Corrects each step by the next prediction: good from few steps"),
            "Zhao et al. 2023, arXiv 2302.04867, algorithms 1 and 2",
            "core.samplers.multistep:unipc",
            usual_steps=20,
            default_spacing="log_snr",
            formula="x_s = √(1−ᾱ_s)/√(1−ᾱ_t)·x_t corrected + √ᾱ_s·(1−e⁻ʰ)·((1+r)·x̂_0 − r·x̂_0 before)",
            factors=_MULTISTEP,
            remembers=True,
        ),
        SamplerRow(
            "ipndm",
            "iPNDM",
            QT_TRANSLATE_NOOP("Catalogue", "Follows the curve of the last four predictions: good from very few steps"),
            "Zhang & Chen 2022, arXiv 2204.13902; Liu et al. 2022, arXiv 2202.09778",
            "core.samplers.multistep:ipndm",
            usual_steps=15,
            default_spacing="flow",
            formula="x_s = √ᾱ_s·x̂_0 + √(1−ᾱ_s)·ε̂ + h·Σ w_k·(ε̂_k before − ε̂)",
            factors=(
                Factor("x_0", "√ᾱ_s"),
                Factor("pred_noise", "√(1−ᾱ_s)−h·Σw", _PNDM),
                *(Factor("pred_noise", f"h·w_{back}", _PNDM, back) for back in (1, 2, 3)),
            ),
            remembers=True,
        ),
        SamplerRow(
            "heun",
            "Heun",
            QT_TRANSLATE_NOOP("Catalogue", "Looks twice at each step and takes the mean of both directions"),
            "Karras et al. 2022, arXiv 2206.00364, algorithm 1",
            "core.samplers.first_order:heun",
            usual_steps=15,
            calls_per_step=2,
            default_spacing="log_snr",
            formula="x_s = √(1−ᾱ_s)/√(1−ᾱ_t)·x_t + (√ᾱ_s·(1−σ_s/σ_t)−b)·x̂_0 + b·x̂'_0",
            factors=(
                Factor("x_t", "√(1−ᾱ_s)/√(1−ᾱ_t)"),
                Factor("x_0", "√ᾱ_s·(1−σ_s/σ_t)−b", "b = ½·√ᾱ_s·(σ_t/σ_s − 1), σ = √(1−ᾱ)/√ᾱ"),
                Factor("x_0_ahead", "b", "½·√ᾱ_s·(σ_t/σ_s − 1), σ = √(1−ᾱ)/√ᾱ"),
            ),
        ),
        SamplerRow(
            "euler",
            QT_TRANSLATE_NOOP("Catalogue", "Rectified flow, Euler"),
            QT_TRANSLATE_NOOP("Catalogue", "Straight steps along the flow from noise to picture"),
            "Liu et al. 2022, arXiv 2209.03003, section 2",
            "core.samplers.first_order:euler",
            usual_steps=25,
            default_spacing="flow",
            formula="x_s = k_s/k_t·x_t + k_s·(τ_s−τ_t)·(ε̂ − x̂_0)",
            factors=(
                Factor("x_t", "k_s/k_t", "k = √ᾱ + √(1−ᾱ)"),
                Factor("pred_noise", "k_s·(τ_s−τ_t)", "k = √ᾱ + √(1−ᾱ), τ = √(1−ᾱ)/k"),
                Factor("x_0", "−k_s·(τ_s−τ_t)", "k = √ᾱ + √(1−ᾱ), τ = √(1−ᾱ)/k"),
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class NetworkRow(Row):
    """A network. An implementation makes one from a RunConfig with nothing on auto: a `core.diffusion` Denoiser."""


NETWORKS = Table(
    NetworkRow,
    (
        NetworkRow(
            "unet",
            "U-Net",
            QT_TRANSLATE_NOOP("Catalogue", "Halves the picture stage by stage and builds it up again, with attention"),
            "Ronneberger et al. 2015, arXiv 1505.04597; Ho et al. 2020, arXiv 2006.11239, appendix B",
            "core.networks.build:build_unet",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class PrecisionRow(Row):
    """What the network computes in. An implementation gives the dtype for a device, None for float32 throughout."""


PRECISIONS = Table(
    PrecisionRow,
    (
        PrecisionRow(
            "auto",
            QT_TRANSLATE_NOOP("Catalogue", "Auto"),
            QT_TRANSLATE_NOOP("Catalogue", "What the device has; on a CPU what is faster in a few steps"),
            "Micikevicius et al. 2017, arXiv 1710.03740",
            "core.device:usual_precision",
        ),
        PrecisionRow(
            "off",
            QT_TRANSLATE_NOOP("Catalogue", "Full"),
            QT_TRANSLATE_NOOP("Catalogue", "float32 throughout"),
            "IEEE 754, binary32",
            "core.device:full_precision",
        ),
        PrecisionRow(
            "bf16",
            "bf16",
            QT_TRANSLATE_NOOP("Catalogue", "Half the memory, and the range of float32"),
            "Kalamkar et al. 2019, arXiv 1905.12322",
            "core.device:bf16_precision",
        ),
        PrecisionRow(
            "fp16",
            "fp16",
            QT_TRANSLATE_NOOP("Catalogue", "Half the memory, on older cards too; the loss is scaled for it"),
            "Micikevicius et al. 2017, arXiv 1710.03740",
            "core.device:fp16_precision",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class OptimizerRow(Row):
    """What turns gradients into steps. An implementation is called as `core.training.optimizers.adamw` is.

    moments  what it keeps of each parameter, in the parameter's shape, for those that it keeps it of
    """

    moments: tuple[str, ...] = ()


OPTIMIZERS = Table(
    OptimizerRow,
    (
        OptimizerRow(
            "adamw",
            "AdamW",
            QT_TRANSLATE_NOOP("Catalogue", "Each weight at a pace of its own; the library's Adam where nothing decays"),
            "Loshchilov & Hutter 2017, arXiv 1711.05101",
            "core.training.optimizers:adamw",
            moments=("exp_avg", "exp_avg_sq"),
        ),
        OptimizerRow(
            "muon",
            "Muon",
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "Kernels learn rare directions as fast as common ones: a step teaches more, and takes longer. AdamW "
                "for all that is no kernel",
            ),
            "Jordan 2024, kellerjordan.github.io/posts/muon; Liu et al. 2025, arXiv 2502.16982",
            "core.training.optimizers:muon",
            moments=("exp_avg", "exp_avg_sq", "momentum_buffer"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class DecayRow(Row):
    """How the learning rate falls after the warm-up. An implementation is a `core.training.plan.Decay`.

    begins_anew  whether a longer plan lets it rise to the peak again
    """

    begins_anew: bool = True


DECAYS = Table(
    DecayRow,
    (
        DecayRow(
            "cosine",
            QT_TRANSLATE_NOOP("Catalogue", "Cosine"),
            QT_TRANSLATE_NOOP("Catalogue", "Falls as half a cosine, to a hundredth at the last step"),
            "Loshchilov & Hutter 2016, arXiv 1608.03983",
            "core.training.plan:cosine",
        ),
        DecayRow(
            "constant",
            QT_TRANSLATE_NOOP("Catalogue", "Constant"),
            QT_TRANSLATE_NOOP("Catalogue", "Stays"),
            "Ho et al. 2020, arXiv 2006.11239, appendix B",
            "core.training.plan:constant",
            begins_anew=False,
        ),
        DecayRow(
            "linear",
            QT_TRANSLATE_NOOP("Catalogue", "Linear"),
            QT_TRANSLATE_NOOP("Catalogue", "Falls by the same at every step, to a hundredth at the last"),
            "Defazio et al. 2023, arXiv 2310.07831",
            "core.training.plan:linear",
        ),
        DecayRow(
            "wsd",
            QT_TRANSLATE_NOOP("Catalogue", "Late fall"),
            QT_TRANSLATE_NOOP("Catalogue", "Stays, and falls in the last part of the plan alone"),
            "Hu et al. 2024, arXiv 2404.06395, section 4; its fall, 1 − √: Hägele et al. 2024, arXiv 2405.18392",
            "core.training.plan:warmup_stable_decay",
            (
                Option(
                    "fall",
                    QT_TRANSLATE_NOOP("Catalogue", "The part of the plan in which it falls"),
                    0.2,
                    0.01,
                    1,
                    0.05,
                    (0.1, 0.2, 0.4),
                ),
            ),
        ),
        DecayRow(
            "inverse_sqrt",
            QT_TRANSLATE_NOOP("Catalogue", "1/√step"),
            QT_TRANSLATE_NOOP("Catalogue", "Stays for a while, then falls as 1/√step: needs no plan, and never ends"),
            "Karras et al. 2024, arXiv 2312.02696",
            "core.training.plan:inverse_sqrt",
            (
                Option(
                    "stays",
                    QT_TRANSLATE_NOOP("Catalogue", "Steps for which it stays"),
                    5000,
                    1,
                    1e9,
                    1000,
                    (2000, 5000, 70_000),
                ),
            ),
            begins_anew=False,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class TimestepsRow(Row):
    """How the timesteps of a batch are drawn. An implementation takes count, T and a generator: (count,) long."""


TIMESTEP_DRAWS = Table(
    TimestepsRow,
    (
        TimestepsRow(
            "uniform",
            QT_TRANSLATE_NOOP("Catalogue", "Each alone"),
            QT_TRANSLATE_NOOP("Catalogue", "Every picture's t is drawn evenly, whatever the others' are"),
            "Ho et al. 2020, arXiv 2006.11239, algorithm 1",
            "core.training.step:uniform",
        ),
        TimestepsRow(
            "stratified",
            QT_TRANSLATE_NOOP("Catalogue", "Spread"),
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "One t in each of as many equal parts of 0 … T−1 as the batch has pictures: the same mean, and a loss "
                "and a gradient that scatter less",
            ),
            "Kingma et al. 2021, arXiv 2107.00630, appendix I.1",
            "core.training.step:stratified",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class AugmentationRow(Row):
    """A change of the pictures of a batch at random. An implementation is a `core.pictures.feed.augment.Change`.

    purpose  under which its random numbers are drawn; "": its name
    """

    purpose: str = ""


#: In the order in which they are done. Those of the program have a setting of their own, of the row's name.
AUGMENTATIONS = Table(
    AugmentationRow,
    (
        AugmentationRow(
            "horizontal_flip",
            QT_TRANSLATE_NOOP("Catalogue", "Mirror"),
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "Shows every second picture mirrored, which doubles a small folder. Wrong for letters and digits.",
            ),
            "Krizhevsky et al. 2012, ImageNet classification, section 4.1",
            "core.pictures.feed.augment:mirrored",
            purpose="flip",
        ),
        AugmentationRow(
            "vertical_flip",
            QT_TRANSLATE_NOOP("Catalogue", "Upside down"),
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "Shows every second picture upside down. For textures, cells and views from above, where there is no "
                "up.",
            ),
            "Krizhevsky et al. 2012, ImageNet classification, section 4.1",
            "core.pictures.feed.augment:upside_down",
            purpose="vertical-flip",
        ),
        AugmentationRow(
            "colour_jitter",
            QT_TRANSLATE_NOOP("Catalogue", "Colour jitter"),
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "How far brightness, contrast and saturation are changed at random, each by up to this fraction. The "
                "network then makes pictures with such colours too.",
            ),
            "Howard 2013, arXiv 1312.5402",
            "core.pictures.feed.augment:jittered",
            purpose="colour",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class TransformRow(Row):
    """An augmentation that is told to the network. An implementation is a `core.pictures.feed.told.Transform`.

    told  how many numbers tell what was done to a picture
    """

    told: int = 1


_TOLD = "Karras et al. 2022, arXiv 2206.00364, table 6"

#: In the order in which they are done. Their numbers are an input of the network, so that no package adds rows here.
TRANSFORMS = Table(
    TransformRow,
    (
        TransformRow(
            "x_flip",
            QT_TRANSLATE_NOOP("Catalogue", "Mirror"),
            QT_TRANSLATE_NOOP("Catalogue", "Left and right exchanged, of half the pictures that it is on for"),
            _TOLD,
            "core.pictures.feed.told:x_flip",
        ),
        TransformRow(
            "y_flip",
            QT_TRANSLATE_NOOP("Catalogue", "Upside down"),
            QT_TRANSLATE_NOOP("Catalogue", "Top and bottom exchanged, of half the pictures that it is on for"),
            _TOLD,
            "core.pictures.feed.told:y_flip",
        ),
        TransformRow(
            "scale",
            QT_TRANSLATE_NOOP("Catalogue", "Scale"),
            QT_TRANSLATE_NOOP("Catalogue", "Larger or smaller, mostly by less than a seventh"),
            _TOLD,
            "core.pictures.feed.told:scale",
        ),
        TransformRow(
            "rotate",
            QT_TRANSLATE_NOOP("Catalogue", "Turn"),
            QT_TRANSLATE_NOOP("Catalogue", "Turned by any angle"),
            _TOLD,
            "core.pictures.feed.told:rotate",
            told=2,
        ),
        TransformRow(
            "stretch",
            QT_TRANSLATE_NOOP("Catalogue", "Stretch"),
            QT_TRANSLATE_NOOP(
                "Catalogue", "Longer along one direction and shorter across it, mostly by under a seventh"
            ),
            _TOLD,
            "core.pictures.feed.told:stretch",
            told=2,
        ),
        TransformRow(
            "shift",
            QT_TRANSLATE_NOOP("Catalogue", "Shift"),
            QT_TRANSLATE_NOOP("Catalogue", "Moved, mostly by less than an eighth of the side"),
            _TOLD,
            "core.pictures.feed.told:shift",
            told=2,
        ),
    ),
)
#: How many numbers tell what was done to a picture: those of all rows, in their order.
TOLD_NUMBERS = sum(row.told for row in TRANSFORMS.values())


@dataclass(frozen=True, slots=True)
class ConditionRow(Row):
    """What the network is shown beside x_t. An implementation is a `core.pictures.feed.conditions.Make`.

    channels   that it adds to the network's input; None: as many as a picture has
    of_folder  it is made of a second folder's picture of the same name, else of the picture itself
    """

    channels: int | None = None
    of_folder: bool = False


CONDITIONS = Table(
    ConditionRow,
    (
        ConditionRow(
            "none",
            QT_TRANSLATE_NOOP("Catalogue", "Nothing"),
            QT_TRANSLATE_NOOP("Catalogue", "The network makes pictures out of noise alone"),
            "Ho et al. 2020, arXiv 2006.11239",
            "core.pictures.feed.conditions:as_it_is",
            channels=0,
        ),
        ConditionRow(
            "low-resolution",
            QT_TRANSLATE_NOOP("Catalogue", "Low resolution"),
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "The picture made small and scaled up again by bicubic interpolation: the network learns to put the "
                "detail back",
            ),
            "Saharia et al. 2021, arXiv 2104.07636, section 2",
            "core.pictures.feed.conditions:low_resolution",
        ),
        ConditionRow(
            "grey",
            QT_TRANSLATE_NOOP("Catalogue", "Grey"),
            QT_TRANSLATE_NOOP("Catalogue", "The picture without its colours: the network learns to colour it"),
            "Saharia et al. 2022, arXiv 2111.05826, section 4",
            "core.pictures.feed.conditions:grey",
            channels=1,
        ),
        ConditionRow(
            "folder",
            QT_TRANSLATE_NOOP("Catalogue", "Second folder"),
            QT_TRANSLATE_NOOP(
                "Catalogue",
                "The picture of the same name in a second folder: a sketch, a mask, a depth map, whatever you have",
            ),
            "Saharia et al. 2022, arXiv 2111.05826, section 3",
            "core.pictures.feed.conditions:as_it_is",
            of_folder=True,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ExportRow(Row):
    """A kind of file that a recorded generation is kept as. An implementation is a `core.export.Writer`.

    suffix         of the file's name
    shows          "step": the pictures of one step; "picture": one picture through all steps; "all": everything
    package        that must be installed, as it is imported, and `extra`, with which pip brings it; "": none
    needs_request  whether the model and the request must be known, not only the recording
    """

    suffix: str = ""
    shows: str = "all"
    package: str = ""
    extra: str = ""
    needs_request: bool = False


_PNG = "W3C 2025, Portable Network Graphics, third edition"

#: In the order of the menus. Of several with one suffix, the first is the one that the suffix means.
EXPORTS = Table(
    ExportRow,
    (
        ExportRow(
            "x_0",
            QT_TRANSLATE_NOOP("Catalogue", "Predicted pictures of this step"),
            QT_TRANSLATE_NOOP("Catalogue", "A grid, with the settings inside"),
            _PNG,
            "core.export.pictures:write_x_0",
            suffix=".png",
            shows="step",
        ),
        ExportRow(
            "x_t",
            QT_TRANSLATE_NOOP("Catalogue", "Noisy pictures of this step"),
            QT_TRANSLATE_NOOP("Catalogue", "A grid, with the settings inside"),
            _PNG,
            "core.export.pictures:write_x_t",
            suffix=".png",
            shows="step",
        ),
        ExportRow(
            "both",
            QT_TRANSLATE_NOOP("Catalogue", "Both, side by side"),
            QT_TRANSLATE_NOOP("Catalogue", "Two grids, with the settings inside"),
            _PNG,
            "core.export.pictures:write_both",
            suffix=".png",
            shows="step",
        ),
        ExportRow(
            "strip",
            QT_TRANSLATE_NOOP("Catalogue", "All steps of the selected picture"),
            QT_TRANSLATE_NOOP("Catalogue", "Noisy above, predicted below, with the settings inside"),
            _PNG,
            "core.export.pictures:write_strip",
            suffix=".png",
            shows="picture",
        ),
        ExportRow(
            "html",
            QT_TRANSLATE_NOOP("Catalogue", "Page with a scrubber (HTML)"),
            QT_TRANSLATE_NOOP(
                "Catalogue", "One file to hand out: every browser scrubs through the steps and their terms, offline"
            ),
            "WHATWG, HTML Living Standard",
            "core.export.page:write_page",
            suffix=".html",
        ),
        ExportRow(
            "gif",
            QT_TRANSLATE_NOOP("Catalogue", "Film (GIF)"),
            QT_TRANSLATE_NOOP("Catalogue", "Plays everywhere, in 256 colours a frame"),
            "CompuServe 1990, GIF89a",
            "core.export.pictures:write_gif",
            suffix=".gif",
        ),
        ExportRow(
            "apng",
            QT_TRANSLATE_NOOP("Catalogue", "Film (APNG)"),
            QT_TRANSLATE_NOOP("Catalogue", "Every pixel as it is; for browsers"),
            _PNG,
            "core.export.pictures:write_apng",
            suffix=".apng",
        ),
        ExportRow(
            "webp",
            QT_TRANSLATE_NOOP("Catalogue", "Film (WebP)"),
            QT_TRANSLATE_NOOP("Catalogue", "Every pixel as it is; for browsers and messengers"),
            "RFC 9649",
            "core.export.pictures:write_webp",
            suffix=".webp",
        ),
        ExportRow(
            "mp4",
            QT_TRANSLATE_NOOP("Catalogue", "Film (MP4)"),
            QT_TRANSLATE_NOOP("Catalogue", "For slides and telephones; the noise loses a little"),
            "ISO/IEC 14496-10 and 14496-14",
            "core.export.pictures:write_mp4",
            suffix=".mp4",
            package="av",
            extra="video",
        ),
        ExportRow(
            "npz",
            QT_TRANSLATE_NOOP("Catalogue", "Numbers (NPZ)"),
            QT_TRANSLATE_NOOP("Catalogue", "Every step with all its terms, for NumPy"),
            "NumPy, numpy.lib.format",
            "core.export.arrays:write_npz",
            suffix=".npz",
        ),
        ExportRow(
            "safetensors",
            QT_TRANSLATE_NOOP("Catalogue", "Numbers (safetensors)"),
            QT_TRANSLATE_NOOP("Catalogue", "Every step with all its terms, for torch and others"),
            "github.com/huggingface/safetensors",
            "core.export.arrays:write_safetensors",
            suffix=".safetensors",
        ),
        ExportRow(
            "script",
            QT_TRANSLATE_NOOP("Catalogue", "Python script"),
            QT_TRANSLATE_NOOP("Catalogue", "Run, it makes the same pictures again"),
            "this program",
            "core.export.script:write_script",
            suffix=".py",
            needs_request=True,
        ),
    ),
)


# --- rows of other packages ------------------------------------------------------------------------------------------

#: Installed packages name their rows under this group: an entry point that gives rows, or a function that returns them.
GROUP = "ddpm_studio.rows"
#: Kind of a row → the table that it belongs to.
TABLES: dict[type[Row], Table[Any]] = {
    ScheduleRow: SCHEDULES,
    ObjectiveRow: OBJECTIVES,
    WeightingRow: WEIGHTINGS,
    SpacingRow: SPACINGS,
    SamplerRow: SAMPLERS,
    NetworkRow: NETWORKS,
    PrecisionRow: PRECISIONS,
    OptimizerRow: OPTIMIZERS,
    DecayRow: DECAYS,
    TimestepsRow: TIMESTEP_DRAWS,
    AugmentationRow: AUGMENTATIONS,
    ConditionRow: CONDITIONS,
    ExportRow: EXPORTS,
}
#: Why a package's rows are not here, a sentence each. The command line and the window say them.
BROKEN: list[Phrase] = []


def add_row(row: object) -> None:
    """Put a row into its table. ConfigError for what is no row, has no usual name, or has one that is taken."""
    table = TABLES.get(type(row))  # type: ignore[arg-type]
    if table is None or not isinstance(row, Row):
        kinds = ", ".join(kind.__name__ for kind in TABLES)
        raise ConfigError("catalogue.no-row", value=type(row).__name__, kinds=kinds)
    texts = (row.name, row.title, row.help, row.source, row.implementation)
    if not all(isinstance(text, str) and text for text in texts) or ":" not in row.implementation:
        raise ConfigError("catalogue.says-too-little", name=row.name)
    if not is_row_name(row.name):
        raise ConfigError("catalogue.name", name=row.name)
    if row.name in table:
        raise ConfigError("catalogue.taken", name=row.name, title=table[row.name].title)
    table[row.name] = row


def not_installed(row: Row) -> ConfigError:
    """What to say of a row that a run needs and nobody has."""
    return ConfigError("catalogue.not-installed", name=row.name, group=GROUP)


def add_rows_of_packages() -> None:
    """Add the rows of every installed package; what is broken is told in BROKEN, and stops nothing."""
    for entry in entry_points(group=GROUP):
        try:
            found = entry.load()
            for row in found() if callable(found) else found:
                add_row(row)
        except Exception as error:  # whatever somebody else's package does, the program starts
            reason = phrase_of(error, entry.name)
            BROKEN.append(Phrase("catalogue.broken", package=entry.name, module=entry.value, reason=reason))


add_rows_of_packages()
