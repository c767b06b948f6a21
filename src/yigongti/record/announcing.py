"""What this chapter announces: entries that were written; chapters above act on them in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from yigongti.kernel import event, prepared
from yigongti.kernel.access.actor import Actor
from yigongti.record.models import Entry


WRITTEN = event.declare("record.written", "健康档案有了新记录")
ANNOUNCED = frozenset({"order", "report"})
"""The kinds that somebody elsewhere waits for; the others would only cost time."""


def announce(entries: Iterable[Entry], *, by: Actor) -> None:
    """Say which entries of these kinds were written: `facts["entries"]` by kind, in their order."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in entries:
        if one.kind in ANNOUNCED:
            found[one.kind].append(one.pk)
    if found:
        prepared.flush()  # whoever acts on it reads them whole
        event.announce(WRITTEN, by=by, facts={"entries": dict(found)})
