"""`ddpm-studio sample`: samplers, spacings, classes, guidance and editing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import core
from core.beginning import INPAINT_STEPS
from core.catalogue import SAMPLERS, SPACINGS
from core.cli.main import FAILED, WRONG_USAGE, main
from core.networks.build import build_diffusion
from core.runs.atomic import json_text
from core.runs.checkpoint import Checkpoint, find_checkpoint, prune, read_checkpoint, save_checkpoint
from core.runs.checkpoint_files import checksum_of, read_description
from core.runs.grids import read_settings
from core.settings import RunConfig

SIZE = 8
TIMESTEPS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classed model, a plain one, and pictures."""
    folder = tmp_path_factory.mktemp("sampling")
    tiny = {"dim": 8, "dim_mults": (1,), "attn_heads": 1, "attn_dim_head": 4, "image_size": SIZE, "channels": 1}
    classes = {"labels": "folders", "class_names": ("cats", "dogs", "1")}
    for name, settings in (("classed", classes), ("plain", {})):
        config = RunConfig().with_settings({**tiny, "timesteps": TIMESTEPS, "horizontal_flip": False, **settings})
        torch.manual_seed(0)
        state = build_diffusion(config).state_dict()
        path = save_checkpoint(folder / name, Checkpoint(step=5, config=config, model=state, ema=state))
        (folder / f"{name}.path").write_text(str(path))
    torch.manual_seed(1)
    worse = build_diffusion(config).state_dict()
    path = save_checkpoint(folder / "plain", Checkpoint(step=3, config=config, model=state, ema=worse))
    (folder / "earlier.path").write_text(str(path))
    draw = np.random.default_rng(0)
    Image.fromarray(draw.integers(0, 255, (16, 16), dtype=np.uint8)).save(folder / "picture.png")
    Image.fromarray(draw.integers(0, 255, (8, 12), dtype=np.uint8)).save(folder / "other.png")
    half = np.zeros((16, 16), dtype=np.uint8)
    half[:, 8:] = 255
    Image.fromarray(half).save(folder / "mask.png")
    Image.fromarray(half[:4]).save(folder / "small-mask.png")
    return folder


