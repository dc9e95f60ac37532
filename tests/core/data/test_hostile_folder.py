"""A stranger's folder: every file has its verdict, and none takes long, much memory or the program with it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from core.pictures.decode import pool
from core.pictures.decode.pool import HelperProcess, Refused, end_helpers, results
from core.pictures.folder.file_table import CODES
from core.pictures.folder.picture_files import Verdicts
from core.pictures.folder.scan import scan_all, verdicts_of
from core.runs.run import RUN_FILE
from tests.core.data.hostile_files import CASES, WRITTEN, png
from tests.figures import figure

#: What is no regular file: name → verdict. Links to good files count, as copies of them would: a hard link cannot be
#: told from what it was linked to, so a symbolic one is not treated otherwise; duplicates are the doctor's to tell.
SPECIAL = {
    "fifo.png": "not-a-file",
    "socket.png": "not-a-file",
    "device.png": "not-a-file",
    "dangling.png": "dangling-link",
    "circle.png": "link-loop",
    "folder.png": "folder",
    "alias_of_good.png": "ok",
    "alias_of_bad.png": "not-a-picture",
    "hard_link_of_good.png": "ok",
    "sparse_5GiB.png": "not-a-picture",
    os.path.join(*["deep"] * 60, "bottom.png"): "ok",  # noqa: PTH118 (a key, not a path)
}


@pytest.fixture(autouse=True, scope="module")
def much_time_for_each_file() -> Iterator[None]:
    """On a slow machine, beside others, a large picture takes longer than the program lets it: it would be refused."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "FILE_S", 120.0)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    for case in CASES:
        (root / case.name).write_bytes(case.content)
    os.mkfifo(root / "fifo.png")
    os.mkfifo(root / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(root / "socket.png"))
    (root / "device.png").symlink_to("/dev/zero")
    (root / "dangling.png").symlink_to("nowhere.png")
    (root / "circle.png").symlink_to("circle.png")
    (root / "folder.png").mkdir()
    (root / "alias_of_good.png").symlink_to("jpeg_in_disguise.png")
    (root / "alias_of_bad.png").symlink_to("text.png")
    (root / "hard_link_of_good.png").hardlink_to(root / "jpeg_in_disguise.png")
    with (root / "sparse_5GiB.png").open("wb") as file:
        file.truncate(5 << 30)
    bottom = root.joinpath(*["deep"] * 60)
    bottom.mkdir(parents=True)
    (bottom / "bottom.png").write_bytes(WRITTEN["png"])
    (root / "loop").mkdir()
    (root / "loop" / "up").symlink_to("..")
    (root / "loop" / "absolute").symlink_to(root)
    (root / "run").mkdir()
    (root / "run" / RUN_FILE).write_text("{}")
    (root / "run" / "grid.png").write_bytes(WRITTEN["png"])
    return root


def verdicts_by_name(verdicts: Verdicts) -> dict[str, str]:
    codes = verdicts.facts["code"].tolist()
    named = {verdicts.table.relative(row): code for row, code in enumerate(codes)}
    return {name: (CODES[code] or "ok") if code < len(CODES) else "" for name, code in named.items()}


def test_every_file_has_its_verdict(folder: Path) -> None:
    expected = {case.name: case.verdict for case in CASES} | SPECIAL
    found = verdicts_by_name(verdicts_of(folder))
    wrong = {name: (found.get(name), verdict) for name, verdict in expected.items() if found.get(name) != verdict}
    figure("I4", demanded="right verdicts on what is not a plain file", measured=_share(SPECIAL, wrong))
    figure("I2", demanded="right verdicts, by content", measured=_share(expected, wrong))
    assert not wrong
    assert set(found) == set(expected)
    doubtful = [case for case in CASES if case.why]
    assert len(doubtful) > 80


def _share(table: dict[str, str], wrong: dict[str, tuple[str | None, str]]) -> str:
    return f"{len(table) - len(wrong.keys() & table.keys())} of {len(table)} files"


