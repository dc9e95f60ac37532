"""The translations as core reads them without Qt: those of the translators' file, every one."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from core.errors import ConfigError, Phrase, RunError
from core.translations import error_text, translate_to, translations

FILE = Path(__file__).parents[2] / "resources" / "i18n" / "zh_CN.ts"


def test_translations_when_read_are_those_of_the_translators_file() -> None:
    assert translations() == ("en", "zh_CN")
    say, count = translate_to("zh_CN"), 0
    for context in ElementTree.parse(FILE).getroot().iter("context"):
        for message in context.iter("message"):
            words = message.findtext("translation")
            if words:
                assert say(context.findtext("name") or "", message.findtext("source") or "") == words
                count += 1
    assert count > 2000
    assert say("Nowhere", "Nothing") == "Nothing" == translate_to("en")("Nowhere", "Nothing")


def test_error_when_it_holds_a_phrase_is_said_whole_in_another_language() -> None:
    error = ConfigError("config.bad-value", name="dim", value="x", expected=Phrase("value.whole"))
    assert error_text(error, translate_to("en")) == str(error)
    said = error_text(RunError("storage.not-read", path="a", reason=Phrase("file.no-png")), translate_to("zh_CN"))
    assert "a" in said and "could not" not in said and "PNG" in said
