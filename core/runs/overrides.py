"""What a person may say of a model that is opened: how it is used, and of what it is only what its file leaves open.

One rule for run folders and for files from elsewhere. What is said and agrees with the file is taken; what contradicts
it is refused, in words that tell what the file says. Imports no torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError, Phrase
from ..inputs import height_and_width
from ..settings import SETTINGS, DiffusionConfig, RunConfig, read_value

#: How a model is used or trained on: its tensors are the same for any value.
FREE = (*(name for name, facts in SETTINGS.items() if facts.of_use), "sampling_timesteps")
#: Said of a run alone: a file of elsewhere is of the one network that can be read, and its γ says its weighting.
_OF_RUNS = ("network", "loss_weighting", "loss_weighting_kwargs")
#: What the tensors are of, or were trained for.
FIXED = (
    *(
        name
        for name, facts in SETTINGS.items()
        if facts.section in ("model", "diffusion") and not facts.of_use and name not in _OF_RUNS
    ),
    "channels",
    "num_classes",
)
#: Names of arguments and settings that are said otherwise here.
_OTHERWISE = {
    "image_height": Phrase("left-out.both-sides"),
    "min_snr_loss_weight": Phrase("left-out.gamma-says"),
}


def read_overrides(overrides: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of `overrides` the file does not say itself, each as `read_setting` has it.

    facts: what the file says, by the names of FIXED, with `network_facts` among them; a name that is missing is open.
    Raises ConfigError for a name or value that no model has, and for a value that contradicts the file.
    """
    said: dict[str, Any] = {}
    for name, value in overrides.items():
        if name not in FREE + FIXED:
            reason = _OTHERWISE.get(name) or Phrase("left-out.can-be-said", known=", ".join(FREE + FIXED))
            raise ConfigError("config.unsupported", feature=f"load_checkpoint(…, {name}=…)", reason=reason)
        if name in facts:
            _require_same(name, value, facts)
        else:
            said[name] = read_setting(name, value)
    require_class_names(said.get("class_names"), facts["num_classes"])
    return said


def model_settings(config: RunConfig) -> dict[str, Any]:
    """What the settings of a run say of its model, by the names of FREE and FIXED; with nothing on auto."""
    said = {**config.settings(), "num_classes": config.data.num_classes}
    said["image_size"] = config.data.height_and_width
    said["schedule_fn_kwargs"] = config.diffusion.schedule_options()
    said = {name: said[name] for name in FREE + FIXED if name in said}
    return said | network_facts(said)


def require_class_names(names: tuple[str, ...] | None, num_classes: int | None) -> None:
    """Raises ConfigError unless there is a name for each class, or none for any."""
    if names is not None and len(names) != num_classes:
        expected = Phrase("value.no-classes") if num_classes is None else Phrase("value.names-each", count=num_classes)
        raise ConfigError("config.bad-value", name="class_names", value=", ".join(names), expected=expected)


def network_facts(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A network's arguments as `read_overrides` compares them: what may be said for all stages, for each of them."""
    facts = {name: arguments[name] for name in FIXED if name in arguments}
    return {name: _in_full(name, value, facts) for name, value in facts.items()}


def read_setting(name: str, value: object) -> Any:  # noqa: ANN401 (a setting of any type)
    """`value` as the setting `name` has it; sizes as (height, width), options of a schedule as numbers by name.

    Raises ConfigError for a value of the wrong kind or range.
    """
    match name, value:
        case "image_size", list() | tuple():
            height, width = height_and_width(value)
            return read_value("image_height", height), read_value("image_size", width)
        case "image_size", None:
            raise ConfigError("config.bad-value", name=name, value=value, expected=Phrase("value.pixels"))
        case "image_size", _:
            return (read_value(name, value),) * 2
        case "sampling_timesteps", None:
            return None
        case "sampling_timesteps", int() if not isinstance(value, bool):
            return value  # the process knows how many there can be
        case "sampling_timesteps", _:
            raise ConfigError("config.bad-value", name=name, value=value, expected=Phrase("value.whole"))
        case "num_classes", None:
            return None
        case "num_classes", _:
            return int(value)  # type: ignore[call-overload]
        case "schedule_fn_kwargs", Mapping():
            words = tuple(f"{option}={number}" for option, number in value.items()) or None
            return DiffusionConfig(schedule_fn_kwargs=words).schedule_options()
        case "schedule_fn_kwargs", _:
            words = read_value(name, value)  # type: ignore[assignment]
            return DiffusionConfig(schedule_fn_kwargs=words).schedule_options()
        case "full_attn", bool():
            return (True,) if value else None
    return read_value(name, value)


def process_settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """What of `said` is about the schedule and the weights, as settings; nonsense is somebody else's to refuse."""
    read = {}
    for name in ("beta_schedule", "schedule_fn_kwargs", "objective", "min_snr_gamma"):
        if name in said:
            try:
                read[name] = read_setting(name, said[name])
            except ConfigError:
                continue
    return read


def _require_same(name: str, value: object, facts: Mapping[str, Any]) -> None:
    fact = facts[name]
    if value == fact:
        return  # whatever the limits of a setting are
    try:
        said = _in_full(name, read_setting(name, value), facts)
    except (ConfigError, TypeError, ValueError):
        said = _NOTHING
    if isinstance(said, float) and isinstance(fact, float) and math.isclose(said, fact, rel_tol=1e-6):
        return
    if said != fact:
        raise ConfigError(
            "config.bad-value", name=name, value=value, expected=Phrase("value.file-says", fact=_in_words(name, fact))
        )


_NOTHING = object()


def _in_full(name: str, value: Any, facts: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """`value` as it holds for each stage, where there are stages."""
    stages = len(facts["dim_mults"])
    match name:
        case "init_dim":
            return facts["dim"] if value is None else value
        case "full_attn" if not value:
            return (*(False,) * (stages - 1), True)
        case "attn_heads" | "attn_dim_head" | "full_attn":
            values = tuple(value) if isinstance(value, tuple | list) else (value,)
            return values * stages if len(values) == 1 else values
    return value


def _in_words(name: str, fact: object) -> str:
    match name, fact:
        case "beta_schedule", None:
            return Phrase("value.own-schedule")
        case "num_classes", None:
            return Phrase("value.no-classes-fact")
        case _, None:
            return Phrase("value.off")
        case _, tuple():
            return ", ".join(map(str, fact))
        case _, Mapping():
            return ", ".join(f"{option}={number:g}" for option, number in fact.items()) or Phrase(
                "value.no-options-fact"
            )
    return str(fact)
