"""Who is under management from when to when, and which visits are follow-ups of what."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests.counted import brief
from tests.factories import actor, at, resident
from tests.factories import county as make_county
from tests.record.test_sources import visit
from yigongti.chronic.models import Enrolment
from yigongti.record.models import Entry, Observation
from yigongti.residents.actions import merging


pytestmark = pytest.mark.django_db
BEGUN = date(2025, 1, 10)


@pytest.fixture
def county():
    return make_county()


def enrolled(person, disease, *, begins=BEGUN, ends=None):
    return Enrolment.objects.create(
        resident=person, disease=disease, managing=person.managing, begins=begins, ends=ends, source="entered"
    )


def measured(visit_, series, value, second=None, unit="mmHg"):
    one = Entry.objects.create(
        resident=visit_.resident, kind="observation", title=series, at=visit_.at, entered_at=visit_.at,
        institution=visit_.institution, source="his", encounter=visit_,
    )  # fmt: skip
    Observation.objects.create(
        entry=one, resident=visit_.resident, series=series, value=Decimal(value),
        second_value=Decimal(second) if second else None, unit=unit, at=visit_.at,
    )  # fmt: skip


def test_an_enrolment_ends_with_its_last_day_or_with_death(county):
    left, dead = resident(county.village), resident(county.village, died_on=date(2025, 5, 6))
    enrolled(left, "hypertension", ends=date(2025, 12, 31))
    enrolled(left, "hypertension", begins=date(2026, 2, 1))
    enrolled(dead, "diabetes")
    assert sorted(brief("enrolments", "person disease at until grassroots")) == [
        (left.pk, "hypertension", BEGUN, date(2026, 1, 1), True),
        (left.pk, "hypertension", date(2026, 2, 1), None, True), (dead.pk, "diabetes", BEGUN, date(2025, 5, 7), True),
    ]  # fmt: skip


def test_who_was_registered_with_a_disease_is_enrolled_from_then_until_somebody_says_otherwise(county):
    one = resident(county.village, chronic=["hypertension", "diabetes"])
    enrolled(one, "diabetes")
    registered = one.registered_at.astimezone(at("2026-01-01 00:00").tzinfo).date()
    assert sorted(brief("enrolments", "disease at until")) == [
        ("diabetes", BEGUN, None), ("hypertension", registered, None),
    ]  # fmt: skip


def test_nobody_is_enrolled_twice_at_once(county):
    one = resident(county.village)
    enrolled(one, "hypertension")
    with pytest.raises(IntegrityError), transaction.atomic():
        enrolled(one, "hypertension", begins=date(2025, 6, 1))
    again = resident(county.township2)
    enrolled(again, "hypertension", begins=date(2025, 6, 1))
    merging.merge(by=actor("data_steward", county.group), key=uuid.uuid4(), kept=one.pk, absorbed=again.pk,
                  reason="身份证核对一致")  # fmt: skip
    assert brief("enrolments", "person at") == [(one.pk, BEGUN)]


@pytest.mark.requirement("R47")
def test_a_follow_up_counts_for_each_disease_with_what_was_measured(county):
    one = resident(county.village)
    enrolled(one, "hypertension")
    enrolled(one, "diabetes")
    done = visit(one, county.village, kind="public_health")
    measured(done, "blood_pressure", "142", "88")
    phoned = visit(one, county.village, kind="public_health", begun="2026-03-20 09:00", detail={"way": "phone"})
    visit(one, county.village, kind="village")
    visit(resident(county.village), county.village, kind="public_health")
    columns = "visit disease systolic diastolic glucose face_to_face valid"
    assert sorted(brief("follow_ups", columns)) == [
        (done.pk, "diabetes", 142, 88, None, True, False), (done.pk, "hypertension", 142, 88, None, True, True),
        (phoned.pk, "diabetes", None, None, None, False, False),
        (phoned.pk, "hypertension", None, None, None, False, False),
    ]  # fmt: skip


def test_a_reading_taken_back_is_not_measured(county):
    one = resident(county.village)
    enrolled(one, "hypertension")
    done = visit(one, county.village, kind="public_health")
    measured(done, "blood_pressure", "142", "88")
    Entry.objects.filter(kind="observation").update(withdrawn=True)
    assert brief("follow_ups", "systolic valid") == [(None, False)]
