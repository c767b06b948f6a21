"""What each sender sends by month: counted from the inbox, expected by its rhythm or by hand; and who fell silent."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection

from tests.access.conftest import signed_in
from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import actor, at
from tests.factories import county as make_county
from yigongti.exchange import queries as exchange
from yigongti.exchange.models import Coverage, Sender
from yigongti.exchange.watching import actions, counting, queries
from yigongti.kernel import clock
from yigongti.kernel.refusal import Missing, NotAllowed


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


@pytest.fixture
def november(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))


def arrived(sender, when, *, kind="ORU^R01", state="applied", channel="hl7v2", done="[]"):
    """A message in the inbox as if it had come then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_message (received_at, channel, sender_id, control_id, kind, hash, body, state,"
            " reason, done) VALUES (%s, %s, %s, %s, %s, '', '', %s, 'x', %s)",
            [at(when), channel, sender.pk, str(uuid.uuid4()), kind, state, done],
        )


@pytest.fixture
def hospital(county):
    sent(message("ORU^R01", *result()))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exchange_message")
    return Sender.objects.get()


def year(hospital, counts):
    """So many results on the fifth of each month, from the month named on."""
    for month, count in counts.items():
        for n in range(count):
            arrived(hospital, f"{month}-05 08:{n:02d}")


def fact(**asked):
    return {one.month.isoformat()[:7]: (one.received, one.expected, one.expected_by)
            for one in Coverage.objects.filter(**asked).order_by("month")}  # fmt: skip


@pytest.mark.requirement("R161")
def test_the_expectation_is_the_median_of_three_full_months_and_unknown_before(november, hospital):
    year(hospital, {"2026-05": 1, "2026-06": 4, "2026-07": 6, "2026-08": 5, "2026-10": 2, "2026-11": 3})
    counting.count_anew()
    assert fact(fact="result") == {
        "2026-05": (1, None, ""), "2026-06": (4, None, ""), "2026-07": (6, None, ""), "2026-08": (5, None, ""),
        "2026-09": (0, 5, "rhythm"), "2026-10": (2, 5, "rhythm"), "2026-11": (3, 2, "rhythm"),
    }  # fmt: skip


def test_what_is_kept_up_to_date_is_what_is_counted_anew(november, hospital):
    year(hospital, {"2026-04": 2, "2026-06": 4, "2026-07": 6, "2026-09": 5})
    counting.count_anew()
    year(hospital, {"2026-10": 2, "2026-11": 3})
    arrived(hospital, "2026-11-06 08:00", kind="ADT^A01", state="waiting")
    counting.count_anew(months=2)
    columns = ("sender", "fact", "month", "expected", "expected_by", "received", "waiting", "last_arrival")
    kept = set(Coverage.objects.values_list(*columns))
    Coverage.objects.all().delete()
    counting.count_anew()
    assert kept == set(Coverage.objects.values_list(*columns))
    assert (Coverage.objects.get(fact="visit").waiting, Coverage.objects.get(fact="visit").received) == (1, 1)


def test_kinds_count_as_facts_and_repeats_and_refused_ones_do_not(november, hospital):
    for kind in ("ADT^A01", "ADT^A28", "MDM^T02", "VXU^V04", "ORM^O01", "SIU^S12", "BATCH", "BAR^P01"):
        arrived(hospital, "2026-11-05 08:00", kind=kind)
    for state in ("superseded", "refused"):
        arrived(hospital, "2026-11-05 09:00", state=state)
    arrived(
        hospital,
        "2026-11-05 10:00",
        channel="fhir",
        kind="Bundle transaction",
        done='["Patient：对到人 1", "Encounter：进档案 3", "Observation：进档案 9", "DiagnosticReport：进档案 1"]',
    )
    arrived(hospital, "2026-11-05 11:00", channel="dicom", kind="CT Image Storage")
    arrived(hospital, "2026-11-05 12:00", channel="waveform", kind="scp")
    counting.count_anew()
    found = {code: received for code, received in Coverage.objects.values_list("fact", "received")}
    assert found == {"visit": 2, "person": 2, "document": 1, "vaccination": 1, "order": 1, "appointment": 1, "other": 1,
                     "result": 2, "image": 1, "recording": 1}  # fmt: skip


def test_a_month_is_the_county_s_own(november, hospital):
    arrived(hospital, "2026-11-01 00:30")  # still October in Greenwich
    counting.count_anew()
    assert fact(fact="result") == {"2026-11": (1, None, "")}