def sample(folder: Path, out: Path, *words: object, model: str = "plain", n: int = 2) -> int:
    path = (folder / f"{model}.path").read_text()
    guides = {"EARLIER": "earlier", "CLASSED": "classed"}
    words = tuple((folder / f"{guides[word]}.path").read_text() if word in guides else word for word in words)
    given = [str(folder / word) if str(word).endswith(".png") else str(word) for word in words]
    return main(["sample", path, "--out", str(out), "--n", str(n), "--device", "cpu", *given])


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_sample_when_it_numbers_on_makes_the_pictures_that_one_call_would_have_made(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--steps", 3, "--class", "cats,dogs", "--grid", "--seed", 5)
    assert sample(folder, tmp_path / "at-once", *words, model="classed", n=5) == 0
    for n in (2, 1, 2):
        assert sample(folder, tmp_path / "in-parts", *words, "--number-on", model="classed", n=n) == 0
    assert "earlier" not in capsys.readouterr().err, "they were to stay"
    for number in range(5):
        name = f"{number:05d}.png"
        assert np.array_equal(pixels(tmp_path / "at-once" / name), pixels(tmp_path / "in-parts" / name)), name
        asked = [read_settings(tmp_path / at / name) for at in ("at-once", "in-parts")]
        assert {(said["index"], said["class"], said["seed"]) for said in asked} == {
            (number, "dogs" if number % 2 else "cats", 5)
        }
    grids = sorted(path.name for path in (tmp_path / "in-parts").glob("grid*"))
    assert grids == ["grid-from-00002.png", "grid-from-00003.png", "grid.png"]
    (tmp_path / "in-parts" / "00001.png").unlink()
    assert sample(folder, tmp_path / "in-parts", *words, "--number-on", model="classed", n=1) == 0
    assert (tmp_path / "in-parts" / "00005.png").exists(), "after the highest, whatever was taken away"


@pytest.mark.parametrize(("grid", "numbers"), [("step-0001-x_t.png", 0), ("step-0001-from-00002-x_0.png", 2)])
def test_sample_when_grids_of_a_call_that_was_broken_off_are_in_the_way_says_so_before_the_work(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], grid: str, numbers: int
) -> None:
    if numbers:
        assert sample(folder, tmp_path, "--steps", 2, "--grid", "--every", n=numbers) == 0
    (tmp_path / grid).write_bytes(b"of earlier")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert sample(folder, tmp_path, "--steps", 2, "--every", "--number-on") != 0
    assert grid in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "number on behind what is there (--number-on)"),
        (["--number-on", "--force"], "--number-on"),
        (["--number-on", "--from", "picture.png", "--at-t", "10..40:2"], "numbered from 0"),
    ],
)
def test_sample_when_names_are_taken_says_how_to_number_on_and_what_that_goes_with(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert sample(folder, tmp_path, "--steps", 2) == 0
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert sample(folder, tmp_path, "--steps", 2, *words) != 0
    assert said in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_sample_when_a_sampler_is_chosen_uses_it(folder: Path, tmp_path: Path, sampler: str) -> None:
    spacing = list(SPACINGS)[len(sampler) % len(SPACINGS)]
    assert sample(folder, tmp_path, "--sampler", sampler, "--steps", 5, "--spacing", spacing, "--every") == 0
    assert pixels(tmp_path / "00001.png").shape == (SIZE, SIZE)
    assert len(list(tmp_path.glob("step-*-x_0.png"))) == 5
    settings = read_settings(tmp_path / "00001.png")
    assert (settings["sampler"], settings["spacing"], settings["sample_steps"]) == (sampler, spacing, 5)


def test_sample_when_classes_are_given_takes_them_in_turn(folder: Path, tmp_path: Path) -> None:
    words = ["--class", '"dogs", 0', "--class", "1", "--guidance", "2", "--guidance-rescale", "0.5", "--steps", "3"]
    assert sample(folder, tmp_path / "a", *words, model="classed", n=4) == 0
    said = [read_settings(tmp_path / "a" / f"0000{k}.png") for k in range(4)]
    assert [settings["class"] for settings in said] == ["dogs", "cats", "1", "dogs"], "a name before a number"
    assert said[0]["guidance_scale"] == 2
    words[words.index("--guidance") + 1] = "9"
    assert sample(folder, tmp_path / "b", *words, model="classed", n=4) == 0
    assert not np.array_equal(pixels(tmp_path / "a" / "00000.png"), pixels(tmp_path / "b" / "00000.png"))


@pytest.mark.long
def test_sample_when_steps_are_not_given_takes_the_samplers_usual(folder: Path, tmp_path: Path) -> None:
    for words, steps in (
        (["--sampler", "ddpm"], TIMESTEPS),
        ([], 20),
        (["--sampler", "dpm++2m"], 20),
        (["--from", "picture.png", "--at-t", 9], 10),
        (["--from", "picture.png", "--mask", "mask.png"], INPAINT_STEPS),
    ):
        out = tmp_path / "-".join(map(str, ("steps", *words)))
        assert sample(folder, out, *words, n=1) == 0
        assert read_settings(out / "00000.png")["sample_steps"] == steps


def test_sample_when_started_from_a_slightly_noised_picture_returns_nearly_it(folder: Path, tmp_path: Path) -> None:
    with Image.open(folder / "picture.png") as picture:
        wanted = np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.BICUBIC), dtype=float)
    distances = []
    for t in (0, 59):
        assert sample(folder, tmp_path / str(t), "--from", "picture.png", "--at-t", t) == 0
        distances.append(np.abs(pixels(tmp_path / str(t) / "00000.png") - wanted).mean())
    assert distances[0] < 10 < distances[1]
    assert sample(folder, tmp_path / "mix", "--from", "picture.png", "--to", "other.png", "--mix", 0.25) == 0
    settings = read_settings(tmp_path / "mix" / "00000.png")
    assert (settings["edit"], settings["mix"], settings["at_t"]) == ("interpolate", 0.25, TIMESTEPS // 2)


def test_sample_when_a_row_is_asked_for_has_each_lambda_or_strength_with_one_noise(
    folder: Path, tmp_path: Path
) -> None:
    two = ("--from", "picture.png", "--to", "other.png", "--at-t", 30, "--sampler", "ddim", "--steps", 5)
    assert sample(folder, tmp_path / "row", *two, "--mix", "0..1:3", n=3) == 0
    for k, lam in enumerate((0, 0.5, 1)):
        assert sample(folder, tmp_path / str(lam), *two, "--mix", lam, n=1) == 0
        alone, in_row = (pixels(tmp_path / name).astype(int) for name in (f"{lam}/00000.png", f"row/0000{k}.png"))
        assert np.abs(alone - in_row).max() <= 1
    assert read_settings(tmp_path / "row" / "00000.png")["mix"] == [0.0, 0.5, 1.0]
    assert sample(folder, tmp_path / "strengths", "--from", "picture.png", "--at-t", "0..59:3", n=3) == 0
    assert read_settings(tmp_path / "strengths" / "00000.png")["at_t"] == [0, 30, 59]
    with Image.open(folder / "picture.png") as picture:
        wanted = np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.BICUBIC), dtype=float)
    off = [np.abs(pixels(tmp_path / "strengths" / f"0000{k}.png") - wanted).mean() for k in range(3)]
    assert off == sorted(off) and off[0] < 10


