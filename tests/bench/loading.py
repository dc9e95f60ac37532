"""How fast batches come from a folder of JPEGs beside the way of denoising-diffusion-pytorch, cold cache and warm.

`python -m tests.bench.loading` makes a folder of 2,000 JPEGs of 512 px and takes turns: theirs (per picture: open,
convert, resize, flip, crop, to tensor, in a DataLoader with two workers, re-made here with Pillow and torch), then ours
with everything that a training pays for: helpers started, pictures decoded, cache written. A ratio above 1 means
that ours is faster.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from core.pictures.decode.pool import end_helpers
from core.pictures.feed.batches import Loader, make_batch
from core.pictures.feed.cache_folder import CachePlace
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset
from core.runs.run import Run
from core.settings import DataConfig
from core.training.events import Started, StepDone
from core.training.trainer import TrainingSession
from tests.bench.tables import write_table

HERE = Path(__file__).parent
BATCH, BATCHES = 16, 500


def make_folder(folder: Path, count: int, size: int) -> None:
    """JPEGs that look a little like photographs: smooth shapes with fine grain."""
    folder.mkdir(parents=True, exist_ok=True)
    down, across = np.mgrid[0:size, 0:size] / size
    for number in range(count):
        draw = np.random.default_rng(number)
        waves = [np.sin(draw.uniform(2, 14) * across + draw.uniform(2, 14) * down + draw.uniform(0, 6)) for _ in "rgb"]
        grain = draw.normal(0, 10, (size, size, 1))
        pixels = (np.stack(waves, -1) * 90 + 128 + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:05}.jpg", quality=90)


class TheirDataset(Dataset[Tensor]):
    """What the library's Dataset does to each picture every time."""

    def __init__(self, folder: Path, size: int) -> None:
        self.paths = sorted(folder.glob("*.jpg"))
        self.size = size

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> Tensor:
        image = Image.open(self.paths[index]).convert("RGB")
        width, height = image.size
        scale = self.size / min(width, height)
        image = image.resize((round(width * scale), round(height * scale)), Image.Resampling.BILINEAR)
        if torch.rand(1) < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        left, top = (image.width - self.size) // 2, (image.height - self.size) // 2
        image = image.crop((left, top, left + self.size, top + self.size))
        return torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous().float().div(255)


def theirs(folder: Path, size: int, batches: int, workers: int = 2) -> float:
    """Seconds for that many batches, the workers' start included."""
    began = time.perf_counter()
    loader = DataLoader(
        TheirDataset(folder, size), batch_size=BATCH, shuffle=True, pin_memory=False, num_workers=workers
    )
    done = 0
    while done < batches:
        for _ in loader:
            done += 1
            if done == batches:
                break
    return time.perf_counter() - began


def loaded(scan: Scan, size: int, cache: Path) -> PictureSet:
    """The set as a training makes it."""
    data = DataConfig(image_size=size, channels=3, horizontal_flip=True)
    *_, pictures = load_pictures(scan, data, cache=CachePlace(cache))
    assert isinstance(pictures, PictureSet)
    return pictures


def ours(scan: Scan, size: int, batches: int, cache: Path) -> float:
    """Seconds for that many batches, with helpers that are not started yet; the cache is as it is found."""
    end_helpers()
    began = time.perf_counter()
    with (
        closing(loaded(scan, size, cache)) as pictures,
        closing(Loader(pictures, seed=0, batch_size=BATCH, device=torch.device("cpu"))) as loader,
    ):
        for number in range(batches):
            loader.get(number)
        return time.perf_counter() - began


