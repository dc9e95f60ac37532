"""C2: a file that lies or is a bomb is a typed error within five seconds, and costs no memory to speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.figures import figure
from tests.hostile import safetensors_bombs, torch_bombs
from tests.hostile.conftest import Opener, Outcome
from tests.hostile.torch_bombs import Write

MOST_S = 5.0
MOST_BYTES = 256 << 20
#: What is allowed where a file, or a part of a run, is good enough.
NOT_TYPED = {"UNTYPED", "DIED", "EXECUTED"}


class Worst:
    """The slowest and the largest of all that was opened."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.files = self.openings = 0
        self.seconds, self.more_bytes, self.slowest, self.largest = 0.0, 0, "", ""

    def take(self, what: str, outcome: Outcome, size: int) -> None:
        """Fails on what must not be."""
        self.openings += 1
        if outcome.seconds > self.seconds:
            self.seconds, self.slowest = outcome.seconds, what
        if outcome.more_bytes - 2 * size > self.more_bytes:
            self.more_bytes, self.largest = outcome.more_bytes - 2 * size, what
        assert outcome.error not in NOT_TYPED, f"{what}: {outcome}"
        assert outcome.seconds <= MOST_S, f"{what}: {outcome}"
        assert outcome.more_bytes <= 2 * size + MOST_BYTES, f"{what}: {outcome}"

    def tell(self) -> None:
        """The figure."""
        most = f"2× file + {self.more_bytes / 1e6:.0f} MB ({self.largest})"
        figure(
            "C2",
            demanded=f"{self.what}: ≤ 5 s, ≤ 2× file + 256 MB",
            measured=f"{self.seconds:.2f} s ({self.slowest}), {most}; {self.files} files, {self.openings} openings",
        )


@pytest.fixture(scope="module")
def worst() -> Iterator[Worst]:
    kept = Worst("files")
    yield kept
    kept.tell()


def written_bytes(path: Path) -> int:
    """The size of a file or folder, without what was never written."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(min(file.lstat().st_size, file.lstat().st_blocks * 512) for file in files)


def all_refused(opened: Opener, worst: Worst, path: Path, cases: Mapping[str, Write], ways: Iterable[str]) -> None:
    for name, write in cases.items():
        write(path)
        worst.files += 1
        for how in ways:
            outcome = opened(how, path)
            worst.take(f"{name}, {how}", outcome, written_bytes(path))
            assert outcome.error in ("checkpoint.refused", "checkpoint.damaged"), (name, how, outcome)
            assert path.name in outcome.words and len(outcome.words) < 3000, (name, how, outcome)
        path.unlink()


@pytest.mark.long
@pytest.mark.parametrize(("suffix", "family"), [(".pt", torch_bombs), (".safetensors", safetensors_bombs)])
def test_foreign_files(opened: Opener, worst: Worst, tmp_path: Path, suffix: str, family: object) -> None:
    all_refused(opened, worst, tmp_path / f"model-1{suffix}", family.bombs(), ("load",))


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("suffix", "family"), [(".pt", torch_bombs), (".safetensors", safetensors_bombs)])
def test_foreign_files_in_every_way(opened: Opener, worst: Worst, tmp_path: Path, suffix: str, family: object) -> None:
    cases = {**family.bombs(), **family.bombs(long_ones=True)}
    ways = ("load", "raw", "recognise", "library", "look", "sampler", "inspect")
    all_refused(opened, worst, tmp_path / f"model-1{suffix}", cases, ways)
