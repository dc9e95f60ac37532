"""The page with a scrubber: how large it is, what it holds, and in a browser that it scrubs and asks for nothing."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.catalogue import EXPORTS, SAMPLERS
from core.cli.main import main
from core.export import Generation, export
from core.recording import Recording
from tests.core.export.chromium import Chromium, needs_chromium
from tests.core.export.test_pictures import make_recording
from tests.core.test_recording import recorded, small
from tests.studio.sampler.conftest import tiny_run

TRICKY = "</script><img src=x onerror=alert(1)>&amp;\u2028\"'"


def page(path: Path, recording: Recording, **settings: object) -> Path:
    list(export(EXPORTS["html"], path, Generation(recording, {"sampler": "ddpm", **settings})))
    return path


def data_of(path: Path) -> dict:
    text = path.read_text("utf-8")
    found, _ = json.JSONDecoder().raw_decode(text, text.index("var DATA = ") + len("var DATA = "))
    return found


def values_of(data: dict, key: str) -> np.ndarray:
    """(N, H, W, C) as the page's script reads it."""
    png, largest, top = data["sprites"][key]
    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        assert image.mode == "L"
        sheet = np.asarray(image)
    height, width, channels, columns = (data[name] for name in ("height", "width", "channels", "columns"))
    pictures = []
    for n in range(data["pictures"]):
        top_at, left = n // columns * channels * height, n % columns * width
        tile = sheet[top_at : top_at + channels * height, left : left + width]
        pictures.append(tile.reshape(channels, height, width).transpose(1, 2, 0))
    return (np.stack(pictures) * (2 / top) - 1) * largest


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_page_when_its_terms_are_added_up_gives_what_came_out_up_to_eight_bits(tmp_path: Path, sampler: str) -> None:
    recording = recorded(small("pred_v"), sampler=sampler)
    data = data_of(page(tmp_path / "a.html", recording))
    assert [step["t"] for step in data["steps"]] == recording.t.tolist()
    for index, step in enumerate(data["steps"]):
        total = 0.0
        for term in step["terms"]:
            if term["from"]:
                at, signal, spread = term["from"]
                values = (values_of(data, f"x_t:{at}") - signal * values_of(data, f"x_0:{at}")) / spread
            else:
                values = values_of(data, term["key"])
            total = total + term["coefficient"] * values
        made = recording.x_next(index)
        assert made is not None
        np.testing.assert_allclose(total, made, atol=0.12)
        np.testing.assert_allclose(values_of(data, step["made"]), made, atol=0.03)
        np.testing.assert_allclose(values_of(data, step["x_0"]), recording.layer("x_0", index), atol=1 / 255)


@pytest.mark.long
def test_page_when_pictures_are_noise_throughout_stays_within_five_megabytes(tmp_path: Path) -> None:
    """16 pictures of 32 px over 25 steps by a network that knows nothing: nothing can be pressed together."""
    diffusion = small("pred_noise")
    diffusion.image_size = (32, 32)
    recording = recorded(diffusion, sampler="ddpm", sample_steps=25, count=16)
    path = page(tmp_path / "a.html", recording)
    assert len(data_of(path)["steps"]) == 25
    assert path.stat().st_size <= 5_000_000


