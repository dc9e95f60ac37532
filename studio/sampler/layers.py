"""What of a step can be seen: how each layer of a recording, and each term of a sampler, is called and explained."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.recording import LAYERS, Recording


@dataclass(frozen=True)
class Seen:
    """How a layer or a term is shown.

    symbol  painted, see `widgets.symbols`
    words   what it is, short
    tip     a sentence with the equation and its source
    colour  a token: signal is blue, noise green, velocity amber
    """

    symbol: str
    words: str
    tip: str
    colour: str = "text"


#: By the names of `core.recording.LAYERS`, of terms and of the other layers that a Frame may have.
SEEN: dict[str, Seen] = {
    "x_t": Seen(
        "{x_t}",
        str(QT_TRANSLATE_NOOP("Layers", "Noisy")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "x_t: what goes into the network at this step, noise and picture mixed: x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε "
                "(Ho et al. 2020, arXiv 2006.11239, eq. 4).",
            )
        ),
    ),
    "x_0": Seen(
        "{x_0_hat}",
        str(QT_TRANSLATE_NOOP("Layers", "Predicted")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "x̂_0: the clean picture as the network predicts it from x_t, clipped to −1 … 1 (Ho et al. 2020, "
                "arXiv 2006.11239, eq. 15).",
            )
        ),
        "loss",
    ),
    "pred_noise": Seen(
        "{eps_hat}",
        str(QT_TRANSLATE_NOOP("Layers", "Predicted noise")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "ε̂: the noise that is in x_t if the picture is x̂_0: ε̂ = (x_t − √ᾱ_t·x̂_0)/√(1−ᾱ_t) (Ho et al. 2020, "
                "arXiv 2006.11239, eq. 4).",
            )
        ),
        "weight",
    ),
    "pred_v": Seen(
        "{v_hat}",
        str(QT_TRANSLATE_NOOP("Layers", "Velocity")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "v̂ = √ᾱ_t·ε̂ − √(1−ᾱ_t)·x̂_0: which way x_t moves on the circle between picture and noise (Salimans & Ho "
                "2022, arXiv 2202.00512, appendix D).",
            )
        ),
        "validation",
    ),
    "output": Seen(
        "",
        str(QT_TRANSLATE_NOOP("Layers", "Output")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers", "What the network says, as it says it: noise, picture, velocity or flow, by what it predicts."
            )
        ),
    ),
    "posterior_mean": Seen(
        "{mu}",
        str(QT_TRANSLATE_NOOP("Layers", "Posterior mean")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "μ_t: the mean of q(x_s | x_t, x̂_0), where DDPM's step would end without its noise (Ho et al. 2020, "
                "arXiv 2006.11239, eq. 7).",
            )
        ),
    ),
    "noise": Seen(
        "{z}",
        str(QT_TRANSLATE_NOOP("Layers", "Fresh noise")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "z: standard normal noise that the sampler mixes in at this step (Ho et al. 2020, arXiv 2006.11239, "
                "algorithm 2).",
            )
        ),
        "weight",
    ),
    "change": Seen(
        "Δ{x_0_hat}",
        str(QT_TRANSLATE_NOOP("Layers", "Change of the prediction")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers", "Δx̂_0: x̂_0 less that of the step before; grey where nothing changes, white from 0.25 on."
            )
        ),
        "loss",
    ),
    "clipped": Seen(
        "",
        str(QT_TRANSLATE_NOOP("Layers", "Clipped pixels")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "Where x̂_0 lay beyond what a picture can be and was clipped: white above 1, black below −1 (Ho et al. "
                "2020, arXiv 2006.11239, section 3.2; Saharia et al. 2022, arXiv 2205.11487, section 2.3).",
            )
        ),
    ),
    "from_memory": Seen(
        "",
        str(QT_TRANSLATE_NOOP("Layers", "From perfect memory")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "|x̂_0 − E[x_0 | x_t]|: how far the network is from the best guess of one who knows every training "
                "picture, or every one of the class that was asked; grey where it guesses the same, white from 0.5 on "
                "(Kamb & Ganguli 2024, arXiv 2412.20292).",
            )
        ),
    ),
    "x_0_ahead": Seen(
        "{x_0_ahead}",
        str(QT_TRANSLATE_NOOP("Layers", "Second answer")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "x̂′_0: what the network says when it is asked again, at the place where its first answer led (Karras "
                "et al. 2022, arXiv 2206.00364, algorithm 1).",
            )
        ),
        "loss",
    ),
    "x_t_corrected": Seen(
        "{x_t_corrected}",
        str(QT_TRANSLATE_NOOP("Layers", "Corrected")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "xₜ corrected: what the step before should have made, now that its end is known (Zhao et al. 2023, "
                "arXiv 2302.04867, algorithm 1).",
            )
        ),
    ),
    "known": Seen(
        "x_s",
        str(QT_TRANSLATE_NOOP("Layers", "Put back")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers",
                "The picture outside of the mask, noised to where this step ends, is put back after each step: "
                "√ᾱ_s·x_0 + √(1−ᾱ_s)·ε (Lugmayr et al. 2022, arXiv 2201.09865, eq. 8).",
            )
        ),
    ),
    "conditional": Seen(
        "c",
        str(QT_TRANSLATE_NOOP("Layers", "With the class")),
        str(QT_TRANSLATE_NOOP("Layers", "c: the network's output when it is told the class.")),
    ),
    "unconditional": Seen(
        "∅",
        str(QT_TRANSLATE_NOOP("Layers", "Without the class")),
        str(QT_TRANSLATE_NOOP("Layers", "∅: the network's output when it is told no class.")),
    ),
    "of_guide": Seen(
        "g",
        str(QT_TRANSLATE_NOOP("Layers", "Of the guide")),
        str(
            QT_TRANSLATE_NOOP(
                "Layers", "g: the guide's output, that of a worse model, from which the network's own is pushed away."
            )
        ),
    ),
}


def words_of(name: str) -> str:
    """What a layer is called, short."""
    return QCoreApplication.translate("Layers", SEEN[name].words)


def tip_of(name: str) -> str:
    """The sentence that explains a layer."""
    return QCoreApplication.translate("Layers", SEEN[name].tip)


def contrast_of(white_at: float) -> str:
    """At what contrast a layer is shown; "" as it is."""
    if white_at == 1:
        return ""
    if white_at == 2:
        return QCoreApplication.translate("Layers", "half contrast")
    return QCoreApplication.translate("Layers", "contrast × {factor}").replace("{factor}", f"{1 / white_at:g}")


def why_absent(recording: Recording, layer: str, step: int) -> str:
    """Why there is no such layer at a step; "" where there is one."""
    if layer in ("x_t", "x_0") or (layer in LAYERS and recording.has(layer, step)):
        return ""
    if not recording.has_layers:
        return QCoreApplication.translate("Layers", "Only the pictures of this denoising were kept. Generate again.")
    if layer == "noise":
        return QCoreApplication.translate("Layers", "No noise is added in this step.")
    if layer == "from_memory":
        return QCoreApplication.translate("Layers", "It is asked when all steps are there.")
    if layer == "change":
        return QCoreApplication.translate("Layers", "Nothing comes before the first step.")
    return QCoreApplication.translate("Layers", "This step has nothing of the kind.")
