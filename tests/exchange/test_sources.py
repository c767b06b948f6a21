"""Arrivals: what came of a month from those who deliver it, against the three months before."""

from datetime import date

import pytest

from tests.counted import brief
from tests.factories import county as make_county
from tests.factories import resident
from tests.fund.claims import here, taken, told
from tests.record.test_sources import visit
from yigongti.exchange.models import Coverage, Sender
from yigongti.kernel import clock
from yigongti.record.models import Entry


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.mark.requirement("R161")
def test_a_month_in_which_nothing_came_is_a_row_with_nothing(county):
    person = resident(county.village)
    for month, count in (("2026-03", 20), ("2026-04", 24), ("2026-05", 18), ("2026-07", 19)):
        for day in range(count):
            visit(person, county.hospital, begun=f"{month}-{day + 1:02d} 09:00")
    found = brief("arrivals", "at received expected complete lag_days", "2026-04-01", "2026-09-01", fact="visit")
    assert found == [
        (date(2026, 4, 1), 24, 0, True, 0), (date(2026, 5, 1), 18, 6, True, 0), (date(2026, 6, 1), 0, 6, False, None),
        (date(2026, 7, 1), 19, 5, True, 0), (date(2026, 8, 1), 0, 5, False, None),
    ]  # fmt: skip
    assert brief("arrivals", "sender institution", "2026-06-01", "2026-07-01") == [("县人民医院", county.hospital.pk)]


def test_what_people_type_here_is_nobodys_delivery(county):
    visit(resident(county.village), county.village)
    assert len(brief("arrivals", "id", "2026-03-01", "2026-04-01")) == 1
    Entry.objects.update(source="entered")
    assert brief("arrivals", "id", "2026-03-01", "2026-05-01") == []


def test_claims_are_delivered_by_the_county_s_bureau(county):
    taken(*(told() for _ in range(4)))
    found = brief("arrivals", "institution received", "2026-09-01", "2026-10-01", fact="claim")
    assert found == [(county.root.pk, 4)]


def test_claims_from_outside_the_county_are_told_apart(county):
    taken(told(), told(), here())
    found = brief("arrivals", "fact received expected", "2026-09-01", "2026-10-01")
    assert sorted(found) == [("claim", 3, 0), ("outside_claim", 2, None)]


def test_an_interface_counts_by_the_month_of_its_messages(county):
    now = clock.now()
    sender = Sender.objects.create(channel="hl7v2", code="HIS", title="县医院 HIS", institution=county.hospital,
                                   first_seen=now, last_seen=now)  # fmt: skip
    Coverage.objects.create(sender=sender, fact="result", month=date(2026, 3, 1), expected=9, received=7, waiting=1)
    assert brief("arrivals", "id sender fact expected received waiting complete") == [
        (f"2026-03:interface:{sender.pk}:result", "县医院 HIS", "result", 9, 7, 1, False)
    ]
