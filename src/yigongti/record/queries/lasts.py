"""When somebody was last seen alive, as the record has it: for what takes in deaths, which shows nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.statements import fetched


ALIVE = ("encounter", "observation", "immunisation", "procedure")
"""What nobody has without being there; a report or a document may come long after."""
LAST = """
SELECT asked.id, max(e.at) FROM residents_resident asked
JOIN residents_resident r ON r.master_id = asked.master_id
JOIN record_entry e ON e.resident_id = r.id
WHERE asked.id = ANY(%(ids)s) AND e.kind = ANY(%(kinds)s) AND e.replaced_by_id IS NULL AND NOT e.withdrawn
GROUP BY asked.id
"""


def last_alive(*, for_: Actor, residents: Iterable[int]) -> dict[int, datetime]:
    """The latest entry of each that only a living person can have, by the key that was asked for."""
    for_.require("record.take_in")
    return dict(fetched(LAST, {"ids": list(set(residents)), "kinds": list(ALIVE)}))
