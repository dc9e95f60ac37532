"""A diffusion's tables are whole and belong together, or the file is refused with the name of the one that does not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

import core
from core.catalogue import SCHEDULES
from core.compat.files import _contradiction, recognise
from core.errors import CheckpointError, ConfigError
from core.runs.fitting import TABLES

OTHER = torch.linspace(0.001, 0.2, 20)


@pytest.fixture
def content(elsewhere: SimpleNamespace, tmp_path: Path) -> dict[str, Any]:
    tables = elsewhere.tables_of(elsewhere.betas_of("cosine", 20), "pred_x0")
    made: dict[str, Any] = elsewhere.write_library_file(tmp_path / "model-1.pt", elsewhere.network(), tables)
    return made


@pytest.mark.family(first=3)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_lost_or_another_is_named(tmp_path: Path, content: dict[str, Any], name: str) -> None:
    bare, training = tmp_path / "bare.pt", tmp_path / "model-2.pt"
    averaged = f"ema_model.{name}"

    def refused(path: Path, saved: object, words: str) -> None:
        torch.save(saved, path)
        with pytest.raises(CheckpointError, match=words):
            recognise(path)

    def without(section: str, lost: str) -> dict[str, Tensor]:
        return {key: tensor for key, tensor in content[section].items() if key != lost}

    refused(bare, without("model", name), f"it has no {name},")
    refused(training, {**content, "model": without("model", name)}, f"it has no {name},")
    refused(training, {**content, "ema": without("ema", averaged)}, f"it has no {name},")
    if name != "loss_weight":  # any weights are weights
        other = {**content["model"], name: OTHER}
        refused(bare, other, "does not go with its betas")
    ema = {**content["ema"], averaged: content["ema"][averaged] * 0.999}
    refused(training, {**content, "ema": ema}, "does not go with its betas|not the same for its raw")


def test_a_file_whose_tables_are_all_anothers_is_told_from_its_average(
    elsewhere: SimpleNamespace, tmp_path: Path, content: dict[str, Any]
) -> None:
    others = elsewhere.tables_of(elsewhere.betas_of("sigmoid", 20), "pred_x0")
    ema = {**content["ema"], **{f"ema_model.{name}": table for name, table in others.items()}}
    torch.save({**content, "ema": ema}, tmp_path / "m.pt")
    with pytest.raises(CheckpointError, match="betas is not the same for its raw and its averaged weights"):
        recognise(tmp_path / "m.pt")


def test_weights_of_the_loss_that_no_objective_gives_are_kept(tmp_path: Path, content: dict[str, Any]) -> None:
    path = tmp_path / "m.pt"
    strange = torch.linspace(1, 2, 20)
    content["model"]["loss_weight"] = strange
    del content["ema"]
    torch.save(content, path)
    assert recognise(path).defaults["objective"] == "pred_v"
    assert torch.equal(core.load_checkpoint(path).loss_weight, strange)
    said = core.load_checkpoint(path, objective="pred_noise")
    assert said.objective == "pred_noise" and torch.equal(said.loss_weight, strange)
    assert "objective" not in recognise(path, objective="pred_noise").unknown


def test_bare_weights_of_a_flow_look_like_those_of_noise_and_say_so(elsewhere: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "bare.pt"
    for schedule, likely in (("sigmoid", "pred_noise"), ("rectified_flow", "pred_flow")):
        made = core.GaussianDiffusion(
            elsewhere.network(), image_size=8, timesteps=20, objective="pred_flow", beta_schedule=schedule
        )
        torch.save(made.state_dict(), path)
        found = recognise(path)
        assert found.defaults["objective"] == likely and "min_snr_gamma" not in found.unknown
        for objective in ("pred_noise", "pred_flow"):
            assert core.load_checkpoint(path, objective=objective).objective == objective
        with pytest.raises(ConfigError, match="objective: the file says pred_"):
            core.load_checkpoint(path, objective="pred_x0")


@given(
    st.sampled_from(sorted(SCHEDULES)),
    st.integers(21, 2500),
    st.sampled_from([torch.float32, torch.float64, torch.bfloat16, torch.float16]),
)
@settings(max_examples=40, deadline=None)
def test_tables_that_belong_together_are_never_doubted(schedule: str, timesteps: int, dtype: torch.dtype) -> None:
    tables = _tables(schedule, timesteps)
    kept = {name: table.to(dtype) for name, table in tables.items()}
    finite = all(bool(table.isfinite().all()) for table in kept.values())
    if finite and bool(((kept["betas"] > 0) & (kept["betas"] < 1)).all()):
        assert _contradiction(kept) is None


@given(
    st.sampled_from(sorted(SCHEDULES)),
    st.sampled_from(TABLES[:-1]),
    st.integers(0, 99),
    st.integers(0, 1),
)
@settings(max_examples=40, deadline=None)
def test_one_number_that_is_off_by_a_thousandth_is_found(schedule: str, name: str, t: int, sign: int) -> None:
    tables = _tables(schedule, 100)
    number = tables[name][t]
    # A thousandth is less than a rounding of a logarithm near 0, and of what 1 − β is a factor of where β is nearly 1.
    legible = abs(number) > (0.5 if "log" in name else 1e-3) and tables["betas"][t] < 0.9
    if name != "betas" and legible:
        tables[name][t] = number * (1.001 if sign else 0.999)
        assert _contradiction(tables) is not None
    tables = _tables(schedule, 100)
    tables["betas"][t] *= 1.001 if sign else 0.999
    assert tables["betas"][t] >= 1 or _contradiction(tables) is not None


def _tables(schedule: str, timesteps: int) -> dict[str, Tensor]:
    model = core.GaussianDiffusion(lambda x, *_: x, image_size=8, timesteps=timesteps, beta_schedule=schedule)
    return {name: table.clone() for name, table in model.named_buffers()}
