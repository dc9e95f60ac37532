"""Records the library's losses and gradients for the golden files that were recorded without.

`make bench` installs the library in an environment of its own: .venv-bench/bin/python -m tests.golden.record_losses
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from tests.bench.library import import_library

GOLDEN = Path(__file__).parent
#: What decides whether a network with self-conditioning gets a first guess: below ½ it does.
DRAWS = {"guessed.": 0.0, "": 1.0}


def record(path: Path) -> dict[str, Tensor]:
    """`out.loss_per_image` and the gradients `grad.…` of its mean; with self-conditioning also `guessed.…` of both."""
    library = import_library()
    with safe_open(path, "pt") as file:
        settings = {key: json.loads(text) for key, text in file.metadata().items() if text.startswith("{")}
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (safe_open is no dict)
    unet = library.Unet(**settings["unet"])
    unet.load_state_dict({key.removeprefix("unet."): of for key, of in tensors.items() if key.startswith("unet.")})
    diffusion = library.GaussianDiffusion(unet, **settings["diffusion"]).eval()
    x_start, t, noise = tensors["in.img"] * 2 - 1, tensors["in.t"], tensors["in.noise"]
    recorded: dict[str, Tensor] = {}
    for kind, draw in DRAWS.items():
        if kind and not diffusion.self_condition:
            continue
        library.random = lambda draw=draw: draw
        losses = diffusion.p_losses(x_start, t, noise.clone(), loss_reduction="none")
        diffusion.zero_grad()
        losses.mean().backward()
        recorded[f"{kind}out.loss_per_image"] = losses.detach()
        recorded |= {f"{kind}grad.{name}": parameter.grad.clone() for name, parameter in unet.named_parameters()}
    return recorded


def main() -> None:
    torch.set_num_threads(1)
    reference = f"denoising-diffusion-pytorch 2.3.4, torch {torch.__version__}, float32, CPU"
    for path in sorted(GOLDEN.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            has_gradients = any(key.startswith("grad.") for key in file.keys())  # noqa: SIM118
        if not has_gradients:
            save_file(record(path), GOLDEN / "losses" / path.name, {"reference": reference})


if __name__ == "__main__":
    main()
