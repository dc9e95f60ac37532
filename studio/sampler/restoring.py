"""Settings that a picture or a kept generation tells, put back where the next sampling is set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from core.beginning import Start
from core.catalogue import SAMPLERS
from core.errors import StudioError, showable
from core.runs.grids import read_settings

from .models import ModelChoice, ModelFacts, step_of

if TYPE_CHECKING:
    from .panel import SamplerControls

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
