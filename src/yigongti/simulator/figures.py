"""Which sums of the ledger are the numerator and the denominator of which figure of the catalogue.

By the code of the figure; a count has one. Referrals come from lived cases and have their truth in `referring`; what
waits for other chapters is not here.
"""

from __future__ import annotations


FOUR_CHRONIC = (("I00", "I99"), ("C00", "C97"), ("E10", "E14"), ("J30", "J98"))

FIGURES: dict[str, tuple[str, ...]] = {
    # by the place where it happened
    "visits_count": ("consult",), "discharges_count": ("stays",),
    "grassroots_visit_share": ("consult_grass", "consult"), "grassroots_clinic_share": ("clinic_grass", "clinic"),
    "tcm_share": ("consult_tcm", "consult"), "tcm_share_with_stays": ("care_tcm", "care"),
    "stay_length": ("stay_days", "stays"), "visit_cost": ("consult_total", "consult"),
    "stay_cost": ("stay_total", "stays"), "operated_share": ("operated", "stays"),
    "drug_share": ("cost_drugs", "cost_total"), "consumable_share": ("cost_consumables", "cost_total"),
    "test_share": ("cost_tests", "cost_total"), "service_income_share": ("lead_service", "lead_total"),
    "high_grade_surgery_share": ("lead_high", "lead_operated"), "grade_three_surgery": ("grade_3",),
    "grade_four_surgery": ("grade_4",), "bed_use": ("bed_days", "open_days"),
    "grassroots_bed_use": ("bed_days_grass", "open_days_grass"), "village_ecg": ("rooms_ecg", "rooms"),
    "beds_per_thousand": ("beds", "residents_end"), "doctors_per_thousand": ("doctors", "residents_end"),
    "nurses_per_thousand": ("nurses", "residents_end"), "stationed_doctors": ("stationed", "residents_end"),
    "stationed_doctors_count": ("stationed",),
    # by who manages the person
    "grassroots_visit_share_of_residents": ("m_consult_grass", "m_consult"),
    "visits_per_resident": ("m_consult", "residents_mean"), "health_record_use": ("used", "residents_end"),
    "elderly_check": ("old_examined", "old"),
    "in_county_visit_share": ("settled_in", "settled"),
    "in_county_visit_share_of_people": ("settled_people_in", "settled_people"),
    "fund_in_county_share": ("paid_in", "paid"),
    "fund_in_county_share_with_pharmacies": ("paid_in_with_shops", "paid_with_shops"),
    "fund_grassroots_share": ("paid_grass", "paid_in"), "fund_grassroots_share_of_all": ("paid_grass", "paid"),
    "stay_cost_per_person": ("stay_fees_in", "stayed_people_in"), "stay_cost_per_stay": ("stay_fees_in", "stayed_in"),
    "in_county_stay_share": ("stayed_in", "stayed"),
    "in_county_stay_share_of_people": ("stayed_people_in", "stayed_people"),
    "clinic_cost_per_visit": ("clinic_fees_in", "clinic_in"), "actual_reimbursement": ("stay_paid", "stay_fees"),
    "out_of_pocket_share": ("stay_own", "stay_fees"), "hospitalisation_rate": ("stayed", "insured_end"),
    "hospitalisation_rate_of_people": ("stayed_people", "insured_end"), "outside_stays": ("stayed_out",),
    "outside_stay_share": ("stayed_out", "stayed"), "other_province_stay_share": ("stayed_far", "stayed"),
    "outside_fund": ("paid_out",), "outside_stay_cost": ("stay_fees_out", "stayed_out"),
    "outside_patients": ("stayed_people_out",),
    "managed_hospitalised": ("managed_stayed", "managed"),
    "hypertension_management": ("hypertension_ill_managed", "hypertension_ill"),
    "diabetes_management": ("diabetes_ill_managed", "diabetes_ill"),
    "hypertension_standard": ("hypertension_standard", "hypertension_managed"),
    "hypertension_control": ("hypertension_controlled", "hypertension_managed"),
    "hypertension_control_140": ("hypertension_controlled_140", "hypertension_managed"),
    "hypertension_control_of_measured": ("hypertension_controlled", "hypertension_measured"),
    "hypertension_followed": ("hypertension_followed", "hypertension_managed"),
    "diabetes_standard": ("diabetes_standard", "diabetes_managed"),
    "diabetes_control": ("diabetes_controlled", "diabetes_managed"),
    "diabetes_followed": ("diabetes_followed", "diabetes_managed"),
    "mean_age_at_death": ("died_days", "died"), "chronic_age_at_death": ("died_managed_days", "died_managed"),
    "crude_death_rate": ("died", "residents_mean"), "infant_deaths": ("died_infant",),
    "infant_mortality": ("died_infant", "born"), "neonatal_mortality": ("died_newborn", "born"),
    "under_five_mortality": ("died_under_five", "born"), "hospital_delivery": ("born_inside", "born"),
    "low_birth_weight": ("born_light", "born"), "preterm": ("born_early", "born"),
    "birth_rate": ("born", "residents_mean"),
    "mean_age_at_death_years": ("died_years", "died"),
    "chronic_age_at_death_by_cause": ("died_chronic_days", "died_chronic"),
    "bed_turnover": ("stays", "beds"), "face_to_face_share": ("follow_up_rows_face", "follow_up_rows"),
    "in_county_visit_share_women_children": ("women_children_in", "women_children"),
    "premature_mortality": ("four", "people_years"),
}  # fmt: skip

GROWN = {
    "discharges_growth": "stays", "grade_three_surgery_growth": "grade_3", "grade_four_surgery_growth": "grade_4",
}  # fmt: skip
"""Growths of a count: what is compared with the year before."""

ROLLED: dict[str, tuple[str, ...]] = {
    "mean_age_at_death_3y": ("died_days", "died"), "chronic_age_at_death_3y": ("died_managed_days", "died_managed"),
    "chronic_age_at_death_by_cause_3y": ("died_chronic_days", "died_chronic"),
    "infant_mortality_3y": ("died_infant", "born"), "premature_mortality_3y": ("four", "people_years"),
}  # fmt: skip
"""Figures of three years taken together."""


def of_causes(code: str, ranges: tuple[tuple[str, str], ...]) -> bool:
    """Whether a code lies in one of the ranges."""
    return any(least <= code[:3] <= most for least, most in ranges)
