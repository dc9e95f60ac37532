"""What the busy-machine table is made of; the long version measures it on this very machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources.samples import unpack
from tests.bench.busy import KINDS, LOADS, LOOP, beside, command, pictures_per_second, table


def test_the_table_has_each_speed_and_its_share_of_one_threads() -> None:
    speeds = {("quiet", "before"): 280.0, ("quiet", "one thread"): 200.0, ("quiet", "after"): 282.0}
    lines = table(speeds, ("before", "after", "one thread"), ("quiet",))
    assert lines[2] == "| quiet | 280 (140%) | 282 (141%) | 200 |"
    assert all(line.count("|") == 5 for line in lines)


def test_before_is_what_openmp_does_by_itself_and_after_is_as_the_program_is(tmp_path: Path) -> None:
    for kind in KINDS:
        words, environment = command(kind, tmp_path, tmp_path / "run", 2)
        assert environment.get("GOMP_SPINCOUNT") == ("300000" if kind.endswith("before") else None)
        if kind != "dashboard" and not kind.startswith("window"):
            assert words[words.index("--threads") + 1] == {"before": "2", "after": "auto", "one thread": "1"}[kind]
    assert LOADS["quiet"] == ()


def test_other_programs_end_with_what_they_stand_beside() -> None:
    with beside((LOOP,)) as started:
        assert [process.poll() for process in started] == [None]
    assert all(process.poll() is not None for process in started)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("load", ["one busy loop", "another torch program", "both"])
def test_beside_other_programs_a_training_keeps_most_of_what_one_thread_reaches(tmp_path: Path, load: str) -> None:
    pictures, speeds = unpack("digits", tmp_path), {}
    for kind in ("after", "one thread"):
        words, environment = command(kind, pictures, tmp_path / kind, 2)
        with beside(LOADS[load]):
            speeds[kind] = pictures_per_second(words, environment, skip_s=8.0, seconds=20.0)
    assert speeds["after"] >= 0.7 * speeds["one thread"], speeds
