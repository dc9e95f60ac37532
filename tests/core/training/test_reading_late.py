"""A step whose numbers are read during the next one, as on a card: the same run, and nothing unchecked gets out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core import randomness
from core.errors import DeviceError, TrainingError
from core.pictures.feed.batches import Batch
from core.pictures.folder.scan import Scan
from core.runs.metrics import read_losses
from core.settings import RunConfig
from core.training import events, step, trainer
from core.training.job import TrainingJob
from core.training.state import new_state
from tests.core.training.conftest import assert_same_run, of, tensors, train
from tests.core.training.test_guard import poison

#: Of an event, what a clock says.
CLOCKS = ("pictures_per_second", "elapsed_s", "seconds", "seconds_per_step", "waited_s", "slower", "cores")


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "reads_late", lambda _device: True)


@pytest.fixture(autouse=True)
def no_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of threads, and when gauges are read, are told by the clock."""
    monkeypatch.setattr(trainer.StepThreads, "add", lambda *_: iter(()))
    monkeypatch.setattr(trainer.Gauges, "read", lambda *_: {})


def told(seen: list[Any]) -> list[tuple[object, ...]]:
    """Every event without its paths and times."""
    return [
        (
            type(event).__name__,
            *(
                str(getattr(event, name))
                for name in type(event).__dataclass_fields__
                if name not in CLOCKS and not isinstance(getattr(event, name), Path)
            ),
        )
        for event in seen
    ]


def both(monkeypatch: pytest.MonkeyPatch, run: Callable[[str], list[Any]]) -> tuple[list[Any], list[Any]]:
    """The events of a run whose steps are read at once, "at-once", and of one whose are read late, "late"."""
    at_once = run("at-once")
    monkeypatch.setattr(trainer, "reads_late", lambda _device: True)
    return at_once, run("late")


@pytest.mark.family
@pytest.mark.parametrize("accumulate", [2, 1])
def test_run_when_read_late_then_is_the_same_in_every_event_and_bit(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accumulate: int
) -> None:
    config = tiny.with_settings({"gradient_accumulate_every": accumulate})
    at_once, read_late = both(monkeypatch, lambda name: train(pictures, config, tmp_path / name))
    assert told(read_late) == told(at_once)
    assert_same_run(tmp_path / "at-once", at_once, tmp_path / "late", read_late)
    assert read_losses(tmp_path / "late" / "metrics.sqlite")[0].tolist() == list(range(1, 13))


def test_step_when_read_late_then_is_read_between_the_next_ones_gradients_and_its_update(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: None
) -> None:
    order: list[str] = []
    for name in ("_gradients", "_update", "settle"):
        whole = getattr(step, name)

        def noted(*how: Any, name: str = name, whole: Callable[..., Any] = whole, **more: Any) -> Any:
            order.append(name)
            return whole(*how, **more)

        monkeypatch.setattr(step, name, noted)
        if name == "settle":
            monkeypatch.setattr(trainer, name, noted)
    train(pictures, tiny.with_settings({"steps": 3, "checkpoint_every": 100, "sample_every": 100}), tmp_path / "run")
    taken = ["_gradients", "settle", "_update"]
    assert order == ["_gradients", "_update", *taken, *taken, "settle"]


