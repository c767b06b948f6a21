"""An arriving person weighed against the register: what speaks for one human, what against, what decides nothing."""

from __future__ import annotations

from datetime import date
from math import log2

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.residents.people import card, form, person
from yigongti.residents import codes
from yigongti.residents.matching import levels, words
from yigongti.residents.matching.scoring import Told, score
from yigongti.residents.matching.weighing import percent
from yigongti.residents.matching.weights import read, shipped, written
from yigongti.residents.particulars import read as particulars
from yigongti.residents.policy.matching import COMPARISONS
from yigongti.residents.queries.likeness import likely_duplicates


pytestmark = pytest.mark.requirement("R133")
BORN = date(1958, 3, 4)
HERE = {"lives_division": "140781101201", "lives_address": "南街 3 号"}


def met(**told):
    """The only registration there is, weighed against somebody told of; levels by name."""
    asked = {"name": "张桂兰", "birth": BORN, "sex": "2", **told}
    (one,) = score([Told(**asked)], weights=shipped(), least=-1000)
    at = {c.code: c.levels[n].code if n >= 0 else "" for c, n in zip(COMPARISONS, one.at, strict=True)}
    return one.bits, at


@pytest.mark.parametrize(
    ("registered", "told", "comparison", "level"),
    [
        ({}, {}, "name", "exact"),
        ({"name": "付桂兰"}, {"name": "傅桂兰"}, "name", "surname"),
        ({"name": "张桂兰"}, {"name": "张贵兰"}, "name", "sound"),
        ({"name": "张森"}, {"name": "张申"}, "name", "accent"),
        ({"name": "张桂兰"}, {"name": "张桂花"}, "name", "character"),
        ({"name": "张桂兰"}, {"name": "张兰桂"}, "name", "character"),
        ({"name": "阿卜杜拉·艾山"}, {"name": "阿卜杜拉"}, "name", "part"),
        ({"name": "张桂兰"}, {"name": "赵改莲"}, "name", "initials"),
        ({"name": "张桂兰"}, {"name": "李静"}, "name", "other"),
        ({"sex": "0"}, {}, "sex", ""),
        ({}, {"sex": "1"}, "sex", "other"),
        ({"id_card": card()}, {"id_card": card()}, "card", "exact"),
        ({"id_card": card()}, {}, "card", ""),
        ({"id_card": card()[:6] + card()[8:17]}, {"id_card": card()}, "card", "exact"),
        ({"id_card": card(sequence=4)}, {"id_card": card(sequence=6)}, "card", "serial"),
        ({"id_card": card()}, {"id_card": card(division="140782")}, "card", "slip"),
        ({"id_card": card()}, {"id_card": card(division="410782", sequence=88)}, "card", "other"),
        ({"id_card": card()}, {"id_card": card()[:17] + "?"}, "card", "slip"),
        ({"phone": "13812345678"}, {"phone": "13812345678"}, "phone", "exact"),
        ({"phone": "13812345678"}, {"phone": "13812345687"}, "phone", "slip"),
        ({"phone": "13812345678"}, {"phone": "13900000000"}, "phone", "other"),
        (HERE, {"village": "140781101201", "address": "南街 3 号"}, "place", "address"),
        (HERE, {"village": "140781101201", "address": "北街 1 号"}, "place", "village"),
        (HERE, {"village": "140781101209"}, "place", "township"),
        (HERE, {"village": "140781102209"}, "place", "other"),
    ],
)
def test_each_comparison_takes_the_first_level_that_holds(county, registered, told, comparison, level):
    person(county.village, **{"name": "张桂兰", "sex": "2", "born": BORN, **registered})
    assert met(**told)[1][comparison] == level


@pytest.mark.parametrize(
    ("born", "level"),
    [(date(1958, 3, 4), "exact"), (date(1958, 4, 3), "slip"), (date(1958, 3, 14), "slip"), (date(1968, 3, 4), "slip"),
     (date(1958, 3, 27), "near"), (date(1958, 9, 18), "year"), (date(1971, 9, 18), "other")],
)  # fmt: skip
def test_birth_dates_are_compared_as_they_are_mistaken(county, born, level):
    person(county.village, name="张桂兰", sex="2", born=born, phone="13812345678")
    assert met(phone="13812345678")[1]["birth"] == level


