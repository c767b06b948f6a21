"""Births and deaths: the certificate that stands, whose record it ends, and whether they were under management."""

from datetime import date

import pytest

from tests.counted import brief
from tests.factories import county as make_county
from tests.factories import resident
from tests.publichealth.certificates import birth, born, death, died
from yigongti.chronic.models import Enrolment


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def test_a_death_says_age_cause_and_who_managed(county):
    one = resident(county.village)
    Enrolment.objects.create(resident=one, disease="hypertension", managing=county.village, begins=date(2020, 1, 1),
                             source="entered")  # fmt: skip
    died(death(resident_id=one.pk))
    died(death(name="外乡人", born_on=None, underlying_code="O72.100"))
    columns = "person at born managing cause age_days chronic_managed maternal lives"
    assert brief("deaths", columns) == [
        (one.pk, date(2026, 11, 2), date(1958, 3, 4), county.village.pk, "I63.900", 25080, True, False, True),
        (None, date(2026, 11, 2), None, None, "O72.100", None, False, True, None),
    ]  # fmt: skip


def test_who_had_left_management_before_dying_is_not_counted_as_managed(county):
    one = resident(county.village)
    Enrolment.objects.create(resident=one, disease="diabetes", managing=county.village, begins=date(2020, 1, 1),
                             ends=date(2025, 12, 31), source="entered")  # fmt: skip
    died(death(resident_id=one.pk))
    assert brief("deaths", "chronic_managed") == [(False,)]


def test_a_cancelled_certificate_is_no_death(county):
    first = death()
    died(first)
    died(death(number=first.number, cancelled=True))
    assert brief("deaths", "id") == []


def test_a_birth_belongs_to_who_manages_the_mother(county):
    mother = resident(county.village, name="任小燕", born=date(1996, 3, 4))
    born(birth(mother_id=mother.pk), birth(outcome="still", newborn_name="", weight=1900, weeks=31))
    assert brief("births", "mother managing at live weight weeks") == [
        (mother.pk, county.village.pk, date(2026, 11, 1), True, 3250, 39),
        (None, None, date(2026, 11, 1), False, 1900, 31),
    ]  # fmt: skip
