"""The book: what owners sign and what is proven, printed into docs/ from the definitions and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from yigongti.kernel.access.words import registry
from yigongti.kernel.workflow import rooms
from yigongti.site import (
    book_coverage,
    book_examples,
    book_indicators,
    book_lists,
    book_roles,
    book_workflows,
    boot,
)
from yigongti.site.book_markup import page, table


ROOT = Path(__file__).resolve().parents[3]
POLICY = Path("docs/policy")


def print_book() -> list[str]:
    """Write every page and take away those that nothing prints any more; the files that changed."""
    written = pages()
    stale = _stale(written)
    for name in stale:
        if name not in written:
            (ROOT / name).unlink()
            continue
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(written[name], encoding="utf-8")
    return stale


def is_current() -> list[str]:
    """The committed pages that are not what would be printed; empty when the book is current."""
    return _stale(pages())


def pages() -> dict[str, str]:
    """Every page of the book by its path in the repository."""
    boot.know_pages()
    return {**_policy(), "docs/coverage.md": book_coverage.coverage(ROOT)}


def _policy() -> dict[str, str]:
    found = {f"{code}.md": book_workflows.workflow(one) for code, one in rooms.known.items()}
    found |= {f"role.{code}.md": book_roles.role(one) for code, one in registry.roles.items()}
    found |= {f"{name}.md": draw() for name, (_title, draw) in LISTS.items()}
    found |= book_indicators.pages()
    found["examples.md"] = book_examples.examples(ROOT / "tests" / "policy")
    found["README.md"] = _contents()
    return {str(POLICY / name): text for name, text in found.items()}


LISTS: dict[str, tuple[str, Callable[[], str]]] = {
    "parameters": ("参数", book_lists.parameters),
    "codes": ("代码表", book_lists.codes),
    "bases": ("查阅依据", book_lists.bases),
    "special_classes": ("特别保护的记录", book_lists.special_classes),
    "social_run": ("社会办成员的病历共享", book_lists.social_run_members),
    "likeness": ("疑似重复的理由", book_lists.likeness),
    "events": ("各章之间的通知", book_lists.events),
}


def _contents() -> str:
    workflows = [
        (f"[{w.title}]({code}.md)", f"`{code}`", book_workflows.standing(w)) for code, w in rooms.known.items()
    ]
    roles = [(f"[{r.title}](role.{code}.md)", f"`{code}`", r.does) for code, r in sorted(registry.roles.items())]
    lists = [f"- [{title}]({name}.md)" for name, (title, _draw) in LISTS.items()]
    return page(
        "制度手册",
        "本手册由 `./run book` 从程序中的定义印出，请勿手工修改：要改规则，改 `policy/` 下的那一页。",
        "## 流程",
        table(("流程", "代码", "程序是否已承担"), workflows),
        "## 岗位",
        table(("岗位", "代码", "做什么"), roles),
        "## 指标",
        "- [指标](indicators.md)：每一项怎么算、依据什么、谁签发、对照什么目标",
        "## 清单",
        "\n".join([*lists, "- [例](examples.md)：各项规定如何落实，由测试逐条证明"]),
    )


def _stale(written: dict[str, str]) -> list[str]:
    committed = {str(path.relative_to(ROOT)) for path in (ROOT / POLICY).rglob("*.md")}
    changed = {name for name, text in written.items() if _committed(name) != text}
    return sorted(changed | (committed - written.keys()))


def _committed(name: str) -> str:
    path = ROOT / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""
