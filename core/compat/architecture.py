"""From the names and shapes of a network's tensors to the arguments that make that network. Imports no torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from pathlib import Path

from ..errors import Phrase
from ..runs.fitting import Shape, in_words, refuse
from ..runs.opening import Architecture

#: More stages than any picture can be halved.
MAX_STAGES = 12

_OF_A_STAGE = re.compile(r"downs\.(\d{1,6})\.")

#: What the tensors of other networks are called, and the code of the phrase that says what those networks are.
_OTHER_NETWORKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(^|\.)input_block\.weight$"), "file.karras"),
    # It always learns its frequencies; `net` alone is what many call their network.
    (re.compile(r"(^|\.)net\.time_mlp\.0\.weights$"), "file.elucidated"),
    (re.compile(r"(^|\.)log_snr\."), "file.learned-schedule"),
    (re.compile(r"(^|\.)down_blocks\.\d+\.resnets\."), "file.diffusers"),
    (re.compile(r"(^|\.)input_blocks\.\d+\.\d+\."), "file.guided"),
    (re.compile(r"(^|\.)x_embedder\.proj\."), "file.transformer"),
    (re.compile(r"(^|\.)null_classes_emb$"), "file.free-guidance"),
    (re.compile(r"(^|\.)p2_loss_weight$"), "file.old-library"),
)


def refuse_other_network(path: Path, names: list[str]) -> None:
    """Raise CheckpointError where the names are those of a network that this program does not build."""
    for pattern, code in _OTHER_NETWORKS:
        if any(pattern.search(name) for name in names):
            refuse(path, Phrase(code))


def read_architecture(path: Path, shapes: Mapping[str, Shape]) -> Architecture:
    """The arguments of the U-Net whose tensors have these names and shapes.

    Raises CheckpointError naming what is missing, what is strange, or which other network it is.
    """
    refuse_other_network(path, list(shapes))
    first = _get(path, shapes, "init_conv.weight")
    if len(first) in (3, 5):
        what = Phrase("file.one-dimensional") if len(first) == 3 else Phrase("file.three-dimensional")
        refuse(path, Phrase("file.holds-not-part", what=what))
    init_dim, inputs, kernel, _ = _get(path, shapes, "init_conv.weight", axes=4)
    # Of another size than any patch has, its shape is refused like any other that is none of this network.
    patch = next((size for size in (2, 4) if kernel == 7 * size), 1)
    outputs = _get(path, shapes, "final_conv.weight", axes=4)[0] // patch**2
    if not outputs:
        refuse(path, Phrase("file.no-channels"))
    if outputs == 2 * inputs:
        refuse(
            path,
            Phrase("file.learns-variance", inputs=inputs, outputs=outputs),
        )
    if inputs not in (outputs, 2 * outputs):
        refuse(
            path,
            Phrase("file.channels-in-out", inputs=inputs, outputs=outputs),
        )
    time_dim = _get(path, shapes, "time_mlp.3.weight", axes=2)[0]
    dim = time_dim // 4
    widths = _stage_widths(path, shapes)
    if not dim or time_dim % 4 or any(width % dim for width in widths):
        refuse(path, Phrase("file.widths", widths=", ".join(map(str, widths)), dim=dim))
    attention = [_attention(path, shapes, stage) for stage in range(len(widths))]
    frequencies = shapes.get("time_mlp.0.weights")
    if frequencies is None and _get(path, shapes, "time_mlp.1.weight", axes=2)[1] != dim:
        refuse(path, Phrase("file.no-time-mlp", dim=dim))
    classes = shapes.get("class_emb.weight")
    if classes is not None:
        _get(path, shapes, "class_emb.weight", axes=2)
    return Architecture(
        dim=dim,
        init_dim=init_dim,
        dim_mults=tuple(width // dim for width in widths),
        channels=outputs,
        patch_size=patch,
        self_condition=inputs == 2 * outputs,
        attn_heads=tuple(heads for heads, _, _ in attention),
        attn_dim_head=tuple(dim_head for _, dim_head, _ in attention),
        full_attn=tuple(full for _, _, full in attention),
        learned_sinusoidal_dim=None if frequencies is None else 2 * prod(frequencies),
        num_classes=None if classes is None else classes[0] - 1,
        augment_dim=_get(path, shapes, "augment_emb.weight", axes=2)[1] if "augment_emb.weight" in shapes else 0,
    )


def _stage_widths(path: Path, shapes: Mapping[str, Shape]) -> list[int]:
    """The channels that each stage ends with."""
    numbers = {int(found[1]) for name in shapes if (found := _OF_A_STAGE.match(name))}
    stages = max(numbers, default=-1) + 1
    if not 1 <= stages <= MAX_STAGES:
        count = Phrase("file.no-stage") if not stages else Phrase("file.many-stages", most=MAX_STAGES)
        refuse(path, Phrase("file.network-has", what=count))
    changes = [f"downs.{stage}.3.1.weight" for stage in range(stages - 1)] + [f"downs.{stages - 1}.3.weight"]
    return [_get(path, shapes, name, axes=4)[0] for name in changes]


def _attention(path: Path, shapes: Mapping[str, Shape], stage: int) -> tuple[int, int, bool]:
    """Heads, their width, and whether the stage's attention is exact rather than linear."""
    name = f"downs.{stage}.2"
    if f"{name}.to_qkv.weight" in shapes and f"{name}.mem_kv" not in shapes:
        refuse(path, Phrase("file.no-mem-kv", name=name))
    _, heads, third, fourth = _get(path, shapes, f"{name}.mem_kv", axes=4)
    # Either of the two: so a file that has lost one is told which.
    full = f"{name}.to_out.weight" in shapes or f"{name}.to_out.bias" in shapes
    return heads, fourth if full else third, full


def _get(path: Path, shapes: Mapping[str, Shape], name: str, axes: int | None = None) -> Shape:
    shape = shapes.get(name)
    if shape is None:
        shown = ", ".join(sorted(shapes)[:3]) or "none"
        refuse(path, Phrase("file.no-init-conv", name=name, shown=shown))
    if axes is not None and len(shape) != axes:
        refuse(path, Phrase("file.axes", name=name, shape=in_words(shape), axes=axes))
    return shape
