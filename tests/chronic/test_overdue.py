"""What is overdue: told on the start page, by doctor and one by one, on paper; to the head of the centre after days."""

from __future__ import annotations

import re

import pytest

from tests.access.conftest import signed_in
from tests.chronic.test_ending import plan
from tests.factories import account, actor, at, post
from tests.factories import county as make_county
from tests.residents.people import person
from yigongti.chronic import overdue_pages
from yigongti.chronic.overdue import held, overdue
from yigongti.kernel import clock
from yigongti.kernel.access.sign_in import actor_of
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import NotAllowed
from yigongti.kernel.workflow import clocks


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R47")]


def doctor(county_place, name):
    return actor_of(post("village_doctor", county_place, account_=account(name=name)))


@pytest.fixture
def late():
    """Three late ones at 南街 (one of them told to the head), one at 北街, one in another township; one not yet due."""
    county = make_county()
    south, north, far = (doctor(place, name) for place, name in (
        (county.village, "赵医生"), (county.other_village, "钱医生"), (county.village2, "孙医生")))  # fmt: skip
    county.doctors = (south, north, far)
    with clock.stands_at(at("2026-05-01 08:00")):
        for by, where, days in ((south, county.village, ("2026-05-02", "2026-06-09", "2026-06-08", "2026-07-01")),
                                (north, county.other_village, ("2026-06-03",)),
                                (far, county.village2, ("2026-05-30",))):  # fmt: skip
            for day in days:
                plan(by, person(where, f"居民{day[5:]}"), day)
    with clock.stands_at(at("2026-05-06 08:00")):
        clocks.fire_due()
    with clock.stands_at(at("2026-05-10 08:00")):
        clocks.fire_due()
    with clock.stands_at(at("2026-06-10 10:00")):
        yield county


def page_of(by, path):
    return signed_in(by).get(path).content.decode()


def names(html):
    return re.findall(r'<a href="/cases/SF[^"]+" data-open>(居民[^<]+)</a>', html)


def test_the_start_page_says_how_many_the_oldest_and_where_the_list_is(late):
    south = late.doctors[0]
    html = page_of(south, "/")
    assert re.search(r'逾期随访 <b class="count">3</b>', html)
    assert "最早的：居民05-02，应在 2026-05-02 随访，已逾期 39 天" in html and 'href="/chronic/overdue"' in html
    assert html.index("最早的：") < html.index("要立即处理")
    assert Trail.objects.filter(action="work", kind="read").exists()
    for role, place in (("data_steward", late.group), ("county_doctor", late.hospital)):
        assert "最早的：" not in page_of(actor(role, place), "/")


def test_the_list_is_of_ones_own_places_by_doctor_and_each_the_oldest_first(late):
    south, _north, _far = late.doctors
    assert names(page_of(south, "/chronic/overdue")) == ["居民05-02", "居民06-08", "居民06-09"]
    head = actor("township_head", late.township)
    html = page_of(head, "/chronic/overdue")
    assert names(html) == ["居民05-02", "居民06-08", "居民06-09", "居民06-03"]
    assert "赵医生" in html and "钱医生" in html and "孙医生" not in html and "共 4 件" in html
    assert [(one.name, one.count, one.escalated) for one in held(for_=head)] == [
        ("南街村卫生室", 3, 1), ("北街村卫生室", 1, 0),
    ]  # fmt: skip
    assert names(page_of(head, "/chronic/overdue?sort=oldest")) == ["居民05-02", "居民06-03", "居民06-08", "居民06-09"]
    north = late.other_village.unit_id
    assert names(page_of(head, f"/chronic/overdue?unit={north}")) == ["居民06-03"]
    seen = Trail.objects.filter(action="chronic.overdue", kind="read").latest("id")
    assert len(seen.persons) == 1
    with pytest.raises(NotAllowed):
        overdue(for_=actor("county_doctor", late.hospital))


@pytest.mark.parametrize("sort", ["", "oldest"])
def test_pages_go_on_where_they_stopped_whatever_the_order(late, monkeypatch, sort):
    monkeypatch.setattr(overdue_pages, "ROWS", 2)
    browser, found = signed_in(actor("township_head", late.township)), []
    path = f"/chronic/overdue?sort={sort}"
    while path:
        html = browser.get(path, headers={"HX-Request": "true"}).content.decode()
        found += names(html)
        more = re.search(r'href="(/chronic/overdue\?[^"]*after=[^"]*)"', html)
        path = more[1].replace("&amp;", "&") if more else ""
    want = ["居民05-02", "居民06-08", "居民06-09", "居民06-03"]
    assert found == (want if not sort else sorted(want))
    for broken in ("x", "~~", "/1/~2026-01-01~1", "~9999-12-31T23:59:59-12:00~1", "~0001-01-01T00:00:00+14:00~1"):
        assert browser.get(f"/chronic/overdue?after={broken}").status_code == 200


def test_the_paper_has_all_of_them_and_says_where_it_had_to_stop(late, monkeypatch):
    head = actor("township_head", late.township)
    html = page_of(head, "/chronic/overdue/paper")
    assert names(html) == ["居民05-02", "居民06-08", "居民06-09", "居民06-03"]
    assert "打印：" in html and "只印了" not in html
    monkeypatch.setattr(overdue_pages, "ON_PAPER", 3)
    assert "只印了前 3 件，还有更多" in page_of(head, "/chronic/overdue/paper")


def test_when_the_head_is_told_is_a_dated_parameter(late, monkeypatch):
    head, number = actor("township_head", late.township), values.number
    assert "逾期满 3 天报卫生院院长" in page_of(head, "/chronic/overdue")
    longer = {"chronic.escalate_every": 30}
    monkeypatch.setattr(values, "number", lambda of, **on: longer.get(getattr(of, "code", of)) or number(of, **on))
    clocks.fire_due()
    with clock.stands_at(at("2026-06-20 10:00")):
        clocks.fire_due()
        assert sum(one.escalated for one in held(for_=head)) == 1
        assert "逾期满 30 天报卫生院院长" in page_of(head, "/chronic/overdue")
    with clock.stands_at(at("2026-07-15 10:00")):
        clocks.fire_due()
        assert sum(one.escalated for one in held(for_=head)) == 4
