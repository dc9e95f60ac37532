"""What happens in the tab: schedules are bent and compared, and one of them is taken for the next run."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtGui import QImage

from core.catalogue import OBJECTIVES, SCHEDULES, WEIGHTINGS, Row
from core.errors import ConfigError
from core.settings import DiffusionConfig

from ... import numbers
from ...app.messages import error_text, row_text
from ...app.tabs import shelf
from ...jobs.requests import Requests
from ...row_options import LETTERS, as_words, said_options
from .computing import Answer, Question, StripQuestion, answer, bundled_picture, noised_rows
from .panel import Parts, SchedulesHead, SchedulesPanel
from .strips import stops_with

if TYPE_CHECKING:
    from ...app.rooms import Shell
    from ...dataset.noising import NoisedPicture
    from ...dataset.preview_controller import PreviewController
    from ...project import Project
    from ..seen import Seen

#: Where the cursor is at first, as a part of T: the picture is still seen, and so is the noise.
FIRST_T = 0.4
#: A drawn curve that has no points yet begins on the schedule that was looked at before, at these of its places.
FIRST_POINTS = (0.2, 0.4, 0.6, 0.8)
#: So many values the network of a run takes where nobody has said a size: 3×32×32.
USUAL_DIMENSIONS = 3 * 32 * 32


class SchedulesController(QObject):
    """Connects the panel with what is seen. Lives in the GUI thread."""

    def __init__(
        self,
        panel: SchedulesPanel,
        head: SchedulesHead,
        project: Project,
        seen: Seen,
        pictures: PreviewController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.panel, self.head = panel, head
        self._project, self._seen, self._pictures = project, seen, pictures
        self._shown = False
        self._followed: DiffusionConfig | None = None  #: the settings of the next run that were taken over last
        self._options: dict[str, dict[str, float]] = {}  #: of each schedule that was bent
        self._weighting_options: dict[str, dict[str, float]] = {}
        self._chosen, self._weighting, self._beside = "linear", "none", ""
        self._timesteps = 1000
        self._t_part, self._t = FIRST_T, 400
        self._answer = Answer()
        self._bundled: NoisedPicture | None = None
        # Plots and weights are drawn in two turns of the event loop: each takes 30 ms the first time.
        self._weights_later = QTimer(self, singleShot=True, interval=0)
        self._weights_later.timeout.connect(self._draw_weights)
        self._tables = Requests(answer, 1, "schedules", self)
        self._strips = Requests(noised_rows, 1, "noised rows", self)
        self._bundle = Requests(bundled_picture, 1, "bundled picture", self)
        self._tables.answered.connect(self._answer_came)
        self._strips.answered.connect(self._rows_came)
        self._bundle.answered.connect(self._bundled_came)
        self._connect()

    def _connect(self) -> None:
        panel, head = self.panel, self.head
        panel.t_wished.connect(self._go)
        panel.stepped.connect(self._step)
        panel.choice.shown_changed.connect(self._draw)
        panel.choice.schedule_wished.connect(self.choose)
        panel.choice.options_wished.connect(self._bend)
        panel.choice.use_wished.connect(self.use)
        panel.weights.weighting_wished.connect(self._weigh)
        panel.weights.options_wished.connect(self._bend_weights)
        panel.strips.beside_wished.connect(self._put_beside)
        head.comb_wished.connect(self._ask)
        self._seen.settings_changed.connect(self._follow)
        self._pictures.seen_changed.connect(self._picture_changed)

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: one that cannot computes nothing."""
        if shown and not self._shown:
            self._shown = True
            self._follow()
        self._shown = shown

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._weights_later.stop()
        ended = [requests.shutdown(timeout_ms) for requests in (self._tables, self._strips, self._bundle)]
        return all(ended)

    # --- what is chosen ------------------------------------------------------------------------------------

    @Slot()
    def _follow(self) -> None:
        """The settings changed, here or elsewhere: what is new in those of the next run is looked at."""
        if not self._shown:
            return
        wished, seen = self._project.wished.diffusion, self._seen.config.diffusion
        before, self._followed = self._followed, wished
        bent = before is None or _schedule_of(before) != _schedule_of(wished)
        if bent and wished.beta_schedule in self.panel.choice.lines:
            self._chosen = wished.beta_schedule
            self._options[self._chosen] = said_options(wished)
        weighed = before is None or _weighting_of(before) != _weighting_of(wished)
        if weighed and WEIGHTINGS[wished.loss_weighting].installed:
            self._weighting = wished.loss_weighting
            self._weighting_options[self._weighting] = _weighting_options(wished)
        if not self._beside:
            self._beside = next(name for name in self.panel.choice.lines if name != self._chosen)
        if seen.timesteps != self._timesteps or before is None:
            self._timesteps = seen.timesteps
            self.head.show_timesteps(seen.timesteps)
            self._t = round(self._t_part * (seen.timesteps - 1))
        self.head.trained.setText(self._trained_words())
        self._show_chosen()
        self._ask()

    def _show_chosen(self) -> None:
        self.panel.choice.show_chosen(self._chosen, self._options.get(self._chosen, {}))
        self.panel.weights.show_weighting(self._weighting, self._weighting_options.get(self._weighting, {}))
        self.panel.strips.show_beside(self._beside)
        lines = self.panel.choice.lines
        self.panel.choice.show_copied({name for name in lines if name != self._chosen and self._starts_as_copy(name)})
        self._show_use()

    def _starts_as_copy(self, name: str) -> bool:
        """Whether it is one that is drawn, and nothing of it is yet."""
        return bool(SCHEDULES[name].drawn) and not any(self._options.get(name, {}).values())

    @Slot(str)
    def choose(self, name: str) -> None:
        """Look at another schedule; a drawn one without points begins on the one before."""
        if name == self._chosen or name not in self.panel.choice.lines:
            return
        table, row = self._answer.tables.get(self._chosen), SCHEDULES[name]
        if self._starts_as_copy(name) and table is not None:
            places = {option.name: option.at for option in row.drawn if option.at in FIRST_POINTS}
            self._options[name] = {
                point: round(float(table.alphas_cumprod[round(at * table.timesteps) - 1]), 3)
                for point, at in places.items()
                if at is not None and at * table.timesteps >= 1
            }
            if not _falls(row, self._options[name]):
                self._options[name] = {}
        if self._beside == name:
            self._beside = self._chosen
        self._chosen = name
        self._show_chosen()
        self._ask()

    @Slot(object)
    def _bend(self, options: Mapping[str, float]) -> None:
        self._options[self._chosen] = self._options.get(self._chosen, {}) | dict(options)
        self._show_use()
        self._ask()

    @Slot(str)
    def _weigh(self, weighting: str) -> None:
        self._weighting = weighting
        self._show_chosen()
        self._ask()

    @Slot(object)
    def _bend_weights(self, options: Mapping[str, float]) -> None:
        self._weighting_options[self._weighting] = dict(options)
        self.panel.weights.show_weighting(self._weighting, options)
        self._show_use()
        self._ask()

    @Slot(str)
    def _put_beside(self, schedule: str) -> None:
        self._beside = schedule
        self._ask()

    # --- the next run --------------------------------------------------------------------------------------

    def changes(self) -> dict[str, object]:
        """The settings of the next run that would become others, by flat name."""
        wished, changes = self._project.wished.diffusion, dict[str, object]()
        schedule, options = SCHEDULES[self._chosen], self._options.get(self._chosen, {})
        words = as_words(schedule, options)
        if wished.beta_schedule != schedule.name or {*words} != {*as_words(schedule, said_options(wished))}:
            changes |= {"beta_schedule": schedule.name, "schedule_fn_kwargs": words or None}
        weighting, options = WEIGHTINGS[self._weighting], self._weighting_options.get(self._weighting, {})
        words = as_words(weighting, options)
        if wished.loss_weighting != weighting.name or {*words} != {*as_words(weighting, _weighting_options(wished))}:
            elsewhere = {
                option.setting: None for row in WEIGHTINGS.values() for option in row.options if option.setting
            }
            own = {o.setting: float(options.get(o.name, o.default)) for o in weighting.options if o.setting}
            typed = {option.name: options[option.name] for option in weighting.typed if option.name in options}
            kwargs = as_words(weighting, typed) or None
            changes |= {"loss_weighting": weighting.name, "loss_weighting_kwargs": kwargs, **elsewhere, **own}
        return changes

    @Slot()
    def use(self) -> None:
        """Take what is chosen for the next run, in one step that can be undone."""
        changes = self.changes()
        if changes:
            self._project.set_settings(changes)

    def _show_use(self) -> None:
        changes = self.changes()
        words = self.tr("The next run trains with {schedule}")
        next_run = _in_words(SCHEDULES[self._project.wished.diffusion.beta_schedule], {})
        self.panel.choice.show_next(words.format(schedule=next_run), not changes)
        if not changes:
            self.panel.choice.show_use(False, self.tr("The next run takes these already."))
            return
        try:
            self._project.wished.with_settings(changes)
        except ConfigError as error:
            self.panel.choice.show_use(False, error_text(error))
            return
        tip = self.tr("The next run is to be trained with {schedule}, weighting {weighting}. Ctrl+Z takes it back.")
        schedule = _in_words(SCHEDULES[self._chosen], self._options.get(self._chosen, {}))
        weighting = _in_words(WEIGHTINGS[self._weighting], self._weighting_options.get(self._weighting, {}))
        self.panel.choice.show_use(True, tip.format(schedule=schedule, weighting=weighting))

    def _trained_words(self) -> str:
        diffusion, folder = self._seen.config.diffusion, self._seen.run_folder
        schedule = _in_words(SCHEDULES[diffusion.beta_schedule], said_options(diffusion))
        weighting = _in_words(WEIGHTINGS[diffusion.loss_weighting], _weighting_options(diffusion))
        words = self.tr("The next run: {schedule}, T = {steps}, weighting {weighting}, predicts {letter}")
        if folder is not None:
            words = self.tr("{run} was trained with {schedule}, T = {steps}, weighting {weighting}, predicts {letter}")
            if self._seen.training_busy:
                words = self.tr(
                    "{run} is trained with {schedule}, T = {steps}, weighting {weighting}, predicts {letter}"
                )
        return words.format(
            run="" if folder is None else folder.name,
            schedule=schedule,
            steps=numbers.count(diffusion.timesteps),
            weighting=weighting,
            letter=OBJECTIVES[diffusion.objective].letter or row_text(OBJECTIVES[diffusion.objective].title),
        )

    # --- questions and answers -----------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        if not self._shown:
            return
        data = self._seen.config.data
        sides = data.height_and_width if data.image_size is not None else None
        dimensions = USUAL_DIMENSIONS if sides is None else sides[0] * sides[1] * (data.channels or 3)
        said = {
            name: as_words(SCHEDULES[name], self._options.get(name, {})) or None for name in self.panel.choice.lines
        }
        question = Question(
            timesteps=self._timesteps,
            options=said,
            chosen=self._chosen,
            weighting=self._weighting,
            weighting_options=dict(self._weighting_options.get(self._weighting, {})),
            spacing=str(self.head.spacing.currentData()),
            steps=self.head.steps.value(),
            dimensions=dimensions,
        )
        self._tables.ask_only([question])

    @Slot(object, object)
    def _answer_came(self, _question: Question, answer: Answer | Exception) -> None:
        if isinstance(answer, Exception):
            answer = Answer(problem=error_text(answer))
        self._answer = answer
        self._draw()

    @Slot()
    def _draw(self) -> None:
        tables, shown = self._answer.tables, self.panel.choice.shown()
        self.panel.show_tables({name: table for name, table in tables.items() if name in shown})
        self.panel.show_comb(self._answer.times)
        self._weights_later.start()
        table = tables.get(self._chosen)
        self.panel.choice.options.show_places(self._timesteps)
        if table is not None and self.panel.choice.options.curve is not None:
            self.panel.choice.options.curve.show_line(table.alphas_cumprod.tolist())
        self.panel.choice.show_problem(self._answer.problem)
        self._show_t()

    @Slot()
    def _draw_weights(self) -> None:
        self.panel.weights.show_answer(self._answer, self._answer.tables.get(self._chosen))

    # --- t and the picture ---------------------------------------------------------------------------------

    @property
    def t(self) -> int:
        """Where the cursor is."""
        return self._t

    @Slot(float)
    def _go(self, t: float) -> None:
        self._t = min(self._timesteps - 1, max(0, round(t)))
        self._t_part = self._t / max(1, self._timesteps - 1)
        self._show_t()

    @Slot(int)
    def _step(self, by: int) -> None:
        self._go(self._t + by)

    def _show_t(self) -> None:
        self.panel.show_t(self._t, self._timesteps)
        self._show_strips()

    @Slot()
    def _picture_changed(self) -> None:
        if self._shown:
            self._show_strips()

    def _show_strips(self) -> None:
        seen = self._pictures.seen
        picture = self._bundled if seen is None else seen[1]
        if seen is None:
            self.panel.strips.show_name(
                self.tr("a bundled face"), self.tr("Choose pictures in the dataset room to see one of your own here.")
            )
            if self._bundled is None:
                self._bundle.ask_only([None])
        else:
            self.panel.strips.show_name(seen[0], self.tr("The picture that is chosen in the dataset room"))
        tables = tuple(
            self._answer.tables[name] for name in (self._chosen, self._beside) if name in self._answer.tables
        )
        tables = tuple(table for table in tables if table.timesteps == self._timesteps)
        stops = stops_with(self._timesteps, self._t)
        self._strips.forget()  # rows of another picture that are still to come
        if picture is None or not tables:
            self.panel.strips.strips.show_rows(tables, stops, (), self._t)
            return
        question = StripQuestion(picture, stops, tables)
        if picture.is_small:
            self._rows_came(question, noised_rows(question))
        else:
            self._strips.ask_only([question])

    @Slot(object, object)
    def _rows_came(self, question: StripQuestion, rows: list[list[QImage]] | Exception) -> None:
        if not isinstance(rows, Exception):
            self.panel.strips.strips.show_rows(question.tables, question.times, rows, self._t)

    @Slot(object, object)
    def _bundled_came(self, _question: object, picture: NoisedPicture | Exception) -> None:
        if not isinstance(picture, Exception):
            self._bundled = picture
            self._picture_changed()


