"""What a finished county tells its maker: accounts to sign in with, sums, and the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Account(NamedTuple):
    """One account to show to a newcomer."""

    role_title: str
    person_name: str
    login: str
    password: str
    note: str


@dataclass(kw_only=True)
class Truth:
    """What only the simulator can know. `duplicates`: a second registration of the same human; `lookalikes`: two humans
    that look like one."""

    duplicates: list[dict[str, Any]] = field(default_factory=list)
    lookalikes: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As written to truth.json."""
        return {**self.facts, "duplicates": self.duplicates, "lookalikes": self.lookalikes}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The finished county: who can sign in, how many rows each table got, and the truth."""

    accounts: list[Account]
    rows: dict[str, int]
    truth: dict[str, Any]
