"""Visits, discharges, operations and days in bed: exactly what stands, of whom it was, and where they belonged then."""

import uuid
from datetime import date

import pytest
from django.db import connection

from tests.counted import brief, rows
from tests.factories import actor, at, institution, resident
from tests.factories import county as make_county
from yigongti.record.models import Encounter, Entry, Operation, VisitCharge
from yigongti.residents.actions import merging
from yigongti.residents.models import ManagedBefore, Merge


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def person(county):
    return resident(county.village, insured_division="140781101")


def visit(person, where, *, begun="2026-03-10 09:00", until=None, kind="outpatient", department=None, **more):
    """A visit with its typed part."""
    begins, ends = at(begun), at(until) if until else None
    one = Entry.objects.create(
        resident=person, kind="encounter", title="就诊", at=begins, until=ends, entered_at=begins, institution=where,
        department=department, source="his", **more,
    )  # fmt: skip
    Encounter.objects.create(
        entry=one, resident=person, institution=where, encounter_class=kind, at=begins, until=ends,
        diagnosis_code="J18.900", out_of_county=where.level == "outside",
    )  # fmt: skip
    return one


def test_a_visit_says_whose_and_where_it_was_and_what_it_cost(county, person):
    one = visit(person, county.township)
    for kind, amount in (("western_medicine", 1200), ("chinese_herbs", 300), ("laboratory", 500), ("treatment", 700),
                         ("unclassified", 50)):  # fmt: skip
        VisitCharge.objects.create(entry=one, charge_class=kind, amount=amount)
    visit(person, county.hospital, kind="physical_exam")
    first, second = rows("visits", "2026-03-01", "2026-04-01")
    assert (first["id"], first["person"], first["managing"], first["insured"]) == (
        one.pk, person.pk, county.village.pk, True,
    )  # fmt: skip
    assert (first["grassroots"], first["leads"], first["in_county"], first["treatment"]) == (True, False, True, True)
    assert [first[name] for name in ("total", "drugs", "consumables", "tests", "service")] == [2750, 1500, 0, 500, 700]
    assert (second["grassroots"], second["leads"], second["treatment"], second["total"]) == (False, True, False, None)


def test_a_visit_is_of_its_day_in_the_county(county, person):
    visit(person, county.township, begun="2026-04-01 00:30")  # still March in Greenwich
    assert brief("visits", "at", "2026-03-01", "2026-04-01") == []
    assert brief("visits", "at", "2026-04-01", "2026-05-01") == [(date(2026, 4, 1),)]


def test_chinese_medicine_is_its_hospital_and_its_departments_elsewhere(county, person):
    county.cardiology.specialty = "50.01"
    county.cardiology.save()
    tcm = institution(county.group, "中医院", kind="tcm_hospital", level="county")
    visit(person, county.hospital, department=county.cardiology)
    visit(person, county.hospital, department=county.orthopaedics)
    visit(person, tcm)
    assert brief("visits", "tcm") == [(True,), (False,), (True,)]


def test_what_is_corrected_counts_once_and_what_is_withdrawn_not_at_all(county, person):
    old, new = visit(person, county.township), visit(person, county.hospital)
    Entry.objects.filter(pk=old.pk).update(replaced_by=new)
    visit(person, county.township, withdrawn=True)
    assert brief("visits", "id institution") == [(new.pk, county.hospital.pk)]


def test_a_stay_counts_on_the_day_of_leaving_and_its_days_are_in_bed(county, person):
    stay = visit(person, county.hospital, begun="2026-02-25 10:00", until="2026-03-04 09:00", kind="inpatient")
    visit(person, county.hospital, begun="2026-03-20 10:00", kind="inpatient")
    Operation.objects.create(entry=stay, number=1, code="51.23", name="胆囊切除", grade=3, day=date(2026, 2, 27))
    Operation.objects.create(entry=stay, number=2, code="54.11", name="探查", grade=2)
    assert brief("discharges", "id at admitted_on bed_days operated top_grade", "2026-03-01", "2026-04-01") == [
        (stay.pk, date(2026, 3, 4), date(2026, 2, 25), 7, True, 3)
    ]
    assert brief("operations", "at grade leads inpatient", "2026-02-01", "2026-03-01") == [
        (date(2026, 2, 27), 3, True, True), (date(2026, 2, 25), 2, True, True),
    ]  # fmt: skip
    assert brief("bed_stays", "at until") == [
        (date(2026, 2, 25), date(2026, 3, 4)), (date(2026, 3, 20), None),
    ]  # fmt: skip


def test_beyond_the_county_is_not_in_it(county, person):
    beyond = institution(county.root, "省人民医院", kind="other_hospital", level="outside")
    visit(person, beyond)
    assert brief("visits", "in_county grassroots") == [(False, False)]


@pytest.mark.requirement("R133")
def test_a_merge_makes_the_visits_those_of_one_human_and_its_undoing_gives_them_back(county, person):
    again = resident(county.township2)
    visit(person, county.township)
    visit(again, county.township)
    steward = actor("data_steward", county.group)
    merging.merge(by=steward, key=uuid.uuid4(), kept=person.pk, absorbed=again.pk, reason="身份证核对一致")
    assert brief("visits", "person managing") == [(person.pk, county.village.pk)] * 2
    merging.unmerge(by=steward, key=uuid.uuid4(), merge=Merge.objects.get().pk, reason="是双胞胎，核实有误")
    assert brief("visits", "person") == [(person.pk,), (again.pk,)]


def test_a_figure_of_march_uses_who_managed_in_march(county, person):
    ManagedBefore.objects.create(resident=person, managing=county.township2, until=date(2026, 3, 15))
    visit(person, county.township)
    visit(person, county.township, begun="2026-03-15 09:00")
    assert brief("visits", "managing") == [(county.township2.pk,), (county.village.pk,)]


def reopened(fact):
    """The months of a fact that were touched since the last time."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM measures_touched RETURNING fact, month")
        return sorted({month for code, month in cursor.fetchall() if code == fact}, key=str)


def test_what_changes_a_visit_reopens_its_month_and_a_new_person_none(county, person):
    again = resident(county.township2)
    march = visit(again, county.township)
    visit(person, county.township, begun="2026-05-10 09:00")
    assert reopened("visits") == [date(2026, 3, 1), date(2026, 5, 1)]
    resident(county.village)
    assert reopened("visits") == []
    merging.merge(by=actor("data_steward", county.group), key=uuid.uuid4(), kept=person.pk, absorbed=again.pk,
                  reason="身份证核对一致")  # fmt: skip
    assert reopened("visits") == [date(2026, 3, 1)]
    Entry.objects.filter(pk=march.pk).update(withdrawn=True)
    assert reopened("visits") == [date(2026, 3, 1)]
    VisitCharge.objects.create(entry=march, charge_class="bed", amount=1)
    assert reopened("visits") == [date(2026, 3, 1)]
    ManagedBefore.objects.create(resident=person, managing=county.township2, until=date(2026, 5, 15))
    assert reopened("visits") == [date(2026, 3, 1), date(2026, 5, 1)]
