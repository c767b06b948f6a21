"""The worker's part: each destination's outbox goes out in order, one message at a time, each until it was answered.

A message is sent inside a transaction that holds the destination's lock, so that two workers never send it at once. A
worker that dies lets go of both; the message is still queued and is sent again under the same control id.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog
from django.db import connection, transaction

from yigongti.exchange.models import Destination, Outgoing
from yigongti.exchange.sending.line import GOOD, Answer, Line, NoAnswer
from yigongti.kernel import clock
from yigongti.kernel.parameters import values


log = structlog.get_logger()

SPAN = 20.0
"""Seconds after which a run leaves the rest to the next: the worker has other work."""
AT_ONCE = 4
LONGEST_WAIT = 40
HEADS = """
SELECT d.id FROM exchange_destination d
CROSS JOIN LATERAL (
    SELECT o.due_at FROM exchange_outgoing o WHERE o.destination_id = d.id AND o.state = 'queued' ORDER BY o.id LIMIT 1
) head
WHERE d.active AND (head.due_at IS NULL OR head.due_at <= %s) ORDER BY d.id
"""
TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended('exchange.sending', %s))"


def work() -> int:
    """Send what is due, to several destinations at once; how many messages were answered."""
    due = _due()
    if len(due) < 2:
        return sum(map(drain, due))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return sum(pool.map(_drain_apart, due))


def _due() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [clock.now()])
        return [pk for (pk,) in cursor.fetchall()]


def _drain_apart(destination: int) -> int:
    """On a thread of its own, which takes its database connection with it."""
    try:
        return drain(destination)
    finally:
        connection.close()


def drain(destination: int) -> int:
    """Send one destination's messages in turn until none is due, nobody answers, or the time is up."""
    to = Destination.objects.get(pk=destination)
    line = Line(
        host=to.host, port=to.port, connect_seconds=values.number("exchange.send_connect_seconds"),
        answer_seconds=min(values.number("exchange.send_answer_seconds"), LONGEST_WAIT),
    )  # fmt: skip
    until, answered = time.monotonic() + SPAN, 0
    try:
        while time.monotonic() < until and _next(destination, line):
            answered += 1
    finally:
        line.close()
    return answered


def _next(destination: int, line: Line) -> bool:
    """Send the first in the queue; whether it was answered, and the next may follow."""
    with transaction.atomic():
        if not _locked(destination) or not Destination.objects.filter(pk=destination, active=True).exists():
            return False
        first = Outgoing.objects.filter(destination=destination, state="queued").order_by("pk").first()
        if first is None or (first.due_at and first.due_at > clock.now()):
            return False
        try:
            _settle(first, line.ask(bytes(first.body), control_id=first.control_id))
        except NoAnswer as nothing:
            _put_off(first, nothing.code)
            return False
    return True


def _locked(destination: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TRY, [destination])
        return bool(cursor.fetchone()[0])


def _settle(message: Outgoing, answer: Answer) -> None:
    state = "sent" if answer.code in GOOD else "dead"
    Outgoing.objects.filter(pk=message.pk).update(
        state=state, answer=answer.code, words=answer.words[:400], settled_at=clock.now(), tries=message.tries + 1,
        trouble="", due_at=None,
    )  # fmt: skip
    if state == "dead":
        log.warning("sending.refused", control_id=message.control_id, answer=answer.code)


def _put_off(message: Outgoing, trouble: str) -> None:
    """Nobody answered: wait longer each time. What comes after it waits too, so that the order is kept."""
    tries = message.tries + 1
    Outgoing.objects.filter(pk=message.pk).update(
        tries=tries, trouble=trouble, due_at=clock.now() + timedelta(seconds=pause_after(tries))
    )
    log.info("sending.unanswered", control_id=message.control_id, why=trouble, tries=tries)


def pause_after(tries: int, *, of: str = "exchange.send_pauses") -> int:
    """Seconds until the next attempt after so many without an answer, as a parameter says them."""
    pauses = values.value(of)
    spans = [int(one) for one in pauses] if isinstance(pauses, tuple) else [int(pauses)]
    return spans[min(tries, len(spans)) - 1]
