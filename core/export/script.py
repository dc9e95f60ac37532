"""The same generation as a plain script over core: run, it makes the same pictures again, bit for bit."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path

from ..runs.atomic import write_text
from . import Exported, ExportProgress, Generation

_SCRIPT = '''"""Makes {count} pictures again: python FILE [FOLDER]. Needs DDPM Studio, and the model where it was."""

import sys
from base64 import b64decode
from pathlib import Path

from core.beginning import Beginning, Start, StartPicture
from core.device import choose_device, prepare_for_device
from core.frames import Frame, SamplingFinished, SamplingStarted
from core.runs.atomic import make_folder
from core.runs.grids import save_picture
from core.runs.opening import load_model
from core.sampling import sample_frames
from core.settings import SampleConfig

loaded = load_model({model}, {weights}, {said})
if loaded.sha256 != {digest}:
    sys.exit("Another model is in that place now: its pictures would be others.")
diffusion = prepare_for_device(loaded.diffusion, choose_device({device})).eval()
request = {request}
out = Path(sys.argv[1] if len(sys.argv) > 1 else "pictures")
make_folder(out)
for event in sample_frames(diffusion, request, with_layers=True):
    match event:
        case SamplingStarted():
            settings = event.settings
        case Frame():  # also holds x_t, x_0 and event.layers as arrays
            print(f"t = {{event.t}}:", *(f"{{term.coefficient:+.4f}} {{term.symbol}}" for term in event.terms))
        case SamplingFinished():
            for number, picture in enumerate(event.pictures):
                save_picture(out / f"{{number:05d}}.png", picture, settings=settings)
'''
#: Of a script that is given no picture, these would only be in the way.
_OF_STARTS = ("from base64 import b64decode\n", "from core.beginning import Beginning, Start, StartPicture\n")


def write_script(path: Path, generation: Generation) -> Iterator[ExportProgress | Exported]:
    """Everything in it comes as a literal in ASCII, whatever a file or class is called. Raises RunError."""
    request, model = generation.request, generation.model
    assert request is not None and model is not None, "`export` has seen to it"
    seen = generation.recording.seen()
    if seen:  # picture k of those that were asked for sees the k-th in turn
        shift = request.first % len(seen)
        request = replace(request, condition=(*seen[-shift:], *seen[:-shift]) if shift else seen)
    made = _SCRIPT.format(
        count=request.count,
        model=_code(model.absolute()),
        weights=_code(generation.weights),
        said=_code(dict(generation.said)),
        digest=_code(generation.settings.get("model_sha256")),
        device=_code(generation.settings.get("device", "cpu")),
        request=_code(request),
    )
    for line in _OF_STARTS if "StartPicture(" not in _code(request) else ():
        made = made.replace(line, "")
    write_text(path, made)
    yield Exported(path)


def _code(value: object) -> str:
    """Python that makes the value again; of a dataclass only what is not as usual."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, Path):
        return f"Path({str(value.absolute())!a})"
    if isinstance(value, bytes):
        return f"b64decode({b64encode(value).decode()!r})" if value else "b''"
    if isinstance(value, tuple):
        return f"({''.join(f'{_code(part)}, ' for part in value).rstrip(' ' if len(value) == 1 else ', ')})"
    if is_dataclass(value):
        said = [(field.name, getattr(value, field.name)) for field in fields(value) if field.repr or field.init]
        usual = {field.name: field.default for field in fields(value)}
        inside = ", ".join(f"{name}={_code(part)}" for name, part in said if part != usual[name])
        return f"{type(value).__name__}({inside})"
    return ascii(value)
