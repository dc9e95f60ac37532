"""Counts what it costs to read this program and to add to it: `python -m tests.house`.

    python -m tests.house                 the figures of the checkout
    python -m tests.house --before REV    beside those of another commit
    python -m tests.house --list          and what was counted

Everything is read off the syntax trees of `core` and `studio`; nothing of them is imported.

files, lines     every *.py of both packages, with blank lines and comments
import circles   groups of modules that import each other, directly or by way of others. An import counts wherever it
                 stands: at the top, inside a function, or under `if TYPE_CHECKING`.
one importer     modules that exactly one other module imports. `__init__`, `__main__`, the entry points of
                 pyproject.toml and the modules of the commands are not counted. A string that is the dotted name of a
                 module, or "module:name" as in the rows of the catalogue, counts as an import of it here, but closes
                 no circle: it is resolved late for that very reason.
files to read    the files of a walk (WALKS): the functions that one reads, one after another, to follow something. Each
                 must exist, and must name or be named by one before it, so that a walk cannot leave out what connects.
files to touch   the files in which a variant that exists already (COSTS) is named, as a string or as an identifier.
                 A new one of its kind would have to be named there too. A preset that chooses it is not counted.
"""

from __future__ import annotations

import argparse
import ast
import io
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HOME = Path(__file__).parents[1]
PACKAGES = ("core", "studio")

#: What is followed → the definitions to read, "module:Class.method" each, in the order of reading.
WALKS: dict[str, tuple[str, ...]] = {
    "a training step": (
        "core.cli.train:run",
        "core.cli.train:_drive",
        "core.training.job:TrainingJob.run",
        "core.training.job:TrainingJob._train",
        "core.training.trainer:TrainingSession.run",
        "core.training.trainer:TrainingSession._steps",
        "core.training.trainer:TrainingSession._guarded_step",
        "core.training.trainer:TrainingSession._step",
        "core.training.plan:planned_rate",
        "core.training.step:take_step",
        "core.training.step:_gradients",
        "core.training.step:Feeding.get",
        "core.pictures.feed.batches:Loader.get",
        "core.training.step:batch_loss",
        "core.training.step:draw_batch",
        "core.randomness:generator",
        "core.diffusion.gaussian_diffusion:GaussianDiffusion.prepared_noise",
        "core.diffusion.gaussian_diffusion:GaussianDiffusion.training_losses",
        "core.diffusion.gaussian_diffusion:GaussianDiffusion.training_pass",
        "core.diffusion.process:ForwardProcess.q_sample",
        "core.diffusion.process:ReverseProcess._predict",
        "core.diffusion.process:objective_named",
        "core.diffusion.process:Objective",
        "core.training.step:_update",
        "core.training.step:settle",
        "core.training.state:SessionState",
        "core.training.state:EMA.update",
    ),
    "DDIM": (
        "core.sampling:sample_frames",
        "core.sampling:_begin",
        "core.samplers.loop:initial_noise",
        "core.samplers.loop:sampler_named",
        "core.samplers.loop:Sampler.__call__",
        "core.samplers.loop:Sampler.task",
        "core.samplers.spacing:time_pairs",
        "core.samplers.loop:Task",
        "core.catalogue:Row.load",
        "core.samplers.first_order:ddim",
        "core.samplers.loop:walk",
        "core.samplers.loop:Step",
        "core.samplers.loop:Task.predict",
        "core.diffusion.process:ReverseProcess.predictions_from",
        "core.diffusion.process:objective_named",
        "core.diffusion.process:ForwardProcess.predict_noise_from_start",
        "core.sampling:frames_of",
        "core.sampling:_frame",
        "core.frames:Frame",
    ),
    "a loss to the plot": (
        "core.training.step:settle",
        "core.training.step:take_step",
        "core.training.trainer:TrainingSession._step",
        "core.training.events:StepDone",
        "core.training.trainer:TrainingSession._guarded_step",
        "core.training.trainer:TrainingSession._steps",
        "core.training.trainer:TrainingSession.run",
        "core.training.job:TrainingJob.run",
        "studio.training.running:Running._events",
        "studio.training.running:Running.launch",
        "studio.jobs.worker:Worker",
        "studio.jobs.worker:Mailbox",
        "studio.training.controller:TrainingController._launch",
        "studio.training.controller:TrainingController",
        "studio.training.controller:TrainingController._on_events",
        "studio.training.live_run:LiveRun.take",
        "studio.training.live_run:LiveRun._take_steps",
        "studio.training.live_run:Curve.extend",
        "studio.training.display:Display.draw_soon",
        "studio.training.display:Display",
        "studio.training.panel:TrainingPanel",
        "studio.training.display:Display._begin",
        "studio.training.curves.plots_panel:RunPlotPanel.pieces",
        "studio.training.curves.plot_view:PlotView.refresh",
        "studio.training.curves.run_plot:RunPlot.refresh",
        "studio.training.curves.run_plot:RunPlot",
        "studio.training.curves.plots:Plot",
        "studio.training.live_run:Curve.drawn",
        "studio.training.curves.run_plot:RunPlot._draw",
        "studio.widgets.chart:Chart.set_curve",
    ),
    "a checkpoint": (
        "core.training.trainer:TrainingSession._keep",
        "core.training.trainer:TrainingSession._try_to_save",
        "core.training.trainer:TrainingSession._save",
        "core.training.state:SessionState.save",
        "core.training.state:SessionState.to_checkpoint",
        "core.training.state:EMA.state_dict",
        "core.runs.checkpoint:save_checkpoint",
        "core.runs.tensors:write_tensors",
        "core.runs.checkpoint_files:write_description",
        "core.runs.atomic:write_json",
        "core.runs.checkpoint_files:prune",
        "core.training.trainer:TrainingSession.run",
        "core.runs.run:Run.newest_checkpoint",
        "core.runs.checkpoint_files:newest_good",
        "core.runs.checkpoint_files:_newest_good_of",
        "core.runs.checkpoint_files:verify",
        "core.training.state:SessionState.restore",
        "core.runs.checkpoint:require_own_model",
        "core.runs.checkpoint:read_checkpoint",
        "core.runs.tensors:read_tensors",
        "core.runs.tensors:TensorFile",
        "core.runs.tensor_header:read_header",
        "core.runs.fitting:require_finite",
    ),
}


