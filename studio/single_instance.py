"""One window per person: a second start hands its path to the first window, which comes to the front.

Two windows would share one settings file and offer to train the same run twice. The first listens on a local socket
that only its own user can reach; the second writes one line of JSON and ends when it is answered.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from core.reading import parse_json

#: How long a first instance may take to answer before the second opens a window of its own.
ANSWER_MS = 1500
#: A path is shorter; whoever sends more is no instance of this program.
LONGEST_MESSAGE_BYTES = 1 << 16
_ANSWER = b"ok\n"


def socket_name(settings_path: Path) -> str:
    """The name under which the instance with these settings listens; another settings file is another instance."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    # Nobody sees a window that comes to the front on another screen.
    screen = os.environ.get("WAYLAND_DISPLAY", "") + os.environ.get("DISPLAY", "")
    told = hashlib.blake2b(os.fsencode(settings_path.absolute()) + screen.encode(), digest_size=8).hexdigest()
    return f"ddpm-studio-{user}-{told}"


def hand_over(name: str, path: Path | None) -> bool:
    """Ask a running instance to come to the front and open `path`; False where none answers."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(ANSWER_MS):
        return False
    socket.write(json.dumps({"open": None if path is None else os.fsencode(path).hex()}).encode() + b"\n")
    answered = socket.waitForBytesWritten(ANSWER_MS) and socket.waitForReadyRead(ANSWER_MS)
    told = bytes(socket.readAll().data()) if answered else b""
    socket.disconnectFromServer()
    return told == _ANSWER


class InstanceServer(QObject):
    """The first instance's side. Lives in the GUI thread."""

    raised = Signal(object)  #: a second start: the Path it was to open, or None

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)
        # What an instance that was killed has left behind; a live one would have answered before this.
        QLocalServer.removeServer(name)
        #: Whether a second start can find this one; without it everything else works.
        self.listening = self._server.listen(name)

    @Slot()
    def _take(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():  # it may all have come before anybody listened
                self._read_from(socket)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read_from(socket)

    def _read_from(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > LONGEST_MESSAGE_BYTES:
            socket.abort()
        elif socket.canReadLine():
            try:
                wished = parse_json(bytes(socket.readLine().data()))["open"]
                path = None if wished is None else Path(os.fsdecode(bytes.fromhex(wished)))
            except (ValueError, TypeError, KeyError):
                socket.abort()
                return
            socket.write(_ANSWER)
            socket.flush()
            self.raised.emit(path)

    def close(self) -> None:
        """Listen no longer."""
        self._server.close()
