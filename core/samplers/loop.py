"""What all samplers share: a row that is started, its checked task, the loop over its steps, and the Step."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypedDict

import torch
from torch import Tensor

from .. import catalogue, randomness
from ..catalogue import SamplerRow
from ..device import as_device, telling_if_unusable
from ..diffusion.guidance import NO_GUIDANCE, Guidance, require_guidance
from ..diffusion.inputs import Labels, is_floats, require_finite, require_generator
from ..diffusion.process import ReverseProcess, objective_named
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_number, require_one_of, require_whole
from .spacing import TimePairs, first_timestep, time_pairs

if TYPE_CHECKING:
    from ..diffusion.process import ModelPrediction, NetworkOutput


# --- The noise of sampling: what it begins with, and what samplers add -----------------------------------
# Where it is drawn from a seed, picture k's is a function of (seed, k) alone, so a picture that is liked is found again
# among more or fewer pictures. Scripts may give a torch generator instead, from which a whole batch is drawn at once.


#: At once; they do not fit into any device's memory long before.
MOST_PICTURES = 65_536


def initial_noise(
    diffusion: ReverseProcess,
    count: int,
    *,
    seed: int,
    device: torch.device | str,
    first: int = 0,
    offset_noise_strength: float = 0.0,
) -> Tensor:
    """x_T for `count` pictures from number `first` on, (count, C, H, W).

    Picture k's noise depends on (seed, k) alone, not on the device. offset_noise_strength: see `PictureNoise`.
    Raises SamplingError, DeviceError.
    """
    require_whole("count", count, 1, MOST_PICTURES)
    device = as_device(device)
    noise = PictureNoise(seed, count, first=first, offset_noise_strength=offset_noise_strength, purpose="initial-noise")
    drawn = noise.draw((count, diffusion.channels, *diffusion.image_size), torch.float32)
    with telling_if_unusable(device):
        return drawn.to(device)


class PictureNoise:
    """The noise of `count` pictures of a seed, from number `first` on; each draw gives the next of every picture.

    offset_noise_strength  s: ε + s·N(0, 1) of one number per channel, as `GaussianDiffusion.prepare_noise` has it. A
                           model that was trained with it and begins with plain noise makes pictures whose mean
                           brightness varies by 1/√(1 + s²HW) of what it should; with s in x_T and z alike, the noise is
                           distributed as at every step of the training.
    purpose                "sampling": what samplers add; its numbers are of their own
    alike                  every picture has the noise of the first: what differs then comes from elsewhere

    The plain part is the same with and without offset. Raises SamplingError.
    """

    def __init__(
        self,
        seed: int,
        count: int,
        *,
        first: int = 0,
        offset_noise_strength: float = 0.0,
        purpose: str = "sampling",
        alike: bool = False,
    ) -> None:
        require_whole("first", first, 0)
        require_whole("seed", seed, 0)
        require_number("offset_noise_strength", offset_noise_strength, 0, 1)
        numbers = [first] * count if alike else range(first, first + count)
        self.strength = float(offset_noise_strength)
        self._draws = [randomness.generator(seed, purpose, k) for k in numbers]
        self._of_offset = [randomness.generator(seed, f"{purpose}-offset", k) for k in numbers]

    def __len__(self) -> int:
        """How many pictures it is for."""
        return len(self._draws)

    def draw(self, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
        """(B, C, H, W) on the CPU."""
        noise = torch.stack([torch.randn(tuple(shape[1:]), generator=draw, dtype=dtype) for draw in self._draws])
        if self.strength == 0:
            return noise
        ones = [torch.randn((shape[1], 1, 1), generator=draw, dtype=dtype) for draw in self._of_offset]
        return noise + self.strength * torch.stack(ones)


#: Where a sampler draws from; None: the device's global generator.
NoiseSource: TypeAlias = torch.Generator | PictureNoise | None


def noise_like(x: Tensor, source: NoiseSource) -> Tensor:
    """Noise of the shape, type and device of x, (B, C, H, W)."""
    if isinstance(source, PictureNoise):
        return source.draw(x.shape, x.dtype).to(x.device)
    return randomness.normal(x.shape, generator=source, device=x.device, dtype=x.dtype)


def require_noise_source(source: object, count: int) -> None:
    """Raises SamplingError for what is no source of noise for so many pictures."""
    if not isinstance(source, PictureNoise):
        require_generator(source)
    elif len(source) != count:
        raise bad_value("generator", len(source), Phrase("value.noise-of", count=count), SamplingError)


# --- One denoising step, as every sampler tells it -------------------------------------------------------


class Term(NamedTuple):
    """One addend of what a sampler made: coefficient · tensor; those of a step add up to its x_next.

    symbol      "x_t" what went in · "x_0" the prediction x̂_0 · "pred_noise" the ε̂ that goes with it · "noise" z ·
                "x_0_ahead" what Heun is told where the first answer led · "x_t_corrected" x_t as UniPC corrects
                it · "known" the picture outside of a mask, noised to t_next
    tensor      (B, C, H, W), not to be written into
    steps_back  of how many steps before it is: 1 for the x̂_0 that a multistep sampler remembers
    where       "inside" or "outside" of a mask, beyond which the tensor is 0; "" everywhere
    """

    symbol: str
    coefficient: float
    tensor: Tensor
    steps_back: int = 0
    where: str = ""


@dataclass(frozen=True, eq=False)
class Step:
    """One denoising step; every tensor is (B, C, H, W), in normalised space, and the receiver's own.

    index   0 for the first step
    t       the timestep of x_t, 0 … T-1
    t_next  the timestep of x_next; -1 means the clean picture
    x_t     what went in; at the first step x_T
    x_0     the clean picture as predicted from x_t, clipped to [-1, 1]
    x_next  what came out
    noise   the standard normal numbers that were mixed in, or None
    made_of the terms of x_next
    outputs what the network said, one for each call (Heun asks twice), in the objective's own quantity
    """

    index: int
    t: int
    t_next: int
    x_t: Tensor
    x_0: Tensor
    x_next: Tensor
    noise: Tensor | None
    made_of: tuple[Term, ...] = ()
    outputs: tuple[NetworkOutput, ...] = ()

    def terms(self) -> tuple[Term, ...]:
        """The sampler's own arithmetic: Σ coefficient · tensor is x_next, up to the rounding of a few float32 sums.

        Terms whose coefficient is 0 are told too, where the formula of the sampler has them.
        """
        return self.made_of


Steps: TypeAlias = Generator[Step, None, None]


# --- What a sampler is to do, checked: the model and its conditions, where to begin, which timesteps to take ---


class Conditions(TypedDict, total=False):
    """What is asked of the pictures: `classes` as `class_labels` takes them, and the rest as `Guidance` has it.

    condition: (B or 1, C, H, W) in normalised space, what a conditional network sees beside x_t.
    """

    classes: Labels | None
    condition: Tensor | None
    guidance_scale: float
    guidance_rescale: float
    guide: ReverseProcess | None
    guide_scale: float


class Given(NamedTuple):
    """Pictures whose noising is taken back knowing them, until each has come down to its own timestep.

    x_start  (B, C, H, W) the pictures
    t        (B,) from here on the network is asked; above, the answer is the picture
    """

    x_start: Tensor
    t: Tensor


@dataclass(eq=False)
class Task:
    """What a sampler is to do; everything here is legal, and nothing is left on a default of the model.

    diffusion    the model
    x_T          (B, C, H, W) what to begin with; the sampler leaves it as it is
    pairs        the (t, t_next) of every step, the last t_next is -1
    generator    where noise is drawn from; None: the device's global generator
    classes      (B,) labels, or None
    eta          of the samplers that take it
    x_self_cond  (B, C, H, W) a first guess for a network with self-conditioning, or None
    heard        what the network said in the step under way
    given        pictures that are known down to a timestep of their own, or None
    condition    (B, C, H, W) what the network sees beside x_t, or None

    What holds from the next step on may be changed between two steps (see `core.samplers.forking`).
    """

    diffusion: ReverseProcess
    x_T: Tensor
    pairs: TimePairs
    generator: NoiseSource = None
    classes: Tensor | None = None
    guidance: Guidance = NO_GUIDANCE
    eta: float = 0.0
    x_self_cond: Tensor | None = None
    heard: list[NetworkOutput] = field(default_factory=list)
    given: Given | None = None
    condition: Tensor | None = None

    def begin_step(self, index: int) -> None:
        """Step `index` begins."""
        del index
        self.heard.clear()

    def end_step(self, made: Made) -> Made:
        """What becomes of what a step made."""
        return made

    def predict(self, x: Tensor, t: int, x_0_before: Tensor | None) -> ModelPrediction:
        """x̂_0, clipped to [-1, 1], and the ε̂ that goes with it, (B, C, H, W) each.

        x_0_before is x̂_0 of the step before, as its Step showed it, for a network with self-conditioning: so the whole
        state of a trajectory is in its steps (Chen et al. 2022, arXiv 2208.04202).
        """
        times = self.times(x, t)
        fed_back = self.fed_back(x_0_before)
        # What Heun asks second, ahead of it, is of the same step.
        of_step = self._t_before(t) if self.heard else t
        if fed_back is not None and self.given is not None:  # or the network would be told the picture
            fed_back = torch.where(self._known(self.given, self._t_before(of_step)), 0, fed_back)
        said = self.diffusion.network_output(
            x, times, fed_back, classes=self.classes, guidance=self.guidance, condition=self.condition
        )
        if self.given is not None:
            noise = self.diffusion.predict_noise_from_start(x, times, self.given.x_start)
            objective = objective_named(self.diffusion.objective)
            answer = objective.target(self.diffusion, self.given.x_start, times, noise)
            said = said._replace(output=torch.where(self._known(self.given, of_step), answer, said.output))
        self.heard.append(said)
        return self.diffusion.predictions_from(said.output, x, times, clip_x_start=True, rederive_pred_noise=True)

    def _t_before(self, t: int) -> int:
        """The timestep of the step that leads to t; -1 where t is the first."""
        return next((before for before, t_next in self.pairs if t_next == t), -1)

    @staticmethod
    def _known(given: Given, t: int) -> Tensor:
        """(B, 1, 1, 1) which pictures have not begun at t."""
        return (t > given.t).view(-1, 1, 1, 1)

    def times(self, x: Tensor, t: int) -> Tensor:
        """(B,) of t."""
        return torch.full((x.shape[0],), t, device=x.device, dtype=torch.long)

    def fed_back(self, x_0_before: Tensor | None) -> Tensor | None:
        """What the network is given of the guess before."""
        return x_0_before if self.diffusion.self_condition else None

    def noise_like(self, x: Tensor) -> Tensor:
        """z in the shape of x."""
        return noise_like(x, self.generator)

    @cached_property
    def signal(self) -> list[float]:
        """√ᾱ_t; at -1 that of the clean picture, 1."""
        return [*self.diffusion.sqrt_alphas_cumprod.tolist(), 1.0]

    @cached_property
    def spread(self) -> list[float]:
        """√(1−ᾱ_t); at -1 that of the clean picture, 0."""
        return [*self.diffusion.sqrt_one_minus_alphas_cumprod.tolist(), 0.0]


def pictures_taken(diffusion: ReverseProcess, x: Tensor, name: str) -> Tensor:
    """x in the type that the model computes in: that of its tables, or a wider one of its weights.

    A model without weights, a plain function, computes in the wider type of x and the tables. Raises SamplingError,
    naming both shapes, where x is no batch of finite pictures that the network takes, on its device.

    A convolutional network also makes pictures of other sizes than it was trained on, if it can halve them; one that
    does not say how many channels it takes is given any.
    """
    if not isinstance(diffusion, ReverseProcess):
        raise bad_value("diffusion", diffusion, Phrase("value.gaussian-diffusion"), SamplingError)
    channels = diffusion.channels_taken
    factor = getattr(diffusion.model, "downsample_factor", 1)
    sizes = Phrase("value.any-size") if factor == 1 else Phrase("value.multiples", factor=factor)
    expected = Phrase("value.pictures-of-shape", channels=channels or "channels", sizes=sizes)
    if not is_floats(x):
        value = x.dtype if isinstance(x, Tensor) else x
        raise bad_value(name, value, Phrase("value.in-floats", expected=expected), SamplingError)
    fits = x.ndim == 4 and x.shape[1] == (channels or x.shape[1]) and not any(side % factor for side in x.shape[2:])
    if not fits or not x.numel():
        raise bad_value(name, tuple(x.shape), expected, SamplingError)
    if x.device != diffusion.device:
        raise bad_value(
            name,
            Phrase("value.on-device", device=x.device),
            Phrase("value.pictures-on", device=diffusion.device),
            SamplingError,
        )
    require_finite(name, x, SamplingError)
    weight = next((weight.dtype for weight in diffusion.parameters() if weight.is_floating_point()), x.dtype)
    return x.to(torch.promote_types(weight, diffusion.betas.dtype))


# --- A row of SAMPLERS: what a sampler is called, what it takes, and how it is started -------------------


@dataclass(frozen=True)
class Sampler(SamplerRow):
    """A row of `catalogue.SAMPLERS`; calling it starts the sampler."""

    @classmethod
    def of(cls, row: SamplerRow) -> Sampler:
        """The sampler of a row."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(row)})

    def function(self, task: Task) -> Steps:
        """The steps of a task."""
        steps: Steps = self.load()(task)
        return steps

    def __call__(
        self,
        diffusion: ReverseProcess,
        x_T: Tensor,
        *,
        steps: int | None = None,
        generator: NoiseSource = None,
        classes: Labels | None = None,
        condition: Tensor | None = None,
        eta: float | None = None,
        guidance_scale: float = 1.0,
        guidance_rescale: float = 0.0,
        guide: ReverseProcess | None = None,
        guide_scale: float = 1.0,
        spacing: str | None = None,
        start_t: int | None = None,
        times: Sequence[int] | None = None,
        given: Given | None = None,
    ) -> Steps:
        """Start: exactly `steps` Steps from x_T to pictures, deterministic given x_T and `generator`.

        x_T       (B, C, H, W) finite noise, or pictures noised to start_t, of any float type: what is narrower than
                  the model's (float32, unless the model was converted) is widened, and all Steps are of that type
        steps     1 … start_t + 1; None: diffusion.sampling_timesteps, DDPM all of them
        classes   as `class_labels` takes them; None: of a model without classes, or any class
        condition  (B or 1, C, H, W) what a conditional network sees beside x_t; None: of a network that sees nothing
        eta       0 … 1 for samplers that take it; None: diffusion.ddim_sampling_eta
        guidance  scale 1 and rescale 0: the network as it is, and all there is without classes; see `Guidance`
        guide     a worse model to go away from, with scale 1 not asked; see `Guidance`
        spacing   a row of SPACINGS; None: the sampler's own
        start_t   the timestep of x_T, 0 … T-1; None: T-1
        times     the timestep of every step, falling from start_t; None: those of `spacing`
        given     pictures that are known down to a timestep of their own; None: none are

        Raises SamplingError at once, not at the first step.
        """
        task = self.task(
            diffusion,
            x_T,
            steps=steps,
            generator=generator,
            classes=classes,
            condition=condition,
            eta=eta,
            guidance=Guidance(guidance_scale, guidance_rescale, guide, guide_scale),
            spacing=spacing,
            start_t=start_t,
            times=times,
        )
        task.given = given
        return self.function(task)

    def task(
        self,
        diffusion: ReverseProcess,
        x_T: Tensor,
        *,
        steps: int | None,
        generator: NoiseSource,
        classes: Labels | None,
        condition: Tensor | None,
        eta: float | None,
        guidance: Guidance,
        spacing: str | None,
        start_t: int | None,
        times: Sequence[int] | None = None,
    ) -> Task:
        """The checked task of a call. Raises SamplingError."""
        x_T = pictures_taken(diffusion, x_T, "x_T")
        require_noise_source(generator, len(x_T))
        start_t = first_timestep(diffusion, start_t)
        if steps is None and times is None and self.usual_steps is not None:
            steps = min(diffusion.sampling_timesteps, start_t + 1)
        require_guidance(guidance, has_classes=classes is not None)
        if guidance.guide is not None:
            diffusion.require_guide(guidance.guide)
        return Task(
            diffusion,
            x_T,
            time_pairs(
                diffusion,
                steps,
                spacing=self.default_spacing if spacing is None else spacing,
                start_t=start_t,
                dimensions=x_T[0].numel(),
                times=times,
            ),
            generator=generator,
            classes=None if classes is None else diffusion.class_labels(classes, len(x_T)),
            guidance=NO_GUIDANCE if guidance == NO_GUIDANCE else guidance,
            eta=self._eta(diffusion, eta),
            condition=diffusion.condition_taken(condition, x_T),
        )

    def _eta(self, diffusion: ReverseProcess, eta: float | None) -> float:
        if not self.takes_eta:
            if eta is not None:
                raise bad_value("eta", eta, Phrase("value.eta-of-ddim", sampler=self.title), SamplingError)
            return 0.0
        eta = diffusion.ddim_sampling_eta if eta is None else eta
        require_number("eta", eta, 0, 1)
        return float(eta)


