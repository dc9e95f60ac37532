"""From a recording and a branch to frames: goes another way from one of its steps, with the recording's own model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

import torch
from torch import Tensor

from .beginning import Branch, Start
from .diffusion.gaussian_diffusion import GaussianDiffusion
from .diffusion.guidance import Guidance
from .diffusion.process import NetworkOutput
from .errors import SamplingError
from .frames import SamplingEvent
from .recording import Recording
from .samplers import PictureNoise, Step, Steps, Task, sampler_named
from .samplers.editing import require_forgetful
from .samplers.forking import Change, fork
from .sampling import as_condition, frames_of, given_pictures, in_precision, labels_in_turn
from .sampling_record import Guide, class_name, request_record
from .settings import SampleConfig
from .threads import WalkThreads

#: How many pictures of noise a denoising draws before its first step, by what it begins with.
DRAWN_BEFORE = {Start.NOISE: 0, Start.PICTURE: 1, Start.BETWEEN: 2}


class RecordedSteps(Sequence[Step]):
    """The Steps of a recording, made when they are looked at, on a device."""

    def __init__(self, recording: Recording, device: torch.device) -> None:
        self._recording, self._device = recording, device

    def __len__(self) -> int:
        return self._recording.arrived

    @overload
    def __getitem__(self, index: int, /) -> Step: ...

    @overload
    def __getitem__(self, index: slice, /) -> Sequence[Step]: ...

    def __getitem__(self, index: int | slice, /) -> Step | Sequence[Step]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        recording = self._recording
        made = recording.x_next(index)
        x_t = self._layer("x_t", index)
        others = ("conditional", "unconditional", "of_guide")
        asked = {name: self._layer(name, index) for name in others if recording.has(name, index)}
        said = [NetworkOutput(self._layer("output", index), **asked)]
        if any(symbol == "x_0_ahead" for symbol, *_ in recording.term_facts[index]):
            said.append(NetworkOutput(self._layer("output_ahead", index)))
        return Step(
            index,
            int(recording.t[index]),
            int(recording.t_next[index]),
            x_t,
            self._layer("x_0", index),
            x_t if made is None else self._tensor(made),
            self._layer("noise", index) if recording.has("noise", index) else None,
            outputs=tuple(said),
        )

    def _layer(self, name: str, index: int) -> Tensor:
        return self._tensor(self._recording.layer(name, index))

    def _tensor(self, values: object) -> Tensor:
        return torch.as_tensor(values).permute(0, 3, 1, 2).contiguous().to(self._device)


def fork_frames(
    diffusion: GaussianDiffusion,
    request: SampleConfig,
    recording: Recording,
    branch: Branch,
    *,
    before: Sequence[Branch] = (),
    guide: Guide | None = None,
    in_threads: WalkThreads | None = None,
) -> Iterator[SamplingEvent]:
    """The events of a denoising that is `recording` up to a step and goes another way from there, layers included.

    request: what the first of its line was made with; diffusion: the model that made it. before: where `recording` is a
    fork itself, its branches, the oldest first. The steps before the branch come at once. A branch that changes nothing
    is bit for bit the recording, if that has its layers in float32.
    Raises SamplingError for a recording of pixels only, for one that filled in a mask, and for what cannot be changed.
    """
    if not recording.has_layers:
        raise SamplingError("fork.no-layers")
    if request.beginning.mask is not None:
        raise SamplingError("fork.filled")
    if not 0 <= branch.at < recording.arrived:
        raise SamplingError("fork.no-step", step=branch.at + 1, of=recording.arrived)
    later = [each.at for each in before if each.sampler is not None and each.at > branch.at]
    if later:
        raise SamplingError("fork.before-sampler", step=later[0] + 1)
    line = _Line(request, recording, (*before, branch))
    steps = in_precision(diffusion, None if guide is None else guide.diffusion, request.precision, line.steps)
    total = recording.steps if branch.sampler is None else branch.at + (branch.steps or recording.steps - branch.at)
    seen = {name: recording.settings[name] for name in ("condition", "condition_sha256") if name in recording.settings}
    settings = {**request_record(diffusion, request, guide), **seen, **_told(diffusion, branch, recording)}
    if before:
        settings["fork_of"] = [_told(diffusion, each, recording) for each in before]
    more = ("known",) if line.masked else ()
    yield from frames_of(
        diffusion,
        request,
        settings,
        steps,
        total,
        in_threads=in_threads,
        with_layers=True,
        more_layers=more,
        condition=recording.condition,
    )


def _told(diffusion: GaussianDiffusion, branch: Branch, recording: Recording) -> dict[str, object]:
    """What the settings of a branch's pictures say of it."""
    told = {
        "fork_at": branch.at + 1,
        "fork_t": int(recording.t[branch.at]),
        "fork_seed": branch.seed,
        "fork_eta": branch.eta,
        "fork_classes": None if branch.classes is None else [class_name(diffusion, each) for each in branch.classes],
        "fork_guidance_scale": branch.guidance_scale,
        "fork_guidance_rescale": branch.guidance_rescale,
        "fork_sampler": branch.sampler,
        "fork_steps": branch.steps if branch.sampler is not None else None,
        "fork_painted": True if branch.x_0 is not None else None,
        "fork_held": branch.held if branch.x_0 is not None else None,
        "fork_mask": True if branch.mask is not None else None,
    }
    return {name: value for name, value in told.items() if value is not None}


