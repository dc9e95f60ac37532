"""What an opened run tells of is said in the window's language, as it was while the run trained."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from core.errors import Phrase
from core.presets import preset
from core.runs.metrics import MetricsWriter
from core.runs.run import Run
from core.training.events import Diverged, SaveFailed
from core.training.told_events import as_data
from studio.app.i18n import Translations
from studio.app.messages import phrase_text
from studio.training.history import happened_in, told_in
from studio.training.narration import listed_words

FULL = Phrase("system.no-space")


def test_events_when_a_run_is_opened_in_chinese_are_said_as_the_training_said_them(
    tmp_path: Path, translations: Translations
) -> None:
    config = preset("sketch").config
    run = Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=20)
    told = {"diverged": Diverged(5, ratio=3.0), "save-failed": SaveFailed(6, what="samples", reason=FULL)}
    with closing(MetricsWriter(run.metrics_path)) as writer:
        for kind, event in told.items():
            writer.add_event(event.step, kind, "in English", as_data(event))
        writer.add_event(7, "quality-failed", "in English", as_data(FULL))
        writer.add_event(8, "diverged", "of a version before this one")
    run.change_settings({"learning_rate": 1e-4}, at_step=9)
    with closing(MetricsWriter(run.metrics_path)) as writer:
        writer.add_event(9, "edit", "in English")
    translations.switch("zh_CN")
    *words, edited = [one.text for one in happened_in(told_in(run), 20)]
    assert words == [*map(listed_words, told.values()), phrase_text(FULL), "Of a version before this one"]
    assert words[2] != str(FULL) and "0.0001" in edited and edited.startswith("从")
