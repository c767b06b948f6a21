"""Whose records the actor's own places manage: the scope of lists that chapters above work through."""

from __future__ import annotations

from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.residents.bases import managing_ids


def managing_places(*, for_: Actor) -> list[int]:
    """The institutions of the people whom the actor may list as managed here; none for a role without that basis."""
    return managing_ids(for_) if any(one.code == "managed" for one in bases.bases_of(for_=for_)) else []
