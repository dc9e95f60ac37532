"""What is typed into the form becomes a value of the right type, or is explained; all of it follows the language."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTranslator
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan
from core.setting import Control
from core.settings import GROUPS, LIVE, SETTINGS
from studio.app.theme import theme
from studio.training.field import ChoiceControl
from studio.training.form import WIDTH_PX, _FormScroll
from studio.training.map.panel import MapPanel
from studio.training.panel import MARGIN_PX, SAMPLES_PX
from studio.training.quality.panel import QualityPanel
from tests.studio.tips import tip_of
from tests.studio.training.conftest import Room


@pytest.fixture
def room(make_room: Callable[..., Room], scan: Scan, qapp: QApplication) -> Room:
    theme().apply("dark")
    made = make_room()
    made.project.set_scan(scan)
    return made


def type_into(room: Room, qtbot: QtBot, name: str, text: str) -> None:
    edit = room.panel.form.field(name).control.lineEdit()
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("steps", "2500", 2500),
        ("learning_rate", "3e-4", 3e-4),
        ("learning_rate", "0,0003", 3e-4),
        ("learning_rate", "3,2e-4", 3.2e-4),
        ("steps", "2,500", 2500),
        ("dim_mults", "1, 2, 2", (1, 2, 2)),
        ("dim_mults", "1 · 4", (1, 4)),
        ("min_snr_gamma", "off", None),
        ("min_snr_gamma", "Off", None),
        ("image_size", "32", 32),
        ("dropout", "0.1", 0.1),
        ("full_attn", "off,on", (False, True)),
    ],
)
def test_typed_words_become_values(form_room: Room, qtbot: QtBot, name: str, typed: str, value: object) -> None:
    type_into(form_room, qtbot, name, typed)
    assert form_room.project.wished.setting(name) == value
    assert form_room.transport.start.isEnabled()


def test_what_is_wrong_with_the_last_row_in_sight_is_scrolled_into_it(room: Room, qtbot: QtBot) -> None:
    form = room.panel.form
    scroll = form.findChild(_FormScroll)
    assert scroll is not None

    def bottom_of(widget: QWidget) -> int:
        return widget.mapTo(scroll.viewport(), QPoint(0, widget.height())).y()

    for name in ("learning_rate", "batch_size"):
        field = form.field(name)
        scroll.verticalScrollBar().setValue(0)
        # The window is as low as lets the row just be seen.
        room.panel.resize(room.panel.width(), room.panel.height() + bottom_of(field.row) - scroll.viewport().height())
        QApplication.processEvents()
        type_into(room, qtbot, name, "abc")
        qtbot.waitUntil(lambda field=field: 0 < bottom_of(field.note) <= scroll.viewport().height())
        assert bottom_of(field.row) > 0


@pytest.mark.parametrize("typed", ["1,5", "15,00", "1.500"])
def test_a_fraction_of_a_batch_is_refused_in_words(form_room: Room, qtbot: QtBot, typed: str) -> None:
    type_into(form_room, qtbot, "batch_size", typed)
    assert form_room.project.wished.setting("batch_size") == 32
    assert typed in form_room.panel.form.field("batch_size").note.words.text()


def test_a_value_that_is_only_shown_is_taken_as_it_is(form_room: Room, qtbot: QtBot) -> None:
    form_room.project.set_settings({"sinusoidal_pos_emb_theta": 12345.0, "steps": 12345, "weight_decay": 1.125})
    for name, value in (("sinusoidal_pos_emb_theta", 12345.0), ("steps", 12345), ("weight_decay", 1.125)):
        field = form_room.panel.form.field(name)
        field.control.line.editingFinished.emit()
        assert form_room.project.wished.setting(name) == value
        assert field.typed_problem is None


def test_what_is_no_value_is_explained_and_holds_the_start(room: Room, qtbot: QtBot) -> None:
    field = room.panel.form.field("batch_size")
    type_into(room, qtbot, "batch_size", "many")
    assert "many" in field.note.words.text() and field.note.isVisible()
    assert not room.transport.start.isEnabled()
    assert room.transport.start.toolTip() == field.note.words.text()
    room.project.set_settings({"dim": 32})
    assert field.note.isVisible(), "another setting does not hide it"
    assert room.project.config.train.batch_size == 32
    type_into(room, qtbot, "batch_size", "32")
    assert not field.note.isVisible()
    assert room.transport.start.isEnabled()


def test_a_preset_forgets_what_was_typed(room: Room, qtbot: QtBot) -> None:
    type_into(room, qtbot, "batch_size", "many")
    preset = room.panel.form.preset
    preset.setCurrentIndex(preset.findData("small"))
    preset.activated.emit(preset.currentIndex())
    assert room.project.config.preset == "small"
    assert room.transport.start.isEnabled()


def test_changed_settings_have_a_dot_and_a_way_back(form_room: Room, qtbot: QtBot) -> None:
    field = form_room.panel.form.field("steps")
    assert not field.row.is_changed()
    type_into(form_room, qtbot, "steps", "77")
    assert field.row.is_changed()
    field.row.reset.emit()
    assert form_room.project.config.train.steps == form_room.project.preset_config.train.steps
    assert not field.row.is_changed()


def test_auto_says_what_it_comes_to(form_room: Room) -> None:
    combo = form_room.panel.form.field("image_size").control
    assert isinstance(combo, ChoiceControl)
    assert combo.currentText() == "Auto · 8"


def test_a_problem_behind_more_is_brought_into_view(form_room: Room) -> None:
    form_room.project.set_settings({"full_attn": (True,)})
    field = form_room.panel.form.field("full_attn")
    assert field.note.isVisible()


def test_what_the_settings_do_not_do_on_these_pictures_is_said_before_the_start(form_room: Room) -> None:
    field = form_room.panel.form.field("hold_out")
    form_room.project.set_notes((("excluded", "“a.png” leaves out nothing."), ("hold_out", "Nothing is held out.")))
    assert (
        field.note.isVisibleTo(field) and field.note.words.text() == "“a.png” leaves out nothing.\nNothing is held out."
    )
    assert field.note.words.property("tone") == "warning", "it is no reason not to start"
    form_room.project.set_notes(())
    assert not field.note.isVisibleTo(field)


def test_the_wheel_scrolls_past(form_room: Room) -> None:
    combo = form_room.panel.form.field("beta_schedule").control
    assert isinstance(combo, ChoiceControl)
    place = QPointF(combo.rect().center())
    for delta in (120, -120):
        wheel = QWheelEvent(
            place,
            QPointF(combo.mapToGlobal(combo.rect().center())),
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(combo, wheel)
    assert combo.currentData() == "cosine"


class Marked(QTranslator):
    """Translates everything into itself between brackets."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"‹{source}›"

    def isEmpty(self) -> bool:
        return False


