"""Where the rows of referrals stand: everything that was submitted, with the moments of its steps."""

from __future__ import annotations

from yigongti.kernel.measures.sources import Source, Watched, register
from yigongti.referral import facts
from yigongti.residents.queries.dated import MANAGING, watched, whom


STEPS = """
SELECT a.case_id, max(a.at) FILTER (WHERE a.step = 'submit') AS at,
    max(a.at) FILTER (WHERE a.step IN ('accept', 'approve')) AS accepted,
    max(a.at) FILTER (WHERE a.step = 'arrive') AS arrived, max(a.at) FILTER (WHERE a.step = 'return') AS returned
FROM workflow_act a JOIN referral_referral r ON r.case_id = a.case_id GROUP BY 1"""


def _minutes(frm: str, to: str) -> str:
    return f"floor(extract(epoch FROM {to} - {frm}) / 60)::int"


REFERRALS = f"""
SELECT r.case_id AS id, p.id AS person, p.birth_date AS born, s.at::date AS at, r.kind || 'ward' AS direction,
    r.urgency, r.from_institution_id AS institution, EXISTS (
        SELECT FROM organisations_membership m WHERE m.institution_id = r.from_institution_id AND m.leads
        AND s.at::date >= m.begins AND s.at::date <= COALESCE(m.ends, 'infinity')) AS from_leads,
    r.to_institution_id AS receiving, {MANAGING} AS managing, c.state, s.accepted IS NOT NULL AS accepted,
    s.arrived IS NOT NULL AS arrived, s.returned IS NOT NULL AS returned,
    {_minutes("s.at", "s.accepted")} AS minutes_to_accept, {_minutes("s.accepted", "s.arrived")} AS minutes_to_arrive,
    {_minutes("s.arrived", "s.returned")} AS minutes_to_return
FROM referral_referral r JOIN workflow_case c ON c.id = r.case_id JOIN ({STEPS}) s ON s.case_id = r.case_id
{whom(told="r.resident_id", day="s.at::date")}
WHERE s.at >= {{starts}} AND s.at < {{ends}}
"""

FIRST = "SELECT a.at FROM workflow_act a"

register(
    Source(
        fact=facts.referrals, sql=REFERRALS,
        watched=(
            Watched("workflow_act", days=(
                f"{FIRST} JOIN changed ON changed.case_id = a.case_id JOIN referral_referral r ON r.case_id = a.case_id"
                " WHERE a.step = 'submit'")),
            Watched("referral_referral", key="case_id", days=(
                f"{FIRST} JOIN changed ON changed.case_id = a.case_id WHERE a.step = 'submit'")),
            *watched(
                f"{FIRST} JOIN referral_referral r ON r.case_id = a.case_id"
                " JOIN people ON people.id = r.resident_id WHERE a.step = 'submit'"),
        ),
    )
)  # fmt: skip