def test_inspect_says_the_same_of_every_regular_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from core.cli.main import main

    assert main(["inspect", str(folder), "--json"]) == 0
    *rows, summary = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    told = {os.path.relpath(row["path"], folder): row for row in rows}
    regular = {
        os.path.relpath(Path(root) / name, folder)
        for root, _, names in os.walk(folder)
        for name in names
        if (Path(root) / name).is_file() and not (Path(root) / name).is_symlink()
    }
    assert set(told) == regular and len(rows) == len(told)
    expected = {case.name: case.verdict for case in CASES} | SPECIAL
    for name, row in told.items():
        in_run = name.startswith("run" + os.sep)
        assert row["verdict"] == ("ok" if expected.get(name) == "ok" else "refused"), name
        assert bool(row["reason"]) == (row["verdict"] == "refused")
        assert (row["reason"] == "it belongs to a run") == in_run
    assert summary["ok"] + summary["refused"] == len(rows)


def test_strange_names_come_back_as_they_are(folder: Path) -> None:
    scan = scan_all(folder)
    paths = {str(picture.path.relative_to(folder)) for picture in scan.pictures}
    good = {case.name for case in CASES if case.verdict == "ok"}
    figure("I5", demanded="names come back whole", measured=f"{len(good & paths)} of {len(good)}")
    assert good <= paths
    assert all(picture.path.exists() for picture in scan.pictures)
    # None of what is shown turns the direction of reading, breaks the line or fails to be encoded.
    for name in (picture.name for picture in scan.pictures):
        assert name.encode() and not set(name) & set("\n\r\x1b\u202e")


LARGE = {
    "rgba.png": lambda: png(8000, 8000, depth=8, colour=6),
    **{case.name: (lambda content=case.content: content) for case in CASES if case.name.startswith(("bomb", "edge"))},
}


@pytest.mark.clock
def test_no_file_takes_much_memory_or_time(tmp_path: Path) -> None:
    most_bytes, most_s = measured(tmp_path, {name: make() for name, make in LARGE.items()})
    figure("I2", demanded="≤ 512 MB per file above an idle helper", measured=f"{most_bytes / 2**20:.0f} MB")
    figure("I2", demanded="≤ 10 s per file", measured=f"{most_s:.1f} s of processor time")
    assert most_bytes <= 512 << 20 and most_s <= 10


@pytest.mark.soak
def test_the_largest_pictures_of_every_kind_stay_within_the_limits(tmp_path: Path) -> None:
    def saved(mode: str, kind: str, **options: object) -> bytes:
        path = tmp_path / "made"
        Image.new(mode, (8000, 8000)).save(path, kind, **options)
        return path.read_bytes()

    kinds = {
        "16_bit_colour.png": png(8000, 8000, depth=16, colour=2),
        "tall.png": png(1950, 32_768, depth=8, colour=2),
        "progressive.jpg": saved("RGB", "JPEG", progressive=True, subsampling=0),
        "progressive_cmyk.jpg": saved("CMYK", "JPEG", progressive=True),
        "cmyk.tif": saved("CMYK", "TIFF", compression="tiff_lzw"),
        "lab.tif": saved("LAB", "TIFF", compression="tiff_lzw"),
        "float.tif": saved("F", "TIFF", compression="tiff_adobe_deflate"),
        "turned.tif": saved("RGBA", "TIFF", compression="tiff_lzw", tiffinfo={274: 6}),
        "palette.gif": saved("P", "GIF"),
        "clear_palette.png": saved("P", "PNG", transparency=0),
    }
    most_bytes, most_s = measured(tmp_path, kinds)
    figure("I2", demanded="64 MP of any kind ≤ 512 MB", measured=f"{most_bytes / 2**20:.0f} MB")
    figure("I2", demanded="64 MP of any kind ≤ 10 s", measured=f"{most_s:.1f} s of processor time")
    assert most_bytes <= 512 << 20 and most_s <= 10


def measured(folder: Path, files: dict[str, bytes]) -> tuple[int, float]:
    """The most memory above an idle helper, and of its processor time, that judging one of the files took."""
    helper = HelperProcess()
    helper.wait_until_ready()
    most_bytes, most_s = 0, 0.0
    try:
        idle = helper_bytes(helper.pid, "VmRSS")
        for name, content in files.items():
            (folder / name).write_bytes(content)
            Path(f"/proc/{helper.pid}/clear_refs").write_text("5")  # VmHWM counts from here
            used_s = helper_s(helper.pid)
            helper.give("judge", None, [str(folder / name)])
            while not helper.answers()[0]:
                pass
            most_s = max(most_s, helper_s(helper.pid) - used_s)
            most_bytes = max(most_bytes, helper_bytes(helper.pid, "VmHWM") - idle)
    finally:
        helper.kill()
        helper.close()
    return most_bytes, most_s


