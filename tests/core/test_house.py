"""The figures of tests/house.py stay within its limits, and it counts what it says it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import HOME, LIMITS, House, NotThereError, figures

PROJECT = '[project]\nname = "small"\n[project.scripts]\nsmall = "studio.door:main"\n'


@pytest.fixture(scope="module")
def house() -> House:
    return House(HOME)


def small_house(folder: Path, files: dict[str, str]) -> House:
    """A house of these files: dotted name → source. Their packages are added."""
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    for name, source in {"core": "", "studio": "", **files}.items():
        path = folder.joinpath(*name.split("."))
        file = path / "__init__.py" if name in ("core", "studio") else path.with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")
    return House(folder)


def test_figures_when_counted_are_within_their_limits(house: House) -> None:
    counted = {figure.title: figure.most for figure in figures(house)}
    assert counted.keys() == LIMITS.keys()
    assert {title: count for title, count in counted.items() if count > LIMITS[title]} == {}


@pytest.mark.parametrize(
    "back",
    [
        "from . import a",
        "from .a import thing",
        "import core.a",
        "def late():\n    from .a import thing",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import thing",
    ],
)
def test_circles_when_an_import_leads_back_are_found_wherever_it_stands(tmp_path: Path, back: str) -> None:
    files = {"core.a": "from .b import other\nthing = 1", "core.b": "from .c import other", "core.c": back}
    assert small_house(tmp_path, files).circles == [["core.a", "core.b", "core.c"]]


def test_circles_when_a_row_names_its_implementation_are_not_closed_by_it(tmp_path: Path) -> None:
    files = {"core.rows": 'ROW = "core.work:make"', "core.work": "from .rows import ROW\ndef make(): ..."}
    house = small_house(tmp_path, files)
    assert house.circles == []
    assert house.single_importers == [("core.rows", "core.work"), ("core.work", "core.rows")]


def test_single_importers_when_a_module_is_a_door_leave_it_out(tmp_path: Path) -> None:
    command = "def add_arguments(): ...\ndef run(): ..."
    files = {
        "studio.door": "from core import once, twice, command",
        "core.once": "",
        "core.twice": "",
        "core.command": command,
        "core.other": "from . import twice\nfrom studio import door",
    }
    assert small_house(tmp_path, files).single_importers == [("core.once", "studio.door")]


def test_walk_when_places_call_each_other_counts_each_file_once(tmp_path: Path) -> None:
    files = {
        "core.a": "class First:\n    def go(self): return second()\n    def on(self): return third",
        "core.b": "def second(): return First().on()\nthird = 3",
    }
    house = small_house(tmp_path, files)
    assert house.walk(("core.a:First.go", "core.b:second", "core.a:First.on", "core.b:third")) == ["core.a", "core.b"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("core.b:gone", "does not exist"),
        ("core.gone:second", "does not exist"),
        ("core.b:apart", "neither names a place before it"),
    ],
)
def test_walk_when_a_place_is_missing_or_unconnected_is_refused(tmp_path: Path, place: str, words: str) -> None:
    house = small_house(tmp_path, {"core.a": "def first(): return second()", "core.b": "def apart(): return 1"})
    with pytest.raises(NotThereError, match=words):
        house.walk(("core.a:first", place))


def test_touched_when_a_variant_is_named_counts_strings_and_identifiers(tmp_path: Path) -> None:
    files = {
        "core.rows": 'ROW = ("even", "core.math:even")',
        "core.math": "def even(): ...",
        "core.other": '"""Not even this one."""\nodd = "uneven"',
        "core.presets": 'CHOICE = "even"',
        "studio.form": 'HIDDEN = {"even": 1}',
    }
    house = small_house(tmp_path, files)
    assert house.touched("even") == ["core.math", "core.rows", "studio.form"]
    assert house.touched("even", own="core") == ["core", "studio.form"]
    with pytest.raises(NotThereError):
        house.touched("prime")
