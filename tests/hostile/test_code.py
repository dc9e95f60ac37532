"""C1: a file that would run something when it is unpickled is refused in words by everything that opens files."""

from __future__ import annotations

import ast
import itertools
import pickle
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import core
from tests.figures import figure
from tests.hostile.conftest import Opener
from tests.hostile.made import (
    DESCRIPTION,
    TENSORS,
    accept_tensors,
    archive,
    change_json,
    copy_run,
    library_content,
    set_in,
)
from tests.hostile.programs import Would, in_places, text, torch_file, values

ROOT = Path(core.__file__).parents[1]
FILE_WAYS = ("load", "recognise", "library", "look", "sampler", "inspect")


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """What is there only if something was run."""
    path = tmp_path / "it ran"
    yield path
    assert not path.exists()


def small_content() -> dict[str, Any]:
    """The library's checkpoint without its average and its moments."""
    content = library_content()
    del content["ema"]
    content["opt"]["state"].clear()
    return content


def test_nothing_in_a_pickle_is_run(opened: Opener, canary: Path, tmp_path: Path) -> None:
    content, executed, refused = small_content(), 0, 0
    found = values(str(canary))
    for name, value in found.items():
        path = tmp_path / "model-1.pt"
        changed = {**content, "model": dict(content["model"])}
        in_places(value)["a weight"](changed)
        path.write_bytes(torch_file(changed))
        outcome = opened("library", path)
        executed += outcome.error == "EXECUTED" or canary.exists()
        refused += outcome.error == "checkpoint.refused"
        assert (name, outcome.error) == (name, "checkpoint.refused"), outcome
    demanded, measured = "0 executed, all refused", f"{executed} executed, {refused} of {len(found)} pickles refused"
    figure("C1", demanded=demanded, measured=measured)
    assert refused == len(found)


@pytest.mark.family
@pytest.mark.parametrize("place", in_places(None))
def test_wherever_it_stands_and_however_it_is_opened(opened: Opener, canary: Path, tmp_path: Path, place: str) -> None:
    path = tmp_path / "model-1.pt"
    for name in ("os.system", "built and left behind", "state of an OrderedDict"):
        content = small_content()
        in_places(values(str(canary))[name])[place](content)
        path.write_bytes(torch_file(content))
        for how in FILE_WAYS if (name, place) == ("os.system", "a weight") else ("library",):
            outcome = opened(how, path)
            assert (name, how, outcome.error) == (name, how, "checkpoint.refused"), outcome


def legacy_files(program: bytes) -> dict[str, Callable[[Path], object]]:
    """Other containers of pickles that torch has read in its time, and files that are only called otherwise."""

    def tar(path: Path) -> None:
        inner = path.with_name("pickle")
        inner.write_bytes(program)
        with tarfile.open(path, "w") as file:
            file.add(inner, "storages")

    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    script = b"\x80\x02c__torch__\nModel\n)\x81}" + text("a") + b"Ksb."
    return {
        "a bare pickle": lambda path: path.write_bytes(program),
        "a tar": tar,
        "before there were archives": lambda path: path.write_bytes(magic + program),
        "a script of torch.jit": lambda path: path.write_bytes(
            archive({"data.pkl": script, "constants.pkl": program, "code/__torch__.py": b"import os", "version": b"3"})
        ),
        "two pickles": lambda path: path.write_bytes(archive({"data.pkl": program, "b/data.pkl": b"\x80\x02}."})),
        "a package": lambda path: path.write_bytes(archive({".data/version": b"6", "model/model.pkl": program})),
    }


@pytest.mark.parametrize("suffix", [".pt", ".ckpt", ".bin", ".safetensors"])
def test_pickles_in_other_clothes(opened: Opener, canary: Path, tmp_path: Path, suffix: str) -> None:
    for protocol in range(6):
        program = pickle.dumps({"model": Would(open, str(canary), "w")}, protocol)
        for name, write in legacy_files(program).items() if protocol in (0, 2) else ():
            path = tmp_path / f"model-1{suffix}"
            write(path)
            outcome = opened("load", path)
            assert outcome.error in ("checkpoint.refused", "checkpoint.damaged"), (name, protocol, outcome)
        path.write_bytes(archive({"data.pkl": program, "version": b"3"}))
        outcome = opened("load", path)
        assert outcome.error in ("checkpoint.refused", "checkpoint.damaged"), (protocol, outcome)


