"""What turns gradients into steps: AdamW, and Muon for the kernels with AdamW for the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn

from ..catalogue import OPTIMIZERS


def build_optimizer(
    module: nn.Module,
    *,
    learning_rate: float,
    weight_decay: float,
    betas: tuple[float, ...] = (0.9, 0.99),
    name: str = "adamw",
) -> torch.optim.Optimizer:
    """The row `name` of OPTIMIZERS over the module's parameters.

    Gains, biases and the attention's learned memory are not decayed: pulling them to zero is no regularisation.
    """
    optimizer: torch.optim.Optimizer = OPTIMIZERS[name].load()(
        module, learning_rate=learning_rate, weight_decay=weight_decay, betas=(betas[0], betas[1])
    )
    return optimizer


def adamw(
    module: nn.Module, *, learning_rate: float, weight_decay: float, betas: tuple[float, float]
) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2017, arXiv 1711.05101); without weight decay it is Adam."""
    return _adamw(dict(module.named_parameters()), learning_rate, weight_decay, betas)


def muon(module: nn.Module, *, learning_rate: float, weight_decay: float, betas: tuple[float, float]) -> Muon:
    """Muon on the kernels between the first and the last layer, AdamW on everything else (Jordan 2024).

    Those two layers map pixels to channels and back, and are no matrices between hidden features.
    """
    kernels: dict[str, nn.Parameter] = {
        name: parameter for name, parameter in module.named_parameters() if parameter.ndim == 4 and _between(name)
    }
    rest = {name: parameter for name, parameter in module.named_parameters() if name not in kernels}
    return Muon(
        list(kernels.values()),
        _adamw(rest, learning_rate, weight_decay, betas),
        learning_rate=learning_rate,
        weight_decay=weight_decay,
    )


def _between(name: str) -> bool:
    return not any(part in ("init_conv", "final_conv") for part in name.split(".")) and not name.endswith(_NOT_DECAYED)


#: Ends of the names of what has the shape of a matrix or kernel and is none.
_NOT_DECAYED = (".g", "mem_kv")


def _adamw(
    parameters: dict[str, nn.Parameter], learning_rate: float, weight_decay: float, betas: tuple[float, float]
) -> torch.optim.AdamW:
    decayed: list[nn.Parameter] = []
    kept: list[nn.Parameter] = []
    for name, parameter in parameters.items():
        plain = parameter.ndim < 2 or name.endswith(_NOT_DECAYED)
        (kept if plain else decayed).append(parameter)
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": kept, "weight_decay": 0.0}]
    # One fused kernel instead of a dozen passes over every tensor; meta and other devices take the plain way.
    fused = all(parameter.device.type in {"cpu", "cuda", "mps"} for parameter in (*decayed, *kept))
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, fused=fused)


# --- Muon: the momentum of each kernel, as the nearest matrix that stretches nothing -----------------------


class Muon(torch.optim.Optimizer):
    """W ← W − η·0.2·√max(m, n)·NewtonSchulz(momentum), for kernels flattened to m × n (Jordan 2024).

    The gradient's singular values are all brought near 1, so that rare directions are learnt as fast as common ones.
    The factor gives an update the root mean square of AdamW's (Liu et al. 2025, arXiv 2502.16982, section 2.2), so that
    one learning rate serves both. For diffusion U-Nets: arXiv 2510.19376.

    kernels   parameters of two or more dimensions, whose first is that of the outputs
    rest      the optimizer of all other parameters; its groups and its state are this one's too
    """

    def __init__(
        self,
        kernels: list[nn.Parameter],
        rest: torch.optim.AdamW,
        *,
        learning_rate: float,
        weight_decay: float = 0.0,
        momentum: float = 0.95,
    ) -> None:
        self._rest = rest
        own = {"params": kernels, "lr": learning_rate, "weight_decay": weight_decay, "momentum": momentum}
        # The rest's groups are the same objects here, and its state is the same dictionary: whoever sets a learning
        # rate or loads a state does so for both.
        super().__init__([own, *rest.param_groups], {})
        self.state = rest.state

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One update of all parameters that have a gradient."""
        loss = None if closure is None else closure()
        self._rest.step()
        _muon_update(self.param_groups[0], self.state)
        return loss


def _muon_update(group: dict[str, Any], state: defaultdict[Tensor, Any]) -> None:
    kernels = [kernel for kernel in cast("list[Tensor]", group["params"]) if kernel.grad is not None]
    if not kernels:
        return
    gradients = [cast("Tensor", kernel.grad) for kernel in kernels]
    for kernel in kernels:
        if "momentum_buffer" not in state[kernel]:
            state[kernel]["momentum_buffer"] = torch.zeros_like(kernel)
    momenta: list[Tensor] = [state[kernel]["momentum_buffer"] for kernel in kernels]
    torch._foreach_lerp_(momenta, gradients, 1 - group["momentum"])
    # Nesterov's: a step ahead along the momentum.
    ahead = torch._foreach_lerp(gradients, momenta, group["momentum"])
    if group["weight_decay"]:
        torch._foreach_mul_(kernels, 1 - group["lr"] * group["weight_decay"])
    # Kernels of one shape in one product: a small one alone costs more in calls than in arithmetic.
    alike: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for index, kernel in enumerate(kernels):
        alike[kernel.shape[0], kernel[0].numel()].append(index)
    for (rows, columns), chosen in alike.items():
        directions = orthogonalised(torch.stack([ahead[index].flatten(1) for index in chosen]))
        scale = -group["lr"] * 0.2 * max(rows, columns) ** 0.5
        for index, direction in zip(chosen, directions, strict=True):
            kernels[index].add_(direction.view(kernels[index].shape), alpha=scale)


#: Of the quintic a·x + b·x³ + c·x⁵, whose five-fold repetition takes (0, 1] to 0.7 … 1.2 (Jordan 2024).
_QUINTIC = (3.4445, -4.7750, 2.0315)
_ROUNDS = 5


def orthogonalised(matrices: Tensor) -> Tensor:
    """(B, m, n) → the same with singular values of about 1 (0.7 … 1.2), by five Newton–Schulz iterations.

    Those below a thousandth of the matrix's norm stay smaller. In bfloat16 on a card, else in float32.
    """
    x = matrices.bfloat16() if matrices.device.type == "cuda" else matrices.float()
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    a, b, c = _QUINTIC
    for _ in range(_ROUNDS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x if wide else x.mT).to(matrices.dtype)
