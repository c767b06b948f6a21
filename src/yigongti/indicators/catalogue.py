"""The catalogue as code reaches it: indicators by code, by family, each with the hash of its definition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from yigongti.indicators.policy.families import ALL
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel.measures.arithmetic import kinds_of, selections
from yigongti.kernel.measures.checks import by_code
from yigongti.kernel.measures.periods import TO_DATE, Period
from yigongti.kernel.measures.words import (
    Awaited,
    Count,
    Growth,
    Indicator,
    Judged,
    Premature,
    Ratio,
    Selection,
    aged,
    between,
)


_known: dict[str, Indicator] = by_code(ALL)


def enter(*indicators: Indicator) -> None:
    """Make more indicators known, beside those of the pages."""
    _known.update({one.code: one for one in indicators})


def leave(*indicators: Indicator) -> None:
    """Forget what was entered."""
    for one in indicators:
        _known.pop(one.code, None)


def need_titles() -> dict[str, str]:
    """What must arrive from outside, by code."""
    return {code: one.title for code, one in NEEDS.items()}


def known() -> Mapping[str, Indicator]:
    """Every indicator by its code, in the order of the pages."""
    return _known


def named(code: str) -> Indicator | None:
    """The indicator of that code."""
    return _known.get(code)


def families() -> list[str]:
    """The families in the order of the pages."""
    return list(dict.fromkeys(one.family for one in _known.values()))


def of_what(what: str) -> list[Indicator]:
    """The counted indicators that a release of this is about: one by its code, or those of a family."""
    return [one for one in _known.values() if what in (one.code, one.family) and counted(one)]


@cache
def version_of(indicator: Indicator) -> str:
    """A short hash of everything that the definition says: a changed word is a new version."""
    return hashlib.sha256(repr(indicator).encode()).hexdigest()[:12]


def computed_as(indicator: Indicator) -> str:
    """By which definition and in which kinds of periods it is computed: another one is computed anew."""
    return version_of(indicator) + ("+" + TO_DATE if TO_DATE in kinds_of(indicator) else "")


def counted(indicator: Indicator) -> bool:
    """Whether an engine computes it: it is neither judged by people nor still awaited."""
    return not isinstance(indicator.figure, (Judged, Awaited))


def judged() -> list[tuple[Indicator, Judged]]:
    """The indicators that people judge, with what they ask."""
    return [(one, one.figure) for one in _known.values() if isinstance(one.figure, Judged)]


def of_persons(selection: Selection) -> bool:
    """Whether the rows are of residents, so that few of them betray somebody."""
    fact = selection.fact
    return any(one.name == fact.person and one.kind == "person" for one in fact.columns)


def betrays(indicator: Indicator) -> bool:
    """Whether a small figure of it could betray a resident."""
    return any(of_persons(one) for one in selections(indicator))


def sides(indicator: Indicator) -> dict[str, Selection]:
    """What can be opened down to rows: above and below the line; of a growth, those of now."""
    figure = indicator.figure
    figure = figure.of if isinstance(figure, Growth) else figure
    if isinstance(figure, Ratio):
        return {"of": figure.of, "over": figure.over}
    if isinstance(figure, Count):
        return {"of": figure.of}
    if isinstance(figure, Premature):
        ages = aged(between(figure.frm, figure.to))
        return {"of": figure.deaths.where(**{figure.deaths.fact.born: ages}),
                "over": figure.people.where(**{figure.people.fact.born: ages})}  # fmt: skip
    return {}


def periods_between(indicator: Indicator, first: Period, last: Period) -> list[Period]:
    """The indicator's own periods that begin from the first month to the end of the last, the months first; to date
    those of the last year and of the one before it."""
    found = []
    for kind in kinds_of(indicator):
        if kind == TO_DATE:
            one, end = Period.of(kind, first_to_date(first, last)), last.last_day
            while one.last_day <= end:
                found.append(one)
                one = one.later
            continue
        one = Period.of(kind, first.starts)
        while one.starts < last.ends:
            found.append(one)
            one = one.later
    return found


def first_to_date(first: Period, last: Period) -> date:
    """The first day of which years to date are told: whoever looks further back has the whole year."""
    return max(date(last.last_day.year - 1, 1, 1), first.starts)


def search(text: str, among: Iterable[Indicator] | None = None) -> list[Indicator]:
    """The indicators whose title, meaning, source or code holds every word that was typed."""
    words = text.lower().split()
    told = among if among is not None else _known.values()
    return [one for one in told if all(word in _text(one) for word in words)]


def _text(one: Indicator) -> str:
    return " ".join((one.code, one.title, one.means, one.basis, one.family, one.owner)).lower()
