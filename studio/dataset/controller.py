"""What happens in the dataset room: folders are looked through, thumbnails and previews made, settings passed on."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import StudioError
from core.presets import resolve
from core.settings import USUAL_SHARE, legal_sizes, wants_augmenting

from ..app.messages import error_text
from ..app.settings import Settings, data_folder
from ..jobs.latest import Latest, Underway
from ..jobs.requests import Requests
from ..project import Project, same_folder
from .division import Division
from .doctor_controller import DoctorController
from .grid_controller import GridController
from .head import SAMPLE_SETS
from .pairs import PairsController
from .panel import DatasetPanel
from .preview_controller import PreviewController
from .shown import ChangesShown, DivisionShown, FolderFacts, PictureSettingsShown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.pictures.folder.scan import Scan, Skipped
    from core.pictures.folder.watching import Changes, Watch

    from ..jobs.worker import Failure
    from .found import Found


# --- From the project's settings to what the dataset room shows of them ----------------------------------


def settings_shown(project: Project, *, any_transparent: bool) -> PictureSettingsShown:
    """The settings as chosen, and what each would be if it were left on auto. Needs a scan in the project."""
    scan = project.scan
    assert scan is not None
    wished, data = project.shown_wished, project.shown_wished.data

    def auto(name: str) -> int:
        value = resolve(wished.with_settings({name: None}), scan.facts()).setting(name)
        assert isinstance(value, int)
        return value

    factor = wished.model.downsample_factor
    size = project.shown_config.data.height_and_width
    (lower, higher), (narrower, wider) = (legal_sizes(side, factor) for side in size)
    fits = (lower, narrower) == size == (higher, wider)
    return PictureSettingsShown(
        image_size=data.image_size,
        image_height=data.image_height,
        auto_size=auto("image_size"),
        crop=data.crop,
        colour_jitter=data.colour_jitter,
        hold_out=data.hold_out,
        channels=data.channels,
        auto_channels=auto("channels"),
        background=data.background,
        horizontal_flip=data.horizontal_flip,
        auto_flip=bool(auto("horizontal_flip")),
        size_factor=factor,
        nearest_sizes=None if fits else ((lower, narrower), (higher, wider)),
        any_transparent=any_transparent,
        labels=data.labels != "off",
        run="" if (run := project.run_of_pictures) is None else run.folder.name,
    )


# --- Looks through one folder at a time in the background; the last one asked for wins -------------------

#: Skipped files that are listed; a folder of a million damaged ones has a million of them.
LISTED_SKIPPED = 5000
#: What the window then shows the folder with: loaded beforehand, here, as the window would stand still meanwhile. It
#: makes no class of Qt's kind (see warmup.import_rooms).
SHOWN_WITH = ("core.pictures.folder.arranging", "studio.dataset.preview")


class ScannedFolder(NamedTuple):
    """A scan, and what the room says of it."""

    scan: Scan
    facts: FolderFacts
    current: int = -1  #: the place of the first picture that was asked for by name; -1: it is not there
    selected: tuple[int, ...] = ()  #: the places of all that were asked for


def folder_facts(scan: Scan, title: str | None = None) -> FolderFacts:
    """What the head of the room says of a folder. `title` in place of the path."""
    pictures, path = scan.pictures, shown_path(scan.folder)
    return FolderFacts(
        folder=path,
        title=title or path,
        pictures=len(pictures),
        smallest_px=int(min(pictures.widths.min(), pictures.heights.min())),
        largest_px=int(max(pictures.widths.max(), pictures.heights.max())),
        skipped=tuple((s.name, s.code) for s in scan.skipped[:LISTED_SKIPPED]),
        skipped_total=len(scan.skipped),
        any_transparent=bool(pictures.have_alpha.any()),
        hidden_folders=scan.hidden_folders,
        classes=scan.classes,
    )


def shown_path(folder: Path) -> str:
    """The path as people write it: ~/pictures/faces. What is no text in it shows as U+FFFD."""
    from core.pictures.folder.names import displayed_name

    text, home = displayed_name(str(folder)), os.path.expanduser("~")  # noqa: PTH111 (pathlib raises where there is no home)
    return "~" + text[len(home) :] if text.startswith(home + os.sep) else text


class FolderScan(Latest):
    """Looks through one folder at a time: `progressed` with a found.Found, `answered` with a ScannedFolder."""

    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("scan", parent)

    @Slot()
    def prepare(self) -> None:
        """A folder is about to be chosen: who decodes its first pictures is started meanwhile."""
        from core.pictures.decode.pool import warm_up

        warm_up()

    def open(self, folder: Callable[[], Path], title: str, *, find: tuple[str, ...] = (), hidden: bool = False) -> None:
        """Look through a folder; `folder` names it on the background thread (a sample set is unpacked there).

        find: pictures' paths below the folder, whose places the result is to tell. hidden: hidden folders too.
        """
        self.ask(lambda: _looked_through(folder, title, find, hidden))

    @Slot()
    def cancel(self) -> None:
        """Stop; `cancelled` follows at once, the thread ends when it next yields."""
        if self.busy:
            self.forget()
            self.cancelled.emit()


def _looked_through(
    folder: Callable[[], Path], title: str, find: tuple[str, ...], hidden: bool
) -> Iterator[Underway | ScannedFolder]:
    from core.pictures.folder.scan import ScanDone

    from .found import scan_finding

    for event in scan_finding(folder(), hidden=hidden):
        if isinstance(event, ScanDone):
            for name in SHOWN_WITH:
                importlib.import_module(name)
            event.scan.facts()  # kept by the scan, so that the window need not compute it
            current, selected = (event.scan.pictures.places_of(part).tolist() for part in (find[:1], find))
            facts = folder_facts(event.scan, title)
            yield ScannedFolder(event.scan, facts, current[0] if current else -1, tuple(selected))
        else:
            yield Underway(event)


# --- Looks now and then whether the folder that is shown has changed, so seldom that nothing is felt of it ---

#: Between two looks, at least; and so many times as long as the last one took: two thirds of a percent of a core.
REST_MS = 2000
REST_PER_LOOK = 150
#: A training needs the disk more than anybody needs the news, and meets what is gone by itself.
REST_WHILE_TRAINING = 10


class _Watched:
    """A folder, and what is known of it; made and asked on the background thread only."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._watch: Watch | None = None

    def look(self) -> Changes:
        if self._watch is None:
            from core.pictures.folder.watching import Watch

            self._watch = Watch(self._scan)
        return self._watch.changes()


