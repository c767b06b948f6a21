"""哪个岗位先看哪几个指标：六到八个，其余的凭搜索。依据：领域参考第三部分 P4、P10、P13–P15。"""

from __future__ import annotations


GROUP = (
    "in_county_inpatient_share", "grassroots_visit_share", "fund_in_county_share", "fund_grassroots_share",
)  # fmt: skip
COCKPITS = {
    "president": GROUP,
    "bureau": GROUP,
}


def matters_to(role: str) -> tuple[str, ...]:
    """The codes for a role's cockpit, the most telling first."""
    return COCKPITS.get(role, GROUP)
