"""Small counties for Hypothesis: facts of every kind, rows with holes, memberships that change, and what to ask."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked
from yigongti.kernel.measures.words import (
    AGE_BAND,
    LEVELS,
    Column,
    Fact,
    aged,
    among,
    at_least,
    below,
    between,
    codes,
    codes_of,
    either,
    known,
    none_of,
    unknown,
)
from yigongti.kernel.parameters.words import parameter


places = Fact(
    code="places", title="机构", means="", at="at", until="until", key="institution",
    columns=(Column(name="institution", title="", kind="place"), Column(name="at", title="", kind="day"),
             Column(name="until", title="", kind="day"),
             *(Column(name=level, title="", kind="whole") for level in LEVELS[1:])),
)  # fmt: skip
events = Fact(
    code="events", title="就诊", means="", at="at", person="person", born="born",
    columns=(Column(name="id", title="", kind="whole"), Column(name="person", title="", kind="person"),
             Column(name="at", title="", kind="day"), Column(name="born", title="", kind="day"),
             Column(name="institution", title="", kind="place"), Column(name="managing", title="", kind="place"),
             Column(name="diagnosis", title="", kind="code"), Column(name="sex", title="", kind="code"),
             Column(name="inside", title="", kind="yes"), Column(name="money", title="", kind="money"),
             Column(name="value", title="", kind="decimal")),
)  # fmt: skip
spans = Fact(
    code="spans", title="登记", means="", at="at", until="until", person="person", born="born",
    columns=(Column(name="id", title="", kind="whole"), Column(name="person", title="", kind="person"),
             Column(name="at", title="", kind="day"), Column(name="until", title="", kind="day"),
             Column(name="born", title="", kind="day"), Column(name="institution", title="", kind="place"),
             Column(name="sex", title="", kind="code"), Column(name="beds", title="", kind="whole"),
             Column(name="inside", title="", kind="yes")),
)  # fmt: skip
FACTS = (places, events, spans)

EDGES = [date(2024, 1, 1), date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 1)]
DIAGNOSES = ["I10.x00", "I64", "E11.9", "R54", "", None, "J18.000x001"]


def county(seed):
    """A dense little county of five people, by chance that can be had again: Hypothesis alone draws empty ones."""
    chance = Random(seed)
    return {
        "places": [row for institution in (1, 2, 3) for row in memberships(chance, institution)],
        "events": [{"id": number, **event(chance)} for number in range(1, chance.randint(30, 60))],
        "spans": [{"id": number, **span(chance)} for number in range(1, chance.randint(15, 40))],
    }


def day(chance):
    return chance.choice(EDGES) if chance.random() < 0.3 else date(2023, 11, 1) + timedelta(chance.randrange(510))


def born(chance):
    return chance.choice([None, date(1960, 2, 29), date(1930, 1, 1) + timedelta(chance.randrange(34000))])


def person(chance):
    return {"person": chance.choice([None, 1, 2, 3, 4, 5]), "born": born(chance),
            "sex": chance.choice(["1", "2", "", None]), "inside": chance.choice([True, False, None]),
            "institution": chance.choice([None, 1, 2, 3, 4])}  # fmt: skip


def event(chance):
    return {**person(chance), "at": day(chance), "managing": chance.choice([None, 1, 2, 3, 4]),
            "diagnosis": chance.choice(DIAGNOSES), "money": chance.choice([None, -5, chance.randrange(10**7)]),
            "value": chance.choice([None, Decimal(chance.randrange(-1000, 30000)) / 100])}  # fmt: skip


def span(chance):
    at = day(chance)
    until = chance.choice([None, day(chance), at + timedelta(chance.randrange(40))])
    return {**person(chance), "at": at, "until": until, "beds": chance.choice([None, chance.randrange(900)])}


def memberships(chance, institution):
    """One change of township, group or county; a fourth institution is never told of."""
    change, last = day(chance), chance.choice([None, date(2025, 1, 1)])
    for at, until in ((date(1900, 1, 1), change), (change, last)):
        if until is None or at < until:
            yield {"institution": institution, "at": at, "until": until,
                   **{level: chance.choice([None, 11, 12]) for level in LEVELS[1:]}}  # fmt: skip


COUNTIES = st.integers(0, 2**32).map(county)


def settle(named, day):
    """Parameters of which two change within the year."""
    return {
        "codes": ("I00-I99", "R54") if day < date(2024, 6, 30) else ("E10-E14",),
        "least": 65 if day < date(2024, 4, 1) else 50,
        "sexes": ("1",) if day < date(2024, 3, 31) else ("1", "2"),
    }[named.code]


ON_EVENTS = st.sampled_from([
    (), (events.where(inside=True).clauses), events.where(diagnosis=codes("I00-I99", "R54")).clauses,
    events.where(diagnosis=codes_of(parameter("codes"))).clauses, events.where(sex=among(parameter("sexes"))).clauses,
    events.where(sex=none_of("1"), value=known).clauses, events.where(diagnosis=unknown).clauses,
    events.where(born=aged(at_least(parameter("least")))).clauses, events.where(money=between(0, 50000)).clauses,
    events.where(value=below(Decimal("120.5"))).clauses, events.where(institution=none_of(2)).clauses,
    events.where(either({"born": aged(below(65)), "value": below(140)},
                        {"born": aged(at_least(65)), "value": below(150)}), inside=none_of(False)).clauses,
])  # fmt: skip
ON_SPANS = st.sampled_from([
    (), spans.where(sex="1").clauses, spans.where(inside=True, beds=at_least(10)).clauses,
    spans.where(born=aged(between(30, 70))).clauses, spans.where(born=aged(at_least(parameter("least")))).clauses,
    spans.where(sex=among(parameter("sexes"))).clauses, spans.where(born=unknown).clauses,
])  # fmt: skip


@st.composite
def counted(draw, selection, columns):
    """Rows, people, sums, squares or a quantile of it."""
    how = draw(st.sampled_from(["rows", "people", "often", "sum", "squares", "quantile"]))
    column = draw(st.sampled_from(columns))
    if how == "quantile":
        return selection.quantile(column, draw(st.sampled_from([Decimal("0.5"), Decimal("0.9"), Decimal("0.01")])))
    if how in ("sum", "squares"):
        return getattr(selection, how)(column)
    return replace(selection, counted="rows") if how == "rows" else selection.people(times=2 if how == "often" else 1)


@st.composite
def of_events(draw, deep=True):
    """Events, or each person's latest."""
    selection = events.rows().where(*draw(ON_EVENTS))
    if draw(st.booleans()):
        selection = selection.latest()
        selection = selection.where(*draw(ON_EVENTS))
        selection = selection if draw(st.booleans()) else draw(counted(selection, ["money", "value"]))
    else:
        selection = draw(counted(selection, ["money", "value"]))
    return draw(among_people(selection)) if deep else selection