def test_sample_when_files_are_asked_for_makes_them_without_a_folder_and_replaces_none(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = (folder / "classed.path").read_text()
    files = [
        "--html",
        str(tmp_path / "a.html"),
        "--export",
        str(tmp_path / "a.gif"),
        "--export",
        str(tmp_path / "a.npz"),
    ]
    words = ["sample", model, "--n", "2", "--steps", "2", "--class", "cats", "--device", "cpu", "--json", *files]
    assert main(words) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["event"], Path(line["path"]).name) for line in told] == [
        ("gif", "a.gif"),
        ("npz", "a.npz"),
        ("html", "a.html"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "a.html", "a.npz"]
    assert main(words) != 0 and "a.gif is there already" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0
    capsys.readouterr()
    assert main(["sample", model, "--n", "2"]) == WRONG_USAGE
    assert "--html or --export" in capsys.readouterr().err
    assert main([*words, "--force", "--n", "65"]) == WRONG_USAGE
    assert "a whole number from 1 to 64" in capsys.readouterr().err


def test_sample_when_given_a_mask_fills_only_its_white_part(folder: Path, tmp_path: Path) -> None:
    assert sample(folder, tmp_path, "--from", "picture.png", "--mask", "mask.png", "--steps", 5) == 0
    with Image.open(folder / "picture.png") as picture:
        wanted = np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.BICUBIC, reducing_gap=3.0))
    first, second = (pixels(tmp_path / f"0000{k}.png") for k in (0, 1))
    np.testing.assert_array_equal(first[:, :4], wanted[:, :4])
    np.testing.assert_array_equal(first[:, :4], second[:, :4])
    assert not np.array_equal(first[:, 4:], second[:, 4:])


