"""What each of several processes takes of a batch, and how it is told that it is one of them; no process is started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.cli.main import main
from core.errors import ConfigError
from core.pictures.feed.batches import assemble, batch_indices, coming_order
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan
from core.presets import resolve
from core.randomness import Share
from core.settings import RunConfig
from core.threads import OtherLoad
from core.training.ranks import ALONE, Several, are_several, is_follower

SEED, BATCH = 3, 7


def shares(count: int, of: int = BATCH) -> list[Share]:
    return [Several(rank, count, None, {}).share(of) for rank in range(count)]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_shares_when_put_together_are_the_batch_and_none_is_empty(count: int) -> None:
    for of in range(count, 20):
        parts = shares(count, of)
        assert [place for part in parts for place in range(of)[part.own]] == list(range(of))
        sizes = [part.stop - part.start for part in parts]
        assert min(sizes) >= 1 and max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("crop", ["centre", "random"])
@pytest.mark.parametrize("changes", [{}, {"horizontal_flip": True, "vertical_flip": True, "colour_jitter": 0.3}])
def test_pictures_of_a_share_when_changed_at_random_are_those_of_the_whole_batch(
    pictures: Scan, tiny: RunConfig, crop: str, changes: dict[str, object]
) -> None:
    config = resolve(tiny.with_settings({"crop": crop, **changes}), pictures.facts())
    loaded = next(item for item in load_pictures(pictures, config.data) if isinstance(item, PictureSet))
    with closing(loaded):
        for number in range(4):
            how = {"seed": SEED, "batch_index": number, "batch_size": BATCH}
            whole = assemble(loaded, **how).pixels
            parts = [assemble(loaded, **how, share=part).pixels for part in shares(3)]
            np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("first", [0, 2, 9])
def test_coming_order_when_it_is_of_a_share_begins_with_what_the_share_asks_for(first: int) -> None:
    count, share = 40, shares(3)[1]
    order = coming_order(count, BATCH, SEED, first, share)
    assert sorted(order.tolist()) == list(range(count))
    asked = [
        index
        for number in range(first, 2 * count // BATCH)
        for index in batch_indices(count, BATCH, SEED, number)[share.own].tolist()
    ]
    epoch_end = (first * BATCH // count + 1) * count // BATCH
    of_this_epoch = asked[: (epoch_end - first) * (share.stop - share.start)]
    assert order[: len(of_this_epoch)].tolist() == of_this_epoch


@pytest.mark.parametrize(
    ("environment", "several", "follower"),
    [
        ({}, False, False),
        ({"RANK": "0", "WORLD_SIZE": "1"}, False, False),
        ({"RANK": "0", "WORLD_SIZE": "2"}, True, False),
        ({"RANK": "1", "WORLD_SIZE": "2"}, True, True),
        ({"RANK": "?", "WORLD_SIZE": "many"}, False, False),
    ],
)
def test_environment_when_torchrun_wrote_it_says_who_this_is(
    environment: dict[str, str], several: bool, follower: bool
) -> None:
    assert (are_several(environment), is_follower(environment)) == (several, follower)


def test_device_when_each_process_of_a_computer_wants_the_same_card_is_refused() -> None:
    second = Several(1, 2, None, {"LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"})
    assert second.device_name("cpu") == "cpu"
    assert second.device_name("cuda") == "cuda:1"
    with pytest.raises(ConfigError, match="each process takes a card"):
        second.device_name("cuda:1")
    assert ALONE.device_name("cuda:1") == "cuda:1"


def test_wrong_usage_when_it_is_not_the_first_process_that_sees_it_is_left_to_the_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr("core.cli.main._FIRST_SAYS_WITHIN_S", 0.0)
    with pytest.raises(SystemExit) as ended:
        main(["train", "--no-such-option"])
    assert ended.value.code == 2
    assert capsys.readouterr() == ("", "")


@pytest.mark.clock
@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="Linux alone tells the load")
def test_load_of_others_when_a_process_is_a_companion_leaves_it_out() -> None:
    # Not a child of this process, whose time would be its own.
    started = ["sh", "-c", '"$0" -c "while True: pass" > /dev/null & echo $!', sys.executable]
    busy = int(subprocess.run(started, stdout=subprocess.PIPE, check=True).stdout)
    try:
        alone, beside = OtherLoad(), OtherLoad([busy])
        spent = os.times()
        while os.times().elapsed - spent.elapsed < 1.0:
            pass
        with_it, without = alone.cores(), beside.cores()
    finally:
        os.kill(busy, signal.SIGKILL)
    assert with_it is not None and without is not None
    assert with_it - without > 0.1
