"""No two modules need each other: not at the top, and not by an import hidden inside a function either."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

from tests.architecture.source import PACKAGE, modules, tree


REMAINING: tuple[str, ...] = ()
"""Modules that still stand in a circle. It only becomes shorter."""


@cache
def _names() -> dict[str, ast.Module]:
    """Every module by its dotted name."""
    named = {}
    for path in modules():
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = tree(path)
    return named


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What runs: what stands under TYPE_CHECKING is read by the checker of types alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _run(child)


def needed(module: ast.Module, known: Mapping[str, object]) -> set[str]:
    """The modules that a module imports, wherever in it."""
    found = set()
    for node in _run(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else str(node.module))
    return found & set(known)


def circle(needs: Mapping[str, set[str]]) -> list[str]:
    """One circle, as the modules along it; empty where there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_stand_in_a_circle():
    named = _names()
    needs = {name: needed(module, named) - {name} for name, module in named.items() if name not in REMAINING}
    assert circle(needs) == []


def test_a_circle_is_found_where_one_import_hides_in_a_function():
    hidden = ast.parse("def f():\n    from b import g")
    known = {"a": hidden, "b": ast.parse("import a"), "c": ast.parse("import a")}
    found = circle({name: needed(module, known) for name, module in known.items()})
    assert set(found) == {"a", "b"}


def test_what_only_the_checker_of_types_reads_closes_no_circle():
    known = {"a": ast.parse("if TYPE_CHECKING:\n    import b"), "b": ast.parse("import a")}
    assert circle({name: needed(module, known) for name, module in known.items()}) == []


def test_relative_imports_are_not_written():
    relative = [name for name, module in _names().items() for n in ast.walk(module)
                if isinstance(n, ast.ImportFrom) and n.level]  # fmt: skip
    assert relative == []
