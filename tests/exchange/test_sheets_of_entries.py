"""Entries of the record by sheet: undo and corrections keep what people did since; sense of time, repeats, places."""

from datetime import date, timedelta

import pytest

from tests.chronic.test_sources import enrolled
from tests.counted import brief, rows
from tests.exchange.test_sheets import HEAD, MEASURED, brought, card, place, run, states, worked
from tests.factories import actor, at, resident
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, queries
from yigongti.exchange.models import KnownEntry
from yigongti.indicators.policy import diabetes, hypertension
from yigongti.kernel import clock
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Counting
from yigongti.kernel.parameters import values
from yigongti.kernel.workflow import engine
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.visit_facts import VisitCharge
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db
VISITS = "就诊号,身份证号,就诊机构,就诊类别,入院时间,出院时间,主要诊断编码,主要诊断,总费用,西药费\n"


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


@pytest.fixture
def person(county, steward):
    run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    return Resident.objects.get()


def line(
    county, title="急性阑尾炎", number="Z001", begins="2026-03-01", ends="2026-03-09", code="K35.900", costs="10,10"
):
    return f"{number},{card(122)},{county.hospital.name},住院,{begins},{ends},{code},{title},{costs}\n"


def visits(by, *lines, name="就诊.csv"):
    return brought(by, VISITS + "".join(lines), kind="visits", name=name)


def undone(by, batch):
    actions.undo(by=by, batch_id=batch.pk, why="送错了")
    return worked(batch.pk)


def notes(batch, state):
    return [row.note for row in queries.rows(of=batch, state=state)]


def why(batch):
    return [one["rule"] for row in queries.rows(of=batch, state="wrong") for one in row.problems]


def corrected(county, entry):
    """A doctor's correction, as the record's own gate writes it."""
    doctor = actor("county_doctor", county.hospital, name="主治医师")
    fresh = Entry.objects.create(
        resident_id=entry.resident_id, kind=entry.kind, title="慢性阑尾炎", at=entry.at, entered_at=clock.now(),
        institution_id=entry.institution_id, author=doctor.person_name, author_post_id=doctor.post_id,
        source="entered", version=entry.version + 1, correction_reason="病理回报",
    )  # fmt: skip
    Entry.objects.filter(pk=entry.pk).update(replaced_by=fresh)
    return fresh


def test_what_a_doctor_has_corrected_stays_and_is_not_overwritten(county, steward, person):
    batch = run(steward, visits(steward, line(county)))
    fresh = corrected(county, Entry.objects.get(kind="encounter"))
    again = visits(steward, line(county, title="别的"), name="再送.csv")
    assert why(again) == ["本机构之后已更正过，请核对"]
    assert states(undone(steward, batch)) == {"stays": 1} and notes(batch, "stays") == ["已由本机构更正或撤销"]
    assert Entry.objects.get(kind="encounter", replaced_by=None) == fresh


def test_a_correction_between_check_and_run_is_not_overwritten(county, steward, person):
    run(steward, visits(steward, line(county)))
    again = visits(steward, line(county, title="别的"), name="再送.csv")
    assert states(again) == {"good": 1}
    fresh = corrected(county, Entry.objects.get(kind="encounter"))
    assert states(run(steward, again)) == {"wrong": 1} and "已更正过" in notes(again, "wrong")[0]
    assert Entry.objects.get(kind="encounter", replaced_by=None) == fresh


def test_a_visit_that_has_been_built_upon_stays(county, steward, person):
    batch = run(steward, visits(steward, line(county), line(county, number="Z002", title="肺炎", code="J18.900")))
    visit = Entry.objects.get(title="急性阑尾炎")
    Entry.objects.create(
        resident=person, kind="observation", title="血压", at=visit.at, entered_at=clock.now(), encounter=visit,
        institution_id=visit.institution_id, source="entered",
    )  # fmt: skip
    assert states(undone(steward, batch)) == {"stays": 1, "undone": 1}
    assert notes(batch, "stays") == ["已有内容以它为依据"]
    gone = Entry.objects.get(title="肺炎", replaced_by=None)
    assert gone.withdrawn and gone.author == "收件箱" and not Entry.objects.filter(title="肺炎", withdrawn=False)
    assert KnownEntry.objects.get().value == "Z001"


