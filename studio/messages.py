"""The words for core's errors, translatable. Core's own English table is for the command line."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.errors import StudioError

_MARKED: dict[str, object] = {
    "config.unknown-setting": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no setting “{name}”. Did you mean {suggestions}?",
    ),
    "config.bad-value": QT_TRANSLATE_NOOP(
        "Errors",
        "“{value}” is not a value of {name}: {expected}.",
    ),
    "config.size-not-divisible": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} = {size} px does not fit this network, which halves pictures {halvings} times. "
        "Choose {smaller} px or {larger} px.",
    ),
    "config.unknown-preset": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no preset “{name}”. There are: {known}.",
    ),
    "config.conflict": QT_TRANSLATE_NOOP(
        "Errors",
        "{first} and {second} do not go together: {reason}.",
    ),
    "config.picture-shape": QT_TRANSLATE_NOOP(
        "Errors",
        "These pictures are {got}, but the model takes {expected}.",
    ),
    "sampling.bad-value": QT_TRANSLATE_NOOP(
        "Errors",
        "“{value}” is not a value of {name}: {expected}.",
    ),
    "sampling.out-of-memory": QT_TRANSLATE_NOOP(
        "Errors",
        "{device} ran out of memory with {count} pictures at once. Try fewer pictures.",
    ),
    "sampling.training-gone": QT_TRANSLATE_NOOP(
        "Errors",
        "The training has ended. Choose one of its checkpoints.",
    ),
    "sampling.no-room": QT_TRANSLATE_NOOP(
        "Errors",
        "A recording this long takes {gigabytes} GB on the disk, and there is no room: {reason}. "
        "Take fewer steps or fewer pictures.",
    ),
    "data.no-such-path": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no {path}.",
    ),
    "device.unusable": QT_TRANSLATE_NOOP(
        "Errors",
        "The device “{name}” cannot be used: {reason}. These can: {usable}.",
    ),
    "device.no-bf16": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} does not compute in bf16. Set amp to fp16, off or auto.",
    ),
    "device.no-fp16-on-cpu": QT_TRANSLATE_NOOP(
        "Errors",
        "A CPU does not train in fp16. Set amp to bf16, off or auto.",
    ),
    "device.out-of-memory": QT_TRANSLATE_NOOP(
        "Errors",
        "{device} ran out of memory with a batch of {batch_size} pictures of {image_size} px. "
        "Everything up to step {step} is saved; try a batch of {smaller}.",
    ),
    "training.not-finite": QT_TRANSLATE_NOOP(
        "Errors",
        "At step {step} a number became {value} ({what}), also after going back {tries} times. What "
        "was saved up to step {saved_step} is good. Try a lower learning rate; the run's incidents say which pictures "
        "it was.",
    ),
    "data.folder-missing": QT_TRANSLATE_NOOP(
        "Errors",
        "{folder} is not there.",
    ),
    "data.not-a-folder": QT_TRANSLATE_NOOP(
        "Errors",
        "{folder} is not a folder.",
    ),
    "data.folder-unreadable": QT_TRANSLATE_NOOP(
        "Errors",
        "{folder} cannot be read: {reason}.",
    ),
    "data.no-pictures": QT_TRANSLATE_NOOP(
        "Errors",
        "{folder} holds no pictures that can be used (PNG, JPEG, WebP, BMP, GIF or TIFF): "
        "{skipped} that cannot be read, {others} other files.",
    ),
    "data.picture": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} cannot be used: {reason}.",
    ),
    "data.no-helper": QT_TRANSLATE_NOOP(
        "Errors",
        "The process that decodes pictures could not be started: {reason}.",
    ),
    "data.none-left": QT_TRANSLATE_NOOP(
        "Errors",
        "None of the {count} pictures in {folder} can be read any more.",
    ),
    "storage.not-saved": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} could not be saved: {reason}.",
    ),
    "storage.not-removed": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} could not be removed: {reason}.",
    ),
    "storage.not-read": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} could not be read: {reason}.",
    ),
    "checkpoint.damaged": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is damaged: {reason}.",
    ),
    "checkpoint.newer": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} was written by a newer version of this program (format {version}; this one reads "
        "up to {known}). Update the program to open it.",
    ),
    "checkpoint.none": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} holds no checkpoint that can be used: {reason}.",
    ),
    "checkpoint.unknown": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is not a checkpoint of this program.",
    ),
    "checkpoint.no-place": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} cannot be written: files of denoising-diffusion-pytorch have no place for {feature}. "
        "A .safetensors file keeps any model.",
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
    "run.not-empty": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is not empty and is not a run. Choose another folder.",
    ),
    "run.not-a-run": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is not a run folder.",
    ),
    "run.moved": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no run in {path} any more: it was moved or deleted. Open it where it is now, or begin a new run.",
    ),
    "run.broken": QT_TRANSLATE_NOOP(
        "Errors",
        "The run in {path} cannot be opened: {reason}.",
    ),
    "run.gone": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} was moved, deleted or replaced while it was written to. Put the run back under this name.",
    ),
    "run.newer": QT_TRANSLATE_NOOP(
        "Errors",
        "The run in {path} was made by a newer version of this program (format {version}; this "
        "one reads up to {known}). Update the program to open it.",
    ),
    "run.locked": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is in use by process {pid} on {host} since {since}. Stop that one first.",
    ),
    "run.claimed": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is in use by process {pid} on {host} since {since}, as far as can be told: its disk has no locks. "
        "If nothing writes to it any more, remove {file} from it.",
    ),
    "run.other-setting": QT_TRANSLATE_NOOP(
        "Errors",
        "This run was made with {name} = {kept}, not {wished}. Leave the option out, or start another run.",
    ),
    "training.no-model-yet": QT_TRANSLATE_NOOP(
        "Errors",
        "There is no model yet: the training has only begun.",
    ),
    "config.unsupported": QT_TRANSLATE_NOOP(
        "Errors",
        "{feature} is not part of this program: {reason}.",
    ),
}


#: One sentence per code of `core.errors.MESSAGES`; a test holds the two tables against each other.
SENTENCES: dict[str, str] = {code: str(sentence) for code, sentence in _MARKED.items()}


def error_text(error: BaseException) -> str:
    """What to show for an error: its own sentence, or what an unexpected one said."""
    if isinstance(error, StudioError):
        fields = {name: _in_words(value) for name, value in error.fields.items()}
        return QCoreApplication.translate("Errors", SENTENCES[error.code]).format(**fields)
    words = str(error).strip().splitlines()
    return QCoreApplication.translate("Errors", "Something unexpected went wrong ({kind}): {words}").format(
        kind=type(error).__name__, words=words[0] if words else "–"
    )


def _in_words(value: object) -> object:
    """A field of an error in the window's language, where it is one of the reasons that have a translation."""
    if not isinstance(value, str):
        return value
    for context in ("Reasons", "Devices"):
        translated = QCoreApplication.translate(context, value)
        if translated != value:
            return translated
    return value
