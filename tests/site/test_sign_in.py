"""Signing in: locked after failures, a code once, the post visible; and no page without an own password."""

import html
import re
import threading
import uuid
from datetime import date, timedelta

import pyotp
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import Client

from tests.factories import PASSWORD, account, at, post, resident, submitted
from tests.factories import county as make_county
from yigongti.kernel import clock
from yigongti.kernel.access import sign_in
from yigongti.kernel.access.models import Account
from yigongti.kernel.access.units import close_unit
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.pages import drawn_cases
from yigongti.kernel.pages.registry import pages
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations


MORNING = at("2026-11-18 09:00")


@pytest.fixture
def county(db):
    with clock.stands_at(MORNING):
        yield make_county()
    organisations.forget()
    values.forget()


@pytest.fixture
def li(county):
    """李秀英, a village doctor."""
    made = account(login="lixiuying")
    post("village_doctor", county.village, account_=made)
    return made


@pytest.fixture
def chief(county):
    """An administrator, whose role asks for a second factor that is enrolled."""
    made = account(login="chief", second_factor_secret=pyotp.random_base32())
    post("administrator", county.root, account_=made)
    return made


def enter(client, login="lixiuying", password=PASSWORD, **more):
    return client.post("/sign-in", {"login": login, "password": password, **more})


def code_of(who, moment=None):
    return pyotp.TOTP(who.second_factor_secret).at(int((moment or clock.now()).timestamp()))


def entered(client, who="lixiuying"):
    assert enter(client, who).status_code == 303
    return client


def sessions():
    return list(Entry.objects.filter(kind="session").order_by("id").values_list("action", flat=True))


# --- the password


@pytest.mark.requirement("R162")
def test_a_right_password_opens_the_house_and_that_is_recorded(client, li):
    answer = enter(client, "  LiXiuYing ")
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert client.get("/").status_code == 200
    row = Entry.objects.filter(kind="session").latest("id")
    assert (row.action, row.account_id) == ("session.begins", li.pk)


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client, li):
    wrong, unknown = enter(client, password="wrong"), enter(client, login="nobody")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "登录名或口令不对" in wrong.content.decode()
    assert "登录名或口令不对" in unknown.content.decode()
    assert "口令不对" not in wrong.content.decode().replace("登录名或口令不对", "")


def test_an_unknown_name_takes_the_hashing_too(db, monkeypatch):
    hashed = []
    monkeypatch.setattr(sign_in, "make_password", lambda typed: hashed.append(typed) or make_password("x"))
    with pytest.raises(sign_in.WrongLogin):
        sign_in.check(login="nobody", password="guess")
    assert hashed == ["guess"]


@pytest.mark.parametrize("login", ["a\x00b", "' OR 1=1 --", "x" * 5000, "𠮷", ""])
def test_whatever_is_typed_as_a_name_is_just_unknown(client, db, login):
    assert enter(client, login=login).status_code == 401


def test_what_was_typed_as_a_name_is_kept_and_the_password_is_not(client, li):
    shown = enter(client, login="lixiuying", password="geheim-77").content.decode()
    assert "lixiuying" in shown
    assert "geheim-77" not in shown


@pytest.mark.requirement("R162")
def test_five_failures_lock_for_a_quarter_of_an_hour_even_against_the_right_password(client, li):
    told = [enter(client, password="wrong").status_code for _ in range(5)]
    assert told == [401, 401, 401, 401, 403]
    assert "已锁定到 09:15" in enter(client).content.decode()
    with clock.stands_at(MORNING + timedelta(minutes=15)):
        assert enter(client).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_guessing_in_parallel_gains_nothing():
    with clock.stands_at(MORNING):
        made = account(login="target")
        post("village_doctor", make_county().village, account_=made)
    checked = []

    def guess():
        try:
            with clock.stands_at(MORNING):
                sign_in.check(login="target", password="wrong")
        except sign_in.WrongLogin:
            checked.append("checked")
        except sign_in.Locked:
            checked.append("locked")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (checked.count("checked"), checked.count("locked")) == (4, 8)
    organisations.forget()


def test_a_suspended_account_is_told_so_and_its_running_session_ends(client, li):
    entered(client)
    Account.objects.update(status="suspended")
    assert client.get("/")["Location"].startswith("/sign-in")
    answer = enter(Client())
    assert answer.status_code == 403
    assert "此账号已停用" in answer.content.decode()