def test_versions_by_two_sheets_are_taken_back_one_after_the_other(county, steward, person):
    older = run(steward, visits(steward, line(county)))
    newer = run(
        steward, visits(steward, line(county, title="化脓性阑尾炎", code="K35.300", costs="30,"), name="二.csv")
    )
    assert states(undone(steward, older)) == {"stays": 1} and "后来又送来新的一版" in notes(older, "stays")[0]
    assert states(undone(steward, newer)) == {"undone": 1}
    now = Entry.objects.get(kind="encounter", replaced_by=None)
    assert (now.title, now.version, now.withdrawn) == ("急性阑尾炎", 3, False)
    assert Encounter.objects.get(entry=now).diagnosis_code == "K35.900"
    assert list(VisitCharge.objects.filter(entry=now).values_list("charge_class", "amount")) == [
        ("western_medicine", 1000)
    ]
    assert KnownEntry.objects.get().entry == now


def test_after_the_newer_sheet_the_older_goes_too_and_the_number_is_free(county, steward, person):
    older = run(steward, visits(steward, line(county)))
    newer = run(steward, visits(steward, line(county, title="化脓性阑尾炎"), name="二.csv"))
    undone(steward, newer)
    assert states(undone(steward, older)) == {"undone": 1}
    assert not Entry.objects.filter(kind="encounter", withdrawn=False) and not KnownEntry.objects.exists()
    assert states(run(steward, visits(steward, line(county)))) == {"applied": 1}
    assert Entry.objects.get(kind="encounter", replaced_by=None, withdrawn=False).version == 1


def headers(batch):
    return {row.number: {one["header"] for one in row.problems} for row in queries.rows(of=batch, state="wrong")}


def test_a_visit_has_its_place_in_the_persons_life_and_an_icd_code(county, steward, person):
    Resident.objects.filter(pk=person.pk).update(died_on="2026-05-06")
    ahead = (clock.today() + timedelta(days=3)).isoformat()
    batch = visits(
        steward,
        line(county, number="Z1", begins=ahead, ends=""),
        line(county, number="Z2", begins="1966-07-11", ends=""),
        line(county, number="Z3", begins="2026-05-08", ends=""),
        line(county, number="Z4", begins="2026-05-07", ends=""),
        line(county, number="Z5", code="阑尾炎"),
    )
    assert headers(batch) == {2: {"开始时间"}, 3: {"开始时间"}, 4: {"开始时间"}, 6: {"主要诊断编码"}}
    assert why(batch)[1:3] == ["早于出生日期 {born}", "晚于死亡日期 {died}"]


def test_a_measurement_is_of_a_living_person_and_a_pressure_the_right_way_round(county, steward, person):
    Resident.objects.filter(pk=person.pk).update(died_on="2026-05-06")
    head = MEASURED.replace("patient_id", "身份证号")
    told = ("2026-05-07,BP,130,80", "1960-01-01,BP,130,80", "2026-05-01,BP,80,130", "2026-05-01,BP,130,80")
    batch = brought(steward, head + "".join(f"{card(122)},{one}\n" for one in told), kind="measurements", name="测.csv")
    assert headers(batch) == {2: {"测量时间"}, 3: {"测量时间"}, 4: {"第二个数值"}}


def test_all_problems_of_a_row_are_said_at_once_and_quote_the_cell_in_its_place(county, steward, person):
    unknown = line(county, begins="2026.2.31", code="?", costs='"1,000",900').replace(card(122), card(111))
    batch = visits(steward, unknown.replace(county.hospital.name, "查无此院"))
    (row,) = queries.rows(of=batch, state="wrong")
    assert {one["header"] for one in row.problems} == {"开始时间", "证件号码", "就诊机构", "主要诊断编码", "总费用"}
    said = {one["header"]: (one["value"], one["column"]) for one in row.problems}
    assert (said["总费用"], said["就诊机构"]) == (("1,000", 8), ("查无此院", 2))


