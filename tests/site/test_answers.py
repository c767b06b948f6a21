"""What every answer is like: compressed on a slow line, and in one clear sentence where a submission is not taken."""

import gzip
import json
import re
import uuid
from html import unescape

import pytest
from django.test import Client

from tests.factories import PASSWORD, account, actor, post, resident, submitted
from tests.factories import county as make_county
from yigongti.kernel.parameters import values
from yigongti.kernel.workflow.models import Case
from yigongti.organisations import queries as organisations


OURS = {"Origin": "http://testserver"}
BUDGET = 60_000


@pytest.fixture
def county(db):
    yield make_county(beds=80)
    organisations.forget()
    values.forget()


@pytest.fixture
def desk(county):
    """Signed in at the receiving desk, by a browser that is asked for its token."""
    post("referral_desk", county.hospital, account_=account(login="desk"))
    client = Client(enforce_csrf_checks=True)
    token = form_token(client.get("/sign-in"))
    entered = client.post("/sign-in", {"login": "desk", "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert entered.status_code == 303
    return client


@pytest.fixture
def waiting(county):
    """A full screen of referrals that wait, and their numbers."""
    doctor = actor("village_doctor", county.village)
    return [submitted(doctor, resident(county.village, name=f"患者{n}"), county.cardiology) for n in range(60)]


def form_token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode()).group(1)


@pytest.mark.parametrize("address", ["/", "/api/worklist", "/cases"])
def test_a_list_travels_compressed_and_within_the_budget_of_a_slow_line(desk, waiting, address):
    packed = desk.get(address, headers={"Accept-Encoding": "gzip"})
    plain = desk.get(address)
    assert packed["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed["Vary"]
    assert "Content-Encoding" not in plain
    shown = gzip.decompress(packed.content).decode()
    assert waiting[0] in shown or waiting[-1] in shown
    assert len(packed.content) < BUDGET
    assert len(packed.content) < len(plain.content) / 2


def test_equal_pages_differ_in_their_compressed_length(desk):
    """Else whoever listens and may put text into a page could guess the token letter by letter."""
    pages = [desk.get("/roles", headers={"Accept-Encoding": "gzip"}).content for _ in range(12)]
    assert len({len(page) for page in pages}) > 3


def fields_of(page):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in found}


def test_a_stale_form_is_submitted_again_by_one_click_with_what_was_typed(desk, waiting):
    address = f"/cases/{waiting[0]}/decline"
    typed = {
        "step": "decline", "decline_reason": "no_bed", "decline_note": "请先在<b>卫生院</b>观察两天",
        "key": str(uuid.uuid4()), "version": "1", "csrfmiddlewaretoken": "x" * 64,
    }  # fmt: skip
    page = desk.post(address, typed, headers=OURS)
    assert page.status_code == 403
    said = page.content.decode()
    assert "没有办理" in said and "重新提交" in said and "请先在&lt;b&gt;卫生院&lt;/b&gt;观察两天" in said
    again = fields_of(page)
    assert {name: again[name] for name in typed if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"
    }
    assert desk.post(address, again, headers=OURS).status_code == 303
    assert Case.objects.get(number=waiting[0]).state == "declined"


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://elsewhere.example"}, {"Origin": "null"}])
def test_what_another_site_made_the_browser_send_gets_no_button(desk, waiting, headers):
    page = desk.post(f"/cases/{waiting[0]}/decline", {"decline_note": "别处写的"}, headers=headers)
    assert page.status_code == 403
    assert "别处写的" not in page.content.decode() and "重新提交" not in page.content.decode()
    assert Case.objects.get(number=waiting[0]).state == "waiting"


def test_a_password_is_never_written_into_a_page(county):
    stranger = Client(enforce_csrf_checks=True)
    page = stranger.post("/sign-in", {"login": "desk", "password": PASSWORD}, headers=OURS)
    assert page.status_code == 403
    assert PASSWORD not in page.content.decode()
    assert 'href="/sign-in"' in page.content.decode()


def test_the_refusal_speaks_the_language_of_its_reader(desk):
    desk.cookies["language"] = "en"
    page = desk.post("/post", {"post": "1"}, headers=OURS).content.decode()
    assert "nothing was done" in page and "没有办理" not in page


def test_too_many_fields_and_too_large_a_body_are_one_sentence_each(desk):
    many = desk.post("/post", {f"f{n}": "1" for n in range(2001)}, headers=OURS)
    assert (many.status_code, "上限 2000 项" in many.content.decode()) == (400, True)
    large = desk.post("/post", {"text": "x" * (5 * 1024 * 1024)}, content_type="application/x-www-form-urlencoded")
    assert (large.status_code, "上限 5 MB" in large.content.decode()) == (413, True)
    assert "患者" not in large.content.decode()


def test_a_program_is_told_in_data(desk, waiting):
    body = json.dumps({"given": {"decline_note": "x" * (5 * 1024 * 1024)}})
    headers = {"X-CSRFToken": desk.cookies["csrf"].value, "Idempotency-Key": str(uuid.uuid4())}
    answer = desk.post(f"/api/cases/{waiting[0]}/decline", body, content_type="application/json", headers=headers)
    assert answer.status_code == 413
    assert [each["sentence"][:9] for each in answer.json()["refused"]] == ["这次提交的内容太大"]


def test_who_asks_under_another_name_gets_a_sentence_and_no_page():
    answer = Client(SERVER_NAME="elsewhere.example").get("/")
    assert answer.status_code == 400
    assert "<html" not in answer.content.decode()
