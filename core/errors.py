"""Every sentence that an error can say: the one table, in English, marked for the translators where it stands.

An error is a `StudioError` with a *code* and *fields*. The code picks a sentence of MESSAGES, the fields fill it and
stay readable by a program. A field that needs words of its own (why, what instead, what for) holds a `Phrase`: a code
of PHRASES with fields of its own. Both are English when they are printed; the window says the same in its language
(`studio.messages`).

To add an error:

1. Write its sentence into MESSAGES: what happened, to which {file} or {value}, what to do; with a full stop.
2. Where it says “because …”, “: …” or the like, put a field there, and write each thing that it may be into PHRASES:
   part of a sentence, without a full stop. Values are the only parameters: names, numbers, paths, other phrases. Text
   of the system or of a library is quoted: `phrase_of(error)`.
3. Raise it: `raise DataError("data.picture", path=path, reason=Phrase("picture.too-thin"))`.
4. A helper that does not know the sentence raises `ValueError(Phrase("…"))`; `phrase_of` finds it again.

lupdate reads this file; whoever adds a sentence adds its translations to `resources/i18n`.
"""

from __future__ import annotations

import errno

from .showable import showable


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001 (lupdate reads it)
    """`text` as it is. lupdate knows the mark by this name, and core knows no Qt."""
    return text


