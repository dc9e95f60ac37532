"""Class labels as callers write them, numbers or names, as one number per picture."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np
import torch
from torch import Tensor

from .errors import SamplingError, StudioError
from .inputs import bad_value
from .inputs_tensors import WHOLE

#: A label for all pictures, or one for each: a number, or the class's name.
Labels = Tensor | Sequence[int | str] | int | str


def as_labels(
    classes: object, count: int, num_classes: int | None, class_names: Sequence[str] | None, device: torch.device
) -> Tensor:
    """(count,) labels of 0 … K, K for none, on `device`; a single one holds for all `count` pictures.

    Raises SamplingError for a label that does not exist, another number of labels, or a model without classes.
    """
    if num_classes is None:
        raise _refused(classes, "this model was trained without classes")
    names = {} if class_names is None else {name: label for label, name in enumerate(class_names)}
    said = _plain(classes)
    each = said if isinstance(said, list) else [said] * count
    if len(each) != count:
        raise _refused(classes, f"one label for each of the {count} pictures, or one for all")
    known = f"a label from 0 to {num_classes - 1}, or {num_classes} for none"
    if names:
        known += "; or a name: " + ", ".join(names)
    labels = []
    for label in each:
        number = names.get(label) if isinstance(label, str) else label
        if isinstance(number, bool) or not isinstance(number, Integral) or not 0 <= int(number) <= num_classes:
            raise _refused(label, known)
        labels.append(int(number))
    return torch.tensor(labels, dtype=torch.long, device=device)


def _plain(labels: object) -> object:
    """Without tensors of whole numbers and arrays: a list, or a single label."""
    if isinstance(labels, Tensor) and (labels.is_meta or labels.dtype not in WHOLE):
        return labels
    if isinstance(labels, Tensor | np.ndarray):
        return labels.tolist()
    if isinstance(labels, Sequence) and not isinstance(labels, str | bytes):
        return [_plain(label) for label in labels]
    return labels


def _refused(value: object, expected: str) -> StudioError:
    return bad_value("classes", value, expected, SamplingError)
