"""Settings: what each says of itself, reading, refusing, resolving."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.cli.main import main
from core.errors import ConfigError
from core.presets import PRESETS, PictureFacts, preset, resolve, size_note
from core.setting import ANY_NUMBER, Control, as_text
from core.settings import GROUPS, LIVE, SETTINGS, RunConfig, legal_sizes, read_value, without_effect

FACES = PictureFacts(typical_size=24, all_grey=False)


def test_setting_when_given_as_text_becomes_its_type() -> None:
    config = RunConfig().with_settings(
        {"dim": "32", "dim_mults": "1, 2,4", "learning_rate": "2e-3", "immiscible": "on", "min_snr_gamma": "off"}
    )
    assert config.model.dim == 32
    assert config.model.dim_mults == (1, 2, 4)
    assert config.train.learning_rate == 2e-3
    assert config.diffusion.immiscible is True
    assert config.diffusion.min_snr_gamma is None
    assert config.with_settings({"steps": "1e3"}).train.steps == 1000


@pytest.mark.parametrize("name", [name for name, facts in SETTINGS.items() if facts.example])
def test_numbers_by_name_when_empty_doubled_or_nameless_are_refused_with_an_example(name: str) -> None:
    example = SETTINGS[name].example
    key = example.partition("=")[0]
    with pytest.raises(ConfigError, match=f"{name} is empty: it is such as {example}"):
        read_value(name, "")
    variants = {"schedule_fn_kwargs": "sigmoid", "loss_weighting_kwargs": "p2", "decay_kwargs": "wsd"}
    chosen = {SETTINGS[name].options_of: variants[name]} if name in variants else {}
    refused = {f"{key}=1,{key}=2": f"“{key}=2” .*{key} is there twice", "=1": "such as", key: "such as"}
    for text, words in refused.items():
        problems = RunConfig().with_settings({**chosen, name: text}).problems()
        assert any(re.search(words, str(problem)) and name in str(problem) for problem in problems), text


@pytest.mark.long
def test_options_when_the_schedule_does_not_take_them_are_refused_before_a_run_is_made(tmp_path: Path) -> None:
    words = ["--set", "beta_schedule=cosine", "--set", "schedule_fn_kwargs=tau=1", "--steps", "1"]
    assert main(["train", "digits", "--run", str(tmp_path / "run"), *words]) == 2
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", ["100 200", "1,2 000"])
def test_numbers_in_a_list_when_a_space_parts_them_are_not_one_number(value: str) -> None:
    with pytest.raises(ConfigError, match="whole numbers such as 1,2,4"):
        read_value("dim_mults", value)
    assert read_value("steps", "100 200") == 100_200


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dimm", 3, "Did you mean dim"),
        ("dim", "many", "a whole number from 4"),
        ("dim", 2.5, "a whole number"),
        ("dim", True, "a whole number"),
        ("dim_mults", "", "whole numbers such as 1,2,4"),
        ("immiscible", "perhaps", "true or false"),
        ("patch_size", "3", "one of 1, 2, 4"),
        ("patch_size", 8, "one of 1, 2, 4"),
        ("objective", "pred_everything", "pred_noise, pred_x0, pred_v"),
        ("learning_rate", "nan", "a number"),
        ("batch_size", 0, "from 1"),
    ],
)
def test_setting_when_invalid_raises_a_sentence(name: str, value: object, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RunConfig().with_settings({name: value})
    assert words in str(caught.value)


@pytest.mark.parametrize("name", PRESETS)
def test_config_when_written_as_json_and_read_is_equal(name: str) -> None:
    config = PRESETS[name].config
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("name", PRESETS)
def test_presets_when_resolved_for_the_sample_sets_have_no_problems(name: str) -> None:
    for facts in (FACES, PictureFacts(typical_size=28, all_grey=True)):
        resolved = resolve(PRESETS[name].config, facts)
        refused = name == "colouring" and facts.all_grey  # there is nothing to colour
        assert len(resolved.problems()) == refused
        assert resolved.data.image_size % resolved.model.downsample_factor == 0


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_declared_says_title_help_and_limits(name: str) -> None:
    facts = SETTINGS[name]
    assert 0 < len(facts.title) <= 16, "the label's column is narrow"
    assert len(facts.help) > 20 and facts.help.endswith(".") and "!" not in facts.help
    assert facts.group in GROUPS and (not facts.after or SETTINGS[facts.after].group == facts.group)
    assert facts.optional == bool(facts.none) >= bool(facts.auto)
    assert (facts.when is None) == (not facts.otherwise)
    number = facts.kind in (int, float) or facts.kind in (tuple[int, ...], tuple[float, ...])
    assert (number and not facts.values) == (facts.limits != ANY_NUMBER)
    assert facts.kind is not str or facts.values or facts.control is Control.NONE
    assert (facts.control is Control.CHOICE) <= bool(facts.titles)


@pytest.mark.parametrize("name", SETTINGS)
def test_titles_of_a_setting_read_are_values(name: str) -> None:
    facts = SETTINGS[name]
    for text in facts.titles:
        value = facts.read(None if text == "" else text)
        assert as_text(value) == text
        assert value is not None or facts.optional
    assert RunConfig().setting(name) == facts.read(RunConfig().setting(name)), "the usual value is one"


@pytest.mark.parametrize("name", PRESETS)
def test_value_of_a_preset_through_text_stays_the_same(name: str) -> None:
    for setting, value in PRESETS[name].config.settings().items():
        if SETTINGS[setting].control is not Control.NONE:
            text = as_text(value)
            assert read_value(setting, None if text == "" else text) == value


def test_settings_listed_stand_in_the_order_of_the_form() -> None:
    groups = [facts.group for facts in SETTINGS.values()]
    assert groups == sorted(groups, key=list(GROUPS).index)
    assert list(RunConfig().settings()) == list(SETTINGS)
    assert list(SETTINGS)[:11] == [
        *("image_size", "image_height", "channels", "crop", "horizontal_flip", "vertical_flip", "colour_jitter"),
        *("augmentations", "augment", "augment_with", "background"),
    ]
    assert 6 <= sum(facts.basic for facts in SETTINGS.values()) <= 9


def test_library_names_of_settings_are_arguments_of_its_classes() -> None:
    from core import GaussianDiffusion, Trainer, Unet

    taken = {name for kind in (GaussianDiffusion, Trainer, Unet) for name in signature(kind).parameters}
    assert {facts.library for facts in SETTINGS.values()} - {""} <= taken


def test_resumable_settings_do_not_change_the_model() -> None:
    resumable = {name for name, facts in SETTINGS.items() if facts.resumable}
    assert resumable == {
        *("batch_size", "gradient_accumulate_every", "gradient_checkpointing"),
        "condition_folder",  # which may lie elsewhere by now, as the pictures themselves
        "tensorboard",
        *LIVE,
    }
    # A network of the same tensors, on the same pictures, from the same draws.
    assert {name for name in resumable if SETTINGS[name].section not in {"train", "diffusion"}} == {"condition_folder"}
    weighing = {"loss_weighting", "loss_weighting_kwargs", "min_snr_gamma"}
    assert {name for name in resumable if SETTINGS[name].section == "diffusion"} == weighing


@pytest.mark.parametrize(
    ("changes", "freed", "locked"),
    [
        ({"immiscible": True}, {"immiscible_candidates"}, set()),
        ({"labels": "folders"}, {"class_dropout"}, set()),
        ({"learned_sinusoidal_cond": True}, {"learned_sinusoidal_dim"}, {"sinusoidal_pos_emb_theta"}),
        (
            {"random_fourier_features": True},
            {"learned_sinusoidal_dim"},
            {"sinusoidal_pos_emb_theta", "learned_sinusoidal_cond"},
        ),
        ({"beta_schedule": "linear"}, set(), {"schedule_fn_kwargs"}),
        ({"beta_schedule": "linear", "schedule_fn_kwargs": "tau=2"}, set(), set()),
        ({"channels": 4}, set(), {"background"}),
    ],
)
def test_setting_without_effect_beside_others_is_named(
    changes: dict[str, object], freed: set[str], locked: set[str]
) -> None:
    plain = set(without_effect(RunConfig()))
    assert plain >= {"class_dropout", "learned_sinusoidal_dim", "immiscible_candidates"}
    assert set(without_effect(RunConfig().with_settings(changes))) == plain - freed | locked


def test_train_help_lists_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name, facts in SETTINGS.items():
        assert f" {name}=" in said and f" {facts.title}: {facts.help}" in said
    resumable = ", ".join(name for name, facts in SETTINGS.items() if facts.resumable)
    assert f"of a run that goes on: {resumable}" in said and "learning_rate" in resumable


def test_resolve_when_pictures_are_grey_digits_keeps_28_px_grey_and_no_flip() -> None:
    data = resolve(preset("Sketch").config, PictureFacts(typical_size=28, all_grey=True)).data
    assert (data.image_size, data.channels, data.horizontal_flip) == (28, 1, False)


def test_resolve_when_settings_are_chosen_keeps_them() -> None:
    config = preset("sketch").config.with_settings({"image_size": 64, "channels": 4, "horizontal_flip": False})
    assert resolve(config, FACES) == config


def test_image_size_when_not_divisible_names_its_neighbours() -> None:
    problems = preset("sketch").config.with_settings({"image_size": 30}).problems()
    assert [problem.code for problem in problems] == ["config.size-not-divisible"]
    assert str(problems[0]).endswith("Choose 28 px or 32 px.")


def test_image_size_when_one_neighbour_is_legal_names_it_once() -> None:
    problems = preset("sketch").config.with_settings({"image_size": 3, "dim_mults": "1,2,4"}).problems()
    assert str(problems[0]).endswith("Choose 8 px.")


@pytest.mark.parametrize(
    "changes",
    [
        {"dim": 17},
        {"full_attn": "true,false,true"},
        {"beta_schedule": "linear", "timesteps": 20, "sample_steps": 10},
        {"timesteps": 10},
        {"immiscible": True, "batch_size": 1},
    ],
)
def test_settings_when_they_exclude_each_other_are_one_problem(changes: dict[str, object]) -> None:
    assert len(preset("sketch").config.with_settings(changes).problems()) == 1


@given(size=st.integers(1, 96), patch=st.sampled_from([1, 2, 4]), stages=st.integers(1, 4), typical=st.integers(1, 200))
def test_sizes_when_judged_are_those_that_the_network_takes(size: int, patch: int, stages: int, typical: int) -> None:
    config = RunConfig().with_settings({"patch_size": patch, "dim_mults": (1,) * stages, "image_size": size})
    refused = [problem.code for problem in config.problems()]
    assert refused == ([] if size % (patch * 2 ** (stages - 1)) == 0 else ["config.size-not-divisible"])
    auto = config.with_settings({"image_size": None, "channels": 1})
    assert resolve(auto, PictureFacts(typical_size=typical, all_grey=True)).problems() == ()


@given(size=st.integers(1, 4096), factor=st.integers(0, 8).map(lambda halvings: 2**halvings))
def test_legal_sizes_when_asked_enclose_the_size(size: int, factor: int) -> None:
    smaller, larger = legal_sizes(size, factor)
    assert smaller % factor == larger % factor == 0
    assert smaller <= max(size, factor)
    assert larger >= size
    assert larger - smaller in (0, factor)


@example("decay_kwargs", "0\r0")  # csv's own error came out of it
@given(st.sampled_from(sorted(SETTINGS)), st.one_of(st.text(max_size=8), st.integers(), st.floats(), st.none()))
def test_read_value_when_given_anything_reads_it_or_raises_config_error(name: str, value: object) -> None:
    try:
        read = read_value(name, value)
    except ConfigError as refused:
        assert str(refused)
    else:
        assert read_value(name, read) == read


def test_core_when_imported_loads_no_torch() -> None:
    code = "import core, core.settings, core.presets, core.errors, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_size_when_the_network_takes_a_much_smaller_one_is_told_with_one_that_it_takes() -> None:
    sketch, digits = preset("sketch").config, PictureFacts(typical_size=28, all_grey=True)
    assert size_note(sketch, digits) is None
    in_fours = sketch.with_settings({"patch_size": 4})
    assert resolve(in_fours, digits).data.image_size == 24
    words = str(size_note(in_fours, digits))
    assert words.startswith("Pictures of 28 px are trained at 24 px") and "multiples of 8" in words and "32 px" in words
    assert size_note(in_fours.with_settings({"image_size": 24}), digits) is None, "it was chosen"
    assert size_note(in_fours, PictureFacts(typical_size=500, all_grey=True)) is not None, "the preset's own 28 px"


def test_cautions_when_weights_span_too_much_say_so_unless_min_snr_is_on() -> None:
    spread = {"objective": "pred_x0", "beta_schedule": "rectified_flow"}
    (caution,) = RunConfig().with_settings(spread).cautions()
    assert str(caution).startswith("pred_x0 with rectified_flow and without min-SNR")
    for fine in ({"min_snr_gamma": 5}, {"objective": "pred_v"}, {"beta_schedule": "cosine"}):
        assert RunConfig().with_settings(spread | fine).cautions() == ()


def test_setting_when_its_name_is_unknown_raises_with_the_known_names() -> None:
    with pytest.raises(ConfigError, match=r"no setting “nosuch”\. “ddpm-studio train --help” lists them all"):
        read_value("nosuch", "1")
    with pytest.raises(ConfigError, match="Did you mean batch_size"):
        read_value("batchsize", "1")


def test_list_when_a_number_is_missing_is_refused() -> None:
    for typed in ("1,,2", ",1", "1, ,2"):
        with pytest.raises(ConfigError, match="dim_mults"):
            read_value("dim_mults", typed)
    assert read_value("dim_mults", "1,2,") == (1, 2)
