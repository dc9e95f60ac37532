"""Settings, descriptions and files of a run that are absurd: name → what spoils a run folder."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hostile.made import DESCRIPTION, GRID, TENSORS, change_json, set_in

Spoil = Callable[[Path], object]

#: Flat settings that no run has, by section; JSON's own absurdities among them.
ABSURD: dict[str, list[Any]] = {
    "model.dim": [10**9, -4, 0, 4.5, "8; rm", None, [8], {"a": 1}, float("nan"), float("inf"), True, "1" * 5000],
    "model.dim_mults": [[1] * 10**6, [10**9] * 3, [], [[1]], "1," * 10**6, [-1, 2], [64] * 12],
    "model.attn_heads": [[10**6], [256, 256]],
    "model.learned_sinusoidal_dim": [10**9, 3],
    "diffusion.timesteps": [10**12, -1, 0, 1.5, "many", 1e308, [20]],
    "diffusion.schedule_fn_kwargs": [["tau=1e-320"], ["s=nan"], ["start=1e308", "end=-1e308"], ["x=1"] * 1000, "tau"],
    "diffusion.beta_schedule": ["x" * 10**6, 5, None],
    "data.image_size": [10**9, 0, 7, 4096, "28px"],
    "data.channels": [10**9, 0, 5],
    "data.class_names": [["a" * 10**6], ["a"] * 10**5, [str(n) for n in range(200_000)], {"a": 1}],
    "train.batch_size": [10**12, 0],
    "train.adam_betas": [[0.9], [2, 2], ["x", "y"]],
    "train.sample_count": [10**9],
    "train.ema_decay": [2, -1],
}


def named(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) < 30 else f"{text[:20]}… ({len(text):,})"


def absurd_settings(*, everything: bool = False) -> dict[str, Spoil]:
    """In run.json and in the checkpoint's description; without `everything` one of each setting."""
    found: dict[str, Spoil] = {}
    for setting, values in ABSURD.items():
        for value in values if everything else values[:1]:
            found[f"{setting} = {named(value)}"] = lambda run, setting=setting, value=value: [
                change_json(run / file, lambda plain: set_in(plain, f"config.{setting}", value))
                for file in ("run.json", DESCRIPTION)
            ]
    return found


def said(file: str, dotted: str, value: object) -> Spoil:
    return lambda run: change_json(run / file, lambda plain: set_in(plain, dotted, value))


def text(file: str, data: bytes) -> Spoil:
    return lambda run: (run / file).write_bytes(data)


def sparse(file: str) -> Spoil:
    return lambda run: os.truncate(run / file, 5 << 30)


def _hollow(run: Path) -> None:
    """A tensor file of 5 GiB that were never written, and a description that says so."""
    os.truncate(run / TENSORS, 5 << 30)
    change_json(run / DESCRIPTION, lambda plain: plain.update(bytes=5 << 30))


def _many_checkpoints(run: Path) -> None:
    """Descriptions that all mean the same tensors, and say wrongly that they are good."""
    os.truncate(run / TENSORS, 60 << 20)
    plain = json.loads((run / DESCRIPTION).read_text())
    for step in range(100, 400):
        path = run / f"checkpoints/step-{step:08d}.json"
        path.write_text((run / DESCRIPTION).read_text())
        change_json(path, lambda made, step=step: made.update(step=step, bytes=60 << 20, tensors=plain["tensors"]))


