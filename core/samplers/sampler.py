"""A row of SAMPLERS: what a sampler is called, what it takes, and how it is started."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from torch import Tensor

from ..catalogue import SamplerRow
from ..errors import Phrase, SamplingError
from ..guidance import NO_GUIDANCE, Guidance, require_guidance
from ..inputs import bad_value, require_number
from ..inputs_classes import Labels
from .noise import NoiseSource, require_noise_source
from .spacing import first_timestep, time_pairs
from .step import Steps
from .task import Task, pictures_taken

if TYPE_CHECKING:
    from ..reverse import ReverseProcess


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
        eta: float | None = None,
        guidance_scale: float = 1.0,
        guidance_rescale: float = 0.0,
        spacing: str | None = None,
        start_t: int | None = None,
    ) -> Steps:
        """Start: exactly `steps` Steps from x_T to pictures, deterministic given x_T and `generator`.

        x_T       (B, C, H, W) finite noise, or pictures noised to start_t, of any float type: what is narrower than
                  the model's (float32, unless the model was converted) is widened, and all Steps are of that type
        steps     1 … start_t + 1; None: diffusion.sampling_timesteps, DDPM all of them
        classes   as `class_labels` takes them; None: of a model without classes, or any class
        eta       0 … 1 for samplers that take it; None: diffusion.ddim_sampling_eta
        guidance  scale 1 and rescale 0: the network as it is, and all there is without classes; see `Guidance`
        spacing   a row of SPACINGS; None: the sampler's own
        start_t   the timestep of x_T, 0 … T-1; None: T-1

        Raises SamplingError at once, not at the first step.
        """
        task = self.task(
            diffusion,
            x_T,
            steps=steps,
            generator=generator,
            classes=classes,
            eta=eta,
            guidance=Guidance(guidance_scale, guidance_rescale),
            spacing=spacing,
            start_t=start_t,
        )
        return self.function(task)

    def task(
        self,
        diffusion: ReverseProcess,
        x_T: Tensor,
        *,
        steps: int | None,
        generator: NoiseSource,
        classes: Labels | None,
        eta: float | None,
        guidance: Guidance,
        spacing: str | None,
        start_t: int | None,
    ) -> Task:
        """The checked task of a call. Raises SamplingError."""
        x_T = pictures_taken(diffusion, x_T, "x_T")
        require_noise_source(generator, len(x_T))
        start_t = first_timestep(diffusion, start_t)
        if steps is None and self.usual_steps is not None:
            steps = min(diffusion.sampling_timesteps, start_t + 1)
        require_guidance(guidance, has_classes=classes is not None)
        return Task(
            diffusion,
            x_T,
            time_pairs(
                diffusion,
                steps,
                spacing=self.default_spacing if spacing is None else spacing,
                start_t=start_t,
                dimensions=x_T[0].numel(),
            ),
            generator=generator,
            classes=None if classes is None else diffusion.class_labels(classes, len(x_T)),
            guidance=NO_GUIDANCE if guidance == NO_GUIDANCE else guidance,
            eta=self._eta(diffusion, eta),
        )

    def _eta(self, diffusion: ReverseProcess, eta: float | None) -> float:
        if not self.takes_eta:
            if eta is not None:
                raise bad_value("eta", eta, Phrase("value.eta-of-ddim", sampler=self.title), SamplingError)
            return 0.0
        eta = diffusion.ddim_sampling_eta if eta is None else eta
        require_number("eta", eta, 0, 1)
        return float(eta)