def test_page_when_names_are_markup_holds_them_as_text(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", make_recording(3, 2), model=TRICKY, classes=[TRICKY, "\udcff"])
    text = path.read_text("utf-8")
    assert text.count("</script>") == 1 and "<img" not in text
    data = data_of(path)
    assert data["classes"][0] == TRICKY and data["title"].startswith(TRICKY)


def test_page_when_a_recording_is_long_holds_fewer_steps_with_both_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.export.page.MOST_VALUES", 3 * 192 * 12)
    data = data_of(page(tmp_path / "a.html", recorded(small("pred_v"), sampler="dpm++2m", sample_steps=30)))
    assert (data["pictures"], data["allSteps"], len(data["steps"])) == (3, 30, 12)
    assert (data["steps"][0]["number"], data["steps"][-1]["number"]) == (1, 30)
    needed = {term["key"] for step in data["steps"] for term in step["terms"] if not term["from"]}
    assert needed <= data["sprites"].keys()  # also of the steps before, which are not shown


def test_page_when_read_names_no_other_place(tmp_path: Path) -> None:
    text = page(tmp_path / "a.html", make_recording(3, 2)).read_text("utf-8")
    assert "default-src 'none'" in text
    assert re.findall(r"""(?:src|href)=["'](?!data:)|@import|url\(|https?://(?!www\.w3\.org/2000/svg)""", text) == []


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page made as a person makes it."""
    folder = tmp_path_factory.mktemp("page")
    words = ["--n", "4", "--steps", "6", "--sampler", "ddpm", "--html", str(folder / "a.html"), "--device", "cpu"]
    assert main(["sample", str(tiny_run(folder / "faces-01")), *words]) == 0
    return folder / "a.html"


@pytest.mark.long
@needs_chromium
def test_page_when_opened_scrubs_by_slider_keys_and_clicks_and_asks_the_network_for_nothing(
    taught: Path, tmp_path: Path
) -> None:
    with Chromium(tmp_path) as browser:
        browser.open(taught)
        shows = "document.body.dataset.step + '/' + document.body.dataset.picture"
        assert browser.run(shows) == "6/1"
        for key, step in (("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", 6)):
            browser.press(key)
            browser.wait_for(f"document.body.dataset.step === '{step}'")
        browser.press("ArrowDown")
        browser.wait_for("document.body.dataset.picture === '2'")
        browser.run("slider.value = 3, slider.dispatchEvent(new Event('input'))")
        browser.wait_for("document.body.dataset.step === '4'")
        assert "t = " in browser.run("where.textContent") and "step 4 of 6" in browser.run("where.textContent")
        well = "document.querySelector('canvas#x_0').getBoundingClientRect()"
        box = browser.run(f"(b => [b.left, b.top, b.width, b.height])({well})")
        browser.move(box[0] + box[2] * 0.2, box[1] + box[3] * 0.8, click=True)
        browser.wait_for("document.body.dataset.picture === '3'")
        browser.press("Home")
        browser.wait_for("document.body.dataset.step === '1'")
        browser.press(" ")
        assert browser.run("play.call, document.getElementById('play').textContent").endswith("Pause")
        browser.wait_for("document.body.dataset.step === '6'")
        browser.wait_for("document.getElementById('play').textContent.endsWith('Play')")
        assert browser.console == []
        assert [url for url in browser.requests if not url.startswith("data:")] == [taught.absolute().as_uri()]


@pytest.mark.long
@needs_chromium
def test_page_when_a_step_is_shown_draws_its_terms_and_adds_up_a_pixel(taught: Path, tmp_path: Path) -> None:
    data = data_of(taught)
    with Chromium(tmp_path, language="zh-CN", dark=False) as browser:
        browser.open(taught)
        assert browser.run("document.documentElement.lang") == "zh-CN"
        browser.press("Home")
        browser.wait_for("document.body.dataset.step === '1'")
        drawn = "[...document.querySelectorAll('#terms canvas')].map(c => c.dataset.of)"
        assert browser.run(drawn) == ["x_0", "x_t", "noise", "x_next"]
        ids = "[...document.querySelectorAll('#flow canvas')].map(c => c.dataset.of)"
        assert browser.run(ids) == ["x_t", "output", "x_0", "pred_noise"]
        shown = browser.run(
            "[...document.querySelector('#flow canvas').getContext('2d').getImageData(0, 0, 8, 8).data]"
        )
        expected = np.clip(np.rint(127.5 * (values_of(data, "x_t:0")[0] + 1)), 0, 255)
        assert np.abs(np.array(shown).reshape(8, 8, 4)[..., :3] - expected).max() <= 1
        box = browser.run("(b => [b.left, b.top])(document.querySelector('#terms .pixels').getBoundingClientRect())")
        browser.move(box[0] + 96 / 8 * 2.5, box[1] + 96 / 8 * 1.5)
        browser.wait_for("sums.call, document.getElementById('sums').textContent.includes('2, 1')")
        words = browser.run("document.getElementById('sums').textContent").replace("\u2212", "-")
        total = float(re.findall(r"= (-?\d+\.\d+)", words)[0])
        assert abs(total - values_of(data, data["steps"][0]["made"])[0][1, 2, 0]) < 0.05
        assert browser.console == []


@pytest.mark.long
@needs_chromium
def test_page_when_names_are_markup_runs_none_of_it(tmp_path: Path) -> None:
    path = page(tmp_path / "a.html", make_recording(3, 2), model=TRICKY, classes=[TRICKY])
    with Chromium(tmp_path / "profile") as browser:
        browser.open(path)
        assert TRICKY in browser.run("document.querySelector('h1').textContent")
        assert browser.run("document.images.length") == 0
        assert browser.console == []
