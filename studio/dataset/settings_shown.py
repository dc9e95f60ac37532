"""From the project's settings to what the dataset room shows of them."""

from __future__ import annotations

from core.presets import resolve
from core.settings import legal_sizes

from ..project import Project
from .shown import PictureSettingsShown


def settings_shown(project: Project, *, any_transparent: bool) -> PictureSettingsShown:
    """The settings as chosen, and what each would be if it were left on auto. Needs a scan in the project."""
    scan = project.scan
    assert scan is not None
    wished, data = project.shown_wished, project.shown_wished.data

    def auto(name: str) -> int:
        value = resolve(wished.with_settings({name: None}), scan.facts()).setting(name)
        assert isinstance(value, int)
        return value

    halvings = wished.model.halvings
    size = project.shown_config.data.height_and_width
    (lower, higher), (narrower, wider) = (legal_sizes(side, halvings) for side in size)
    fits = (lower, narrower) == size == (higher, wider)
    return PictureSettingsShown(
        image_size=data.image_size,
        image_height=data.image_height,
        auto_size=auto("image_size"),
        crop=data.crop,
        colour_jitter=data.colour_jitter,
        hold_out=data.hold_out,
        channels=data.channels,
        auto_channels=auto("channels"),
        background=data.background,
        horizontal_flip=data.horizontal_flip,
        auto_flip=bool(auto("horizontal_flip")),
        halvings=halvings,
        nearest_sizes=None if fits else ((lower, narrower), (higher, wider)),
        any_transparent=any_transparent,
        labels=data.labels != "off",
        run="" if (run := project.run_of_pictures) is None else run.folder.name,
    )
