"""What is odd about the organisation as it stands: said beside the thing, never in the way (R2)."""

from __future__ import annotations

from yigongti.kernel.language import say
from yigongti.kernel.parameters import values
from yigongti.organisations.codes import credit_warning, ws218_warning
from yigongti.organisations.labels import GRADES, grade_code, label
from yigongti.organisations.models import Institution


def institution_warnings(institution: Institution, *, leads: bool = False) -> list[str]:
    """Every warning of an institution, in the reader's language."""
    said = [
        credit_warning(institution.credit_code),
        ws218_warning(institution.ws218_code),
        _beds_warning(institution),
        lead_warning(institution) if leads else "",
    ]
    return [words for words in said if words]


def lead_warning(institution: Institution) -> str:
    """A lead below 二级甲等: allowed "in principle" not, so it is said (R2)."""
    allowed = values.value("organisations.lead_grades")
    code = grade_code(institution.grade)
    if isinstance(allowed, tuple) and code in allowed:
        return ""
    return say(
        "牵头医疗机构原则上为二级甲等以上，现为“{grade}”",
        grade=say(label(GRADES, code)),
    )


def _beds_warning(institution: Institution) -> str:
    if institution.beds_approved and institution.beds_open > institution.beds_approved:
        return say(
            "开放床位 {open} 张多于核定 {approved} 张",
            open=institution.beds_open,
            approved=institution.beds_approved,
        )
    return ""
