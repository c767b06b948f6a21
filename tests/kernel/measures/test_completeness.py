"""Final, provisional with what is missing, not computable with what it waits for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.kernel.measures.test_arithmetic import YEAR, indicator, people, visits
from yigongti.kernel.measures.arithmetic import Outcome
from yigongti.kernel.measures.completeness import Arrived, Need, months_of, needs_of, status
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.measures.words import Awaited, Count, Growth, Ratio
from yigongti.kernel.parameters.words import parameter


LAG = parameter("t.lag")
NEEDS = {
    "visit": Need(code="visit", title="就诊"),
    "claim": Need(code="claim", title="结算", lag=LAG),
    "seldom": Need(code="seldom", title="县外", within=12),
    "death": Need(code="death", title="死亡", lag=LAG, announced=False),
}
there = replace(visits, needs=("visit",))
plain = indicator(Ratio(of=there.where(good=True), over=there.rows()))
paid = replace(plain, needs=("claim",))
VALUE = Outcome(value=Decimal(1))
LATER = date(2027, 1, 1)


def sent(need="visit", *, months=YEAR.firsts, sender="县医院", expected=100, received=100):
    return [Arrived(need=need, sender=sender, month=m, expected=expected, received=received) for m in months]


def of(one, arrived, *, cut=LATER, found=VALUE, period=YEAR):
    got = status(one, period, found, arrived, cut=cut, needs=NEEDS, settle=lambda p, day: 3 if p == LAG else 95)
    return got.code, [gap.reason for gap in got.gaps]


def test_what_all_sent_is_final():
    assert of(plain, sent()) == ("final", [])
    assert of(plain, sent(expected=None, received=7)) == ("final", [])


def test_a_need_of_which_nothing_arrived_makes_it_not_computable():
    assert of(plain, []) == ("not_computable", ["nothing_arrived"])
    assert of(plain, sent(received=0)) == ("not_computable", ["nothing_arrived"])
    assert of(paid, sent()) == ("not_computable", ["nothing_arrived"])
    assert of(plain, sent(months=[date(2024, 12, 1)])) == ("not_computable", ["nothing_arrived"])


def test_a_year_of_which_nothing_was_kept_at_first_is_provisional():
    def standing(begun):
        return status(plain, YEAR, VALUE, sent(), cut=LATER, needs=NEEDS, settle=lambda p, day: 95, begun=begun)

    fact = plain.figure.of.fact.code
    assert standing({fact: YEAR.firsts[0]}).code == "final"
    assert [(one.reason, one.month) for one in standing({fact: YEAR.firsts[10]}).gaps] == [
        ("not_begun", YEAR.firsts[10])
    ]
    assert standing({"another": YEAR.firsts[10]}).code == "final"


def test_a_silent_month_and_a_short_sender_make_it_provisional():
    assert of(plain, sent(months=YEAR.firsts[:11])) == ("provisional", ["month_missing"])
    assert of(plain, [*sent(), *sent(sender="乡", received=94)])[1] == ["sender_missing"] * 12
    assert of(plain, [*sent(), *sent(sender="乡", received=95)]) == ("final", [])


def test_a_running_period_and_the_lag_of_claims_make_it_provisional():
    assert of(plain, sent(), cut=date(2025, 12, 31)) == ("provisional", ["running"])
    both = [*sent(), *sent("claim")]
    assert of(paid, both, cut=date(2026, 3, 31)) == ("provisional", ["lagging"])
    assert of(paid, both, cut=date(2026, 4, 1)) == ("final", [])


def test_of_what_nobody_announces_only_the_lag_is_known():
    late = replace(plain, needs=("death",))
    assert of(late, sent(), cut=date(2026, 3, 31)) == ("provisional", ["lagging"])
    assert of(late, sent(), cut=date(2026, 4, 1)) == ("final", [])


def test_of_seldom_things_some_must_have_come_in_a_year():
    march, asked = Period.read("2025-03"), replace(plain, needs=("seldom",))
    came = sent(months=march.firsts)
    for month, code in ((date(2024, 4, 1), "final"), (date(2025, 3, 1), "final"), (date(2024, 3, 1), "not_computable")):
        assert of(asked, [*came, *sent("seldom", months=[month])], period=march)[0] == code
    assert of(asked, came, period=march) == ("not_computable", ["nothing_arrived"])


def test_a_growth_looks_at_the_year_before_too_and_a_window_at_its_years():
    growth = indicator(Growth(of=Count(of=there.rows())))
    assert of(growth, sent())[1] == ["month_missing"] * 12
    assert len(months_of(replace(plain, window=3), YEAR)) == 36
    assert of(growth, sent(months=[*YEAR.firsts, *[after(m, -12) for m in YEAR.firsts]])) == ("final", [])


def test_without_a_value_it_is_not_computable_and_says_what_else():
    assert of(plain, sent(months=YEAR.firsts[:11]), found=Outcome(why="no_denominator")) == (
        "not_computable", ["value", "month_missing"],
    )  # fmt: skip
    assert of(indicator(Awaited(need="收入")), []) == ("not_computable", ["awaited"])


def test_needs_are_those_of_every_fact_that_is_asked():
    homes = replace(people, needs=("person",))
    asked = there.rows().people().among_those(homes.rows().on_last_day())
    assert needs_of(indicator(Ratio(of=asked, over=there.rows()), needs=("claim",))) == ("visit", "person", "claim")


@pytest.mark.parametrize("month", ["2025-02", "2025-Q1"])
def test_months_of_a_period_are_its_own(month):
    assert months_of(plain, Period.read(month))[0] == Period.read(month).starts
