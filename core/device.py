"""Which devices there are, what each has free, why one cannot be used, and the fastest form of a model on each."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

import torch

from .catalogue import PRECISIONS
from .diffusion.inputs import require_module
from .errors import DeviceError, Phrase, phrase_of
from .process import give_back_freed_memory

_Model = TypeVar("_Model", bound=torch.nn.Module)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """One row of the device choice."""

    name: str  #: as torch writes it: "cpu", "cuda:0", "mps"
    title: str  #: as a person calls it
    free_bytes: int | None  #: None where the system does not say
    total_bytes: int | None
    cores: int = 0  #: CPU only
    reason: Phrase | None = None  #: why it cannot be used; None when it can


def devices() -> tuple[DeviceInfo, ...]:
    """Every kind of device, usable or not, best first."""
    return (*_cuda(), _mps(), _cpu())


def _cpu() -> DeviceInfo:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = total = None
    with contextlib.suppress(OSError, ValueError, AttributeError):
        page = os.sysconf("SC_PAGE_SIZE")
        total = page * os.sysconf("SC_PHYS_PAGES")
        free = page * os.sysconf("SC_AVPHYS_PAGES")
    return DeviceInfo("cpu", "CPU", free, total, cores=cores)


def _cuda() -> Iterator[DeviceInfo]:
    if not torch.backends.cuda.is_built():  # type: ignore[no-untyped-call]
        yield DeviceInfo("cuda", "CUDA", None, None, reason=Phrase("device.no-cuda-built"))
        return
    if not torch.cuda.is_available():
        yield DeviceInfo("cuda", "CUDA", None, None, reason=Phrase("device.no-card"))
        return
    for index in range(torch.cuda.device_count()):
        name = f"cuda:{index}"
        try:
            free, total = torch.cuda.mem_get_info(index)
            yield DeviceInfo(name, torch.cuda.get_device_name(index), free, total)
        except RuntimeError as error:
            yield DeviceInfo(name, name, None, None, reason=phrase_of(error, "CUDA"))


def _mps() -> DeviceInfo:
    if not torch.backends.mps.is_built():
        return DeviceInfo("mps", "MPS", None, None, reason=Phrase("device.no-metal-built"))
    if not torch.backends.mps.is_available():
        return DeviceInfo("mps", "MPS", None, None, reason=Phrase("device.no-metal"))
    return DeviceInfo("mps", "Apple GPU", None, None)


def choose_device(wish: str = "auto") -> torch.device:
    """The device for `wish` ("auto", "cpu", "cuda", "cuda:1", "mps"); auto takes the first usable one.

    Raises DeviceError with the reason when the wished one cannot be used.
    """
    rows = devices()
    if isinstance(wish, str) and wish == "auto":
        return torch.device(next(row.name for row in rows if row.reason is None))
    matching = [row for row in rows if wish in (row.name, row.name.split(":")[0])] if isinstance(wish, str) else []
    usable = [row for row in matching if row.reason is None]
    if usable:
        return torch.device(usable[0].name)
    raise _unusable(wish, next((row.reason for row in matching), None))


def as_device(device: object) -> torch.device:
    """The device of that name, or the device itself; whether it can be used is not tried. Raises DeviceError."""
    try:
        return torch.device(device if isinstance(device, str | torch.device) else "")
    except RuntimeError:
        raise _unusable(device, None) from None


@contextlib.contextmanager
def telling_if_unusable(device: torch.device) -> Iterator[None]:
    """Raises DeviceError in the place of what torch says when something is moved to a device that cannot be used."""
    try:
        yield
    except (RuntimeError, AssertionError) as error:
        if is_out_of_memory(error):
            raise
        raise _unusable(device, phrase_of(error, "torch")) from error


def _unusable(name: object, reason: Phrase | None) -> DeviceError:
    usable = ", ".join(row.name for row in devices() if row.reason is None)
    return DeviceError("device.unusable", name=name, reason=reason or Phrase("device.none-such"), usable=usable)


def autocast_dtype(device: torch.device, amp: str) -> torch.dtype | None:
    """The dtype of mixed precision on `device` for the setting `amp`, a row of PRECISIONS; None for full precision.

    Raises DeviceError where the device does not have what is asked for.
    """
    dtype: torch.dtype | None = PRECISIONS[amp].load()(device)
    return dtype


def usual_precision(device: torch.device) -> torch.dtype | None:
    """bf16 where the device computes it, else fp16 on a GPU; full on a CPU.

    On a CPU it depends on the processor and the network: with AVX512_BF16 a step took 0.6 of its time in float32 at dim
    32 and 0.5 at dim 64 (one thread, processor time), smaller networks gain nothing, and without it bf16 is slower
    everywhere. A new run measures (`faster_precision`) and says what it takes; "auto" stands only in older ones, which
    were trained in float32.
    """
    if device.type == "cpu":
        return None
    return torch.bfloat16 if _has_bf16(device) else torch.float16


def full_precision(_device: torch.device) -> None:
    """float32 throughout."""


def bf16_precision(device: torch.device) -> torch.dtype:
    """bf16. Raises DeviceError for a card that has none."""
    if not _has_bf16(device):
        raise DeviceError("device.no-bf16", name=str(device), setting="amp")
    return torch.bfloat16


def fp16_precision(device: torch.device) -> torch.dtype:
    """fp16. Raises DeviceError for a CPU, which does not compute in it."""
    if device.type == "cpu":
        raise DeviceError("device.no-fp16-on-cpu", setting="amp")
    return torch.float16


def _has_bf16(device: torch.device) -> bool:
    return device.type != "cuda" or torch.cuda.is_bf16_supported()


def autocast(device: torch.device, dtype: torch.dtype | None) -> AbstractContextManager[object]:
    """A context in which the network computes in `dtype`; nothing at all for None."""
    return contextlib.nullcontext() if dtype is None else torch.autocast(device.type, dtype=dtype)


def prepare_for_device(diffusion: _Model, device: torch.device | str) -> _Model:
    """Move a model to `device` in the form that is fastest there, in place; the numbers stay the same. Returns it.

    Raises DeviceError for a device that cannot be used, ConfigError for what is no model.
    """
    require_module("diffusion", diffusion, Phrase("value.gaussian-diffusion"))
    device = as_device(device)
    with telling_if_unusable(device):
        diffusion.to(device)
    if device.type in {"cpu", "cuda"}:
        # Convolutions are half of a step; channels_last makes them 1.2 to 1.9 times faster.
        diffusion.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return diffusion


def sent(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """The tensor on `device`, without waiting for the copy: a CUDA card takes it from pinned memory."""
    if device.type == "cuda" and tensor.device.type == "cpu":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` is a device or the system running out of memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    words = str(error)
    return isinstance(error, RuntimeError) and ("out of memory" in words or "can't allocate memory" in words)


def release_memory(device: torch.device) -> None:
    """Give memory that is kept and not in use back to the device: after a failure, and when a training has ended."""
    if device.type == "cpu":
        give_back_freed_memory()
    elif device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