@st.composite
def of_spans(draw, deep=True):
    """Spans on a day, on two, in their days, or beginning in the period."""
    selection = spans.rows().where(*draw(ON_SPANS))
    how = draw(st.sampled_from(["on_last_day", "mid_period", "days", "begun"]))
    selection = selection if how == "begun" else getattr(selection, how)()
    selection = draw(counted(selection, ["beds"]))
    return draw(among_people(selection)) if deep else selection


@st.composite
def among_people(draw, selection):
    """Perhaps only rows of people who are in another selection."""
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        selection = selection.among_those(draw(st.one_of(of_events(deep=False), of_spans(deep=False))))
    return selection


PERIODS = st.sampled_from([
    Period.read("2024-03"), Period.read("2024-Q1"), Period.read("2024"), Period.read("2024").window(2),
    Period.read("2024-Q2"), Period.read("2024-02"), Period.read("2025-01"), Period.read("2024-Y03"),
    Period.read("2024-Y05"), Period.read("2024-Y12"),
])  # fmt: skip


@st.composite
def asks(draw):
    """A selection and what is asked of it."""
    if draw(st.booleans()):
        selection, places_, dims = (
            draw(of_events()),
            ["institution", "managing"],
            ["sex", "inside", AGE_BAND, "diagnosis"],
        )
    else:
        selection, places_, dims = draw(of_spans()), ["institution"], ["sex", "inside", AGE_BAND, "beds"]
    by = tuple(draw(st.lists(st.sampled_from(dims), max_size=2, unique=True)))
    return selection, Asked(draw(PERIODS), draw(st.sampled_from(places_)), draw(st.sampled_from(LEVELS)), by)
