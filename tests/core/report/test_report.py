"""The report of a run: what it shows, what it leaves out and says so, and that nothing in a run becomes markup."""

from __future__ import annotations

import base64
import io
import re
import shlex
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli.main import build_parser
from core.errors import RunError
from core.export import Exported, ExportProgress
from core.report import write_report
from core.report.film import FILM_BYTES, frames_of
from core.report.gather import Gathered, gather, map_of_probe, relative_to_beginning
from core.report.page import command_line, verdict_words
from core.runs.grids import save_grid
from core.runs.metrics import MetricsWriter
from core.runs.probes import HELD_OUT, TRAIN, read_probe
from core.runs.run import Run
from core.training.verdict import Verdict
from core.translations import in_english, translate_to
from tests.core.export.chromium import Chromium, needs_chromium
from tests.core.report.conftest import STEPS, add_probes, add_quality, make_run

HOSTILE = "</script><img src=x onerror=alert(1)>&amp;\u202e\u2028\"'" + "x" * 5000


def report(run: Path, language: str = "en") -> str:
    path = run.parent / "report.html"
    events = list(write_report(path, run, language=language))
    assert events[-1] == Exported(path)
    done = [event.done for event in events[:-1] if isinstance(event, ExportProgress)]
    assert done == sorted(done) and done[-1] <= 100
    return path.read_text("utf-8")


class _Places(HTMLParser):
    """Every address that a page names, and whether its elements are closed in order."""

    VOID = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action", "data", "srcset"}]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_report_when_a_run_has_everything_shows_each_part(run: Run) -> None:
    add_probes(run)
    add_quality(run)
    text = report(run.folder)
    for words in (
        "<bdi>flowers-1</bdi>",
        f"{STEPS} of {STEPS}",
        "3 min 20 s",
        "Samples of step 400",
        "Held-out loss</dt><dd><bdi>0.00500; lowest 0.00500 at step 400",
        "Loss of every timestep",
        "relative to its beginning (training pictures)",
        "relative to its beginning (held-out pictures)",
        "The samples while it trained",
        "0.0123 (0.010 … 0.015)",
        "trained on the folder",
        "strange",
        "3.21 ± 0.039",
        "resumed from step 200",
        "Other than the preset Sketch",
        "--set image_size=8",
    ):
        assert words in text, words
    assert "flowers</bdi>" in text and "/home/me" not in text  # whose home it was is nobody's business


def test_report_when_more_was_measured_draws_it_and_marks_what_happened(run: Run) -> None:
    writer = MetricsWriter(run.metrics_path)
    for step in (100, 200, 300):
        values = {"held_out_ema": 1 / step, "memory": 2e9, "waiting": 0.25, "ema_length": 50.0, "copy_distance": 0.9}
        writer.add_scalars(step, values)
    writer.add_event(250, "edit", "from step 250 on: learning_rate 0.002 → 0.001")
    writer.add_event(300, "quality-failed", "the quality could not be measured: too few")
    writer.close()
    text = report(run.folder)
    for title in ("EMA length (steps)", "Waiting (%)", "Memory (GB)", "Distance of samples"):
        assert f"<figcaption>{title}</figcaption>" in text, title
    assert 'class="line held dashed"' in text and ">held-out pictures, EMA</span>" in text
    assert 'class="mark edited"' in text and "<bdi>Edited</bdi>" in text and "<bdi>Not measured</bdi>" in text
    assert "内存" not in text
    assert "内存" in report(run.folder, "zh_CN") and "样本的距离" in report(run.folder, "zh_CN")


def test_report_when_read_names_no_other_place_and_is_well_formed(run: Run) -> None:
    add_probes(run)
    add_quality(run)
    text = report(run.folder)
    assert "default-src 'none'" in text
    read = _Places()
    read.feed(text)
    read.close()
    assert read.open == []
    assert read.addresses and all(address.startswith("data:") for address in read.addresses)
    assert not re.search(r"url\(|@import|https?://", text)


