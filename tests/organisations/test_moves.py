"""Belonging is dated: the past stays with the membership of its own time (R1, R2)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.access.conftest import signed_in
from yigongti.kernel import clock
from yigongti.kernel.access.models import Post, Unit
from yigongti.kernel.access.units import move_unit
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import BadValue, NotFound, Refusals
from yigongti.organisations import actions, checks, queries, shape
from yigongti.organisations.models import Department, Institution, Membership

from .factories import actor, department, institution


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.COUNTY_ZONE)


def move(place, *, begins, group=None, **more):
    return actions.move_institution(
        by=place.administrator(place.county),
        institution_id=place.centre.pk,
        group_id=(group or place.other_group).pk,
        begins=begins,
        reason="批文 1 号",
        **more,
    )


@pytest.mark.requirement("R2")
def test_an_institution_moves_with_everything_below_it_today(place):
    move(place, begins=clock.today())
    room = Unit.objects.get(pk=place.room.pk)
    assert room.path == f"{place.other_group.unit.path}{place.centre.pk}/{place.room.pk}/"
    assert queries.group_on(clock.today(), institution=Institution.objects.get(pk=place.room.pk)) == place.other_group


@pytest.mark.requirement("R1")
def test_history_is_asked_with_the_membership_of_its_own_time(place):
    move(place, begins=clock.today())
    yesterday = clock.today() - timedelta(days=1)
    of = {m.institution_id: m.group_id for m in queries.memberships_on(yesterday)}
    now = {m.institution_id: m.group_id for m in queries.memberships_on(clock.today())}
    assert (of[place.centre.pk], of[place.room.pk]) == (place.group.pk, place.group.pk)
    assert (now[place.centre.pk], now[place.room.pk]) == (place.other_group.pk, place.other_group.pk)
    assert queries.group_on(yesterday, institution=place.room) == place.group


def test_a_future_move_waits_for_its_day_and_is_then_applied_by_the_beat(place):
    with clock.stands_at(moment("2026-11-20 10:00")):
        move(place, begins=date(2026, 12, 1))
        assert actions.apply_dates() == []
        assert Unit.objects.get(pk=place.centre.pk).path.startswith(place.group.unit.path)
    with clock.stands_at(moment("2026-12-01 00:01")):
        assert len(actions.apply_dates()) == 1
        assert Unit.objects.get(pk=place.room.pk).path.startswith(place.other_group.unit.path)
        assert actions.apply_dates() == []
    assert Entry.objects.get(action="organisations.dates").actor.startswith("系统")


def test_the_past_cannot_be_rewritten_and_every_fault_is_said_at_once(place):
    with pytest.raises(Refusals) as said:
        actions.move_institution(
            by=place.administrator(place.county),
            institution_id=place.centre.pk,
            group_id=place.other_group.pk,
            begins=clock.today() - timedelta(days=1),
            reason=" ",
        )
    assert set(said.value.by_field()) == {"begins", "reason"}


def test_a_village_room_moves_only_with_its_centre(place):
    with pytest.raises(BadValue):
        actions.move_institution(
            by=place.administrator(place.county),
            institution_id=place.room.pk,
            group_id=place.other_group.pk,
            begins=clock.today(),
            reason="批文",
        )


@pytest.mark.requirement("R18")
def test_a_groups_administrator_cannot_move_what_is_not_its_own(place):
    with pytest.raises(NotFound):
        actions.move_institution(
            by=place.administrator(place.other_group),
            institution_id=place.centre.pk,
            group_id=place.other_group.pk,
            begins=clock.today(),
            reason="批文",
        )


@pytest.mark.requirement("R2")
def test_the_database_refuses_two_memberships_at_one_date(place):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(institution=place.centre, group=place.other_group, begins=clock.today())


def test_a_second_lead_is_refused_in_words(place):
    with pytest.raises(shape.SecondLead):
        institution(place.group, "第二医院", "county_hospital", level="county", leads=True)


@pytest.mark.requirement("R2")
def test_a_lead_below_second_class_a_is_warned_about_and_not_blocked(place):
    weak = Institution(name="小医院", kind="county_hospital", level="county", grade="2B")
    assert "二级乙等" in checks.lead_warning(weak)
    assert checks.lead_warning(place.hospital) == ""


def test_a_department_moves_to_another_host_and_its_history_stays(place):
    boss = place.administrator()
    actions.move_department(
        by=boss, department_id=place.cardiology.pk, institution_id=place.centre.pk, begins=clock.today(), reason="下沉"
    )
    moved = Department.objects.select_related("unit").get(pk=place.cardiology.pk)
    assert moved.institution_id == place.centre.pk
    assert moved.unit.path.startswith(Unit.objects.get(pk=place.centre.pk).path)
    hosts = {h.department_id: h.institution_id for h in queries.hosts_on(clock.today() - timedelta(days=1))}
    assert hosts[place.cardiology.pk] == place.hospital.pk


def test_an_institution_with_something_inside_is_not_closed_and_says_what(place):
    with pytest.raises(shape.StillInside, match="新堡村卫生室"):
        actions.close_institution(
            by=place.administrator(), institution_id=place.centre.pk, on=clock.today(), reason="撤并"
        )


def test_a_closed_institution_works_to_the_end_of_its_last_day(place):
    doctor = actor("village_doctor", place.room.unit)
    last = clock.today() + timedelta(days=3)
    actions.close_institution(by=place.administrator(), institution_id=place.room.pk, on=last, reason="撤并")
    assert Unit.objects.get(pk=place.room.pk).closed_on is None
    assert queries.open_institutions().filter(pk=place.room.pk).exists()
    with clock.stands_at(clock.now() + timedelta(days=4)):
        actions.apply_dates()
        assert not queries.open_institutions().filter(pk=place.room.pk).exists()
        assert Unit.objects.get(pk=place.room.pk).closed_on == last
    assert Post.objects.get(pk=doctor.post_id).ends == last


def test_moving_under_itself_is_a_programmers_error(place):
    with pytest.raises(ValueError, match="cannot hang"):
        move_unit(place.group.unit, parent=place.hospital.unit)


def test_department_in_another_county_tree_keeps_its_own_path(place):
    other = department(place.other, "针灸科")
    assert other.unit.path.startswith(place.other.unit.path)


# --- village rooms between centres


def move_room(place, centre, *, begins):
    by = place.administrator(place.county)
    return actions.move_room(by=by, room_id=place.room.pk, centre_id=centre.pk, begins=begins, reason="批文 2 号")


def under(place, day):
    queries.forget()
    return queries.centre_on(day, room=Institution.objects.select_related("unit").get(pk=place.room.pk))


@pytest.fixture
def next_centre(place):
    return institution(place.other_group, "连福镇卫生院", short_name="连福卫生院")


@pytest.mark.requirement("R1")
def test_a_village_room_moves_to_another_centre_and_the_past_stays_with_the_old_one(place, next_centre):
    assert under(place, clock.today()) == place.centre
    move_room(place, next_centre, begins=clock.today())
    yesterday = clock.today() - timedelta(days=1)
    assert (under(place, yesterday), under(place, clock.today())) == (place.centre, next_centre)
    assert Unit.objects.get(pk=place.room.pk).path == f"{next_centre.unit.path}{place.room.pk}/"
    of = {
        day: {m.institution_id: m.group_id for m in queries.memberships_on(day)} for day in (yesterday, clock.today())
    }
    assert of[yesterday][place.room.pk] == place.group.pk
    assert of[clock.today()][place.room.pk] == place.other_group.pk


@pytest.mark.requirement("R1")
def test_a_planned_move_of_a_room_waits_for_its_day_and_then_follows_its_centre(place, next_centre):
    with clock.stands_at(moment("2026-11-20 10:00")):
        receipt = move_room(place, next_centre, begins=date(2026, 12, 1))
        assert "零时自动生效" in receipt.next
        assert Unit.objects.get(pk=place.room.pk).parent_id == place.centre.pk
        # the centre itself changes its group before the day comes
        actions.move_institution(
            by=place.administrator(place.county), institution_id=next_centre.pk, group_id=place.group.pk,
            begins=date(2026, 11, 25), reason="批文",
        )  # fmt: skip
    with clock.stands_at(moment("2026-12-01 00:01")):
        actions.apply_dates()
        assert Unit.objects.get(pk=place.room.pk).parent_id == next_centre.pk
        room = Institution.objects.select_related("unit").get(pk=place.room.pk)
        assert queries.group_on(clock.today(), institution=room) == place.group
        assert actions.apply_dates() == []
    assert under(place, date(2026, 11, 30)) == place.centre


def test_a_room_moves_twice_and_the_later_plan_replaces_the_earlier(place, next_centre):
    third = institution(place.group, "洪山镇卫生院")
    later = clock.today() + timedelta(days=10)
    move_room(place, next_centre, begins=later)
    move_room(place, third, begins=clock.today())
    assert (under(place, clock.today()), under(place, later)) == (third, third)
    assert place.room.room_hosts.count() == 2


def test_only_a_village_room_moves_so_and_only_under_a_centre(place, next_centre):
    with pytest.raises(BadValue):
        move_room(place, place.other, begins=clock.today())
    with pytest.raises(BadValue):
        actions.move_room(
            by=place.administrator(place.county), room_id=place.centre.pk, centre_id=next_centre.pk,
            begins=clock.today(), reason="批文",
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.move_room(
            by=place.administrator(place.group), room_id=place.room.pk, centre_id=next_centre.pk,
            begins=clock.today(), reason="批文",
        )  # fmt: skip


def test_a_centre_to_which_a_room_is_about_to_move_is_not_closed(place, next_centre):
    move_room(place, next_centre, begins=clock.today() + timedelta(days=10))
    with pytest.raises(shape.StillInside, match="新堡村卫生室"):
        shape.close_institution(next_centre, on=clock.today() + timedelta(days=5))


def test_the_page_of_a_room_offers_the_move_and_shows_where_it_stood(place, next_centre):
    client = signed_in(place.administrator(place.county))
    where = f"/organisations/institutions/{place.room.pk}"
    assert f"{where}/centre" in client.get(where).content.decode()
    assert "现在：张兰镇中心卫生院" in client.get(f"{where}/centre").content.decode()
    move_room(place, next_centre, begins=clock.today())
    assert "曾设在" in client.get(where).content.decode()
    assert "张兰镇中心卫生院" in client.get(where).content.decode()
