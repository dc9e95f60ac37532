"""The benches run at all, and their parts mean what the tables say; nothing is measured here."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.catalogue import SCHEDULES
from core.diffusion.noise import assign_noise
from core.networks.build import build_diffusion
from core.pictures.folder.scan import scan_all
from core.presets import PRESETS
from core.quality.measures import frechet_distance
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.run import Run
from core.samplers import SAMPLERS
from core.settings import USUAL_SAMPLER, USUAL_STEPS, RunConfig
from tests.bench import (
    autoguidance,
    brightness,
    gpu,
    keeping,
    loading,
    pairs,
    precision,
    ready_models,
    scrubbing,
    twins,
)
from tests.bench.immiscible import VARIANTS, OtherNoiseInTheTarget, Result, build, held_out_losses, table, train
from tests.bench.tables import mean_and_spread, write_table


@pytest.mark.long
def test_every_pairing_trains_and_is_measured_with_plain_diffusion() -> None:
    pictures = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    distances = {}
    for name, variant in VARIANTS.items():
        diffusion, distances[name] = train(variant, pictures, seed=0, steps=1, batch=4)
        assert type(diffusion).__name__ == "GaussianDiffusion"
        assert all(np.isfinite(held_out_losses(diffusion, pictures, rounds=1)))
    assert distances["assignment"] == distances["mistake"] < distances["off"]
    assert distances["candidates"] < distances["off"]


def test_the_mistake_is_the_one_that_is_meant() -> None:
    mistaken = build(VARIANTS["mistake"], seed=0)
    assert isinstance(mistaken, OtherNoiseInTheTarget)
    x_start, t = torch.randn(8, 1, 28, 28), torch.full((8,), 500)
    noise = torch.randn_like(x_start)
    assert torch.equal(mistaken.prepare_noise(x_start, noise), noise)  # of which the target is made
    in_x_t = mistaken.predict_noise_from_start(mistaken.q_sample(x_start, t, noise), t, x_start)
    torch.testing.assert_close(in_x_t, assign_noise(x_start, noise), rtol=1e-3, atol=1e-3)


def test_frechet_distance() -> None:
    cloud = np.random.default_rng(0).normal(size=(4000, 3))
    assert frechet_distance(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(cloud, cloud + np.array([3, 0, 4])) == pytest.approx(25)
    assert frechet_distance(cloud, 2 * cloud) == pytest.approx(3, rel=0.1)  # three axes, each (2 − 1)²


@pytest.mark.long
def test_twins_are_measured_beside_two_runs(tmp_path: Path) -> None:
    for number in range(3):
        Image.fromarray(np.full((8, 8), 80 * number, np.uint8)).save(tmp_path / f"{number}.png")
    tiny = {"dim": 8, "dim_mults": (1,), "timesteps": 50, "batch_size": 2, "image_size": 8, "patch_size": 1}
    config = PRESETS["sketch"].config.with_settings(tiny)
    table = twins.table(scan_all(tmp_path), config, 0.0, steps=1, threads=1, least=1)
    assert [line.split(" | ")[0] for line in table.splitlines()[2:]] == [
        "| two runs, their steps alone",
        "| two runs",
        "| twins",
    ]


def test_keeping_is_measured_beside_sampling_alone() -> None:
    table = keeping.sampling(0.0, 2, 1)
    assert [line.split(" | ")[0] for line in table.splitlines()[2:5]] == ["| alone", "| recorded", "| kept"]


def test_the_recording_that_is_scrubbed_through_is_ddpms() -> None:
    recording = scrubbing.recording(steps=4, count=2, size=8)
    for step in range(4):
        deviation = recording.deviation(step)
        assert deviation is not None and deviation < 1e-5
    assert recording.has("pred_v", 2) and recording.has("clipped", 2)


def test_batches_are_delivered_by_both(tmp_path: Path) -> None:
    loading.make_folder(tmp_path / "pictures", 12, 16)
    scan = scan_all(tmp_path / "pictures")
    pairs = [(1.0, 0.25), (3.0, 0.5), (2.0, loading.ours(scan, 8, 3, tmp_path / "cache"))]
    assert loading.TheirDataset(tmp_path / "pictures", 8)[3].shape == (3, 8, 8)
    waits = loading.waiting(scan, 8, tmp_path / "cache", tmp_path / "run")
    assert 0 <= waits.first_epoch < 1 and 0 <= waits.later < 1
    lines = loading.table(pairs, 0.1, loading.pictures_per_second(scan, 8, tmp_path / "cache", 0.01), waits)
    assert "| 2.0 |" in lines[2] and all(line.count("|") == 5 for line in lines)


@pytest.mark.long
def test_guides_are_the_earlier_checkpoints_and_the_raw_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = {"dim": 8, "dim_mults": (1,), "attn_heads": 1, "attn_dim_head": 4, "image_size": 28, "channels": 1}
    config = RunConfig().with_settings({**tiny, "timesteps": 50, "horizontal_flip": False})
    run = Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=9)
    for step in (3, 6, 9):
        state = build_diffusion(config).state_dict()
        save_checkpoint(run.checkpoints_folder, Checkpoint(step=step, config=config, model=state, ema=state))
    words = ["--steps", "5", "--scales", "1.5", "3", "--samples", "4", "--seeds", "1", "--calls", "2"]
    for _ in "ab":  # the second time everything is known
        autoguidance.main([str(run.folder), *words])
        *measured, heads, _, early, raw = capsys.readouterr().out.strip().splitlines()
        assert heads == "| guide | scale 1.5 | scale 3 |"
        assert early.startswith("| step 3 |") and raw.startswith("| its raw weights |")
        assert all(float(cell) > 0 for line in (early, raw) for cell in line.split("|")[2:4])
    assert len(measured) == 2


def test_a_table_replaces_the_one_of_its_name(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- speed -->\nold\n<!-- /speed -->\nafter\n", "utf-8")
    results = {name: [Result(38.0, 0.03, 0.02, 2.0), Result(38.0, 0.05, 0.02, 4.0)] for name in VARIANTS}
    write_table(readme, "speed", table(results, 0.1))
    text = readme.read_text("utf-8")
    assert text.startswith("before\n<!-- speed -->\n")
    assert text.endswith("<!-- /speed -->\nafter\n")
    assert "old" not in text
    assert "40.00 ± 14.14" in text
    assert mean_and_spread([1.5]) == "1.50"


def test_what_is_kept_is_the_standard_deviation_of_what_is_sampled() -> None:
    # By drawing, with a sampler that adds noise: what the impulses say.
    alphas_cumprod = torch.linspace(1, 0, 5)
    denoiser = brightness.ExactDenoiser(alphas_cumprod.double(), 64)
    assert denoiser(torch.ones(1, 1, 1, 2), torch.tensor([0])).flatten().tolist() == pytest.approx([1, 1])
    assert brightness.kept("cosine", "ddpm", 1000, 28**2) == pytest.approx((0.99, 0.89), abs=0.01)


def test_the_default_sampler_of_the_presets_keeps_the_spread_of_brightness() -> None:
    assert {preset.config.train.sample_sampler for preset in PRESETS.values()} == {USUAL_SAMPLER}
    assert SAMPLERS[USUAL_SAMPLER].usual_steps == USUAL_STEPS
    for preset in PRESETS.values():
        schedule = preset.config.diffusion.beta_schedule
        for channels in (1, 3):
            dimensions = channels * preset.size_limit(channels) ** 2
            shares = brightness.kept(schedule, USUAL_SAMPLER, preset.config.train.sample_steps, dimensions)
            assert min(shares) > 0.9
            assert max(shares) < 1.02


def test_the_table_of_samplers_says_what_is_known_of_ddim() -> None:
    known = [brightness.kept("sigmoid", "ddim", 25, dimensions)[0] for dimensions in brightness.SIZES.values()]
    assert known == pytest.approx([0.60, 0.46, 0.21, 0.14], abs=0.006)
    assert {schedule for schedule, _, _ in brightness.rows()} == set(SCHEDULES)
    assert {name for _, name, _ in brightness.rows()} == set(SAMPLERS)


@pytest.mark.long
def test_lines_of_the_card_when_one_fails_or_time_ends_then_say_why() -> None:
    said: list[str] = []
    tiny = gpu.lines("cpu", dry=True)
    graph = next(line for line in tiny if gpu.FORMS[line.form].how == "graph")
    session = next(line for line in tiny if gpu.FORMS[line.form].how == "session")
    gpu.table([graph, session], time.monotonic() + 250, said.append)
    assert said[:2] == [*gpu.HEAD] and "NotImplementedError: CUDA graphs" in said[2]
    assert all(text.count("|") == gpu.HEAD[0].count("|") for text in said)
    assert [cell.strip() for cell in said[3].split("|")][4] != ""
    gpu.table([session], time.monotonic(), said.append)
    assert "no time was left" in said[-1]


@pytest.mark.long
def test_worker_of_the_card_when_it_hangs_then_is_ended_and_the_next_line_has_another() -> None:
    worker, line = gpu.Worker(), gpu.lines("cpu", dry=True)[0]
    try:
        assert worker.measure(line, 0.01) == (None, "not done in 0 s")
        ended = worker._running()
        ended.kill()
        measured, reason = worker.measure(line, 250)
        assert measured is None and "ended with" in reason
        measured, reason = worker.measure(line, 250)
        assert measured is not None and measured.steps_per_s and not reason
    finally:
        worker.close()


@pytest.mark.long
def test_dry_run_when_there_is_no_pyside6_then_goes_through_everything(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['PySide6'] = sys.modules['pyqtgraph'] = sys.modules['pytestqt'] = None\n", "utf-8"
    )
    command = [sys.executable, "-m", "tests.bench.gpu", "--dry-run", "--out", str(tmp_path / "out")]
    path = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{gpu.HOME}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(command, cwd=gpu.HOME, env={**os.environ, **path}, timeout=280, check=False)
    assert ended.returncode == 0
    told = (tmp_path / "out" / "gpu.md").read_text("utf-8")
    assert re.search(r"tests marked gpu: .*skipped", told)
    assert told.count("one step went through") == len(gpu.SIZES)
    assert "everything is saved" in told and "samples: " in told


def test_precisions_are_compared_within_a_seed_and_seeds_in_float32() -> None:
    def curve(loss: float) -> precision.Curve:
        return precision.Curve([9.0] * 400 + [loss] * 200, asked=loss)

    curves = {0: {"off": curve(1.0), "bf16": curve(1.02)}, 1: {"off": curve(1.1), "bf16": curve(1.1)}}
    assert curve(1.0).smoothed().tolist() == [9, 9, 1]
    assert precision.line("digits", curves) == "| digits | 600 | 2.00% | 10.00% | 2.00% | 10.00% |"


@pytest.mark.long
def test_a_ready_model_is_packed_as_a_finished_run(tmp_path: Path) -> None:
    tiny = {"image_size": 8, "dim": 8, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 8, "timesteps": 50}
    config = RunConfig().with_settings(
        {**tiny, "sample_steps": 5, "sample_every": 5, "checkpoint_every": 5, "amp": "off"}
    )
    run = ready_models.train("faces", tmp_path, 3.0, config)
    size = ready_models.pack(run, tmp_path / "packed")
    packed = Run.open(tmp_path / "packed")
    assert (packed.config, packed.state()) == (run.config, run.state())
    newest, bad = packed.newest_checkpoint()
    assert newest is not None and not bad
    files = [path for path in packed.folder.rglob("*") if path.is_file()]
    assert size == sum(path.stat().st_size for path in files) < ready_models.MOST_BYTES
    assert str(tmp_path) not in (packed.folder / "log.txt").read_text("utf-8")


@pytest.mark.long
def test_super_resolution_is_measured_beside_interpolation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(12):
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    settings = {
        "dim": 8,
        "dim_mults": (1, 2),
        "attn_heads": 1,
        "attn_dim_head": 8,
        "image_size": 8,
        "channels": 1,
        "horizontal_flip": False,
        "condition": "low-resolution",
        "hold_out": 0.5,
    }
    config = PRESETS["sketch"].config.with_settings({**settings, "patch_size": 1})
    run = Run.create(tmp_path / "run", config, source_folder=folder, device="cpu", planned_total=1)
    state = build_diffusion(config).state_dict()
    save_checkpoint(run.checkpoints_folder, Checkpoint(step=1, config=config, model=state, ema=state))
    pairs.main([str(run.folder), str(folder), "--pictures", "3", "--draws", "1", "2"])
    said = capsys.readouterr().out
    assert all(f"| {name} |" in said for name in ("nearest", "bicubic", "one sample", "mean of 2 samples"))
    assert pairs.psnr(pairs.squared_error(np.full((1, 2, 2, 1), 51, np.uint8), np.zeros((1, 2, 2, 1), np.uint8))) == (
        pytest.approx(10 * np.log10(25))
    )
