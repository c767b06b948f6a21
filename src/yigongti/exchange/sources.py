"""Where the rows of arrivals stand: interfaces by the month in which their messages came, and what stands in the
registers of a month from those who deliver it, against the three months before.

What was expected of a month's rows is their median less a fifth, which season and the length of a month may take away,
and less what chance may: three standard deviations of a count, whose root has one of a half. An institution that sends
nothing and types its visits here has delivered a month with the first of them: of it one row is expected, where chance
alone does not explain that there is none (ADR 0023).
"""

from __future__ import annotations

from yigongti.exchange import facts
from yigongti.kernel.measures.sources import Source, Watched, register


THREE = "interval '3 months'"
BUREAU = "(SELECT unit_id FROM organisations_county ORDER BY unit_id LIMIT 1)"
DAY = "COALESCE(discharged_on, settled_on)"
LAG = "percentile_disc(0.5) WITHIN GROUP (ORDER BY {})::int"
BEFORE = "COALESCE(lag(own.rows, {}) OVER line, 0)"
MEDIAN = "GREATEST(LEAST(b.last, b.second), LEAST(GREATEST(b.last, b.second), b.third))"

COUNTED = f"""
counted AS (
    SELECT CASE v.source WHEN 'entered' THEN 'typed' ELSE 'visit' END AS fact, e.institution_id AS institution,
        date_trunc('month', e.at)::date AS month, count(*) AS rows,
        {LAG.format("v.entered_at::date - e.at::date")} AS lag_days
    FROM record_encounter e JOIN record_entry v ON v.id = e.entry_id AND v.replaced_by_id IS NULL AND NOT v.withdrawn
    WHERE v.source IN ('his', 'sheet', 'inbox', 'entered') AND e.at >= {{starts}}::date - {THREE} AND e.at < {{ends}}
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'claim', {BUREAU}, date_trunc('month', {DAY})::date, count(*),
        {LAG.format(f"taken_in_at::date - {DAY}")}
    FROM fund_claim WHERE stands AND NOT cancelled AND {DAY} >= {{starts}}::date - {THREE} AND {DAY} < {{ends}}
    GROUP BY 1, 2, 3
), months AS (
    SELECT day::date AS month
    FROM generate_series({{starts}}::date - {THREE}, LEAST({{ends}}::date - 1, current_date), interval '1 month') AS day
), beside AS (
    SELECT s.fact, s.institution, m.month, COALESCE(own.rows, 0) AS received, own.lag_days,
        {BEFORE.format(1)} AS last, {BEFORE.format(2)} AS second, {BEFORE.format(3)} AS third
    FROM (SELECT DISTINCT fact, institution FROM counted) s CROSS JOIN months m
    LEFT JOIN counted own ON own.fact = s.fact AND own.institution = s.institution AND own.month = m.month
    WINDOW line AS (PARTITION BY s.fact, s.institution ORDER BY m.month)
), expected AS (
    SELECT b.*, i.name AS sender, round(GREATEST(0, sqrt(0.8 * {MEDIAN}) - 1.5) ^ 2)::int AS expected,
        sum(b.received + b.last + b.second + b.third) FILTER (WHERE b.fact = 'visit')
            OVER (PARTITION BY b.institution, b.month) AS sent
    FROM beside b LEFT JOIN access_unit i ON i.id = b.institution WHERE b.month >= {{starts}}
)"""
"""What stands of a month, how many rows each of the three months before it has, what these let one expect, and how many
its institution has sent in the four: who sends is held to that, whatever is typed beside it. Windows instead of joins,
for the planner takes these rows to be few.
"""

ARRIVALS = f"""
WITH {COUNTED}, arrived AS (
    SELECT b.fact || ':' || b.institution AS told, b.month, b.sender, b.fact, b.institution, b.expected, b.received,
        0 AS waiting, b.lag_days
    FROM expected b WHERE b.fact <> 'typed'
    UNION ALL
    SELECT 'typed:' || b.institution, b.month, b.sender, 'visit', b.institution, LEAST(1, b.expected), b.received, 0,
        b.lag_days
    FROM expected b WHERE b.fact = 'typed' AND COALESCE(b.sent, 0) = 0
    UNION ALL
    SELECT 'outside_claim', date_trunc('month', {DAY})::date, (SELECT name FROM access_unit WHERE id = {BUREAU}),
        'outside_claim', {BUREAU}, NULL, count(*), 0, NULL
    FROM fund_claim
    WHERE stands AND NOT cancelled AND area <> 'county' AND {DAY} >= {{starts}} AND {DAY} < {{ends}} GROUP BY 2
    UNION ALL
    SELECT 'interface:' || c.sender_id || ':' || c.fact, c.month, s.title, c.fact, s.institution_id, c.expected,
        c.received, c.waiting, NULL
    FROM exchange_coverage c JOIN exchange_sender s ON s.id = c.sender_id
    WHERE c.month >= {{starts}} AND c.month < {{ends}}
)
SELECT to_char(month, 'YYYY-MM:') || told AS id, month AS at, sender, fact, institution, expected, received, waiting,
    received >= expected AS complete, lag_days
FROM arrived WHERE received > 0 OR expected > 0
"""

FOLLOWING = "(day + make_interval(months => n)) FROM"
"""A month's rows are what the three after it are held against."""

register(
    Source(
        fact=facts.arrivals, sql=ARRIVALS,
        watched=(
            Watched("record_encounter", key="entry_id", days=(
                f"SELECT {FOLLOWING} (SELECT DISTINCT date_trunc('month', at) AS day FROM changed) d,"
                " generate_series(0, 3) n")),
            Watched("fund_claim", days=(
                f"SELECT {FOLLOWING} (SELECT DISTINCT date_trunc('month', {DAY}::timestamp) AS day FROM changed) d,"
                " generate_series(0, 3) n")),
            Watched("exchange_coverage", day="month"),
        ),
    )
)  # fmt: skip
