"""Damage at random places of every kind of file: what opens is what was written, all else is a typed error.

Flipped bits, cuts, pieces moved about and values of JSON put in place of others; all drawn from a seed, so that a
failure comes again. A file whose format has a checksum opens only as it was written.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import core
from core.compat.files import recognise
from core.errors import StudioError
from core.recording import LAYERS
from core.runs.checkpoint import read_checkpoint
from core.runs.generations import keep, list_generations, open_generation
from core.runs.grids import read_grid, read_settings, save_grid
from core.runs.metrics import read_events, read_losses
from core.runs.run import Run
from core.training.state import new_state
from studio.app.settings import DEFAULTS, Settings
from tests.core.test_recording import recorded, small
from tests.figures import figure
from tests.hostile.made import (
    DESCRIPTION,
    TENSORS,
    accept_tensors,
    copy_run,
    library_content,
    put_json,
    rewrite_generation,
)

SHORT, LONG = 25, 1500
VALUES: list[Any] = [
    *(
        None,
        True,
        -1,
        0,
        1,
        2**31,
        2**63,
        10**30,
        1.5,
        -0.0,
        float("nan"),
        float("inf"),
        1e308,
        "",
        "x",
        "\0",
        "../..",
        "é\ud800",
    ),
    *("1" * 5000, [], {}, [[]], {"a": []}, [1] * 100, ["x"] * 20, {"": {}}),
]


def damaged(whole: bytes, choose: random.Random) -> bytes:
    """The bytes with a few of them other, missing, twice, or in another place."""
    data = bytearray(whole)

    # Most of what can be told apart is in the first and the last kilobyte.
    def place() -> int:
        near = min(len(whole), 1024)
        return choose.choice(
            [choose.randrange(len(whole)), choose.randrange(near), len(whole) - 1 - choose.randrange(near)]
        )

    match choose.randrange(6):
        case 0 | 1:
            for _ in range(choose.randint(1, 3)):
                data[place()] ^= 1 << choose.randrange(8)
        case 2:
            for _ in range(choose.randint(1, 8)):
                data[place()] = choose.choice([0, 1, 0x7F, 0x80, 0xFF, choose.randrange(256)])
        case 3:
            del data[place() :]
        case 4:
            start, length, to = place(), choose.randint(1, 64), place()
            data[to:to] = data[start : start + length]
        case _:
            start = place()
            del data[start : start + choose.randint(1, 64)]
    return bytes(data)


def mutated(plain: Any, choose: random.Random) -> Any:
    """JSON with one of its values, at any depth, replaced, taken out or doubled under another name."""
    plain = json.loads(json.dumps(plain))
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            walk(value[key])

    walk(plain)
    for _ in range(choose.randint(1, 2)):
        holder, key = choose.choice(places)
        if isinstance(holder, dict) and choose.random() < 0.2:
            holder.pop(key, None)
        elif isinstance(holder, dict) and choose.random() < 0.1:
            holder[choose.choice(["", "x", "__class__", "step", "dim"])] = choose.choice(VALUES)
        elif isinstance(holder, dict) or key < len(holder):
            holder[key] = choose.choice(VALUES)
    return plain


class Kind(NamedTuple):
    """A kind of file: how it is spoilt and opened, and what then must hold."""

    path: Path
    spoil: Callable[[random.Random], object]
    open: Callable[[], Any]
    holds: Callable[[Any], bool]  #: of what was opened


def flips(path: Path) -> Callable[[random.Random], object]:
    whole = path.read_bytes()
    return lambda choose: path.write_bytes(damaged(whole, choose))


def same(ours: Mapping[str, torch.Tensor], theirs: Mapping[str, torch.Tensor]) -> bool:
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def finite(model: Any) -> bool:
    """What holds of a model out of a file without a checksum: a bit of a weight may be another."""
    return all(bool(tensor.isfinite().all()) for tensor in model.state_dict().values())


def kinds(run: Path, folder: Path) -> dict[str, Callable[[], Kind]]:
    """Every kind of file, each in a folder of its own."""

    def checkpoint(member: str) -> Kind:
        made = copy_run(run, folder / "run")
        expected = read_checkpoint(made / DESCRIPTION, with_optimizer=True)

        def holds(read: Any) -> bool:
            sections = ("model", "ema", "optimizer")
            return read.step == expected.step and all(same(getattr(read, s), getattr(expected, s)) for s in sections)

        return Kind(made, flips(made / member), lambda: read_checkpoint(made / DESCRIPTION, with_optimizer=True), holds)

    def tensors_of_a_stranger() -> Kind:
        """Damaged, and then described as right: nothing but the reader's judgement is left."""
        made = copy_run(run, folder / "run")
        state = new_state(Run.open(made).config, torch.device("cpu"))
        flip = flips(made / TENSORS)
        spoil = lambda choose: (flip(choose), accept_tensors(made))  # noqa: E731
        return Kind(made, spoil, lambda: (state.restore(made / DESCRIPTION), state.diffusion)[1], finite)

    def description_of_a_stranger() -> Kind:
        """Another value, and a checksum that is right."""
        made = copy_run(run, folder / "run")
        plain = {k: v for k, v in json.loads((made / DESCRIPTION).read_text()).items() if k != "checksum"}
        state = new_state(Run.open(made).config, torch.device("cpu"))
        spoil = lambda choose: put_json(made / DESCRIPTION, mutated(plain, choose))  # noqa: E731
        return Kind(made, spoil, lambda: (state.restore(made / DESCRIPTION), state.diffusion)[1], finite)

    def run_record(spoil: Callable[[Path], Callable[[random.Random], object]], exact: bool) -> Kind:
        made = copy_run(run, folder / "run")
        expected = Run.open(made).config

        def open_it() -> Any:
            opened = Run.open(made)
            opened.state()
            return opened.config

        return Kind(made, spoil(made / "run.json"), open_it, lambda config: not exact or config == expected)

    def other_values(path: Path) -> Callable[[random.Random], object]:
        plain = {k: v for k, v in json.loads(path.read_text()).items() if k != "checksum"}
        return lambda choose: put_json(path, mutated(plain, choose))

    def metrics() -> Kind:
        made = copy_run(run, folder / "run")

        def open_it() -> Any:
            return read_losses(made / "metrics.sqlite"), read_events(made / "metrics.sqlite")

        def holds(read: Any) -> bool:
            (steps, losses), events = read
            ascending = bool((np.diff(steps) > 0).all())
            return ascending and len(steps) == len(losses) and all(isinstance(event[2], str) for event in events)

        return Kind(made, flips(made / "metrics.sqlite"), open_it, holds)

    def grid() -> Kind:
        path = folder / "step-00000003.png"
        images = np.arange(16 * 8 * 8, dtype=np.uint8).reshape(16, 8, 8, 1)
        save_grid(path, images, settings={"seed": 1})

        def open_it() -> Any:
            return read_settings(path), read_grid(path, (8, 8), 16)

        # PNG's checksums are only of its parts: settings in an unknown part, say, are none.
        return Kind(path, flips(path), open_it, lambda read: read[1].dtype == np.uint8 and read[1].shape[1:3] == (8, 8))

    def remembered() -> Kind:
        path = folder / "settings.json"
        settings = Settings(path)
        settings.save()
        plain = json.loads(path.read_text())
        flip = flips(path)

        def spoil(choose: random.Random) -> None:
            flip(choose) if choose.random() < 0.5 else path.write_text(json.dumps(mutated(plain, choose)))

        def holds(read: Any) -> bool:
            return all(type(read[name]) is type(default) for name, default in DEFAULTS.items())

        return Kind(path, spoil, lambda: Settings(path), holds)

    def foreign(suffix: str) -> Kind:
        path = folder / f"model-1{suffix}"
        model = library_content()["model"]
        torch.save({"step": 3, "model": model}, path) if suffix == ".pt" else save_file(model, path)

        def open_it() -> Any:
            found = recognise(path)
            assert found.unknown and found.parameters > 0
            return core.load_checkpoint(path)

        return Kind(path, flips(path), open_it, finite)

    def generation(exact: bool) -> Kind:
        path = keep(folder, recorded(small("pred_v"), sampler="ddim"), {"seed": 1}).path
        whole, flip = path.read_bytes(), flips(path)

        def other_words(choose: random.Random) -> None:
            path.write_bytes(whole)

            def change(said: dict[str, object], _arrays: object) -> None:
                mutations = mutated(said, choose)
                said.clear()
                said.update(mutations)

            rewrite_generation(path, change)

        def open_it() -> Any:
            shown, _refused = list_generations(folder)
            return shown, open_generation(path)

        def holds(read: Any) -> bool:
            recording = read[1]
            for index in range(recording.steps):  # whatever a pixel is now, every layer can be looked at
                for layer in LAYERS:
                    if recording.has(layer, index):
                        assert recording.picture(layer, index).dtype == np.uint8
                recording.terms(index)
            return not exact or recording.settings == {"seed": 1}

        return Kind(path, flip if exact else other_words, open_it, holds)

    return {
        "a generation": lambda: generation(exact=True),
        "a stranger's generation": lambda: generation(exact=False),
        "a checkpoint's description": lambda: checkpoint(DESCRIPTION),
        "a checkpoint's tensors": lambda: checkpoint(TENSORS),
        "a stranger's tensors": tensors_of_a_stranger,
        "a stranger's description": description_of_a_stranger,
        "run.json": lambda: run_record(flips, exact=True),
        "a stranger's run.json": lambda: run_record(other_values, exact=False),
        "metrics": metrics,
        "a grid": grid,
        "settings of the window": remembered,
        "the library's file": lambda: foreign(".pt"),
        "bare safetensors": lambda: foreign(".safetensors"),
    }


