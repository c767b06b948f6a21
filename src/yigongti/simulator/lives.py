"""What has happened to one human, as the simulator knows it: the truth that figures of the county are held against.

Days are counted backwards from today. Two registrations of one human share one life.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from yigongti.simulator.organising import Site


class Seen(NamedTuple):
    """A visit: what kind, where, until when; its cost in fen by part, and the grades of its operations."""

    ago: int
    kind: str
    site: Site
    left: int | None = None
    diagnosis: str = ""
    cost: dict[str, int] | None = None
    grades: tuple[int, ...] = ()


class Settled(NamedTuple):
    """A claim: when it counts, when it arrived, where it was, what it cost and what the fund paid."""

    ago: int
    arrived: int
    kind: str
    area: str
    grassroots: bool
    diagnosis: str
    total: int
    paid: int
    own: int
    known: bool


class Followed(NamedTuple):
    """A follow-up: face to face or not, and what was measured."""

    ago: int
    face: bool
    systolic: int | None = None
    diastolic: int | None = None
    glucose: str = ""


@dataclass(slots=True)
class Life:
    """Everything of one human that figures ask for."""

    visits: list[Seen] = field(default_factory=list)
    claims: list[Settled] = field(default_factory=list)
    follow_ups: list[Followed] = field(default_factory=list)
    enrolled: dict[str, int] = field(default_factory=dict)
    cause: str = ""
    born_alive: list[tuple[int, int, int, str]] = field(default_factory=list)
    still_born: list[int] = field(default_factory=list)
