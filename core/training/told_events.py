"""What a training tells as its run keeps it beside the log's English words: JSON, which any language is made of again.

Anybody may have written it: what is no event of these kinds, whole and with usual numbers, is read as None.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from ..errors import Phrase
from ..pictures.folder.reasons import REASONS, Lost
from .events import (
    CheckpointSaved,
    Diverged,
    Event,
    LearningRateRises,
    OthersBusy,
    OthersGone,
    PicturesAway,
    PicturesBack,
    PicturesChanged,
    PicturesLost,
    QualityMeasured,
    RolledBack,
    SaveFailed,
    ThreadsChosen,
)

#: Those that are kept, by the names that stand in the files. Changes of settings are in the run's own record.
_KEPT: dict[str, type[Event]] = {
    "saved": CheckpointSaved,
    "rolled-back": RolledBack,
    "diverged": Diverged,
    "rate-rises": LearningRateRises,
    "save-failed": SaveFailed,
    "quality": QualityMeasured,
    "pictures-lost": PicturesLost,
    "pictures-changed": PicturesChanged,
    "pictures-away": PicturesAway,
    "pictures-back": PicturesBack,
    "threads": ThreadsChosen,
    "others-busy": OthersBusy,
    "others-gone": OthersGone,
}
_NAMES = {kind: name for name, kind in _KEPT.items()}
#: What is beyond is no number of a training; Qt writes no whole ones beyond 2^63.
_MOST = 1e15


def as_data(told: Event | Phrase | None) -> str | None:
    """As JSON; None for what is not kept."""
    if isinstance(told, Phrase):
        return json.dumps(_plain(told))
    name = _NAMES.get(type(told)) if told is not None else None
    if told is None or name is None:
        return None
    return json.dumps({"event": name, **{field.name: _plain(getattr(told, field.name)) for field in fields(told)}})


def from_data(data: str | None) -> Event | Phrase | None:
    """What `as_data` was given; None where it is not to be had."""
    try:
        read = json.loads(data or "null")
        if not isinstance(read, dict) or "code" in read:
            return _phrase(read)
        kind = _KEPT[read.pop("event")]
        hints: dict[str, Any] = get_type_hints(kind)
        return kind(**{name: _value(hint, read.pop(name)) for name, hint in hints.items()})
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
        return None


def _plain(value: object) -> object:
    match value:
        case Phrase():
            return {"code": value.code, "fields": _plain(value.fields)}
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)


def _value(hint: Any, read: Any) -> Any:  # noqa: ANN401 (what a field of the table of kinds has)
    """`read` as a field of that type has it. Raises TypeError, ValueError or LookupError where it is none."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        return None if read is None else _value(parts[0], read)
    if hint is Phrase:
        return _phrase(read)
    if hint is Lost:
        name, code = read
        REASONS[code]
        return Lost(_value(str, name), code)
    if origin is tuple:
        kinds = [parts[0]] * len(read) if parts[-1] is ... else parts
        return tuple(_value(kind, each) for kind, each in zip(kinds, read, strict=True))
    if origin is Mapping:
        return {name: _value(parts[1], each) for name, each in read.items()}
    if hint is Path:
        return Path(_value(str, read))
    number = type(read) in (int, float)
    if not (type(read) is hint or (hint is float and number)) or (number and not _usual(read)):
        raise TypeError
    return float(read) if hint is float else read


def _usual(number: float) -> bool:
    return math.isfinite(number) and abs(number) <= _MOST


def _phrase(read: Any) -> Phrase:  # noqa: ANN401 (JSON)
    fields = {name: _phrase(each) if isinstance(each, dict) else each for name, each in read["fields"].items()}
    return Phrase(read["code"], **fields)