def test_two_cards_that_hold_are_two_people_and_one_card_is_one(county):
    """A name and a birth day in common are not enough against two papers."""
    person(county.village, name="张桂兰", sex="2", born=BORN, id_card=card(), phone="13812345678")
    silent, _ = met()
    same, _ = met(id_card=card())
    against, _ = met(id_card=card(division="410782", sequence=88))
    assert same > silent > against + 8
    assert percent(same) >= 99
    assert percent(against) < 20 < 50 <= percent(silent)


def test_a_phone_that_many_share_says_less(county):
    person(county.village, name="张桂兰", sex="2", born=date(1958, 3, 27), phone="13812345678")
    alone, _ = met(phone="13812345678")
    for n in range(30):
        person(county.village, name="李静", sex="2", born=date(1990, 1, 1 + n % 28), phone="13812345678")
    found = score([Told(name="张桂兰", birth=BORN, sex="2", phone="13812345678")], weights=shipped(), least=-1000)
    shared = max(one.bits for one in found)
    assert alone - shared == pytest.approx(log2(33 / 3), abs=0.01)  # 32 instead of 2 who have it, and one more


def test_many_are_asked_in_one_statement_and_nobody_meets_themselves(county):
    """The scoring of a block is one question, whatever its size."""
    rows = [person(county.village, name=name, sex="2", born=BORN) for name in ("张桂兰", "张贵兰", "李静")]
    people = [Told(name=r.name, birth=r.birth_date, sex=r.sex, known=r.pk) for r in rows]
    with CaptureQueriesContext(connection) as asked:
        found = score(people, weights=shipped(), least=-1000)
    assert len(asked) == 1
    assert {(one.told, one.resident) for one in found} == {
        (n, row.pk) for n in range(3) for m, row in enumerate(rows) if m != n
    }


def test_somebody_whom_no_rule_names_is_found_by_what_was_learned(county, township_doctor):
    """Another character of the same sound, a birth day off by one, the same phone: no rule, yet hardly two people."""
    row = person(county.village, name="张桂兰", sex="2", born=BORN, phone="13812345678", **HERE)
    told = form(
        name="张贵兰", id_card=None, no_papers="1", sex="2", birth_date="1958-03-05", phone="13812345678",
        lives_division=HERE["lives_division"],
    )  # fmt: skip
    (found,) = likely_duplicates(for_=township_doctor, of=particulars(told))
    assert (found.person.pk, found.reasons) == (row.pk, [])
    assert 50 <= found.score < 95
    assert "姓名读音相同" in found.why
    assert "电话相同" in found.why


def test_evidence_without_a_paper_never_reaches_the_score_that_decides(county, township_doctor):
    person(county.village, name="张桂兰", sex="2", born=BORN, phone="13812345678", **HERE)
    told = form(id_card=None, no_papers="1", sex="2", birth_date="1958-03-04", **HERE)
    (found,) = likely_duplicates(for_=township_doctor, of=particulars(told))
    assert found.first
    assert found.score < 95


def test_the_policy_page_and_the_conditions_know_the_same_levels():
    for one in COMPARISONS:
        own = [level.code for level in one.levels]
        assert list(levels.CONDITIONS[one.code]) == own[:-1], one.code
        assert 990 <= sum(level.same for level in one.levels) <= 1010


def test_shipped_weights_say_whence_and_every_agreement_outweighs_its_absence():
    weights = shipped()
    assert weights.rows > 400_000
    assert "演示县" in weights.version
    assert read(written(weights)) == weights
    for one in COMPARISONS:
        bits = [weights.bits(one, level.code) for level in one.levels]
        assert bits[0] > 0 > bits[-1], one.code


def test_words_that_do_not_fit_are_left_out_whole():
    long = ["甲" * 90, "乙" * 90, "丙" * 90]
    assert words.joined(long) == "；".join(long[:2])


def test_a_check_digit_is_checked_by_the_statement_as_by_registration(county):
    """The rule stands twice, in Python for the door and in SQL for the score: they must agree."""
    from yigongti.residents.matching.columns import EXPRESSIONS

    numbers = [card(sequence=n) for n in range(4, 30)]
    numbers += [one[:17] + other for one in numbers[:3] for other in codes.CHECKS]
    told = ", ".join(f"('{one}')" for one in numbers)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c, {EXPRESSIONS['holds'].format(id_card='c')} FROM (VALUES {told}) t(c)")
        seen = cursor.fetchall()
    assert all(holds == (codes.check_digit(one[:17]) == one[17]) for one, holds in seen)
