"""Rules of R4 in FHIRPath, asked of values: what is not true is a breach."""

from __future__ import annotations

from typing import Any

from yigongti.exchange.fhir_r4.faults import Faults
from yigongti.exchange.fhir_r4.fhirpath.compiling import compiled
from yigongti.exchange.fhir_r4.fhirpath.nodes import Surroundings
from yigongti.exchange.fhir_r4.fhirpath.operators import Compiled, truth
from yigongti.exchange.fhir_r4.rule_words import WORDS
from yigongti.exchange.fhir_r4.visits import Check, Resource, Visit
from yigongti.kernel.language import Phrase, phrase


class Rules:
    """Those of one type or element."""

    __slots__ = ("_ready", "code", "said")

    def __init__(self, code: str, said: list[tuple[str, str]]) -> None:
        self.code = code
        self.said = said
        self._ready: list[tuple[str, str, Compiled]] | None = None

    def check(self, value: Any, visit: Visit, faults: Faults) -> None:
        """Every rule, of this value."""
        if self._ready is None:
            self._ready = [(key, said, compiled(said)) for key, said in self.said]
        node = (value, self.code)
        focus, around = [node], Surroundings(visit.resource, visit.root, node)
        for key, said, holds in self._ready:
            if truth(holds(focus, around)) is not True:
                faults.add("invariant", key, self.words(key, said))

    def words(self, key: str, said: str) -> Phrase:
        """What the rule demands; the rule itself stands beside."""
        demand = WORDS.get(key) or WORDS.get(f"{self.code} {key}")
        if demand is None:
            return phrase("不符合规则 {key}：{rule}", key=key, rule=said)
        return phrase("{demand}（规则 {key}：{rule}）。", demand=demand, key=key, rule=said)


def ruled(check: Check, code: str, said: list[tuple[str, str]]) -> Check:
    """The check of an element with rules behind it that are said of this element, not of its type."""
    if not said:
        return check
    own = Rules(code, said)

    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        check(value, holder, visit, faults)
        own.check(value, visit, faults)

    return checked
