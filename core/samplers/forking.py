"""Going another way from a step of a denoising: a fork.

A fork goes through the sampler from the first step on, so that whatever the sampler remembers is there, and takes the
network's answers and the noise from the record as long as they would be the same. So it is at its branch at once, and
one that changes nothing is bit for bit the original, whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ..diffusion.guidance import require_guidance
from ..diffusion.inputs import Labels, require_finite
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_number, require_whole
from .loop import Made, NoiseSource, Sampler, Step, Steps, Task, Term, require_noise_source, sampler_named

if TYPE_CHECKING:
    from ..diffusion.process import ModelPrediction, NetworkOutput


@dataclass(frozen=True, eq=False)
class Change:
    """What goes another way from step `at` on; None: as it was.

    at           0 … steps-1: its x_t is the last thing that is the original's
    generator    where noise is drawn from
    noise_known  `past` was made with that generator already, as that of a fork of a fork is: its noise is taken
    eta          of samplers that take it, 0 … 1
    classes      as `class_labels` takes them
    guidance_scale, guidance_rescale  see `Guidance`
    x_0          (B, C, H, W) in [-1, 1]: what step `at` takes the clean picture to be, instead of what the network says
    covered      (B, H, W) of bool: where it does so; None: everywhere
    held         for how many steps. Of what lay there before, √(SNR_t/SNR_s) is left when the step to s is made (DDIM's
                 way with an x̂_0 that stays): one step leaves most of it, and the network finds it again
    mask         (H, W) of 0 and 1: inside of it (1) the fork goes its own way; outside each x_next of the original is
                 put back, so that the rest stays and grows together with what is new
    """

    at: int
    generator: NoiseSource = None
    noise_known: bool = False
    eta: float | None = None
    classes: Labels | None = None
    guidance_scale: float | None = None
    guidance_rescale: float | None = None
    x_0: Tensor | None = None
    covered: Tensor | None = None
    held: int = 1
    mask: Tensor | None = None

    @property
    def asks_otherwise(self) -> bool:
        """Whether the network is asked another thing of the same x_t."""
        return any(wish is not None for wish in (self.classes, self.guidance_scale, self.guidance_rescale))


def fork(sampler: str, task: Task, past: Sequence[Step], changes: Sequence[Change]) -> Steps:
    """The steps of `task` as the changes have it, all of them, from the first on.

    sampler  the row of SAMPLERS
    task     of the original, as it began: the same x_T, timesteps, and a generator at its beginning
    past     the original's Steps, with their outputs; fewer of them are computed again, with a mask all are needed
    changes  the last is the fork's; those before it are of the forks that `past` comes from, the oldest first

    Raises SamplingError for a step that was not taken, and for changes that do not go with the model or sampler.
    """
    row = sampler_named(sampler)
    checked = tuple(_checked(row, task, past, change) for change in changes)
    began = {one.name: getattr(task, one.name) for one in fields(Task)}
    return row.function(_Forked(**began, past=past, changes=checked))


def _checked(row: Sampler, task: Task, past: Sequence[Step], change: Change) -> Change:
    """The change with its classes as labels. Raises SamplingError."""
    count, shape = len(task.x_T), tuple(task.x_T.shape)
    require_whole("at", change.at, 0, len(task.pairs) - 1)
    if change.generator is not None:
        require_noise_source(change.generator, count)
    if change.eta is not None:
        if not row.takes_eta:
            raise bad_value("eta", change.eta, Phrase("value.eta-of-ddim", sampler=row.title), SamplingError)
        require_number("eta", change.eta, 0, 1)
    classes = None if change.classes is None else task.diffusion.class_labels(change.classes, count)
    require_guidance(_guided(task, change).guidance, has_classes=task.classes is not None or classes is not None)
    if change.x_0 is not None:
        if tuple(change.x_0.shape) != shape:
            raise bad_value("x_0", tuple(change.x_0.shape), Phrase("value.as-x1", shape=shape), SamplingError)
        require_finite("x_0", change.x_0, SamplingError)
        require_whole("held", change.held, 1, task.diffusion.num_timesteps)
        spread_out = (count, *shape[-2:])
        if change.covered is not None and tuple(change.covered.shape) != spread_out:
            expected = Phrase("value.as-x1", shape=spread_out)
            raise bad_value("covered", tuple(change.covered.shape), expected, SamplingError)
    if change.mask is not None:
        if tuple(change.mask.shape) != shape[-2:]:
            found = " × ".join(map(str, change.mask.shape))
            expected = Phrase("value.mask-size", height=shape[-2], width=shape[-1])
            raise bad_value("mask", found, expected, SamplingError)
        if len(past) < len(task.pairs):
            expected = Phrase("value.steps-of-original", count=len(task.pairs))
            raise bad_value("past", len(past), expected, SamplingError)
    return replace(change, classes=classes)


def _guided(task: Task, change: Change) -> Task:
    """The task with the change's guidance."""
    scale = task.guidance.scale if change.guidance_scale is None else change.guidance_scale
    rescale = task.guidance.rescale if change.guidance_rescale is None else change.guidance_rescale
    if (scale, rescale) == (task.guidance.scale, task.guidance.rescale):
        return task
    return replace(task, guidance=task.guidance._replace(scale=scale, rescale=rescale))


