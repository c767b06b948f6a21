"""What statements over many rows ask of people: who stands for whom, and who managed them on a day. Fragments of SQL.

Chapters above build the sources of their facts from it, so that a figure of March uses who managed somebody in March.
"""

from __future__ import annotations

from yigongti.kernel.measures.sources import Watched


def whom(*, told: str, day: str) -> str:
    """Joins: `p` is the person whom the registration `told` stands for, `b` who managed them then if no longer."""
    return f"""
JOIN residents_resident told ON told.id = {told} JOIN residents_resident p ON p.id = told.master_id
LEFT JOIN ({BEFORE}) b ON b.resident_id = p.id AND {day} < b.until AND (b.since IS NULL OR {day} >= b.since)"""


def perhaps(*, told: str, day: str) -> str:
    """The same where nobody may have been matched."""
    return whom(told=told, day=day).replace("JOIN residents_resident", "LEFT JOIN residents_resident")


BEFORE = """
SELECT resident_id, managing_id, until, lag(until) OVER (PARTITION BY resident_id ORDER BY until, id) AS since
FROM residents_managedbefore"""

MANAGING = "COALESCE(b.managing_id, p.managing_id)"
COUNTY = "(SELECT division FROM organisations_county ORDER BY unit_id LIMIT 1)"


def here(column: str) -> str:
    """Whether a place lies in the county; unknown where nothing is written."""
    return f"left(NULLIF(p.{column}, ''), 6) = {COUNTY}"


LIVES = f"COALESCE({here('lives_division')}, true)"
"""Who is registered here without a written place of living is taken to live here."""
INSURED = here("insured_division")
PERSON = f"p.id AS person, p.sex, p.birth_date AS born, {MANAGING} AS managing, {INSURED} AS insured, {LIVES} AS lives"

CHANGED = (
    "SELECT r.id FROM changed JOIN residents_resident r ON r.master_id = changed.id"
    " UNION SELECT id FROM changed"
)  # fmt: skip
MOVED = "SELECT r.id FROM changed JOIN residents_resident r ON r.master_id = changed.resident_id"
TOLD = (
    "master_id", "sex", "birth_date", "managing_id", "insured_division", "lives_division", "died_on",
)  # fmt: skip


def watched(days: str) -> tuple[Watched, ...]:
    """A person who was merged, amended or moved reopens the days of their rows.

    `days` selects days of rows `x` by the persons: `SELECT x.at FROM people JOIN record_encounter x ON …`.
    """
    return (
        Watched("residents_resident", columns=TOLD, events=("update",), days=f"WITH people AS ({CHANGED}) {days}"),
        Watched("residents_managedbefore", days=f"WITH people AS ({MOVED}) {days}"),
    )
