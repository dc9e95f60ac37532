"""Widgets are tested in the real theme."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from studio.app.theme import theme


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    theme().apply("dark")
