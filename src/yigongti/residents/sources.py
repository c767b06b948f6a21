"""Where the rows of people stand: a span for each institution that managed somebody, from birth to death."""

from __future__ import annotations

from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.residents import facts
from yigongti.residents.queries.dated import BEFORE, INSURED, LIVES, TOLD, here


PEOPLE = f"""
WITH spans AS (
    SELECT resident_id, managing_id, since, until FROM ({BEFORE}) before
    UNION ALL
    SELECT p.id, p.managing_id, max(m.until), NULL
    FROM residents_resident p LEFT JOIN residents_managedbefore m ON m.resident_id = p.id
    WHERE p.stands GROUP BY p.id
)
SELECT p.id * 100 + row_number() OVER (PARTITION BY p.id ORDER BY s.until NULLS LAST) AS id, p.id AS person, p.sex,
    p.birth_date AS born, s.managing_id AS managing, {LIVES} AS lives, {INSURED} AS insured,
    {here("register_division")} AS registered, p.registered_at::date AS filed_on,
    GREATEST(p.birth_date, s.since) AS at, LEAST(s.until, p.died_on + 1) AS until
FROM spans s JOIN residents_resident p ON p.id = s.resident_id AND p.stands
WHERE GREATEST(p.birth_date, s.since) < COALESCE(LEAST(s.until, p.died_on + 1), 'infinity')
"""

register(
    Source(
        fact=facts.people, sql=PEOPLE,
        watched=(Watched("residents_resident", columns=(*TOLD, "register_division", "registered_at")),
                 Watched("residents_managedbefore")),
    )
)  # fmt: skip
