"""Start and shutdown, in order, with the reasons: one instance, signals, the log, faults nobody expected."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from core.catalogue import BROKEN
from core.errors import StudioError
from core.reading import is_folder, parse_json
from core.terminal import end_signals

from . import text_size
from .i18n import Translations
from .settings import Settings, data_folder, settings_path, stand_in_for_data_folder
from .theme import theme

# --- SIGINT, SIGTERM and their like close the window as a person would, at once, although an idle Qt runs no Python.


class SignalWatch(QObject):
    """Calls `act` in the event loop when the process is told to end. Lives in the GUI thread, which is the main one."""

    def __init__(self, act: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._act = act
        # Python sees a signal only between its own instructions; what it writes here wakes the loop up for that.
        self._heard, self._told = socket.socketpair()
        self._heard.setblocking(False)
        self._told.setblocking(False)
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._wakeup_before = signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        self._handlers_before = {number: signal.signal(number, self._take) for number in end_signals()}

    def _take(self, *_: object) -> None:
        # Not here and now: this may be in the middle of any slot.
        QTimer.singleShot(0, self._act)

    @Slot()
    def _wake(self) -> None:
        self._heard.recv(4096)

    def end(self) -> None:
        """Leave the process as it was found."""
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._notifier.deleteLater()
        self._heard.close()
        self._told.close()


# --- What goes wrong anywhere in the window is written into its log with its trace; what nobody expected is told too.

log = logging.getLogger("studio")

LOG_FILE = "window.log"
#: The log is kept in two files of this size.
MOST_BYTES = 1_000_000
#: Different failures that are remembered as told.
MOST_TOLD = 100


def keep_log(folder: Path) -> logging.Handler:
    """Write what goes wrong into the window's log in `folder` from now on; give the answer to `leave_log`.

    Where that cannot be written it goes to standard error.
    """
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / LOG_FILE, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s"))
    log.addHandler(handler)
    return handler


def leave_log(handler: logging.Handler) -> None:
    """Write no more."""
    log.removeHandler(handler)
    handler.close()


class Unexpected(QObject):
    """Takes what a slot raises: Qt would print it and go on, and nobody would learn why a plot stands still."""

    told = Signal(object, str)  #: the exception and its trace; once for each kind of failure

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()

    def install(self) -> None:
        """From now on; `remove` ends it."""
        sys.excepthook = self._take

    def remove(self) -> None:
        """Leave Python as it was found."""
        sys.excepthook = sys.__excepthook__

    def _take(self, kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
        trace = "".join(traceback.format_exception(kind, error, frames))
        # A timer that fails does so several times a second.
        if trace in self._seen:
            return
        if len(self._seen) < MOST_TOLD:
            self._seen.add(trace)
        log.error("%s", trace)
        self.told.emit(error.with_traceback(None), trace)


# --- One window per person: a second start hands its path to the first window, which comes to the front ---
# Two windows would share one settings file and offer to train the same run twice. The first listens on a local socket
# that only its own user can reach; the second writes one line of JSON and ends when it is answered.

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


# --- Start and shutdown, in order, with the reasons ------------------------------------------------------

#: Young garbage is looked at this often; all of it every GC_FULL_EVERY-th time.
GC_EVERY_MS = 1000
GC_FULL_EVERY = 30
#: How long a worker may keep the interpreter while the window wants it. A repaint asks a dozen times, and Python's own
#: 5 ms each would make it late.
SWITCH_S = 0.001


class GarbageCollector(QObject):
    """Collects cyclic garbage in the GUI thread only.

    Python runs its collector in whichever thread allocates; in a training thread that destroys widgets there, and the
    process dies. So the automatic one is off for good, and a timer of the GUI thread does its work.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._rounds = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)

    @Slot()
    def settle(self) -> None:
        """Call once everything heavy is loaded: what is there now stays, so it is not looked at again.

        torch brings half a million objects; looking through them takes 50 ms each time.
        """
        gc.freeze()
        self._timer.start(GC_EVERY_MS)

    @Slot()
    def _collect(self) -> None:
        self._rounds += 1
        if self._rounds % GC_FULL_EVERY == 0:
            gc.collect(2)
        elif gc.get_count()[0] > 700:
            gc.collect(1)

    def stop(self) -> None:
        """Collect no more, for the end of the program: what goes from here on goes as soon as nobody holds it.

        The automatic collector stays off, since the window is only destroyed now. Wherever it ran, it could run inside
        QObject::disconnect, which holds a lock of Qt that destroying garbage waits for: the process never ended.
        """
        self._timer.stop()


