"""What others may ask: which institution, whose ground, who is on duty, what is picked."""

from datetime import timedelta

import pytest

from yigongti.kernel import clock
from yigongti.kernel.finders import finders, pickers
from yigongti.kernel.refusal import BadValue
from yigongti.kernel.workflow import rooms
from yigongti.organisations import queries, rosters
from yigongti.organisations.models import Duty

from .factories import account, actor, department, post


def test_the_institution_of_a_department_is_the_one_above_it(place):
    doctor = actor("county_doctor", place.cardiology.unit)
    assert queries.institution_of(for_=doctor) == place.hospital
    assert queries.institution_of_unit(place.room.pk) == place.room
    assert queries.institution_of(for_=place.administrator()) is None


def test_it_is_asked_once_for_every_page_of_a_post(place, django_assert_num_queries):
    doctor = actor("county_doctor", place.cardiology.unit)
    queries.forget()
    with django_assert_num_queries(1):
        queries.institution_of(for_=doctor)
        queries.institution_of(for_=doctor)


@pytest.mark.requirement("R5")
def test_the_institutions_within_reach_follow_the_tree(place):
    assert set(queries.institutions_within(for_=actor("township_head", place.centre.unit))) == {
        place.centre,
        place.room,
    }
    assert set(queries.institutions_within(for_=actor("village_doctor", place.room.unit))) == {place.room}


@pytest.mark.requirement("R18")
def test_a_groups_people_stand_on_their_own_group_and_the_bureau_on_the_county(place):
    assert queries.ground(for_=actor("village_doctor", place.room.unit)) == place.group.unit.path
    assert queries.ground(for_=actor("bureau", place.county.unit)) == place.county.unit.path


def duty(unit, who, *, kind="referral_desk", begins=-1, hours=8):
    start = clock.now() + timedelta(hours=begins)
    return Duty.objects.create(unit=unit, duty=kind, account=who, begins=start, ends=start + timedelta(hours=hours))


def test_the_roster_answers_the_engine_with_those_on_duty_now(place):
    now, later, gone = account("在班"), account("晚班"), account("停用")
    duty(place.hospital.unit, now)
    duty(place.hospital.unit, later, begins=7)
    duty(place.hospital.unit, gone)
    gone.status = "suspended"
    gone.save()
    assert rosters.on_duty(place.hospital.unit.path, "referral_desk", clock.now()) == [now]
    assert rooms.on_duty(place.hospital.unit.path, "referral_desk", clock.now()) == [now.pk]
    assert rooms.on_duty(place.centre.unit.path, "referral_desk", clock.now()) == []


def picked(name, who, text, **given):
    return [choice.label for choice in pickers[name].find(for_=who, text=text, limit=8, given=given)]


def test_institutions_are_picked_by_name_short_name_pinyin_and_initials(place):
    who = actor("township_doctor", place.centre.unit)
    for text in ("人民", "renminyiyuan", "rmyy", "jxsrmyy"):
        assert picked("institution", who, text) == ["介休市人民医院"]
    assert pickers["institution"].resolve(for_=who, value=str(place.hospital.pk), given={}) == place.hospital
    with pytest.raises(BadValue):
        pickers["institution"].resolve(for_=who, value="nothing", given={})


def test_a_department_is_picked_within_the_institution_of_the_form(place):
    department(place.other, "心内科")
    department(place.hospital, "病案室", receives=False)
    who = actor("township_doctor", place.centre.unit)
    assert picked("department", who, "xnk", institution=str(place.hospital.pk)) == ["人民医院 心内科"]
    assert len(picked("department", who, "心内")) == 2
    assert picked("receiving_department", who, "病案", institution=str(place.hospital.pk)) == []


def test_accounts_are_picked_among_those_who_work_within_reach(place):
    near, far = account("王芳"), account("王远")
    post("village_doctor", place.room.unit, of=near)
    post("county_doctor", place.other.unit, of=far)
    assert picked("account", actor("township_head", place.centre.unit), "王") == ["王芳"]


def test_roles_are_picked_as_the_unit_has_them(place):
    who = place.administrator()
    assert "村医" not in "".join(picked("role", who, "", unit=str(place.hospital.unit.pk)))
    assert pickers["role"].resolve(for_=who, value="village_doctor", given={}).code == "village_doctor"


@pytest.mark.requirement("R18")
def test_the_search_box_finds_institutions_on_ones_own_ground_only(place):
    _title, find = finders["organisations"]
    who = actor("township_doctor", place.centre.unit)
    assert [hit.title for hit in find(for_=who, text="yy", limit=8)] == ["介休市人民医院"]
    assert len(find(for_=actor("bureau", place.county.unit), text="yy", limit=8)) == 2
