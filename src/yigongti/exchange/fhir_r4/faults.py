"""What is wrong with a resource: where, how bad, by which rule, in words; collected, never raised."""

from __future__ import annotations

from dataclasses import dataclass, field

from yigongti.kernel.language import Phrase, phrase


FATAL, ERROR, WARNING, INFORMATION = "fatal", "error", "warning", "information"

MOST = 500
"""So many faults of one resource are written out; how many more there are is said."""
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault as an OperationOutcome tells it; `code` is of its value set issue-type, `rule` a stable name."""

    severity: str
    code: str
    rule: str
    expression: str
    words: Phrase


@dataclass(slots=True)
class Fault:
    """An issue in the making: the steps to its element are added from the inside out."""

    code: str
    rule: str
    words: Phrase
    severity: str = ERROR
    steps: list[str | int] = field(default_factory=list)

    def issue(self, root: str) -> Issue:
        """As it is told, with the way to its element from the resource's type on."""
        place = root
        for step in reversed(self.steps):
            place += f"[{step}]" if isinstance(step, int) else f".{step}"
        return Issue(self.severity, self.code, self.rule, place, self.words)


class Faults(list[Fault]):
    """All of one resource."""

    __slots__ = ("total",)

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        """How many there are, those that are not written out among them."""

    def add(self, code: str, rule: str, words: Phrase, *steps: str | int, severity: str = ERROR) -> None:
        """One more; `steps` are the last of the way to the element, in reading order."""
        self.total += 1
        if self.total <= MOST:
            self.append(Fault(code, rule, words, severity, list(reversed(steps))))

    def step(self, since: int, step: str | int) -> None:
        """What was found since then lies below this element."""
        for fault in self[since:]:
            fault.steps.append(step)

    def issues(self, root: str) -> list[Issue]:
        """In the order of the resource."""
        found = [fault.issue(root) for fault in self]
        if self.total > MOST:
            words = phrase("还有 {count} 处问题没有列出。", count=self.total - MOST)
            found.append(Issue(ERROR, "too-costly", "r4.more", root, words))
        return found


def shown(value: object) -> str:
    """A value as it is quoted in a sentence."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
