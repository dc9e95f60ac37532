"""What the dataset room shows, as plain values: the controller makes them, the panel draws them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """The head of the room: which folder, and what is in it."""

    folder: str  #: as a path; empty before the first
    title: str  #: what to call it: the folder itself, or a sample set
    pictures: int
    smallest_px: int  #: shortest side of any picture
    largest_px: int  #: longest side of any picture
    skipped: tuple[tuple[str, str], ...]  #: file and code of the reason, as far as they are listed
    skipped_total: int
    any_transparent: bool
    hidden_folders: bool  #: whether those were looked into too
    classes: tuple[tuple[str, int], ...]  #: sub-folders with pictures, in order, and how many each holds


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSettingsShown:
    """The settings that decide what the network sees; None stands for auto, `auto_*` for what it resolves to."""

    image_size: int | None  #: the width, where there is a height
    image_height: int | None  #: None: square
    auto_size: int
    crop: str
    colour_jitter: float  #: 0: off
    hold_out: float  #: a fraction
    channels: int | None
    auto_channels: int
    background: str
    horizontal_flip: bool | None
    auto_flip: bool
    size_factor: int  #: what a size must divide by
    nearest_sizes: tuple[tuple[int, int], tuple[int, int]] | None  #: (height, width) in place of a size that does not
    any_transparent: bool  #: else there is nothing to lay on a ground
    labels: bool  #: whether the network is told the classes
    run: str = ""  #: the name of the run whose settings these are, which keeps them; "": they can be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionShown:
    """What becomes of a folder's pictures under the settings."""

    train: int
    held_out: int
    excluded: int
    problem: str = ""  #: why the settings leave nothing to train on
    notes: tuple[
        tuple[str, str], ...
    ] = ()  #: settings that do nothing here, or more than is wanted, each with a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewShown:
    """One picture as it lies in the folder and as the network sees it."""

    name: str
    file_facts: str  #: "PNG · 2.4 kB"
    class_name: str | None  #: the sub-folder that it lies in; None: in none
    original: QImage
    original_facts: str  #: "32×32 RGBA"
    seen: QImage
    seen_facts: str  #: "24×24×3"
    beside: QImage | None = None  #: what the network sees beside it; None: nothing, or it is not known
    beside_facts: str = ""
    in_no_pair: bool = False  #: the second folder has no partner for it, so that it is not used


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesShown:
    """What is otherwise in a folder than when it was looked through."""

    folder: str  #: as its head names it
    new: int
    gone: int
    changed: int
    away: bool  #: the folder itself is not there
    uncounted: bool  #: files came or went besides, or instead
