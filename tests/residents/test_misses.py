"""Guessing numbers: a post that finds nobody is counted, seen on the audit page, and stopped for an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.residents.people import card, person
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.parameters import values
from yigongti.residents.models import Miss
from yigongti.residents.queries.beyond import find_beyond
from yigongti.residents.queries.misses import missed_on
from yigongti.residents.queries.search import find


NOON = factories.at("2026-11-18 12:10")
MOST = 20


@pytest.fixture
def noon():
    with clock.stands_at(NOON):
        yield


def guess(actor, first, count=1):
    """Look for people nobody has registered; what was said to each."""
    return [find_beyond(for_=actor, text=card(sequence=first + n)) for n in range(count)]


def times(actor):
    return sum(Miss.objects.filter(post_id=actor.post_id).values_list("times", flat=True))


@pytest.mark.requirement("R133")
def test_who_guesses_numbers_is_stopped_for_an_hour(noon, county, village_doctor):
    there = person(county.village2, id_card=card(sequence=900))
    own = person(county.village, name="张秀英", id_card=card(sequence=901))
    assert [answer.hindered for answer in guess(village_doctor, 1, MOST)] == [""] * MOST
    stopped = find_beyond(for_=village_doctor, text=there.id_card)
    assert stopped.hit is None and "20 次查无此人，13:20 以前" in stopped.hindered
    assert [row.pk for row in find(for_=village_doctor, text=own.id_card).rows] == [own.pk]
    assert find_beyond(for_=factories.actor("village_doctor", county.village), text=there.id_card).hit
    assert Entry.objects.filter(kind="refusal", action="residents.find", post_id=village_doctor.post_id).count() == 1
    with clock.stands_at(NOON + timedelta(minutes=69)):
        assert find_beyond(for_=village_doctor, text=there.id_card).hit is None
    with clock.stands_at(NOON + timedelta(minutes=70)):
        assert find_beyond(for_=village_doctor, text=there.id_card).hit


@pytest.mark.requirement("R133")
def test_around_the_full_hour_nobody_has_the_allowance_of_two(county, village_doctor):
    with clock.stands_at(factories.at("2026-11-18 12:50")):
        guess(village_doctor, 1, 12)
    with clock.stands_at(factories.at("2026-11-18 12:59")):
        assert [bool(a.hindered) for a in guess(village_doctor, 100, 4)] == [False] * 4
    with clock.stands_at(factories.at("2026-11-18 13:01")):
        told = guess(village_doctor, 200, 6)
    assert [bool(a.hindered) for a in told] == [False] * 4 + [True] * 2
    assert "14:00 以前" in told[-1].hindered  # when the misses of 12:50 are an hour past
    with clock.stands_at(factories.at("2026-11-18 14:01")):
        assert [bool(a.hindered) for a in guess(village_doctor, 300, 17)] == [False] * 16 + [True]


def test_a_county_sets_its_own_limit(noon, county, village_doctor, monkeypatch):
    monkeypatch.setattr(values, "number", lambda code, **_: 2 if code == "residents.misses_an_hour" else 30)
    assert [bool(answer.hindered) for answer in guess(village_doctor, 1, 3)] == [False, False, True]


def test_a_number_typed_piece_by_piece_is_one_look_and_none_once_it_finds_somebody(noon, county, village_doctor):
    there = person(county.village2, id_card=card(sequence=900))
    for length in (6, 9, 14, 17):
        find_beyond(for_=village_doctor, text=there.id_card[:length])
    assert times(village_doctor) == 1
    assert find_beyond(for_=village_doctor, text=there.id_card).hit
    assert times(village_doctor) == 0
    guess(village_doctor, 1)
    guess(village_doctor, 1)
    assert times(village_doctor) == 1


def test_a_shorter_guess_between_two_does_not_make_them_free(noon, county, village_doctor):
    for number in ("140781", "1407810001", "140781", "1407810002", "140781", "1407810003"):
        find_beyond(for_=village_doctor, text=number)
    assert times(village_doctor) == 3


def test_a_name_and_birth_date_that_mean_nobody_count_and_half_typed_ones_do_not(noon, county, village_doctor):
    for text in ("欧阳", "欧阳 1958", "欧阳秀英 1958-03-", "12345"):
        find_beyond(for_=village_doctor, text=text)
    assert times(village_doctor) == 0
    find_beyond(for_=village_doctor, text="欧阳秀英 1958-03-04")
    assert times(village_doctor) == 1


def test_a_number_typed_on_over_the_turn_of_a_stretch_is_one_look(county, village_doctor):
    there = person(county.village2, id_card=card(sequence=900))
    with clock.stands_at(factories.at("2026-11-18 12:19")):
        find_beyond(for_=village_doctor, text=there.id_card[:9])
    with clock.stands_at(factories.at("2026-11-18 12:20")):
        find_beyond(for_=village_doctor, text=there.id_card[:14])
        assert times(village_doctor) == 1
        assert find_beyond(for_=village_doctor, text=there.id_card).hit
    assert times(village_doctor) == 0


def test_no_number_that_was_looked_for_lies_in_the_table(noon, county, village_doctor):
    guess(village_doctor, 1)
    assert card(sequence=1) not in Miss.objects.get().last


def test_the_audit_page_counts_by_post_and_day(noon, county, village_doctor):
    other = factories.actor("village_doctor", county.village2, name="王五")
    guess(village_doctor, 1, 3)
    guess(other, 50, 5)
    with clock.stands_at(NOON + timedelta(hours=2)):
        guess(other, 70, 2)
    keeper = factories.actor("administrator", county.root)
    told, posts = missed_on(NOON.date(), for_=keeper)
    assert [(one.who, one.times) for one in told] == [("王五 · 张村卫生室", 7), ("李秀英 · 南街村卫生室", 3)]
    assert posts == 2
    assert missed_on(NOON.date() - timedelta(days=1), for_=keeper) == ([], 0)
    assert missed_on(NOON.date(), for_=village_doctor) == ([], 0)
    assert len(missed_on(NOON.date(), for_=keeper, limit=1)[0]) == 1
    page = signed_in(keeper).get("/audit?day=2026-11-18").content.decode()
    assert "查无此人次数：2 个岗位" in page and "王五 · 张村卫生室" in page
    assert "查无此人次数" not in signed_in(keeper).get("/audit?day=2026-11-17").content.decode()
