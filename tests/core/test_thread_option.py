"""`--threads` of the commands: a number, or auto."""

from __future__ import annotations

import pytest

from core.cli.options import read_threads
from core.errors import ConfigError


def test_threads_option_when_a_number_or_auto_is_read() -> None:
    assert (read_threads("auto"), read_threads("1"), read_threads("16")) == (None, 1, 16)


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "two", "", "99999", "²"])
def test_threads_option_when_anything_else_raises_with_its_name(typed: str) -> None:
    with pytest.raises(ConfigError, match="--threads"):
        read_threads(typed)
