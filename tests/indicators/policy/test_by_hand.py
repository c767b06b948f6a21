"""Every computable indicator on the hand-made county: numerator and denominator were counted by hand, row by row."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.indicators.policy.hand_county import COUNTY
from yigongti.indicators.policy.families import ALL
from yigongti.kernel.measures.arithmetic import outcomes, terms
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Counting, Key
from yigongti.kernel.measures.words import Awaited, Count, Growth, Judged, Premature, Ratio
from yigongti.kernel.parameters.words import defaults


YEAR = Period.read("2025")
BY_CODE = {one.code: one for one in ALL}


def shipped(parameter, on):
    return [dated.value for dated in defaults()[parameter.code].values if dated.begins <= on][-1]


def figures(indicator, county, *, period=YEAR, level="county", by=()):
    """Each place's figure by the reference engine."""
    engine = Counting(county, shipped)
    measured = {name: engine.measure(term.selection, term.asked(level, by))
                for name, term in terms(indicator, period).items()}  # fmt: skip
    return outcomes(indicator, period, measured)


# Above and below the line, in rows, people, days or fen; of a growth this year's value and last year's.
SHARES = {
    # Stationed doctors of middle rank and above: 2 (twice, counted once) and 9; 11 residents live here at the end.
    "stationed_doctors": (2, 11), "stationed_doctors_count": (2, None), "stationed_doctors_unknown": (1, None),
    # Of the rooms 21, 22 and 31 only 21 has it; 32 is closed.
    "village_ecg": (1, 3),
    # 9 consultations in the county, of them 21, 20, 22, 31 and 30.
    "grassroots_visit_share": (5, 9), "grassroots_visit_share_of_residents": (5, 9),
    "grassroots_clinic_share": (4, 8), "grassroots_tcm_share": (1, 5), "tcm_share": (2, 9),
    "tcm_share_with_stays": (2, 11), "visits_count": (9, None), "visits_without_diagnosis": (1, 9),
    # Claims of the insured, pharmacies apart: 10, of them 7 in the county.
    "in_county_visit_share": (7, 10), "in_county_visit_share_of_people": (4, 7),
    "in_county_visit_share_women_children": (4, 5),
    "fund_in_county_share": (1_241_500, 2_841_500), "fund_in_county_share_with_pharmacies": (1_245_500, 2_845_500),
    "fund_grassroots_share": (81_500, 1_241_500), "fund_grassroots_share_of_all": (81_500, 2_841_500),
    # Six stays of 2, 12, 5, 4, 6 and again 2, of them four of 2, 12, 5 in the county for 18,000 yuan.
    "in_county_stay_share": (4, 6), "in_county_stay_share_of_people": (3, 5),
    "stay_cost_per_person": (1_800_000, 3), "stay_cost_per_stay": (1_800_000, 4),
    "stay_cost_per_person_growth": (6000, 3000), "stay_cost_per_stay_growth": (4500, 3000),
    "clinic_cost_per_visit": (23_000, 2), "clinic_cost_per_visit_growth": (115, 100),
    "actual_reimbursement": (2_830_000, 5_700_000), "out_of_pocket_share": (2_870_000, 5_700_000),
    "hospitalisation_rate": (6, 10), "hospitalisation_rate_of_people": (5, 10),
    # In care for hypertension or diabetes in 2025: 1, 2, 3, 4 and 9; in hospital 2 and 4, for it only 2.
    "managed_hospitalised": (2, 5), "managed_hospitalised_own": (1, 5), "grassroots_managed_share": (3, 4),
    # Outside: 4 in another province with cancer, 6 in the city with a fracture; 7 as an outpatient.
    "outside_stays": (2, None), "outside_patients": (2, None), "outside_stay_share": (2, 6),
    "other_province_stay_share": (1, 6), "key_disease_outside_share": (2, 4),
    "key_disease_other_province_share": (1, 4), "outside_fund": (1_600_000, None), "outside_stay_cost": (3_900_000, 2),
    "claims_lag": (30, None), "claims_late": (2, 11), "claims_unmatched": (1, 12),
    # Six discharges, four the year before; operations by grade.
    "discharges_count": (6, None), "discharges_growth": (6, 4), "operated_share": (4, 6),
    "high_grade_surgery_share": (2, 3), "stays_without_bill": (1, 6), "stay_length": (40, 5),
    "stay_cost": (2_900_000, 5), "grade_three_surgery": (2, None), "grade_three_surgery_growth": (2, 1),
    "grade_four_surgery": (1, None), "grade_four_surgery_growth": (1, 4), "surgery_without_grade": (1, 5),
    "down_referral_share": (1, 4),
    # Days in bed 10 + 6 + 2 + 2; open 20 x 365 + 4 x 181 + 6 x 184 + 5 x 365.
    "bed_use": (20, 10_953), "grassroots_bed_use": (6, 3_653), "bed_turnover": (6, 30), "beds_per_thousand": (31, 11),
    "doctors_per_thousand": (4, 11), "nurses_per_thousand": (2, 11), "visits_per_doctor_day": (5, 2),
    "visits_per_resident": (8, Fraction(21, 2)), "visit_cost": (53_000, 8),
    "drug_share": (214_500, 643_000), "consumable_share": (61_000, 643_000), "test_share": (127_000, 643_000),
    "service_income_share": (205_500, 521_000),
    # Eight residents died; of seven the age is known.
    "crude_death_rate": (8, Fraction(21, 2)), "mean_age_at_death": (95_943, 7), "mean_age_at_death_3y": (134_953, 10),
    "chronic_age_at_death": (29_220, 1), "chronic_age_at_death_3y": (56_220, 2),
    "chronic_age_at_death_by_cause": (51_135, 2), "chronic_age_at_death_by_cause_3y": (78_135, 3),
    "mean_age_at_death_years": (261, 7), "deaths_without_cause": (1, 8), "deaths_ill_defined": (1, 7),
    "maternal_deaths": (1, None), "maternal_mortality": (1, 4), "maternal_mortality_3y": (2, 8),
    "infant_deaths": (2, None), "infant_mortality": (2, 4), "infant_mortality_3y": (3, 8),
    "infant_mortality_change": (500, Fraction(1000, 3)), "neonatal_mortality": (1, 4), "under_five_mortality": (3, 4),
    "hospital_delivery": (3, 4), "low_birth_weight": (1, 3), "preterm": (1, 3), "stillbirths": (1, 5),
    "birth_rate": (4, Fraction(21, 2)),
    # Nine of eleven have a file, of them eight were seen in the year. Elders 1, 2, 3 and 10, of whom 3 was examined.
    "health_record_use": (8, 9), "elderly_check": (1, 4),
    # In care for hypertension: 1, 2, 3 and 9; 3 was not followed up, 9 not controlled, 1 is 75 with 149/89.
    "hypertension_management": (2, 3), "hypertension_standard": (1, 4), "hypertension_control": (2, 4),
    "hypertension_control_140": (1, 4), "hypertension_control_of_measured": (2, 3), "hypertension_followed": (3, 4),
    # In care for diabetes: 2 and 4.
    "diabetes_management": (1, 2), "diabetes_standard": (0, 2), "diabetes_control": (1, 2),
    "diabetes_control_hba1c": (2, 2), "diabetes_followed": (2, 2), "face_to_face_share": (11, 13),
    # Five up, two down, one out; answered after 30, 60, 90, 1440 and 2000 minutes.
    "upward_referrals": (5, None), "downward_referrals": (2, None), "outward_referrals": (1, None),
    "referral_accept_median": (90, None), "referral_accept_p90": (2000, None), "referral_timely": (3, 7),
    "referral_arrival": (2, 3), "referral_arrive_median": (200, None), "referral_returned": (1, 2),
    "referral_declined": (1, 7),
    "senders_complete": (2, 4), "senders_silent": (1, None), "arrival_lag": (2, None), "messages_waiting": (4, None),
}  # fmt: skip


