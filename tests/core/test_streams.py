"""Commands write their output in every encoding of a terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from core.cli.main import COMMANDS
from core.cli.main import main as core_main
from core.terminal import guard_streams
from studio.cli import main as studio_main

ENCODINGS = ("cp1252", "cp437", "ascii", "cp932", "utf-8")


every_encoding = pytest.mark.parametrize("encoding", ENCODINGS)


def redirected(patch: pytest.MonkeyPatch, encoding: str) -> list[io.TextIOWrapper]:
    """Standard output and error of one encoding, as strict as Python makes a redirected one."""
    made = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict") for _ in range(2)]
    patch.setattr(sys, "stdout", made[0])
    patch.setattr(sys, "stderr", made[1])
    return made


def said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding)  # type: ignore[attr-defined]


@every_encoding
@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS), ["tour"]], ids=lambda w: " ".join(w) or "window")
def test_help_when_the_encoding_is_any_is_written(
    monkeypatch: pytest.MonkeyPatch, encoding: str, words: list[str]
) -> None:
    streams = redirected(monkeypatch, encoding)
    with pytest.raises(SystemExit) as ended:
        studio_main([*words, "--help"])
    assert ended.value.code == 0
    assert "usage:" in said(streams[0])


@every_encoding
def test_errors_when_the_encoding_is_any_are_written(
    monkeypatch: pytest.MonkeyPatch, encoding: str, tmp_path: Path
) -> None:
    streams = redirected(monkeypatch, encoding)
    with pytest.raises(SystemExit):
        core_main(["sample", "ᾱ → λ", "--steps", "…"])
    assert core_main(["inspect", str(tmp_path / "猫 ᾱ \udcff.pt")]) == 1
    assert studio_main([str(tmp_path / "猫\udcff")]) == 1
    assert "usage:" in said(streams[1])
    assert "there is no" in said(streams[1])


def test_text_when_the_encoding_lacks_a_character_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, _ = redirected(monkeypatch, "ascii")
    guard_streams()
    print("“a” → λ × 2… 猫 \udcff")
    assert said(stream) == '"a" -> lambda x 2... \\u732b \\udcff\n'


@every_encoding
def test_traceback_when_it_has_any_text_is_written(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    streams = redirected(monkeypatch, encoding)
    guard_streams()
    sys.__excepthook__(ValueError, ValueError("ᾱ 猫 \udcff"), None)
    assert "ValueError" in said(streams[1])
