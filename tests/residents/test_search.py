"""Search: the same people as a plain filter finds, each once, page by page, within one's bases only."""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.residents.people import card, person
from yigongti.kernel.access import bases
from yigongti.kernel.access.words import Reach
from yigongti.residents.actions.merging import merge
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.queries import scopes
from yigongti.residents.queries.beyond import find_beyond, proven
from yigongti.residents.queries.persons import managed_list
from yigongti.residents.queries.search import find


TEXTS = (
    "张",
    "张伟",
    "伟",
    "秀英",
    "英",
    "z",
    "zx",
    "zhang",
    "zhangw",
    "ou",
    "欧阳",
    "阳",
    "𠮷",
    "买",
    "阿",
    "古丽",
    "%",
    "_",
    "lv",
)


@pytest.fixture
def crowd(county):
    """Two hundred people of few names in three village rooms, so that every way of matching meets many."""
    dice = random.Random(4)
    names = [
        "张伟",
        "张秀英",
        "王伟",
        "欧阳秀英",
        "赵英",
        "𠮷田",
        "买买提·阿古丽",
        "吕布",
        "张𠮷",
        "曾伟",
        "尉迟英",
        "单秀英",
    ]
    places = [county.village, county.other_village, county.village2]
    return [
        person(
            dice.choice(places),
            name=dice.choice(names),
            born=date(1950, 1, 1 + n % 28),
            phone=f"138{n:08d}",
            id_card=card(born=date(1950, 1, 1 + n % 28), sequence=n),
        )
        for n in range(200)
    ]


def everybody(actor, text, limit=7):
    """All pages of a search, one after the other."""
    seen, after = [], ""
    while True:
        page = find(for_=actor, text=text, limit=limit, after=after)
        seen += [row.pk for row in page.rows]
        after = page.after
        if not after:
            return seen


def means(row, text):
    """What a search by name should find, said plainly."""
    if text.isascii():
        return text.isalpha() and (row.initials.startswith(text) or row.pinyin.startswith(text))
    later = row.name[1:].startswith(text) or row.name[2:].startswith(text)
    return row.name.startswith(text) or later or ("·" in row.name and text in row.name)


@pytest.mark.requirement("R133")
@pytest.mark.parametrize("few", [0, 15_000])
@pytest.mark.parametrize("text", TEXTS)
def test_every_page_together_is_what_a_plain_filter_finds_each_once(
    crowd, township_doctor, county, monkeypatch, text, few
):
    monkeypatch.setattr(scopes, "FEW", few)
    within = {county.village.pk, county.other_village.pk}
    expected = {row.pk for row in crowd if row.managing_id in within and means(row, text)}
    found = everybody(township_doctor, text)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize("few", [0, 15_000])
def test_numbers_find_their_holder_in_every_form(crowd, township_doctor, county, monkeypatch, few):
    monkeypatch.setattr(scopes, "FEW", few)
    one = next(row for row in crowd if row.managing_id == county.village.pk)
    Identifier.objects.create(resident=one, system="health_card", value="A1B2C3D4E5")
    texts = (
        one.id_card,
        one.id_card[:6] + one.id_card[8:17],
        one.id_card[:17],
        one.phone,
        one.phone[:8],
        one.record_no,
        "a1b2 c3d4 e5",
        f"{one.name} {one.phone[-4:]}",
        f"{one.name} {one.birth_date}",
    )
    for text in texts:
        assert one.pk in everybody(township_doctor, text), text
    assert everybody(township_doctor, one.id_card) == [one.pk]


def test_a_phone_s_last_four_find_all_who_share_it(county, village_doctor):
    two = [person(county.village, name=name, phone="13812345678") for name in ("张伟", "张英")]
    assert set(everybody(village_doctor, "5678")) == {row.pk for row in two}
    assert everybody(village_doctor, "张英 5678") == [two[1].pk]


def test_nobody_outside_one_s_bases_is_found_by_name(crowd, county):
    doctor = factories.actor("village_doctor", county.village2)
    for text in TEXTS:
        assert {Resident.objects.get(pk=pk).managing_id for pk in everybody(doctor, text)} <= {county.village2.pk}


def test_who_was_opened_with_a_stated_basis_is_found_while_it_holds(crowd, county):
    doctor = factories.actor("county_doctor", county.cardiology)
    one = crowd[0]
    assert one.pk not in everybody(doctor, one.name)
    opening = bases.open_with(by=doctor, person_id=one.pk, code="present", reason="来诊")
    assert everybody(doctor, one.name) == [one.pk]
    opening.closes_at = opening.opened_at
    opening.save()
    assert not everybody(doctor, one.name)


