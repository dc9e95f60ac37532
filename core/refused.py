"""What denoising-diffusion-pytorch has and this program leaves out, by name, with the reason."""

from __future__ import annotations

from .errors import ConfigError

_SEQUENCES = "it works on pictures only; keep that package for sequences"
_KARRAS = "its one network is the U-Net of Ho et al.; core.Unet has that library's name, arguments and tensors"
_CONTINUOUS = "its timesteps are counted, 0 … T-1; core.GaussianDiffusion with many timesteps comes close"

#: Name → why there is no such thing here, as it follows a colon.
REFUSED: dict[str, str] = {
    **dict.fromkeys(("Unet1D", "GaussianDiffusion1D", "Trainer1D", "Dataset1D"), _SEQUENCES),
    **dict.fromkeys(("KarrasUnet", "InvSqrtDecayLRSched"), _KARRAS),
    "KarrasUnet1D": _SEQUENCES,
    "KarrasUnet3D": "it works on pictures only; keep that package for volumes and video",
    "ElucidatedDiffusion": "its forward process is that of Ho et al.; core.SAMPLERS has samplers that need few steps",
    **dict.fromkeys(("ContinuousTimeGaussianDiffusion", "VParamContinuousTimeGaussianDiffusion"), _CONTINUOUS),
    "LearnedGaussianDiffusion": "the variance of a step is the schedule's; use core.GaussianDiffusion",
    "WeightedObjectiveGaussianDiffusion": "a network predicts one thing: choose core.GaussianDiffusion's objective",
    "Dataset": "core.Trainer reads a folder of pictures by itself",
    "XMWrapper": "it is another training loss; core.GaussianDiffusion(immiscible=True, immiscible_candidates=4) "
    "chooses among candidates too, by the noise's distance",
}

#: Attribute of its Trainer → why there is no such thing here, likewise.
LEFT_OUT_OF_TRAINER: dict[str, str] = {
    "accelerator": "the training session chooses the device and the precision; trainer.device and amp= say which",
    "ds": "the session reads the pictures of the folder by itself; the run's config.json says how",
    "dl": "which pictures a batch holds is a function of the seed and the step, so there is no loader to keep",
    "fid_scorer": "no FID is computed, because the weights of its Inception network would have to be downloaded",
    "best_fid": "no FID is computed; every milestone is kept",
}


class LeftOutError(ConfigError, AttributeError):
    """An attribute that is left out: told in words, and still not there for `hasattr`."""
