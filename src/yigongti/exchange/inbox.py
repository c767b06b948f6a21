"""The inbox: keep what arrives, then take each message in, once.

`receive` commits before anybody is answered. `take_in` works on one message in one transaction: everything that it says
is written, or nothing is and the message waits with its reason. Readers of a channel register with `reads`; they raise
refusals for what they cannot take and never see who else waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from yigongti.exchange.models import Arrival, Message, Sender
from yigongti.exchange.senders import beat, sender_of
from yigongti.kernel import clock, prepared
from yigongti.kernel.audit.partitions import Monthly
from yigongti.kernel.refusal import BadValue, Refusal, Refusals


log = structlog.get_logger()

MONTHLY = Monthly("exchange_message", "received_at")
KEEP = """
INSERT INTO exchange_message (received_at, channel, sender_id, control_id, kind, hash, body, state, reason, rule,
                              field)
VALUES (%(at)s, %(channel)s, %(sender)s, %(control)s, %(kind)s, %(hash)s, %(body)s, %(state)s, %(reason)s, %(rule)s,
        %(field)s)
RETURNING id
"""


# Nearly every message is of a sender that is known and bears a number that is not: claimed and kept by one statement,
# which is a transaction by itself. Where it claims nothing the number is known, or the sender is not.
RECEIVE = """
WITH who AS (
  SELECT id, last_seen FROM exchange_sender WHERE channel = %(channel)s AND code = %(sender)s),
claimed AS (
  INSERT INTO exchange_arrival (sender_id, control_id, hash, message_id)
  SELECT id, %(control)s, %(hash)s, nextval('exchange_message_id_seq') FROM who
  ON CONFLICT (sender_id, control_id) DO NOTHING RETURNING sender_id, message_id),
kept AS (
  INSERT INTO exchange_message (id, received_at, channel, sender_id, control_id, kind, hash, body, state, reason, rule,
                                field)
  OVERRIDING SYSTEM VALUE
  SELECT message_id, %(at)s::timestamptz, %(channel)s, sender_id, %(control)s, %(kind)s, %(hash)s, %(body)s,
         %(state)s, %(reason)s, %(rule)s, %(field)s FROM claimed)
SELECT claimed.message_id, who.id, who.last_seen FROM claimed JOIN who ON who.id = claimed.sender_id
"""


class NoRuleYet(Refusal):
    """还没有处理 {kind} 的规则。"""


class OtherBytes(Refusal):
    """同一编号 {number} 的消息已收过，这次内容不同。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What became of something that was sent: its number here, and whether the same was kept before."""

    id: int
    state: str
    repeats: int | None = None


@dataclass(slots=True, kw_only=True)
class Taken:
    """What a message has led to: whom it is about, and each thing done, in words."""

    persons: set[int] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Say something once."""
        if words not in self.done:
            self.done.append(words)


Reader = Callable[[Sender, bytes, datetime], Taken]

_readers: dict[str, Reader] = {}


def reads(channel: str) -> Callable[[Reader], Reader]:
    """Register who takes in what comes by a channel: `fn(sender, body, received_at)`, inside a transaction."""

    def add(reader: Reader) -> Reader:
        _readers[channel] = reader
        return reader

    return add


def receive(
    *, channel: str, sender: str, title: str = "", control_id: str, kind: str, body: bytes,
    unreadable: Refusal | None = None,
) -> Arrived:  # fmt: skip
    """Keep the bytes, committed when this returns.

    The same bytes under the same number are kept as superseded and have no effect; other bytes under it wait.
    `unreadable` is what the channel could not even read of it: such a message waits from the start.
    """
    digest = hashlib.sha256(body).hexdigest()
    columns: dict[str, Any] = {
        "at": clock.now(), "channel": channel, "control": control_id[:200] or digest, "kind": kind[:60],
        "hash": digest, "body": body, "state": "waiting" if unreadable else "received",
        "reason": str(unreadable) if unreadable else "", "rule": _rule_of(unreadable) if unreadable else "",
        "field": unreadable.field[:120] if unreadable else "",
    }  # fmt: skip
    return _kept_at_once(columns, sender) or _kept_with_care(columns, sender, title)


def _kept_at_once(columns: Mapping[str, Any], sender: str) -> Arrived | None:
    """Keep what is new of a sender that is known; None where it is not so."""
    _require_durable()
    # Where the connection breaks it is asked again: had it been kept, it would be found and be a repeat.
    rows = prepared.fetched_first(RECEIVE, {**columns, "sender": sender[:120]})
    if not rows:
        return None
    ((number, who, last_seen),) = rows
    beat(who, last_seen)
    return Arrived(id=number, state=str(columns["state"]))


