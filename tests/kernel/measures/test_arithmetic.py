"""Figures from the numbers of terms: exact, rounded once, with interval and n, and honest where there is none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yigongti.kernel.measures.arithmetic import kinds_of, least_met, outcome, outcomes, terms
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Key
from yigongti.kernel.measures.words import (
    Awaited,
    Column,
    Count,
    Fact,
    Growth,
    Indicator,
    Judged,
    Premature,
    Question,
    Ratio,
)  # fmt: skip


visits = Fact(
    code="t_visits", title="试", means="试", at="at", person="person", born="born",
    columns=(Column(name="at", title="日", kind="day"), Column(name="person", title="人", kind="person"),
             Column(name="born", title="生", kind="day"), Column(name="where", title="处", kind="place"),
             Column(name="cost", title="费", kind="money"), Column(name="good", title="好", kind="yes")),
)  # fmt: skip
people = Fact(
    code="t_people", title="试", means="试", at="at", until="until", person="person", born="born",
    columns=(Column(name="person", title="人", kind="person"), Column(name="born", title="生", kind="day"),
             Column(name="home", title="家", kind="place")),
)  # fmt: skip
rows, good = visits.rows(), visits.where(good=True)
YEAR, MONTH = Period.read("2025"), Period.read("2025-03")


def indicator(figure, **more):
    told = {
        "code": "t", "title": "试", "means": "试", "basis": "试", "figure": figure, "unit": "%", "better": "higher",
        "population": "none", "place": "where home", "owner": "甲", "checker": "乙", "family": "试",
        "review_before": date(2099, 1, 1),
    }  # fmt: skip
    return Indicator(**(told | more))


def found(one, **numbers):
    return outcome(one, {name.replace("__", "@"): {(): Decimal(str(n))} for name, n in numbers.items()})


def test_a_share_is_rounded_once_half_to_even_with_its_wilson_interval():
    one = found(indicator(Ratio(of=good, over=rows)), of=81, over=263)
    # Wilson, 81 of 263: a worked example of many textbooks gives 25.5 % to 36.6 %.
    assert (one.value, one.low, one.high, one.n) == (Decimal("30.80"), Decimal("25.53"), Decimal("36.62"), 263)
    assert found(indicator(Ratio(of=good, over=rows), digits=0), of=1, over=200).value == Decimal(0)
    assert found(indicator(Ratio(of=good, over=rows), digits=0), of=3, over=200).value == Decimal(2)


def test_all_and_none_have_intervals_that_stay_within_nothing_and_all():
    none, everyone = (found(indicator(Ratio(of=good, over=rows)), of=n, over=10) for n in (0, 10))
    assert (none.value, none.low, none.high) == (Decimal("0.00"), Decimal("0.00"), Decimal("27.75"))
    assert (everyone.value, everyone.low, everyone.high) == (Decimal("100.00"), Decimal("72.25"), Decimal("100.00"))


def test_a_rate_of_another_fact_has_byars_interval():
    one = found(indicator(Ratio(of=rows, over=people.rows().mid_period(), per=1000)), of=10, over=1000)
    # Exact Poisson limits of 10 are 4.795 and 18.390; Byar's 4.79 and 18.39.
    assert (one.value, one.low, one.high) == (Decimal("10.00"), Decimal("4.79"), Decimal("18.39"))
    assert found(indicator(Ratio(of=rows, over=people.rows().mid_period(), per=1000)), of=0, over=1000).low == 0


def test_people_of_people_are_a_share_though_the_facts_differ():
    one = indicator(Ratio(of=rows.people(), over=people.rows().on_last_day().people()))
    assert found(one, of=10, over=10).high == Decimal(100)


def test_people_of_days_are_people_and_days_in_bed_are_not():
    managed = people.rows().days()
    assert found(indicator(Ratio(of=rows.people(), over=managed.people())), of=9, over=115).n == 115
    days = found(indicator(Ratio(of=managed, over=managed.sum("beds"))), of=9, over=115)
    assert (days.n, days.low) == (None, None)


def test_a_mean_has_the_interval_of_its_squares_and_fen_become_yuan():
    mean = indicator(Ratio(of=rows.sum("cost"), over=rows, per=Fraction(1, 100), spread=rows.squares("cost")))
    one = found(mean, of=60000, over=3, spread=1400000000)  # 100, 200 and 300 yuan
    # s = 100, se = 57.735, half = 113.159
    assert (one.value, one.low, one.high) == (Decimal("200.00"), Decimal("86.84"), Decimal("313.16"))
    assert found(mean, of=10000, over=1, spread=100000000).low is None


def test_money_of_money_has_no_interval():
    one = found(indicator(Ratio(of=good.sum("cost"), over=rows.sum("cost"))), of=1, over=3)
    assert (one.value, one.low, one.n) == (Decimal("33.33"), None, None)


def test_nothing_below_is_not_computable_and_never_zero_or_all():
    one = found(indicator(Ratio(of=good, over=rows)), of=0)
    assert (one.value, one.why) == (None, "no_denominator")


def test_nothing_counted_above_is_zero_but_a_sum_of_nothing_known_is_not():
    assert found(indicator(Ratio(of=good, over=rows)), over=8).value == Decimal("0.00")
    assert found(indicator(Ratio(of=good.sum("cost"), over=rows.sum("cost"))), over=8).value == Decimal("0.00")
    unknown = found(indicator(Ratio(of=rows.sum("cost"), over=rows)), over=8)
    assert (unknown.value, unknown.why) == (None, "nothing_known")
    assert found(indicator(Count(of=rows.sum("cost")))).why == "nothing_known"
    assert found(indicator(Count(of=rows))).value == Decimal("0.00")


def test_a_growth_keeps_both_values_and_has_no_value_from_nothing():
    one = found(indicator(Growth(of=Count(of=rows)), digits=0), of=425, of_before=100)
    assert (one.value, one.numerator, one.denominator, one.before) == (Decimal(325), 425, 100, 100)
    none = found(indicator(Growth(of=Count(of=rows))), of=3)
    assert (none.value, none.numerator, none.before, none.why) == (None, 3, 0, "no_base")


def test_a_growth_of_a_mean_compares_the_unrounded_means():
    one = indicator(Growth(of=Ratio(of=rows.sum("cost"), over=rows, per=1)), digits=4)
    got = found(one, of=10, over=3, of_before=3, over_before=1)
    assert (got.value, got.before, got.numerator) == (Decimal("11.1111"), Decimal(3), Decimal("3.333333"))
    assert found(one, of=10, over=3, over_before=0).why == "no_base"
    assert found(one, of_before=10, over_before=3).why == "no_denominator"


DYING = ("0.0004", "0.0007", "0.0012", "0.002", "0.0032", "0.0055", "0.0085", "0.014")
BANDS = [f"{age}-{age + 4}" for age in range(30, 70, 5)]


def test_forty_q_thirty_is_that_of_the_reference():
    one = indicator(Premature(deaths=rows, people=people.rows().mid_period()), digits=3)
    got = outcome(one, {"deaths": {(b,): Decimal(m) * 10000 for b, m in zip(BANDS, DYING, strict=True)},
                        "people": {(b,): Decimal(10000) for b in BANDS}})  # fmt: skip
    assert got.value == Decimal("16.267")
    assert got.low < got.value < got.high
    assert (got.numerator, got.denominator) == (355, 80000)


def test_an_age_without_people_makes_it_not_computable_and_an_age_without_deaths_does_not():
    one = indicator(Premature(deaths=rows, people=people.rows().mid_period()))
    everyone = {(b,): Decimal(1000) for b in BANDS}
    without = {(b,): Decimal(1000) for b in BANDS[1:]}
    assert outcome(one, {"deaths": {("65-69",): Decimal(2)}, "people": everyone}).value == Decimal("1.00")
    assert outcome(one, {"deaths": {}, "people": without}).why == "no_people"


def test_a_window_pools_its_years_and_asks_for_each():
    one = indicator(Ratio(of=good, over=rows), window=3, periods=("year",))
    asked = terms(one, YEAR)
    assert [(name, term.period.code) for name, term in asked.items()] == [
        ("of@0", "2025"), ("of@1", "2024"), ("of@2", "2023"),
        ("over@0", "2025"), ("over@1", "2024"), ("over@2", "2023"),
    ]  # fmt: skip
    got = found(one, of__0=1, of__2=2, over__0=10, over__1=10, over__2=10)
    assert (got.value, got.numerator, got.n) == (Decimal("10.00"), 3, 30)


def test_a_year_to_date_is_no_quarter_and_no_year_though_it_be_as_long():
    march, quarter = Period.read("2026-Y03"), Period.read("2026-Q1")
    assert (march.starts, march.ends, march.code, march.kind) == (quarter.starts, quarter.ends, "2026-Y03", "to_date")
    assert march != quarter and Period.read("2026-Y12") != Period.read("2026")
    assert (march.earlier.code, march.later.code, march.year_before.code) == ("2026-Y02", "2026-Y04", "2025-Y03")
    assert (Period.read("2026-Y01").earlier.code, Period.read("2025-Y12").later.code) == ("2025-Y12", "2026-Y01")
    assert Period.of("to_date", march.last_day) == march
    for code in ("2026-Y00", "2026-Y13", "2026-Y3", "2026-y03"):
        with pytest.raises(ValueError):
            Period.read(code)


def test_a_growth_of_a_year_to_date_is_held_against_the_same_stretch_of_the_year_before():
    asked = terms(indicator(Growth(of=Count(of=visits.rows()))), Period.read("2026-Y10"))
    assert [(term.period.starts, term.period.ends) for term in asked.values()] == [
        (date(2026, 1, 1), date(2026, 11, 1)), (date(2025, 1, 1), date(2025, 11, 1)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "periods", "so_far"),
    [
        (Count(of=visits.rows()), ("month", "quarter", "year"), True),
        (Ratio(of=visits.rows().people(), over=visits.rows()), ("month", "quarter", "year"), True),
        (Growth(of=Count(of=visits.rows())), ("month", "quarter", "year"), True),
        (Ratio(of=people.rows().days(), over=people.rows().days()), ("month", "quarter", "year"), True),
        (Count(of=visits.rows()), ("year",), False),
        (Count(of=people.rows().on_last_day()), ("month", "quarter", "year"), False),
        (Ratio(of=visits.rows(), over=people.rows().mid_period()), ("month", "quarter", "year"), False),
        (Awaited(need="x"), ("month", "quarter", "year"), False),
    ],
)
def test_who_speaks_of_any_stretch_speaks_of_the_year_to_date(figure, periods, so_far):
    assert ("to_date" in kinds_of(indicator(figure, periods=periods))) is so_far


def test_terms_name_place_period_and_bands():
    growth = terms(indicator(Growth(of=Ratio(of=rows, over=people.rows().mid_period()))), MONTH)
    assert {name: (term.period.code, term.place) for name, term in growth.items()} == {
        "of": ("2025-03", "where"), "over": ("2025-03", "home"),
        "of_before": ("2024-03", "where"), "over_before": ("2024-03", "home"),
    }  # fmt: skip
    bands = terms(indicator(Premature(deaths=rows, people=people.rows().mid_period())), YEAR)
    assert bands["deaths"].asked("county", ("good",)).by == ("good", "age_band")
    spread = indicator(Ratio(of=rows.sum("cost"), over=rows, spread=rows.squares("cost")))
    assert list(terms(spread, YEAR)) == ["of", "over", "spread"]
    assert terms(indicator(Judged(questions=(Question(code="a", text="？"),))), YEAR) == {}


def test_places_and_groups_that_any_term_has_get_a_figure():
    got = outcomes(indicator(Ratio(of=good, over=rows)), YEAR, {
        "of": {Key(1, ("f",)): Decimal(1)}, "over": {Key(1, ("f",)): Decimal(4), Key(2, ("m",)): Decimal(5)},
    })  # fmt: skip
    assert {key: one.value for key, one in got.items()} == {
        Key(1, ("f",)): Decimal("25.00"), Key(2, ("m",)): Decimal("0.00")
    }  # fmt: skip


def test_a_place_that_must_have_a_figure_has_one_though_nothing_happened_there():
    got = outcomes(indicator(Count(of=rows)), YEAR, {"of": {Key(1): Decimal(4)}}, places=(1, 2))
    assert {key.place: one.value for key, one in got.items()} == {1: 4, 2: 0}
    share = outcomes(indicator(Ratio(of=good, over=rows)), YEAR, {}, places=(2,))
    assert share[Key(2)].why == "no_denominator"


def test_bands_are_gathered_under_their_place():
    one = indicator(Premature(deaths=rows, people=people.rows().mid_period(), frm=30, to=40), digits=0)
    got = outcomes(one, YEAR, {
        "deaths": {Key(7, ("30-34",)): Decimal(1)},
        "people": {Key(7, ("30-34",)): Decimal(10), Key(7, ("35-39",)): Decimal(10), Key(7, ("0-4",)): Decimal(9)},
    })  # fmt: skip
    assert [(key, one.value, one.denominator) for key, one in got.items()] == [(Key(7), Decimal(40), 20)]


def test_what_is_judged_or_awaited_says_so():
    assert outcome(indicator(Judged(questions=())), {}).why == "judged"
    assert outcome(indicator(Awaited(need="收入")), {}).why == "awaited"


@pytest.mark.parametrize(("over", "met"), [(29, False), (30, True)])
def test_few_are_not_ranked(over, met):
    one = replace(indicator(Ratio(of=good, over=rows)), least=30)
    assert least_met(one, found(one, of=1, over=over)) is met
    assert not least_met(one, found(one, of=1))


COUNTS = st.integers(min_value=0, max_value=10**9)


@given(of=COUNTS, more=COUNTS)
def test_an_interval_holds_its_value_and_a_share_stays_a_share(of, more):
    share = found(indicator(Ratio(of=good, over=rows), digits=9), of=of, over=of + more)
    rate = found(indicator(Ratio(of=rows, over=people.rows().mid_period()), digits=9), of=of, over=more)
    for one, exists in ((share, of + more > 0), (rate, more > 0)):
        assert (one.value is not None) is exists
        assert not exists or one.low <= one.value <= one.high
    assert share.value is None or 0 <= share.low <= share.high <= 100


@given(years=st.lists(st.tuples(COUNTS, COUNTS), min_size=3, max_size=3))
def test_a_window_is_the_share_of_all_its_years_together(years):
    told = {f"of@{n}": {(): Decimal(min(pair))} for n, pair in enumerate(years)}
    told |= {f"over@{n}": {(): Decimal(max(pair))} for n, pair in enumerate(years)}
    pooled = outcome(indicator(Ratio(of=good, over=rows), window=3, periods=("year",)), told)
    whole = found(indicator(Ratio(of=good, over=rows)), of=sum(map(min, years)), over=sum(map(max, years)))
    assert (pooled.value, pooled.low, pooled.n) == (whole.value, whole.low, whole.n)


@given(died=st.lists(st.integers(0, 1000), min_size=8, max_size=8))
def test_more_deaths_are_never_a_smaller_probability(died):
    one = indicator(Premature(deaths=rows, people=people.rows().mid_period()), digits=9)
    lived = {(b,): Decimal(1000) for b in BANDS}
    less = outcome(one, {"deaths": {(b,): Decimal(d) for b, d in zip(BANDS, died, strict=True)}, "people": lived})
    more = outcome(one, {"deaths": {(b,): Decimal(d + 1) for b, d in zip(BANDS, died, strict=True)}, "people": lived})
    assert 0 <= less.low <= less.value <= less.high <= 100
    assert less.value <= more.value
