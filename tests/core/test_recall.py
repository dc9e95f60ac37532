"""Perfect memory and the nearest training pictures, beside loops in float64 that do nothing cleverly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import core
from core import recall as module
from core.catalogue import SCHEDULES
from core.cli.main import main
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import ConfigError, DataError
from core.memory import Closeness, Memory, Neighbours, Recollection, remember, remember_run
from core.pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from core.pictures.folder.scan import scan_all
from core.presets import preset
from core.recall import nearest, perfect_memory, recall
from core.runs.run import Run
from core.samplers import SAMPLERS
from core.settings import DataConfig

SHAPE = (3, 4, 5)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def model(schedule: str = "cosine", *, timesteps: int = 1000, auto_normalize: bool = True) -> GaussianDiffusion:
    def network(x: torch.Tensor, t: torch.Tensor, _: torch.Tensor | None) -> torch.Tensor:
        return x

    network.channels = SHAPE[0]
    return GaussianDiffusion(
        network, image_size=SHAPE[1:], timesteps=timesteps, beta_schedule=schedule, auto_normalize=auto_normalize
    )


def bytes_of(count: int, seed: int = 0, shape: tuple[int, int, int] = SHAPE) -> np.ndarray:
    channels, height, width = shape
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, channels), dtype=np.uint8)


def as_floats(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).double() / 255


def by_loop(
    diffusion: GaussianDiffusion, entries: torch.Tensor, x_t: torch.Tensor, t: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """E[x_0 | x_t] of one picture over entries in [0, 1], by the formula as it stands."""
    signal = diffusion.sqrt_alphas_cumprod[t].double()
    variance = diffusion.sqrt_one_minus_alphas_cumprod[t].double().square()
    normalised = entries * 2 - 1 if diffusion.auto_normalize else entries
    exponents = torch.stack([-(x_t.double() - signal * x_i).square().sum() / (2 * variance) for x_i in normalised])
    weights = (exponents - exponents.max()).exp()
    weights /= weights.sum()
    return torch.einsum("n,nchw->chw", weights, normalised), weights


def last(items: Iterator[object]) -> object:
    *_, final = items
    return final


@given(
    schedule=st.sampled_from(sorted(SCHEDULES)),
    where=st.sampled_from(["first", "last", "between"]),
    count=st.integers(1, 7),
    nearness=st.sampled_from([1, 0.02]),
    seed=st.integers(0, 1000),
    auto_normalize=st.booleans(),
)
def test_perfect_memory_is_the_posterior_mean_by_the_formula(
    schedule: str, where: str, count: int, nearness: float, seed: int, auto_normalize: bool
) -> None:
    diffusion = model(schedule, auto_normalize=auto_normalize)
    t = {"first": 0, "last": 999, "between": seed % 1000}[where]
    centre, apart = torch.rand(2, count, *SHAPE, generator=seeded(seed))
    pictures = centre[:1] * (1 - nearness) + nearness * apart  # also some that hardly differ from each other
    x_t = diffusion.q_sample(
        diffusion.normalize(pictures[:2]), torch.full((min(count, 2),), t), torch.randn(pictures[:2].shape)
    )
    x_0, weights = perfect_memory(diffusion, pictures, x_t, t)
    assert x_0.dtype == weights.dtype == torch.float32
    assert weights.shape == (len(x_t), count)
    for number, one in enumerate(x_t):
        expected, shares = by_loop(diffusion, pictures.double(), one, t)
        torch.testing.assert_close(x_0[number].double(), expected, rtol=0, atol=1e-6)
        torch.testing.assert_close(weights[number].double(), shares, rtol=1e-5, atol=1e-6)


def test_perfect_memory_when_each_picture_has_its_own_timestep_answers_each() -> None:
    diffusion, pictures = model(), as_floats(bytes_of(6)).float()
    x_t, t = torch.randn(3, *SHAPE, generator=seeded(0)), torch.tensor([0, 500, 999])
    together = perfect_memory(diffusion, pictures, x_t, t)
    for number in range(3):
        alone = perfect_memory(diffusion, pictures, x_t[number : number + 1], int(t[number]))
        for one, all_ in zip(alone, together, strict=True):
            torch.testing.assert_close(one[0], all_[number])


def test_perfect_memory_when_sampled_with_ends_at_training_pictures() -> None:
    pictures = as_floats(bytes_of(5)).float()

    def network(x: torch.Tensor, t: torch.Tensor, _: torch.Tensor | None) -> torch.Tensor:
        return core.perfect_memory(diffusion, pictures, x, t)[0]

    network.channels = SHAPE[0]
    diffusion = GaussianDiffusion(network, image_size=SHAPE[1:], objective="pred_x0", beta_schedule="cosine")
    steps = list(SAMPLERS["ddim"](diffusion, torch.randn(8, *SHAPE, generator=seeded(1)), steps=100))
    memory = Memory.of((pictures.permute(0, 2, 3, 1) * 255).round().to(torch.uint8).numpy())
    found = last(nearest(memory, diffusion.unnormalize(steps[-1].x_next).clamp(0, 1)))
    assert isinstance(found, Neighbours)
    assert found.distances[:, 0].max() < 0.01
    assert set(found.closeness) == {Closeness.COPY}
    x_t = torch.stack([step.x_t for step in steps], 1)
    said = last(recall(diffusion, memory, x_t, torch.tensor([step.t for step in steps])))
    assert isinstance(said, Recollection)
    assert (said.taken_at >= 0).all() and (said.places[:, -1, 0] == found.places[:, 0]).all()
    for taken, weights in zip(said.taken_at, said.weights[..., 0], strict=True):
        assert (weights[:taken] <= 0.5).all() and weights[taken] > 0.5
    assert (said.effective[:, 0] > 4).all() and (said.effective[:, -1] < 1.001).all()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"diffusion": None}, "a GaussianDiffusion"),
        ({"pictures": torch.zeros(0, *SHAPE)}, "at least one"),
        ({"pictures": torch.full((2, *SHAPE), 1.1)}, r"pictures in \[0, 1\]"),
        ({"pictures": torch.full((2, *SHAPE), torch.nan)}, r"pictures in \[0, 1\]"),
        ({"pictures": torch.zeros(2, *SHAPE, dtype=torch.uint8)}, "floats of shape"),
        ({"pictures": torch.zeros(2, 3, 5, 5)}, "floats of shape"),
        ({"x_t": torch.full((2, *SHAPE), torch.inf)}, "finite"),
        ({"x_t": torch.zeros(SHAPE)}, "but the model takes"),
        ({"t": 1000}, "from 0 to 999"),
        ({"t": -1}, "from 0 to 999"),
        ({"t": 0.5}, "whole number"),
        ({"t": torch.tensor([0, 1, 2])}, "one for each picture"),
        ({"t": torch.tensor([0, 1000])}, "whole numbers from 0 to 999"),
    ],
)
def test_perfect_memory_when_asked_nonsense_says_what_is_legal(broken: dict[str, object], said: str) -> None:
    asked = {"diffusion": model(), "pictures": torch.zeros(2, *SHAPE), "x_t": torch.zeros(2, *SHAPE), "t": 0} | broken
    with pytest.raises(ConfigError, match=said):
        perfect_memory(**asked)


@pytest.fixture(params=["bytes", "doubles"])
def multiplying(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way of multiplying; both are exact."""
    if request.param == "doubles":
        monkeypatch.setattr(module, "_multiplies_bytes", lambda: False)
    elif not module._multiplies_bytes():
        pytest.skip("this processor cuts sums of bytes off")
    return request.param


