"""Core's errors and phrases in the window's language. Their sentences stand in `core.errors`, in English."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QCoreApplication

from core.catalogue import CONTEXT, Option, Row
from core.errors import MESSAGES, PHRASES, Phrase, StudioError
from core.pictures.folder.reasons import REASONS
from core.presets import preset
from core.setting import ANY_NUMBER, Setting, as_text
from core.setting import CONTEXT as SETTING_CONTEXT
from core.settings import SETTINGS, RunConfig

from .. import numbers

#: Fields of errors that name a setting.
_NAMING = {"name", "first", "second", "setting"}


def error_text(error: BaseException) -> str:
    """What to show for an error: its own sentence, or what an unexpected one said."""
    if isinstance(error, StudioError):
        return _filled(MESSAGES[error.code], error.fields)
    words = str(error).strip().splitlines()
    return QCoreApplication.translate("Errors", "Something unexpected went wrong ({kind}): {words}").format(
        kind=type(error).__name__, words=words[0] if words else "–"
    )


def phrase_text(phrase: Phrase) -> str:
    """A part of a sentence, without a full stop."""
    return _filled(PHRASES.get(phrase.code) or MESSAGES[phrase.code], phrase.fields).rstrip(".。")


def reason_text(code: str) -> str:
    """Why a file of the pictures is not used."""
    return phrase_text(REASONS[code])


def setting_title(name: str) -> str:
    """What a setting is called where it is chosen."""
    return setting_text(SETTINGS[name].title)


def setting_text(text: str) -> str:
    """A text of `core.settings`, or of the row of the catalogue that a setting switches on."""
    said = QCoreApplication.translate(SETTING_CONTEXT, text)
    return said if said != text else row_text(text)


def setting_choice(facts: Setting, text: str) -> str | None:
    """What a value is called that a setting offers; None where it offers no such value, or only the value itself."""
    title = facts.titles.get(text)
    return None if title in (None, text) else QCoreApplication.translate(facts.titles_context, title)


def setting_value(name: str, value: object) -> str:
    """A setting's value in words."""
    text = as_text(value)
    title = setting_choice(SETTINGS[name], text)
    if title is not None:
        return title
    if isinstance(value, int) and not isinstance(value, bool) and SETTINGS[name].counted:
        return numbers.count(value)
    return " · ".join(text.split(",")) if isinstance(value, tuple) else text


def setting_tip(facts: Setting) -> str:
    """What a setting does, what there is to choose, what auto comes to, its range and its source, a line each."""
    lines = [setting_text(facts.help)]
    if facts.table is not None:
        lines += [_said(row_text(row.title), row_tip(row)) for row in facts.table.values()]
    with_options = SETTINGS[facts.options_of].table if facts.options_of else None
    for row in with_options.values() if with_options is not None else ():
        for names, said in options_in_words(row.typed):
            lines.append(_said(f"{row_text(row.title)} {names}", row_text(said[0].help)))
    if facts.auto:
        lines.append(_said(setting_text(facts.none), setting_text(facts.auto)))
    if facts.limits != ANY_NUMBER and facts.counted:
        unit = setting_text(facts.unit) if facts.unit else ""
        lines.append(" … ".join(map(_end, facts.limits)) + (unit and f" {unit}"))
    return "\n".join([*lines, facts.source] if facts.source else lines)


def _said(name: str, meaning: str) -> str:
    return QCoreApplication.translate("SettingTip", "{name}: {meaning}").format(name=name, meaning=meaning)


def _end(number: float) -> str:
    """An end of a range."""
    return numbers.count(int(number)) if number == int(number) else f"{number:g}"


def preset_title(name: str) -> str:
    """What a preset is called."""
    return QCoreApplication.translate("Presets", preset(name).title)


def begun_with(config: RunConfig, *, base: bool = False) -> str:
    """What the preset of these settings is called; base: of one's own also which of the program's it is based on."""
    title = preset_title(config.preset)
    if not config.own_preset:
        return title
    return f"{config.own_preset} ({title})" if base else config.own_preset


def options_in_words(options: Sequence[Option]) -> list[tuple[str, list[Option]]]:
    """The options with what they are called; those in a row that do the same stand together, a1 … a9."""
    groups = [list(group) for _, group in groupby(options, key=lambda option: option.help)]
    return [(" … ".join(dict.fromkeys((group[0].name, group[-1].name))), group) for group in groups]


def row_text(text: str) -> str:
    """A title or sentence of `core.catalogue`."""
    return QCoreApplication.translate(CONTEXT, text)


def space_title(name: str) -> str:
    """What a feature space is called; its name where this version has no such space."""
    from core.quality.spaces import CONTEXT as OF_SPACES
    from core.quality.spaces import SPACES  # numpy comes with them, and the window stands before that

    return QCoreApplication.translate(OF_SPACES, SPACES[name].title) if name in SPACES else name


def space_help(name: str) -> str:
    """What a feature space sees."""
    from core.quality.spaces import CONTEXT as OF_SPACES
    from core.quality.spaces import SPACES

    return QCoreApplication.translate(OF_SPACES, SPACES[name].help) if name in SPACES else ""


def row_tip(row: Row) -> str:
    """What a variant does and where it comes from."""
    return f"{row_text(row.help)} ({row.source})"


def _filled(sentence: str, fields: dict[str, object]) -> str:
    said = {name: _in_words(name, value) for name, value in fields.items()}
    return QCoreApplication.translate("Errors", sentence).format(**said)


def _in_words(field: str, value: object) -> object:
    if isinstance(value, Phrase):
        return phrase_text(value)
    if field == "variant":
        return row_text(str(value))
    return setting_title(value) if field in _NAMING and isinstance(value, str) and value in SETTINGS else value
