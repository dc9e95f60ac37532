"""What counts as having done what a page asks for, a row each: which signals tell of it, and what must then be so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QWidget
from shiboken6 import isValid

from ...training.state import TrainingState
from ..network.looking_view import PixelPicture
from .targets import Target, part_of

if TYPE_CHECKING:
    from ...app.rooms import Shell

W = TypeVar("W", bound=QWidget)

#: From where on a picture is called unrecognisable, as a share of T.
NOISED_FROM = 0.6
#: Steps that are walked through.
WALKED_STEPS = 5


class Scene:
    """The real rooms, as the deeds look at them."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.even_ts: range | None = None  #: where picture and noise are equally strong; None: not known yet

    @property
    def sampler(self) -> Any:  # noqa: ANN401 (a room's controller)
        """The sampler room's controller."""
        return self._shell.controllers["sampler"]

    @property
    def training(self) -> Any:  # noqa: ANN401
        """The training room's controller."""
        return self._shell.controllers["training"]

    @property
    def panel(self) -> Any:  # noqa: ANN401
        """What is seen of the sampler room."""
        return self.sampler.panel

    def named(self, kind: type[W], name: str) -> W:
        """A widget of the window."""
        found = self._shell.window.findChild(kind, name)
        assert found is not None, name
        return found

    @property
    def window(self) -> QWidget:
        """The window."""
        return self._shell.window

    def is_within(self, widget: QWidget | None, tab: str, target: Target) -> bool:
        """Whether a widget belongs to what a page speaks of; where that is not there, to the tab's page."""
        built = self._shell.controllers["inside"].tabs.get(tab)
        part = part_of(target, self._shell) or (None if built is None else built.panel)
        if widget is None or part is None or not part.isVisible():
            return False
        return widget is part or part.isAncestorOf(widget)

    def walks(self) -> bool:
        """Whether a person moves the cursor: nothing plays or is being made."""
        return not self.sampler.sampling and not self.panel.playback.playing

    def made_with(self, sampler: str = "") -> bool:
        """Whether a whole denoising is shown, by this sampler ("": by any)."""
        recording = self.sampler.recording
        if recording is None or not recording.complete:
            return False
        return sampler in ("", recording.settings.get("sampler"))


@dataclass(frozen=True, slots=True)
class Deed:
    """One of them.

    signals  that may mean that it was done
    holds    what must be so then
    times    how often
    at_once  it may be so already: what was done before the page was opened counts
    pressed  a tab of the room: a press of the mouse or of a key on what the page speaks of is the deed, on any of the
             tab's page where that part is not there
    on       what is pressed must be so
    """

    signals: Callable[[Scene], Sequence[SignalInstance]] = lambda _: ()
    holds: Callable[[Scene], bool] = lambda _: True
    times: int = 1
    at_once: bool = False
    pressed: str = ""
    on: Callable[[QWidget], bool] = lambda _: True


def _is_map(widget: QWidget) -> bool:
    """A picture of an attention's map, where one is shown."""
    return isinstance(widget, PixelPicture) and not widget.image.isNull()


def _is_choice(widget: QWidget) -> bool:
    """The switch of a trick for the next run, or what compares two short runs."""
    return isinstance(widget, QAbstractButton) and widget.isEnabled()


def _t(scene: Scene) -> QSlider:
    return scene.named(QSlider, "forward_t")


def _is_noised(scene: Scene) -> bool:
    return _t(scene).value() >= NOISED_FROM * _t(scene).maximum()


def _is_even(scene: Scene) -> bool:
    return scene.even_ts is not None and _t(scene).value() in scene.even_ts


