"""Nothing that is only remembered is a condition of starting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import studio.app.settings
from studio.app.settings import data_folder, settings_path
from studio.app.start import Application
from studio.dataset.controller import shown_path


@pytest.fixture
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every place of the person's own lies below a file, where nobody can make a folder, not even root."""
    (tmp_path / "home").write_text("no folder")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(studio.app.settings, "_stand_in", None)
    return tmp_path


def test_the_window_opens_where_nothing_can_be_kept_and_says_so(no_home: Path, qapp: QApplication, qtbot) -> None:
    application = Application(["test"])
    qtbot.addWidget(application.window)
    try:
        stand_in = data_folder()
        assert stand_in.parent == no_home
        assert str(stand_in) in application.window.banner.text()
        assert application.window.project.runs_folder == stand_in / "runs"
        assert application.settings.save() is None or not settings_path().exists()
    finally:
        application.window.close()
        application.end()
    assert not stand_in.exists(), "an empty one is taken away again"


def test_the_window_opens_where_not_even_a_temporary_folder_can_be_made(
    no_home: Path, qapp: QApplication, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> str:
        raise PermissionError

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    application = Application(["test"])
    qtbot.addWidget(application.window)
    assert application.window.banner.text()
    application.window.close()
    application.end()


def test_a_path_is_shown_to_someone_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert shown_path(Path("/data/faces")) == "/data/faces"
