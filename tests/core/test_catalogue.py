"""The catalogue's rows, and those that other packages add: the code of resources/docs/extending.md runs here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core import catalogue
from core.catalogue import SAMPLERS, SCHEDULES, TABLES, Option, Row, ScheduleRow, add_row
from core.cli.main import main
from core.errors import ConfigError
from core.presets import preset
from core.runs.run import Run
from core.settings import RunConfig

PAGE = Path(__file__).parents[2] / "resources" / "docs" / "extending.md"
RUN = ["--preset", "sketch", "--steps", "2", "--set", "dim=8", "--set", "dim_mults=1,2", "--set", "batch_size=2"]
RUN += ["--set", "sample_count=1", "--set", "sample_steps=2", "--set", "image_size=8"]


@pytest.fixture(autouse=True)
def tables_as_they_were() -> Iterator[None]:
    """Rows that a test adds are gone after it."""
    before = {kind: dict(table) for kind, table in TABLES.items()}
    yield
    for kind, table in TABLES.items():
        table.clear()
        table.update(before[kind])
    catalogue.BROKEN.clear()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The page's package, as an installer leaves it: modules, and a folder that says its entry points."""
    site = tmp_path / "site"
    info = site / "mine-1.0.dist-info"
    info.mkdir(parents=True)
    toml, *modules = re.findall(r"```(?:toml|python)\n# (\S+)[^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for name, code in modules:
        (site / name).write_text(code, "utf-8")
    (entry,) = re.findall(r'^(\w+) = "([\w:]+)"$', toml[1], re.MULTILINE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{catalogue.GROUP}]\n{entry[0]} = {entry[1]}\n")
    return site


def python(site: Path | None, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site or "")}
    return subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_package_of_the_page_when_installed_trains_and_samples_and_is_missed_when_removed(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    options = ["--set", "beta_schedule=even", "--set", "schedule_fn_kwargs=rest=0.01", "--seed", "3", "--device", "cpu"]
    trained = python(package, "-m", "core", "train", "digits", "--run", str(run), *RUN, *options)
    assert trained.returncode == 0, trained.stderr
    sample = ["-m", "core", "sample", str(run), "--out", str(out), "--n", "1", "--sampler", "renoise", "--steps", "3"]
    sampled = python(package, *sample)
    assert sampled.returncode == 0, sampled.stderr
    assert json.loads((run / "run.json").read_text("utf-8"))["config"]["diffusion"]["beta_schedule"] == "even"
    # Without the package: the run opens, and says what it needs when it is to compute.
    opened = Run.open(run)
    assert opened.config.diffusion.beta_schedule == "even" and not SCHEDULES["even"].installed
    assert any("“even”" in str(problem) for problem in opened.config.problems())
    assert main(["inspect", str(run)]) == 0
    assert main(["sample", str(run), "--out", str(tmp_path / "other"), "--n", "1"]) != 0
    assert "This needs “even”, which is not installed here" in capsys.readouterr().err


def test_rows_of_the_page_when_imported_load_no_torch(package: Path) -> None:
    code = "import sys, core.catalogue as c; assert 'renoise' in c.SAMPLERS and 'torch' not in sys.modules, c.BROKEN"
    done = python(package, "-c", code)
    assert done.returncode == 0, done.stderr


def row(**fields: Any) -> ScheduleRow:
    usual = {"name": "mine", "title": "Mine", "help": "It is mine", "source": "me", "implementation": "a:b"}
    return ScheduleRow(**{**usual, **fields})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (SimpleNamespace(name="mine"), "is no row of the catalogue"),
        (Row("mine", "Mine", "It is", "me", "a:b"), "is no row of the catalogue"),
        (row(title=""), "must say its name, title"),
        (row(implementation="nowhere"), "must say its name, title"),
        (row(name="Mine Own"), "cannot name a row"),
        (row(name="cosine"), "There is a row cosine already, Cosine"),
    ],
)
def test_add_row_when_the_row_is_invalid_raises_a_sentence(wrong: object, says: str) -> None:
    before = dict(SCHEDULES)
    with pytest.raises(ConfigError, match=says):
        add_row(wrong)
    assert before == SCHEDULES


def test_package_when_broken_is_named_and_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Row]:
        raise RuntimeError("no licence")

    entries = [
        SimpleNamespace(name="bad", value="bad:ROWS", load=lambda: broken),
        SimpleNamespace(name="worse", value="worse:ROWS", load=lambda: [object()]),
        SimpleNamespace(name="good", value="good:ROWS", load=lambda: [row(options=(Option("a", "A", 1, 0, 2, 1),))]),
    ]
    monkeypatch.setattr(catalogue, "entry_points", lambda group: entries if group == catalogue.GROUP else [])
    catalogue.add_rows_of_packages()
    assert SCHEDULES["mine"].filled({}, "schedule_fn_kwargs") == {"a": 1}
    assert len(catalogue.BROKEN) == 2
    assert catalogue.BROKEN[0] == "the rows of bad (bad:ROWS) are left out: bad says “no licence”"
    assert metadata.entry_points(group="no such group") is not None


def test_row_when_its_implementation_is_missing_raises_at_load() -> None:
    add_row(row(implementation="nowhere_at_all:betas"))
    with pytest.raises(ConfigError, match="Mine cannot be used: nowhere_at_all:betas cannot be imported"):
        SCHEDULES["mine"].load()


def test_settings_when_a_variant_is_not_installed_are_read_and_refuse_to_train() -> None:
    plain = preset("sketch").config.to_dict()
    plain["diffusion"]["beta_schedule"] = "theirs"
    config = RunConfig.from_dict(plain)
    assert config.diffusion.beta_schedule == "theirs"
    assert [error.code for error in config.problems()] == ["catalogue.not-installed"]
    assert "theirs" not in SCHEDULES and RunConfig.from_dict(config.to_dict()) == config
    assert config.with_settings({"steps": 7}).diffusion.beta_schedule == "theirs"
    plain["diffusion"]["beta_schedule"] = "../../etc"
    with pytest.raises(ConfigError, match="is not a value of beta_schedule"):
        RunConfig.from_dict(plain)


@pytest.mark.parametrize("table", TABLES.values(), ids=[kind.__name__ for kind in TABLES])
def test_rows_of_the_program_when_loaded_have_an_implementation(table: dict[str, Row]) -> None:
    for name, own in table.items():
        assert own.name == name and own.installed and own.load() is not None
    assert SAMPLERS["ddim"].takes_eta
