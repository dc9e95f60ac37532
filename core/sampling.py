"""From a model and a request to frames: runs a sampler and turns every step's tensors into plain arrays."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from .beginning import Start, StartPicture
from .device import autocast, autocast_dtype
from .diffusion.gaussian_diffusion import GaussianDiffusion
from .errors import Phrase, SamplingError
from .frames import Frame, SamplingEvent, SamplingFinished, SamplingStarted, TermFacts
from .inputs import bad_value, mask_target
from .networks.blocks import hold_weights_in
from .pictures.decode.prepare import prepare
from .pictures.feed.conditions import condition_of
from .samplers import PictureNoise, Step, Steps, initial_noise, sampler_named
from .samplers.editing import Options, Which, image_to_image, inpaint, inpaint_steps, interpolate
from .samplers.loop import Conditions, Given
from .sampling_record import Guide, request_record
from .settings import SampleConfig
from .threads import WalkThreads, made_inside

if TYPE_CHECKING:
    from .diffusion.process import ReverseProcess


# --- Pictures that a person gives to a sampler, as it takes them: a batch in the network's range, and a mask ---

#: A mask's grey level from which on it is white.
WHITE_FROM = 128


def picture_batch(diffusion: ReverseProcess, picture: Image.Image, count: int) -> Tensor:
    """(count, C, H, W) of one picture on the model's device, scaled and cropped as in training."""
    pixels = prepare(picture, size=diffusion.image_size, channels=diffusion.channels)
    x_start = diffusion.normalize(rearrange(torch.from_numpy(pixels.copy()), "h w c -> 1 c h w").float() / 255)
    return x_start.to(diffusion.device).expand(count, -1, -1, -1).contiguous()


def fill_mask(diffusion: ReverseProcess, mask: Image.Image, picture: Image.Image) -> Tensor:
    """(H, W) of 0 and 1 for `samplers.editing.inpaint`: 1, to be filled, where the mask is white.

    A mask as large as the picture is scaled and cropped like it; one of any other size is resized first, see
    `mask_target`.
    """
    height, width = diffusion.image_size
    target = mask_target(mask.size, picture.size, (width, height))
    if target is not None:
        mask = mask.resize(target, Image.Resampling.NEAREST)
    pixels = prepare(mask, size=(height, width), channels=1, background="black")
    return torch.from_numpy(pixels[..., 0] >= WHITE_FROM).float()


# --- From the network's range to pixels ------------------------------------------------------------------