def test_sample_when_the_mask_has_another_size_resizes_it_and_says_so(folder: Path, tmp_path: Path, capsys) -> None:
    edit = ("--from", "picture.png", "--steps", 5, "--mask")
    assert sample(folder, tmp_path / "whole", *edit, "mask.png") == 0
    assert "resized" not in capsys.readouterr().err
    assert sample(folder, tmp_path / "small", *edit, "small-mask.png") == 0
    assert "the mask is 16 × 4 px; it was resized to 16 × 16 px (nearest)" in capsys.readouterr().err
    # Both are white in their right half.
    np.testing.assert_array_equal(pixels(tmp_path / "small" / "00000.png"), pixels(tmp_path / "whole" / "00000.png"))


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["--sampler", "magic"], WRONG_USAGE, "dpm++2m"),
        (["--spacing", "wild"], WRONG_USAGE, "log_snr"),
        (["--class", "cats"], WRONG_USAGE, "knows no classes"),
        (["--guidance", "3"], WRONG_USAGE, "no --class"),
        (["--guidance", "-1"], WRONG_USAGE, "“-1.0” is not a value of --guidance: a number from 0 to 100"),
        (["--guidance-rescale", "nan"], WRONG_USAGE, "value of --guidance-rescale: a number from 0 to 1"),
        (["--guide-scale", "2"], WRONG_USAGE, "no --guide"),
        (["--guide-weights", "raw"], WRONG_USAGE, "no --guide"),
        (["--guide", "4", "--guide-scale", "101"], WRONG_USAGE, "value of --guide-scale: a number from 0 to 100"),
        (["--guide", "2"], WRONG_USAGE, "“2” is not a value of --guide: a checkpoint file, a run folder, or a step"),
        (["--guide", "CLASSED"], FAILED, "its num_classes is 3, the model's None"),
        (["--guide", "gone.safetensors"], FAILED, "gone.safetensors"),
        (["--steps", "61"], WRONG_USAGE, "“61” is not a value of --steps: a whole number from 1 to 60"),
        (["--steps", "0"], WRONG_USAGE, "“0” is not a value of --steps: a whole number from 1 to 60"),
        (["--sampler", "heun", "--eta", "1"], WRONG_USAGE, "value of --eta: Heun takes none, only DDIM"),
        (["--eta", "2"], WRONG_USAGE, "“2.0” is not a value of --eta: a number from 0 to 1"),
        (["--seed", "-1"], WRONG_USAGE, "“-1” is not a value of --seed: a whole number from 0"),
        (["--n", "0"], WRONG_USAGE, "“0” is not a value of --n: a whole number from 1 to 1,000,000"),
        (["--image-size", "0"], WRONG_USAGE, "“0” is not a value of --image-size: a whole number from 1"),
        (["--at-t", "3"], WRONG_USAGE, "no --from"),
        (["--from", "picture.png", "--mix", "0.5"], WRONG_USAGE, "no --to"),
        (
            ["--from", "picture.png", "--to", "other.png", "--mix", "2"],
            WRONG_USAGE,
            "value of --mix: a number from 0 to 1",
        ),
        (["--from", "picture.png", "--at-t", "60"], WRONG_USAGE, "“60” is not a value of --at-t"),
        (["--from", "picture.png", "--at-t", "-1"], WRONG_USAGE, "--at-t: a whole number from 0 to 59"),
        (["--from", "picture.png", "--at-t", "3", "--steps", "5"], WRONG_USAGE, "--steps: a whole number from 1 to 4"),
        (["--from", "picture.png", "--mask", "mask.png", "--sampler", "ddim"], WRONG_USAGE, "DDPM"),
        (["--from", "gone.png"], FAILED, "gone.png"),
        (["--precision", "fp16"], FAILED, "A CPU does not compute in fp16. Set --precision to bf16 or off."),
        (["--export", "a.xyz"], WRONG_USAGE, "value of --export: a file whose name ends in one of .html, .gif"),
        (["--from", "picture.png", "--at-t", "1..9:3"], WRONG_USAGE, "the row says how many pictures there are"),
        (["--from", "picture.png", "--to", "other.png", "--at-t", "1..9:2"], WRONG_USAGE, "a row is of --mix between"),
        (
            ["--from", "picture.png", "--at-t", "1..9:2", "--sampler", "unipc"],
            WRONG_USAGE,
            "value of --sampler: one that does not go on",
        ),
    ],
)
def test_sample_when_the_request_is_invalid_prints_one_sentence_and_makes_no_folder(
    folder: Path, tmp_path: Path, words: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(folder, tmp_path / "out", *words) == status
    told = capsys.readouterr()
    assert says in told.err and len(told.err.strip().splitlines()) == 1 and not told.out
    assert not (tmp_path / "out").exists()


def test_sample_when_guided_goes_away_from_the_checkpoint_and_says_from_which(folder: Path, tmp_path: Path) -> None:
    sampled = ("--steps", "4", "--seed", "3")
    for out, words in {
        "alone": (),
        "at-1": ("--guide", "4", "--guide-scale", "1"),
        "by-step": ("--guide", "4", "--guide-scale", "3"),
        "by-path": ("--guide", "EARLIER", "--guide-scale", "3"),
        "raw": ("--guide", "3", "--guide-scale", "3", "--guide-weights", "raw"),
    }.items():
        assert sample(folder, tmp_path / out, *sampled, *words) == 0
    made = {path.name: pixels(path / "00001.png") for path in tmp_path.iterdir()}
    np.testing.assert_array_equal(made["alone"], made["at-1"])
    np.testing.assert_array_equal(made["by-step"], made["by-path"])
    # The raw weights of step 3 are those of the model itself: there is nothing to go away from.
    assert np.abs(made["raw"].astype(int) - made["alone"]).max() <= 1
    assert (made["alone"] != made["by-step"]).any()
    told = read_settings(tmp_path / "by-step" / "00001.png")
    digest = read_description(Path((folder / "earlier.path").read_text())).sha256
    assert (told["guide"], told["guide_step"], told["guide_sha256"]) == ("step-00000003.json", 3, digest)
    assert (told["guide_weights"], told["guide_scale"]) == ("ema", 3.0)
    assert not [name for name in read_settings(tmp_path / "at-1" / "00001.png") if name.startswith("guide")]


def test_times_when_a_space_parts_them_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        sample(folder, tmp_path / "out", "--times", "59 300")
    assert ended.value.code == WRONG_USAGE
    assert "'59 300': it is not whole numbers with commas between" in capsys.readouterr().err


def test_sample_when_the_file_is_invalid_exits_with_failed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = Path((folder / "plain.path").read_text())
    description = json.loads(written.read_text())
    description["config"]["model"]["dim"] = 7
    description["checksum"] = checksum_of({name: value for name, value in description.items() if name != "checksum"})
    for path in (written, written.with_suffix(".safetensors")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / written.name).write_text(json_text(description))
    assert main(["sample", str(tmp_path / written.name), "--out", str(tmp_path / "out")]) == FAILED
    description["config"]["model"]["dim"] = "seven"
    description["checksum"] = checksum_of({name: value for name, value in description.items() if name != "checksum"})
    (tmp_path / written.name).write_text(json_text(description))
    assert main(["inspect", str(tmp_path / written.name)]) == FAILED
    assert capsys.readouterr().err.count("is damaged") == 2


def test_sample_when_a_class_is_unknown_names_the_known_ones(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(folder, tmp_path / "out", "--class", "cats,wolves", model="classed") == WRONG_USAGE
    assert "wolves" in (told := capsys.readouterr().err) and "cats, dogs" in told


def test_sample_when_json_is_chosen_names_the_written_files(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(folder, tmp_path, "--steps", 2, "--grid", "--json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in told] == ["picture", "picture", "grid"]
    assert all(Path(line["path"]).is_file() for line in told)


def test_help_when_printed_has_every_name_and_loads_no_torch() -> None:
    code = (
        "import sys; from core.cli.main import main\n"
        "try: main(['sample', '--help'])\n"
        "except SystemExit: pass\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in (*SAMPLERS, *SPACINGS, "--mask", "--mix"):
        assert name in done.stdout


def test_sample_when_a_checkpoint_is_pruned_meanwhile_takes_the_next(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[Path] = []
    run = shutil.copytree(folder / "plain", tmp_path / "run")

    def found_and_pruned(path: Path) -> Path:
        chosen.append(find_checkpoint(path))
        if len(chosen) == 1:
            save_checkpoint(run, replace(read_checkpoint(chosen[0]), step=6))
            prune(run, 1)
        return chosen[-1]

    monkeypatch.setattr(core.runs.checkpoint, "find_checkpoint", found_and_pruned)
    assert main(["sample", str(run), "--out", str(tmp_path / "out"), "--n", "1", "--steps", "2"]) == 0
    assert [path.name for path in chosen] == ["step-00000005.json", "step-00000006.json"]
    assert (tmp_path / "out" / "00000.png").is_file()


def test_sample_when_nothing_says_where_to_asks_for_it_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = (folder / "plain.path").read_text()
    assert main(["sample", written]) == WRONG_USAGE
    assert "--out, or one file with --html or --export" in capsys.readouterr().err


def test_sample_when_the_folder_of_a_file_does_not_exist_says_that(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = (folder / "plain.path").read_text()
    to = str(tmp_path / "nowhere" / "a.npz")
    assert main(["sample", written, "--steps", "2", "--n", "1", "--export", to]) == FAILED
    assert "its folder does not exist" in capsys.readouterr().err


def test_sample_when_checkpoints_are_asked_for_makes_one_picture_of_all_and_names_what_failed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(folder / "plain", run)
    whole = (folder / "plain.path").read_text()
    command = ["sample", str(run / Path(whole).name), "--steps", "3", "--seed", "4", "--checkpoints"]
    assert main([*command, str(tmp_path / "grid.png")]) == 0
    said = read_settings(tmp_path / "grid.png")
    assert said["checkpoints"] == [3, 5] and said["sample_steps"] == 3 and "failed" not in said
    assert main([*command, str(tmp_path / "grid.png")]) == FAILED  # it is there already
    assert main([*command, str(tmp_path / "grid.jpg")]) == WRONG_USAGE
    next(run.glob("step-00000003*.safetensors")).write_bytes(b"broken")
    capsys.readouterr()
    assert main([*command, str(tmp_path / "grid.png"), "--force"]) == 0
    assert "step-00000003" in capsys.readouterr().err
    assert list(read_settings(tmp_path / "grid.png")["failed"]) == ["3"]


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_denoising_when_taken_for_a_model_is_refused_with_what_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    saved = tmp_path / f"saved.{suffix}"
    assert sample(folder, tmp_path, "--steps", 2, "--export", saved) == 0
    for words in (["inspect"], ["sample", "--out", str(tmp_path / "more")]):
        capsys.readouterr()
        assert main([words[0], str(saved), *words[1:]]) == FAILED
        assert "is a denoising that was saved for scripts, not a model" in capsys.readouterr().err
    # What only has the suffix is judged as before.
    (tmp_path / f"cut.{suffix}").write_bytes(saved.read_bytes()[:60])
    assert main(["inspect", str(tmp_path / f"cut.{suffix}")]) == FAILED
    assert "not a model" not in capsys.readouterr().err
