"""Whose a place is on which day, how many beds it had open, where staff work and who was stationed long enough."""

import uuid
from datetime import date
from itertools import pairwise

import pytest

from tests.access.conftest import signed_in
from tests.counted import brief, rows
from tests.factories import LONG_AGO, actor
from tests.factories import county as make_county
from yigongti.organisations.models import BedCount, Membership, RoomHost, Staff, Stationing


pytestmark = pytest.mark.django_db
MOVED = date(2025, 7, 1)


@pytest.fixture
def county():
    return make_county()


def test_a_place_belongs_from_day_to_day(county):
    RoomHost.objects.create(room=county.village, centre=county.township, begins=LONG_AGO, ends=date(2025, 6, 30))
    RoomHost.objects.create(room=county.village, centre=county.township2, begins=MOVED)
    belongs = Membership.objects.get(institution=county.township2)
    belongs.ends = date(2025, 12, 31)
    belongs.save()
    Membership.objects.create(institution=county.township2, group_id=county.foreign_group.pk, begins=date(2026, 1, 1))
    own, other = county.township.pk, county.township2.pk
    group, foreign = county.group.pk, county.foreign_group.pk
    assert brief("places", "at until township group county", institution=county.village.pk)[1:] == [
        (LONG_AGO, MOVED, own, group, county.root.pk), (MOVED, date(2026, 1, 1), other, group, county.root.pk),
        (date(2026, 1, 1), None, other, foreign, county.root.pk),
    ]  # fmt: skip
    assert brief("places", "at until township group", institution=other)[1:] == [
        (LONG_AGO, date(2026, 1, 1), other, group), (date(2026, 1, 1), None, other, foreign),
    ]  # fmt: skip
    assert brief("places", "kind township group leads", institution=county.hospital.pk)[-1] == (
        "county_hospital", None, group, True,
    )  # fmt: skip


def test_the_county_and_its_groups_are_places_too_and_a_closed_one_ends(county):
    assert brief("places", "township group county", institution=county.root.pk) == [(None, None, county.root.pk)]
    assert brief("places", "group county", institution=county.group.pk) == [(county.group.pk, county.root.pk)]
    county.other_village.closed_on = date(2025, 3, 31)
    county.other_village.save()
    assert brief("places", "until", institution=county.other_village.pk)[-1] == (date(2025, 4, 1),)


def test_no_two_spans_of_a_place_overlap(county):
    RoomHost.objects.create(room=county.village, centre=county.township2, begins=MOVED)
    spans = {}
    for row in rows("places"):
        spans.setdefault(row["institution"], []).append((row["at"], row["until"] or date.max))
    for of_one in spans.values():
        of_one.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(of_one))
    assert len({row["id"] for row in rows("places")}) == len(rows("places"))


def test_beds_of_before_are_kept_when_their_number_changes(county):
    county.township.beds_open = 20
    county.township.save()
    BedCount.objects.all().delete()  # it had them since ever
    assert brief("open_beds", "beds until grassroots") == [(20, None, True)]
    county.township.beds_open = 35
    county.township.save()
    changed = BedCount.objects.filter(institution=county.township, beds=20).get().until
    assert brief("open_beds", "beds at until") == [(20, date(1900, 1, 1), changed), (35, changed, None)]


def worker(where, **more):
    given = {"name": "李医生", "profession": "医师", "title": "主治医师", "works_at": where.unit,
             "establishment_at": where, "payroll_at": where}  # fmt: skip
    return Staff.objects.create(**{**given, **more})


@pytest.mark.requirement("R79")
def test_who_is_stationed_counts_where_they_work(county):
    one = worker(county.hospital, works_at=county.cardiology.unit)
    worker(county.township, title="住院医师", left_on=date(2025, 5, 31))
    Stationing.objects.create(staff=one, institution=county.township, begins=date(2025, 2, 1), ends=date(2025, 9, 30))
    assert brief("staff", "institution rank doctor grassroots at until", staff=one.pk) == [
        (county.hospital.pk, "middle", True, False, date(1900, 1, 1), date(2025, 2, 1)),
        (county.township.pk, "middle", True, True, date(2025, 2, 1), date(2025, 10, 1)),
        (county.hospital.pk, "middle", True, False, date(2025, 10, 1), None),
    ]  # fmt: skip
    assert brief("staff", "rank until", institution=county.township.pk, establishment=county.township.pk) == [
        ("junior", date(2025, 6, 1))
    ]


@pytest.mark.parametrize(
    ("title", "rank"),
    [("主任医师", "senior"), ("副主任护师", "senior"), ("主治医师", "middle"), ("主管技师", "middle"),
     ("住院医师", "junior"), ("护士", "junior"), ("乡村医生", "unknown"), ("", "unknown")],
)  # fmt: skip
def test_the_rank_is_read_from_the_title(county, title, rank):
    worker(county.hospital, title=title)
    assert brief("staff", "rank") == [(rank,)]


@pytest.mark.requirement("R33")
def test_six_months_within_a_year_count_once_a_year(county):
    long, short, own = worker(county.hospital), worker(county.hospital), worker(county.township)
    Stationing.objects.create(staff=long, institution=county.township, begins=date(2024, 5, 1), ends=date(2025, 7, 31))
    Stationing.objects.create(
        staff=short, institution=county.township, begins=date(2024, 10, 1), ends=date(2025, 4, 30)
    )
    Stationing.objects.create(staff=own, institution=county.township2, begins=date(2024, 1, 1), ends=date(2025, 12, 31))
    assert brief("stationings", "staff institution at") == [
        (long.pk, county.township.pk, date(2024, 10, 30)), (long.pk, county.township.pk, date(2025, 7, 2)),
    ]  # fmt: skip
    assert brief("stationings", "at", "2025-01-01", "2026-01-01") == [(date(2025, 7, 2),)]


@pytest.mark.requirement("R33")
def test_who_keeps_the_staff_enters_who_is_stationed_and_the_day_decides(county):
    one = worker(county.hospital)
    page = signed_in(actor("hr_officer", county.group))
    given = {"staff": str(one.pk), "institution": str(county.township.pk), "begins": "2025-01-06", "ends": "2025-09-30",
             "key": str(uuid.uuid4())}  # fmt: skip
    sent = page.post("/organisations/registers/stationings/new", given)
    assert sent.status_code == 303
    assert brief("stationings", "staff institution at") == [(one.pk, county.township.pk, date(2025, 7, 7))]
    assert "城关卫生院" in page.get("/organisations/registers/stationings").content.decode()
