"""Which module may use which: arrows point one way, heavy libraries stay behind their fences."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from reportgen.form import Form

ROOT = Path(__file__).parent.parent / "reportgen"

# The rooms in the order in which data passes: a room imports only from rooms named above it, at any
# depth, also inside functions.  `forms` holds data alone.
ROOMS = (
    "errors", "forms", "memory", "disk", "opc", "form", "model", "sources", "recogniser", "checks", "repairs", "rollup",
    "show", "workbook", "word", "marking", "publish", "api", "batch", "office", "cli", "__main__",
)  # fmt: skip

# What the package itself offers (`import reportgen`): its version to all, the verbs to its users.
ROOT_NAMES = {"__version__", "templates"}

# Library → modules (and what is below them) that may import it.
FENCES = {
    "click": {"cli"},
    "openpyxl": {"workbook"},
    "docx": {"word", "publish.signoff"},
    "pikepdf": {"publish.pdf"},
    "xlsxwriter": {"word.charts"},
    "jinja2": {"word", "show.page"},
    "markupsafe": {"show.page"},
    "lxml": {"opc", "marking", "word", "sources"},
    "msgspec": {*ROOMS},
    "tomli": {"form.source"},
}

# What no module may use: the network, code from data, other programs.
FORBIDDEN = {
    "socket", "ssl", "http", "ftplib", "smtplib", "urllib.request", "xmlrpc", "requests", "httpx", "aiohttp",
    "pickle", "marshal", "shelve", "ctypes", "subprocess", "webbrowser",
}  # fmt: skip
MAY_ALL_THE_SAME = {
    ("publish.office", "subprocess"),  # a PDF is made by an office program
    ("cli.opening", "subprocess"),  # the double click opens what it made
    ("sources.job", "ctypes"),  # limits of a process on Windows
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


def name_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if len(parts) > 1 and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def room_of(module: str) -> str:
    return module.partition(".")[0]


@cache
def trees() -> dict[str, ast.Module]:
    return {name_of(p): ast.parse(p.read_bytes()) for p in sorted(ROOT.rglob("*.py"))}


def own_name(base: str, alias: str) -> str:
    """Return the module inside the package that ``from base import alias`` takes."""
    inner = base.removeprefix("reportgen").lstrip(".")
    longer = f"{inner}.{alias}".lstrip(".")
    return longer if longer in trees() else inner or "__init__"


def imports(module: str, node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield (module, is it ours) for an import statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            ours = alias.name.split(".")[0] == "reportgen"
            yield (own_name(alias.name, "") if ours else alias.name), ours
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = (ROOT / module.replace(".", "/")).is_dir()
            above = ["reportgen", *([] if module == "__init__" else module.split("."))]
            above = above[: len(above) - node.level + (package or module == "__init__")]
            base = ".".join([*above, *([base] if base else [])])
        for alias in node.names:
            if base.split(".")[0] == "reportgen":
                yield own_name(base, alias.name), True
            else:
                yield f"{base}.{alias.name}", False


@cache
def all_imports() -> list[tuple[str, str, bool, bool]]:
    """Return (module, imported, ours, at start-up) for every import of the package."""
    found = []
    for module, tree in trees().items():
        late = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            or (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"))
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            found += [(module, imported, ours, id(node) not in late) for imported, ours in imports(module, node)]
    return found


def test_the_walk_sees_imports() -> None:
    seen = {(module, imported) for module, imported, _, _ in all_imports()}
    assert ("disk.files", "errors") in seen
    assert ("sources.base", "disk.files") in seen, "also those inside functions"
    assert ("sources.base", "sources.sniff") in seen
    assert ("cli.app", "click") in seen


def test_every_room_has_its_place() -> None:
    assert {room_of(module) for module in trees()} == {*ROOMS, "__init__"}


def test_arrows() -> None:
    order = {room: n for n, room in enumerate(ROOMS)}
    wrong = sorted(
        f"{module} imports {imported}"
        for module, imported, ours, _ in all_imports()
        if ours and module != "__init__" and imported != "__init__"
        if room_of(imported) != room_of(module) and order[room_of(imported)] > order[room_of(module)]
    )
    assert not wrong, wrong


def test_nothing_takes_the_verbs_from_the_root() -> None:
    wrong = [
        f"{module} takes {alias.name}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if module != "__init__" and (name := next(imports(module, node), ("", False)))[1] and name[0] == "__init__"
        if alias.name not in ROOT_NAMES
    ]
    assert not wrong, wrong


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Return one way round for each strongly connected set found by depth-first search."""
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(node: str, trail: list[str]) -> None:
        if node in trail:
            found.append([*trail[trail.index(node) :], node])
            return
        if node in done:
            return
        for after in sorted(edges.get(node, ())):
            visit(after, [*trail, node])
        done.add(node)

    for start in sorted(edges):
        visit(start, [])
    return found


def test_a_cycle_would_be_seen() -> None:
    assert cycles({"a": {"b"}, "b": {"a"}}) == [["a", "b", "a"]]


def test_no_cycle_between_modules_at_start_up() -> None:
    edges: dict[str, set[str]] = {module: set() for module in trees()}
    for module, imported, ours, early in all_imports():
        # A package's __init__ gathers its modules; they do not import it back.
        if ours and early and imported != module and imported in edges and imported != "__init__":
            edges[module].add(imported)
    assert cycles(edges) == []


