"""The bed board: counts for those who plan, names only for those who treat or receive."""

from __future__ import annotations

import pytest

from tests import factories
from tests.access.conftest import signed_in
from yigongti.capacity import queries
from yigongti.capacity.models import Bed


@pytest.fixture
def county(db):
    return factories.county()


@pytest.fixture
def held(county):
    """张桂兰 is referred with a bed of 心内科."""
    person = factories.resident(county.village)
    return factories.submitted(factories.actor("village_doctor", county.village), person, county.cardiology)


@pytest.mark.requirement("R48")
def test_the_sending_side_sees_free_beds_and_numbers_fall_as_they_are_held(county):
    doctor = factories.actor("village_doctor", county.village)
    before = {r.department_id: r.free_beds for r in queries.receiving_rooms(for_=doctor)}
    factories.submitted(doctor, factories.resident(county.village), county.cardiology)
    after = {r.department_id: r.free_beds for r in queries.receiving_rooms(for_=doctor)}
    assert after[county.cardiology.pk] == before[county.cardiology.pk] - 1


def test_a_foreign_group_s_departments_are_not_offered(county):
    rooms = queries.receiving_rooms(for_=factories.actor("village_doctor", county.village))
    assert county.foreign_surgery.pk not in {r.department_id for r in rooms}


def test_the_desk_sees_for_whom_a_bed_is_held(county, held):
    page = signed_in(factories.actor("referral_desk", county.hospital)).get("/capacity/beds").content.decode()
    assert "张桂兰" in page
    assert held in page


@pytest.mark.parametrize(("role", "place"), [("president", "group"), ("village_doctor", "village")])
def test_those_who_only_plan_or_send_see_counts_and_no_name(county, held, role, place):
    page = signed_in(factories.actor(role, getattr(county, place))).get("/capacity/beds").content.decode()
    assert "张桂兰" not in page
    assert "心内科" in page


def test_a_bed_in_use_is_not_taken_out_and_a_free_one_is_and_comes_back(county, held):
    client = signed_in(factories.actor("referral_desk", county.hospital))
    taken = Bed.objects.get(stays__state="held")
    free = Bed.objects.exclude(pk=taken.pk).filter(ward__department=county.cardiology).get()
    keys = (f"00000000-0000-4000-8000-00000000000{n}" for n in range(1, 9))
    assert client.post(f"/capacity/beds/{taken.pk}/out", {"key": next(keys)}).status_code == 409
    assert client.post(f"/capacity/beds/{free.pk}/out", {"key": next(keys)}).status_code == 303
    free.refresh_from_db()
    assert free.out_since is not None
    client.post(f"/capacity/beds/{free.pk}/back", {"key": next(keys)})
    free.refresh_from_db()
    assert free.out_since is None


def test_another_hospital_s_desk_cannot_touch_a_bed(county):
    bed = Bed.objects.filter(ward__department=county.cardiology).first()
    client = signed_in(factories.actor("referral_desk", county.foreign_hospital))
    answer = client.post(f"/capacity/beds/{bed.pk}/out", {"key": "00000000-0000-4000-8000-000000000001"})
    assert answer.status_code == 404
    bed.refresh_from_db()
    assert bed.out_since is None


def test_the_board_asks_as_often_for_many_beds_as_for_few(county, django_assert_max_num_queries):
    client = signed_in(factories.actor("referral_desk", county.hospital))
    ward = county.cardiology.wards.get()
    Bed.objects.bulk_create(Bed(ward=ward, label=f"x{n}") for n in range(60))
    with django_assert_max_num_queries(24):
        assert client.get("/capacity/beds").status_code == 200
