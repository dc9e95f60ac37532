"""The process in both directions: how pictures are noised, what the network predicts of it, and what that says.

Notation: x_start or x_0 is a picture in [-1, 1], noise ε ~ N(0, I), t = 0 … T-1 (0 means one step of noise), and
x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020, arXiv 2006.11239, eq. 4). Names are those of denoising-diffusion-pytorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn

from ..catalogue import OBJECTIVES
from ..errors import ConfigError, Phrase, SamplingError
from ..inputs import (
    as_flag,
    as_names,
    bad_value,
    height_and_width,
    is_whole,
    require_fitting_size,
    require_network,
    require_one_of,
)
from .guidance import NO_GUIDANCE, Guidance, away_from, guide, require_guidance
from .inputs import (
    Labels,
    as_labels,
    as_timesteps,
    require_alike,
    require_batch,
    require_beside,
    require_condition,
    require_finite,
    require_prediction,
    require_timesteps,
)


class ForwardProcess(nn.Module):
    """The tables of a noise schedule, (T,) float32 buffers, and the formulas that use them.

    betas: (T,) float64 on the CPU, each in (0, 1).

    Every method takes batches, (B, C, H, W) of floats on the tables' device or of any other shape that all its
    arguments share, and t (B,) whole numbers from 0 to T-1; ConfigError says which argument is none of these. A t on a
    GPU is not looked at, which would have to wait for it.
    """

    betas: Tensor
    alphas_cumprod: Tensor
    alphas_cumprod_prev: Tensor
    sqrt_alphas_cumprod: Tensor
    sqrt_one_minus_alphas_cumprod: Tensor
    log_one_minus_alphas_cumprod: Tensor
    sqrt_recip_alphas_cumprod: Tensor
    sqrt_recipm1_alphas_cumprod: Tensor
    posterior_variance: Tensor
    posterior_log_variance_clipped: Tensor
    posterior_mean_coef1: Tensor
    posterior_mean_coef2: Tensor

    def __init__(self, betas: Tensor) -> None:
        super().__init__()
        self.num_timesteps = len(betas)
        alphas_cumprod = torch.cumprod(1 - betas, dim=0)
        alphas_cumprod_prev = torch.cat((torch.ones_like(alphas_cumprod[:1]), alphas_cumprod[:-1]))
        noise_share = 1 - alphas_cumprod
        posterior_variance = betas * (1 - alphas_cumprod_prev) / noise_share
        tables = {
            "betas": betas,
            "alphas_cumprod": alphas_cumprod,
            "alphas_cumprod_prev": alphas_cumprod_prev,
            "sqrt_alphas_cumprod": alphas_cumprod.sqrt(),
            "sqrt_one_minus_alphas_cumprod": noise_share.sqrt(),
            "log_one_minus_alphas_cumprod": noise_share.log(),
            "sqrt_recip_alphas_cumprod": (1 / alphas_cumprod).sqrt(),
            "sqrt_recipm1_alphas_cumprod": (1 / alphas_cumprod - 1).sqrt(),
            "posterior_variance": posterior_variance,
            # The variance is 0 at t = 0, where no noise is added.
            "posterior_log_variance_clipped": posterior_variance.clamp(min=1e-20).log(),
            "posterior_mean_coef1": betas * alphas_cumprod_prev.sqrt() / noise_share,
            "posterior_mean_coef2": (1 - alphas_cumprod_prev) * (1 - betas).sqrt() / noise_share,
        }
        for name, table in tables.items():
            self.register_table(name, table)

    def register_table(self, name: str, table: Tensor) -> None:
        """Keeps a float64 table of the CPU as a float32 buffer on the default device."""
        self.register_buffer(name, table.to(device=torch.get_default_device(), dtype=torch.float32))

    @property
    def device(self) -> torch.device:
        """Where the tables are, and so where the model must be."""
        return self.betas.device

    def q_sample(self, x_start: Tensor, t: Tensor, noise: Tensor | None = None) -> Tensor:
        """x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε, (B, C, H, W), of exactly this noise (None: drawn here)."""
        require_alike(x_start=x_start, **({} if noise is None else {"noise": noise}))
        signal, spread = _at(self.sqrt_alphas_cumprod, t, x_start), _at(self.sqrt_one_minus_alphas_cumprod, t, x_start)
        noise = torch.randn_like(x_start) if noise is None else noise
        return signal * x_start + spread * noise

    def predict_start_from_noise(self, x_t: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_0 = (x_t − √(1−ᾱ_t)·ε)/√ᾱ_t."""
        require_alike(x_t=x_t, noise=noise)
        return _at(self.sqrt_recip_alphas_cumprod, t, x_t) * x_t - _at(self.sqrt_recipm1_alphas_cumprod, t, x_t) * noise

    def predict_noise_from_start(self, x_t: Tensor, t: Tensor, x0: Tensor) -> Tensor:
        """ε = (x_t/√ᾱ_t − x_0)/√(1/ᾱ_t − 1)."""
        require_alike(x_t=x_t, x0=x0)
        return (_at(self.sqrt_recip_alphas_cumprod, t, x_t) * x_t - x0) / _at(self.sqrt_recipm1_alphas_cumprod, t, x_t)

    def predict_v(self, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """v = √ᾱ_t·ε − √(1−ᾱ_t)·x_0 (Salimans & Ho 2022, arXiv 2202.00512, appendix D)."""
        require_alike(x_start=x_start, noise=noise)
        return (
            _at(self.sqrt_alphas_cumprod, t, x_start) * noise
            - _at(self.sqrt_one_minus_alphas_cumprod, t, x_start) * x_start
        )

    def predict_start_from_v(self, x_t: Tensor, t: Tensor, v: Tensor) -> Tensor:
        """x_0 = √ᾱ_t·x_t − √(1−ᾱ_t)·v."""
        require_alike(x_t=x_t, v=v)
        return _at(self.sqrt_alphas_cumprod, t, x_t) * x_t - _at(self.sqrt_one_minus_alphas_cumprod, t, x_t) * v

    def predict_start_from_flow(self, x_t: Tensor, t: Tensor, flow: Tensor) -> Tensor:
        """x_0 = (x_t − √(1−ᾱ_t)·u)/(√ᾱ_t + √(1−ᾱ_t)) from u = ε − x_0 (Liu et al. 2022, arXiv 2209.03003)."""
        require_alike(x_t=x_t, flow=flow)
        signal, spread = _at(self.sqrt_alphas_cumprod, t, x_t), _at(self.sqrt_one_minus_alphas_cumprod, t, x_t)
        return (x_t - spread * flow) / (signal + spread)

    def q_posterior(self, x_start: Tensor, x_t: Tensor, t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """q(x_{t-1} | x_t, x_0) (Ho et al., eq. 6 and 7): the mean, the variance and its clipped logarithm.

        The mean is (B, C, H, W), the other two (B, 1, 1, 1).
        """
        require_alike(x_start=x_start, x_t=x_t)
        mean = _at(self.posterior_mean_coef1, t, x_t) * x_start + _at(self.posterior_mean_coef2, t, x_t) * x_t
        return mean, _at(self.posterior_variance, t, x_t), _at(self.posterior_log_variance_clipped, t, x_t)


def signal_to_noise_ratio(betas: Tensor) -> Tensor:
    """SNR_t = ᾱ_t / (1 − ᾱ_t) of each timestep, (T,)."""
    alphas_cumprod = torch.cumprod(1 - betas, dim=0)
    return alphas_cumprod / (1 - alphas_cumprod)


def _at(table: Tensor, t: Tensor, like: Tensor) -> Tensor:
    """table[t] with as many axes as `like`: (B, 1, 1, 1) for pictures. Raises ConfigError for another t."""
    require_beside("the batch", like, table)
    if not isinstance(t, Tensor) or t.shape != like.shape[:1] or t.device != table.device:
        t = _timesteps(table, t, like)
    try:
        # Unlike table[t] it refuses negative timesteps, and takes half the time.
        values = table.index_select(0, t)
    except (IndexError, RuntimeError):
        values = table.index_select(0, _timesteps(table, t, like))
    return values.reshape(-1, *(1,) * (like.ndim - 1))


def _timesteps(table: Tensor, t: Tensor, like: Tensor) -> Tensor:
    return as_timesteps("t", t, len(like), len(table), table.device)


# --- What the network is asked to predict: the noise, the clean picture, or one of two velocities between them ---
# Every objective is a row of `catalogue.OBJECTIVES`, and here what it computes: its target in training, the way back
# from the network's output to the clean picture x̂_0, and what an error of the output means for x̂_0.


@dataclass(frozen=True)
class Objective:
    """What a row of `catalogue.OBJECTIVES` computes.

    target(process, x_start, t, noise): what the network's output is compared with, (B, C, H, W)
    to_x_start(process, x_t, t, output): x̂_0 from the output, (B, C, H, W), not clipped
    plain_weight(snr): w_t without a weighting, with SNR_t = ᾱ_t / (1 − ᾱ_t), (T,)
    output_error(snr): the squared error of the output that goes with a squared error of 1 in x̂_0, (T,)
    output_is_noise: the output is ε̂ itself, which then need not be derived from x̂_0
    """

    target: Callable[[ForwardProcess, Tensor, Tensor, Tensor], Tensor]
    to_x_start: Callable[[ForwardProcess, Tensor, Tensor, Tensor], Tensor]
    plain_weight: Callable[[Tensor], Tensor]
    output_error: Callable[[Tensor], Tensor]
    output_is_noise: bool = False


pred_noise = Objective(
    target=lambda _process, _x_start, _t, noise: noise,
    to_x_start=lambda process, x_t, t, output: process.predict_start_from_noise(x_t, t, output),
    plain_weight=lambda snr: snr / snr,
    output_error=lambda snr: snr,
    output_is_noise=True,
)
pred_x0 = Objective(
    target=lambda _process, x_start, _t, _noise: x_start,
    to_x_start=lambda _process, _x_t, _t, output: output,
    plain_weight=lambda snr: snr,
    output_error=lambda snr: snr / snr,
)
pred_v = Objective(
    target=lambda process, x_start, t, noise: process.predict_v(x_start, t, noise),
    to_x_start=lambda process, x_t, t, output: process.predict_start_from_v(x_t, t, output),
    plain_weight=lambda snr: snr / (snr + 1),
    output_error=lambda snr: snr + 1,
)
# Rectified flow draws straight lines (1-τ)·x_0 + τ·ε. Scaled to the variance that x_t has here they are the same
# path, with τ = √(1−ᾱ)/(√ᾱ + √(1−ᾱ)); so the objective goes with every schedule and every sampler.
pred_flow = Objective(
    target=lambda _process, x_start, _t, noise: noise - x_start,
    to_x_start=lambda process, x_t, t, output: process.predict_start_from_flow(x_t, t, output),
    plain_weight=lambda snr: snr / snr,
    output_error=lambda snr: (snr.sqrt() + 1).square(),
)


def objective_named(name: str) -> Objective:
    """What the objective of this name computes. KeyError where there is none."""
    found = OBJECTIVES[name].load()
    assert isinstance(found, Objective), name
    return found


# --- What a network says about a noisy picture: the clean picture and the noise in it, with classes and guidance.


class Denoiser(Protocol):
    """Any network: (x_t, t, x_self_cond[, classes]) → prediction, with x_t and the prediction (B, C, H, W), t (B,).

    Optional attributes: `channels` (3), `out_dim` (channels), `self_condition` (False), `downsample_factor` (1),
    `random_or_learned_sinusoidal_cond` (False; True: t is passed scaled to [0, 1]), `num_classes` (None; K: it takes
    classes 0 … K-1, and K for none), `condition_channels` (0; c: it takes the keyword condition, (B, c, H, W) in
    [-1, 1]), `gradient_checkpointing` (set where a training asks for it, if it is there).
    """

    def __call__(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None, /, *classes: Tensor) -> Tensor:
        """The objective's output."""


class ModelPrediction(NamedTuple):
    """What the network's output says about x_t: (B, C, H, W) each."""

    pred_noise: Tensor
    pred_x_start: Tensor


class NetworkOutput(NamedTuple):
    """What the network said about x_t, in the objective's own quantity: (B, C, H, W) each.

    output         what is gone on with
    conditional    with guidance: the output with the class, and without it, of which `output` was made; else None
    of_guide       with a guide: what it said; `conditional` is then the model's own output, with or without classes
    """

    output: Tensor
    conditional: Tensor | None = None
    unconditional: Tensor | None = None
    of_guide: Tensor | None = None


class ReverseProcess(ForwardProcess):
    """A forward process and the network that undoes it.

    model       any Denoiser; a Unet, say
    betas       (T,) float64 on the CPU, each in (0, 1)
    image_size  pixels: one number, or (height, width)
    objective   a row of OBJECTIVES: what the network predicts
    class_names what the network's classes are called, in order; kept for whoever shows them
    sampling_timesteps  steps of a sampler that is not told how many (None: T); fewer than T means DDIM
    ddim_sampling_eta   0 (deterministic) … 1 (as noisy as DDPM), where a sampler is not told
    auto_normalize      pictures come and go in [0, 1]; False: in [-1, 1]

    Raises ConfigError for settings that cannot work.
    """

    def __init__(
        self,
        model: Denoiser,
        betas: Tensor,
        *,
        image_size: int | Sequence[int],
        objective: str,
        class_names: Sequence[str] | None,
        sampling_timesteps: int | None,
        ddim_sampling_eta: float,
        auto_normalize: bool,
    ) -> None:
        super().__init__(betas)
        require_network(model)
        self.model = model
        self.channels: int = getattr(model, "channels", 3)
        self.self_condition: bool = getattr(model, "self_condition", False)
        self.num_classes: int | None = getattr(model, "num_classes", None)
        #: channels of what the network sees beside x_t; 0: nothing
        self.condition_channels: int = getattr(model, "condition_channels", 0)
        self.class_names = None if class_names is None else as_names("class_names", class_names)
        self._scales_time: bool = getattr(model, "random_or_learned_sinusoidal_cond", False)
        out_dim = getattr(model, "out_dim", self.channels)
        if out_dim != self.channels:
            raise ConfigError(
                "config.conflict",
                first=Phrase("setting.is", name="out_dim", value=out_dim),
                second=Phrase("setting.is", name="channels", value=self.channels),
                reason=Phrase("conflict.channels-out"),
            )
        if self.class_names is not None and len(self.class_names) != self.num_classes:
            raise ConfigError(
                "config.conflict",
                first=Phrase("conflict.class-names", count=len(self.class_names)),
                second=Phrase("conflict.the-model"),
                reason=Phrase("conflict.knows-classes", count=self.num_classes)
                if self.num_classes
                else Phrase("conflict.knows-no-classes"),
            )
        self.image_size = height_and_width(image_size)
        require_fitting_size(self.image_size, getattr(model, "downsample_factor", 1))
        require_one_of("objective", objective, OBJECTIVES, ConfigError)
        self.objective = objective
        timesteps = self.num_timesteps
        if sampling_timesteps is not None and not is_whole(sampling_timesteps, 1, timesteps):
            expected = Phrase("value.up-to-timesteps", timesteps=timesteps)
            raise bad_value("sampling_timesteps", sampling_timesteps, expected)
        self.sampling_timesteps = timesteps if sampling_timesteps is None else int(sampling_timesteps)
        self.is_ddim_sampling = self.sampling_timesteps < timesteps
        self.ddim_sampling_eta = ddim_sampling_eta
        self.auto_normalize = auto_normalize

    def normalize(self, img: Tensor) -> Tensor:
        """[0, 1] → [-1, 1] where auto_normalize is on. Raises ConfigError for what is no tensor of floats."""
        require_alike(img=img)
        return img * 2 - 1 if self.auto_normalize else img

    def unnormalize(self, x: Tensor) -> Tensor:
        """[-1, 1] → [0, 1] where auto_normalize is on. Raises ConfigError for what is no tensor of floats."""
        require_alike(x=x)
        return (x + 1) * 0.5 if self.auto_normalize else x

    @property
    def channels_taken(self) -> int | None:
        """The channels of a picture; None where the network does not say, and is given any."""
        channels: int | None = getattr(self.model, "channels", None)
        return channels

    def _predict(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None,
        classes: Tensor | None,
        *,
        condition: Tensor | None,
        augment: Tensor | None = None,
    ) -> Tensor:
        time = t / max(self.num_timesteps - 1, 1) if self._scales_time else t
        labels = () if classes is None else (classes,)
        # A network of one's own need not know what it is not asked with.
        more = {"augment": augment, "condition": condition}
        model: Callable[..., object] = self.model
        output = model(x, time, x_self_cond, *labels, **{name: each for name, each in more.items() if each is not None})
        # Autocast may give a narrower type; what is computed from the output keeps the picture's.
        return require_prediction(output, x).to(x.dtype)

    def _predict_guided(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None,
        classes: Tensor | None,
        guidance: Guidance,
        condition: Tensor | None,
    ) -> NetworkOutput:
        """The output with guidance: one pass at scale 1 or without classes, else one pass over a doubled batch.

        A guide makes one pass more, and none at its scale of 1. It is given the same x̂_0, if it takes one.
        """
        if classes is None or guidance.scale == 1:
            said = NetworkOutput(self._predict(x, t, x_self_cond, classes, condition=condition))
            conditional = said.output
        else:
            assert self.num_classes is not None
            both = torch.cat((classes, torch.full_like(classes, self.num_classes)))
            self_cond = None if x_self_cond is None else x_self_cond.repeat(2, 1, 1, 1)
            seen = None if condition is None else condition.repeat(2, 1, 1, 1)
            twice = self._predict(x.repeat(2, 1, 1, 1), t.repeat(2), self_cond, both, condition=seen)
            conditional, unconditional = twice.chunk(2)
            said = NetworkOutput(guide(conditional, unconditional, guidance), conditional, unconditional)
        worse = guidance.guide
        if worse is None or guidance.guide_scale == 1:
            return said
        assert isinstance(worse, ReverseProcess)
        fed_back = x_self_cond if worse.self_condition else None
        of_guide = worse._predict(x, t, fed_back, classes, condition=condition)
        output = away_from(of_guide, conditional, said.output, guidance.guide_scale)
        return NetworkOutput(output, conditional, said.unconditional, of_guide)

    def require_guide(self, guide: object) -> None:
        """Raises SamplingError, naming what differs, unless `guide` says the same thing of the same pictures.

        Looks at its tables, for which a GPU has to wait.
        """
        self._require_guide_alike(guide)
        assert isinstance(guide, ReverseProcess)
        if not torch.equal(guide.betas, self.betas):
            raise SamplingError("sampling.guide-schedule")

    def _require_guide_alike(self, guide: object) -> None:
        """As `require_guide` but for the tables."""
        if not isinstance(guide, ReverseProcess):
            raise bad_value("guide", guide, Phrase("value.gaussian-diffusion"), SamplingError)
        for name, got, wanted in (
            ("objective", guide.objective, self.objective),
            ("timesteps", guide.num_timesteps, self.num_timesteps),
            ("image_size", guide.image_size, self.image_size),
            ("channels", guide.channels, self.channels),
            ("num_classes", guide.num_classes, self.num_classes),
            ("class_names", guide.class_names, self.class_names),
            ("condition_channels", guide.condition_channels, self.condition_channels),
            ("auto_normalize", guide.auto_normalize, self.auto_normalize),
            ("dtype", str(guide.betas.dtype), str(self.betas.dtype)),
            ("device", str(guide.device), str(self.device)),
        ):
            if got != wanted:
                raise SamplingError("sampling.guide", name=name, got=got, wanted=wanted)

    def class_labels(self, classes: Labels, count: int) -> Tensor:
        """One label per picture, (count,) on the model's device; a single one holds for all.

        Labels are numbers from 0 to num_classes, which means none, or where the model has class_names these. Raises
        SamplingError for one that does not exist, another number of them, or a model without classes.
        """
        return as_labels(classes, count, self.num_classes, self.class_names, self.device)

    def _labels(self, classes: Labels, count: int) -> Tensor:
        """As `class_labels`, but what is ready on a GPU is taken as it is: a look at it would have to wait."""
        if self.num_classes is None or not isinstance(classes, Tensor) or classes.dtype != torch.long:
            return self.class_labels(classes, count)
        if classes.shape != (count,) or classes.device.type == "cpu" or classes.device != self.device:
            return self.class_labels(classes, count)
        return classes

    def condition_taken(self, condition: object, x: Tensor) -> Tensor | None:
        """What a sampler shows the network beside x, (B, C, H, W): one for all of its pictures, or one for each.

        Raises SamplingError where the network needs one and there is none, and for what it does not take.
        """
        if condition is None:
            if self.condition_channels:
                raise SamplingError("sampling.no-condition")
            return None
        try:
            if isinstance(condition, Tensor) and condition.ndim == 4 and len(condition) == 1:
                condition = condition.expand(len(x), -1, -1, -1)
            require_condition(condition, x, self.condition_channels)
            assert isinstance(condition, Tensor)
            require_finite("condition", condition)
        except ConfigError as error:
            raise SamplingError("sampling.bad-value", **error.fields) from None
        return condition.to(x.dtype)

    def network_output(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        *,
        classes: Labels | None = None,
        guidance: Guidance = NO_GUIDANCE,
        condition: Tensor | None = None,
    ) -> NetworkOutput:
        """What the network says about x_t in one call (two in one with guidance, and one of a guide).

        It is the objective's own quantity. Raises ConfigError for tensors of other shapes and timesteps that do not
        exist, SamplingError for classes and for a guide of another kind (`require_guide`; its tables are looked at
        where a sampler begins).
        condition: (B, condition_channels, H, W) in the range of x_start; None: nothing is shown, which is zeros.
        """
        require_batch("x", x, self.channels_taken, like=self.betas)
        require_timesteps("t", t, self.num_timesteps, like=x)
        if x_self_cond is not None:
            require_alike(x=x, x_self_cond=x_self_cond)
        if condition is not None:
            require_condition(condition, x, self.condition_channels)
        labels = None if classes is None else self._labels(classes, len(x))
        if guidance is not NO_GUIDANCE:
            require_guidance(guidance, has_classes=labels is not None)
            if guidance.guide is not None:
                self._require_guide_alike(guidance.guide)
        return self._predict_guided(x, t, x_self_cond, labels, guidance, condition)

    def predictions_from(
        self, output: Tensor, x: Tensor, t: Tensor, *, clip_x_start: bool, rederive_pred_noise: bool
    ) -> ModelPrediction:
        """ε̂ and x̂_0 that an output of the network at x_t means; the flags as `model_predictions` has them."""
        objective = objective_named(self.objective)
        x_start = objective.to_x_start(self, x, t, output)
        if clip_x_start:
            x_start = x_start.clamp(-1.0, 1.0)
        if objective.output_is_noise and not (clip_x_start and rederive_pred_noise):
            return ModelPrediction(output, x_start)
        return ModelPrediction(self.predict_noise_from_start(x, t, x_start), x_start)

    def model_predictions(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        clip_x_start: bool = False,
        rederive_pred_noise: bool = False,
        *,
        classes: Labels | None = None,
        guidance: Guidance = NO_GUIDANCE,
        condition: Tensor | None = None,
    ) -> ModelPrediction:
        """ε̂ and x̂_0 from one call of the network (two in one with guidance) and one of a guide, (B, C, H, W) each.

        clip_x_start clips x̂_0 to [-1, 1]; ε̂ then follows from it, for pred_noise only with rederive_pred_noise.
        Raises ConfigError for tensors of other shapes and timesteps that do not exist, SamplingError as
        `network_output`.
        """
        clips, rederives = as_flag("clip_x_start", clip_x_start), as_flag("rederive_pred_noise", rederive_pred_noise)
        said = self.network_output(x, t, x_self_cond, classes=classes, guidance=guidance, condition=condition)
        return self.predictions_from(said.output, x, t, clip_x_start=clips, rederive_pred_noise=rederives)

    def p_mean_variance(
        self,
        x: Tensor,
        t: Tensor,
        x_self_cond: Tensor | None = None,
        clip_denoised: bool = True,
        *,
        classes: Labels | None = None,
        guidance: Guidance = NO_GUIDANCE,
        condition: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """p(x_{t-1} | x_t): mean (B, C, H, W), variance and log variance (B, 1, 1, 1), and x̂_0 (B, C, H, W)."""
        x_start = self.model_predictions(
            x, t, x_self_cond, clip_x_start=clip_denoised, classes=classes, guidance=guidance, condition=condition
        ).pred_x_start
        return *self.q_posterior(x_start, x, t), x_start
