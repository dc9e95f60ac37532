"""D7: a run of every format that there was opens and goes on; one of a newer format is refused in words, untouched."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from core.compat import weights_file
from core.errors import StudioError
from core.runs import checkpoint_files, metrics_database
from core.runs import run as runs
from core.runs.atomic import json_text
from core.runs.checkpoint_files import checksum_of, pinned
from core.runs.metrics import MetricsWriter
from core.runs.opening import load_checkpoint
from core.runs.run import Run, RunStatus
from core.training.events import Finished, SaveFailed
from core.training.job import TrainingJob
from studio.app.settings import VERSION as SETTINGS_VERSION
from studio.app.settings import Settings
from tests.durability.faults import content_of
from tests.durability.saves import path_of
from tests.durability.tiny import make_pictures
from tests.figures import figure
from tests.golden.write_formats import FORMATS, STEPS, go_on, golden_config, norms, what_it_holds

VERSIONS = sorted(FORMATS.iterdir())


@pytest.fixture(params=VERSIONS, ids=lambda path: f"format {path.name}")
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the golden files of one version."""
    return Path(shutil.copytree(request.param, tmp_path / "golden"))


def test_there_are_golden_files_of_every_version() -> None:
    """A format that has been changed needs new ones: tests/golden/write_formats.py."""
    said = json.loads((VERSIONS[-1] / "run" / "run.json").read_text())
    described = json.loads(path_of(VERSIONS[-1] / "run" / "checkpoints", STEPS).read_text())
    assert (said["version"], described["version"]) == (runs.VERSION, checkpoint_files.VERSION)
    assert set(said) >= {"checksum", "plan", "changes"}


def test_a_run_of_an_old_format_opens_and_goes_on(golden: Path, tmp_path: Path) -> None:
    expected = json.loads((golden / "expected.json").read_text())
    found = what_it_holds(golden / "run")
    for name, value in found.items():
        if name == "config":  # settings that came later have their defaults
            for section, values in expected["config"].items():
                kept = value[section] if isinstance(values, str) else {key: value[section][key] for key in values}
                assert kept == values, section
        else:
            assert value == expected[name], name
    run = Run.open(golden / "run")
    assert run.state().status is RunStatus.FINISHED
    assert pinned(run.checkpoints_folder) == {STEPS}
    torch.manual_seed(0)
    model = load_checkpoint(golden / "run")
    np.testing.assert_allclose(model.sample(batch_size=1).reshape(-1)[:8], expected["a sample"], atol=1e-4)
    exported = load_checkpoint(golden / "weights.safetensors").state_dict()
    assert all(torch.equal(tensor, exported[name]) for name, tensor in model.state_dict().items())
    losses = go_on(golden / "run", make_pictures(tmp_path / "pictures"))
    np.testing.assert_allclose(losses, expected["further"]["losses"], rtol=1e-3)
    after = norms(golden / "run")
    for section, norm in expected["further"]["norms"].items():
        assert after[section] == pytest.approx(norm, rel=1e-4), section
    figure(
        "D7", demanded="every format version opens and goes on as then", measured=f"{len(VERSIONS)} of {len(VERSIONS)}"
    )


# --- newer ones --------------------------------------------------------------------------------------------


def rewrite(path: Path, version: int) -> None:
    """As a newer version of the program would write it: what this one cannot know, with a right checksum."""
    plain = {**json.loads(path.read_text()), "version": version, "wings": 2}
    plain.pop("checksum")
    path.write_text(json_text({**plain, "checksum": checksum_of(plain)}))


def newer_run(golden: Path) -> None:
    rewrite(golden / "run" / "run.json", runs.VERSION + 1)


def newer_checkpoint(golden: Path) -> None:
    rewrite(path_of(golden / "run" / "checkpoints", STEPS), checkpoint_files.VERSION + 1)


def newer_metrics(golden: Path) -> None:
    with closing(sqlite3.connect(golden / "run" / "metrics.sqlite")) as database:
        database.execute(f"PRAGMA user_version = {metrics_database.VERSION + 1}")


def newer_weights(golden: Path) -> None:
    path = golden / "weights.safetensors"
    said = json.dumps({"version": weights_file.METADATA_VERSION + 1, "settings": {"wings": 2}})
    safetensors.torch.save_file(safetensors.torch.load_file(path), path, {weights_file.METADATA_KEY: said})


def open_run(golden: Path) -> None:
    Run.open(golden / "run")


def go_on_with_it(golden: Path) -> None:
    go_on(golden / "run", make_pictures(golden.parent / "pictures"))


def load_run(golden: Path) -> None:
    load_checkpoint(golden / "run")


def write_metrics(golden: Path) -> None:
    MetricsWriter(golden / "run" / "metrics.sqlite")


def load_weights(golden: Path) -> None:
    load_checkpoint(golden / "weights.safetensors")


REFUSALS: list[tuple[Callable[[Path], None], Callable[[Path], None]]] = [
    (newer_run, open_run),
    (newer_run, go_on_with_it),
    (newer_checkpoint, load_run),
    (newer_checkpoint, go_on_with_it),
    (newer_metrics, write_metrics),
    (newer_weights, load_weights),
]


@pytest.fixture(scope="module")
def refused() -> set[object]:
    return set()


@pytest.mark.parametrize(("make", "use"), REFUSALS, ids=lambda step: step.__name__)
def test_a_newer_format_is_refused_in_words_and_untouched(
    golden: Path, make: Callable[[Path], None], use: Callable[[Path], None], refused: set[object]
) -> None:
    make(golden)
    before = content_of(golden)
    with pytest.raises(StudioError, match="newer version") as caught:
        use(golden)
    assert str(golden) in str(caught.value)
    assert content_of(golden) == before
    refused.add((make, use))
    measured = f"{len(refused)} of {len(REFUSALS)} ways to meet one"
    figure("D7", demanded="a newer one is refused in words, untouched", measured=measured)


def test_a_training_goes_on_beside_numbers_of_a_newer_format_and_leaves_them(golden: Path, tmp_path: Path) -> None:
    newer_metrics(golden)
    path = golden / "run" / "metrics.sqlite"
    before = path.read_bytes()
    job = TrainingJob(
        golden_config(),
        golden / "run",
        scan=make_pictures(tmp_path / "pictures"),
        device="cpu",
        resume=True,
        total=STEPS + 1,
    )
    events: list[Any] = list(job.run())
    assert isinstance(events[-1], Finished) and events[-1].step == STEPS + 1
    assert any(isinstance(event, SaveFailed) and "newer version" in event.reason for event in events)
    assert path.read_bytes() == before


def test_settings_of_a_newer_format_are_kept_and_those_of_this_one_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json_text({"version": SETTINGS_VERSION + 1, "theme": "dark", "wings": 2}))
    before = path.read_bytes()
    settings = Settings(path)
    assert settings.newer is not None and settings.newer.read_bytes() == path.read_bytes() == before
    assert settings["theme"] == "dark" and settings.save() is None
    assert json.loads(path.read_text())["wings"] == 2 and settings.newer.read_bytes() == before
