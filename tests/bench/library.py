"""Imports denoising-diffusion-pytorch to be measured against, without the packages that only its trainer needs.

Those (torchvision, accelerate and so on, hundreds of megabytes) are stood in for by empty modules: the network and the
diffusion, which are all that is measured, do not use them.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

#: Packages that the library imports at its top and that a forward and backward pass never calls.
STOOD_IN_FOR = ("accelerate", "ema_pytorch", "pytorch_fid", "torchvision", "tqdm")


class _Empty(ModuleType):
    """Has every name, each an empty class."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class _StandIns(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in STOOD_IN_FOR else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Give its samplers a bar that shows nothing: it is all of a stand-in that they use."""
        if module.__name__ == "tqdm.auto":
            module.tqdm = lambda items, **_: items  # type: ignore[attr-defined]


def import_library() -> ModuleType:
    """The module with the library's Unet and GaussianDiffusion. Raises ImportError where it is not installed."""
    stand_ins = _StandIns()
    sys.meta_path.insert(0, stand_ins)
    try:
        return importlib.import_module("denoising_diffusion_pytorch.denoising_diffusion_pytorch")
    finally:
        sys.meta_path.remove(stand_ins)
