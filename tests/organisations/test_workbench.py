"""The workbench of those who keep the organisation begins with what waits, and says nothing where nothing does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from yigongti.kernel import clock
from yigongti.kernel.pages.blocks import blocks_for
from yigongti.organisations.models import Charter, Duty, Group


@pytest.fixture
def here(db):
    return factories.county()


def titles(who):
    return [made.title for made in blocks_for(for_=who)]


def lines(who, title):
    return [words for made in blocks_for(for_=who) if made.title == title for words, _href in made.lines]


def turn(unit, account, *, begins, days):
    start = clock.now() + timedelta(days=begins)
    Duty.objects.create(unit=factories.unit_of(unit), duty="referral_desk", account=account, begins=start,
                        ends=start + timedelta(days=days))  # fmt: skip


def test_a_roster_that_runs_out_within_a_week_waits_for_hr(here):
    officer, account = factories.actor("hr_officer", here.group), factories.account()
    turn(here.hospital, account, begins=-1, days=3)
    turn(here.township, account, begins=-1, days=30)
    turn(here.township2, account, begins=-300, days=5)  # nobody keeps it any more
    turn(here.foreign_hospital, account, begins=-1, days=3)
    found = lines(officer, "值班快排完了")
    assert len(found) == 1
    assert found[0].startswith("县人民医院")


def test_accounts_in_need_and_posts_that_end_wait_for_the_administrator(here):
    administrator = factories.actor("administrator", here.group)
    locked = factories.account(name="锁定", locked_until=clock.now() + timedelta(minutes=9))
    unused = factories.account(name="未用", must_change_password=True, made_at=clock.now() - timedelta(days=9))
    ending = factories.account(name="到期")
    factories.post("village_doctor", here.village, account_=locked)
    factories.post("village_doctor", here.village, account_=unused)
    factories.post("village_doctor", here.village, account_=ending, ends=clock.today() + timedelta(days=3))
    factories.post("village_doctor", here.foreign_township, account_=factories.account(
        name="外人", locked_until=clock.now() + timedelta(minutes=9)))  # fmt: skip
    assert lines(administrator, "要处理的账号") == ["锁定：口令多次输错，已锁定", "未用：开通一周以上还没有登录过"]
    assert [line[:2] for line in lines(administrator, "一周内到期的岗位")] == ["到期"]


@pytest.mark.requirement("R9")
def test_a_charter_waits_for_the_member_that_has_not_said_yes(here):
    group = Group.objects.get(pk=here.group.pk)
    charter = Charter.objects.create(group=group, version=1, title="章程", text="一", begins=clock.today())
    head = factories.actor("township_head", here.township)
    assert lines(head, "待表决的章程") == ["章程 v1"]
    assert "待表决的章程" not in titles(factories.actor("township_head", here.foreign_township))
    charter.approvals.create(institution=here.township, post_id=head.post_id, at=clock.now())
    assert "待表决的章程" not in titles(head)


@pytest.mark.parametrize(("role", "place"), [("hr_officer", "group"), ("data_steward", "group"), ("president", "group"),
                                             ("township_head", "township"), ("bureau", "root")])  # fmt: skip
def test_where_nothing_waits_no_block_stands_and_the_page_says_so(here, role, place):
    who = factories.actor(role, getattr(here, place))
    assert titles(who) == []
    page = signed_in(who).get("/").content.decode()
    assert "没有等您办的单子" in page
    assert "去办理" not in page
