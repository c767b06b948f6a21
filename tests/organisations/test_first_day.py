"""A county's first day: the code works once, for the first, for a day."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from yigongti.kernel import clock
from yigongti.kernel.access import first_day
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.refusal import BadValue
from yigongti.organisations.models import County, Group, Institution

from .factories import browser, key


PASSWORD = "jiexiu-2026-first"


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    return tmp_path


@pytest.fixture
def empty(db, folder):
    assert not Account.objects.exists()


def use(code, login="guanli", **facts):
    return first_day.use_code(code, **{"login": login, "name": "王管理", "password": PASSWORD} | facts)


def test_the_code_makes_the_first_administrator_at_the_root(empty):
    post = use(first_day.make_code())
    assert (post.role, post.unit.parent_id, post.unit.kind) == ("administrator", None, "county")
    assert post.account.check_password(PASSWORD)


def test_the_code_is_kept_only_as_a_hash_that_others_cannot_read(empty, folder):
    code = first_day.make_code()
    kept = folder / "first_day.json"
    assert code not in kept.read_text() and code.replace("-", "") not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_wrong_or_old_code_is_refused_without_repeating_it(empty):
    code = first_day.make_code()
    with pytest.raises(BadValue) as said:
        use("aaaaa-bbbbb")
    assert "aaaaa" not in str(said.value)
    with clock.stands_at(clock.now() + timedelta(hours=25)), pytest.raises(BadValue, match="过期"):
        use(code)
    assert not Account.objects.exists()


def test_the_code_works_once_and_no_new_one_is_made(empty):
    code = first_day.make_code()
    use(code)
    with pytest.raises(first_day.FirstDayOver):
        use(code, login="another")
    with pytest.raises(first_day.FirstDayOver):
        first_day.make_code()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_it_at_once_one_becomes_administrator(folder):
    code, told = first_day.make_code(), []

    def race(login):
        try:
            use(code, login=login)
        except first_day.FirstDayOver as over:
            told.append(over)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(f"first{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Account.objects.count() == 1 and len(told) == 1
    Post.objects.all().delete()
    Account.objects.all().delete()
    Unit.objects.all().delete()


def test_the_walk_from_the_code_to_an_institution(empty):
    code, client = first_day.make_code(), Client()
    assert "一次性口令" in client.get("/first-day").content.decode()
    typed = {"code": code, "name": "王管理", "login": "guanli", "password": PASSWORD, "again": "different"}
    refused = client.post("/first-day", typed)
    assert refused.status_code == 422 and "两次不一样" in refused.content.decode()
    assert PASSWORD not in refused.content.decode()
    assert client.post("/first-day", typed | {"again": PASSWORD}).headers["Location"].startswith("/sign-in")
    assert client.get("/first-day").status_code == 302
    boss = browser(Post.objects.get())
    assert "登记本县" in boss.get("/organisations/first-steps").content.decode()
    bad = boss.post("/organisations/county", {"name": "", "division": "14", "key": key()})
    assert bad.status_code == 422 and "请填写县名" in bad.content.decode()
    assert boss.post("/organisations/county", {"name": "介休市", "division": "140781", "key": key()}).status_code == 303
    assert (
        boss.post(
            "/organisations/registers/groups/new",
            {"name": "介休市医疗集团", "legal_model": "single_legal_person", "founded_on": "2017-05-01", "key": key()},
        ).status_code
        == 303
    )
    rows = "名称\t类型\n介休市人民医院\t县级综合医院\n"
    assert boss.post("/organisations/paste/institutions", {"rows": rows, "key": key()}).status_code == 303
    assert County.objects.get().name == Unit.objects.get(parent=None).name == "介休市"
    assert Institution.objects.get().unit.parent_id == Group.objects.get().pk
