"""`--threads` of the commands: so many, or chosen by measuring."""

from __future__ import annotations

import pytest

from core.cli.options import read_threads
from core.errors import ConfigError


def test_a_number_or_auto_is_taken() -> None:
    assert (read_threads("auto"), read_threads("1"), read_threads("16")) == (None, 1, 16)


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "two", "", "99999", "²"])
def test_anything_else_is_refused_by_the_options_name(typed: str) -> None:
    with pytest.raises(ConfigError, match="--threads"):
        read_threads(typed)
