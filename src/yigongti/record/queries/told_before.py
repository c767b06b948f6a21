"""What a source tells and has told before: for who takes in, who is shown nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.statements import fetched
from yigongti.record.told import Told


SAME_NUMBERS = """
SELECT n.place, min(e.id)
FROM unnest(%(places)s::int[], %(residents)s::bigint[], %(sources)s::text[], %(at)s::timestamptz[], %(series)s::text[],
            %(values)s::numeric[], %(seconds)s::numeric[]) n(place, resident, source, at, series, value, second)
JOIN residents_resident r ON r.master_id = n.resident
JOIN record_observation o ON o.resident_id = r.id AND o.series = n.series AND o.at = n.at AND o.value = n.value
                         AND o.second_value IS NOT DISTINCT FROM n.second
JOIN record_entry e ON e.id = o.entry_id AND e.source = n.source AND e.replaced_by_id IS NULL AND NOT e.withdrawn
GROUP BY n.place
"""
SAME_CODE = """
SELECT n.place, min(e.id)
FROM unnest(%(places)s::int[], %(residents)s::bigint[], %(sources)s::text[], %(at)s::timestamptz[], %(kinds)s::text[],
            %(codes)s::text[]) n(place, resident, source, at, kind, code)
JOIN residents_resident r ON r.master_id = n.resident
JOIN record_entry e ON e.resident_id = r.id AND e.at = n.at AND e.kind = n.kind AND e.code = n.code
                   AND e.source = n.source AND e.replaced_by_id IS NULL AND NOT e.withdrawn
GROUP BY n.place
"""


def told_before(*, for_: Actor, told: Sequence[Told]) -> dict[int, int]:
    """The entry that says the same already, by the place of each in what is told: the same number of the same moment,
    or, of what is not measured, the same code of the same moment."""
    for_.require("record.take_in")
    measured = [(place, one) for place, one in enumerate(told) if one.measured]
    coded = [(place, one) for place, one in enumerate(told) if not one.measured]
    found: dict[int, int] = {}
    if measured:
        numbers = [one.measured or {} for _, one in measured]
        columns = {"series": "series", "values": "value", "seconds": "second_value"}
        given = {name: [one.get(column) for one in numbers] for name, column in columns.items()}
        found |= dict(fetched(SAME_NUMBERS, _shared(measured) | given))
    if coded:
        more = {"kinds": [one.kind for _, one in coded], "codes": [one.code for _, one in coded]}
        found |= dict(fetched(SAME_CODE, _shared(coded) | more))
    return found


def _shared(rows: Sequence[tuple[int, Told]]) -> dict[str, Any]:
    return {
        "places": [place for place, _ in rows], "residents": [one.resident_id for _, one in rows],
        "sources": [one.source for _, one in rows], "at": [one.at for _, one in rows],
    }  # fmt: skip
