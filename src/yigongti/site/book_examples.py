"""docs/policy/examples.md: the policy tests, printed as the manual's examples."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

from yigongti.site.book_markup import page


def examples(folder: Path) -> str:
    """Every policy test: its sentence, and the few lines that prove it."""
    return page(
        "例",
        "每个例子都是一项自动测试（`tests/policy/`），随程序一起运行；例子不成立，程序不能发布。",
        *(_module(path) for path in sorted(folder.glob("test_*.py"))),
    )


def _module(path: Path) -> str:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    shown = [_example(source, node) for node in tree.body if isinstance(node, ast.FunctionDef) and _is_test(node)]
    return "\n\n".join([f"## {_title(tree)}", *shown])


def _title(tree: ast.Module) -> str:
    titles = [
        str(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and _names(node) == ["title"]
    ]
    return next(iter(titles), ast.get_docstring(tree) or "")


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _is_test(node: ast.FunctionDef) -> bool:
    return node.name.startswith("test_")


def _example(source: str, node: ast.FunctionDef) -> str:
    said = ast.get_docstring(node)
    first = node.body[1 if said else 0]
    lines = source.splitlines()[first.lineno - 1 : node.end_lineno]
    body = textwrap.dedent("\n".join(lines))
    return f"### {said or node.name}\n\n```python\n{body}\n```"