@pytest.mark.family
@pytest.mark.parametrize("batch", [6, 0])
def test_bad_batch_when_read_late_then_is_left_out_as_when_read_at_once(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    poison(monkeypatch, lambda number: number == batch)
    at_once, read_late = both(monkeypatch, lambda name: train(pictures, tiny, tmp_path / name))
    assert len(of(events.RolledBack, read_late)) == 1
    assert told(read_late) == told(at_once)
    assert_same_run(tmp_path / "at-once", at_once, tmp_path / "late", read_late)
    incidents = [json.loads(of(events.RolledBack, seen)[0].incident.read_text()) for seen in (at_once, read_late)]
    assert incidents[0]["batches"] == incidents[1]["batches"]


def test_bad_weights_when_read_late_then_reach_no_snapshot_average_or_checkpoint(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: None
) -> None:
    optimizer_step, calls = torch.optim.AdamW.step, []

    def spoiling(self: torch.optim.AdamW, *how: object) -> None:
        optimizer_step(self, *how)
        calls.append(None)
        if len(calls) == 7:
            with torch.no_grad():
                self.param_groups[0]["params"][0][0, 0, 0, 0] = float("nan")

    monkeypatch.setattr(torch.optim.AdamW, "step", spoiling)
    looked: list[bool] = []
    batch_loss = step.batch_loss

    def looking(*how: Any, **more: Any) -> step.BatchLoss:
        # The window asks for samples while the step's gradients are on their way.
        snapshot, _ = job.ema_snapshot()
        looked.append(all(bool(tensor.isfinite().all()) for tensor in snapshot.state_dict().values()))
        return batch_loss(*how, **more)

    monkeypatch.setattr(step, "batch_loss", looking)
    job = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu")
    seen = list(job.run())
    assert [(event.failed_step, event.step) for event in of(events.RolledBack, seen)] == [(7, 4)]
    assert len(looked) == 12 + 4 and all(looked)  # 5 to 8 came twice
    assert all(tensor.isfinite().all() for tensor in tensors(tmp_path / "run").values())


def test_training_that_ends_after_three_tries_leaves_the_weights_of_the_last_good_state(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, lambda batch: batch >= 6)
    job = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu")
    with pytest.raises(TrainingError):
        list(job.run())
    assert job._session is not None and job._session._state is not None
    state, saved = job._session._state, tensors(tmp_path / "run")
    assert all(torch.equal(tensor, saved[f"model.{name}"]) for name, tensor in state.diffusion.state_dict().items())


@pytest.mark.family
@pytest.mark.parametrize("wish", ["stop", "save", "samples"])
@pytest.mark.parametrize("at", [2, 5])
def test_wish_when_read_late_then_is_granted_at_a_step_that_was_read(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, late: None, wish: str, at: int
) -> None:
    job, seen = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu"), []
    for event in job.run():
        seen.append(event)
        if isinstance(event, events.StepDone) and event.step == at:
            getattr(job.wishes, wish).set()
    kind = {"stop": events.Finished, "save": events.CheckpointSaved, "samples": events.Samples}[wish]
    # Another step may be on its way when the wish comes, and is read first.
    assert any(event.step in (at, at + 1) for event in of(kind, seen))
    done = [event.step for event in of(events.StepDone, seen)]
    assert done == list(range(1, done[-1] + 1))


def test_failing_step_when_another_is_unread_then_that_one_is_saved_first(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: None
) -> None:
    batch_loss, seen = step.batch_loss, []

    def full(diffusion: Any, pictures: Batch, config: RunConfig, batch: int, **more: Any) -> step.BatchLoss:
        if batch == 6:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return batch_loss(diffusion, pictures, config, batch, **more)

    monkeypatch.setattr(step, "batch_loss", full)
    with pytest.raises(DeviceError) as caught:
        for event in TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu").run():
            seen.append(event)
    assert caught.value.fields["step"] == 6
    assert [event.step for event in of(events.StepDone, seen)] == [1, 2, 3, 4, 5, 6]
    monkeypatch.undo()
    resumed = train(pictures, tiny, tmp_path / "run", resume=True)
    assert of(events.Started, resumed)[0].step == 6


def test_run_when_left_with_a_step_unread_then_saves_that_step(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, late: None
) -> None:
    running = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu").run()
    for event in running:
        if isinstance(event, events.StepDone) and event.step == 5:
            break  # as the window does when it is closed: 6 is on its way
    running.close()
    assert of(events.Started, train(pictures, tiny, tmp_path / "run", resume=True))[0].step == 6
    assert read_losses(tmp_path / "run" / "metrics.sqlite")[0].tolist() == list(range(1, 13))


# --- Nothing of a step waits for the device: on `meta`, where there is nothing to read, it runs to its end -----


class Copies(TorchDispatchMode):
    """The copies from one device to another, and whether each waits."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, bool]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if func is torch.ops.aten._to_copy.default and args[0].device != made.device:
            self.seen.append((args[0].device.type, made.device.type, not (kwargs or {}).get("non_blocking", False)))
        if func is torch.ops.aten.copy_.default and args[0].device != args[1].device:
            self.seen.append((args[1].device.type, args[0].device.type, not (len(args) > 2 and args[2])))
        return made


class OnMeta:
    """Pictures that are none, on a device that computes nothing."""

    def __init__(self, config: RunConfig, labels: bool) -> None:
        self.batch = Batch(
            torch.empty(config.train.batch_size, 3, 8, 8, device="meta"),
            torch.zeros(config.train.batch_size, dtype=torch.long, device="meta") if labels else None,
        )

    def get(self, _number: int, _stop: threading.Event) -> Batch:
        return self.batch


@pytest.fixture
def on_meta(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no generators on `meta`, and nothing to draw."""

    def drawn(seed: int, purpose: str, *indices: int, device: torch.device | str = "cpu") -> torch.Generator | None:
        return None if torch.device(device).type == "meta" else randomness.generator(seed, purpose, *indices)

    monkeypatch.setattr(step, "generator", drawn)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"class_names": ["a", "b", "c"]},
        {"self_condition": True, "dropout": 0.1, "gradient_accumulate_every": 2},
        {"offset_noise_strength": 0.1, "immiscible": True, "immiscible_candidates": 4, "loss_weighting": "min_snr"},
    ],
    ids=["plain", "classes", "self-condition", "immiscible"],
)
def test_step_when_queued_then_reads_nothing_back_and_no_copy_waits(
    tiny: RunConfig, monkeypatch: pytest.MonkeyPatch, on_meta: None, changes: dict[str, object]
) -> None:
    config = tiny.with_settings({"channels": 3, "amp": "off", **changes})
    unread: list[tuple[int, ...]] = []

    class NotSent(step.Unread):
        def __init__(self, parts: Any, further: Any) -> None:
            with pytest.raises(NotImplementedError, match="out of meta tensor"):  # the one transfer there is
                super().__init__(parts, further)
            unread.append(tuple(part.batch for part in parts))

    monkeypatch.setattr(step, "Unread", NotSent)
    state = new_state(config, torch.device("meta"))
    pictures = OnMeta(config, labels=config.data.num_classes is not None)
    with Copies() as copies:
        done = step.take_step(
            state,
            pictures,
            config,
            rate=1e-3,
            stop=threading.Event(),
            weights=nullcontext(),
            flight=step.FlightRecord(),
            late=True,
        )
    assert done is None and len(unread) == 1
    assert ("cpu", "meta", False) in copies.seen, "the timesteps, at least"
    assert [copy for copy in copies.seen if copy[2]] == []


