"""Numbers as people type them: the one place that decides what a comma, a point or a space in them means."""

from __future__ import annotations

import re
from typing import Literal, overload

from .errors import Phrase

#: Signs that only ever separate thousands: spaces of every width, apostrophes, the Arabic one; programs' underscore.
_GROUPS_ONLY = " \u00a0\u2009\u202f'’٬_"
#: Written where a person's keyboard or language has no other.
_SAME_SIGN = str.maketrans({"，": ",", "．": ".", "٫": ".", "−": "-", "＋": "+", "－": "-"})
_NUMBER = re.compile(rf"([+-]?)([\d.,{_GROUPS_ONLY}]*\d[.,]?)(?:[eE]([+-]?\d{{1,9}}))?")


@overload
def read_number(text: str, *, whole: Literal[True], group: str = ..., decimal: str = ...) -> int: ...
@overload
def read_number(text: str, *, whole: Literal[False], group: str = ..., decimal: str = ...) -> float: ...
def read_number(text: str, *, whole: bool, group: str = ",", decimal: str = ".") -> int | float:
    """The number that was typed. `group`, `decimal`: the signs of the language that shows numbers beside it.

    1,500 is 1500 where only whole numbers can be meant; where a fraction can be meant too it is refused, because half
    of the world means 1.5. Any other single comma is the decimal sign: 0,0003 is 0.0003. A comma or point that comes
    several times separates thousands, and then only true groups of three.

    Raises ValueError, with a Phrase where there is something to say beyond what is expected.
    """
    match = _NUMBER.fullmatch(text.strip().translate(_SAME_SIGN))
    if match is None:
        raise ValueError(text)
    sign, digits, exponent = match.groups()
    point = _decimal_sign(digits, whole=whole, group=group.translate(_SAME_SIGN), decimal=decimal.translate(_SAME_SIGN))
    before, _, after = digits.partition(point) if point else (digits, "", "")
    plain = _without_groups(before)
    if not (plain or after) or (after and not after.isdecimal()):
        raise ValueError(text)
    if whole and exponent is None:
        if point:
            raise ValueError(text)
        return int(sign + plain)
    number = float(f"{sign}{plain or '0'}.{after or '0'}e{exponent or 0}")
    if not whole:
        return number
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _decimal_sign(digits: str, *, whole: bool, group: str, decimal: str) -> str:
    """Which of comma and point begins the fraction; "" for none."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        return max(",.", key=digits.rindex)
    sign = "," if commas else "." if points else ""
    if commas + points != 1:
        return ""
    before, after = digits.split(sign)
    looks_grouped = re.fullmatch(r"[^\D0]\d{0,2}", before) and re.fullmatch(r"\d{3}", after)
    if sign == decimal or sign != group or not looks_grouped:
        return sign
    if whole:
        return ""
    raise ValueError(Phrase("number.ambiguous", whole=before + after, fraction=f"{before}.{after}"))


def _without_groups(digits: str) -> str:
    """The digits before the decimal sign. ValueError where a separator does not stand between groups of three."""
    signs = set(re.findall(r"\D", digits))
    if not signs:
        return digits
    separator = re.escape(signs.pop())
    if signs or not re.fullmatch(rf"[^\D0]\d{{0,2}}(?:{separator}\d{{3}})+", digits):
        raise ValueError(digits)
    return re.sub(r"\D", "", digits)
