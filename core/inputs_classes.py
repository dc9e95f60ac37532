"""Class labels as callers write them, numbers or names, as one number per picture."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np
import torch
from torch import Tensor

from .errors import Phrase, SamplingError, StudioError
from .inputs import bad_value, some_of
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
        raise _refused(classes, Phrase("value.untrained-classes"))
    names = {} if class_names is None else {name: label for label, name in enumerate(class_names)}
    said = _plain(classes)
    each = said if isinstance(said, list) else [said] * count
    if len(each) != count:
        raise _refused(classes, Phrase("value.label-each", count=count))
    labels = []
    for label in each:
        number = names.get(label) if isinstance(label, str) else label
        if isinstance(number, bool) or not isinstance(number, Integral) or not 0 <= int(number) <= num_classes:
            known = {"last": num_classes - 1, "none": num_classes}
            if not names:
                raise _refused(label, Phrase("value.label", **known))
            raise _refused(label, Phrase("value.label-or-name", **known, known=some_of(label, list(names))))
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


def _refused(value: object, expected: Phrase) -> StudioError:
    return bad_value("classes", value, expected, SamplingError)
