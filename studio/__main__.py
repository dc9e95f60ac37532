"""`python -m studio …`: the same as `ddpm-studio …`."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
