"""What denoising-diffusion-pytorch has and this program leaves out, by name, with the reason."""

from __future__ import annotations

from ..errors import ConfigError, Phrase

_SEQUENCES = Phrase("left-out.sequences")
_KARRAS = Phrase("left-out.karras")
_CONTINUOUS = Phrase("left-out.continuous")

#: Name → why there is no such thing here, as it follows a colon.
REFUSED: dict[str, Phrase] = {
    **dict.fromkeys(("Unet1D", "GaussianDiffusion1D", "Trainer1D", "Dataset1D"), _SEQUENCES),
    **dict.fromkeys(("KarrasUnet", "InvSqrtDecayLRSched"), _KARRAS),
    "KarrasUnet1D": _SEQUENCES,
    "KarrasUnet3D": Phrase("left-out.video"),
    "ElucidatedDiffusion": Phrase("left-out.elucidated"),
    **dict.fromkeys(("ContinuousTimeGaussianDiffusion", "VParamContinuousTimeGaussianDiffusion"), _CONTINUOUS),
    "LearnedGaussianDiffusion": Phrase("left-out.learned-variance"),
    "WeightedObjectiveGaussianDiffusion": Phrase("left-out.weighted-objective"),
    "Dataset": Phrase("left-out.dataset"),
    "XMWrapper": Phrase("left-out.xm"),
}

#: Attribute of its Trainer → why there is no such thing here, likewise.
LEFT_OUT_OF_TRAINER: dict[str, Phrase] = {
    "accelerator": Phrase("left-out.accelerator"),
    "ds": Phrase("left-out.ds"),
    "dl": Phrase("left-out.dl"),
    "fid_scorer": Phrase("left-out.fid"),
    "best_fid": Phrase("left-out.best-fid"),
}


class LeftOutError(ConfigError, AttributeError):
    """An attribute that is left out: told in words, and still not there for `hasattr`."""
