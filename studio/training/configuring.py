"""Keeps the form and the project's settings together, judges them, and asks what they will cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.errors import ConfigError
from core.errors import Phrase as PartOfError
from core.presets import PRESETS, changed_settings, preset, size_note
from core.setting import Control
from core.settings import SETTINGS, USUAL_SHARE, RunConfig, wants_augmenting, without_effect

from .. import numbers
from ..app.messages import begun_with, error_text, setting_text, setting_title, setting_value
from ..jobs.requests import Requests
from ..project import OF_PICTURES
from .editing import LiveEdits
from .field import Problem
from .preflight import Measured, Preflight, measured_words, step_words

if TYPE_CHECKING:
    from core.runs.run import PlanChange
    from core.settings import DiffusionConfig

    from ..project import Project
    from .panel import TrainingPanel


# --- What is known of a training before it starts: the loss weights w(t) and the size of the network -----
# Answered on a background thread, since both need torch.


@dataclass(frozen=True, slots=True)
class Estimate:
    """The answer for one configuration."""

    weights: NDArray[np.float64] | None  #: (T,) w(t); None where the process cannot be built
    parameters: int | None  #: None where the network cannot be built, or waits for the pictures
    problem: ConfigError | None = None  #: why there is no process, where the settings alone do not tell


def estimate(config: RunConfig) -> Estimate:
    """Both for a resolved configuration that may be illegal; what cannot be built is None."""
    from core.errors import ConfigError

    legal = not config.problems()
    try:
        weights = weights_of(config.diffusion)
    except ConfigError as error:
        return Estimate(None, None, error if legal else None)
    resolved = None not in (config.data.image_size, config.data.channels)
    return Estimate(weights, parameter_count(config) if legal and resolved else None)


def weights_of(diffusion: DiffusionConfig) -> NDArray[np.float64]:
    """(T,) the weight of the loss at each t, min-SNR included (Hang et al. 2023, arXiv 2303.09556).

    Raises ConfigError where the schedule cannot be built.
    """
    from core.diffusion.process import signal_to_noise_ratio
    from core.diffusion.schedules import betas_of
    from core.diffusion.weightings import loss_weights

    snr = signal_to_noise_ratio(betas_of(diffusion))
    weights: NDArray[np.float64] = loss_weights(
        diffusion.objective, snr, diffusion.loss_weighting, diffusion.weighting_options()
    ).numpy()
    return weights


def parameter_count(config: RunConfig) -> int:
    """How many numbers the network learns; nothing is allocated for it."""
    import torch

    from core.networks.build import build_diffusion

    with torch.device("meta"):
        model = build_diffusion(config)
    return sum(parameter.numel() for parameter in model.parameters())


# --- configuring -----------------------------------------------------------------------------------------

#: Settings that the tooltip of a preset names.
LISTED_CHANGES = 12
#: Classes that the tooltip of their line names.
LISTED_CLASSES = 20
#: Steps that take so many times as long as others make the time of a run a range.
UNSURE = 1.5


class Configuring(QObject):
    """The form's side of the training room. Lives in the GUI thread."""

    judged = Signal()  #: whether the settings can be used may have changed

    def __init__(self, project: Project, panel: TrainingPanel, parent: QObject, *, torch_loaded: bool) -> None:
        super().__init__(parent)
        self._project, self._panel = project, panel
        self._shown: RunConfig | None = None  #: a run's own settings, or None: the project's
        self._beside: RunConfig | None = None  #: of the run that trains, while the next one is prepared
        self._asked: RunConfig | None = None
        self._torch_loaded = torch_loaded
        self._parameters: int | None = None
        self._asked_problem: ConfigError | None = None  #: what only the estimate of `_asked` has found
        self._seconds_per_step: dict[object, float] = {}
        self._measured: Measured | None = None
        self._measuring: RunConfig | None = None  #: what is being measured, or was last
        self._preflight = Preflight(self)
        self._preflight.changed.connect(self._measuring_changed)
        self._preflight.measured.connect(self._take_measured)
        self._preflight.failed.connect(self._measuring_failed)
        self._requests = Requests(estimate, 1, "estimates", self)
        self._requests.answered.connect(self._answered)
        form = panel.form
        self.edits = LiveEdits(form.edits, self)
        self.edits.changed.connect(self.judged)
        form.preset_wished.connect(project.set_preset)
        form.setting_wished.connect(self._set)
        form.reset_wished.connect(self._reset)
        form.typing_judged.connect(self.judged)
        form.preflight.measure_wished.connect(self._measure)
        form.preflight.cancel_wished.connect(self._preflight.cancel)
        project.notes_changed.connect(self._show_problems)
        project.device_changed.connect(self.judged)
        project.device_changed.connect(self._show_preflight)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        return all([self._preflight.shutdown(timeout_ms), self._requests.shutdown(timeout_ms)])

    def show(
        self,
        run_config: RunConfig | None,
        *,
        trains: bool = False,
        plan: Sequence[PlanChange] = (),
        beside: RunConfig | None = None,
    ) -> None:
        """Show the settings of a run, or (None) those that the next one will have.

        trains: the run is under way, and what can be changed meanwhile is shown as it is wished. plan: its steps.
        beside: the settings of a run that trains while those of the next one are chosen; the rest of the room goes on
        being about it.
        """
        self._beside = beside
        self._shown = run_config
        if beside is None:
            self.edits.set_run(run_config if trains else None, plan)
        else:
            self.edits.set_aside()
        config = self.config
        wished = run_config if run_config is not None else self._project.wished
        preset_config = self._project.preset_of(wished)
        changed = changed_settings(wished, preset_config)
        if run_config is not None:
            plain = preset_config.settings()
            # A run keeps what auto came to, which nobody has changed.
            changed = tuple(
                name
                for name in changed
                if plain[name] != "auto" and (plain[name] is not None or not SETTINGS[name].auto)
            )
        form = self._panel.form
        if self.edits.active:
            edited = self.edits.config
            form.show_config(edited, edited, self.edits.draft, self._project.own_preset_of(wished))
        else:
            form.show_config(wished, config, changed, self._project.own_preset_of(wished))
        form.show_classes(*self._classes(config))
        shown = self.edits.config if self.edits.active else config
        idle = {name: setting_text(reason) for name, reason in without_effect(shown).items()}
        form.show_unavailable(idle | self._unavailable(config))
        self._show_problems()
        if run_config is None:
            form.show_presets({name: self._preset_tip(name) for name in PRESETS})
        if beside is None:
            self._panel.summary.show_config(config, changed)
        self._show_footer()
        self._ask(config)
        if run_config is not None or config != self._measuring:
            self._preflight.cancel()
        self._show_preflight()

    def _preset_tip(self, name: str) -> str:
        """What choosing a preset would change; "" where it is nothing."""
        wished, plain = self._project.wished, preset(name).config
        lines = [
            self.tr("{setting}: {before} → {after}").format(
                setting=setting_title(each), before=self._shown_or_auto(each, value), after=after
            )
            for each, value in wished.settings().items()
            if each not in OF_PICTURES and value != plain.setting(each)
            for after in [self._shown_or_auto(each, plain.setting(each))]
        ]
        if not lines:
            return self.tr("Changes nothing: these are its settings.")
        shown_lines = lines[:LISTED_CHANGES]
        if len(lines) > LISTED_CHANGES:
            shown_lines.append(self.tr("and {n} more").format(n=numbers.count(len(lines) - LISTED_CHANGES)))
        head = self.tr("Changes {n} settings; Ctrl+Z takes it back").format(n=numbers.count(len(lines)))
        return "\n".join([head, *shown_lines])

    def _shown_or_auto(self, name: str, value: object) -> str:
        return setting_value(name, value) or self.tr("Auto")

    @property
    def config(self) -> RunConfig:
        """The settings that are shown, auto resolved as far as it can be."""
        return self._shown if self._shown is not None else self._project.config

    def reason(self) -> str:
        """Why these settings cannot be trained with, or ""."""
        typed = self._panel.form.typed_problem()
        if typed is not None:
            return typed.text
        problems = self._problems()
        return error_text(problems[0]) if problems else ""

    def headline(self) -> str:
        """The run to come in one line: "Sketch · 1,000 steps · about 4 min"."""
        config = self._project.config
        name = begun_with(config)
        text = self.tr("{preset} · {steps} steps").format(preset=name, steps=numbers.count(config.train.steps))
        seconds = self._seconds_per_step.get(self._cost_key(config))
        if seconds is None:
            return text
        steps, measured = config.train.steps, self._measured_now()
        low, high = (None, None) if measured is None else (measured.step.low_s, measured.step.high_s)
        if low is None or high is None or high <= UNSURE * low:
            return self.tr("{run} · about {time}").format(run=text, time=numbers.rough_duration(seconds * steps))
        least, most = numbers.rough_duration(low * steps), numbers.rough_duration(high * steps)
        return self.tr("{run} · {low} to {high}").format(run=text, low=least, high=most)

    def set_parameters(self, parameters: int) -> None:
        """The size of the network that is being trained."""
        self._parameters = parameters
        self._show_footer()

    def set_seconds_per_step(self, config: RunConfig, seconds: float) -> None:
        """What a step was measured to take with these settings on this device."""
        self._seconds_per_step[self._cost_key(config)] = seconds
        self._show_footer()

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        if self.edits.active:
            self.edits.wish(name, value)
        else:
            self._project.set_settings({name: value})

    @Slot(str)
    def _reset(self, name: str) -> None:
        if self.edits.active:
            self.edits.forget(name)
        else:
            self._project.reset_setting(name)

    def _problems(self) -> tuple[ConfigError, ...]:
        config, found = self._project.config, self._asked_problem
        return (*self._project.problems(), *([found] if found is not None and config == self._asked else []))

    @Slot()
    def _show_problems(self) -> None:
        if self.edits.active:
            found = {setting_of(error): Problem(error_text(error)) for error in reversed(self.edits.problems())}
        else:
            found = {} if self._shown is not None else self._problem_notes()
        self._panel.form.show_problems(found)

    def _problem_notes(self) -> dict[str, Problem]:
        found: dict[str, Problem] = {}
        for error in self._problems():
            name = setting_of(error)
            found.setdefault(name, Problem(error_text(error), self._fixes(name, error)))
        for caution in self._project.config.cautions():
            with_min_snr = ((self.tr("min-SNR with γ = 5"), 5.0),)
            found.setdefault("min_snr_gamma", Problem(error_text(caution), with_min_snr, caution=True))
        for name, words in self._project.notes:
            # What is left out is chosen in the dataset room, and is told where the pictures are divided.
            name = name if SETTINGS[name].control is not Control.NONE else "hold_out"
            before = found.get(name)
            found[name] = (
                Problem(words, caution=True) if before is None else replace(before, text=f"{before.text}\n{words}")
            )
        scan = self._project.scan
        used = 0 if scan is None else len(scan.pictures) - len(self._project.config.data.excluded or ())
        if scan is not None and wants_augmenting(self._project.wished.data, used):
            words = self.tr("{n} pictures: augmentation helps against learning them by heart")
            words = words.format(n=numbers.count(used))
            usual = ((self.tr("Set to {n}").format(n=numbers.figure(USUAL_SHARE, 2)), USUAL_SHARE),)
            found.setdefault("augment", Problem(words, usual, suggestion=True))
        note = None if scan is None else size_note(self._project.wished, scan.facts())
        if note is not None:
            larger = int(str(note.fields["larger"]))
            to_it = ((self.tr("{n} px").format(n=numbers.count(larger)), larger),)
            found.setdefault("image_size", Problem(error_text(note), to_it, caution=True))
        return found

    def _fixes(self, name: str, error: ConfigError) -> tuple[tuple[str, object], ...]:
        if name == "labels":
            return ((self.tr("Turn classes off"), "off"),)
        if error.code != "config.size-not-divisible":
            return ()
        phrase = error.fields["sizes"]
        sizes = sorted(int(str(size)) for size in phrase.fields.values()) if isinstance(phrase, PartOfError) else []
        return tuple((self.tr("{n} px").format(n=numbers.count(size)), size) for size in sizes)

    # --- classes -------------------------------------------------------------------------------------------

    def _classes(self, config: RunConfig) -> tuple[str, str]:
        """The classes in a line and, for the tooltip, each with its pictures; ("", "") where there are none."""
        scan = self._project.scan
        # A run knows its own classes; what is open may be another folder.
        counts = dict(scan.classes) if scan is not None and self._shown is None else {}
        names = config.data.class_names or tuple(counts)
        if len(names) < 2:
            return "", ""
        line = self.tr("{n} classes · {first} … {last}")
        line = line.format(n=numbers.count(len(names)), first=names[0], last=names[-1])
        each = [
            f"{name} · {numbers.count(counts[name])}" if name in counts else name for name in names[:LISTED_CLASSES]
        ]
        if len(names) > LISTED_CLASSES:
            each.append(self.tr("and {n} more").format(n=numbers.count(len(names) - LISTED_CLASSES)))
        return line, "\n".join(each)

    def _unavailable(self, config: RunConfig) -> dict[str, str]:
        """What the pictures do not allow, as `without_effect` tells it of the settings."""
        scan = self._project.scan
        if config.data.labels != "off" or (scan is not None and len(scan.classes) > 1):
            return {}
        return {"labels": self.tr("Classes are sub-folders with pictures, and this folder has fewer than two.")}

    # --- what it will cost ---------------------------------------------------------------------------------

    def torch_ready(self) -> None:
        """torch is there: what could not be asked before is asked now."""
        self._torch_loaded = True
        self._ask(self.config)
        self._show_preflight()

    def _ask(self, config: RunConfig) -> None:
        if self._torch_loaded and config != self._asked:
            self._asked, self._asked_problem = config, None
            self._requests.forget()
            self._requests.ask(config)

    @Slot(object, object)
    def _answered(self, config: RunConfig, answer: object) -> None:
        if isinstance(answer, Estimate) and config == self._asked:
            self._parameters, self._asked_problem = answer.parameters, answer.problem
            if self._beside is None:
                self._panel.timesteps.set_weights(answer.weights)
            self._show_footer()
            if answer.problem is not None:
                self.judged.emit()

    def _show_footer(self) -> None:
        parts = []
        if self._parameters is not None:
            count = numbers.count(self._parameters)
            if self._parameters >= 1_000_000:
                count = self.tr("{n} M").format(n=numbers.figure(self._parameters / 1e6))
            parts.append(self.tr("{n} parameters").format(n=count))
        seconds = self._seconds_per_step.get(self._cost_key(self.config))
        if seconds is not None:
            measured = self._measured_now()
            if measured is not None and measured.step.seconds_per_step == seconds:
                parts.append(step_words(measured.step))
            else:  # a training has measured it since
                parts.append(self.tr("{time} a step").format(time=numbers.duration(seconds)))
        self._panel.form.set_footer(" · ".join(parts))

    # --- what it will take, measured -----------------------------------------------------------------------

    @property
    def measuring(self) -> bool:
        """Whether steps are measured now; nothing may train then."""
        return self._preflight.running

    @Slot()
    def _measure(self) -> None:
        scan = self._project.scan
        if scan is not None and not self.measuring and not self._not_measured():
            self._measured, self._measuring = None, self.config
            self._preflight.measure(self.config, self._project.device, scan, self._project.cache)

    def cancel_measuring(self) -> None:
        """End it soon; `judged` follows."""
        self._preflight.cancel()

    def _measured_now(self) -> Measured | None:
        """What was measured, if it was for what is shown."""
        measured = self._measured
        if measured is not None and (measured.config, measured.device) == (self.config, self._project.device):
            return measured
        return None

    @Slot()
    def _measuring_changed(self) -> None:
        self._show_preflight()
        self.judged.emit()

    @Slot(object)
    def _take_measured(self, measured: Measured) -> None:
        self._measured = measured
        seconds = measured.step.seconds_per_step
        if seconds is not None and measured.device == self._project.device:
            self.set_seconds_per_step(measured.config, seconds)
        self._show_preflight()
        self.judged.emit()

    @Slot(object)
    def _measuring_failed(self, error: BaseException) -> None:
        self._panel.form.preflight.show_result(error_text(error))

    def _not_measured(self) -> str:
        """Why nothing can be measured now; empty where it can."""
        if self._shown is not None:
            return self.tr("Settings are measured before a run begins")
        if self._project.scan is None:
            return self.tr("Choose pictures first")
        if not self._torch_loaded:
            return self.tr("PyTorch is still being loaded")
        return self.reason()

    @Slot()
    def _show_preflight(self) -> None:
        row, flight = self._panel.form.preflight, self._preflight
        row.show_state(running=flight.running, ending=flight.ending, reason=self._not_measured())
        measured = self._measured_now()
        if measured is not None:
            row.show_result(measured_words(measured), measured_words(measured, at_length=True))
        else:
            row.show_result(self.tr("Measuring…") if flight.running else "")

    def _cost_key(self, config: RunConfig) -> object:
        """What the time of a step depends on."""
        data, train = config.data, config.train
        batch = (train.batch_size, train.gradient_accumulate_every, train.amp)
        shape = (data.image_size, data.image_height, data.channels)
        noise = (config.diffusion.immiscible, config.diffusion.immiscible_candidates)
        return (self._project.device, config.model, shape, batch, noise)


def setting_of(error: ConfigError) -> str:
    """The setting that a problem is shown at."""
    for key in ("name", "first", "second"):
        name = re.split(r"[=.]", str(error.fields.get(key, "")))[0]
        if name in SETTINGS and SETTINGS[name].control is not Control.NONE:
            return name
    return next(iter(SETTINGS))