def to_pixels(tensor: Tensor, *, normalized: bool = True) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8 from (N, C, H, W) in the network's range; what lies beyond is clipped.

    normalized: the range is [-1, 1], else (a model with auto_normalize=False) [0, 1], in which its pictures came.
    """
    values = tensor.detach().float()
    scaled = (values.clamp(-1, 1).add(1).mul(127.5) if normalized else values.clamp(0, 1).mul(255)).round()
    pixels: NDArray[np.uint8] = rearrange(scaled, "n c h w -> n h w c").contiguous().cpu().numpy().astype(np.uint8)
    return pixels


#: Symbols of terms whose tensors are nowhere else in a step.
OF_THEIR_STEP = ("x_0_ahead", "x_t_corrected", "known")


# --- one request -----------------------------------------------------------------------------------------


def sample_frames(
    diffusion: GaussianDiffusion,
    request: SampleConfig,
    *,
    guide: Guide | None = None,
    in_threads: WalkThreads | None = None,
    with_layers: bool = False,
) -> Generator[SamplingEvent, None, None]:
    """SamplingStarted, a Frame for each step, SamplingFinished; close it to stop between two steps.

    All noise of picture k depends on (seed, k) alone (of a row, that of picture 0), so a larger grid begins with the
    same pictures, up to what the rounding in the network depends on their number. Inside a mask (RePaint) there are
    more Frames than `sample_steps`: what `inpaint_steps` says.
    guide: what the request's guide_scale goes away from, on the same device.
    in_threads: chooses with how many threads; None: by measuring.
    with_layers: Frames also carry what lies between x_t and what came out, as float32 and with the sampler's terms.
    Raises SamplingError for a request that cannot be carried out, DataError for a picture that cannot be read.
    """
    inside = request.beginning.mask is not None
    total = inpaint_steps(request.sample_steps) if inside else request.sample_steps
    begin = partial(_begin, request=request)
    steps = in_precision(diffusion, None if guide is None else guide.diffusion, request.precision, begin)
    settings = request_record(diffusion, request, guide)
    yield from frames_of(diffusion, request, settings, steps, total, in_threads=in_threads, with_layers=with_layers)


def in_precision(
    diffusion: GaussianDiffusion,
    guide: GaussianDiffusion | None,
    precision: str,
    begin: Callable[[GaussianDiffusion, GaussianDiffusion | None], Steps],
) -> Steps:
    """The steps that `begin` starts with a model and its guide that compute in a row of PRECISIONS."""
    dtype = autocast_dtype(diffusion.device, precision)
    if dtype is None:
        return begin(diffusion, guide)
    # Copies, so that weights are cast once and not in each call.
    narrow, narrow_guide = held_in(diffusion, dtype), None if guide is None else held_in(guide, dtype)
    return made_inside(partial(autocast, diffusion.device, dtype), begin(narrow, narrow_guide))


def held_in(diffusion: GaussianDiffusion, dtype: torch.dtype) -> GaussianDiffusion:
    """A copy for mixed precision, whose weights are cast already."""
    narrow = copy.deepcopy(diffusion)
    if dtype == torch.bfloat16:
        hold_weights_in(narrow, dtype)
    return narrow


def _begin(diffusion: GaussianDiffusion, guide: GaussianDiffusion | None, *, request: SampleConfig) -> Steps:
    """The steps that the request means, started. Raises SamplingError, DataError."""
    began, count, steps = request.beginning, request.count, request.sample_steps
    strength = offset_strength(diffusion, offset_noise=request.offset_noise)
    row = began.row[request.first : request.first + count]
    of_first = 0 if row else request.first
    draw = PictureNoise(request.seed, count, first=of_first, offset_noise_strength=strength, alike=bool(row))
    conditions: Conditions = {
        "classes": labels_in_turn(request.classes, count, first=request.first),
        "condition": conditions_in_turn(diffusion, request),
        "guidance_scale": request.guidance_scale,
        "guidance_rescale": request.guidance_rescale,
        "guide": guide,
        "guide_scale": request.guide_scale,
    }
    images = [_image(picture) for picture in began.pictures]
    pictures = [picture_batch(diffusion, image, count) for image in images]
    if began.mask is not None:
        mask = fill_mask(diffusion, _image(began.mask), images[0])
        which: Which = {**conditions, "spacing": request.spacing, "times": request.times}
        return inpaint(diffusion, pictures[0], mask, steps=steps, generator=draw, **which)
    options: Options = {**conditions, "eta": request.eta, "spacing": request.spacing, "times": request.times}
    if began.start is Start.NOISE:
        x_T = initial_noise(
            diffusion,
            count,
            seed=request.seed,
            device=diffusion.device,
            first=request.first,
            offset_noise_strength=strength,
        )
        return sampler_named(request.sampler)(diffusion, x_T, steps=steps, generator=draw, **options)
    assert began.t is not None
    if began.start is Start.PICTURE:
        t = [int(value) for value in row] or began.t
        return image_to_image(
            diffusion, pictures[0], t=t, sampler=request.sampler, steps=steps, generator=draw, **options
        )
    lam = torch.tensor(row, dtype=torch.float64) if row else began.lam
    assert lam is not None
    return interpolate(
        diffusion,
        *pictures,
        t=began.t,
        lam=lam,
        sampler=request.sampler,
        steps=steps,
        generator=draw,
        **options,
    )


def given_pictures(diffusion: GaussianDiffusion, request: SampleConfig) -> Given | None:
    """What a row of strengths is taken back knowing; None of other requests. Raises DataError."""
    began = request.beginning
    row = began.row[request.first : request.first + request.count]
    if not row or began.start is not Start.PICTURE:
        return None
    x_start = picture_batch(diffusion, _image(began.pictures[0]), request.count)
    return Given(x_start, torch.tensor([int(t) for t in row], device=x_start.device))


def _image(picture: StartPicture) -> Image.Image:
    """Whole, upright. Raises DataError."""
    from .pictures.decode.decoding import read_picture

    if picture.path is not None:
        return read_picture(picture.path)
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.shape)
    return Image.fromarray(pixels[..., 0] if picture.shape[2] == 1 else pixels)


def offset_strength(diffusion: GaussianDiffusion, *, offset_noise: bool) -> float:
    """Of the noise of sampling: the training's own, or 0 where plain noise is wished."""
    return diffusion.offset_noise_strength if offset_noise else 0.0


