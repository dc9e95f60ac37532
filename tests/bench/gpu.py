"""The card: the tests marked gpu, a table of precisions and forms beside the library, and a training with samples.

`make gpu` takes at most eight minutes. It needs torch, numpy, scipy, einops, Pillow and safetensors (pytest and
hypothesis for the tests; without denoising-diffusion-pytorch its lines say so), no PySide6. `--dry-run` goes through
all of it on a CPU in a minute, with networks of no use, and through one step of each real size on `meta`. Lines are
measured in a process of their own: one that runs out of memory, does not compile or hangs is a line with the reason.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

import core
from core.device import autocast
from core.pictures.feed.batches import Batch
from core.settings import RunConfig
from core.training.optimizers import build_optimizer
from core.training.state import new_state
from core.training.step import FlightRecord, take_step
from tests.bench.library import import_library

HOME = Path(__file__).resolve().parents[2]
#: Seconds for all, and what of it the training and the tests may take; the table has the rest.
WHOLE_S, TRAINING_S, TESTS_S, RESERVE_S = 480.0, 180.0, 80.0, 20.0
#: Sizes of network and picture, and pictures at a time.
SIZES = tuple(itertools.product((64, 128), (64, 128)))
BATCH, SAMPLED, CALLS = 32, 16, 10
LEAST_STEPS, MEASURED_S = 5, 1.5


@dataclass(frozen=True)
class Form:
    """In which form a network is trained and sampled."""

    title: str
    library: bool = False
    bf16: bool = False
    channels_last: bool = False
    how: str = "plain"  #: or "session" (a training's own step, with its average), "compile", "graph"


#: In the order of what one wants to know; compiling takes long, and comes last for every size.
FORMS = (
    Form("ours, float32", channels_last=True),
    Form("library, float32", library=True),
    Form("ours, bf16", bf16=True, channels_last=True),
    Form("library, bf16", library=True, bf16=True),
    Form("ours, bf16, as a session trains", bf16=True, how="session"),
    Form("ours, bf16, contiguous", bf16=True),
    Form("ours, bf16, CUDA graph", bf16=True, channels_last=True, how="graph"),
    Form("ours, bf16, torch.compile", bf16=True, channels_last=True, how="compile"),
)


@dataclass(frozen=True)
class Line:
    """What is measured in one line of the table."""

    form: int  #: of FORMS
    dim: int
    size_px: int
    batch: int
    device: str
    dry: bool = False

    def title(self) -> str:
        where = "" if self.device == "cuda" else f" ({self.device})"
        return f"| {self.dim} | {self.size_px} | {FORMS[self.form].title}{where} | "


HEAD = (
    "| dim | px | form | steps, pictures/s | peak memory, MiB | first step, s | sampling, pictures/s |",
    "|---|---|---|---|---|---|---|",
)


def lines(device: str, *, dry: bool = False) -> list[Line]:
    """Every form at every size, those that are compiled at the end; of a dry run tiny ones, and the real on `meta`."""
    late = [index for index, form in enumerate(FORMS) if form.how == "compile"]
    early = [index for index in range(len(FORMS)) if index not in late]
    if not dry:
        return [Line(form, *size, BATCH, device) for forms in (early, late) for size in SIZES for form in forms]
    tiny = [Line(form, 8, 16, 2, device, dry=True) for form in (*early, *late)]
    return [*tiny, *(Line(0, *size, BATCH, "meta", dry=True) for size in SIZES)]


# --- one line, in a process of its own -----------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """What a line came to; None where the device does not tell."""

    steps_per_s: float | None
    peak_bytes: int | None
    first_s: float | None
    sampled_per_s: float | None

    def cells(self, batch: int) -> str:
        def figure(value: float | None, form: str = ",.0f") -> str:
            return "" if value is None else format(value, form)

        each = None if self.steps_per_s is None else self.steps_per_s * batch
        peak = None if self.peak_bytes is None else self.peak_bytes / 2**20
        if each is None:
            return "one step went through | | | |"
        cells = figure(each), figure(peak), figure(self.first_s, ".2f"), figure(self.sampled_per_s, ",.1f")
        return " | ".join(cells) + " |"


def measure(line: Line) -> Measured:
    """Train a few steps of noise, and sample. Raises whatever torch raises."""
    form, device = FORMS[line.form], torch.device(line.device)
    on_card = device.type == "cuda"
    if form.how == "graph" and not on_card:
        raise NotImplementedError("CUDA graphs are a card's")
    torch.manual_seed(0)
    if line.dry:
        torch.set_num_threads(1)
    if form.how == "session":
        return _measure_session(line)
    parts: Any = import_library() if form.library else core
    network = parts.Unet(dim=line.dim, **({"dim_mults": (1, 2)} if line.dim < 16 else {}))
    steps = {"timesteps": 50} if line.dry else {}
    diffusion = parts.GaussianDiffusion(network, image_size=line.size_px, sampling_timesteps=CALLS, **steps).to(device)
    if form.channels_last:
        diffusion.to(memory_format=torch.channels_last)
    if form.library:
        optimizer: torch.optim.Optimizer = torch.optim.Adam(diffusion.parameters(), lr=1e-4)
    else:
        optimizer = build_optimizer(diffusion, learning_rate=1e-4, weight_decay=0.0)
    if form.how == "compile":
        # On a CPU a compiler would be asked for minutes, and says nothing of a card.
        diffusion.model = torch.compile(diffusion.model, backend="inductor" if on_card else "eager")
    shape = (line.batch, 3, line.size_px, line.size_px)
    x, noise = torch.rand(shape, device=device) * 2 - 1, torch.empty(shape, device=device)
    t = torch.empty(line.batch, dtype=torch.long, device=device)

    def precision() -> AbstractContextManager[object]:
        on = form.bf16 and device.type != "meta"
        return torch.autocast(device.type, dtype=torch.bfloat16) if on else nullcontext()

    def step() -> None:
        with precision():
            if form.library:
                loss = diffusion.p_losses(x, t, noise=noise)
            else:
                loss = diffusion.training_losses(x, t, noise, self_condition_draw=False).mean
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=form.how != "graph")

    def once() -> None:
        t.random_(diffusion.num_timesteps)
        noise.normal_()
        launch()

    _wait(device)
    began = time.perf_counter()
    launch: Callable[[], object] = _graph(step, optimizer) if form.how == "graph" else step
    once()
    _wait(device)
    first_s = time.perf_counter() - began
    return _timed(line, once, diffusion, precision, first_s)


def _measure_session(line: Line) -> Measured:
    """As `measure`, of the step that a training takes: it reads its numbers late, and its average follows."""
    device = torch.device(line.device)
    sizes = {"dim": line.dim, "image_size": line.size_px, "channels": 3, "batch_size": line.batch}
    small = {"dim_mults": "1,2", "timesteps": 50} if line.dry else {}
    config = RunConfig().with_settings({**sizes, **small, "amp": "bf16" if FORMS[line.form].bf16 else "off"})
    state, stop, flight = new_state(config, device), threading.Event(), FlightRecord()
    pictures = Batch(torch.rand(line.batch, 3, line.size_px, line.size_px, device=device), None)

    class Feed:
        def get(self, _number: int, _stop: threading.Event) -> Batch:
            return pictures

    def once() -> None:
        late = device.type == "cuda"
        take_step(state, Feed(), config, rate=1e-4, stop=stop, weights=nullcontext(), flight=flight, late=late)

    began = time.perf_counter()
    once()
    _wait(device)
    first_s = time.perf_counter() - began
    state.diffusion.sampling_timesteps = CALLS
    return _timed(line, once, state.diffusion, lambda: autocast(device, state.dtype), first_s)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def _timed(
    line: Line,
    once: Callable[[], object],
    diffusion: Any,
    precision: Callable[[], AbstractContextManager[object]],
    first_s: float,
) -> Measured:
    """Steps and samples of what has taken its first step."""
    device = torch.device(line.device)
    if device.type == "meta":
        return Measured(None, None, None, None)
    for _ in range(1 if line.dry else 3):
        once()
    _wait(device)
    done, began = 0, time.perf_counter()
    while done < LEAST_STEPS or (time.perf_counter() - began < MEASURED_S and not line.dry):
        for _ in range(LEAST_STEPS):
            once()
        done += LEAST_STEPS
        _wait(device)
    steps_per_s = done / (time.perf_counter() - began)
    peak = torch.cuda.max_memory_allocated() if device.type == "cuda" else None
    count = 2 if line.dry else SAMPLED
    diffusion.eval()
    with torch.no_grad(), precision():
        for _ in range(2):  # the first warms up
            _wait(device)
            began = time.perf_counter()
            diffusion.ddim_sample((count, 3, line.size_px, line.size_px))
            _wait(device)
            sampling_s = time.perf_counter() - began
    return Measured(steps_per_s, peak, first_s, count / sampling_s)


def _graph(step: Callable[[], None], optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """The whole step as one CUDA graph: its kernels are launched together, and no Python runs between them."""
    for group in optimizer.param_groups:
        group["capturable"] = True
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    replay: Callable[[], None] = graph.replay
    return replay


def work() -> None:
    """Measure the lines that stdin names, one after the other, and tell each on stdout."""
    for text in sys.stdin:
        line = Line(**json.loads(text))
        reason, measured = "", None
        try:
            measured = asdict(measure(line))
        except Exception as error:  # whatever goes wrong is the line's answer
            words = str(error).strip().splitlines() or [""]
            reason = f"{type(error).__name__}: {words[0]}"
        # Out here the error's frames are gone, and with them their tensors.
        if FORMS[line.form].how == "compile":
            torch._dynamo.reset()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        print(json.dumps({"measured": measured, "reason": reason}), flush=True)


# --- the table ------------------------------------------------------------------------------------------------


class Worker:
    """A process that measures lines; `measure` starts another where the last one ended or was ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()

    def measure(self, line: Line, seconds: float) -> tuple[Measured | None, str]:
        """What the line came to, or the reason why it came to nothing."""
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(asdict(line)) + "\n")
            process.stdin.flush()
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.close()
            return None, f"not done in {seconds:.0f} s"
        except OSError:
            answer = None
        if answer is None:
            code = process.wait()
            self.close()
            return None, f"its process ended with {code}"
        said = json.loads(answer)
        return (None if said["measured"] is None else Measured(**said["measured"])), said["reason"]

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None or self._reader is None:
            return
        process.kill()
        process.wait()
        self._reader.join()
        process.stdout.close()
        with suppress(OSError):  # what it did not read any more
            process.stdin.close()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            command = [sys.executable, "-m", "tests.bench.gpu", "--worker"]
            pipe, self._answers = subprocess.PIPE, queue.Queue()
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=HOME, env=environment())
            self._reader = threading.Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True)
            self._reader.start()
        return self._process