@pytest.mark.parametrize("flips", [{}, {"horizontal_flip": True}, {"horizontal_flip": True, "vertical_flip": True}])
@pytest.mark.parametrize("schedule", ["linear", "cosine", "sigmoid"])
def test_a_recollection_is_perfect_memory_of_every_entry(
    schedule: str, flips: dict[str, bool], multiplying: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK_BYTES", 64 * 60)  # several blocks
    monkeypatch.setattr(module, "_WEIGHTS_BYTES", 8 * 200 * 4 * 5)  # several lots of steps
    monkeypatch.setattr(module, "_FEW", 20)  # both ways of adding up
    diffusion, pixels = model(schedule), bytes_of(200)
    pixels[1] = pixels[0]  # a double, which shares its weight
    pixels[2:40] = pixels[0] ^ (np.arange(38) % 2)[:, None, None, None].astype(np.uint8)  # hardly to be told from it
    memory = Memory.of(pixels, **flips)
    entries = torch.cat([as_floats(pixels).flip([axis + 1 for axis in axes]) for axes in memory.flips])
    assert len(memory.flips) == 2 ** len(flips)
    t = torch.tensor([999, 900, 700, 500, 300, 150, 70, 30, 10, 3, 0])
    start = diffusion.normalize(entries[[0, len(entries) - 1]].float())
    noise = torch.randn(2, len(t), *SHAPE, generator=seeded(0))
    x_t = torch.stack([diffusion.q_sample(start[b].expand(len(t), *SHAPE), t, noise[b]) for b in range(2)])
    network = torch.rand(x_t.shape, generator=seeded(0))
    said = last(recall(diffusion, memory, x_t, t, x_0=network, strongest=3))
    assert isinstance(said, Recollection)
    for trajectory in range(2):
        for step, time in enumerate(t.tolist()):
            at = trajectory, step
            expected, shares = by_loop(diffusion, entries, x_t[at], time)
            of_pictures = shares.reshape(len(memory.flips), -1).sum(0)
            np.testing.assert_allclose(said.x_0[at], expected, rtol=0, atol=2e-6)
            np.testing.assert_allclose(said.weights[at], of_pictures.topk(3).values, rtol=1e-4, atol=1e-6)
            np.testing.assert_allclose(said.weights[at], of_pictures[said.places[at]], rtol=1e-4, atol=1e-6)
            assert said.effective[at] == pytest.approx(float(1 / of_pictures.square().sum()), rel=1e-4)
            apart = float((network[at].double() - expected).square().mean().sqrt())
            assert said.distance[at] == pytest.approx(apart, rel=1e-5)
    first_picture, last_picture = said.places[0, -1, 0], said.places[1, -1, 0]
    assert first_picture < 40 and last_picture == 199
    turned = memory.picture(int(last_picture), int(said.turned[1, -1, 0]))
    np.testing.assert_array_equal(turned, (entries[-1] * 255).round().permute(1, 2, 0).numpy())


def test_recalling_when_few_pictures_can_weigh_in_multiplies_all_with_8_bits_alone(
    multiplying: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    diffusion, memory = model(), Memory.of(bytes_of(3000, shape=(3, 16, 16)))
    columns: list[int] = []
    product = module._product

    def counted(one: torch.Tensor, two: torch.Tensor) -> torch.Tensor:
        columns.append(two.shape[1] if len(one) == 3000 else len(one))
        return product(one, two)

    monkeypatch.setattr(module, "_product", counted)
    t = torch.tensor([999, 400, 300, 200, 100, 0])
    start = diffusion.normalize(torch.from_numpy(memory.picture(7)).permute(2, 0, 1).float() / 255)
    x_t = diffusion.q_sample(start.expand(len(t), 3, 16, 16), t, torch.randn(len(t), 3, 16, 16, generator=seeded(0)))
    said = last(recall(diffusion, memory, x_t, t))
    assert isinstance(said, Recollection)
    assert columns == [6, 2, 3]  # 8 bits of all; 16 more of the noise alone, and the sum of its pictures by 24 bits
    assert said.effective[0] > 1024 and (said.places[1:, 0] == 7).all() and (said.weights[1:, 0] > 0.999).all()


@given(st.integers(1, 4), st.integers(1, 300), st.integers(0, 1000))
def test_numbers_of_two_or_three_digits_keep_what_float32_keeps(rows: int, width: int, seed: int) -> None:
    values = torch.randn(rows, width, generator=seeded(seed), dtype=torch.float64) * 10.0 ** (seed % 7 - 3)
    for digits in (2, 3):
        scale, written = module._in_digits(values, digits)
        assert written.dtype == torch.int8 and written.shape == (digits * rows, width)
        back = module._joined(written.double().reshape(digits, rows, width), 0) * scale
        most = values.abs().amax(1, keepdim=True)
        assert ((back - values).abs() <= most * (0.51 / 127 / 256 ** (digits - 1))).all()


def test_products_longer_than_an_int32_can_sum_stay_exact(multiplying: str) -> None:
    extremes = torch.full((17, 200_000), -128, dtype=torch.int8)
    products = module._product(extremes, extremes.T)
    assert (products.double() == 200_000 * 128.0**2).all()


def test_recalling_when_closed_between_two_blocks_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK_BYTES", 64 * 60)
    memory = Memory.of(bytes_of(500))
    going = recall(model(), memory, torch.zeros(2, *SHAPE), torch.tensor([999, 0]))
    first = next(going)
    assert isinstance(first, LoadProgress) and (first.done, first.of) == (1, 24)
    going.close()
    whole = list(recall(model(), memory, torch.zeros(2, *SHAPE), torch.tensor([999, 0])))
    assert whole[-2] == LoadProgress(24, 24, 0)


def test_a_recollection_takes_arrays_that_cannot_be_written() -> None:
    x_t = np.zeros((1, *SHAPE), np.float32)
    x_t.setflags(write=False)
    said = last(recall(model(), Memory.of(bytes_of(3)), x_t, np.array([999]), x_0=x_t))
    assert isinstance(said, Recollection) and said.places.shape == (1, 3)


@pytest.mark.parametrize(
    ("x_t", "t", "more"),
    [
        (torch.zeros(SHAPE), torch.tensor([0]), {}),
        (torch.zeros(1, 3, 5, 5), torch.tensor([0]), {}),
        (torch.zeros(2, *SHAPE), torch.tensor([0]), {}),
        (torch.zeros(1, *SHAPE), torch.tensor([1000]), {}),
        (torch.full((1, *SHAPE), torch.nan), torch.tensor([0]), {}),
        (torch.zeros(1, *SHAPE), torch.tensor([0]), {"strongest": 0}),
        (torch.zeros(1, *SHAPE), torch.tensor([0]), {"x_0": torch.zeros(2, *SHAPE)}),
    ],
)
def test_recalling_nonsense_is_refused_at_once(x_t: torch.Tensor, t: torch.Tensor, more: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        recall(model(), Memory.of(bytes_of(3)), x_t, t, **more)


# --- nearest -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flips", [{}, {"horizontal_flip": True}])
def test_the_nearest_pictures_are_those_of_a_loop(
    flips: dict[str, bool], multiplying: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK_BYTES", 64 * 60)
    monkeypatch.setattr(module, "_WEIGHTS_BYTES", 8 * 150 * 7)
    pixels = bytes_of(150)
    memory, pictures = Memory.of(pixels, **flips), as_floats(pixels)
    samples = torch.rand(20, *SHAPE, generator=seeded(3))
    samples[0] = pictures[149].float()
    samples[1] = pictures[7].flip(2).float()
    found = last(nearest(memory, samples, count=3))
    assert isinstance(found, Neighbours)
    ways = torch.stack([pictures.flip([axis + 1 for axis in axes]) for axes in memory.flips])

    def distances(to: torch.Tensor) -> torch.Tensor:
        return (2 * (ways - to.double())).square().mean((2, 3, 4)).sqrt()

    for number, sample in enumerate(samples):
        least, way = distances(sample).min(0)
        expected = least.topk(3, largest=False)
        np.testing.assert_allclose(found.distances[number], expected.values, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(found.places[number], expected.indices)
        np.testing.assert_array_equal(found.turned[number], way[expected.indices])
    assert found.distances[0, 0] < 1e-6 and found.closeness[0] is Closeness.COPY
    assert (found.closeness[1] is Closeness.COPY) == bool(flips)
    assert Closeness.COPY not in found.closeness[2:]
    own = []
    for number in range(150):
        apart = distances(pictures[number])
        apart[:, number] = torch.inf
        own.append(float(apart.min()))
    np.testing.assert_allclose(found.own, sorted(own), rtol=1e-12)
    again = last(nearest(memory, samples[:1], own=found.own))
    assert again.own is found.own


def test_the_word_for_a_sample_follows_its_distances() -> None:
    own = np.linspace(0.2, 0.4, 101)  # 5 %: 0.21, half: 0.3
    distances = np.array([[0.0, 0.5], [0.099, 0.12], [0.15, 0.46], [0.15, 0.44], [0.209, 0.22], [0.22, 0.23]])
    places = np.zeros(distances.shape, np.int64)
    said = Neighbours(places, places, distances, own).closeness
    assert said == ("copy", "copy", "copy", "close", "close", "new")
    alone = Neighbours(places, places, distances[:, :1], np.empty(0))
    assert alone.closeness == ("copy", "new", "new", "new", "new", "new")


def test_a_set_of_one_picture_has_a_nearest_and_no_distances_of_its_own() -> None:
    pixels = bytes_of(1)
    found = last(nearest(Memory.of(pixels), as_floats(pixels).float()))
    assert found.distances.shape == (1, 1) and found.closeness == ("copy",) and np.isnan(found.quantile(0.5))


# --- remembering ---------------------------------------------------------------------------------------------


def a_set(folder: Path, **data: object) -> PictureSet:
    if not folder.exists():
        folder.mkdir()
        draw = np.random.default_rng(0)
        for number in range(9):
            Image.fromarray(draw.integers(0, 256, (12, 10, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    config = DataConfig(image_size=8, channels=3, horizontal_flip=False, labels="off", excluded=())
    loaded = last(load_pictures(scan_all(folder), replace(config, **data)))
    assert isinstance(loaded, PictureSet)
    return loaded


def test_a_memory_holds_the_pictures_as_the_training_prepares_them(tmp_path: Path) -> None:
    with closing(a_set(tmp_path / "pictures", horizontal_flip=True, vertical_flip=True)) as pictures:
        *progress, memory = remember(pictures)
        assert isinstance(memory, Memory) and memory.beside == ()
        assert progress[-1] == LoadProgress(9, 9, 0)
        assert memory.names == tuple(f"{number}.png" for number in range(9))
        assert memory.flips == ((), (2,), (1,), (2, 1))
        seen = pictures.take(np.arange(9), plain=True)[0]
    for number in range(9):
        np.testing.assert_array_equal(memory.picture(number), seen[number])
        np.testing.assert_array_equal(memory.picture(number, 1), seen[number][:, ::-1])
        np.testing.assert_array_equal(memory.picture(number, 3), seen[number][::-1, ::-1])


def test_a_memory_says_which_random_changes_it_lacks(tmp_path: Path) -> None:
    with closing(a_set(tmp_path / "pictures", crop="random", colour_jitter=0.2)) as pictures:
        memory = last(remember(pictures))
    assert memory.beside == ("crop", "colour_jitter")
    with closing(a_set(tmp_path / "pictures")) as pictures:
        np.testing.assert_array_equal(memory.pixels, last(remember(pictures)).pixels)


def test_a_memory_of_pictures_with_a_condition_is_of_the_pictures_alone(tmp_path: Path) -> None:
    with closing(a_set(tmp_path / "pictures", condition="grey")) as pictures:
        memory = last(remember(pictures))
    with closing(a_set(tmp_path / "pictures")) as pictures:
        np.testing.assert_array_equal(memory.pixels, last(remember(pictures)).pixels)


def test_a_memory_of_a_class_has_the_pictures_that_the_network_was_told_are_of_it(tmp_path: Path) -> None:
    with closing(a_set(tmp_path / "pictures")) as pictures:
        everything = last(remember(pictures))
        assert everything.classes == () and everything.of_class("cat") is everything
    with closing(a_set(tmp_path / "pictures", labels="folders", class_names=("cat", "dog"))) as pictures:
        pictures.labels = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2])
        memory = last(remember(pictures))
    assert memory.classes == ("cat", "dog", "") * 3
    dogs = memory.of_class("dog")
    assert dogs.names == ("1.png", "4.png", "7.png") and dogs.numbers.tolist() == [1, 4, 7]
    np.testing.assert_array_equal(dogs.picture(1), memory.picture(4))
    np.testing.assert_array_equal(dogs.squares, memory.squares[[1, 4, 7]])
    assert memory.of_class("") is memory and memory.of_class("bird") is memory


def test_a_memory_leaves_out_what_cannot_be_read_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pictures.feed.pictures.AT_ONCE_PIXELS", 0)  # decoded when asked for
    with closing(a_set(tmp_path / "pictures")) as pictures:
        (tmp_path / "pictures" / "3.png").write_bytes(b"spoilt")
        memory = last(remember(pictures))
    assert memory.numbers.tolist() == [0, 1, 2, 4, 5, 6, 7, 8]
    assert "3.png" not in memory.names and len(memory) == 8


def test_remembering_when_it_takes_too_much_memory_is_refused_in_words(tmp_path: Path) -> None:
    with closing(a_set(tmp_path / "pictures")) as pictures, pytest.raises(DataError, match="9 pictures of 8 px"):
        next(remember(pictures, most_bytes=1000))


def test_remembering_a_run_takes_its_own_pictures_and_settings(tmp_path: Path) -> None:
    a_set(tmp_path / "pictures").close()
    config = preset("sketch").config.with_settings(
        {"image_size": 8, "channels": 3, "horizontal_flip": True, "excluded": "2.png", "labels": "off"}
    )
    Run.create(tmp_path / "run", config, source_folder=tmp_path / "pictures", device="cpu", planned_total=1)
    memory = last(remember_run(tmp_path / "run"))
    assert isinstance(memory, Memory)
    assert len(memory) == 8 and "2.png" not in memory.names and memory.flips == ((), (2,))
    (tmp_path / "pictures").rename(tmp_path / "moved")
    with pytest.raises(DataError, match="pictures"):
        last(remember_run(tmp_path / "run"))
    assert last(remember_run(tmp_path / "run", pictures=tmp_path / "moved")).names == memory.names


def test_nearest_when_a_sample_is_a_training_picture_calls_it_a_copy_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_set(tmp_path / "pictures").close()
    config = preset("sketch").config.with_settings(
        {"image_size": 8, "channels": 3, "horizontal_flip": True, "labels": "off"}
    )
    Run.create(tmp_path / "run", config, source_folder=tmp_path / "pictures", device="cpu", planned_total=1)
    memory = last(remember_run(tmp_path / "run"))
    assert isinstance(memory, Memory)
    sample = tmp_path / "00000.png"
    Image.fromarray(memory.picture(4, 1)).save(sample)
    assert main(["nearest", str(tmp_path / "run"), str(sample), "--count", "2"]) == 0
    *_, words = capsys.readouterr().out.splitlines()
    assert words.startswith(f"{sample}: copy; nearest 4.png (flipped) 0.000, ")
    assert main(["nearest", str(tmp_path / "run"), str(sample), str(sample), "--json"]) == 0
    one, two = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert one == two and one["word"] == "copy" and len(one["nearest"]) == 4
    assert one["nearest"][0] == {"picture": "4.png", "distance": pytest.approx(0, abs=1e-6), "flipped": True}
    assert main(["nearest", str(tmp_path / "run"), str(sample), "--count", "0"]) == 2
    assert "--count" in capsys.readouterr().err
    assert main(["nearest", str(tmp_path), str(sample)]) == 1


def test_nearest_when_a_sample_is_a_film_says_which_of_its_pictures_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_set(tmp_path / "pictures").close()
    config = preset("sketch").config.with_settings({"image_size": 8, "channels": 3, "horizontal_flip": False})
    Run.create(tmp_path / "run", config, source_folder=tmp_path / "pictures", device="cpu", planned_total=1)
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / "still.gif")
    for name, said in (("film.gif", "film.gif holds more than one picture: its first is taken\n"), ("still.gif", "")):
        assert main(["nearest", str(tmp_path / "run"), str(tmp_path / name)]) == 0
        assert capsys.readouterr().err == said
