"""What counts as having done what a page asks for, a row each: which signals tell of it, and what must then be so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QSlider, QTabBar, QWidget
from shiboken6 import isValid

from ...training.state import TrainingState
from .targets import Target, part_of

if TYPE_CHECKING:
    from ...app.rooms import Shell

W = TypeVar("W", bound=QWidget)

#: How far from the t where picture and noise are equally strong a click may be, as a share of T.
NEAR_EVEN = 0.03
#: From where on a picture is called unrecognisable, as a share of T.
NOISED_FROM = 0.6
#: Steps that are walked through.
WALKED_STEPS = 5


class Scene:
    """The real rooms, as the deeds look at them."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.even_t: int | None = None  #: where picture and noise are equally strong; None: not known yet

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
    def tabs(self) -> QTabBar:
        """The tabs of this room."""
        return self.named(QTabBar, "inside_tabs")

    def page_of(self, tab: str) -> QWidget | None:
        """The page of a tab of this room; None while nobody has looked at it."""
        built = self._shell.controllers["inside"].tabs.get(tab)
        return None if built is None else built.panel

    def is_within(self, widget: QObject, target: Target) -> bool:
        """Whether a widget belongs to what a page speaks of, as far as that can be seen."""
        part = part_of(target, self._shell)
        return part is None or widget is part or (isinstance(widget, QWidget) and part.isAncestorOf(widget))

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
    """

    signals: Callable[[Scene], Sequence[SignalInstance]] = lambda _: ()
    holds: Callable[[Scene], bool] = lambda _: True
    times: int = 1
    at_once: bool = False
    pressed: str = ""


def _t(scene: Scene) -> QSlider:
    return scene.named(QSlider, "forward_t")


def _is_noised(scene: Scene) -> bool:
    return _t(scene).value() >= NOISED_FROM * _t(scene).maximum()


def _is_even(scene: Scene) -> bool:
    slider = _t(scene)
    return scene.even_t is not None and abs(slider.value() - scene.even_t) <= NEAR_EVEN * slider.maximum()


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
    "schedules_used": Deed(pressed="schedules"),
    "tricks_used": Deed(pressed="tricks"),
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
        self._pressed: list[QWidget] = []

    def begin(self, name: str, target: Target) -> None:
        """Wait for this one from now on, at the place that its page speaks of; `done` follows, once."""
        self.end()
        deed, self._target = DEEDS[name], target
        self._deed = deed
        self._left = deed.times
        self._signals = deed.signals(self._scene)
        for signal in self._signals:
            signal.connect(self._look)
        if deed.pressed:
            self._scene.tabs.currentChanged.connect(self._reach_page)
            self._reach_page()
        if deed.at_once and deed.holds(self._scene):
            self._finish()

    def end(self) -> None:
        """Wait for nothing."""
        for signal in self._signals:
            signal.disconnect(self._look)
        if self._deed is not None and self._deed.pressed:
            self._scene.tabs.currentChanged.disconnect(self._reach_page)
        self._let_go()
        self._deed, self._signals = None, ()

    @Slot()
    def _reach_page(self) -> None:
        """A tab's page is built when it is first looked at, and has other parts later."""
        self._let_go()
        page = None if self._deed is None else self._scene.page_of(self._deed.pressed)
        self._pressed = [] if page is None else [page, *page.findChildren(QWidget)]
        for widget in self._pressed:
            widget.installEventFilter(self)

    def _let_go(self) -> None:
        for widget in self._pressed:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._pressed = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press is seen, and left to whom it is for."""
        # Esc takes the frame away.
        is_key = isinstance(event, QKeyEvent) and event.key() != Qt.Key.Key_Escape
        is_press = event.type() == QEvent.Type.MouseButtonPress or (event.type() == QEvent.Type.KeyPress and is_key)
        if is_press and self._target is not None and self._scene.is_within(watched, self._target):
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
