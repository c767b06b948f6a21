"""The engine of columns gives what the reference gives, for every selection, dimension, roll-up and period."""

from dataclasses import replace

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel.measures import counties
from yigongti.kernel.measures import expanding
from yigongti.kernel.measures.columnar import Columnar
from yigongti.kernel.measures.duck import DuckStore, values
from yigongti.kernel.measures.expressions import columns_of
from yigongti.kernel.measures.periods import Period, after
from yigongti.kernel.measures.reference import Counting


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(":memory:", config={"threads": 1}) as made:
        yield made


def stored(connection, rows):
    """The rows as they would lie in the lake."""
    for fact in counties.FACTS:
        plain = expanding.plain_columns(fact)
        told = values(plain, [[row[name] for name in plain] for row in rows[fact.code]])
        connection.execute(f"CREATE OR REPLACE TABLE {fact.code} AS {expanding.expanded(fact, f'({told})', 'places')}")
        assert [name for name, *_ in connection.execute(f"DESCRIBE {fact.code}").fetchall()] == list(columns_of(fact))
    return DuckStore(connection)


def agree(connection, rows, asks):
    """Asked twice, a month later the second time: what was compiled for the first is run again over other days."""
    meaning, engine = Counting(rows, counties.settle), Columnar(stored(connection, rows), counties.settle)
    for asked_now in (asks, [(selection, later(asked)) for selection, asked in asks]):
        told = engine.measure_all(asked_now)
        for (selection, asked), numbers in zip(asked_now, told, strict=True):
            assert numbers == meaning.measure(selection, asked), (selection, asked)


def later(asked):
    return replace(asked, period=Period(after(asked.period.starts, 1), asked.period.months))


SEVERAL = st.lists(counties.asks(), min_size=4, max_size=10)
LIMITS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@settings(max_examples=20, **LIMITS)
@given(rows=counties.COUNTIES, asks=SEVERAL)
def test_both_engines_agree(connection, rows, asks):
    agree(connection, rows, asks)


@pytest.mark.long
@settings(max_examples=400, **LIMITS)
@given(rows=counties.COUNTIES, asks=SEVERAL)
def test_both_engines_agree_at_length(connection, rows, asks):
    agree(connection, rows, asks)
