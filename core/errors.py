"""Every sentence that an error can say: the one table, in English, marked for the translators where it stands.

An error is a `StudioError` with a *code* and *fields*. The code picks a sentence of MESSAGES, the fields fill it and
stay readable by a program. A field that needs words of its own (why, what instead, what for) holds a `Phrase`: a code
of PHRASES with fields of its own. Both are English when they are printed; the window says the same in its language
(`studio.app.messages`).

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
import re
from typing import Any

# --- Text from files and folders as it may be shown: no control characters, and never longer than a few lines ---

#: Characters that would break a line or turn the reading direction of what follows.
UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_IN_A_SENTENCE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

#: Characters of one value inside a message; a name in a file may be a megabyte long.
LONGEST = 1000


def showable(text: str, longest: int = LONGEST) -> str:
    """`text` cut to `longest` characters, with what a terminal or a window would obey or choke on escaped."""
    cut = text if len(text) <= longest else text[: longest - 2] + " …"
    return _IN_A_SENTENCE.sub(escaped, cut)


def escaped(found: re.Match[str]) -> str:
    """The characters found, as Python would write them in ASCII."""
    return found[0].encode("unicode_escape").decode("ascii")


# --- the sentences, and the errors that say them ---------------------------------------------------------


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001 (lupdate reads it)
    """`text` as it is. lupdate knows the mark by this name, and core knows no Qt."""
    return text


#: Whole sentences, one per code of a `StudioError`. `{names}` are its fields.
MESSAGES: dict[str, str] = {
    # config
    "config.unknown-setting": QT_TRANSLATE_NOOP("Errors", "There is no setting “{name}”. Did you mean {suggestions}?"),
    "config.no-such-setting": QT_TRANSLATE_NOOP(
        "Errors", "There is no setting “{name}”. “ddpm-studio train --help” lists them all."
    ),
    "config.not-live": QT_TRANSLATE_NOOP(
        "Errors", "{name} stays as it is while the run trains. These can be changed: {known}."
    ),
    # catalogue
    "catalogue.no-row": QT_TRANSLATE_NOOP("Errors", "{value} is no row of the catalogue; rows are {kinds}."),
    "catalogue.says-too-little": QT_TRANSLATE_NOOP(
        "Errors",
        "The row {name} must say its name, title, help, source and implementation (“module:name”), each as text.",
    ),
    "catalogue.name": QT_TRANSLATE_NOOP(
        "Errors", "“{name}” cannot name a row: small letters, digits, _, + and - do, up to 64 of them."
    ),
    "catalogue.taken": QT_TRANSLATE_NOOP("Errors", "There is a row {name} already, {title}. Choose another name."),
    "catalogue.not-installed": QT_TRANSLATE_NOOP(
        "Errors",
        "This needs “{name}”, which is not installed here: no package adds it to {group}. Install the package that it "
        "was made with.",
    ),
    "catalogue.not-found": QT_TRANSLATE_NOOP(
        "Errors", "{title} cannot be used: {where} cannot be imported ({reason})."
    ),
    "config.no-such-option": QT_TRANSLATE_NOOP(
        "Errors",
        "{name}: {variant} has no option “{option}”; it takes {known}.",
    ),
    "config.no-out": QT_TRANSLATE_NOOP(
        "Errors", "Nothing says where the pictures go: name a folder with --out, or one file with --html or --export."
    ),
    "config.empty-value": QT_TRANSLATE_NOOP("Errors", "{name} is empty: it is {expected}."),
    "config.bad-value": QT_TRANSLATE_NOOP("Errors", "“{value}” is not a value of {name}: {expected}."),
    "config.size-rounded": QT_TRANSLATE_NOOP(
        "Errors",
        "Pictures of {size} px are trained at {smaller} px: with these patches and stages sides are multiples of "
        "{factor}. A size of {larger} px keeps more.",
    ),
    "config.size-not-divisible": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} = {size} px does not fit this network: sides must divide by {factor}. Choose {sizes}.",
    ),
    "config.unknown-preset": QT_TRANSLATE_NOOP("Errors", "There is no preset “{name}”. There are: {known}."),
    "config.conflict": QT_TRANSLATE_NOOP("Errors", "{first} and {second} do not go together: {reason}."),
    "config.no-second-folder": QT_TRANSLATE_NOOP("Errors", "{name}: choose the folder with the second pictures."),
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
    "sampling.other-condition": QT_TRANSLATE_NOOP(
        "Errors",
        "What was seen beside these pictures is {found} (width × height × channels), and this model needs {needed}. "
        "Choose the pictures that it is to see.",
    ),
    "sampling.no-condition": QT_TRANSLATE_NOOP(
        "Errors",
        "This model makes pictures that belong to another one, and none was given. Give a picture as the condition.",
    ),
    "sampling.fit-condition": QT_TRANSLATE_NOOP(
        "Errors",
        "This model makes pictures that belong to another one: timesteps are fitted only to models that make them of "
        "noise alone. Choose more steps, or another spacing.",
    ),
    "sampling.guide": QT_TRANSLATE_NOOP(
        "Errors",
        "This guide does not go with the model: its {name} is {got}, the model's {wanted}. Take an earlier checkpoint "
        "of the same run, or a model that was trained alike.",
    ),
    "sampling.guide-schedule": QT_TRANSLATE_NOOP(
        "Errors",
        "This guide does not go with the model: it was trained with another noise schedule. Take an earlier checkpoint "
        "of the same run, or a model that was trained alike.",
    ),
    "sampling.training-gone": QT_TRANSLATE_NOOP("Errors", "The training has ended. Choose one of its checkpoints."),
    "fork.no-layers": QT_TRANSLATE_NOOP(
        "Errors", "Only pixels were kept of this generation, which is too little to go on from. Generate it again."
    ),
    "fork.filled": QT_TRANSLATE_NOOP(
        "Errors", "A generation that filled in a mask goes back and forth and cannot be forked. Start another one."
    ),
    "fork.mask-and-sampler": QT_TRANSLATE_NOOP(
        "Errors",
        "Outside of a mask the steps of the original are put back, so the sampler must stay the same. Take the mask "
        "away or leave the sampler.",
    ),
    "fork.unfinished": QT_TRANSLATE_NOOP(
        "Errors", "This generation was cancelled before its last step. Finish one, or fork with another sampler."
    ),
    "fork.before-sampler": QT_TRANSLATE_NOOP(
        "Errors",
        "Another sampler made this generation from step {step} on. Fork it from there on, or the one it goes off from.",
    ),
    "fork.other-model": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} holds other weights by now than those that made this generation. Generate it again to fork it.",
    ),
    "fork.of-training": QT_TRANSLATE_NOOP(
        "Errors", "The training whose weights made these pictures has gone on since. Generate from a checkpoint."
    ),
    "fork.no-maker": QT_TRANSLATE_NOOP(
        "Errors",
        "The checkpoint that made these pictures, step {step} of {name}, is not there any more. Take the settings and "
        "generate others to fork.",
    ),
    "fork.no-guide": QT_TRANSLATE_NOOP(
        "Errors", "The guide of these pictures, {name}, is not there any more. Take the settings and generate others."
    ),
    "fork.began": QT_TRANSLATE_NOOP(
        "Errors",
        "These pictures began with others, which are not kept with them. Take the settings, drop what it began with, "
        "and generate them again to fork them.",
    ),
    "fork.not-told": QT_TRANSLATE_NOOP(
        "Errors",
        "This file does not tell all that made its pictures. Take the settings and generate them again to fork them.",
    ),
    "fork.no-step": QT_TRANSLATE_NOOP("Errors", "There is no step {step}: {of} steps were recorded."),
    "sampling.no-room": QT_TRANSLATE_NOOP(
        "Errors",
        "A recording this long takes {gigabytes} GB on the disk, and there is no room: {reason}. Take "
        "fewer steps or fewer pictures.",
    ),
    "sampling.exists": QT_TRANSLATE_NOOP(
        "Errors", "{path} is there already. Choose another folder, or replace what is there (--force)."
    ),
    "sampling.numbered": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is there already. Choose another folder, number on behind what is there (--number-on), or replace it "
        "(--force).",
    ),
    "checkpoints.other-pictures": QT_TRANSLATE_NOOP(
        "Errors",
        "This checkpoint makes other pictures (height × width × channels, steps: {here}) than the first row's "
        "({there}). Compare checkpoints of one run.",
    ),
    "generation.damaged": QT_TRANSLATE_NOOP(
        "Errors", "{path} cannot be shown: {reason}. Remove it if nothing else needs it; the others are not touched."
    ),
    "generation.beyond-budget": QT_TRANSLATE_NOOP(
        "Errors",
        "This generation takes {size} and is in memory only: {room} of the {budget} for kept generations may be used "
        "for it. Allow more in the settings menu, or take stars away.",
    ),
    "export.needs-package": QT_TRANSLATE_NOOP("Errors", "A package is missing for “{kind}”: {command} installs it."),
    "export.not-possible": QT_TRANSLATE_NOOP("Errors", "{kind} cannot be made of these pictures: {reason}."),
    "data.no-such-path": QT_TRANSLATE_NOOP("Errors", "There is no {path}."),
    # device and training
    "device.unusable": QT_TRANSLATE_NOOP(
        "Errors",
        "The device “{name}” cannot be used: {reason}. These can: {usable}.",
    ),
    "device.no-bf16": QT_TRANSLATE_NOOP("Errors", "{name} does not compute in bf16. Set {setting} to fp16 or off."),
    "device.no-fp16-on-cpu": QT_TRANSLATE_NOOP(
        "Errors", "A CPU does not compute in fp16. Set {setting} to bf16 or off."
    ),
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
    "twins.own-setting": QT_TRANSLATE_NOOP(
        "Errors", "Twins have steps and a seed of their own: {name} cannot be what they differ in."
    ),
    "twins.other-pictures": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} changes which pictures the network sees, so that the errors of two could not be compared. Compare "
        "another setting.",
    ),
    "twins.not-finite": QT_TRANSLATE_NOOP(
        "Errors",
        "The two cannot be compared: at step {step} of {twin} {reason}. A lower learning rate may keep it from that.",
    ),
    "twins.out-of-memory": QT_TRANSLATE_NOOP(
        "Errors",
        "{device} ran out of memory with two networks at once. Try a smaller batch or network.",
    ),
    "training.process-failed": QT_TRANSLATE_NOOP(
        "Errors",
        "Process {number} of {of} has ended: {reason} What was trained until then is saved; go on with --resume, with "
        "any number of processes.",
    ),
    "training.process-lost": QT_TRANSLATE_NOOP(
        "Errors",
        "One of the {of} processes that train together has ended, or its computer cannot be reached any more. Go on "
        "from the last checkpoint with --resume, with any number of processes.",
    ),
    "training.processes-missing": QT_TRANSLATE_NOOP(
        "Errors", "The {of} processes that are to train together did not find each other: {reason}."
    ),
    "training.devices-differ": QT_TRANSLATE_NOOP(
        "Errors", "The processes would train on different devices: {devices}. Name one for all, with --device."
    ),
    "training.pictures-differ": QT_TRANSLATE_NOOP(
        "Errors", "{folder} does not hold the pictures that the first process trains on. Copy them there."
    ),
    # pictures
    "data.folder-missing": QT_TRANSLATE_NOOP("Errors", "{folder} is not there."),
    "data.not-a-folder": QT_TRANSLATE_NOOP("Errors", "{folder} is not a folder."),
    "data.folder-unreadable": QT_TRANSLATE_NOOP("Errors", "{folder} cannot be read: {reason}."),
    "data.empty-folder": QT_TRANSLATE_NOOP(
        "Errors", "{folder} is empty: there are no pictures to train on. Choose another folder."
    ),
    "data.no-pictures": QT_TRANSLATE_NOOP(
        "Errors",
        "{folder} holds no pictures that can be used (PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF): {skipped} that "
        "cannot be used, {others} other files.",
    ),
    "data.picture": QT_TRANSLATE_NOOP("Errors", "{path} cannot be used: {reason}."),
    "data.no-helper": QT_TRANSLATE_NOOP("Errors", "The process that decodes pictures could not be started: {reason}."),
    "quality.too-few": QT_TRANSLATE_NOOP(
        "Errors",
        "There are {count} pictures to compare with, and {least} are needed: two halves, of which one tells how far "
        "pictures are from each other.",
    ),
    "quality.no-run": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is not part of a run, so nothing says which pictures to compare with. Choose a run folder, or a file "
        "in its “checkpoints”.",
    ),
    "data.none-left": QT_TRANSLATE_NOOP("Errors", "None of the {count} pictures in {folder} can be read any more."),
    "data.none-held-out": QT_TRANSLATE_NOOP(
        "Errors", "No picture of {folder} was held out of this training. Choose other pictures."
    ),
    "data.no-pairs": QT_TRANSLATE_NOOP(
        "Errors",
        "No picture of {folder} has a partner in {second}. Partners have the same name in the same sub-folder, "
        "whatever their kind of file.",
    ),
    "data.too-large-to-remember": QT_TRANSLATE_NOOP(
        "Errors",
        "{count:,} pictures of {size} px take {gigabytes} GB of memory to compare with, more than the {most} GB that "
        "are set aside. Allow more, or compare with fewer.",
    ),
    # files, checkpoints and runs
    "storage.not-saved": QT_TRANSLATE_NOOP("Errors", "{path} could not be saved: {reason}."),
    "storage.not-removed": QT_TRANSLATE_NOOP("Errors", "{path} could not be removed: {reason}."),
    "storage.not-read": QT_TRANSLATE_NOOP("Errors", "{path} could not be read: {reason}."),
    "checkpoint.damaged": QT_TRANSLATE_NOOP("Errors", "{path} is damaged: {reason}."),
    "steps.damaged": QT_TRANSLATE_NOOP(
        "Errors", "{path} is not used, its timesteps cannot be trusted: {reason}. Fit the steps anew, or remove it."
    ),
    "steps.of-others": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is not used, its timesteps were fitted to other weights. Fit the steps to these ones, or remove it.",
    ),
    "steps.checkpoint-gone": QT_TRANSLATE_NOOP(
        "Errors", "{path} was removed while steps were fitted to it, so they are not kept. Choose another checkpoint."
    ),
    "steps.in-training": QT_TRANSLATE_NOOP(
        "Errors", "The weights in training change with every step. Choose one of its checkpoints to fit steps to."
    ),
    "checkpoint.newer": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} was written by a newer version of this program (format {version}; this one reads up to "
        "{known}). Update the program to open it.",
    ),
    "checkpoint.none": QT_TRANSLATE_NOOP("Errors", "{path} holds no checkpoint that can be used: {reason}."),
    "averages.none": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} has nothing that EMAs of other lengths are made of. Train with EMA lengths on to have it.",
    ),
    "averages.out-of-reach": QT_TRANSLATE_NOOP(
        "Errors",
        "An EMA of length {length:g} cannot be made of the snapshots beside {path}. Choose a length from {shortest:g} "
        "to {longest:g}.",
    ),
    "averages.no-step": QT_TRANSLATE_NOOP("Errors", "{path} has no whole snapshot of step {step}."),
    "checkpoint.is-kept": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is a kept generation, not a model: pictures with all of their steps. Open the run that it lies in, and "
        "choose it in the sampler room's strip (K).",
    ),
    "checkpoint.is-exported": QT_TRANSLATE_NOOP(
        "Errors",
        "{path} is a denoising that was saved for scripts, not a model: numpy or safetensors reads its arrays. Open "
        "the run or checkpoint that it was made with.",
    ),
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
    "run.bad-name": QT_TRANSLATE_NOOP("Errors", "“{name}” cannot be the name of a run: {reason}."),
    "run.not-renamed": QT_TRANSLATE_NOOP("Errors", "{path} could not be renamed to “{name}”: {reason}."),
    "preset.not-read": QT_TRANSLATE_NOOP("Errors", "{path} is not used as a preset: {reason}."),
    "run.other-network": QT_TRANSLATE_NOOP(
        "Errors",
        "A branch of {origin} has its network: {name} is {kept} and cannot be {wished}. Leave it as it is, or start "
        "a run of its own.",
    ),
    "training.no-model-yet": QT_TRANSLATE_NOOP("Errors", "There is no model yet: the training has only begun."),
    # refused by name
    "config.unsupported": QT_TRANSLATE_NOOP("Errors", "{feature} is not part of this program: {reason}."),
}

#: Parts of sentences, one per code of a `Phrase`: what stands in a field such as `reason`, without a full stop.
PHRASES: dict[str, str] = {
    "preset.none": QT_TRANSLATE_NOOP("Errors", "it is not a preset of this program"),
    "preset.newer": QT_TRANSLATE_NOOP("Errors", "it was written by a newer version of this program"),
    "preset.parts": QT_TRANSLATE_NOOP("Errors", "it lacks a name or its settings"),
    "run-name.taken": QT_TRANSLATE_NOOP("Errors", "there is something of this name already"),
    "run-name.bad": QT_TRANSLATE_NOOP("Errors", 'a name has 1 to {most} characters, and none of / \\ : * ? " < > |'),
    "value.preset-name": QT_TRANSLATE_NOOP("Errors", '1 to {most} characters, and none of / \\ : * ? " < > |'),
    "value.not-built-in": QT_TRANSLATE_NOOP("Errors", "the program has a preset of this name"),
    "catalogue.broken": QT_TRANSLATE_NOOP("Errors", "the rows of {package} ({module}) are left out: {reason}"),
    "note.class-gone": QT_TRANSLATE_NOOP(
        "Errors", "no pictures any more of the class {names}; what was learnt of it stays"
    ),
    "note.classes-gone": QT_TRANSLATE_NOOP(
        "Errors", "no pictures any more of the classes {names}; what was learnt of them stays"
    ),
    "note.class-unknown": QT_TRANSLATE_NOOP(
        "Errors", "not among this run's classes: the class {names}; {count:,} pictures count as no class"
    ),
    "note.classes-unknown": QT_TRANSLATE_NOOP(
        "Errors", "not among this run's classes: the classes {names}; {count:,} pictures count as no class"
    ),
    "note.holds-out-none": QT_TRANSLATE_NOOP(
        "Errors", "{setting}={fraction:g} holds out none of the {count:,} pictures; a larger fraction does"
    ),
    "note.classes-empty": QT_TRANSLATE_NOOP("Errors", "{first} and {second} leave nothing to train on of {names}"),
    "note.excluded-strange": QT_TRANSLATE_NOOP(
        "Errors",
        "excluded leaves out nothing by {names}: a picture's path below the folder is meant, with / between; a name "
        'with a comma stands in quotes, excluded="a,b.png"',
    ),
    "note.unpaired": QT_TRANSLATE_NOOP("Errors", "{count:,} not used: {reason}"),
    "note.precision-not-measured": QT_TRANSLATE_NOOP(
        "Errors",
        "computes in float32: a step is too short, or too slow beside other programs, to tell whether bf16 is faster",
    ),
    "note.listed": QT_TRANSLATE_NOOP("Errors", "{first}, {then}"),
    "note.and-more": QT_TRANSLATE_NOOP("Errors", "{names} and {count:,} more"),
    "note.did-you-mean": QT_TRANSLATE_NOOP("Errors", "{name} (did you mean {near}?)"),
    # why a file of the pictures is skipped; `core.pictures.folder.reasons` leaves out “picture.”
    # why a picture of two folders is in no pair; they follow its name and a colon
    "pair.no-partner": QT_TRANSLATE_NOOP("Errors", "the second folder has no picture of this name"),
    "pair.no-picture": QT_TRANSLATE_NOOP("Errors", "it lies in the second folder, and the first has none of its name"),
    "pair.named-twice": QT_TRANSLATE_NOOP("Errors", "several files have this name, so that its partner is not clear"),
    "pair.other-shape": QT_TRANSLATE_NOOP(
        "Errors", "its partner has other proportions, so that they would not lie on each other"
    ),
    "pair.partner-unusable": QT_TRANSLATE_NOOP("Errors", "its partner in the second folder cannot be used"),
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
        "its kind is {kind}, which is not read; save it as PNG or JPEG",
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
        "a hidden folder, or one of another program; it is not looked into",
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
    "training.answer-became": QT_TRANSLATE_NOOP("Errors", "the network's answer became {value}"),
    "training.loss-became": QT_TRANSLATE_NOOP("Errors", "the loss became {value}"),
    "training.gradient-became": QT_TRANSLATE_NOOP("Errors", "the gradient became {value}"),
    "training.weight-became": QT_TRANSLATE_NOOP("Errors", "the weight {name} became {value}"),
    "training.tensor-became": QT_TRANSLATE_NOOP("Errors", "{name} became {value}"),
    # why two settings do not go together, and what they may be called
    "export.no-model": QT_TRANSLATE_NOOP("Errors", "their model was in training and is no file"),
    "export.branch": QT_TRANSLATE_NOOP("Errors", "they branch off from others, which it would have to make first"),
    "export.guide": QT_TRANSLATE_NOOP("Errors", "a guide took part, and it names one model only"),
    "export.no-request": QT_TRANSLATE_NOOP("Errors", "the model that made them is not known"),
    "conflict.needs-option": QT_TRANSLATE_NOOP("Errors", "{named} says with which picture"),
    "conflict.one-row": QT_TRANSLATE_NOOP("Errors", "a row is of --mix between two pictures, of --at-t from one"),
    "conflict.a-row": QT_TRANSLATE_NOOP("Errors", "a row of {count}"),
    "conflict.row-says-it": QT_TRANSLATE_NOOP("Errors", "the row says how many pictures there are"),
    "conflict.row-begins-at-0": QT_TRANSLATE_NOOP("Errors", "a row is a whole, whose pictures are numbered from 0"),
    "conflict.behind-or-over": QT_TRANSLATE_NOOP("Errors", "one goes on behind what is there, the other replaces it"),
    "conflict.needs-folder": QT_TRANSLATE_NOOP("Errors", "it makes pictures in a folder"),
    "conflict.filling-from-noise": QT_TRANSLATE_NOOP("Errors", "filling begins with noise, and is done by RePaint"),
    "conflict.times-say-it": QT_TRANSLATE_NOOP("Errors", "the times say how many steps there are, and which"),
    "conflict.ema-length-says-it": QT_TRANSLATE_NOOP("Errors", "the length says which weights they are"),
    "conflict.filling-is-ddpm": QT_TRANSLATE_NOOP("Errors", "filling is done by RePaint, in DDPM's steps"),
    "conflict.no-option": QT_TRANSLATE_NOOP("Errors", "no {named}"),
    "conflict.both-weights": QT_TRANSLATE_NOOP("Errors", "such a file has both sets of weights"),
    "conflict.no-class": QT_TRANSLATE_NOOP("Errors", "no --class"),
    "conflict.guidance-needs-class": QT_TRANSLATE_NOOP("Errors", "guidance is towards a class"),
    "conflict.scale-of-guide": QT_TRANSLATE_NOOP("Errors", "it says how far the pictures go from a guide"),
    "conflict.each-fixes-total": QT_TRANSLATE_NOOP("Errors", "each fixes the total"),
    "conflict.one-weighting": QT_TRANSLATE_NOOP("Errors", "min-SNR is a weighting of its own"),
    "conflict.stages": QT_TRANSLATE_NOOP("Errors", "one says {one} stages, the other {other}"),
    "conflict.beta-reaches-one": QT_TRANSLATE_NOOP(
        "Errors",
        "its β reaches 1 with {steps} steps or fewer; use more steps, or the cosine schedule",
    ),
    "conflict.more-steps-than-timesteps": QT_TRANSLATE_NOOP(
        "Errors",
        "a sampler cannot take more steps than the forward process has",
    ),
    "conflict.nothing-to-assign": QT_TRANSLATE_NOOP(
        "Errors",
        "with one picture there is nothing to assign; choose candidates instead, 4 say ({setting})",
    ),
    "conflict.this-folder": QT_TRANSLATE_NOOP("Errors", "this folder"),
    "conflict.nothing-left": QT_TRANSLATE_NOOP("Errors", "no picture would be left to train on"),
    "conflict.channels-out": QT_TRANSLATE_NOOP(
        "Errors",
        "what the network predicts has as many channels as the picture",
    ),
    "conflict.class-names": QT_TRANSLATE_NOOP("Errors", "{count} class_names"),
    "conflict.the-model": QT_TRANSLATE_NOOP("Errors", "the model"),
    "conflict.channels-seen": QT_TRANSLATE_NOOP("Errors", "a network of {channels} channels sees {seen}"),
    "conflict.sub-folders": QT_TRANSLATE_NOOP(
        "Errors",
        "{count} of its sub-folders hold pictures, and each is a class",
    ),
    "conflict.best-by-fid": QT_TRANSLATE_NOOP(
        "Errors",
        "the best is found by FID, which is not computed here; every milestone is kept",
    ),
    "conflict.one-set-kept": QT_TRANSLATE_NOOP(
        "Errors",
        "it keeps one set of weights; .pt keeps the average and the optimizer too",
    ),
    "conflict.ema-or-optimizer": QT_TRANSLATE_NOOP("Errors", "ema or optimizer"),
    "conflict.knows-classes": QT_TRANSLATE_NOOP("Errors", "it knows {count} classes"),
    "conflict.knows-no-classes": QT_TRANSLATE_NOOP("Errors", "it knows no classes"),
    "conflict.one-class": QT_TRANSLATE_NOOP(
        "Errors",
        "each of its sub-folders is a class, and there is only “{folder}”; sort the pictures into at least "
        "two sub-folders, or set {setting} to off",
    ),
    "conflict.no-classes": QT_TRANSLATE_NOOP(
        "Errors",
        "each of its sub-folders is a class, and there is none; sort the pictures into at least two sub-"
        "folders, or set {setting} to off",
    ),
    "conflict.grey-already": QT_TRANSLATE_NOOP("Errors", "the pictures have no colours to be learnt"),
    "conflict.channels-of-condition": QT_TRANSLATE_NOOP("Errors", "such a condition has another number of channels"),
    "conflict.no-mode": QT_TRANSLATE_NOOP("Errors", "no pictures of files"),
    # what a setting or an argument may be
    "value.device-of-each": QT_TRANSLATE_NOOP("Errors", "auto, cpu or cuda, of which each process takes a card"),
    "value.picture-for-each": QT_TRANSLATE_NOOP(
        "Errors", "a picture at least for each of the {count} processes, which share a batch"
    ),
    "value.auto-or-threads": QT_TRANSLATE_NOOP("Errors", "auto, or a whole number from 1 to {most}"),
    "value.whole-from-to": QT_TRANSLATE_NOOP("Errors", "a whole number from {low:,} to {high:,}"),
    "value.number-from-to": QT_TRANSLATE_NOOP("Errors", "a number from {low:g} to {high:g}"),
    "value.no-classes": QT_TRANSLATE_NOOP("Errors", "this model knows no classes"),
    "value.time-above-zero": QT_TRANSLATE_NOOP("Errors", "a time above 0"),
    "value.key-value": QT_TRANSLATE_NOOP("Errors", "KEY=VALUE, for example dim=32"),
    "value.such-as": QT_TRANSLATE_NOOP("Errors", "such as {example}, with a comma between two"),
    "value.said-once": QT_TRANSLATE_NOOP("Errors", "each name once, and {name} is there twice"),
    "value.wholes": QT_TRANSLATE_NOOP("Errors", "whole numbers with commas between"),
    "value.table": QT_TRANSLATE_NOOP("Errors", "a table of settings"),
    "value.at-most-entries": QT_TRANSLATE_NOOP("Errors", "at most {most:,}"),
    "value.several": QT_TRANSLATE_NOOP("Errors", "{count:,} values"),
    "value.at-most-characters": QT_TRANSLATE_NOOP("Errors", "at most {most:,} characters"),
    "value.at-most-bytes": QT_TRANSLATE_NOOP("Errors", "at most {most:,} bytes together"),
    "value.even": QT_TRANSLATE_NOOP("Errors", "an even number"),
    "value.two-betas": QT_TRANSLATE_NOOP("Errors", "two numbers, β₁ and β₂"),
    "value.candidates": QT_TRANSLATE_NOOP(
        "Errors",
        "0 for the assignment within the batch, or 2 or more noises to choose from",
    ),
    "value.named-once": QT_TRANSLATE_NOOP("Errors", "each class is named once"),
    "value.number-from": QT_TRANSLATE_NOOP("Errors", "a number from 0"),
    "value.gaussian-diffusion": QT_TRANSLATE_NOOP("Errors", "a GaussianDiffusion"),
    "value.above-zero-with-min-snr": QT_TRANSLATE_NOOP("Errors", "a number above 0 with min_snr_loss_weight"),
    "value.labels-tensor": QT_TRANSLATE_NOOP("Errors", "a tensor of labels, one for each picture"),
    "value.guidance": QT_TRANSLATE_NOOP("Errors", "a Guidance(scale, rescale)"),
    "value.no-guidance": QT_TRANSLATE_NOOP("Errors", "{none}, as long as there are no classes to guide towards"),
    "value.no-guide": QT_TRANSLATE_NOOP("Errors", "1, as long as there is no guide"),
    "value.checkpoint-up-to": QT_TRANSLATE_NOOP(
        "Errors", "a checkpoint file, a run folder, or a step from which the run has a checkpoint ({known})"
    ),
    "value.true-or-false": QT_TRANSLATE_NOOP("Errors", "true or false"),
    "value.path": QT_TRANSLATE_NOOP("Errors", "a path"),
    "value.names-once": QT_TRANSLATE_NOOP("Errors", "a list of names, each of them once"),
    "value.network": QT_TRANSLATE_NOOP(
        "Errors",
        "a network: a callable (x, t, x_self_cond), such as a Unet that was made",
    ),
    "value.one-picture": QT_TRANSLATE_NOOP("Errors", "a single picture, (1, channels, height, width)"),
    "value.pictures-of-times": QT_TRANSLATE_NOOP("Errors", "{count} pictures, (batch, channels, height, width)"),
    "value.parts-of-blocks": QT_TRANSLATE_NOOP("Errors", "pairs of a part ({known}) and the name of a block"),
    "value.unet": QT_TRANSLATE_NOOP("Errors", "a core.Unet, since the blocks of other networks are not known here"),
    "value.untrained-classes": QT_TRANSLATE_NOOP("Errors", "this model was trained without classes"),
    "value.label-each": QT_TRANSLATE_NOOP("Errors", "one label for each of the {count} pictures, or one for all"),
    "value.label": QT_TRANSLATE_NOOP("Errors", "a label from 0 to {last}, or {none} for none"),
    "value.tensor-of": QT_TRANSLATE_NOOP("Errors", "a tensor of {shape}"),
    "value.timesteps": QT_TRANSLATE_NOOP(
        "Errors",
        "a tensor of {count} whole numbers from 0 to {last}, one for each picture",
    ),
    "value.pictures-in-0-1": QT_TRANSLATE_NOOP(
        "Errors", "pictures in [0, 1], floats of shape (pictures, {channels}, {height}, {width}), at least one"
    ),
    "value.steps-of-pictures": QT_TRANSLATE_NOOP(
        "Errors", "floats of shape (steps, {channels}, {height}, {width}), or of several pictures (pictures, steps, …)"
    ),
    "value.space-installed": QT_TRANSLATE_NOOP("Errors", "what is installed: it comes with {package}"),
    "value.features": QT_TRANSLATE_NOOP(
        "Errors", "finite numbers of shape (pictures, features), at least {least} pictures"
    ),
    "value.features-like": QT_TRANSLATE_NOOP("Errors", "{count} features of each picture, as the first has"),
    "value.floats-4d": QT_TRANSLATE_NOOP("Errors", "a tensor of floats, (batch, channels, height, width)"),
    "value.floats-like": QT_TRANSLATE_NOOP("Errors", "a tensor of floats of the shape of {first}, {shape}"),
    "value.on-device": QT_TRANSLATE_NOOP("Errors", "on {device}"),
    "value.tensor-on": QT_TRANSLATE_NOOP("Errors", "a tensor on {device}, where the model is"),
    "value.shape-of-x": QT_TRANSLATE_NOOP("Errors", "a tensor of the shape of x, {shape}"),
    "value.finite": QT_TRANSLATE_NOOP("Errors", "finite numbers"),
    "value.generator": QT_TRANSLATE_NOOP(
        "Errors",
        "a torch.Generator, such as torch.Generator().manual_seed(0), or None",
    ),
    "value.noise-of": QT_TRANSLATE_NOOP("Errors", "the noise of {count} pictures"),
    "value.betas": QT_TRANSLATE_NOOP(
        "Errors",
        "a tensor of one number per timestep, each between 0 and 1, that together leave a trace of the picture",
    ),
    "value.dtype-of-weights": QT_TRANSLATE_NOOP("Errors", "{dtype}, as its weights"),
    "value.sampler-without-noise": QT_TRANSLATE_NOOP("Errors", "one that adds no noise: {known}"),
    "value.times": QT_TRANSLATE_NOOP("Errors", "a tensor of {count} timesteps, one for each picture"),
    "value.made-without-condition": QT_TRANSLATE_NOOP("Errors", "this network sees no second picture"),
    "value.divides-size": QT_TRANSLATE_NOOP("Errors", "a whole number that divides the size, {sizes} px"),
    "value.made-without-classes": QT_TRANSLATE_NOOP("Errors", "this network was made without num_classes"),
    "value.floats-of-size": QT_TRANSLATE_NOOP("Errors", "a tensor of floats of shape ({count}, {size})"),
    "value.labels": QT_TRANSLATE_NOOP("Errors", "a tensor of {count} labels from 0 to {last}, or {none} for none"),
    "value.diffusion-with-network": QT_TRANSLATE_NOOP("Errors", "a GaussianDiffusion, with its network inside"),
    "value.average": QT_TRANSLATE_NOOP(
        "Errors",
        "a GaussianDiffusion, an average of one, the state_dict of either, or None",
    ),
    "value.adam": QT_TRANSLATE_NOOP("Errors", "Adam or AdamW over the model's parameters, its state_dict, or None"),
    "value.milestone": QT_TRANSLATE_NOOP("Errors", "a whole number from 0, or a word without slashes"),
    "value.size": QT_TRANSLATE_NOOP("Errors", "one whole number, or height and width"),
    "value.batch-shape": QT_TRANSLATE_NOOP("Errors", "(batch, {channels}, height, width)"),
    "value.up-to-timesteps": QT_TRANSLATE_NOOP("Errors", "a whole number from 1 to timesteps, {timesteps}"),
    "value.steps-of-original": QT_TRANSLATE_NOOP("Errors", "at least the {count} steps of the original before it"),
    "value.as-x1": QT_TRANSLATE_NOOP("Errors", "as many pictures as in x1, {shape}"),
    "value.mask-tensor": QT_TRANSLATE_NOOP(
        "Errors",
        "a tensor of shape ({height}, {width}) or ({count}, 1, {height}, {width}), above ½ where to fill",
    ),
    "value.mask-size": QT_TRANSLATE_NOOP(
        "Errors",
        "it must be as large as the pictures, {height} × {width} (height × width)",
    ),
    "value.mask-shape": QT_TRANSLATE_NOOP("Errors", "({height}, {width}), or ({count}, 1, {height}, {width})"),
    "value.eta-of-ddim": QT_TRANSLATE_NOOP("Errors", "{sampler} takes none, only DDIM does"),
    "value.falling-times": QT_TRANSLATE_NOOP(
        "Errors", "timesteps that fall from {start}, the first, to 0 at the least, each of them once"
    ),
    "value.steps-of-times": QT_TRANSLATE_NOOP("Errors", "{count}, as many as there are times"),
    "value.steps-down-from": QT_TRANSLATE_NOOP(
        "Errors",
        "a whole number from 1 to {most}, the timesteps from {start} down",
    ),
    "value.pictures-of-shape": QT_TRANSLATE_NOOP("Errors", "pictures of shape (batch, {channels}, {sizes})"),
    "value.in-floats": QT_TRANSLATE_NOOP("Errors", "a tensor of {expected}, in floats"),
    "value.pictures-on": QT_TRANSLATE_NOOP("Errors", "pictures on the model's device, {device}"),
    "value.weighting-options": QT_TRANSLATE_NOOP(
        "Errors", "options with which every weight of {weighting} is a number from 0 upwards"
    ),
    "value.falling-heights": QT_TRANSLATE_NOOP(
        "Errors", "the heights of the points fall from one to the next, all of them below 1 and above 0; 0 is no point"
    ),
    "value.schedule-options": QT_TRANSLATE_NOOP(
        "Errors",
        "options with which every β of the {schedule} schedule over {timesteps} steps is between 0 and 1, "
        "and a trace of the picture is left at the end",
    ),
    "value.even-at-least": QT_TRANSLATE_NOOP("Errors", "an even number of at least {least}"),
    "value.whole-up-to": QT_TRANSLATE_NOOP("Errors", "a whole number from {low:,} to {high:,}"),
    "value.ema-or-raw": QT_TRANSLATE_NOOP("Errors", "ema, raw, or ema-LENGTH such as ema-0.08"),
    "value.a-file": QT_TRANSLATE_NOOP("Errors", "a file; this is a folder"),
    "value.number": QT_TRANSLATE_NOOP("Errors", "a number"),
    "value.name-ending": QT_TRANSLATE_NOOP("Errors", "a file whose name ends in one of {known}"),
    "value.forgetful": QT_TRANSLATE_NOOP(
        "Errors",
        "one that does not go on with earlier predictions, of which pictures from different t have no common ones: "
        "{known}",
    ),
    "value.one-each": QT_TRANSLATE_NOOP("Errors", "there are {count} pictures, and it takes one for each"),
    "value.lambdas": QT_TRANSLATE_NOOP("Errors", "a number or {count} floats from 0 to 1"),
    "value.row": QT_TRANSLATE_NOOP("Errors", "a number, or LOW..HIGH:COUNT for a row of 2 to {most} pictures"),
    "value.whole": QT_TRANSLATE_NOOP("Errors", "a whole number"),
    "value.file-says-frequencies": QT_TRANSLATE_NOOP("Errors", "the file says learned or random frequencies"),
    "value.file-says": QT_TRANSLATE_NOOP("Errors", "the file says {fact}"),
    "value.pixels": QT_TRANSLATE_NOOP("Errors", "pixels, or height and width"),
    "value.names-each": QT_TRANSLATE_NOOP("Errors", "{count} names, one for each class"),
    "value.done-already": QT_TRANSLATE_NOOP("Errors", "at least the {step:,} steps done"),
    "value.more-than-done": QT_TRANSLATE_NOOP("Errors", "more than the {step:,} steps done"),
    "value.one-of": QT_TRANSLATE_NOOP("Errors", "one of {known}"),
    "value.some-of": QT_TRANSLATE_NOOP("Errors", "{known} and others, {count:,} in all"),
    "value.whole-from": QT_TRANSLATE_NOOP("Errors", "a whole number from {low}"),
    "value.wholes-from-to": QT_TRANSLATE_NOOP("Errors", "whole numbers such as 1,2,4 from {low} to {high}"),
    "value.numbers-from-to": QT_TRANSLATE_NOOP("Errors", "numbers with commas between, each from {low:g} to {high:g}"),
    "value.names": QT_TRANSLATE_NOOP("Errors", "names with commas between"),
    "value.flags": QT_TRANSLATE_NOOP("Errors", "true or false, with commas between"),
    "value.text": QT_TRANSLATE_NOOP("Errors", "a word"),
    "value.numbers-by-name": QT_TRANSLATE_NOOP("Errors", "numbers by name, of {known}"),
    "value.no-options": QT_TRANSLATE_NOOP("Errors", "numbers by name; {variant} has none"),
    "value.export-name": QT_TRANSLATE_NOOP("Errors", "a name that ends in .safetensors or in {known}"),
    "value.floats-of-shape": QT_TRANSLATE_NOOP("Errors", "floats of shape (batch, {channels}, {height}, {width})"),
    "value.floats-any-size": QT_TRANSLATE_NOOP("Errors", "floats of shape (batch, {channels}, height, width)"),
    "value.any-size": QT_TRANSLATE_NOOP("Errors", "height, width"),
    "value.multiples": QT_TRANSLATE_NOOP("Errors", "height and width in multiples of {factor}"),
    "value.model-returned": QT_TRANSLATE_NOOP("Errors", "what the model returned"),
    "value.models-own": QT_TRANSLATE_NOOP("Errors", "the model's {name}"),
    "value.class-of-code": QT_TRANSLATE_NOOP("Errors", "the class {name}"),
    "value.array": QT_TRANSLATE_NOOP("Errors", "{kind} of shape {shape}, {dtype}"),
    "value.a-thing": QT_TRANSLATE_NOOP("Errors", "a {kind}"),
    "value.none": QT_TRANSLATE_NOOP("Errors", "none"),
    "value.nothing": QT_TRANSLATE_NOOP("Errors", "nothing"),
    "value.off": QT_TRANSLATE_NOOP("Errors", "off"),
    "value.own-schedule": QT_TRANSLATE_NOOP("Errors", "a schedule of its own"),
    "value.no-classes-fact": QT_TRANSLATE_NOOP("Errors", "no classes"),
    "value.no-options-fact": QT_TRANSLATE_NOOP("Errors", "no options"),
    "value.one-size": QT_TRANSLATE_NOOP("Errors", "{size} px"),
    "value.two-sizes": QT_TRANSLATE_NOOP("Errors", "{smaller} px or {larger} px"),
    "value.label-or-name": QT_TRANSLATE_NOOP(
        "Errors",
        "a label from 0 to {last}, or {none} for none; or a name: {known}",
    ),
    # why denoising-diffusion-pytorch has something that is not here
    "left-out.video": QT_TRANSLATE_NOOP("Errors", "it works on pictures only; keep that package for volumes and video"),
    "left-out.elucidated": QT_TRANSLATE_NOOP(
        "Errors",
        "its forward process is that of Ho et al.; core.SAMPLERS has samplers that need few steps",
    ),
    "left-out.learned-variance": QT_TRANSLATE_NOOP(
        "Errors",
        "the variance of a step is the schedule's; use core.GaussianDiffusion",
    ),
    "left-out.weighted-objective": QT_TRANSLATE_NOOP(
        "Errors",
        "a network predicts one thing: choose core.GaussianDiffusion's objective",
    ),
    "left-out.dataset": QT_TRANSLATE_NOOP("Errors", "core.Trainer reads a folder of pictures by itself"),
    "left-out.xm": QT_TRANSLATE_NOOP(
        "Errors",
        "it is another training loss; core.GaussianDiffusion(immiscible=True, immiscible_candidates=4) "
        "chooses among candidates too, by the noise's distance",
    ),
    "left-out.second-folder": QT_TRANSLATE_NOOP(
        "Errors", "core.Trainer reads one folder; train on pairs with “ddpm-studio train --pairs”"
    ),
    "left-out.accelerator": QT_TRANSLATE_NOOP(
        "Errors",
        "the training session chooses the device and the precision; trainer.device and amp= say which",
    ),
    "left-out.ds": QT_TRANSLATE_NOOP(
        "Errors",
        "the session reads the pictures of the folder by itself; the run's config.json says how",
    ),
    "left-out.dl": QT_TRANSLATE_NOOP(
        "Errors",
        "which pictures a batch holds is a function of the seed and the step, so there is no loader to keep",
    ),
    "left-out.fid": QT_TRANSLATE_NOOP(
        "Errors",
        "no FID is computed, because the weights of its Inception network would have to be downloaded",
    ),
    "left-out.best-fid": QT_TRANSLATE_NOOP("Errors", "no FID is computed; every milestone is kept"),
    "left-out.variance-is-schedules": QT_TRANSLATE_NOOP(
        "Errors",
        "the variance of a step is the schedule's; train without it",
    ),
    "left-out.sequences": QT_TRANSLATE_NOOP("Errors", "it works on pictures only; keep that package for sequences"),
    "left-out.karras": QT_TRANSLATE_NOOP(
        "Errors",
        "its one network is the U-Net of Ho et al.; core.Unet has that library's name, arguments and tensors",
    ),
    "left-out.continuous": QT_TRANSLATE_NOOP(
        "Errors",
        "its timesteps are counted, 0 … T-1; core.GaussianDiffusion with many timesteps comes close",
    ),
    "left-out.both-sides": QT_TRANSLATE_NOOP("Errors", "image_size=(height, width) says both"),
    "left-out.gamma-says": QT_TRANSLATE_NOOP("Errors", "min_snr_gamma says it; None is off"),
    "left-out.can-be-said": QT_TRANSLATE_NOOP("Errors", "what can be said of a model is {known}"),
    "left-out.own-network": QT_TRANSLATE_NOOP(
        "Errors",
        "a run folder must open by itself, and knows only core.GaussianDiffusion around core.Unet",
    ),
    "left-out.nameless-schedule": QT_TRANSLATE_NOOP("Errors", "settings name a schedule, and this one has no name"),
    "left-out.network-changed": QT_TRANSLATE_NOOP("Errors", "the network was changed after it was made"),
    "left-out.table-changed": QT_TRANSLATE_NOOP("Errors", "the table was changed after it was made"),
    # what is wrong with a file
    "file.not-regular": QT_TRANSLATE_NOOP("Errors", "it is no file that can be read"),
    "file.not-writable": QT_TRANSLATE_NOOP("Errors", "it is no file that can be written"),
    "file.too-long": QT_TRANSLATE_NOOP("Errors", "it is longer than {bytes:,} bytes"),
    "file.too-many-values": QT_TRANSLATE_NOOP("Errors", "it holds more than {count:,} values"),
    "file.too-deep": QT_TRANSLATE_NOOP("Errors", "it is nested too deeply"),
    "file.not-torch-no-description": QT_TRANSLATE_NOOP(
        "Errors",
        "it is not a file of torch.save (it has no description of its tensors)",
    ),
    "file.same-parts": QT_TRANSLATE_NOOP("Errors", "two parts of it have the same name"),
    "file.cut-off": QT_TRANSLATE_NOOP("Errors", "it is cut off"),
    "file.part-large": QT_TRANSLATE_NOOP("Errors", "its part {name} has {bytes:,} bytes"),
    "file.parts-deep": QT_TRANSLATE_NOOP("Errors", "its parts are nested too deeply, or too many"),
    "file.asks-to-run": QT_TRANSLATE_NOOP(
        "Errors",
        "{place} asks for {text} to be run, which weights never need. Save it again without that, the weights alone: "
        "torch.save(model.state_dict(), NEW)",
    ),
    "file.neither-tensor": QT_TRANSLATE_NOOP("Errors", "it holds something that is neither a tensor nor a plain value"),
    "file.unknown-description": QT_TRANSLATE_NOOP("Errors", "{name} is described in an unknown way"),
    "file.numbers-of-kind": QT_TRANSLATE_NOOP("Errors", "{name} holds numbers of the kind {kind}"),
    "file.other-numbers": QT_TRANSLATE_NOOP("Errors", "{name} has other numbers than it says"),
    "file.shape-large": QT_TRANSLATE_NOOP("Errors", "the shape of {name} is too large"),
    "file.beyond-numbers": QT_TRANSLATE_NOOP("Errors", "{name} reaches beyond its numbers"),
    "file.too-many-tensors": QT_TRANSLATE_NOOP("Errors", "it holds more than {count:,} tensors"),
    "file.tensors-larger": QT_TRANSLATE_NOOP("Errors", "its tensors are larger than itself; {name} is one of them"),
    "file.shape-no-list": QT_TRANSLATE_NOOP("Errors", "the shape of {name} is no list of numbers"),
    "file.never-written": QT_TRANSLATE_NOOP("Errors", "most of it was never written"),
    "file.byte-order": QT_TRANSLATE_NOOP("Errors", "its numbers are in another byte order"),
    "file.directory-long": QT_TRANSLATE_NOOP("Errors", "its list of parts is longer than a model's can be"),
    "file.same-parts-called": QT_TRANSLATE_NOOP("Errors", "two parts of it are both called {name}"),
    "file.directory-damaged": QT_TRANSLATE_NOOP("Errors", "its list of parts is damaged"),
    "file.old-format": QT_TRANSLATE_NOOP(
        "Errors",
        "it is of the old format of torch.save (before torch 1.6), which is not read here. Save it again with a "
        "newer torch: torch.save(torch.load(OLD, weights_only=True), NEW)",
    ),
    "file.bare-pickle": QT_TRANSLATE_NOOP(
        "Errors",
        "it is not a file of torch.save but a bare pickle, and opening that would run what is in it. Save the weights "
        "with torch.save(model.state_dict(), NEW), or as safetensors",
    ),
    "file.whole-module": QT_TRANSLATE_NOOP(
        "Errors",
        "{place} is a whole pickled module ({text}), and opening that would run its code. Save its weights alone: "
        "torch.save(model.state_dict(), NEW)",
    ),
    "file.torchscript": QT_TRANSLATE_NOOP(
        "Errors",
        "it is a TorchScript program, not weights. Save the weights of the network that it was made from: "
        "torch.save(model.state_dict(), NEW)",
    ),
    "file.is-safetensors": QT_TRANSLATE_NOOP(
        "Errors", "it is a safetensors file under another name. Call it NAME.safetensors"
    ),
    "file.not-torch-no-zip": QT_TRANSLATE_NOOP("Errors", "it is not a file of torch.save (no zip archive)"),
    "file.two-directories": QT_TRANSLATE_NOOP("Errors", "it has two lists of parts that disagree"),
    "file.directory-misplaced": QT_TRANSLATE_NOOP("Errors", "its list of parts is not where it says"),
    "file.compressed": QT_TRANSLATE_NOOP("Errors", "a part of it is compressed, which torch.save never does"),
    "file.encrypted": QT_TRANSLATE_NOOP("Errors", "a part of it is encrypted"),
    "file.parts-overlap": QT_TRANSLATE_NOOP("Errors", "its parts lie over each other"),
    "file.description-long": QT_TRANSLATE_NOOP("Errors", "its description is {bytes:,} bytes long"),
    "file.description-damaged": QT_TRANSLATE_NOOP("Errors", "its description is damaged"),
    "file.description-grows": QT_TRANSLATE_NOOP("Errors", "its description builds more than it holds"),
    "file.opcode": QT_TRANSLATE_NOOP("Errors", "its description uses opcode 0x{opcode:02x}, which weights do not need"),
    "file.description-steps": QT_TRANSLATE_NOOP("Errors", "its description has more than {count:,} steps"),
    "file.name-no-text": QT_TRANSLATE_NOOP("Errors", "a name in it is no text"),
    "file.same-entries": QT_TRANSLATE_NOOP("Errors", "two entries in it have the same name"),
    "file.calls-nameless": QT_TRANSLATE_NOOP("Errors", "its description calls something that has no name"),
    "file.bool-neither": QT_TRANSLATE_NOOP("Errors", "a truth value is neither 0 nor 1"),
    "file.not-safetensors-or-cut": QT_TRANSLATE_NOOP("Errors", "it is cut off, or not a safetensors file"),
    "file.header-bytes": QT_TRANSLATE_NOOP("Errors", "its header has {bytes:,} bytes"),
    "file.header-unreadable": QT_TRANSLATE_NOOP("Errors", "its header cannot be read ({reason})"),
    "file.not-safetensors": QT_TRANSLATE_NOOP("Errors", "it is not a safetensors file"),
    "file.notes-no-text": QT_TRANSLATE_NOOP("Errors", "its notes are not text"),
    "file.tensor-count": QT_TRANSLATE_NOOP("Errors", "it holds {count:,} tensors"),
    "file.tensor-misplaced": QT_TRANSLATE_NOOP(
        "Errors",
        "the place of its {name} is not right behind the tensor before it",
    ),
    "file.tensors-end": QT_TRANSLATE_NOOP("Errors", "its tensors end at byte {end:,}, it has {bytes:,}"),
    "file.long-name": QT_TRANSLATE_NOOP("Errors", "the name of one of its tensors has {count:,} characters"),
    "file.its-unknown-description": QT_TRANSLATE_NOOP("Errors", "its {name} is described in an unknown way"),
    "file.its-numbers-of-kind": QT_TRANSLATE_NOOP("Errors", "its {name} holds numbers of the kind {kind}"),
    "file.shape-or-place": QT_TRANSLATE_NOOP("Errors", "the shape or place of its {name} is no list of numbers"),
    "file.its-other-numbers": QT_TRANSLATE_NOOP("Errors", "its {name} has other numbers than it says"),
    "file.entries-same": QT_TRANSLATE_NOOP("Errors", "two entries of it have the same name"),
    "file.no-generation": QT_TRANSLATE_NOOP("Errors", "it is no generation of this program"),
    "file.generation-version": QT_TRANSLATE_NOOP(
        "Errors", "it is of version {version}, and this program knows {known}"
    ),
    "file.generation-part": QT_TRANSLATE_NOOP("Errors", "its {name} is not what a generation has"),
    "file.no-table": QT_TRANSLATE_NOOP("Errors", "it holds no table of named tensors"),
    "file.continuous": QT_TRANSLATE_NOOP(
        "Errors",
        "it has no noise schedule (betas): a continuous-time diffusion is not part of this program",
    ),
    "file.settings-unreadable": QT_TRANSLATE_NOOP("Errors", "its settings cannot be read"),
    "file.no-init-conv": QT_TRANSLATE_NOOP(
        "Errors",
        "another architecture: it has no {name} (its first tensors: {shown})",
    ),
    "file.dtype": QT_TRANSLATE_NOOP("Errors", "its {name} holds {dtype}; weights are one of {known}"),
    "file.tensor-empty": QT_TRANSLATE_NOOP("Errors", "its {name} is empty"),
    "file.lacks": QT_TRANSLATE_NOOP("Errors", "it has no {name}"),
    "file.unknown-tensor": QT_TRANSLATE_NOOP("Errors", "nothing is known of its {name}"),
    "file.shape-instead": QT_TRANSLATE_NOOP("Errors", "its {name} is {got} instead of {wanted}"),
    "file.setting-is": QT_TRANSLATE_NOOP("Errors", "its {name} is {value}"),
    "file.not-there": QT_TRANSLATE_NOOP("Errors", "it is not there"),
    "file.only-one-has": QT_TRANSLATE_NOOP("Errors", "only one of them has {name}"),
    "file.other-schedule": QT_TRANSLATE_NOOP("Errors", "its {name} is of another schedule or objective"),
    "file.optimizer-groups": QT_TRANSLATE_NOOP(
        "Errors",
        "its optimizer is not one group of parameters, as the library's is",
    ),
    "file.optimizer-count": QT_TRANSLATE_NOOP(
        "Errors",
        "its optimizer is of {got} parameters, its network has {wanted}",
    ),
    "file.optimizer-not-adam": QT_TRANSLATE_NOOP("Errors", "its optimizer's state of parameter {index} is not Adam's"),
    "file.optimizer-shape": QT_TRANSLATE_NOOP(
        "Errors",
        "its optimizer's {name} of parameter {index} is not of that parameter's shape",
    ),
    "file.optimizer-dtype": QT_TRANSLATE_NOOP("Errors", "its optimizer's {name} of parameter {index} holds {dtype}"),
    "file.optimizer-entry": QT_TRANSLATE_NOOP("Errors", "its optimizer's {name} is neither a number nor a word"),
    "file.optimizer-negative": QT_TRANSLATE_NOOP("Errors", "its optimizer's {name} is a mean of squares, and below 0"),
    "file.optimizer-steps": QT_TRANSLATE_NOOP("Errors", "its optimizer's {name} is {value:g}, and counts from 1"),
    "file.holds-not-part": QT_TRANSLATE_NOOP("Errors", "it holds {what}, which is not part of this program"),
    "file.no-channels": QT_TRANSLATE_NOOP("Errors", "its pictures would have no channels"),
    "file.learns-variance": QT_TRANSLATE_NOOP(
        "Errors",
        "its network takes {inputs} channels and gives {outputs}: it learns the variance too "
        "(learned_variance), which is not part of this program",
    ),
    "file.channels-in-out": QT_TRANSLATE_NOOP(
        "Errors",
        "its network takes {inputs} channels and gives {outputs}; as many as it takes, or with self-"
        "conditioning half of them, are what can be opened",
    ),
    "file.widths": QT_TRANSLATE_NOOP(
        "Errors",
        "its stages have {widths} channels, which are no multiples of dim, {dim}",
    ),
    "file.no-time-mlp": QT_TRANSLATE_NOOP(
        "Errors",
        "another architecture: it has no time_mlp.0.weights, or its time_mlp.1.weight is not {dim} wide",
    ),
    "file.no-mem-kv": QT_TRANSLATE_NOOP(
        "Errors",
        "its attention has no learned memory ({name}.mem_kv): an old version of the library wrote it",
    ),
    "file.axes": QT_TRANSLATE_NOOP("Errors", "another architecture: its {name} is {shape}, not one of {axes} axes"),
    "file.network-has": QT_TRANSLATE_NOOP("Errors", "its network has {what}"),
    "file.none-saved": QT_TRANSLATE_NOOP("Errors", "none was saved yet"),
    "file.not-a-run": QT_TRANSLATE_NOOP("Errors", "it is not a run folder"),
    "file.text-unreadable": QT_TRANSLATE_NOOP("Errors", "its text cannot be read"),
    "file.not-as-written": QT_TRANSLATE_NOOP("Errors", "it is not what was written"),
    "file.not-checkpoint-entries": QT_TRANSLATE_NOOP("Errors", "its entries are not those of a checkpoint"),
    "file.not-fitted-steps": QT_TRANSLATE_NOOP("Errors", "its entries are not those of fitted timesteps"),
    "file.other-step": QT_TRANSLATE_NOOP("Errors", "it is of another step than its name says"),
    "file.bytes-instead": QT_TRANSLATE_NOOP("Errors", "it has {got:,} bytes instead of {wanted:,}"),
    "file.content-changed": QT_TRANSLATE_NOOP("Errors", "its content is not what was written"),
    "file.average-not-model": QT_TRANSLATE_NOOP("Errors", "the average's {name} is not the model's"),
    "file.architecture-says": QT_TRANSLATE_NOOP("Errors", "another architecture: {reason}"),
    "file.too-many-parameters": QT_TRANSLATE_NOOP(
        "Errors",
        "its network has {count:,} parameters; up to {most:,} can be opened",
    ),
    "file.needs-memory": QT_TRANSLATE_NOOP(
        "Errors",
        "its network needs {needed:.0f} GB of memory; this computer has {there:.0f}",
    ),
    "file.not-finite": QT_TRANSLATE_NOOP(
        "Errors",
        "its {name} is not finite everywhere (it holds a NaN or an infinity)",
    ),
    "file.other-lacks": QT_TRANSLATE_NOOP("Errors", "another architecture: it has no {name}"),
    "file.other-unknown": QT_TRANSLATE_NOOP("Errors", "another architecture: nothing is known of its {name}"),
    "file.other-shape": QT_TRANSLATE_NOOP("Errors", "another architecture: its {name} is {what}"),
    "file.classes-without": QT_TRANSLATE_NOOP("Errors", "it names classes, and has no class_emb.weight"),
    "file.not-same": QT_TRANSLATE_NOOP("Errors", "its {name} is not the same for its raw and its averaged weights"),
    "file.lacks-table": QT_TRANSLATE_NOOP("Errors", "it has no {name}, one of the tables of a diffusion"),
    "file.unknown-table": QT_TRANSLATE_NOOP("Errors", "another diffusion: nothing is known of its {name}"),
    "file.schedule-steps": QT_TRANSLATE_NOOP(
        "Errors",
        "its noise schedule has {timesteps} steps; {low:g} to {high:g} can be opened",
    ),
    "file.table-shape": QT_TRANSLATE_NOOP("Errors", "its {name} is {shape}, where the schedule has {timesteps} steps"),
    "file.betas-range": QT_TRANSLATE_NOOP("Errors", "its β go from {low:g} to {high:g}; each must be between 0 and 1"),
    "file.table-odd": QT_TRANSLATE_NOOP("Errors", "it is damaged: its {name} does not go with its betas"),
    "file.pixels-of-kind": QT_TRANSLATE_NOOP("Errors", "its pixels are of the kind {kind}"),
    "file.grid-size": QT_TRANSLATE_NOOP("Errors", "it holds no pictures of {width}×{height} px"),
    "file.has-bytes": QT_TRANSLATE_NOOP("Errors", "it has {bytes:,} bytes"),
    "file.has-pixels": QT_TRANSLATE_NOOP("Errors", "it has {width:,}×{height:,} pixels"),
    "file.no-png": QT_TRANSLATE_NOOP("Errors", "it is no PNG picture"),
    "file.too-many-pixels": QT_TRANSLATE_NOOP("Errors", "it has too many pixels"),
    "file.damaged-because": QT_TRANSLATE_NOOP("Errors", "it is damaged ({reason})"),
    "file.too-many-chunks": QT_TRANSLATE_NOOP("Errors", "it has more than {count:,} parts"),
    "file.part-no-file": QT_TRANSLATE_NOOP("Errors", "{name} is no file that can be read"),
    "file.part-names-another": QT_TRANSLATE_NOOP("Errors", "{name} names another file, which no run's does"),
    "file.steps-unordered": QT_TRANSLATE_NOOP("Errors", "its steps are not in order"),
    "file.loss-no-number": QT_TRANSLATE_NOOP("Errors", "a loss in it is no number"),
    "file.losses-wrong": QT_TRANSLATE_NOOP("Errors", "its losses per timestep are not what they should be"),
    "file.run-file-damaged": QT_TRANSLATE_NOOP("Errors", "{name} is damaged"),
    "file.run-file-changed": QT_TRANSLATE_NOOP(
        "Errors",
        "{name} is not what was written; if you changed it yourself, take its line “checksum” out",
    ),
    "file.run-file-damaged-because": QT_TRANSLATE_NOOP("Errors", "{name} is damaged ({reason})"),
    "file.no-usual-text": QT_TRANSLATE_NOOP("Errors", "something is no text of usual length"),
    "file.no-step-number": QT_TRANSLATE_NOOP("Errors", "something is no number of steps"),
    "file.checkpoint-gone": QT_TRANSLATE_NOOP(
        "Errors",
        "step {step} was saved, and its file is gone; put it back, or begin a new run",
    ),
    "file.its-part": QT_TRANSLATE_NOOP("Errors", "its {name}"),
    "file.itself": QT_TRANSLATE_NOOP("Errors", "it"),
    "file.a-single-number": QT_TRANSLATE_NOOP("Errors", "a single number"),
    "file.instead-of": QT_TRANSLATE_NOOP("Errors", "{got} instead of {wanted}"),
    "file.no-stage": QT_TRANSLATE_NOOP("Errors", "no stage (downs.0)"),
    "file.many-stages": QT_TRANSLATE_NOOP("Errors", "more than {most} stages"),
    "file.one-dimensional": QT_TRANSLATE_NOOP("Errors", "a 1-D network (for sound or series)"),
    "file.three-dimensional": QT_TRANSLATE_NOOP("Errors", "a 3-D network (for video)"),
    "file.karras": QT_TRANSLATE_NOOP("Errors", "it holds a Karras U-Net, which is not part of this program"),
    "file.elucidated": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds an elucidated diffusion (Karras et al. 2022), which is not part of this program",
    ),
    "file.learned-schedule": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds a continuous-time diffusion with a learned schedule, which is not part of this program",
    ),
    "file.free-guidance": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds the classifier-free guidance variant of the library, which is not part of this program",
    ),
    "file.old-library": QT_TRANSLATE_NOOP(
        "Errors",
        "an old version of the library wrote it (p2_loss_weight), which is not part of this program",
    ),
    "file.missing-milestone": QT_TRANSLATE_NOOP("Errors", "no model-{name}.pt; there is {known}"),
    "file.milestones": QT_TRANSLATE_NOOP("Errors", "there is {known}"),
    "file.no-milestone": QT_TRANSLATE_NOOP("Errors", "no model-N.pt"),
    "file.malformed": QT_TRANSLATE_NOOP("Errors", "malformed"),
    "file.malformed-table": QT_TRANSLATE_NOOP("Errors", "malformed: its table {name} is not as it was made"),
    "file.malformed-schema": QT_TRANSLATE_NOOP("Errors", "malformed: its schema is no text"),
    "file.malformed-kind": QT_TRANSLATE_NOOP("Errors", "malformed: it holds a {kind} that no run writes"),
    "file.malformed-tables": QT_TRANSLATE_NOOP("Errors", "malformed: it holds more tables than a run writes"),
    "file.malformed-end": QT_TRANSLATE_NOOP("Errors", "malformed: its end is missing"),
    "file.malformed-header": QT_TRANSLATE_NOOP("Errors", "malformed: its header is none"),
    "file.diffusers": QT_TRANSLATE_NOOP("Errors", "it holds a U-Net of diffusers, which is not part of this program"),
    "file.guided": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds the U-Net of guided-diffusion or Stable Diffusion, which is not part of this program",
    ),
    "file.transformer": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds a diffusion transformer, which is not part of this program",
    ),
    "file.many-networks": QT_TRANSLATE_NOOP("Errors", "it holds {count:,} networks; save one of them alone"),
    "file.twice-differing": QT_TRANSLATE_NOOP("Errors", "two of its tensors are both {name}, and differ"),
    "file.two-raw": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds two networks that differ, {first} and {second}; save one of them alone",
    ),
    "file.two-averaged": QT_TRANSLATE_NOOP(
        "Errors",
        "it holds two averaged networks that differ, {first} and {second}; save one of them alone",
    ),
    "file.no-tensors": QT_TRANSLATE_NOOP("Errors", "it holds no tensors: {known}"),
    "file.optimizer-only": QT_TRANSLATE_NOOP("Errors", "it holds what an optimizer keeps, and no weights ({name}, …)"),
    "file.model-empty": QT_TRANSLATE_NOOP("Errors", "its model holds no network"),
    "file.only-plain": QT_TRANSLATE_NOOP("Errors", "only plain values"),
    "file.it-is-empty": QT_TRANSLATE_NOOP("Errors", "it is empty"),
    "file.only": QT_TRANSLATE_NOOP("Errors", "only {known}"),
    # why a process of ours ended
    "helper.ended": QT_TRANSLATE_NOOP("Errors", "it ended at once"),
    # what a training tells, and no event says
    "told.resumed": QT_TRANSLATE_NOOP("Errors", "resumed from step {step}"),
    "told.threads": QT_TRANSLATE_NOOP("Errors", "threads: {count}, from step {step} on"),
    "told.cache-full": QT_TRANSLATE_NOOP("Errors", "decoded pictures are no longer kept: {reason}"),
    "told.metrics-moved": QT_TRANSLATE_NOOP("Errors", "metrics that could not be read were moved to {name}"),
    # a setting with its value, two settings
    "setting.is": QT_TRANSLATE_NOOP("Errors", "{name}={value}"),
    "setting.ema-length": QT_TRANSLATE_NOOP("Errors", "EMA length"),
    "setting.and": QT_TRANSLATE_NOOP("Errors", "{first} and {second}"),
    # what denoising-diffusion-pytorch's files have no place for
    "place.optimizer-groups": QT_TRANSLATE_NOOP(
        "Errors",
        "an optimizer's state in groups, or of other parameters: pass the optimizer itself",
    ),
    "place.optimizer-without": QT_TRANSLATE_NOOP(
        "Errors",
        "the state of an optimizer without {name}: only Adam's and AdamW's",
    ),
    "place.state-of-index": QT_TRANSLATE_NOOP(
        "Errors",
        "an optimizer's state of parameter {index}; the model has {count}",
    ),
    "place.state-not-adams": QT_TRANSLATE_NOOP(
        "Errors",
        "an optimizer's state of parameter {index} ({known}) that is not Adam's of its shape",
    ),
    "place.state-of": QT_TRANSLATE_NOOP("Errors", "an optimizer's state of {name}"),
    "place.not-adam": QT_TRANSLATE_NOOP("Errors", "the state of {name}: only Adam's and AdamW's"),
    "place.other-parameters": QT_TRANSLATE_NOOP("Errors", "an optimizer of other parameters than the model's"),
    "place.not-adams": QT_TRANSLATE_NOOP("Errors", "{name}'s state ({known}): only Adam's"),
    "place.groups": QT_TRANSLATE_NOOP("Errors", "groups of parameters with different {name}"),
    "place.objective": QT_TRANSLATE_NOOP("Errors", "the objective {name} (it has {known})"),
    "place.classes": QT_TRANSLATE_NOOP("Errors", "{count} classes"),
    "place.augmentation": QT_TRANSLATE_NOOP("Errors", "a network that is told how a picture was augmented"),
    "place.condition": QT_TRANSLATE_NOOP("Errors", "a network that sees a second picture"),
    "place.patches": QT_TRANSLATE_NOOP("Errors", "a network on patches of {size} × {size} pixels"),
    "place.frequencies": QT_TRANSLATE_NOOP("Errors", "learned or random Fourier features"),
    # whose a run is, where the file does not say
    "owner.this-computer": QT_TRANSLATE_NOOP("Errors", "this computer"),
    "owner.just-now": QT_TRANSLATE_NOOP("Errors", "just now"),
    # what the system says
    "system.no-space": QT_TRANSLATE_NOOP("Errors", "the disk is full"),
    "system.no-permission": QT_TRANSLATE_NOOP("Errors", "you do not have the permission"),
    "system.read-only": QT_TRANSLATE_NOOP("Errors", "the disk is read-only"),
    "system.not-there": QT_TRANSLATE_NOOP("Errors", "it is not there"),
    "system.no-folder": QT_TRANSLATE_NOOP("Errors", "its folder does not exist"),
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

    def __init__(
        self,
        code: str,
        *,
        reason: Phrase | None = None,
        expected: Phrase | None = None,
        what: Phrase | None = None,
        **fields: object,
    ) -> None:
        assert code in MESSAGES, f"error code without a sentence: {code}"
        self.code = code
        words = {"reason": reason, "expected": expected, "what": what}
        fields |= {name: phrase for name, phrase in words.items() if phrase is not None}
        # Values come from files too, whose names and settings may be megabytes long, or steer a terminal.
        self.fields: dict[str, Any] = {name: _showable(value) for name, value in fields.items()}
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


def _rebuild(kind: type[StudioError], code: str, fields: dict[str, Any]) -> StudioError:
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
