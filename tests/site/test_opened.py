"""What one person typed is hers: a form is carried out only for whom its page was opened."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.access.conftest import signed_in
from tests.factories import PASSWORD, account, actor, post, resident
from tests.factories import county as make_county
from yigongti.kernel import clock
from yigongti.kernel.access import sign_in
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.pages.registry import pages
from yigongti.kernel.pages.unsent import MARK
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations
from yigongti.record.models import Observation


OURS = {"Origin": "http://testserver"}
POSTED = re.compile(r"<form\b[^>]*\bmethod=\"post\".*?</form>", re.S)


@pytest.fixture
def county(db):
    yield make_county()
    organisations.forget()
    values.forget()


@pytest.fixture
def zhao(county):
    """赵海峰, village doctor and, in a second post, doctor of the township."""
    made = account(name="赵海峰", login="zhao")
    village = post("village_doctor", county.village, account_=made)
    return made, village, post("township_doctor", county.township, account_=made)


@pytest.fixture
def li(county):
    made = account(name="李秀祎", login="li")
    return made, post("township_doctor", county.township, account_=made)


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True, headers=OURS)


def fields_of(text):
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in found}


def form_to(page, address):
    """The hidden fields of the form that is sent there; the frame's own stand before the page's."""
    return fields_of([f for f in POSTED.findall(page.content.decode()) if f'action="{address}"' in f][-1])


def enter(browser, login):
    typed = form_to(browser.get("/sign-in"), "/sign-in") | {"login": login, "password": PASSWORD}
    assert browser.post("/sign-in", typed).status_code == 303


def leave(browser):
    assert browser.post("/sign-out", form_to(browser.get("/roles"), "/sign-out"))["Location"] == "/sign-in?left=1"


def measured(browser, person):
    """A form of a measurement as its page was opened, filled in and not yet sent."""
    address = f"/residents/{person.pk}/record/observe"
    shown = browser.get(address).content.decode()
    form = next(f for f in POSTED.findall(shown) if "data-keep" in f)
    return address, fields_of(form) | {
        "value": "150", "second": "95", "note": "饭后 测的",
        "effective_at": clock.now().strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip


@pytest.mark.requirement("R162")
def test_what_one_typed_is_not_recorded_for_who_signed_in_since_in_another_tab(browser, county, zhao, li):
    person = resident(county.village)
    enter(browser, "zhao")
    address, typed = measured(browser, person)
    leave(browser)
    enter(browser, "li")
    answer = browser.post(address, typed)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "这一页是赵海峰（" in said and "现在登录的是李秀祎（" in said and "饭后 测的" in said
    assert not Observation.objects.filter(resident_id=person.pk).exists()
    assert Entry.objects.filter(kind="refusal", account_id=li[0].pk, sentence__contains="赵海峰").exists()
    way_on = browser.post("/sign-out", form_to(answer, "/sign-out"), headers={"Referer": "http://testserver/"})
    assert way_on["Location"] == f"/sign-in?next={address.replace('/', '%2F')}"


def test_in_one_s_own_name_it_is_sent_on_knowingly(browser, county, zhao, li):
    person = resident(county.village)
    enter(browser, "zhao")
    address, typed = measured(browser, person)
    leave(browser)
    enter(browser, "li")
    again = form_to(browser.post(address, typed), address)
    assert again["value"] == "150" and again[MARK] != typed[MARK]
    assert browser.post(address, again).status_code == 303
    assert Observation.objects.get(resident_id=person.pk).value == 150


def test_another_post_of_the_same_person_is_another_and_one_goes_back_to_it_and_to_the_page(browser, county, zhao):
    _, village, township = zhao
    person = resident(county.village)
    enter(browser, "zhao")
    address, typed = measured(browser, person)
    there = form_to(browser.get("/roles"), "/post")
    other = township if browser.session["post"] == village.pk else village
    first = browser.session["post"]
    assert browser.post("/post", there | {"post": other.pk})["Location"] == "/"
    answer = browser.post(address, typed, headers={"Referer": f"http://testserver{address}?series=blood_pressure"})
    assert answer.status_code == 409 and "换回" in answer.content.decode()
    assert not Observation.objects.filter(resident_id=person.pk).exists()
    back = browser.post("/post", form_to(answer, "/post"))
    assert (back["Location"], browser.session["post"]) == (f"{address}?series=blood_pressure", first)
    assert browser.post(address, typed).status_code == 303


def test_no_act_of_any_page_is_taken_for_somebody_else(county, zhao, li):
    """Every page of the house that writes, and every other that is sent a form."""
    other = signed_in(sign_in.actor_of(li[1]))
    mark = form_to(signed_in(sign_in.actor_of(zhao[1])).get("/roles"), "/sign-out")[MARK]
    open_to_all = set()
    for code, made in pages.items():
        address = "/" + re.sub(r"<(\w+):\w+>", lambda kind: "1" if kind[1] in ("int", "row") else "x", made.route)
        address = re.sub(r"<uuid:\w+>", "0" * 8 + "-0000-4000-8000-" + "0" * 12, address)
        if other.post(address, {MARK: mark}).status_code != 409:
            open_to_all.add(code)
    assert open_to_all == {"post", "session", "organisations.first_day"}  # the last is gone once there is an account
    assert other.post("/password", {MARK: mark, "old": PASSWORD}).status_code == 409


def test_every_form_of_every_page_says_for_whom_it_was_opened(county, zhao, li):
    """By the pages as they are drawn, and by the templates where a page needs more than an address."""
    here = signed_in(sign_in.actor_of(zhao[1]))
    forms = 0
    for made in pages.values():
        if "<" in made.route or made.code == "style":
            continue
        answer = here.get(f"/{made.route}")
        if answer.status_code == 200 and not answer.streaming and "html" in answer["Content-Type"]:
            for form in POSTED.findall(answer.content.decode()):
                forms += 1
                assert fields_of(form)[MARK].startswith(f"{zhao[1].pk}-"), (made.code, form[:200])
    assert forms > 40


def test_a_forged_mark_tells_no_name(county, zhao, li):
    other = signed_in(sign_in.actor_of(li[1]))
    answer = other.post("/notices/read", {MARK: f"{zhao[1].pk}-{'0' * 16}"}, headers=OURS)
    assert "赵海峰" not in answer.content.decode()


def test_a_token_from_before_signing_in_or_out_is_worth_nothing(browser, li):
    before = form_to(browser.get("/sign-in"), "/sign-in")["csrfmiddlewaretoken"]
    enter(browser, "li")
    inside = form_to(browser.get("/roles"), "/sign-out")["csrfmiddlewaretoken"]
    assert browser.post("/notices/read", {"csrfmiddlewaretoken": before}).status_code == 403
    leave(browser)
    stale = {"csrfmiddlewaretoken": inside, "login": "li", "password": PASSWORD}
    assert browser.post("/sign-in", stale).status_code == 403


@pytest.mark.parametrize("address", ["/residents/5/open", "/tables/5/run", "/inbox/replay", "/identity/merge"])
def test_a_session_that_ended_leads_back_to_the_page_on_which_one_was(db, address):
    """What is only ever posted to is no page to come back to."""
    from_there = {"Referer": "http://testserver/residents?q=%E5%BC%A0"}
    assert (
        Client().post(address, {}, headers=from_there)["Location"] == "/sign-in?next=%2Fresidents%3Fq%3D%25E5%25BC%25A0"
    )
    elsewhere = {"Referer": "http://elsewhere.example/residents"}
    assert Client().post(address, {}, headers=elsewhere)["Location"] == f"/sign-in?next={address.replace('/', '%2F')}"


def test_where_two_are_merged_there_is_a_way_on_for_who_only_looks(county):
    steward = signed_in(actor("data_steward", county.group))
    assert steward.get("/identity/merge")["Location"] == "/identity/duplicates"


def test_a_password_page_does_not_say_that_it_kept_what_it_emptied(county, li):
    refused = signed_in(sign_in.actor_of(li[1])).post("/password", {"old": PASSWORD, "new": "x", "again": "y"})
    assert refused.status_code == 422
    assert "处要改" in refused.content.decode() and "填过的都还在" not in refused.content.decode()


def test_what_is_written_for_a_reason_is_kept_in_its_browser(project_root):
    """Forms on which one writes why: a session that ends loses none of it."""
    for template in (project_root / "src/yigongti/residents/templates").rglob("*.html"):
        for form in POSTED.findall(template.read_text(encoding="utf-8")):
            assert "data-keep=" in form and "parts/kept.html" in form, (template, form[:120])


def test_no_template_writes_a_form_of_its_own_making(project_root):
    """Each takes the fields that every form has; only the stale form writes back those it was sent with."""
    for template in (project_root / "src").rglob("*.html"):
        for form in re.findall(r"<form\b[^>]*method=\"post\"[^>]*>.{0,60}", template.read_text(encoding="utf-8"), re.S):
            assert "{{ csrf_input }}" in form or template.name == "stale_form.html", template
