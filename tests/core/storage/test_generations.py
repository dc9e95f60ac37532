"""Kept generations come back as they were, within their budget, and a stranger's file is refused in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.frames import SamplingFinished
from core.recording import LAYERS, Recording
from core.runs.atomic import TEMP_SUFFIX
from core.runs.generations import (
    CancelledError,
    Mark,
    generation_files,
    keep,
    list_generations,
    open_generation,
    read_generation,
    remove_generation,
    set_mark,
)
from tests.core.test_recording import recorded, small
from tests.hostile.made import rewrite_generation
from tests.studio.sampler.conftest import make_frame, make_started


def plain(value: int = 0, *, count: int = 2, steps: int = 3, size: int = 8) -> Recording:
    recording = Recording(make_started(steps=steps, count=count, size=size))
    for index in range(steps):
        recording.add(make_frame(index, steps=steps, count=count, size=size))
    recording.finish(SamplingFinished(np.full((count, size, size, 3), value, np.uint8)))
    return recording


def same_recording(ours: Recording, theirs: Recording) -> None:
    left, right = ours.parts(), theirs.parts()
    assert left.keys() == right.keys()
    for name, part in left.items():
        assert part.dtype == right[name].dtype
        np.testing.assert_array_equal(part[...], right[name][...], err_msg=name)
    assert ours.term_facts == theirs.term_facts and ours.complete and theirs.complete
    for index in range(ours.steps):
        np.testing.assert_array_equal(ours.x_t(index), theirs.x_t(index))
        np.testing.assert_array_equal(ours.x_0(index), theirs.x_0(index))
        for layer in LAYERS:
            assert ours.has(layer, index) == theirs.has(layer, index)
            if ours.has(layer, index):
                np.testing.assert_array_equal(ours.layer(layer, index), theirs.layer(layer, index))
        for term, other in zip(ours.terms(index), theirs.terms(index), strict=True):
            assert term[:2] == other[:2]
            np.testing.assert_array_equal(term.values, other.values)
        assert ours.deviation(index) == theirs.deviation(index)


@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "dpm++2m", "heun", "unipc"])
def test_generation_when_reopened_has_the_same_numbers(sampler: str, tmp_path: Path) -> None:
    recording = recorded(small("pred_v"), sampler=sampler)
    kept = keep(tmp_path / "generations", recording, {**recording.settings, "model": "m"}, ["a", "b", "a"])
    assert kept.settings["sampler"] == sampler and kept.settings["model"] == "m"
    assert kept.classes == ("a", "b", "a") and (kept.count, kept.steps, kept.image_size) == (3, 6, (8, 8))
    assert recording.final is not None
    np.testing.assert_array_equal(kept.thumbnail, recording.final[0])
    same_recording(recording, open_generation(kept.path))


def test_generation_when_in_half_precision_comes_back_in_it(tmp_path: Path) -> None:
    recording = recorded(small("pred_noise"), tmp_path, exact_limit_bytes=1000)
    reopened = open_generation(keep(tmp_path, recording, {}).path)
    assert not reopened.exact
    same_recording(recording, reopened)


def test_generation_when_without_layers_comes_back(tmp_path: Path) -> None:
    same_recording(plain(), open_generation(keep(tmp_path, plain(), {}).path))


def test_thumbnail_when_pictures_are_large_is_small(tmp_path: Path) -> None:
    assert keep(tmp_path, plain(9, size=96), {}).thumbnail.shape == (64, 64, 3)


def test_reopening_when_torch_is_not_there_needs_none(tmp_path: Path) -> None:
    kept = keep(tmp_path, recorded(small("pred_v")), {})
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from pathlib import Path\n"
        "from core.runs.generations import open_generation, list_generations\n"
        f"path = Path({str(kept.path)!r})\n"
        "recording = open_generation(path)\n"
        "assert recording.layer('pred_v', 2).any() and len(list_generations(path.parent)[0]) == 1"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# --- budget, stars, notes --------------------------------------------------------------------------------------


def test_budget_when_full_takes_the_oldest_without_a_star(tmp_path: Path) -> None:
    size = keep(tmp_path, plain(), {}).size_bytes
    first = generation_files(tmp_path)[0]
    set_mark(first, Mark(starred=True))
    made = [keep(tmp_path, plain(k), {}, budget_bytes=int(3.5 * size)).path for k in range(4)]
    assert generation_files(tmp_path) == [first, *made[-2:]]
    set_mark(first, Mark())
    keep(tmp_path, plain(), {}, budget_bytes=int(3.5 * size))
    assert first not in generation_files(tmp_path) and not first.with_suffix(".json").exists()


def test_budget_when_one_is_beyond_it_says_so_and_removes_nothing(tmp_path: Path) -> None:
    kept = keep(tmp_path, plain(), {})
    with pytest.raises(RunError, match="in memory only"):
        keep(tmp_path, plain(), {}, budget_bytes=kept.size_bytes - 1)
    set_mark(kept.path, Mark(starred=True))
    with pytest.raises(RunError, match="stars"):
        keep(tmp_path, plain(), {}, budget_bytes=int(1.5 * kept.size_bytes))
    assert generation_files(tmp_path) == [kept.path]


def test_mark_when_set_is_read_again(tmp_path: Path) -> None:
    path = keep(tmp_path, plain(), {}).path
    set_mark(path, Mark(starred=True, note="das schönste"))
    again = read_generation(path)
    assert (again.starred, again.note) == (True, "das schönste")


def test_mark_when_damaged_counts_as_a_star(tmp_path: Path) -> None:
    kept = keep(tmp_path, plain(), {})
    kept.path.with_suffix(".json").write_text("{")
    keep(tmp_path, plain(), {}, budget_bytes=int(2.5 * kept.size_bytes))
    keep(tmp_path, plain(), {}, budget_bytes=int(2.5 * kept.size_bytes))
    assert kept.path in generation_files(tmp_path) and len(generation_files(tmp_path)) == 2


def test_removal_when_asked_for_takes_the_mark_too(tmp_path: Path) -> None:
    path = keep(tmp_path, plain(), {}).path
    set_mark(path, Mark(note="x"))
    remove_generation(path)
    assert list(tmp_path.iterdir()) == []


def test_keeping_when_cancelled_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        keep(tmp_path, plain(), {}, may_go_on=lambda: False)
    assert list(tmp_path.iterdir()) == []


def test_keeping_when_another_was_killed_clears_up_after_it(tmp_path: Path) -> None:
    left = tmp_path / f".0123-abc{TEMP_SUFFIX}"
    left.write_bytes(b"half")
    keep(tmp_path, plain(), {})
    assert left.exists()  # whoever writes it may still be at work
    os.utime(left, (1, 1))
    keep(tmp_path, plain(), {})
    assert not left.exists() and len(generation_files(tmp_path)) == 2


# --- strangers' files ------------------------------------------------------------------------------------------

Change = Callable[[dict[str, object], dict[str, np.ndarray]], None]


def _set(name: str, index: object, value: object) -> Change:
    def change(_said: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
        arrays[name][index] = value  # type: ignore[index]

    return change


def _put(name: str, make: Callable[[np.ndarray], np.ndarray]) -> Change:
    def change(_said: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
        arrays[name] = make(arrays[name])

    return change


def _say(**values: object) -> Change:
    return lambda said, _arrays: said.update(values)


def _drop(name: str) -> Change:
    def change(_said: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
        del arrays[name]

    return change


WRONG: dict[str, Change] = {
    "t beyond T": _set("t", 0, 10**6),
    "t below 0": _set("t", 0, -1),
    "a NaN of ᾱ": _set("alphas_cumprod", 1, np.nan),
    "ᾱ above 1": _set("schedule", 1, 1.5),
    "a NaN of the SNR": _set("snr", 1, np.nan),
    "other shapes": _put("pixels", lambda pixels: pixels[:, :-1]),
    "a layer of another size": _put("layer.x_t", lambda layer: layer[..., :-1, :]),
    "a layer of whole numbers": _put("layer.x_t", lambda layer: layer.astype(np.int32)),
    "an empty schedule": _put("schedule", lambda schedule: schedule[:0]),
    "no final": _drop("final"),
    "no thumbnail": _drop("thumbnail"),
    "a large thumbnail": _put("thumbnail", lambda _: np.zeros((2000, 2000, 3), np.uint8)),
    "no pictures": _say(count=0),
    "a million steps": _say(steps=10**6),
    "true steps": _say(steps=True),
    "a size of text": _say(image_size=["8", "8"]),
    "two channels": _say(channels=2),
    "an unknown objective": _say(objective="__import__"),
    "settings that are a list": _say(settings=[]),
    "classes that are numbers": _say(classes=[1, 2, 3]),
    "terms of one step": _say(terms=[[]]),
    "a term that is nowhere": _say(terms=[[["x_t", 1.0, 0, ""]]] * 5 + [[["nowhere", 1.0, 0, ""]]]),
    "a term from before the first": _say(terms=[[["x_t", 1.0, 1, ""]]] * 6),
    "a coefficient of infinity": _say(terms=[[["x_t", float("inf"), 0, ""]]] * 6),
    "a made_at of NaN": _say(made_at=float("nan")),
}


@pytest.mark.parametrize("what", WRONG)
def test_stranger_when_opened_is_refused_in_words_and_the_rest_is_shown(what: str, tmp_path: Path) -> None:
    good = keep(tmp_path, plain(), {}).path
    path = keep(tmp_path, recorded(small("pred_v")), {}).path
    rewrite_generation(path, WRONG[what])
    with pytest.raises(RunError, match=path.name):
        open_generation(path)
    shown, _refused = list_generations(tmp_path)
    assert good in [generation.path for generation in shown]


def test_stranger_when_it_is_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    kept = keep(tmp_path, plain(), {}).path
    for content in (b"", b"\0" * 100, b"PK\3\4", (2**40).to_bytes(8, "little") + b"{}", kept.read_bytes()[:-1]):
        path = tmp_path / f"20260101-000000-000000-{len(content):08x}.safetensors"
        path.write_bytes(content)
    shown, refused = list_generations(tmp_path)
    assert [generation.path for generation in shown] == [kept] and len(refused) == 5
    assert all("cannot be shown" in str(error) for error in refused)


def test_stranger_when_of_another_version_is_named(tmp_path: Path) -> None:
    path = keep(tmp_path, plain(), {}).path
    rewrite_generation(path, lambda *_: None, version="7")
    with pytest.raises(RunError, match="version 7"):
        open_generation(path)


def test_file_when_cut_off_while_it_is_shown_is_told_by_name(tmp_path: Path) -> None:
    path = keep(tmp_path, plain(size=32), {}).path
    recording = open_generation(path)
    with path.open("r+b") as file:
        file.truncate(20_000)
    with pytest.raises(RunError, match="cut off"):
        for index in range(recording.steps):
            recording.x_t(index)


def test_other_files_when_in_the_folder_are_neither_shown_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "mine.safetensors").write_bytes(b"x" * 10_000)
    for _ in range(3):
        keep(tmp_path, plain(), {}, budget_bytes=12_000)
    assert (tmp_path / "mine.safetensors").exists()
    assert json.dumps([str(error) for error in list_generations(tmp_path)[1]]) == "[]"
