"""哪个岗位先看哪几个指标：六到八个，其余的凭搜索。依据：领域参考第三部分 P4、P10、P13–P15。"""

from __future__ import annotations


FLOW = ("in_county_visit_share", "in_county_stay_share", "grassroots_visit_share")
FUND = ("fund_in_county_share", "fund_grassroots_share")
GROUP = (*FLOW, *FUND, "grade_three_surgery_growth", "bed_use", "hypertension_control")
BUREAU = (*FLOW, "fund_in_county_share", "premature_mortality", "maternal_deaths", "hypertension_standard",
          "senders_complete")  # fmt: skip
TOWNSHIP = ("hypertension_standard", "hypertension_control", "diabetes_standard", "diabetes_control", "elderly_check",
            "grassroots_visit_share_of_residents", "in_county_visit_share", "bed_use")  # fmt: skip
COCKPITS = {
    "president": GROUP,
    "bureau": BUREAU,
    "insurance_officer": (*FUND, "in_county_visit_share", "in_county_stay_share", "stay_cost_per_person_growth",
                          "actual_reimbursement", "outside_fund", "claims_late"),
    "quality_officer": ("high_grade_surgery_share", "stay_length", "operated_share", "managed_hospitalised",
                        "referral_timely", "stays_without_bill", "surgery_without_grade", "hypertension_control"),
    "cdc_officer": ("premature_mortality", "mean_age_at_death", "chronic_age_at_death", "crude_death_rate",
                    "deaths_without_cause", "infant_mortality", "hypertension_control", "diabetes_control"),
    "data_steward": ("senders_complete", "senders_silent", "arrival_lag", "claims_lag", "claims_unmatched",
                     "visits_without_diagnosis", "surgery_without_grade", "deaths_without_cause"),
    "township_head": TOWNSHIP,
    "township_doctor": TOWNSHIP,
    "village_doctor": TOWNSHIP[:5],
    "referral_lead": ("referral_timely", "referral_accept_median", "referral_accept_p90", "referral_arrival",
                      "referral_returned", "down_referral_share", "outward_referrals"),
}  # fmt: skip


def matters_to(role: str) -> tuple[str, ...]:
    """The codes for a role's cockpit, the most telling first."""
    return COCKPITS.get(role, GROUP)
