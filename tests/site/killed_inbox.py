"""The inbox of a service beside which this runs: `python -m tests.site.killed_inbox make` (a county) or `found`."""

from __future__ import annotations

import json
import sys
from collections import Counter

import django


def found() -> dict[str, object]:
    """How many messages are in which state, the numbers of those that are no repeats, and how many reports stand."""
    from yigongti.exchange.models import Message
    from yigongti.record.models import Entry

    first = Message.objects.exclude(state="superseded")
    return {
        "states": Counter(Message.objects.values_list("state", flat=True)),
        "numbers": sorted(first.values_list("control_id", flat=True)),
        "reports": Entry.objects.filter(kind="report").count(),
    }


def make() -> dict[str, object]:
    """A county, without which nobody's messages have a place."""
    from tests.factories import county

    return {"hospital": county(beds=0, slots=0).hospital.pk}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps({"make": make, "found": found}[sys.argv[1]]()))
