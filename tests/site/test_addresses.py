"""Addresses and posts that no form of the house makes: refused in order, whoever sends them."""

import json
import uuid

import pytest
from django.test import Client

from tests import factories
from tests.factories import account, actor, post, resident, upward_given
from yigongti.kernel.access.models import Opening
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, NotFound
from yigongti.kernel.workflow.models import Case
from yigongti.organisations import queries as organisations
from yigongti.residents.actions.openings import open_with_basis


@pytest.fixture
def county(db):
    """A tiny county of its own."""
    yield factories.county()
    organisations.forget()
    values.forget()


@pytest.fixture
def doctor(county, client):
    li = account(name="李秀英", login="lixiuying")
    li.set_password("Village-room-7")
    li.save()
    post("village_doctor", county.village.unit, account_=li)
    return county


def enter(client):
    client.post("/sign-in", {"login": "lixiuying", "password": "Village-room-7"})
    return client


@pytest.mark.parametrize(
    "address",
    ["/find?q=%00", "/cases/%00", "/cases?workflow=%00", "/pick/staff?q=%00", "/households/%00", "/api/cases/%00",
     "/organisations?q=a%00b", "/api/worklist?workflow=%00"],
)  # fmt: skip
def test_an_address_with_a_nul_leads_nowhere(client, doctor, address):
    answer = enter(client).get(address)
    assert answer.status_code == 400
    assert "没有这个网址" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_json_door_asks_for_the_token_of_the_session(doctor):
    browser = enter_with_token()
    patient = resident(doctor.village)
    given = {"given": {**upward_given(patient, doctor.cardiology), "resident": patient.pk}}
    ask = {
        "path": "/api/workflows/referral.upward/submit", "data": json.dumps(given), "content_type": "application/json",
        "headers": {"Idempotency-Key": str(uuid.uuid4())},
    }  # fmt: skip
    assert browser.post(**ask).status_code == 403
    assert not Case.objects.exists()
    ask["headers"]["X-CSRFToken"] = browser.cookies["csrf"].value
    assert browser.post(**ask).status_code == 200
    assert browser.get("/api/worklist").status_code == 200
    assert Client().get("/api/worklist").status_code == 401


def enter_with_token():
    browser = Client(enforce_csrf_checks=True)
    browser.get("/sign-in")
    browser.post("/sign-in", {"login": "lixiuying", "password": "Village-room-7"},
                 headers={"X-CSRFToken": browser.cookies["csrf"].value})  # fmt: skip
    browser.get("/password")
    return browser


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"reason": "昏\x00迷"}, BadValue), ({"subject": "a\x00b"}, NotFound), ({"subject": "s" * 5000}, NotFound)],
)
def test_a_reason_or_subject_that_no_page_sends_opens_nothing(county, changed, refusal):
    stranger = resident(county.village2)
    given = {"resident": stranger.pk, "basis": "emergency", "reason": "昏迷", **changed}
    with pytest.raises(refusal):
        open_with_basis(by=actor("village_doctor", county.village), **given)
    assert not Opening.objects.exists()
