"""Orders for who carries them out: on its list alone, late first, received, answered, sent back, on paper."""

import re
from datetime import date, timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.exchange.sending.conftest import announced
from tests.exchange.test_taking_hl7v2 import id_card, message, sent
from yigongti.exchange.models import Outgoing
from yigongti.kernel import clock
from yigongti.record.models import Entry
from yigongti.record.pages import performing


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R159")]


@pytest.fixture
def county():
    return factories.county()


@pytest.fixture
def person(county):
    return factories.resident(county.village, name="王有福", sex="1")


def order(county, person, **more):
    given = {"title": "空腹血糖", "text": "口渴多饮", "at": clock.now(), "institution": county.village, "hours": 0,
             "state": "placed", "priority": "普通", "performer": county.hospital.pk, "sensitivity": "",
             **more}  # fmt: skip
    detail = {name: given[name] for name in ("state", "priority", "performer") if given[name]} | {"placer": "YG7"}
    return Entry.objects.create(
        resident=person, kind="order", title=given["title"], text=given["text"], entered_at=clock.now(),
        at=given["at"] - timedelta(hours=given["hours"]), institution=given["institution"], author="村医甲",
        source="entered", sensitivity=given["sensitivity"], detail=detail,
    )  # fmt: skip


def doctor(county, where=None, role="county_doctor"):
    return signed_in(factories.actor(role, where or county.cardiology, name="检验员乙"))


def standing(kind="order"):
    return Entry.objects.get(kind=kind, replaced_by=None)


def page(client, path="/orders"):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def posted(client, path, **given):
    return client.post(path, {"key": "00000000-0000-4000-8000-000000000007", **given})


@pytest.mark.never("county_doctor.no_relation")
def test_an_order_is_on_the_list_of_the_institution_that_it_names_and_opens_there_alone(county, person):
    made = order(county, person)
    here = doctor(county)
    assert "王有福" in page(here)
    assert "口渴多饮" in page(here, f"/orders/{made.pk}")
    assert here.get(f"/residents/{person.pk}/record").status_code in (403, 404)  # the order, not the record behind it
    others = {
        "foreign hospital": doctor(county, county.foreign_surgery),
        "township": doctor(county, county.township, "township_doctor"),
        "who ordered": doctor(county, county.village, "village_doctor"),
    }  # fmt: skip
    for name, other in others.items():
        assert "王有福" not in page(other), name
        for path in ("", "/slip", "/refuse", "/answer"):
            assert other.get(f"/orders/{made.pk}{path}").status_code == 404, (name, path)
        for path, given in (("receive", {}), ("refuse", {"reason": "不做"}), ("answer", {"text": "正常"})):
            assert posted(other, f"/orders/{made.pk}/{path}", **given).status_code == 404, (name, path)
    assert standing().version == 1
    assert not Entry.objects.filter(kind="report").exists()


def test_its_own_orders_that_name_nobody_are_carried_out_where_they_were_written(county, person):
    order(county, person, performer=None)
    assert "王有福" not in page(doctor(county))
    assert "王有福" in page(doctor(county, county.village, "village_doctor"))


def test_late_ones_stand_first_the_longest_waiting_on_top_then_the_newest_and_pages_cut_nothing(
    county, person, monkeypatch
):
    monkeypatch.setattr(performing, "ROWS", 2)
    for title, hours, priority in (("甲", 1, "普通"), ("乙", 90, "普通"), ("丙", 3, "急"), ("丁", 20, "加快"),
                                   ("戊", 60, "普通"), ("己", 0, "急")):  # fmt: skip
        order(county, person, title=title, hours=hours, priority=priority)
    client, path, seen = doctor(county), "/orders", []
    while path:
        text = page(client, path)
        seen += re.findall(r'<td data-label="申请项目"><a [^>]*>(.)</a>', text)
        assert len(seen) <= 6
        path = next(
            (found.replace("&amp;", "&") for found in re.findall(r'href="(/orders\?[^"]*after=[^"]*)"', text)), ""
        )
    assert "".join(seen) == "乙戊丙己甲丁"
    late = page(client, "/orders?age=late")
    assert re.findall(r'申请项目"><a [^>]*>(.)</a>', late) == ["乙", "戊"]
    assert "甲" not in page(client, "/orders?state=resulted")
    for odd in ("after=x", "after=" + "9" * 5000, "after=999999999999999999-1-1", "state=zz&age=zz", "after=-1--"):
        assert client.get(f"/orders?{odd}").status_code == 200


