"""Every Chinese text that a user may read: in templates, in `say(…)` and `phrase(…)`, on definitions, in refusals."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import modules, tracked, tree
from yigongti.exchange.batches.kinds import kinds
from yigongti.indicators.policy.families import ALL as INDICATORS
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel.access.bases import all_bases
from yigongti.kernel.access.words import registry
from yigongti.kernel.finders import finders, pickers
from yigongti.kernel.measures.arithmetic import WHY, selections
from yigongti.kernel.measures.words import Awaited, Fact, Judged
from yigongti.kernel.pages.registry import pages
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.parameters.words import defaults
from yigongti.kernel.refusal import WORDS, Refusal
from yigongti.kernel.workflow import rooms


TOLD = re.compile(r"""\bt\((?:"([^"]+)"|'([^']+)')""")
CHINESE = re.compile(r"[一-鿿]")
# What the style page shows is a picture of Chinese work; its own words are in its template.
EXAMPLES = ("style_examples.py",)


def is_chinese(text: str) -> bool:
    """Whether a reader of English would stumble."""
    return bool(CHINESE.search(text))


def texts() -> dict[str, str]:
    """Each text with one place where it stands."""
    found: dict[str, str] = {}
    for place, text in [*_templates(), *_spoken(), *_told(), *_workflows(), *_definitions(), *_indicators()]:
        if text and is_chinese(text):
            found.setdefault(text, place)
    return found


def _templates() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix == ".html":
            for double, single in TOLD.findall(path.read_text(encoding="utf-8")):
                yield path.name, double or single


def _told() -> Iterator[tuple[str, str]]:
    """Refusals: their sentences, and the words of the house that they are raised with."""
    pending = [Refusal]
    while pending:
        each = pending.pop()
        pending += each.__subclasses__()
        if each.__module__.startswith("yigongti."):
            yield f"refusal {each.__name__}", inspect.getdoc(each) or ""
    for path in modules():
        for node in ast.walk(tree(path)) if path.name not in EXAMPLES else ():
            if isinstance(node, ast.keyword) and node.arg in WORDS - {"title"} and isinstance(node.value, ast.Constant):
                yield f"{path.parent.name}/{path.name}", str(node.value.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "wrong":
                yield from ((f"{path.parent.name}/{path.name}", str(one.value)) for one in node.args[2:3]
                            if isinstance(one, ast.Constant))  # fmt: skip


def _spoken() -> Iterator[tuple[str, str]]:
    for path in modules():
        for node in ast.walk(tree(path)) if not _is_console(path) else ():
            if isinstance(node, ast.Call) and _is_say(node) and isinstance(node.args[0], ast.Constant):
                yield f"{path.parent.name}/{path.name}", str(node.args[0].value)


def _is_console(path: Path) -> bool:
    """The command line says both languages in one line."""
    return "from yigongti.site.progress import" in path.read_text(encoding="utf-8")


def _is_say(node: ast.Call) -> bool:
    return (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in ("say", "phrase") and bool(node.args)


def _workflows() -> Iterator[tuple[str, str]]:
    for code, page in rooms.known.items():
        yield from ((code, text) for text in (page.title, page.basis))
        yield from ((code, timer.clause) for timer in page.timers)
        for one in (*page.sides, *page.parts, *page.states):
            yield code, one.title
        for field in page.fields:
            yield from ((code, text) for text in (field.label, field.help, field.unit))
        for step in page.steps:
            yield from ((code, text) for text in (step.title, step.says_next, step.clause))


def _definitions() -> Iterator[tuple[str, str]]:
    for role in registry.roles.values():
        yield from ((f"role {role.code}", text) for text in (role.title, role.does, role.source, *role.never))
    yield from ((f"permission {p.code}", p.title) for p in registry.permissions.values())
    yield from ((f"page {p.code}", p.title) for p in pages.values())
    for basis in all_bases().values():
        yield from ((f"basis {basis.code}", text) for text in (basis.title, basis.says))
    for listed in code_lists.values():
        yield f"codes {listed.code}", listed.title
        yield from ((f"codes {listed.code}", entry.label) for entry in listed.entries)
    yield from ((f"finder {code}", title) for code, (title, _find) in finders.items())
    yield from ((f"picker {code}", made.hint) for code, made in pickers.items())
    for one in defaults().values():
        yield from ((f"parameter {one.code}", text) for text in (one.title, one.unit))
    for kind in kinds.values():
        yield from ((f"sheet {kind.code}", text) for text in (kind.sheet.title, kind.sheet.about))
        yield from ((f"sheet {kind.code}", text) for c in kind.sheet.columns for text in (c.header, c.hint))


def _indicators() -> Iterator[tuple[str, str]]:
    """Of what is signed in Chinese — meaning, source — the reader of English sees the original."""
    facts: dict[str, Fact] = {}
    for one in INDICATORS:
        place = f"indicator {one.code}"
        yield from ((place, text) for text in (one.title, one.unit, one.family, one.reading, one.owner, one.checker))
        if isinstance(one.figure, Judged):
            yield from ((place, question.text) for question in one.figure.questions)
        if isinstance(one.figure, Awaited):
            yield place, one.figure.need
        facts |= {selection.fact.code: selection.fact for selection in selections(one)}
    for fact in facts.values():
        yield f"fact {fact.code}", fact.title
        yield from ((f"fact {fact.code}", text) for c in fact.columns for text in (c.title, c.unit))
    yield from ((f"need {one.code}", one.title) for one in NEEDS.values())
    yield from (("figures without a value", text) for text in WHY.values())
