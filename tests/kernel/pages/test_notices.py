"""Notices: told to the sides that did not act, unread until the case is opened, each post for itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from yigongti.kernel import clock
from yigongti.kernel.pages import news, notices
from yigongti.kernel.pages.models import News
from yigongti.kernel.parameters import values
from yigongti.kernel.workflow import clocks, engine


MORNING = factories.at("2026-11-18 09:00")


@pytest.fixture
def here(db):
    county = factories.county(slots=80)
    with clock.stands_at(MORNING):
        county.doctor = factories.actor("village_doctor", county.village, name="曹娥")
        county.colleague = factories.actor("village_doctor", county.village, name="郭小花")
        county.desk = factories.actor("referral_desk", county.hospital, name="闫花")
        county.lead = factories.actor("referral_lead", county.hospital, name="左杰")
        yield county


def sent(county, by=None):
    person = factories.resident(county.village)
    return factories.submitted(by or county.doctor, person, county.cardiology, admission="clinic")


def steps(who, **asked):
    return [t.step or t.kind for t in news.listing(for_=who, only_unread=False, after=None, limit=50, **asked)]


def later(minutes=1):
    return clock.stands_at(clock.now() + timedelta(minutes=minutes))


@pytest.mark.requirement("R47")
@pytest.mark.parametrize(("step", "given"), [("accept", {}), ("decline", {"decline_reason": "no_bed"})])
def test_the_sender_is_told_what_the_receiver_did_and_the_receiver_is_not(here, step, given):
    from yigongti.kernel.parameters.codes import code_lists

    if given:
        given = {"decline_reason": code_lists["referral.decline_reason"].entries[0].code}
    number = sent(here)
    engine.take(by=here.desk, number=number, step=step, given=given)
    assert steps(here.doctor) == [step]
    assert steps(here.colleague) == [step]
    assert steps(here.desk) == []
    assert news.unread(for_=here.doctor) == 1


def test_a_cancelled_referral_is_told_to_the_receiver_who_no_longer_sees_it(here):
    from yigongti.kernel.parameters.codes import code_lists

    number = sent(here)
    given = {"cancel_reason": code_lists["referral.cancel_reason"].entries[0].code}
    engine.take(by=here.doctor, number=number, step="cancel", given=given)
    page = signed_in(here.desk).get("/notices").content.decode()
    assert number in page
    assert f"/cases/{number}" not in page
    assert "张桂兰" not in page
    assert "已不在您的查看范围" in page


def test_two_parts_of_the_same_people_are_told_once(here):
    """Sender and manager are the same village room; the desk's part and the lead's stand at the same department."""
    number = sent(here)
    engine.take(by=here.desk, number=number, step="accept", given={})
    assert News.objects.count() == 1
    with clock.stands_at(MORNING + timedelta(days=9)):
        clocks.fire_due()
        assert steps(here.desk).count("expire") == 1
        assert steps(here.doctor).count("expire") == 1


def test_who_manages_the_patient_is_told_when_another_refers(here):
    township_doctor = factories.actor("township_doctor", here.township)
    number = sent(here, by=township_doctor)
    engine.take(by=here.desk, number=number, step="accept", given={})
    assert steps(township_doctor) == ["accept"]
    assert steps(here.doctor) == ["accept"]
    assert steps(factories.actor("village_doctor", here.other_village)) == []


def test_opening_the_case_reads_it_for_this_post_only(here):
    number = sent(here)
    engine.take(by=here.desk, number=number, step="accept", given={})
    client = signed_in(here.doctor)
    assert 'class="told is-unread"' in client.get("/cases").content.decode()
    with later():
        assert client.get(f"/cases/{number}").status_code == 200
        assert (news.unread(for_=here.doctor), news.unread(for_=here.colleague)) == (0, 1)
        assert 'class="told is-unread"' not in client.get("/cases").content.decode()
    with later(2):
        engine.take(by=here.desk, number=number, step="arrive", given={})
        given = {"discharge_summary": "好转", "care_plan": "休息", "follow_up_on": "2026-11-21"}
        ward_doctor = factories.actor("county_doctor", here.cardiology)
        engine.take(by=ward_doctor, number=number, step="return", given=given)
        assert news.unread(for_=here.doctor) == 1  # something new happened


def test_the_other_side_sees_who_has_read_it(here):
    number = sent(here)
    engine.take(by=here.desk, number=number, step="accept", given={})
    desk = signed_in(here.desk)
    assert "通知已读" not in desk.get(f"/cases/{number}").content.decode()
    with later():
        signed_in(here.doctor).get(f"/cases/{number}")
    page = desk.get(f"/cases/{number}").content.decode()
    assert re.search(r"通知已读.*南街村卫生室 曹娥", page, re.S)


def test_an_escalation_reaches_the_next_rung_and_is_over_when_somebody_acts(here):
    number = sent(here)
    with clock.stands_at(MORNING + timedelta(days=1)):
        clocks.fire_due()
        clocks.fire_due()
        assert "escalate" in steps(here.lead)
        assert news.unread(for_=here.lead) >= 1
        engine.take(by=here.lead, number=number, step="accept", given={})
        assert news.unread(for_=here.lead) == 0
        assert "escalate" in steps(here.lead)  # it stays in the list


def test_all_are_read_at_once_and_what_comes_after_is_new(here):
    for _ in range(3):
        engine.take(by=here.desk, number=sent(here), step="accept", given={})
    client = signed_in(here.doctor)
    with later():
        answer = client.post("/notices/read", follow=True)
        assert "通知已全部标为已读" in answer.content.decode()
        assert news.unread(for_=here.doctor) == 0
    with later(2):
        engine.take(by=here.desk, number=sent(here), step="accept", given={})
        assert news.unread(for_=here.doctor) == 1


def test_what_is_old_counts_no_longer_and_stays_in_the_list(here):
    engine.take(by=here.desk, number=sent(here), step="accept", given={})
    with clock.stands_at(MORNING + timedelta(days=values.number("pages.notices_days") + 1)):
        assert news.unread(for_=here.doctor) == 0
        assert "accept" in steps(here.doctor)
        assert news.listing(for_=here.doctor, only_unread=True, after=None, limit=9) == []


def test_a_long_list_goes_on_by_keyset_and_loses_nothing(here, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 4)
    numbers = set()
    for _ in range(9):
        numbers.add(number := sent(here))
        engine.take(by=here.desk, number=number, step="accept", given={})  # all at the same moment
    page = signed_in(here.doctor).get("/notices").content.decode()
    found = re.findall(r"/cases/(SZ[\d-]+)", page)
    while more := re.search(r'hx-get="(/notices[^"]+)"', page):
        page = signed_in(here.doctor).get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
        page = page.content.decode()
        found += re.findall(r"/cases/(SZ[\d-]+)", page)
    assert len(found) == len(set(found)) == 9
    assert set(found) == numbers


@pytest.mark.parametrize("place", ["x", "~~", "2026-11-18T09:00:00~step~1", "2026-11-18T09:00:00+08:00~other~1"])
def test_a_broken_place_is_the_beginning(here, place):
    assert news.read_place(place) is None
    assert signed_in(here.doctor).get("/notices", {"after": place}).status_code == 200


def test_the_list_costs_the_same_for_two_and_for_twenty_and_the_frame_asks_once(here):
    def cost(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return asked.captured_queries

    client = signed_in(here.doctor)
    for many in (2, 20):
        for _ in range(many):
            engine.take(by=here.desk, number=sent(here), step="accept", given={})
        cost("/notices")
        counted = cost("/notices")
        few = counted if many == 2 else few  # noqa: F821 - set in the first round
    assert len(counted) == len(few)
    assert sum("pages_news" in q["sql"] for q in cost("/style")) == 1


def test_a_role_without_a_part_in_any_case_is_told_nothing_and_asks_nothing(here):
    officer = factories.actor("hr_officer", here.group)
    with CaptureQueriesContext(connection) as asked:
        assert news.unread(for_=officer) == 0
        assert news.listing(for_=officer, only_unread=False, after=None, limit=9) == []
    assert len(asked) == 0


def followed(here):
    """A follow-up duty of the village, after a referral up and back."""
    from yigongti.chronic.policy.follow_up import follow_up
    from yigongti.kernel.workflow.models import Case

    number = sent(here)
    parent = Case.objects.get(number=number)
    engine.open_child(
        by=here.desk, parent=parent, workflow=follow_up.code, step="plan",
        values={"resident": _person(parent), "due_on": clock.today(), "why": "出院后随访"}, more={},
    )  # fmt: skip
    return Case.objects.get(parent=parent).number


def _person(case):
    from yigongti.residents.models import Resident

    return Resident.objects.get(pk=case.person_id)


@pytest.mark.requirement("R54")
def test_the_head_of_the_centre_is_told_what_became_of_a_follow_up_and_who_did_it_is_not(here):
    head = factories.actor("township_head", here.township, name="院长")
    done, missed = followed(here), followed(here)
    given = {"way": "phone", "medicines_taken": "regular", "result": "satisfied"}
    engine.take(by=here.doctor, number=done, step="record", given=given)
    with later():
        engine.take(by=here.doctor, number=missed, step="miss", given={"missed_reason": "lost"})
        assert steps(head) == ["miss", "record"]
        assert "miss" not in steps(here.doctor) and "record" not in steps(here.doctor)
