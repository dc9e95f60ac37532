"""Where a worker leaves what happened, for the window to fetch when it has time.

Signals across threads queue up without bound (100,000 of them make a window 3 s late); a mailbox is read by a timer of
the window, at the window's own pace.
"""

from __future__ import annotations

from collections import deque


class Mailbox:
    """A bounded queue: written by one thread, emptied by another. `append` and `popleft` of a deque are atomic."""

    def __init__(self, limit: int = 50_000) -> None:
        self._items: deque[object] = deque(maxlen=limit)
        self.dropped = 0  #: oldest events lost because nobody read for too long

    def put(self, item: object) -> None:
        """Leave an event; when the box is full the oldest gives way."""
        if len(self._items) == self._items.maxlen:
            self.dropped += 1
        self._items.append(item)

    def take(self) -> list[object]:
        """Everything that has arrived since the last call, oldest first."""
        items: list[object] = []
        # Only as many as there were at the start: a fast writer must not keep the reader here.
        for _ in range(len(self._items)):
            items.append(self._items.popleft())
        return items
