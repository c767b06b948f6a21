"""The box at the top finds cases by number and name, what one may begin, and pages by their initials."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from yigongti.kernel.pages import finding
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.workflow import engine
from yigongti.residents.pinyin import spell


@pytest.fixture
def here(db):
    county = factories.county(slots=40)
    county.doctor = factories.actor("village_doctor", county.village)
    county.desk = factories.actor("referral_desk", county.hospital)
    county.number = sent(county, "任桂兰")
    return county


def sent(county, name):
    pinyin, initials = spell(name)
    person = factories.resident(county.village, name=name, pinyin=pinyin, initials=initials)
    return factories.submitted(county.doctor, person, county.cardiology, admission="clinic")


def cases(who, text):
    return [hit.href.removeprefix("/cases/") for hit in finding.find_cases(for_=who, text=text, limit=8)]


def pages(who, text):
    return [hit.href for hit in finding.find_pages(for_=who, text=text, limit=8)]


def test_a_case_is_found_by_its_number_however_it_is_typed(here):
    n = here.number
    for typed in (n, n.lower(), n.replace("-", ""), f" {n[:4]} {n[4:]} ", n.translate({ord("-"): "－"}), n[:8]):
        assert cases(here.desk, typed) == [n], typed


def test_a_case_is_found_by_the_last_digits_of_its_number(here):
    n = here.number
    for typed in (
        n[-4:],
        n[-5:],
        n[-6:],
        f" {n[-5:]} ",
        n[-4:].translate({ord(d): chr(ord(d) + 0xFEE0) for d in "0123456789"}),
    ):
        assert cases(here.desk, typed) == [n], typed
    assert cases(here.desk, n[-3:]) == cases(here.desk, f"9{n[-4:]}") == []
    assert cases(factories.actor("village_doctor", here.other_village), n[-4:]) == []


@pytest.mark.parametrize("typed", ["SZ", "SZ2611-1", "X1", "73", "SZ%", "'", "SZ261122-999999"])
def test_what_is_no_number_finds_no_case(here, typed):
    assert cases(here.desk, typed) == []


@pytest.mark.parametrize("typed", ["任桂兰", "任桂", "桂兰", "rgl", "renguilan", "任 桂"])
def test_the_desk_finds_the_open_case_by_the_name_of_who_stands_before_it(here, typed):
    assert cases(here.desk, typed) == [here.number]


def test_an_ended_case_is_found_by_number_only(here):
    given = {"cancel_reason": code_lists["referral.cancel_reason"].entries[0].code}
    engine.take(by=here.doctor, number=here.number, step="cancel", given=given)
    assert cases(here.doctor, "任桂兰") == []
    assert cases(here.doctor, here.number) == [here.number]


def test_who_does_not_see_the_case_does_not_find_it(here):
    strangers = {"village_doctor": "other_village", "county_doctor": "orthopaedics", "president": "group",
                 "referral_desk": "foreign_hospital", "administrator": "root"}  # fmt: skip
    for role, place in strangers.items():
        stranger = factories.actor(role, getattr(here, place))
        assert cases(stranger, here.number) == cases(stranger, "任桂兰") == [], role


def test_finding_costs_the_same_for_one_case_and_for_many(here):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert cases(here.desk, "任")
        return len(asked)

    few = cost()
    for _ in range(7):
        sent(here, "任桂兰")
    assert cost() == few <= 2


def test_what_one_may_begin_and_pages_beyond_the_menu_are_found_by_word_and_initials(here):
    assert pages(here.doctor, "上转") == pages(here.doctor, "xbsz") == ["/new/referral.upward"]
    assert pages(here.desk, "新办上转") == []
    assert "/roles" in pages(here.doctor, "岗位说明")
    assert "/roles" in pages(here.doctor, "gwsm")
    assert "/audit" not in pages(here.doctor, "审计")
    assert "/notices" in pages(here.doctor, "通知")


def test_whatever_is_found_can_be_opened(here):
    client = signed_in(here.doctor)
    for href in {h for letter in "abcdefghijklmnopqrstuvwxyz" for h in pages(here.doctor, letter)}:
        assert client.get(href).status_code == 200, href


def test_the_box_shows_people_first_then_their_cases_and_notes_both(here):
    from yigongti.kernel.audit.models import Entry

    answer = signed_in(here.doctor).get("/find?q=任桂兰", headers={"HX-Request": "true"}).content.decode()
    assert 0 < answer.index("居民") < answer.index("办理单")
    assert here.number in answer
    assert Entry.objects.filter(kind="read", action="find", post_id=here.doctor.post_id).exists()
