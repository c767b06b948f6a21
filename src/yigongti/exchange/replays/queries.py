"""What is shown of replays: each with its progress, newest first."""

from __future__ import annotations

from yigongti.exchange.replays.models import Replay
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound


def replays(*, for_: Actor, before: int = 0, limit: int = 50) -> list[Replay]:
    """Replays, newest first, from a number down."""
    for_.require("exchange.inbox")
    rows = Replay.objects.select_related("asked_by__account").order_by("-pk")
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def replay(*, for_: Actor, pk: int) -> Replay:
    """One replay. Raises NotFound."""
    for_.require("exchange.inbox")
    found = Replay.objects.select_related("asked_by__account").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
