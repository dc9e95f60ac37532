"""C3: tensors that no model can have are refused by their names, in every kind of file that holds tensors.

The one rule of conversion: float16, bfloat16 and float64 become float32, if that is finite. Nothing else does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import core
from core.compat.files import read_library_checkpoint
from core.errors import CheckpointError, StudioError
from core.runs.run import Run
from core.runs.tensors import TensorFile
from core.training.state import SessionState, new_state
from tests.figures import figure
from tests.hostile.made import DESCRIPTION, TENSORS, change_tensors, copy_run, library_content

WEIGHT = "model.downs.0.0.block1.proj.weight"
NAN, INF = float("nan"), float("inf")
Change = Callable[[torch.Tensor], torch.Tensor | None]


def first(value: float) -> Change:
    """One number in the middle is another."""

    def change(tensor: torch.Tensor) -> torch.Tensor:
        changed = tensor.clone()
        changed.view(-1)[changed.numel() // 2] = value
        return changed

    return change


def filled(value: float) -> Change:
    return lambda tensor: torch.full_like(tensor, value)


#: Wrong in any file, and in whichever set of weights or moments.
WRONG: dict[str, Change] = {
    "NaN": first(NAN),
    "infinite": first(INF),
    "minus infinite": first(-INF),
    "all NaN": filled(NAN),
    "too large for float32": lambda tensor: tensor.double() + 1e300,
    "NaN in half": lambda tensor: first(NAN)(tensor).half(),
    "missing": lambda tensor: None,
    "another shape": lambda tensor: torch.zeros(*tensor.shape, 2),
    "as many numbers, another shape": lambda tensor: tensor.reshape(-1, 1),
    "empty": lambda tensor: torch.zeros(0),
    "int64": lambda tensor: tensor.long(),
    "int8": lambda tensor: tensor.char(),
    "uint8": lambda tensor: tensor.byte(),
    "bool": lambda tensor: tensor.bool(),
    "complex64": lambda tensor: tensor.to(torch.complex64),
    "float8": lambda tensor: tensor.to(torch.float8_e4m3fn),
}
#: Enough to see that a second set of weights is looked at like the first.
FEW = ("NaN", "too large for float32", "missing", "another shape", "int64")
CONVERTED = (torch.float16, torch.bfloat16, torch.float64)


class Told:
    """How many were refused by name."""

    def __init__(self) -> None:
        self.refused = self.tried = 0

    def refuse(self, what: str, name: str, open_it: Callable[[], object]) -> None:
        """Fails unless it is refused by the tensor's name."""
        self.tried += 1
        with pytest.raises(StudioError) as caught:
            open_it()
        assert isinstance(caught.value, CheckpointError), (what, caught.value)
        assert name in str(caught.value), (what, name, str(caught.value))
        self.refused += 1

    def tell(self, kind: str) -> None:
        figure("C3", demanded=f"{kind}: refused by name", measured=f"{self.refused} of {self.tried}")


@pytest.fixture(scope="module")
def state(run: Path) -> SessionState:
    """What a training of the honest run begins with."""
    return new_state(Run.open(run).config, torch.device("cpu"))


def changed_run(run: Path, change: Mapping[str, torch.Tensor | None]) -> Path:
    """Put other tensors into a copy of the honest run; the checkpoint."""
    change_tensors(run, change)
    return run / DESCRIPTION


@pytest.mark.long
@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_in_a_runs_checkpoint(run: Path, tmp_path: Path, state: SessionState, everything: bool) -> None:
    told, folder = Told(), copy_run(run, tmp_path / "run")
    tensors = load_file(run / TENSORS)
    moment = f"optimizer.{WEIGHT}.exp_avg"
    for section, name in (("raw", f"model.{WEIGHT}"), ("ema", f"ema.{WEIGHT}"), ("table", "ema.betas"), ("", moment)):
        for what in WRONG if everything or section == "raw" else FEW:
            change = WRONG[what]
            if name == moment and what == "missing":  # a parameter may have had no gradient yet
                continue
            path = changed_run(folder, {**tensors, name: change(tensors[name])})
            short = name.removeprefix("model.").removeprefix("ema.").removeprefix("optimizer.")
            told.refuse(f"{name} {what}, resumed", short, lambda path=path: state.restore(path))
            if section in ("raw", "ema"):
                told.refuse(f"{name} {what}", short, lambda w=section: core.load_checkpoint(folder, w))
    told.tell("runs")


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("model.extra.weight", torch.zeros(3)),
        ("ema.model.downs.7.0.block1.proj.weight", torch.zeros(1)),
        ("optimizer.model.nothing.exp_avg", torch.zeros(1)),
        (f"optimizer.{WEIGHT}.exp_avg_cubed", torch.zeros(1)),
        ("another.section", torch.zeros(1)),
        (f"optimizer.{WEIGHT}.step", torch.tensor(0.0)),
        (f"optimizer.{WEIGHT}.step", torch.tensor(-3.0)),
        (f"optimizer.{WEIGHT}.step", torch.ones(2)),
    ],
)
def test_what_a_run_does_not_know(
    run: Path, tmp_path: Path, state: SessionState, name: str, tensor: torch.Tensor
) -> None:
    path = changed_run(copy_run(run, tmp_path / "run"), {name: tensor})
    with pytest.raises(CheckpointError, match=name.removeprefix("optimizer.").replace(".", r"\.")):
        state.restore(path)


