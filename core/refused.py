"""What denoising-diffusion-pytorch exports and this program leaves out, by name, with the reason."""

from __future__ import annotations

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
    "XMWrapper": "it is another training loss; core.GaussianDiffusion(immiscible=True, immiscible_candidates=4) "
    "chooses among candidates too, by the noise's distance",
}
