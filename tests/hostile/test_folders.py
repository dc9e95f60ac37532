"""C2: a stranger's run folder, its database and its grids: what can be opened is, the rest is a typed error in time."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.hostile.conftest import Opener
from tests.hostile.databases import databases
from tests.hostile.made import GRID, copy_run, put_tensors
from tests.hostile.pictures import pictures
from tests.hostile.run_bombs import KINDS, MEMBERS, QUICK_KINDS, Spoil, absurd_settings, lies, put
from tests.hostile.safetensors_bombs import bombs as safetensors_bombs
from tests.hostile.test_bombs import Worst, written_bytes

#: All that opens a run folder: the command line, the scripts, the rooms of the window, the list of runs.
WAYS = ("run", "listed", "room", "inspect", "newest", "load", "sampler", "resume", "log")
#: Short: what is a part of most others is left to them.
FEW_WAYS = ("room", "resume")
PRECIOUS = "somebody's own\n"


@pytest.fixture(scope="module")
def worst() -> Iterator[Worst]:
    kept = Worst("runs")
    yield kept
    kept.tell()


class Spoilt:
    """Copies of the honest run, one after another, each spoilt in one way."""

    def __init__(self, opened: Opener, worst: Worst, run: Path, tmp_path: Path) -> None:
        self._opened, self._worst, self._run, self._tmp_path = opened, worst, run, tmp_path
        self._number = itertools.count()

    def results(self, name: str, spoil: Spoil, ways: Iterable[str]) -> dict[str, str | None]:
        """The error of each way, None where it opened."""
        folder = self._tmp_path / str(next(self._number)) / "runs" / "run"
        copy_run(self._run, folder)
        victim = folder.parent / "victim"
        victim.write_text(PRECIOUS)
        spoil(folder)
        self._worst.files += 1
        found: dict[str, str | None] = {}
        for how in ways:
            outcome = self._opened(how, folder / "checkpoints" if how == "newest" else folder)
            self._worst.take(f"{name}, {how}", outcome, written_bytes(folder))
            assert len(outcome.words) < 3000, (name, how, outcome)
            found[how] = outcome.error
        assert victim.read_text() == PRECIOUS, f"{name}: a file outside of the run was written to"
        return found


@pytest.fixture
def spoilt(opened: Opener, worst: Worst, run: Path, tmp_path: Path) -> Spoilt:
    return Spoilt(opened, worst, run, tmp_path)


def test_an_honest_run_opens_in_every_way(spoilt: Spoilt) -> None:
    assert set(spoilt.results("honest", lambda run: None, WAYS).values()) == {None}


def refuse_settings(spoilt: Spoilt, cases: Mapping[str, Spoil], ways: Iterable[str]) -> None:
    for name, spoil in cases.items():
        found = spoilt.results(name, spoil, ways)
        # Some are legal and only too large for any machine: then the run opens and its model does not.
        assert found["resume"] is not None, (name, found)
        assert found["listed"] is None, (name, found)  # one bad run hides no others


@pytest.mark.long
def test_absurd_settings(spoilt: Spoilt) -> None:
    refuse_settings(spoilt, absurd_settings(), ("listed", "resume"))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_all_absurd_settings_in_every_way(spoilt: Spoilt) -> None:
    for name, spoil in absurd_settings(everything=True).items():
        found = spoilt.results(name, spoil, WAYS)
        assert found["listed"] is None, (name, found)


@pytest.mark.long
@pytest.mark.parametrize("lost", ["run", "checkpoint", "nothing"])
def test_lies(spoilt: Spoilt, lost: str) -> None:
    tell_lies(spoilt, lost, FEW_WAYS)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lost", ["run", "checkpoint", "nothing"])
def test_lies_in_every_way(spoilt: Spoilt, lost: str) -> None:
    tell_lies(spoilt, lost, WAYS)


def tell_lies(spoilt: Spoilt, lost: str, ways: Iterable[str]) -> None:
    for name, spoil in lies()[lost].items():
        found = spoilt.results(name, spoil, ways)
        assert found.get("listed") is None, (name, found)
        assert (found["room"] in ("run.broken", "run.not-a-run")) == (lost == "run"), (name, found)
        assert (found["resume"] is None) == (lost == "nothing"), (name, found)


@pytest.mark.long
def test_what_is_no_file(spoilt: Spoilt) -> None:
    for member, kind in itertools.product(MEMBERS, QUICK_KINDS):
        put_in_place(spoilt, member, kind, FEW_WAYS)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_what_is_no_file_in_every_way(spoilt: Spoilt) -> None:
    for member, kind in itertools.product(MEMBERS, KINDS):
        # Without its run.json it is a folder of pictures to `inspect`, which walks it with whatever links it has.
        put_in_place(spoilt, member, kind, [how for how in WAYS if (member, how) != ("run.json", "inspect")])


def put_in_place(spoilt: Spoilt, member: str, kind: str, ways: Iterable[str]) -> None:
    found = spoilt.results(f"{member} is a {kind}", lambda run: put(run, member, kind), ways)
    assert found.get("listed") is None, (member, kind, found)
    if member == "run.json":
        assert found["room"] is not None and found["resume"] is not None, (member, kind, found)
    elif member != "checkpoints":
        assert found["room"] is None, (member, kind, found)
    if member in ("log.txt", "samples", "incidents", GRID) or member.startswith("metrics"):
        assert found["resume"] is None, (member, kind, found)


@pytest.mark.long
def test_databases(opened: Opener, worst: Worst, run: Path, tmp_path: Path) -> None:
    try_databases(opened, worst, run, tmp_path, ("losses", "numbers", "metrics"))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_databases_in_every_way(opened: Opener, worst: Worst, run: Path, tmp_path: Path) -> None:
    try_databases(opened, worst, run, tmp_path, ("losses", "numbers", "events", "room", "resume", "metrics"))


def try_databases(opened: Opener, worst: Worst, run: Path, tmp_path: Path, ways: Iterable[str]) -> None:
    victim = tmp_path / "victim"
    victim.write_text(PRECIOUS)
    for number, (name, spoil) in enumerate(databases(victim).items()):
        for how in ways:
            folder = tmp_path / f"{number}-{how}"
            if how in ("room", "resume"):
                copy_run(run, folder)
            else:
                folder.mkdir()
                shutil.copy(run / "metrics.sqlite", folder)
            spoil(folder / "metrics.sqlite")
            worst.files += 1
            outcome = opened(how, folder if how in ("room", "resume") else folder / "metrics.sqlite")
            worst.take(f"{name}, {how}", outcome, written_bytes(folder))
            assert outcome.error in (None, "storage.not-read", "storage.not-saved", "run.newer"), (name, how, outcome)
            assert outcome.error is None or how not in ("room", "resume"), (name, how, outcome)
        assert victim.read_text() == PRECIOUS, name


@pytest.mark.long
def test_grids(opened: Opener, worst: Worst, tmp_path: Path) -> None:
    for name, write in pictures().items():
        write(tmp_path / "step-00000003.png")
        worst.files += 1
        for how in ("grid", "settings") if any(word in name for word in ("text", "settings", "bomb")) else ("grid",):
            outcome = opened(how, tmp_path / "step-00000003.png")
            worst.take(f"{name}, {how}", outcome, written_bytes(tmp_path / "step-00000003.png"))
            assert outcome.error in (None, "storage.not-read"), (name, how, outcome)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_tensor_files_of_a_run(spoilt: Spoilt, tmp_path: Path) -> None:
    """The same lies as in foreign files, under a description that says that they are right."""
    for name, write in safetensors_bombs().items():
        if "5 GiB" in name or "100 MB" in name:  # to hash them takes as long as real ones
            continue
        write(tmp_path / "x")
        data = (tmp_path / "x").read_bytes()
        found = spoilt.results(name, lambda run, data=data: put_tensors(run, data), ("room", "load", "resume"))
        assert found["room"] is None and found["load"] and found["resume"], (name, found)
