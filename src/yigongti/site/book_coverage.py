"""docs/coverage.md: each requirement, the screens that serve it, the tests that prove it, and what is open."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from yigongti.kernel.pages.registry import pages
from yigongti.kernel.workflow import rooms
from yigongti.site.book_markup import bullets, page, section, table


BEGUN = ("", "Requirement", "Sources", "Screens and workflows", "Tests")
OPEN = ("", "Requirement", "Sources", "Page written ahead of the engine")


def coverage(root: Path) -> str:
    """The whole page."""
    asked = requirements(root)
    proven = proofs(root / "tests")
    begun = [code for code in asked if proven.get(code) or _screens(asked[code]) or _flows(code, carried=True)]
    tested = [code for code in asked if proven.get(code)]
    others = sorted(proven.keys() - asked.keys())
    return page(
        "What the sources ask for, and where it stands",
        "Printed by `./run book` from [requirements.toml](requirements.toml), the registries and the tests; the seeds"
        " S0–S4 are named there. Begun is not done: a row says only what stands, and without a test nothing is proven.",
        f"{len(asked)} requirements: {len(begun)} begun ({len(tested)} with tests), {len(asked) - len(begun)} open.",
        section("Begun", table(BEGUN, (_row(code, asked[code], proven[code]) for code in begun))),
        section("Open", table(OPEN, (_open(code, asked[code]) for code in asked if code not in begun))),
        section("Tests that prove something else", bullets(_other(code, proven[code]) for code in others)),
    )


def requirements(root: Path) -> dict[str, dict[str, Any]]:
    """The project's own list, by number."""
    return tomllib.loads((root / "docs" / "requirements.toml").read_text(encoding="utf-8"))


def proofs(tests: Path) -> dict[str, list[str]]:
    """The tests by the requirement that they are marked with, read from the source without running it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        for name, code in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found[code].append(f"{path.relative_to(tests.parent)}::{name}")
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    whole = [
        code for node in tree.body if isinstance(node, ast.Assign) and _is_pytestmark(node) for code in _codes(node)
    ]
    for node in _tests(tree.body):
        own = [code for decorator in node.decorator_list for code in _codes(decorator)]
        yield from ((node.name, code) for code in dict.fromkeys([*whole, *own]))


def _tests(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _tests(node.body)


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _codes(node: ast.AST) -> list[str]:
    """The arguments of every `pytest.mark.requirement(...)` within."""
    return [
        str(argument.value)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "requirement"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def _screens(asked: Mapping[str, Any]) -> list[str]:
    return [f"{pages[name].title} `/{pages[name].route}`" for name in asked.get("screens", ()) if name in pages]


def _flows(code: str, *, carried: bool) -> list[str]:
    """The workflows whose page names the requirement: those that the engine carries, or those written ahead of it."""
    found = [(name, one) for name, one in rooms.known.items() if code in one.source.split()]
    return [f"[{one.title}](policy/{name}.md)" for name, one in found if (name in rooms.kept) == carried]


def _head(code: str, asked: Mapping[str, Any]) -> tuple[str, str, str]:
    return code, f"**{asked['title']}** — {asked['says']}", asked["seeds"]


def _row(code: str, asked: Mapping[str, Any], tests: list[str]) -> tuple[str, ...]:
    shown = [*_screens(asked), *_flows(code, carried=True)]
    return (*_head(code, asked), _stacked(shown), _stacked([_link(test) for test in tests]))


def _open(code: str, asked: Mapping[str, Any]) -> tuple[str, ...]:
    return (*_head(code, asked), _stacked(_flows(code, carried=False)))


def _stacked(parts: list[str]) -> str:
    return "<br>".join(parts) or "none"


def _link(test: str) -> str:
    path, name = test.split("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


def _other(code: str, tests: list[str]) -> str:
    return f"{code}: {', '.join(_link(test) for test in tests)}"