def test_a_mean_of_squares_below_0(run: Path, tmp_path: Path, state: SessionState) -> None:
    name = f"optimizer.{WEIGHT}.exp_avg_sq"
    tensors = load_file(run / TENSORS)
    path = changed_run(copy_run(run, tmp_path / "run"), {name: first(-1)(tensors[name])})
    with pytest.raises(CheckpointError, match="exp_avg_sq"):
        state.restore(path)


def foreign_changes(content: dict[str, Any]) -> Iterable[tuple[str, str, Callable[[Change], dict[str, Any]]]]:
    """(what, the name that must be told, what makes the changed content) for each part of the library's file."""

    small = {"step": 1, "model": content["model"]}

    def put(section: str, name: str) -> Callable[[Change], dict[str, Any]]:
        def changed(change: Change) -> dict[str, Any]:
            part = {**content[section], name: change(content[section][name])}
            return {**small, section: {key: value for key, value in part.items() if value is not None}}

        return changed

    def moment(change: Change) -> dict[str, Any]:
        state = content["opt"]["state"]
        parts = {**state[0], "exp_avg": change(state[0]["exp_avg"])}
        moments = {key: value for key, value in parts.items() if value is not None}
        return {**small, "opt": {**content["opt"], "state": {**state, 0: moments}}}

    short = WEIGHT.removeprefix("model.")
    yield "model", short, put("model", WEIGHT)
    yield "ema", short, put("ema", f"ema_model.{WEIGHT}")
    yield "table", "posterior_mean_coef1", put("model", "posterior_mean_coef1")
    yield "moment", "parameter 0", moment


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_in_the_librarys_file(tmp_path: Path, everything: bool) -> None:
    told, path = Told(), tmp_path / "model-1.pt"
    for section, name, changed in foreign_changes(library_content()):
        for what in WRONG if everything or section == "model" else FEW:
            torch.save(changed(WRONG[what]), path)
            if section == "moment" and what in ("complex64", "float8"):
                name = "exp_avg"
            told.refuse(f"{section} {what}", name, lambda: read_library_checkpoint(path))
            if section == "moment":
                name = "parameter 0"
    told.tell("the library's files")


@pytest.mark.long
def test_in_bare_weights(tmp_path: Path) -> None:
    told, path = Told(), tmp_path / "weights.safetensors"
    state = {name: tensor.clone() for name, tensor in library_content()["model"].items()}
    for name in (WEIGHT, "betas"):
        for what, change in WRONG.items():
            changed = {**state, name: change(state[name])}
            save_file({key: tensor for key, tensor in changed.items() if tensor is not None}, path)
            of_schedule = {"too large for float32": "its β", "another shape": "noise schedule", "empty": "betas"}
            of_schedule["as many numbers, another shape"] = "noise schedule"
            shown = of_schedule.get(what, name) if name == "betas" else name.removeprefix("model.")
            told.refuse(f"{name} {what}", shown, lambda: core.load_checkpoint(path))
    told.tell("safetensors")


@pytest.mark.parametrize("dtype", CONVERTED)
def test_what_is_converted(run: Path, tmp_path: Path, state: SessionState, dtype: torch.dtype) -> None:
    tensors = load_file(run / TENSORS)
    folder = change_tensors(
        copy_run(run, tmp_path / "run"), {name: tensor.to(dtype) for name, tensor in tensors.items()}
    )
    loaded = core.load_checkpoint(folder).state_dict()
    assert all(torch.equal(loaded[name], tensors[f"ema.{name}"].to(dtype).float()) for name in loaded)
    assert {tensor.dtype for tensor in loaded.values()} == {torch.float32}
    state.restore(folder / DESCRIPTION)


def test_tensors_when_the_file_is_cut_off_after_it_was_judged_then_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    save_file({"a": torch.ones(1000), "b": torch.ones(1000)}, path)
    file = TensorFile(path)
    assert file.read("a").sum() == 1000
    os.truncate(path, path.stat().st_size - 8)
    with pytest.raises(CheckpointError, match="cut"):
        file.read("b")


def test_tensors_when_another_file_takes_the_place_after_it_was_judged_then_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "changed.safetensors"
    for other in ({"a": torch.ones(1001)}, {"a": torch.ones(1000, dtype=torch.int32)}, {"b": torch.ones(1000)}):
        save_file({"a": torch.ones(1000)}, path)
        file = TensorFile(path)
        save_file(other, path)
        with pytest.raises(CheckpointError, match="changed"):
            file.read("a")


def test_truths_when_a_byte_is_neither_then_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "truths.safetensors"
    save_file({"a": torch.tensor([True, False, True])}, path)
    assert TensorFile(path).read("a").tolist() == [True, False, True]
    path.write_bytes(path.read_bytes()[:-1] + b"\2")
    with pytest.raises(CheckpointError, match="neither"):
        TensorFile(path).read("a")