def test_third_party_fences() -> None:
    wrong = []
    for module, imported, ours, _ in all_imports():
        top = imported.split(".")[0]
        usual = top in sys.stdlib_module_names and top not in FENCES
        if ours or usual or top == "__future__":
            continue
        allowed = FENCES.get(top, set())
        if not any(module == place or module.startswith(place + ".") for place in allowed):
            wrong.append(f"{module} imports {imported}")
    assert not wrong, wrong


def test_nothing_reaches_out_or_runs_data() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, imported, ours, _ in all_imports()
        if not ours and any(imported == bad or imported.startswith(bad + ".") for bad in FORBIDDEN)
        if (module, imported) not in MAY_ALL_THE_SAME
    ]
    wrong += [
        f"{module} calls {node.func.id}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS
    ]
    assert not wrong, wrong


@pytest.mark.parametrize(
    "command", [["--help"], ["--version"], ["build", "--help"], ["rules"], ["validate", "missing.xlsx"]]
)
def test_light_commands_import_nothing_heavy(command: list[str], tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from reportgen.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted(m for m in sys.modules if '.' not in m))\n"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, *command],
        capture_output=True, text=True, encoding="utf-8", check=True, cwd=tmp_path,
    )  # fmt: skip
    loaded = run.stdout.rpartition("LOADED ")[2].split()
    assert "reportgen" in loaded
    assert "click" in loaded
    heavy = {"openpyxl", "docx", "jinja2", "lxml", "zipfile", "multiprocessing", "asyncio", "ssl"}
    if command != ["validate", "missing.xlsx"]:
        assert not heavy & set(loaded)
    else:
        assert not heavy - {"zipfile"} & set(loaded)


def test_a_plain_validate_imports_only_what_it_needs() -> None:
    """Each of these takes a hundredth of a start or more, some of them a tenth."""
    code = (
        "import sys\n"
        "from reportgen.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code)\n"
        "print('LOADED', *sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-X", "utf8", "-c", code, "validate", str(ROOT.parent / "examples" / "liwan-2024.xlsx")],
        capture_output=True, text=True, encoding="utf-8", check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT.parent), *sys.path])},
    )  # fmt: skip
    shown, _, loaded = run.stdout.rpartition("LOADED ")
    assert shown.endswith("\n0\n")
    assert "reportgen.checks.texts" in loaded.split()
    unneeded = {
        "openpyxl", "docx", "jinja2", "lxml", "asyncio", "ssl", "multiprocessing", "difflib", "json", "string",
        "reportgen.word.render", "reportgen.show.json", "reportgen.show.view", "reportgen.repairs.find",
    }  # fmt: skip
    assert not unneeded & set(loaded.split())


# A private name may change with any release of the package that has it.
PRIVATE = re.compile(r"_[A-Za-z]\w*")
DOCUMENTED = {"_replace", "_fields", "_asdict", "_make"}  # of named tuples


def own_private_names() -> set[str]:
    """Return the private names that this package defines anywhere."""
    own: set[str] = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                own.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                own.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
    return own


def test_no_private_name_of_another_package() -> None:
    own, wrong = own_private_names() | DOCUMENTED, []
    for module, tree in trees().items():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [part for alias in node.names for part in alias.name.split(".")]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
                names = [] if names[0] == "__future__" else names
            elif isinstance(node, ast.Attribute) and node.attr not in own:
                names = [node.attr]
            wrong += [f"{module}: {name}" for name in names if PRIVATE.fullmatch(name)]
    assert not wrong, wrong


def prescribed_words(form: Form) -> set[str]:
    """Return the words of the form of four characters or more, without their numbering."""
    words = {s.title for s in form.sections}
    words |= {sub.heading for s in form.sections for sub in s.subheadings}
    for table in form.tables:
        words |= {cell.text for cell in table.layout if not cell.cell}
    bare = {re.sub(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\.)", "", w) for w in words}
    return {w for w in bare if len(w) >= 4}


def strings(tree: ast.Module) -> Iterator[str]:
    """Yield every string the code works with: all but docstrings, which may give examples."""
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_no_label_of_the_form_in_the_code(form: Form) -> None:
    words = prescribed_words(form)
    assert len(words) > 50, "the list is made from the form"
    wrong = [
        f"{module}: {word}"
        for module, tree in trees().items()
        for text in strings(tree)
        for word in sorted(words)
        if word in text
    ]
    assert not wrong, wrong


def test_nothing_is_read_out_of_a_printed_line_or_address() -> None:
    """Severity, cell and equation are carried (docs/architecture.md); a cell of a file may still name others."""
    cuts = {"split", "rsplit", "partition", "rpartition"}
    wrong = [
        f"{module}: {ast.unparse(node)}"
        for module, tree in trees().items()
        if room_of(module) in ("repairs", "show", "marking", "api", "batch", "cli")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in cuts
        if any(isinstance(a, ast.Constant) and a.value in ("!", " ", "　") for a in node.args)
    ]
    assert not wrong, wrong


def test_modules_stay_readable() -> None:
    long = {p.name: n for p in ROOT.rglob("*.py") if (n := len(p.read_text("utf-8").splitlines())) > 450}
    assert not long
