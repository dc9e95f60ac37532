"""The window's languages: English is the source, the rest are `resources/i18n/*.qm`, built by `make translations`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLibraryInfo, QLocale, QTranslator

#: Language code → how it calls itself.
LANGUAGES: dict[str, str] = {"en": "English", "zh_CN": "简体中文"}


#: Words of Qt's own dialogs which its Chinese lacks.
OF_QT = (QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"), QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"))


def translations_folder() -> Path:
    """Where the compiled translations lie."""
    return Path(str(files("resources"))) / "i18n"


def language_for(wish: str) -> str:
    """The language code for a wish: one of LANGUAGES, or "system" (what the system prefers, else English)."""
    if wish in LANGUAGES:
        return wish
    for name in QLocale.system().uiLanguages():
        if name.lower().startswith("zh") and "hant" not in name.lower() and not name.upper().endswith(("TW", "HK")):
            return "zh_CN"
        if name.lower().startswith("en"):
            return "en"
    return "en"


class Translations:
    """The installed translators. A widget reads its words once, when it is made: `switch` goes before the window."""

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._installed: list[QTranslator] = []
        self.language = "en"

    def switch(self, wish: str) -> None:
        """Speak another language in what is made from now on, numbers and dates included."""
        self.language = language_for(wish)
        for translator in self._installed:
            self._app.removeTranslator(translator)
        self._installed.clear()
        QLocale.setDefault(QLocale("en_US") if self.language == "en" else QLocale(self.language))
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, folder in ((f"qtbase_{self.language}", qt_folder), (self.language, str(translations_folder()))):
            translator = QTranslator(self._app)
            if translator.load(name, folder):
                self._app.installTranslator(translator)
                self._installed.append(translator)