#: Whole sentences, one per code of a `StudioError`. `{names}` are its fields.
MESSAGES: dict[str, str] = {
    # config
    "config.unknown-setting": QT_TRANSLATE_NOOP("Errors", "There is no setting “{name}”. Did you mean {suggestions}?"),
    "config.bad-value": QT_TRANSLATE_NOOP("Errors", "“{value}” is not a value of {name}: {expected}."),
    "config.size-not-divisible": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} = {size} px does not fit this network, which halves pictures {halvings} times. Choose "
        "{smaller} px or {larger} px.",
    ),
    "config.unknown-preset": QT_TRANSLATE_NOOP("Errors", "There is no preset “{name}”. There are: {known}."),
    "config.conflict": QT_TRANSLATE_NOOP("Errors", "{first} and {second} do not go together: {reason}."),
    "config.spread-weights": QT_TRANSLATE_NOOP(
        "Errors",
        "{objective} with {beta_schedule} and without min-SNR weighs some timesteps a million times as much as others: "
        "the least noisy alone are learnt. Set min_snr_gamma, say to 5.",
    ),
    "config.picture-shape": QT_TRANSLATE_NOOP("Errors", "These pictures are {got}, but the model takes {expected}."),
    "sampling.bad-value": QT_TRANSLATE_NOOP("Errors", "“{value}” is not a value of {name}: {expected}."),
    "sampling.out-of-memory": QT_TRANSLATE_NOOP(
        "Errors",
        "{device} ran out of memory with {count} pictures at once. Try fewer pictures.",
    ),
    "sampling.training-gone": QT_TRANSLATE_NOOP("Errors", "The training has ended. Choose one of its checkpoints."),
    "sampling.no-room": QT_TRANSLATE_NOOP(
        "Errors",
        "A recording this long takes {gigabytes} GB on the disk, and there is no room: {reason}. Take "
        "fewer steps or fewer pictures.",
    ),
    "data.no-such-path": QT_TRANSLATE_NOOP("Errors", "There is no {path}."),
    # device and training
    "device.unusable": QT_TRANSLATE_NOOP(
        "Errors",
        "The device “{name}” cannot be used: {reason}. These can: {usable}.",
    ),
    "device.no-bf16": QT_TRANSLATE_NOOP("Errors", "{name} does not compute in bf16. Set amp to fp16, off or auto."),
    "device.no-fp16-on-cpu": QT_TRANSLATE_NOOP("Errors", "A CPU does not train in fp16. Set amp to bf16, off or auto."),
    "device.out-of-memory": QT_TRANSLATE_NOOP(
        "Errors",
        "{device} ran out of memory with a batch of {batch_size} pictures of {image_size} px. Everything "
        "up to step {step} is saved; try a batch of {smaller}.",
    ),
    "training.not-finite": QT_TRANSLATE_NOOP(
        "Errors",
        "At step {step} {what}, also after going back {tries} times. What was "
        "saved up to step {saved_step} is good. Try a lower learning rate; the run's incidents say which "
        "pictures it was.",
    ),
    # pictures
    "data.folder-missing": QT_TRANSLATE_NOOP("Errors", "{folder} is not there."),
    "data.not-a-folder": QT_TRANSLATE_NOOP("Errors", "{folder} is not a folder."),
    "data.folder-unreadable": QT_TRANSLATE_NOOP("Errors", "{folder} cannot be read: {reason}."),
    "data.no-pictures": QT_TRANSLATE_NOOP(
        "Errors",
        "{folder} holds no pictures that can be used (PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF): {skipped} that "
        "cannot be used, {others} other files.",
    ),
    "data.picture": QT_TRANSLATE_NOOP("Errors", "{path} cannot be used: {reason}."),
    "data.no-helper": QT_TRANSLATE_NOOP("Errors", "The process that decodes pictures could not be started: {reason}."),
    "data.none-left": QT_TRANSLATE_NOOP("Errors", "None of the {count} pictures in {folder} can be read any more."),
    # files, checkpoints and runs
    "storage.not-saved": QT_TRANSLATE_NOOP("Errors", "{path} could not be saved: {reason}."),
    "storage.not-removed": QT_TRANSLATE_NOOP("Errors", "{path} could not be removed: {reason}."),
    "storage.not-read": QT_TRANSLATE_NOOP("Errors", "{path} could not be read: {reason}."),
    "checkpoint.damaged": QT_TRANSLATE_NOOP("Errors", "{path} is damaged: {reason}."),
    "checkpoint.newer": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} was written by a newer version of this program (format {version}; this one reads up to "
        "{known}). Update the program to open it.",
    ),
    "checkpoint.none": QT_TRANSLATE_NOOP("Errors", "{path} holds no checkpoint that can be used: {reason}."),
    "checkpoint.unknown": QT_TRANSLATE_NOOP("Errors", "{path} is not a checkpoint of this program."),
    "checkpoint.no-place": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} cannot be written: files of denoising-diffusion-pytorch have no place for {feature}. A "
        ".safetensors file keeps any model.",
    ),
    "checkpoint.exists": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is there already. Choose another name, or replace it (--force).",
    ),
    "checkpoint.refused": QT_TRANSLATE_NOOP("Errors", "{path} was not opened: {reason}."),
    "checkpoint.mismatch": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} does not fit the model that its settings describe: {reason}.",
    ),
    "run.exists": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} holds a run already. Choose another folder, or go on with it ({how}).",
    ),
    "run.not-empty": QT_TRANSLATE_NOOP("Errors", "{path} is not empty and is not a run. Choose another folder."),
    "run.not-a-run": QT_TRANSLATE_NOOP("Errors", "{path} is not a run folder."),
    "run.moved": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no run in {path} any more: it was moved or deleted. Open it where it is now, or begin a new run.",
    ),
    "run.broken": QT_TRANSLATE_NOOP("Errors", "The run in {path} cannot be opened: {reason}."),
    "run.gone": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} was moved, deleted or replaced while it was written to. Put the run back under this name.",
    ),
    "run.newer": QT_TRANSLATE_NOOP(
        "Errors",
        "The run in {path} was made by a newer version of this program (format {version}; this one reads "
        "up to {known}). Update the program to open it.",
    ),
    "run.locked": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is in use by process {pid} on {host} since {since}. Stop that one first.",
    ),
    "run.claimed": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is in use by process {pid} on {host} since {since}, as far as can be told: its disk has "
        "no locks. If nothing writes to it any more, remove {file} from it.",
    ),
    "run.other-setting": QT_TRANSLATE_NOOP(
        "Errors",
        "This run was made with {name} = {kept}, not {wished}. Leave the option out, or start another run.",
    ),
    "training.no-model-yet": QT_TRANSLATE_NOOP("Errors", "There is no model yet: the training has only begun."),
    # refused by name
    "config.unsupported": QT_TRANSLATE_NOOP("Errors", "{feature} is not part of this program: {reason}."),
}

