"""The worker's part: each replay moves by some messages in turn; each message is a transaction of its own."""

from __future__ import annotations

from django.db import transaction

from yigongti.exchange.coding.again import measure_again
from yigongti.exchange.inbox import take_in
from yigongti.exchange.models import Message
from yigongti.exchange.replays.actions import end_replay
from yigongti.exchange.replays.models import Replay
from yigongti.exchange.replays.scopes import left_of
from yigongti.exchange.senders import the_inbox


STEP = 50


def work() -> int:
    """Move every replay under way by one step; how many moved."""
    running = Replay.objects.filter(state="running").order_by("pk").values_list("pk", flat=True)
    return sum(step(pk) for pk in list(running))


def step(pk: int) -> bool:
    """Try the next messages of one replay; the last step ends it."""
    replay = Replay.objects.get(pk=pk)
    batch = list(left_of(replay).values_list("pk", flat=True)[:STEP])
    for message in batch:
        if not _one(pk, message):
            return False
    if len(batch) < STEP:
        return _end(pk)
    return True


def _one(pk: int, message: int) -> bool:
    """One message, with the replay's count of it: both stand or neither. False when stopped or in other hands."""
    with transaction.atomic():
        held = Replay.objects.select_for_update(skip_locked=True).filter(pk=pk, state="running").first()
        if held is None or held.reached >= message:
            return False
        done = measure_again(message, held.scope) if held.kind == "codes" else _again(message)
        held.reached, held.tried, held.applied = message, held.tried + 1, held.applied + done
        held.save(update_fields=["reached", "tried", "applied"])
    return True


def _again(message: int) -> bool:
    """Try a message that still waits; whether it was taken in."""
    row = Message.objects.select_for_update(skip_locked=True).filter(pk=message, state="waiting").first()
    if row is None:
        return False
    Message.objects.filter(pk=row.pk, received_at=row.received_at).update(state="received")
    return take_in(row.pk) == "applied"


def _end(pk: int) -> bool:
    with transaction.atomic():
        if Replay.objects.select_for_update(skip_locked=True).filter(pk=pk, state="running").exists():
            end_replay(by=the_inbox(), replay_id=pk)
            return True
    return False
