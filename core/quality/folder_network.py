"""A small network that learns of a folder's own pictures without labels, and the features that it makes of any.

It is shown pictures that are turned by quarters (Gidaris et al. 2018, arXiv 1803.07728) and blurred, covered with noise
or rolled over the edge, and says which: what helps there is what the pictures are usually like.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..errors import CheckpointError, Phrase
from ..randomness import generator
from ..runs.tensors import TensorFile, write_tensors
from .random_network import TOGETHER, as_input

FEATURES = 64
STEPS, BATCH, RATE = 400, 64, 1e-3
#: Pictures that it learns from, at most.
MOST_PICTURES = 10_000
SEED = 0
#: Another architecture or another task is another version; files of the old one are not read.
VERSION = "1"
DAMAGES = 4
NOISE = 0.3


class FolderNetwork(nn.Module):
    """Three 3×3 convolutions of stride 2 (32, 64, 64), the mean over 4×4 parts, and a linear layer to 64 features."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 32, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(64, 64, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(64 * 16, FEATURES),
        )
        self.turned, self.damaged = nn.Linear(FEATURES, 4), nn.Linear(FEATURES, DAMAGES)

    @torch.no_grad()
    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(B, 64) of (B, H, W, C)."""
        parts = [self.body(as_input(pictures[start : start + TOGETHER])) for start in range(0, len(pictures), TOGETHER)]
        features: NDArray[np.float64] = torch.cat(parts).double().numpy()
        return features


def fit(pictures: NDArray[np.uint8]) -> Iterator[tuple[int, int] | FolderNetwork]:
    """Train it on (N, H, W, C): (steps done, of all), and last the network. The same pictures give the same network.

    All that is random is of a seed of its own; no other generator is touched.
    """
    draw = generator(SEED, "quality folder network")
    pixels = pictures[:: -(-len(pictures) // MOST_PICTURES)]
    network = _untrained(pictures.shape[3])
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE)
    for step in range(STEPS):
        chosen = torch.randint(len(pixels), (BATCH,), generator=draw).numpy()
        x, turns, damages = _spoilt(as_input(pixels[chosen]), draw)
        with torch.enable_grad():
            features = nn.functional.silu(network.body(x))
            loss = nn.functional.cross_entropy(network.turned(features), turns)
            loss = loss + nn.functional.cross_entropy(network.damaged(features), damages)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        if step % 10 == 9:
            yield step + 1, STEPS
    yield network.requires_grad_(False).eval()


def _untrained(channels: int) -> FolderNetwork:
    """With first weights of the seed; the global generator is where it was."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(SEED)
        return FolderNetwork(channels)


def _spoilt(x: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Each picture turned by quarters and damaged in one of four ways, and which they were, (B,) each."""
    square = x.shape[2] == x.shape[3]
    turns = torch.randint(4, (len(x),), generator=draw)
    turns = turns if square else turns // 2 * 2  # only half turns keep the shape
    damages = torch.randint(DAMAGES, (len(x),), generator=draw)
    noise = torch.randn(x.shape, generator=draw)
    blurred = nn.functional.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)
    rolled = x.roll((x.shape[2] // 2, x.shape[3] // 2), (2, 3))
    ways = torch.stack([x, blurred, x + NOISE * noise, rolled])
    damaged = ways[damages, torch.arange(len(x))]
    both = torch.stack([damaged[k].rot90(int(turns[k]), (1, 2)) for k in range(len(x))])
    return both, turns, damages


# --- kept, so that every measurement of a run looks through the same eyes ---------------------------------------------


def write(network: FolderNetwork, path: Path, fingerprint: str) -> None:
    """Keep it as safetensors. fingerprint: of the pictures it was trained on. Raises RunError."""
    write_tensors(path, network.state_dict(), {"version": VERSION, "pictures": fingerprint})


def read(path: Path, fingerprint: str, channels: int) -> FolderNetwork:
    """The network that was trained on these pictures. Raises CheckpointError for any other file."""
    file = TensorFile(path)
    notes, network = file.header.metadata, _untrained(channels)
    shapes = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    there = {name: tuple(place.shape) for name, place in file.header.tensors.items()}
    if (notes.get("version"), notes.get("pictures")) != (VERSION, fingerprint) or shapes != there:
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.not-as-written"))
    tensors = {name: file.read(name) for name in shapes}
    if not all(tensor.is_floating_point() and bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.not-as-written"))
    network.load_state_dict(tensors)
    return network.requires_grad_(False).eval()
