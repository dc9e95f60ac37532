"""Start and shutdown, in order, with the reasons."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from core.catalogue import BROKEN
from core.errors import StudioError
from core.reading import is_folder

from . import text_size
from .i18n import Translations
from .problems import Unexpected, keep_log, leave_log
from .settings import Settings, data_folder, settings_path, stand_in_for_data_folder
from .signals import SignalWatch
from .single_instance import InstanceServer, hand_over, socket_name
from .theme import theme

#: Young garbage is looked at this often; all of it every GC_FULL_EVERY-th time.
GC_EVERY_MS = 1000
GC_FULL_EVERY = 30
#: How long a worker may keep the interpreter while the window wants it. A repaint asks a dozen times, and Python's own
#: 5 ms each would make it late.
SWITCH_S = 0.001


class GarbageCollector(QObject):
    """Collects cyclic garbage in the GUI thread only.

    Python runs its collector in whichever thread allocates; in a training thread that destroys widgets there, and the
    process dies. So the automatic one is off, and a timer of the GUI thread does its work.
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
        """Leave the process as it was found."""
        self._timer.stop()
        gc.enable()


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

        from .main_window import MainWindow

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
        """What remains after the loop: the collector goes back to Python's own, the log is closed."""
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
