"""What denoising-diffusion-pytorch's Trainer is given, as settings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, Phrase
from ..inputs import require_one_of
from ..pictures.decode.prepare import MODES
from ..pictures.folder.scan import Scan, scan_all
from ..settings import SETTINGS, RunConfig, read_value

if TYPE_CHECKING:
    import torch

    from ..diffusion.gaussian_diffusion import GaussianDiffusion


def read_arguments(arguments: Mapping[str, object]) -> dict[str, object]:
    """Settings by name from that library's arguments by theirs; an error calls the argument by its own name."""
    read: dict[str, object] = {}
    for argument, value in arguments.items():
        for name in (name for name, facts in SETTINGS.items() if facts.library == argument):
            try:
                read[name] = read_value(name, value)
            except ConfigError as error:
                raise ConfigError(error.code, **{**error.fields, "name": argument}) from None
    return read


def amp_setting(amp: bool, kind: str, device: torch.device) -> str:
    """The setting `amp` for `amp` and `mixed_precision_type`. Raises ConfigError."""
    require_one_of("mixed_precision_type", kind, ("fp16", "bf16", "no"), ConfigError)
    if not amp or kind == "no":
        return "off"
    return "auto" if kind == "fp16" and device.type == "cpu" else kind


def require_mode(mode: str | None, channels: int) -> None:
    """Raises ConfigError where `convert_image_to` is not what a network of so many channels sees."""
    seen = MODES.get(channels)
    if mode is None or mode == seen:
        return
    require_one_of("convert_image_to", mode, MODES.values(), ConfigError)
    reason = Phrase("conflict.channels-seen", channels=channels, seen=seen or Phrase("conflict.no-mode"))
    raise ConfigError(
        "config.conflict",
        first=Phrase("setting.is", name="convert_image_to", value=mode),
        second=Phrase("setting.is", name="channels", value=channels),
        reason=reason,
    )


def scan_beside(folder: Path, results_folder: Path) -> Scan:
    """The pictures of `folder`, without the sample grids of `results_folder` where that lies inside it."""
    return scan_all(folder).without(results_folder)


def with_classes(config: RunConfig, diffusion: GaussianDiffusion, scan: Scan) -> RunConfig:
    """The classes called as the sub-folders are, unless the model knows their names already."""
    if diffusion.num_classes is None or diffusion.class_names is not None:
        return config
    if len(scan.class_names) != diffusion.num_classes:
        reason = Phrase("conflict.sub-folders", count=len(scan.class_names))
        raise ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="num_classes", value=diffusion.num_classes),
            second=scan.folder,
            reason=reason,
        )
    diffusion.class_names = scan.class_names
    return config.with_settings({"class_names": scan.class_names})