def test_who_was_treated_here_is_found_by_name(county):
    from tests.record import factories as visits

    doctor = factories.actor("county_doctor", county.cardiology)
    one = person(county.village2, name="张秀英")
    assert not everybody(doctor, "张秀英")
    visits.encounter(one, county.hospital)
    assert everybody(doctor, "zxy") == [one.pk]


@pytest.mark.parametrize("few", [0, 15_000])
def test_the_merged_are_shown_once_under_their_master(crowd, county, steward, township_doctor, monkeypatch, few):
    monkeypatch.setattr(scopes, "FEW", few)
    kept = person(county.village, name="吴用")
    gone = [person(county.village, name=name) for name in ("吴永", "伍用", "吴用")]
    for row in gone:
        merge(by=steward, kept=kept.pk, absorbed=row.pk, reason="同一人")
    for text in ("吴用", "吴永", "伍", "wuyong", "wy", "吴"):
        assert [pk for pk in everybody(township_doctor, text) if pk in {kept.pk, *(r.pk for r in gone)}] == [kept.pk], (
            text
        )


def test_a_search_costs_the_same_few_queries_however_many_are_found(crowd, township_doctor):
    counts = []
    for text in ("张伟", "z", "13800000001"):
        find(for_=township_doctor, text=text)
        with CaptureQueriesContext(connection) as ran:
            find(for_=township_doctor, text=text)
        counts.append(len(ran))
    assert max(counts) <= 6


def test_the_list_of_one_s_own_is_in_the_order_of_pinyin_and_complete(crowd, township_doctor, county):
    seen, after = [], ""
    while True:
        page = managed_list(for_=township_doctor, limit=30, after=after)
        seen += page.rows
        after = page.after
        if not after:
            break
    assert [row.pinyin for row in seen] == sorted(row.pinyin for row in seen)
    assert len({row.pk for row in seen}) == len(seen) == Resident.objects.exclude(managing=county.village2).count()


# --- beyond


@pytest.mark.requirement("R133")
def test_beyond_one_s_bases_a_full_number_or_name_and_birth_date_gives_one_masked_hit(county, village_doctor):
    one = person(county.village2, name="欧阳秀英", id_card=card(), phone="13812345678")
    Identifier.objects.create(resident=one, system="insurance_no", value="1407810001")
    for text in (card(), card()[:6] + card()[8:17], "1407810001", "欧阳秀英 1958-03-04", "欧阳秀英 1958年3月4日"):
        hit = find_beyond(for_=village_doctor, text=text).hit
        assert hit is not None, text
        assert (hit.name, hit.born, hit.where) == ("欧阳*", "1958", "张村卫生室")
        assert proven(for_=village_doctor, proof=hit.proof) == one.pk
    for text in ("欧阳秀英", "欧阳 1958-03-04", card()[:17], "13812345678", one.record_no, "oyxy", "1407810"):
        assert find_beyond(for_=village_doctor, text=text).hit is None, text


def test_a_proof_serves_nobody_else_and_no_other_person(county, village_doctor):
    person(county.village2, id_card=card())
    proof = find_beyond(for_=village_doctor, text=card()).hit.proof
    assert proven(for_=factories.actor("village_doctor", county.village), proof=proof) is None
    assert proven(for_=village_doctor, proof=proof + "x") is None
    assert proven(for_=village_doctor, proof="") is None


def test_two_of_one_name_and_birth_date_are_told_apart_by_number_only(county, village_doctor):
    for sequence in (2, 4):
        person(county.village2, id_card=card(sequence=sequence))
    answer = find_beyond(for_=village_doctor, text="张桂兰 1958-03-04")
    assert answer.hit is None
    assert "身份证号" in answer.hindered


def test_a_wrong_check_digit_is_said_not_searched(county, village_doctor):
    assert "校验位" in find_beyond(for_=village_doctor, text="140781195803040041").hindered


def test_who_is_within_one_s_bases_is_no_masked_hit(county, village_doctor):
    person(county.village, id_card=card())
    assert find_beyond(for_=village_doctor, text=card()).hit is None


def test_a_role_that_reaches_below_finds_its_villages_and_a_unit_role_only_its_own(crowd, county):
    own = factories.actor("township_doctor", county.township, reach=Reach.UNIT)
    assert not everybody(own, "张")
    assert everybody(factories.actor("township_doctor", county.township), "张")