@dataclass(frozen=True)
class Cost:
    """What a new one of a kind costs: the files in which one that exists is named.

    like  variants that exist, each by its name, or by several with | between them; the costs of several variants
          reach from the least to the greatest
    own   a package that is the variant's own, and counts as one file
    """

    like: tuple[str, ...]
    own: str | None = None


COSTS: dict[str, Cost] = {
    "a sampler": Cost(("heun", "unipc")),
    "a schedule": Cost(("rectified_flow",)),
    "an objective": Cost(("pred_flow",)),
    "a weighting": Cost(("p2",)),
    "a setting": Cost(("ema_warmup", "max_grad_norm", "weight_decay", "offset_noise_strength", "beta_schedule")),
    # A number that a step names; the row that draws it is one file more.
    "a plot": Cost(("TimestepPanel", "loss_scale")),
    "a room": Cost(("SamplerPanel|SamplerController",), own="studio.sampler"),
    "a network": Cost(("Unet",)),
}

#: Chooses variants for a purpose, and has none of its own.
NOT_COUNTED = ("core.presets",)

#: No figure may be above these, which are the present ones (tests/core/test_house.py): lower them with the figures. Of
#: a range it is the upper end that counts.
LIMITS: dict[str, int] = {
    "product files": 455,
    "lines": 102_500,
    "import circles": 0,
    "modules with one importer": 120,
    "files to read: a training step": 10,
    "files to read: DDIM": 7,
    "files to read: a loss to the plot": 15,
    "files to read: a checkpoint": 9,
    "files to touch: a sampler": 3,
    "files to touch: a schedule": 5,
    "files to touch: an objective": 2,
    "files to touch: a weighting": 2,
    "files to touch: a setting": 23,
    "files to touch: a plot": 2,
    "files to touch: a room": 4,
    "files to touch: a network": 6,
}


class NotThereError(Exception):
    """A name of WALKS or COSTS that the program does not have."""