def _schedule_of(diffusion: DiffusionConfig) -> tuple[str, dict[str, float]]:
    return diffusion.beta_schedule, said_options(diffusion)


def _weighting_of(diffusion: DiffusionConfig) -> tuple[str, dict[str, float]]:
    return diffusion.loss_weighting, _weighting_options(diffusion)


def _weighting_options(diffusion: DiffusionConfig) -> dict[str, float]:
    """As numbers; none where one cannot be read, which the settings' problems say."""
    try:
        return diffusion.weighting_options()
    except ConfigError:
        return {}


def _falls(row: Row, options: Mapping[str, float]) -> bool:
    """Whether these heights are those of a curve that can be."""
    try:
        row.checked(options, "schedule_fn_kwargs")
    except ConfigError:
        return False
    return True


def _in_words(row: Row, options: Mapping[str, float]) -> str:
    """What a variant is called, with what is not at its usual value; γ always."""
    if row.drawn:
        points = sum(1 for option in row.drawn if options.get(option.name))
        through = QCoreApplication.translate("SchedulesController", "{name} through {count} points")
        if points == 1:
            through = QCoreApplication.translate("SchedulesController", "{name} through one point")
        if points:
            return through.format(name=row_text(row.title), count=numbers.count(points))
    usual = {option.name: option.default for option in row.options if not option.setting}
    said = {name: number for name, number in options.items() if number != usual.get(name)}
    words = ", ".join(f"{LETTERS.get(name, name)} = {numbers.chosen(number)}" for name, number in said.items())
    return f"{row_text(row.title)} ({words})" if words else row_text(row.title)


def build_tab(shell: Shell, seen: Seen) -> Generator[None, None, SchedulesController]:
    """The tab, in strokes."""
    place = shelf(shell.window)
    parts = Parts(place)
    yield from parts.build()
    panel, head = SchedulesPanel(parts, place), SchedulesHead(place)
    yield
    place.deleteLater()
    for part in (panel, head):
        part.setParent(None)
    pictures = shell.controllers["dataset"].preview
    return SchedulesController(panel, head, shell.project, seen, pictures, parent=shell.window)
