"""Verdicts are kept between scans: believed for the very same file, by the same rules, and for nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.pictures.decode.pool import results
from core.pictures.feed.cache_folder import FOLDER_VARIABLE
from core.pictures.folder import kept as keeping
from core.pictures.folder import scan as scanning
from core.pictures.folder.file_table import FileTable, FolderFiles
from core.pictures.folder.picture_files import PASSED_OVER, UNJUDGED, Verdicts
from core.pictures.folder.scan import Scan, VerdictCache, scan_all
from tests.clocks import compare
from tests.figures import figure

RNG = np.random.default_rng(0)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really judged."""
    told: list[str] = []

    def counting(task: str, files: object) -> object:
        def seen() -> object:
            for row, path in files:  # type: ignore[attr-defined]
                told.append(Path(path).name)
                yield row, path

        return results(task, seen())  # type: ignore[arg-type]

    monkeypatch.setattr(scanning, "results", counting)
    return told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    made.mkdir()
    for number in range(5):
        picture(made / f"{number}.png")
    Image.new("LA", (4, 4), (9, 0)).save(made / "clear.png")
    (made / "bad.png").write_text("no picture")
    (made / "notes").write_text("no picture either")
    return made


def picture(path: Path, size: tuple[int, int] = (8, 6)) -> None:
    Image.fromarray(RNG.integers(0, 255, (*size, 3), dtype=np.uint8)).save(path)


def again(folder: Path, judged: list[str]) -> Scan:
    judged.clear()
    return scan_all(folder)


def test_a_folder_that_was_judged_before_is_known_at_once(folder: Path, judged: list[str]) -> None:
    first = scan_all(folder)
    assert len(judged) == 8
    second = again(folder, judged)
    assert judged == []
    assert (second.pictures, second.skipped) == (first.pictures, first.skipped)
    assert len(second.pictures) == 6 and second.facts() == first.facts()


def test_what_changed_is_judged_again_and_nothing_else(folder: Path, judged: list[str]) -> None:
    scan_all(folder)
    picture(folder / "1.png", (30, 20))
    picture(folder / "new.png")
    (folder / "2.png").unlink()
    os.utime(folder / "3.png", ns=(1, 1))
    (folder / "0.png").rename(folder / "moved.png")
    copied = (folder / "4.png").stat()
    content = (folder / "4.png").read_bytes()
    (folder / "4.png").unlink()
    (folder / "other").write_bytes(b"takes the inode")
    (folder / "4.png").write_bytes(content)
    os.utime(folder / "4.png", ns=(copied.st_mtime_ns, copied.st_mtime_ns))
    inode_changed = (folder / "4.png").stat().st_ino != copied.st_ino
    found = again(folder, judged)
    assert sorted(judged) == sorted(["1.png", "new.png", "3.png", "moved.png", "other"] + ["4.png"] * inode_changed)
    assert {p.name: (p.width, p.height) for p in found.pictures}["1.png"] == (20, 30)


def kept_file(folder: Path) -> Path:
    (path,) = Path(VerdictCache().folder or "").glob("*.bin")
    return path


@pytest.mark.parametrize("how", ["flipped", "cut", "empty", "other", "impossible", "folder"])
def test_a_damaged_cache_is_thrown_away(folder: Path, judged: list[str], how: str) -> None:
    first = scan_all(folder)
    path = kept_file(folder)
    data = path.read_bytes()
    if how == "flipped":
        path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    elif how == "impossible":  # whole, and yet not what may stand there
        body = bytearray(data[len(keeping.MAGIC) + 16 :])
        body[-8:] = bytes(8)
        body[-12] = 0
        path.write_bytes(keeping.MAGIC + keeping.blake2b(bytes(body), digest_size=16).digest() + bytes(body))
    elif how == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes({"cut": data[:-5], "empty": b"", "other": b"something else"}[how])
    found = again(folder, judged)
    assert len(judged) == 8 and found.pictures == first.pictures