def lies() -> dict[str, dict[str, Spoil]]:
    """What else may be said, by what of the run does not open then: the run, its checkpoint, or nothing."""
    of_the_run = {
        "a source of 7 MB": said("run.json", "source_folder", "/x" * 3_500_000),
        "a source with a NUL": said("run.json", "source_folder", "/a\0b"),
        "a preset of 7 MB": said("run.json", "preset", "p" * 7_000_000),
        "a plan of 10^30": said("run.json", "plan", [{"total": 10**30, "at_step": 0}]),
        "a plan below 0": said("run.json", "plan", [{"total": -1, "at_step": 0}]),
        "changes of nonsense": said("run.json", "changes", [{"settings": [["a"]], "at_step": 1}]),
        "a setting of 7 MB": said("run.json", "config.model", {"d" * 7_000_000: 1}),
        "run.json: 10^6 digits": text("run.json", b'{"version": 1' + b"0" * 10**6 + b"}"),
        "run.json: nested": text("run.json", b"[" * 10**6),
        "run.json: 9 MB": text("run.json", b'{"a": "' + b"x" * 9_000_000 + b'"}'),
        "run.json: 5 GiB": sparse("run.json"),
        "run.json: no UTF-8": text("run.json", b"\xff\xfe\x00"),
    }
    of_the_checkpoint = {
        "description: 10^6 digits": text(DESCRIPTION, b'{"step": 1' + b"0" * 10**6 + b"}"),
        "description: nested": text(DESCRIPTION, b'{"a":' * 10**5),
        "description: 5 GiB": sparse(DESCRIPTION),
        "another step": said(DESCRIPTION, "step", 900),
        "a step of 10^30": said(DESCRIPTION, "step", 10**30),
        "a step below 0": said(DESCRIPTION, "step", -3),
        "tensors elsewhere": said(DESCRIPTION, "tensors", "../../../../../../etc/passwd"),
        "tensors that are a device": said(DESCRIPTION, "tensors", "/dev/zero"),
        "tensors of another step": said(DESCRIPTION, "tensors", "step-00000099.safetensors"),
        "tensors with a NUL": said(DESCRIPTION, "tensors", "step-00000003\0.safetensors"),
        "seconds that are endless": said(DESCRIPTION, "extra.elapsed_s", float("inf")),
        "a shift of 10^30": said(DESCRIPTION, "extra.data_shift", 10**30),
        "a loss that is none": said(DESCRIPTION, "extra.smoothed_loss", float("nan")),
        "a scale of nonsense": said(DESCRIPTION, "extra.scaler", {"scale": "x"}),
        "5 GiB of tensors that are not there": _hollow,
        "300 checkpoints of one file": _many_checkpoints,
    }
    harmless = {
        "a source of 30,000 letters": said("run.json", "source_folder", "/x" * 15_000),
        "a source that is a half": said("run.json", "source_folder", "/\udc80\ud800"),
        "a device of markup": said("run.json", "device", "<img src=x>\x1b[2J\u202e"),
        "a plan of 10^4": said("run.json", "plan", [{"total": 5, "at_step": 0}] * 10**4),
        "a lock of 5 GiB": lambda run: ((run / "run.lock").touch(), os.truncate(run / "run.lock", 5 << 30)),
        "a lock of nonsense": text("run.lock", b'{"pid": ' + b"[" * 10**5),
        "a lock of markup": text(
            "run.lock", json.dumps({"host": "<b>" * 10**6, "pid": [[1]], "since": 10**400}).encode()
        ),
        "a log of 5 GiB": sparse("log.txt"),
    }
    return {"run": of_the_run, "checkpoint": of_the_checkpoint, "nothing": harmless}


# --- what is no file ---------------------------------------------------------------------------------------

MEMBERS = (
    *("run.json", DESCRIPTION, TENSORS, "metrics.sqlite", "metrics.sqlite-wal", "metrics.sqlite-journal", "run.lock"),
    *("log.txt", GRID, "checkpoints", "samples", "incidents"),
)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _directory(path: Path) -> None:
    path.mkdir()
    (path / "inside").touch()


#: What stands in the place of a member.
KINDS: dict[str, Callable[[Path], object]] = {
    "FIFO": os.mkfifo,
    "link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "folder": _directory,
    "link loop": lambda path: path.symlink_to(path.name),
    "link to somebody's file": lambda path: path.symlink_to(path.parents[1] / "victim"),
    "socket": _socket,
    "dangling link": lambda path: path.symlink_to("nowhere"),
    "empty file": lambda path: path.touch(),
    "link to a FIFO": lambda path: (os.mkfifo(path.parent / "pipe"), path.symlink_to("pipe")),
    "terminal": lambda path: path.symlink_to("/dev/ptmx"),
    "link to the root": lambda path: path.symlink_to("/"),
}
QUICK_KINDS = ("FIFO", "link to somebody's file")


def put(run: Path, member: str, kind: str) -> None:
    """Put something else in the place of a member of a run."""
    path = run / member
    if path.is_dir():
        path.rename(run / f"was-{path.name}")
    else:
        path.unlink(missing_ok=True)
    KINDS[kind](path)
