"""`ddpm-studio inspect`: what it prints for a person."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from core.cli.main import main
from core.networks.anatomy import network_map
from core.networks.build import build_network
from core.presets import preset
from core.runs.metrics import MetricsWriter
from core.runs.run import Run
from core.settings import SETTINGS

LIBRARY_FILE = Path(__file__).parents[1] / "golden" / "model-1.pt"


def printed(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["inspect", *map(str, words)]) == 0
    return capsys.readouterr().out


@pytest.fixture
def run(tmp_path: Path) -> Path:
    excluded = tuple(f"{number}.png" for number in range(1200))
    settings = {"image_size": 28, "channels": 1, "learning_rate": 0.0005, "excluded": excluded, "immiscible": False}
    config = preset("sketch").config.with_settings(settings)
    Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=1)
    return tmp_path / "run"


def test_inspect_when_a_run_is_printed_says_its_settings_in_the_words_and_order_of_the_form(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line.strip() for line in printed(capsys, run).splitlines()]
    assert "settings (* is not as the preset Sketch has it):" in lines and "{" not in "".join(lines)
    parts = [lines.index(part) for part in ("Picture", "Network", "Process", "Loss", "Training")]
    assert parts == sorted(parts)
    assert "Batch (batch_size): 32 pictures" in lines
    assert "* Learning rate (learning_rate): 0.0005; preset: 0.004" in lines
    assert "* Size (image_size): 28 px; preset: Auto" in lines
    # Of a thousand names the first, and how many there are.
    (excluded,) = (line for line in lines if "(excluded)" in line)
    assert "0.png, 1.png, " in excluded and " and 1,188 more" in excluded
    # What has no effect beside the others says nothing.
    assert not any("(immiscible_candidates)" in line for line in lines)


def test_inspect_when_a_run_has_failed_for_good_says_so_until_it_has_gone_on(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "checkpoints" / "step-00000400.json").write_text("{}")
    opened = Run.open(run)
    opened.record_plan(500, at_step=400)

    def told(kind: str) -> dict[str, object]:
        with closing(MetricsWriter(run / "metrics.sqlite")) as writer:
            writer.add_event(402, kind, kind)
        return json.loads(printed(capsys, run, "--json"))

    assert (told("rolled-back")["state"], told("failed")["state"]) == ("interrupted", "failed")
    assert json.loads(printed(capsys, run, "--json"))["failed_at"] == 402
    assert "state: failed at step 402" in printed(capsys, run).splitlines()
    facts = told("resumed")
    assert (facts["state"], facts["failed_at"]) == ("interrupted", None)


def test_inspect_when_a_run_failed_before_its_first_checkpoint_says_so(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(MetricsWriter(run / "metrics.sqlite")) as writer:
        writer.add_event(8, "failed", "NaN")
    assert "state: failed at step 8" in printed(capsys, run).splitlines()
    with closing(MetricsWriter(run / "metrics.sqlite")) as writer:
        writer.truncate_after(0)  # it goes on, from the start
    assert "state: new" in printed(capsys, run).splitlines()


def test_inspect_when_a_program_reads_it_has_every_setting_as_before(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = json.loads(printed(capsys, run, "--json"))
    assert list(facts)[-1] == "settings" and list(facts["settings"]) == list(SETTINGS)
    assert facts["settings"]["learning_rate"] == 0.0005 and facts["settings"]["immiscible_candidates"] == 0


def test_inspect_when_asked_for_the_network_prints_its_blocks_in_columns_and_their_total(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, *rows, total = printed(capsys, run, "--network").splitlines()
    config = Run.open(run).config
    with torch.device("meta"):
        blocks = network_map(build_network(config), 28)
    assert [line.split()[0] for line in rows] == [block.module for block in blocks]
    end = head.index("parameters") + len("parameters")
    assert all(line[:end].endswith(f" {block.parameters:,}") for line, block in zip(rows, blocks, strict=True))
    assert total.split()[:2] == ["total", f"{sum(block.parameters for block in blocks):,}"]
    assert any(line.endswith("takes the shortcut of downs.1.2") for line in rows)
    assert any(line.endswith("1 head of 16") for line in rows)


def test_inspect_when_a_program_asks_for_the_network_has_every_fact_of_the_map(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = json.loads(printed(capsys, run, "--network", "--json"))
    assert (said["kind"], said["height"], said["width"]) == ("network", 28, 28)
    assert said["parameters"] == sum(row["parameters"] for row in said["rows"])
    with torch.device("meta"):
        blocks = network_map(build_network(Run.open(run).config), 28)
    assert said["rows"] == json.loads(json.dumps([asdict(block) for block in blocks]))


def test_inspect_when_a_file_of_the_library_is_asked_for_its_network_prints_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = json.loads(printed(capsys, LIBRARY_FILE, "--network", "--json"))
    facts = json.loads(printed(capsys, LIBRARY_FILE, "--json"))
    assert said["parameters"] == facts["parameters"] > 0


def test_inspect_when_a_folder_has_no_network_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path), "--network"]) == 1
    assert "it is not a run folder" in capsys.readouterr().err