@pytest.mark.parametrize("dates", [{"begins": date(2026, 11, 19)}, {"ends": date(2026, 11, 17)}])
def test_without_a_post_of_today_nobody_enters(client, county, dates):
    post("village_doctor", county.village, account_=account(login="early"), **dates)
    answer = enter(client, "early")
    assert answer.status_code == 403
    assert "现在没有岗位" in answer.content.decode()


def test_a_unit_is_open_on_its_last_day_and_closed_the_day_after(client, county, li):
    close_unit(county.village.unit, on=date(2026, 11, 18))
    entered(client)
    assert client.get("/").status_code == 200
    with clock.stands_at(at("2026-11-19 00:01")):
        assert client.get("/")["Location"].startswith("/sign-in")
        assert enter(Client()).status_code == 403


# --- the second factor


def test_an_administrator_is_asked_for_a_code_and_nothing_opens_before_it(client, chief):
    answer = enter(client, "chief")
    assert answer["Location"].startswith("/second-factor")
    assert client.get("/")["Location"].startswith("/sign-in")
    answer = client.post("/second-factor", {"code": code_of(chief)})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert client.get("/").status_code == 200


def test_a_code_opens_once(client, chief):
    entered(client, "chief")
    assert client.post("/second-factor", {"code": code_of(chief)}).status_code == 303
    second = entered(Client(), "chief")
    answer = second.post("/second-factor", {"code": code_of(chief)})
    assert answer.status_code == 401
    assert "不对或已用过" in answer.content.decode()
    with clock.stands_at(MORNING + timedelta(seconds=60)):
        assert second.post("/second-factor", {"code": code_of(chief)}).status_code == 303


def test_an_older_code_does_not_open_after_a_newer_one(db, county, chief):
    sign_in.check_code(account_id=chief.pk, code=code_of(chief))
    with pytest.raises(sign_in.WrongCode):
        sign_in.check_code(account_id=chief.pk, code=code_of(chief, MORNING - timedelta(seconds=30)))


@pytest.mark.parametrize("shown", [lambda c: f" {c} ", lambda c: c.translate({ord(d): ord(d) + 0xFEE0 for d in c})])
def test_a_code_may_be_typed_with_spaces_or_full_width(client, chief, shown):
    entered(client, "chief")
    assert client.post("/second-factor", {"code": shown(code_of(chief))}).status_code == 303


@pytest.mark.parametrize("code", ["", "000000", "²²²²²²", "一二三四五六", "9" * 4000, "\x00"])
def test_a_wrong_code_is_refused_whatever_it_is(client, chief, code):
    entered(client, "chief")
    assert client.post("/second-factor", {"code": code}).status_code == 401


@pytest.mark.requirement("R162")
def test_the_right_password_does_not_forgive_wrong_codes(chief, county):
    """Else whoever knows the password could guess codes for ever, four between two passwords."""
    guesses = 0
    for _ in range(3):
        browser = Client()
        if enter(browser, "chief").status_code != 303:
            break
        for _ in range(4):
            guesses += 1
            browser.post("/second-factor", {"code": "000000"})
    assert guesses <= 8
    chief.refresh_from_db()
    assert chief.locked_until == MORNING + timedelta(minutes=15)


def secret_on(page) -> str:
    """The key that an enrolment shows for typing by hand."""
    return re.search(r'<span class="number">([A-Z2-7]{32})</span>', page.content.decode())[1]


def test_a_first_time_is_an_enrolment_with_one_key_until_it_is_proven(client, county):
    made = account(login="new")
    post("administrator", county.root, account_=made)
    entered(client, "new")
    first = secret_on(client.get("/second-factor"))
    assert client.post("/second-factor", {"code": "000000"}).status_code == 401
    assert secret_on(client.get("/second-factor")) == first  # what was scanned stays right
    assert client.post("/second-factor", {"code": pyotp.TOTP(first).at(int(MORNING.timestamp()))}).status_code == 303
    made.refresh_from_db()
    assert made.second_factor_secret == first


def test_nobody_enrols_without_having_been_shown_a_key(client, county):
    post("administrator", county.root, account_=account(login="new"))
    entered(client, "new")
    assert client.post("/second-factor", {"code": "123456"}).status_code == 401
    assert client.get("/")["Location"].startswith("/sign-in")


