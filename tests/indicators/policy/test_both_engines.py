"""Every indicator, split by each of its dimensions and rolled up to each level, is the same by both engines."""

import random
from datetime import date

import duckdb
import pytest

from tests.indicators.policy.hand_county import COUNTY
from tests.indicators.policy.test_by_hand import shipped
from yigongti.indicators.policy.families import ALL
from yigongti.kernel.measures import expanding
from yigongti.kernel.measures.arithmetic import selections, terms
from yigongti.kernel.measures.columnar import Columnar
from yigongti.kernel.measures.duck import DuckStore, values
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Counting
from yigongti.kernel.measures.words import LEVELS
from yigongti.organisations.facts import places


PERIODS = [Period.read(code) for code in ("2025", "2025-Q2", "2025-03")]


def all_facts():
    waiting = [one for indicator in ALL for one in selections(indicator)]
    found = {"places": places}
    while waiting:
        one = waiting.pop()
        found[one.fact.code] = one.fact
        waiting += one.of
    return found


FACTS = all_facts()


def shuffled(seed):
    """A county whose every cell was drawn from those of the hand-made one, or is unknown."""
    chance = random.Random(seed)
    made = {"places": COUNTY["places"]}
    for code, fact in FACTS.items():
        columns = {name: [row[name] for row in COUNTY[code]] for name in COUNTY[code][0]}
        if code != "places":
            made[code] = [_drawn(chance, fact, columns, number) for number in range(1, 61)]
    return made


def _drawn(chance, fact, columns, number):
    row = {name: None if chance.random() < 0.1 else chance.choice(told) for name, told in columns.items()}
    starts = chance.choice([one for one in columns[fact.at] if one is not None])
    row |= {fact.key: str(number) if fact.code == "arrivals" else number, fact.at: starts}
    if fact.until and row[fact.until] is not None and row[fact.until] <= starts:
        row[fact.until] = None
    return row


def stored(connection, rows):
    for code, fact in FACTS.items():
        plain = expanding.plain_columns(fact)
        told = values(plain, [[row[name] for name in plain] for row in rows[code]])
        connection.execute(f"CREATE OR REPLACE TABLE {code} AS {expanding.expanded(fact, f'({told})', 'places')}")
    return DuckStore(connection)


def asks(levels, periods, *, split):
    """Each term of each indicator once, split as told."""
    found = {}
    for one in ALL:
        for period in periods:
            for term in terms(one, period).values() if period.kind in one.periods else ():
                for level in levels:
                    for by in split(one.by):
                        found[term.selection, term.asked(level, by)] = one.code
    return found


def whole(by):
    """Unsplit."""
    return [()]


def every_way(by):
    """Unsplit, by each dimension alone and by all of them at once."""
    return dict.fromkeys([(), *((name,) for name in by), by])


def compare(rows, asked):
    rows = rows | {"arrivals": [row | {"id": str(row["id"])} for row in rows["arrivals"]]}
    meaning = Counting(rows, shipped)
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        told = Columnar(stored(connection, rows), shipped).measure_all(list(asked))
    wrong = [code for ((selection, how), code), numbers in zip(asked.items(), told, strict=True)
             if numbers != meaning.measure(selection, how)]  # fmt: skip
    assert sorted(set(wrong)) == []


@pytest.mark.requirement("R45", "R46", "R127")
def test_the_county_counted_by_hand():
    compare(COUNTY, asks(("county",), PERIODS[:1], split=whole))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 3))
def test_counties_of_chance_split_every_way_at_every_level(seed):
    compare(shuffled(seed), asks(LEVELS, PERIODS, split=every_way))


def test_the_counties_of_chance_are_not_the_one_by_hand():
    assert shuffled(1)["claims"] != shuffled(2)["claims"]
    assert all(isinstance(row["at"], date) for row in shuffled(1)["deaths"])
