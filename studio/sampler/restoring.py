"""Settings that a picture or a kept generation tells: back into the room's fields, or into a request of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from core.beginning import Branch, Start
from core.catalogue import SAMPLERS
from core.errors import SamplingError, StudioError, showable
from core.recording import Recording, unclipped_x_0
from core.runs.checkpoint_files import description_path
from core.runs.grids import read_settings
from core.runs.run import CHECKPOINTS, is_run

from ..app.messages import error_text
from .models import ModelChoice, ModelFacts, Origin, SamplerRequest, earlier_than, step_of

if TYPE_CHECKING:
    from .controls import SamplerControls

Settings = Mapping[str, object]


def settings_in(path: Path) -> Settings | None:
    """What a PNG of ours says about how it was made; None for any other picture."""
    if path.suffix.lower() != ".png":
        return None
    try:
        said = read_settings(path)
    except StudioError:
        return None
    return said if said.get("sampler") in SAMPLERS and isinstance(said.get("sample_steps"), int) else None


def model_of(
    settings: Settings,
    choices: Sequence[ModelChoice],
    chosen: ModelChoice | None = None,
    facts: ModelFacts | None = None,
) -> ModelChoice | None:
    """The model that the settings name, if it is among those that can be chosen.

    chosen: the model in use, which comes before others of its name. facts: what reading it told; None: not yet read
    """
    name, step, digest = settings.get("model"), settings.get("model_step"), settings.get("model_sha256")
    same = chosen if chosen in choices and facts is not None and digest and digest == facts.sha256 else None
    if same is not None and same.name == name:
        return same
    named = [choice for choice in choices if choice.name == name]
    # In training the weights of that step are gone, unless a checkpoint has them.
    found = next((choice for choice in named if choice.path is not None and step_of(choice) == step), None)
    # A copy, or a run that is called otherwise now, is the same model.
    return found or same


def restore(controls: SamplerControls, facts: ModelFacts | None, settings: Settings) -> list[str]:
    """Set the room as the settings say; what of them cannot be had, as sentences. A stranger may have written them."""
    head, options, lost = controls.head, controls.options, []
    sampler, steps = settings.get("sampler"), settings.get("sample_steps")
    known = {info.name for info in facts.samplers} if facts is not None else set(SAMPLERS)
    if isinstance(sampler, str) and sampler in known:
        wished = {sampler: steps} if _is_whole(steps) else {}
        head.fields.set_wishes(sampler, {**head.fields.steps_of, **wished})  # type: ignore[dict-item]
        head.fields.set_facts(facts)
    else:
        words = QCoreApplication.translate("Restoring", "There is no sampler “{name}” here.")
        lost.append(words.format(name=showable(str(sampler), 40)))
    eta = settings.get("eta")
    if isinstance(eta, float | int) and not isinstance(eta, bool):
        head.fields.eta.setProperty("touched", True)
        head.fields.eta.setValue(float(eta))
    seed, count = settings.get("seed"), settings.get("count")
    head.set_seed_and_count(
        seed if _is_whole(seed) else head.seed.value(),  # type: ignore[arg-type]
        count if _is_whole(count) else head.wished_count(),  # type: ignore[arg-type]
    )
    weights = settings.get("weights", "ema")
    if not head.choose_weights(weights if isinstance(weights, str) else ""):
        words = QCoreApplication.translate("Restoring", "Its weights {name} cannot be had of this model.")
        lost.append(words.format(name=showable(str(weights), 40)))
    spacing = settings.get("spacing")
    own = next((info.spacing for info in facts.samplers if info.name == sampler), None) if facts is not None else None
    options.wish_spacing(spacing if isinstance(spacing, str) and spacing != own else "")
    options.wish_precision(str(settings.get("precision", "off")))
    if facts is not None and "times" in settings:
        fitted = facts.fitted.get((str(sampler), steps if _is_whole(steps) else 0))  # type: ignore[arg-type]
        if list(fitted or ()) != settings["times"]:
            lost.append(QCoreApplication.translate("Restoring", "Its timesteps were fitted; these are others."))
    strength = settings.get("offset_noise_strength")
    options.offset_noise.setChecked(not (isinstance(strength, float | int) and strength == 0))
    lost += _restore_classes(controls, facts, settings)
    start = options.start_row.start
    start.setCurrentIndex(start.findData(Start.NOISE.value))
    if "start" in settings:
        lost.append(QCoreApplication.translate("Restoring", "It began with a picture: drop that one too."))
    if "condition" in settings:
        lost.append(QCoreApplication.translate("Restoring", "Choose again what the model is to see."))
    if not _restore_guide(controls, settings):
        lost.append(QCoreApplication.translate("Restoring", "Choose its guide again."))
    head.changed.emit()
    return lost


def _restore_guide(controls: SamplerControls, settings: Settings) -> bool:
    """The guide that the settings name, or none; whether it can be had."""
    row, scale = controls.options.guide_row, settings.get("guide_scale")
    named = settings.get("guide"), settings.get("guide_step")
    guide = next((choice for choice in row.guides if (choice.name, choice.step) == named), None)
    row.choose(guide)
    if guide is not None and isinstance(scale, float | int):
        row.set_scale(float(scale))
    return guide is not None or "guide" not in settings


def _restore_classes(controls: SamplerControls, facts: ModelFacts | None, settings: Settings) -> list[str]:
    row, names = controls.options.class_row, settings.get("classes")
    scale, rescale = settings.get("guidance_scale", 1.0), settings.get("guidance_rescale", 0.0)
    if isinstance(scale, float | int) and isinstance(rescale, float | int):
        row.set_guidance(float(scale), float(rescale))
    if facts is None or not facts.classes:
        return []
    wished = [str(name) for name in names] if isinstance(names, list) else []
    row.chips.set_chosen([label for label, name in enumerate(facts.classes) if name in wished])
    row.set_guidance(row.guidance.value(), row.rescale.value())
    missing = [name for name in dict.fromkeys(wished) if name not in facts.classes]
    if not missing:
        return []
    words = QCoreApplication.translate("Restoring", "This model has no class {names}.")
    return [words.format(names=showable(", ".join(missing), 60))]


def _is_whole(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**31


# --- A generation that is reopened, as if it had just been made ------------------------------------------


def maker_of(recording: Recording, choices: Sequence[ModelChoice]) -> ModelChoice | None:
    """The checkpoint that a kept generation names: in the run that it is kept in, else among `choices`."""
    settings = recording.settings
    step, digest = settings.get("model_step"), settings.get("model_sha256")
    if not digest:  # of a training under way: those weights are gone
        return None
    run = None if recording.kept_at is None else recording.kept_at.parent.parent
    if run is not None and is_run(run) and _is_whole(step):
        path = description_path(run / CHECKPOINTS, step)  # type: ignore[arg-type]
        if path.exists():
            here = next((choice for choice in choices if choice.path == path), None)
            return here or ModelChoice(Origin.RUN, run.name, path, step)  # type: ignore[arg-type]
    found = model_of(settings, choices)
    return found if found is not None and found.path is not None and found.path.exists() else None


def request_of(
    recording: Recording, choice: ModelChoice, facts: ModelFacts, choices: Sequence[ModelChoice]
) -> SamplerRequest:
    """What a reopened generation was made with; facts: of `choice`. Raises SamplingError where that cannot be told."""
    said = recording.settings
    if facts.sha256 != said.get("model_sha256"):
        raise SamplingError("fork.other-model", name=choice.name)
    if said.get("edit") == "inpaint":
        raise SamplingError("fork.filled")
    info = next((info for info in facts.samplers if info.name == said.get("sampler")), None)
    steps, seed, times, eta = (said.get(name) for name in ("sample_steps", "seed", "times", "eta"))
    strength = said.get("offset_noise_strength")
    if "start" in said:
        raise SamplingError("fork.began")
    if (
        info is None
        or said.get("noise_of") != "seed and number"
        or said.get("precision") != "off"
        or not (_is_whole(steps) and _is_whole(seed) and said.get("count") == recording.count)
        or strength not in (0, facts.offset_noise_strength)
    ):
        raise SamplingError("fork.not-told")
    guide = _guide_of(said, choice, choices)
    numbers = {name: said.get(name, usual) for name, usual in _SCALES.items()}
    if not all(isinstance(value, float | int) for value in (*numbers.values(), 0.0 if eta is None else eta)):
        raise SamplingError("fork.not-told")
    return SamplerRequest(
        choice,
        str(said.get("weights", "ema")),
        info.name,
        steps,  # type: ignore[arg-type]
        eta,  # type: ignore[arg-type]
        seed,  # type: ignore[arg-type]
        recording.count,
        info.calls_per_step,
        None if times is not None or said.get("spacing") == info.spacing else str(said.get("spacing")),
        tuple(times) if isinstance(times, list) else None,
        strength == facts.offset_noise_strength,
        _labels(said.get("classes"), facts),
        guide=guide,
        condition=recording.seen(),
        **numbers,  # type: ignore[arg-type]
    )


#: Numbers of a request that are told only where they count, with what is usual.
_SCALES = {"guidance_scale": 1.0, "guidance_rescale": 0.0, "guide_scale": 1.0}


def _guide_of(said: Settings, choice: ModelChoice, choices: Sequence[ModelChoice]) -> ModelChoice | None:
    if "guide" not in said:
        return None
    named = said.get("guide"), said.get("guide_step")
    offered = earlier_than(choice, choices)
    found = next((guide for guide in offered if (guide.name, guide.step) == named), None)
    if found is None:
        raise SamplingError("fork.no-guide", name=showable(str(said["guide"]), 60))
    return found


def branches_of(recording: Recording, facts: ModelFacts) -> tuple[Branch, ...]:
    """The forks that lead to a reopened generation, the oldest first. Raises SamplingError where they are not told."""
    said = recording.settings
    if "fork_at" not in said:
        return ()
    earlier = said.get("fork_of", [])
    told = [*earlier, said] if isinstance(earlier, list) else [said]
    return tuple(_branch(each, recording, facts) for each in told)


def _branch(told: object, recording: Recording, facts: ModelFacts) -> Branch:
    at = told.get("fork_at") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(at, int) or not 1 <= at <= recording.arrived:
        raise SamplingError("fork.not-told")
    at -= 1
    numbers = [told.get(f"fork_{name}") for name in ("eta", "guidance_scale", "guidance_rescale")]
    wholes = [told.get(f"fork_{name}") for name in ("seed", "steps", "held")]
    sampler, known = told.get("fork_sampler"), {info.name for info in facts.samplers}
    if (
        any(value is not None and not isinstance(value, float | int) for value in numbers)
        or any(value is not None and not _is_whole(value) for value in wholes)
        or not (sampler is None or sampler in known)
    ):
        raise SamplingError("fork.not-told")
    mask = None
    if told.get("fork_mask"):
        if not recording.has("known", at):
            raise SamplingError("fork.not-told")
        mask = np.all(recording.layer("known", at) == 0, axis=(0, 3))  # what is not put back is made anew
    return Branch(
        at,
        seed=wholes[0],
        eta=numbers[0],
        classes=_labels(told["fork_classes"], facts) if "fork_classes" in told else None,
        guidance_scale=numbers[1],
        guidance_rescale=numbers[2],
        sampler=sampler,
        steps=wholes[1],
        x_0=recording.layer("x_0", at) if told.get("fork_painted") else None,
        covered=_paint_in(recording, at) if told.get("fork_painted") else None,
        held=max(1, wholes[2] or 1),
        mask=mask,
    )


#: Of the network's range: below what 8 bits can say, above what float32 rounds to from t = T-1.
LEAST_PAINT = 1e-3


def _paint_in(recording: Recording, step: int) -> NDArray[np.bool_]:
    """(N, H, W) where the recorded x̂_0 is another than the network's answer makes it, so that it was painted."""
    apart = np.abs(recording.layer("x_0", step) - unclipped_x_0(recording, step).clip(-1, 1))
    painted: NDArray[np.bool_] = (apart > LEAST_PAINT).any(-1)
    return painted


def _labels(names: object, facts: ModelFacts) -> tuple[int, ...]:
    """The labels of classes by name; None among them means no class. Raises SamplingError for one that is not there."""
    wished = names if isinstance(names, list) else []
    known = {name: label for label, name in enumerate(facts.classes)}
    if any(name is not None and str(name) not in known for name in wished):
        raise SamplingError("fork.not-told")
    return tuple(len(known) if name is None else known[str(name)] for name in wished)


def why_no_maker(recording: Recording) -> str:
    """What is said where `maker_of` finds none."""
    name, step = (recording.settings.get(part) for part in ("model", "model_step"))
    if not recording.settings.get("model_sha256"):
        return error_text(SamplingError("fork.of-training"))
    return error_text(SamplingError("fork.no-maker", name=showable(str(name), 60), step=showable(str(step), 20)))
