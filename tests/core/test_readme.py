"""The code in the page on the library runs, at tiny sizes; the README is short and its doors open."""

from __future__ import annotations

import re
import textwrap
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


@pytest.mark.filterwarnings("ignore:calculate_fid:UserWarning")
def test_the_page_runs(workplace: Path) -> None:
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


def test_the_readme_is_short_and_its_doors_open() -> None:
    text = (HOME / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    doors = re.findall(r"\]\(((?!http)[^)#]+)\)", text)
    assert len(doors) >= 10 and [door for door in doors if not (HOME / door).exists()] == []
