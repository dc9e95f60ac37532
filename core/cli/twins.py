"""`ddpm-studio twins FOLDER --change KEY=VALUE`: two short trainings in turns, with and without a change."""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, Phrase
from ..presets import PRESETS, preset
from ..setting import as_text
from ..terminal import end_signals, stopping_on
from .main import FAILED
from .options import a_path, add_threads, key_values, naming_options, read_threads, whole_number
from .reporting import as_json, output

if TYPE_CHECKING:
    from ..settings import RunConfig
    from ..training.twin_events import PairStarted, Verdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `twins`."""
    parser.add_argument("folder", type=a_path, help="the pictures (sub-folders too), or a sample set: faces, digits")
    parser.add_argument("--preset", default="sketch", help=", ".join(PRESETS))
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a setting of the preset for both; repeatable (train --help lists them all)",
    )
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what B has and A has not, for example min_snr_gamma=off; repeatable",
    )
    parser.add_argument("--steps", type=whole_number, default=300, help="of each training")
    parser.add_argument(
        "--seeds",
        type=whole_number,
        default=2,
        help="1 to 3: each is two trainings more, and only several show a spread",
    )
    parser.add_argument("--seed", type=whole_number, default=0, help="the first of them")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print events as lines of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Train both and tell; SIGINT, SIGTERM and SIGHUP end it, and exit with 130, 143 and 129. Nothing is kept."""
    from ..device import choose_device
    from ..pictures.folder.scan import scan_all
    from ..training.twins import train_twins

    settings = key_values(arguments.settings, "--set")
    change, threads = key_values(arguments.change, "--change"), read_threads(arguments.threads)
    if not change:
        raise ConfigError("config.bad-value", name="--change", value=None, expected=Phrase("value.key-value"))
    config = preset(arguments.preset).config.with_settings({"seed": arguments.seed, **settings})
    choose_device(arguments.device)  # before the pictures are read
    stop = threading.Event()

    def nobody_reads(_error: OSError) -> bool:
        stop.set()
        return True

    with (
        stopping_on(end_signals(), stop.set) as caught,
        _pictures(arguments.folder) as folder,
        output(nobody_reads) as lines,
        naming_options({"steps": "--steps", "seeds": "--seeds"}),
    ):
        scan = scan_all(folder, hidden=config.data.hidden_folders)
        events = train_twins(
            config,
            change,
            scan,
            steps=arguments.steps,
            seeds=arguments.seeds,
            device=arguments.device,
            threads=threads,
            stop=stop,
        )
        for event in events:
            line = as_json(event) if arguments.json else _as_words(event, config, change, arguments.seeds)
            if line is not None:
                lines.say(line)
    if caught:
        return 128 + caught[0]
    return FAILED if lines.reader_gone else 0


@contextmanager
def _pictures(folder: Path) -> Iterator[Path]:
    """The folder, or a bundled sample set of that name, unpacked for as long as it is trained on."""
    from resources.samples import SAMPLE_SETS, unpack

    if folder.exists() or str(folder) not in SAMPLE_SETS:
        yield folder
        return
    with tempfile.TemporaryDirectory() as place:
        yield unpack(str(folder), Path(place))


def _as_words(event: object, config: RunConfig, change: dict[str, object], seeds: int) -> str | None:
    """What a person reads; None for what would only scroll."""
    from ..training import twin_events as twins

    match event:
        case twins.TwinsStarted(steps=steps, differs=differs, held_out=held_out):
            other = config.with_settings(change)
            values = {name: (_value(config, name), _value(other, name)) for name in differs}
            # What only follows from another setting was left on auto in both.
            said = [f"{name} {ours} → {theirs}" for name, (ours, theirs) in values.items() if ours != theirs]
            of = "held-out pictures" if held_out else "pictures that both train on"
            each = f"{_counted(steps, 'step')} each, {_counted(seeds, 'seed')}, on {event.device}"
            return (
                f"A and B differ in {', '.join(said) or 'nothing'}; {each}; errors are of {event.probes} probes of {of}"
            )
        case twins.PairStarted(pair=pair, seed=seed):
            return f"pair {pair + 1} of {seeds}, seed {seed}: {shared_in_words(event)}"
        case twins.ProbesMeasured(twin=twin, step=step, error=error):
            return f"  {twin}, step {step:,}: error {error:.4f}"
        case twins.Verdict():
            return verdict_in_words(event)
    return None


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def _value(config: RunConfig, name: str) -> str:
    return as_text(config.setting(name)) or "none"


def shared_in_words(event: PairStarted) -> str:
    """What both see alike, and what not."""
    facts = {
        "pictures": event.pictures,
        "timesteps": event.timesteps,
        "noise": event.noise,
        "first weights": event.weights,
    }
    alike = [name for name, same in facts.items() if same]
    other = [name for name, same in facts.items() if not same]
    return "; ".join(f"{word} {', '.join(names)}" for word, names in (("the same", alike), ("other", other)) if names)


def verdict_in_words(verdict: Verdict) -> str:
    """One line of it."""
    count = len(verdict.differences)
    spread = "" if verdict.spread is None else f" ± {100 * verdict.spread:.1f} %"
    difference = f"{100 * abs(verdict.difference):.1f} %{spread} {'lower' if verdict.difference < 0 else 'higher'}"
    told = {
        "better": f"B is better: its error is {difference}",
        "worse": f"B is worse: its error is {difference}",
        "unknown": f"no difference that {count} seeds can show: B's error is {difference}",
        "one": f"B's error is {difference}; a single seed does not say whether that is chance",
    }[verdict.word]
    low, times, high = verdict.times_as_long
    cost = "as long as one of A" if low <= 1 <= high else f"{times:.2f} times as long as one of A"
    return f"{told}; a step of B takes {cost}"