def test_what_cannot_be_read_makes_no_further_problems(county, steward, person):
    batch = visits(steward, line(county, costs="很多,10"), line(county, number="Z2").replace("住院", "住店"))
    assert headers(batch) == {2: {"总费用"}, 3: {"就诊类别"}}


def test_the_same_measurement_is_taken_once_in_a_file_and_over_files(county, steward, person):
    head = MEASURED.replace("patient_id", "身份证号")
    told = f"{card(122)},2026-05-01,BP,130,80\n"
    batch = brought(steward, head + told + told.replace("130,", "130.0,"), kind="measurements", name="测.csv")
    assert why(batch) == ["与第 {row} 行重复"]
    run(steward, batch)
    more = brought(steward, head + told + told.replace("130,", "131,"), kind="measurements", name="再送.csv")
    assert states(more) == {"known": 1, "good": 1}
    run(steward, more)
    assert Observation.objects.count() == 2
    undone(steward, batch)
    actions.undo(by=steward, batch_id=more.pk, why="送错了")
    worked(more.pk)
    assert not Entry.objects.filter(kind="observation", withdrawn=False)
    assert states(brought(steward, head + told, kind="measurements", name="三.csv")) == {"good": 1}


def test_what_another_sheet_brought_between_check_and_run_is_not_taken_again(county, steward, person):
    head, told = "身份证号,高血压确诊日期,2型糖尿病确诊日期\n", f"{card(122)},2016-07-01,"
    first = brought(steward, head + told + "\n", kind="onsets", name="一.csv")
    second = brought(steward, head + told + "2017-07-01\n", kind="onsets", name="二.csv")
    third = brought(steward, head + told + "\n" * 2, kind="onsets", name="三.csv")
    assert states(run(steward, first)) == states(run(steward, second)) == {"applied": 1}
    assert states(run(steward, third)) == {"known": 1}
    assert sorted(Entry.objects.filter(kind="condition").values_list("code", flat=True)) == ["E11.900", "I10.x00"]
    assert states(brought(steward, head + told + "2017-07-01\n\n", kind="onsets", name="四.csv")) == {"known": 1}


FOLLOW_UPS = "身份证号,随访日期,随访病种,随访方式,收缩压,舒张压,空腹血糖,服药情况,此次随访分类,随访医生\n"


def follow_ups(by, *told, name="随访.csv"):
    lines = "".join(f"{card(122)},{one}\n" for one in told)
    return brought(by, FOLLOW_UPS + lines, kind="follow-ups", name=name)


@pytest.mark.requirement("R120")
def test_follow_ups_are_visits_with_what_was_measured_at_them_and_go_back_whole(county, steward, person):
    batch = follow_ups(
        steward, "2026-03-04,高血压,门诊,152,94,,规律,控制不满意,李医生", "2026-06-02,2型糖尿病,入户,,,8.1,间断,,"
    )
    assert states(run(steward, batch)) == {"applied": 2}
    first, second = Encounter.objects.order_by("at")
    assert {one.encounter_class for one in (first, second)} == {"public_health"}
    assert (first.entry.title, first.entry.author) == ("随访（门诊）：控制不满意", "李医生")
    assert second.entry.detail["way"] == "home"
    numbers = Observation.objects.order_by("at").values_list("series", "value", "entry__encounter")
    assert [(code, float(value), visit) for code, value, visit in numbers] == [
        ("blood_pressure", 152.0, first.pk), ("fasting_glucose", 8.1, second.pk),
    ]  # fmt: skip
    assert states(undone(steward, batch)) == {"undone": 2}
    assert not Entry.objects.filter(withdrawn=False).exists() and not KnownEntry.objects.exists()