#: Parts of sentences, one per code of a `Phrase`: what stands in a field such as `reason`, without a full stop.
PHRASES: dict[str, str] = {
    # why a file of the pictures is skipped; `core.data.reasons` leaves out “picture.”
    "picture.empty": QT_TRANSLATE_NOOP("Errors", "the file is empty"),
    "picture.not-a-file": QT_TRANSLATE_NOOP("Errors", "it is a pipe, a socket or a device, not a file"),
    "picture.folder": QT_TRANSLATE_NOOP(
        "Errors",
        "it is a folder with a picture's name; the pictures in it count by themselves",
    ),
    "picture.folder-unreadable": QT_TRANSLATE_NOOP("Errors", "this folder cannot be read"),
    "picture.dangling-link": QT_TRANSLATE_NOOP("Errors", "the link leads to nothing"),
    "picture.link-loop": QT_TRANSLATE_NOOP("Errors", "the link leads in a circle"),
    "picture.gone": QT_TRANSLATE_NOOP("Errors", "it is not there any more"),
    "picture.no-permission": QT_TRANSLATE_NOOP("Errors", "you may not read it"),
    "picture.unreadable": QT_TRANSLATE_NOOP("Errors", "the disk could not read it"),
    "picture.too-large": QT_TRANSLATE_NOOP("Errors", "the file is larger than 1 GiB"),
    "picture.not-a-picture": QT_TRANSLATE_NOOP(
        "Errors",
        "its content is not a picture of any kind that is known",
    ),
    "picture.kind": QT_TRANSLATE_NOOP(
        "Errors",
        "it is a {kind} picture, a kind that is not read; save it as PNG or JPEG",
    ),
    "picture.kind-heic": QT_TRANSLATE_NOOP(
        "Errors",
        "it is a HEIC picture, which is read only where pillow-heif is installed",
    ),
    "picture.kind-avif": QT_TRANSLATE_NOOP(
        "Errors",
        "it is an AVIF picture, which is read only with Pillow 11.3 or later",
    ),
    "picture.variant": QT_TRANSLATE_NOOP(
        "Errors",
        "it is whole, but stored in a rare way that is not read; save it anew as PNG",
    ),
    "picture.other-programs": QT_TRANSLATE_NOOP(
        "Errors",
        "it is a hidden folder, or one that a system or another program keeps; what is in it is not used",
    ),
    "picture.truncated": QT_TRANSLATE_NOOP("Errors", "it ends too early, and a part of the picture is missing"),
    "picture.broken": QT_TRANSLATE_NOOP("Errors", "its content is damaged"),
    "picture.too-many-pixels": QT_TRANSLATE_NOOP("Errors", "it has more than 64 million pixels"),
    "picture.too-long": QT_TRANSLATE_NOOP("Errors", "one side is longer than 32,768 pixels"),
    "picture.too-thin": QT_TRANSLATE_NOOP("Errors", "one side is more than 100 times as long as the other"),
    "picture.needs-memory": QT_TRANSLATE_NOOP("Errors", "decoding it takes more than 512 MB of memory"),
    "picture.too-slow": QT_TRANSLATE_NOOP("Errors", "decoding it takes longer than 10 seconds"),
    "picture.decoder-died": QT_TRANSLATE_NOOP("Errors", "it makes the decoder crash"),
    "picture.mode": QT_TRANSLATE_NOOP("Errors", "its colours are stored in a way that cannot be read"),
    # what a typed number may mean
    "number.ambiguous": QT_TRANSLATE_NOOP("Errors", "it can mean {whole} or {fraction}; write the one you mean so"),
    # why a device cannot be used
    "device.no-cuda-built": QT_TRANSLATE_NOOP("Errors", "this torch was built without CUDA"),
    "device.no-card": QT_TRANSLATE_NOOP("Errors", "no NVIDIA card or driver was found"),
    "device.no-metal-built": QT_TRANSLATE_NOOP("Errors", "this torch was built without Metal (macOS only)"),
    "device.no-metal": QT_TRANSLATE_NOOP("Errors", "this Mac has no Metal device, or macOS is too old"),
    "device.none-such": QT_TRANSLATE_NOOP("Errors", "this computer has no such device"),
    # why a training step could not be taken
    "training.loss-became": QT_TRANSLATE_NOOP("Errors", "the loss became {value}"),
    "training.gradient-became": QT_TRANSLATE_NOOP("Errors", "the gradient became {value}"),
    "training.weight-became": QT_TRANSLATE_NOOP("Errors", "the weight {name} became {value}"),
    "training.tensor-became": QT_TRANSLATE_NOOP("Errors", "{name} became {value}"),
    # what the system says
    "system.no-space": QT_TRANSLATE_NOOP("Errors", "the disk is full"),
    "system.no-permission": QT_TRANSLATE_NOOP("Errors", "you do not have the permission"),
    "system.read-only": QT_TRANSLATE_NOOP("Errors", "the disk is read-only"),
    "system.not-there": QT_TRANSLATE_NOOP("Errors", "it is not there"),
    "system.not-a-folder": QT_TRANSLATE_NOOP("Errors", "a part of the path is not a folder"),
    "system.is-a-folder": QT_TRANSLATE_NOOP("Errors", "it is a folder"),
    "system.disk-error": QT_TRANSLATE_NOOP("Errors", "the disk reported an error"),
    "system.too-large": QT_TRANSLATE_NOOP("Errors", "the file would be too large for this disk"),
    "system.name-too-long": QT_TRANSLATE_NOOP("Errors", "the name is too long"),
    "system.too-many-open": QT_TRANSLATE_NOOP("Errors", "too many files are open"),
    "system.not-empty": QT_TRANSLATE_NOOP("Errors", "the folder is not empty"),
    "system.quota": QT_TRANSLATE_NOOP("Errors", "your disk quota is used up"),
    "system.other": QT_TRANSLATE_NOOP("Errors", "the system says “{words}”"),
    # an error of a library
    "library.says": QT_TRANSLATE_NOOP("Errors", "{library} says “{words}”"),
}


