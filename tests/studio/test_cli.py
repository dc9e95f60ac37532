"""What the entry point hands to the window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio import cli
from studio.app import start as app


def test_the_window_gets_a_path_that_holds_wherever_it_is_started_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[Path | None, bool]] = []

    def run_window(path: Path | None, _words: list[str], *, restarted: bool) -> int:
        opened.append((path, restarted))
        return 0

    monkeypatch.setattr(app, "run_window", run_window)
    monkeypatch.setattr(cli, "no_display", lambda: False)
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["pictures"]) == 0
    assert cli.main([]) == 0
    assert cli.main(["--restarted", "pictures"]) == 0
    assert opened == [(tmp_path / "pictures", False), (None, False), (tmp_path / "pictures", True)]


@pytest.mark.parametrize(
    "began", [["-m", "studio"], ["/usr/bin/ddpm-studio"], ["-X", "dev", r"C:\a b\ddpm-studio.exe"]]
)
@pytest.mark.parametrize("words", [[], ["a folder"]])
def test_a_restart_is_begun_as_the_program_was_but_for_what_it_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, began: list[str], words: list[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("sys.orig_argv", ["python", *began, *words])
    monkeypatch.setattr("sys.argv", ["what it is called", *words])
    monkeypatch.setattr(subprocess, "Popen", started.append)
    for run in (None, tmp_path, tmp_path / "never came to be"):
        app.start_again(run)
    alone = [sys.executable, *began, "--restarted"]
    assert started == [alone, [*alone, str(tmp_path)], alone]


@pytest.mark.parametrize("name", ["01-welcome.png", "tour.json", "denoising.gif", "home"])
def test_a_tour_into_a_folder_with_such_files_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(b"a person's own")
    assert cli.main(["tour", "--out", str(tmp_path)]) == 1
    assert f"{name} is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
