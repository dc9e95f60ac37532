"""The list of runs: what it says is what their files say, a run is read once, and a stranger's words break nothing."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.presets import preset
from core.runs import listing
from core.runs.atomic import make_subfolder
from core.runs.grids import save_grid
from core.runs.listing import ListedFacts, Lister, count_parameters, differing, parents, read_facts
from core.runs.metrics import HELD_OUT, MetricsWriter
from core.runs.moving import TRASH, move_run, put_away, rename_run
from core.runs.run import Parent, Run
from core.runs.run_notes import LONGEST_NOTE, NOTES, RunNotes, read_notes, write_notes

CONFIG = preset("sketch").config.with_settings(
    {"dim": 8, "dim_mults": "1,2", "attn_heads": 1, "attn_dim_head": 8, "image_size": 8, "channels": 3, "steps": 20}
)


def make_run(folder: Path, config=CONFIG, parent: Parent | None = None) -> Run:
    run = Run.create(folder, config, source_folder=folder.parent, device="cpu", planned_total=20, parent=parent)
    with closing(MetricsWriter(run.metrics_path)) as writer:
        for step in range(1, 11):
            writer.add(step, 1 / step, 1e-3, 1.0, 50.0, 0.5 * step)
        writer.add_event(5, HELD_OUT, "0.25")
        writer.add_event(8, "resumed", "resumed from step 8")
        writer.add_event(10, HELD_OUT, "0.5")
        writer.add_event(10, HELD_OUT, "nan")
    save_grid(run.sample_path(10), np.zeros((4, 8, 8, 3), np.uint8), settings={})
    return run


def test_facts_when_read_are_those_of_the_files(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a")
    facts = read_facts(run.folder)
    assert facts.measured == listing.Measured(seconds=5.0, steps=10, held_out=0.25, resumed=1)
    assert facts.measured.seconds_per_step == 0.5
    assert facts.bytes == sum(
        path.stat().st_size for path in run.folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm"
    )
    assert facts.grid == run.sample_path(10)
    assert facts.standing is not None and not facts.standing.left and facts.config == CONFIG
    assert count_parameters(run.folder) is None, "nothing is saved yet"


def test_facts_when_a_training_failed_last_say_where(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a")
    with closing(MetricsWriter(run.metrics_path)) as writer:
        writer.add_event(10, "rolled-back", "")
        writer.add_event(10, "failed", "NaN")
    measured = read_facts(run.folder).measured
    assert (measured.failed_at, measured.rolled_back) == (10, 1)
    with closing(MetricsWriter(run.metrics_path)) as writer:
        writer.add_event(10, "resumed", "")
    assert read_facts(run.folder).measured.failed_at is None


def test_lister_when_nothing_changed_opens_nothing_again(tmp_path: Path, monkeypatch) -> None:
    runs = [make_run(tmp_path / name) for name in ("a", "b")]
    (tmp_path / "no run").mkdir()
    read: list[Path] = []
    monkeypatch.setattr(listing, "read_facts", lambda folder: read.append(folder) or read_facts(folder))
    lister = Lister()
    assert {facts.name for facts in lister.read(tmp_path)} == {"a", "b"}
    first = list(lister.read(tmp_path))
    assert sorted(read) == [tmp_path / "a", tmp_path / "b"]
    with runs[0].lock():
        owners = {facts.name: facts.standing.owner for facts in lister.read(tmp_path)}
    assert owners["a"].alive and owners["b"] is None, "a lock changes no time of a file"
    write_notes(tmp_path / "b", RunNotes("good", ("fast",), True))
    changed = {facts.name: facts for facts in lister.read(tmp_path)}
    assert changed["b"].notes == RunNotes("good", ("fast",), True)
    assert read.count(tmp_path / "b") == 2 and len(first) == 2


def test_facts_when_a_run_is_damaged_are_its_reason_and_its_size(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a")
    (run.folder / "run.json").write_text("{", "utf-8")
    facts = read_facts(run.folder)
    assert isinstance(facts.problem, RunError) and facts.config is None and facts.bytes > 0


def test_parents_when_runs_are_renamed_or_lie_are_found_and_never_a_circle(tmp_path: Path) -> None:
    def facts(name: str, created: str, parent: Parent | None = None) -> ListedFacts:
        return ListedFacts(tmp_path / name, 0.0, created=created, parent=parent)

    old, twin = facts("renamed", "2026-01-01"), facts("twin", "2026-01-02")
    branch = facts("branch", "2026-01-03", Parent("first", "2026-01-01", 5, ""))
    liars = [
        facts("x", "2026-02-01", Parent("y", "2026-02-02", 1, "")),
        facts("y", "2026-02-02", Parent("x", "2026-02-01", 1, "")),
        facts("self", "2026-03-01", Parent("self", "2026-03-01", 1, "")),
    ]
    found = parents([old, twin, branch, *liars])
    assert found[branch.folder] == old.folder
    assert found.get(liars[0].folder) == liars[1].folder and liars[1].folder not in found
    assert liars[2].folder not in found


def test_differing_when_settings_differ_names_only_those(tmp_path: Path) -> None:
    runs = [
        ListedFacts(tmp_path / name, 0.0, config=CONFIG.with_settings(changes))
        for name, changes in (("a", {}), ("b", {"seed": 7}), ("c", {"dim": 16}))
    ]
    assert differing(runs) == {"dim": (8, 8, 16), "seed": (0, 7, 0)}
    assert differing([runs[0], ListedFacts(tmp_path / "broken", 0.0)]) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"format": "ddpm-studio notes", "version": 1, "note": 7, "tags": [1, null, {}], "starred": "yes"}',
        b'{"format": "ddpm-studio notes", "version": 9, "note": "x"}',
        b"[" * 100_000,
    ],
)
def test_notes_when_a_stranger_wrote_them_say_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NOTES).write_bytes(content)
    assert read_notes(tmp_path) == RunNotes()


def test_notes_when_tags_are_odd_keep_what_can_be_shown(tmp_path: Path) -> None:
    write_notes(tmp_path, RunNotes("é\n中", (" a ", "a", "b,c", "\x1b[31m", ""), False))
    assert read_notes(tmp_path) == RunNotes("é\n中", ("a", "b c", "[31m"), False)
    assert json.loads((tmp_path / NOTES).read_text("utf-8"))["version"] == 1


def test_rename_when_a_run_is_free_moves_it_and_else_says_why(tmp_path: Path) -> None:
    run, other = make_run(tmp_path / "a"), make_run(tmp_path / "b")
    with run.lock(), pytest.raises(RunError, match="in use"):
        rename_run(run.folder, "c")
    for name in ("", "b", "x/y", "..", "a" * 300, "a\nb"):
        with pytest.raises(RunError):
            rename_run(run.folder, name)
    moved = rename_run(run.folder, " c ")
    assert moved == tmp_path / "c" and Run.open(moved).config == CONFIG and not run.folder.exists()
    away = put_away(moved, tmp_path)
    assert away.parent.name == TRASH and {facts.name for facts in Lister().read(tmp_path)} == {"b"}
    assert Run.open(move_run(away, moved)).config == CONFIG
    with other.lock(), pytest.raises(RunError, match="in use"):
        put_away(other.folder, tmp_path)


def test_notes_when_the_file_is_no_note_are_kept_beside_the_new_ones(tmp_path: Path) -> None:
    newer = json.dumps({"format": "ddpm-studio notes", "version": 2, "pages": ["of a newer program"]})
    for name, text in (("notes.damaged.json", newer), ("notes.damaged-2.json", "{ torn")):
        (tmp_path / NOTES).write_text(text)
        assert read_notes(tmp_path) == RunNotes()
        write_notes(tmp_path, RunNotes("Mine"))
        assert read_notes(tmp_path).note == "Mine"
        assert (tmp_path / name).read_text() == text
        write_notes(tmp_path, RunNotes("Mine again"))
        assert read_notes(tmp_path).note == "Mine again"


def test_notes_when_as_long_as_they_may_be_are_read_back(tmp_path: Path) -> None:
    notes = RunNotes(
        "\N{GRINNING FACE}" * LONGEST_NOTE, tuple("\N{GRINNING FACE}" * 39 + chr(65 + n) for n in range(20))
    )
    write_notes(tmp_path, notes)
    assert read_notes(tmp_path) == notes


def test_what_belongs_to_a_run_when_it_was_renamed_makes_no_folder_of_the_old_name(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a")
    rename_run(run.folder, "b")
    with pytest.raises(RunError):
        make_subfolder(run.folder / "quality")
    with pytest.raises(RunError):
        write_notes(run.folder, RunNotes("late"))
    assert not run.folder.exists()
