"""The fixture that watches for leaks must itself be able to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

LEAKS = {
    "timer": "timer = QTimer(qapp); timer.start(1000)",
    "QThread": "thread = QThread(qapp); thread.start(); qapp.kept = thread",
    "top-level widget": "qapp.kept = QWidget()",
    "thread": "threading.Thread(target=threading.Event().wait, args=(3,)).start()",
}


@pytest.mark.long
def test_a_test_that_leaks_fails(pytester: pytest.Pytester) -> None:
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text("utf-8"))
    lines = ["import threading", "from PySide6.QtCore import QThread, QTimer", "from PySide6.QtWidgets import QWidget"]
    for number, leak in enumerate(LEAKS.values()):
        lines += [f"def test_leak_{number}(qapp):", f"    {leak}"]
    pytester.makepyfile("\n".join(lines))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=60)
    result.assert_outcomes(passed=len(LEAKS), errors=len(LEAKS))
    for kind in LEAKS:
        result.stdout.fnmatch_lines([f"*left behind: {kind}*"])


def test_a_test_that_cleans_up_passes(pytester: pytest.Pytester) -> None:
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(
        """
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QWidget

        def test_clean(qtbot):
            widget = QWidget()
            qtbot.addWidget(widget)
            timer = QTimer(widget)
            timer.start(1000)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider", timeout=60).assert_outcomes(passed=1)
