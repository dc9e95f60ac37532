"""A recorded generation as files to keep: pictures, films, a page, numbers, a script. Rows of `catalogue.EXPORTS`.

Every writer is a generator that tells how far it is and leaves nothing behind when it is closed before its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..catalogue import EXPORTS, ExportRow
from ..errors import ConfigError, Phrase, SamplingError

if TYPE_CHECKING:
    from ..recording import Recording
    from ..settings import SampleConfig


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`done` of `of` parts of the file are ready."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Exported:
    """The file is on the disk."""

    path: Path


@dataclass(frozen=True, slots=True)
class Generation:
    """What is kept: the recorded steps, what made them, and what of them is looked at.

    settings  of all pictures: `sampling_record.model_record` and `request_record`, as they stand in a PNG
    request   what core was asked for; None: it is not known any more
    model     the file or folder of the model; None: it was in training
    """

    recording: Recording
    settings: Mapping[str, object]
    request: SampleConfig | None = None
    model: Path | None = None
    weights: str = "ema"
    said: Mapping[str, object] = field(default_factory=dict)  #: settings that the model's file does not say
    step: int = 0
    picture: int = 0

    def why_not_again(self) -> str:
        """The code of a phrase: why request and model alone do not make these pictures again; "" where they do."""
        if self.request is None:
            return "export.no-request"
        if self.model is None:
            return "export.no-model"
        if "fork_at" in self.settings:
            return "export.branch"
        return "" if self.request.guide_scale == 1 else "export.guide"

    def words_of(self, picture: int) -> str:
        """What a picture has of its own: its class, its condition, its place in a row; "" for nothing."""
        classes, row = self.settings.get("classes"), self.request.beginning.row_words if self.request else ()
        words = [str(classes[picture % len(classes)])] if isinstance(classes, list) and classes else []
        shown = self.settings.get("condition")
        if isinstance(shown, list):
            words += map(str, shown[picture : picture + 1])
        return ", ".join([*words, *row[picture : picture + 1]])


class Writer(Protocol):
    """The implementation of a row of EXPORTS."""

    def __call__(self, path: Path, generation: Generation, /) -> Iterator[ExportProgress | Exported]:
        """Write the file. Raises StudioError."""


def export_row(path: Path) -> ExportRow:
    """The row that a file's suffix means: of several with one suffix the first. ConfigError where there is none."""
    for row in EXPORTS.values():
        if path.suffix.lower() == row.suffix and row.shows == "all":
            return row
    known = ", ".join(row.suffix for row in EXPORTS.values() if row.shows == "all")
    expected = Phrase("value.name-ending", known=known)
    raise ConfigError("config.bad-value", name="path", value=path, expected=expected)


def is_installed(row: ExportRow) -> bool:
    """Whether the package that the row needs is there, if it needs one."""
    return not row.package or find_spec(row.package) is not None


def require_installed(row: ExportRow) -> None:
    """SamplingError, with the command that installs it, where the row needs a package that is not there."""
    if not is_installed(row):
        raise SamplingError("export.needs-package", kind=row.title, command=f'pip install "ddpm-studio[{row.extra}]"')


def export(row: ExportRow, path: Path, generation: Generation) -> Iterator[ExportProgress | Exported]:
    """Write a file of the row's kind. Raises StudioError."""
    require_installed(row)
    reason = generation.why_not_again() if row.needs_request else ""
    if reason:
        raise SamplingError("export.not-possible", kind=row.title, reason=Phrase(reason))
    yield from row.load()(path, generation)
