"""Forks of a generation: what is held of them, the bar that asks what is to be otherwise, the line that leads back."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, QSize, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.beginning import Branch
from core.errors import SamplingError
from core.recording import Recording

from .. import numbers
from ..app.icons import set_accent
from ..app.messages import error_text
from ..app.theme import BODY_PX, CONTROL_PX, sized_font
from ..widgets.controls import ElidedCombo, IconButton
from ..widgets.elided import ElidedLabel
from ..widgets.number import FloatBox, IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip, without_keys
from .brush import Painting, usual_hold
from .head import LARGEST_SEED
from .models import ModelFacts, SamplerInfo, SamplerRequest
from .options import MOST_GUIDANCE

# --- What is held ----------------------------------------------------------------------------------------

MOST_HELD = 6
#: Of all that are held, but for the one that is shown, which has a bound of its own.
MOST_HELD_BYTES = 2**30


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A generation, and what made it."""

    recording: Recording
    request: SamplerRequest  #: of the first of its line
    facts: ModelFacts  #: of the model that made it
    branches: tuple[Branch, ...] = ()  #: that lead to it from the first, the oldest first

    def info(self) -> SamplerInfo | None:
        """The sampler at its end; None for one that is none of the list, as RePaint."""
        chosen = [branch.sampler for branch in self.branches if branch.sampler is not None]
        return self.sampler_named(chosen[-1] if chosen else self.request.sampler)

    def sampler_named(self, name: str) -> SamplerInfo | None:
        """A row of the model's samplers."""
        return next((row for row in self.facts.samplers if row.name == name), None)

    def eta_with(self, sampler: SamplerInfo | None) -> float | None:
        """The η that holds if it goes on with a sampler; None where that takes none."""
        if sampler is None or not sampler.takes_eta:
            return None
        found = self.facts.eta if self.request.eta is None else self.request.eta
        for branch in self.branches:
            if branch.sampler is not None and not (self.sampler_named(branch.sampler) or sampler).takes_eta:
                found = self.facts.eta if self.request.eta is None else self.request.eta
            found = found if branch.eta is None else branch.eta
        return found

    @property
    def has_class(self) -> bool:
        """Whether its last steps follow a class."""
        chosen = [branch.classes for branch in self.branches if branch.classes is not None]
        return any(label < len(self.facts.classes) for label in (chosen[-1] if chosen else self.request.classes))

    @property
    def guidance_scale(self) -> float:
        """Of its last steps."""
        chosen = [branch.guidance_scale for branch in self.branches if branch.guidance_scale is not None]
        return chosen[-1] if chosen else self.request.guidance_scale