def helper_s(pid: int) -> float:
    user_ticks, system_ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user_ticks) + int(system_ticks)) / os.sysconf("SC_CLK_TCK")


def helper_bytes(pid: int, which: str) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split(f"{which}:")[1].split()[0]) * 1024


def test_one_bad_picture_among_many_costs_only_itself(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.png").write_bytes(WRITTEN["png"])
    (tmp_path / "77.png").write_bytes(WRITTEN["png"][:300])
    scan = scan_all(tmp_path)
    figure(
        "I1", demanded="the skipped listed exactly, order kept", measured=f"{len(scan.skipped)} of 1 skipped, 299 kept"
    )
    assert [(skipped.name, skipped.code) for skipped in scan.skipped] == [("77.png", "truncated")]
    numbers = [int(picture.path.stem) for picture in scan.pictures]
    assert len(numbers) == 299 and all(one < two for one, two in pairwise(numbers))


def test_files_that_vanish_or_change_while_they_are_judged_are_told(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(600)]
    for path in paths:
        path.write_bytes(WRITTEN["png"])

    def meanwhile() -> Iterator[tuple[int, str]]:
        for number, path in enumerate(paths):
            if number == 100:
                paths[550].unlink()
                paths[551].write_bytes(WRITTEN["png"][:50])
                paths[552].write_bytes(b"")
            yield number, str(path)

    with closing(results("judge", meanwhile())) as judged:
        told = dict(item for item in judged if item is not None)
    refused = {number: result.code for number, result in told.items() if isinstance(result, Refused)}
    assert refused == {550: "gone", 551: "truncated", 552: "empty"} and len(told) == 600


#: Root reads everything. The interpreter may lie where nobody else may read, so all of it is loaded before.
AS_NOBODY = """
import json, os, sys
from pathlib import Path
from core.pictures.decode import pool as helper_process
from core.pictures.folder.scan import scan_all

become = "if os.geteuid() == 0: os.setgroups([]); os.setresgid(*[65534] * 3); os.setresuid(*[65534] * 3)"
helper_process._START = helper_process._START.replace(
    "main()", f"from PIL import Image; Image.preinit(); import os, resource\\n{become}\\nmain()"
)
scan_all(Path(sys.argv[1]))
exec(become)
found = scan_all(Path(sys.argv[2]))
print(json.dumps([[picture.name for picture in found.pictures], [[one.name, one.code] for one in found.skipped]]))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="other permissions")
def test_what_an_ordinary_user_may_not_read_is_told(tmp_path: Path) -> None:
    root = tmp_path / "folder"
    (root / "closed").mkdir(parents=True)
    for name in ("open.png", "closed.png", "closed_without_extension", "closed/inside.png"):
        (root / name).write_bytes(WRITTEN["png"])
    (root / "link_into_closed.png").symlink_to("closed/inside.png")
    for name in ("closed.png", "closed_without_extension", "closed"):
        (root / name).chmod(0)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.png").write_bytes(WRITTEN["png"])
    for made in (tmp_path, *tmp_path.parents):
        if Path(tempfile.gettempdir()) in made.parents:
            made.chmod(0o755)
    try:
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(elsewhere), str(root)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        (root / "closed").chmod(0o700)
    assert done.returncode == 0, done.stderr
    pictures, skipped = json.loads(done.stdout)
    figure("I4", demanded="closed files as an ordinary user", measured=f"{len(skipped)} of 3 told, 0 exceptions")
    assert pictures == ["open.png"]
    assert dict(skipped) == {
        "closed.png": "no-permission",
        "link_into_closed.png": "no-permission",
        "closed": "folder-unreadable",
    }


@pytest.fixture(autouse=True)
def helpers_end() -> Iterator[None]:
    yield
    end_helpers()
