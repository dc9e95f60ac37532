"""The file of fitted timesteps: for its checkpoint's weights alone, and not trusted when it is damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cli.main import main
from core.errors import CheckpointError
from core.runs.checkpoint_files import checksum_of, description_path, prune, steps_path
from core.runs.grids import read_settings
from core.runs.steps_file import FitOf, read_steps, write_steps
from tests.core.test_sampling_record import TIMESTEPS, folder  # noqa: F401 (a fixture)

OF = FitOf("ema", (8, 8), 30, "ipndm", 3)
TIMES = (29, 11, 2)


def described(checkpoints: Path, step: int) -> Path:
    """The description of a checkpoint, with nothing in it."""
    path = description_path(checkpoints, step)
    path.touch()
    return path


def test_fits_when_their_checkpoint_was_removed_meanwhile_are_not_written_and_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="was removed"):
        write_steps(description_path(tmp_path, 7), "abc", {OF: TIMES})
    assert not list(tmp_path.iterdir())


def test_fits_when_written_are_read_for_their_weights_alone_and_added_to(tmp_path: Path) -> None:
    checkpoint = described(tmp_path, 7)
    assert read_steps(checkpoint, "abc") == {}
    path = write_steps(checkpoint, "abc", {OF: TIMES})
    assert path == steps_path(checkpoint) == steps_path(tmp_path / "step-00000007.2.safetensors")
    other = FitOf("raw", (8, 8), 30, "ddim", 2)
    write_steps(checkpoint, "abc", {other: (29, 3)})
    assert read_steps(checkpoint, "abc") == {OF: TIMES, other: (29, 3)}
    with pytest.raises(CheckpointError, match="were fitted to other weights"):
        read_steps(checkpoint, "def")
    write_steps(checkpoint, "def", {other: (29, 4)})
    assert read_steps(checkpoint, "def") == {other: (29, 4)}
    with pytest.raises(CheckpointError, match="were fitted to other weights"):
        read_steps(checkpoint, "abc")


@given(data=st.data())
def test_fits_when_any_byte_is_another_are_refused_in_a_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    checkpoint = described(tmp_path_factory.mktemp("fits"), 7)
    path = write_steps(checkpoint, "abc", {OF: TIMES})
    text = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(text))
    with pytest.raises(CheckpointError, match=path.name):
        read_steps(checkpoint, "abc")


@pytest.mark.parametrize(
    "change",
    [
        {"times": [29, 11]},
        {"times": [29, 11, 11]},
        {"times": [28, 11, 2]},
        {"times": [29, 11, -1]},
        {"times": [29, 11, "2"]},
        {"weights": "both"},
        {"image_size": 8},
    ],
    ids=str,
)
def test_fits_when_they_are_no_steps_of_the_model_are_refused_though_the_checksum_is_right(
    tmp_path: Path, change: dict[str, object]
) -> None:
    checkpoint = described(tmp_path, 7)
    path = write_steps(checkpoint, "abc", {OF: TIMES})
    plain = json.loads(path.read_text())
    plain["fits"][0] |= change
    plain.pop("checksum")
    path.write_text(json.dumps({**plain, "checksum": checksum_of(plain)}, indent=2) + "\n")
    with pytest.raises(CheckpointError, match="entries are not those"):
        read_steps(checkpoint, "abc")
    write_steps(checkpoint, "abc", {OF: TIMES})
    assert read_steps(checkpoint, "abc") == {OF: TIMES}


def test_fits_when_of_a_newer_version_are_neither_read_nor_replaced(tmp_path: Path) -> None:
    checkpoint = described(tmp_path, 7)
    path = write_steps(checkpoint, "abc", {OF: TIMES})
    plain = json.loads(path.read_text()) | {"version": 2}
    plain.pop("checksum")
    path.write_text(json.dumps({**plain, "checksum": checksum_of(plain)}, indent=2) + "\n")
    before = path.read_bytes()
    for call in (lambda: read_steps(checkpoint, "abc"), lambda: write_steps(checkpoint, "abc", {OF: TIMES})):
        with pytest.raises(CheckpointError, match="newer version"):
            call()
    assert path.read_bytes() == before


# --- the commands ------------------------------------------------------------------------------------------


def sample(model: Path, out: Path, *words: str) -> dict[str, object]:
    assert main(["sample", str(model), "--out", str(out), "--n", "2", "--device", "cpu", *words]) == 0
    return read_settings(out / "00001.png")


def said_by(capsys: pytest.CaptureFixture[str], *words: str) -> pytest.CaptureResult[str]:
    """What a command that goes well says."""
    capsys.readouterr()
    assert main(list(words)) == 0
    return capsys.readouterr()


@pytest.mark.long
def test_fit_steps_when_run_are_taken_by_sample_and_pictures_are_made_again_without_their_file(
    folder: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run, of = folder / "run", ("--sampler", "ipndm", "--steps", "4")
    own = sample(run, tmp_path / "own", *of)
    assert own["spacing"] == "flow" and "times" not in own
    assert main(["fit-steps", str(run), "--device", "cpu", *of]) == 0
    assert "iPNDM, 4 steps: 29, " in capsys.readouterr().out
    fitted = sample(run, tmp_path / "fitted", *of)
    times = fitted["times"]
    assert isinstance(times, list) and times[0] == TIMESTEPS - 1 and len(times) == 4 and "spacing" not in fitted
    assert "times" not in sample(run, tmp_path / "by-hand", *of, "--spacing", "log_snr")
    assert "times" not in sample(run, tmp_path / "raw", *of, "--weights", "raw")
    assert "times" not in sample(run, tmp_path / "other", "--sampler", "ipndm", "--steps", "5")
    picture = str(folder / "picture.png")
    assert "times" not in sample(run, tmp_path / "from", *of, "--from", picture)
    (path,) = run.glob("*.steps.json")
    path.write_bytes(path.read_bytes()[:-9])
    assert sample(run, tmp_path / "damaged", *of) == own
    assert "Fit the steps anew" in capsys.readouterr().err
    path.unlink()
    words = ("--sampler", "ipndm", "--times", ",".join(map(str, times)))
    assert sample(run, tmp_path / "again", *words) == fitted
    for name in ("00000.png", "00001.png"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "fitted" / name).read_bytes()


def test_fits_of_another_checkpoint_when_copied_beside_are_told_by_every_command(
    folder: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    of = ("--sampler", "ipndm", "--steps", "3")
    (checkpoint,) = [path for path in (folder / "run").glob("*.json") if ".steps." not in path.name]
    for path in (checkpoint, *(folder / "run").glob("*.safetensors")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    mine = tmp_path / checkpoint.name
    assert "fitted_steps: none" in said_by(capsys, "inspect", str(mine)).out
    write_steps(mine, "a" * 64, {FitOf("ema", (8, 8), TIMESTEPS, "ipndm", 3): (TIMESTEPS - 1, 3, 1)})
    told = "step-00000005.steps.json is not used, its timesteps were fitted to other weights"
    assert told in said_by(capsys, "inspect", str(mine)).out
    assert told in said_by(capsys, "sample", str(mine), "--out", str(tmp_path / "out"), "--n", "1", *of).err
    fitting = said_by(capsys, "fit-steps", str(mine), "--device", "cpu", "--json", *of)
    assert told in fitting.err and "90 %" in fitting.err
    (line,) = fitting.out.splitlines()
    found = json.loads(line)
    assert found["path"] == str(steps_path(mine)) and [len(fit["times"]) for fit in found["fits"]] == [3]
    assert "ipndm in 3 steps (step-00000005.steps.json)" in said_by(capsys, "inspect", str(mine)).out
    (fit,) = json.loads(said_by(capsys, "inspect", str(mine), "--json").out)["fitted_steps"]
    assert fit["times"] == found["fits"][0]["times"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sample", "--times", "28,3"], "“28,3” is not a value of --times: timesteps that fall from 29"),
        (["sample", "--times", "29,3", "--steps", "2"], "times say how many"),
        (["sample", "--times", "29,3", "--spacing", "flow"], "times say how many"),
        (["fit-steps", "--sampler", "ddpm"], "adds no noise"),
        (["fit-steps", "--sampler", "nobody"], "one of ddpm"),
        (["fit-steps", "--steps", "31"], "2 to 20"),
    ],
    ids=" ".join,
)
def test_times_when_they_cannot_be_are_refused_as_wrong_usage(
    folder: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    out = ["--out", str(tmp_path / "out")] if words[0] == "sample" else []
    assert main([words[0], str(folder / "run"), "--device", "cpu", *out, *words[1:]]) == 2
    assert says in capsys.readouterr().err


def test_fits_when_they_cannot_be_kept_are_told_all_the_same(
    folder: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    (path,) = [path for path in (folder / "run").glob("*.json") if path.name.startswith("step-")]
    (in_the_way := path.with_suffix(".steps.json")).mkdir()
    try:
        assert main(["fit-steps", str(folder / "run"), "--device", "cpu", "--steps", "2"]) == 1
    finally:
        in_the_way.rmdir()
    said = capsys.readouterr()
    assert "UniPC-2, 2 steps: 29, " in said.out and f"{in_the_way.name} could not be saved" in said.err


def test_fits_when_their_checkpoint_is_pruned_go_with_it(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    for path in (folder / "run").iterdir():
        if path.name.startswith("step-00000005") and ".steps." not in path.name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    kept = write_steps(description_path(tmp_path, 5), "abc", {OF: TIMES})
    gone = write_steps(described(tmp_path, 4), "abc", {OF: TIMES})
    prune(tmp_path, 1)
    assert kept.exists() and not gone.exists()
