"""A run is measured: what is compared with what, what is kept, what is said, and that training is left as it is."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import core
from core.cli.main import WRONG_USAGE, main
from core.cli.quality import in_words
from core.errors import CheckpointError, DataError
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import scan_all
from core.quality.measuring import _sampled, compared, measure_quality, measure_run
from core.quality.random_network import RandomNetwork
from core.quality.verdict import Change, above_floor, changes, disagree, seen_apart
from core.quality.wish import QualityProgress, QualityWish
from core.randomness import numpy_generator
from core.runs.listing import ListedFacts
from core.runs.quality_file import QualityResult, SpaceResult, harshest, read_quality
from core.runs.run import Run
from core.sampling import as_condition, to_pixels
from core.settings import RunConfig
from core.threads import using
from core.training import events, quality_watch
from core.training.observing import Moment
from core.training.ranks import ALONE
from core.training.state import new_state
from core.training.step_threads import StepThreads
from tests.core.quality.conftest import make_pictures
from tests.core.training.conftest import assert_same_run, of, train

WISH = QualityWish(count=20, sampler="ddim", steps=3, spaces=("random",))


def result_of(measuring: object) -> QualityResult:
    *progress, result = measuring  # type: ignore[misc]
    assert all(isinstance(each, QualityProgress) and 0 <= each.done <= each.of for each in progress)
    assert isinstance(result, QualityResult)
    return result


def pictures_of(folder: Path, config: RunConfig) -> PictureSet:
    *_, found = load_pictures(scan_all(folder), config.data)
    assert isinstance(found, PictureSet)
    return found


def test_a_measured_run_keeps_the_distances_of_its_samples_from_one_half_and_of_the_halves(
    trained: tuple[Path, Path],
) -> None:
    run, folder = trained
    result = result_of(measure_run(run, WISH, device="cpu", threads=1))
    assert read_quality(run) == (result,)
    assert (result.step, result.count, result.weights, result.held_out) == (8, 20, "ema", False)
    # The same by hand: the halves, the samples of the same noise, and the public distances.
    pictures = pictures_of(folder, Run.open(run).config)
    order = numpy_generator(0, "quality halves").permutation(44)
    halves = [pictures.take(part, plain=True)[0] for part in (order[:20], order[20:40])]
    assert not set(order[:20]) & set(order[20:40])
    model, space = core.load_checkpoint(run), RandomNetwork(3)
    x = core.samplers.initial_noise(model, 20, seed=0, device="cpu")
    *_, last = core.SAMPLERS["ddim"](model, x, steps=3, generator=core.samplers.PictureNoise(0, 20))
    samples = ((last.x_next.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    real, floor, made = map(space, (*halves, samples))
    scale = np.sqrt(real.var(0).mean())
    real, floor, made = ((each - real.mean(0)) / scale for each in (real, floor, made))
    found = result.spaces["random"]
    assert found.kid == pytest.approx(core.kid(real, made), rel=1e-6)
    assert found.floor_kid == pytest.approx(core.kid(real, floor), rel=1e-6)
    assert found.fd == pytest.approx(core.frechet_distance(real, made), rel=1e-6)
    assert found.floor_fd == pytest.approx(core.frechet_distance(real, floor), rel=1e-6)
    assert found.kid_low < found.kid < found.kid_high and found.fd_low < found.fd < found.fd_high
    pictures.close()


@pytest.mark.long
@pytest.mark.parametrize("condition", ["grey", "low-resolution"])
def test_samples_of_a_conditional_run_are_shown_what_belongs_to_the_pictures_they_are_compared_with(
    tmp_path: Path, config: RunConfig, condition: str
) -> None:
    scan = make_pictures(tmp_path / "pictures")
    train(scan, config.with_settings({"condition": condition}), tmp_path / "run", threads=1)
    result = result_of(measure_run(tmp_path / "run", WISH, device="cpu", threads=1))
    with closing(pictures_of(scan.folder, Run.open(tmp_path / "run").config)) as pictures:
        order = numpy_generator(0, "quality halves").permutation(44)
        real = pictures.take(order[:20], plain=True)
    assert real.condition is not None
    seen = torch.from_numpy(real.condition).permute(0, 3, 1, 2) / 127.5 - 1
    model, space = core.load_checkpoint(tmp_path / "run"), RandomNetwork(3)
    x = core.samplers.initial_noise(model, 20, seed=0, device="cpu")
    draw = core.samplers.PictureNoise(0, 20)
    *_, last = core.SAMPLERS["ddim"](model, x, steps=3, generator=draw, condition=seen)
    samples = ((last.x_next.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    features, made = space(real.pixels), space(samples)
    scale = np.sqrt(features.var(0).mean())
    features, made = ((each - features.mean(0)) / scale for each in (features, made))
    found = result.spaces["random"]
    # A last digit of float32 may round a pixel to the next of its 256 levels.
    assert found.kid == pytest.approx(core.kid(features, made), rel=1e-3)
    assert found.fd == pytest.approx(core.frechet_distance(features, made), rel=1e-3)


def test_samples_when_made_in_parts_are_what_the_sampler_makes_bit_for_bit() -> None:
    torch.manual_seed(0)
    unet = core.Unet(4, dim_mults=(1, 2), attn_heads=1, attn_dim_head=4, condition_channels=1, num_classes=3)
    with torch.no_grad():
        for parameter in unet.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    model = core.GaussianDiffusion(unet, image_size=8, timesteps=40, offset_noise_strength=0.1).eval()
    draw = np.random.default_rng(0)
    labels, seen = draw.integers(0, 3, 20), draw.integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
    sampling = _sampled(model, replace(WISH, sampler="ddpm", seed=4), 20, labels, seen, threads=1, together=8)
    progress = []
    while True:
        try:
            progress.append(next(sampling))
        except StopIteration as end:
            found = end.value
            break
    assert [event.done for event in progress] == list(range(1, 10)) and {event.of for event in progress} == {9}
    made = []
    for first, count in ((0, 8), (8, 8), (16, 4)):
        part = slice(first, first + count)
        x = core.samplers.initial_noise(
            model, count, seed=4, device="cpu", first=first, offset_noise_strength=model.offset_noise_strength
        )
        noise = core.samplers.PictureNoise(4, count, first=first, offset_noise_strength=model.offset_noise_strength)
        conditions = {"classes": labels[part].tolist(), "condition": as_condition(model, seen[part])}
        with using(1):
            *_, last = core.SAMPLERS["ddpm"](model, x, steps=3, generator=noise, **conditions)
        made.append(to_pixels(last.x_next))
    np.testing.assert_array_equal(found, np.concatenate(made))


@pytest.mark.long
def test_measured_again_it_is_the_same_and_the_folders_network_is_trained_once(
    trained: tuple[Path, Path],
) -> None:
    run, folder = trained
    wish = replace(WISH, spaces=("folder",), bits=True)
    first = list(measure_run(run, wish, pictures=folder, device="cpu", threads=1))
    again = list(measure_run(run / "checkpoints" / "step-00000008.json", wish, device="cpu", threads=1))
    assert first[-1] == again[-1]
    parts = [{event.part for event in seen if isinstance(event, QualityProgress)} for seen in (first, again)]
    assert parts[0] - parts[1] == {"folder"}
    bits = again[-1].bits
    assert bits is not None and 0 < bits.total < 20 and bits.pictures == 20 and not bits.held_out


def test_held_out_pictures_are_compared_with_where_they_are_enough(trained: tuple[Path, Path]) -> None:
    run, folder = trained
    model = core.load_checkpoint(run)
    held = {}
    for share in (0.1, 0.5):
        pictures = pictures_of(folder, Run.open(run).config.with_settings({"hold_out": share}))
        assert pictures.held_out is not None
        held[share] = len(pictures.held_out), result_of(measure_quality(model, pictures, WISH, step=8, threads=1))
    assert held[0.1][0] < 20 and not held[0.1][1].held_out
    if held[0.5][0] >= 20:
        assert held[0.5][1].held_out == (44 - held[0.5][0] >= 20)


def test_what_cannot_be_measured_says_why(tmp_path: Path, trained: tuple[Path, Path]) -> None:
    run, _ = trained
    make_pictures(tmp_path / "few", 12)
    with pytest.raises(DataError, match=r"12 pictures.*40"):
        list(measure_run(run, WISH, pictures=tmp_path / "few", device="cpu"))
    (tmp_path / "model.pt").write_bytes(b"")
    with pytest.raises(CheckpointError, match="not part of a run"):
        list(measure_run(tmp_path / "model.pt", WISH, device="cpu"))


def test_samples_like_the_pictures_are_at_the_floor_and_others_are_above_it() -> None:
    draw = np.random.default_rng(0)
    real, floor, like = (draw.normal(size=(200, 6)) for _ in range(3))
    alike, other = compared(real, floor, like), compared(real, floor, 1.5 * like + 0.8)
    assert not above_floor(alike) and above_floor(other)
    assert alike.coverage == pytest.approx(0.97, abs=0.04) and other.coverage < alike.coverage
    # Whatever the features' own size.
    assert compared(100 * real + 5, 100 * floor + 5, 100 * like + 5).kid == pytest.approx(alike.kid, rel=1e-6)


# --- what became of it -------------------------------------------------------------------------------------


def measured(step: int, **kids: float) -> QualityResult:
    def space(kid: float) -> SpaceResult:
        return SpaceResult(
            kid=kid, kid_low=kid - 0.1, kid_high=kid + 0.1, fd=1, fd_low=1, fd_high=1, density=1, coverage=1,
            floor_kid=0, floor_fd=1,
        )  # fmt: skip

    return QualityResult(
        step=step, weights="ema", count=100, sampler="ddim", sampler_steps=5, seed=0,
        spaces={name: space(kid) for name, kid in kids.items()},
    )  # fmt: skip


def test_of_a_single_measurement_it_is_said_where_one_space_sees_a_difference_and_another_none() -> None:
    result = measured(10, folder=0.05, random=0.55)
    assert seen_apart(result) == (["random"], ["folder"]) and harshest(result) == "random"
    assert in_words(result)[-1] == (
        "the feature spaces disagree: random sees the samples further from the pictures than pictures are from each "
        "other, folder does not; look at the samples"
    )
    assert in_words(measured(10, folder=0.5))[-1] == "further from the pictures than pictures are from each other"
    assert harshest(measured(10)) is None and ListedFacts(Path("run"), 0.0, quality=result).kid == 0.55


def test_changes_are_said_where_they_are_more_than_chance_and_spaces_that_disagree_are_told() -> None:
    before, after = measured(1, folder=1.0, random=1.0, backbone=1.0), measured(2, folder=0.5, random=1.1, backbone=1.5)
    found = changes(before, after)
    assert found == {"folder": Change.BETTER, "random": Change.SAME, "backbone": Change.WORSE}
    assert disagree(found) and not disagree({"folder": Change.BETTER, "random": Change.SAME})
    assert changes(before, replace(after, count=99)) == {}
    assert "disagree" in in_words(after, (before,))[-1]
    assert "disagree" not in "".join(in_words(after, (replace(before, seed=1),)))


# --- the command ---------------------------------------------------------------------------------------------


def test_the_command_says_it_in_words_and_as_json(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run, _ = trained
    common = ["quality", str(run), "--n", "20", "--steps", "2", "--spaces", "random", "--device", "cpu"]
    assert main(common) == 0
    said = capsys.readouterr()
    assert said.out.startswith("step 8, ema weights: 20 samples (unipc, 2 steps, seed 0) beside 20 training pictures")
    assert "  random: KID " in said.out and "samples: 100 %" in said.err
    assert main([*common, "--json", "--weights", "raw"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["weights"] == "raw" and plain["spaces"]["random"]["coverage"] <= 1
    assert [each.weights for each in read_quality(run)][-1] == "raw"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--n", "3"), "--n"),
        (("--sampler", "euler2"), "--sampler"),
        (("--spaces", "inception"), "--spaces"),
        (("--steps", "0"), "--steps"),
    ],
)
def test_the_command_when_asked_for_what_there_is_not_names_the_option(
    trained: tuple[Path, Path], words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quality", str(trained[0]), *words, "--device", "cpu"]) == WRONG_USAGE
    assert said in capsys.readouterr().err


# --- while it trains -----------------------------------------------------------------------------------------


@pytest.mark.long
def test_quality_at_checkpoints_changes_nothing_that_is_learnt(
    tmp_path: Path, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = make_pictures(tmp_path / "pictures")
    monkeypatch.setattr(quality_watch, "FIRST_S", -1e9)
    monkeypatch.setattr(quality_watch.QualityWatch, "is_due", lambda self, _step: not self._budget.off)
    config = config.with_settings({"dropout": 0.2})
    plain = train(scan, config, tmp_path / "plain", threads=1)
    watched = train(scan, config.with_settings({"quality_share": 0.5}), tmp_path / "watched", threads=1)
    found = of(events.QualityMeasured, watched)
    assert [event.step for event in found] == [4, 8] and of(events.MeasuringQuality, watched)
    assert_same_run(tmp_path / "plain", plain, tmp_path / "watched", watched)
    kept = read_quality(tmp_path / "watched")
    assert [result.step for result in kept] == [4, 8] and read_quality(tmp_path / "plain") == ()
    assert found[1].kid == {name: space.kid for name, space in kept[1].spaces.items()} and found[1].count == 22


def test_quality_is_measured_only_where_its_share_of_the_time_does(
    config: RunConfig, trained: tuple[Path, Path]
) -> None:
    run = Run.open(trained[0])
    pictures = pictures_of(trained[1], run.config)

    def watch(share: float) -> quality_watch.QualityWatch:
        made = quality_watch.QualityWatch(pictures, replace(config.train, quality_share=share), calls=10)
        made.trained(1.0)
        return made

    assert not watch(0.0).is_due(1)
    little = watch(0.1)
    assert not little.is_due(1)
    # The guess: FIRST_S, and 0.4 of a step for each call of 128 samples beside batches of 4.
    guess = quality_watch.FIRST_S + 0.4 * 10 * 128 / 4
    little.trained(1.0)  # 2 s in 2 steps: still a second each
    for _ in range(int(9 * guess) - 3):  # guess is a tenth of guess + 9 guess
        little.trained(1.0)
    assert not little.is_due(1)
    for _ in range(4):
        little.trained(1.0)
    assert little.is_due(1)
    stop = threading.Event()
    stop.set()

    class Told:
        def event(self, *_words: object) -> None:
            pytest.fail("nothing is told of what is broken off")

    state, threads = new_state(run.config, torch.device("cpu")), StepThreads(torch.device("cpu"), 1, ALONE)
    now = Moment(3, state, run.config, run, Told(), threads, stop)
    assert list(little.look(now)) == [] and not little.is_due(3)
    assert torch.get_num_threads() >= 1
