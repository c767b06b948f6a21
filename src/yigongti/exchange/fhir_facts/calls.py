"""One set of resources being taken in: who sent it, what refers to what, and what has become of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yigongti.exchange.fhir_facts.words import Resource, listed, name_of, said, text
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.searching import ADDRESS
from yigongti.exchange.models import Sender
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import Refusal


SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")
"""Elements that name whom a resource is about, in R4."""


class UnknownPatient(Refusal):
    """{element} 引用的“{value}”没有一起送来，也没有收过：不知道是谁的。"""

    status = 422


class NotTaken(Refusal):
    """{element} 没有收进：{problem}"""

    status = 422


def address_of(resource: Resource) -> str:
    """Patient/1."""
    return f"{resource.get('resourceType')}/{resource.get('id')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An entry of a visit, and when it was."""

    entry: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class Call:
    """The resources by address (of several with one address the last holds), and what is known of them so far."""

    sender: Sender
    by: Actor
    received_at: datetime
    ids: Mapping[str, str]
    resources: dict[str, Resource]
    fresh: frozenset[str] = frozenset()
    """Addresses that nobody was told of before: nothing can stand for them yet."""
    around: Mapping[str, str] = field(default_factory=dict)
    """Resources that are referred to and came before, as JSON: few of them are ever opened."""
    opened: dict[str, Resource] = field(default_factory=dict)
    residents: dict[str, int] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    entries: list[int] = field(default_factory=list)
    """Entries of the record that were written."""
    keys: list[int] = field(default_factory=list)
    """Of entries to be written, asked for before; none where they get theirs as they are written."""
    became: Counter[tuple[str, str]] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Resource]:
        """The resources of some types."""
        return [one for one in self.resources.values() if one.get("resourceType") in kinds]

    def count(self, resource: Resource, outcome: str) -> None:
        """What became of a resource."""
        self.became[str(resource.get("resourceType")), outcome] += 1

    def target(self, reference: Any) -> str:
        """The address that a Reference means: Type/id, '' where it does not say; versions and servers fall away."""
        written = text(reference.get("reference")) if isinstance(reference, dict) else ""
        found = self.ids.get(written, written)
        named = ADDRESS.fullmatch(found)
        return f"{named[1]}/{named[2]}" if named else found

    def behind(self, reference: Any) -> Resource | None:
        """The resource that a Reference means, where it came along or has come before."""
        target = self.target(reference)
        if target in self.around and target not in self.opened:
            self.opened[target] = read(self.around[target].encode())
        return self.resources.get(target) or self.opened.get(target)

    def subject(self, resource: Resource) -> Resource | None:
        """The Reference to whom it is about."""
        found = (resource.get(name) for name in SUBJECTS)
        return next((one for one in found if isinstance(one, dict)), None)

    def named(self, references: Any) -> str:
        """People and places that references mean, by name: of the resource, else as they are displayed."""
        return "、".join(dict.fromkeys(filter(None, (self._named(one) for one in listed(references)))))

    def _named(self, reference: Resource) -> str:
        found = self.behind(reference)
        if found is None:
            return text(reference.get("display"))
        own = found.get("name")
        return text(own) if isinstance(own, str) else name_of(own) or said(found.get("code"))

    def lines(self) -> Iterator[str]:
        """What became of everything, type by type, in words."""
        kinds = sorted({kind for kind, _ in self.became})
        for kind in kinds:
            parts = [f"{word} {self.became[kind, code]}" for code, word in OUTCOMES.items() if self.became[kind, code]]
            yield f"{kind}：{'，'.join(parts)}"
        yield from dict.fromkeys(self.remarks)


OUTCOMES = {
    "person": "对到人", "new": "进档案", "version": "更正", "withdrawn": "撤销", "same": "没有变化",
    "older": "比档案里的旧，没有采用", "again": "同一编号在后面又有一份", "kept": "存着，没有进档案",
}  # fmt: skip


def call(
    resources: Sequence[Resource], *, sender: Sender, by: Actor, received_at: datetime, ids: Mapping[str, str],
    fresh: Iterable[str] = (),
) -> Call:  # fmt: skip
    """Begin; every resource has a type and an id by now. `by` is the house's own account, which writes the record."""
    made = Call(sender=sender, by=by, received_at=received_at, ids=ids, resources={}, fresh=frozenset(fresh))
    for one in resources:
        earlier = made.resources.get(address_of(one))
        if earlier is not None:
            made.count(earlier, "again")
        made.resources[address_of(one)] = one
    return made


def joined(parts: Iterable[str], by: str = "\n") -> str:
    """What there is to say, without gaps."""
    return by.join(part for part in parts if part)
