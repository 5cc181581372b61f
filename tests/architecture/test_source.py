"""Guards, sizes, names, clocks, the environment, and who may catch everything."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import Module, body_lines, imported, modules

PAGES = [module for module in modules() if re.fullmatch(r"pages/[a-z]\w*\.py", module.name)]
SERVICES = [module for module in modules() if module.name.startswith("core/services/") and "__init__" not in module.name]

READS_THE_CLOCK = {
    "core/clock.py": "the clock itself",
    "connectors/sandbox/": "the outside world that the sandbox plays has a clock of its own",
}
READS_THE_ENVIRONMENT = {
    "core/config.py": "the settings",
    "core/db/embedded.py": "hands the rest of the environment on to Postgres's programs, without ours",
}
CATCHES_EVERYTHING = {
    "core/api/errors.py": "the boundary of the API",
    "core/workflows/job.py": "the boundary of a workflow's step",
    "core/workflows/engine.py": "the boundary of a workflow",
    "core/workflows/background.py": "the boundary of the thread that starts workflows",
    "core/workflows/lease.py": "the thread must outlive a restart of the database",
    "pages/_ui/boundary.py": "the boundary of a page",
}
THEIR_SIGNATURES = {"pages/_ui/sign_in.py register_user"}  # called by streamlit-authenticator
DOORS = {
    "core/services/identity.py": "builds the AccessContext",
    "core/services/members.py": "an invited person has no AccessContext yet",
    "core/services/demo.py": "a visitor of the demo has no AccessContext yet",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_first_statement_of_a_page_is_its_guard(page: Module) -> None:
    statements = [node for node in page.tree.body if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)]
    assert statements and re.match(r"page = guard\(Permission\.[A-Z_]+\)$", ast.unparse(statements[0]))
    before = [node for node in page.tree.body[: page.tree.body.index(statements[0])] if isinstance(node, ast.Expr)]
    assert len(before) == 1, "only the docstring stands before the guard"


def test_nobody_imports_the_composition_root_or_the_entry() -> None:
    allowed = {"app.py": {"bootstrap"}, "core/workflows/__main__.py": {"bootstrap"}}
    wrong = {
        module.name: found
        for module in modules()
        if (found := imported(module.tree) & {"bootstrap", "app"} - allowed.get(module.name, set()))
    }
    assert wrong == {}


def test_every_file_starts_with_a_docstring() -> None:
    assert [module.name for module in modules() if module.tree.body and not ast.get_docstring(module.tree)] == []


def test_files_are_short() -> None:
    limits = {module.name: 80 if module in PAGES else 400 for module in modules()}
    assert {module.name: module.lines for module in modules() if module.lines > limits[module.name] + 1} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{module.name}:{function.lineno} {function.name}": body_lines(function) for module in modules() for function in module.functions()
    }
    assert {name: lines for name, lines in lengths.items() if lines > 40} == {}
    assert sum(lines <= 25 for lines in lengths.values()) / len(lengths) >= 0.9


def test_a_function_takes_five_parameters_at_most_besides_keywords_of_its_own() -> None:
    crowded = {
        f"{module.name} {function.name}": len(function.args.posonlyargs + function.args.args)
        for module in modules()
        for function in module.functions()
        if not function.name.startswith("_")
        and len([arg for arg in function.args.posonlyargs + function.args.args if arg.arg not in ("self", "cls")]) > 5
    }
    assert crowded.keys() - THEIR_SIGNATURES == set()


def test_names_say_what_things_are() -> None:
    vague = re.compile(r"(^|[/_])(utils?|helpers?|managers?|misc|common)([/_.]|$)")
    assert [module.name for module in modules() if vague.search(module.name)] == []


def test_only_the_clock_reads_the_time_of_day() -> None:
    reading = re.compile(r"(datetime|date)\.(now|utcnow|today)$|^time\.time$|^(datetime|date)\.fromtimestamp$")
    wrong = {
        module.name
        for module in modules()
        if not any(module.name.startswith(name) for name in READS_THE_CLOCK)
        for call in module.calls()
        if reading.search(ast.unparse(call.func)) and "fromtimestamp" not in ast.unparse(call.func)
    }
    assert wrong == set()


def test_only_the_settings_read_the_environment() -> None:
    wrong = {
        module.name
        for module in modules()
        if module.name not in READS_THE_ENVIRONMENT and re.search(r"\bos\.(environ|getenv)\b", module.text)
    }
    assert wrong == set()


def test_only_named_boundaries_catch_everything() -> None:
    wrong = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    }
    allowed = {name for name in wrong if name in CATCHES_EVERYTHING or name.startswith("agents/")}
    assert wrong - allowed == set()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_takes_the_access_context_first(service: Module) -> None:
    if service.name in DOORS:
        return
    public = [node for node in service.tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    touching = [node for node in public if any(argument.arg in {"rt", "runtime"} for argument in node.args.args)]
    assert [node.name for node in touching if "ctx" not in [argument.arg for argument in node.args.args[:2]]] == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_asks_for_its_permission_before_anything_else(service: Module) -> None:
    if service.name in DOORS:
        return
    public = [node for node in service.tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    for function in public:
        if [argument.arg for argument in function.args.args[:2]] != ["ctx", "rt"]:
            continue
        steps = [
            node for node in function.body if not isinstance(node, ast.Expr | ast.Import | ast.ImportFrom) or "require" in ast.unparse(node)
        ]
        assert ast.unparse(steps[0]).startswith("ctx.require(Permission."), function.name


def test_no_money_is_defaulted_away() -> None:
    """`minor or x` takes a budget of zero for a missing one; `minor or 0` does not."""
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.BoolOp)
        and isinstance(node.op, ast.Or)
        and re.search(r"_minor$", ast.unparse(node.values[0]))
        and not (isinstance(node.values[-1], ast.Compare | ast.BoolOp) or ast.unparse(node.values[-1]) == "0")
    ]
    assert wrong == []
