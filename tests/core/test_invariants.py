"""Properties that hold for every picture, noise, timestep, schedule and setting (hypothesis)."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from core.catalogue import OBJECTIVES, SCHEDULES
from core.diffusion import process as objectives_module
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.diffusion.guidance import Guidance, guide
from core.diffusion.process import ForwardProcess, objective_named, signal_to_noise_ratio
from core.networks.blocks import LinearAttention
from core.networks.unet import Unet

quick = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
schedules = st.sampled_from(sorted(SCHEDULES))
objectives = st.sampled_from(sorted(OBJECTIVES))
EPSILON = torch.finfo(torch.float32).eps
TIMESTEPS = 100


class Recorder(nn.Module):
    """A network that answers with a share of x_t and remembers x_t and what it was given besides."""

    def __init__(self, self_condition: bool = False, num_classes: int | None = None) -> None:
        super().__init__()
        self.channels = 2
        self.self_condition, self.num_classes = self_condition, num_classes
        self.calls: list[tuple[Tensor, Tensor | None, tuple[Tensor, ...]]] = []

    def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None = None, *classes: Tensor) -> Tensor:
        self.calls.append((x, x_self_cond, classes))
        return 0.3 * x


def drawn(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def diffusion_of(model: object = None, **options: object) -> GaussianDiffusion:
    return GaussianDiffusion(
        Recorder() if model is None else model, **{"image_size": 4, "timesteps": TIMESTEPS, **options}
    )


def at(table: Tensor, t: Tensor) -> Tensor:
    return table.double()[t].view(-1, 1, 1, 1)


def noise_of_target(
    diffusion: GaussianDiffusion, objective: str, target: Tensor, x_start: Tensor, t: Tensor
) -> Tensor | None:
    """The ε that a target was made of; pred_x0's is made of none."""
    signal, spread = at(diffusion.sqrt_alphas_cumprod, t), at(diffusion.sqrt_one_minus_alphas_cumprod, t)
    return {
        "pred_noise": target,
        "pred_x0": None,
        "pred_v": (target + spread * x_start) / signal,
        "pred_flow": target + x_start,
    }[objective]