NAMES = tuple(kinds(Path(), Path()))
#: Over all kinds, for the figure.
_counts = Counter[str]()


def fuzz(name: str, run: Path, folder: Path, count: int) -> None:
    kind = kinds(run, folder)[name]()
    for seed in range(count):
        kind.spoil(random.Random(seed))
        _counts["tried"] += 1
        try:
            read = kind.open()
        except StudioError as error:
            assert str(error), (name, seed)
            _counts["refused"] += 1
        except BaseException as error:
            raise AssertionError(f"{name}, seed {seed}: {error!r}") from error
        else:
            assert kind.holds(read), (name, seed)
            _counts["opened"] += 1
    others = _counts["tried"] - _counts["refused"] - _counts["opened"]
    measured = (
        f"{others} of {_counts['tried']} ({_counts['refused']} refused, {_counts['opened']} opened as what they are)"
    )
    figure("C2", demanded=f"damage in {len(NAMES)} kinds of file: 0 untyped", measured=measured)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("name", NAMES)
def test_a_little_damage(name: str, run: Path, tmp_path: Path) -> None:
    fuzz(name, run, tmp_path, SHORT)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("name", NAMES)
def test_much_damage(name: str, run: Path, tmp_path: Path) -> None:
    fuzz(name, run, tmp_path, LONG)


def test_the_generator_spoils_something() -> None:
    whole = bytes(range(256)) * 20
    spoilt = {damaged(whole, random.Random(seed)) for seed in range(200)}
    assert len(spoilt) > 190 and whole not in spoilt
    assert Image.MAX_IMAGE_PIXELS is not None  # nobody has turned Pillow's own limit off
