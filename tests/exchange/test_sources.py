"""Arrivals: what came of a month from those who deliver it, against the three months before."""

from datetime import date
from decimal import Decimal

import pytest

from tests.counted import brief
from tests.factories import county as make_county
from tests.factories import resident
from tests.fund.claims import here, taken, told
from tests.record.test_sources import visit
from yigongti.exchange.models import Coverage, Sender
from yigongti.indicators.policy.families import ALL
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel import clock
from yigongti.kernel.measures.arithmetic import Outcome
from yigongti.kernel.measures.completeness import Arrived, status
from yigongti.kernel.measures.engines import settle
from yigongti.kernel.measures.periods import Period
from yigongti.record.models import Entry


pytestmark = pytest.mark.django_db
BY_CODE = {one.code: one for one in ALL}


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


@pytest.mark.requirement("R161")
def test_who_types_every_visit_here_has_delivered_a_month_with_the_first_of_them(county):
    person = resident(county.village)
    for month, count in (("2026-03", 9), ("2026-04", 9), ("2026-05", 9), ("2026-07", 1)):
        for day in range(count):
            visit(person, county.village, begun=f"{month}-{day + 1:02d} 09:00")
    Entry.objects.update(source="entered")
    found = brief("arrivals", "id at received expected complete", "2026-05-01", "2026-09-01")
    typed = f"typed:{county.village.pk}"
    assert found == [
        (f"2026-05:{typed}", date(2026, 5, 1), 9, 1, True), (f"2026-06:{typed}", date(2026, 6, 1), 0, 1, False),
        (f"2026-07:{typed}", date(2026, 7, 1), 1, 1, True),
    ]  # fmt: skip


def test_a_small_room_in_which_nobody_came_for_a_month_has_no_gap(county):
    person = resident(county.village)
    for month in ("2026-03", "2026-04", "2026-05"):
        for day in range(4):
            visit(person, county.village, begun=f"{month}-{day + 1:02d} 09:00")
    Entry.objects.update(source="entered")
    assert brief("arrivals", "id", "2026-06-01", "2026-07-01") == []


def test_who_sends_is_held_to_what_it_sends_whatever_is_typed_beside_it(county):
    person = resident(county.village)
    for day in range(20):
        for month in ("2026-03", "2026-04", "2026-05"):
            visit(person, county.hospital, begun=f"{month}-{day + 1:02d} 09:00")
    typed = visit(person, county.hospital, begun="2026-06-09 09:00")
    Entry.objects.filter(pk=typed.pk).update(source="entered")
    assert brief("arrivals", "received expected complete", "2026-06-01", "2026-07-01") == [(0, 6, False)]


def test_figures_of_a_county_that_types_are_final_and_provisional_where_a_room_fell_silent(county):
    person = resident(county.village)
    for month in ("2026-03", "2026-04", "2026-05"):
        for day in range(9):
            visit(person, county.village, begun=f"{month}-{day + 1:02d} 09:00")
    visit(person, county.township, begun="2026-06-09 09:00")
    Entry.objects.update(source="entered")
    columns = "fact sender at expected received"
    arrived = [Arrived(need=fact, sender=sender, month=month, expected=expected, received=received)
               for fact, sender, month, expected, received in brief("arrivals", columns)]  # fmt: skip

    def standing(period):
        found = Outcome(numerator=Decimal(9), value=Decimal(9))
        return status(BY_CODE["visits_count"], Period.read(period), found, arrived, cut=date(2026, 9, 1), needs=NEEDS,
                      settle=settle)  # fmt: skip

    assert standing("2026-05").code == "final"
    assert standing("2026-02").code == "not_computable"
    june = standing("2026-06")
    assert (june.code, [(gap.reason, gap.sender) for gap in june.gaps]) == (
        "provisional", [("sender_missing", str(county.village.unit))],
    )  # fmt: skip


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
