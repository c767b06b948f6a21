"""Reach, bases and openings, and the registry's own faults."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import actor, at, resident, submitted
from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.models import Opening, Unit
from yigongti.kernel.access.words import Registry, Role
from yigongti.kernel.refusal import BadValue, Missing, NotAllowed
from yigongti.kernel.workflow import engine
from yigongti.residents.models import Resident


MORNING = at("2026-11-18 09:00")


def reached(who):
    return set(Unit.objects.filter(who.reach()).values_list("name", flat=True))


def readable(who):
    return list(Resident.objects.filter(bases.reachable_condition(for_=who)).order_by("pk"))


@pytest.mark.requirement("R18")
def test_reach_is_the_unit_or_all_below_it_and_never_beside_or_above(county):
    assert reached(actor("village_doctor", county.village)) == {"南街村卫生室"}
    assert reached(actor("township_doctor", county.township)) == {"城关卫生院", "南街村卫生室", "北街村卫生室"}
    assert reached(actor("referral_desk", county.hospital)) == {"县人民医院", "心内科", "骨科"}
    whole_group = reached(actor("president", county.group))
    assert "张村卫生室" in whole_group
    assert not whole_group & {"介休市", "平遥集团", "平遥县医院", "古城卫生院"}


def test_reach_by_path_agrees_with_reach_by_query(county):
    for role, where in (("village_doctor", county.village), ("township_doctor", county.township),
                        ("president", county.group), ("bureau", county.root)):  # fmt: skip
        who = actor(role, where)
        assert {u.name for u in Unit.objects.all() if who.reaches_path(u.path)} == reached(who)


def test_a_unit_whose_number_begins_with_another_s_is_not_below_it(county):
    """'/1/2/' is a prefix of '/1/2/7/' but not of '/1/27/': the closing slash decides."""
    who = actor("township_doctor", county.township)
    beside = Unit.objects.create(
        code="beside", name="旁", kind="township_centre", path=county.township.unit.path[:-1] + "9/"
    )
    assert not who.reaches_path(beside.path)
    assert "旁" not in reached(who)


def test_what_a_role_may_not_is_refused_by_its_title(county):
    with pytest.raises(NotAllowed) as refused:
        actor("hr_officer", county.group).require("referral.upward.submit")
    assert refused.value.sentence == "人力资源中心没有“上转·提交转诊”的权限。"


# --- bases


@pytest.mark.requirement("R133")
def test_a_village_doctor_reads_those_managed_here_and_nobody_else(county):
    mine, other = resident(county.village), resident(county.other_village)
    assert readable(actor("village_doctor", county.village)) == [mine]
    assert readable(actor("township_doctor", county.township)) == [mine, other]
    assert readable(actor("administrator", county.root)) == []


def test_an_opening_lasts_its_time_and_no_longer_and_is_the_opener_s_own(county):
    person = resident(county.other_village)
    doctor, colleague = actor("village_doctor", county.village), actor("village_doctor", county.village)
    with clock.stands_at(MORNING):
        assert readable(doctor) == []
        opening = bases.open_with(by=doctor, person_id=person.pk, code="present", reason=" 来诊 ")
        assert (readable(doctor), readable(colleague)) == ([person], [])
    with clock.stands_at(opening.closes_at - timedelta(seconds=1)):
        assert readable(doctor) == [person]
    with clock.stands_at(opening.closes_at):
        assert readable(doctor) == []
    assert (opening.reason, opening.review) == ("来诊", "none")


@pytest.mark.requirement("R133")
def test_an_emergency_is_to_be_reviewed_and_not_by_the_one_who_opened(county):
    doctor = actor("county_doctor", county.cardiology)
    opening = bases.open_with(by=doctor, person_id=resident(county.village).pk, code="emergency", reason="昏迷")
    assert opening.review == "due"
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(reviewed_by_id=doctor.post_id)


@pytest.mark.requirement("R54")
def test_a_basis_that_rests_on_a_referral_dies_with_it(county):
    with clock.stands_at(MORNING):
        person = resident(county.village)
        doctor, sender = actor("county_doctor", county.cardiology), actor("village_doctor", county.village)
        number = submitted(sender, person, county.cardiology)
        bases.open_with(by=doctor, person_id=person.pk, code="referred", reason="接诊")
        assert readable(doctor) == [person]
        engine.take(by=sender, number=number, step="cancel", given={"cancel_reason": "improved"})
        assert readable(doctor) == []
        assert Opening.objects.get().closes_at > clock.now()


def test_an_opening_on_a_basis_that_does_not_hold_opens_nothing(county):
    person, doctor = resident(county.village), actor("county_doctor", county.cardiology)
    bases.open_with(by=doctor, person_id=person.pk, code="referred", reason="好奇")
    assert readable(doctor) == []


def test_an_opening_needs_a_basis_of_the_role_and_a_reason(county):
    person, doctor = resident(county.village), actor("village_doctor", county.other_village)
    with pytest.raises(BadValue):
        bases.open_with(by=doctor, person_id=person.pk, code="duty", reason="看看")
    with pytest.raises(BadValue):
        bases.open_with(by=doctor, person_id=person.pk, code="managed", reason="standing bases are not opened")
    with pytest.raises(Missing):
        bases.open_with(by=doctor, person_id=person.pk, code="present", reason="  \n ")
    assert not Opening.objects.exists()


# --- the registry of roles and permissions


def role(code="clerk", **more):
    return Role(code=code, title="经办", does="办", works_at=("county",), **more)


def test_a_right_without_a_gate_a_gate_without_a_role_and_a_stranger_are_found():
    house = Registry()
    house.add_role(role(may=("paper.cut",)))
    house.add_permission("paper.fold", title="折", writes=True)
    house.grant("paper.glue", ["ghost"])
    assert house.faults() == [
        "role clerk may paper.cut, which no gate asks for",
        "paper.glue is granted to ghost, a role without a page",
        "paper.fold is guarded but no role may do it",
    ]


def test_a_role_has_one_page():
    house = Registry()
    house.add_role(role())
    house.add_role(role())
    with pytest.raises(ValueError, match="two pages describe the role clerk"):
        house.add_role(role(may=("paper.cut",)))


def test_what_a_workflow_grants_counts_as_a_right():
    house = Registry()
    house.add_role(role())
    house.add_permission("paper.fold", title="折", writes=True)
    house.grant("paper.fold", ["clerk"])
    assert (house.faults(), house.roles_for("paper.fold")) == ([], {"clerk"})
