"""One x_T through the checkpoints of a run: rows of training time, columns of denoising time. Knows no worker."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QHideEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from core.checkpoint_grid import CheckpointGrid, evenly

from .. import numbers
from ..app.messages import error_text
from ..app.theme import BODY_PX, CAPTION_PX, CONTROL_PX, sized_font, theme
from ..imaging import to_image
from ..widgets.elided import ElidedLabel
from ..widgets.pixels import draw_picture, filling
from ..widgets.plain import plain_tip, set_name
from ..widgets.scrubber import Preview
from ..widgets.segments import Segments

LABEL_PX, TOP_PX, GAP_PX, LEAST_CELL_PX, PREVIEW_PX = 84, 20, 2, 24, 224
#: Of more steps than this some are left out where that makes the pictures larger, up to a size.
MOST_TOUCHING, GOOD_CELL_PX = 30, 56
LAYERS = ("x_0", "x_t")


class GridView(QWidget):
    """The pictures; the column at the cursor's t is marked."""

    t_picked = Signal(float)  #: of the column that was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid: CheckpointGrid | None = None
        self.layer = LAYERS[0]
        self.words = ""  #: where there is nothing to show
        self._cursor_t: float | None = None
        self._images: dict[tuple[str, int, int], QImage] = {}
        self._preview: Preview | None = None
        self._pointed: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Checkpoints over denoising steps"))
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(560, 320)

    def minimumSizeHint(self) -> QSize:
        """Eight rows of the smallest cells."""
        return QSize(360, TOP_PX + 8 * (LEAST_CELL_PX + GAP_PX))

    def show_grid(self, grid: CheckpointGrid | None) -> None:
        """Another one, or none."""
        self.grid = grid
        self._images.clear()
        self.grew()

    def show_layer(self, layer: str) -> None:
        """ "x_0" or "x_t"."""
        self.layer = layer
        self.update()

    def grew(self) -> None:
        """More pictures have come."""
        grid = self.grid
        rows = () if grid is None else range(grid.rows)
        self.setAccessibleDescription("; ".join(self.row_words(row) for row in rows) or self.words)
        self.update()

    def set_cursor(self, t: float | None) -> None:
        """The timestep that is looked at elsewhere."""
        if t != self._cursor_t:
            self._cursor_t = t
            self.update()

    # --- where what lies -----------------------------------------------------------------------------------

    def columns(self) -> tuple[int, ...]:
        """Those that have room, of the grid's."""
        if self.grid is None or not self.grid.columns:
            return ()
        fit = int((self.width() - LABEL_PX) / (self._side() + GAP_PX) + 1e-6)
        return evenly(range(len(self.grid.columns)), max(1, fit))

    def _side(self) -> float:
        assert self.grid is not None
        high = (self.height() - TOP_PX) / max(1, self.grid.rows) - GAP_PX
        wide = (self.width() - LABEL_PX) / max(1, len(self.grid.columns)) - GAP_PX
        if len(self.grid.columns) > MOST_TOUCHING:
            wide = max(wide, GOOD_CELL_PX)
        return max(LEAST_CELL_PX, min(high, wide))

    def cell(self, row: int, place: int) -> QRectF:
        """Where a picture lies; place: among `columns`."""
        side = self._side()
        # Over the whole breadth, so that few pictures do not stick to the labels.
        shown = max(1, len(self.columns()))
        pitch = max(side + GAP_PX, min((self.width() - LABEL_PX) / shown, 1.5 * side))
        return QRectF(LABEL_PX + place * pitch, TOP_PX + row * (side + GAP_PX), side, side)

    def at(self, where: QPointF) -> tuple[int, int] | None:
        """Row and column (of the grid's) at a place."""
        grid = self.grid
        for place, column in enumerate(self.columns()):
            if self.cell(0, place).left() <= where.x() <= self.cell(0, place).right():
                assert grid is not None
                for row in range(grid.rows):
                    if self.cell(row, place).contains(where):
                        return row, column
        return None

    def cursor_column(self) -> int | None:
        """The shown column nearest to the cursor's t."""
        grid, columns = self.grid, self.columns()
        if grid is None or self._cursor_t is None or not columns or not any(grid.arrived):
            return None
        known = [column for column in columns if grid.t[column] >= 0]
        return min(known, key=lambda column: abs(float(grid.t[column]) - (self._cursor_t or 0.0)), default=None)

    def label(self, row: int) -> str:
        """ "step 1,400"; of the model in training nobody knows it beforehand."""
        assert self.grid is not None
        step = self.grid.labels[row]
        return self.tr("step {step}").format(step=numbers.count(step)) if step is not None else self.tr("in training")

    def row_words(self, row: int) -> str:
        """How far a row has come, or why it has not."""
        assert self.grid is not None
        if row in self.grid.failed:
            return f"{self.label(row)}: {error_text(self.grid.failed[row])}"
        words = self.tr("{done} of {of} steps").format(done=self.grid.arrived[row], of=self.grid.steps)
        return f"{self.label(row)}: {words}"

    # --- the pointer ---------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Enlarge what is under the pointer."""
        self._point(self.at(event.position()))

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell == self._pointed:
            return
        self._pointed = cell
        grid = self.grid
        if cell is None or grid is None or not grid.has(*cell):
            if self._preview is not None:
                self._preview.hide()
            return
        if self._preview is None:
            self._preview = Preview(self.window(), PREVIEW_PX)
        row, column = cell
        place = self.cell(row, self.columns().index(column))
        words = self.tr("{step} · t = {t}").format(step=self.label(row), t=numbers.count(int(grid.t[column])))
        top = self.mapTo(self.window(), QPoint(round(place.center().x()), round(place.top())))
        if top.y() < self._preview.height() + 8:  # no room above
            top.setY(self.mapTo(self.window(), QPoint(0, round(place.bottom()))).y() + self._preview.height() + 8)
        self._preview.show_at(top, self._image(row, column), words)

    @property
    def preview(self) -> Preview | None:
        """What is shown under the pointer; None before there was anything."""
        return self._preview

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._point(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Something else is looked at."""
        super().hideEvent(event)
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The cursor goes to this t."""
        cell = self.at(event.position())
        if cell is not None and self.grid is not None and self.grid.t[cell[1]] >= 0:
            self.t_picked.emit(float(self.grid.t[cell[1]]))

    def event(self, event: QEvent) -> bool:
        """Beside a row: how far it has come, or all of why it has not."""
        grid = self.grid
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and grid is not None:
            rows = [row for row in range(grid.rows) if self._line(row).contains(QPointF(event.pos()))]
            QToolTip.showText(event.globalPos(), plain_tip(self.row_words(rows[0])) if rows else "", self)
            return True
        return super().event(event)

    def _line(self, row: int) -> QRectF:
        """All of a row; without columns yet, where its label is."""
        side = self._side()
        return QRectF(0, TOP_PX + row * (side + GAP_PX), self.width(), side)

    # --- painting ------------------------------------------------------------------------------------------

    def _image(self, row: int, column: int) -> QImage:
        assert self.grid is not None
        key = (self.layer, row, column)
        if key not in self._images:
            self._images[key] = to_image(self.grid.picture(self.layer, row, column))
        return self._images[key]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Labels, pictures, the cursor's column."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self.grid
        if grid is None:
            painter.setPen(theme().color("muted"))
            painter.setFont(sized_font(BODY_PX))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            side = max(48.0, self.width() / 4)
            painter.drawText(QRectF(self.rect()).adjusted(side, 0, -side, 0), flags, self.words)
            return
        columns, cursor = self.columns(), self.cursor_column()
        painter.setFont(sized_font(CAPTION_PX))
        self._paint_t(painter, columns, cursor)
        if cursor is not None:
            place = columns.index(cursor)
            mark = self.cell(0, place).united(self.cell(grid.rows - 1, place))
            painter.setPen(QPen(theme().color("cursor"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(mark.adjusted(-1, -1, 1, 1))
        for row in range(grid.rows):
            line = self._line(row)
            painter.setPen(theme().color("error" if row in grid.failed else "text"))
            label = QRectF(0, line.top(), LABEL_PX - 10, line.height())
            painter.drawText(label, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self.label(row))
            self._paint_row(painter, row, columns)

    def _paint_t(self, painter: QPainter, columns: tuple[int, ...], cursor: int | None) -> None:
        """The timestep over each column, as far as they do not touch."""
        assert self.grid is not None
        free = 0.0
        # The cursor's first: the others give way.
        marked = None
        metrics = painter.fontMetrics()
        texts = []
        for place, column in enumerate(columns):
            t = int(self.grid.t[column])
            if t < 0:
                continue
            text = f"t = {numbers.count(t)}" if place == 0 else numbers.count(t)
            wide = metrics.horizontalAdvance(text) + 8
            rect = QRectF(self.cell(0, place).center().x() - wide / 2, 0, wide, TOP_PX - 4)
            texts.append((column, text, rect))
            marked = rect if column == cursor else marked
        for column, text, rect in texts:
            if column != cursor and (rect.left() < free or (marked is not None and rect.intersects(marked))):
                continue
            free = rect.right()
            painter.setPen(theme().color("cursor" if column == cursor else "muted"))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_row(self, painter: QPainter, row: int, columns: tuple[int, ...]) -> None:
        grid = self.grid
        assert grid is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("line"), 1))
        end = float(LABEL_PX)
        for place, column in enumerate(columns):
            cell = self.cell(row, place)
            if grid.has(row, column):
                image = self._image(row, column)
                size = (image.width(), image.height())
                how = filling(size, (cell.width(), cell.height()), self.devicePixelRatioF())
                drawn = draw_picture(painter, cell, image, how)
                if theme().is_light:
                    painter.drawRect(drawn.adjusted(0.5, 0.5, -0.5, -0.5))
                end = cell.right()
            elif row not in grid.failed:
                painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if row in grid.failed:
            line = self._line(row)
            line.setLeft(end + 8)
            painter.setPen(theme().color("muted"))
            flags = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.save()
            painter.setClipRect(line)
            words = error_text(grid.failed[row])
            # The cursor's frame goes behind the words.
            painter.fillRect(painter.boundingRect(line, flags, words).adjusted(-4, -2, 4, 2), theme().color("panel"))
            painter.drawText(line, flags, words)
            painter.restore()


class CheckpointPage(QWidget):
    """The grid, and over it what makes it, what it is of, which of the two pictures, and saving it."""

    make_wished = Signal()
    cancel_wished = Signal()
    save_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._working = False
        self.make = QPushButton()
        self.make.setObjectName("checkpoints_make")
        self.note = ElidedLabel("")
        self.note.setProperty("caption", True)
        self.layers = Segments()
        self.layers.add("x_0", self.tr("Predicted"), self.tr("x̂_0, the clean picture as each step predicts it"))
        self.layers.add("x_t", self.tr("Noisy"), self.tr("x_t, what each step begins with"))
        self.save = QPushButton(self.tr("Save PNG…"))
        self.save.setObjectName("checkpoints_save")
        set_name(self.save, self.tr("Save PNG"), self.tr("All of it as one picture, with the settings inside"))
        self.view = GridView()
        self.view.words = self.tr(
            "One x_T through the checkpoints of the run: what the training changed, from the top down, and what each "
            "denoising step changes, from left to right. It takes the settings above."
        )
        for button in (self.make, self.save):
            button.setFixedHeight(CONTROL_PX)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.make)
        row.addWidget(self.note, 1)
        row.addWidget(self.layers)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.make.clicked.connect(self._pressed)
        self.save.clicked.connect(self._save)
        self.layers.chosen.connect(self.view.show_layer)
        self.set_working(False)

    def show_grid(self, grid: CheckpointGrid | None) -> None:
        """Another one, or none."""
        self.view.show_grid(grid)
        self.save.setEnabled(False)

    def grew(self) -> None:
        """More pictures have come."""
        self.view.grew()

    def say(self, words: str) -> None:
        """What it is of, how far it is, or why there is none."""
        self.note.setText(words)

    def set_working(self, working: bool) -> None:
        """Whether rows are being made: the button cancels then."""
        self._working = working
        grid = self.view.grid
        self.save.setEnabled(not working and grid is not None and any(grid.arrived))
        tip = self.tr(
            "Denoise the selected picture's noise with up to eight checkpoints of the chosen model's run. A run keeps "
            "its newest ones: *Keep* in the training's settings says how many."
        )
        if working:
            # As wide as it was: who presses the same place again means this button.
            self.make.setMinimumWidth(self.make.width())
            set_name(self.make, self.tr("Cancel"), self.tr("Stop after the step under way; what has come stays"))
            self.make.setText(self.tr("Cancel"))
        else:
            set_name(self.make, self.tr("Run all checkpoints"), tip)
            self.make.setText(self.tr("Run all checkpoints"))

    @Slot()
    def _pressed(self) -> None:
        (self.cancel_wished if self._working else self.make_wished).emit()

    @Slot()
    def _save(self) -> None:
        self.save_wished.emit()
