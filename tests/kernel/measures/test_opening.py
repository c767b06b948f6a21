"""The rows behind a number are exactly those that were counted, in whatever way rows are taken, page by page."""

from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from tests.kernel.measures import counties
from tests.kernel.measures.test_columnar import stored
from yigongti.kernel.measures.columnar import Columnar
from yigongti.kernel.measures.opening import Opening
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked
from yigongti.kernel.measures.words import AGE_BAND, aged, at_least, below


EVENTS, SPANS = counties.events, counties.spans
TAKEN = {
    "events": (EVENTS.where(inside=True), "institution", "township", ("sex", AGE_BAND)),
    "people": (EVENTS.rows(), "managing", "group", ()),
    "the latest": (EVENTS.where(born=aged(at_least(40))).latest().where(value=below(200)), "managing", "county", ()),
    "people of others": (EVENTS.rows().among_those(SPANS.rows().days()), "institution", "institution", ()),
    "standing": (SPANS.rows().on_last_day(), "institution", "township", ("inside",)),
}


@pytest.mark.parametrize("how", TAKEN)
def test_what_is_opened_is_what_was_counted(how):
    """Also by the script of another period, which is how a second opening runs."""
    selection, place, level, by = TAKEN[how]
    with duckdb.connect() as connection:
        store = stored(connection, counties.county(7))
        for period in (Period.read("2024"), Period.read("2024-Q1"), Period.read("2024-Y05")):
            asked = Asked(period, place, level, by)
            rows = replace(selection, counted="rows")
            for key, number in Columnar(store, counties.settle).measure(rows, asked).items():
                opening = Opening(store, counties.settle, rows, asked)
                found = opening.rows(key, after="", limit=100)
                assert len(found) == number > Decimal(0)
                pages = [opening.rows(key, after=str(row["id"]), limit=1) for row in found]
                assert [page[0] for page in pages if page] == found[1:]
