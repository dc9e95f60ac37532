"""What is told of one step of one picture: the network's answer, the sampler's terms, in symbols and in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from core.catalogue import OBJECTIVES, SAMPLERS, Factor, SamplerRow
from core.recording import RecordedTerm, Recording, Values, shown

from .. import numbers
from ..imaging import to_image
from .layers import SEEN, contrast_of, tip_of

#: An objective's letter → how its output is painted, its colour, and what it stands for.
OUTPUTS: Mapping[str, tuple[str, str, str]] = {
    "ε": ("{eps_hat}", "weight", ""),
    "x₀": ("{x_0_hat}", "loss", ""),
    "v": ("{v_hat}", "validation", "{cos} ε − {sin} x_0"),
}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """Three figures with a true minus sign."""
    return numbers.figure(value).replace("-", "−")


def power(value: float) -> str:
    """A small number rounded up to one figure: 2·10⁻⁷."""
    exponent = math.floor(math.log10(value))
    mantissa = math.ceil(value / 10.0**exponent - 1e-9)
    if mantissa == 10:
        mantissa, exponent = 1, exponent + 1
    return f"{mantissa}·10{str(exponent).translate(_SUPERSCRIPTS)}"


# --- Tiles and terms -------------------------------------------------------------------------------------


@dataclass(eq=False)
class Tile:
    """A picture with what stands round it.

    values  (H, W, C) in the network's range; None: there is no picture, and `why` says so
    label   the symbol below it; caption: smaller, below that; above: over it
    """

    label: str
    values: Values | None
    tip: str
    colour: str = "text"
    caption: str = ""
    above: str = ""
    why: str = ""
    white_at: float = 1.0
    image: QImage = field(default_factory=QImage)

    def __post_init__(self) -> None:
        if self.values is not None and self.image.isNull():
            self.image = to_image(shown(self.values, self.white_at))


@dataclass(frozen=True)
class Addend:
    """A term as it is written: coefficient times tile. A pale one is zero, and its tile says why."""

    coefficient: float
    written: str
    tip: str
    tile: Tile
    pale: bool = False


@dataclass(frozen=True)
class Told:
    """Everything that is drawn of a step.

    flow       x_t, the output, x̂_0, ε̂, in their order
    fed_back   x̂_0 of the step before, where the network is given it
    condition  what the network sees beside x_t, where it sees something
    guided     the outputs of which the output was made: with the class, without, of the guide
    addends    what the sampler added up; empty: `no_sum` says why
    result     what came out
    adds_up    how exactly the addends add up to it, a sentence
    summary    sampler and timesteps, for the head
    formula    the sampler's, with its source
    """

    t: int
    flow: tuple[Tile, ...] = ()
    fed_back: Tile | None = None
    guided: tuple[Tile, ...] = ()
    addends: tuple[Addend, ...] = ()
    result: Tile | None = None
    adds_up: str = ""
    no_sum: str = ""
    summary: str = ""
    formula: str = ""
    condition: Tile | None = None

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All that have a picture of full size or less."""
        some = (
            *self.flow,
            *self.guided,
            self.fed_back,
            self.condition,
            *(addend.tile for addend in self.addends),
            self.result,
        )
        return tuple(tile for tile in some if tile is not None and tile.values is not None)

    def sum_at(self, column: int, row: int, channel: int) -> str:
        """The sum of one pixel, written out; "" where there is none."""
        if not self.addends or self.result is None or self.result.values is None:
            return ""
        text = ""
        for addend in self.addends:
            values = addend.tile.values
            if addend.pale or values is None:
                continue
            value = float(values[row, column, channel])
            factor = f"({number(value)})" if value < 0 else number(value)
            minus = addend.coefficient < 0
            sign = (" − " if minus else " + ") if text else ("−" if minus else "")
            text += f"{sign}{number(abs(addend.coefficient))} · {factor}"
        return f"{text} = {number(float(self.result.values[row, column, channel]))}"


# --- From a recording ------------------------------------------------------------------------------------


def tell(recording: Recording, step: int, picture: int) -> Told:
    """What is told of a step of a picture; the recording has arrived there."""
    t = int(recording.t[step])
    if not recording.has_layers:
        return Told(
            t,
            no_sum=QCoreApplication.translate(
                "StepTold", "Only the pictures of this denoising were kept, not what it was made of. Generate again."
            ),
        )
    return _Teller(recording, step, picture).told()


def _is_painted(settings: Mapping[str, object], step: int) -> bool:
    """Whether a fork's paint, or that of one before it, stands in x̂_0 of a step. Another program may have said it."""
    earlier = settings.get("fork_of")
    for told in (settings, *(earlier if isinstance(earlier, list) else ())):
        if not isinstance(told, Mapping) or not told.get("fork_painted"):
            continue
        at, held = told.get("fork_at"), told.get("fork_held", 1)
        if isinstance(at, int) and isinstance(held, int) and 0 <= step - (at - 1) < held:
            return True
    return False


