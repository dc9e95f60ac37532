"""What a person typed, in the errors of those who never saw it: a value is called by its option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..errors import StudioError


@contextmanager
def naming_options(options: Mapping[str, str]) -> Iterator[None]:
    """Let an error about a value call it by the option it was given with. options: setting → option."""
    try:
        yield
    except StudioError as error:
        name = error.fields.get("name")
        if isinstance(name, str) and name in options:
            error.fields["name"] = options[name]
        raise
