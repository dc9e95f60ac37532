"""The lesson leads through the real rooms: every page's place is found, and each deed is done and ticked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QScrollArea, QSlider, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from core.presets import preset
from core.runs import ready
from core.settings import RunConfig
from studio.app.i18n import Translations
from studio.app.window import MainWindow
from studio.dataset.noising import forward_table
from studio.inside.lesson.controller import LessonController
from studio.inside.lesson.deeds import DEEDS
from studio.inside.lesson.facts import even_t, even_ts, facts_of, named_in, told
from studio.inside.lesson.pages import CONTEXT, PAGES
from studio.inside.lesson.panel import LessonPanel
from studio.inside.lesson.targets import TARGETS
from studio.inside.network.looking_view import PixelPicture
from studio.inside.schedules.weights import crossing
from studio.inside.tabs import TABS
from studio.inside.tricks.self_condition_card import SelfConditionCard
from studio.training.state import TrainingState
from tests.studio.sampler.conftest import tiny_run


@pytest.fixture
def lesson(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[LessonController]:
    """The open lesson, with a tiny ready model that has made pictures."""
    folder = tiny_run(tmp_path / "program" / "faces-ready")
    monkeypatch.setattr(ready, "folder_of", lambda _name: folder)
    window.take_ready("faces")
    qtbot.waitUntil(lambda: made(window) and window.project.scan is not None)
    open_lesson(window)
    made_lesson = window.inside.tab("lesson")
    assert isinstance(made_lesson, LessonController)
    qtbot.waitUntil(lambda: made_lesson.scene.even_ts is not None)
    yield made_lesson


def made(window: MainWindow) -> bool:
    recording = window.sampler.recording
    return recording is not None and recording.complete and not window.sampler.sampling


def open_lesson(window: MainWindow) -> None:
    window.show_room("inside")
    window.inside.show_tab("lesson")
    window.inside.tab("lesson")  # all of it at once


# --- the table ---------------------------------------------------------------------------------------------


@pytest.mark.long
def test_there_are_twenty_pages_and_each_names_what_there_is() -> None:
    assert len(PAGES) == 20
    for name, page in PAGES.items():
        assert page.where in TARGETS and page.done in DEEDS, name
        sentences = re.findall(r"[.:?](?=\s|$)", page.text)
        assert 4 <= len(sentences) <= 9, name
        assert page.source and page.question and page.answer and page.do
    assert {page.where for page in PAGES.values()} == set(TARGETS)
    assert {page.done for page in PAGES.values()} == set(DEEDS)
    assert {target.tab for target in TARGETS.values() if target.tab} < set(TABS)


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_the_numbers_of_a_page_are_those_of_a_run(name: str) -> None:
    config = preset("sketch").config.with_settings({"image_size": 28, "channels": 1, "horizontal_flip": False})
    facts = facts_of(config, "digits-01", None) | {"first_loss": "0.3", "last_loss": "0.01"}
    for text in PAGES[name].own:
        known = facts.keys() | {"self_on", "immiscible_on", "offset"}
        assert named_in(text) <= known, text
    assert bool(told(PAGES[name].own, facts)) == bool(PAGES[name].own)


def test_numbers_are_right(translations: Translations) -> None:
    config = RunConfig().with_settings({"beta_schedule": "sigmoid", "timesteps": 1000, "min_snr_gamma": 5.0})
    facts = facts_of(config, "mine", None)
    assert (facts["t"], facts["T"]) == ("399", "1,000")
    # diffusion.md: the sigmoid's ᾱ at t = 399.
    assert float(facts["signal"]) ** 2 == pytest.approx(float(facts["alpha"]), abs=2e-3)
    assert float(facts["signal"]) ** 2 + float(facts["noise"]) ** 2 == pytest.approx(1, abs=4e-3)
    assert facts["self_on" if config.model.self_condition else "run"] == ("" if config.model.self_condition else "mine")
    assert "side" not in facts  # on auto, and no pictures
    offset = facts_of(config.with_settings({"offset_noise_strength": 0.1}), "mine", None)
    assert told(PAGES["offset"].own, offset) == "mine trains with a strength of s = 0.1."
    table = forward_table("sigmoid", 1000)
    assert facts["t_gamma"] == str(crossing(table, 5.0))  # as Schedules marks it


@pytest.mark.parametrize("language", ["zh_CN"])
def test_every_page_is_translated_with_the_same_numbers_and_symbols(translations, language: str) -> None:
    translations.switch(language)
    for name, page in PAGES.items():
        for text in (page.title, page.text, page.do, page.question, page.answer, *page.own):
            said = QCoreApplication.translate(CONTEXT, text)
            assert said != text, (name, text)
            assert named_in(said) == named_in(text) or text not in page.own, (name, said)
            assert said.count("*") == text.count("*") and said.count("`") == text.count("`"), (name, said)


# --- the pages in the window -------------------------------------------------------------------------------


@pytest.mark.long
def test_without_a_model_a_page_offers_one(window: MainWindow, tmp_path: Path, monkeypatch, qtbot: QtBot) -> None:
    folder = tiny_run(tmp_path / "program" / "faces-ready")
    monkeypatch.setattr(ready, "folder_of", lambda _name: folder)
    open_lesson(window)
    view = window.inside.tab("lesson").panel.view
    assert view.offer.isVisible()
    take = window.findChild(QPushButton, "lesson_take_faces")
    assert take is not None
    take.click()
    card = window.inside.tab("lesson").spotlight.card
    assert card.isVisible() and window.settings["room"] == "sampler", "the way back"
    qtbot.waitUntil(lambda: made(window))
    card.back.click()
    assert window.settings["inside_tab"] == "lesson" and not view.offer.isVisible()
    assert "begin" in window.settings["lesson_done"]


@pytest.mark.long
def test_without_a_model_every_empty_page_offers_one(window: MainWindow, tmp_path: Path, monkeypatch, qtbot) -> None:
    folder = tiny_run(tmp_path / "program" / "digits-ready")
    monkeypatch.setattr(ready, "folder_of", lambda _name: folder)
    window.show_room("inside")
    window.inside.show_tab("network")
    qtbot.waitUntil(lambda: "network" in window.inside.tabs)
    assert window.findChild(QPushButton, "network_look_digits").isVisible()
    open_lesson(window)
    lesson = window.inside.tab("lesson")
    lesson.show_me()
    assert lesson.spotlight.ring.target is window.sampler.panel.wells.ready
    window.findChild(QPushButton, "sampler_look_digits").click()
    qtbot.waitUntil(lambda: made(window))
    assert not window.sampler.panel.wells.ready.isVisible()


@pytest.mark.long
def test_what_is_told_is_whole_and_beside_what_is_pointed_out(window: MainWindow, lesson: LessonController) -> None:
    for name, page in PAGES.items():
        if TARGETS[page.where].room == "inside":
            continue
        lesson.panel.choose(name)
        lesson.show_me()
        card, ring = lesson.spotlight.card, lesson.spotlight.ring
        assert card.words.height() >= card.words.heightForWidth(card.words.width()), name
        assert not card.geometry().intersects(ring.geometry()), name


@pytest.mark.long
def test_what_is_out_of_sight_is_scrolled_to_when_the_room_is_filled(
    window: MainWindow, lesson: LessonController, qtbot: QtBot
) -> None:
    lesson.panel.choose("forward")
    lesson.show_me()
    target = slider(window, "forward_t")
    above = target.parentWidget()
    while not isinstance(above, QScrollArea):
        above = above.parentWidget()
    content = above.widget()
    content.setMinimumHeight(content.height() + 2000)  # the inspector is filled after it was gone to
    above.verticalScrollBar().setValue(above.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: target.visibleRegion().boundingRect() == target.rect())
    ring = lesson.spotlight.ring
    assert ring.geometry().contains(QRect(target.mapTo(window, QPoint(0, 0)), target.size()))


@pytest.mark.long
def test_equally_strong_is_an_snr_of_one() -> None:
    config = RunConfig().with_settings({"timesteps": 1000})
    near = even_ts(config)
    assert even_t(config) in near and 1 <= len(near) < 30
    assert len(even_ts(config.with_settings({"timesteps": 20}))) >= 1


@pytest.mark.long
def test_settings_that_cannot_be_have_no_numbers_of_others(window: MainWindow, qtbot: QtBot) -> None:
    window.project.set_settings({"beta_schedule": "sigmoid"})
    open_lesson(window)
    made_lesson = window.inside.tab("lesson")
    made_lesson.panel.choose("forward")
    own = made_lesson.panel.view.own
    qtbot.waitUntil(lambda: bool(own.text()))
    window.project.set_settings({"schedule_fn_kwargs": ("tau=banana",)})
    qtbot.waitUntil(lambda: not made_lesson._looking.busy)
    assert own.text() == ""


@pytest.mark.long
def test_arrows_on_the_tabs_go_past_the_lesson_and_come_back(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("inside")
    window.inside.show_tab("tricks")
    tabs = window.findChild(QTabBar, "inside_tabs")
    assert tabs is not None
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    assert window.settings["inside_tab"] == "lesson"
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Left)
    assert window.settings["inside_tab"] == "tricks"
    window.show_room("sampler")
    window.inside.show_tab("lesson")
    window.sampler.panel.setFocus()
    window.show_room("inside")
    assert window.focusWidget() is window.inside.tab("lesson").panel.pages


@pytest.mark.long
def test_what_was_done_is_read_of_settings_that_somebody_has_written_by_hand(window: MainWindow) -> None:
    window.settings["lesson_done"] = ["forward", ["begin"], 3, "forward"]
    open_lesson(window)
    assert window.inside.tab("lesson").done == ("forward",)


@pytest.mark.long
def test_show_me_ends_in_its_room_and_frames_what_is_there(
    window: MainWindow, lesson: LessonController, qtbot: QtBot
) -> None:
    for name, page in PAGES.items():
        open_lesson(window)
        lesson.panel.choose(name)
        assert lesson.panel.current == name == window.settings["lesson_page"]
        lesson.show_me()
        target = TARGETS[page.where]
        assert window.settings["room"] == target.room, name
        ring = lesson.spotlight.ring
        qtbot.waitUntil(ring.isVisible)
        assert ring.target is not None and ring.target.isVisible(), name
        if target.tab:
            assert window.settings["inside_tab"] == target.tab, name
        else:  # these rooms stand: nothing but the control itself will do
            assert ring.target.objectName() in target.names, name
        card = lesson.spotlight.card
        assert card.isVisible() and window.rect().contains(card.geometry()), name
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert not ring.isVisible() and not card.isVisible(), name


@pytest.mark.long
def test_the_frame_leaves_when_it_is_done_and_leads_back(window: MainWindow, lesson: LessonController) -> None:
    lesson.panel.choose("forward")
    lesson.show_me()
    slider(window, "forward_t").setValue(slider(window, "forward_t").maximum())
    assert "forward" in lesson.done and not lesson.spotlight.ring.isVisible()
    back = window.findChild(QPushButton, "lesson_back_to")
    assert back is not None and back.isVisible()
    back.click()
    assert (window.settings["room"], window.settings["inside_tab"]) == ("inside", "lesson")
    assert not back.isVisible() and lesson.panel.view.tick.text()


@pytest.mark.long
def test_what_was_done_is_remembered_and_shown(window: MainWindow, lesson: LessonController) -> None:
    assert window.settings["lesson_done"] == ["begin"]  # pictures were made
    lesson.panel.choose("forward")
    assert not lesson.panel.view.tick.text()
    item = lesson.panel.pages.item(0)
    assert "done" in item.data(Qt.ItemDataRole.AccessibleTextRole)


def test_pages_are_turned_by_buttons_and_keys_and_answers_unfold(window: MainWindow, lesson: LessonController) -> None:
    panel, names = lesson.panel, tuple(PAGES)
    panel.choose(names[0])
    assert not panel.back.isEnabled()
    QTest.keyClick(panel.pages, Qt.Key.Key_Right)
    QTest.keyClick(panel.pages, Qt.Key.Key_Down)
    assert panel.current == names[2]
    panel.back.click()
    assert panel.current == names[1]
    view = panel.view
    assert not view.answer.isVisible()
    view.unfold.click()
    assert view.answer.isVisible()
    panel.next.click()
    assert not view.answer.isVisible()
    QTest.keyClick(panel.pages, Qt.Key.Key_Return)
    assert lesson.spotlight.lit


# --- each deed, done as a person does it --------------------------------------------------------------------


def slider(window: MainWindow, name: str) -> QSlider:
    found = window.findChild(QSlider, name)
    assert found is not None
    return found


def walk(window: MainWindow) -> None:
    window.sampler.panel.playback.pause()
    window.sampler.panel.playback.go(0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left) * 3:
        QTest.keyClick(window.sampler.panel, key)


def press_page(tab: str) -> Callable[[MainWindow, QtBot], None]:
    def press(window: MainWindow, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: tab in window.inside.tabs and not window.inside._building.isActive())
        window.inside.tab("lesson").show_me()  # the page is there now
        page, pointed_out = window.inside.tab(tab).panel, window.inside.tab("lesson").spotlight.ring.target
        part = pointed_out if page.isAncestorOf(pointed_out) else page
        place = part.mapTo(window, part.rect().center())
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    return press


def train(window: MainWindow, qtbot: QtBot) -> None:
    window.transport.start.click()
    qtbot.waitUntil(lambda: window.training.state is TrainingState.RUNNING)
    window.transport.stop.click()
    qtbot.waitUntil(lambda: window.training.state is TrainingState.FINISHED)


def generate_with_ddpm(window: MainWindow, qtbot: QtBot) -> None:
    fields = window.sampler.panel.head.fields
    fields.sampler.setCurrentIndex(fields.sampler.findData("ddpm"))
    fields.steps.setValue(5)
    window.sampler.panel.head.generate.click()
    qtbot.waitUntil(lambda: made(window) and window.sampler.recording.settings["sampler"] == "ddpm")


def choose_noise(window: MainWindow, _qtbot: QtBot) -> None:
    window.sampler.panel.wells.x_0.choice.actions_of["pred_noise"].trigger()


def weigh(window: MainWindow, _qtbot: QtBot) -> None:
    box = window.findChild(QComboBox, "timestep_mode")
    assert box is not None
    box.setCurrentIndex(1)


def to_the_first(window: MainWindow, _qtbot: QtBot) -> None:
    window.sampler.panel.playback.go(2)
    QTest.keyClick(window.sampler.panel, Qt.Key.Key_Home)


def play(window: MainWindow, _qtbot: QtBot) -> None:
    button = window.findChild(QWidget, "play")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    window.sampler.panel.playback.pause()


def point_at_a_place(window: MainWindow, qtbot: QtBot) -> None:
    network = window.inside.tab("network")
    entry = network.panel.map.mapTo(window, network.panel.map.rect().center())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=entry)
    assert "attention" not in window.inside.tab("lesson").done, "no place was pointed at"
    qtbot.waitUntil(lambda: network.facts is not None)
    network.select("mid_attn")
    looking = network.panel.block.looking
    qtbot.waitUntil(lambda: looking.isVisible() and network.looked is not None)
    for picture in looking.findChildren(PixelPicture):
        if picture.isVisible():
            place = picture.mapTo(window, picture.rect().center())
            QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)


def try_the_trick(window: MainWindow, qtbot: QtBot) -> None:
    page = window.inside.tab("tricks").panel
    qtbot.waitUntil(
        lambda: any(type(part) is SelfConditionCard and part.isVisible() for part in page.findChildren(QWidget))
    )
    card = next(part for part in page.findChildren(QWidget) if isinstance(part, SelfConditionCard))
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=card.mapTo(window, card.rect().center()))
    assert "self_condition" not in window.inside.tab("lesson").done, "nothing was chosen"
    window.inside.tab("lesson").show_me()  # the card is there now
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=card.switch.mapTo(window, QPoint(6, 6)))


DONE: dict[str, Callable[[MainWindow, QtBot], None]] = {
    "generated": lambda _window, _qtbot: None,  # the ready model has
    "noised": lambda window, _: slider(window, "forward_t").setValue(slider(window, "forward_t").maximum()),
    "even": lambda window, _: slider(window, "forward_t").setValue(window.inside.tab("lesson").scene.even_ts[0]),
    "first_step": to_the_first,
    "walked": lambda window, _: walk(window),
    "layer": choose_noise,
    "smoothed": lambda window, _: slider(window, "smoothing").setValue(0),
    "weighed": weigh,
    "trained": train,
    "apart": lambda window, _: QTest.keyClick(window.sampler.panel, Qt.Key.Key_2),
    "ddpm": generate_with_ddpm,
    "played": play,
    "turned": lambda window, _: walk(window),
    "network_used": press_page("network"),
    "pointed": point_at_a_place,
    "schedules_used": press_page("schedules"),
    "tricks_used": press_page("tricks"),
    "trick_tried": try_the_trick,
}


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_deed_is_ticked_when_it_is_really_done(
    window: MainWindow, lesson: LessonController, qtbot: QtBot
) -> None:
    for name, page in PAGES.items():
        open_lesson(window)
        lesson.panel.choose(name)
        at_once = DEEDS[page.done].at_once
        assert at_once or name not in lesson.done, name
        lesson.show_me()
        DONE[page.done](window, qtbot)
        assert name in lesson.done, name
    assert set(window.settings["lesson_done"]) == set(PAGES)


@pytest.mark.long
def test_no_page_is_cut_at_the_right_in_a_small_window(window: MainWindow, lesson: LessonController) -> None:
    for name in PAGES:
        window.resize(1280, 800)
        lesson.panel.choose(name)
        QCoreApplication.processEvents()
        window.resize(640, 400)  # 1280 × 800 at 200 %
        for _ in range(5):  # each layout may ask for the next
            QCoreApplication.processEvents()
        assert lesson.panel._scroll.horizontalScrollBar().maximum() == 0, name


@pytest.mark.long
def test_run_menu_leads_to_the_ready_models_while_a_run_is_open(window: MainWindow, lesson: LessonController) -> None:
    wished: list[str] = []
    window.run_menu.ready_wished.disconnect(window.take_ready)
    window.run_menu.ready_wished.connect(wished.append)
    window.run_menu._fill()
    actions = {action.objectName(): action for action in window.top_bar.run.menu().actions()}
    for name in ("faces", "digits"):
        actions[f"run_menu_{name}"].trigger()
    assert lesson.panel is not None and wished == ["faces", "digits"]


def test_last_page_says_that_it_is_the_last_and_what_comes_then(qtbot: QtBot) -> None:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    panel.choose(list(PAGES)[-2])
    assert panel.where.text() == "Page 19 of 20"
    panel.turn(1)
    assert panel.where.text().startswith("Page 20 of 20: the last one") and not panel.next.isEnabled()