@dataclass(frozen=True)
class Module:
    """One file."""

    name: str  #: dotted; a package's own is that of its folder
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return ast.parse(self.text, str(self.path))

    @property
    def is_package(self) -> bool:
        """Whether it is an `__init__`."""
        return self.path.name == "__init__.py"

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier and every whole string in it."""
        return frozenset(_words(self.tree))

    def definition(self, dotted: str) -> ast.AST | None:
        """The class, function or constant of this name, "Class.method" too."""
        node: ast.AST = self.tree
        for part in dotted.split("."):
            found = next((inner for inner in ast.iter_child_nodes(node) if part in _defined(inner)), None)
            if found is None:
                return None
            node = found
        return node


def _defined(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return (name,)
        case ast.Assign(targets=targets):
            return tuple(target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
    return ()


def _words(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                yield word
            case ast.ClassDef(name=word) | ast.FunctionDef(name=word) | ast.AsyncFunctionDef(name=word):
                yield word
            case ast.keyword(arg=str(word)):
                yield word
            case ast.alias(name=word, asname=other):
                yield from (*word.split("."), *([other] if other else []))
            case ast.Constant(value=str(word)):
                yield word
                yield from word.split(":") if word.count(":") == 1 else ()


class House:
    """The product files below a folder, and what is counted of them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        files = sorted(path for package in PACKAGES for path in (home / package).rglob("*.py"))
        self.modules = {module.name: module for module in (self._module(path) for path in files)}

    def _module(self, path: Path) -> Module:
        parts = path.relative_to(self.home).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        return Module(name, path, path.read_text("utf-8"))

    @property
    def lines(self) -> int:
        """Of all files."""
        return sum(len(module.text.splitlines()) for module in self.modules.values())

    # --- imports -------------------------------------------------------------------------------------------

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Module → the modules that it imports, wherever in the file."""
        return {name: set(self._imports(module)) - {name} for name, module in self.modules.items()}

    def _imports(self, module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            match node:
                case ast.Import(names=names):
                    yield from (alias.name for alias in names if alias.name in self.modules)
                case ast.ImportFrom(module=source, names=names, level=level):
                    base = self._absolute(module, source, level)
                    found = (f"{base}.{alias.name}" for alias in names)
                    yield from ({name if name in self.modules else base for name in found} & self.modules.keys())

    def _named_in_strings(self, module: Module) -> set[str]:
        """The modules that are imported by their name when they are needed."""
        strings = (node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
        dotted = {text.partition(":")[0] for text in strings if isinstance(text, str)}
        return (dotted & self.modules.keys()) - {module.name, *PACKAGES}

    @staticmethod
    def _absolute(module: Module, source: str | None, level: int) -> str:
        if level == 0:
            return source or ""
        parts = module.name.split(".")
        parts = parts[: len(parts) - level + (1 if module.is_package else 0)]
        return ".".join([*parts, *([source] if source else [])])

    @cached_property
    def circles(self) -> list[list[str]]:
        """Groups of modules that import each other (Tarjan's strongly connected components of more than one)."""
        order: dict[str, int] = {}
        lowest: dict[str, int] = {}
        open_, found = [], []

        def visit(name: str) -> None:
            order[name] = lowest[name] = len(order)
            open_.append(name)
            for other in sorted(self.imports[name]):
                if other not in order:
                    visit(other)
                    lowest[name] = min(lowest[name], lowest[other])
                elif other in open_:
                    lowest[name] = min(lowest[name], order[other])
            if lowest[name] == order[name]:
                at = open_.index(name)
                group = open_[at:]
                del open_[at:]
                if len(group) > 1:
                    found.append(sorted(group))

        for name in self.modules:
            if name not in order:
                visit(name)
        return found

    @cached_property
    def single_importers(self) -> list[tuple[str, str]]:
        """(module, the only one that imports it)."""
        importers: dict[str, set[str]] = defaultdict(set)
        for name, imported in self.imports.items():
            for other in imported | self._named_in_strings(self.modules[name]):
                importers[other].add(name)
        counted = [module for module in self.modules.values() if not self._is_door(module)]
        return [(module.name, *importers[module.name]) for module in counted if len(importers[module.name]) == 1]

    def _is_door(self, module: Module) -> bool:
        """Whether it is entered from outside: a package's own file, an entry point, a command that is found by name."""
        if module.is_package or module.path.name == "__main__.py" or module.name in self._entry_points:
            return True
        return all(module.definition(name) is not None for name in ("add_arguments", "run"))

    @cached_property
    def _entry_points(self) -> frozenset[str]:
        project = tomllib.loads((self.home / "pyproject.toml").read_text("utf-8"))["project"]
        tables = (project.get("scripts", {}), project.get("gui-scripts", {}))
        return frozenset(place.partition(":")[0] for table in tables for place in table.values())

    # --- reading and touching ------------------------------------------------------------------------------

    def walk(self, places: Iterable[str]) -> list[str]:
        """The modules of a walk, each once. Raises NotThereError with all names that are missing or unconnected."""
        modules: list[str] = []
        passed: list[tuple[str, frozenset[str]]] = []
        faults: list[str] = []
        for place in places:
            module, _, dotted = place.partition(":")
            node = self.modules[module].definition(dotted) if module in self.modules else None
            if node is None:
                moved = [f"{name}:{dotted}" for name, other in self.modules.items() if other.definition(dotted)]
                faults.append(f"{place} does not exist" + (f"; is it {' or '.join(moved)}?" if moved else ""))
                continue
            called = _called(dotted)
            words = frozenset(_words(node))
            if passed and not any(called in before or name in words for name, before in passed):
                faults.append(f"{place} neither names a place before it on the walk, nor is named there")
            passed.append((called, words))
            modules.append(module)
        if faults:
            raise NotThereError("\n".join(["Mend WALKS in tests/house.py:", *faults]))
        return list(dict.fromkeys(modules))

    def touched(self, variant: str, own: str | None = None) -> list[str]:
        """The modules that name a variant. Raises NotThereError where none does."""
        words = set(variant.split("|"))
        named = [name for name, module in self.modules.items() if words & module.words and name not in NOT_COUNTED]
        if not named:
            raise NotThereError(f"no file names {variant}: mend COSTS in tests/house.py")
        if own is None:
            return named
        return list(dict.fromkeys(own if (name + ".").startswith(own + ".") else name for name in named))


def _called(dotted: str) -> str:
    """The word by which others name a definition: a class for its constructor and its call."""
    *outer, last = dotted.split(".")
    return outer[-1] if outer and last.startswith("__") else last


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    title: str
    shown: str
    most: int  #: the greatest number in it, which LIMITS limits
    counted: Mapping[str, Iterable[str]]  #: for --list


def figures(
    house: House, walks: Mapping[str, tuple[str, ...]] = WALKS, costs: Mapping[str, Cost] = COSTS
) -> list[Figure]:
    """Everything that is counted. Raises NotThereError for names of the tables that the program does not have."""
    rows = [
        Figure("product files", f"{len(house.modules)}", len(house.modules), {}),
        Figure("lines", f"{house.lines:,}", house.lines, {}),
        Figure("import circles", f"{len(house.circles)}", len(house.circles), {"": map(" ↔ ".join, house.circles)}),
    ]
    single = house.single_importers
    rows.append(
        Figure("modules with one importer", f"{len(single)}", len(single), {"": [f"{a} ← {b}" for a, b in single]})
    )
    for title, places in walks.items():
        read = house.walk(places)
        rows.append(Figure(f"files to read: {title}", f"{len(read)}", len(read), {"": read}))
    for title, cost in costs.items():
        touched = {variant: house.touched(variant, cost.own) for variant in cost.like}
        counts = sorted({len(named) for named in touched.values()})
        shown = "–".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))
        rows.append(Figure(f"files to touch: {title}", shown, counts[-1], touched))
    return rows