def test_it_is_received_once_and_answered_into_the_record(county, person):
    made = order(county, person)
    here = doctor(county)
    answer = posted(here, f"/orders/{made.pk}/receive")
    got = standing()
    assert answer.headers["Location"] == f"/orders/{got.pk}"
    assert "已接收，开始执行" in page(here, f"/orders/{got.pk}")
    assert (got.detail["state"], got.institution, got.author, got.version) == (
        "in_progress", county.village, "村医甲", 2)  # fmt: skip
    assert got.detail["received_by"].startswith("检验员乙 ")
    again = doctor(county).post(f"/orders/{made.pk}/receive", {"key": "00000000-0000-4000-8000-000000000008"})
    assert again.status_code == 409
    assert "已接收" in again.content.decode()
    here.post(f"/orders/{got.pk}/answer", {"key": "00000000-0000-4000-8000-000000000009", "text": "6.1 mmol/L"})
    done, report = standing(), standing("report")
    assert (done.detail["state"], done.detail["report"]) == ("resulted", report.pk)
    assert (report.institution, report.text, report.resident) == (county.hospital, "6.1 mmol/L", person)
    assert page(here, f"/orders/{made.pk}")  # an old address leads to what stands
    asker = doctor(county, county.village, "village_doctor")
    assert "看报告：空腹血糖" in page(asker, f"/record/entries/{done.pk}")


def test_what_cannot_be_done_goes_back_with_its_reason_and_who_ordered_is_told(county, person):
    made = order(county, person)
    here, asker = doctor(county), doctor(county, county.village, "village_doctor")
    assert "待接收：1 份" in page(here, "/")
    assert posted(here, f"/orders/{made.pk}/refuse", reason=" ").status_code == 422
    posted(here, f"/orders/{made.pk}/refuse", reason="标本溶血，请重采")
    back = standing()
    assert back.detail["state"] == "cancelled"
    assert "标本溶血，请重采（检验员乙" in page(asker, "/")
    assert "标本溶血" in page(asker, f"/record/entries/{back.pk}")
    assert "退回的申请" not in page(here, "/")
    assert posted(here, f"/orders/{back.pk}/answer", text="正常").status_code == 409
    assert not Outgoing.objects.exists()


def test_the_slip_bears_number_whom_and_what(county, person):
    text = page(doctor(county), f"/orders/{order(county, person).pk}/slip")
    for part in ("YG7", "王有福", "空腹血糖", "口渴多饮", "<svg", "____"):
        assert part in text


def test_one_of_a_special_class_stands_on_the_list_without_its_content_where_the_page_has_not_the_gate(county, person):
    made = order(county, person, title="HIV 抗体", sensitivity="hiv", performer=county.township.pk)
    here = doctor(county, county.township, "township_doctor")
    text = page(here)
    assert ("受特别保护的申请" in text, "王有福" in text, "HIV" in text) == (True, False, False)
    assert here.get(f"/orders/{made.pk}").status_code == 404
    made.detail |= {"performer": county.hospital.pk}
    made.save()
    assert "HIV 抗体" in page(doctor(county))


def test_a_performer_s_word_from_outside_keeps_an_order_as_secret_as_its_author_called_it(county):
    card = id_card("14078119721105017")
    person = factories.resident(county.village, name="王有福", sex="1", id_card=card, born=date(1972, 11, 5))
    announced("HIS|检验中心", county.hospital)
    visit = Entry.objects.create(
        resident=person, kind="encounter", title="初诊", at=clock.now(), entered_at=clock.now(), source="entered",
        institution=county.village,
    )  # fmt: skip
    made = order(county, person, sensitivity="psychiatric")
    Entry.objects.filter(pk=made.pk).update(encounter=visit)
    told = ("ORC|SC|YG7|F1||IP", "OBR|1|YG7|F1")
    assert sent(message("ORM^O01", *told, name="王有福", card=card, facility="检验中心")).state == "applied"
    moved = standing()
    assert (moved.detail["state"], moved.sensitivity, moved.encounter) == ("in_progress", "psychiatric", visit)