def test_form_unfolded_offers_every_setting_in_its_group(room: Room) -> None:
    form = room.panel.form
    assert list(form._sections) == list(GROUPS)
    for section in form._sections.values():
        section.set_expanded(True)
    offered = [name for name, facts in SETTINGS.items() if facts.control is not Control.NONE]
    assert set(form.fields) == set(offered)
    assert [name for name in SETTINGS if name not in offered] == [
        *(
            "augmentations",
            "excluded",
            "hidden_folders",
            "class_names",
            "condition_folder",
            "network",
        )  # not chosen here
    ]
    for name in offered:
        field = form.field(name)
        assert form._sections[SETTINGS[name].group].isAncestorOf(field)
        assert field.row.label.text() == SETTINGS[name].title
        if isinstance(field.control, ChoiceControl) and not SETTINGS[name].options_of:
            texts = [field.control.itemData(place) for place in range(field.control.count())]
            assert texts == list(SETTINGS[name].titles)


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[None]:
    translator = Marked()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("marked")
def test_all_words_are_translated(room: Room) -> None:
    form = room.panel.form
    for name, facts in SETTINGS.items():
        if facts.control is Control.NONE:
            continue
        assert form.field(name).row.label.text() == f"‹{facts.title}›"
        assert tip_of(form.field(name).row.label).startswith(" ".join(f"‹{facts.help}›".split()))
    widgets: list[QWidget] = [room.panel, room.transport]
    buttons = [b for w in widgets for kind in (QPushButton, QToolButton) for b in w.findChildren(kind)]
    words = [b.text() for b in buttons if b.isVisible() and any(map(str.isalpha, b.text()))]  # "⋯" is a drawing
    untouched = [text for text in words if "‹" not in text]
    assert untouched == []
    tips = [b.objectName() for b in buttons if b.isVisible() and b.toolTip() and "‹" not in b.toolTip()]
    assert tips == []
    assert all("‹" in combo.currentText() for combo in [room.panel.timesteps.mode, form.preset])
    labels = [room.transport.headline, room.panel.samples.label, *form.findChildren(QLabel)[:1]]
    assert all("‹" in label.text() for label in labels if label.text())
    assert "‹" in room.panel.samples.grid.accessibleDescription()
    assert "‹" in room.panel.plots.accessibleName()


def test_no_label_is_cut_off(room: Room) -> None:
    for section in room.panel.form._sections.values():
        section.set_expanded(True)
    QApplication.processEvents()
    for name, field in room.panel.form.fields.items():
        label = field.row.label
        assert label.width() >= label.sizeHint().width(), name