class Forks:
    """The generations of one tree, each before those that go off from it. Of many the longest unseen is closed."""

    def __init__(self, release: Callable[[Recording], None] = Recording.close) -> None:
        self._release = release
        self.held: list[Made] = []
        self.guest: Made | None = None  #: one that was reopened; it comes into the tree's place when it is forked
        self.shown: Made | None = None
        self._seen: list[Made] = []  #: the one that is shown last

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Of all that are held."""
        return tuple(made.recording for made in self.held)

    def add(self, made: Made) -> None:
        """Show another way of one that is held, or the first of another tree: then all of the last one is closed."""
        guest = self.shown if self.shown is not None and self.shown is self.guest else None
        if guest is not None and made.branches[:-1] != guest.branches:
            guest = None
        if not made.branches or guest is not None:
            for each in tuple(self.held):
                self.drop(each)
        if guest is not None:
            self.held, self._seen, self.guest = [guest], [guest], None
        place, depth = len(self.held), len(made.branches) - 1
        of = self._with(made.branches[:-1]) if made.branches else None
        if of is not None:
            place = self.held.index(of) + 1
            while place < len(self.held) and self.held[place].branches[:depth] == of.branches:
                place += 1
        self.held.insert(place, made)
        self.show(made.recording)
        while len(self.held) > MOST_HELD or self._bytes() > MOST_HELD_BYTES:
            # The first of the tree goes last: to come back to it is what a tree is for. What it goes off from is read.
            others = [each for each in self._seen if each is not made and each is not of]
            if not others:
                break
            self.drop(next((each for each in others if each.branches), others[0]))

    def show(self, recording: Recording | None) -> Made | None:
        """What is shown now; None of what is not held."""
        self.shown = next((each for each in self.held if each.recording is recording), None)
        if self.shown is None and self.guest is not None and self.guest.recording is recording:
            self.shown = self.guest
        elif self.shown is not None:
            self._seen = [each for each in self._seen if each is not self.shown] + [self.shown]
        return self.shown

    def of(self, recording: Recording | None) -> Made | None:
        """What is known of a recording, shown or not."""
        known = self.held if self.guest is None else (*self.held, self.guest)
        return next((made for made in known if made.recording is recording), None)

    def drop(self, made: Made) -> None:
        """Close one, where nobody else needs it."""
        self.held.remove(made)
        self._seen.remove(made)
        self._release(made.recording)

    def at(self, step: int) -> Made | None:
        """The one to which a step of the shown one belongs: what it goes off from, before it does; None: closed."""
        if self.shown is None:
            return None
        return self._with(tuple(branch for branch in self.shown.branches if branch.at <= step))

    def adopt(self, made: Made) -> None:
        """What is shown was reopened, and this is what made it: it can be forked as if it were of the tree."""
        self.guest = self.shown = made

    def _with(self, branches: tuple[Branch, ...]) -> Made | None:
        tree = (self.guest,) if self.guest is not None and self.shown is self.guest else self.held
        return next((each for each in tree if each.branches == branches), None)

    def _bytes(self) -> int:
        return sum(each.recording.size_bytes for each in self.held if each is not self.shown)


# --- What is to be otherwise -----------------------------------------------------------------------------

HEIGHT_PX = 44
SAME = -1  # of seeds
SEED_PX, CLASS_PX, SAMPLER_PX = 92, 100, (96, 150)
#: The shorter words for a step of four digits.
LEAST_WORDS_PX = 124


class ForkBar(QFrame):
    """Hidden until it is asked for. Follows the scrubber, so that the step can still be chosen."""

    go_wished = Signal(object)  #: a Branch
    paint_wished = Signal(bool)  #: on x̂_0 of the step, into `painting`; or to see the pictures again
    said = Signal(str)  #: what would come of it, in a sentence
    done = Signal()  #: it hides: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._forks = Forks()
        self._made: Made | None = None  #: what would be taken another way
        self.painting: Painting | None = None  #: from the first wish to paint on
        self._of_mask: tuple[int, float] | None = None  #: the seed that a mask has brought with it, and η before
        self._gone_off: tuple[Made, Painting | None, tuple[int, float] | None, int] | None = None  #: and the steps left
        self._gone = False
        self._why_not_now = ""  #: why the shown generation cannot be forked at all
        self._why_not_go = ""
        self._step = 0
        self.setProperty("banner", "info")
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Fork"))
        self.words = ElidedLabel(least_px=LEAST_WORDS_PX)
        self.words.setObjectName("fork_words")
        self.paint = IconButton("brush", framed=True)
        self.paint.setCheckable(True)
        self.seed = IntBox(SAME, LARGEST_SEED, SAME)
        self.seed.setSpecialValueText(self.tr("the same"))
        self.dice = IconButton("dice")
        self.dice.describe(self.tr("Another noise"))
        self.eta = FloatBox(0.0, 1.0, 0.0)
        self.eta.setSingleStep(0.1)
        self.label = QComboBox()
        # As it was, then the classes in their order, then any. 100,000 of them took 150 ms as items of their own.
        self._labels = QStringListModel(self)
        self.label.setModel(self._labels)
        # Else Qt asks for every name to know how wide and how high the list should be.
        self.label.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        view = self.label.view()
        assert isinstance(view, QListView)
        view.setUniformItemSizes(True)
        self.guidance = FloatBox(1.0, MOST_GUIDANCE, 1.0, decimals=1)
        self.guidance.setSingleStep(0.5)
        self.sampler = ElidedCombo(*SAMPLER_PX)
        self.steps = IntBox(1, 1000, 1)
        self.go = QPushButton(self.tr("Go on"))
        set_accent(self.go, True)
        self.go.setAccessibleName(self.tr("Go on"))
        self.cancel = IconButton("close")
        set_name(self.cancel, self.tr("Cancel"), self.tr("Leave the generation as it is (Esc)"))
        for name in ("seed", "eta", "label", "guidance", "sampler", "steps", "go", "cancel", "dice", "paint"):
            getattr(self, name).setObjectName(f"fork_{name}")
        self._captions: dict[str, QLabel] = {}
        self._lay_out()
        self._connect()
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.paint)
        widths = {self.seed: SEED_PX, self.eta: 52, self.label: CLASS_PX, self.guidance: 52, self.steps: 56}
        for field, title, name in (
            (self.seed, self.tr("Noise"), self.tr("Seed of the noise")),
            (self.eta, "η", self.tr("η, the share of noise")),
            (self.label, self.tr("Class"), self.tr("Class")),
            (self.guidance, self.tr("Guidance"), self.tr("Guidance scale")),
            (self.sampler, self.tr("Sampler"), self.tr("Sampler")),
            (self.steps, self.tr("Steps"), self.tr("Steps that are left")),
        ):
            words = self._captions[field.objectName()] = caption(title)
            words.setBuddy(field)
            field.setAccessibleName(name)
            if field in widths:
                field.setFixedSize(widths[field], CONTROL_PX)
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            row.addSpacing(4)
            row.addWidget(words)
            row.addWidget(field)
            if field is self.seed:
                row.addWidget(self.dice)
        row.addSpacing(6)
        for button in (self.go, self.cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)

    def _connect(self) -> None:
        self.sampler.currentIndexChanged.connect(self._sampler_changed)
        self.label.currentIndexChanged.connect(self._refresh)
        self.eta.valueChanged.connect(self._refresh)
        self.dice.clicked.connect(self._throw)
        self.go.clicked.connect(self.go_on)
        self.cancel.clicked.connect(self.clear)
        self.paint.toggled.connect(self.paint_wished)
        for number in (self.seed, self.guidance, self.steps):
            number.valueChanged.connect(self._tell)

    # --- what is shown -------------------------------------------------------------------------------------

    def ask(self, forks: Forks, step: int) -> None:
        """Everything as it was, to be changed."""
        self._forks, self._made, self.painting, self._of_mask = forks, None, None, None
        self.show()
        self.show_step(step)
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def come_back(self, step: int) -> None:
        """The fork that went off from there came to nothing: ask again, with all that was chosen and painted for it."""
        gone_off, self._gone_off = self._gone_off, None
        if gone_off is None or self._forks.at(step) is not gone_off[0]:
            return
        self._made, self.painting, self._of_mask, steps = gone_off
        self.show()
        self.show_step(step)
        self.steps.setValue(steps)
        self.paint.setChecked(self.painting is not None)

    @property
    def holds_strokes(self) -> bool:
        """Whether something is painted for a fork that has not gone off yet."""
        return not self.isHidden() and self.painting is not None and any(self.painting.can)

    def set_why_not(self, why_not: str) -> None:
        """Why the shown generation cannot be forked now; "" where it can. What is painted for it stays all the same."""
        self._why_not_now = why_not
        of_shown = self.holds_strokes and self._forks.at(self._step) is self._made
        if why_not and not of_shown:
            self.clear()
        else:
            self._refresh()

    def show_step(self, step: int) -> None:
        """It would go off from there."""
        if self.isHidden():
            return
        self._step = step
        made = self._forks.at(step)
        self._gone = made is None
        if made is not None and made is not self._made:
            self._made = made
            self._fill(made)
        if self._made is None or step >= self._made.recording.arrived:
            self._refresh()
            return
        t = int(self._made.recording.t[step])
        self._say_where()
        with QSignalBlocker(self.steps):
            self.steps.setRange(1, t + 1)
            self.steps.setValue(self._made.recording.steps - step)
        self._refresh()

    def _say_where(self) -> None:
        """Which step it goes off from, in as many words as there is room for."""
        made, step = self._made, self._step
        if made is None or step >= made.recording.arrived:
            return
        numbered = {"step": numbers.count(step + 1), "t": numbers.count(int(made.recording.t[step]))}
        words = self.tr("Fork from step {step}, t = {t}").format(**numbered)
        if self.words.fontMetrics().horizontalAdvance(words) > self.words.contentsRect().width():
            words = self.tr("Step {step}, t = {t}").format(**numbered)
        self.words.setText(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other words."""
        super().resizeEvent(event)
        self._say_where()

    def _fill(self, made: Made) -> None:
        with QSignalBlocker(self.sampler), QSignalBlocker(self.label), QSignalBlocker(self.guidance):
            self.sampler.clear()
            self.sampler.addItem(self.tr("as it was"), None)
            for row in made.facts.samplers:
                self.sampler.addItem(row.title, row.name)
                self.sampler.setItemData(self.sampler.count() - 1, row.paper, Qt.ItemDataRole.ToolTipRole)
            self._labels.setStringList([self.tr("as it was"), *made.facts.classes, self.tr("Any")])
            self.label.setCurrentIndex(0)
            self.guidance.setValue(made.guidance_scale)
            self.seed.setValue(SAME)
        for field in (self.label, self.guidance):
            field.setVisible(bool(made.facts.classes))
            self._captions[field.objectName()].setVisible(bool(made.facts.classes))
        self._sampler_changed()

    @Slot()
    def clear(self) -> None:
        """Ask nothing."""
        self.paint.setChecked(False)
        if not self.isHidden():
            self.hide()
            self.done.emit()
        self._made = self.painting = None

    def _label(self) -> int | None:
        """The class that is wished, as its number; None: as it was."""
        return self.label.currentIndex() - 1 if self.label.currentIndex() > 0 else None

    def branch(self) -> Branch:
        """What is wished, where it is not as it was."""
        for field in (self.seed, self.eta, self.guidance, self.steps):
            field.interpretText()
        made, other = self._made, self.sampler.currentData()
        assert made is not None
        label, scale, eta = self._label(), self.guidance.value(), self.eta.value()
        seed, painting, recording = self.seed.value(), self.painting, made.recording
        x_0 = None
        if painting is not None and painting.painted:
            x_0 = painting.painted_x_0(recording.layer("x_0", self._step), normalized=recording.started.normalized)
        return Branch(
            self._step,
            seed=None if seed == SAME or not self.seed.isEnabled() else seed,
            eta=eta if self.eta.isEnabled() and eta != made.eta_with(self._info()) else None,
            classes=None if label is None else (label,),
            guidance_scale=scale if self.guidance.isEnabled() and scale != made.guidance_scale else None,
            sampler=other,
            steps=self.steps.value() if other is not None else None,
            x_0=x_0,
            covered=None if painting is None or x_0 is None else painting.all_covered,
            held=1 if x_0 is None else self._held(),
            mask=None if painting is None else painting.mask,
        )

    # --- words ---------------------------------------------------------------------------------------------

    def _info(self) -> SamplerInfo | None:
        """The sampler that would go on."""
        assert self._made is not None
        other = self.sampler.currentData()
        return self._made.info() if other is None else self._made.sampler_named(other)

    @Slot()
    def _sampler_changed(self) -> None:
        if self._made is not None:
            with QSignalBlocker(self.eta):
                self.eta.setValue(self._made.eta_with(self._info()) or 0.0)
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Bring what can be done, and why not, up to date."""
        made = self._made
        if made is None:
            self.go.setEnabled(False)
            return
        info, other = self._info(), self.sampler.currentData()
        title = "" if info is None else info.title
        self.eta.setEnabled(info is not None and info.takes_eta)
        mixes = info is not None and (info.adds_noise or (info.takes_eta and self.eta.value() > 0))
        label = self._label()
        followed = made.has_class if label is None else label < len(made.facts.classes)
        for field, usable in (
            (self.seed, mixes),
            (self.dice, mixes),
            (self.guidance, followed),
            (self.steps, other is not None),
        ):
            field.setEnabled(usable)
        for field in (self.seed, self.eta, self.guidance, self.steps):
            self._captions[field.objectName()].setEnabled(field.isEnabled())
        set_tip(
            self.eta,
            self.tr("η from here on: 0 adds no noise, 1 as much as DDPM.")
            if self.eta.isEnabled()
            else self.tr("{sampler} has no η: whether and how much noise it adds is fixed.").format(sampler=title),
        )
        set_tip(
            self.seed,
            self.tr("Which noise is mixed in from here on.")
            if mixes
            else self.tr("{sampler} mixes in no noise here: with DDIM choose an η above 0.").format(sampler=title),
        )
        set_tip(
            self.guidance,
            self.tr("How strongly the class is followed from here on.")
            if followed
            else self.tr("Choose a class first: there is nothing to follow."),
        )
        set_tip(self.label, self.tr("What the pictures are to show from here on."))
        set_tip(self.sampler, self.tr("Which sampler takes the rest of the way. It knows nothing of the steps before."))
        set_tip(
            self.steps,
            self.tr("How many steps it takes from here to the picture.")
            if other is not None
            else self.tr("As it was. Choose a sampler, it may be the same, to take another number of steps."),
        )
        why_not = ""
        if not made.recording.complete and other is None:
            why_not = error_text(SamplingError("fork.unfinished"))
        with_sampler = other is not None or any(branch.sampler is not None for branch in made.branches)
        if self.painting is not None and self.painting.mask is not None and with_sampler:
            why_not = error_text(SamplingError("fork.mask-and-sampler"))
        if self._why_not_now:
            why_not = self._why_not_now
        if self._gone:
            why_not = self.tr("What this step is of is not held any more. Fork from a later step.")
        set_tip(
            self.paint,
            self.tr("Paint on {x_0} of step {step}, or draw a mask of what is made anew (B)").format(
                x_0="x̂_0", step=numbers.count(self._step + 1)
            ),
        )
        self.paint.setAccessibleName(self.tr("Paint"))
        self.go.setEnabled(not why_not)
        set_tip(self.go, why_not or self.tr("Make the rest of the steps anew, with what is chosen here (Enter)"))

        self._why_not_go = why_not
        self._tell()

    @Slot()
    def _tell(self) -> None:
        """Say what would come of what is painted."""
        if self._made is not None and self.painting is not None:
            self.said.emit(self._why_not_go or self._outcome(self.painting))

    def _held(self) -> int:
        """For how many steps the paint counts, of those that are left."""
        made, painting = self._made, self.painting
        assert made is not None and painting is not None
        left = self.steps.value() if self.sampler.currentData() is not None else made.recording.steps - self._step
        return min(painting.held or usual_hold(made.recording, self._step), left)

    def _outcome(self, painting: Painting) -> str:
        step, mask = numbers.count(self._step + 1), painting.mask
        if mask is None and not painting.painted:
            return self.tr(
                "Nothing is painted yet. Paint what step {step} is to take for the clean picture, or draw a mask over "
                "what is to be made anew."
            ).format(step=step)
        said = []
        if painting.painted and (mask is None or painting.lost(mask) < 1):
            words = self.tr("Step {step} takes what you painted for the clean picture, and the rest goes on from it.")
            if self._held() > 1:
                words = self.tr(
                    "For {n} steps from step {step} on what you painted is the clean picture; then the network goes on."
                )
            said.append(words.format(step=step, n=numbers.count(self._held())))
        if mask is not None:
            words = self.tr("What is tinted, {share} %, is made anew in each picture; all else stays the original's.")
            said.append(words.format(share=max(1, round(100 * float(mask.mean())))))
            if painting.painted and painting.lost(mask):
                said.append(self.tr("What you painted outside of the tint is left out."))
            if painting.lost(mask) == 1 and not self._changes_noise_or_wish():
                said.append(self.tr("As it stands it would come out as it was: paint there, or change noise or class."))
        return " ".join(said)

    def _changes_noise_or_wish(self) -> bool:
        """Whether the steps that follow would be others, but for what is painted."""
        made, info = self._made, self._info()
        assert made is not None
        eta = self.eta.isEnabled() and self.eta.value() != made.eta_with(info)
        noise = self.seed.isEnabled() and self.seed.value() != SAME
        scale = self.guidance.isEnabled() and self.guidance.value() != made.guidance_scale
        return eta or noise or scale or self._label() is not None

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def painted(self) -> None:
        """Something was painted. A mask brings other noise with it, where the sampler takes some, and takes it away."""
        if self._made is None or self.painting is None:
            return
        info, seed = self._info(), self.seed.value()
        if self.painting.mask is None:
            if self._of_mask is not None and seed == self._of_mask[0]:
                self.seed.setValue(SAME)
                self.eta.setValue(self._of_mask[1])
            self._of_mask = None
        elif self._of_mask is None and seed == SAME and info is not None and (info.adds_noise or info.takes_eta):
            eta = self.eta.value()
            if not self.seed.isEnabled():
                self.eta.setValue(1.0)
            self._throw()
            self._of_mask = self.seed.value(), eta
        self._refresh()

    @Slot()
    def _throw(self) -> None:
        self.seed.setValue(random.randrange(1_000_000))  # noqa: S311 (not a secret)

    @Slot()
    def go_on(self) -> None:
        """Make the fork, where that can be."""
        if self._made is not None and self.go.isEnabled():
            branch = self.branch()
            self._gone_off = self._made, self.painting, self._of_mask, self.steps.value()
            self.clear()
            self.go_wished.emit(branch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc leaves it; the room takes neither for its own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_on()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)


# --- The tree as a line of words -------------------------------------------------------------------------

NODE_PX = 280
#: Of a node, beside its words.
NODE_MARGIN_PX = 48


class ForkNode(QToolButton):
    """One generation in the line, as wide as its words are when they are bold."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__()
        self.setObjectName("fork_node")
        self.setCheckable(True)
        self.setChecked(shown)
        self.setProperty("segment", True)
        self.setFixedHeight(CONTROL_PX - 2)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._width_px = 0

    def show_words(self, words: str, width_px: int) -> None:
        """Show these, which are so wide in bold."""
        self.setText(without_keys(words))
        self._width_px = width_px + NODE_MARGIN_PX
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A fixed width would not do: the style sheet, which comes later, has a least width of its own."""
        return QSize(self._width_px, CONTROL_PX - 2)


class ForkLine(QWidget):
    """The original and its forks, each an arrow deeper than what it goes off from. Hidden without forks."""

    chosen = Signal(object)  #: a Made that is held

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodes: dict[ForkNode, Made] = {}
        self.setAccessibleName(self.tr("Forks"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        self.hide()

    def show_forks(self, forks: Forks) -> None:
        """Those that are held, in the order of the tree."""
        for button in self.nodes:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.nodes = {}
        for made in forks.held:
            button = ForkNode(shown=made is forks.shown)
            words = [self.words(made, number) for number in range(len(made.branches))] or [self.tr("Original")]
            text = "→" * len(made.branches) + " " + words[-1]
            path = [self.tr("Original"), *words] if made.branches else words
            set_name(button, text.strip(), " → ".join(path))
            button.clicked.connect(self._clicked)
            self._row.insertWidget(self._row.count() - 1, button)
            self.nodes[button] = made
        self.setVisible(any(made.branches for made in forks.held))
        self._elide()

    def _elide(self) -> None:
        """The words of all in one line."""
        room = min(NODE_PX, self.width() // max(1, len(self.nodes)) - NODE_MARGIN_PX - self._row.spacing())
        metrics = QFontMetrics(sized_font(BODY_PX, semibold=True))  # as the style sheet has the one that is down
        for button in self.nodes:
            text = metrics.elidedText(button.accessibleName(), Qt.TextElideMode.ElideRight, room)
            button.show_words(text, metrics.horizontalAdvance(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width elides at another place."""
        super().resizeEvent(event)
        self._elide()

    def words(self, made: Made, number: int) -> str:
        """What a branch of a generation changed."""
        branch, facts = made.branches[number], made.facts
        changed = []
        if branch.seed is not None:
            changed.append(self.tr("noise {seed}").format(seed=branch.seed))
        if branch.eta is not None:
            changed.append(f"η {numbers.chosen(branch.eta)}")
        if branch.classes is not None:
            changed += [(*facts.classes, self.tr("any class"))[label] for label in branch.classes]
        if branch.guidance_scale is not None:
            changed.append(self.tr("guidance {scale}").format(scale=numbers.chosen(branch.guidance_scale)))
        if branch.sampler is not None:
            row = made.sampler_named(branch.sampler)
            title = branch.sampler if row is None else row.title
            changed.append(self.tr("{sampler}, {steps} steps").format(sampler=title, steps=branch.steps))
        if branch.x_0 is not None:
            changed.insert(0, self.tr("painted"))
        if branch.mask is not None:
            changed.insert(0, self.tr("mask {share} %").format(share=max(1, round(100 * float(branch.mask.mean())))))
        what = ", ".join(changed) or self.tr("nothing changed")
        return self.tr("step {step}: {what}").format(step=numbers.count(branch.at + 1), what=what)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, ForkNode)
        button.setChecked(True)
        self.chosen.emit(self.nodes[button])
