"""A folder that changes after its scan is noticed, a little work at a time."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from core.pictures.folder import watching
from core.pictures.folder.scan import scan_all
from core.pictures.folder.watching import Changes, Watch
from core.runs.run import RUN_FILE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png", "sub/c.png", "sub/deeper/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / name)
    (tmp_path / "dangling.png").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(".")
    return tmp_path


def counts(changes: Changes) -> tuple[int, int, int]:
    return changes.new, changes.gone, changes.changed


def rounds(watch: Watch, count: int = 1) -> Changes:
    for _ in range(count):
        changes = watch.changes(look_s=10)
    return changes


def touch(path: Path) -> None:
    """Some file systems count time in steps that a test is quicker than."""
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))


def test_nothing_changed(folder: Path) -> None:
    changes = rounds(Watch(scan_all(folder)), 2)
    assert not changes and changes.rounds == 2
    touch(folder)
    assert not rounds(Watch(scan_all(folder)))


def test_new_gone_and_changed_files_are_counted_and_forgotten_when_undone(folder: Path) -> None:
    watch = Watch(scan_all(folder))
    (folder / "new.png").write_bytes(b"")
    (folder / "sub" / "new too").write_bytes(b"")
    (folder / "another folder").mkdir()
    (folder / "run").mkdir()
    (folder / "run" / RUN_FILE).write_text("{}")  # a run's folder is none of ours
    (folder / "a.png").unlink()
    touch(folder / "b.png")
    touch(folder)
    touch(folder / "sub")
    changes = rounds(watch)
    assert changes and counts(changes) == (3, 1, 1)
    (folder / "new.png").unlink()
    touch(folder)
    assert counts(rounds(watch)) == (2, 1, 1)


def test_a_folder_that_is_gone_takes_its_files_with_it(folder: Path) -> None:
    watch = Watch(scan_all(folder))
    (folder / "sub").rename(folder.parent / f"{folder.name} elsewhere")
    touch(folder)
    assert counts(rounds(watch)) == (0, 2, 0)
    (folder.parent / f"{folder.name} elsewhere").rename(folder / "sub")
    touch(folder)
    assert counts(rounds(watch)) == (0, 0, 0)


def test_what_is_no_picture_is_no_news(folder: Path) -> None:
    (folder / "notes.txt").write_text("one")
    watch = Watch(scan_all(folder))
    (folder / ".DS_Store").write_bytes(b"1")
    (folder / "Thumbs.db").write_bytes(b"1")
    (folder / "notes.txt").write_text("another")
    touch(folder)
    assert not rounds(watch)
    (folder / ".hidden.png").write_bytes(b"")
    touch(folder)
    assert counts(rounds(watch)) == (1, 0, 0)


def test_a_disk_that_is_taken_out_loses_no_files(folder: Path) -> None:
    watch = Watch(scan_all(folder))
    assert not rounds(watch)
    elsewhere = folder.rename(folder.parent / f"{folder.name} elsewhere")
    changes = watch.changes()
    assert changes.away and changes and counts(changes) == (0, 0, 0)
    folder.mkdir()  # as the place of a disk is, where nothing is mounted
    assert watch.changes().away
    folder.rmdir()
    elsewhere.rename(folder)
    assert not rounds(watch)


def test_where_files_came_or_went_is_looked_at_first(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number % 3}").mkdir(exist_ok=True)
        (tmp_path / f"{number % 3}" / f"{number}.png").touch()
    Image.new("L", (4, 4)).save(tmp_path / "0.png")
    watch = Watch(scan_all(tmp_path))
    assert not watch.changes(look_s=0.0005)
    (tmp_path / "2" / "2999.png").unlink()
    (tmp_path / "2" / "new.png").touch()
    touch(tmp_path / "2")
    assert watch.changes(look_s=0).written == 1, "said before it is counted"
    for _ in range(200):
        changes = watch.changes(look_s=0)
        if not changes.written:
            break
    assert counts(changes) == (1, 1, 0) and changes.rounds == 0
    assert counts(rounds(watch, 3)) == (1, 1, 0)


def test_one_look_ends_with_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "0.png")
    for number in range(1, 3000):
        (tmp_path / f"{number}.png").hardlink_to(tmp_path / "0.png")
    watch = Watch(scan_all(tmp_path))
    (tmp_path / "2999.png").unlink()
    now_ms = itertools.count()  # each look at the clock takes a millisecond
    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=lambda: next(now_ms) / 1000))
    looks = 1
    while watch.changes(look_s=0.002).rounds < 1:
        looks += 1
    assert looks > 3000 / (3 * watching._STRIDE), "three strides of files at most in each"
    assert watch.changes().gone == 1


def test_what_cannot_be_looked_at_hides_nothing_else(folder: Path) -> None:
    watch = Watch(scan_all(folder))
    for number in range(10):
        (folder / f"{number}.png").write_bytes(b"")
        (folder / f"round {number}").symlink_to(f"round {number}")
    touch(folder)
    assert counts(rounds(watch)) == (10, 0, 0)
