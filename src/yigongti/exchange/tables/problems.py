"""What is wrong with one cell, kept so that it can be said again in another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from yigongti.kernel.language import Phrase, packed, phrase, say, unpacked


LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell's value and the rule that it breaks."""

    field: str
    header: str
    value: str
    rule: str
    facts: Mapping[str, Any] = made(default_factory=dict)
    column: int = -1
    """Where in the line as received, counted from 0; -1 where the line has no such column."""

    @property
    def why(self) -> str:
        """The broken rule alone, as it may stand beside the cell."""
        return say(self.rule, **self.facts)

    @property
    def says(self) -> str:
        """The whole sentence: column, value, rule."""
        if not self.value or self.facts.get("value") == self.value:
            return say("{header}：{problem}", header=self.header, problem=self._problem)
        return say("{header}“{value}”：{problem}", header=self.header, value=self.value, problem=self._problem)

    @property
    def _problem(self) -> Phrase:
        return phrase(self.rule, **self.facts)

    def as_json(self) -> dict[str, Any]:
        """Plain values only."""
        facts = {name: packed(fact) if isinstance(fact, str) else fact for name, fact in self.facts.items()}
        return {
            "field": self.field, "header": self.header, "value": self.value, "rule": self.rule, "facts": facts,
            "column": self.column,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Problem:
        """The problem again."""
        facts = {name: unpacked(fact) for name, fact in kept["facts"].items()}
        return cls(kept["field"], kept["header"], kept["value"], kept["rule"], facts, kept.get("column", -1))


def problem(
    *, at: str, header: str, value: str = "", rule: str, facts: Mapping[str, object] | None = None, column: int = -1
) -> Problem:
    """A problem whose value is short enough to show and whose facts can be kept."""
    plain = {name: _plain(fact) for name, fact in (facts or {}).items()}
    return Problem(at, header, shortened(value), rule, plain, column)


def shortened(value: str) -> str:
    """At most forty characters, with a mark where more stood."""
    return value if len(value) <= LONGEST_SHOWN else f"{value[: LONGEST_SHOWN - 1]}…"


def _plain(fact: object) -> object:
    return fact if fact is None or isinstance(fact, bool | int | float | str) else str(fact)
