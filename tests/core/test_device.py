"""The choice of a device, with availability faked where this machine has none."""

from __future__ import annotations

import pytest
import torch

from core import device
from core.errors import DeviceError


def test_devices_when_listed_have_a_cpu_and_a_reason_for_each_missing_one() -> None:
    rows = device.devices()
    assert rows[-1].name == "cpu"
    assert rows[-1].reason is None
    assert rows[-1].cores >= 1
    for row in rows:
        assert row.reason or row.name.startswith(("cpu", "cuda:", "mps"))


def fake(monkeypatch: pytest.MonkeyPatch, *, cards: int = 0, mps: bool = False) -> None:
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: (index * 10**9, 24 * 10**9))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")
    monkeypatch.setattr(torch.backends.mps, "is_built", lambda: mps)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


def test_choose_device_when_auto_takes_the_best_available(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch)
    assert device.choose_device().type == "cpu"
    fake(monkeypatch, mps=True)
    assert device.choose_device().type == "mps"
    fake(monkeypatch, cards=2, mps=True)
    assert str(device.choose_device()) == "cuda:0"
    assert str(device.choose_device("cuda:1")) == "cuda:1"
    assert [row.title for row in device.devices()][:2] == ["Card 0", "Card 1"]


@pytest.mark.parametrize("wish", ["cuda", "cuda:7", "mps", "tpu"])
def test_choose_device_when_missing_raises_with_the_reason(wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch)
    with pytest.raises(DeviceError) as caught:
        device.choose_device(wish)
    assert wish in str(caught.value)
    assert "cpu" in str(caught.value)


def test_mixed_precision_when_chosen_is_what_the_device_has(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu, card = torch.device("cpu"), torch.device("cuda:0")
    assert device.autocast_dtype(cpu, "auto") is None
    assert device.autocast_dtype(cpu, "bf16") == torch.bfloat16
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert device.autocast_dtype(card, "auto") == torch.bfloat16
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert device.autocast_dtype(card, "auto") == torch.float16
    with pytest.raises(DeviceError):
        device.autocast_dtype(card, "bf16")
    with pytest.raises(DeviceError):
        device.autocast_dtype(cpu, "fp16")


def test_autocast_computes_in_the_wished_type() -> None:
    cpu = torch.device("cpu")
    layer, x = torch.nn.Linear(4, 4), torch.ones(1, 4)
    with device.autocast(cpu, torch.bfloat16):
        assert layer(x).dtype == torch.bfloat16
    with device.autocast(cpu, None):
        assert layer(x).dtype == torch.float32


def test_is_out_of_memory_when_given_other_errors_is_false() -> None:
    assert device.is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert device.is_out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert device.is_out_of_memory(MemoryError())
    assert not device.is_out_of_memory(RuntimeError("shapes do not match"))
