"""Standard output and standard error that take every character, whatever the terminal's encoding has."""

from __future__ import annotations

import codecs
import io
import sys

#: What stands for a character that an encoding lacks, so that help and errors stay readable; all else is escaped.
_STAND_INS = {
    "…": "...", "–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "×": "x", "·": ".",
    "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "about ", "∞": "infinity", "√": "sqrt", "²": "^2", "⁻": "^-",
    "α": "alpha", "β": "beta", "γ": "gamma", "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda", "σ": "sigma",
    "τ": "tau", "\u0304": "_bar", "\u0302": "_hat", "₀": "_0", "ₜ": "_t", "⟨": "<", "⟩": ">", "\xa0": " ",
    "\u202f": " ",
}  # fmt: skip
_HANDLER = "ddpm-studio.readable"


def _readable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    said = "".join(_STAND_INS.get(c) or c.encode("ascii", "backslashreplace").decode("ascii") for c in text)
    return said, error.end


def guard_streams() -> None:
    """Make the program's streams write anything from now on: no character ends a training, nor its help.

    A Windows code page, a pipe and LC_ALL=C lack most of what we say, and names of files need not be text at all.
    """
    codecs.register_error(_HANDLER, _readable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)
