"""Judges drawn digits by the features of a small classifier: how far are they, as a cloud, from real ones?"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

FEATURES = 32


class DigitFeatures:
    """The inner features of a classifier of digits, (N, 32) float64 numpy from (N, 1, 28, 28) in [0, 1].

    Scaled so that those of the digits it was trained on have a standard deviation of 1.
    """

    def __init__(self, body: nn.Module, head: nn.Module) -> None:
        self._body, self._head = body, head
        self._scale = 1.0

    @classmethod
    def train(cls, pictures: Tensor, classes: Tensor, *, steps: int = 600) -> DigitFeatures:
        """Some seconds on a CPU; always the same from the same pictures."""
        with torch.random.fork_rng():
            torch.manual_seed(0)
            body = nn.Sequential(
                nn.Conv2d(1, 16, 5, stride=2, padding=2),
                nn.SiLU(),
                nn.Conv2d(16, 32, 5, stride=2, padding=2),
                nn.SiLU(),
                nn.Flatten(),
                nn.Linear(32 * 7 * 7, FEATURES),
            )
            head = nn.Sequential(nn.SiLU(), nn.Linear(FEATURES, 10))
            optimizer = torch.optim.AdamW([*body.parameters(), *head.parameters()], lr=1e-3)
            for _ in range(steps):
                chosen = torch.randint(len(pictures), (64,))
                loss = nn.functional.cross_entropy(head(body(pictures[chosen])), classes[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        features = cls(body, head)
        features._scale = 1 / float(features(pictures).std(axis=0).mean())
        return features

    @torch.no_grad()
    def __call__(self, pictures: Tensor) -> np.ndarray:
        return torch.cat([self._body(part) for part in pictures.split(256)]).double().numpy() * self._scale

    @torch.no_grad()
    def accuracy(self, pictures: Tensor, classes: Tensor) -> float:
        """The share of pictures that the classifier names rightly."""
        return (self._head(self._body(pictures)).argmax(1) == classes).double().mean().item()
