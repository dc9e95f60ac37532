"""A training left in the middle of a step, by a second Ctrl-C say: no checkpoint of a step that it is not of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from core.pictures.folder.scan import Scan
from core.runs.checkpoint import read_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import trainer
from core.training.state import EMA, SessionState
from core.training.step import StepResult
from tests.core.training.conftest import tensors, train


def interrupt_after(call: int, owner: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """KeyboardInterrupt in the so-manyth call of a method, before it does anything."""
    whole, calls = getattr(owner, name), []

    def broken(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == call:
            raise KeyboardInterrupt
        return whole(*arguments, **options)

    monkeypatch.setattr(owner, name, broken)


def test_half_an_update_is_not_saved(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The weights are those of step 6 by then, and the average is that of step 5.
    interrupt_after(6, EMA, "update", monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train(pictures, tiny, tmp_path / "run")
    assert Run.open(tmp_path / "run").state().step == 4


def test_a_whole_update_is_saved_as_the_step_that_it_is(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    six = tiny.with_settings({"checkpoint_every": 6})
    train(pictures, six, tmp_path / "whole", until=lambda event: getattr(event, "step", 0) == 6)
    taken = trainer.take_step

    def interrupted(state: SessionState, *arguments: Any, **options: Any) -> StepResult | None:
        result = taken(state, *arguments, **options)
        if state.step == 6:  # the session has not yet counted it
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(trainer, "take_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(pictures, tiny, tmp_path / "run")
    path, _ = Run.open(tmp_path / "run").newest_checkpoint()
    assert path is not None and read_checkpoint(path).step == 6
    whole, found = tensors(tmp_path / "whole"), tensors(tmp_path / "run")
    assert all(torch.equal(found[name], whole[name]) for name in whole)
