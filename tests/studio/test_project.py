"""The state that the rooms share."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from studio.project import Project


@pytest.fixture
def project(qapp, tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_changed_setting_is_told_once_and_can_be_reset(project: Project, qtbot) -> None:
    with qtbot.waitSignal(project.config_changed):
        project.set_settings({"dim": 32})
    assert project.changed_settings() == ("dim",)
    with qtbot.assertNotEmitted(project.config_changed):
        project.set_settings({"dim": 32})
    project.reset_setting("dim")
    assert project.changed_settings() == ()


def test_a_wrong_setting_changes_nothing(project: Project, qtbot) -> None:
    before = project.wished
    with qtbot.assertNotEmitted(project.config_changed), pytest.raises(ConfigError):
        project.set_settings({"dim": 32, "batch_size": "few"})
    assert project.wished == before


def test_another_preset_starts_over(project: Project) -> None:
    project.set_settings({"dim": 32})
    project.set_preset("standard")
    assert project.changed_settings() == ()
    assert project.wished.model.dim == 64
