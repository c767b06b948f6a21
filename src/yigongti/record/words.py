"""The words that this chapter's policy pages are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yigongti.kernel.parameters.words import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A target for people of an age (and, where named, with a managed condition): from `low` on, `below` excluded."""

    low: Parameter | None = None
    below: Parameter | None = None
    from_age: int = 0
    under_age: int = 200
    managed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of a series: its name, the least and the greatest that can be true, and its targets, first fit."""

    title: str
    least: Decimal
    greatest: Decimal
    bands: Sequence[Band] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A course of measurements that the platform computes with; blood pressure alone has two numbers."""

    code: str
    title: str
    unit: str
    places: int
    source: str
    confidence: str
    measures: tuple[Measure, ...]

    @property
    def paired(self) -> bool:
        """Whether a measurement is two numbers, typed as 140/90."""
        return len(self.measures) == 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialClass:
    """What is secret beyond the rest of a record. ICD-10 categories as 'F10' or 'F10-F16', single codes as 'Z20.6'."""

    code: str
    title: str
    law: str
    covers: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedAge:
    """A class that a person belongs to by age on the day of asking: their whole record is behind its gate."""

    code: str
    title: str
    law: str
    under: Parameter
    says: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A named detail that a kind's form asks for; kept in the entry's detail. `words` are those of its codes."""

    name: str
    label: str
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of entry: `name` and `when` are what its form calls the title and the time; no `ends`, no end is asked."""

    code: str
    title: str
    icon: str
    name: str
    when: str
    ends: str = ""
    system: str = ""
    text: str = "说明"
    text_required: bool = False
    parts: tuple[Part, ...] = ()
