"""`ddpm-studio sample RUN|FILE --out DIR`: pictures from a trained model."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..beginning import INPAINT_STEPS, Beginning, Start, StartPicture
from ..catalogue import EXPORTS, SAMPLERS, SPACINGS, ExportRow
from ..errors import CheckpointError, ConfigError, DataError, Phrase, SamplingError, showable
from ..frames import Frame, SamplingEvent, SamplingFinished, SamplingStarted
from ..inputs import LONGEST_EMA, SHORTEST_EMA, ema_of_length, mask_target, some_of
from ..setting import coerce
from ..settings import USUAL_GUIDE_SCALE, USUAL_SAMPLER, SampleConfig, read_value
from .options import a_path, add_threads, naming_options, number, read_threads, row_of, whole_number, whole_numbers
from .reporting import say, warn, warn_of_defaults, warn_of_frames

if TYPE_CHECKING:
    import torch

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..runs.opening import LoadedModel
    from ..sampling_record import Guide
    from ..threads import WalkThreads


# --- `sample --from PICTURE …`: the options that begin with a picture instead of noise, and what they mean ---


def add_editing_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of editing, as a group of their own."""
    group = parser.add_argument_group("editing", "begin with a picture instead of noise")
    group.add_argument(
        "--from", dest="start", type=a_path, metavar="PICTURE", help="noise this picture, and denoise it"
    )
    group.add_argument(
        "--at-t",
        type=row_of(whole_number),
        metavar="N",
        help="the timestep it is noised to: the higher, the less of it stays (default: half of all); 100..900:9 makes "
        "a row of so many strengths",
    )
    group.add_argument("--to", type=a_path, metavar="PICTURE", help="mix --from with this one, both noised")
    group.add_argument(
        "--mix",
        type=row_of(number),
        metavar="LAMBDA",
        help="how much of --to, from 0 to 1 (default: 0.5); 0..1:9 makes a row of so many mixtures",
    )
    group.add_argument(
        "--mask",
        type=a_path,
        metavar="PICTURE",
        help="fill --from anew where this picture is white (RePaint, in DDPM's steps)",
    )


def require_sense(arguments: argparse.Namespace) -> None:
    """Raises ConfigError for options that do not go together."""
    for option, needed in (("at_t", "start"), ("to", "start"), ("mask", "start"), ("mix", "to")):
        if getattr(arguments, option) is not None and getattr(arguments, needed) is None:
            named = {"start": "--from", "to": "--to"}[needed]
            raise _conflict(
                f"--{option.replace('_', '-')}",
                Phrase("conflict.no-option", named=named),
                Phrase("conflict.needs-option", named=named),
            )
    if arguments.mask is None:
        return
    for option, value in (("--at-t", arguments.at_t), ("--to", arguments.to), ("--eta", arguments.eta)):
        if value is not None:
            raise _conflict("--mask", option, Phrase("conflict.filling-from-noise"))
    if arguments.sampler not in (None, "ddpm"):
        raise _conflict("--mask", f"--sampler {arguments.sampler}", Phrase("conflict.filling-is-ddpm"))


def read_beginning(arguments: argparse.Namespace, timesteps: int) -> Beginning:
    """What the denoising begins with, as it is asked for."""
    if arguments.start is None:
        return Beginning()
    pictures = tuple(StartPicture(path.name, path) for path in (arguments.start, arguments.to) if path is not None)
    if arguments.mask is not None:
        return Beginning(Start.PICTURE, pictures, mask=StartPicture(arguments.mask.name, arguments.mask))
    t = timesteps // 2 if arguments.at_t is None else arguments.at_t
    if arguments.to is None:
        if isinstance(t, tuple):
            strengths = tuple(map(round, t))
            return Beginning(Start.PICTURE, pictures, max(strengths), row=strengths)
        return Beginning(Start.PICTURE, pictures, t)
    mix = 0.5 if arguments.mix is None else arguments.mix
    if isinstance(mix, tuple):
        return Beginning(Start.BETWEEN, pictures, t, row=mix)
    return Beginning(Start.BETWEEN, pictures, t, mix)


