"""What the blocks of the U-Net cost: every row has its share, and measuring leaves nothing behind."""

from __future__ import annotations

import threading

import pytest
import torch

from core.errors import ConfigError
from core.networks.anatomy import network_map
from core.networks.shares import measure_shares
from core.networks.unet import Unet


def test_shares_when_measured_are_of_every_row_and_sum_to_about_one() -> None:
    torch.manual_seed(0)
    unet = Unet(16, dim_mults=(1, 2), num_classes=3, dropout=0.1)
    unet.gradient_checkpointing = True
    rounds = [shares.rounds for shares in measure_shares(unet, (16, 24), 4, seconds=0.0)]
    assert rounds == [1]
    for _, shares in zip(range(3), measure_shares(unet, (16, 24), 4, seconds=60.0), strict=False):
        assert [row.module for row in shares.rows] == [row.module for row in network_map(unet, (16, 24))]
        assert 0.8 < sum(row.time for row in shares.rows) < 1 + 1e-9
        assert 0.9 < sum(row.memory for row in shares.rows) < 1 + 1e-9
    assert shares.rounds == 3 and shares.seconds > 0
    by_name = {row.module: row for row in shares.rows}
    # Convolutions at the full resolution keep more than the same at half of it; the fixed embedding has no way back.
    assert by_name["downs.0.0"].kept_bytes > by_name["downs.1.0"].kept_bytes > 0
    assert by_name["time_mlp.0"].backward_s == 0 < by_name["time_mlp.0"].forward_s
    assert all(row.backward_s > 0 for row in shares.rows if row.module != "time_mlp.0")
    assert all(parameter.grad is None for parameter in unet.parameters())
    assert unet.gradient_checkpointing
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in unet.modules())


def test_memory_when_counted_is_what_the_way_back_keeps_and_grows_with_the_batch() -> None:
    unet = Unet(8, dim_mults=(1, 2))
    kept = [next(measure_shares(unet, 8, batch, seconds=0.0)) for batch in (1, 3)]
    init_conv = [shares.rows[0].kept_bytes for shares in kept]
    # It keeps its input, the pictures in float32.
    assert init_conv == [1 * 3 * 8 * 8 * 4, 3 * 3 * 8 * 8 * 4]
    # A little follows from the weights alone.
    assert 2.5 * kept[0].kept_bytes < kept[1].kept_bytes < 3 * kept[0].kept_bytes


def test_measuring_when_nothing_learns_is_of_a_network_that_does() -> None:
    unet = Unet(8, dim_mults=(1, 2)).requires_grad_(False)
    random_state = torch.get_rng_state()
    (shares,) = measure_shares(unet, 8, 2, seconds=0.0)
    assert torch.equal(torch.get_rng_state(), random_state), "of which a training draws its dropout"
    assert all(row.backward_s > 0 for row in shares.rows if row.module != "time_mlp.0")
    assert not any(parameter.requires_grad for parameter in unet.parameters())


def test_measuring_when_stopped_ends_within_a_round() -> None:
    unet, stop = Unet(8, dim_mults=(1, 2)), threading.Event()
    told = measure_shares(unet, 8, 2, seconds=60.0, stop=stop)
    assert next(told).rounds == 1
    stop.set()
    assert list(told) == []
    assert not any(module._forward_hooks for module in unet.modules())


def test_measuring_when_asked_for_no_picture_says_so() -> None:
    with pytest.raises(ConfigError, match="a whole number from 1"):
        next(measure_shares(Unet(8, dim_mults=(1,)), 8, 0))
