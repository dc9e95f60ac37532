"""The Trainer of denoising-diffusion-pytorch: its arguments and files, over a training session and a run folder."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import torch

from ..catalogue import CONDITIONS
from ..cli.reporting import as_words, say
from ..device import choose_device
from ..diffusion.gaussian_diffusion import GaussianDiffusion
from ..errors import ConfigError, Phrase, RunError
from ..inputs import as_flag, as_path, bad_value, is_whole, require_one_of
from ..networks.build import describe
from ..pictures.decode.prepare import MODES
from ..pictures.feed.pictures import PictureSet, load_pictures
from ..pictures.folder.classes import class_notes
from ..pictures.folder.scan import Scan, scan_all
from ..runs.run import Run, is_run
from ..settings import SETTINGS, RunConfig, read_value
from ..terminal import stopping_on
from ..training.events import CheckpointSaved, Event, Preparing, Samples
from ..training.state import new_state
from ..training.trainer import TrainingSession
from .left_out import LEFT_OUT_OF_TRAINER, LeftOutError
from .milestones import Milestones, milestones_after, set_aside

# --- What denoising-diffusion-pytorch's Trainer is given, as settings of a run ---------------------------


def read_arguments(arguments: Mapping[str, object]) -> dict[str, object]:
    """Settings by name from that library's arguments by theirs; an error calls the argument by its own name."""
    read: dict[str, object] = {}
    for argument, value in arguments.items():
        for name in (name for name, facts in SETTINGS.items() if facts.library == argument):
            try:
                read[name] = read_value(name, value)
            except ConfigError as error:
                raise ConfigError(error.code, **{**error.fields, "name": argument}) from None
    return read


def amp_setting(amp: bool, kind: str, device: torch.device) -> str:
    """The setting `amp` for `amp` and `mixed_precision_type`. Raises ConfigError."""
    require_one_of("mixed_precision_type", kind, ("fp16", "bf16", "no"), ConfigError)
    if not amp or kind == "no":
        return "off"
    return "auto" if kind == "fp16" and device.type == "cpu" else kind


def require_mode(mode: str | None, channels: int) -> None:
    """Raises ConfigError where `convert_image_to` is not what a network of so many channels sees."""
    seen = MODES.get(channels)
    if mode is None or mode == seen:
        return
    require_one_of("convert_image_to", mode, MODES.values(), ConfigError)
    reason = Phrase("conflict.channels-seen", channels=channels, seen=seen or Phrase("conflict.no-mode"))
    raise ConfigError(
        "config.conflict",
        first=Phrase("setting.is", name="convert_image_to", value=mode),
        second=Phrase("setting.is", name="channels", value=channels),
        reason=reason,
    )


def scan_beside(folder: Path, results_folder: Path) -> Scan:
    """The pictures of `folder`, without the sample grids of `results_folder` where that lies inside it."""
    return scan_all(folder).without(results_folder)


def with_classes(config: RunConfig, diffusion: GaussianDiffusion, scan: Scan) -> RunConfig:
    """The classes called as the sub-folders are, unless the model knows their names already."""
    if diffusion.num_classes is None or diffusion.class_names is not None:
        return config
    if len(scan.class_names) != diffusion.num_classes:
        reason = Phrase("conflict.sub-folders", count=len(scan.class_names))
        raise ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="num_classes", value=diffusion.num_classes),
            second=scan.folder,
            reason=reason,
        )
    diffusion.class_names = scan.class_names
    return config.with_settings({"class_names": scan.class_names})


# --- The Trainer of denoising-diffusion-pytorch: its arguments and files, over a training session and a run folder.


@dataclass(frozen=True, slots=True)
class AveragedModel:
    """What samples are drawn from; see training.ema for how it follows."""

    ema_model: GaussianDiffusion


