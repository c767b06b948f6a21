"""Nobody is referred after death: not offered on the record, refused wherever it is tried."""

from contextlib import ExitStack
from datetime import date

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.factories import actor, resident, submitted
from tests.factories import county as make_county
from tests.policy.cases import Example
from yigongti.exchange.senders import the_inbox
from yigongti.referral.refusals import HasDied
from yigongti.residents.actions.deaths import DeathDay, record_deaths


pytestmark = pytest.mark.django_db


def test_for_the_dead_no_referral_is_offered_and_none_is_taken():
    county = make_county()
    doctor = actor("village_doctor", county.village)
    living, dead = resident(county.village), resident(county.village, name="李四", died_on=date(2025, 1, 27))
    shown = {one: signed_in(doctor).get(f"/residents/{one.pk}/record").content.decode() for one in (living, dead)}
    assert "上转" in shown[living] and "/new/referral" in shown[living]
    assert "/new/referral" not in shown[dead] and "66 岁" in shown[dead]
    with pytest.raises(HasDied, match="2025-01-27"):
        submitted(doctor, dead, county.cardiology)


@pytest.fixture
def case(db):
    with ExitStack() as stack:
        yield Example(stack)


def died(resident):
    """What a death certificate that contradicts nothing does."""
    record_deaths(by=the_inbox(), deaths=[DeathDay(resident_id=resident.pk, died_on=date(2026, 11, 20))])


def unnoticed(resident):
    """A death that no event has told of."""
    type(resident).objects.filter(pk=resident.pk).update(died_on=date(2026, 11, 20))


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("admission", ["ward", "clinic"])
def test_who_dies_before_coming_is_awaited_no_more_and_bed_and_number_are_free(case, accepted, admission):
    free = (case.free_beds(), case.free_slots())
    case.refer_up(admission=admission)
    if accepted:
        case.take("accept", by="接收台")
    assert (case.free_beds(), case.free_slots()) != free
    died(case.resident)
    case.expect(state="患者去世，已终止", turn="")
    assert (case.free_beds(), case.free_slots()) == free
    assert case.done()[-1] == "患者去世，终止"
    assert case.clock("2026-12-02 09:00").told() == []


def test_a_referral_of_a_registration_that_was_merged_ends_too(case):
    case.refer_up()
    other = factories.resident(case.county.village, name="张桂蘭")
    type(other).objects.filter(pk=case.resident.pk).update(master=other)
    died(other)
    case.expect(state="患者去世，已终止")


@pytest.mark.parametrize("refer", [Example.refer_down, Example.refer_out])
def test_downward_and_outward_end_as_well(case, refer):
    refer(case)
    died(case.resident)
    case.expect(state="患者去世，已终止")


def test_a_death_in_hospital_is_said_at_the_head_and_the_people_go_on(case):
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台").take("admit", by="接收台")
    died(case.resident)
    case.expect(state="诊治中")
    for who in ("村医", "县医院医生"):
        assert "患者已于 2026-11-20 去世" in page_of(case, who)
    case.hand_back().expect(state="已转回，待随访")


def test_while_the_patient_lives_nothing_is_said_of_death(case):
    assert "去世" not in page_of(case.refer_up(), "村医")


def page_of(case, who):
    return signed_in(case.who(who)).get(f"/cases/{case.number}").content.decode()


def test_nobody_accepts_receives_or_sends_one_who_has_died(case):
    case.refer_up()
    unnoticed(case.resident)
    with pytest.raises(HasDied, match="2026-11-20"):
        case.take("accept", by="接收台")
    case.take("withdraw", by="村医")
    dead = type(case.resident).objects.get(pk=case.resident.pk)
    with pytest.raises(HasDied):
        case.take("submit", by="村医", **factories.upward_given(dead, case.county.cardiology))


def test_nobody_registers_the_arrival_of_one_who_has_died(case):
    case.refer_up().take("accept", by="接收台")
    unnoticed(case.resident)
    with pytest.raises(HasDied):
        case.take("arrive", by="接收台")


@pytest.mark.parametrize("steps", [(), ("accept",)])
def test_downward_too(case, steps):
    case.refer_down()
    for step in steps:
        case.take(step, by="村医")
    unnoticed(case.resident)
    with pytest.raises(HasDied):
        case.take("arrive" if steps else "accept", by="村医")
