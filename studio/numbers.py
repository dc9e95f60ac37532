"""Numbers as people read them, in the language of the window: thousands separated, three figures, a unit on each."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QLocale

from core.number_text import read_number

#: Numbers further from 0 than this are not drawn: spans and squares of larger ones leave float64.
LARGEST_EXPONENT = 100
LARGEST = 10.0**LARGEST_EXPONENT


def count(number: int) -> str:
    """A whole number with its thousands separated: 12,345."""
    return QLocale().toString(number)


def signs() -> dict[str, str]:
    """What separates thousands and what begins a fraction in the window's language."""
    return {"group": QLocale().groupSeparator(), "decimal": QLocale().decimalPoint()}


def read(text: str, *, whole: bool) -> float:
    """The number that was typed, the inverse of `count` and `figure`. ValueError, see `core.number_text`."""
    return read_number(text, whole=True, **signs()) if whole else read_number(text, whole=False, **signs())


def sides(height: int, width: int) -> str:
    """The size of a picture, as it stands before "px": 32 for a square one, else width × height, 32 × 48."""
    return count(width) if height == width else f"{count(width)} × {count(height)}"


def figure(number: float, digits: int = 3) -> str:
    """A measured value with `digits` significant digits: 0.0420, 1.41, 65.1, 12,300."""
    if not math.isfinite(number):
        return "∞" if number > 0 else "−∞" if number < 0 else "–"
    if number == 0:
        return QLocale().toString(0)
    exponent = math.floor(math.log10(abs(number)))
    if exponent < -4 or exponent >= 7:
        # Through text: 10.0**-324 is 0, and 9.999 rounds up to another power.
        mantissa, power = f"{number:.{digits - 1}e}".split("e")
        return f"{QLocale().toString(float(mantissa), 'f', digits - 1)}e{int(power)}"
    decimals = max(0, digits - 1 - exponent)
    rounded = round(number, digits - 1 - exponent)
    return QLocale().toString(float(rounded), "f", decimals)


def signed(number: float, digits: int = 3) -> str:
    """As `figure`, of a value that may be below 0, with a true minus."""
    return figure(number, digits).replace("-", "−")


def chosen(number: float) -> str:
    """A number that a person chose, as short as it is: 0.008, −3, 0.5."""
    return QLocale().toString(float(number), "g", 6).replace("-", "−")


def duration(seconds: float) -> str:
    """A span of time in its two largest units: 3 min 12 s, 2 h 5 min, 0.25 s."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 10:
        return QCoreApplication.translate("Numbers", "{n} s").format(n=figure(seconds, 2))
    whole = round(seconds)
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    if days:
        return QCoreApplication.translate("Numbers", "{d} d {h} h").format(d=count(days), h=hours)
    if hours:
        return QCoreApplication.translate("Numbers", "{h} h {m} min").format(h=hours, m=minutes)
    if minutes:
        return QCoreApplication.translate("Numbers", "{m} min {s} s").format(m=minutes, s=rest)
    return QCoreApplication.translate("Numbers", "{n} s").format(n=rest)


def rough_duration(seconds: float) -> str:
    """An estimate, which does not pretend to seconds: about a minute is "1 min"."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 55:
        return QCoreApplication.translate("Numbers", "{n} s").format(n=max(5, round(seconds / 5) * 5))
    if seconds < 3570:
        return QCoreApplication.translate("Numbers", "{n} min").format(n=max(1, round(seconds / 60)))
    return duration(round(seconds / 60) * 60)


def memory(size_bytes: float) -> str:
    """A size of memory or a file: 12.3 GB (decimal units)."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= scale:
            return f"{figure(size_bytes / scale)} {unit}"
    return f"{figure(size_bytes)} B"
