"""Which cells of a grid are selected: a byte each, so that a million are selected as fast as one."""

from __future__ import annotations

from collections.abc import Sequence


class Selection:
    """Some of `count` cells. Knows no Qt; whoever changes it tells who shows it."""

    def __init__(self) -> None:
        self._mask = bytearray()
        self._selected = 0
        self.anchor = 0  #: where a range begins that is drawn out with Shift

    def __len__(self) -> int:
        """How many are selected."""
        return self._selected

    def __contains__(self, index: int) -> bool:
        return 0 <= index < len(self._mask) and bool(self._mask[index])

    @property
    def mask(self) -> bytes:
        """(count,) 1 for each that is selected, else 0."""
        return bytes(self._mask)

    def set_mask(self, mask: bytes) -> None:
        """Select these, of as many as there are bytes."""
        self._mask = bytearray(mask)
        self._recount()

    def set_count(self, count: int) -> None:
        """More cells, none of the new ones selected; or fewer."""
        del self._mask[count:]
        self._mask.extend(bytes(count - len(self._mask)))
        self._recount()

    def clear(self) -> None:
        """None."""
        self.set_mask(bytes(len(self._mask)))

    def only(self, index: int) -> None:
        """This one alone; a range begins here."""
        self.clear()
        self._mask[index] = 1
        self._selected = 1
        self.anchor = index

    def toggle(self, index: int) -> None:
        """This one too, or no longer; a range begins here."""
        self._mask[index] ^= 1
        self._selected += 1 if self._mask[index] else -1
        self.anchor = index

    def extend(self, index: int, *, add: bool = False) -> None:
        """All from the anchor to this one. add: besides those that were selected."""
        if not add:
            self._mask[:] = bytes(len(self._mask))
        begin, end = sorted((min(self.anchor, len(self._mask) - 1), index))
        self._mask[begin : end + 1] = b"\1" * (end + 1 - begin)
        self._recount()

    def all(self) -> None:
        """Every one."""
        self.set_mask(b"\1" * len(self._mask))

    def block(self, rows: Sequence[int], columns: Sequence[int], across: int, base: bytes) -> None:
        """Those of `base`, and those in these rows and columns of a grid that is `across` cells wide."""
        self._mask = bytearray(base)
        count = len(self._mask)
        if rows and columns:
            for column in columns:
                cells = range(rows[0] * across + column, min(count, (rows[-1] + 1) * across), across)
                self._mask[cells.start : cells.stop : across] = b"\1" * len(cells)
        self._recount()

    def _recount(self) -> None:
        self._selected = self._mask.count(1)
