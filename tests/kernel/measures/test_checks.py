"""Every fault of an indicator page is found by name; what is right has none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.kernel.measures.test_arithmetic import good, indicator, people, rows, visits
from yigongti.kernel.measures.checks import by_code, faults, overdue, unsourced
from yigongti.kernel.measures.words import (
    Awaited,
    Column,
    Count,
    Judged,
    Premature,
    Question,
    Ratio,
    aged,
    among,
    at_least,
    below,
    codes,
    codes_of,
    either,
    known,
    none_of,
)
from yigongti.kernel.parameters.words import parameter


LOST = parameter("t.never_shipped")
coded = replace(visits, columns=(*visits.columns, Column(name="cause", title="因", kind="code")))
sound = indicator(Ratio(of=good, over=rows), place="where", confidence="M", periods=("year",))
homes = people.rows().mid_period()


def counting(selection, **more):
    return replace(sound, figure=Count(of=selection), **more)


BROKEN = {
    "says no title": replace(sound, title=" "),
    "says no basis": replace(sound, basis=""),
    "says no owner": replace(sound, owner=""),
    "is checked by its owner": replace(sound, checker=sound.owner),
    "has the confidence 'sure', which is none": replace(sound, confidence="sure"),
    "has digits or a least n under zero": replace(sound, least=-1),
    "is of the period week": replace(sound, periods=("week",)),
    "is of the level street": replace(sound, levels=("street",)),
    "has no period or no level": replace(sound, levels=()),
    "has a window of years but is not of years only": replace(sound, window=3, periods=("month", "year")),
    "is a reading of ghost, which does not exist": replace(sound, variant_of="ghost", reading="别的读法"),
    "is a reading of v, which is one itself": replace(sound, variant_of="v", reading="读法"),
    "does not say how it reads": replace(sound, variant_of="kin"),
    "needs moon, which nobody brings": replace(sound, needs=("moon",)),
    "t_visits: none of the places 'home' is a place column": replace(sound, place="home"),
    "the place home is a column of no fact": replace(sound, place="where home"),
    "t_visits: is split by colour, which is no column": replace(sound, by=("colour",)),
    "t_visits: is split by cost, a money": replace(sound, by=("cost",)),
    "is split by age, but does not say when": counting(replace(visits, born="").rows(), by=("age_band",)),
    "is multiplied by nothing": replace(sound, figure=Ratio(of=good, over=rows, per=Fraction(0))),
    "has ages that are no five-year bands": replace(
        sound, place="where home", figure=Premature(deaths=rows, people=homes, frm=31)),
    "does not know the age of its deaths": replace(
        sound, place="where home", figure=Premature(deaths=replace(visits, born="").rows(), people=homes)),
    "is split by the ages that it chains": replace(
        sound, place="where home", by=("age_band",), figure=Premature(deaths=rows, people=homes)),
    "asks nothing, or two questions": replace(sound, figure=Judged(questions=(Question(code="a", text="？"),) * 2)),
    "awaits nothing": replace(sound, figure=Awaited(need=" ")),
    "pools quantiles of several years": counting(rows.quantile("cost", Decimal("0.5")), window=3),
    "asks colour, which is no column": counting(visits.where(colour="red")),
    "asks cost, a money, for yes": counting(visits.where(cost="yes")),
    "asks good, a yes, for 1": counting(visits.where(good=1)),
    "asks cost, a money, for True": counting(visits.where(cost=True)),
    "asks good, a yes, for a number": counting(visits.where(good=at_least(1))),
    "asks where, a place, for values that it can't have": counting(visits.where(where=3)),
    "asks cost, a money, for an age": counting(visits.where(cost=aged(below(3)))),
    "asks cost, a money, for codes": counting(visits.where(cost=codes("I00-I99"))),
    "asks cause, a code, for I99-I00": counting(coded.where(cause=codes("I99-I00"))),
    "asks cause, a code, for i10-i10": counting(coded.where(cause=codes("i10"))),
    "asks cause, a code, for nothing": counting(coded.where(cause=among())),
    "asks born, a day, for True": counting(visits.where(born=aged(at_least(True)))),
    "asks cost, a money, for x": counting(visits.where(cost=below("x"))),
    "for the parameter t.never_shipped, which ships nowhere": counting(visits.where(cost=below(LOST))),
    "asks cause, a code, for the parameter t.never_shipped": counting(coded.where(cause=codes_of(LOST))),
    "asks good, a yes, for the parameter t.never_shipped": counting(visits.where(good=LOST)),
    "adds up born, which is no number": counting(visits.rows().sum("born")),
    "adds up colour, which is no number": counting(visits.rows().sum("colour")),
    "has the quantile 2": counting(rows.quantile("cost", Decimal(2))),
    "counts people, but has none": counting(replace(visits, person="").rows().people()),
    "is taken on_last_day, but is no span": counting(rows.on_last_day()),
    "is taken days, but is no span": counting(rows.days()),
    "asks for people of t_people, which has none": counting(rows.among_those(replace(people, person="").rows())),
    "asks for people of t_people, who are not of its kind": counting(
        rows.among_those(replace(people, person="home").rows())),
    "t_people: asks colour, which is no column": counting(rows.among_those(people.where(colour="red"))),
    "asks shape, which is no column": counting(visits.where(either({"good": True}, {"shape": "round"}))),
    "asks then, which is no column": counting(rows.latest().where(then=True)),
}  # fmt: skip

KIN = {
    one.code: one for one in (replace(sound, code="kin"), replace(sound, code="v", variant_of="kin", reading="读法"))
}


def of(one):
    return faults({**KIN, one.code: one}, needs=("visit",))


def test_the_page_that_the_others_are_broken_from_is_sound():
    assert of(sound) == []


def test_every_kind_of_test_fits_where_it_belongs():
    fits = coded.where(
        good=True, cost=at_least(0), cause=codes("I00-I99", "R54"), born=aged(below(65)), person=known, where=known,
        at=aged(at_least(0)),
    ).where(cause=none_of("I10"))  # fmt: skip
    decimals = visits.where(cost=below(parameter("record.hba1c_managed")))
    assert of(counting(fits)) == of(counting(decimals)) == []
    assert of(replace(sound, place="where home", figure=Premature(deaths=rows, people=homes))) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_of_a_page_is_found_and_named(fault):
    assert any(fault in found for found in of(BROKEN[fault])), of(BROKEN[fault])


def test_two_pages_with_one_code_do_not_load():
    assert by_code([sound]) == {"t": sound}
    with pytest.raises(ValueError, match="two indicators have the code t"):
        by_code([sound, sound])


def test_a_fact_that_nobody_reads_is_found():
    other = replace(visits, title="别的")
    assert unsourced({"t": sound}, {"t_visits": visits}) == []
    for sourced in ({}, {"t_visits": other}):
        assert unsourced({"t": sound}, sourced) == ["indicator t: nobody reads the fact t_visits from its tables"]


def test_a_page_past_its_review_is_told_and_stops_nothing():
    late = replace(sound, review_before=date(2026, 1, 1))
    assert overdue({"t": late}, date(2026, 1, 2)) == [late]
    assert overdue({"t": late}, date(2026, 1, 1)) == []
    assert of(late) == []
