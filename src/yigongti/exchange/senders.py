"""Who sends: a sender nobody announced becomes an outside institution, to be confirmed by data staff."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from yigongti.exchange.models import Sender
from yigongti.exchange.policy.inbox_role import inbox
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.organisations.actions import open_outside, system_actor


SEEN_EVERY = timedelta(seconds=30)


def sender_of(*, channel: str, code: str, title: str = "") -> Sender:
    """The sender by what it calls itself; made, unconfirmed, when it is new. Its heartbeat is kept to half a minute."""
    found = Sender.objects.select_related("institution").filter(channel=channel, code=code[:120]).first()
    if found is None:
        return _new(channel, code[:120], title)
    beat(found.pk, found.last_seen)
    return found


def beat(sender: int, last_seen: datetime) -> None:
    """It was heard of now."""
    now = clock.now()
    if now - last_seen > SEEN_EVERY:
        Sender.objects.filter(pk=sender).update(last_seen=now)


def _new(channel: str, code: str, title: str) -> Sender:
    now, name = clock.now(), (title or f"外部系统 {code or '未署名'}")[:120]
    receipt = open_outside(by=the_inbox(), name=name, key=uuid.uuid4())
    made, _fresh = Sender.objects.get_or_create(
        channel=channel,
        code=code,
        defaults={
            "title": name,
            "institution_id": receipt.data["institution"],
            "first_seen": now,
            "last_seen": now,
        },
    )
    return made


def the_inbox() -> Actor:
    """The house's own account for what comes from outside; it has no post and reads no record."""
    return replace(system_actor(), person_name="收件箱", role=inbox)
