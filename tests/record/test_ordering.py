"""Orders written on the screen: found while one types, numbered, printed, taken back; sent to who carries them out."""

import pytest

from tests.exchange.sending.conftest import destination
from tests.record.factories import resident
from tests.record.test_pages import ask, post, text_of
from yigongti.exchange.models import Outgoing
from yigongti.record.models import Entry
from yigongti.record.orderable import matching
from yigongti.record.seeing import own_institution


pytestmark = pytest.mark.django_db


def standing():
    return Entry.objects.get(kind="order", replaced_by=None)


def ordered(county, person, **more):
    given = {"title": "", "title_text": "血常规", "text": "发热 3 天", "priority": "急", "performer": "", "at": ""}
    return post("record.order", county.village_doctor(), given | more, resident_id=person.pk)


@pytest.mark.parametrize(
    ("typed", "first"), [("血常", "血常规"), ("xcg", "血常规"), ("心电", "十二导联心电图"), ("无此项", None)]
)
def test_items_are_found_by_words_and_initials(typed, first):
    assert next(iter(matching(typed, 8)), None) == first


def test_an_order_is_placed_printed_and_taken_back_with_a_reason(county, person):
    assert "开出申请" in text_of(ask("record.order", county.village_doctor(), resident_id=person.pk))
    assert ordered(county, person).status_code in (200, 302, 303)
    order = standing()
    assert (order.title, order.system, order.code, order.text) == ("血常规", "loinc", "58410-2", "发热 3 天")
    assert (order.detail["state"], order.detail["priority"]) == ("placed", "急")
    number = order.detail["placer"]
    assert number.startswith("YG")
    assert len(number) <= 16
    paper = text_of(ask("record.order_paper", county.village_doctor(), entry_id=order.pk))
    assert number in paper
    assert "<svg" in paper
    shown = text_of(ask("record.entry", county.village_doctor(), entry_id=order.pk))
    assert f"/record/entries/{order.pk}/cancel" in shown
    assert post("record.cancel_order", county.village_doctor(), {"reason": " "}, entry_id=order.pk).status_code == 422
    post("record.cancel_order", county.village_doctor(), {"reason": "已在外院查过"}, entry_id=order.pk)
    gone = standing()
    assert (gone.detail["state"], gone.correction_reason, gone.version) == ("cancelled", "已在外院查过", 2)
    assert post("record.cancel_order", county.village_doctor(), {"reason": "再来"}, entry_id=gone.pk).status_code == 409


@pytest.mark.parametrize(
    ("given", "field"),
    [({"title_text": ""}, "申请项目"), ({"text": ""}, "诊断和目的"), ({"priority": "马上"}, "缓急"),
     ({"performer": "999999"}, "执行机构")],
)  # fmt: skip
def test_what_is_lacking_is_said_beside_its_field(county, person, given, field):
    refused = ordered(county, person, **given)
    assert refused.status_code == 422
    assert field in text_of(refused)
    assert not Entry.objects.filter(kind="order").exists()


def test_a_performer_that_was_typed_and_not_picked_is_meant_by_its_name(county, person):
    """On a slow line the list comes late; without scripts the box before it still holds one's own."""
    own = str(own_institution(county.village_doctor()))
    for held in ("", own):
        ordered(county, person, performer=held, performer_text=county.hospital.name)
        assert Entry.objects.latest("pk").detail["performer"] == county.hospital.pk


@pytest.mark.parametrize("typed", ["查无此院", "院"])
def test_a_typed_performer_that_is_none_or_several_is_asked_for_and_never_taken_as_one_s_own(county, person, typed):
    refused = ordered(county, person, performer_text=typed)
    assert refused.status_code == 422
    assert not Entry.objects.filter(kind="order").exists()
    shown = text_of(refused)
    assert f'value="{typed}"' in shown
    assert ("performer_choice" in shown) == (typed == "院")
    if typed == "院":
        ordered(county, person, performer_text=typed, performer_choice=str(county.hospital.pk))
        assert standing().detail["performer"] == county.hospital.pk


def test_nothing_is_ordered_for_the_dead(county):
    from yigongti.kernel import clock

    gone = resident(county.village, died_on=clock.today())
    assert ordered(county, gone).status_code in (403, 404, 409)
    assert not Entry.objects.filter(kind="order").exists()


def test_where_the_performer_s_system_takes_orders_it_gets_this_one_and_its_cancelling(county, person):
    destination(county.hospital, title="县检验系统", orders=True)
    ordered(county, person, performer=str(county.hospital.pk))
    (sent,) = Outgoing.objects.all()
    body = bytes(sent.body).decode()
    assert "58410-2^血常规^LN" in body
    assert standing().detail["placer"] in body
    post("record.cancel_order", county.village_doctor(), {"reason": "已在外院查过"}, entry_id=standing().pk)
    assert [one.kind for one in Outgoing.objects.order_by("pk")] == ["order", "order"]
    assert "ORC|CA|" in bytes(Outgoing.objects.latest("pk").body).decode()
