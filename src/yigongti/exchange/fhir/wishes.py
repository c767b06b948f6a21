"""One thing that a client asks to be done, by itself or as an entry of a bundle; and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


Resource = dict[str, Any]

LETTERS = {"POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d"}
"""Method → letter of the scope."""


@dataclass(slots=True, kw_only=True)
class Wish:
    """`criteria` finds what a condition means; `if_match` is the version that the client knows; `place` says which
    entry of a bundle it is."""

    method: str
    kind: str
    id: str = ""
    resource: Resource | None = None
    patch: Any = None
    criteria: str | None = None
    if_match: int | None = None
    full_url: str = ""
    place: str = ""

    @property
    def address(self) -> str:
        """Type and id."""
        return f"{self.kind}/{self.id}" if self.id else self.kind

    @property
    def target(self) -> tuple[str, str]:
        """The same, as the store asks for it."""
        return self.kind, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a wish; `changed` is False where everything stood already as it was wished."""

    status: int
    kind: str
    id: str = ""
    version: int = 0
    at: datetime | None = None
    body: str = ""
    changed: bool = True
    person: int | None = None

    @property
    def address(self) -> str:
        """Type and id."""
        return f"{self.kind}/{self.id}"