# --- The loop that all samplers share: a sampler is what it makes of one step ----------------------------


class Made(NamedTuple):
    """What a step made, as in `Step`."""

    x_0: Tensor
    x_next: Tensor
    noise: Tensor | None = None
    terms: tuple[Term, ...] = ()

    @classmethod
    def clean(cls, x_0: Tensor) -> Made:
        """The last step, which ends at the prediction itself."""
        return cls(x_0, x_0, terms=(Term("x_0", 1.0, x_0),))


class Move(Protocol):
    """One step of a sampler; x_0_before is x̂_0 of the step before, or None."""

    def __call__(self, x: Tensor, t: int, t_next: int, x_0_before: Tensor | None, /) -> Made:
        """From x at t to t_next."""


@torch.no_grad()
def walk(task: Task, move: Move) -> Steps:
    """Every step of the task, with gradients off inside and untouched for the receiver."""
    x, x_0 = task.x_T.clone(), task.x_self_cond
    for index, (t, t_next) in enumerate(task.pairs):
        task.begin_step(index)
        x_0, x_next, noise, terms = task.end_step(move(x, t, t_next, x_0))
        # What goes on into the next step is never the receiver's.
        yield Step(index, t, t_next, x, x_0.clone(), x_next.clone(), noise, terms, tuple(task.heard))
        x = x_next


# --- all samplers ------------------------------------------------------------------------------------------

SAMPLERS: dict[str, Sampler] = {name: Sampler.of(row) for name, row in catalogue.SAMPLERS.items()}


def sampler_named(name: str) -> Sampler:
    """The row of SAMPLERS; SamplingError when there is none of that name."""
    require_one_of("sampler", name, SAMPLERS)
    return SAMPLERS[name]