def _require_durable() -> None:
    """Inside a transaction it would be acknowledged before it is committed. A test case's own does not count."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("what arrives is kept in a transaction of its own")


def _kept_with_care(columns: dict[str, Any], sender: str, title: str) -> Arrived:
    control, digest = columns["control"], columns["hash"]
    with transaction.atomic(durable=True):
        who = sender_of(channel=columns["channel"], code=sender, title=title)
        earlier = _claim(who, control, digest)
        if earlier is not None and earlier.hash == digest:
            columns |= {"state": "superseded", "reason": f"与第 {earlier.message_id} 号相同，已收过", "rule": ""}
        elif earlier is not None and columns["state"] == "received":
            other = OtherBytes(number=control)
            columns |= {"state": "waiting", "reason": str(other), "rule": _rule_of(other)}
        kept = _keep(**columns, sender=who.pk)
        if earlier is None:
            Arrival.objects.filter(sender=who, control_id=control).update(message_id=kept)
    same = earlier.message_id if earlier is not None and earlier.hash == digest else None
    return Arrived(id=kept, state=columns["state"], repeats=same)


def _claim(sender: Sender, control: str, digest: str) -> Arrival | None:
    """The first that bears a number claims it; the others wait here for its transaction, and get it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_arrival (sender_id, control_id, hash, message_id) VALUES (%s, %s, %s, 0)"
            " ON CONFLICT (sender_id, control_id) DO NOTHING",
            [sender.pk, control, digest],
        )
        if cursor.rowcount:
            return None
    return Arrival.objects.get(sender=sender, control_id=control)


def _keep(**columns: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(KEEP, columns)
        return int(cursor.fetchone()[0])


def take_in(message_id: int) -> str:
    """Take one message in, if it has not been; its state afterwards ("" where somebody else has it in hand)."""
    with transaction.atomic():
        message = Message.objects.select_for_update(skip_locked=True).filter(pk=message_id, state="received").first()
        if message is None:
            return ""
        return _settle(message)


def take_all(*, most: int = 500) -> int:
    """Take in what was received and not yet taken, oldest first; how many. Two workers never take the same one."""
    waiting = Message.objects.filter(state="received").order_by("pk").values_list("pk", flat=True)[:most]
    return sum(1 for pk in list(waiting) if take_in(pk))


def settled(arrived: Arrived) -> tuple[str, str]:
    """Take in what just arrived; its state and, where it waits or repeats, why."""
    take_in(arrived.id)
    return Message.objects.values_list("state", "reason").get(pk=arrived.id)


def _settle(message: Message) -> str:
    sender = Sender.objects.select_related("institution").get(pk=message.sender_id)
    body = bytes(message.mended or message.body)
    try:
        with transaction.atomic():
            taken = _reader(message.channel)(sender, body, message.received_at)
    except Refusals as many:
        return _waits(message, many.all)
    except Refusal as one:
        return _waits(message, [one])
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, DatabaseError) as trouble:
        log.exception("inbox.failed", message=message.pk, kind=message.kind)
        return _waits(message, [CouldNot(trouble=type(trouble).__name__)])
    _write(
        message, state="applied", reason="", field="", value="", rule="", persons=sorted(taken.persons), done=taken.done
    )  # fmt: skip
    return "applied"


class CouldNot(Refusal):
    """系统没能处理这条消息（{trouble}），已留着，请报告维护人员。"""


def _reader(channel: str) -> Reader:
    if channel not in _readers:
        raise NoRuleYet(kind=channel)
    return _readers[channel]


def _waits(message: Message, refusals: Sequence[Refusal]) -> str:
    first = refusals[0]
    value = str(first.facts.get("value", "")) if isinstance(first, BadValue) else ""
    _write(
        message, state="waiting", reason="；".join(str(one) for one in refusals), field=str(first.field or "")[:120],
        value=value[:200], rule=_rule_of(first),
    )  # fmt: skip
    return "waiting"


def _rule_of(refusal: Refusal) -> str:
    """The rule's name: what a worklist groups by."""
    return (refusal.rule or refusal.code)[:120]


def _write(message: Message, **columns: Any) -> None:
    Message.objects.filter(pk=message.pk, received_at=message.received_at).update(
        settled_at=clock.now(), tries=message.tries + 1, **columns
    )