class _Line:
    """A recording's line of branches, the last of which is to be made."""

    def __init__(self, request: SampleConfig, recording: Recording, branches: Sequence[Branch]) -> None:
        self._request, self._recording, self._branches = request, recording, branches
        self._guide: GaussianDiffusion | None = None
        self.masked = any(branch.mask is not None for branch in branches)
        if self.masked and any(branch.sampler is not None for branch in branches):
            raise SamplingError("fork.mask-and-sampler")

    def steps(self, diffusion: GaussianDiffusion, guide: GaussianDiffusion | None) -> Steps:
        """All of them, from the first on, of `diffusion`, which computes in the request's precision."""
        self._guide = guide
        if self._branches[-1].sampler is None and self._recording.arrived < self._recording.steps:
            raise SamplingError("fork.unfinished")
        past: Sequence[Step] = RecordedSteps(self._recording, diffusion.device)
        task = self._task(diffusion, self._request.sampler, past[0].x_t, 0, steps=len(past))
        sampler, begins = self._request.sampler, 0
        changes: list[Change] = []
        for branch in self._branches:
            newest = branch is self._branches[-1]
            if branch.sampler is not None:
                # Another sampler knows nothing of the steps before; with self-conditioning it is fed their last x̂_0.
                begins, sampler = branch.at, branch.sampler
                if not sampler_named(sampler).takes_eta:  # nor has it the η that a branch before chose
                    changes = [replace(change, eta=None) for change in changes]
                steps = (branch.steps if newest else None) or len(past) - branch.at
                task = self._task(diffusion, sampler, past[branch.at].x_t, branch.at, steps=steps, fresh=newest)
                task.x_self_cond = past[branch.at - 1].x_0 if branch.at else None
            changes.append(self._change(diffusion, branch, newest=newest))
        later = [_from(begins, change) for change in changes]
        known = [] if self._branches[-1].sampler is not None else past[begins:]
        return _one_after_the_other(past, begins, fork(sampler, task, known, later))

    def _task(
        self, diffusion: GaussianDiffusion, sampler: str, x_T: Tensor, at: int, *, steps: int, fresh: bool = False
    ) -> Task:
        """The task of a sampler that begins at step `at`; fresh: its timesteps are its own, else as recorded."""
        request = self._request
        row = sampler_named(sampler)
        times = [int(t) for t in self._recording.t[at : self._recording.arrived]]
        task = row.task(
            diffusion,
            x_T,
            steps=steps if fresh else len(times),
            generator=self._noise(request.seed, x_T, drawn=DRAWN_BEFORE[request.beginning.start]),
            classes=labels_in_turn(request.classes, request.count, first=request.first),
            condition=self._seen(diffusion),
            eta=request.eta if row.takes_eta else None,
            guidance=Guidance(request.guidance_scale, request.guidance_rescale, self._guide, request.guide_scale),
            spacing=None,
            start_t=times[0],
            times=None if fresh else times,
        )
        task.given = given_pictures(diffusion, request)
        if task.given is not None:
            require_forgetful(sampler)
        return task

    def _seen(self, diffusion: GaussianDiffusion) -> Tensor | None:
        """What the recording's own network saw beside x_t: the files may be gone or changed by now."""
        seen = self._recording.condition
        return None if seen is None else as_condition(diffusion, seen)

    def _noise(self, seed: int, like: Tensor, *, drawn: int = 0, purpose: str = "sampling") -> PictureNoise:
        request = self._request
        strength = float(self._recording.settings.get("offset_noise_strength", 0.0))  # type: ignore[arg-type]
        alike = bool(request.beginning.row)
        noise = PictureNoise(
            seed,
            request.count,
            first=0 if alike else request.first,
            offset_noise_strength=strength,
            purpose=purpose,
            alike=alike,
        )
        for _ in range(drawn):
            noise.draw(like.shape, like.dtype)
        return noise

    def _change(self, diffusion: GaussianDiffusion, branch: Branch, *, newest: bool) -> Change:
        """What a branch changes. Of an older one the noise is in the recording already."""
        request = self._request
        painted = None
        if branch.x_0 is not None:
            painted = torch.as_tensor(branch.x_0).permute(0, 3, 1, 2).contiguous().to(diffusion.device)
        return Change(
            branch.at,
            generator=None if branch.seed is None else self._noise(branch.seed, torch.empty(0), purpose="fork"),
            noise_known=not newest,
            eta=branch.eta,
            classes=None
            if branch.classes is None
            else labels_in_turn(branch.classes, request.count, first=request.first),
            guidance_scale=branch.guidance_scale,
            guidance_rescale=branch.guidance_rescale,
            x_0=painted,
            covered=None if branch.covered is None else torch.as_tensor(branch.covered),
            held=branch.held,
            mask=None if branch.mask is None else torch.as_tensor(branch.mask),
        )


def _from(begins: int, change: Change) -> Change:
    """A change as a sampler counts it that begins at a step of the recording; paint that is held no more is gone."""
    if change.at >= begins:
        return replace(change, at=change.at - begins)
    left = change.at + change.held - begins
    return replace(change, at=0, held=left) if left > 0 else replace(change, at=0, x_0=None)


def _one_after_the_other(past: Sequence[Step], at: int, others: Steps) -> Steps:
    for index in range(at):
        yield past[index]
    for step in others:
        yield replace(step, index=step.index + at)