def _row(arguments: argparse.Namespace) -> tuple[float, ...]:
    """What each picture has of its own; empty where all are alike. Raises ConfigError for two rows at once."""
    rows = {option: value for option in ("at_t", "mix") if isinstance(value := getattr(arguments, option), tuple)}
    if len(rows) > 1 or ("at_t" in rows and arguments.to is not None):
        raise _conflict("--at-t", "--to", Phrase("conflict.one-row"))
    return next(iter(rows.values()), ())


def warn_of_mask(beginning: Beginning, image_size: tuple[int, int]) -> None:
    """Say on stderr that a mask is resized, and to what. image_size: the model's (height, width). Raises DataError."""
    if beginning.mask is None or beginning.mask.path is None or beginning.pictures[0].path is None:
        return
    from ..pictures.decode.decoding import read_picture

    mask, picture = (read_picture(path).size for path in (beginning.mask.path, beginning.pictures[0].path))
    target = mask_target(mask, picture, image_size[::-1])
    if target is not None:
        (width, height), (to_width, to_height) = mask, target
        warn(f"the mask is {width} × {height} px; it was resized to {to_width} × {to_height} px (nearest)")


def warn_of_condition(given: Sequence[StartPicture], diffusion: GaussianDiffusion) -> None:
    """Say on stderr that what the network is to see is resized, and to what. Raises DataError."""
    if not diffusion.condition_channels:
        return
    from ..pictures.decode.decoding import read_picture

    height, width = diffusion.image_size
    others = []
    for picture in given:
        assert picture.path is not None
        found = read_picture(picture.path).size
        small = (width // diffusion.condition_factor, height // diffusion.condition_factor)
        if found != (width, height) and not (diffusion.condition == "low-resolution" and found == small):
            others.append((picture.name, found))
    if others:
        name, (found_width, found_height) = others[0]
        more = f", and {len(others) - 1:,} more," if len(others) > 1 else ""
        size = f"{found_width} × {found_height} px{more}"
        warn(f"{showable(name)} ({size}) was scaled and cropped to the model's {width} × {height} px")


def _conditions(path: Path | None) -> tuple[StartPicture, ...]:
    """The pictures of a file or a folder, in natural order. Raises DataError."""
    if path is None:
        return ()
    if not path.is_dir():
        if not path.exists():
            raise DataError("data.no-such-path", path=path)
        return (StartPicture(path.name, path),)
    from ..pictures.folder.scan import scan_all

    pictures = scan_all(path).pictures
    return tuple(StartPicture(pictures.name(place), Path(pictures.path(place))) for place in range(len(pictures)))


def _conflict(first: str, second: Phrase | str, reason: Phrase) -> ConfigError:
    return ConfigError("config.conflict", first=first, second=second, reason=reason)


# --- Where a command writes its pictures: never over what is there, unless it is told to (`--force`), or behind it ---


class OutFolder:
    """A folder for a command's files. Whatever it writes asks here for the path.

    force       write over what is there
    number_on   write behind it: the numbers go on after the highest there
    """

    #: What `sample` calls its pictures.
    _NUMBERED = re.compile(r"(\d{5,})\.png")
    _GRID = re.compile(r"(?:grid|step-\d{4,})(?:-from-(\d{5,}))?.*\.png")
    _OWN = re.compile(r"\d{5,}\.png|grid(-from-\d{5,})?\.png|step-\d{4,}.*-x_[t0]\.png")

    def __init__(self, folder: Path, *, force: bool, number_on: bool = False) -> None:
        self._folder, self._force, self._number_on = folder, force, number_on
        self._written: set[str] = set()

    def first_number(self) -> int:
        """Of the pictures to come. Raises SamplingError where their names, or others like them, are taken.

        Old and new would be taken for one set. Asked before the work, which may take hours.
        """
        there = self._others()
        if self._number_on:
            begin = 1 + max((int(found[1]) for name in there if (found := self._NUMBERED.fullmatch(name))), default=-1)
            # Grids of a call that was broken off before its first picture: they would be in the way of those to come.
            grids = ((name, self._GRID.fullmatch(name)) for name in there)
            in_the_way = [name for name, found in grids if found and int(found[1] or 0) >= begin]
            if in_the_way:
                raise SamplingError("sampling.exists", path=self._folder / in_the_way[0])
            return begin
        if there and not self._force:
            raise SamplingError("sampling.numbered", path=self._folder / there[0])
        return 0

    def make(self) -> None:
        """Make the folder. Raises RunError."""
        from ..runs.atomic import make_folder

        make_folder(self._folder)

    def path(self, name: str) -> Path:
        """Where the file of that name is to be written. Raises SamplingError for one that came there meanwhile."""
        path = self._folder / name
        if os.path.lexists(path) and not self._force:
            raise SamplingError("sampling.exists", path=path)
        self._written.add(name)
        return path

    def tell_of_others(self) -> None:
        """Say on stderr which pictures of earlier are still there, unless they were to stay."""
        others = self._others()
        if others and not self._number_on:
            shown = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
            warn(f"{showable(str(self._folder))} still holds {len(others):,} pictures of earlier: {showable(shown)}")

    def _others(self) -> list[str]:
        """The names of such pictures that were not written now, in order."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError:  # not there yet; what else is wrong is told when it is made
            return []
        return sorted(name for name in names if self._OWN.fullmatch(name) and name not in self._written)


# --- the command -----------------------------------------------------------------------------------------

#: Pictures made at once; more only need more memory.
CHUNK = 64
MOST_PICTURES = 1_000_000
#: What a file of elsewhere may leave open and its pictures depend on.
MATTERING = (
    *("image_size", "auto_normalize", "timesteps", "beta_schedule", "schedule_fn_kwargs", "objective"),
    *("sinusoidal_pos_emb_theta", "random_fourier_features"),
)

#: What samplers and models call it → the option it is given with.
OPTIONS = {
    "path": "--export",
    "sampler": "--sampler",
    "steps": "--steps",
    "times": "--times",
    "eta": "--eta",
    "guidance_scale": "--guidance",
    "guidance_rescale": "--guidance-rescale",
    "guide": "--guide",
    "guide_scale": "--guide-scale",
    "condition": "--condition",
    "seed": "--seed",
    "image_size": "--image-size",
    "t": "--at-t",
    "lam": "--mix",
    "mask": "--mask",
    "amp": "--precision",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `sample`."""
    parser.add_argument("model", type=a_path, help="a run folder (its newest good checkpoint) or a checkpoint file")
    parser.add_argument("--out", type=a_path, metavar="DIR", help="where the pictures go, each in a file")
    parser.add_argument("--n", type=whole_number, default=None, help="how many pictures (default: 16, or the row's)")
    samplers = ", ".join(SAMPLERS)
    parser.add_argument(
        "--sampler", default=None, metavar="NAME", help=f"one of {samplers} (default: {USUAL_SAMPLER}; ddim with --eta)"
    )
    parser.add_argument(
        "--steps",
        type=whole_number,
        default=None,
        help="sampler steps (default: as many as it usually takes; DDPM all)",
    )
    parser.add_argument(
        "--spacing",
        default=None,
        metavar="NAME",
        help=f"which timesteps are kept: {', '.join(SPACINGS)} (default: those that fit-steps found for the "
        "model and this many steps, else the sampler's own)",
    )
    parser.add_argument(
        "--times",
        type=whole_numbers,
        default=None,
        metavar="T,T,…",
        help="the timestep of every step, falling from the last; instead of --steps and --spacing",
    )
    parser.add_argument("--eta", type=number, default=None, help="DDIM's η, 0 to 1 (default: the model's own)")
    parser.add_argument(
        "--class",
        dest="classes",
        action="append",
        default=[],
        metavar="NAMES",
        help="names or numbers of classes, separated by commas (one that holds a comma stands in quotes); the pictures "
        "take them in turn",
    )
    parser.add_argument(
        "--condition",
        type=a_path,
        metavar="PATH",
        help="for a model that sees a second picture: that picture, or a folder of them, which the pictures take in "
        "turn (one for each, unless --n says more)",
    )
    parser.add_argument(
        "--guidance", type=number, default=1.0, metavar="SCALE", help="how strongly the class is followed; 1: as it is"
    )
    parser.add_argument(
        "--guidance-rescale", type=number, default=0.0, metavar="SHARE", help="0 to 1, against washed-out pictures"
    )
    parser.add_argument(
        "--guide",
        metavar="CHECKPOINT",
        help="a worse model that the pictures go away from: an earlier checkpoint, or the step of one of the same run "
        "(the last at or before it)",
    )
    parser.add_argument(
        "--guide-scale",
        type=number,
        default=None,
        metavar="SCALE",
        help=f"how far they go from --guide; 1: not at all (default: {USUAL_GUIDE_SCALE:g})",
    )
    parser.add_argument(
        "--guide-weights",
        choices=("ema", "raw"),
        default=None,
        help="those of --guide (default: as --weights)",
    )
    parser.add_argument(
        "--seed",
        type=whole_number,
        default=0,
        help="picture k of a seed is the same one however many are made",
    )
    parser.add_argument(
        "--plain-noise",
        action="store_true",
        help="noise without the offset that the training's noise had, as denoising-diffusion-pytorch samples",
    )
    parser.add_argument(
        "--image-size",
        type=whole_number,
        default=None,
        metavar="PX",
        help="the pictures' side (default: the model's; 32 where a file does not say it)",
    )
    parser.add_argument("--weights", choices=("ema", "raw"), default=None, help="averaged (default) or last weights")
    parser.add_argument(
        "--ema-length",
        type=number,
        default=None,
        metavar="SIGMA",
        help=f"an EMA of this length σ_rel, {SHORTEST_EMA} to {LONGEST_EMA}, made of the run's snapshots (train with "
        "--set ema_snapshots=64); `inspect` says which lengths there are",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    parser.add_argument(
        "--precision",
        choices=("off", "auto", "bf16", "fp16"),
        default="off",
        help="bf16: up to twice as fast on GPUs and on processors that compute in it, with slightly other pictures; "
        "auto: on a CPU the faster of off and bf16, measured once for a model and a number of pictures",
    )
    add_threads(parser)
    parser.add_argument(
        "--every", action="store_true", help="also a grid of x_t and of the predicted x_0 at every step"
    )
    parser.add_argument("--grid", action="store_true", help="also one picture with all of them")
    parser.add_argument(
        "--html", type=a_path, metavar="FILE", help="also a page that scrubs through all steps and their terms, offline"
    )
    kinds = ", ".join(row.suffix for row in EXPORTS.values() if row.shows == "all")
    parser.add_argument(
        "--export",
        type=a_path,
        action="append",
        default=[],
        metavar="FILE",
        help=f"also the whole denoising, as the file's name says it: {kinds}; may be given several times",
    )
    parser.add_argument(
        "--checkpoints",
        type=a_path,
        metavar="FILE.png",
        help="also the first picture's noise denoised by each checkpoint of the run (eight at most, evenly chosen): a "
        "row for each, denoising steps to the right",
    )
    parser.add_argument("--force", action="store_true", help="replace pictures that are in DIR, and other files")
    parser.add_argument(
        "--number-on",
        action="store_true",
        help="go on behind the pictures that are in DIR, from the highest number there plus one: together they are "
        "what one call makes of the seed",
    )
    parser.add_argument("--json", action="store_true", help="print what was written as lines of JSON")
    add_editing_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Sample and write PNG files with their settings inside."""
    with naming_options(OPTIONS):
        return _sample(arguments)


def _sample(arguments: argparse.Namespace) -> int:
    _require_sense(arguments)
    threads = read_threads(arguments.threads)
    from ..device import choose_device, prepare_for_device
    from ..export import Generation, export
    from ..precision import precision_in_words, sampling_precision
    from ..recording import Recording
    from ..runs.grids import save_grid, save_picture
    from ..runs.opening import load_model
    from ..sampling import sample_frames
    from ..sampling_record import class_name, model_record
    from ..threads import WalkThreads

    files = _files(arguments)
    out, begin = None, 0
    if arguments.out is not None:
        out = OutFolder(arguments.out, force=arguments.force, number_on=arguments.number_on)
        begin = out.first_number()
    device = choose_device(arguments.device)
    said = {} if arguments.image_size is None else {"image_size": arguments.image_size}
    warn_of_defaults(arguments.model, said, for_what=MATTERING)
    weights, name = _weights(arguments), arguments.model.name
    loaded = load_model(arguments.model, weights, said)
    model = model_record(name, weights=weights, step=loaded.step, digest=loaded.sha256, said={})
    diffusion = prepare_for_device(loaded.diffusion, device).eval()
    request = replace(_with_fitted(_request(arguments, diffusion), loaded, weights), first=begin)
    wish, at_once = request.precision, min(arguments.n, CHUNK)
    precision, measured = sampling_precision(diffusion, wish, at_once, threads=threads)
    request = replace(request, precision=precision)
    if measured is not None:
        warn(precision_in_words(measured, of_what="a call of the network"))
    guide = _read_guide(arguments, loaded, said, device)
    kept, in_threads = [], WalkThreads(device, threads)
    if arguments.checkpoints is not None:
        _write_checkpoints(arguments, loaded, said, request, guide, in_threads)
        if out is None and not files:
            return 0
    settings: dict[str, object] = {}
    recording: Recording | None = None
    for first in range(begin, begin + arguments.n, CHUNK):
        part = replace(request, first=first, count=min(CHUNK, begin + arguments.n - first))
        events = sample_frames(diffusion, part, guide=guide, in_threads=in_threads, with_layers=bool(files))
        for event in events:
            match event:
                case SamplingStarted():
                    settings = {**model, **event.settings, "count": arguments.n}
                    recording = Recording(event) if files else None
                    # Only now: a request that cannot be carried out leaves no folder behind.
                    if out is not None:
                        out.make()
                case Frame():
                    if recording is not None:
                        recording.add(event)
                    if arguments.every and out is not None:
                        stem = f"step-{event.index:04d}" if first == 0 else f"step-{event.index:04d}-from-{first:05d}"
                        for name, pixels in (("x_t", event.x_t), ("x_0", event.x_0)):
                            save_grid(out.path(f"{stem}-{name}.png"), pixels, settings={**settings, "t": event.t})
                case SamplingFinished():
                    pictures = event.pictures
                    if recording is not None:
                        recording.finish(event)
        for index, picture in enumerate(pictures if out is not None else (), start=first):
            assert out is not None
            path = out.path(f"{index:05d}.png")
            of_class = {"class": class_name(diffusion, _in_turn(request.classes, index))} if request.classes else {}
            shown = settings.get("condition")
            of_condition = {"condition": shown[index - first]} if isinstance(shown, list) else {}
            save_picture(path, picture, settings={**settings, **of_class, **of_condition, "index": index})
            _tell("picture", path, arguments.json)
        kept.append(pictures)
    if arguments.grid and out is not None:
        import numpy as np

        path = out.path(f"grid-from-{begin:05d}.png" if begin else "grid.png")
        save_grid(path, np.concatenate(kept), settings=settings)
        _tell("grid", path, arguments.json)
    if recording is not None:
        made = Generation(recording, settings, request, loaded.path, weights, said)
        for path, row in files.items():
            for _ in export(row, path, made):
                pass
            _tell(row.name, path, arguments.json)
        recording.close()
    if out is not None:
        out.tell_of_others()
    return 0


def _write_checkpoints(
    arguments: argparse.Namespace,
    loaded: LoadedModel,
    said: Mapping[str, Any],
    request: SampleConfig,
    guide: Guide | None,
    in_threads: WalkThreads,
) -> None:
    """The grid of all checkpoints beside the loaded one; of those that fail stderr says why. Raises StudioError."""
    from ..checkpoint_grid import MOST_ROWS, CheckpointGrid, RowFailed, evenly, for_picture, sample_rows
    from ..device import prepare_for_device
    from ..runs.checkpoint_files import description_path, steps_in
    from ..runs.opening import load_model
    from ..sampling import sample_frames

    assert loaded.path is not None
    folder, device, one = loaded.path.parent, loaded.diffusion.device, for_picture(request, request.first)
    steps = evenly(steps_in(folder), MOST_ROWS)
    # A file of elsewhere is the only one.
    paths = tuple(description_path(folder, step) for step in steps) or (loaded.path,)

    def begin(path: Path) -> Iterator[SamplingEvent]:
        diffusion = prepare_for_device(load_model(path, _weights(arguments), said).diffusion, device).eval()
        return sample_frames(diffusion, one, guide=guide, in_threads=in_threads)

    model = {"model": arguments.model.name, "weights": _weights(arguments)}
    grid = CheckpointGrid(steps or (loaded.step,), model=model)
    for event in sample_rows(partial(begin, path) for path in paths):
        grid.add(event)
        if isinstance(event, RowFailed):
            warn(str(event.error))
    if not grid.columns:
        raise grid.failed[len(paths) - 1]
    grid.save(arguments.checkpoints, "x_0")
    _tell("checkpoints", arguments.checkpoints, arguments.json)


def _files(arguments: argparse.Namespace) -> dict[Path, ExportRow]:
    """The files of whole denoisings that are asked for, and their kinds. Raises SamplingError before the work."""
    from ..export import export_row, require_installed

    files = {path: export_row(path) for path in arguments.export}
    if arguments.html is not None:
        files[arguments.html] = EXPORTS["html"]
    for row in files.values():
        require_installed(row)
    grid = arguments.checkpoints
    if grid is not None and grid.suffix.lower() != ".png":
        expected = Phrase("value.name-ending", known=".png")
        raise ConfigError("config.bad-value", name="--checkpoints", value=grid, expected=expected)
    for path in (*files, *([] if grid is None else [grid])):
        if os.path.lexists(path) and not arguments.force:
            raise SamplingError("sampling.exists", path=path)
    return files


def _request(arguments: argparse.Namespace, diffusion: GaussianDiffusion) -> SampleConfig:
    """What core is asked for, with a sampler and a number of steps that fit the model."""
    beginning = read_beginning(arguments, diffusion.num_timesteps)
    warn_of_frames(arguments.start, arguments.to, arguments.mask)
    warn_of_mask(beginning, diffusion.image_size)
    warn_of_condition(arguments.conditions, diffusion)
    # Of the samplers only DDIM takes η.
    usual = USUAL_SAMPLER if arguments.eta is None else "ddim"
    if beginning.row and beginning.start is Start.PICTURE:
        usual = "ddim"
    sampler = arguments.sampler or (usual if beginning.mask is None else "ddpm")
    steps = arguments.steps if arguments.times is None else len(arguments.times)
    return SampleConfig(
        sampler=sampler,
        sample_steps=_usual_steps(sampler, beginning, diffusion.num_timesteps) if steps is None else steps,
        eta=arguments.eta,
        spacing=arguments.spacing,
        times=arguments.times,
        seed=arguments.seed,
        offset_noise=not arguments.plain_noise,
        count=arguments.n,
        classes=_labels(diffusion, arguments.classes),
        condition=arguments.conditions,
        guidance_scale=arguments.guidance,
        guidance_rescale=arguments.guidance_rescale,
        guide_scale=_guide_scale(arguments),
        beginning=beginning,
        precision=arguments.precision,
    )


def _guide_scale(arguments: argparse.Namespace) -> float:
    if arguments.guide is None:
        return 1.0
    return USUAL_GUIDE_SCALE if arguments.guide_scale is None else float(arguments.guide_scale)


def _read_guide(
    arguments: argparse.Namespace, loaded: LoadedModel, said: Mapping[str, Any], device: torch.device
) -> Guide | None:
    """The guide that was asked for, on `device`. Raises CheckpointError, ConfigError."""
    from ..device import prepare_for_device
    from ..runs.opening import load_model
    from ..sampling_record import Guide

    if arguments.guide is None:
        return None
    path = _guide_path(arguments.guide, loaded)
    # An earlier checkpoint need not have what an EMA of the model's own length is made of.
    weights = arguments.guide_weights or arguments.weights or "ema"
    warn_of_defaults(path, said, for_what=MATTERING)
    found = load_model(path, weights, said)
    diffusion = prepare_for_device(found.diffusion, device).eval()
    return Guide(diffusion, path.name, weights, found.step, found.sha256)


def _guide_path(named: str, loaded: LoadedModel) -> Path:
    """The checkpoint that --guide names; a number: the model's run's last one at or before that step."""
    from ..runs.checkpoint_files import description_path, steps_in

    if not named.isdecimal() or Path(named).exists():
        return Path(named)
    assert loaded.path is not None
    folder = loaded.path.parent
    steps = steps_in(folder)
    before = [step for step in steps if step <= int(named)]
    if not before:
        expected = Phrase("value.checkpoint-up-to", known=some_of(named, [*map(str, steps)]) or "–")
        raise ConfigError("config.bad-value", name="--guide", value=named, expected=expected)
    return description_path(folder, before[-1])


def _with_fitted(request: SampleConfig, loaded: LoadedModel, weights: str) -> SampleConfig:
    """The request with the timesteps that were fitted to the model, where there are some and none were asked for."""
    if request.spacing is not None or request.times is not None or request.beginning.start is not Start.NOISE:
        return request
    from ..runs.steps_file import FitOf, read_steps

    assert loaded.path is not None
    try:
        fits = read_steps(loaded.path, loaded.sha256)
    except CheckpointError as error:
        warn(str(error))
        return request
    model = loaded.diffusion
    of = FitOf(weights, model.image_size, model.num_timesteps, request.sampler, request.sample_steps)
    return replace(request, times=fits.get(of))


def _usual_steps(sampler: str, beginning: Beginning, timesteps: int) -> int:
    from ..samplers import SAMPLERS

    usual = SAMPLERS[sampler].usual_steps if beginning.mask is None else INPAINT_STEPS
    at_most = timesteps if beginning.t is None else max(1, beginning.t + 1)
    return min(usual or at_most, at_most)


def _tell(event: str, path: Path, as_json: bool) -> None:
    say(json.dumps({"event": event, "path": str(path)}) if as_json else str(path))


def _require_sense(arguments: argparse.Namespace) -> None:
    """Raises ConfigError for what no model can do, before one is read."""
    if arguments.out is None:
        for option in ("grid", "every", "number_on"):
            if getattr(arguments, option):
                needs = Phrase("conflict.no-option", named="--out"), Phrase("conflict.needs-folder")
                raise _conflict(f"--{option.replace('_', '-')}", *needs)
        if arguments.html is None and not arguments.export and arguments.checkpoints is None:
            raise ConfigError("config.no-out")
    # A recording is of pictures that were made at once.
    most = CHUNK if arguments.html is not None or arguments.export else MOST_PICTURES
    row = _row(arguments)
    if arguments.number_on and arguments.force:
        raise _conflict("--number-on", "--force", Phrase("conflict.behind-or-over"))
    if arguments.number_on and row:
        raise _conflict("--number-on", Phrase("conflict.a-row", count=len(row)), Phrase("conflict.row-begins-at-0"))
    arguments.conditions = _conditions(arguments.condition)
    if arguments.n is None:
        arguments.n = len(row) or len(arguments.conditions) or 16
    elif row and arguments.n != len(row):
        raise _conflict("--n", Phrase("conflict.a-row", count=len(row)), Phrase("conflict.row-says-it"))
    if not 1 <= arguments.n <= most:
        expected = Phrase("value.whole-from-to", low=1, high=most)
        raise ConfigError("config.bad-value", name="--n", value=arguments.n, expected=expected)
    read_value("seed", arguments.seed)
    for option, value, known in (
        ("--sampler", arguments.sampler, SAMPLERS),
        ("--spacing", arguments.spacing, SPACINGS),
    ):
        if value is not None and value not in known:
            raise ConfigError(
                "config.bad-value", name=option, value=value, expected=Phrase("value.one-of", known=", ".join(known))
            )
    _weights(arguments)
    for option, given in (("--steps", arguments.steps), ("--spacing", arguments.spacing)):
        if arguments.times is not None and given is not None:
            raise _conflict("--times", option, Phrase("conflict.times-say-it"))
    if (arguments.guidance, arguments.guidance_rescale, _guide_scale(arguments)) != (1, 0, 1):
        _require_guidance(arguments)
    for option, given in (("--guide-scale", arguments.guide_scale), ("--guide-weights", arguments.guide_weights)):
        if given is not None and arguments.guide is None:
            raise _conflict(option, Phrase("conflict.no-option", named="--guide"), Phrase("conflict.scale-of-guide"))
    require_sense(arguments)


def _weights(arguments: argparse.Namespace) -> str:
    """What the wished weights are called. Raises ConfigError."""
    if arguments.ema_length is None:
        return arguments.weights or "ema"
    if arguments.weights is not None:
        raise _conflict("--ema-length", f"--weights {arguments.weights}", Phrase("conflict.ema-length-says-it"))
    if not SHORTEST_EMA <= arguments.ema_length <= LONGEST_EMA:
        expected = Phrase("value.number-from-to", low=SHORTEST_EMA, high=LONGEST_EMA)
        raise ConfigError("config.bad-value", name="--ema-length", value=arguments.ema_length, expected=expected)
    return ema_of_length(arguments.ema_length)


def _require_guidance(arguments: argparse.Namespace) -> None:
    from ..diffusion.guidance import MAX_SCALE

    for option, value, most in (
        ("--guidance", arguments.guidance, MAX_SCALE),
        ("--guidance-rescale", arguments.guidance_rescale, 1),
        ("--guide-scale", _guide_scale(arguments), MAX_SCALE),
    ):
        if not 0 <= value <= most:
            raise ConfigError(
                "config.bad-value", name=option, value=value, expected=Phrase("value.number-from-to", low=0, high=most)
            )
    if not arguments.classes and (arguments.guidance, arguments.guidance_rescale) != (1, 0):
        raise ConfigError(
            "config.conflict",
            first="--guidance",
            second=Phrase("conflict.no-class"),
            reason=Phrase("conflict.guidance-needs-class"),
        )


def _labels(diffusion: GaussianDiffusion, words: Sequence[str]) -> tuple[int, ...]:
    """The labels that the pictures take in turn, from names or numbers of classes.

    Raises ConfigError for a class that does not exist.
    """
    names = list(diffusion.class_names or ())
    numbers = [str(number) for number in range(diffusion.num_classes or 0)]
    classes = []
    for word in words:
        # A name may hold a comma itself: alone, or in quotes beside others.
        for name in [word] if word in names else coerce(tuple[str, ...], word):
            if name not in names and name not in numbers:
                known = some_of(name, names or numbers)
                expected = Phrase("value.one-of", known=known) if numbers else Phrase("value.no-classes")
                raise ConfigError("config.bad-value", name="--class", value=name, expected=expected)
            classes.append(names.index(name) if name in names else int(name))
    return tuple(classes)


def _in_turn(classes: Sequence[int], index: int) -> int:
    return classes[index % len(classes)]