def test_report_when_texts_of_the_run_are_markup_holds_them_as_text(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a<b>&'\"", labels="folders", class_names=("<script>x</script>", "b"))
    writer = MetricsWriter(run.metrics_path)
    writer.add_event(5, HOSTILE, HOSTILE)
    writer.close()
    text = report(run.folder)
    assert text.count("<script>") == text.count("</script>") == 1
    assert "<img src=x" not in text and "\u202e" not in text and "x" * 1300 not in text
    read = _Places()
    read.feed(text)
    read.close()
    assert read.open == []


def test_report_when_its_language_is_chinese_says_settings_in_it_too(run: Run) -> None:
    text = report(run.folder, "zh_CN")
    assert '<html lang="zh-CN">' in text and "尺寸" in text and "image_size" in text and "草图" in text


def test_report_when_run_json_is_damaged_shows_the_rest_and_says_so(run: Run) -> None:
    (run.folder / "run.json").write_text("{")
    text = report(run.folder)
    assert "is missing here" in text and "run.json" in text
    assert "Samples of step 400" in text and "Curves" in text and "Train it again" not in text


@pytest.mark.parametrize("damaged", ["metrics.sqlite", "samples/step-00000400.png"])
def test_report_when_a_file_is_damaged_is_made_of_the_others(run: Run, damaged: str) -> None:
    (run.folder / damaged).write_bytes(b"\0" * 5000)
    text = report(run.folder)
    assert "Other than the preset" in text
    if damaged.startswith("samples"):
        assert "Samples of step 300" in text
    else:
        assert "is missing here" in text and "Curves" not in text and "Samples of step 400" in text


def test_report_when_a_strangers_probe_and_grids_are_none_leaves_them_out(run: Run) -> None:
    writer = MetricsWriter(run.metrics_path)
    writer.add_series(1, "probe.t", np.array([3.0, 2.0, 9.0]))
    for step in range(1, 40):
        for kind in ("train", "train-ema", "held-out-ema"):
            writer.add_series(step, f"probe.{kind}", np.array([np.nan, np.inf, -1.0]))
    writer.close()
    (run.samples_folder / "step-abc.png").write_bytes(b"")
    (run.samples_folder / "step-99999999.png").mkdir()
    text = report(run.folder)
    assert 'class="verdict"' not in text and "Samples of step 400" in text


def test_report_when_a_run_is_new_says_what_will_come(tmp_path: Path) -> None:
    config = make_run(tmp_path / "other").config
    Run.create(tmp_path / "new", config, source_folder=tmp_path, device="cpu", planned_total=None)
    text = report(tmp_path / "new")
    assert "There are none yet" in text and "not begun" in text


def test_report_when_there_is_no_run_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        list(write_report(tmp_path / "out" / "a.html", tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_report_when_closed_before_its_end_leaves_nothing(run: Run) -> None:
    path = run.folder.parent / "a.html"
    with closing(write_report(path, run.folder)) as events:
        for event in events:
            if isinstance(event, ExportProgress) and event.done >= 95:
                break
    assert not path.exists()


def test_command_line_when_read_again_says_the_same_settings(run: Run) -> None:
    found = Gathered(run.folder)
    list(gather(found))
    text, whole = command_line(found)
    words = shlex.split(text.replace("\\\n", ""))
    parsed = build_parser().parse_args(words[1:])
    assert whole and parsed.steps == STEPS
    from core.cli.train import _changes
    from core.presets import preset

    again = preset(parsed.preset).config.with_settings(_changes(parsed))
    assert again.settings() == run.config.settings()


# --- the map ---------------------------------------------------------------------------------------------


def test_map_when_a_probe_is_halved_each_time_says_so_at_every_t(run: Run) -> None:
    add_probes(run)
    for kind, share in ((TRAIN, 0.5), (HELD_OUT, 0.8)):
        relative = relative_to_beginning(map_of_probe(read_probe(run.metrics_path, kind)))
        expected = share ** np.arange(4)[:, None] * np.ones((1, 32))
        np.testing.assert_allclose(relative, expected, rtol=1e-6)


def test_map_when_there_are_no_probes_is_made_of_the_trainings_own_losses(run: Run) -> None:
    found = Gathered(run.folder)
    list(gather(found))
    of = found.time_maps[""]
    assert of.losses.shape == (8, 50)
    np.testing.assert_allclose(of.losses, (1.0 + np.arange(50)) / np.arange(50, 401, 50)[:, None])
    assert found.timesteps is not None
    sums = sum((1.0 + np.arange(50)) / step for step in range(50, 401, 50)) / 8
    np.testing.assert_allclose(found.timesteps, sums)


# --- the film --------------------------------------------------------------------------------------------


def grids(folder: Path, count: int, side: int) -> list[tuple[int, Path]]:
    draw = np.random.default_rng(0)
    made = []
    for step in range(1, count + 1):
        path = folder / f"step-{step:08d}.png"
        save_grid(path, draw.integers(0, 255, (4, side, side, 3), np.uint8), settings={})
        made.append((step, path))
    return made


def test_film_when_there_is_room_holds_every_grid_as_it_is(tmp_path: Path) -> None:
    made = grids(tmp_path, 5, 8)
    frames = [frame for frame in frames_of(made) if frame is not None]
    assert [frame.step for frame in frames] == [1, 2, 3, 4, 5]
    for frame, (_, path) in zip(frames, made, strict=True):
        with Image.open(io.BytesIO(frame.webp)) as ours, Image.open(path) as theirs:
            assert np.array_equal(np.asarray(ours.convert("RGB")), np.asarray(theirs.convert("RGB")))


def test_film_when_there_is_little_room_holds_every_second_fourth_and_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = grids(tmp_path, 33, 8)
    one = len(next(frame for frame in frames_of(made[-1:]) if frame is not None).webp) * 4 // 3
    monkeypatch.setattr("core.report.film.FILM_BYTES", 12 * one)
    frames = [frame for frame in frames_of(made) if frame is not None]
    assert [frame.step for frame in frames] == [1, 5, 9, 13, 17, 21, 25, 29, 33]
    assert FILM_BYTES < 8_000_000


def test_film_when_grids_are_large_shrinks_them(tmp_path: Path) -> None:
    frame = next(frame for frame in frames_of(grids(tmp_path, 1, 400)) if frame is not None)
    assert max(frame.size) <= 640 and len(frame.webp) * 4 // 3 <= FILM_BYTES // 8


# --- in a browser ----------------------------------------------------------------------------------------


@pytest.mark.long
@needs_chromium
def test_report_in_a_browser_asks_for_nothing_and_plays_its_film(run: Run, tmp_path: Path) -> None:
    add_probes(run)
    report(run.folder)
    with Chromium(tmp_path / "profile") as browser:
        browser.open(run.folder.parent / "report.html")
        assert browser.run("where.textContent") == "step 400"
        browser.run("slider.value = 1, slider.dispatchEvent(new Event('input'))")
        assert browser.run("where.textContent") == "step 200"
        shown = "[...document.querySelectorAll('#film figure')].filter(f => f.offsetHeight).length"
        assert browser.run(shown) == 1
        browser.run("document.getElementById('play').click()")
        browser.wait_for("where.textContent === 'step 400'")
        browser.wait_for("document.getElementById('play').textContent === 'Play'")
        assert browser.run("document.documentElement.scrollWidth <= innerWidth")
        assert browser.console == []
        assert all(asked.startswith(("file:", "data:")) for asked in browser.requests)


def test_last_grid_when_decoded_is_the_grid(run: Run) -> None:
    text = report(run.folder)
    (found,) = re.findall(r'class="large"[^>]* width="18" height="18" src="data:image/webp;base64,([^"]+)"', text)
    with Image.open(io.BytesIO(base64.b64decode(found))) as image:
        assert np.asarray(image.convert("RGB"))[0, 0].tolist() == [200, 200, 200]


# --- the verdict -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("improving", -0.04, "Still improving at t 250 to 699 · held-out pictures 4.0 % lower than at step 9,000"),
        ("flat", 0.0, "Flat since step 9,000 · no change beyond the wobble of the probe"),
        (
            "worse",
            0.1,
            "Held-out pictures get worse at t 250 to 699 while training ones improve · 10 % higher than at step 9,000",
        ),
        ("diverging", 1.5, "Diverging since step 9,000 · training pictures stand at 2.50 times their best loss"),
        ("early", 0.0, ""),
    ],
)
def test_verdict_when_said_names_its_t_and_its_reason(kind: str, change: float, expected: str) -> None:
    verdict = Verdict(kind, "held-out-ema", 250, 699, 9000, 12_000, change=change)
    assert verdict_words(verdict, in_english) == expected
    assert not re.search(r"[{}]", verdict_words(verdict, translate_to("zh_CN")))
