"""The sweep: likely pairs of those who are registered already, each once, going on where it stopped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.residents.people import card, person
from yigongti.kernel import clock
from yigongti.residents.actions import sweeping
from yigongti.residents.models import Identifier, Suspicion, Sweep


pytestmark = pytest.mark.requirement("R133")


@pytest.fixture
def doubles(county):
    """Three pairs of one human each, by different reasons, among others who share nothing."""
    strangers = [
        person(county.village, name=f"王{c}", born=date(1940 + n, 5, 6), id_card=card(born=date(1940 + n, 5, 6)))
        for n, c in enumerate("一二三四五六七八九十")
    ]
    pairs = [
        (person(county.village, name="张桂兰", born=date(1958, 3, 4)),
         person(county.village2, name="张桂兰", born=date(1958, 3, 4))),
        (person(county.village, name="李静", born=date(1970, 1, 2), phone="13812345678"),
         person(county.township, name="李静", born=date(1970, 2, 1), phone="13812345678")),
        (person(county.village, name="赵刚", born=date(1980, 1, 2)),
         person(county.village2, name="赵钢铁", born=date(1981, 1, 2))),
    ]  # fmt: skip
    for one in pairs[2]:
        Identifier.objects.create(resident=one, system="health_card", value="A1B2C3D4")
    return strangers, [(one.pk, other.pk) for one, other in pairs]


def raised():
    return sorted(Suspicion.objects.values_list("one_id", "other_id"))


def test_who_is_registered_twice_is_put_before_data_staff_with_the_reason(doubles):
    while sweeping.step(block=3):
        pass
    assert raised() == doubles[1]
    assert list(Suspicion.objects.order_by("one_id").values_list("score", "raised_by")) == [
        (85, None), (70, None), (95, None),
    ]  # fmt: skip
    assert "姓名和出生日期相同" in Suspicion.objects.get(score=85).why
    swept = Sweep.objects.get()
    assert (swept.looked, swept.raised, swept.ended_at is None) == (16, 3, False)


def test_it_goes_on_where_it_was_stopped_and_begins_again_after_a_week(doubles, monkeypatch):
    assert sweeping.step(block=4)

    def broken(_people):
        raise LookupError("the power went")

    with monkeypatch.context() as patch, pytest.raises(LookupError):
        patch.setattr(sweeping, "_raise", broken)
        sweeping.step(block=4)
    assert Sweep.objects.get().looked == 4
    sweeping.sweep()
    assert (Sweep.objects.get().looked, raised()) == (16, doubles[1])
    sweeping.sweep()
    assert Sweep.objects.count() == 1
    with clock.stands_at(clock.now() + timedelta(days=8)):
        sweeping.sweep()
    assert list(Sweep.objects.order_by("pk").values_list("raised", flat=True)) == [3, 0]


def test_a_pair_that_was_decided_is_not_raised_again(doubles, steward):
    one, other = doubles[1][0]
    decided = {"verdict": "different", "decided_at": clock.now(), "decided_by_id": steward.post_id}
    Suspicion.objects.create(one_id=one, other_id=other, why="查过", score=85, raised_at=clock.now(), **decided)
    sweeping.sweep()
    assert Sweep.objects.get().raised == 2
    assert Suspicion.objects.get(one_id=one, other_id=other).verdict == "different"


def test_what_was_merged_is_not_raised_again(doubles, steward):
    from yigongti.residents.actions.merging import merge

    one, other = doubles[1][0]
    merge(by=steward, kept=one, absorbed=other, reason="同一人")
    sweeping.sweep()
    assert raised() == doubles[1][1:]


def test_data_staff_see_how_far_the_sweep_is(doubles, county):
    client = signed_in(factories.actor("data_steward", county.group))
    assert "还没有做过" in client.get("/identity/duplicates").content.decode()
    sweeping.step(block=4)
    assert "已核对 4 份" in client.get("/identity/duplicates").content.decode()
    sweeping.sweep()
    assert "核对 16 份，新提出 3 对" in client.get("/identity/duplicates").content.decode()