def labels_in_turn(classes: Sequence[int], count: int, *, first: int = 0) -> list[int] | None:
    """A label for each of `count` pictures from number `first` on, k the k-th of `classes` in turn; None: no class."""
    return [classes[k % len(classes)] for k in range(first, first + count)] if classes else None


def conditions_in_turn(diffusion: ReverseProcess, request: SampleConfig) -> Tensor | None:
    """(count, C, H, W) in the network's range: picture k sees the request's k-th in turn; None: nothing.

    Raises DataError for a file that cannot be read, SamplingError where the network takes none.
    """
    pixels = conditions_shown(diffusion, request)
    return None if pixels is None else as_condition(diffusion, pixels)


def as_condition(diffusion: ReverseProcess, pixels: NDArray[np.uint8]) -> Tensor:
    """(B, C, H, W) in the network's range, on its device, of (B, H, W, C) uint8."""
    values = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).contiguous().float() / 255
    return diffusion.normalize(values).to(diffusion.device)


def conditions_shown(diffusion: ReverseProcess, request: SampleConfig) -> NDArray[np.uint8] | None:
    """As `conditions_in_turn`, (count, H, W, C) uint8."""
    given = request.condition
    if not given:
        return None
    turn = [k % len(given) for k in range(request.first, request.first + request.count)]
    made = {place: _condition_of(diffusion, given[place]) for place in dict.fromkeys(turn)}
    return np.stack([made[place] for place in turn])


def _condition_of(diffusion: ReverseProcess, picture: StartPicture) -> NDArray[np.uint8]:
    """(H, W, C) uint8. What was seen before is not made smaller or greyer a second time."""
    if not picture.seen:
        return condition_pixels(diffusion, _image(picture))
    shape = (*diffusion.image_size, diffusion.condition_channels)
    if picture.shape != shape:
        raise SamplingError("sampling.other-condition", found=_sides(picture.shape), needed=_sides(shape))
    return np.frombuffer(picture.pixels, np.uint8).reshape(shape)


def _sides(shape: tuple[int, ...]) -> str:
    height, width, channels = shape
    return f"{width} × {height} × {channels}"


def condition_pixels(diffusion: ReverseProcess, picture: Image.Image) -> NDArray[np.uint8]:
    """(H, W, C) uint8: what the network sees of a picture that a person gives as its condition.

    Raises SamplingError where the network takes none.
    """
    if not diffusion.condition_channels:
        raise bad_value("condition", picture.size, Phrase("value.made-without-condition"), SamplingError)
    return condition_of(
        picture,
        getattr(diffusion, "condition", None) or "folder",
        size=diffusion.image_size,
        channels=diffusion.channels,
        added=diffusion.condition_channels,
        factor=getattr(diffusion, "condition_factor", 2),
    )