@dataclass(eq=False)
class _Forked(Task):
    """A task that asks the network only what the original did not, and changes between its steps."""

    past: Sequence[Step] = ()
    changes: Sequence[Change] = ()
    index: int = 0
    paints: tuple[Change, ...] = ()  #: whose paint counts in the step under way, the newest on top
    mask: Tensor | None = None
    noise_known: bool = True  #: whether the noise is the past's, as far as that has some
    as_it_was: bool = True  #: whether the network has been asked only what the past asked

    def begin_step(self, index: int) -> None:
        """Change what is to be changed at this step."""
        super().begin_step(index)
        self.index = index
        self.paints = tuple(
            change for change in self.changes if change.x_0 is not None and change.at <= index < change.at + change.held
        )
        for change in self.changes:
            if change.at == index:
                self._change(change, newest=change is self.changes[-1])

    def _change(self, change: Change, *, newest: bool) -> None:
        if change.generator is not None:
            self.generator, self.noise_known = change.generator, change.noise_known
        if change.eta is not None:
            self.eta = change.eta
        if change.classes is not None:
            assert isinstance(change.classes, Tensor), "as `fork` made them"
            self.classes = change.classes
        self.guidance = _guided(self, change).guidance
        if newest and change.asks_otherwise:
            self.as_it_was = False
        self.mask = self.mask if change.mask is None else change.mask

    def noise_like(self, x: Tensor) -> Tensor:
        """z, the original's where that was drawn from the same source."""
        drawn = super().noise_like(x)
        known = self.past[self.index].noise if self.noise_known and self.index < len(self.past) else None
        return drawn if known is None else known.to(x)

    def predict(self, x: Tensor, t: int, x_0_before: Tensor | None) -> ModelPrediction:
        """As a task has it, but asks nothing twice; what was painted over takes the place of the first answer."""
        times, first = self.times(x, t), not self.heard
        said = self._remembered(x, x_0_before)
        if said is None:
            found = super().predict(x, t, x_0_before)
        else:
            self.heard.append(said)
            found = self.diffusion.predictions_from(said.output, x, times, clip_x_start=True, rederive_pred_noise=True)
        if not self.paints or not first:
            return found
        # What an earlier fork has painted over is in the record with its paint, as long as that is followed.
        followed = said is not None and self._is_followed
        x_0 = self.past[self.index].x_0.to(x) if followed else reduce(_painted, self.paints, found.pred_x_start)
        return found._replace(pred_noise=self.diffusion.predict_noise_from_start(x, times, x_0), pred_x_start=x_0)

    def _remembered(self, x: Tensor, x_0_before: Tensor | None) -> NetworkOutput | None:
        """What the network said to the original, where it is asked the same again."""
        call = len(self.heard)
        if not self.as_it_was or self.index >= len(self.past):
            return None
        step = self.past[self.index]
        if call:
            # Heun's second question follows from the first answer, unless that was painted over.
            as_then = not self.paints or self._is_followed
            return step.outputs[call] if as_then and call < len(step.outputs) else None
        self.as_it_was = bool(step.outputs) and torch.equal(step.x_t.to(x), x)
        if self.diffusion.self_condition and self.index:
            before = self.past[self.index - 1].x_0
            self.as_it_was &= x_0_before is not None and torch.equal(before.to(x), x_0_before)
        return step.outputs[0] if self.as_it_was else None

    @property
    def _is_followed(self) -> bool:
        """Whether the step under way is before the newest change."""
        return self.index < self.changes[-1].at

    def end_step(self, made: Made) -> Made:
        """Put back what lies outside of the mask."""
        if self.mask is None:
            return made
        inside = self.mask.to(made.x_next) > 0.5
        known = self.past[self.index].x_next.to(made.x_next)
        terms = (
            *(term._replace(tensor=torch.where(inside, term.tensor, 0), where="inside") for term in made.terms),
            Term("known", 1.0, torch.where(inside, 0, known), where="outside"),
        )
        return made._replace(x_next=torch.where(inside, made.x_next, known), terms=terms)


def _painted(x_0: Tensor, change: Change) -> Tensor:
    """A prediction with a change's paint over it."""
    assert change.x_0 is not None
    paint = change.x_0.to(x_0).clamp(-1, 1)
    if change.covered is None:
        return paint
    return torch.where(change.covered.to(x_0.device)[:, None], paint, x_0)