class _Teller:
    def __init__(self, recording: Recording, step: int, picture: int) -> None:
        self.recording, self.step = recording, step
        self.of = slice(picture, picture + 1)
        self.t, self.t_next = int(recording.t[step]), int(recording.t_next[step])
        name = str(recording.settings.get("sampler", ""))
        self.sampler: SamplerRow | None = SAMPLERS.get(name)
        self.signal, self.spread = recording.signal_and_spread(step)
        #: What is seen twice is scaled once: by layer and step.
        self._images: dict[tuple[str, int], QImage] = {}

    def told(self) -> Told:
        addends = self._addends()
        result = self._result()
        return Told(
            self.t,
            self._flow(),
            self._fed_back(),
            self._guided(),
            addends,
            result,
            self._adds_up(result) if addends else "",
            "" if addends else QCoreApplication.translate("StepTold", "This sampler does not tell what it added up."),
            self._summary(),
            self._formula(),
            self._condition(),
        )

    # --- what the network says -----------------------------------------------------------------------------

    def _values(self, layer: str, step: int | None = None) -> Values:
        values: Values = self.recording.layer(layer, self.step if step is None else step, self.of)[0]
        return values

    def _tile(self, layer: str, caption: str = "", above: str = "", *, step: int | None = None) -> Tile:
        seen = SEEN[layer]
        white_at = self.recording.white_at(layer)
        tip = tip_of(layer) + (f"\n{contrast_of(white_at)}" if white_at != 1 else "")
        values = self._values(layer, step)
        image = self._image(layer, self.step if step is None else step, values)
        return Tile(seen.symbol, values, tip, seen.colour, caption, above, white_at=white_at, image=image)

    def _image(self, layer: str, step: int, values: Values) -> QImage:
        key = (layer, step)
        if key not in self._images:
            self._images[key] = to_image(shown(values, self.recording.white_at(layer)))
        return self._images[key]

    def _flow(self) -> tuple[Tile, ...]:
        cos, sin = number(self.signal), number(self.spread)
        clipped = float(self.recording.clipped_share(self.step, self.of)[0])
        above = (
            QCoreApplication.translate("StepTold", "clipped {share} %").format(share=number(100 * clipped))
            if clipped
            else ""
        )
        objective = OBJECTIVES[self.recording.started.objective]
        output = self._tile("output")
        letter = objective.letter
        output.label, output.colour, stands_for = OUTPUTS.get(letter, ("{u_hat}", "validation", letter))
        output.caption = stands_for.format(cos=cos, sin=sin)
        output.caption = self._guidance() or output.caption
        output.tip = f"{objective.help}: {letter}\n{objective.source}\n\n{output.tip}"
        factors = objective.x_start_factors
        x_0 = self._tile("x_0", self._x_0_formula(output.label, factors and factors(self.signal, self.spread)), above)
        if above:
            x_0.tip += "\n" + tip_of("clipped")
        if _is_painted(self.recording.settings, self.step):
            words = QCoreApplication.translate("StepTold", "painted over")
            x_0.above = f"{words}, {above}" if above else words
            x_0.tip += "\n" + QCoreApplication.translate(
                "StepTold", "Where you painted it is your paint, which this step takes for the network's answer."
            )
        return (
            self._tile("x_t", f"t = {numbers.count(self.t)}"),
            output,
            x_0,
            self._tile("pred_noise", f"({{x_t}} − {cos} {{x_0_hat}}) / {sin}"),
        )

    def _x_0_formula(self, output: str, factors: tuple[float, float] | None) -> str:
        """x̂_0 = a·x_t + b·output with its numbers, before it is clipped."""
        if factors is None:
            return ""
        of_x_t, of_output = factors
        if of_x_t == 0:
            return QCoreApplication.translate("StepTold", "the output, clipped")
        sign = "−" if of_output < 0 else "+"
        return f"{number(of_x_t)} {{x_t}} {sign} {number(abs(of_output))} {output}"

    def _fed_back(self) -> Tile | None:
        """x̂_0 of the step before; without a picture at the first step."""
        if not self.recording.started.self_condition:
            return None
        tip = QCoreApplication.translate(
            "StepTold",
            "The network is given its x̂_0 of the step before, and nothing at the first step (self-conditioning, Chen "
            "et al. 2022, arXiv 2208.04202).",
        )
        if self.step == 0:
            return Tile(QCoreApplication.translate("StepTold", "nothing fed back yet"), None, tip)
        return Tile(
            QCoreApplication.translate("StepTold", "previous {symbol}").replace("{symbol}", "{x_0_hat}"),
            self._values("x_0", self.step - 1),
            tip,
        )

    def _condition(self) -> Tile | None:
        """What the network sees beside x_t, the same at every step."""
        seen = self.recording.condition
        if seen is None:
            return None
        pixels = seen[self.of][0]
        low = -1 if self.recording.started.normalized else 0
        values: Values = (low + pixels.astype(np.float32) * ((1 - low) / 255)).astype(np.float32)
        return Tile(
            QCoreApplication.translate("StepTold", "condition"),
            values,
            QCoreApplication.translate(
                "StepTold",
                "What the network is given beside x_t, without noise, as further input channels: the same at every "
                "step.",
            ),
            image=to_image(pixels),
        )

    def _scale(self, name: str = "guidance_scale") -> float | None:
        """Of the guidance by class or of that by a guide; None without."""
        scale = self.recording.settings.get(name, 1.0)
        return float(scale) if isinstance(scale, int | float) and scale != 1 else None

    def _own(self) -> str:
        """How the network's own output is written beside the guide's."""
        return "c" if self.recording.settings.get("classes") else "m"

    def _guidance(self) -> str:
        """How the output was made of several, with its numbers; "" where it is one."""
        scale, of_guide, own = self._scale(), self._scale("guide_scale"), self._own()
        if of_guide is not None and not self.recording.has("of_guide", self.step):
            of_guide = None
        if scale is None:
            return "" if of_guide is None else f"g + {number(of_guide)}·({own} − g)"
        by_class = f"∅ + {number(scale)}·(c − ∅)"
        if of_guide is None:
            return by_class
        sign = "−" if of_guide < 1 else "+"
        return f"{by_class} {sign} {number(abs(of_guide - 1))}·(c − g)"

    def _guided(self) -> tuple[Tile, ...]:
        names = [name for name in ("conditional", "unconditional", "of_guide") if self.recording.has(name, self.step)]
        if not self._guidance() or len(names) < 2:
            return ()
        tip = self._guidance()
        if "unconditional" in names:
            tip += "\n" + QCoreApplication.translate(
                "StepTold",
                "Classifier-free guidance goes beyond what the class changes (Ho & Salimans 2022, arXiv 2207.12598, "
                "eq. 6).",
            )
        rescale = self.recording.settings.get("guidance_rescale", 0.0)
        if rescale:
            tip += "\n" + QCoreApplication.translate(
                "StepTold",
                "Its spread is then brought back by {rescale} of the way to that of c (Lin et al. 2023, arXiv "
                "2305.08891, eq. 15).",
            ).format(rescale=number(float(str(rescale))))
        if "of_guide" in names:
            tip += "\n" + QCoreApplication.translate(
                "StepTold",
                "Autoguidance goes away from a worse model, whose mistakes are those of the network, only larger "
                "(Karras et al. 2024, arXiv 2406.02507, eq. 4).",
            )
        tiles = tuple(self._tile(layer) for layer in names)
        if self._own() == "m":
            tiles[0].label = "m"
            tiles[0].tip = QCoreApplication.translate("StepTold", "m: the network's own output.")
        for tile in tiles:
            tile.tip += "\n" + tip
        return tiles

    # --- what the sampler makes of it ----------------------------------------------------------------------

    def _addends(self) -> tuple[Addend, ...]:
        """The terms in the order of the sampler's formula; what it has and this step has not is told too."""
        terms = list(self.recording.terms(self.step, self.of))
        if not terms:
            return ()
        factors = () if self.sampler is None else self.sampler.factors
        addends = []
        for factor in factors:
            term = next((term for term in terms if _belongs(term, factor)), None)
            if term is not None:
                terms.remove(term)
            addends.append(self._addend(term, factor))
        return (*addends, *(self._addend(term, None) for term in terms))

    def _addend(self, term: RecordedTerm | None, factor: Factor | None) -> Addend:
        symbol = term.symbol if term is not None else factor.symbol if factor is not None else ""
        back = term.steps_back if term is not None else factor.steps_back if factor is not None else 0
        seen = SEEN.get(symbol)
        label, colour = (seen.symbol, seen.colour) if seen else (symbol, "text")
        coefficient = 0.0 if term is None else term.coefficient
        pale = term is None or coefficient == 0
        white_at = self.recording.white_at(symbol)
        values = None if pale or term is None else term.values[0]
        everywhere = values is not None and term is not None and not term.where
        tile = Tile(
            self._written(label),
            values,
            (tip_of(symbol) if seen else "") + (f"\n{contrast_of(white_at)}" if white_at != 1 else ""),
            colour,
            self._place(symbol, back, term),
            why=self._why_zero(symbol, back) if pale else "",
            white_at=white_at,
            image=self._image(symbol, self.step - back, values) if everywhere and values is not None else QImage(),
        )
        written = self._written(factor.written) if factor is not None else ""
        return Addend(coefficient, written, self._factor_tip(factor, coefficient), tile, pale)

    def _place(self, symbol: str, back: int, term: RecordedTerm | None) -> str:
        """Where a term is from, as far as it is not this step's own and everywhere."""
        if back and self.step >= back:
            return QCoreApplication.translate("StepTold", "of step {step}").format(
                step=numbers.count(self.step - back + 1)
            )
        if symbol == "x_0_ahead" and self.t_next >= 0:
            return QCoreApplication.translate("StepTold", "asked at t = {t}").format(t=numbers.count(self.t_next))
        if symbol == "x_t_corrected":
            return QCoreApplication.translate("StepTold", "corrected")
        if term is not None and term.where == "inside":
            return QCoreApplication.translate("StepTold", "inside the mask")
        if term is not None and term.where == "outside":
            return QCoreApplication.translate("StepTold", "put back outside")
        return ""

    def _why_zero(self, symbol: str, back: int) -> str:
        if symbol == "noise" and self.sampler is not None and self.sampler.takes_eta and not self._eta():
            return QCoreApplication.translate("StepTold", "no noise at η = 0")
        if self.t_next < 0:
            return QCoreApplication.translate("StepTold", "none in the last step")
        if back and self.step < back:
            return QCoreApplication.translate("StepTold", "nothing to remember yet")
        if symbol == "x_0_ahead":
            return QCoreApplication.translate("StepTold", "not asked twice: almost pure noise")
        return QCoreApplication.translate("StepTold", "none in this step")

    def _eta(self) -> float:
        eta = self.recording.settings.get("eta", 0.0)
        return float(eta) if isinstance(eta, int | float) else 0.0

    def _written(self, text: str) -> str:
        """With the timestep that this step leads to in the place of s."""
        if self.t_next < 0:
            return text
        return text.replace("_s", f"_{{t−{self.t - self.t_next}}}")

    def _factor_tip(self, factor: Factor | None, coefficient: float) -> str:
        if factor is None or self.sampler is None:
            return number(coefficient)
        equals = f"\n{factor.equals}" if factor.equals else ""
        steps = f"\nt = {self.t}, s = {self.t_next}" if self.t_next >= 0 else ""
        return f"{factor.written} = {number(coefficient)}{equals}{steps}\n{self.sampler.source}"

    def _result(self) -> Tile:
        last = self.t_next < 0
        label = "{x_0}" if last else self._written("x_s")
        tip = QCoreApplication.translate("StepTold", "The sum of these terms, and what the next step begins with.")
        if last:
            tip = QCoreApplication.translate("StepTold", "The finished picture.")
        made = self.recording.x_next(self.step, self.of)
        if made is None:
            return Tile(label, None, tip, why=QCoreApplication.translate("StepTold", "not made yet"))
        return Tile(
            label, made[0], tip, caption=QCoreApplication.translate("StepTold", "the finished picture") if last else ""
        )

    def _adds_up(self, result: Tile) -> str:
        deviation = self.recording.deviation(self.step, self.of)
        if deviation is None:
            return ""
        name = result.label
        if deviation == 0:
            return QCoreApplication.translate("StepTold", "the terms add up to {symbol} exactly").replace(
                "{symbol}", name
            )
        text = QCoreApplication.translate("StepTold", "the terms add up to {symbol} within {deviation}")
        text = text.replace("{symbol}", name).replace("{deviation}", power(deviation))
        if self.recording.exact:
            return text
        return text + QCoreApplication.translate("StepTold", ": kept in half precision, for its size")

    def _summary(self) -> str:
        title = _title(self.sampler) or str(self.recording.settings.get("sampler", ""))
        eta = f"η {numbers.chosen(self._eta())}" if self.sampler is not None and self.sampler.takes_eta else ""
        to = numbers.count(self.t_next) if self.t_next >= 0 else QCoreApplication.translate("StepTold", "picture")
        parts = [
            title,
            eta,
            f"t = {numbers.count(self.t)} → {to}",
            QCoreApplication.translate("StepTold", "noise shown at half contrast"),
        ]
        return " · ".join(part for part in parts if part)

    def _formula(self) -> str:
        if self.sampler is None:
            return ""
        return "\n".join(part for part in (_title(self.sampler), self.sampler.formula, self.sampler.source) if part)


def _title(sampler: SamplerRow | None) -> str:
    return "" if sampler is None else QCoreApplication.translate("Catalogue", sampler.title)


def _belongs(term: RecordedTerm, factor: Factor) -> bool:
    """A corrected x_t stands where x_t stands."""
    symbol = "x_t" if term.symbol == "x_t_corrected" else term.symbol
    return (symbol, term.steps_back) == (factor.symbol, factor.steps_back)