def test_the_half_way_ends_after_five_minutes(client, chief):
    entered(client, "chief")
    with clock.stands_at(MORNING + timedelta(minutes=5)):
        assert client.post("/second-factor", {"code": code_of(chief)})["Location"] == "/sign-in"


# --- the session


def test_a_session_nobody_uses_ends_and_one_in_use_does_not(client, li):
    entered(client)
    for minutes in (20, 40, 60):
        with clock.stands_at(MORNING + timedelta(minutes=minutes)):
            assert client.get("/").status_code == 200
    with clock.stands_at(MORNING + timedelta(minutes=91)):
        assert client.get("/")["Location"].startswith("/sign-in")


def test_a_session_ends_when_the_post_does(client, county, li):
    entered(client)
    li.posts.update(ends=date(2026, 11, 18))
    assert client.get("/").status_code == 200
    with clock.stands_at(at("2026-11-19 00:00")):
        assert client.get("/")["Location"].startswith("/sign-in")


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(client, li):
    other = entered(Client())
    entered(client)
    words = {"old": PASSWORD, "new": "Another-Horse-5", "again": "Another-Horse-5"}
    assert client.post("/password", words).status_code == 303
    assert client.get("/").status_code == 200
    assert other.get("/")["Location"].startswith("/sign-in")
    assert sessions()[-1] == "session.password"


def test_signing_out_ends_it_and_needs_a_post(client, li):
    entered(client)
    client.get("/sign-out")
    assert client.get("/").status_code == 200
    client.post("/sign-out")
    assert client.get("/")["Location"].startswith("/sign-in")
    assert sessions() == ["session.begins", "session.ends"]


def test_signing_in_makes_a_new_session_key(client, li):
    client.get("/sign-in")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    entered(client)
    assert client.cookies["session"].value != before


# --- posts


@pytest.mark.requirement("R162")
def test_a_change_of_post_is_visible_and_recorded(client, county, li):
    second = post("township_doctor", county.township2, account_=li)
    entered(client)
    assert "南街村卫生室" in client.get("/").content.decode()
    assert client.post("/post", {"post": second.pk}).status_code == 303
    assert "张兰卫生院" in client.get("/").content.decode()
    assert Entry.objects.filter(action="session.post").latest("id").unit_id == county.township2.pk


@pytest.mark.parametrize("chosen", ["", "x", "999999999", "²", "-1"])
def test_nobody_takes_a_post_that_is_not_their_own(client, county, li, chosen):
    post("administrator", county.root)
    entered(client)
    assert client.post("/post", {"post": chosen}).status_code == 404


def test_a_post_that_asks_for_a_second_factor_is_not_taken_without_one(client, county, li):
    """Given after signing in, an administrator's post must not open on the password alone."""
    entered(client)
    li.second_factor_secret = pyotp.random_base32()
    li.save()
    given = post("administrator", county.root, account_=li)
    assert client.post("/post", {"post": given.pk})["Location"] == "/second-factor"
    assert "南街村卫生室" in client.get("/").content.decode()
    assert client.post("/second-factor", {"code": code_of(li)}).status_code == 303
    assert "介休市" in client.get("/").content.decode()
    assert Entry.objects.filter(kind="session").latest("id").role == "administrator"
    stolen = Client()
    session = stolen.session
    session.update({"post": given.pk, "password": li.password[-16:], "seen": int(MORNING.timestamp())})
    session.save()
    stolen.cookies["session"] = session.session_key
    assert stolen.get("/")["Location"].startswith("/sign-in")


# --- one's own password


@pytest.mark.requirement("R162")
def test_with_a_password_made_by_another_every_page_leads_to_making_one_s_own(client, county, li):
    Account.objects.update(must_change_password=True)
    answer = enter(client)
    assert answer["Location"] == "/password"
    for address in ["/", "/find?q=张", "/cases", "/api/openapi.json", "/new/referral.upward"]:
        assert client.get(address)["Location"] == "/password", address
    answer = client.post("/post", {"post": "1"})
    assert (answer.status_code, answer["Location"]) == (303, "/password")
    assert client.get("/password").status_code == 200
    words = {"old": PASSWORD, "new": "Another-Horse-5", "again": "Another-Horse-5"}
    assert client.post("/password", words).status_code == 303
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"old": "wrong"}, "old"),
        ({"new": "short"}, "new"),
        ({"new": "1234567890123"}, "new"),
        ({"new": "lixiuying-2026"}, "new"),
        ({"again": "Something-Else-1"}, "again"),
        ({"new": PASSWORD, "again": PASSWORD}, "new"),
    ],
)
def test_a_poor_password_is_refused_in_words_and_none_is_shown(client, li, words, field):
    entered(client)
    given = {"old": PASSWORD, "new": "Another-Horse-5", "again": "Another-Horse-5", **words}
    answer = client.post("/password", given)
    assert answer.status_code == 422
    assert not any(part in answer.content.decode() for part in set(given.values()) - {"short"})
    li.refresh_from_db()
    assert li.check_password(PASSWORD)


