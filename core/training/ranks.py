"""Several processes that train one run together: what each computes, and what they tell each other.

torchrun starts them, and says in the environment who each is. The first one (rank 0) is the session: it alone reads and
writes the run, samples, decides and speaks. The others follow its orders: they hold the same model, and for each step
compute the gradient of their share of the batch. The sum of the gradients is the gradient of the whole batch, since all
that is random is drawn for the whole batch, by everyone alike. So every process makes the same update of the same
weights, and one process could go on alone from any checkpoint.

Numbers go through torch.distributed: gloo on CPUs, NCCL on cards. A process that ends closes its connections, and the
others learn of it in their next exchange; one that falls silent is given up after PATIENCE_S.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..errors import ConfigError, DataError, Phrase, StudioError, TrainingError, phrase_of
from ..randomness import Share

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn
    from torch.distributed import ProcessGroup
    from torch.distributed.distributed_c10d import Store

    from ..runs.checkpoint import Checkpoint
    from ..settings import RunConfig

T = TypeVar("T")

#: So long the first process waits for all others to begin.
JOIN_S = 300.0
#: So long a process that has fallen silent (its computer lost its power or its network) holds up a step. One that ended
#: is noticed at once. Whoever waits for its pictures, or is slower than others, is silent too.
PATIENCE_S = 600.0
#: The first process may take any time between two steps: for samples, a full disk, or a folder that is away.
_BETWEEN_STEPS = timedelta(days=30)
#: So long the first process looks for the reason that one which has ended may have left.
_REASON_S = 2.0


def is_follower(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether torchrun started this process to help another one. Imports no torch."""
    return are_several(environment) and environment.get("RANK") != "0"