#: errno → code of PHRASES.
_SYSTEM = {
    errno.ENOSPC: "system.no-space",
    errno.EACCES: "system.no-permission",
    errno.EPERM: "system.no-permission",
    errno.EROFS: "system.read-only",
    errno.ENOENT: "system.not-there",
    errno.ENOTDIR: "system.not-a-folder",
    errno.EISDIR: "system.is-a-folder",
    errno.EIO: "system.disk-error",
    errno.EFBIG: "system.too-large",
    errno.ENAMETOOLONG: "system.name-too-long",
    errno.EMFILE: "system.too-many-open",
    errno.ENOTEMPTY: "system.not-empty",
    getattr(errno, "EDQUOT", -1): "system.quota",
}


class Phrase(str):
    """A part of a sentence that can be said in another language: its English text, which knows its code and fields.

    `code` is a key of PHRASES, or of MESSAGES for an error's whole sentence inside another (its full stop is left
    out). `fields` fill it, and may be phrases.
    """

    __slots__ = ("code", "fields")

    code: str
    fields: dict[str, object]

    def __new__(cls, code: str, **fields: object) -> Phrase:
        """The phrase of that code, filled."""
        sentence = PHRASES.get(code) or MESSAGES[code]
        shown = {name: _showable(value) for name, value in fields.items()}
        phrase = super().__new__(cls, sentence.format(**shown).removesuffix("."))
        phrase.code, phrase.fields = code, shown
        return phrase

    def __reduce__(self) -> tuple[object, ...]:
        return _phrase_again, (self.code, self.fields)


def phrase_of(error: BaseException, library: str = "Python") -> Phrase:
    """Why `error` happened, as it follows a colon: its own phrase or sentence, a system error in a person's words.

    library: whose words are quoted when it has nothing of ours.
    """
    if isinstance(error, StudioError):
        return Phrase(error.code, **error.fields)
    if error.args and isinstance(error.args[0], Phrase):
        return error.args[0]
    if isinstance(error, OSError) and error.errno is not None:
        code = _SYSTEM.get(error.errno)
        return Phrase(code) if code else Phrase("system.other", words=error.strerror or error.errno)
    words = str(error).strip().splitlines()
    return Phrase("library.says", library=library, words=words[0].rstrip(".") if words else type(error).__name__)


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
    if isinstance(value, Phrase):
        return value
    if isinstance(value, str):
        return showable(value)
    if isinstance(value, list | tuple | dict):
        text = str(value)
        return value if showable(text) == text else showable(text)
    return value


def _phrase_again(code: str, fields: dict[str, object]) -> Phrase:
    return Phrase(code, **fields)


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