class _Looked(NamedTuple):
    changes: Changes
    took_s: float


class FolderWatch(QObject):
    """Watches one folder at a time. Tells; what is done about it is for others."""

    changed = Signal(object)  #: Changes: what is otherwise than at the scan, as far as was looked

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watched: _Watched | None = None
        self._training = False
        self._told: Changes | None = None
        self._looks = Requests(_look, 1, "watching", self)
        self._looks.answered.connect(self._looked)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def watch(self, scan: Scan | None) -> None:
        """Look at the folder of this scan from now on; None: at nothing."""
        self._looks.forget()
        self._told = None
        self._watched = None if scan is None else _Watched(scan)
        if scan is None:
            self._timer.stop()
        else:
            self._timer.start(REST_MS)

    def set_training(self, training: bool) -> None:
        """While something is trained on, looks are ten times as seldom."""
        self._training = training

    @Slot()
    def look(self) -> None:
        """Look now; the next time follows by itself."""
        self._timer.stop()
        if self._watched is not None:
            self._looks.forget()
            self._looks.ask(self._watched)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        self.watch(None)
        return self._looks.shutdown(timeout_ms)

    @Slot(object, object)
    def _looked(self, watched: _Watched, looked: _Looked | Exception) -> None:
        if watched is not self._watched:
            return
        took_s = 0.0 if isinstance(looked, Exception) else looked.took_s
        rest_ms = max(REST_MS, round(took_s * 1000 * REST_PER_LOOK))
        self._timer.start(rest_ms * (REST_WHILE_TRAINING if self._training else 1))
        if not isinstance(looked, Exception) and looked.changes != self._told:
            self._told = looked.changes
            self.changed.emit(looked.changes)


def _look(watched: _Watched) -> _Looked:
    began = time.monotonic()
    return _Looked(watched.look(), time.monotonic() - began)


# --- controller ------------------------------------------------------------------------------------------

#: Selected pictures that are found again in a folder that has changed.
MOST_KEPT = 10_000