def are_several(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether torchrun started more than one process."""
    count, rank = environment.get("WORLD_SIZE", ""), environment.get("RANK", "")
    return rank.isdecimal() and count.isdecimal() and int(count) > 1


class Ranks:
    """The processes that train a run, seen from one of them. This one is alone: nothing is shared, nothing is told.

    What takes a step calls these in every process alike; what only the session calls says so.
    """

    rank = 0
    count = 1
    beside: tuple[int, ...] = ()  #: the other processes on this computer, by their pid
    most_threads: int | None = None  #: this process's share of the cores; None: as many as torch takes

    # --- in a step, in every process alike -----------------------------------------------------------------

    def share(self, of: int) -> Share:
        """Which pictures of a batch of so many are this process's."""
        return Share(0, of, of)

    def whole(self, part: Tensor, *, filled: bool) -> Tensor:  # noqa: ARG002 (it is all)
        """A tensor of the whole batch, (B, …), of which (b, …) is this process's part. Not differentiable.

        filled: with what the others have in their places; else what is there means nothing.
        """
        return part

    def gathered(self, *parts: Tensor) -> tuple[Tensor, ...]:
        """The (b,) numbers of each process as those of the whole batch, (B,).

        The gradient goes through a process's own; summed over all processes (`add_gradients`) it is the whole one.
        """
        return parts

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Put the sum over all processes in the place of each gradient."""

    def agreed(self, wish: bool) -> bool:
        """Whether any process wishes it."""
        return wish

    def together(self, ask: Callable[[], T | None], folder: Path) -> T | None:  # noqa: ARG002
        """What `ask` answers, if it answers in every process; else what it comes to in one that has none, in all.

        folder: of the pictures. Raises what `ask` raises, FolderAwayError where it did so in another process.
        """
        return ask()

    # --- only in the session -------------------------------------------------------------------------------

    def device_name(self, wish: str) -> str:
        """The device of this process where `wish` is what the user asked for. Raises ConfigError."""
        return wish

    def require_share(self, config: RunConfig) -> None:
        """Raises ConfigError where a batch has fewer pictures than there are processes."""

    def begin(self, config: RunConfig, fingerprint: str) -> None:
        """Have the others get ready to train with these settings, and pictures of this fingerprint."""

    def give(self, now: Checkpoint) -> None:
        """Have the others go on from here."""

    def edit(self, config: RunConfig) -> None:
        """Have the others train with these settings from the next step on."""

    def begin_step(self, step: int, rate: float, threads: int) -> None:
        """Have the others take the step after `step` with us."""

    def end_step(self) -> None:
        """It is taken."""

    def close(self) -> None:
        """Let the others go."""


#: A process by itself, which is the usual.
ALONE = Ranks()


class Kind(IntEnum):
    """What the first process has the others do."""

    END = 0
    BEGIN = 1
    TAKE = 2
    STEP = 3
    EDIT = 4


class Order(NamedTuple):
    """One of them, with what it needs."""

    kind: Kind
    step: int = 0
    rate: float = 0.0
    threads: int = 1


class _Outcome(IntEnum):
    """How a process fared with its part, the worst last."""

    DONE = 0
    LEFT_OFF = 1
    AWAY = 2
    UNREADABLE = 3


class Several(Ranks):
    """One of several processes. Made by `join`; close it."""

    def __init__(self, rank: int, count: int, store: Store, environment: Mapping[str, str]) -> None:
        self.rank, self.count = rank, count
        self._store = store
        self._local_rank = int(environment.get("LOCAL_RANK", rank))
        self._local_count = int(environment.get("LOCAL_WORLD_SIZE", "1"))
        self._orders: ProcessGroup | None = None
        self._on_cards = False
        self._batch_size = 0
        self._edits = 0  #: that were told, or taken
        self._inside = False  #: within a step, which others wait in
        self._broken = False

    # --- beginning -----------------------------------------------------------------------------------------

    def device_name(self, wish: str) -> str:
        """As `Ranks.device_name`: each process of a computer takes a card of its own."""
        import torch

        if wish not in ("auto", "cpu", "cuda") and not (wish.startswith("cuda") and self._local_count == 1):
            raise ConfigError("config.bad-value", name="--device", value=wish, expected=Phrase("value.device-of-each"))
        if wish == "auto" and not torch.cuda.is_available():
            return "cpu"
        return f"cuda:{self._local_rank}" if wish in ("auto", "cuda") else wish

    def connect(self, wish: str) -> None:
        """Meet the others. wish: the device. Raises TrainingError, DeviceError."""
        import torch
        import torch.distributed as dist

        from ..device import choose_device
        from ..threads import OtherLoad

        cores = OtherLoad().cores_here
        # torchrun itself sets OMP_NUM_THREADS to 1 where nobody said another number.
        own: dict[str, Any] = {"host": socket.gethostname(), "pid": os.getpid()}
        own["threads"] = max(1, cores // max(1, self._local_count))
        try:
            device = choose_device(self.device_name(wish))
        except StudioError as error:
            self.fail(error)
            self._store.set(f"member/{self.rank}", json.dumps(own))
            raise
        own["device"] = device.type
        self._store.set(f"member/{self.rank}", json.dumps(own))
        with self._telling("training.processes-missing"):
            members = [json.loads(self._store.get(f"member/{rank}")) for rank in range(self.count)]
        if any("device" not in member for member in members):
            raise self._lost()
        if len({member["device"] for member in members}) > 1:
            raise TrainingError("training.devices-differ", devices=", ".join(member["device"] for member in members))
        # The smallest share that any has: with the same number of threads everywhere, sums have the same bits.
        self.most_threads = min(member["threads"] for member in members)
        self.beside = tuple(
            member["pid"] for member in members if member["host"] == own["host"] and member["pid"] != own["pid"]
        )
        self._on_cards = device.type == "cuda"
        if self._on_cards:
            torch.cuda.set_device(device)
        with self._telling("training.processes-missing"):
            dist.init_process_group(
                "cpu:gloo,cuda:nccl" if self._on_cards else "gloo",
                store=self._store,
                rank=self.rank,
                world_size=self.count,
                timeout=timedelta(seconds=PATIENCE_S),
            )
            self._orders = dist.new_group(backend="gloo", timeout=_BETWEEN_STEPS)

    def require_share(self, config: RunConfig) -> None:
        """As `Ranks.require_share`."""
        if config.train.batch_size < self.count:
            expected = Phrase("value.picture-for-each", count=self.count)
            raise ConfigError("config.bad-value", name="batch_size", value=config.train.batch_size, expected=expected)

    # --- in a step -----------------------------------------------------------------------------------------

    def share(self, of: int) -> Share:
        """As `Ranks.share`: stretches one after the other, which differ by one picture at most."""
        return Share(self.rank * of // self.count, (self.rank + 1) * of // self.count, of)

    def whole(self, part: Tensor, *, filled: bool) -> Tensor:
        """As `Ranks.whole`."""
        whole = part.new_zeros((self._batch_size, *part.shape[1:]))
        whole[self.share(self._batch_size).own] = part.detach()
        if filled:
            self._sum(whole)
        return whole

    def gathered(self, *parts: Tensor) -> tuple[Tensor, ...]:
        """As `Ranks.gathered`."""
        import torch

        own = self.share(self._batch_size)
        whole = self.whole(torch.stack([part.float() for part in parts], dim=1), filled=True)
        return tuple(
            torch.cat([numbers[: own.start], part, numbers[own.stop :]])
            for numbers, part in zip(whole.unbind(1), parts, strict=True)
        )

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """As `Ranks.add_gradients`, in one exchange."""
        import torch

        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if self._on_cards:
            self._worst(_Outcome.DONE)  # NCCL waits for one that has ended; gloo tells
        together = gradients[0].new_empty(sum(gradient.numel() for gradient in gradients))
        # Each as it lies in memory: a copy in another order takes longer.
        parts, begin = [], 0
        for gradient in gradients:
            parts.append(together.as_strided(gradient.shape, gradient.stride(), begin))
            begin += gradient.numel()
        torch._foreach_copy_(parts, gradients)
        self._sum(together)
        torch._foreach_copy_(gradients, parts)

    def agreed(self, wish: bool) -> bool:
        """As `Ranks.agreed`."""
        return self._worst(_Outcome.LEFT_OFF if wish else _Outcome.DONE) is not _Outcome.DONE

    def together(self, ask: Callable[[], T | None], folder: Path) -> T | None:
        """As `Ranks.together`."""
        from ..pictures.feed.source import LOOK_S, FolderAwayError

        answer: T | None = None
        failure: DataError | None = None
        outcome = _Outcome.DONE
        try:
            answer = ask()
            outcome = _Outcome.LEFT_OFF if answer is None else _Outcome.DONE
        except FolderAwayError as error:
            failure, outcome = error, _Outcome.AWAY
        except DataError as error:
            self.fail(error)
            failure, outcome = error, _Outcome.UNREADABLE
        worst = self._worst(outcome)
        if worst is _Outcome.DONE:
            return answer
        self._inside = False  # all leave the step here
        if failure is not None:
            raise failure
        if worst is _Outcome.AWAY:
            time.sleep(LOOK_S)  # here it may be there all the time
            raise FolderAwayError(folder)
        if worst is _Outcome.UNREADABLE:
            raise self._lost()
        return None

    def _worst(self, outcome: _Outcome) -> _Outcome:
        import torch
        import torch.distributed as dist

        number = torch.tensor(int(outcome))
        with self._telling():
            dist.all_reduce(number, dist.ReduceOp.MAX)
        return _Outcome(int(number))

    def _sum(self, tensor: Tensor) -> None:
        import torch.distributed as dist

        with self._telling():
            dist.all_reduce(tensor)

    # --- only in the session -------------------------------------------------------------------------------

    def begin(self, config: RunConfig, fingerprint: str) -> None:
        """As `Ranks.begin`."""
        with self._telling():
            self._store.set("beginning", json.dumps({"config": config.to_dict(), "fingerprint": fingerprint}))
        self._batch_size = config.train.batch_size
        self._tell(Order(Kind.BEGIN))

    def give(self, now: Checkpoint) -> None:
        """As `Ranks.give`."""
        import torch

        from ..runs.checkpoint import SECTIONS

        self._inside = False
        self._tell(Order(Kind.TAKE))
        plain = {name: getattr(now, name) for name in ("step", *SECTIONS, "extra")}
        written = io.BytesIO()
        torch.save(plain, written)
        content = torch.frombuffer(bytearray(written.getbuffer()), dtype=torch.uint8)
        self._broadcast(torch.tensor(len(content)))
        self._broadcast(content)

    def edit(self, config: RunConfig) -> None:
        """As `Ranks.edit`."""
        self._edits += 1
        with self._telling():
            # Under a name of its own: the next may come before the others have read this one.
            self._store.set(f"edit/{self._edits}", json.dumps(config.to_dict()))
        self._tell(Order(Kind.EDIT))

    def begin_step(self, step: int, rate: float, threads: int) -> None:
        """As `Ranks.begin_step`."""
        self._tell(Order(Kind.STEP, step, rate, threads))
        self._inside = True

    def end_step(self) -> None:
        """As `Ranks.end_step`."""
        self._inside = False

    def _tell(self, order: Order) -> None:
        import torch

        self._broadcast(torch.tensor(order, dtype=torch.float64))

    def _broadcast(self, tensor: Tensor) -> None:
        import torch.distributed as dist

        with self._telling():
            dist.broadcast(tensor, 0, group=self._orders)

    # --- only in the others --------------------------------------------------------------------------------

    def next_order(self) -> Order:
        """What the first process has us do next. Raises TrainingError when it has gone."""
        import torch

        told = torch.zeros(len(Order._fields), dtype=torch.float64)
        self._broadcast(told)
        kind, step, rate, threads = told.tolist()
        return Order(Kind(int(kind)), int(step), rate, int(threads))

    def beginning(self) -> tuple[RunConfig, str]:
        """After BEGIN: the settings, and the fingerprint of the pictures."""
        from ..settings import RunConfig

        with self._telling():
            said = json.loads(self._store.get("beginning"))
        config = RunConfig.from_dict(said["config"])
        self._batch_size = config.train.batch_size
        return config, said["fingerprint"]

    def edited(self) -> RunConfig:
        """After EDIT: the settings from now on."""
        from ..settings import RunConfig

        self._edits += 1
        with self._telling():
            return RunConfig.from_dict(json.loads(self._store.get(f"edit/{self._edits}")))

    def taken(self) -> dict[str, Any]:
        """After TAKE: the fields of the checkpoint that `give` was called with."""
        import torch

        size = torch.tensor(0)
        self._broadcast(size)
        content = torch.empty(int(size), dtype=torch.uint8)
        self._broadcast(content)
        taken: dict[str, Any] = torch.load(io.BytesIO(content.numpy().tobytes()), map_location="cpu", weights_only=True)
        return taken

    def fail(self, error: BaseException) -> None:
        """Leave the reason for which this process ends where the first one finds it."""
        with contextlib.suppress(Exception):  # the store may be gone as well
            said = f"{type(error).__name__}: {error}" if not isinstance(error, StudioError) else str(error)
            self._store.set("failed", json.dumps({"rank": self.rank, "reason": said}))

    def first_has_said(self) -> bool:
        """Whether the first process ended by itself, and so has said why; or another one says that it did not."""
        with contextlib.suppress(Exception):
            return self._store.check(["ended"]) or self._store.add("told", 1) > 1
        return False

    # --- ending --------------------------------------------------------------------------------------------

    def close(self) -> None:
        """As `Ranks.close`."""
        import torch.distributed as dist

        if self.rank == 0:
            with contextlib.suppress(Exception):
                self._store.set("ended", "")
            if self._orders is not None and not self._inside and not self._broken:
                with contextlib.suppress(StudioError):
                    self._tell(Order(Kind.END))
        if self._orders is not None and not self._inside and not self._broken:
            dist.destroy_process_group()

    @contextlib.contextmanager
    def _telling(self, code: str = "training.process-lost") -> Iterator[None]:
        """Raises TrainingError in the place of what torch says when another process does not answer."""
        try:
            yield
        except RuntimeError as error:
            raise self._lost(code, phrase_of(error, "torch")) from error

    def _lost(self, code: str = "training.process-lost", reason: Phrase | None = None) -> TrainingError:
        """What is told of it: the reason that the other process left, where it could."""
        self._broken = True
        if self.rank == 0:
            until = time.monotonic() + _REASON_S
            with contextlib.suppress(Exception):
                while time.monotonic() < until and not self._store.check(["failed"]):
                    time.sleep(_REASON_S / 20)
                if self._store.check(["failed"]):
                    said = json.loads(self._store.get("failed"))
                    return TrainingError(
                        "training.process-failed", number=said["rank"] + 1, of=self.count, reason=said["reason"]
                    )
        return TrainingError(code, of=self.count, reason=reason)


def join(device: str, environment: Mapping[str, str] = os.environ) -> Several:
    """Meet the processes that torchrun started with this one. device: the user's wish.

    Raises TrainingError where they do not come, DeviceError and ConfigError where one has not the device.
    """
    from torch.distributed.distributed_c10d import PrefixStore
    from torch.distributed.rendezvous import rendezvous

    try:
        store, rank, count = next(rendezvous("env://", timeout=timedelta(seconds=JOIN_S)))
    except (RuntimeError, ValueError) as error:
        count = environment.get("WORLD_SIZE", "?")
        raise TrainingError("training.processes-missing", of=count, reason=phrase_of(error, "torch")) from error
    # Of another attempt (--max-restarts) there may be answers left.
    attempt = PrefixStore(environment.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
    made = Several(rank, count, attempt, environment)
    made.connect(device)
    return made