class Trainer:
    """Trains `diffusion_model`, in place, on the pictures in `folder`, into the run folder `results_folder`.

    diffusion_model             a GaussianDiffusion around a Unet
    folder                      pictures, sub-folders too; with num_classes the sub-folders are the classes
    train_batch_size            pictures per step and accumulation
    gradient_accumulate_every   batches per step
    augment_horizontal_flip     mirror pictures at random
    train_lr, adam_betas, max_grad_norm    Adam at a constant learning rate, the gradient's norm limited
    train_num_steps             steps in total
    ema_decay, ema_update_every    of the averaged weights, and the steps between two updates of them
    save_and_sample_every       steps from one milestone to the next: sample-N.png, model-N.pt, and the run's own
    num_samples                 pictures in sample-N.png; any number from 1
    results_folder              made where it is missing; it may hold other files, and none of them is overwritten
    amp, mixed_precision_type   "fp16", "bf16" or "no"; fp16 on a CPU, which does not train in it, is full precision
    convert_image_to            Pillow's mode of what the network sees, which follows from its channels
    calculate_fid, num_fid_samples, inception_block_idx    taken, and without effect: no FID is computed here
    split_batches               taken, and without effect in one process

    Its attributes are that library's: model, ema, opt, step, device, channels, image_size, batch_size,
    gradient_accumulate_every, max_grad_norm, num_samples, save_and_sample_every, train_num_steps, results_folder. A new
    train_num_steps holds from the next `train` on. What belongs to its own loop (accelerator, ds, dl, fid_scorer) is
    refused by name.

    Everything random follows from one number, drawn here from torch's global generator: `torch.manual_seed` before it
    makes the training repeatable. Raises ConfigError, DataError, DeviceError.
    """

    def __init__(
        self,
        diffusion_model: GaussianDiffusion,
        folder: Path | str,
        *,
        train_batch_size: int = 16,
        gradient_accumulate_every: int = 1,
        augment_horizontal_flip: bool = True,
        train_lr: float = 1e-4,
        train_num_steps: int = 100_000,
        ema_update_every: int = 10,
        ema_decay: float = 0.995,
        adam_betas: tuple[float, float] = (0.9, 0.99),
        save_and_sample_every: int = 1000,
        num_samples: int = 25,
        results_folder: Path | str = "./results",
        amp: bool = False,
        mixed_precision_type: str = "fp16",
        split_batches: bool = True,  # noqa: ARG002 (see above, and the next)
        convert_image_to: str | None = None,
        calculate_fid: bool = True,
        inception_block_idx: int = 2048,  # noqa: ARG002
        max_grad_norm: float = 1.0,
        num_fid_samples: int = 50_000,  # noqa: ARG002
        save_best_and_latest_only: bool = False,
    ) -> None:
        if not isinstance(diffusion_model, GaussianDiffusion):
            raise bad_value("diffusion_model", diffusion_model, Phrase("value.gaussian-diffusion"))
        folder, self.results_folder = as_path("folder", folder), as_path("results_folder", results_folder)
        if as_flag("save_best_and_latest_only", save_best_and_latest_only):
            raise ConfigError(
                "config.unsupported",
                feature="save_best_and_latest_only",
                reason=Phrase("conflict.best-by-fid"),
            )
        if as_flag("calculate_fid", calculate_fid):
            _say_that_there_is_no_fid()
        self.model = diffusion_model
        self.device = choose_device()
        self.train_num_steps = train_num_steps
        arguments = {
            "train_batch_size": train_batch_size,
            "gradient_accumulate_every": gradient_accumulate_every,
            "augment_horizontal_flip": augment_horizontal_flip,
            "train_lr": train_lr,
            "train_num_steps": train_num_steps,
            "ema_update_every": ema_update_every,
            "ema_decay": ema_decay,
            "adam_betas": adam_betas,
            "save_and_sample_every": save_and_sample_every,
            "num_samples": num_samples,
            "max_grad_norm": max_grad_norm,
        }
        require_mode(convert_image_to, diffusion_model.channels)
        if diffusion_model.condition is not None and CONDITIONS[diffusion_model.condition].of_folder:
            feature = f"condition={diffusion_model.condition!r}"
            raise ConfigError("config.unsupported", feature=feature, reason=Phrase("left-out.second-folder"))
        config = describe(diffusion_model).with_settings(
            {
                **read_arguments(arguments),
                "ema_warmup": "power",
                "amp": amp_setting(as_flag("amp", amp), mixed_precision_type, self.device),
                "seed": int(torch.randint(2**31, (), device="cpu")),
            }
        )
        self._scan = scan_beside(folder, self.results_folder)
        self._config = with_classes(config, diffusion_model, self._scan)
        self._config.validate()
        self._state = new_state(self._config, self.device, diffusion_model)
        self.opt = self._state.optimizer
        self.ema = AveragedModel(self._state.ema.module)
        self._milestones = Milestones(self.results_folder, self._state, self._config)
        self._pictures: PictureSet | None = None
        self._run: Run | None = None
        self._goes_on = False

    def __getattr__(self, name: str) -> NoReturn:
        if name in LEFT_OUT_OF_TRAINER:
            raise LeftOutError("config.unsupported", feature=f"Trainer.{name}", reason=LEFT_OUT_OF_TRAINER[name])
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def step(self) -> int:
        """Optimizer steps done."""
        return self._state.step

    @property
    def channels(self) -> int:
        """Of a picture."""
        return self.model.channels

    @property
    def image_size(self) -> tuple[int, int]:
        """(height, width) of a picture, in pixels."""
        return self.model.image_size

    @property
    def batch_size(self) -> int:
        """Pictures per step and accumulation."""
        return self._config.train.batch_size

    @property
    def gradient_accumulate_every(self) -> int:
        """Batches per step."""
        return self._config.train.gradient_accumulate_every

    @property
    def max_grad_norm(self) -> float:
        """What the gradient's norm is limited to."""
        return self._config.train.max_grad_norm

    @property
    def num_samples(self) -> int:
        """Pictures in sample-N.png."""
        return self._config.train.sample_count

    @property
    def save_and_sample_every(self) -> int:
        """Steps from one milestone to the next."""
        return self._config.train.sample_every

    def save(self, milestone: int | str) -> None:
        """Write model-MILESTONE.pt, which that library's Trainer loads too.

        Raises CheckpointError, RunError, ConfigError for what is no part of a file's name.
        """
        _require_milestone(milestone)
        self._milestones.save(milestone)

    def load(self, milestone: int | str | None = None) -> None:
        """Take weights, average, optimizer and step from model-MILESTONE.pt, that library's own or one saved here.

        Where there is none, from the run's own checkpoint of that milestone; None: from its newest one, which a
        training that was interrupted has saved. Raises CheckpointError, ConfigError for what is no part of a file's
        name.
        """
        if milestone is not None:
            _require_milestone(milestone)
        path = self._milestones.load(milestone)
        self._goes_on = True
        say(f"loaded {path}: step {self.step:,}")

    def train(self) -> None:
        """Train up to `train_num_steps`, printing a line now and then. Ctrl-C saves, then raises KeyboardInterrupt.

        After `load` it goes on from there; what `results_folder` holds of later steps is moved into a folder inside it.
        Raises RunError where that folder holds a run or milestones and nothing was loaded, or a run made with other
        settings; and whatever keeps a session from going on.
        """
        total = int(str(read_arguments({"train_num_steps": self.train_num_steps})["steps"]))
        pictures = self._load_pictures()
        run = self._open_run(total)
        with run.lock():
            run.record_plan(total, at_step=self.step)
            aside = set_aside(run, step=self.step, milestone=self._milestone, keep=self._milestones.kept)
            if aside is not None:
                say(f"what {run.folder} held of later steps is in {aside}")
            self._milestones.keep_start(run)
            self._run = run
            session = TrainingSession(run, pictures, device=str(self.device), state=self._state)
            with stopping_on([signal.SIGINT], session.wishes.stop.set) as caught, closing(session.run()) as events:
                for event in events:
                    self._follow(event)
        if caught:
            say("trainer.load() goes on from here")
            raise KeyboardInterrupt
        say("training complete")

    @property
    def _milestone(self) -> int:
        """The last one passed."""
        return self.step // self.save_and_sample_every

    def _follow(self, event: Event) -> None:
        line = as_words(event)
        if line is not None:
            say(line)
        match event:
            case CheckpointSaved(step=step) if step % self.save_and_sample_every == 0:
                self._milestones.save_if_it_can_be(self._milestone)
            case Samples(step=step, path=path) if step % self.save_and_sample_every == 0:
                self._milestones.copy_samples(path, self._milestone)

    def _load_pictures(self) -> PictureSet:
        if self._pictures is None:
            for note in class_notes(self._config.data, dict(self._scan.classes)):
                say(note)
            for item in load_pictures(self._scan, self._config.data):
                if isinstance(item, PictureSet):
                    self._pictures = item
                elif item.done == item.of:
                    self._follow(Preparing("pictures", item.done, item.of))
        assert self._pictures is not None  # load_pictures raises when nothing is left
        return self._pictures

    def _open_run(self, total: int) -> Run:
        """The run to write to: this trainer's, the one that is gone on with, or a new one beside whatever is there."""
        folder = self.results_folder
        if self._run is not None:
            return self._run
        if not self._goes_on:
            there = [path for path in milestones_after(folder, 0) if path not in self._milestones.saved]
            if is_run(folder) or there:
                newest = self._milestones.newest()
                how = f"trainer.load({'' if newest is None else newest}) before trainer.train()"
                raise RunError("run.exists", path=folder, how=how)
        if not is_run(folder):
            return Run.create(
                folder,
                self._config,
                source_folder=self._scan.folder,
                device=self.device.type,
                planned_total=total,
                beside_others=True,
            )
        run = Run.open(folder)
        # Runs of before had another warm-up, and go on as they began.
        self._state.ema.warmup = run.config.train.ema_warmup
        for name, wished in self._config.settings().items():
            if name not in {"steps", "seed", "ema_warmup"} and wished != (kept := run.config.setting(name)):
                raise RunError("run.other-setting", name=name, wished=wished, kept=kept)
        return run


def _require_milestone(milestone: object) -> None:
    """Raises ConfigError unless it can be the N in model-N.pt."""
    word = isinstance(milestone, str) and 0 < len(milestone) <= 100 and not set(milestone) & set("/\\\0")
    if not word and not is_whole(milestone, 0, 10**18):
        raise bad_value("milestone", milestone, Phrase("value.milestone"))


@cache
def _say_that_there_is_no_fid() -> None:
    """Once in a process: it is on by default, and most have not asked for it."""
    warnings.warn(
        "calculate_fid: no FID is computed, because the weights of its Inception network would have to be downloaded. "
        "calculate_fid=False says nothing.",
        UserWarning,
        stacklevel=3,
    )