def test_data_staff_say_how_much_and_take_it_back(november, hospital, steward):
    year(hospital, {"2026-09": 3, "2026-11": 1})
    given = {"by": steward, "sender_id": hospital.pk, "fact": "result", "reason": "合同约定"}
    actions.expect(**given, key=uuid.uuid4(), begins=date(2026, 10, 15), expected=8)
    assert fact(fact="result") == {"2026-09": (3, None, ""), "2026-10": (0, 8, "hand"), "2026-11": (1, 8, "hand")}
    actions.expect(**given, key=uuid.uuid4(), begins=date(2026, 11, 1), expected=None)
    assert fact(fact="result")["2026-11"] == (1, None, "")
    with pytest.raises(Missing):
        actions.expect(**{**given, "reason": " "}, key=uuid.uuid4(), begins=date(2026, 11, 1), expected=1)
    with pytest.raises(NotAllowed):
        actions.expect(**{**given, "by": actor("inbox", steward_unit(steward))}, key=uuid.uuid4(),
                       begins=date(2026, 11, 1), expected=1)  # fmt: skip


def steward_unit(steward):
    from yigongti.kernel.access.models import Unit

    return Unit.objects.get(pk=steward.unit_id)


def test_indicators_read_what_is_not_computable_as_such(november, hospital):
    year(hospital, {"2026-09": 3, "2026-11": 1})
    counting.count_anew()
    found = exchange.covered(fact="result", months=[date(2026, 10, 1)], institutions=[hospital.institution_id])
    assert [(one.received, one.expected, one.share) for one in found] == [(0, None, None)]
    assert exchange.covered(fact="result", months=[date(2026, 10, 1)], institutions=[]) == []


def test_a_gap_is_seen_as_one_on_the_page(november, hospital, steward):
    year(hospital, {"2026-05": 1, "2026-06": 4, "2026-07": 6, "2026-08": 5, "2026-10": 2, "2026-11": 3})
    counting.count_anew()
    browser = signed_in(steward)
    shown = browser.get("/inbox/coverage").content.decode()
    assert "0 / 5" in shown and "没有来" in shown and "偏少" in shown and "本月未完" in shown and "还算不出" in shown
    assert ">2026-05<" not in shown and ">2026-05<" in browser.get("/inbox/coverage?until=2026-10").content.decode()
    assert browser.get("/inbox/coverage?until=soon").status_code == 404
    where = f"/inbox/coverage/{hospital.pk}/result"
    answer = browser.post(where, {"key": str(uuid.uuid4()), "expected": "4", "begins": "2026-09-01", "reason": "合同"})
    assert answer.status_code == 303
    assert "0 / 4" in browser.get("/inbox/coverage").content.decode()


def heard(hospital, days_ago, *, every=timedelta(hours=2), days=6):
    """A message every so often for some days, the last so many days ago."""
    last = clock.now() - timedelta(days=days_ago)
    moment = last - timedelta(days=days)
    while moment <= last:
        arrived(hospital, f"{moment.astimezone(clock.COUNTY_ZONE):%Y-%m-%d %H:%M}")
        moment += every
    Sender.objects.filter(pk=hospital.pk).update(last_seen=last)


def test_an_interface_that_is_silent_for_long_is_told_until_it_speaks(hospital, steward):
    heard(hospital, days_ago=2)
    counting.count_rhythms()
    (one,) = queries.silent(for_=steward)
    assert (one.sender, one.usual) == (hospital, timedelta(hours=2))
    browser = signed_in(steward)
    assert "很久没有来数的接口" in browser.get("/").content.decode()
    assert "比平常沉默得久" in browser.get("/inbox/senders").content.decode()
    sent(message("ORU^R01", *result(number="L5"), control="5"))
    assert queries.silent(for_=steward) == []
    assert "很久没有来数的接口" not in browser.get("/").content.decode()


def test_one_who_sends_seldom_is_given_three_of_its_own_gaps(hospital, steward):
    heard(hospital, days_ago=9, every=timedelta(days=4), days=24)
    counting.count_rhythms()
    assert queries.silent(for_=steward) == []
    Sender.objects.filter(pk=hospital.pk).update(last_seen=clock.now() - timedelta(days=13))
    assert [one.sender for one in queries.silent(for_=steward)] == [hospital]


def test_files_that_somebody_brought_once_have_no_rhythm(hospital, steward):
    heard(hospital, days_ago=20, every=timedelta(minutes=30), days=2)
    counting.count_rhythms()
    assert queries.silent(for_=steward) == []
