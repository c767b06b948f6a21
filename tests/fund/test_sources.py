"""Claims: the version that stands, by the day of discharge, matched or counted to the county."""

from datetime import date

import pytest

from tests.counted import brief
from tests.factories import county as make_county
from tests.factories import resident
from tests.fund.claims import here, taken, told
from yigongti.fund.models import Claim


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def test_a_claim_counts_on_discharge_where_the_money_went(county):
    one = resident(county.village)
    taken(told(resident_id=one.pk, settled_on=date(2026, 11, 2)))
    taken(here(visit_kind="outpatient", admitted_on=None, discharged_on=None, level="primary",
               institution_id=county.township.pk, settled_on=date(2026, 10, 2)))  # fmt: skip
    columns = "at person managing in_county grassroots inpatient outpatient destination total paid self_paid"
    assert sorted(brief("claims", columns)) == [
        (date(2026, 9, 9), one.pk, county.village.pk, False, False, True, False, "140702", 1_000_000, 550_000, 420_000),
        (date(2026, 10, 2), None, county.root.pk, True, True, False, True, "140781", 1_000_000, 550_000, 420_000),
    ]  # fmt: skip
    assert len(brief("claims", "id", "2026-09-01", "2026-10-01")) == 1


def test_a_pharmacy_is_no_visit_and_no_grassroots(county):
    taken(here(visit_kind="pharmacy", level="pharmacy", admitted_on=None, discharged_on=None))
    assert brief("claims", "pharmacy grassroots inpatient outpatient") == [(True, False, False, False)]


def test_a_correction_counts_once_and_a_reversal_not(county):
    first = told()
    taken(first)
    taken(told(number=first.number, total=1_100_000))
    assert brief("claims", "total") == [(1_100_000,)]
    taken(told(number=first.number, total=1_100_000, cancelled=True))
    assert Claim.objects.count() == 3
    assert brief("claims", "id") == []
