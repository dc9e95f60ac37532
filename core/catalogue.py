"""The variants that one chooses among, as rows that load no torch: what each is called, does, comes from and takes.

A row is said once, here. The form, the command line, the checks, the tooltips and the recognition of other programs'
files read it; `Row.load` finds the implementation when it is first computed with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .errors import QT_TRANSLATE_NOOP

#: The translators' context of every title and sentence here.
CONTEXT = "Catalogue"


@dataclass(frozen=True, slots=True)
class Option:
    """A number that a variant takes: its name in settings, a sentence, and what is offered.

    least, most  the ends of what is offered; others hold too where the implementation takes them
    step         the smallest change that one would make by hand
    """

    name: str
    help: str
    default: float
    least: float
    most: float
    step: float


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

    def load(self) -> Any:  # noqa: ANN401 (each table says what its rows' implementations are)
        """The implementation."""
        module, _, name = self.implementation.partition(":")
        return getattr(import_module(module), name)

    def option(self, name: str) -> Option:
        """The option of this name. KeyError where there is none."""
        for option in self.options:
            if option.name == name:
                return option
        raise KeyError(name)


def _table(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.name: row for row in rows}


#: How much noise β_t each step adds. An implementation is called with T and the options, and gives β_0 … β_{T-1}.
SCHEDULES = _table(
    (
        Row(
            "linear",
            QT_TRANSLATE_NOOP("Catalogue", "Linear"),
            QT_TRANSLATE_NOOP("Catalogue", "β rises evenly: small pictures are little but noise long before the end"),
            "Ho et al. 2020, arXiv 2006.11239",
            "core.schedules:linear",
        ),
        Row(
            "cosine",
            QT_TRANSLATE_NOOP("Catalogue", "Cosine"),
            QT_TRANSLATE_NOOP("Catalogue", "Noise comes slowly at both ends, as small pictures need"),
            "Nichol & Dhariwal 2021, arXiv 2102.09672",
            "core.schedules:cosine",
            (
                Option(
                    "s",
                    QT_TRANSLATE_NOOP("Catalogue", "How much noise the first steps add: more takes fine detail sooner"),
                    0.008,
                    0.0001,
                    0.5,
                    0.001,
                ),
            ),
        ),
        Row(
            "sigmoid",
            QT_TRANSLATE_NOOP("Catalogue", "Sigmoid"),
            QT_TRANSLATE_NOOP("Catalogue", "Like cosine, with ends that can be bent; the library's default"),
            "Jabri et al. 2022, arXiv 2212.11972",
            "core.schedules:sigmoid",
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
                ),
            ),
            taken=("clamp_min",),
        ),
        Row(
            "rectified_flow",
            QT_TRANSLATE_NOOP("Catalogue", "Rectified flow"),
            QT_TRANSLATE_NOOP("Catalogue", "A straight path from picture to noise; belongs to Predicts: Flow"),
            "Liu et al. 2022, arXiv 2209.03003",
            "core.schedules:rectified_flow",
            (
                Option(
                    "shift",
                    QT_TRANSLATE_NOOP("Catalogue", "Above 1 spends more steps on much noise, as larger pictures need"),
                    1.0,
                    0.1,
                    10.0,
                    0.1,
                ),
            ),
        ),
    )
)