def expected(indicator, above, below):
    """The value in fractions, rounded half to even."""
    match indicator.figure:
        case Count(per=per):
            exact = Fraction(above) * Fraction(per)
        case Ratio(per=per):
            exact = Fraction(above) / Fraction(below) * Fraction(per)
        case Growth():
            exact = (Fraction(above) - below) / below * 100
    return Decimal(round(exact * 10**indicator.digits)).scaleb(-indicator.digits)


def test_every_computable_indicator_is_counted_by_hand():
    computable = {one.code for one in ALL if not isinstance(one.figure, (Judged, Awaited, Premature))}
    assert computable == set(SHARES)


@pytest.mark.requirement("R23", "R33", "R45", "R46", "R96", "R127", "R128", "R156", "R171", "R172")
@pytest.mark.parametrize("code", SHARES)
def test_the_county_is_as_counted_by_hand(code):
    above, below = SHARES[code]
    found = figures(BY_CODE[code], COUNTY)[Key(1)]
    if isinstance(BY_CODE[code].figure, Growth):
        assert (found.numerator, found.denominator) == tuple(
            Decimal(round(Fraction(n) * 10**6)).scaleb(-6) for n in (above, below)
        )
    else:
        assert found.numerator == above
        assert found.denominator == (None if below is None else Decimal(below.numerator) / below.denominator)
    assert found.value == expected(BY_CODE[code], above, below)


