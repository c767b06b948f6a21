"""The source as the architecture tests read it: files under version control, parsed once."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path


ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "yigongti"

CHAPTERS = (
    "kernel", "organisations", "residents", "record", "capacity", "diagnosis", "consultation", "referral", "chronic",
    "publichealth", "fund", "indicators", "exchange", "simulator", "site",
)  # fmt: skip


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def modules(*, tests: bool = False) -> tuple[Path, ...]:
    """Modules of the package, or of the tests; what Django writes itself (migrations) left out."""
    top = ROOT / "tests" if tests else PACKAGE
    return tuple(p for p in tracked() if p.suffix == ".py" and p.is_relative_to(top) and "migrations" not in p.parts)


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


def lines(path: Path) -> int:
    """How long the file is."""
    return path.read_text(encoding="utf-8").count("\n")


def name(path: Path) -> str:
    """As a reader names it: below the repository."""
    return str(path.relative_to(ROOT))


def chapter(path: Path) -> str:
    """The chapter that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def functions(path: Path) -> list[ast.FunctionDef]:
    """Every function and method of a module."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]


def public(path: Path) -> list[ast.FunctionDef]:
    """The functions of a module that others may call."""
    return [n for n in tree(path).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def length(node: ast.stmt) -> int:
    """Lines from the `def` to the end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def room(path: Path) -> str:
    """The room of a chapter that a module stands in: pages, actions, queries, policy…"""
    parts = [part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts]
    return parts[1] if len(parts) > 1 else ""
