"""`ddpm-studio report` and `ddpm-studio tensorboard`: what they write and say, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.main import FAILED, WRONG_USAGE, main
from core.runs.run import Run
from tests.core.report.conftest import make_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "flowers-1")


def test_report_writes_a_file_once_and_over_it_when_told(run: Run, capsys: pytest.CaptureFixture) -> None:
    out = run.folder.parent / "a.html"
    command = ["report", str(run.folder), "--out", str(out)]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith(f"{out} (0.")
    assert main(command) == FAILED
    assert "is there already" in capsys.readouterr().err
    assert main([*command, "--force", "--json", "--locale", "zh_CN"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"event": "report", "path": str(out), "bytes": out.stat().st_size}
    assert 'lang="zh-CN"' in out.read_text("utf-8")


def test_report_refuses_another_kind_of_file_and_what_is_no_run(run: Run, capsys: pytest.CaptureFixture) -> None:
    assert main(["report", str(run.folder), "--out", "a.pdf"]) == WRONG_USAGE
    assert "--out" in capsys.readouterr().err
    assert main(["report", str(run.folder.parent), "--out", str(run.folder.parent / "a.html")]) == FAILED
    assert not (run.folder.parent / "a.html").exists()


def test_tensorboard_writes_one_file_and_says_how_to_look(run: Run, capsys: pytest.CaptureFixture) -> None:
    out = run.folder.parent / "board"
    command = ["tensorboard", str(run.folder), "--out", str(out)]
    assert main(command) == 0
    assert f"tensorboard --logdir {out}" in capsys.readouterr().out
    assert main(command) == FAILED
    assert main([*command, "--force", "--json"]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    (file,) = out.iterdir()
    assert json.loads(said) == {"event": "tensorboard", "path": str(file), "bytes": file.stat().st_size}


@pytest.mark.long
@pytest.mark.parametrize("command", ["report", "tensorboard"])
def test_neither_needs_torch(run: Run, command: str) -> None:
    out = run.folder.parent / "out.html"
    program = (
        "import sys\nsys.modules['torch'] = None\nfrom core.cli.main import main\n"
        f"raise SystemExit(main([{command!r}, {str(run.folder)!r}, '--out', {str(out)!r}]))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
