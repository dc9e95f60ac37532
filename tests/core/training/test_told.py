"""Training with augmentation that is told: the network's input, exact resumes, what stays as it was, and no leaking."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import core
from core.catalogue import TOLD_NUMBERS
from core.errors import CheckpointError, ConfigError
from core.networks.build import build_diffusion, build_network, describe
from core.networks.unet import Unet
from core.pictures.feed.batches import make_batch
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.feed.told import told_numbers
from core.pictures.folder.scan import Scan, scan_all
from core.randomness import generator
from core.runs.run import Run
from core.samplers import SAMPLERS, initial_noise
from core.sampling import to_pixels
from core.settings import RunConfig
from core.threads import using
from core.training.events import CheckpointSaved, HeldOutLoss
from core.training.step import batch_loss
from core.training.traced import trace_batches
from tests.core.training.conftest import TINY, assert_same_run, of, train

TOLD = {"augment": 0.5, "channels": 3, "horizontal_flip": False}


def settings(**changes: object) -> RunConfig:
    return RunConfig().with_settings(TINY | TOLD | changes)


def test_network_when_nothing_is_said_or_zeros_are_is_the_network_without_the_input() -> None:
    torch.manual_seed(0)
    plain = Unet(8, dim_mults=(1, 2), num_classes=2)
    torch.manual_seed(0)
    told = Unet(8, dim_mults=(1, 2), num_classes=2, augment_dim=9)
    names = list(plain.state_dict())
    assert list(told.state_dict()) == [*names, "augment_emb.weight"]
    assert [name for name, _ in told.named_parameters()][:-1] == [name for name, _ in plain.named_parameters()]
    assert all(torch.equal(told.state_dict()[name], plain.state_dict()[name]) for name in names)
    x, t, classes = torch.randn(2, 3, 8, 8), torch.tensor([3, 40]), torch.tensor([0, 1])
    with torch.no_grad():
        wanted = plain(x, t, None, classes)
        assert torch.equal(told(x, t, None, classes), wanted)
        assert torch.equal(told(x, t, None, classes, augment=torch.zeros(2, 9)), wanted)
        said = told(x, t, None, classes, augment=torch.tensor([[1.0] * 9, [0.0] * 9]))
    assert (said[0] - wanted[0]).abs().max() > 1e-3 and torch.equal(said[1], wanted[1])


@pytest.mark.parametrize("said", [torch.zeros(2, 8), torch.zeros(9), torch.zeros(2, 9, dtype=torch.long), "no"])
def test_network_when_it_is_told_something_else_raises_a_sentence(said: object) -> None:
    for unet in (Unet(8, dim_mults=(1,), augment_dim=9), Unet(8, dim_mults=(1,))):
        with pytest.raises(ConfigError, match="augment"):
            unet(torch.zeros(2, 3, 8, 8), torch.zeros(2), augment=said)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [{"augment": 1.5}, {"augment_with": "scale,no"}])
def test_settings_when_they_cannot_be_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="augment"):
        RunConfig().with_settings(bad).validate()


@pytest.mark.parametrize(
    "more",
    [
        {"self_condition": True, "immiscible": True, "objective": "pred_noise"},
        {"labels": "folders", "class_names": "a,b", "min_snr_gamma": 5, "horizontal_flip": True},
    ],
)
def test_loss_when_told_is_that_of_the_warped_pictures_with_their_numbers(
    pictures: Scan, more: dict[str, object]
) -> None:
    config = settings(**more)
    *_, found = load_pictures(pictures, config.data)
    assert isinstance(found, PictureSet)
    torch.manual_seed(1)
    diffusion = build_diffusion(config)
    for number in range(4):
        batch = make_batch(found, seed=config.train.seed, batch_index=number, batch_size=4, device="cpu")
        loss = batch_loss(diffusion, batch, config, number, dtype=None)
        # Another batch's noise with these pictures: the numbers go with the pictures.
        traced, other = (
            next(trace_batches(config, found, diffusion, [number], drawn_by=lambda n, by=by: n + by)) for by in (0, 1)
        )
        numbers = told_numbers(config.data, 4, seed=config.train.seed, batch_index=number)
        assert numbers is not None and traced.augment is not None and other.augment is not None
        np.testing.assert_array_equal(traced.augment.numpy(), numbers)
        np.testing.assert_array_equal(other.augment.numpy(), numbers)
        torch.testing.assert_close(loss.raw, traced.raw)
        said = (traced.x_t, traced.t, traced.x_0_fed_back, *(() if traced.labels is None else (traced.labels,)))
        with torch.no_grad():
            output, silent = diffusion.model(*said, augment=traced.augment), diffusion.model(*said)
        torch.testing.assert_close(loss.raw, (output - traced.target).square().flatten(1).mean(1))
        changed = torch.from_numpy(numbers).any(1)
        assert ((output - silent).flatten(1).abs().amax(1) > 0).tolist() == changed.tolist()
    found.close()


@pytest.mark.long
def test_run_when_stopped_and_resumed_is_the_run_that_was_not(pictures: Scan, tmp_path: Path) -> None:
    config = settings(self_condition=True, hold_out=0.2, held_out_every=6)
    whole = train(pictures, config, tmp_path / "whole")
    parts = train(pictures, config, tmp_path / "parts", until=lambda event: type(event) is CheckpointSaved)
    assert Run.open(tmp_path / "parts").state().step < 12
    parts += train(pictures, config, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", whole, tmp_path / "parts", parts)
    again = train(pictures, config.with_settings({"augment": 0.4}), tmp_path / "other")
    assert [event.loss for event in of(HeldOutLoss, again)] != [event.loss for event in of(HeldOutLoss, whole)]


def test_held_out_pictures_when_asked_for_are_as_they_lie(pictures: Scan, tmp_path: Path) -> None:
    config = settings(augment=1.0, hold_out=0.3)
    *_, found = load_pictures(pictures, config.data)
    assert isinstance(found, PictureSet) and found.held_out is not None
    numbers = np.arange(len(found.held_out))
    plain = found.held_out.take(numbers, plain=True)[0]
    *_, off = load_pictures(pictures, replace(config.data, augment=0.0))
    assert isinstance(off, PictureSet) and off.held_out is not None
    np.testing.assert_array_equal(plain, off.held_out.batch(numbers))
    assert (found.held_out.batch(numbers) != plain).any()
    found.close()
    off.close()


def test_model_when_saved_opens_with_the_input_and_samples_without_it(pictures: Scan, tmp_path: Path) -> None:
    train(pictures, settings(steps=1), tmp_path / "run")
    model = core.load_checkpoint(tmp_path / "run")
    assert isinstance(model.model, Unet) and model.model.augment_dim == TOLD_NUMBERS == 9
    assert describe(model).data.augment > 0 and isinstance(build_network(describe(model)), Unet)
    core.export_checkpoint(tmp_path / "model.safetensors", model)
    again = core.load_checkpoint(tmp_path / "model.safetensors")
    x = initial_noise(model, 2, seed=3, device="cpu")
    first, second = ([*SAMPLERS["ddim"](each, x, steps=3)][-1].x_next for each in (model, again))
    torch.testing.assert_close(first, second)
    with pytest.raises(CheckpointError, match="told how a picture was augmented"):
        core.export_checkpoint(tmp_path / "model-1.pt", model)
    assert not (tmp_path / "model-1.pt").exists()


# --- Nothing leaks ---------------------------------------------------------------------------------------


def hooks(count: int) -> np.ndarray:
    """(count, 12, 12) black pictures with a white L, its foot at the right, here or there: none is its own mirror."""
    draw = np.random.default_rng(0)
    pictures = np.zeros((count, 12, 12), np.uint8)
    for picture, left, top in zip(pictures, draw.integers(1, 5, count), draw.integers(1, 4, count), strict=True):
        picture[top : top + 8, left : left + 2] = 255
        picture[top + 6 : top + 8, left : left + 6] = 255
    return pictures


def looks_mirrored(pictures: np.ndarray) -> np.ndarray:
    """(N,) whether the nearest of all hooks, wherever they stand, is a mirrored one."""
    every = np.unique(hooks(400), axis=0).reshape(-1, 144).astype(float)
    over = np.unique(hooks(400)[:, :, ::-1], axis=0).reshape(-1, 144).astype(float)
    samples = pictures.reshape(len(pictures), 144).astype(float)
    near, across = (np.square(samples[:, None] - known).sum(2).min(1) for known in (every, over))
    return across < near


class NotTold(nn.Module):
    """A network from which what was done to the pictures is withheld."""

    def __init__(self, network: Unet) -> None:
        super().__init__()
        self.network, self.channels, self.self_condition = network, network.channels, False

    def forward(self, x: torch.Tensor, t: torch.Tensor, _: object = None, *, augment: object = None) -> torch.Tensor:
        """As of the network, told nothing."""
        return self.network(x, t)


@pytest.mark.long
def test_samples_when_flips_are_told_show_none_and_when_withheld_show_them(tmp_path: Path) -> None:
    (tmp_path / "hooks").mkdir()
    for number, picture in enumerate(hooks(64)):
        Image.fromarray(picture).save(tmp_path / "hooks" / f"{number:02}.png")
    shape = {"image_size": 12, "channels": 1, "dim": 16, "dim_mults": "1,2", "timesteps": 100, "steps": 600}
    config = RunConfig().with_settings(
        {**shape, "augment": 1.0, "augment_with": "x_flip", "horizontal_flip": False, "attn_heads": 2, "batch_size": 16}
    )
    *_, pictures = load_pictures(scan_all(tmp_path / "hooks"), config.data)
    assert isinstance(pictures, PictureSet)
    shares = {}
    # As fast as with more, so small a network is.
    with using(1):
        for told in (True, False):
            torch.manual_seed(0)
            diffusion = build_diffusion(config)
            network = diffusion.model
            assert isinstance(network, Unet)
            if not told:
                diffusion.model = NotTold(network)
            optimizer = torch.optim.AdamW(network.parameters(), 2e-3, betas=(0.9, 0.99))
            for number in range(config.train.steps):
                batch = make_batch(pictures, seed=config.train.seed, batch_index=number, batch_size=16, device="cpu")
                optimizer.param_groups[0]["lr"] = 2e-3 * (1 - number / config.train.steps)
                batch_loss(diffusion, batch, config, number, dtype=None).weighted.mean().backward()
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
            diffusion.eval()
            x = torch.randn(128, 1, 12, 12, generator=generator(7, "noise"))
            seen = [*SAMPLERS["ddim"](diffusion, x, steps=20)][-1].x_next
            shares[told] = float(looks_mirrored(to_pixels(seen)[..., 0]).mean())
    pictures.close()
    # Of 128 samples each.
    assert shares[True] == 0
    assert 0.3 < shares[False] < 0.7
