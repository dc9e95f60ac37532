"""Samplers: the loops that turn noise into pictures, one Step at a time.

Each is a generator that the caller draws from, so it can be watched, paused, stopped and compared. Every sampler is a
row of SAMPLERS and takes the same arguments. They are deterministic given `x_T` and `generator`.
"""

from __future__ import annotations

from ..inputs import require_one_of
from .ddim import ddim
from .ddpm import ancestral
from .dpm_solver import dpm_solver_pp_2m, dpm_solver_pp_2m_sde
from .euler import euler
from .heun import heun
from .noise import NoiseSource, PictureNoise, initial_noise
from .sampler import Sampler
from .spacing import SPACINGS, Spacing, TimePairs, time_pairs
from .step import Step, Steps
from .task import Task
from .unipc import unipc

__all__ = [
    "SAMPLERS",
    "SPACINGS",
    "NoiseSource",
    "PictureNoise",
    "Sampler",
    "Spacing",
    "Step",
    "Steps",
    "Task",
    "TimePairs",
    "ancestral",
    "initial_noise",
    "sampler_named",
    "time_pairs",
]

SAMPLERS: dict[str, Sampler] = {
    "ddpm": Sampler(
        "DDPM",
        "Ho et al. 2020, arXiv 2006.11239; Nichol & Dhariwal 2021, arXiv 2102.09672",
        takes_eta=False,
        usual_steps=None,
        calls_per_step=1,
        default_spacing="uniform",
        function=ancestral,
    ),
    "ddim": Sampler(
        "DDIM",
        "Song et al. 2020, arXiv 2010.02502, eq. 12",
        takes_eta=True,
        usual_steps=25,
        calls_per_step=1,
        default_spacing="uniform",
        function=ddim,
    ),
    "dpm++2m": Sampler(
        "DPM-Solver++(2M)",
        "Lu et al. 2022, arXiv 2211.01095, algorithm 2",
        takes_eta=False,
        usual_steps=20,
        calls_per_step=1,
        default_spacing="log_snr",
        function=dpm_solver_pp_2m,
    ),
    "dpm++2m_sde": Sampler(
        "SDE-DPM-Solver++(2M)",
        "Lu et al. 2022, arXiv 2211.01095, SDE-DPM-Solver++(2M)",
        takes_eta=False,
        usual_steps=25,
        calls_per_step=1,
        default_spacing="log_snr",
        function=dpm_solver_pp_2m_sde,
    ),
    "unipc": Sampler(
        "UniPC-2",
        "Zhao et al. 2023, arXiv 2302.04867, algorithms 1 and 2",
        takes_eta=False,
        usual_steps=20,
        calls_per_step=1,
        default_spacing="log_snr",
        function=unipc,
    ),
    "heun": Sampler(
        "Heun",
        "Karras et al. 2022, arXiv 2206.00364, algorithm 1",
        takes_eta=False,
        usual_steps=15,
        calls_per_step=2,
        default_spacing="log_snr",
        function=heun,
    ),
    "euler": Sampler(
        "Rectified flow, Euler",
        "Liu et al. 2022, arXiv 2209.03003, section 2",
        takes_eta=False,
        usual_steps=25,
        calls_per_step=1,
        default_spacing="flow",
        function=euler,
    ),
}


def sampler_named(name: str) -> Sampler:
    """The row of SAMPLERS; SamplingError when there is none of that name."""
    require_one_of("sampler", name, SAMPLERS)
    return SAMPLERS[name]