def in_a_run(canary: Path) -> dict[str, Callable[[Path], object]]:
    """What in a run folder a reader of pickles, YAML or dotted names would run."""
    command = f"touch '{canary}'"
    program = pickle.dumps(Would(open, str(canary), "w"))
    names = ["builtins.exec", "!!python/object/apply:os.system", "__import__('os').system", f"$({command})"]

    def say(file: str, dotted: str, value: object) -> Callable[[Path], object]:
        return lambda run: change_json(run / file, lambda plain: set_in(plain, dotted, value))

    def put(file: str, data: bytes) -> Callable[[Path], object]:
        return lambda run: (run / file).write_bytes(data)

    said = {
        f"{file} {dotted}": say(file, dotted, name)
        for (file, dotted), name in zip(
            (
                ("run.json", "config.model.dim"),
                ("run.json", "config.diffusion.objective"),
                (DESCRIPTION, "config.diffusion.beta_schedule"),
                (DESCRIPTION, "config.model._target_"),
                (DESCRIPTION, "extra.scaler"),
                (DESCRIPTION, "tensors"),
            ),
            itertools.cycle(names),
            strict=False,
        )
    }
    tables = {"__reduce__": ["os.system", [command]], "py/object": "os.system", "_target_": "os.system"}
    return {
        **said,
        "a table that names a function": say(DESCRIPTION, "config.model", tables),
        "a plan that is a table": say("run.json", "plan", tables),
        "run.json is a pickle": put("run.json", program),
        "the description is a pickle": put(DESCRIPTION, program),
        "the tensors are a pickle": lambda run: (put(TENSORS, program)(run), accept_tensors(run)),
        "metrics are a pickle": put("metrics.sqlite", program),
        "the lock is a pickle": put("run.lock", program),
        "the grid is a pickle": put("samples/step-00000003.png", program),
        "a module beside it": put("torch.py", f"open({str(canary)!r}, 'w')".encode()),
        "a module that json would load": put("json.py", f"open({str(canary)!r}, 'w')".encode()),
    }


@pytest.mark.long
def test_a_run_folder_that_names_code(opened: Opener, canary: Path, tmp_path: Path, run: Path) -> None:
    """Nothing of it is looked up, imported or run; what else is in the folder opens."""
    for number, (name, change) in enumerate(in_a_run(canary).items()):
        folder = copy_run(run, tmp_path / str(number) / "run")
        change(folder)
        results = {how: opened(how, folder).error for how in ("run", "resume")}
        assert not {"UNTYPED", "DIED", "EXECUTED"} & set(results.values()), (name, results)
        if name.startswith(("run.json", "a plan")):
            assert results["run"] == "run.broken", (name, results)
        elif "beside" in name or "json would" in name or name.startswith(("metrics", "the lock", "the grid")):
            assert set(results.values()) == {None}, (name, results)
        else:
            assert results["run"] is None and results["resume"] is not None, (name, results)


# --- the program's own sources -------------------------------------------------------------------------------

#: What unpickles, evaluates or starts what a file says. The helper that decodes pictures is our own file.
FORBIDDEN_MODULES = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "yaml", "runpy", "code", "imp"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "execfile", "breakpoint"}
FORBIDDEN_ATTRIBUTES = {
    *("torch.jit", "torch.hub", "torch.package", "torch.serialization", "torch.export", "torch.storage"),
    *("os.system", "os.popen", "np.load", "numpy.load", "pd.read_pickle", "joblib.load"),
}


def dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def offences(source: str) -> list[str]:
    """What in a source could run what is in a file, by line."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [f"{node.lineno}: {a.name}" for a in names if a.name.split(".")[0] in FORBIDDEN_MODULES]
            case ast.ImportFrom(module=str(module), level=0) if module.split(".")[0] in FORBIDDEN_MODULES:
                found.append(f"{node.lineno}: {module}")
            case ast.ImportFrom(module="torch", names=names) if any(a.name in ("load", "jit", "hub") for a in names):
                found.append(f"{node.lineno}: torch")
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                found.append(f"{node.lineno}: {name}")
            case ast.Call(func=function, keywords=keywords) if dotted(function) == "torch.load":
                literal = any(
                    k.arg == "weights_only" and isinstance(k.value, ast.Constant) and k.value.value is True
                    for k in keywords
                )
                if not literal or any(k.arg == "pickle_module" for k in keywords):
                    found.append(f"{node.lineno}: torch.load without weights_only=True")
            case ast.Attribute() if dotted(node) in FORBIDDEN_ATTRIBUTES:
                found.append(f"{node.lineno}: {dotted(node)}")
    return found


@pytest.mark.parametrize(
    "source",
    [
        *("import pickle", "from pickle import loads", "import yaml", "eval('1')", "exec(x)", "__import__(name)"),
        *("torch.load(path)", "torch.load(path, weights_only=False)", "torch.load(path, weights_only=sure)"),
        *("torch.load(path, weights_only=True, pickle_module=p)", "torch.jit.load(path)", "from torch import load"),
        *("np.load(path, allow_pickle=True)", "os.system('ls')", "torch.hub.load('a', 'b')"),
    ],
)
def test_what_the_next_test_would_find(source: str) -> None:
    assert offences(source)


def test_no_source_runs_what_is_in_a_file() -> None:
    files = [path for package in ("core", "studio", "resources") for path in (ROOT / package).rglob("*.py")]
    assert len(files) > 200 and not offences("torch.load(path, weights_only=True)\nmodel.eval()\nre.compile('a')")
    found = {str(path): offence for path in files if (offence := offences(path.read_text(encoding="utf-8")))}
    figure(
        "C1",
        demanded="every torch.load literal weights_only=True",
        measured=f"{len(found)} offences in {len(files)} files",
    )
    assert not found
