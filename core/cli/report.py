"""`ddpm-studio report RUN --out FILE`: one HTML file of a run that opens anywhere."""

from __future__ import annotations

import argparse
import json
import os

from ..errors import ConfigError, Phrase, SamplingError, showable
from ..translations import translations
from .options import a_path
from .reporting import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `report`."""
    parser.add_argument("run", type=a_path, help="a run folder; it may be damaged, or in training")
    parser.add_argument("--out", type=a_path, required=True, metavar="FILE", help="the file to write, FILE.html")
    parser.add_argument("--locale", choices=translations(), default="en", help="the language of the report")
    parser.add_argument("--force", action="store_true", help="replace the file that is there")
    parser.add_argument("--json", action="store_true", help="print a line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write it."""
    from ..export import Exported
    from ..report import write_report

    out = arguments.out
    if out.suffix.lower() not in {".html", ".htm"}:
        expected = Phrase("value.name-ending", known=".html")
        raise ConfigError("config.bad-value", name="--out", value=out, expected=expected)
    if os.path.lexists(out) and not arguments.force:
        raise SamplingError("sampling.exists", path=out)
    for event in write_report(out, arguments.run, language=arguments.locale):
        if isinstance(event, Exported):
            size = out.stat().st_size
            if arguments.json:
                say(json.dumps({"event": "report", "path": str(event.path), "bytes": size}))
            else:
                say(f"{showable(str(event.path))} ({size / 1e6:.1f} MB)")
    return 0
