"""Role pages: one role a page, each with what it must never be able to do (reference Part 3)."""

from yigongti.organisations.policy.roles import (
    administrator,
    bureau,
    cdc_officer,
    county_doctor,
    data_steward,
    hr_officer,
    insurance_officer,
    president,
    quality_officer,
    referral_desk,
    referral_lead,
    screen,
    township_doctor,
    township_head,
    village_doctor,
)


__all__ = [
    "administrator",
    "bureau",
    "cdc_officer",
    "county_doctor",
    "data_steward",
    "hr_officer",
    "insurance_officer",
    "president",
    "quality_officer",
    "referral_desk",
    "referral_lead",
    "screen",
    "township_doctor",
    "township_head",
    "village_doctor",
]
