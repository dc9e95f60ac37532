"""Folders that systems and other programs keep are no data: passed over, told, and taken where that is wished."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from core.cli.main import main
from core.errors import DataError
from core.pictures.decode.pool import end_helpers
from core.pictures.folder.classes import class_notes
from core.pictures.folder.listing import is_hidden_folder
from core.pictures.folder.scan import Scan, scan_all
from core.pictures.folder.watching import Watch
from core.settings import DataConfig

HIDDEN = [
    ".ipynb_checkpoints", ".Trash-1000/files", "@eaDir", "__MACOSX/cat", ".thumbnails", "cat/.ipynb_checkpoints",
    "$RECYCLE.BIN", "System Volume Information", "lost+found", ".AppleDouble", "#recycle", "@Recycle", ".dtrash",
    ".git", ".Spotlight-V100", "Catalog Previews.lrdata", "__pycache__",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    for number, name in enumerate(("cat", "dog", *HIDDEN)):
        (root / name).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (24, 24), (9 * number, 80, 9)).save(root / name / "a.png")
    return root


def codes(scan: Scan) -> dict[str, str]:
    return {one.name.replace(os.sep, "/"): one.code for one in scan.skipped}


def test_hidden_folders_are_no_data_and_no_classes_and_are_told(folder: Path) -> None:
    scan = scan_all(folder)
    assert dict(scan.classes) == {"cat": 1, "dog": 1} and len(scan.pictures) == 2
    outermost = {name.split("/")[0] if not name.startswith("cat") else name for name in HIDDEN}
    assert codes(scan) == dict.fromkeys(outermost, "other-programs")
    assert scan.not_used == {"other-programs": len(outermost)} and not scan.hidden_folders


def test_hidden_folders_are_used_where_that_is_wished(folder: Path) -> None:
    scan = scan_all(folder, hidden=True)
    assert len(scan.pictures) == 2 + len(HIDDEN) and not scan.skipped and scan.hidden_folders
    assert "@eaDir" in scan.class_names


def test_the_chosen_folder_itself_may_be_hidden(folder: Path) -> None:
    scan = scan_all(folder / ".Trash-1000")
    assert [picture.name for picture in scan.pictures] == [os.path.join("files", "a.png")]  # noqa: PTH118 (a name)


def test_folders_that_only_sound_alike_are_data() -> None:
    for name in ("eaDir", "MACOSX", "trash", "thumbnails", "recycle", "cat.lrdata.d", "_x", "lost and found"):
        assert not is_hidden_folder(name)


def test_hidden_attributes_of_windows_and_macos_count(tmp_path: Path) -> None:
    class Status:
        st_file_attributes = 0x2
        st_flags = 0

    class Flags:
        st_flags = 0x8000

    assert is_hidden_folder("pictures", Status()) and is_hidden_folder("pictures", Flags())  # type: ignore[arg-type]
    assert not is_hidden_folder("pictures", tmp_path.stat())


def test_a_folder_of_hidden_ones_alone_says_what_was_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".cache").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / ".cache" / "a.png")
    with pytest.raises(DataError) as caught:
        scan_all(tmp_path)
    assert caught.value.fields["skipped"] == 1


def test_what_a_mac_writes_beside_files_is_passed_over_unless_it_is_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "._a.png").write_bytes(b"\0\5\x16\7" + bytes(100))
    Image.new("RGB", (4, 4)).save(tmp_path / "._b.png")
    scan = scan_all(tmp_path)
    assert {picture.name for picture in scan.pictures} == {"a.png", "._b.png"} and not scan.skipped


def test_what_happens_in_hidden_folders_is_no_news(folder: Path) -> None:
    watch = Watch(scan_all(folder))
    Image.new("RGB", (4, 4)).save(folder / "@eaDir" / "new.png")
    (folder / ".cache").mkdir()
    for _ in range(50):
        changes = watch.changes()
        if changes.rounds >= 2:
            break
    assert changes.rounds >= 2 and not changes
    (folder / "bird").mkdir()
    while not changes.new:
        changes = watch.changes()
    assert changes.new == 1


def test_a_run_that_was_trained_on_hidden_folders_is_told_that_their_classes_are_gone(folder: Path) -> None:
    data = DataConfig(labels="folders", class_names=("@eaDir", "cat", "dog"))
    assert "“@eaDir”" in next(class_notes(data, dict(scan_all(folder).classes)))


def test_inspect_says_what_it_did_not_look_into(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(folder)]) == 0
    text = capsys.readouterr().out
    assert "2 pictures" in text and f"{len(HIDDEN)} files (see --hidden)" in text and "cat 1, dog 1\n" in text
    assert main(["inspect", str(folder), "--json"]) == 0
    *rows, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert summary["classes"] == {"cat": 1, "dog": 1} and len(rows) == 2 + len(HIDDEN)
    assert sum("hidden folder" in row["reason"] for row in rows) == len(HIDDEN)
    assert main(["inspect", str(folder), "--hidden"]) == 0
    assert f"{2 + len(HIDDEN)} pictures" in capsys.readouterr().out


def test_inspect_names_a_folder_that_cannot_be_listed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir, closed = os.scandir, str(folder / "dog")

    def refusing(path: str | Path) -> object:
        if str(path) == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("core.pictures.folder.listing.os.scandir", refusing)
    assert main(["inspect", str(folder)]) == 0
    assert f"{closed!r}: this folder cannot be read; what is in it is not counted" in capsys.readouterr().out
    assert main(["inspect", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["cannot_list"] == [closed]


@pytest.fixture(autouse=True, scope="module")
def helpers_end() -> None:
    end_helpers()


def test_inspect_counts_linked_pictures_as_the_training_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "linked").mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "kept" / "a.png")
    (tmp_path / "linked" / "a.png").symlink_to(tmp_path / "kept" / "a.png")
    assert main(["inspect", str(tmp_path / "linked")]) == 0
    assert "linked: 1 pictures (1 of them links), 0 other files" in capsys.readouterr().out
