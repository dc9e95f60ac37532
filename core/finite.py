"""Finds the tensor that holds something else than numbers, at the price of one small answer from the device."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


def first_not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The name of the first tensor that holds a NaN or an infinity; None when all are finite.

    One small number comes back from the device, whatever their size: the norm of norms, which only something that is
    not finite, or absurdly large, makes infinite.
    """
    floating = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point() and tensor.numel()}
    if not floating:
        return None
    norms = torch._foreach_norm(list(floating.values()))
    if bool(torch.stack([norm.float() for norm in norms]).isfinite().all()):
        return None
    return next((name for name, tensor in floating.items() if not bool(tensor.isfinite().all())), None)
