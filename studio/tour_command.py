"""`ddpm-studio tour --out DIR`: its options, and the report it leaves behind."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.cli.options import number
from core.errors import SamplingError

#: G1: what the event loop may be late, in milliseconds.
STARTING_MAX_MS = 250.0
P99_MS = 50.0
MAX_MS = 100.0


def build_parser() -> argparse.ArgumentParser:
    """The options of the tour."""
    parser = argparse.ArgumentParser(
        prog="ddpm-studio tour",
        description="Drive the real window through the main job with real clicks and save a picture of each stage.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="where pictures and tour.json go",
    )
    parser.add_argument(
        "--data", type=Path, default=argparse.SUPPRESS, metavar="FOLDER", help="pictures to use (default: faces)"
    )
    parser.add_argument("--seconds", type=number, default=60.0, help="how long to train")
    parser.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH", help="of the window, in pixels")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help="how it looks")
    parser.add_argument("--locale", choices=("en", "zh_CN"), default="en", help="what it speaks")
    parser.add_argument("--force", action="store_true", help="replace what an earlier tour left in DIR")
    return parser


def left_by_a_tour(folder: Path) -> list[Path]:
    """What is in the folder under the names that a tour gives."""
    named = (folder / name for name in ("tour.json", "failure.png", "denoising.png", "denoising.gif", "home"))
    return [path for path in (*named, *sorted(folder.glob("[0-9][0-9]-*.png"))) if os.path.lexists(path)]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1280x800") from None


def main(words: Sequence[str]) -> int:
    """Run the tour; exit status 0 when every stage was reached and the window ended cleanly."""
    options = build_parser().parse_args(words)
    out: Path = options.out.resolve()
    if not options.force and (there := left_by_a_tour(out)):
        error = SamplingError("sampling.exists", path=there[0])
        print(f"ddpm-studio tour: {error}", file=sys.stderr)
        return 1
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"ddpm-studio tour: {out} cannot be made: {error.strerror}", file=sys.stderr)
        return 1
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from .app import Application
    from .settings import Settings, keep_everything_in
    from .tour import Tour

    keep_everything_in(out / "home")
    settings = Settings(out / "home" / "settings.json")
    settings["theme"], settings["language"] = options.theme, options.locale
    application = Application(sys.argv[:1], settings=settings)
    application.window.resize(*options.size)
    application.window.keeps_its_size = True
    tour = Tour(application.window, out, data=vars(options).get("data"), seconds=options.seconds)
    tour.begin()
    application.open(None)
    status = application.run()
    application.end()
    report = tour.report()
    report["window"] = {"size": list(options.size), "theme": options.theme, "locale": options.locale}
    report["threads_left"] = application.window.threads_left
    report["breaches"] = breaches(report["lateness"])
    (out / "tour.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if application.window.threads_left:
        print("ddpm-studio tour: a thread did not end", file=sys.stderr, flush=True)
        os._exit(1)
    for breach in report["breaches"]:
        print(f"ddpm-studio tour: {breach}")
    if tour.failure is not None:
        print(f"ddpm-studio tour: {tour.failure}", file=sys.stderr)
        return 1
    print(f"ddpm-studio tour: {len(report['stages'])} stages, pictures and tour.json are in {out}")
    return status


def breaches(lateness: dict[str, dict[str, float]]) -> list[str]:
    """What was later than it may be, in words. A noisy machine breaches too, so the tour only tells."""
    found = []
    for phase, row in lateness.items():
        if phase == "starting":
            if row["max_ms"] > STARTING_MAX_MS:
                found.append(f"starting: the event loop was {row['max_ms']} ms late, {STARTING_MAX_MS:g} is the limit")
            continue
        if row["p99_ms"] > P99_MS:
            found.append(f"{phase}: p99 of the event loop's lateness was {row['p99_ms']} ms, {P99_MS:g} is the limit")
        if row["max_ms"] > MAX_MS:
            found.append(f"{phase}: the event loop was {row['max_ms']} ms late, {MAX_MS:g} is the limit")
    return found
