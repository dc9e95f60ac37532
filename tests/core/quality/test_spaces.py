"""Feature spaces: always the same, described exactly, and no way for a file to do anything."""

from pathlib import Path

import numpy as np
import pytest
import scipy.signal
import torch

from core.errors import CheckpointError, ConfigError
from core.quality import backbone, spaces
from core.quality.backbone import Backbone
from core.quality.folder_network import FolderNetwork, fit, read, write
from core.quality.random_network import RandomNetwork, as_input
from core.quality.spaces import SPACES, checked_spaces
from core.randomness import generator


def pictures(count: int = 24, shape: tuple[int, int, int] = (8, 8, 3)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *shape), dtype=np.uint8)


def fitted(of: np.ndarray) -> FolderNetwork:
    *_, network = fit(of)
    assert isinstance(network, FolderNetwork)
    return network


def test_random_features_are_those_of_the_convolutions_written_out() -> None:
    picture = pictures(1, (6, 4, 2))
    x = picture[0].transpose(2, 0, 1).astype(np.float64) / 127.5 - 1
    for number, width in enumerate((32, 64, 64)):
        kernel = torch.randn((width, len(x), 3, 3), generator=generator(0, "quality random network", number)).double()
        kernel = kernel.numpy() * np.sqrt(2 / (9 * len(x)))
        full = [sum(scipy.signal.correlate2d(c, k, "same") for c, k in zip(x, out, strict=True)) for out in kernel]
        x = np.maximum(0, np.stack(full)[:, ::2, ::2])
    expected = np.concatenate([x.mean((1, 2)), x.std((1, 2))])
    found = RandomNetwork(2)(picture)
    assert found.shape == (1, 128)
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(8, 8, 3), (8, 8, 1), (8, 8, 4), (12, 8, 3)], ids=str)
def test_features_of_pictures_of_any_kind_do_not_depend_on_how_many_there_are(shape: tuple[int, int, int]) -> None:
    some, space = pictures(5, shape), RandomNetwork(shape[2])
    np.testing.assert_allclose(space(some)[:2], space(some[:2]), rtol=1e-4, atol=1e-6)
    assert as_input(pictures(1, (200, 100, 3))).shape == (1, 3, 64, 32)


def test_the_folders_network_is_the_same_from_the_same_pictures_and_uses_up_no_randomness(tmp_path: Path) -> None:
    of = pictures()
    before = torch.get_rng_state()
    first, second, other = fitted(of), fitted(of), fitted(of[::-1].copy())
    np.testing.assert_array_equal(first(of), second(of))
    assert not np.array_equal(first(of), other(of))
    write(first, tmp_path / "features.safetensors", "these")
    again = read(tmp_path / "features.safetensors", "these", 3)
    np.testing.assert_array_equal(again(of), first(of))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_kept_network_of_other_pictures_or_another_shape_or_not_finite_is_not_taken(tmp_path: Path) -> None:
    path, network = tmp_path / "features.safetensors", FolderNetwork(3)
    write(network, path, "these")
    for fingerprint, channels in (("those", 3), ("these", 1)):
        with pytest.raises(CheckpointError):
            read(path, fingerprint, channels)
    with torch.no_grad():
        network.body[0].weight[0, 0, 0, 0] = float("nan")
    write(network, path, "these")
    with pytest.raises(CheckpointError):
        read(path, "these", 3)
    path.write_bytes(b"\x80\x02.")
    with pytest.raises(CheckpointError):
        read(path, "these", 3)


def test_spaces_when_unknown_or_not_installed_say_which_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spaces, "find_spec", lambda _name: None)
    assert checked_spaces(None) == ("folder", "random")
    assert checked_spaces(("random", "random")) == ("random",)
    with pytest.raises(ConfigError, match="folder, random, backbone"):
        checked_spaces(("inception",))
    with pytest.raises(ConfigError, match=r"ddpm-studio\[features\]"):
        checked_spaces(("backbone",))
    with pytest.raises(ConfigError):
        checked_spaces(())
    assert all(row.title and row.help and row.source for row in SPACES.values())


def test_the_backbones_file_when_it_is_another_is_never_unpickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Found:
        submodule_search_locations = [str(tmp_path)]

    monkeypatch.setattr(backbone, "find_spec", lambda _name: Found)
    monkeypatch.setattr(backbone.torch, "load", lambda *_a, **_k: pytest.fail("it was read"))
    with pytest.raises(CheckpointError):
        Backbone.installed()
    path = tmp_path / backbone.FILE
    path.parent.mkdir()
    for content in (b"cos\nsystem\n(S'true'\ntR.", bytes(backbone.BYTES), bytes(backbone.BYTES + 1)):
        path.write_bytes(content)
        with pytest.raises(CheckpointError):
            Backbone.installed()


def untrained_backbone() -> Backbone:
    """Of the file's names and shapes, with random weights."""
    weights: dict[str, torch.Tensor] = {}
    draw = torch.Generator().manual_seed(0)

    def layer(conv: str, norm: str, *shape: int) -> None:
        fan_in = shape[1] * shape[2] * shape[3]
        weights[f"{conv}.weight"] = torch.randn(shape, generator=draw) * (2 / fan_in) ** 0.5
        for part, value in (("weight", 1.0), ("bias", 0.1), ("running_mean", 0.0), ("running_var", 1.0)):
            weights[f"{norm}.{part}"] = torch.full((shape[0],), value)

    layer("_conv_stem", "_bn0", 32, 3, 3, 3)
    number, channels = 0, 32
    for (count, kernel, _, expansion), width in zip(backbone.STAGES, (16, 24, 40, 80, 112, 192, 320), strict=True):
        for _ in range(count):
            name, inner = f"_blocks.{number}.", channels * expansion
            if expansion > 1:
                layer(f"{name}_expand_conv", f"{name}_bn0", inner, channels, 1, 1)
            layer(f"{name}_depthwise_conv", f"{name}_bn1", inner, 1, kernel, kernel)
            layer(f"{name}_project_conv", f"{name}_bn2", width, inner, 1, 1)
            channels, number = width, number + 1
    layer("_conv_head", "_bn1", 1280, 320, 1, 1)
    return Backbone(weights)


def test_the_backbone_takes_grey_and_clear_pictures_and_gives_128_features_of_each() -> None:
    space, grey = untrained_backbone(), pictures(3, (28, 28, 1))
    found = space(grey)
    assert found.shape == (3, 128) and np.isfinite(found).all() and found.std(0).min() > 0
    np.testing.assert_allclose(space(grey.repeat(3, axis=3)), found, rtol=1e-4, atol=1e-5)
    clear = np.concatenate([grey.repeat(3, axis=3), pictures(3, (28, 28, 1))], axis=3)
    np.testing.assert_allclose(space(clear), found, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        assert space.layers(torch.zeros(1, 3, 65, 33)).shape == (1, 1280, 3, 2)
