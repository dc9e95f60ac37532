"""The program, saying on stderr which class of Qt's kind is not made in the GUI thread (see warmup.import_rooms)."""

from __future__ import annotations

import builtins
import sys
import threading
from typing import Any

from PySide6.QtCore import QObject

build_class = builtins.__build_class__


def watching(*words: Any, **options: Any) -> Any:
    made = build_class(*words, **options)
    maker = threading.current_thread()
    if isinstance(made, type) and issubclass(made, QObject) and maker is not threading.main_thread():
        print(f"{made.__module__}.{made.__qualname__} was made by {maker.name}", file=sys.stderr)
    return made


if __name__ == "__main__":
    builtins.__build_class__ = watching
    from studio.cli import main

    sys.exit(main())
