"""Accounts and posts: who may give what to whom, and what is refused."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from tests.organisations.factories import Place, account, actor, browser, key, post
from yigongti.kernel import clock
from yigongti.kernel.access import accounts
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import BadValue, NotAllowed, NotFound, Refusals
from yigongti.organisations import account_actions, queries


@pytest.fixture
def place(db):
    queries.forget()
    yield Place()
    queries.forget()


def today(days=0):
    return clock.today() + timedelta(days=days)


def new(place, **facts):
    given = {
        "by": place.administrator(),
        "login": "zhangsan",
        "person_name": "张三",
        "phone": "",
        "password": "abcd-efgh-2345",
        "unit_id": place.room.pk,
        "role": "village_doctor",
        "begins": today(),
    }
    return account_actions.create_account(**given | facts)


def test_an_account_comes_with_its_first_post_and_must_change_its_password(place):
    new(place, login="Ｚｈａｎｇｓａｎ")  # noqa: RUF001 - as it is pasted
    made = Account.objects.get(login="zhangsan")
    assert made.must_change_password and made.check_password("abcd-efgh-2345")
    assert [(p.role, p.unit_id) for p in made.posts.all()] == [("village_doctor", place.room.pk)]


def test_the_password_is_nowhere_in_the_trail(place):
    new(place)
    entry = Entry.objects.get(action="accounts.create")
    assert "abcd-efgh" not in f"{entry.sentence}{entry.facts}"


def test_all_faults_are_said_at_once(place):
    with pytest.raises(Refusals) as said:
        new(place, login="我", person_name="", role="county_doctor", begins=None)
    assert set(said.value.by_field()) == {"login", "person_name", "role", "begins"}


def test_a_taken_login_is_said_beside_its_field(place):
    new(place)
    with pytest.raises(BadValue) as said:
        new(place)
    assert said.value.field == "login"


def test_the_one_time_password_belongs_to_the_submission_and_is_shown_in_its_answer_only(place):
    client, submission = browser(place.administrator()), key()
    typed = {
        "person_name": "张三", "login": "zhangsan", "phone": "", "unit": place.room.pk, "role": "village_doctor",
        "begins": today().isoformat(), "ends": "", "key": submission,
    }  # fmt: skip
    first = client.post("/accounts/new", typed)
    again = client.post("/accounts/new", typed)
    password = accounts.one_time_password(uuid.UUID(str(submission)))
    assert password in first.content.decode() and password in again.content.decode()
    made = Account.objects.get(login="zhangsan")
    assert made.check_password(password)
    assert password not in client.get(f"/accounts/{made.pk}").content.decode()


@pytest.mark.parametrize("password", ["", "short", "123456789012", "aaaaaaaaaaaaaa", "my-zhangsan-login"])
def test_a_poor_password_is_refused_without_repeating_it(db, password):
    faults = accounts.password_faults(password, login="zhangsan")
    assert faults and (not password or password not in str(faults[0]))


@pytest.mark.requirement("R18")
def test_nobody_administers_what_lies_in_another_group(place):
    theirs = post("county_doctor", place.other.unit)
    with pytest.raises(NotFound):
        account_actions.suspend_account(by=place.administrator(), account_id=theirs.account_id, reason="离职")
    post("village_doctor", place.room.unit, of=theirs.account)
    with pytest.raises(accounts.BeyondReach):
        account_actions.suspend_account(by=place.administrator(), account_id=theirs.account_id, reason="离职")
    account_actions.suspend_account(by=place.administrator(place.county), account_id=theirs.account_id, reason="离职")
    assert not Account.objects.get(pk=theirs.account_id).is_active


def test_suspended_and_resumed_each_with_a_reason(place):
    doctor = post("village_doctor", place.room.unit)
    boss = place.administrator()
    with pytest.raises(BadValue.__mro__[1]):
        account_actions.suspend_account(by=boss, account_id=doctor.account_id, reason=" ")
    account_actions.suspend_account(by=boss, account_id=doctor.account_id, reason="调查")
    account_actions.resume_account(by=boss, account_id=doctor.account_id, reason="查清")
    assert Account.objects.get(pk=doctor.account_id).is_active
    assert Entry.objects.filter(subject=f"access.Account:{doctor.account_id}", kind="write").count() == 2


def test_a_reset_unlocks_and_asks_for_a_change_and_the_second_factor_is_forgotten(place):
    doctor = post("village_doctor", place.room.unit).account
    doctor.failures, doctor.locked_until, doctor.second_factor_secret = 5, clock.now() + timedelta(hours=1), "SECRET"
    doctor.save()
    boss = place.administrator()
    account_actions.reset_password(by=boss, account_id=doctor.pk, password="wxyz-2345-abcd")
    account_actions.reset_second_factor(by=boss, account_id=doctor.pk, reason="换手机")
    doctor.refresh_from_db()
    assert (doctor.failures, doctor.locked_until, doctor.second_factor_secret) == (0, None, "")
    assert doctor.must_change_password and doctor.check_password("wxyz-2345-abcd")


def test_an_administrator_gives_himself_nothing_and_does_not_lock_himself_out(place):
    boss = place.administrator()
    with pytest.raises(accounts.NotOnSelf):
        account_actions.give_post(
            by=boss, account_id=boss.account_id, unit_id=place.room.pk, role="village_doctor", begins=today(),
            ends=None, reason="自任",
        )  # fmt: skip
    with pytest.raises(accounts.NotOnSelf):
        account_actions.end_post(by=boss, post_id=boss.post_id, on=today(), reason="走")
    with pytest.raises(accounts.NotOnSelf):
        account_actions.suspend_account(by=boss, account_id=boss.account_id, reason="走")


def test_a_role_is_given_only_where_its_page_says_that_it_works(place):
    doctor = post("village_doctor", place.room.unit)
    with pytest.raises(BadValue, match="不设这个岗位"):
        account_actions.give_post(
            by=place.administrator(), account_id=doctor.account_id, unit_id=place.room.pk, role="president",
            begins=today(), ends=None, reason="任命",
        )  # fmt: skip


def test_the_same_post_in_the_same_days_is_refused_in_words(place):
    doctor = post("village_doctor", place.room.unit)
    with pytest.raises(accounts.PostTaken):
        account_actions.give_post(
            by=place.administrator(), account_id=doctor.account_id, unit_id=place.room.pk, role="village_doctor",
            begins=today(), ends=None, reason="再任",
        )  # fmt: skip


def cover(by, covered, deputy, *, role="village_doctor", begins=0, ends=7, reason="年休假"):
    return account_actions.cover_post(
        by=by, post_id=covered.pk, account_id=deputy.account_id, role=role, begins=today(begins), ends=today(ends),
        reason=reason,
    )  # fmt: skip


def test_a_head_lets_somebody_cover_a_post_for_a_bounded_time(place):
    covered, deputy = post("village_doctor", place.room.unit), post("township_doctor", place.centre.unit)
    cover(actor("township_head", place.centre.unit), covered, deputy)
    made = Post.objects.get(covering=covered.pk)
    assert (made.account_id, made.unit_id, made.ends) == (deputy.account_id, place.room.pk, today(7))


def test_cover_is_refused_when_unbounded_too_long_or_above_the_covered_post(place):
    head = actor("township_head", place.centre.unit)
    covered, deputy = post("village_doctor", place.room.unit), post("township_doctor", place.centre.unit)
    with pytest.raises(BadValue, match="31"):
        cover(head, covered, deputy, ends=40)
    with pytest.raises(accounts.AboveCovered):
        cover(head, covered, deputy, role="township_doctor")
    assert not Post.objects.filter(covering=covered.pk).exists()


def test_a_colleague_cannot_arrange_cover_nor_a_head_elsewhere_nor_the_covered_one(place):
    covered, deputy = post("village_doctor", place.room.unit), post("township_doctor", place.centre.unit)
    with pytest.raises(NotAllowed):
        cover(actor("township_doctor", place.centre.unit), covered, deputy)
    with pytest.raises(NotFound):
        elsewhere = actor("administrator", place.other_group.unit)
        cover(elsewhere, covered, deputy)
    own = actor("township_head", place.centre.unit)
    with pytest.raises(accounts.NotHead):
        cover(own, Post.objects.get(pk=own.post_id), deputy, role="township_head")


def test_nobody_covers_himself_and_a_cover_is_not_covered(place):
    head = actor("township_head", place.centre.unit)
    covered, deputy = post("village_doctor", place.room.unit), post("township_doctor", place.centre.unit)
    with pytest.raises(BadValue):
        cover(head, covered, covered)
    cover(head, covered, deputy)
    with pytest.raises(BadValue, match="不能再请人代"):
        cover(head, Post.objects.get(covering=covered.pk), post("township_doctor", place.centre.unit))


def test_when_a_post_ends_those_who_cover_it_end_with_it(place):
    covered, deputy = post("village_doctor", place.room.unit), post("township_doctor", place.centre.unit)
    cover(place.administrator(), covered, deputy, ends=20)
    account_actions.end_post(by=place.administrator(), post_id=covered.pk, on=today(5), reason="调离")
    assert Post.objects.get(pk=covered.pk).ends == Post.objects.get(covering=covered.pk).ends == today(5)


def test_a_posts_end_is_not_put_into_the_past(place):
    covered = post("village_doctor", place.room.unit)
    with pytest.raises(BadValue):
        account_actions.end_post(by=place.administrator(), post_id=covered.pk, on=today(-1), reason="调离")


def test_the_list_costs_the_same_however_many_accounts(place, django_assert_max_num_queries):
    client = browser(place.administrator())
    for number in range(60):
        post("village_doctor", place.room.unit, of=account(f"村医{number}"))
    with django_assert_max_num_queries(13):
        answer = client.get("/accounts").content.decode()
    assert "after=" in answer


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_login_at_once_one_is_told():
    told = []

    def race():
        try:
            accounts.make_account(login="zhangsan", person_name="张三", password="abcd-efgh-2345")
        except BadValue as bad:
            told.append(bad.field)
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Account.objects.filter(login="zhangsan").count() == 1 and told == ["login"]
    Account.objects.all().delete()