def _read(lines: Iterator[str], answers: queue.Queue[str | None]) -> None:
    for text in lines:
        if text.startswith("{"):  # whatever else a compiler says
            answers.put(text)
    answers.put(None)


def environment() -> dict[str, str]:
    """Of the processes that are started: this project is importable in them."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME), os.environ.get("PYTHONPATH", "")])}


def table(all_lines: Sequence[Line], until: float, say: Callable[[str], None]) -> None:
    """Measure the lines and say each as it comes; those for which no time is left are said to be so."""
    worker = Worker()
    try:
        for text in HEAD:
            say(text)
        for line in all_lines:
            left = until - time.monotonic()
            # A process needs a few seconds to begin at all.
            measured, reason = worker.measure(line, left) if left > 5 else (None, "no time was left")
            if measured is None:
                words = re.sub(r"[|\s]+", " ", reason)[:160]
                say(f"{line.title()}{words} | | | |")
            else:
                say(line.title() + measured.cells(line.batch))
    finally:
        worker.close()


# --- the tests, and the training --------------------------------------------------------------------------------


def run_tests(seconds: float, say: Callable[[str], None]) -> None:
    """Those marked gpu, without the conftest of all tests, which needs PySide6."""
    marked = [
        path for path in sorted((HOME / "tests/core").rglob("test_*.py")) if "mark.gpu" in path.read_text("utf-8")
    ]
    options = ["-q", "-m", "gpu", "-c", os.devnull, f"--rootdir={HOME}", f"--confcutdir={HOME / 'tests/core'}"]
    options += ["--import-mode=importlib", "-p", "no:cacheprovider"]
    ended = _run([sys.executable, "-m", "pytest", *options, *map(str, marked)], seconds)
    say("tests marked gpu: " + (ended.splitlines() or [""])[-1].strip("= "))
    for text in ended.splitlines():
        if text.startswith(("FAILED", "ERROR", "E  ")):
            say(text[:200])


def run_training(device: str, folder: Path, seconds: float, *, dry: bool, say: Callable[[str], None]) -> None:
    """The digits with the usual settings of Sketch; the last lines that it said, and where its samples are."""
    command = [sys.executable, "-m", "core", "train", "digits", "--run", str(folder), "--preset", "sketch"]
    tiny = ["dim=8", "dim_mults=1,2", "attn_heads=1", "image_size=8", "patch_size=1", "batch_size=4"]
    tiny += ["sample_steps=2", "sample_count=4"]
    length = ["--steps", "4"] if dry else ["--seconds", f"{seconds:.0f}"]
    command += ["--device", device, *length, *(part for setting in tiny if dry for part in ("--set", setting))]
    ended = _run(command, seconds + 60)
    for text in ended.splitlines()[-6:]:
        say(text[:200])
    grids = sorted((folder / "samples").glob("*.png"))
    say(f"samples: {grids[-1]}" if grids else "there are no samples")


def _run(command: Sequence[str], seconds: float) -> str:
    """What a program said on both its streams, with the reason at the end where it did not end well."""
    try:
        ended = subprocess.run(
            command,
            cwd=HOME,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        said = slow.stdout or ""
        return f"{said if isinstance(said, str) else said.decode(errors='replace')}\nnot done in {seconds:.0f} s"
    return ended.stdout if ended.returncode == 0 else f"{ended.stdout.rstrip()} (exit status {ended.returncode})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Everything, within `--seconds`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dry-run", action="store_true", help="all of it on the CPU, tiny, and real sizes on meta")
    parser.add_argument("--seconds", type=float, default=WHOLE_S, help=f"for all of it ({WHOLE_S:.0f})")
    parser.add_argument("--out", type=Path, default=None, help="folder for gpu.md and the run (a new temporary one)")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.worker:
        work()
        return
    began, dry = time.monotonic(), chosen.dry_run
    out: Path = chosen.out or Path(tempfile.mkdtemp(prefix="ddpm-gpu-"))
    out.mkdir(parents=True, exist_ok=True)
    file = out / "gpu.md"
    file.write_text("", "utf-8")

    def say(text: str) -> None:
        print(text, flush=True)
        with file.open("a", encoding="utf-8") as written:
            written.write(text + "\n")

    if not dry and not torch.cuda.is_available():
        say("There is no CUDA card here: nothing was measured. Try --dry-run.")
        sys.exit(1)
    device = "cpu" if dry else "cuda"
    name = "CPU, a dry run: no figure here means anything" if dry else torch.cuda.get_device_name()
    say(f"torch {torch.__version__}, {name}, batches of {BATCH}, sampling: DDIM at {CALLS} calls.\n")
    share = chosen.seconds / WHOLE_S
    run_tests(TESTS_S * share, say)
    say("")
    table(lines(device, dry=dry), began + chosen.seconds - (TRAINING_S + RESERVE_S) * share, say)
    say("")
    left = began + chosen.seconds - time.monotonic()
    run_training(device, out / "run", min(TRAINING_S, left - RESERVE_S * share), dry=dry, say=say)
    say(f"\n{time.monotonic() - began:.0f} s; this is in {file}")


if __name__ == "__main__":
    main()
