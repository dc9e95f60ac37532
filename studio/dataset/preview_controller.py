"""Keeps the right side of the dataset room true: the chosen picture, what the network sees of it, its noised forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from core.catalogue import SCHEDULES

from .. import numbers
from ..app.messages import error_text
from ..jobs.requests import Requests
from ..row_options import as_words, said_options
from .inspector import Inspector
from .noise_strip import STOPS
from .shown import PreviewShown

if TYPE_CHECKING:
    from core.pictures.folder.pairs import Pairs
    from core.pictures.folder.scan import PictureFile
    from core.settings import DataConfig, RunConfig

    from .forward_table import ForwardTable
    from .noising import NoisedPicture
    from .preview import Preview, PreviewQuestion, TableQuestion

#: t at first, as a part of T: the picture is still seen, and so is the noise.
FIRST_T = 0.4


class PreviewController(QObject):
    """Asks for previews and tables in the background and draws x_t when t moves."""

    settings_wished = Signal(object)  #: a dict: the flat names of settings and their new values
    seen_changed = Signal()  #: another picture, the same one under other settings, or none

    def __init__(self, inspector: Inspector, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inspector = inspector
        self._picture: PictureFile | None = None
        self._row = -1
        self._number = 0  # its place in the folder, which picks its noise
        self._config: RunConfig | None = None
        self._pairs: Pairs | None = None
        self._torch_ready = False
        self._preview: Preview | None = None
        self._table: ForwardTable | None = None
        self._table_problem = ""  # why there is none
        self._looked_at = ""  # a schedule that is shown in place of the one that is set
        self._bent: tuple[str, ...] | None = None  # likewise: what bends the one that is set, while that is dragged
        self._options: dict[str, tuple[str, ...] | None] = {}  # what bent a schedule when it was left for another
        self._t_part = FIRST_T
        self._t: int | None = None
        self._previews = Requests(_answer_preview, 1, "preview", self)
        self._tables = Requests(_answer_table, 1, "noise schedule", self)
        self._slides = Requests(_answer_noised, 1, "noised picture", self)
        self._strips = Requests(_answer_noised, 1, "noised strip", self)
        self._previews.answered.connect(self._preview_came)
        self._tables.answered.connect(self._table_came)
        self._slides.answered.connect(self._slide_came)
        self._strips.answered.connect(self._strip_came)
        inspector.t_wished.connect(self.show_t)
        inspector.forward.schedule.looked_at.connect(self._look_at)
        inspector.forward.schedule.wished.connect(self._wish_schedule)
        inspector.forward.options.looked_at.connect(self._look_at_options)
        inspector.forward.options.wished.connect(self._wish_options)

    def show_picture(self, number: int, picture: PictureFile, row: int = -1) -> None:
        """Another picture was chosen; `number` is its place in the folder, `row` that in its table."""
        self._number, self._picture, self._row = number, picture, row
        self._ask_preview()

    def clear(self) -> None:
        """There is no picture."""
        self._picture = self._preview = None
        self._previews.forget()
        self._inspector.show_no_preview()
        self._draw()
        self.seen_changed.emit()

    @property
    def seen(self) -> tuple[str, NoisedPicture] | None:
        """The name of the chosen picture, and what the network sees of it; None while there is none."""
        if self._picture is None or self._preview is None:
            return None
        return self._picture.name, self._preview.noised

    def follow(self, config: RunConfig) -> None:
        """The settings changed, here or elsewhere; `config` is resolved."""
        # Which pictures are left out changes nothing of any of them, and is no reason to decode this one again.
        config = replace(config, data=replace(config.data, excluded=None))
        before, self._config = self._config, config
        if before is None or _decides(before) != _decides(config):
            self._ask_preview()
        if before is None or before.diffusion != config.diffusion:
            self._bent = None
            self._inspector.forward.show_used(config.diffusion.beta_schedule, said_options(config.diffusion))
            self._ask_table()

    def set_pairs(self, pairs: Pairs | None) -> None:
        """What is known of a second folder; None: there is none, or not yet."""
        self._pairs = pairs
        self._ask_preview()

    def torch_ready(self) -> None:
        """From now on a schedule may be computed."""
        self._torch_ready = True
        self._ask_table()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        requests = (self._previews, self._tables, self._slides, self._strips)
        ended = [r.shutdown(timeout_ms) for r in requests]
        return all(ended)

    # --- questions -----------------------------------------------------------------------------------------

    def _ask_preview(self) -> None:
        if self._picture is None or self._config is None:
            return
        from .preview import PreviewQuestion

        self._previews.forget()
        partner = None if self._pairs is None else self._pairs.partner_of(self._row)
        self._previews.ask(PreviewQuestion(self._number, self._picture.path, *_decides(self._config), partner))

    def _in_no_pair(self) -> bool:
        return self._pairs is not None and self._pairs.partner_of(self._row) is None

    def _ask_table(self) -> None:
        if not self._torch_ready or self._config is None:
            return
        from .preview import TableQuestion

        diffusion = self._config.diffusion
        schedule = self._looked_at or diffusion.beta_schedule
        wished = TableQuestion(schedule, diffusion.timesteps, self._options_of(schedule))
        self._tables.forget()
        if self._table is None or wished != (self._table.schedule, self._table.timesteps, self._table.options):
            self._tables.ask(wished)

    def _options_of(self, schedule: str) -> tuple[str, ...] | None:
        """What bends a schedule. Options of one mean nothing to another; going back to it brings its own back."""
        assert self._config is not None
        diffusion = self._config.diffusion
        if schedule != diffusion.beta_schedule:
            return self._options.get(schedule)
        return diffusion.schedule_fn_kwargs if self._bent is None else self._bent

    @Slot(str)
    def _look_at(self, schedule: str) -> None:
        self._looked_at = schedule
        self._ask_table()

    @Slot(str)
    def _wish_schedule(self, schedule: str) -> None:
        if self._config is None or schedule == self._config.diffusion.beta_schedule:
            return
        options = self._options_of(schedule)
        self._options[self._config.diffusion.beta_schedule] = self._config.diffusion.schedule_fn_kwargs
        self.settings_wished.emit({"beta_schedule": schedule, "schedule_fn_kwargs": options})

    @Slot(object)
    def _look_at_options(self, options: Mapping[str, float]) -> None:
        assert self._config is not None
        self._bent = self._with(options)
        self._ask_table()

    @Slot(object)
    def _wish_options(self, options: Mapping[str, float]) -> None:
        if self._config is None:
            return
        bent, self._bent = self._with(options) or None, None
        if bent == self._config.diffusion.schedule_fn_kwargs:
            self._ask_table()
        else:
            self.settings_wished.emit({"schedule_fn_kwargs": bent})

    def _with(self, options: Mapping[str, float]) -> tuple[str, ...]:
        """`schedule_fn_kwargs` with these numbers."""
        assert self._config is not None
        diffusion = self._config.diffusion
        return as_words(SCHEDULES[diffusion.beta_schedule], said_options(diffusion) | dict(options))

    # --- answers -------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _preview_came(self, _question: PreviewQuestion, answer: Preview | Exception) -> None:
        assert self._picture is not None
        if isinstance(answer, Exception):
            self._preview = None
            self._inspector.show_no_preview(self._picture.name, getattr(answer, "reason_code", "unreadable"))
        else:
            self._preview = answer
            self._inspector.show_preview(_shown(self._picture, answer, in_no_pair=self._in_no_pair()))
        self._draw()
        self.seen_changed.emit()

    @Slot(object, object)
    def _table_came(self, _question: TableQuestion, answer: ForwardTable | Exception) -> None:
        # A schedule that cannot be is one of the settings' problems, which the training room says too.
        self._table_problem = error_text(answer) if isinstance(answer, Exception) else ""
        self._table = None if isinstance(answer, Exception) else answer
        if self._table is not None:
            self._t = round(self._t_part * (self._table.timesteps - 1))
        self._draw()

    # --- drawing -------------------------------------------------------------------------------------------

    @Slot(int)
    def show_t(self, t: int) -> None:
        """Go to a timestep."""
        if self._table is None or not 0 <= t < self._table.timesteps:
            return
        self._t, self._t_part = t, t / max(1, self._table.timesteps - 1)
        self._draw_t()

    def _draw(self) -> None:
        self._slides.forget()
        self._strips.forget()
        if self._table is None:
            self._inspector.forward.show_strip((), (), 1)
        elif self._preview is None:
            self._inspector.forward.show_strip(self._table.stops(STOPS), (), self._table.timesteps)
        else:
            from .preview import NoisedQuestion

            question = NoisedQuestion(self._preview.noised, self._table, self._table.stops(STOPS))
            if self._preview.noised.is_small:
                self._strip_came(question, _answer_noised(question))
            else:
                self._strips.ask(question)
        self._draw_t()

    def _draw_t(self) -> None:
        if self._table is None or self._t is None:
            self._inspector.show_forward(None, problem=self._table_problem)
            self._inspector.show_noised(None)
            return
        self._inspector.show_forward(self._table, self._t)
        if self._preview is None:
            self._inspector.show_noised(None)
            return
        from .preview import NoisedQuestion

        question = NoisedQuestion(self._preview.noised, self._table, (self._t,))
        if self._preview.noised.is_small:
            self._slide_came(question, _answer_noised(question))
        else:
            self._slides.ask(question)

    @Slot(object, object)
    def _slide_came(self, _question: object, pictures: list[QImage]) -> None:
        self._inspector.show_noised(pictures[0])

    @Slot(object, object)
    def _strip_came(self, _question: object, pictures: list[QImage]) -> None:
        assert self._table is not None
        self._inspector.forward.show_strip(self._table.stops(STOPS), pictures, self._table.timesteps)


def _decides(config: RunConfig) -> tuple[DataConfig, bool, float]:
    """The settings that a picture and its noise depend on."""
    return config.data, config.diffusion.auto_normalize, config.diffusion.offset_noise_strength


def _shown(picture: PictureFile, preview: Preview, *, in_no_pair: bool) -> PreviewShown:
    from ..imaging import to_image  # numpy, which is there once there is a preview

    height, width, channels = preview.pixels.shape
    return PreviewShown(
        name=picture.name,
        class_name=picture.class_name,
        file_facts=f"{preview.format} · {numbers.memory(preview.size_bytes)}",
        original=preview.original,
        original_facts=f"{numbers.count(preview.width)}×{numbers.count(preview.height)} {preview.mode}",
        seen=preview.seen,
        seen_facts=f"{numbers.count(width)}×{numbers.count(height)}×{channels}",
        beside=None if preview.beside is None else to_image(preview.beside),
        beside_facts="" if preview.beside is None else f"×{preview.beside.shape[2]}",
        in_no_pair=in_no_pair,
    )


# numpy and Pillow are loaded by the first question, not by the first paint of the window.


def _answer_preview(question: PreviewQuestion) -> Preview:
    from .preview import make_preview

    return make_preview(question)


def _answer_table(question: TableQuestion) -> ForwardTable:
    from .noising import forward_table

    return forward_table(*question)


def _answer_noised(question: object) -> list[QImage]:
    from .preview import NoisedQuestion, noised_images

    assert isinstance(question, NoisedQuestion)
    return noised_images(question)
