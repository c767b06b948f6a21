"""What a page asks the database does not grow with what it shows: lists, records and cases of two rows and of many."""

from __future__ import annotations

import cProfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.record import factories as entries
from yigongti.kernel import clock
from yigongti.kernel.workflow import engine


@pytest.fixture
def here(db):
    county = factories.county(slots=60)
    county.doctor = factories.actor("village_doctor", county.village)
    county.desk = factories.actor("referral_desk", county.hospital)
    county.patient = factories.resident(county.village, name="任桂兰")
    return county


def refer(here, many):
    for place in range(many):
        person = factories.resident(here.village, name=f"人{place}")
        factories.submitted(here.doctor, person, here.cardiology, admission="clinic")


def live(here, many):
    """Entries, measurements, follow-ups and cases of one person."""
    for place in range(many):
        entries.entry(here.patient, here.village, title=f"诊断{place}", code=f"J{place:02d}.000", system="icd10_nhsa")
        entries.entry(here.patient, here.village, kind="allergy", title=f"药{place}")
        entries.pressure(here.patient, here.village, systolic=130 + place)
        follow_up(here, here.patient)


def settle(here, many):
    for place in range(many):
        factories.resident(here.village, name=f"民{place}")


def follow_up(here, person):
    given = {"resident": person, "due_on": str(clock.today()), "why": "高血压随访"}
    return engine.begin(by=here.doctor, workflow="chronic.follow_up", step="plan", given=given).number


def move(here, many):
    """The acts of one case grow by withdrawing and submitting again."""
    for _ in range(many):
        engine.take(by=here.doctor, number=here.number, step="withdraw", given={})
        given = factories.upward_given(here.patient, here.cardiology, admission="clinic")
        engine.take(by=here.doctor, number=here.number, step="submit", given=given)


PAGES = {
    "today's work": ("/", "desk", refer),
    "the worklist": ("/cases?show=mine", "desk", refer),
    "what others must do": ("/cases?show=others", "doctor", refer),
    "all cases": ("/cases?show=all", "doctor", refer),
    "the record": ("/residents/{patient}/record", "doctor", live),
    "the summary": ("/residents/{patient}/record/summary", "doctor", live),
    "the form of a referral": ("/new/referral.upward?resident={patient}", "doctor", live),
    "the residents": ("/residents", "doctor", settle),
    "a case": ("/cases/{number}", "doctor", move),
    "a case on paper": ("/cases/{number}/paper", "doctor", move),
    "the search": ("/find?q=人", "desk", refer),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_much_for_two_rows_as_for_many(here, page):
    address, who, more = PAGES[page]
    here.number = factories.submitted(here.doctor, here.patient, here.cardiology, admission="clinic")
    client = signed_in(getattr(here, who))
    where = address.format(patient=here.patient.pk, number=here.number)

    def cost():
        client.get(where)  # what a process keeps for a few seconds is kept now
        with CaptureQueriesContext(connection) as asked:
            assert client.get(where).status_code == 200
        return len(asked), [q["sql"][:120] for q in asked.captured_queries]

    more(here, 3)
    few, _ = cost()
    more(here, 9)
    many, said = cost()
    assert many <= few, said


@pytest.mark.parametrize("page", ["the worklist", "all cases", "the residents", "the record"])
def test_no_list_counts_the_whole(here, page):
    address, who, more = PAGES[page]
    here.number = ""
    more(here, 3)
    client = signed_in(getattr(here, who))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address.format(patient=here.patient.pk)).status_code == 200
    assert [q["sql"] for q in asked.captured_queries if "COUNT(" in q["sql"].upper()] == []


CALLS = 4_200
"""Python calls that the JSON worklist of fourteen cases may take: a measure of its CPU that a busy machine leaves
alone. It takes 3,642, and took 5,143; the aim of 3 ms over its SQL is measured in benchmarks/."""


def test_the_json_worklist_stays_light(here):
    refer(here, 14)
    client = signed_in(here.desk)
    for _ in range(3):  # what is worked out once in a process
        assert len(client.get("/api/worklist").json()["lines"]) == 14
    counted = cProfile.Profile()
    counted.runcall(client.get, "/api/worklist")
    assert sum(entry.callcount for entry in counted.getstats()) < CALLS
