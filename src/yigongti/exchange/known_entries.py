"""Which entry of ours stands for a sender's report or visit: a second message about it makes a new version."""

from __future__ import annotations

import uuid
from dataclasses import replace

from yigongti.exchange.models import KnownEntry, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.record.actions import Told, take_in


def write(*, sender: Sender, kind: str, number: str, told: Told) -> tuple[int, int]:
    """Write what was told; (entry, version). The sender's number is locked, so that versions follow one another."""
    known = KnownEntry.objects.select_for_update().filter(sender=sender, kind=kind, value=number[:200]).first()
    receipt = take_in(by=the_inbox(), key=uuid.uuid4(), told=replace(told, follows=known.entry_id) if known else told)
    entry, version = int(receipt.data["entry"]), int(receipt.data["version"])
    if known:
        KnownEntry.objects.filter(pk=known.pk).update(entry_id=entry)
    else:
        KnownEntry.objects.create(sender=sender, kind=kind, value=number[:200], entry_id=entry)
    return entry, version