def test_a_township_is_its_centre_and_its_village_rooms():
    # 20 with 21 and 22: visits of the year there 21, 20 and 22; claims of 1, 1, 2, 12, 4, 3 (pharmacy) and 2.
    visits = figures(BY_CODE["visits_count"], COUNTY, level="township")
    assert {key.place: one.value for key, one in visits.items()} == {20: 3, 30: 2, None: 4}
    shares = figures(BY_CODE["in_county_visit_share"], COUNTY, level="township")
    assert (shares[Key(20)].numerator, shares[Key(20)].denominator) == (5, 6)
    assert (shares[Key(30)].numerator, shares[Key(30)].denominator) == (1, 3)


def test_who_moved_counts_where_she_was_managed_on_the_day():
    # 12 is at 21 on New Year's Eve of 2024 and at 31 on that of 2025: half a person each.
    found = figures(BY_CODE["crude_death_rate"], COUNTY, level="township")
    assert found[Key(20)].denominator == 6  # 1, 2, 3 and 4; of 8, 9, 12 and 13 the halves
    assert found[Key(30)].denominator == Decimal("4.5")  # 5, 6, 7 and 10; of 12 a half


def test_by_sex_and_age():
    found = figures(BY_CODE["in_county_visit_share"], COUNTY, by=("sex",))
    assert {key.by: (one.numerator, one.denominator) for key, one in found.items()} == {
        ("2",): (4, 5), ("1",): (2, 4), ("",): (1, 1),
    }  # fmt: skip
    ages = figures(BY_CODE["outside_stays"], COUNTY, by=("age_band",))
    assert {key.by: one.value for key, one in ages.items()} == {("55-59",): 1, ("30-34",): 1}


def test_a_month_without_rows_is_not_computable_and_not_all():
    found = figures(BY_CODE["in_county_stay_share"], COUNTY, period=Period.read("2025-12"))
    assert found == {}


def ten_of_every_age():
    """Whose age never changes its band: each is there on the one day that he is asked of."""
    ends = [date(year, 12, 31) for year in range(2022, 2026)]
    return [
        {"person": (day.year, age, n), "born": date(day.year - age, 6, 1), "managing": 21, "lives": True, "sex": "1",
         "at": day, "until": day + timedelta(days=1)}
        for day in ends for age in range(32, 70, 5) for n in range(10)
    ]  # fmt: skip


def death(cause, age):
    return {"person": None, "at": date(2025, 7, 1), "born": date(2025 - age, 6, 1), "managing": 21, "cause": cause,
            "lives": True, "sex": "1"}  # fmt: skip


@pytest.mark.requirement("R127")
@pytest.mark.parametrize(("code", "years"), [("premature_mortality", 1), ("premature_mortality_3y", 3)])
def test_dying_of_the_four_from_thirty_to_seventy(code, years):
    # Ten people of each band at both ends of each year. In 2025 one of 31 dies of I21, one of 66 of C34; others die of
    # an accident, at 70, at 29, or live elsewhere.
    county = {"places": COUNTY["places"], "people": ten_of_every_age(), "deaths": [
        death("I21", 31), death("C34", 66), death("V01", 40), death("I21", 70), death("I21", 29),
        death("I21", 50) | {"lives": False},
    ]}  # fmt: skip
    found = figures(BY_CODE[code], county)[Key(1)]
    assert (found.numerator, found.denominator) == (2, 80 * years)
    # One of ten a year: 5 x 0.1 / (1 + 2.5 x 0.1) = 0.4; of three years one of thirty: 2/13.
    dies = {1: Fraction(2, 5), 3: Fraction(2, 13)}[years]
    assert found.value == Decimal(round((1 - (1 - dies) ** 2) * 10**4)).scaleb(-2)
