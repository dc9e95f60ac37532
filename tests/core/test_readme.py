"""The code in the page on the library runs, at tiny sizes; the README is short, links and named files exist."""

from __future__ import annotations

import re
import textwrap
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import core
from core import GaussianDiffusion, Unet
from core.runs.run import Run, RunStatus

HOME = Path(core.__file__).parents[1]
PAGE = HOME / "resources" / "docs" / "library.md"

#: What the page says → what is quick.
TINY = {
    "dim=64": "dim=8",
    "dim_mults=(1, 2, 4, 8)": "dim_mults=(1, 2)",
    "image_size=128": "image_size=8",
    "timesteps=1000": "timesteps=25",
    "sampling_timesteps=250": "sampling_timesteps=3",
    "train_batch_size=32": "train_batch_size=4",
    "train_num_steps=700_000": "train_num_steps=2, save_and_sample_every=1, num_samples=4",
    "path/to/pictures": "pictures",
}


def snippets() -> list[str]:
    """The indented Python blocks of the page, in order."""
    section = PAGE.read_text("utf-8")
    blocks = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", section, re.MULTILINE)
    return [textwrap.dedent(block) for block in blocks if "import" in block]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    draw = np.random.default_rng(0)
    for number in range(3):
        Image.fromarray(draw.integers(0, 255, (9, 12, 3), dtype=np.uint8)).save(f"pictures/{number}.png")
    return tmp_path


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:calculate_fid:UserWarning")
def test_code_of_the_page_when_run_does_what_it_says(workplace: Path) -> None:
    code = "\n".join(snippets())
    assert [name for name in ("Trainer", "load_checkpoint", "export_checkpoint") if name not in code] == []
    for said, quick in TINY.items():
        assert said in code
        code = re.sub(rf"(?<!\w){re.escape(said)}", quick, code)
    names: dict[str, object] = {"images": torch.rand(2, 3, 8, 8)}
    exec(code, names)
    assert names["loss"].ndim == 0
    assert names["pictures"].shape == (4, 3, 8, 8)
    assert Run.open(workplace / "results").state().status is RunStatus.FINISHED
    assert (workplace / "results" / "sample-2.png").is_file()
    again = GaussianDiffusion(Unet(8, dim_mults=(1, 2), flash_attn=True), image_size=8, timesteps=25)
    exported = torch.load(workplace / "model-for-elsewhere.pt", weights_only=True)
    again.load_state_dict(exported["model"], strict=True)


def test_readme_when_read_is_short_and_has_a_table_of_doors() -> None:
    text = (HOME / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert len(re.findall(r"^\| .+\]\(.+\) \|$", text, re.MULTILINE)) >= 10


PAGES = [*HOME.glob("*.md"), *(HOME / "resources" / "docs").rglob("*.md"), *(HOME / ".github").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_when_they_link_or_name_a_file_mean_one_that_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    links = {page.parent / link for link in re.findall(r"\]\(((?!http)[^)#]+)\)", text)}
    named = {HOME / name for name in re.findall(r"`((?:core|studio|tests|resources)/[\w/.]+)`", text)}
    assert [path for path in sorted(links | named) if not path.exists()] == []


def test_changelog_when_read_begins_with_the_version_of_the_program() -> None:
    released = re.findall(
        r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", (HOME / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert released[0] == tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]["version"]
