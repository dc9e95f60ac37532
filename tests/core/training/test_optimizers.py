"""Muon: the nearest orthogonal matrix, written out; what it and AdamW each hold; and the spread timesteps."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.networks.build import build_network
from core.randomness import generator
from core.settings import ModelConfig, RunConfig
from core.training.optimizers import Muon, build_optimizer, orthogonalised
from core.training.step import stratified, uniform

TINY = RunConfig(model=ModelConfig(dim=8, dim_mults=(1, 2))).with_settings(
    {"image_size": 8, "channels": 3, "horizontal_flip": False}
)


@given(st.integers(1, 3), st.integers(1, 40), st.integers(1, 40), st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_orthogonalised_matrix_keeps_its_directions_and_loses_their_lengths(
    count: int, rows: int, columns: int, seed: int, size: float
) -> None:
    matrices = torch.randn(count, rows, columns, generator=generator(seed, "matrices")) * size
    u, lengths, v = torch.linalg.svd(matrices, full_matrices=False)
    result = orthogonalised(matrices)
    # In the matrix's own directions the result is diagonal, with lengths near 1 but for those that hardly were there.
    inside = u.mT @ result @ v.mT
    there = lengths > lengths[:, :1] * 0.03
    diagonal = inside.diagonal(dim1=1, dim2=2)
    assert ((diagonal[there] > 0.3) & (diagonal[there] < 1.3)).all()
    assert (inside - torch.diag_embed(diagonal)).abs().max() < 0.01


def test_muon_step_when_written_out_is_the_same() -> None:
    torch.manual_seed(0)
    module = torch.nn.Conv2d(3, 5, 3).double()
    kernel = module.weight.detach().clone()
    optimizer = build_optimizer(module, learning_rate=0.01, weight_decay=0.1, name="muon")
    momentum = torch.zeros_like(kernel)
    for _ in range(3):
        optimizer.zero_grad()
        gradient = torch.randn(5, 3, 3, 3, dtype=torch.double)
        module.weight.grad = gradient.clone()
        optimizer.step()
        momentum = 0.95 * momentum + 0.05 * gradient
        x = (0.05 * gradient + 0.95 * momentum).flatten(1).float()
        x = x / x.norm()
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
        kernel = kernel * (1 - 0.01 * 0.1) - 0.01 * 0.2 * 27**0.5 * x.double().view_as(kernel)
        torch.testing.assert_close(module.weight.detach(), kernel, rtol=1e-5, atol=1e-6)


def test_muon_takes_the_kernels_between_the_ends_and_adamw_the_rest() -> None:
    network = build_network(TINY)
    optimizer = build_optimizer(network, learning_rate=1e-3, weight_decay=0.1, name="muon")
    assert isinstance(optimizer, Muon)
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    kept = {names[id(parameter)]: set(moments) for parameter, moments in optimizer.state.items()}
    assert set(kept) == set(names.values())
    by_muon = {name for name, moments in kept.items() if moments == {"momentum_buffer"}}
    assert {"downs.0.0.block1.proj.weight", "mid_attn.to_qkv.weight", "ups.0.3.1.weight"} <= by_muon
    assert not by_muon & {"init_conv.weight", "final_conv.weight", "mid_attn.mem_kv", "time_mlp.1.weight"}
    assert not any(name.endswith((".g", ".bias")) for name in by_muon)
    rates = [group["lr"] for group in optimizer.param_groups]
    assert rates == [1e-3] * 3


def test_muon_over_a_module_without_kernels_is_adamw() -> None:
    torch.manual_seed(0)
    one, other = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    other.load_state_dict(one.state_dict())
    for module, name in ((one, "muon"), (other, "adamw")):
        optimizer = build_optimizer(module, learning_rate=1e-2, weight_decay=0.1, name=name)
        module(torch.ones(2, 3)).sum().backward()
        optimizer.step()
    assert torch.equal(one.weight, other.weight)


@given(st.integers(1, 70), st.integers(1, 1200), st.integers(0, 1000))
def test_stratified_timesteps_are_one_in_each_part(count: int, timesteps: int, seed: int) -> None:
    t = stratified(count, timesteps, generator(seed, "t")).sort().values
    edges = torch.arange(count + 1, dtype=torch.double) * timesteps / count
    assert t.dtype == torch.long and ((edges[:-1].floor() <= t) & (t < edges[1:].ceil())).all()


@pytest.mark.parametrize("draw", [uniform, stratified])
def test_timesteps_when_drawn_often_are_even_in_each_place(draw: object) -> None:
    drawn = torch.stack([draw(3, 10, generator(0, "t", k)) for k in range(4000)])  # type: ignore[operator]
    for place in range(3):
        counts = torch.bincount(drawn[:, place], minlength=10)
        assert (counts - 400).abs().max() < 100
