"""The field's symbols with hats, bars and subscripts, painted: as rich text they lose their hats at small sizes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..app.theme import BODY_PX, sized_font, theme
from ..app.words import entry_in
from .plain import plain_tip


@dataclass(frozen=True)
class Glyph:
    """A letter with what stands over and under it; `spoken` is for screen readers and plain text."""

    letter: str
    mark: str = ""  #: "", "hat" or "bar"
    subscript: str = ""
    spoken: str = ""
    superscript: str = ""


#: What may stand in braces in a text: "Predicted {x_0_hat}".
SYMBOLS: dict[str, Glyph] = {
    "x_t": Glyph("x", "", "t", "xₜ"),
    "x_0": Glyph("x", "", "0", "x₀"),
    "x_T": Glyph("x", "", "T", "x_T"),
    "x_0_hat": Glyph("x", "hat", "0", "x̂₀"),
    "alpha_bar_t": Glyph("α", "bar", "t", "ᾱₜ"),
    "eps_hat": Glyph("ε", "hat", "", "ε̂"),
    "v_hat": Glyph("v", "hat", "", "v̂"),
    "u_hat": Glyph("u", "hat", "", "û"),
    "mu": Glyph("μ", "", "t", "μₜ"),
    "z": Glyph("z", "", "", "z"),
    "phi": Glyph("φ", "", "", "φ"),
    "x_0_ahead": Glyph("x", "hat", "0", "x̂₀′", "′"),
    "x_t_corrected": Glyph("x", "", "t", "xₜ corrected", "c"),
}
SUBSCRIPT_SCALE = 0.74
_MARKS = {"\u0302": "hat", "\u0304": "bar"}
#: A letter with what is written over it and, after an underscore, under it: x̂_0, ᾱ_s, x_{t−40}.
#: What is longer is a name of the code: x_start, q_sample.
_WRITTEN = re.compile(r"(\w)([\u0302\u0304]?)('?)(?:_(?:\{([^}]*)\}|(\w)(?!\w)))?")


@lru_cache(maxsize=512)
def parts(text: str) -> tuple[Glyph, ...]:
    """A text with symbols in braces, as glyphs; plain stretches are glyphs without marks."""
    found = re.split(r"\{(" + "|".join(SYMBOLS) + r")\}", text)
    glyphs = [[SYMBOLS[part]] if i % 2 else _plain(part) for i, part in enumerate(found) if part]
    return tuple(glyph for some in glyphs for glyph in some)


def _plain(text: str) -> list[Glyph]:
    """Plain text, in which symbols may be written as in a formula: ᾱ_s."""
    if "_" not in text and "\u0302" not in text and "ᾱ" not in text:
        return [Glyph(text, spoken=text)]
    glyphs, end = [], 0
    text = unicodedata.normalize("NFD", text)
    for found in _WRITTEN.finditer(text):
        letter, mark, prime, braced, under = found.groups(default="")
        if mark or braced or under:
            if found.start() > end:
                glyphs.append(Glyph(text[end : found.start()], spoken=text[end : found.start()]))
            spoken = unicodedata.normalize("NFC", found.group())
            glyphs.append(Glyph(letter, _MARKS.get(mark, ""), braced or under, spoken, "′" if prime else ""))
            end = found.end()
    rest = unicodedata.normalize("NFC", text[end:])
    return [*glyphs, Glyph(rest, spoken=rest)] if rest else glyphs


def spoken(text: str) -> str:
    """The same in plain characters."""
    return "".join(glyph.spoken for glyph in parts(text))


class _Setting:
    """Measures and paints glyphs in one font."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.small = QFont(font)
        self.small.setPixelSize(max(8, round(font.pixelSize() * SUBSCRIPT_SCALE)))
        self.metrics = QFontMetricsF(font)
        self.small_metrics = QFontMetricsF(self.small)

    def width(self, glyph: Glyph) -> float:
        wide = self.metrics.horizontalAdvance(glyph.letter)
        if glyph.subscript or glyph.superscript:
            beside = (self.small_metrics.horizontalAdvance(part) for part in (glyph.subscript, glyph.superscript))
            wide += max(beside) + 0.5
        return wide

    def paint(self, painter: QPainter, at: QPointF, glyph: Glyph) -> None:
        painter.setFont(self.font)
        painter.drawText(at, glyph.letter)
        if glyph.mark:
            self._paint_mark(painter, at, glyph)
        if glyph.subscript:
            painter.setFont(self.small)
            shift = QPointF(self.metrics.horizontalAdvance(glyph.letter) + 0.5, self.font.pixelSize() * 0.22)
            painter.drawText(at + shift, glyph.subscript)
        if glyph.superscript:
            painter.setFont(self.font if glyph.superscript == "′" else self.small)
            rise = 0.18 if glyph.superscript == "′" else 0.38
            shift = QPointF(self.metrics.horizontalAdvance(glyph.letter) + 1.5, -self.font.pixelSize() * rise)
            painter.drawText(at + shift, glyph.superscript)

    def _paint_mark(self, painter: QPainter, at: QPointF, glyph: Glyph) -> None:
        ink = self.metrics.tightBoundingRect(glyph.letter).translated(at)
        weight = self.font.pixelSize() / (9.0 if self.font.weight() >= QFont.Weight.DemiBold else 12.0)
        painter.setPen(QPen(painter.pen().color(), weight, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        low = ink.top() - self.font.pixelSize() * 0.14
        if glyph.mark == "bar":
            painter.drawLine(QPointF(ink.left(), low), QPointF(ink.right(), low))
        else:
            reach, high = self.font.pixelSize() * 0.22, low - self.font.pixelSize() * 0.17
            middle = ink.center().x()
            painter.drawPolyline([QPointF(middle - reach, low), QPointF(middle, high), QPointF(middle + reach, low)])


def text_size(text: str, font: QFont) -> QSize:
    """The room that a text with symbols takes, in logical pixels."""
    setting = _Setting(font)
    wide = sum(setting.width(glyph) for glyph in parts(text))
    return QSize(round(wide + 0.999), round(setting.metrics.height() + font.pixelSize() * 0.25))


def paint_text(painter: QPainter, rect: QRectF, text: str, font: QFont, colour: QColor, align: str = "left") -> None:
    """Paint a text with symbols into `rect`, centred in its height; align: "left", "centre" or "right"."""
    setting, glyphs = _Setting(font), parts(text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(colour)
    baseline = rect.center().y() + (setting.metrics.ascent() - setting.metrics.descent()) / 2
    share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
    left = rect.left() + share * (rect.width() - sum(setting.width(glyph) for glyph in glyphs))
    at = QPointF(left, round(baseline))
    for glyph in glyphs:
        setting.paint(painter, at, glyph)
        painter.setPen(colour)
        at += QPointF(setting.width(glyph), 0)


def symbol_pixmap(
    text: str, size_px: int = BODY_PX, colour: QColor | None = None, dpr: float = 1.0, *, semibold: bool = False
) -> QPixmap:
    """A text with symbols as a picture, for menus and lists; `dpr` is the screen's device pixel ratio."""
    font = sized_font(size_px, semibold=semibold)
    size = text_size(text, font)
    pixmap = QPixmap(QSize(round(size.width() * dpr), round(size.height() * dpr)))
    pixmap.setDevicePixelRatio(dpr)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_text(painter, QRectF(0, 0, size.width(), size.height()), text, font, colour or theme().color("text"))
    painter.end()
    return pixmap


def written(text: str) -> str:
    """A text with its symbols as the glossary writes them: {alpha_bar_t} is ᾱ_t."""
    return re.sub(r"\{(\w+)\}", lambda found: _sign(found[1]), text)


def _sign(name: str) -> str:
    glyph = SYMBOLS.get(name)
    if glyph is None:
        return name
    mark = next((mark for mark, kind in _MARKS.items() if kind == glyph.mark), "")
    return unicodedata.normalize("NFC", glyph.letter + mark) + (f"_{glyph.subscript}" if glyph.subscript else "")


def _is_symbol(word: str) -> bool:
    return len(unicodedata.normalize("NFC", word)) <= 2 or "_" in word or "\u0302" in unicodedata.normalize("NFD", word)


class Symbol(QWidget):
    """A label for text with symbols in braces: `Symbol("Predicted {x_0_hat}")`."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size_px: int = BODY_PX,
        semibold: bool = False,
        colour: str = "text",
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._size_px, self._semibold, self._colour = size_px, semibold, colour
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)
        theme().changed.connect(self._restyle)

    def text(self) -> str:
        """The text with its braces."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this; unknown braces are shown as they are."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(spoken(text))
        self.updateGeometry()
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As much as the text takes."""
        return text_size(self._text, sized_font(self._size_px, semibold=self._semibold))

    def minimumSizeHint(self) -> QSize:
        """Never cut off."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """The tooltip of a symbol ends with where all of them are explained."""
        entry = entry_in(written(self._text), "en") if event.type() == QEvent.Type.ToolTip else None
        if isinstance(event, QHelpEvent) and self.toolTip() and entry is not None and _is_symbol(entry.words[0]):
            words = QCoreApplication.translate("Symbol", "(Glossary: {symbol}, Shift+F1)")
            tip, more = self.toolTip(), plain_tip(words.format(symbol=entry.words[0]))
            shown = tip.replace("</span>", f"<br>{more}</span>") if tip.startswith("<span") else f"{tip}\n{more}"
            QToolTip.showText(event.globalPos(), shown, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text, dimmed while disabled."""
        painter = QPainter(self)
        colour = self._colour if self.isEnabled() else "edge"
        font = sized_font(self._size_px, semibold=self._semibold)
        paint_text(painter, QRectF(self.rect()), self._text, font, theme().color(colour))


# --- A paragraph: symbols in running text, which breaks into lines ----------------------------------------

#: Of a line, as a share of the size of the letters: a hat and a subscript have room.
LINE_HEIGHT = 1.62
PARAGRAPH_PX = 8
#: *what is said on a control*, `a name of the code`, and what stands between.
_STYLED = re.compile(r"\*([^*]+)\*|`([^`]+)`")
#: Where a line of Chinese may not begin, and where it may not end.
_NEVER_FIRST, _NEVER_LAST = "，。；：、！？）》”’】…,.;:!?)", "（《“‘【("


class _Word(NamedTuple):
    glyphs: tuple[Glyph, ...]
    style: str  #: "", "said" or "code"
    wide: float
    spaced: bool  #: a space stands before it
    glued: bool  #: it may not begin a line


def plain_words(text: str) -> str:
    """A paragraph's text without its marks, for screen readers."""
    return spoken(_STYLED.sub(lambda found: found[1] or found[2], text))


class SymbolText(QWidget):
    """A paragraph, or several (one a line): its height follows from its width."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, size_px: int = BODY_PX, colour: str = "text"
    ) -> None:
        super().__init__(parent)
        self._text, self._size_px, self._colour = "", size_px, colour
        self._laid: tuple[int, list[tuple[QPointF, _Word]], int] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_text(text)
        theme().changed.connect(self._restyle)

    def text(self) -> str:
        """The text with its marks."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(plain_words(text))
            self._restyle()

    def _restyle(self) -> None:
        self._laid = None
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A comfortable measure."""
        return QSize(480, self.heightForWidth(480))

    def minimumSizeHint(self) -> QSize:
        """It gives way in width; the height is what its width needs."""
        return QSize(160, 0)

    def heightForWidth(self, width: int) -> int:
        """All of its lines."""
        return self._lay(width)[1]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Word by word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        settings = self._settings()
        colour = theme().color(self._colour if self.isEnabled() else "edge")
        for place, word in self._lay(self.width())[0]:
            at = QPointF(place)
            for glyph in word.glyphs:
                painter.setPen(colour)
                settings[word.style].paint(painter, at, glyph)
                at += QPointF(settings[word.style].width(glyph), 0)
        painter.end()

    def _settings(self) -> dict[str, _Setting]:
        code = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        code.setPixelSize(self._size_px - 1)
        plain = sized_font(self._size_px)
        return {
            "": _Setting(plain),
            "said": _Setting(sized_font(self._size_px, semibold=True)),
            "code": _Setting(code),
        }

    def _lay(self, width: int) -> tuple[list[tuple[QPointF, _Word]], int]:
        if self._laid is not None and self._laid[0] == width:
            return self._laid[1], self._laid[2]
        settings = self._settings()
        line_px = round(self._size_px * LINE_HEIGHT)
        space = settings[""].metrics.horizontalAdvance(" ")
        rise = (line_px + settings[""].metrics.ascent() - settings[""].metrics.descent()) / 2
        placed: list[tuple[QPointF, _Word]] = []
        top = 0.0
        for number, paragraph in enumerate(self._text.split("\n")):
            top += PARAGRAPH_PX if number else 0
            line: list[tuple[float, _Word]] = []
            x = 0.0
            for word in _words(paragraph, settings):
                before = space if word.spaced and line else 0.0
                if line and x + before + word.wide > width and not word.glued:
                    placed += [(QPointF(left, top + rise), one) for left, one in line]
                    top += line_px
                    line, x, before = [], 0.0, 0.0
                line.append((x + before, word))
                x += before + word.wide
            placed += [(QPointF(left, top + rise), one) for left, one in line]
            top += line_px
        self._laid = (width, placed, round(top))
        return placed, round(top)


def _words(paragraph: str, settings: dict[str, _Setting]) -> list[_Word]:
    """The stretches between which a line may break, with their widths."""
    words: list[_Word] = []
    before = " "
    for style, text in _styled(paragraph):
        for piece in re.findall(r" +|[^ ]+", text):
            if piece.startswith(" "):
                before = " "
                continue
            for part in [piece] if style == "code" else _breakable(piece):
                glyphs = (Glyph(part, spoken=part),) if style == "code" else parts(part)
                wide = sum(settings[style].width(glyph) for glyph in glyphs)
                # Letters that follow each other without a space are one word, whatever their style.
                one_word = not (_is_wide(before) or _is_wide(part[0]))
                glued = before != " " and (one_word or part[0] in _NEVER_FIRST or before in _NEVER_LAST)
                words.append(_Word(glyphs, style, wide, before == " ", glued))
                before = part[-1]
    return words


def _styled(paragraph: str) -> list[tuple[str, str]]:
    found, end = [], 0
    for match in _STYLED.finditer(paragraph):
        found += [("", paragraph[end : match.start()]), ("said", match[1]) if match[1] else ("code", match[2])]
        end = match.end()
    return [*((style, text) for style, text in found if text), ("", paragraph[end:])]


def _breakable(piece: str) -> list[str]:
    """Chinese breaks between its characters; anything else stays together."""
    found: list[str] = []
    for sign in piece:
        joins = found and not _is_wide(sign) and not _is_wide(found[-1][-1])
        if joins or (found and unicodedata.combining(sign)):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
