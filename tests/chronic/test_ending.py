"""What becomes of planned follow-ups when somebody dies, moves, or is no longer under management; and when that was an
error.
"""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from tests.access.conftest import signed_in
from tests.chronic.test_sources import enrolled
from tests.factories import actor, at
from tests.factories import county as make_county
from tests.residents.people import person
from yigongti.chronic import enrolling
from yigongti.chronic.models import FollowUp
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.workflow import clocks, engine, worklists
from yigongti.kernel.workflow.models import Case, Notice
from yigongti.residents.actions import moving
from yigongti.residents.actions.deaths import DeathDay, record_deaths, undo_death


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R47")]
TODAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def june():
    with clock.stands_at(at("2026-06-10 10:00")):
        yield


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def village(county):
    return actor("village_doctor", county.village)


def plan(by, someone, due_on="2026-07-01", why="高血压季度随访"):
    given = {"resident": someone, "due_on": due_on, "why": why}
    return engine.begin(by=by, workflow="chronic.follow_up", step="plan", given=given).number


def end(by, someone, disease="hypertension", last_day=TODAY, reason="moved"):
    return enrolling.end_enrolment(
        by=by, key=uuid.uuid4(), resident=someone.pk, disease=disease, last_day=last_day, reason=reason
    )


def state(number):
    return Case.objects.get(number=number).state


def gone_on(number):
    """The follow-ups that carry on the one of that number."""
    return [(one.case.state, one.due_on) for one in FollowUp.objects.filter(case__parent__number=number)]


@pytest.mark.parametrize("reason", ["moved", "refused"])
def test_with_the_last_management_ends_what_falls_due_later_and_what_was_due_still_has_to_be_told(
    county, village, reason
):
    one, other = person(county.village), person(county.village, "王有福")
    for who in (one, other):
        enrolled(who, "hypertension")
    late, next_, theirs = plan(village, one, "2026-06-01"), plan(village, one), plan(village, other)
    receipt = end(village, one, reason=reason)
    assert receipt.next == "已安排的随访有 1 次不再办；还有 1 次已到期，请登记结果。"
    assert [state(number) for number in (late, next_, theirs)] == ["due", "stopped", "due"]
    assert {line.case.number for line in worklists.waiting(for_=village)} == {late, theirs}
    shown = signed_in(village).get(f"/cases/{next_}").content.decode()
    assert "已结束管理，不再随访" in shown


def test_while_another_disease_is_managed_and_after_a_referral_the_duty_stands(county, village):
    one = person(county.village)
    for disease in ("hypertension", "diabetes"):
        enrolled(one, disease)
    number, returned = plan(village, one), plan(village, one)
    FollowUp.objects.filter(case__number=returned).update(raised_by_number="SZ260601-00001")
    assert end(village, one).next == "" and state(number) == "due"
    assert end(village, one, "diabetes").next == "已安排的随访有 1 次不再办。"
    assert (state(number), state(returned)) == ("stopped", "due")


def test_an_end_in_error_is_taken_back_and_the_follow_up_goes_on_as_it_was_planned(county, village):
    one = person(county.village)
    enrolled(one, "hypertension")
    number = plan(village, one)
    end(village, one)
    enrolling.take_back_enrolment(by=village, resident=one.pk)
    assert state(number) == "stopped" and gone_on(number) == [("due", date(2026, 7, 1))]
    (line,) = worklists.waiting(for_=village)
    assert line.row.what == "高血压季度随访" and line.case.due_at.date() == date(2026, 7, 1)
    again = line.case.number
    assert number in signed_in(village).get(f"/cases/{again}").content.decode()
    end(village, one)
    enrolling.take_back_enrolment(by=village, resident=one.pk)
    assert len(gone_on(number)) == 1 and gone_on(again) == [("due", date(2026, 7, 1))]


def test_who_was_called_dead_in_error_is_followed_up_from_the_day_it_is_taken_back(county, village):
    one = person(county.village)
    enrolled(one, "hypertension")
    past, next_, done = plan(village, one, "2026-06-05"), plan(village, one), plan(village, one)
    engine.take(by=village, number=done, step="miss", given={"missed_reason": "lost"})
    record_deaths(by=the_inbox(), deaths=[DeathDay(resident_id=one.pk, died_on=date(2026, 6, 9))])
    assert (state(past), state(next_), state(done)) == ("ended", "ended", "missed")
    with clock.stands_at(at("2026-06-20 09:00")):
        undo_death(by=actor("data_steward", county.group), resident=one.pk, why="派出所核实同名")
    assert gone_on(past) == [("due", date(2026, 6, 20))] and gone_on(next_) == [("due", date(2026, 7, 1))]
    assert gone_on(done) == []


def test_who_moves_takes_the_duty_along_and_the_old_place_is_urged_no_more(county, village):
    one, township = person(county.village), actor("township_doctor", county.township)
    enrolled(one, "hypertension")
    number = plan(village, one, "2026-06-01")
    clocks.fire_due()
    assert Notice.objects.filter(case__number=number, seen_at=None).exists()
    moving.move(by=township, resident=one.pk, version=one.version, managing=county.other_village.pk, reason="搬家")
    there = actor("village_doctor", county.other_village)
    assert worklists.waiting(for_=village) == []
    assert [line.case.number for line in worklists.waiting(for_=there)] == [number]
    assert not Notice.objects.filter(case__number=number, seen_at=None).exists()
    engine.take(by=there, number=number, step="miss", given={"missed_reason": "refused"})
    acts = Case.objects.get(number=number).acts.order_by("sequence").values_list("step", flat=True)
    assert list(acts) == ["plan", "hand_on", "miss"]
