"""The board: by state, who must act next, since when and until when; names only for those who may open the case."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from yigongti.kernel import clock
from yigongti.kernel.workflow import clocks, engine
from yigongti.kernel.workflow.models import Case
from yigongti.referral import pages


@pytest.fixture
def county(db):
    made = factories.county(slots=40)
    made.doctor = factories.actor("village_doctor", made.village, name="曹娥")
    made.lead = factories.actor("referral_lead", made.hospital, name="左杰")
    made.president = factories.actor("president", made.group)
    return made


def sent(county, name="张桂兰", **more):
    person = factories.resident(county.village, name=name)
    return factories.submitted(county.doctor, person, county.cardiology, admission="clinic", **more)


def shown(who, address="/referral/board", **headers):
    answer = signed_in(who).get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(page):
    return re.findall(r'class="number"[^>]*>(SZ[\d-]+)<', page)


@pytest.mark.requirement("R47")
def test_an_open_referral_says_whose_turn_it_is_and_since_when(county):
    factories.actor("county_doctor", county.cardiology, name="谭鹏")
    number = sent(county)
    page = shown(county.lead)
    assert f"/cases/{number}" in page
    for words in ("张桂兰", "接收台", "心内科", "谭鹏", "南街村卫生室", "余"):
        assert words in page, words


def test_of_more_than_two_who_might_act_the_desk_is_named_and_no_person(county):
    for name in ("谭鹏", "王智", "李三"):
        factories.actor("county_doctor", county.cardiology, name=name)
    sent(county)
    assert "谭鹏" not in shown(county.lead)


@pytest.mark.requirement("R18")
def test_who_plans_sees_numbers_and_units_and_no_name_and_no_way_in(county):
    number = sent(county)
    page = shown(county.president)
    assert numbers(page) == [number]
    assert "张桂兰" not in page
    assert f"/cases/{number}" not in page


def test_a_returned_patient_waits_for_whoever_follows_up(county):
    number = sent(county)
    for step in ("accept", "arrive", "return"):
        given = {"discharge_summary": "好转", "care_plan": "休息", "follow_up_on": f"{clock.today() + timedelta(3)}"}
        by = factories.actor("county_doctor", county.cardiology) if step == "return" else county.lead
        engine.take(by=by, number=number, step=step, given=given if step == "return" else {})
    child = Case.objects.get(parent__number=number)
    page = shown(county.lead)
    assert child.number in page
    assert "随访医生 · 南街村卫生室 <b>曹娥</b>" in page


def test_a_draft_is_its_writer_s_own(county):
    engine.begin(by=county.doctor, workflow="referral.upward", step="draft",
                 given={"resident": factories.resident(county.village)})  # fmt: skip
    assert numbers(shown(county.president)) == []


def test_only_the_overdue_and_only_one_institution_s(county):
    late, other = sent(county), None
    with clock.stands_at(clock.now() + timedelta(days=2)):
        clocks.fire_due()
        other_doctor = factories.actor("township_doctor", county.township2)
        person = factories.resident(county.township2, name="王有福")
        other = factories.submitted(other_doctor, person, county.cardiology, admission="ward")
        assert set(numbers(shown(county.lead))) == {late, other}
        assert numbers(shown(county.lead, "/referral/board?late=1")) == [late]
        assert numbers(shown(county.lead, f"/referral/board?institution={county.township2.pk}")) == [other]
        assert numbers(shown(county.lead, "/referral/board?direction=referral.downward")) == []


def test_another_group_s_board_is_empty(county):
    sent(county)
    assert numbers(shown(factories.actor("president", county.foreign_group))) == []


def test_whom_the_board_shows_is_noted(county):
    from yigongti.kernel.audit.models import Entry

    sent(county)
    shown(county.lead)
    shown(county.president)
    noted = Entry.objects.filter(kind="read", action="referral.board")
    assert [(one.post_id, len(one.persons)) for one in noted] == [(county.lead.post_id, 1)]


def crowd(county, many):
    for place in range(many):
        sent(county, name=f"人{place}")


def test_a_crowded_state_goes_on_by_keyset_and_loses_nobody(county):
    crowd(county, 2 * pages.AT_ONCE + 3)
    page = shown(county.lead)
    found = numbers(page)
    assert len(found) == pages.AT_ONCE
    while more := re.search(r'hx-get="(/referral[^"]+)"', page):
        page = shown(county.lead, more[1].replace("&amp;", "&"), HX_Request="true")
        found += numbers(page)
    assert len(found) == len(set(found)) == 2 * pages.AT_ONCE + 3


def test_without_scripts_the_rest_of_a_state_is_a_page_of_its_own(county):
    crowd(county, pages.AT_ONCE + 2)
    more = re.search(r'href="(/referral/board\?[^"]*after=[^"]+)"', shown(county.lead))[1].replace("&amp;", "&")
    page = shown(county.lead, more)
    assert len(numbers(page)) == 2
    assert "看全部状态" in page


@pytest.mark.parametrize("place", ["x", "2026-11-22T10:00:00~1", "~", "2026-11-22T10:00:00+08:00~x"])
def test_a_broken_place_shows_the_beginning(county, place):
    number = sent(county)
    assert numbers(shown(county.lead, f"/referral/board?state=waiting&after={place}")) == [number]


def test_the_board_costs_the_same_for_two_and_for_many(county):
    client = signed_in(county.lead)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/referral/board").status_code == 200
        return len(asked)

    crowd(county, 2)
    cost()  # what is asked once a process is asked now
    few = cost()
    crowd(county, 12)
    assert cost() == few
