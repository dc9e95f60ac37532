"""The reverse process: from noise back to pictures, one step or all of them, as plain calls for scripts.

The loops themselves are the generators of `samplers`; these draw x_T, run one of them to its end and scale the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Literal, Unpack, overload

import torch
from torch import Tensor

from . import samplers
from .denoising import Denoiser, DenoisingProcess
from .device import is_out_of_memory
from .errors import Phrase, SamplingError
from .inputs import as_flag, bad_value, is_whole, require_batch_shape, require_whole
from .inputs_tensors import require_alike, require_generator
from .samplers.editing import interpolate
from .samplers.task import Conditions, Task, pictures_taken

#: Numbers; beyond, torch speaks of overflows instead of memory.
_MORE_THAN_ANY_MEMORY = 2**40


class ReverseProcess(DenoisingProcess):
    """A denoising process that can be sampled from.

    sampling_timesteps  steps that `sample` takes (None: T); fewer than T means DDIM
    ddim_sampling_eta   0 (deterministic) … 1 (as noisy as DDPM)
    auto_normalize      pictures come and go in [0, 1]; False: in [-1, 1]

    `sample`, `ddim_sample` and `p_sample_loop` return new pictures, (B, C, H, W) in [0, 1]. With return_all_timesteps
    it is (B, steps + 1, C, H, W) on the CPU, x_T first; with return_all_x_start a pair of that and, likewise on the
    CPU and scaled, x̂_0 as every step predicted it, (B, steps, C, H, W). Besides they take `classes` (as `class_labels`
    does), `guidance_scale` and `guidance_rescale` by keyword, and raise SamplingError.
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
        super().__init__(model, betas, image_size=image_size, objective=objective, class_names=class_names)
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

    def p_sample(
        self,
        x: Tensor,
        t: int,
        x_self_cond: Tensor | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> tuple[Tensor, Tensor]:
        """One DDPM step: x_{t-1} and x̂_0, (B, C, H, W) each. x is taken as samplers take x_T. Raises SamplingError."""
        require_whole("t", t, 0, self.num_timesteps - 1)
        require_generator(generator)
        x = pictures_taken(self, x, "x")
        task = Task(self, x, [(t, t - 1)], generator=generator, x_self_cond=x_self_cond)
        step = next(samplers.ancestral(task))
        return step.x_next, step.x_0

    @overload
    def p_sample_loop(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[False] = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor: ...
    @overload
    def p_sample_loop(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[True],
        **conditions: Unpack[Conditions],
    ) -> tuple[Tensor, Tensor]: ...
    def p_sample_loop(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: bool = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor | tuple[Tensor, Tensor]:
        """DDPM over all T steps from fresh noise of shape (B, C, H, W). What it returns: see the class."""
        x, history = self._run("ddpm", shape, self.num_timesteps, return_all_timesteps, return_all_x_start, conditions)
        return x if history is None else (x, history)

    @overload
    def ddim_sample(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[False] = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor: ...
    @overload
    def ddim_sample(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[True],
        **conditions: Unpack[Conditions],
    ) -> tuple[Tensor, Tensor]: ...
    def ddim_sample(
        self,
        shape: Sequence[int],
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: bool = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor | tuple[Tensor, Tensor]:
        """DDIM over sampling_timesteps steps from fresh noise of shape (B, C, H, W). What it returns: see the class."""
        x, history = self._run(
            "ddim", shape, self.sampling_timesteps, return_all_timesteps, return_all_x_start, conditions
        )
        return x if history is None else (x, history)

    @overload
    def sample(
        self,
        batch_size: int = 16,
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[False] = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor: ...
    @overload
    def sample(
        self,
        batch_size: int = 16,
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: Literal[True],
        **conditions: Unpack[Conditions],
    ) -> tuple[Tensor, Tensor]: ...
    def sample(
        self,
        batch_size: int = 16,
        return_all_timesteps: bool = False,
        *,
        return_all_x_start: bool = False,
        **conditions: Unpack[Conditions],
    ) -> Tensor | tuple[Tensor, Tensor]:
        """New pictures, by DDIM where sampling_timesteps is below T, else by DDPM. What it returns: see the class."""
        sampler = "ddim" if self.is_ddim_sampling else "ddpm"
        shape = (batch_size, self.channels, *self.image_size)
        x, history = self._run(
            sampler, shape, self.sampling_timesteps, return_all_timesteps, return_all_x_start, conditions
        )
        return x if history is None else (x, history)

    def _run(
        self,
        sampler: str,
        shape: Sequence[int],
        steps: int,
        all_timesteps: bool,
        all_x_start: bool,
        conditions: Conditions,
    ) -> tuple[Tensor, Tensor | None]:
        """The pictures, or every x_t of their making; and every x̂_0 where asked for."""
        all_timesteps = as_flag("return_all_timesteps", all_timesteps)
        all_x_start = as_flag("return_all_x_start", all_x_start)
        x = self._noise(shape)
        # A thousand steps of a batch do not fit beside the network: what is kept leaves the device at once.
        trajectory, predictions = [x.cpu()], []
        for step in samplers.SAMPLERS[sampler](self, x, steps=steps, **conditions):
            x = step.x_next
            if all_timesteps:
                trajectory.append(x.cpu())
            if all_x_start:
                predictions.append(step.x_0.cpu())
        made = self.unnormalize(torch.stack(trajectory, dim=1) if all_timesteps else x)
        return made, self.unnormalize(torch.stack(predictions, dim=1)) if all_x_start else None

    def _noise(self, shape: Sequence[int]) -> Tensor:
        """x_T. Raises SamplingError for what is no shape of pictures, or does not fit into memory."""
        require_batch_shape(shape, self.channels_taken)
        try:
            return torch.randn(tuple(shape), device=self.device, dtype=self.betas.dtype)
        except (RuntimeError, TypeError, MemoryError) as error:
            if not is_out_of_memory(error) and prod(shape) < _MORE_THAN_ANY_MEMORY:
                raise
            raise SamplingError("sampling.out-of-memory", device=self.device, count=shape[0]) from error

    def interpolate(self, x1: Tensor, x2: Tensor, t: int | None = None, lam: float = 0.5) -> Tensor:
        """Between two pictures, by DDPM over every step from t; see `samplers.editing.interpolate`.

        x1, x2: (B, C, H, W) in [0, 1], as the result. t: 0 … T-1 (None: T-1). lam: 0 (x1) … 1 (x2). Raises
        SamplingError.
        """
        x1, x2 = (self.normalize(pictures_taken(self, x, name)) for name, x in (("x1", x1), ("x2", x2)))
        t = self.num_timesteps - 1 if t is None else t
        x = x1
        for step in interpolate(self, x1, x2, t=t, lam=lam, sampler="ddpm"):
            x = step.x_next
        return self.unnormalize(x)
