"""What a training tells comes back from its run's folder as it was told; what a stranger wrote there is refused."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import Phrase
from core.pictures.folder.reasons import REASONS, Lost
from core.runs.metrics import MOST_DATA, MetricsWriter, read_told
from core.training import events
from core.training.told_events import as_data, from_data

NOT_FINITE = Phrase("training.tensor-became", name="the loss", value=2.5)
TOLD = [
    events.RolledBack(4, failed_step=7, reason=NOT_FINITE, count=1, of=3, incident=Path("incidents/7.json")),
    events.SaveFailed(3, what="checkpoint", reason=Phrase("setting.is", name="a", value=NOT_FINITE), last=True),
    events.PicturesLost(9, count=2, of=50, new=(Lost("a.png", next(iter(REASONS))),)),
    events.ThreadsChosen(8, threads=2, before=1, seconds=((1, 0.25), (2, 0.125))),
    events.OthersBusy(8, cores=None, of=4, slower=0.5),
    events.QualityMeasured(8, kid={"random": 0.25}, count=50, path=Path("quality/8")),
    events.Diverged(8, ratio=3.5),
    NOT_FINITE,
]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: type(told).__name__)
def test_told_when_kept_in_the_metrics_is_read_as_it_was(told: events.Event | Phrase, tmp_path: Path) -> None:
    with closing(MetricsWriter(tmp_path / "m")) as writer:
        writer.add_event(1, "before", "only words")
        writer.add_event(2, "now", "words", as_data(told))
    (_, nothing), (event, data) = read_told(tmp_path / "m")
    read = from_data(data)
    assert nothing is None and event[:3] == (2, "now", "words")
    assert read == told and type(read) is type(told)
    if isinstance(told, Phrase):
        assert isinstance(read, Phrase) and (read.code, read.fields) == (told.code, told.fields)


def test_told_when_the_run_goes_back_is_not_that_of_a_later_event(tmp_path: Path) -> None:
    with closing(MetricsWriter(tmp_path / "m")) as writer:
        writer.add_event(5, "diverged", "words", as_data(events.Diverged(5, ratio=2.0)))
        writer.truncate_after(4)
        writer.add_event(5, "resumed", "only words")
    assert [data for _, data in read_told(tmp_path / "m")] == [None]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "no JSON",
        "[" * 5000,
        "[]",
        "3",
        '{"event": "unknown", "step": 3}',
        '{"event": ["diverged"]}',
        '{"event": "diverged", "step": 3}',
        '{"event": "diverged", "step": true, "ratio": 2.0}',
        '{"event": "diverged", "step": "3", "ratio": 2.0}',
        '{"event": "diverged", "step": 3, "ratio": NaN}',
        '{"event": "diverged", "step": 1' + "0" * 300 + ', "ratio": 2.0}',
        '{"event": "threads", "step": 3, "threads": 2, "before": 1, "seconds": [[1, 2.0, 3.0]]}',
        '{"event": "pictures-lost", "step": 3, "count": 1, "of": 2, "new": [["a.png", "no-such-reason"]]}',
        '{"event": "quality", "step": 3, "count": 1, "path": "p", "kid": [1]}',
        '{"code": "no-such-code", "fields": {}}',
        '{"code": ["told.resumed"], "fields": {}}',
        '{"code": "told.resumed", "fields": {}}',
        '{"code": "told.resumed", "fields": {"step": 3, "code": 4}}',
        '{"code": "file.has-bytes", "fields": {"bytes": "many"}}',
        '{"code": "told.resumed", "fields": {"step": {"code": "file.its-part"}}}',
    ],
)
def test_from_data_when_a_stranger_wrote_it_is_none(written: str) -> None:
    assert from_data(written) is None


def test_read_told_when_the_data_are_long_has_none(tmp_path: Path) -> None:
    with closing(MetricsWriter(tmp_path / "m")) as writer:
        writer.add_event(1, "now", "words", json.dumps("x" * MOST_DATA))
    assert [data for _, data in read_told(tmp_path / "m")] == [None]
