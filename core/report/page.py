"""A run's report as one HTML page: what was gathered, in sections, each of which may be missing.

Every text that a run's files say is escaped, and its length bounded.
"""

from __future__ import annotations

import math
import platform
import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from ..catalogue import CONTEXT as CATALOGUE_CONTEXT
from ..errors import QT_TRANSLATE_NOOP, showable
from ..export.template import printable, template
from ..inputs import size_in_words
from ..presets import PRESETS, changed_settings
from ..runs.metrics import EDIT, EVENT_TITLES, EVENTS_CONTEXT, SAVED
from ..runs.metrics import HELD_OUT as HELD_OUT_EVENT
from ..runs.probes import HELD_OUT, HELD_OUT_EMA, TRAIN, TRAIN_EMA
from ..runs.quality_file import QualityResult
from ..runs.run import RunStatus
from ..setting import CONTEXT as SETTING_CONTEXT
from ..setting import as_text, value_in_words
from ..settings import GROUPS, SETTINGS
from ..training.verdict import EARLY, RESUMED, Verdict
from ..training.verdict_words import sentence
from ..translations import Translate, error_text
from .charts import Line, bar_chart, data_uri, figure, heat_map, line_chart, smoothed, span_of
from .film import Frame
from .gather import SCALARS, Gathered, Scalar, Series, TimeMap, relative_to_beginning

#: Characters of a text of the run's: names and events may be as long as a file.
LONGEST = 300
#: Rows of the table of events, of measurements, and of what cannot be read.
MOST_EVENTS, MOST_MEASURED, MOST_MISSING = 400, 12, 8
#: Parts of a curve that its smoothed one is the mean of.
SMOOTHED_OF = 50
#: A value that is longer is left out of the command line: thousands of names.
MOST_COMMAND_VALUE = 2000

#: The kinds of events that have a table or a curve of their own.
TOLD_ELSEWHERE = {SAVED, HELD_OUT_EVENT}
#: The kinds of events that are marked in the curves, and the class of their marks.
MARKS = {
    "resumed": "resumed",
    EDIT: "edited",
    "rate-rises": "edited",
    "pictures-changed": "edited",
    "rolled-back": "back",
    "diverged": "back",
    "failed": "back",
}

STATES = {
    RunStatus.NEW: QT_TRANSLATE_NOOP("Report", "not begun"),
    RunStatus.INTERRUPTED: QT_TRANSLATE_NOOP("Report", "not finished"),
    RunStatus.FINISHED: QT_TRANSLATE_NOOP("Report", "finished"),
}

#: The kinds of probes, and the class of their curves.
PROBES = {
    TRAIN: (QT_TRANSLATE_NOOP("Report", "training pictures"), "loss"),
    TRAIN_EMA: (QT_TRANSLATE_NOOP("Report", "training pictures, EMA"), "loss dashed"),
    HELD_OUT: (QT_TRANSLATE_NOOP("Report", "held-out pictures"), "held"),
    HELD_OUT_EMA: (QT_TRANSLATE_NOOP("Report", "held-out pictures, EMA"), "held dashed"),
}

#: The feature spaces that quality is measured in.
SPACES = {
    "folder": QT_TRANSLATE_NOOP("Report", "trained on the folder"),
    "random": QT_TRANSLATE_NOOP("Report", "random network"),
    "backbone": QT_TRANSLATE_NOOP("Report", "EfficientNet-Lite0"),
}


def page(found: Gathered, frames: Sequence[Frame], last: Frame | None, *, translate: Translate, language: str) -> str:
    """The whole page."""
    maker = _Page(found, translate)
    name = printable(showable(found.folder.resolve().name, LONGEST))
    body = "".join(
        filter(
            None,
            (
                maker.head(name),
                maker.missing(),
                maker.beginning(last),
                maker.curves(),
                maker.schedule(),
                maker.film(frames),
                maker.quality(),
                maker.checkpoints(),
                maker.events(),
                maker.settings(),
                maker.reproduce(),
            ),
        )
    )
    title = translate("Report", "{name}: report of a run").format(name=name)
    text = template("report.html", title, "zh-CN" if language.startswith("zh") else language)
    words = {"/*PLAY*/": translate("Report", "Play"), "/*PAUSE*/": translate("Report", "Pause")}
    for mark, word in words.items():
        text = text.replace(mark, escape(word))
    before, place, after = text.partition("<!--BODY-->")
    assert place, "the template has a place for the body"
    return before + body + after