def figures_of_commit(revision: str) -> dict[str, str]:
    """Title → figure of another commit, with the walks of its own copy of this script, where it has one."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["git", "archive", revision, *PACKAGES, "pyproject.toml"], cwd=HOME, check=True, stdout=subprocess.PIPE
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        house = House(Path(folder))
        found = {figure.title: figure.shown for figure in figures(house, _walks_of(revision), {})}
        for title, cost in COSTS.items():
            words = {word for module in house.modules.values() for word in module.words}
            there = tuple(variant for variant in cost.like if words & set(variant.split("|")))
            if there:
                found |= {figure.title: figure.shown for figure in figures(house, {}, {title: Cost(there, cost.own)})}
        return found


def _walks_of(revision: str) -> dict[str, tuple[str, ...]]:
    there = subprocess.run(["git", "show", f"{revision}:tests/house.py"], cwd=HOME, capture_output=True, check=False)
    if there.returncode:
        return {}
    node = Module("house", Path("house.py"), there.stdout.decode()).definition("WALKS")
    assert isinstance(node, ast.AnnAssign) and node.value is not None
    walks: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
    return walks


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.house", description=__doc__.partition("\n")[0])
    parser.add_argument("--before", metavar="REV", help="a commit whose figures stand beside the present ones")
    parser.add_argument("--list", action="store_true", help="print what was counted, too")
    arguments = parser.parse_args()
    try:
        now = figures(House(HOME))
    except NotThereError as error:
        print(error, file=sys.stderr)
        return 1
    columns = [[figure.shown for figure in now]]
    heads = ["now"]
    if arguments.before:
        before = figures_of_commit(arguments.before)
        columns.insert(0, [before.get(figure.title, "–") for figure in now])
        heads.insert(0, arguments.before)
    for row in (
        ["", *heads],
        ["---"] * (len(heads) + 1),
        *zip((figure.title for figure in now), *columns, strict=True),
    ):
        print("| " + " | ".join(row) + " |")
    if arguments.list:
        for figure in now:
            for variant, names in figure.counted.items():
                print(f"\n{figure.title}{f' ({variant})' if variant else ''}")
                for name in names:
                    print(f"    {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