class DatasetController(QObject):
    """Connects the panel, the project and core. Lives in the GUI thread; everything slow is on workers."""

    opened = Signal()  #: a folder's pictures are in the project
    refused = Signal(object)  #: the exception that kept a folder from being opened
    path_dropped = Signal(object)  #: a folder, a file, a run or a checkpoint was dropped on the room
    training_wished = Signal()
    new_run_wished = Signal()  #: the settings of the open run are to be left for one's own

    def __init__(
        self, project: Project, settings: Settings, panel: DatasetPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._settings, self._panel = project, settings, panel
        self._title = ""  # of the folder that is being opened
        self._again = False  # it is the one that is shown
        self._found: Found | None = None  # of it, once some of its pictures are shown
        self._shown_scan: Scan | None = None
        self._facts: FolderFacts | None = None
        self._shown_in_grid: Path | None = None  # the folder whose filter and sorting the grid has
        self._scan = FolderScan(self)
        self.grid = GridController(project, panel.pictures, self)
        self.preview = PreviewController(panel.inspector, self)
        self._doctor = DoctorController(panel.doctor, self)
        self._pairs = PairsController(panel.inspector.condition, self)
        self._pairs.changed.connect(self._pairs_changed)
        self._doctor.pairs_wished.connect(self._pairs.list_unpaired)
        self._watch = FolderWatch(self)
        self._watch.changed.connect(self._show_changes)
        panel.head.again_wished.connect(self.look_again)
        panel.head.hidden_wished.connect(self._look_again_for_hidden)
        self._current, self._selected = -1, tuple[int, ...]()  # to be chosen when the folder is looked through
        self._division = Division(self)
        self._division.counted.connect(panel.inspector.settings.show_division)
        self._division.counted.connect(self._take_notes)
        self._scan.progressed.connect(self._scan_progressed)
        self._scan.answered.connect(self._scan_finished)
        self._scan.failed.connect(self._scan_failed)
        self._scan.cancelled.connect(self._scan_cancelled)
        self._division.divided.connect(self.grid.excluding.follow)
        self.grid.excluding.changed.connect(self._left_out_changed)
        self._doctor.exclude_wished.connect(self.exclude)
        self._doctor.filter_wished.connect(self._show_finding)
        self._doctor.settings_wished.connect(self._set)
        panel.doctor.augment_wished.connect(self._augment)
        self._doctor.skipped_wished.connect(panel.head.list_skipped)
        self._doctor.to_mend.connect(panel.side.set_to_mend)
        for part in (self._doctor, self._division, self.grid):
            part.failed.connect(self._show_failure)
        self.grid.chosen.connect(self._choose)
        self.grid.skipped_chosen.connect(self._show_skipped)
        self.grid.refused.connect(panel.show_news)
        panel.choosing.connect(self._scan.prepare)
        panel.folder_wished.connect(self.open_folder)
        panel.sample_set_wished.connect(self.open_sample_set)
        panel.scan_cancelled.connect(self._scan.cancel)
        panel.path_dropped.connect(self._dropped)
        panel.inspector.training_wished.connect(self.training_wished)
        panel.inspector.settings_wished.connect(self._set)
        self.preview.settings_wished.connect(self._set)
        panel.inspector.classes.class_wished.connect(panel.pictures.show_class)
        project.scan_changed.connect(self._show_scan)
        project.config_changed.connect(self._show_config)
        project.run_changed.connect(self._show_config)
        panel.inspector.settings.new_run_wished.connect(self.new_run_wished)
        self._show_config()

    # --- what the window asks ------------------------------------------------------------------------------

    @Slot(object)
    def open_folder(self, path: Path) -> None:
        """Look through a folder and take its pictures into the project; `opened` follows."""
        sets = {name for name in SAMPLE_SETS.values() if same_folder(path, data_folder() / "samples" / name)}
        title = self._title_of_set(sets.pop()) if sets else shown_path(path)
        self._open(title, lambda: path, hidden=self._project.looks_into_hidden(path))

    def exclude(self, places: NDArray[np.int64], excluded: bool = True) -> None:
        """Leave these pictures of the scan out of training, or take them in again."""
        self.grid.excluding.exclude(places, excluded)

    def show_only(self, title: str, places: NDArray[np.int64]) -> None:
        """Show only these pictures in the grid, under a title."""
        self._panel.pictures.show_only(title, places)

    @Slot(str)
    def open_sample_set(self, name: str) -> None:
        """Unpack one of the sets that come along, if need be, and open it."""
        target = data_folder() / "samples"

        def unpacked() -> Path:
            from resources.samples import unpack

            return unpack(name, target)

        self._open(self._title_of_set(name), unpacked)

    def _title_of_set(self, name: str) -> str:
        titles = {"faces": self.tr("Sample set: faces"), "digits": self.tr("Sample set: digits")}
        return titles.get(name, name)

    @Slot(object)
    def _dropped(self, path: Path) -> None:
        from core.path_kind import PathKind, kind_of

        # Who drops one picture means the folder that it lies in.
        self.path_dropped.emit(path.parent if kind_of(path) is PathKind.PICTURE else path)

    @Slot()
    def look_again(self) -> None:
        """Look through the folder anew, as it has changed; the picture that is chosen stays so if it is still there."""
        scan, facts = self._project.scan, self._facts
        if scan is None or facts is None or self._scan.busy:
            return
        self._look_again(scan.hidden_folders)

    @Slot(bool)
    def _look_again_for_hidden(self, hidden: bool) -> None:
        if self._project.scan is not None and not self._scan.busy:
            self._look_again(hidden)

    def _look_again(self, hidden: bool) -> None:
        scan, facts = self._project.scan, self._facts
        assert scan is not None and facts is not None
        self._open(facts.title, lambda: scan.folder, self.grid.chosen_names(MOST_KEPT), hidden=hidden)

    def set_training(self, training: bool) -> None:
        """Whether something is trained on now, which leaves the disk to it."""
        self._watch.set_training(training)
        self._panel.inspector.settings.set_training(training)

    def torch_ready(self) -> None:
        """torch is loaded: the forward process may be shown."""
        self.preview.torch_ready()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop every thread of the room; True when none is left."""
        parts = (self._scan, self.grid, self.preview, self._division, self._watch, self._doctor, self._pairs)
        ended = [part.shutdown(timeout_ms) for part in parts]
        return all(ended)

    # --- scanning ------------------------------------------------------------------------------------------

    def _open(
        self, title: str, folder: Callable[[], Path], find: tuple[str, ...] = (), *, hidden: bool = False
    ) -> None:
        self._title, self._again = title, bool(find)
        self._show_what_was()
        self._watch.watch(None)
        self._panel.head.show_changes(None)
        if self._project.scan is None:
            self._panel.pictures.set_scanning(True)
        self._panel.show_scanning(title)
        self._scan.open(folder, title, find=find, hidden=hidden)

    @Slot(object)
    def _scan_progressed(self, found: Found) -> None:
        self._panel.show_scanning(self._title, found.found, found.seen, found.of)
        if len(found.pictures) and not self._again:
            before, self._found = self._found, found
            more = before is not None and before.in_order == found.in_order
            if not more:
                self.preview.clear()
            self.grid.show_found(found.pictures, more=more)

    @Slot(object)
    def _scan_finished(self, scanned: ScannedFolder) -> None:
        self._panel.end_scanning()
        self._settings["folder"] = str(scanned.scan.folder)
        self._facts, self._shown_scan = scanned.facts, scanned.scan
        self._current, self._selected = scanned.current, scanned.selected
        self._project.set_scan(scanned.scan)
        self.opened.emit()

    @Slot()
    def _scan_cancelled(self) -> None:
        self._show_what_was()
        self._panel.end_scanning()
        self._watch.watch(self._project.scan)

    def _show_what_was(self) -> None:
        """Pictures of a folder that was not looked through to its end give way to those of the project."""
        if self._found is not None:
            self._found = None
            self._show_scan()
            self._division.tell_again()  # the grid has forgotten which of them are left out

    @Slot(object)
    def _scan_failed(self, failure: Failure) -> None:
        self._scan_cancelled()
        self._panel.show_error(error_text(failure.error), failure.trace)
        self.refused.emit(failure.error)

    @Slot()
    def _show_scan(self) -> None:
        scan, shown = self._project.scan, self._shown_in_grid
        current, selected, self._current, self._selected = self._current, self._selected, -1, ()
        self.preview.clear()
        self._watch.watch(scan)
        self._doctor.set_scan(scan, self._project.shown_config)
        if scan is None:
            self._facts = self._shown_scan = self._shown_in_grid = None
            self.grid.clear()
            self._panel.show_welcome()
            return
        if scan is not self._shown_scan or self._facts is None:
            self._facts, self._shown_scan = folder_facts(scan), scan
        found, self._found = self._found, None
        more = found is not None and found.in_order
        chosen = self._panel.pictures.view.current() if more else -1
        self._panel.show_folder(self._facts)
        self.grid.show_scan(scan, more=more, same_folder=shown == scan.folder and found is None)
        self._shown_in_grid = scan.folder
        if chosen < 0:
            self._panel.choose(max(0, current))
            if len(selected) > 1:
                self._panel.pictures.selected.select(selected)
        else:
            self._choose(chosen)

    @Slot(object)
    def _show_changes(self, changes: Changes) -> None:
        shown = ChangesShown(
            folder=self._facts.folder if self._facts is not None else "",
            new=changes.new,
            gone=changes.gone,
            changed=changes.changed,
            away=changes.away,
            uncounted=changes.written > 0,
        )
        self._panel.head.show_changes(shown if changes else None)

    # --- pictures ------------------------------------------------------------------------------------------

    @Slot(int)
    def _choose(self, place: int) -> None:
        scan = self._project.scan
        # The settings are those of the project's folder: a picture of another waits until it is known.
        if scan is not None and self._found is None and 0 <= place < len(scan.pictures):
            self.preview.show_picture(place, scan.pictures[place], int(scan.pictures.rows[place]))

    @Slot(object)
    def _show_skipped(self, skipped: Skipped) -> None:
        self.preview.clear()
        self._panel.inspector.show_no_preview(skipped.name, skipped.code)

    # --- settings ------------------------------------------------------------------------------------------

    @Slot()
    def _show_config(self) -> None:
        if self._project.scan is None:
            return
        transparent = self._facts is not None and self._facts.any_transparent
        self._panel.inspector.show_settings(settings_shown(self._project, any_transparent=transparent))
        config = self._project.shown_config
        self.preview.follow(config)
        self._doctor.follow(config)
        run = self._project.run_of_pictures
        self._doctor.set_run(None if run is None else run.folder, self._project.device)
        used = len(self._project.scan.pictures) - len(config.data.excluded or ())
        self._panel.doctor.show_few(used if run is None and wants_augmenting(config.data, used) else None)
        self._pairs.follow(self._project.scan, config.data, self._panel.inspector.settings.locked_words())
        self._division.ask(self._project.scan, config.data, self._pairs.pairs)

    @Slot()
    def _pairs_changed(self) -> None:
        if self._project.scan is None:
            return
        self._division.ask(self._project.scan, self._project.shown_config.data, self._pairs.pairs)
        self._panel.head.show_pairs(None if self._pairs.pairs is None else len(self._pairs.pairs.first))
        self._doctor.set_pairs(self._pairs.pairs)
        self.preview.set_pairs(self._pairs.pairs)

    @Slot(object)
    def _take_notes(self, division: DivisionShown | None) -> None:
        # An open run's settings are past advice.
        told = division is not None and self._project.run_of_pictures is None
        self._project.set_notes(division.notes if told and division is not None else ())

    @Slot()
    def _left_out_changed(self) -> None:
        self._doctor.set_left_out(self.grid.excluding.mask)

    @Slot(str, object)
    def _show_finding(self, title: str, places: NDArray[np.int64]) -> None:
        # No other filter may hide any of them, and no sorting part what belongs together.
        pane = self._panel.pictures
        pane.filter.show_all()
        pane.filter.sort.setCurrentIndex(0)
        pane.filter.direction.setChecked(False)
        pane.show_class(None)
        self.show_only(title, places)

    @Slot(object)
    def _show_failure(self, failure: Failure) -> None:
        self._panel.show_error(error_text(failure.error), failure.trace)

    @Slot()
    def _augment(self) -> None:
        self._set({"augment": USUAL_SHARE})

    @Slot(object)
    def _set(self, changes: Mapping[str, object]) -> None:
        if (run := self._project.run_of_pictures) is not None:
            words = self.tr(
                "These are the settings of {run}, which keeps them. To choose others, choose New run in its menu, at "
                "the top right."
            )
            self._panel.show_news(words.format(run=run.folder.name))
            self._show_config()
            return
        try:
            self._project.set_settings(changes)
        except StudioError as error:
            self._panel.show_error(error_text(error))
            self._show_config()
