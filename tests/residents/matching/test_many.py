"""Many persons told of, as a sheet brings them: rules and learned weights find what the rules alone miss."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import actor
from tests.residents.people import card, form, person
from yigongti.residents.matching.judging import rules
from yigongti.residents.matching.scoring import Told, score
from yigongti.residents.matching.weights import shipped
from yigongti.residents.particulars import read as particulars
from yigongti.residents.queries.alike import alike
from yigongti.residents.queries.likeness import likely_duplicates


pytestmark = pytest.mark.requirement("R133")
BORN = date(1958, 3, 4)
HOME = {"lives_division": "140781101201", "lives_address": "南街 3 号"}


def told(**given):
    without = {} if given.get("id_card") else {"id_card": "", "no_papers": "1"}
    return particulars(form(**{"name": "张桂兰", "sex": "2", "birth_date": BORN.isoformat(), **without, **given}))


def found(county, *people):
    return alike(for_=actor("data_steward", county.group), of=[(one, ()) for one in people])


def test_a_name_misheard_and_a_day_mistyped_are_found_together_though_no_rule_holds(county):
    known = person(county.village, name="张桂兰", sex="2", born=BORN, phone="13812345678", **HOME)
    one = told(name="张贵兰", birth_date="1958-03-14", phone="13812345678", **HOME)
    ((met,),) = found(county, one)
    assert (met.resident, met.weight > 0) == (known.pk, True) and 50 <= met.score < 95
    assert "姓名读音相同" in met.why and "住址相同" in met.why


def test_what_the_desk_finds_by_a_rule_the_sheet_finds_by_the_same(county):
    known = person(county.village, name="付桂兰", sex="2", born=BORN, phone="13812345678")
    steward = actor("data_steward", county.group)
    for one in (
        told(name="付桂兰"),
        told(name="傅桂兰"),
        told(name="付桂兰", birth_date="1971-01-01", phone="13812345678"),
    ):
        (desk,) = likely_duplicates(for_=steward, of=one)
        ((sheet,),) = found(county, one)
        assert sheet.resident == known.pk == desk.person.pk
        assert sheet.score == desk.score and {r.says for r in desk.reasons} <= set(sheet.why.split("；"))


def test_two_cards_that_hold_are_two_people_whatever_else_agrees(county):
    person(county.village, name="张桂兰", sex="2", born=BORN, phone="13812345678", id_card=card(sequence=12), **HOME)
    assert found(county, told(id_card=card(division="410782", sequence=88), phone="13812345678", **HOME)) == [[]]


def test_strangers_born_on_one_day_are_not_even_compared(county):
    person(county.village, name="张桂兰", sex="2", born=BORN)
    stranger = Told(name="李静", birth=BORN, sex="2")
    assert score([stranger], weights=shipped(), least=-1000, reach="many") == []
    assert len(score([stranger], weights=shipped(), least=-1000)) == 1


def test_many_cost_as_many_statements_as_one(county):
    person(county.village, name="张桂兰", sex="2", born=BORN)
    counts = []
    found(county, told())  # reads the parameters
    for many in (1, 30):
        with CaptureQueriesContext(connection) as asked:
            found(county, *[told() for _ in range(many)])
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_spelling_of_a_surname_that_is_spoken_otherwise_is_no_reason_of_sound():
    at = [1, 0, 0, -1, -1, -1]  # surname variant, birth exact, sex same
    assert [one.code for one in rules(at, name="付桂兰")] == ["same_sound_birth_sex"]
    assert rules(at, name="沈桂兰") == []


def test_asked_again_only_papers_and_rules_are_looked_for(county):
    known = person(county.village, name="张桂兰", sex="2", born=BORN, phone="13812345678", **HOME)
    misheard = told(name="张贵兰", birth_date="1958-03-14", phone="13900000000", **HOME)
    steward = actor("data_steward", county.group)
    assert alike(for_=steward, of=[(misheard, ())], again=True) == [[]]
    ((met,),) = alike(for_=steward, of=[(told(), ())], again=True)
    assert (met.resident, met.score) == (known.pk, 85)
