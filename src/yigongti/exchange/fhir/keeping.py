"""What a client sends to be written is kept as it came, in the transaction that writes it and before any answer.

Nothing is answered that is not committed. What the record or R4 refuses is undone and waits in the inbox, whole, with
its reason; a repeat under the same key gets the first answer and has no second effect.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import Error, IntegrityError, InterfaceError, OperationalError, connection, transaction

from yigongti.exchange.fhir import proving
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import IdTaken, Unfit
from yigongti.exchange.fhir.wishes import Done
from yigongti.exchange.fhir.writing import Written
from yigongti.exchange.inbox import OtherBytes
from yigongti.exchange.models import Arrival, Message
from yigongti.kernel import clock, prepared
from yigongti.kernel.refusal import Refusal, Refusals


TRIES = 4
CLAIM = """INSERT INTO exchange_arrival (sender_id, control_id, hash, message_id) VALUES (%s, %s, %s, 0)
ON CONFLICT (sender_id, control_id) DO NOTHING"""
KEEP = """
INSERT INTO exchange_message (received_at, channel, sender_id, control_id, kind, hash, body, state, reason, rule, tries,
                              settled_at, persons, done)
VALUES (%(at)s, 'fhir', %(sender)s, %(control)s, %(kind)s, %(hash)s, %(body)s, %(state)s, %(reason)s, %(rule)s, 1,
        %(at)s, %(persons)s::bigint[], %(done)s::jsonb)
RETURNING id
"""
RACED = frozenset({"IdTaken", "AlreadyRegistered", "RegisteredElsewhere"})
"""What is refused only because somebody else was faster: whoever is registered by now is found at the next turn."""
WAITS = 422
"""What is refused with this status may be put right by data staff; all else is for the client alone."""
RESULT = re.compile(r"(\d{3}) ([A-Z][A-Za-z]+)(?:/([A-Za-z0-9\-.]{1,64}))?(?:/_history/(\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a client sent: in which interaction, the bytes, and the key under which it would repeat it."""

    kind: str
    body: bytes
    key: str = ""

    @property
    def hash(self) -> str:
        """Of the bytes and of what was to be done with them."""
        return hashlib.sha256(self.kind.encode() + b"\n" + self.body).hexdigest()


class Repeated(Exception):
    """The same was carried out before; what it led to then."""

    def __init__(self, done: list[Done]) -> None:
        self.done = done
        super().__init__()


def kept(sent: Sent, work: Callable[[], Written], *, by: Caller) -> Written:
    """Carry out what was sent and keep it, in one transaction. Raises Repeated, and what `work` refuses."""
    for turn in range(TRIES):
        try:
            return _once(sent, work, by)
        except (OperationalError, InterfaceError, IntegrityError, Refusal) as raced:
            if proving.is_open() and isinstance(raced, OperationalError | InterfaceError):
                proving.prove()  # the connection had died unseen, and nothing was written yet
            elif not _is_race(raced):
                raise
            if turn == TRIES - 1:
                raise (IdTaken(place=sent.kind) if isinstance(raced, IntegrityError) else raced) from raced
    raise AssertionError("unreachable")


def _is_race(trouble: Error | Refusal) -> bool:
    """A lost race is run again: a deadlock, two who registered one person, an id that somebody took meanwhile."""
    if isinstance(trouble, Refusal):
        return trouble.code in RACED
    return getattr(trouble.__cause__, "sqlstate", "") in ("40001", "40P01", "23505")


def _once(sent: Sent, work: Callable[[], Written], by: Caller) -> Written:
    try:
        with prepared.whole():
            if sent.key:
                proving.prove()
                _claim(sent, by)
            written = work()
            proving.prove()
            _keep(sent, by, state="applied", written=written)
            return written
    except Refusal as refusal:
        proving.prove()
        if refusal.status == WAITS and sent.body:
            with transaction.atomic():
                _keep(sent, by, state="waiting", refusal=refusal)
        raise


def _claim(sent: Sent, by: Caller) -> None:
    """Repeats wait here for the first one's transaction. What was refused has claimed nothing and may come again."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [by.sender, sent.key[:200], sent.hash])
        if cursor.rowcount:
            return
    earlier = Arrival.objects.get(sender=by.sender, control_id=sent.key[:200])
    if earlier.hash != sent.hash:
        raise OtherBytes(number=sent.key[:200])
    message = Message.objects.get(pk=earlier.message_id)
    raise Repeated([done for line in message.done if (done := _read(line)) is not None])


def _keep(
    sent: Sent, by: Caller, *, state: str, written: Written | None = None, refusal: Refusal | None = None
) -> None:
    first = refusal.all[0] if isinstance(refusal, Refusals) else refusal
    lines = [*(_line(one) for one in written.done), *written.said] if written else []
    columns: dict[str, Any] = {
        "at": clock.now(), "sender": by.sender, "control": sent.key[:200] or sent.hash, "kind": sent.kind[:60],
        "hash": hashlib.sha256(sent.body).hexdigest(), "body": sent.body, "state": state, "reason": _reason(refusal),
        "rule": (first.rule or first.code)[:120] if first else "",
        "persons": sorted(written.persons) if written else [], "done": json.dumps(lines, ensure_ascii=False),
    }  # fmt: skip
    if not sent.key:
        prepared.post(KEEP, columns)
        return
    ((number,),) = prepared.fetched(KEEP, columns)
    if written is not None:
        Arrival.objects.filter(sender=by.sender, control_id=sent.key[:200]).update(message_id=number)


def _reason(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    if isinstance(refusal, Unfit):
        return "；".join(f"{one.expression}：{one.words}" for one in refusal.issues[:20])
    return "；".join(str(one) for one in (refusal.all if isinstance(refusal, Refusals) else (refusal,)))


def _line(done: Done) -> str:
    version = f"/_history/{done.version}" if done.version else ""
    return f"{done.status} {done.kind}{f'/{done.id}' if done.id else ''}{version}"


def _read(line: str) -> Done | None:
    found = RESULT.fullmatch(line)
    if found is None:
        return None
    return Done(status=int(found[1]), kind=found[2], id=found[3] or "", version=int(found[4] or 0), changed=False)
