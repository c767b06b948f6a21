"""Figures without a lake: a few rows, the reference engine over them, and two indicators of a test's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tests import factories
from yigongti.indicators import computing
from yigongti.indicators.engine import Wanted
from yigongti.kernel.measures.completeness import Need
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Counting
from yigongti.kernel.measures.words import Column, Fact, Indicator, Ratio, Selection


visits = Fact(
    code="test_visits", title="试验就诊", means="每次一行", at="at", person="person", born="born",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="person", title="居民", kind="person", sensitive=True),
        Column(name="at", title="日期", kind="day"), Column(name="institution", title="机构", kind="place"),
        Column(name="good", title="规范", kind="yes"), Column(name="sex", title="性别", kind="code"),
        Column(name="born", title="出生日期", kind="day", sensitive=True),
        Column(name="diagnosis", title="诊断", kind="code", sensitive=True),
        Column(name="total", title="总费用", kind="money"),
    ),
)  # fmt: skip


def indicator(code: str, **more: object) -> Indicator:
    """A share of good visits, unless told otherwise."""
    given = {
        "title": "规范就诊率", "means": "规范的就诊占全部就诊", "basis": "试验办法第一条", "unit": "%",
        "better": "higher",
        "figure": Ratio(of=visits.where(good=True), over=visits.rows()), "population": "none", "place": "institution",
        "owner": "卫健局", "checker": "质控中心", "review_before": date(2027, 12, 31), "family": "试验", "by": ("sex",),
        **more,
    }  # fmt: skip
    return Indicator(code=code, **given)


GOOD = indicator("test_good_share", least=10)
COST = indicator("test_cost", title="次均费用", unit="元", better="lower", by=(),
                 figure=Ratio(of=visits.rows().sum("total"), over=visits.rows(), per=1))  # fmt: skip
PERSONS = indicator(
    "test_persons", title="规范就诊人数占比", family="试验二",
    figure=Ratio(of=visits.where(good=True).people(), over=visits.rows().people()),
)  # fmt: skip


CUT = factories.at("2026-11-20 03:00")


@dataclass(frozen=True)
class ByHand:
    """The reference engine over rows, with the rows behind a number found the same slow way."""

    held: dict
    snapshot: str = "试验快照"
    cut: datetime = CUT

    @property
    def counting(self) -> Counting:
        return Counting(self.held, lambda of, day: 0)

    def measure_all(self, asks):
        return [self.counting.measure(selection, asked) for selection, asked in asks]

    def rows(self, wanted: Wanted, *, after: str = "", limit: int = 50):
        one = wanted.selection
        found = []
        for row in self.held[one.fact.code]:
            alone = Counting({**self.held, one.fact.code: [row]}, self.counting.settle)
            if alone.measure(Selection(fact=one.fact, clauses=one.clauses), wanted.asked).get(wanted.key):
                found.append(row)
        found = sorted(found, key=lambda row: row[one.fact.key])
        return [row for row in found if not after or row[one.fact.key] > int(after)][:limit]

    def begun(self):
        """Everything was always kept here."""
        return {}

    def all_rows(self, fact):
        return self.held.get(fact.code, [])


def places(county) -> list[dict]:
    """The fact of memberships of the test county."""

    def one(place, township=None, group=None):
        return {"institution": place.pk, "township": township and township.pk, "group": group and group.pk,
                "county": county.root.pk, "at": date(2020, 1, 1), "until": None}  # fmt: skip

    own, foreign = county.group, county.foreign_group
    return [
        one(county.hospital, None, own), one(county.township, county.township, own),
        one(county.village, county.township, own), one(county.other_village, county.township, own),
        one(county.township2, county.township2, own), one(county.village2, county.township2, own),
        one(county.foreign_hospital, None, foreign), one(county.foreign_township, county.foreign_township, foreign),
        one(county.root), one(own, None, own),
    ]  # fmt: skip


def rows_at(place, *, good: int, bad: int, at=date(2026, 10, 5), persons=(), start: int = 0, diagnosis="I10"):
    """So many good and bad visits at a place; persons in turn."""
    return [
        {"id": start + n, "person": persons[n % len(persons)] if persons else None, "at": at, "institution": place.pk,
         "good": n < good, "sex": "12"[n % 2], "born": date(1957, 3, 4), "diagnosis": diagnosis, "total": 1000 + n}
        for n in range(good + bad)
    ]  # fmt: skip


def by_hand(county, *rows: list[dict]) -> ByHand:
    """An engine over these rows, numbered anew."""
    every = [dict(row, id=n) for n, row in enumerate((row for some in rows for row in some), start=1)]
    return ByHand({"places": places(county), visits.code: every})


def computed(engine: ByHand, *indicators: Indicator, first: str = "2026-09") -> None:
    """Compute just these."""
    needs: dict[str, Need] = {}
    computing.compute_these(engine, indicators, needs=needs, first=Period.read(first))


def number(engine: ByHand, selection: Selection, period: str, place, level: str = "institution") -> Decimal | None:
    """What the reference says."""
    asked = Asked(Period.read(period), "institution", level)
    return next((n for key, n in engine.counting.measure(selection, asked).items() if key.place == place.pk), None)
