"""Rules about the source itself: sizes, who commits, who reads the clock, who waits."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "socialseed"
FILES = sorted(SOURCE.rglob("*.py"))

HARD_LINES = 500
FUNCTION_LINES = 60
ENDPOINT_STATEMENT_LINES = 10
# What reads the machine's clock or draws without a key.
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "sleep"),
    ("asyncio", "sleep"),
}
SQL_CLOCKS = ("now()", "current_timestamp", "clock_timestamp(", "random()", "gen_random_uuid(")


def name_of(file: Path) -> str:
    return str(file.relative_to(SOURCE))


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_there_is_source_to_check() -> None:
    assert len(FILES) > 50


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_sizes_stay_within_budget(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= HARD_LINES, "split this file by verb"
    for function in functions(ast.parse(text)):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= FUNCTION_LINES, f"{function.name} has {length} lines"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_only_runtime_commits(file: Path) -> None:
    if file.parent.name == "runtime" or "sandbox" in file.parts:
        return
    commits = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback", "begin_nested"}
    ]
    assert commits == [], "transactions begin and end in runtime/"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_nobody_but_core_reads_the_clock_or_draws(file: Path) -> None:
    if name_of(file) in {"core/clock.py", "core/rng.py"}:
        return
    tree = ast.parse(file.read_text())
    found = [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS
    ]
    imports = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "random"
    ]
    assert found + imports == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_sql_takes_its_instant_as_a_parameter(file: Path) -> None:
    if "sandbox" in file.parts:
        return
    strings = [
        node.value.lower()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    sql = [s for s in strings if "select " in s or "update " in s or "insert " in s]
    assert [s for s in sql for clock in SQL_CLOCKS if clock in s] == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_our_own_packages_are_imported_at_the_top(file: Path) -> None:
    """An import inside a function or under TYPE_CHECKING hides an arrow between rooms."""
    tree = ast.parse(file.read_text())
    hidden = [
        node.lineno
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("socialseed")
    ]
    checking = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    ]
    assert hidden + checking == []


@pytest.mark.parametrize(
    "file", [f for f in FILES if f.name == "endpoints.py" or f.name == "feed.py"], ids=name_of
)
def test_endpoints_are_thin(file: Path) -> None:
    for function in functions(ast.parse(file.read_text())):
        if not any(isinstance(d, ast.Call) for d in function.decorator_list):
            continue
        body = function.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
        assert lines <= ENDPOINT_STATEMENT_LINES, f"{function.name}: move it into a service"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_catch_alls_stand_only_at_the_edges(file: Path) -> None:
    edges = {"web/edge.py", "app/worker.py", "jobs/pgqueuer_adapter.py", "sandbox/app.py"}
    broad = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ExceptHandler)
        # What cleans up and raises again hides nothing.
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    ]
    assert broad == [] or name_of(file) in edges


def test_no_test_patches_our_own_modules() -> None:
    patched = [
        str(file)
        for file in (ROOT / "tests").rglob("*.py")
        if file != Path(__file__)
        and ('patch("socialseed' in file.read_text() or 'setattr("socialseed' in file.read_text())
    ]
    assert patched == []