def pictures_per_second(scan: Scan, size: int, cache: Path, seconds: float) -> float:
    """From a filled cache, per second of processor time of one core: order, gather, flip, to float."""
    with _one_thread(), closing(loaded(scan, size, cache)) as pictures:
        batch = 64
        for number in range(-(-len(pictures) // batch)):
            make_batch(pictures, seed=0, batch_index=number, batch_size=batch, device="cpu")
        done, began = 0, time.process_time()
        while (spent := time.process_time() - began) < seconds:
            make_batch(pictures, seed=0, batch_index=done, batch_size=batch, device="cpu")
            done += 1
        return done * batch / spent


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@dataclass(frozen=True)
class Waiting:
    """How much of its time a training waits for batches."""

    first_epoch: float  #: fraction
    later: float


def waiting(scan: Scan, size: int, cache: Path, run_folder: Path) -> Waiting:
    """Of a training of a tiny network, which eats as fast as any: its first epoch with an empty cache, and a second."""
    per_epoch = -(-len(scan.pictures) // BATCH)
    settings = {"dim": 8, "dim_mults": "1,2", "attn_heads": 1, "attn_dim_head": 8, "image_size": size, "channels": 3}
    quiet = {"steps": 2 * per_epoch, "checkpoint_every": 10**6, "sample_every": 10**6, "batch_size": BATCH}
    grid = {"sample_steps": 1, "sample_count": 1, "horizontal_flip": True, "warmup_steps": 0}
    config = preset("sketch").config.with_settings({**settings, **quiet, **grid})
    run = Run.create(run_folder, config, source_folder=scan.folder, device="cpu", planned_total=2 * per_epoch)
    end_helpers()
    with closing(loaded(scan, size, cache)) as pictures:
        session = TrainingSession(run, pictures, device="cpu")
        began, marks = time.perf_counter(), []
        for event in session.run():
            if isinstance(event, Started):
                began = time.perf_counter()
            if isinstance(event, StepDone) and event.step % per_epoch == 0:
                marks.append((time.perf_counter(), session.waited_s))
    (middle, waited), (ended, waited_all) = marks
    return Waiting(waited / (middle - began), (waited_all - waited) / (ended - middle))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="pictures (2000)")
    parser.add_argument("--side", type=int, default=512, help="their side in pixels (512)")
    parser.add_argument("--size", type=int, default=32, help="what the network sees, in pixels (32)")
    parser.add_argument("--batches", type=int, default=BATCHES, help="of 16 pictures, that are delivered (500)")
    parser.add_argument("--rounds", type=int, default=3, help="turns that are taken (3)")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as kept:
        base = Path(kept)
        make_folder(base / "pictures", chosen.count, chosen.side)
        scan = scan_all(base / "pictures")
        pairs = [
            (
                theirs(base / "pictures", chosen.size, chosen.batches),
                ours(scan, chosen.size, chosen.batches, base / f"cache {number}"),
            )
            for number in range(chosen.rounds)
        ]
        warm = ours(scan, chosen.size, chosen.batches, base / "cache 0")
        speed = pictures_per_second(scan, chosen.size, base / "cache 0", 2.0)
        waits = waiting(scan, chosen.size, base / "cache of the training", base / "run")
    end_helpers()
    lines = table(pairs, warm, speed, waits)
    print("\n".join(lines))
    if chosen.write:
        about = (
            f"{chosen.count:,} JPEGs of {chosen.side} px as {chosen.size} px RGB, {chosen.batches} batches of {BATCH}."
        )
        write_table(HERE / "README.md", "loading", [about, "", *lines])


def table(pairs: Sequence[tuple[float, float]], warm: float, speed: float, waits: Waiting) -> list[str]:
    """In markdown: medians, and the ratios of neighbours in time."""
    ratios = [their / our for their, our in pairs]
    return [
        "| what | theirs | ours | ratio |",
        "|---|---|---|---|",
        f"| first batches, nothing cached, s | {statistics.median(their for their, _ in pairs):.1f} | "
        f"{statistics.median(our for _, our in pairs):.1f} | {statistics.median(ratios):.1f} |",
        f"| the same from the cache, s |  | {warm:.2f} |  |",
        f"| pictures per second of one core, from the cache |  | {speed:,.0f} |  |",
        f"| a training waits, first epoch |  | {waits.first_epoch:.1%} |  |",
        f"| a training waits, after it |  | {waits.later:.2%} |  |",
    ]


if __name__ == "__main__":
    main()
