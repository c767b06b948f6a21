"""What the text of a case says was measured or taken stands in the record first, written by whoever says it.

By the record's own actions: the doctor stands to the person as the rules ask, and the trail says who wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.record import actions


def present(*, by: Actor, resident: int, story: Mapping[str, Any]) -> None:
    """The measurements and medicines that a story's summary tells of."""
    _measured(by, resident, story.get("measured", ()))
    for title, dose in story.get("taken", ()):
        actions.add_entry(by=by, resident_id=resident, kind="medication", title=title, detail={"dose": dose})


def found(*, by: Actor, resident: int, story: Mapping[str, Any]) -> None:
    """The measurements that a story's outcome tells of."""
    _measured(by, resident, story.get("found", ()))


def _measured(by: Actor, resident: int, rows: Any) -> None:
    for series, value, days in rows:
        at = (clock.now() - timedelta(days=days)).astimezone(clock.COUNTY_ZONE)
        actions.observe(by=by, resident_id=resident, series=series, value=value, at=f"{at:%Y-%m-%dT%H:%M}")