@settings(max_examples=80, deadline=None)
@given(
    seed=seeds,
    objective=objectives,
    schedule=schedules,
    count=st.integers(1, 5),
    offset=st.sampled_from([0.0, 0.1, 0.7]),
    immiscible=st.booleans(),
    candidates=st.sampled_from([0, 2, 5]),
    min_snr=st.booleans(),
    self_condition=st.booleans(),
    num_classes=st.sampled_from([None, 3]),
)
def test_training_when_noise_is_paired_uses_it_in_x_t_and_target(
    seed: int,
    objective: str,
    schedule: str,
    count: int,
    offset: float,
    immiscible: bool,
    candidates: int,
    min_snr: bool,
    self_condition: bool,
    num_classes: int | None,
) -> None:
    model = Recorder(self_condition, num_classes)
    diffusion = diffusion_of(
        model,
        objective=objective,
        beta_schedule=schedule,
        offset_noise_strength=offset,
        immiscible=immiscible,
        immiscible_candidates=candidates,
        min_snr_loss_weight=min_snr,
    )
    targets: list[Tensor] = []
    row = objective_named(objective)

    def overheard(process: ForwardProcess, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        targets.append(row.target(process, x_start, t, noise))
        return targets[-1]

    x_start, given_noise = drawn(seed, count, 2, 4, 4), drawn(seed + 1, count, 2, 4, 4)
    before = x_start.clone(), given_noise.clone()
    t = torch.randint(TIMESTEPS, (count,), generator=torch.Generator().manual_seed(seed))
    classes = None if num_classes is None else t % num_classes
    torch.manual_seed(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objectives_module, objective, type(row)(**{**vars(row), "target": overheard}))
        loss = diffusion.p_losses(x_start, t, given_noise, loss_reduction="none", classes=classes)

    (target,), x_t = targets, model.calls[-1][0]
    expected = (0.3 * x_t - target).square().flatten(1).mean(1) * diffusion.loss_weight[t]
    torch.testing.assert_close(loss, expected)
    if objective == "pred_x0":
        assert torch.equal(target, x_start)
    else:
        noise = noise_of_target(diffusion, objective, target, x_start, t)
        assert noise is not None
        signal, spread = at(diffusion.sqrt_alphas_cumprod, t), at(diffusion.sqrt_one_minus_alphas_cumprod, t)
        error = (x_t - (signal * x_start + spread * noise)).abs()
        # Where ᾱ is small, ε is read off v = √ᾱ·ε − … with a loss of digits in the same measure.
        assert (
            error <= 20 * EPSILON * (x_start.abs() + noise.abs() + 1) / (signal if objective == "pred_v" else 1)
        ).all()
    assert torch.equal(x_start, before[0])
    assert torch.equal(given_noise, before[1])


@quick
@given(seed=seeds, schedule=schedules, t=st.integers(0, TIMESTEPS - 1))
def test_conversions_when_applied_both_ways_invert_each_other(seed: int, schedule: str, t: int) -> None:
    """To float32's precision, magnified where a conversion divides by √ᾱ (late t) or √(1−ᾱ) (early t)."""
    diffusion = diffusion_of(beta_schedule=schedule)
    x_start, noise, times = drawn(seed, 1, 2, 4, 5), drawn(seed + 1, 1, 2, 4, 5), torch.tensor([t])
    signal = float(diffusion.sqrt_alphas_cumprod[t])
    spread = float(diffusion.sqrt_one_minus_alphas_cumprod[t])
    size = float(x_start.abs().max() + noise.abs().max())
    x_t = diffusion.q_sample(x_start, times, noise)
    v = diffusion.predict_v(x_start, times, noise)

    def agree(actual: Tensor, expected: Tensor, magnified: float) -> None:
        torch.testing.assert_close(actual, expected, rtol=0, atol=30 * EPSILON * size * magnified)

    agree(diffusion.predict_start_from_v(x_t, times, v), x_start, 1)
    agree(diffusion.predict_start_from_flow(x_t, times, noise - x_start), x_start, 1)
    agree(diffusion.predict_start_from_noise(x_t, times, noise), x_start, 1 / signal)
    agree(diffusion.predict_noise_from_start(x_t, times, x_start), noise, 1 / spread)
    agree(signal * v + spread * x_t, noise, 1)


@quick
@given(seed=seeds, schedule=schedules, t=st.integers(0, TIMESTEPS - 1), shift=st.sampled_from([0.5, 1.0, 3.0]))
def test_flow_when_x_t_is_scaled_lies_on_a_straight_line(seed: int, schedule: str, t: int, shift: float) -> None:
    """x_t/(√ᾱ + √(1−ᾱ)) = (1−τ)·x_0 + τ·ε with τ = √(1−ᾱ)/(√ᾱ + √(1−ᾱ)), and x_0 is τ steps back along ε − x_0."""
    options = {"shift": shift} if schedule == "rectified_flow" else {}
    diffusion = diffusion_of(beta_schedule=schedule, objective="pred_flow", schedule_fn_kwargs=options)
    x_start, noise, times = drawn(seed, 1, 2, 4, 4), drawn(seed + 1, 1, 2, 4, 4), torch.tensor([t])
    signal = diffusion.sqrt_alphas_cumprod[t].double()
    spread = diffusion.sqrt_one_minus_alphas_cumprod[t].double()
    tau = spread / (signal + spread)
    point = diffusion.q_sample(x_start, times, noise).double() / (signal + spread)
    flow = objective_named("pred_flow").target(diffusion, x_start, times, noise).double()
    straight = (1 - tau) * x_start.double() + tau * noise.double()
    torch.testing.assert_close(point, straight, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(point - tau * flow, x_start.double(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shift", [0.5, 1.0, 3.0])
def test_rectified_flow_when_not_shifted_spaces_tau_evenly(shift: float) -> None:
    diffusion = diffusion_of(beta_schedule="rectified_flow", schedule_fn_kwargs={"shift": shift})
    alphas_cumprod = diffusion.alphas_cumprod.double()
    tau = (1 - alphas_cumprod).sqrt() / (alphas_cumprod.sqrt() + (1 - alphas_cumprod).sqrt())
    even = torch.arange(1, TIMESTEPS + 1).double() / TIMESTEPS
    # The last β is cut at 0.999, so that some signal is left.
    torch.testing.assert_close(tau[:-1], (shift * even / (1 + (shift - 1) * even))[:-1], rtol=1e-4, atol=1e-5)


@quick
@given(schedule=schedules, objective=objectives, seed=seeds)
def test_x_start_when_shown_by_its_factors_is_that_of_the_conversion(schedule: str, objective: str, seed: int) -> None:
    """The window computes it from a row's two numbers, the sampler from the objective's own conversion."""
    factors = OBJECTIVES[objective].x_start_factors
    assert factors is not None
    diffusion = diffusion_of(objective=objective, beta_schedule=schedule, timesteps=TIMESTEPS).double()
    t = torch.arange(TIMESTEPS)
    draw = torch.Generator().manual_seed(seed)
    x_t, output = (torch.randn(TIMESTEPS, 2, 3, 3, generator=draw, dtype=torch.float64) for _ in range(2))
    converted = objective_named(objective).to_x_start(diffusion, x_t, t, output)
    for step in range(TIMESTEPS):
        alpha_cumprod = float(diffusion.alphas_cumprod[step])
        a, b = factors(math.sqrt(alpha_cumprod), math.sqrt(1 - alpha_cumprod))
        # The tables of the process are rounded to float32.
        scale = max(abs(a), abs(b), 1.0)
        torch.testing.assert_close(
            (a * x_t[step] + b * output[step]) / scale, converted[step] / scale, rtol=0, atol=2e-4
        )


@quick
@given(schedule=schedules, gamma=st.floats(0.01, 100), timesteps=st.integers(25, 300))
def test_min_snr_weighs_the_error_of_x_start_by_the_clipped_snr_for_every_objective(
    schedule: str, gamma: float, timesteps: int
) -> None:
    """What a small error of the output does to x̂_0 is asked of the conversion itself, not of the table of weights."""
    for objective in OBJECTIVES:
        row = objective_named(objective)
        diffusion = diffusion_of(
            objective=objective,
            beta_schedule=schedule,
            timesteps=timesteps,
            min_snr_loss_weight=True,
            min_snr_gamma=gamma,
        ).double()
        t = torch.arange(timesteps)
        x_t = torch.zeros(timesteps, 1, 1, 1, dtype=torch.float64)
        off = row.to_x_start(diffusion, x_t, t, torch.ones_like(x_t)).square().flatten()
        snr = signal_to_noise_ratio(SCHEDULES[schedule].load()(timesteps))
        # The tables are rounded to float32, and where little noise is left 1 − ᾱ taken from them is less exact.
        torch.testing.assert_close(diffusion.loss_weight / off, snr.clamp(max=gamma), rtol=1e-4, atol=0)


@given(schedule=schedules, timesteps=st.integers(25, 300))
def test_weights_without_min_snr_put_the_error_of_noise_at_one(schedule: str, timesteps: int) -> None:
    """For ε, x_0 and v alike; the flow's own error weighs 1 (Liu et al. 2022, eq. 1)."""
    for objective in OBJECTIVES:
        diffusion = diffusion_of(objective=objective, beta_schedule=schedule, timesteps=timesteps)
        snr = signal_to_noise_ratio(SCHEDULES[schedule].load()(timesteps))
        # A squared error of 1 in ε is one of 1/SNR in x_0 and one of 1 + 1/SNR in v.
        per_noise = {"pred_x0": 1 / snr, "pred_v": (snr + 1) / snr}.get(objective, torch.ones_like(snr))
        torch.testing.assert_close(diffusion.loss_weight.double() * per_noise, torch.ones_like(snr), rtol=1e-5, atol=0)


def quadratic_form(layer: LinearAttention, x: Tensor) -> Tensor:
    """The same attention with its weights between every pixel and every key written out, (B, heads, N, N + 4)."""
    batch, _, height, width = x.shape
    heads, dim_head = layer.heads, layer.dim_head
    weight = layer.to_qkv.weight.flatten(1).unflatten(0, (3, heads, dim_head))
    q, k, v = torch.einsum("phdc,bcn->pbhdn", weight, layer.norm(x).flatten(2))
    memory_k, memory_v = layer.mem_kv
    k = torch.cat((memory_k.expand(batch, -1, -1, -1), k), dim=-1)
    v = torch.cat((memory_v.expand(batch, -1, -1, -1), v), dim=-1)
    weights = torch.einsum("bhdn,bhdm->bhnm", q.softmax(dim=-2) / math.sqrt(dim_head), k.softmax(dim=-1))
    out = torch.einsum("bhnm,bhem->bhen", weights, v)
    projected: Tensor = layer.to_out(out.reshape(batch, heads * dim_head, height, width))
    return projected


@quick
@given(
    seed=seeds,
    batch=st.integers(1, 3),
    dim=st.integers(1, 7),
    heads=st.integers(1, 4),
    dim_head=st.integers(1, 6),
    size=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    memory_format=st.sampled_from([torch.contiguous_format, torch.channels_last]),
)
def test_linear_attention_is_its_quadratic_form(
    seed: int,
    batch: int,
    dim: int,
    heads: int,
    dim_head: int,
    size: tuple[int, int],
    memory_format: torch.memory_format,
) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = LinearAttention(dim, heads, dim_head).double().to(memory_format=memory_format)
    x = drawn(seed, batch, dim, *size).double().to(memory_format=memory_format).requires_grad_()
    linear, quadratic = layer(x), quadratic_form(layer, x)
    torch.testing.assert_close(linear, quadratic)
    parameters = [x, *layer.parameters()]
    direction = drawn(seed + 1, *linear.shape).double()
    ours = torch.autograd.grad((linear * direction).sum(), parameters)
    theirs = torch.autograd.grad((quadratic * direction).sum(), parameters)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


@quick
@given(seed=seeds, scale=st.floats(0, 20))
def test_guidance_of_1_is_the_conditional_output_and_of_0_the_unconditional(seed: int, scale: float) -> None:
    conditional, unconditional = drawn(seed, 3, 2, 4, 4), drawn(seed + 1, 3, 2, 4, 4)
    assert torch.equal(guide(conditional, unconditional, Guidance(1.0)), conditional)
    assert torch.equal(guide(conditional, unconditional, Guidance(0.0)), unconditional)
    expected = unconditional + scale * (conditional - unconditional)
    torch.testing.assert_close(guide(conditional, unconditional, Guidance(scale)), expected, rtol=1e-4, atol=1e-4)


@quick
@given(seed=seeds, scale=st.floats(1.5, 20), rescale=st.floats(0, 1))
def test_rescaled_guidance_has_the_conditional_spread(seed: int, scale: float, rescale: float) -> None:
    conditional, unconditional = drawn(seed, 3, 2, 8, 8), drawn(seed + 1, 3, 2, 8, 8)
    plain = guide(conditional, unconditional, Guidance(scale)).flatten(1).std(dim=1)
    rescaled = guide(conditional, unconditional, Guidance(scale, rescale)).flatten(1).std(dim=1)
    wished = rescale * conditional.flatten(1).std(dim=1) + (1 - rescale) * plain
    torch.testing.assert_close(rescaled, wished, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_guidance_of_1_equals_the_conditional_model_and_of_0_the_unconditional(objective: str) -> None:
    torch.manual_seed(0)
    unet = Unet(8, dim_mults=(1, 2), channels=2, attn_heads=1, attn_dim_head=8, num_classes=3)
    nn.init.normal_(unet.class_emb.weight)
    diffusion = diffusion_of(unet, objective=objective).eval()
    x, t, classes = drawn(0, 3, 2, 4, 4), torch.tensor([0, 40, 70]), torch.tensor([0, 1, 2])
    none = torch.full_like(classes, 3)

    def predicted(classes: Tensor | None, *guidance: float) -> Tensor:
        return diffusion.model_predictions(x, t, classes=classes, guidance=Guidance(*guidance)).pred_x_start

    with torch.no_grad():
        conditional, unconditional = predicted(classes), predicted(none)
        assert torch.equal(predicted(classes, 1.0), conditional)
        torch.testing.assert_close(predicted(classes, 0.0), unconditional, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(predicted(None), unconditional, rtol=1e-5, atol=1e-5)
        assert not torch.allclose(conditional, unconditional, atol=1e-2)