# --- what every answer carries


EVIL = ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "http:///evil.example", "///evil.example", " //evil.example", "/\r\nLocation: //evil.example"]  # fmt: skip


@pytest.mark.parametrize("asked", EVIL)
def test_nobody_is_led_out_of_the_house(client, li, asked):
    answer = enter(client, next=asked)
    assert answer.status_code == 303
    assert answer["Location"] == "/" or answer["Location"].startswith("/%0D%0A")
    assert enter(client, next=asked)["Location"] in ("/", answer["Location"])  # also when one is in already


def test_the_way_on_survives_signing_in_with_all_it_asked_for(client, li):
    answer = client.get("/find?q=%E5%BC%A0&kind=a%20b")
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    kept = html.unescape(re.search(r'name="next" value="([^"]*)"', page.content.decode())[1])
    assert kept == "/find?q=%E5%BC%A0&kind=a%20b"
    assert enter(client, next=kept)["Location"] == "/find?q=%E5%BC%A0&kind=a%20b"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, li):
    client.get("/sign-in")
    entered(client)
    for name in ("session", "csrf"):
        morsel = client.cookies[name]
        assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/"), name


def test_a_form_without_its_token_is_refused(li):
    assert (
        Client(enforce_csrf_checks=True).post("/sign-in", {"login": "lixiuying", "password": PASSWORD}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "address", ["/sign-in", "/", "/nowhere", "/healthz", "/roles", "/cases/SZ000000-00000", "/audit"]
)
def test_every_answer_carries_the_content_policy_and_stays_in_no_cache(client, li, address):
    entered(client)
    answer = client.get(address)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_without_signing_in_no_page_opens(client, li):
    for made in pages.values():
        address = "/" + re.sub(r"<[^>]+>", "1", made.route)
        answer = client.get(address)
        assert answer.status_code == 302, made.code
        assert answer["Location"].startswith("/sign-in"), made.code


def test_a_page_that_is_refused_is_in_the_trail(client, li):
    entered(client)
    assert client.get("/audit").status_code == 403
    row = Entry.objects.filter(kind="refusal").latest("id")
    assert (row.action, row.sentence, row.account_id) == ("audit.see", "乡村医生没有“审计记录”的权限。", li.pk)
    assert uuid.UUID(row.facts["mark"])


@pytest.mark.requirement("R47")
def test_the_code_on_a_slip_leads_to_the_case_after_signing_in_with_one_factor_or_two(county, li, chief):
    with clock.stands_at(MORNING):
        doctor = sign_in.actor_of(li.posts.get())
        number = submitted(doctor, resident(county.village), county.cardiology)
        address = f"http://testserver/cases/{number}"
        slip = entered(Client()).get(f"/cases/{number}/paper").content.decode()
        assert str(drawn_cases.check_code(address)) in slip

        phone = Client()  # which has never been here
        asked = phone.get(address)
        assert asked.status_code == 302 and asked["Location"].startswith("/sign-in?")
        kept = html.unescape(
            re.search(r'name="next" value="([^"]*)"', phone.get(asked["Location"]).content.decode())[1]
        )
        answer = enter(phone, next=kept)
        assert answer["Location"] == f"/cases/{number}"
        assert number in phone.get(answer["Location"]).content.decode()

        other = Client()
        half = enter(other, "chief", next=kept)
        assert half["Location"].startswith("/second-factor?")
        page = other.get(half["Location"]).content.decode()
        kept = html.unescape(re.search(r'name="next" value="([^"]*)"', page)[1])
        whole = other.post("/second-factor", {"code": code_of(chief), "next": kept})
        assert whole["Location"] == f"/cases/{number}"
        assert other.get(whole["Location"]).status_code in (403, 404)  # it opens nothing to who may not see the case