def test_other_rules_judge_again(folder: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    scan_all(folder)
    monkeypatch.setattr(VerdictCache, "_header", VerdictCache._header | {"pillow": "1.0"})
    again(folder, judged)
    assert len(judged) == 8


def test_nothing_but_facts_is_taken(folder: Path) -> None:
    scan_all(folder)
    data = kept_file(folder).read_bytes()
    length = int.from_bytes(data[len(keeping.MAGIC) + 16 :][:4], "little")
    header = json.loads(data[len(keeping.MAGIC) + 20 :][:length])
    assert set(header) == {"rules", "pillow", "codes", "formats", "heic", "modes"}
    assert set(header["modes"]) <= {"RGB", "LA"}
    assert b"pictures" not in data and b".png" not in data  # no names are kept, so none can be taken


def test_the_oldest_are_given_up_for_the_newest(tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    for number in range(4):
        folder = tmp_path / f"folder {number}"
        folder.mkdir()
        table, verdicts = synthetic(folder, 100)
        cache = VerdictCache(caches, quota_bytes=17_500)
        list(cache.recall(verdicts))
        verdicts.facts["code"] = PASSED_OVER
        cache.keep(verdicts)
        for path in caches.iterdir():
            os.utime(path, ns=(path.stat().st_mtime_ns - 10**9, path.stat().st_mtime_ns - 10**9))
    kept = list(caches.iterdir())
    assert len(kept) == 3 and cache._file(table.root) in kept
    assert sum(path.stat().st_size for path in kept) <= 17_500
    nothing = VerdictCache(tmp_path / "none", quota_bytes=0)
    list(nothing.recall(verdicts))
    nothing.keep(verdicts)
    assert not (tmp_path / "none").exists()


def test_the_place_can_be_chosen_and_need_not_be_writable(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judged: list[str]
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "chosen"))
    scan_all(folder)
    assert list((tmp_path / "chosen").rglob("*.bin"))
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "a file"))
    assert len(again(folder, judged).pictures) == 6 and len(judged) == 8


def test_what_may_pass_is_not_kept(folder: Path) -> None:
    table, verdicts = synthetic(folder, 4)
    cache = VerdictCache()
    list(cache.recall(verdicts))
    for row, code in enumerate(("too-slow", "no-permission", "truncated", "gone")):
        verdicts.set_refused(row, code)
    cache.keep(verdicts)
    fresh = Verdicts(table)
    list(VerdictCache().recall(fresh))
    assert [code == UNJUDGED for code in fresh.facts["code"].tolist()] == [True, True, False, True]


def synthetic(root: Path, count: int) -> tuple[FileTable, Verdicts]:
    """A table of files that need not be there."""
    table, files = FileTable(root), FolderFiles()
    table.add_folder("", 0)
    for number in range(count):
        status = os.stat_result((0o100644, number, 0, 0, 0, 0, 1000 + number, 0, 0, 0), {"st_mtime_ns": number})
        files.add(f"img_{number:07d}.png", 0, status, claims=True)
    for _ in table.add_files(files):
        pass
    return table, Verdicts(table)


@pytest.mark.clock
def test_a_hundred_thousand_verdicts_are_remembered_in_little_more_than_their_keys_take(tmp_path: Path) -> None:
    table, verdicts = synthetic(tmp_path, 100_000)
    cache = VerdictCache()
    list(cache.recall(verdicts))
    for row in range(0, 100_000, 1000):
        verdicts.set_picture(row, (row + 1, 7, "RGB", "PNG", False, True))
    verdicts.facts["code"][verdicts.facts["code"] == UNJUDGED] = PASSED_OVER
    cache.keep(verdicts)
    fresh = Verdicts(table)
    list(VerdictCache().recall(fresh))
    taken = compare(
        lambda: list(VerdictCache().recall(Verdicts(table))), lambda: [table.key(row) for row in range(len(table))]
    )
    measured = f"{taken.work_s:.2f} s of processor time, {taken.ratio:.1f} times what a loop over the keys takes"
    figure("I7", demanded="10⁵ verdicts remembered in < 1 s", measured=measured)
    assert np.array_equal(fresh.facts, verdicts.facts) and fresh.modes == ["RGB"]
    assert taken.ratio <= 6  # 1.3 here


def test_nothing_of_anybody_elses_is_given_up(tmp_path: Path) -> None:
    caches = tmp_path / "verdicts"
    caches.mkdir()
    mine, old = caches / "my own.bin", caches / f"{7:032x}.bin"
    for path in (mine, old):
        path.write_bytes(b"x" * 5000)
        os.utime(path, (0, 0))
    table, verdicts = synthetic(tmp_path, 100)
    cache = VerdictCache(caches, quota_bytes=7000)
    list(cache.recall(verdicts))
    verdicts.facts["code"] = PASSED_OVER
    cache.keep(verdicts)
    assert cache._file(table.root).exists() and mine.exists() and not old.exists()
