"""Months as bureaus write them; what is no month is refused as a day is."""

from __future__ import annotations

from datetime import date

import pytest

from yigongti.exchange.kinds.claims import SHEET
from yigongti.exchange.tables.days import month
from yigongti.exchange.tables.unfit import Unfit


WRITTEN = ["2026-10", "2026/10", "2026.10", "202610", "2026年10月", "２０２６年１０月", "2026-10-31", "20261031"]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_month_is_read_as_its_first_day_by_the_sheet_of_claims(text):
    (column,) = (one for one in SHEET.columns if one.field == "month")
    assert column.read(text) == date(2026, 10, 1)


@pytest.mark.parametrize("text", ["2026-13", "202600", "26年10月", "10月", "十月"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(Unfit):
        month()(text)