#: Name → deed.
DEEDS: dict[str, Deed] = {
    "generated": Deed(lambda scene: (scene.sampler.generated,), lambda scene: scene.made_with(), at_once=True),
    "noised": Deed(lambda scene: (_t(scene).valueChanged,), _is_noised),
    "even": Deed(lambda scene: (_t(scene).valueChanged,), _is_even),
    "first_step": Deed(
        lambda scene: (scene.panel.step_shown,), lambda scene: scene.walks() and scene.panel.shown.step == 0
    ),
    "walked": Deed(lambda scene: (scene.panel.step_shown,), lambda scene: scene.walks(), times=WALKED_STEPS),
    "layer": Deed(
        lambda scene: (scene.panel.wells.layers_changed,),
        lambda scene: bool({"pred_noise", "pred_v"} & set(scene.panel.wells.layers)),
    ),
    "smoothed": Deed(
        lambda scene: (scene.named(QSlider, "smoothing").valueChanged,),
        lambda scene: scene.named(QSlider, "smoothing").value() == scene.named(QSlider, "smoothing").minimum(),
    ),
    "weighed": Deed(
        lambda scene: (scene.named(QComboBox, "timestep_mode").currentIndexChanged,),
        lambda scene: bool(scene.named(QComboBox, "timestep_mode").currentData()),
        at_once=True,
    ),
    "trained": Deed(
        lambda scene: (scene.training.state_changed,), lambda scene: scene.training.state is TrainingState.RUNNING
    ),
    "apart": Deed(
        lambda scene: (scene.panel.ways.changed,), lambda scene: scene.panel.ways.current == "step", at_once=True
    ),
    "ddpm": Deed(lambda scene: (scene.sampler.generated,), lambda scene: scene.made_with("ddpm"), at_once=True),
    "played": Deed(
        lambda scene: (scene.panel.playback.playing_changed,), lambda scene: bool(scene.panel.playback.playing)
    ),
    "turned": Deed(
        lambda scene: (scene.panel.step_shown,),
        lambda scene: scene.walks() and scene.panel.ways.current == "step",
        times=WALKED_STEPS,
    ),
    "network_used": Deed(pressed="network"),
    "pointed": Deed(pressed="network", on=_is_map),
    "schedules_used": Deed(pressed="schedules"),
    "tricks_used": Deed(pressed="tricks"),
    "trick_tried": Deed(pressed="tricks", on=_is_choice),
}


class Watch(QObject):
    """Waits for one deed at a time."""

    done = Signal()

    def __init__(self, scene: Scene, parent: QObject) -> None:
        super().__init__(parent)
        self._scene = scene
        self._deed: Deed | None = None
        self._target: Target | None = None
        self._left = 0
        self._signals: Sequence[SignalInstance] = ()
        self._watched: QWindow | None = None

    def begin(self, name: str, target: Target) -> None:
        """Wait for this one from now on, at the place that its page speaks of; `done` follows, once."""
        self.end()
        deed, self._target = DEEDS[name], target
        self._deed = deed
        self._left = deed.times
        self._signals = deed.signals(self._scene)
        for signal in self._signals:
            signal.connect(self._look)
        handle = self._scene.window.windowHandle()
        if deed.pressed and handle is not None:
            # All presses come through it, before the widgets that they are for: those come and go.
            self._watched = handle
            handle.installEventFilter(self)
        if deed.at_once and deed.holds(self._scene):
            self._finish()

    def end(self) -> None:
        """Wait for nothing."""
        for signal in self._signals:
            signal.disconnect(self._look)
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._deed, self._signals, self._watched = None, (), None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A press is seen, and left to whom it is for."""
        window, pressed = self._scene.window, None
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            pressed = window.childAt(event.position().toPoint())
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            # Esc takes the frame away.
            pressed = None if event.key() == Qt.Key.Key_Escape else window.focusWidget()
        deed, target = self._deed, self._target
        if deed is None or target is None or pressed is None:
            return False
        if deed.on(pressed) and self._scene.is_within(pressed, deed.pressed, target):
            self._finish()
        return False

    @Slot()
    def _look(self) -> None:
        deed = self._deed
        if deed is not None and deed.holds(self._scene):
            self._left -= 1
            if not self._left:
                self._finish()

    def _finish(self) -> None:
        if self._deed is not None:
            self.end()
            self.done.emit()
