"""The settings that decide what the network sees of which pictures: size, crop, colour, flip, jitter, hold-out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from core.settings import SETTINGS

from .. import numbers
from ..app.messages import setting_choice, setting_tip, setting_title
from ..app.theme import set_look
from ..widgets.controls import ScrolledCombo
from ..widgets.panel import caption
from ..widgets.plain import set_tip
from .shown import DivisionShown, PictureSettingsShown

#: Sizes that are offered, as far as the network can halve them; any other can be typed. Pixels.
SIZES_PX = (16, 24, 28, 32, 48, 64, 96, 128, 192, 256, 512)
#: Offered beside what is set elsewhere; none at all first.
COLOUR_JITTERS = (0.0, 0.05, 0.1, 0.2, 0.4)
HOLD_OUTS = (0.0, 0.05, 0.1, 0.2)

Row = tuple[str, object]  # the words and the value of an item


class PictureSettings(QWidget):
    """Shows the settings as they are and asks for changes; it keeps nothing of its own."""

    wished = Signal(object)  #: a dict: the flat names of settings and their new values
    new_run_wished = Signal()  #: these are a run's settings, and others are to be chosen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: PictureSettingsShown | None = None
        self._division: DivisionShown | None = None
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._labels: dict[str, QLabel] = {}
        self._combos: dict[str, QComboBox] = {}
        self._tips: dict[str, str] = {}
        places = {
            "image_size": (0, 0),
            "crop": (0, 2),
            "channels": (2, 0),
            "horizontal_flip": (2, 2),
            "colour_jitter": (3, 0),
            "hold_out": (3, 2),
            "background": (4, 0),
        }
        for name, (row, column) in places.items():
            label, combo = caption(), ScrolledCombo()
            label.setText(setting_title(name))
            label.setBuddy(combo)
            combo.setAccessibleName(label.text())
            self._tips[name] = setting_tip(SETTINGS[name])
            combo.setObjectName(name)
            combo.setMinimumWidth(96)
            combo.activated.connect(self._activated)
            grid.addWidget(label, row, column)
            grid.addWidget(combo, row, column + 1)
            self._labels[name], self._combos[name] = label, combo
        two_sides = self.tr("Width × height is taken too, such as 32 × 48.")
        self._tips["image_size"] = f"{self._tips['image_size']}\n{two_sides}"
        size = self._combos["image_size"]
        size.setEditable(True)
        size.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        size.setCompleter(None)  # type: ignore[arg-type]  # Qt takes none; the stub does not say so
        line = size.lineEdit()
        assert line is not None
        self._size_line = line
        line.editingFinished.connect(self._size_typed)
        self._offer = self._make_offer()
        grid.addWidget(self._offer, 1, 0, 1, 4)
        self._grid, self._told = grid, self._make_told()
        grid.addWidget(self._told, 4, 2, 1, 2)
        self._notes = caption()
        self._notes.setObjectName("division_notes")
        self._notes.setWordWrap(True)
        set_look(self._notes, caption=True, tone="warning")
        self._notes.hide()
        grid.addWidget(self._notes, 6, 0, 1, 4)
        self.setEnabled(False)

    def _make_told(self) -> QWidget:
        """Whose settings these are, and what becomes of the pictures: one line, so that the plots below are seen."""
        told = QWidget()
        row = QHBoxLayout(told)
        row.setContentsMargins(0, 0, 0, 0)
        self._of_run_words = caption()
        self._of_run_words.setObjectName("settings_of_run")
        self._of_run_words.setWordWrap(True)
        row.addWidget(self._of_run_words, 1)
        self._counts = caption()
        self._counts.setObjectName("division")
        self._counts.setWordWrap(True)
        self._counts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._counts, 1)
        self._new_run = QPushButton(self.tr("New run"))
        self._new_run.setObjectName("new_run_from_dataset")
        self._new_run.clicked.connect(self.new_run_wished)
        row.addWidget(self._new_run)
        self._of_run_words.hide()
        self._new_run.hide()
        return told

    def set_training(self, training: bool) -> None:
        """Whether the run is training, and cannot be left."""
        self._new_run.setEnabled(not training)
        self._fill_of_run()

    def locked_words(self) -> str:
        """Why nothing can be changed; "" where it can."""
        run = "" if self._shown is None else self._shown.run
        return self.tr("These are the settings of {run}, which keeps them.").format(run=run) if run else ""

    def _fill_of_run(self) -> None:
        words = self.locked_words()
        self._of_run_words.setVisible(bool(words))
        self._new_run.setVisible(bool(words))
        self._of_run_words.setText(words)
        whole_line = (5, 0, 1, 4) if words else (4, 2, 1, 2)
        self._grid.addWidget(self._told, *((4, 0, 1, 4) if self._combos["background"].isHidden() else whole_line))
        set_tip(
            self._new_run,
            self.tr("Leave this run and choose settings of your own for these pictures")
            if self._new_run.isEnabled()
            else self.tr("The run is training. Stop it first."),
        )
        for name, combo in self._combos.items():
            if words:
                combo.setEnabled(False)
                set_tip(combo, words)
            elif name != "background":  # whose own reasons `_fill` knows
                combo.setEnabled(True)
                set_tip(combo, self._tips[name])

    def _make_offer(self) -> QWidget:
        offer = QWidget()
        row = QHBoxLayout(offer)
        row.setContentsMargins(0, 0, 0, 0)
        self._offer_words = QLabel()
        self._offer_words.setProperty("tone", "error")
        self._offer_words.setWordWrap(True)
        row.addWidget(self._offer_words, 1)
        self._offers = (QPushButton(), QPushButton())
        for button, name in zip(self._offers, ("smaller_size", "larger_size"), strict=True):
            button.setObjectName(name)
            button.clicked.connect(self._offer_taken)
            row.addWidget(button)
        offer.hide()
        return offer

    def show_settings(self, shown: PictureSettingsShown) -> None:
        """Show these from now on."""
        self._shown = shown
        self._fill()

    def show_division(self, division: DivisionShown | None) -> None:
        """How many pictures are trained on and held out; None while that is being counted."""
        self._division = division
        self._fill_division()

    # --- what is shown -------------------------------------------------------------------------------------

    def _fill(self) -> None:
        shown = self._shown
        self.setEnabled(shown is not None)
        if shown is None:
            return
        self._fill_combo("image_size", self._size_rows(shown), _size(shown))
        self._fill_combo("crop", _choices("crop"), shown.crop)
        auto = self.tr("Auto ({resolved})")
        colours = {int(text): words for words, text in _choices("channels")}
        rows: list[Row] = [(auto.format(resolved=colours.get(shown.auto_channels, "–")), None)]
        self._fill_combo("channels", rows + [(words, value) for value, words in colours.items()], shown.channels)
        self._fill_combo("background", _choices("background"), shown.background)
        for part in (self._labels["background"], self._combos["background"]):
            part.setVisible(shown.any_transparent or shown.crop == "pad")
        keeps_transparency = (shown.channels or shown.auto_channels) == 4
        ground = self._combos["background"]
        ground.setEnabled(not keeps_transparency)
        set_tip(
            ground,
            self.tr("RGBA keeps transparent pixels, so nothing is laid under them")
            if keeps_transparency
            else self._tips["background"],
        )
        flips = {text == "true": words for words, text in _choices("horizontal_flip")}
        rows = [(auto.format(resolved=flips[shown.auto_flip].lower()), None)]
        self._fill_combo("horizontal_flip", rows + [(w, v) for v, w in flips.items()], shown.horizontal_flip)
        jitter = self.tr("± {n}%")
        self._fill_combo(
            "colour_jitter", _parts(COLOUR_JITTERS, shown.colour_jitter, self.tr("Off"), jitter), shown.colour_jitter
        )
        self._fill_combo("hold_out", _parts(HOLD_OUTS, shown.hold_out, self.tr("Off"), self.tr("{n}%")), shown.hold_out)
        self._fill_offer(shown)
        self._fill_of_run()
        self._fill_division()

    def _fill_division(self) -> None:
        division = self._division
        set_look(self._counts, tone="error" if division is not None and division.problem else None)
        if division is None:
            self._counts.setText("")
            self._notes.hide()
            return
        words = self.tr("{train} train, {held_out} held out")
        if division.excluded:
            words = self.tr("{train} train, {held_out} held out, {excluded} left out")
        counts = {name: numbers.count(getattr(division, name)) for name in ("train", "held_out", "excluded")}
        self._counts.setText(division.problem or words.format(**counts))
        self._notes.setText("\n".join(words for _, words in division.notes))
        self._notes.setVisible(bool(division.notes))

    def _size_rows(self, shown: PictureSettingsShown) -> list[Row]:
        """Auto, squares, and what is set; values are (height, width)."""
        sizes = {(size, size) for size in SIZES_PX if size % shown.size_factor == 0}
        if (own := _size(shown)) is not None:
            sizes.add(own)
        auto = self.tr("Auto ({resolved})").format(resolved=self._pixels((shown.auto_size, shown.auto_size)))
        return [(auto, None), *((self._pixels(size), size) for size in sorted(sizes, key=lambda size: size[::-1]))]

    def _pixels(self, size: tuple[int, int]) -> str:
        return self.tr("{n} px").format(n=numbers.sides(*size))

    def _fill_offer(self, shown: PictureSettingsShown) -> None:
        self._offer.setVisible(shown.nearest_sizes is not None)
        if shown.nearest_sizes is None:
            return
        self._offer_words.setText(
            self.tr("{size} px does not fit this network: sides must divide by {factor}.").format(
                size=numbers.sides(*(_size(shown) or (shown.auto_size, shown.auto_size))), factor=shown.size_factor
            )
        )
        for button, size in zip(self._offers, shown.nearest_sizes, strict=True):
            words = self._pixels(size)
            button.setText(words)
            button.setAccessibleName(words)
            set_tip(button, self.tr("Use the nearest size that fits"))
            button.setProperty("size_px", size)
        self._offers[1].setVisible(shown.nearest_sizes[0] != shown.nearest_sizes[1])

    def _fill_combo(self, name: str, rows: Sequence[Row], chosen: object) -> None:
        combo = self._combos[name]
        combo.blockSignals(True)
        if [combo.itemData(i) for i in range(combo.count())] != [value for _, value in rows]:
            combo.clear()
            for words, value in rows:
                combo.addItem(words, value)
        else:
            for i, (words, _) in enumerate(rows):
                combo.setItemText(i, words)
        index = [value for _, value in rows].index(chosen)
        combo.setCurrentIndex(index)
        if combo.isEditable():
            combo.setEditText(rows[index][0])
        combo.blockSignals(False)

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot()
    def _activated(self) -> None:
        combo = self.sender()
        assert isinstance(combo, QComboBox)
        if combo.objectName() == "image_size":
            self._wish_size(combo.currentData())
        else:
            self._wish({combo.objectName(): combo.currentData()})

    @Slot()
    def _size_typed(self) -> None:
        combo, text = self._combos["image_size"], self._size_line.text().strip()
        index = combo.findText(text, Qt.MatchFlag.MatchFixedString)
        if index >= 0:
            self._wish_size(combo.itemData(index))
            return
        sides = re.split(r"[×x*]", text.removesuffix("px"))
        try:
            width, height = ([int(numbers.read(side, whole=True)) for side in sides] * 2)[:2]
        except ValueError:
            # Refused in words by whoever takes the wish; the field goes back to what holds.
            self._fill()
            if text:
                self._wish({"image_size": text})
        else:
            self._wish_size((height, width))

    @Slot()
    def _offer_taken(self) -> None:
        button = self.sender()
        assert button is not None
        self._wish_size(button.property("size_px"))

    def _wish_size(self, size: Sequence[int] | None) -> None:
        """(height, width), or None for auto."""
        height, width = size if size is not None else (None, None)
        self._wish({"image_size": width, "image_height": None if height == width else height})

    def _wish(self, changes: Mapping[str, object]) -> None:
        if self._shown is not None and any(value != getattr(self._shown, name) for name, value in changes.items()):
            self.wished.emit(changes)


def _choices(name: str) -> list[tuple[str, str]]:
    """The words and the values, as text, that a setting offers beside auto."""
    facts = SETTINGS[name]
    return [(setting_choice(facts, text) or text, text) for text in facts.titles if text]


def _parts(offered: Sequence[float], own: float, none: str, some: str) -> list[Row]:
    """Fractions with their words, one that is set elsewhere among them."""
    shown = {part: numbers.figure(100 * part, 1 if 100 * part == round(100 * part) else 3) for part in {*offered, own}}
    return [(some.format(n=shown[part]) if part else none, part) for part in sorted(shown)]


def _size(shown: PictureSettingsShown) -> tuple[int, int] | None:
    """(height, width) as set; None where it is on auto."""
    if shown.image_size is None and shown.image_height is None:
        return None
    width = shown.image_size or shown.auto_size
    return shown.image_height or width, width
