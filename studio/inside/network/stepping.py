"""The scrubber under the U: the sampler room's cursor, its playing, and the denoising that can be made from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.errors import StudioError, showable
from core.recording import Recording

from ... import numbers
from ...imaging import to_image

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from ..seen import Seen
    from .panel import NetworkPanel


class Stepping(QObject):
    """Keeps scrubber and entry of the U at the step that is seen. Lives in the GUI thread."""

    def __init__(self, panel: NetworkPanel, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel, self._seen = panel, seen
        steps, row, play = panel.steps, panel.timeline.row, seen.playback
        steps.generate_wished.connect(seen.generate)
        steps.cancel_wished.connect(seen.cancel)
        steps.training_wished.connect(seen.wish_training)
        panel.timeline.step_picked.connect(seen.go)
        panel.step_wished.connect(self._step_by)
        panel.end_wished.connect(self._to_end)
        panel.play_wished.connect(play.toggle)
        panel.picture_wished.connect(self._select_by)
        panel.block.over.t_picked.connect(self._go_to_t)
        row.play_wished.connect(play.toggle)
        row.move_wished.connect(self._move)
        row.loop_changed.connect(play.set_loop)
        row.speed_changed.connect(play.set_speed)
        play.pace_changed.connect(row.set_pace)
        play.tell_pace()
        play.playing_changed.connect(row.set_playing)
        seen.recording_changed.connect(self.show_recording)
        seen.recording_grew.connect(self._grew)
        seen.sampling_changed.connect(self._show_state)
        for changed in (seen.choices_changed, seen.model_changed, seen.wishes_changed):
            changed.connect(self._show_state)
        seen.step_changed.connect(self._show_step)
        seen.picture_changed.connect(self._show_picture)

    @Slot()
    def show_recording(self) -> None:
        """What is there now, from its beginning on."""
        recording, timeline = self._seen.recording, self._panel.timeline
        timeline.show_recording(recording, self._seen.picture)
        self._panel.steps.picture.show_where(recording, self._seen.picture)
        timeline.row.set_usable(False)
        timeline.row.clear_where()
        self._panel.map.show_step(None)
        self._panel.block.over.show_t(None)
        if recording is not None and recording.arrived:
            self._grew()
            self._show_step(self._seen.step)
        self._show_state()

    @Slot()
    def _grew(self) -> None:
        recording = self._seen.recording
        if recording is not None and recording.arrived:
            self._panel.timeline.grow()
            self._panel.timeline.row.set_usable(True)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        seen, recording = self._seen, self._seen.recording
        working = None
        if seen.sampling:
            working = (0, 0) if recording is None else (recording.arrived, recording.steps)
        self._panel.steps.show_state(
            has_model=seen.choice is not None,
            has_recording=recording is not None and recording.arrived > 0,
            working=working,
            why_not=self._why_not(),
        )
        self._say_whose()

    def _say_whose(self) -> None:
        """Whose pictures they are, where they are not of the chosen model."""
        made_of, words = self._seen.made_of, ""
        if made_of is not None:
            name, step = made_of
            words = self.tr("These pictures are of {name}.").format(name=showable(name, 60))
            if step is not None:
                words = self.tr("These pictures are of {name} at step {step}.").format(
                    name=showable(name, 60), step=numbers.count(step)
                )
        summary = self._panel.steps.picture.summary
        summary.setText(words)
        summary.set_tip(self.tr("Generate makes some with the chosen model.") if words else "")

    def _why_not(self) -> str:
        """Why no denoising can be made; "" where one can."""
        if self._seen.choice is None:
            return self.tr("There is no model yet. After the first checkpoint its blocks can be seen at work.")
        return self._seen.why_not_generate

    @Slot(int)
    def _show_step(self, step: int) -> None:
        recording = self._seen.recording
        if recording is None or step >= recording.arrived:
            return
        timeline, t = self._panel.timeline, int(recording.t[step])
        timeline.show_step(step)
        timeline.row.set_where(step, recording.steps, t)
        self._panel.map.show_step(t, self._entry(recording, step))
        self._panel.block.over.show_t(t)

    def _entry(self, recording: Recording, step: int) -> list[QImage]:
        """Small pictures of what goes in, as far as there is room: x_t, x̂_0 of the step before, the condition."""
        picture = self._seen.picture
        try:
            images = [to_image(recording.one_shown("x_t", step, picture))]
            if self._panel.map.feeds_back and step:
                images.append(to_image(recording.one_shown("x_0", step - 1, picture)))
            elif recording.condition is not None:
                images.append(to_image(recording.condition[picture]))
        except StudioError:  # a kept one whose file was cut off meanwhile: the sampler room tells of it
            return []
        return images

    @Slot(int)
    def _show_picture(self, picture: int) -> None:
        recording = self._seen.recording
        self._panel.steps.picture.show_where(recording, picture)
        if recording is not None and recording.arrived:
            self._panel.timeline.show_picture(picture)
            self._show_step(self._seen.step)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(int)
    def _step_by(self, steps: int) -> None:
        self._seen.go(self._seen.step + steps)

    @Slot(int)
    def _select_by(self, pictures: int) -> None:
        self._seen.select(self._seen.picture + pictures)

    @Slot(bool)
    def _to_end(self, last: bool) -> None:
        self._seen.go(self._seen.playback.arrived - 1 if last else 0)

    @Slot(str)
    def _move(self, where: str) -> None:
        if where in ("first", "last"):
            self._to_end(where == "last")
        else:
            self._step_by(-1 if where == "back" else 1)

    @Slot(float)
    def _go_to_t(self, t: float) -> None:
        recording = self._seen.recording
        if recording is not None and recording.arrived:
            known = recording.t[: recording.arrived]
            self._seen.go(int(abs(known - t).argmin()))