class _Page:
    """Makes the sections; each is "" where there is nothing to show."""

    def __init__(self, found: Gathered, translate: Translate) -> None:
        self.found, self.translate = found, translate

    # --- sections ------------------------------------------------------------------------------------------

    def head(self, name: str) -> str:
        translate = self.translate
        made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        about = translate("Report", "Report of a run of DDPM Studio, made {date}").format(date=made)
        verdict = "" if self.found.verdict is None else verdict_words(self.found.verdict, translate)
        said = f'<p class="verdict">{_text(verdict)}</p>' if verdict else ""
        return f'<header><h1><bdi>{escape(name)}</bdi></h1><span class="muted">{escape(about)}</span></header>{said}'

    def missing(self) -> str:
        rows = [
            f"<li>{_text(self.translate('Report', what))}: {_text(error_text(error, self.translate))}</li>"
            for what, error in self.found.missing[:MOST_MISSING]
        ]
        more = len(self.found.missing) - len(rows)
        rows += [f"<li>{_text(self.translate('Report', '{count} more').format(count=more))}</li>"] if more > 0 else []
        title = self.translate("Report", "Some of this run could not be read, and is missing here")
        return _section(title, f"<ul>{''.join(rows)}</ul>", "warning") if rows else ""

    def beginning(self, last: Frame | None) -> str:
        facts = "".join(f"<dt>{_text(name)}</dt><dd><bdi>{_text(value)}</bdi></dd>" for name, value in self._facts())
        left = _section(self.translate("Report", "The run"), f"<dl>{facts}</dl>") + self._differences()
        parts = [f"<div>{left}</div>"]
        if last is not None:
            title = self.translate("Report", "Samples of step {step}").format(step=f"{last.step:,}")
            parts.append(_section(title, _picture(last, title, "large"), "samples"))
        else:
            empty = self.translate("Report", "There are none yet: the training makes them as it goes.")
            body = f'<p class="muted">{_text(empty)}</p>'
            parts.append(_section(self.translate("Report", "Samples"), body, "samples"))
        return f'<div class="two top">{"".join(parts)}</div>'

    def curves(self) -> str:
        translate = self.translate
        charts = [self._curve(name, row) for name, row in SCALARS.items()]
        drawn = "".join(filter(None, charts))
        if not drawn:
            return ""
        legend = [
            (style, translate("Report", words))
            for words, style in (PROBES[kind] for kind in (HELD_OUT, HELD_OUT_EMA))
            if _is_there(self.found.held_out if style == "held" else self.found.held_out_ema)
        ]
        marks = {style for _, style in self._marks()}
        legend += [
            (style, translate("Report", word))
            for style, word in (
                ("resumed", QT_TRANSLATE_NOOP("Report", "resumed")),
                ("edited", QT_TRANSLATE_NOOP("Report", "edited")),
                ("back", QT_TRANSLATE_NOOP("Report", "rolled back, or failed")),
            )
            if style in marks
        ]
        said = translate("Report", "Faint: every step. Bold: the mean of the last {count} steps.").format(
            count=f"{self._window():,}"
        )
        said = said if self._window() > 1 else ""
        keys = "".join(f'<span class="key {style}">{_text(word)}</span>' for style, word in legend)
        note = f'<p class="muted">{_text(said)} {keys}</p>'
        return _section(translate("Report", "Curves"), f'<div class="charts">{drawn}</div>{note}')

    def schedule(self) -> str:
        translate, found = self.translate, self.found
        parts = []
        axis = translate("Report", "t (picture → noise)")
        if found.timesteps is not None:
            title = translate("Report", "Loss of every timestep, over the last steps")
            chart = bar_chart(found.timesteps, title=title, x_label=axis, right=found.diffusion_steps)
            parts += [_section(title, chart)] if chart else []
        parts.append(self._probed(axis))
        parts += [self._time_map(kind, of) for kind, of in found.time_maps.items()]
        return f'<div class="two">{"".join(parts)}</div>' if any(parts) else ""

    def film(self, frames: Sequence[Frame]) -> str:
        if len(frames) < 2:
            return ""
        translate, grids = self.translate, len(self.found.grids)
        shown = "".join(
            f"<figure>{_picture(frame, '', 'frame')}<figcaption>{_text(self._step(frame.step))}</figcaption></figure>"
            for frame in frames
        )
        said = translate("Report", "The same noise each time, made by the averaged weights.")
        if len(frames) < grids:
            left = translate("Report", "{count} of {all} grids are on this page, to keep it small.")
            said += " " + left.format(count=f"{len(frames):,}", all=f"{grids:,}")
        slider = _attribute(translate("Report", "Step of the training"))
        controls = (
            f'<div class="controls" hidden><button type="button" id="play"></button>'
            f'<input type="range" id="slider" min="0" max="{len(frames) - 1}" value="{len(frames) - 1}"'
            f' aria-label="{slider}"><output id="where" for="slider"></output></div>'
        )
        body = f'<div id="film" class="strip" tabindex="0">{shown}</div>{controls}<p class="muted">{_text(said)}</p>'
        return _section(translate("Report", "The samples while it trained"), body, "film")

    def quality(self) -> str:
        translate, results = self.translate, self.found.quality
        if not results:
            return ""
        heads = [
            translate("Report", "Step"),
            translate("Report", "Weights"),
            translate("Report", "Samples"),
            translate("Report", "Features"),
            translate("Report", "KID, 95 % interval"),
            translate("Report", "its floor"),
            translate("Report", "FD, 95 % interval"),
            translate("Report", "its floor"),
            translate("Report", "Density"),
            translate("Report", "Coverage"),
            translate("Report", "Bits per dimension"),
        ]
        rows = [row for result in results[-MOST_MEASURED:] for row in self._measured(result)]
        said = translate(
            "Report",
            "KID: kernel distance; FD: Fréchet distance; both of the samples to real pictures, in the features of a "
            "network. The floor is what as many real pictures come to among themselves: a sample cannot be told from "
            "them there. Neither is an FID, and only figures of the same features can be compared.",
        )
        spaces = dict.fromkeys(space for result in results for space in result.spaces)
        charts = "".join(map(self._kid_chart, spaces))
        drawn = f'<div class="charts">{charts}</div>' if charts else ""
        return _section(
            translate("Report", "Quality"), f'{drawn}{_table(heads, rows)}<p class="muted">{_text(said)}</p>', "wide"
        )

    def checkpoints(self) -> str:
        translate, kept = self.translate, self.found.checkpoints
        if not kept:
            return ""
        rows = []
        for checkpoint in kept[-MOST_EVENTS:]:
            marks = (
                (checkpoint.newest, QT_TRANSLATE_NOOP("Report", "newest")),
                (checkpoint.best, QT_TRANSLATE_NOOP("Report", "best")),
                (checkpoint.pinned, QT_TRANSLATE_NOOP("Report", "pinned")),
            )
            words = ", ".join(translate("Report", word) for holds, word in marks if holds)
            size = "–" if checkpoint.size_bytes is None else size_words(checkpoint.size_bytes)
            rows.append([f"{checkpoint.step:,}", size, words])
        heads = [translate("Report", "Step"), translate("Report", "Size"), ""]
        title = translate("Report", "Checkpoints that are kept ({count})").format(count=f"{len(kept):,}")
        return _folded(title, _table(heads, rows), open_=False)

    def events(self) -> str:
        translate, run = self.translate, self.found.run
        rows = [
            (event.step, event.time, self._kind(event.kind), event.text)
            for event in self.found.events
            if event.kind not in TOLD_ELSEWHERE
        ]
        told = {event.step for event in self.found.events if event.kind == EDIT}
        for change in () if run is None else run.changes:
            if change.at_step not in told:
                words = ", ".join(f"{name} {as_text(value) or 'none'}" for name, value in change.settings.items())
                rows.append((change.at_step, math.nan, self._kind(EDIT), words))
        if not rows:
            return ""
        rows.sort(key=lambda row: row[0])
        more = len(rows) - MOST_EVENTS
        table = _table(
            [
                translate("Report", "Step"),
                translate("Report", "Time"),
                translate("Report", "What"),
                translate("Report", "In the words of the log"),
            ],
            [[f"{step:,}", _time_words(time), kind, words] for step, time, kind, words in rows[-MOST_EVENTS:]],
        )
        if more > 0:
            left = translate("Report", "{count} earlier ones are not on this page.").format(count=f"{more:,}")
            table += f'<p class="muted">{_text(left)}</p>'
        title = translate("Report", "Events ({count})").format(count=f"{len(rows):,}")
        return _folded(title, table, open_=len(rows) <= 12)

    def settings(self) -> str:
        translate, run = self.translate, self.found.run
        if run is None:
            return ""
        config = run.config
        heads = [translate("Report", "Setting"), translate("Report", "Value")]
        groups = []
        for group, title in GROUPS.items():
            said = [
                [self._setting(name), self._value(name, config.setting(name))]
                for name, facts in SETTINGS.items()
                if facts.group == group and (facts.when is None or facts.when(config))
            ]
            groups.append(f"<h3>{_text(translate(SETTING_CONTEXT, title))}</h3>{_table(heads, said)}")
        return _folded(translate("Report", "All settings"), f'<div class="columns">{"".join(groups)}</div>')

    def reproduce(self) -> str:
        translate, run = self.translate, self.found.run
        rows = [["DDPM Studio", _version("ddpm-studio")], ["Python", platform.python_version()]]
        rows += [[name, _version(name)] for name in ("torch", "numpy", "pillow")]
        rows.append([translate("Report", "System"), f"{platform.system()} {platform.release()} {platform.machine()}"])
        said = translate(
            "Report", "What this report was made with; the run itself does not say which versions trained it."
        )
        parts = [
            _folded(
                translate("Report", "Environment"), f'{_table([], rows)}<p class="muted">{_text(said)}</p>', open_=False
            )
        ]
        if run is not None:
            command, whole = command_line(self.found)
            notes = [
                translate(
                    "Report",
                    "FOLDER is the folder of the pictures. With the same pictures, versions and kind of computer, and "
                    "--threads as it was, the same numbers come again; elsewhere the last bits differ.",
                )
            ]
            if run.changes:
                notes.append(
                    translate(
                        "Report", "Settings were changed on the way (see Events); these are the last, from the start."
                    )
                )
            if not whole:
                notes.append(translate("Report", "Long lists of names are left out."))
            text = "".join(f'<p class="muted">{_text(note)}</p>' for note in notes)
            parts.insert(
                0,
                _section(
                    translate("Report", "Train it again"), f"<pre>{escape(printable(command))}</pre>{text}", "wide"
                ),
            )
        return "".join(parts)

    # --- parts of sections ---------------------------------------------------------------------------------

    def _differences(self) -> str:
        """The settings that are not as the preset has them."""
        translate, run = self.translate, self.found.run
        preset = None if run is None else PRESETS.get(run.config.preset.lower())
        if run is None or preset is None:
            return ""
        rows = [
            [
                self._setting(name),
                self._value(name, run.config.setting(name)),
                self._value(name, preset.config.setting(name)),
            ]
            for name in changed_settings(run.config)
        ]
        heads = [translate("Report", "Setting"), translate("Report", "Value"), translate("Report", "Preset")]
        title = translate("Report", "Other than the preset {name}").format(name=translate("Presets", preset.title))
        same = translate("Report", "Nothing: all settings are those of the preset.")
        return _section(title, _table(heads, rows) if rows else f'<p class="muted">{_text(same)}</p>')

    def _facts(self) -> Iterable[tuple[str, str]]:
        translate, found, run = self.translate, self.found, self.found.run
        total = None if run is None else run.planned_total
        steps = f"{found.step:,}"
        if total is not None:
            steps = translate("Report", "{step} of {total}").format(step=steps, total=f"{total:,}")
        yield translate("Report", "Steps"), steps
        if found.elapsed_s:
            yield translate("Report", "Training time"), self._duration(found.elapsed_s)
        if run is not None:
            yield translate("Report", "State"), self._state()
            yield translate("Report", "Begun"), _date(run.created)
        if found.newest is not None:
            yield translate("Report", "Last saved"), _date(found.newest.created)
        yield from self._measured_facts()
        if run is None:
            return
        config = run.config
        yield translate("Report", "Pictures"), self._pictures()
        data = config.data
        if data.image_size is not None:
            size = f"{size_in_words(data.height_and_width)} px"
            channels = {1: translate("Report", "grey"), 3: "RGB", 4: "RGBA"}.get(data.channels or 0, "")
            yield translate("Report", "Size"), f"{size}, {channels}" if channels else size
        preset = PRESETS.get(config.preset.lower())
        yield (
            translate("Report", "Preset"),
            config.preset if preset is None else translate("Presets", preset.title),
        )
        yield translate("Report", "Device asked for"), run.device

    def _measured_facts(self) -> Iterable[tuple[str, str]]:
        translate, found = self.translate, self.found
        loss = found.curves.get("loss")
        if loss is not None and len(loss.steps):
            smooth = smoothed(loss.values, self._window())
            yield translate("Report", "Loss"), figure(float(smooth[-1]))
        if found.held_out is not None and len(found.held_out.steps):
            held = found.held_out
            lowest = int(np.nanargmin(held.values)) if np.isfinite(held.values).any() else -1
            said = translate("Report", "{last}; lowest {low} at step {step}").format(
                last=figure(float(held.values[-1])),
                low=figure(float(held.values[lowest])),
                step=f"{int(held.steps[lowest]):,}",
            )
            yield translate("Report", "Held-out loss"), said

    def _state(self) -> str:
        run = self.found.run
        assert run is not None
        total = run.planned_total
        if not self.found.step:
            return self.translate("Report", STATES[RunStatus.NEW])
        done = total is not None and self.found.step >= total
        return self.translate("Report", STATES[RunStatus.FINISHED if done else RunStatus.INTERRUPTED])

    def _pictures(self) -> str:
        run, newest = self.found.run, self.found.newest
        assert run is not None
        name = showable(run.source_folder.name, LONGEST)
        said = "" if newest is None else str(newest.extra.get("pictures", "")).partition(" ")[0]
        if said.isascii() and said.isdecimal() and len(said) < 12:
            counted = self.translate("Report", "{name} ({count} pictures)")
            return counted.format(name=name, count=f"{int(said):,}")
        return name

    def _window(self) -> int:
        loss = self.found.curves.get("loss")
        return max(1, (0 if loss is None else len(loss.steps)) // SMOOTHED_OF)

    def _curve(self, name: str, row: Scalar) -> str:
        translate, series = self.translate, self.found.curves.get(name)
        if series is None or not _is_there(series):
            return ""
        title = translate("Plots", row.title)
        smooths = row.smoothed and self._window() > 1
        lines = [Line(title, f"{name} {'faint' if smooths else ''}", series.steps, series.values)]
        if smooths:
            smooth = smoothed(series.values, self._window())
            lines.append(Line(translate("Report", "{name}, smoothed").format(name=title), name, series.steps, smooth))
        if name == "loss":
            for kind, held in ((HELD_OUT, self.found.held_out), (HELD_OUT_EMA, self.found.held_out_ema)):
                if held is not None and _is_there(held):
                    words, style = PROBES[kind]
                    lines.append(Line(translate("Report", words), style, held.steps, held.values))
        title = self._with(title, translate("Plots", row.unit)) if row.unit else title
        chart = line_chart(
            lines,
            title=title,
            x_label=translate("Report", "step"),
            log=row.log,
            marks=self._marks(),
            x_range=(0, float(self.found.curves["loss"].steps[-1])),
        )
        return f"<figure><figcaption>{_text(title)}</figcaption>{chart}</figure>" if chart else ""

    def _marks(self) -> list[tuple[float, str]]:
        run, events = self.found.run, self.found.events
        marks = {(float(event.step), MARKS[event.kind]) for event in events if event.kind in MARKS}
        marks |= set() if run is None else {(float(change.at_step), MARKS[EDIT]) for change in run.changes}
        return sorted(marks)

    def _probed(self, axis: str) -> str:
        """The loss over t of the same questions, asked at the end and at the beginning."""
        probes, lines = self.found.probes, []
        for kind, probe in probes.items():
            words, style = PROBES[kind]
            lines.append(Line(self.translate("Report", words), style, probe.t, probe.losses[-1].astype(np.float64)))
        if TRAIN in probes and len(probes[TRAIN].steps) > 1:
            first = probes[TRAIN]
            said = self.translate("Report", "training pictures, at the beginning")
            lines.append(Line(said, "resumed", first.t, first.losses[0].astype(np.float64)))
        title = self.translate("Report", "Loss of the same pictures and noise over t")
        chart = line_chart(lines, title=title, x_label=axis, log=True)
        if not chart:
            return ""
        keys = "".join(f'<span class="key solid {line.style}">{_text(line.name)}</span>' for line in lines)
        said = self.translate("Report", "At step {step}.").format(
            step=f"{max(int(probe.steps[-1]) for probe in probes.values()):,}"
        )
        return _section(title, f'{chart}<p class="muted">{_text(said)} {keys}</p>')

    def _time_map(self, kind: str, of: TimeMap) -> str:
        translate = self.translate
        relative = relative_to_beginning(of)
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log2(np.maximum(relative, 1e-12))
        title = translate("Report", "Loss at each t over the training, relative to its beginning")
        if kind:
            title = self._with(title, translate("Report", PROBES[kind][0]))
        chart = heat_map(
            logs,
            title=title,
            x_label=translate("Report", "step"),
            y_label="t",
            x_range=of.steps,
            top=self.found.diffusion_steps,
        )
        if not chart:
            return ""
        low, high = (f"{figure(2.0**end, 2)} ×" for end in span_of(logs))
        note = translate("Report", "The training's own losses, whose pictures and noise differ from column to column.")
        if kind:
            note = translate("Report", "The same pictures, t and noise, asked again and again.")
        bar = f'<p class="muted scale"><span>{low}</span><i></i><span>{high}</span></p>'
        return _section(title, f'{chart}{bar}<p class="muted">{_text(note)}</p>')

    def _measured(self, result: QualityResult) -> Iterable[list[str]]:
        first = True
        for name, space in result.spaces.items():
            bits = ""
            if first and result.bits is not None:
                bits = f"{figure(result.bits.total)} ± {figure(1.96 * result.bits.error, 2)}"
            floor = figure(space.floor_kid)
            if space.floor_kid_low is not None and space.floor_kid_high is not None:
                floor = f"{figure(space.floor_kid_low, 2)} … {figure(space.floor_kid_high, 2)}"
            yield [
                f"{result.step:,}" if first else "",
                ("EMA" if result.weights == "ema" else self.translate("Report", "raw")) if first else "",
                f"{result.count:,}" if first else "",
                self._space(name),
                f"{figure(space.kid)} ({figure(space.kid_low, 2)} … {figure(space.kid_high, 2)})",
                floor,
                f"{figure(space.fd)} ({figure(space.fd_low, 2)} … {figure(space.fd_high, 2)})",
                figure(space.floor_fd),
                figure(space.density),
                figure(space.coverage),
                bits,
            ]
            first = False

    def _kid_chart(self, space: str) -> str:
        results = [result for result in self.found.quality if space in result.spaces]
        lines = []
        for weights, style in (("ema", "loss"), ("raw", "grad_norm")):
            of = [result for result in results if result.weights == weights]
            if of:
                steps = np.array([result.step for result in of])
                values = np.array([result.spaces[space].kid for result in of])
                lines.append(Line("EMA" if weights == "ema" else self.translate("Report", "raw"), style, steps, values))
        steps = np.array([result.step for result in results])
        if len(set(steps.tolist())) < 2:
            return ""
        floor = np.array([result.spaces[space].floor_kid for result in results])
        lines.append(Line(self.translate("Report", "its floor"), "held", steps, floor))
        title = self.translate("Report", "KID, features: {space}").format(space=self._space(space))
        chart = line_chart(lines, title=title, x_label=self.translate("Report", "step"), log=False)
        return f"<figure><figcaption>{_text(title)}</figcaption>{chart}</figure>"

    def _space(self, name: str) -> str:
        return self.translate("Report", SPACES[name]) if name in SPACES else name

    def _kind(self, kind: str) -> str:
        return self.translate(EVENTS_CONTEXT, EVENT_TITLES[kind]) if kind in EVENT_TITLES else kind

    def _with(self, words: str, more: str) -> str:
        return self.translate("Report", "{words} ({more})").format(words=words, more=more)

    def _step(self, step: int) -> str:
        return self.translate("Report", "step {step}").format(step=f"{step:,}")

    def _setting(self, name: str) -> str:
        title = SETTINGS[name].title
        said = self.translate(SETTING_CONTEXT, title)
        if said == title:  # that of the row of the catalogue which the setting switches on
            said = self.translate(CATALOGUE_CONTEXT, title)
        return self._with(said, name)

    def _value(self, name: str, value: object) -> str:
        return value_in_words(SETTINGS[name], value, self.translate)

    def _duration(self, seconds: float) -> str:
        whole = round(seconds)
        for unit, shorter, scale, less in (
            (QT_TRANSLATE_NOOP("Report", "{n} d"), QT_TRANSLATE_NOOP("Report", "{n} h"), 86_400, 3600),
            (QT_TRANSLATE_NOOP("Report", "{n} h"), QT_TRANSLATE_NOOP("Report", "{n} min"), 3600, 60),
            (QT_TRANSLATE_NOOP("Report", "{n} min"), QT_TRANSLATE_NOOP("Report", "{n} s"), 60, 1),
        ):
            if whole >= scale:
                parts = ((unit, whole // scale), (shorter, whole % scale // less))
                return " ".join(self.translate("Report", each).format(n=f"{count:,}") for each, count in parts)
        return self.translate("Report", "{n} s").format(n=figure(seconds, 2))


def command_line(found: Gathered) -> tuple[str, bool]:
    """What trains the run again, and whether it says all: names by the thousand are left out."""
    run = found.run
    assert run is not None
    config = run.config
    known = PRESETS.get(config.preset.lower())
    words = ["ddpm-studio", "train", "FOLDER", "--run", _word(found.folder.resolve().name)]
    words += ["--preset", _word(config.preset)]
    if run.planned_total is not None:
        words += ["--steps", str(run.planned_total)]
    whole = True
    for name in SETTINGS if known is None else changed_settings(config):
        if name == "steps" and run.planned_total is not None:
            continue
        text = as_text(config.setting(name)) or "none"
        if len(text) > MOST_COMMAND_VALUE:
            whole = False
            continue
        words += ["--set", _word(f"{name}={text}")]
    lines, line = [], words[0]
    for word in words[1:]:
        if word.startswith("--"):
            lines.append(line)
            line = "   "
        line += f" {word}"
    return " \\\n".join([*lines, line]), whole


def verdict_words(verdict: Verdict, translate: Translate) -> str:
    """What the frozen probe says of the run, and why; "" where it is too early to say anything."""
    if verdict.kind in {EARLY, RESUMED}:
        return ""
    return str(sentence(verdict, translate, count=lambda number: f"{number:,}", figure=figure))


def _is_there(series: Series | None) -> bool:
    return series is not None and len(series.steps) > 0


# --- pieces of markup ------------------------------------------------------------------------------------


def _word(text: str) -> str:
    """A word of a command line, without what a terminal would obey."""
    return shlex.quote(showable(text, MOST_COMMAND_VALUE))


def _text(text: object) -> str:
    return escape(printable(showable(str(text), 4 * LONGEST)), quote=False)


def _attribute(text: object) -> str:
    return escape(printable(showable(str(text), LONGEST)))


def _section(title: str, body: str, style: str = "") -> str:
    return f'<section class="card {style}"><h2>{_text(title)}</h2>{body}</section>'


def _folded(title: str, body: str, *, open_: bool = False) -> str:
    state = " open" if open_ else ""
    return f'<details class="card wide"{state}><summary>{_text(title)}</summary>{body}</details>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{_text(each)}</th>" for each in heads)
    lines = "".join("<tr>" + "".join(f"<td><bdi>{_text(cell)}</bdi></td>" for cell in row) + "</tr>" for row in rows)
    top = f"<thead><tr>{head}</tr></thead>" if heads else ""
    return f'<div class="scroll"><table>{top}<tbody>{lines}</tbody></table></div>'


def _picture(frame: Frame, title: str, style: str) -> str:
    width, height = frame.size
    return (
        f'<img class="{style}" alt="{_attribute(title)}" width="{width}" height="{height}"'
        f' src="{data_uri(frame.webp, "webp")}">'
    )


def _date(iso: str) -> str:
    """A moment as a run's files say it, in UTC; as it is where it is none."""
    try:
        return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError):
        return iso


def _time_words(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "–"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"


def size_words(size_bytes: float) -> str:
    """A size in decimal units: 12.3 MB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= scale:
            return f"{figure(size_bytes / scale)} {unit}"
    return f"{figure(size_bytes)} B"
