"""The entry point: the window, the tour, and everything else handed to core's command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.cli.main import COMMANDS, FAILED, program_version
from core.cli.main import main as core_main
from core.cli.options import a_path
from core.process import prepare_process
from core.terminal import guard_streams

USAGE = """ddpm-studio [FOLDER | RUN]              the window
       ddpm-studio tour --out DIR [OPTIONS]     drive the window and save a picture of each stage
       ddpm-studio {commands} …   without a window; --help after each shows its options"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the window itself."""
    parser = argparse.ArgumentParser(prog="ddpm-studio", usage=USAGE.format(commands="|".join(COMMANDS)))
    parser.add_argument(
        "path", nargs="?", type=a_path, help="a folder of pictures, a run folder or a checkpoint to open"
    )
    # What a restart says to itself: be where it left, and go on with the run that is named.
    parser.add_argument("--restarted", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"ddpm-studio {program_version()}")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """`ddpm-studio …`; the exit status."""
    guard_streams()
    prepare_process()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in COMMANDS:
        return core_main(words)
    if words and words[0] == "tour":
        from .app.tour import main as tour_main

        return tour_main(words[1:])
    options = build_parser().parse_args(words)
    path: Path | None = options.path
    if path is not None and not path.exists():
        print(f"ddpm-studio: there is no {path}", file=sys.stderr)
        return FAILED
    if no_display():
        print(
            "ddpm-studio: there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
            "Train without a window with “ddpm-studio train”, or set QT_QPA_PLATFORM=offscreen.",
            file=sys.stderr,
        )
        return FAILED
    from .app.start import run_window

    # What is remembered of it must hold wherever the program is started next.
    return run_window(None if path is None else path.absolute(), sys.argv[:1], restarted=options.restarted)


def main_gui() -> int:
    """`ddpm-studio-gui`: the same, where there may be no console (Windows gives no stderr then)."""
    if sys.stderr is None or sys.stdout is None:
        from .app.settings import data_folder

        log = data_folder() / "window.log"
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            sys.stdout = sys.stderr = log.open("a", encoding="utf-8", buffering=1)
        except OSError:  # what is said is lost; the window is not
            sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    return main()


def no_display() -> bool:
    """Whether Qt would abort for want of a display."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
