"""What a setting may be, and how its text is read: the tables of choices and limits behind `config.read_value`."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Sequence
from typing import Any, get_args, get_origin

from .catalogue import OBJECTIVES, SAMPLERS, SCHEDULES, Table
from .errors import Phrase
from .number_text import read_number

#: What samples where nobody chose: for new runs' grids, in the window and on the command line. With an exact denoiser
#: these 20 calls keep at least 0.96 of the spread of mean brightness on the cosine schedule up to 3×128 px, where DDIM
#: in 25 keeps 0.18 (`tests/bench/brightness.py`; the whole table is in `resources/docs/samplers.md`).
USUAL_SAMPLER, USUAL_STEPS = "unipc", 20

#: Settings that name a row of a table.
CATALOGUED: dict[str, Table[Any]] = {
    "objective": OBJECTIVES,
    "beta_schedule": SCHEDULES,
    "sample_sampler": SAMPLERS,
}

#: Values that a text field may take: the rows of a table, or all there are.
CHOICES: dict[str, Collection[str]] = {
    **CATALOGUED,
    "crop": ("centre", "random", "pad", "stretch"),
    "labels": ("off", "folders"),
    "background": ("white", "black", "grey"),
    "decay": ("cosine", "constant"),
    "ema_warmup": ("updates", "power"),
    "amp": ("auto", "off", "bf16", "fp16"),
}

#: Inclusive limits of number fields; what is outside cannot work.
LIMITS: dict[str, tuple[float, float]] = {
    "dim": (4, 4096),
    "init_dim": (1, 4096),
    "dim_mults": (1, 64),
    "attn_heads": (1, 256),
    "attn_dim_head": (1, 1024),
    "learned_sinusoidal_dim": (2, 4096),
    "sinusoidal_pos_emb_theta": (1.001, 1e9),
    "dropout": (0.0, 0.999),
    "timesteps": (1, 100_000),
    "ddim_sampling_eta": (0.0, 1.0),
    "offset_noise_strength": (0.0, 10.0),
    "min_snr_gamma": (1e-6, 1e6),
    "immiscible_candidates": (0, 1024),
    "class_dropout": (0.0, 1.0),
    "image_size": (1, 4096),
    "image_height": (1, 4096),
    "channels": (1, 4),
    "colour_jitter": (0.0, 1.0),
    "hold_out": (0.0, 0.5),
    "steps": (1, 10**9),
    "batch_size": (1, 65_536),
    "gradient_accumulate_every": (1, 65_536),
    "learning_rate": (1e-12, 100.0),
    "warmup_steps": (0, 10**9),
    "weight_decay": (0.0, 100.0),
    "adam_betas": (0.0, 0.999999),
    "max_grad_norm": (1e-6, 1e6),
    "ema_decay": (0.0, 0.999999),
    "ema_update_every": (1, 10**6),
    "checkpoint_every": (1, 10**9),
    "keep_checkpoints": (1, 10**6),
    "sample_every": (1, 10**9),
    "held_out_every": (1, 10**9),
    "sample_count": (1, 256),
    "sample_steps": (1, 100_000),
    "seed": (0, 2**63 - 1),
}

#: Values of a setting that has several; more halvings than that leave nothing of any picture.
MOST_ENTRIES: dict[str, int] = {
    "dim_mults": 12,
    "full_attn": 12,
    "attn_heads": 12,
    "attn_dim_head": 12,
    "schedule_fn_kwargs": 16,
    "adam_betas": 16,
    "class_names": 100_000,
    "excluded": 100_000,
}

#: Characters of a text; as long as the path of a file can be.
LONGEST_TEXT = 4096
#: Bytes that all texts of a setting may take together in a run's files: with whatever else a run says they must stay
#: below what is read again (reading.MAX_JSON_BYTES), or nobody can open the run any more.
MOST_TEXT_BYTES: dict[str, int] = {"excluded": 10 << 20}
#: What JSON adds to each: quotes, a comma, a line of its own that is moved in.
_ADDED_BYTES = 16

_TRUE = {"true", "1", "on", "yes"}
_FALSE = {"false", "0", "off", "no"}


def coerce(kind: Any, value: object, *, group: str = ",", decimal: str = ".") -> Any:  # noqa: ANN401 (any field type)
    """`value` as `kind`. Raises TypeError, ValueError or OverflowError for what is none.

    group, decimal: the signs of the language in which a number was typed, see `read_number`.
    """
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        parts = _parts(value, inner) if isinstance(value, str) else value
        if isinstance(parts, int) and not isinstance(parts, bool):
            parts = (parts,)
        if not isinstance(parts, list | tuple) or not any(part != "" for part in parts):
            raise ValueError
        if inner is str and set(map(type, parts)) == {str}:
            return tuple(filter(None, parts))  # a hundred thousand names, in a click's time
        if inner is not str and "" in parts[:-1]:  # a comma may end a list; between two there is a number
            raise ValueError
        return tuple(coerce(inner, part) for part in parts if part != "")
    if kind is bool:
        if isinstance(value, bool):
            return value
        if (word := str(value).strip().lower()) not in _TRUE | _FALSE:
            raise ValueError
        return word in _TRUE
    if isinstance(value, bool):
        raise TypeError
    if kind is int:
        if isinstance(value, str):
            return read_number(value, whole=True, group=group, decimal=decimal)
        if isinstance(value, float):
            if not value.is_integer():
                raise ValueError
            return int(value)
        return int(value)  # type: ignore[call-overload]
    if kind is float:
        signs = {"group": group, "decimal": decimal}
        read = read_number(value, whole=False, **signs) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        if not math.isfinite(read):
            raise ValueError
        return read
    return str(value)


def _parts(value: str, inner: Any) -> list[str]:  # noqa: ANN401 (any field type)
    """What a person typed for several values, parted at commas. A text with a comma in it stands in quotes."""
    if inner is not str:
        return value.strip("()[] ").replace("·", ",").split(",")
    whole = value.strip()
    if (whole[:1], whole[-1:]) in {("(", ")"), ("[", "]")}:  # as it is printed
        whole = whole[1:-1]
    return next(csv.reader([whole], skipinitialspace=True), [])


def text_bytes(texts: Sequence[str]) -> int:
    """What texts take in a JSON file, at most."""
    return len(json.dumps("".join(texts))) + _ADDED_BYTES * len(texts)


def expected(name: str, kind: Any) -> Phrase:  # noqa: ANN401 (any field type)
    """What a setting may be, in words that follow a colon."""
    if name in CHOICES:
        return Phrase("value.one-of", known=", ".join(CHOICES[name]))
    if kind is bool:
        return Phrase("value.true-or-false")
    if kind is str:
        return Phrase("value.text")
    low, high = LIMITS.get(name, (None, None))
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        if inner is str or inner is bool:
            return Phrase("value.names" if inner is str else "value.flags")
        return Phrase("value.wholes-from-to" if inner is int else "value.numbers-from-to", low=low, high=high)
    if low is None:
        return Phrase("value.whole" if kind is int else "value.number")
    return Phrase("value.whole-from-to" if kind is int else "value.number-from-to", low=low, high=high)