def test_step_when_read_then_everything_comes_in_one_transfer(tiny: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a CPU, where the transfer is the tensor itself: it is looked at once, and nothing of the device before."""
    config = tiny.with_settings({"channels": 3, "gradient_accumulate_every": 2})
    state, reads = new_state(config, torch.device("cpu")), []
    whole = step.Unread.read
    monkeypatch.setattr(step.Unread, "read", lambda unread: (reads.append(unread), whole(unread))[1])
    pictures = Batch(torch.rand(4, 3, 8, 8), None)

    class Feed:
        def get(self, _number: int, _stop: threading.Event) -> Batch:
            return pictures

    for _ in range(3):
        result = step.take_step(
            state,
            Feed(),
            config,
            rate=1e-3,
            stop=threading.Event(),
            weights=nullcontext(),
            flight=step.FlightRecord(),
        )
    assert result is not None and len(reads) == 3
    assert len(result.losses) == len(result.timesteps) == 8 and result.grad_norm > 0


@pytest.mark.gpu
@pytest.mark.parametrize("amp", ["off", "bf16", "fp16"])
def test_step_when_on_a_card_then_cuda_sees_no_waiting(tiny: RunConfig, amp: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU here")
    device = torch.device("cuda")
    config = tiny.with_settings({"channels": 3, "amp": amp})
    state = new_state(config, device)
    pictures = Batch(torch.rand(4, 3, 8, 8, device=device), None)

    class Feed:
        def get(self, _number: int, _stop: threading.Event) -> Batch:
            return pictures

    def take() -> step.StepResult | None:
        return step.take_step(
            state,
            Feed(),
            config,
            rate=1e-3,
            stop=threading.Event(),
            weights=nullcontext(),
            flight=step.FlightRecord(),
            late=True,
        )

    assert take() is None  # the first makes the optimizer's state
    torch.cuda.set_sync_debug_mode("error")
    try:
        results = [take() for _ in range(4)]
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert all(result is not None and result.loss > 0 for result in results)
    assert state.step == 4 and state.unread is not None
