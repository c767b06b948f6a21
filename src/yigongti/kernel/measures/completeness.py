"""Whether a figure may be believed: final, provisional with what is missing, or not computable with what it waits for.

Never zero for what nobody has sent: a need of which nothing at all arrived makes the figure not computable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from yigongti.kernel.measures.arithmetic import Outcome, selections, terms
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.measures.reference import Settle
from yigongti.kernel.measures.words import Awaited, Indicator, Selection
from yigongti.kernel.parameters.words import Parameter, parameter


COMPLETE = parameter("measures.complete_share")
"""From which share of what was expected, in percent, a sender's month counts as in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What must arrive before a figure may be believed; `lag` says how many months late it may come. Of what nobody
    announces (`announced` is no) only the lag can be known: a death may be registered late, none may have happened.
    With `within` something of it must have come in so many months up to the period's end, not in each: seldom things.
    """

    code: str
    title: str
    lag: Parameter | None = None
    announced: bool = True
    within: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What one sender delivered of a need for one month; `expected` is None where nobody can say."""

    need: str
    sender: str
    month: date
    expected: int | None
    received: int


Code = Literal["final", "provisional", "not_computable"]
Reason = Literal["", "value", "awaited", "nothing_arrived", "running", "lagging", "month_missing", "sender_missing",
                 "not_begun"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Why a figure is not final: a reason, of which need, whose, which month; what was expected and what came."""

    reason: Reason
    need: str = ""
    sender: str = ""
    month: date | None = None
    expected: int | None = None
    received: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A figure's standing with everything that keeps it from being final."""

    code: Code
    gaps: tuple[Gap, ...] = ()


def needs_of(indicator: Indicator) -> tuple[str, ...]:
    """The needs of the indicator and of every fact that it counts, in order, once."""
    facts = [need for one in _all(selections(indicator)) for need in one.fact.needs]
    return tuple(dict.fromkeys([*facts, *indicator.needs]))


def _all(found: Iterable[Selection]) -> list[Selection]:
    return [one for selection in found for one in (selection, *_all(selection.of))]


def months_of(indicator: Indicator, period: Period) -> list[date]:
    """Every month that a figure looks at: of its window, and of the year before for a growth."""
    return sorted({first for term in terms(indicator, period).values() for first in term.period.firsts})


def status(
    indicator: Indicator, period: Period, found: Outcome, arrived: Sequence[Arrived], *,
    cut: date, needs: Mapping[str, Need], settle: Settle, begun: Mapping[str, date] | None = None,
) -> Status:  # fmt: skip
    """The figure's standing as of the data cut. `arrived` may hold more than is asked; `begun` is the first month of
    each kind of event."""
    if isinstance(indicator.figure, Awaited):
        return Status(code="not_computable", gaps=(Gap(reason="awaited", need=indicator.figure.need),))
    months = months_of(indicator, period)
    gaps: list[Gap] = [Gap(reason="running", month=cut.replace(day=1))] if cut < period.ends else []
    gaps += _not_begun(indicator, months[0], begun or {}) if months else []
    for code in needs_of(indicator):
        gaps += _lagging(needs[code], months, cut, settle)
        if not needs[code].announced:
            continue
        asked = [after(period.ends, -n) for n in range(1, needs[code].within + 1)] or months
        own = [one for one in arrived if one.need == code and one.month in asked]
        if not any(one.received for one in own):
            return Status(code="not_computable", gaps=(Gap(reason="nothing_arrived", need=code),))
        if needs[code].within:
            continue
        gaps += _missing(code, own, [m for m in months if after(m, 1) <= cut], settle(COMPLETE, period.last_day))
    if found.value is None:
        return Status(code="not_computable", gaps=(Gap(reason="value"), *gaps))
    return Status(code="provisional" if gaps else "final", gaps=tuple(gaps))


def _not_begun(indicator: Indicator, first: date, begun: Mapping[str, date]) -> list[Gap]:
    """What nobody kept yet in the first of its months is not nothing: a year of which two months stand is no year."""
    facts = {one.fact.code: one.fact for one in _all(selections(indicator)) if not one.fact.until}
    return [
        Gap(reason="not_begun", need=fact.title, month=begun[code])
        for code, fact in facts.items()
        if code in begun and first < begun[code]
    ]


def _lagging(need: Need, months: Sequence[date], cut: date, settle: Settle) -> list[Gap]:
    """The newest month whose rows may still come."""
    late = settle(need.lag, cut) if need.lag else 0
    waits = [month for month in months if late and cut < after(month, 1 + int(late))]
    return [Gap(reason="lagging", need=need.code, month=waits[0])] if waits else []


def _missing(need: str, own: Sequence[Arrived], ended: Sequence[date], share: int) -> list[Gap]:
    """Months that nobody sent and senders that sent too little."""
    there = {one.month for one in own if one.received}
    gaps = [Gap(reason="month_missing", need=need, month=month) for month in ended if month not in there]
    return gaps + [
        Gap(reason="sender_missing", need=need, sender=one.sender, month=one.month, expected=one.expected,
            received=one.received)
        for one in own
        if one.month in there and one.month in ended and one.expected and one.received * 100 < one.expected * share
    ]  # fmt: skip
