"""`python -m core …`: the headless command line."""

from __future__ import annotations

import sys

from .cli.main import main
from .process import prepare_process

prepare_process()
sys.exit(main())
