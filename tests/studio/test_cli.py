"""What the entry point hands to the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import app, cli


def test_the_window_gets_a_path_that_holds_wherever_it_is_started_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path | None] = []

    def run_window(path: Path | None, _words: list[str]) -> int:
        opened.append(path)
        return 0

    monkeypatch.setattr(app, "run_window", run_window)
    monkeypatch.setattr(cli, "no_display", lambda: False)
    (tmp_path / "pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["pictures"]) == 0
    assert cli.main([]) == 0
    assert opened == [tmp_path / "pictures", None]


@pytest.mark.parametrize("name", ["01-welcome.png", "tour.json", "denoising.gif", "home"])
def test_a_tour_into_a_folder_with_such_files_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(b"a person's own")
    assert cli.main(["tour", "--out", str(tmp_path)]) == 1
    assert f"{name} is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
