"""What a grid shows of a folder: searched by name, filtered and sorted, with a million pictures in a moment."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pictures.folder import arranging as searching
from core.pictures.folder.arranging import SORTS, Arranged, Wish, arranged, files_with
from core.pictures.folder.file_table import FileTable, FolderFiles
from core.pictures.folder.picture_files import Pictures, SkippedFiles, Verdicts
from core.pictures.folder.splits import names_at

STATUS = Path(__file__).stat()


def made(folders: dict[str, Sequence[str]]) -> FileTable:
    table = FileTable(Path("/nowhere"))
    for folder, names in folders.items():
        place, files = table.add_folder(folder, 0), FolderFiles()
        for name in names:
            files.add(name, place, STATUS, claims=True)
        for _ in table.add_files(files):
            pass
    return table


def found(table: FileTable, text: str) -> list[str]:
    steps = files_with(table, text)
    try:
        while True:
            next(steps)
    except StopIteration as done:
        return [table.relative(row) for row in np.flatnonzero(done.value)]


def folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


NAMES = st.lists(st.text(st.sampled_from("aAbÄäa\u0308ßſ漢0. "), min_size=1, max_size=6), unique=True, max_size=12)


@given(
    root=NAMES,
    inner=NAMES,
    folder=st.sampled_from(["ab", "Äb", "a/b"]),
    text=st.text("aAbä\u0308ß漢0./", max_size=3),
    together=st.sampled_from([1, 3, 100]),
)
def test_a_search_finds_what_python_finds(
    root: list[str], inner: list[str], folder: str, text: str, together: int
) -> None:
    table = made({"": root, folder.replace("/", os.sep): inner})
    expected = [table.relative(row) for row in range(len(table)) if folded(text) in folded(table.relative(row))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "NAMES_TOGETHER", together)
        assert found(table, text) == expected


def test_names_that_are_no_text_are_searched_too() -> None:
    table = made({"": ["latin_\udce9.png", "x.png"], "\udcff": ["y.png"]})
    assert found(table, "LATIN") == ["latin_\udce9.png"]
    assert found(table, "png") == ["latin_\udce9.png", "x.png", os.path.join("\udcff", "y.png")]  # noqa: PTH118
    assert found(table, "\ud800") == []


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    table = made({"": ["n.png"], "cats": ["1.png", "2.png", "10.png"], "dogs": ["1.png", "broken.png"]})
    made_verdicts = Verdicts(table)
    for row, (width, height) in enumerate([(5, 5), (9, 1), (2, 2), (3, 3), (2, 2)]):
        made_verdicts.set_picture(row, (width, height, "RGB", "PNG", False, False))
    made_verdicts.set_refused(5, "broken")
    return made_verdicts


def places(files: Pictures | SkippedFiles, wish: Wish, left_out: Sequence[int] = ()) -> list[int] | None:
    mask = np.zeros(len(files), bool)
    mask[list(left_out)] = True
    *meanwhile, last = arranged(files, wish, mask)
    assert isinstance(last, Arranged) and set(meanwhile) <= {None}
    return None if last.order is None else last.order.tolist()


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(), None),
        (Wish(descending=True), [4, 3, 2, 1, 0]),
        (Wish(text="1"), [1, 3, 4]),
        (Wish(class_name="cats"), [1, 2, 3]),
        (Wish(class_name="birds"), []),
        (Wish(sort="pixels"), [2, 4, 1, 3, 0]),
        (Wish(sort="pixels", descending=True), [0, 1, 3, 2, 4]),
        (Wish(sort="class"), [1, 2, 3, 4, 0]),
        (Wish(shown="left-out"), [1, 4]),
        (Wish(shown="used"), [0, 2, 3]),
        (Wish(only=np.array([3, 0, 4])), [3, 0, 4]),
        (Wish(only=np.array([3, 0, 4]), text="1"), [3, 4]),
        (Wish(only=np.array([3, 0, 4]), sort="pixels"), [4, 3, 0]),
    ],
)
def test_filters_and_sorts(verdicts: Verdicts, wish: Wish, expected: list[int] | None) -> None:
    assert places(verdicts.pictures(), wish, left_out=(1, 4)) == expected


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_no_picture_is_arranged_too(verdicts: Verdicts, sort: str) -> None:
    assert places(verdicts.skipped(), Wish(text="broken", sort=sort)) in (None, [0])
    assert places(verdicts.skipped(), Wish(text="x", sort=sort)) == []


def test_names_at_places(verdicts: Verdicts) -> None:
    assert list(names_at(verdicts.pictures(), np.array([4, 0]))) == ["dogs/1.png", "n.png"]


@pytest.mark.clock
def test_many_are_searched_and_sorted_in_a_moment_and_stop_at_once() -> None:
    count = 50_000
    table = made({f"class {k}": [f"IMG_{n * 7919 % 100_003:06}.jpg" for n in range(count // 5)] for k in range(5)})
    verdicts = Verdicts(table)
    verdicts.facts["code"] = 0
    verdicts.facts["width"] = np.random.default_rng(0).integers(1, 5000, count)
    files = verdicts.pictures()
    used, pause_s, said_at = time.process_time(), 0.0, time.process_time()
    for wish in (Wish(text="99"), Wish(text="class 3/img_0"), Wish(sort="pixels"), Wish(sort="class")):
        for _ in arranged(files, wish):
            pause_s, said_at = max(pause_s, time.process_time() - said_at), time.process_time()
    per_million_s = (time.process_time() - used) / 4 * 1_000_000 / count
    assert per_million_s <= 1.0 and pause_s <= 0.1


def test_a_text_longer_than_all_names_together_is_not_found() -> None:
    assert found(made({"": ["a.png"]}), "a.png.jpg") == []
