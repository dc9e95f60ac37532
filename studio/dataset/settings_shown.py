"""From the project's settings to what the dataset room shows of them."""

from __future__ import annotations

from core.presets import resolve

from ..project import Project
from .shown import PictureSettingsShown


def settings_shown(project: Project, *, any_transparent: bool) -> PictureSettingsShown:
    """The settings as chosen, and what each would be if it were left on auto. Needs a scan in the project."""
    scan = project.scan
    assert scan is not None
    wished, data = project.wished, project.wished.data

    def auto(name: str) -> int:
        value = resolve(wished.with_settings({name: None}), scan.facts()).setting(name)
        assert isinstance(value, int)
        return value

    misfit = next((p for p in project.problems() if p.code == "config.size-not-divisible"), None)
    return PictureSettingsShown(
        image_size=data.image_size,
        auto_size=auto("image_size"),
        crop=data.crop,
        channels=data.channels,
        auto_channels=auto("channels"),
        background=data.background,
        horizontal_flip=data.horizontal_flip,
        auto_flip=bool(auto("horizontal_flip")),
        halvings=wished.model.halvings,
        nearest_sizes=None if misfit is None else _sizes(misfit.fields),
        any_transparent=any_transparent,
    )


def _sizes(fields: dict[str, object]) -> tuple[int, int]:
    smaller, larger = fields["smaller"], fields["larger"]
    assert isinstance(smaller, int)
    assert isinstance(larger, int)
    return smaller, larger
