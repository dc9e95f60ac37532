"""Errors that say what happened, to which file or value, and what to do.

Every error a user can meet is a `StudioError` with a *code* and *fields*. The code picks a sentence: the English one
below for the command line, the translated one in `studio/messages.py` for the window (a test checks that none is
missing). Fields fill the sentence and stay readable by a program.
"""

from __future__ import annotations

from .showable import showable

#: One English sentence per code. `{names}` are the error's fields.
MESSAGES: dict[str, str] = {
    # config
    "config.unknown-setting": "There is no setting “{name}”. Did you mean {suggestions}?",
    "config.bad-value": "“{value}” is not a value of {name}: {expected}.",
    "config.size-not-divisible": "{name} = {size} px does not fit this network, which halves pictures {halvings} "
    "times. Choose {smaller} px or {larger} px.",
    "config.unknown-preset": "There is no preset “{name}”. There are: {known}.",
    "config.conflict": "{first} and {second} do not go together: {reason}.",
    "config.picture-shape": "These pictures are {got}, but the model takes {expected}.",
    "sampling.bad-value": "“{value}” is not a value of {name}: {expected}.",
    "sampling.out-of-memory": "{device} ran out of memory with {count} pictures at once. Try fewer pictures.",
    "sampling.training-gone": "The training has ended. Choose one of its checkpoints.",
    "sampling.no-room": "A recording this long takes {gigabytes} GB on the disk, and there is no room: {reason}. "
    "Take fewer steps or fewer pictures.",
    "data.no-such-path": "There is no {path}.",
    # device and training
    "device.unusable": "The device “{name}” cannot be used: {reason}. These can: {usable}.",
    "device.no-bf16": "{name} does not compute in bf16. Set amp to fp16, off or auto.",
    "device.no-fp16-on-cpu": "A CPU does not train in fp16. Set amp to bf16, off or auto.",
    "device.out-of-memory": "{device} ran out of memory with a batch of {batch_size} pictures of {image_size} px. "
    "Everything up to step {step} is saved; try a batch of {smaller}.",
    "training.not-finite": "At step {step} a number became {value} ({what}), also after going back {tries} times. What "
    "was saved up to step {saved_step} is good. Try a lower learning rate; the run's incidents say which pictures it "
    "was.",
    # pictures
    "data.folder-missing": "{folder} is not there.",
    "data.not-a-folder": "{folder} is not a folder.",
    "data.folder-unreadable": "{folder} cannot be read: {reason}.",
    "data.no-pictures": "{folder} holds no pictures that can be used (PNG, JPEG, WebP, BMP, GIF or TIFF): "
    "{skipped} that cannot be read, {others} other files.",
    "data.picture": "{path} cannot be used: {reason}.",
    "data.no-helper": "The process that decodes pictures could not be started: {reason}.",
    "data.none-left": "None of the {count} pictures in {folder} can be read any more.",
    # files, checkpoints and runs
    "storage.not-saved": "{path} could not be saved: {reason}.",
    "storage.not-removed": "{path} could not be removed: {reason}.",
    "storage.not-read": "{path} could not be read: {reason}.",
    "checkpoint.damaged": "{path} is damaged: {reason}.",
    "checkpoint.newer": "{path} was written by a newer version of this program (format {version}; this one reads up "
    "to {known}). Update the program to open it.",
    "checkpoint.none": "{path} holds no checkpoint that can be used: {reason}.",
    "checkpoint.unknown": "{path} is not a checkpoint of this program.",
    "checkpoint.no-place": "{path} cannot be written: files of denoising-diffusion-pytorch have no place for "
    "{feature}. A .safetensors file keeps any model.",
    "checkpoint.exists": "{path} is there already. Choose another name, or replace it (--force).",
    "checkpoint.refused": "{path} was not opened: {reason}.",
    "checkpoint.mismatch": "{path} does not fit the model that its settings describe: {reason}.",
    "run.exists": "{path} holds a run already. Choose another folder, or go on with it ({how}).",
    "run.not-empty": "{path} is not empty and is not a run. Choose another folder.",
    "run.not-a-run": "{path} is not a run folder.",
    "run.moved": "There is no run in {path} any more: it was moved or deleted. Open it where it is now, or begin a new "
    "run.",
    "run.broken": "The run in {path} cannot be opened: {reason}.",
    "run.gone": "{path} was moved, deleted or replaced while it was written to. Put the run back under this name.",
    "run.newer": "The run in {path} was made by a newer version of this program (format {version}; this one reads up "
    "to {known}). Update the program to open it.",
    "run.locked": "{path} is in use by process {pid} on {host} since {since}. Stop that one first.",
    "run.claimed": "{path} is in use by process {pid} on {host} since {since}, as far as can be told: its disk has no "
    "locks. If nothing writes to it any more, remove {file} from it.",
    "run.other-setting": "This run was made with {name} = {kept}, not {wished}. Leave the option out, or start "
    "another run.",
    "training.no-model-yet": "There is no model yet: the training has only begun.",
    # refused by name
    "config.unsupported": "{feature} is not part of this program: {reason}.",
}


class StudioError(Exception):
    """Base of all errors that are the user's to know. `code` is a key of MESSAGES, `fields` fill its sentence."""

    def __init__(self, code: str, **fields: object) -> None:
        assert code in MESSAGES, f"error code without a sentence: {code}"
        self.code = code
        # Values come from files too, whose names and settings may be megabytes long, or steer a terminal.
        self.fields = {name: _showable(value) for name, value in fields.items()}
        super().__init__(code)

    def __str__(self) -> str:
        return MESSAGES[self.code].format(**self.fields)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.fields)


def _showable(value: object) -> object:
    if isinstance(value, str):
        return showable(value)
    if isinstance(value, list | tuple | dict):
        text = str(value)
        return value if showable(text) == text else showable(text)
    return value


def _rebuild(kind: type[StudioError], code: str, fields: dict[str, object]) -> StudioError:
    return kind(code, **fields)


class ConfigError(StudioError):
    """A setting, or a combination of settings, that cannot work."""


class DataError(StudioError):
    """A folder or picture that cannot be used."""


class CheckpointError(StudioError):
    """A checkpoint that cannot be read or written."""


class RunError(StudioError):
    """A run folder that cannot be used as asked."""


class DeviceError(StudioError):
    """A device that cannot be used, or that ran out of memory."""


class TrainingError(StudioError):
    """Training that cannot go on."""


class SamplingError(StudioError):
    """A sampling request that cannot be carried out."""
