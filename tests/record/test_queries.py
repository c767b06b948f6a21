"""Who may open a record, what the gate shows, and how the timeline is cut into pages."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.record.factories import actor, at, encounter, entry, opening, pressure, resident
from yigongti.kernel import clock
from yigongti.kernel.access.bases import NoBasis, all_bases
from yigongti.kernel.access.words import registry
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.workflow import rooms
from yigongti.record import queries
from yigongti.record.models import Entry
from yigongti.record.policy import special_classes
from yigongti.record.refusals import MinorRecordClosed
from yigongti.residents.models import Resident
from yigongti.residents.queries import minors


def titles(rows):
    return [row.title for row in rows]


def seen(by, person, **asked):
    return titles(queries.timeline(for_=by, opened=queries.open_record(for_=by, resident_id=person.pk), **asked))


@pytest.mark.requirement("R133")
def test_the_managing_village_room_reads_on_the_basis_managed(county, person):
    opened = queries.open_record(for_=county.village_doctor(), resident_id=person.pk)
    assert (opened.resident, opened.basis.code) == (person, "managed")


@pytest.mark.requirement("R133")
def test_the_next_village_has_no_basis(county, person):
    with pytest.raises(NoBasis):
        queries.open_record(for_=county.village_doctor(county.other_village), resident_id=person.pk)


def test_an_unknown_number_and_a_role_without_bases_get_the_same_answer(county, person):
    nobody = actor("hr_officer", county.group)
    with pytest.raises(NotFound):
        queries.open_record(for_=nobody, resident_id=person.pk)
    with pytest.raises(NotFound):
        queries.open_record(for_=county.village_doctor(), resident_id=99)


def test_a_stated_opening_holds_until_it_closes(county, person):
    doctor = county.village_doctor(county.other_village)
    made = opening(doctor, person)
    assert queries.open_record(for_=doctor, resident_id=person.pk).basis.code == "present"
    made.closes_at = clock.now() - timedelta(seconds=1)
    made.opened_at = made.closes_at - timedelta(hours=1)
    made.save()
    with pytest.raises(NoBasis):
        queries.open_record(for_=doctor, resident_id=person.pk)


def test_an_opening_belongs_to_the_post_that_stated_it(county, person):
    opening(county.county_doctor(), person)
    with pytest.raises(NoBasis):
        queries.open_record(for_=county.county_doctor(), resident_id=person.pk)


def test_an_encounter_at_the_own_institution_is_a_basis_while_it_is_recent(county, person):
    doctor = county.county_doctor()
    encounter(person, county.hospital, at=clock.now() - timedelta(days=181))
    with pytest.raises(NoBasis):
        queries.open_record(for_=doctor, resident_id=person.pk)
    encounter(person, county.hospital, at=clock.now() - timedelta(days=179))
    assert queries.open_record(for_=doctor, resident_id=person.pk).basis.code == "treated"


def test_a_stay_counts_from_its_end(county, person):
    long_stay = {"at": clock.now() - timedelta(days=400), "until": clock.now() - timedelta(days=5)}
    encounter(person, county.hospital, encounter_class="inpatient", **long_stay)
    assert queries.open_record(for_=county.county_doctor(), resident_id=person.pk).basis.code == "treated"


def test_an_encounter_elsewhere_or_withdrawn_is_no_basis(county, person):
    encounter(person, county.centre)
    encounter(person, county.hospital, withdrawn=True)
    with pytest.raises(NoBasis):
        queries.open_record(for_=county.county_doctor(), resident_id=person.pk)


def test_a_department_treats_for_its_institution(county, person):
    encounter(person, county.hospital)
    doctor = actor("county_doctor", county.cardiology)
    assert queries.open_record(for_=doctor, resident_id=person.pk).basis.code == "treated"


@pytest.mark.requirement("R170")
def test_one_timeline_over_all_rows_of_one_human(county, person):
    alias = resident(county.other_village, master=person)
    entry(person, county.village, title="南街随访")
    entry(alias, county.centre, title="北街预防接种", kind="immunisation")
    encounter(alias, county.outside, title="省院手术")
    for key in (person, alias):
        assert sorted(seen(county.village_doctor(), key)) == ["北街预防接种", "南街随访", "省院手术"]


def test_treated_is_found_through_an_alias(county, person):
    encounter(resident(county.other_village, master=person), county.hospital)
    assert queries.open_record(for_=county.county_doctor(), resident_id=person.pk).basis.code == "treated"


def test_pages_follow_each_other_without_gap_or_repetition_at_equal_moments(county, person):
    doctor, moment = county.village_doctor(), at("2026-03-01 08:00")
    for number in range(7):
        entry(person, county.village, title=str(number), at=moment)
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    got, before = [], None
    while rows := queries.timeline(for_=doctor, opened=opened, before=before, limit=3):
        got += titles(rows)
        before = (rows[-1].at, rows[-1].id)
    assert got == ["6", "5", "4", "3", "2", "1", "0"]


def test_the_timeline_is_cut_by_kind_and_by_lane(county, person):
    entry(person, county.village, title="村里")
    entry(person, county.hospital, title="县里")
    pressure(person, county.village)
    doctor = county.village_doctor()
    assert seen(doctor, person, kinds=("observation",)) == ["血压"]
    assert seen(doctor, person, lane="county") == ["县里"]


def test_the_timeline_is_one_query(county, person):
    for _ in range(20):
        pressure(person, county.village)
    doctor = county.village_doctor()
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(queries.timeline(for_=doctor, opened=opened)) == 20
    assert len(asked) == 1


# --- the gate of the special classes


@pytest.fixture
def secret(county, person):
    entry(person, county.village, title="高血压", code="I10")
    return entry(person, county.hospital, title="精神分裂症", code="F20.000", sensitivity="psychiatric")


@pytest.mark.requirement("R133")
def test_a_role_without_the_gate_sees_nothing_of_it_and_no_trace(county, person, secret):
    doctor = county.village_doctor(gates=())
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    assert seen(doctor, person) == ["高血压"]
    assert titles(queries.summary(for_=doctor, opened=opened).conditions) == ["高血压"]
    with pytest.raises(NotFound):
        queries.entry(for_=doctor, entry_id=secret.pk)


def test_a_role_with_the_gate_sees_it_on_a_lasting_relation(county, person, secret):
    assert "精神分裂症" in seen(county.village_doctor(gates=("psychiatric",)), person)


@pytest.mark.parametrize("basis", ["present", "emergency"])
def test_a_stated_basis_does_not_open_the_gate(county, person, secret, basis):
    doctor = county.village_doctor(county.other_village, gates=("psychiatric",))
    opening(doctor, person, basis)
    assert seen(doctor, person) == ["高血压"]


def test_the_institution_that_wrote_it_sees_it(county, person, secret):
    encounter(person, county.hospital)
    assert "精神分裂症" in seen(county.county_doctor(gates=()), person)


def test_another_gate_opens_nothing(county, person, secret):
    assert seen(county.village_doctor(gates=("hiv",)), person) == ["高血压"]


def test_measurements_of_a_secret_visit_are_behind_the_gate_in_every_read(county, person):
    pressure(person, county.hospital, sensitivity="psychiatric")
    doctor = county.village_doctor(gates=())
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    assert queries.series(for_=doctor, opened=opened, code="blood_pressure") == []
    assert queries.last_measured(for_=doctor, opened=opened) == []


def test_a_package_passes_the_gate_too_and_never_proposes_a_secret(county, person, secret):
    sender = county.village_doctor(gates=("psychiatric",))
    opened = queries.open_record(for_=sender, resident_id=person.pk)
    offered = {c.row.title: c.proposed for c in queries.entries_for_package(for_=sender, opened=opened)}
    assert offered == {"高血压": True, "精神分裂症": False}
    receiver = county.township_doctor(gates=())
    assert titles(queries.entries_by_ids(for_=receiver, ids=[secret.pk], basis="referred")) == []
    receiver = county.township_doctor(gates=("psychiatric",))
    assert titles(queries.entries_by_ids(for_=receiver, ids=[secret.pk], basis="referred")) == ["精神分裂症"]


# --- the summary


def test_the_summary_holds_what_holds_now(county, person):
    now, doctor = clock.now(), county.village_doctor()
    entry(person, county.village, title="青霉素", kind="allergy", detail={"reaction": "皮疹"})
    entry(person, county.village, title="高血压", code="I10", at=now - timedelta(days=900))
    entry(person, county.village, title="高血压", code="I10")
    entry(person, county.village, title="肺炎", code="J18", until=now - timedelta(days=1))
    entry(person, county.village, title="氨氯地平 5mg", kind="medication")
    entry(person, county.village, title="旧药", kind="medication", at=now - timedelta(days=100))
    pressure(person, county.village, systolic=150, at=now - timedelta(days=3))
    pressure(person, county.village, systolic=162, diastolic=80, at=now - timedelta(days=2))
    found = queries.summary(for_=doctor, opened=queries.open_record(for_=doctor, resident_id=person.pk))
    assert titles(found.allergies) == ["青霉素"]
    assert titles(found.conditions) == ["高血压"]
    assert titles(found.medicines) == ["氨氯地平 5mg"]
    assert [(one.said, one.sides) for one in found.results] == [("162/80", ("above", "inside"))]


def test_pregnancy_is_a_warning_until_it_must_be_over(county, person):
    doctor = county.village_doctor()
    opened = queries.open_record(for_=doctor, resident_id=person.pk)
    entry(person, county.village, title="妊娠状态", code="Z33", at=clock.now() - timedelta(days=302))
    assert queries.summary(for_=doctor, opened=opened).pregnant is None
    entry(person, county.village, title="高危妊娠监督", code="Z35.900", at=clock.now() - timedelta(days=90))
    assert queries.summary(for_=doctor, opened=opened).pregnant.title == "高危妊娠监督"


# --- minors have their own gate


def test_the_gate_of_minors_is_one_word_in_both_chapters():
    assert (special_classes.MINORS.code, special_classes.MINORS.under.code) == (minors.GATE, minors.AGE)


TEN = clock.today().replace(year=clock.today().year - 10, day=1)


@pytest.fixture
def child(county):
    made = resident(county.village, name="任小宝", born=TEN)
    entry(made, county.village, title="哮喘", code="J45.900")
    return made


@pytest.mark.requirement("R133")
@pytest.mark.parametrize("basis", ["present", "emergency", "duty"])
def test_a_stated_basis_opens_no_child_s_record_without_the_gate(county, child, basis):
    who = actor("official", county.other_village.unit, bases=(basis,), gates=("psychiatric",))
    opening(who, child, basis)
    with pytest.raises((MinorRecordClosed, NoBasis)):
        queries.open_record(for_=who, resident_id=child.pk)
    ids = list(Entry.objects.filter(resident=child).values_list("pk", flat=True))
    assert titles(queries.entries_by_ids(for_=who, ids=ids, basis=basis)) == []
    gated = actor("official", county.other_village.unit, bases=(basis,), gates=("minors",))
    opening(gated, child, basis)
    assert seen(gated, child) == ["哮喘"]


def test_a_standing_relation_opens_a_child_s_record_by_the_gate_only(county, child):
    encounter(child, county.hospital, title="发热")
    assert "哮喘" in seen(county.village_doctor(), child)
    assert "哮喘" in seen(county.county_doctor(), child)
    with pytest.raises(MinorRecordClosed):
        queries.open_record(for_=county.county_doctor(gates=("hiv",)), resident_id=child.pk)


@pytest.mark.parametrize(
    ("born", "day", "closed"),
    [
        (date(2012, 6, 15), "2026-06-14", True),
        (date(2012, 6, 15), "2026-06-15", False),
        (date(2012, 6, 15), "2026-06-16", False),
        (date(2012, 2, 29), "2026-02-28", True),
        (date(2012, 2, 29), "2026-03-01", False),
        (date(2014, 3, 1), "2028-02-29", True),
        (date(2014, 2, 28), "2028-02-29", False),
        (date(2014, 3, 1), "2028-03-01", False),
    ],
)
def test_from_the_birthday_on_no_gate_is_asked_by_anybody(county, born, day, closed):
    young = resident(county.village, born=born)
    made = entry(young, county.village, at=at("2026-01-05 09:00"))
    with clock.stands_at(at(f"{day} 08:00")):
        on_duty = actor("official", county.other_village.unit, bases=("duty",), gates=())
        assert Resident.objects.filter(all_bases()["duty"].holds(on_duty), pk=young.pk).exists() is not closed
        doctor = county.village_doctor(gates=())
        read = titles(queries.entries_by_ids(for_=doctor, ids=[made.pk], basis="managed"))
        assert (read == []) is closed
        if closed:
            with pytest.raises(MinorRecordClosed):
                queries.open_record(for_=doctor, resident_id=young.pk)
        else:
            assert seen(doctor, young) == ["高血压"]


def test_who_acts_in_a_case_about_a_patient_has_the_gate_and_who_supervises_has_not():
    about = [made.page for made in rooms.kept.values() if any(one.code == "resident" for one in made.page.fields)]
    assert len(about) > 3
    acting = {role for page in about for part in page.parts for role in part.roles}
    reading = {code for code, role in registry.roles.items() if "record.read" in role.may}
    gated = {code for code, role in registry.roles.items() if special_classes.MINORS.code in role.gates}
    assert acting - gated == {"township_head"}  # acts, and by its page reads nothing clinical
    assert reading - gated == {"bureau", "president", "quality_officer"}
