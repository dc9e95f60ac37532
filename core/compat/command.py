"""`ddpm-studio export RUN|FILE --out FILE`: a trained model for denoising-diffusion-pytorch, or as bare safetensors."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cli.options import a_path, naming_options, whole_number
from ..cli.reporting import say, warn, warn_of_defaults
from ..errors import CheckpointError, ConfigError, Phrase, showable
from ..inputs import size_in_words

if TYPE_CHECKING:
    from ..diffusion.gaussian_diffusion import GaussianDiffusion

#: What a file of weights alone leaves open and the written file states for good, in its tables.
WRITTEN = ("timesteps", "beta_schedule", "schedule_fn_kwargs", "objective", "min_snr_gamma")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `export`."""
    parser.add_argument("model", type=a_path, help="a run folder (its newest good checkpoint) or a checkpoint file")
    parser.add_argument(
        "--out",
        type=a_path,
        required=True,
        metavar="FILE",
        help="NAME.pt: both sets of weights, the optimizer and the step, as that library's Trainer loads them "
        "(it looks for model-1.pt, model-2.pt, …); NAME.safetensors: one set of weights",
    )
    parser.add_argument(
        "--weights",
        choices=("ema", "raw"),
        default=None,
        help="averaged or last weights; only for .safetensors, a .pt has both (default: ema)",
    )
    parser.add_argument(
        "--image-size", type=whole_number, default=None, help="pixels, where the file does not say (default: 32)"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    parser.add_argument("--json", action="store_true", help="print what was written as a line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the file and say so."""
    with naming_options({"image_size": "--image-size", "path": "--out"}):
        return _export(arguments)


def _export(arguments: argparse.Namespace) -> int:
    from ..runs.atomic import make_folder
    from ..runs.opening import is_foreign, load_with_assumptions
    from .export import write_checkpoint

    out: Path = arguments.out
    model: Path = arguments.model
    bare = out.suffix == ".safetensors"
    if arguments.weights is not None and not bare:
        reason = Phrase("conflict.both-weights")
        raise ConfigError("config.conflict", first=f"--weights {arguments.weights}", second=out.name, reason=reason)
    if out.exists() and not arguments.force:
        raise CheckpointError("checkpoint.exists", path=out)
    overrides = {} if arguments.image_size is None else {"image_size": arguments.image_size}
    warn_of_defaults(model, overrides, for_what=WRITTEN)
    if bare:
        loaded = load_with_assumptions(model, weights=arguments.weights or "ema", **overrides)
        make_folder(out.parent)
        write_checkpoint(out, loaded.diffusion)
    else:
        whole = _whole_file(model, overrides) if is_foreign(model) else _whole_run(model, out, overrides)
        make_folder(out.parent)
        write_checkpoint(out, **whole)
        _warn_of_losses(out, whole["diffusion"])
        if whole["optimizer"] is None:
            words = "has no place for what this optimizer keeps: Adam begins anew where it is trained further"
            warn(f"{showable(out.name)} {words}")
    if arguments.json:
        say(json.dumps({"event": "exported", "path": str(out), "bytes": out.stat().st_size}, ensure_ascii=False))
    else:
        say(str(out))
    return 0


def _warn_of_losses(out: Path, diffusion: GaussianDiffusion) -> None:
    """Say on stderr what a .pt has no place for, and must be said again by whoever opens it."""
    from .export import lost_settings

    lost = {"image_size": f"{size_in_words(diffusion.image_size)} px", **lost_settings(diffusion)}
    words = ", ".join(f"{name} {value}" for name, value in lost.items())
    warn(f"{showable(out.name)} has no place for {words}: say it again where the file is opened")


def _whole_file(path: Path, overrides: dict[str, Any]) -> dict[str, Any]:
    """What `export_checkpoint` takes, of a file of elsewhere."""
    from .files import read_library_checkpoint

    opened = read_library_checkpoint(path, **overrides)
    return {
        "diffusion": opened.diffusion,
        "ema": {**opened.ema.state_dict(), **opened.averaging},
        "optimizer": opened.optimizer,
        "step": opened.step,
    }


def _whole_run(path: Path, out: Path, overrides: dict[str, Any]) -> dict[str, Any]:
    """What `export_checkpoint` takes, of a run or one of its checkpoints."""
    from ..runs.checkpoint import with_checkpoint

    return with_checkpoint(path, lambda found: _whole_checkpoint(found, out, overrides))


def _whole_checkpoint(found: Path, out: Path, overrides: dict[str, Any]) -> dict[str, Any]:
    """What `export_checkpoint` takes, of one checkpoint of a run."""
    from ..runs.checkpoint import load_own, read_checkpoint
    from .adam_state import named_adam_state

    checkpoint = read_checkpoint(found, with_optimizer=True)
    diffusion = load_own(found, "raw", **overrides).diffusion
    train, optimizer = checkpoint.config.train, None
    if train.optimizer == "adamw":
        optimizer = named_adam_state(out, diffusion, checkpoint.optimizer, learning_rate=train.learning_rate)
    return {
        "diffusion": diffusion,
        "ema": checkpoint.ema,
        "optimizer": optimizer,
        "step": checkpoint.step,
    }
