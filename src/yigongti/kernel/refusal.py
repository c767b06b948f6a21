"""Refusals: what the house says no to, in words that the user reads.

A refusal class's docstring is its sentence; `{value}` and other names in it are filled from what it is raised with.
`sentence` is for the reader, in the reader's language; `str(refusal)` is for the trail and always Chinese.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping

from yigongti.kernel.language import Phrase, say


# Facts by these names hold words of the house, which have their English; the others hold what people wrote.
WORDS = frozenset({"did", "label", "part", "problem", "role", "state", "step", "title", "what"})


class Refusal(Exception):
    """这一步不能办。"""

    status = 409
    recorded = False
    """Whether the audit trail has it already."""

    def __init__(self, *, field: str = "", rule: str = "", **facts: object) -> None:
        self.field = field
        self.rule = rule
        self.facts = facts
        super().__init__(_filled(self._template, facts))

    @property
    def code(self) -> str:
        """The stable name a client program can test for."""
        return type(self).__name__

    @property
    def sentence(self) -> str:
        """What the user reads, in the user's language."""
        return _filled(say(self._template), {name: _spoken(name, fact) for name, fact in self.facts.items()})

    @property
    def _template(self) -> str:
        return inspect.getdoc(type(self)) or ""


def _spoken(name: str, fact: object) -> object:
    return say(fact) if isinstance(fact, Phrase) or (name in WORDS and isinstance(fact, str)) else fact


def _filled(template: str, facts: Mapping[str, object]) -> str:
    return template.format_map(_Shown(facts))


class _Shown(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return ""


class BadValue(Refusal):
    """{label}“{value}”不合规定：{problem}"""

    status = 422


class Missing(Refusal):
    """请填写{label}。"""

    status = 422


class Refusals(Refusal):
    """有 {count} 处需要改正。"""

    status = 422

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.all = tuple(refusals)
        super().__init__(count=len(self.all))

    def by_field(self) -> dict[str, list[str]]:
        """Sentences grouped by the field they stand beside; '' holds those about the whole."""
        grouped: dict[str, list[str]] = {}
        for refusal in self.all:
            grouped.setdefault(refusal.field, []).append(refusal.sentence)
        return grouped


class NotAllowed(Refusal):
    """{who}没有“{what}”的权限。"""

    status = 403


class NotFound(Refusal):
    """没有找到，或您无权查看。"""

    status = 404


class AlreadyDone(Refusal):
    """{who}已于{when}{what}，无需再办。"""


class KeyReused(Refusal):
    """这个提交编号已用于另一件事，请刷新页面后重新提交。"""


def raise_all(refusals: Iterable[Refusal]) -> None:
    """Raise every refusal at once, or nothing: users see all errors together."""
    found = tuple(refusals)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)