def test_a_follow_up_brought_again_is_known_and_with_other_content_not_taken_over(county, steward, person):
    told = "2026-03-04,高血压,门诊,152,94,,规律,控制不满意,李医生"
    run(steward, follow_ups(steward, told))
    again = follow_ups(steward, told, "2026-03-04,糖尿病,门诊,,,7.0,规律,,", name="添.csv")
    assert states(again) == {"known": 1, "good": 1}
    other = follow_ups(steward, told.replace("152", "132"), name="改.csv")
    assert why(other) == ["这次随访已收进过，内容不同：请先撤销原来那张表"]
    assert Encounter.objects.count() == 1


def test_a_follow_up_with_a_part_that_the_doctor_corrected_stays(county, steward, person):
    batch = run(steward, follow_ups(steward, "2026-03-04,高血压,门诊,152,94,,规律,,"))
    corrected(county, Entry.objects.get(kind="observation"))
    assert states(undone(steward, batch)) == {"stays": 1} and notes(batch, "stays") == ["已有内容以它为依据"]


CONTROL = (
    hypertension.hypertension_control, hypertension.hypertension_followed,
    hypertension.hypertension_control_of_measured, diabetes.diabetes_control, diabetes.diabetes_followed,
)  # fmt: skip


@pytest.mark.requirement("R124")
def test_a_follow_up_by_sheet_counts_like_one_on_the_page_in_result_and_figures(county, steward, person):
    other, doctor = resident(county.township), actor("township_doctor", county.township)
    for one in (person, other):
        enrolled(one, "hypertension")
        enrolled(one, "diabetes")
    with clock.stands_at(at("2026-03-04 09:00")):
        given = {"resident": other, "due_on": "2026-03-04", "why": "季度随访"}
        number = engine.begin(by=doctor, workflow="chronic.follow_up", step="plan", given=given).number
        found = {"way": "clinic", "medicines_taken": "regular", "result": "satisfied", "systolic": "132",
                 "diastolic": "84", "glucose": "6.1"}  # fmt: skip
        engine.take(by=doctor, number=number, step="record", given=found)
    run(steward, follow_ups(steward, "2026-03-04,,门诊,132,84,6.1,规律,控制满意,李医生"))
    columns = "disease at face_to_face systolic diastolic glucose result valid"
    typed, told = (sorted(brief("follow_ups", columns, person=one.pk)) for one in (other, person))
    assert typed == told and {row[-2] for row in told} == {"satisfied"} and len(told) == 2
    for one in CONTROL:
        assert _figure(one, other) == _figure(one, person) == 1, one.code


def _figure(of, whom):
    """The figure of one person alone, by the meaning of its words."""
    held = {code: rows(code, person=whom.pk) for code in ("enrolments", "follow_ups")}
    counting = Counting(held, lambda one, day: values.value(one, on=day))
    asked = Asked(Period.read("2026"), "managing", "institution")
    share = [sum(counting.measure(part, asked).values()) for part in (of.figure.of, of.figure.over)]
    return share[0] / share[1]


def test_a_result_by_sheet_is_of_the_disease_that_it_names(county, steward, person):
    for one in ("hypertension", "diabetes", "chd"):
        enrolled(person, one)
    run(steward, follow_ups(steward, "2026-03-04,高血压,门诊,132,84,6.1,规律,控制满意,",
                            "2026-03-05,冠心病,门诊,132,84,,规律,并发症,"))  # fmt: skip
    assert [one for one in sorted(brief("follow_ups", "at disease result")) if one[-1]] == [
        (date(2026, 3, 4), "hypertension", "satisfied"), (date(2026, 3, 5), "chd", "complication"),
    ]  # fmt: skip


def test_all_faults_of_a_follow_up_are_named(county, steward, person):
    batch = follow_ups(steward, "2026-03-04,高血压,走路,52,,77,常忘,,", "2026-03-04,高血压,电话,90,120,,,,")
    assert headers(batch) == {2: {"随访方式", "舒张压", "空腹血糖", "服药情况"}, 3: {"舒张压"}}
