"""Codes of senders that mean nothing here yet, most frequent first; and what was decided of the others."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from yigongti.exchange.coding.models import CodeMeaning, LocalCode
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import NotFound


Place = tuple[int, int]


def unnamed(*, for_: Actor, after: Place | None = None, limit: int = 50) -> list[LocalCode]:
    """Most frequent first, from (count, number) on."""
    for_.require("exchange.inbox")
    said = CodeMeaning.objects.filter(sender=OuterRef("sender"), code=OuterRef("code"), unit=OuterRef("unit"))
    rows = LocalCode.objects.filter(~Exists(said)).select_related("sender").order_by("-count", "pk")
    if after is not None:
        count, number = after
        rows = rows.filter(count__lt=count) | rows.filter(count=count, pk__gt=number)
    return list(rows[:limit])


def decided(*, for_: Actor, limit: int = 200) -> list[CodeMeaning]:
    """What was decided, newest first."""
    for_.require("exchange.inbox")
    return list(CodeMeaning.objects.select_related("sender", "decided_by__account").order_by("-pk")[:limit])


def code(*, for_: Actor, pk: int) -> LocalCode:
    """One code. Raises NotFound."""
    for_.require("exchange.inbox")
    found = LocalCode.objects.select_related("sender").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