def frames_of(
    diffusion: GaussianDiffusion,
    request: SampleConfig,
    settings: Mapping[str, object],
    steps: Steps,
    total: int,
    *,
    in_threads: WalkThreads | None = None,
    with_layers: bool = False,
    more_layers: Sequence[str] = (),
    condition: NDArray[np.uint8] | None = None,
) -> Iterator[SamplingEvent]:
    """The events of `total` steps, whichever sampler or way of editing makes them.

    settings: what is written into the pictures. more_layers: those that only some steps have. condition: what was seen
    beside x_t, where that is known without the request's files.
    """
    alphas_cumprod = diffusion.alphas_cumprod.double().cpu().numpy()
    height, width = diffusion.image_size
    yield SamplingStarted(
        steps=total,
        count=request.count,
        height=height,
        width=width,
        channels=diffusion.channels,
        alphas_cumprod=alphas_cumprod,
        settings=settings,
        objective=diffusion.objective,
        normalized=diffusion.auto_normalize,
        layers=(*_layers_of_all(request), *more_layers) if with_layers else (),
        self_condition=diffusion.self_condition,
        condition=conditions_shown(diffusion, request) if condition is None else condition,
    )
    x, before = None, None
    with closing(steps):
        for step in (in_threads or WalkThreads(diffusion.device))(steps):
            frame = _frame(step, before, float(alphas_cumprod[step.t]), normalized=diffusion.auto_normalize)
            if with_layers:
                jumps = request.beginning.mask is not None
                terms = tuple(TermFacts(term.symbol, term.coefficient, *term[3:]) for term in step.terms())
                frame = replace(frame, layers=_layers(step, jumps=jumps), terms=terms)
            yield frame
            before, x = step.x_0, step.x_next
    assert x is not None, "every sampler makes at least one step"
    yield SamplingFinished(to_pixels(x, normalized=diffusion.auto_normalize), x=_as_layer(x) if with_layers else None)


def _layers_of_all(request: SampleConfig) -> tuple[str, ...]:
    """The layers that every step of the request has."""
    guided, led = bool(request.classes) and request.guidance_scale != 1, request.guide_scale != 1
    return (
        *("x_t", "x_0", "output"),
        *(("conditional",) if guided or led else ()),
        *(("unconditional",) if guided else ()),
        *(("of_guide",) if led else ()),
        *(("x_next",) if request.beginning.mask is not None else ()),
    )


def _layers(step: Step, *, jumps: bool) -> dict[str, NDArray[np.float32]]:
    """What a Frame tells of a step in numbers; x_next only where the next step's x_t may be another."""
    said = step.outputs[0]
    tensors = {"x_t": step.x_t, "x_0": step.x_0, "output": said.output}
    others = {"conditional": said.conditional, "unconditional": said.unconditional, "of_guide": said.of_guide}
    tensors |= {name: tensor for name, tensor in others.items() if tensor is not None}
    if step.noise is not None:
        tensors["noise"] = step.noise
    if len(step.outputs) > 1:
        tensors["output_ahead"] = step.outputs[1].output
    if jumps:
        tensors["x_next"] = step.x_next
    tensors |= {term.symbol: term.tensor for term in step.terms() if term.symbol in OF_THEIR_STEP}
    return {name: _as_layer(tensor) for name, tensor in tensors.items()}


def _as_layer(tensor: Tensor) -> NDArray[np.float32]:
    """(N, H, W, C) float32, the receiver's own."""
    layer: NDArray[np.float32] = rearrange(tensor.detach().float(), "n c h w -> n h w c").cpu().numpy().copy()
    return layer


def _frame(step: Step, x_0_before: torch.Tensor | None, alphas_cumprod: float, *, normalized: bool) -> Frame:
    x_t = step.x_t.float().flatten(1)
    if x_0_before is None:
        delta = torch.full((len(x_t),), torch.nan)
    else:
        delta = (step.x_0 - x_0_before).float().flatten(1).square().mean(dim=1).sqrt()
    return Frame(
        index=step.index,
        t=step.t,
        t_next=step.t_next,
        x_t=to_pixels(step.x_t, normalized=normalized),
        x_0=to_pixels(step.x_0, normalized=normalized),
        alphas_cumprod=alphas_cumprod,
        snr=alphas_cumprod / (1 - alphas_cumprod) if alphas_cumprod < 1 else float("inf"),
        delta_x_0=delta.cpu().numpy(),
        x_t_mean=x_t.mean(dim=1).cpu().numpy(),
        x_t_std=x_t.std(dim=1, correction=0).cpu().numpy(),
    )
