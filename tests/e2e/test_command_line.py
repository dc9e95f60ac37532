"""The headless commands as a person calls them: exit status, words, files."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli.main import main
from core.presets import preset
from core.runs.run import Run
from resources.samples import unpack
from tests.figures import figure

TINY = [
    word
    for setting in (
        "dim=8",
        "dim_mults=1,2",
        "attn_heads=1",
        "attn_dim_head=8",
        "image_size=8",
        "timesteps=40",
        "batch_size=4",
        "sample_count=4",
        "sample_steps=4",
        "checkpoint_every=5",
        "sample_every=10",
    )
    for word in ("--set", setting)
]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


def program(*words: object, timeout: float = 100) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=ENVIRONMENT,
    )


def call(*words: object) -> subprocess.CompletedProcess[str]:
    """The same in this process: Python and torch take longer to start than most commands take."""
    told, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(told), redirect_stderr(complained):
        try:
            status = main([str(word) for word in words])
        except SystemExit as ended:  # wrong usage, as argparse says it
            status = int(str(ended.code))
    return subprocess.CompletedProcess(words, status, told.getvalue(), complained.getvalue())


ENDS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)] + ([(signal.SIGHUP, 129)] if hasattr(signal, "SIGHUP") else [])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    draw = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(draw.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    done = program("train", pictures, "--run", folder, "--preset", "Sketch", "--steps", 10, "--seed", 7, *TINY)
    assert done.returncode == 0, done.stderr
    assert "10 steps" in done.stdout
    return folder


@pytest.mark.long
def test_a_run_can_be_inspected_and_sampled(run: Path, tmp_path: Path) -> None:
    facts = json.loads(program("inspect", run, "--json").stdout)
    assert (facts["kind"], facts["step"], facts["total"]) == ("run", 10, 10)
    out = tmp_path / "out"
    done = program("sample", run, "--out", out, "--n", 3, "--steps", 4, "--grid", "--every")
    assert done.returncode == 0, done.stderr
    with Image.open(out / "00002.png") as picture:
        assert (picture.size, picture.mode) == ((8, 8), "RGB")
    assert (out / "grid.png").is_file()
    assert len(list(out.glob("step-*-x_0.png"))) == 4
    again = tmp_path / "again"
    assert call("sample", run, "--out", again, "--n", 5, "--steps", 4).returncode == 0
    assert (again / "00002.png").read_bytes()[-200:] == (out / "00002.png").read_bytes()[-200:]


def test_a_run_is_extended_and_other_settings_are_refused_by_name(run: Path, pictures: Path) -> None:
    refused = program("train", pictures, "--run", run)
    assert refused.returncode == 1
    assert "--resume" in refused.stderr
    other = call("train", pictures, "--run", run, "--resume", "--set", "dim=16")
    assert other.returncode == 2
    assert "dim" in other.stderr
    for wrong in ("--preset=foo", "--set=dim_mults=1,2,foo", "--set=batch_size=-3", "--device=tpu"):
        told = call("train", pictures, "--run", run, wrong)
        assert told.returncode == 2 and "holds a run" not in told.stderr, "wrong values are told first"
    more = call("train", pictures, "--run", run, "--resume", "--steps", 14, "--seed", 7, "--preset", "sketch", "--json")
    assert more.returncode == 0, more.stderr
    told = [json.loads(line) for line in more.stdout.splitlines()]
    assert [event["step"] for event in told if event["event"] == "step_done"] == [11, 12, 13, 14]
    planned = (run / "run.json").read_bytes()
    less = call("train", pictures, "--run", run, "--resume", "--steps", 13)
    assert less.returncode == 2
    assert "“13” is not a value of steps: at least the 14 steps done" in less.stderr
    assert (run / "run.json").read_bytes() == planned
    same = call("train", pictures, "--run", run, "--resume", "--steps", 14)
    assert same.returncode == 0 and "done after 14 steps" in same.stdout


def test_a_run_goes_on_with_a_smaller_batch_and_another_learning_rate(
    run: Path, pictures: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(run, tmp_path / "run"))
    done_before = max(int(path.name.split("-")[1].split(".")[0]) for path in (run / "checkpoints").glob("step-*"))
    words = ("train", pictures, "--run", run, "--resume", "--json")
    changed = ("--set", "batch_size=1", "--set", "gradient_accumulate_every=4", "--set", "learning_rate=1e-5")
    more = call(*words, *changed, "--set", "decay=constant", "--steps", done_before + 2)
    assert more.returncode == 0, more.stderr
    done = [event for event in map(json.loads, more.stdout.splitlines()) if event["event"] == "step_done"]
    assert [event["pictures"] for event in done] == [4, 4]
    assert all(event["learning_rate"] <= 1e-5 for event in done), "it may still be warming up"
    assert f"settings changed at step {done_before}" in (run / "log.txt").read_text("utf-8")
    again = call(*words, "--set", "learning_rate=-1")
    assert again.returncode == 2 and "learning_rate" in again.stderr


@pytest.mark.family
@pytest.mark.parametrize(("number", "status"), ENDS)
def test_an_interrupted_training_saves_and_says_so(
    pictures: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    words = ["train", pictures, "--run", tmp_path / "run", "--preset", "sketch", "--steps", 10**6, "--json", *TINY]
    command = [sys.executable, "-m", "core", *map(str, words)]
    step = 0
    before = signal.signal(number, signal.SIG_DFL)  # under nohup the tests ignore SIGHUP, and so would it
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        signal.signal(number, before)
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "step_done":
                step = event["step"]
                if step == 7:
                    process.send_signal(number)
        process.wait(timeout=60)
    facts = json.loads(call("inspect", tmp_path / "run", "--json").stdout)
    figure(
        "G2",
        demanded=f"the command line exits {status} on {number.name} after saving",
        measured=f"{process.returncode}, step {facts['step']} of {step} saved",
    )
    assert process.returncode == status
    assert facts["step"] == step >= 7


def test_pictures_that_are_not_square_are_trained_sampled_and_gone_on_with(pictures: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shape = ("--set", "image_size=32", "--set", "image_height=48", "--set", "crop=random", "--set", "patch_size=2")
    falling = ("--set", "decay=wsd", "--set", "decay_kwargs=fall=0.5")
    done = call("train", pictures, "--run", run, "--preset", "sketch", "--steps", 5, *TINY, *shape, *falling)
    assert done.returncode == 0, done.stderr
    more = call("train", pictures, "--run", run, "--resume", "--steps", 6, "--set", "decay=linear", *shape)
    assert more.returncode == 0, more.stderr
    with Image.open(run / "samples" / "step-00000006.png") as grid:
        assert grid.size == (2 * 32 + 2, 2 * 48 + 2)
    done = call("sample", run, "--out", tmp_path / "out", "--n", 1, "--steps", 2)
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "out" / "00000.png") as picture:
        assert picture.size == (32, 48)
    assert json.loads(call("inspect", run, "--json").stdout)["settings"]["patch_size"] == 2
    refused = call("export", run, "--out", tmp_path / "model-1.pt")
    assert refused.returncode == 1 and "no place for a network on patches of 2 × 2 pixels" in refused.stderr
    exported = tmp_path / "model.safetensors"
    assert call("export", run, "--out", exported).returncode == 0
    assert json.loads(call("inspect", exported, "--json").stdout)["patch_size"] == 2
    odd = call("train", pictures, "--run", tmp_path / "odd", "--preset", "sketch", *TINY, "--set", "image_height=33")
    assert odd.returncode == 2
    assert "image_height = 33 px" in odd.stderr and "32 px or 36 px" in odd.stderr


def test_sub_folders_are_classes_where_that_is_wished(pictures: Path, tmp_path: Path) -> None:
    folder, run = tmp_path / "classes", tmp_path / "run"
    for name in ("cats", "dogs"):
        shutil.copytree(pictures, folder / name, ignore=shutil.ignore_patterns("broken*", "notes*"))
    shutil.copy(pictures / "0.png", folder)
    assert "cats 6, dogs 6; in none 1" in call("inspect", folder).stdout
    lines = call("inspect", folder, "--json").stdout.splitlines()
    assert json.loads(lines[-1])["classes"] == {"cats": 6, "dogs": 6}
    words = ["train", folder, "--run", run, "--preset", "sketch", "--set", "labels=folders"]
    done = call(*words, "--steps", 5, *TINY)
    assert done.returncode == 0, done.stderr
    assert "13 pictures of 2 classes" in done.stdout
    settings = json.loads(call("inspect", run, "--json").stdout)["settings"]
    assert (settings["labels"], settings["class_names"]) == ("folders", ["cats", "dogs"])
    (folder / "dogs").rename(folder / "wolves")
    more = call(*words, "--resume", "--steps", 7)
    assert more.returncode == 0, more.stderr
    assert "“dogs”" in more.stderr and "“wolves”; 6 pictures count as no class" in more.stderr
    none = call("train", pictures, "--run", tmp_path / "none", "--preset", "sketch", "--set", "labels=folders", *TINY)
    assert none.returncode == 2
    assert "at least two sub-folders" in none.stderr and not (tmp_path / "none").exists()


def test_a_folder_is_judged_file_by_file(pictures: Path) -> None:
    lines = [json.loads(line) for line in call("inspect", pictures, "--json").stdout.splitlines()]
    verdicts = {Path(line["path"]).name: line["verdict"] for line in lines[:-1]}
    assert verdicts == {**{f"{n}.png": "ok" for n in range(6)}, "broken.png": "refused", "notes.txt": "refused"}
    assert (lines[-1]["ok"], lines[-1]["refused"]) == (6, 2)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["train", "EMPTY", "--run", "OUT"], 1, "no pictures"),
        (["train", "TEXT", "--run", "OUT"], 1, "no pictures"),
        (["train", "MISSING", "--run", "OUT"], 1, "MISSING"),
        (["train", "PICTURES", "--run", "OUT", "--set", "image_size=9", "--set", "dim_mults=1,2"], 2, "8 px or 10 px"),
        (["train", "PICTURES", "--run", "OUT", "--set", "dimm=9"], 2, "Did you mean dim"),
        (["train", "PICTURES", "--run", "OUT", "--preset", "huge"], 2, "sketch"),
        (["train", "PICTURES", "--run", "OUT", "--device", "tpu"], 2, "tpu"),
        (["twins", "MISSING", "--change", "dim=8", "--device", "tpu"], 2, "tpu"),
        (["sample", "MISSING", "--out", "OUT", "--device", "tpu"], 2, "tpu"),
        (["sample", "EMPTY", "--out", "OUT"], 1, "EMPTY"),
        (["sample", "TEXT/notes.txt", "--out", "OUT"], 1, "notes.txt"),
        (["inspect", "MISSING"], 1, "MISSING"),
        (["inspect", "TEXT/notes.txt"], 1, "notes.txt"),
    ],
)
def test_bad_input_gets_a_sentence(words: list[str], status: int, says: str, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "EMPTY").mkdir()
    (tmp_path / "TEXT").mkdir()
    (tmp_path / "TEXT" / "notes.txt").write_text("no picture")
    places = {"PICTURES": str(pictures), "OUT": str(tmp_path / "OUT")}
    places |= {name: str(tmp_path / name) for name in ("EMPTY", "MISSING", "TEXT", "TEXT/notes.txt")}
    done = call(*[places.get(word, word) for word in words])
    assert done.returncode == status, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["train", "digits", "--run", ""],
        ["train", "", "--run", "OUT"],
        ["sample", "MODEL", "--out", ""],
        ["export", "MODEL", "--out", ""],
        ["twins", "", "--change", "dim=8"],
        ["inspect", ""],
    ],
)
def test_an_empty_path_is_not_the_current_folder(words: list[str]) -> None:
    done = call(*words)
    assert done.returncode == 2 and "'': it is not a path" in done.stderr


def test_what_was_understood_and_which_preset_is_said(pictures: Path, tmp_path: Path) -> None:
    words = ("train", pictures, "--steps", 1, *TINY, "--set", "learning_rate=0,0005", "--device", "cpu")
    done = call(*words, "--run", tmp_path / "a")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert (
        first.startswith("preset standard (none was named;")
        and ", with dim=8, " in first
        and "learning_rate=0.0005" in first
    )
    assert "On this CPU --preset sketch suits better: 3 min on a CPU" in first
    drawn = call(*words, "--run", tmp_path / "c", "--preset", "sketch", "--set", "beta_schedule=drawn")
    assert "nothing of the schedule is drawn: ᾱ falls along the straight line 1 − u" in drawn.stdout.splitlines()[0]
    chosen = call(*words, "--run", tmp_path / "b", "--preset", "sketch", "--json")
    assert chosen.returncode == 0 and not chosen.stderr
    assert all(line.startswith("{") for line in chosen.stdout.splitlines())


@pytest.mark.long
def test_names_that_are_not_text_stop_nothing(pictures: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/images\xe9\xff"))
    shutil.copytree(pictures, odd)
    words = ["train", odd, "--run", tmp_path / "run", "--preset", "sketch", "--steps", 2, *TINY]
    done = program(*words)
    assert done.returncode == 0, done.stderr
    assert call(*words[: -len(TINY)], "--json", "--resume", "--steps", 4).returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "step-00000001.json"
    os.mkfifo(pipe)
    done = program("inspect", pipe, timeout=30)
    assert done.returncode == 1
    assert "not a checkpoint" in done.stderr


@pytest.mark.long
def test_train_when_it_cannot_begin_or_goes_on_copies_no_sample_set(tmp_path: Path) -> None:
    config = preset("sketch").config.with_settings(dict(setting.split("=") for setting in TINY[1::2]))
    runs, words = tmp_path / "runs", ("train", "faces", "--run", tmp_path / "runs" / "faces-01")
    run = Run.create(
        runs / "faces-01",
        config.with_settings({"channels": 3, "horizontal_flip": True, "amp": "off"}),
        source_folder=unpack("faces", tmp_path / "samples"),
        device="auto",
        planned_total=2,
    )
    with run.lock():
        refused = call(*words, "--resume")
    assert refused.returncode == 1 and f"in use by process {os.getpid()}" in refused.stderr
    (runs / "mine").mkdir()
    (runs / "mine" / "notes.txt").write_text("mine")
    refused = call("train", "faces", "--run", runs / "mine")
    assert refused.returncode == 1 and "not empty" in refused.stderr
    assert call(*words, "--resume").returncode == 0
    assert run.state().step == 2
    assert sorted(path.name for path in runs.iterdir()) == ["faces-01", "mine"], "its own pictures are not beside it"


def test_train_without_a_home_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(4):
        Image.fromarray(np.full((8, 8, 3), 60 * number, np.uint8)).save(pictures / f"{number}.png")
    done = call("train", pictures, "--run", tmp_path / "run", "--preset", "sketch", "--steps", 1, *TINY)
    assert done.returncode == 0, done.stderr
    assert "there is no home folder" in done.stderr
    assert "DDPM_STUDIO_CACHE" in done.stderr
