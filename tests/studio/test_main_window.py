"""The frame around the rooms: what opens where, what is remembered, both looks, both languages."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from core.presets import PictureFacts, preset, resolve
from core.runs.run import Run
from studio.app.i18n import Translations
from studio.app.settings import Settings
from studio.app.start import Application
from studio.app.theme import theme
from studio.app.window import MainWindow
from studio.training.state import TrainingState


@pytest.mark.long
def test_the_three_rooms_are_one_key_apart(window: MainWindow, qtbot) -> None:
    for room, button in window.top_bar.rooms.items():
        button.click()
        assert window.settings["room"] == room
        assert button.isChecked()


def test_a_folder_a_run_and_a_file_open_in_their_rooms(
    window: MainWindow, pictures: Path, qtbot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.dataset.opened, timeout=20_000):
        window.open_path(pictures)
    assert window.settings["room"] == "dataset"
    assert window.settings["folder"] == str(pictures)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")
    window.open_path(tmp_path / "run")
    assert window.settings["room"] == "training"
    qtbot.waitUntil(lambda: "run" in window.training._panel.banner.text())
    (tmp_path / "model.safetensors").write_bytes(b"no model")
    window.open_path(tmp_path / "model.safetensors")
    assert window.settings["room"] == "sampler"


@pytest.mark.long
def test_the_device_says_why_others_cannot_be_used(window: MainWindow) -> None:
    actions = [action for action in window.top_bar.device.menu().actions() if not action.isSeparator()]
    assert actions[0].isChecked()
    assert "CPU" in window.top_bar.device.text()
    for action in actions[1:]:
        assert action.isEnabled() or ": " in action.text()


def visible_words(window: QWidget) -> set[str]:
    widgets = (widget for kind in (QLabel, QPushButton, QToolButton) for widget in window.findChildren(kind))
    return {w.text() for w in widgets if w.isVisible() and any(c.isalpha() for c in w.text())}


@pytest.fixture
def chinese(translations: Translations) -> Translations:
    translations.switch("zh_CN")
    return translations


def restart_offer(window: MainWindow) -> QMessageBox | None:
    return next((box for box in window.findChildren(QMessageBox) if box.isVisible()), None)


def choose(group: QActionGroup, name: str) -> None:
    next(action for action in group.actions() if action.data() == name).trigger()


def press(box: QMessageBox | None, words: str) -> None:
    assert box is not None
    next(button for button in box.buttons() if button.text() == words).click()


@pytest.mark.long
def test_another_language_is_spoken_after_a_restart_that_is_offered(window: MainWindow) -> None:
    before = visible_words(window)
    choose(window.settings_menu._languages, "zh_CN")
    assert window.settings["language"] == "zh_CN" and before <= visible_words(window)
    assert Settings(window.settings.path)["language"] == "zh_CN", "a crash does not take it away"
    press(restart_offer(window), "Later")
    assert window.isVisible() and not window.restarts and restart_offer(window) is None
    choose(window.settings_menu._languages, "en")
    assert restart_offer(window) is None, "it is spoken already"


@pytest.mark.long
def test_another_size_of_text_offers_a_restart_that_closes_the_window(window: MainWindow) -> None:
    choose(window.settings_menu._sizes, "0")
    assert restart_offer(window) is None, "it is that already"
    choose(window.settings_menu._sizes, "125")
    press(restart_offer(window), "Restart now")
    assert window.restarts and window.resumes is None and not window.isVisible()
    assert Settings(window.settings.path)["text_size"] == 125


@pytest.mark.long
@pytest.mark.parametrize("room", ["dataset", "training", "sampler"])
def test_a_window_that_is_made_in_chinese_speaks_it(chinese: Translations, window: MainWindow, room: str) -> None:
    window.show_room(room)
    words = visible_words(window)
    assert sum(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in words) > 0.5 * len(words)


def test_another_theme_is_worn_at_once(window: MainWindow) -> None:
    dark = window.grab().toImage().pixelColor(5, 400).lightness()
    actions = {a.data(): a for a in window.settings_menu._themes.actions()}
    actions["light"].trigger()
    QApplication.processEvents()
    assert window.grab().toImage().pixelColor(5, 400).lightness() > dark + 100
    theme().apply("dark")


@pytest.mark.parametrize("size", [(1100, 680), (1093, 590), (853, 480)])
def test_it_fits_the_smallest_screen(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    for room in ("dataset", "training", "sampler"):
        window.show_room(room)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert window.rect().contains(window.transport.geometry())
        assert window.transport.start.visibleRegion().boundingRect() == window.transport.start.rect()
        page = window.rooms.currentWidget()
        assert page.height() >= page.minimumSizeHint().height(), "it is scrolled, not squeezed"


def test_it_is_never_larger_than_the_screen_leaves(window: MainWindow) -> None:
    place = window.screen().availableGeometry()
    window.resize(place.width() + 200, place.height() + 200)
    window.move(place.left() + 50, place.top() + 50)
    window.place.keep_on_screen()
    QApplication.processEvents()
    assert place.contains(window.frameGeometry())


def test_destroyed_settings_are_told(home: Path, qapp: QApplication, qtbot) -> None:
    (home / "settings.json").write_text("{")
    made = MainWindow(Settings(home / "settings.json"), Translations(qapp), home / "runs")
    qtbot.addWidget(made)
    assert "settings.damaged.json" in made.banner.text()


def test_every_control_explains_itself(window: MainWindow) -> None:
    silent = []
    for room in ("dataset", "training", "sampler"):
        window.show_room(room)
        QApplication.processEvents()
        for kind in (QPushButton, QToolButton):
            for widget in window.findChildren(kind):
                if widget.isVisible() and not (widget.toolTip() and (widget.accessibleName() or widget.text())):
                    silent.append((room, type(widget).__name__, widget.objectName()))
    assert silent == []


@pytest.mark.long
def test_what_is_chosen_before_the_rooms_stand_is_not_overridden(
    home: Path, qapp: QApplication, qtbot, pictures: Path
) -> None:
    last = home / "last"
    last.mkdir()
    (last / "0.png").write_bytes((pictures / "0.png").read_bytes())
    made = MainWindow(Settings(home / "settings.json"), Translations(qapp), home / "runs")
    qtbot.addWidget(made)
    made.open_later(last)
    panel = made._panels["dataset"]
    with qtbot.waitSignal(made.dataset.opened, timeout=20_000):
        panel.folder_wished.emit(pictures)
        assert made._later is None
    made.dataset.path_dropped.emit(last)
    assert made._later == last, "what was dropped since is still to come"
    panel.sample_set_wished.emit("digits")
    assert made._later is None
    made.show()
    qtbot.waitUntil(lambda: made.device_menu.known, timeout=60_000)
    qtbot.waitUntil(lambda: made.project.scan.folder.name == "digits", timeout=20_000)
    made.close()
    assert not made.threads_left


@pytest.mark.long
def test_the_next_start_is_where_the_last_one_ended(home: Path, pictures: Path, qapp: QApplication, qtbot) -> None:
    run = Run.create(
        home / "runs" / "one",
        resolve(preset("small").config, PictureFacts(typical_size=8, all_grey=False)),
        source_folder=pictures,
        device="cpu",
        planned_total=10,
    )
    settings = Settings(home / "settings.json")
    settings["folder"], settings["run"] = str(pictures), str(run.folder)
    settings["room"], settings["preset"] = "sampler", "small"
    application = Application(["test"], settings=settings)
    window = application.window
    qtbot.addWidget(window)
    application.open(None)
    try:
        qtbot.waitUntil(lambda: window.project.run is not None, timeout=60_000)
        qtbot.waitUntil(lambda: window.project.scan is not None, timeout=60_000)
        assert window.project.run.folder == run.folder
        assert window.project.wished.preset == "small"
        assert window.rooms.currentWidget() is window._panels["sampler"]
        assert window.top_bar.rooms["sampler"].isChecked()
    finally:
        window.close()
        application.end()
    # The window is destroyed after this, and Python's own collector inside QObject::disconnect would wait for itself.
    assert not gc.isenabled()


@pytest.mark.long
def test_a_restart_shows_no_welcome_until_the_room_stands(
    home: Path, pictures: Path, qapp: QApplication, qtbot
) -> None:
    settings = Settings(home / "settings.json")
    settings["folder"], settings["room"] = str(pictures), "sampler"
    application = Application(["test"], settings=settings)
    window = application.window
    qtbot.addWidget(window)
    application.open(None, restarted=True)
    try:
        assert not window._panels["dataset"].isVisible() and window.top_bar.rooms["sampler"].isChecked()
        qtbot.waitUntil(lambda: window.rooms.currentWidget() is window._panels["sampler"], timeout=60_000)
        assert window.sampler is not None
        qtbot.waitUntil(lambda: window.device_menu.known, timeout=60_000)
    finally:
        window.close()
        application.end()


@pytest.mark.parametrize("room", ["sampler", "inside"])
def test_escape_cancels_a_generation_before_it_leaves_the_full_screen(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    assert window.sampler is not None
    cancelled: list[bool] = []
    monkeypatch.setattr(window.sampler, "cancel", lambda: cancelled.append(True))
    monkeypatch.setattr(window.sampler, "_sampling", object())
    monkeypatch.setattr(window.presentation, "leave_full_screen", pytest.fail)
    window.show_room(room)
    page = (
        window.inside.tab("network").panel if room == "inside" and window.inside is not None else window._panels[room]
    )
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert cancelled == [True]
    window.show_room("dataset")
    monkeypatch.setattr(window.presentation, "leave_full_screen", lambda: True)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert cancelled == [True]
    monkeypatch.setattr(window.sampler, "_sampling", None)


def test_a_restart_that_is_offered_says_what_it_takes(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    def words() -> str:
        window.settings_menu._offer_restart("Language")
        box = window.findChild(QMessageBox)
        text = box.text()
        box.close()
        box.setParent(None)
        box.deleteLater()
        return text

    assert "gone" not in words()
    lost: object
    for what, lost, said in (
        ("_loses", {"twins"}, "twins"),
        ("_loses", {"generation"}, "The generation that is shown is in memory alone"),
        ("_busy", True, "under way"),
        ("_paints", True, "painted"),
    ):
        monkeypatch.setattr(window.presentation, what, lambda lost=lost: lost)
        assert said in words()


def test_the_buttons_of_dialogs_have_words_alone(window: MainWindow) -> None:
    window.settings_menu._show_about()
    box = window.findChild(QMessageBox)
    assert [button.icon().isNull() for button in box.buttons()] == [True]
    box.close()


def test_start_in_the_dataset_room_goes_where_the_learning_is_seen(window: MainWindow) -> None:
    window.show_room("dataset")
    window._training_changed(TrainingState.READY)
    assert window.settings["room"] == "dataset"
    window._training_changed(TrainingState.PREPARING)
    assert window.settings["room"] == "training"
    window.show_room("sampler")
    window._training_changed(TrainingState.PREPARING)
    assert window.settings["room"] == "sampler", "who samples beside it stays"
