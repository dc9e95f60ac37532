"""Denoising diffusion without a window: models, training, sampling, run folders.

`import core` is cheap and torch-free; the public names below are resolved at first use (PEP 562).
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compat.export import export_checkpoint
    from .compat.trainer import Trainer
    from .device import prepare_for_device
    from .diffusion.gaussian_diffusion import GaussianDiffusion
    from .networks.anatomy import network_map
    from .networks.looking import look, over_time, without
    from .networks.shares import measure_shares
    from .networks.unet import Unet
    from .networks.unfolding import unfold
    from .presets import PRESETS
    from .quality.measures import frechet_distance, kid
    from .recall import perfect_memory
    from .runs.opening import load_checkpoint
    from .runs.weight_statistics import weight_statistics
    from .samplers import SAMPLERS, Step

#: Public name → the module it lives in.
_HOME = {
    "GaussianDiffusion": ".diffusion.gaussian_diffusion",
    "PRESETS": ".presets",
    "SAMPLERS": ".samplers",
    "Step": ".samplers",
    "Trainer": ".compat.trainer",
    "Unet": ".networks.unet",
    "export_checkpoint": ".compat.export",
    "frechet_distance": ".quality.measures",
    "kid": ".quality.measures",
    "load_checkpoint": ".runs.opening",
    "look": ".networks.looking",
    "measure_shares": ".networks.shares",
    "network_map": ".networks.anatomy",
    "over_time": ".networks.looking",
    "perfect_memory": ".recall",
    "prepare_for_device": ".device",
    "unfold": ".networks.unfolding",
    "weight_statistics": ".runs.weight_statistics",
    "without": ".networks.looking",
}

__all__ = [
    "PRESETS",
    "SAMPLERS",
    "GaussianDiffusion",
    "Step",
    "Trainer",
    "Unet",
    "export_checkpoint",
    "frechet_distance",
    "kid",
    "load_checkpoint",
    "look",
    "measure_shares",
    "network_map",
    "over_time",
    "perfect_memory",
    "prepare_for_device",
    "unfold",
    "weight_statistics",
    "without",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 (PEP 562: any public name)
    home = _HOME.get(name)
    if home is None:
        from .compat.left_out import REFUSED, LeftOutError
        from .errors import ConfigError

        if name in REFUSED:
            # An import statement would put its own words in the place of an AttributeError's; `hasattr` needs one.
            importing = sys._getframe(1).f_globals.get("__name__") == "importlib._bootstrap"
            kind = ConfigError if importing else LeftOutError
            raise kind("config.unsupported", feature=name, reason=REFUSED[name])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home, __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