def test_settings_beside_a_run_do_not_widen_the_room(room: Room) -> None:
    panel = room.panel
    panel.timesteps.set_measured(None, 500)
    panel.set_mode(run_shown=True, busy=False)
    QApplication.processEvents()
    panel.resize(1100, 592)
    for shown in (True, False, True):
        panel.summary.settings.setChecked(shown)
        QApplication.processEvents()
        assert panel.form.isVisible() is shown
        assert panel.width() == 1100


def test_every_control_of_the_room_explains_itself(room: Room) -> None:
    silent = [
        (type(w).__name__, w.objectName())
        for kind in (QPushButton, QToolButton, QComboBox)
        for w in room.panel.findChildren(kind)
        if w.isVisible() and not (w.toolTip() and w.accessibleName())
    ]
    assert silent == []


@pytest.mark.parametrize("said", ["gamma", "gamma=1.5 k=0.5", "foo=1"])
def test_options_of_a_weighting_when_they_cannot_be_read_are_told_under_their_field(room: Room, said: str) -> None:
    room.project.set_settings({"loss_weighting": "p2", "loss_weighting_kwargs": said})
    field = room.panel.form.fields["loss_weighting_kwargs"]
    assert field.note.words.text() and "P2" in room.panel.summary.items["loss"].value.text()
    room.project.set_settings({"loss_weighting_kwargs": "gamma=0.5,k=2"})
    assert not field.note.words.text()
    assert "gamma=0.5 k=2" in room.panel.summary.items["loss"].value.text()


def test_room_while_settings_are_edited_then_is_as_low_as_the_window(room: Room) -> None:
    panel = room.panel
    panel.set_mode(run_shown=True, busy=True, free=frozenset(LIVE))
    panel.summary.settings.setChecked(True)
    panel.form.edits.show()
    panel.form.edits.show_state("Learning rate 0.002 → 0.001, from step 43 on " * 5)
    # One whose height follows from its width takes all that it likes to have, and scrolls.
    assert not panel.form.hasHeightForWidth() and not panel.hasHeightForWidth()


def test_pages_beside_the_form_and_the_samples_fit_into_a_window_of_1093_pixels(room: Room, qtbot: QtBot) -> None:
    pages = [room.panel.tabs.pages.widget(0), MapPanel(), QualityPanel()]
    for page in pages[1:]:
        qtbot.addWidget(page)
    left = 1093 - WIDTH_PX - SAMPLES_PX[0] - 4 * MARGIN_PX
    assert all(page.minimumSizeHint().width() <= left for page in pages)


def test_head_of_a_tab_that_is_not_shown_takes_no_room_from_the_tabs(room: Room) -> None:
    tabs, head = room.panel.tabs, QWidget()
    head.setMinimumWidth(4000)
    tabs.put("runs", QWidget(), head)
    assert room.panel.minimumSizeHint().width() < 4000
    tabs.choose("runs")
    assert room.panel.minimumSizeHint().width() > 4000


def test_settings_from_the_runs_then_lead_to_a_tab_that_has_room_for_the_form(room: Room) -> None:
    panel = room.panel
    panel.set_mode(run_shown=True, busy=True)
    panel.tabs.choose("runs")
    panel.summary.settings.setChecked(True)
    assert panel.tabs.current == "curves" and not panel.form.isHidden()
    panel.summary.settings.setChecked(False)
    panel.tabs.choose("runs")
    panel.set_mode(run_shown=True, busy=True, next_run=True)
    assert panel.tabs.current == "curves" and not panel.form.isHidden()
    panel.tabs.choose("runs")
    panel.set_mode(run_shown=True, busy=True, next_run=True)
    assert panel.tabs.current == "runs"


def test_row_that_gets_the_keyboard_is_seen_whole_and_a_bit_of_the_next(room: Room, qtbot: QtBot) -> None:
    form = room.panel.form
    room.panel.resize(1280, 480)
    room.panel.window().activateWindow()
    qtbot.waitUntil(room.panel.window().isActiveWindow)
    QApplication.processEvents()  # the rows have their places then
    scroll = form.findChild(_FormScroll)
    assert scroll is not None
    stops = [stop for section in form._sections.values() for stop in section.tab_stops()]
    for stop in [stop for stop in stops if stop.isVisible() and stop.focusPolicy() & Qt.FocusPolicy.TabFocus]:
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        top = stop.mapTo(scroll.viewport(), QPoint(0, 0)).y()
        assert top >= 0 and top + stop.height() <= scroll.viewport().height(), stop.objectName()


def test_suggestion_of_augmentation_when_the_preset_is_another_stays(form_room: Room) -> None:
    for preset in ("sketch", "super-resolution", "colouring"):
        form_room.project.set_preset(preset)
        note = form_room.panel.form.field("augment").note
        assert not note.isHidden() and "pictures: augmentation helps" in note.words.text(), preset
        assert [button.text() for button in note.buttons if not button.isHidden()] == ["Set to 0.12"]
