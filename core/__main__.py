"""`python -m core …`: the headless command line."""

from __future__ import annotations

import sys

from .cli.main import main
from .threads import wait_briefly

wait_briefly()
sys.exit(main())