def named_application(arguments: list[str]) -> QApplication:
    """The one QApplication, made where there is none yet."""
    # Names decide where settings and data are kept; they must be set before the first path is asked for.
    QApplication.setApplicationName("ddpm-studio")
    QApplication.setApplicationDisplayName("DDPM Studio")
    QApplication.setDesktopFileName("ddpm-studio")
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    with text_size.told_to_qt(text_size.remembered(settings_path())):
        return QApplication(arguments)


class Application:
    """The running program: QApplication, settings, language, theme, the window."""

    def __init__(self, arguments: list[str], *, settings: Settings | None = None) -> None:
        self.qt = named_application(arguments)
        self.settings = settings if settings is not None else Settings(settings_path())
        self.settings["system_text_size"] = text_size.of_system(self.qt.font())
        self.translations = Translations(self.qt)
        self.translations.switch(self.settings["language"])
        theme().apply(self.settings["theme"])
        sys.setswitchinterval(SWITCH_S)
        self.garbage = GarbageCollector(self.qt)
        self._stand_in = stand_in = stand_in_for_data_folder()
        self._log = keep_log(data_folder())
        self._unexpected = Unexpected(self.qt)

        from .window import MainWindow

        self.window = MainWindow(self.settings, self.translations, data_folder() / "runs")
        self.window.loaded.connect(self.garbage.settle)
        self._unexpected.told.connect(self.window.tell_unexpected)
        if BROKEN:
            self.window.tell_broken_rows(BROKEN)
        if stand_in is not None:
            self.window.tell_nothing_is_kept(stand_in)

    def open(self, path: Path | None, *, restarted: bool = False) -> None:
        """Show the window at once; rooms, pyqtgraph and torch come after the first paint.

        restarted: come back to where the program has restarted itself, and go on with the run `path`.
        """
        if restarted:
            self.window.come_back(self._remembered(), path)
        else:
            self.window.open_later(path if path is not None else self._remembered(), remembered=path is None)
        self.window.show()

    def _remembered(self) -> Path | None:
        """Where the person left off: the last run if its pictures were the last folder, else that folder."""
        run, folder = self.settings["run"], self.settings["folder"]
        if run:
            from core.runs.run import Run

            with contextlib.suppress(StudioError):
                if str(Run.open(Path(run)).source_folder) == folder:
                    return Path(run)
        return Path(folder) if folder and is_folder(Path(folder)) else None

    def run(self) -> int:
        """The event loop; the exit status. Ctrl-C and SIGTERM close the window as a person would."""
        signals = SignalWatch(self.window.close)
        self._unexpected.install()
        status = self.qt.exec()
        self._unexpected.remove()
        signals.end()
        return status

    def end(self) -> None:
        """What remains after the loop: nothing is collected any more, the log is closed."""
        self.garbage.stop()
        leave_log(self._log)
        if self._stand_in is not None:
            with contextlib.suppress(OSError):  # there is something in it
                self._stand_in.rmdir()


def start_again(run: Path | None) -> None:
    """Begin the program anew, told that it was restarted and which run to go on with. Call when all has ended."""
    from core.pictures.decode.pool import end_helpers

    # As it was begun (`python -m studio`, a script, with Python's own options), less what it was to open then.
    command = [sys.executable, *sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1], "--restarted"]
    if run is not None and run.is_dir():  # one that was stopped before its first step is no more
        command.append(str(run))
    if sys.platform == "linux":
        # In place of this process, which a terminal, a container or systemd waits for: when it ends they take a child
        # along with it, or Ctrl-C does not reach the child.
        end_helpers()  # nothing that is registered for the exit is called
        os.execv(sys.executable, command)  # noqa: S606 (the program itself)
    else:
        # Windows has no exec (Python's imitation does not quote); macOS may not like a second window in one process.
        subprocess.Popen(command)  # noqa: S603 (likewise)


def run_window(path: Path | None, arguments: list[str], *, restarted: bool = False) -> int:
    """`ddpm-studio [FOLDER | RUN]`."""
    named_application(arguments)
    name = socket_name(settings_path())
    if hand_over(name, path):
        print("ddpm-studio is running already; its window was brought to the front")
        return 0
    application = Application(arguments)
    server = InstanceServer(name, application.qt)
    server.raised.connect(application.window.come_to_front)
    application.open(path, restarted=restarted)
    status = application.run()
    server.close()
    application.end()
    sys.stdout.flush()
    if application.window.restarts:
        start_again(application.window.resumes)
    if application.window.threads_left:
        # A thread that would not end in time (a driver, a hung disk) must not turn the close into an abort. The
        # training was given all the time that a step and a save can take; what is left behind only reads.
        os._exit(status)
    return status
