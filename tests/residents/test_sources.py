"""Who is there: one span for each institution that managed somebody, and for two registrations of one human one."""

import uuid
from datetime import date

import pytest

from tests.counted import brief, rows
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.kernel import clock
from yigongti.residents.actions import merging, moving
from yigongti.residents.models import ManagedBefore, Merge, Resident


pytestmark = pytest.mark.django_db
BORN = date(1958, 3, 4)


@pytest.fixture
def county():
    return make_county()


def test_a_person_stands_from_birth_to_the_day_of_death(county):
    resident(county.village, died_on=date(2025, 5, 6), lives_division="140781101", insured_division="140702001",
             register_division="140781101")  # fmt: skip
    assert brief("people", "at until managing lives insured registered") == [
        (BORN, date(2025, 5, 7), county.village.pk, True, False, True)
    ]


def test_who_was_moved_was_managed_elsewhere_before(county, monkeypatch):
    one = resident(county.village)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 3, 15))
    moving.move(by=actor("township_doctor", county.township), key=uuid.uuid4(), resident=one.pk, version=1,
                managing=county.other_village.pk, reason="住到北街去了")  # fmt: skip
    ManagedBefore.objects.create(resident=one, managing=county.township2, until=date(2024, 1, 1))
    assert brief("people", "at until managing") == [
        (BORN, date(2024, 1, 1), county.township2.pk), (date(2024, 1, 1), date(2026, 3, 15), county.village.pk),
        (date(2026, 3, 15), None, county.other_village.pk),
    ]  # fmt: skip
    assert len({row["id"] for row in rows("people")}) == 3


@pytest.mark.requirement("R133")
def test_two_registrations_of_one_human_are_one_until_the_merge_is_undone(county):
    one, other = resident(county.village), resident(county.township2)
    steward = actor("data_steward", county.group)
    merging.merge(by=steward, key=uuid.uuid4(), kept=one.pk, absorbed=other.pk, reason="身份证核对一致")
    assert brief("people", "person managing") == [(one.pk, county.village.pk)]
    merging.unmerge(by=steward, key=uuid.uuid4(), merge=Merge.objects.get().pk, reason="是双胞胎，核实有误")
    assert (
        {row["person"] for row in rows("people")}
        == {one.pk, other.pk}
        == set(Resident.objects.values_list("pk", flat=True))
    )
