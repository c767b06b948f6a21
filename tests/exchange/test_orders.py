"""Orders and appointments that other systems tell of: one entry each, moved on by whoever says how far it is."""

import pytest

from tests.access.conftest import signed_in
from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import actor
from tests.factories import county as make_county
from tests.record.factories import encounter
from yigongti.exchange.hl7v2.order_states import after, state_of
from yigongti.record.models import Entry


pytestmark = pytest.mark.django_db

CARD = "140781197211050171"
LAB = "县医学检验中心"


@pytest.fixture
def county():
    return make_county()


def ordered(control="1", code="NW", number="P1", item="GLU^空腹血糖", status="", kind="ORM^O01", to=LAB, filler="",
            **more):  # fmt: skip
    """An order by its message, meant for the system of `to` by its header."""
    orc = f"ORC|{code}|{number}|{filler}||{status}||||20260310073000|||D9^张医师"
    body = message(kind, orc, f"OBR|1|{number}|{filler}|{item}|S", control=control, card=CARD, **more)
    return sent(meant_for(to, body))


def meant_for(to, body):
    """With another system in its header (MSH-5 and MSH-6), where one is named."""
    return body.replace("YIGONGTI|集团".encode(), f"HIS|{to}".encode()) if to else body


def reported(control="9", number="P1", status="F", filler="F7", facility=LAB, value="6.1", item="GLU^空腹血糖"):
    _, obx = result(value, status)
    obr = f"OBR|1|{number}|{filler}|{item}|||20260310080000||||||||||||||||||{status}"
    return sent(message("ORU^R01", obr, obx, control=control, card=CARD, facility=facility))


def standing(kind="order"):
    return list(Entry.objects.filter(kind=kind, replaced_by=None, withdrawn=False).order_by("pk"))


def test_an_order_stands_in_the_record_with_who_asked_and_how_urgent(county):
    found = ordered()
    assert (found.state, found.done[-1]) == ("applied", "申请：空腹血糖")
    (order,) = standing()
    assert (order.title, order.code, order.author, order.at.hour) == ("空腹血糖", "GLU", "张医师", 23)  # 07:30 here
    assert {name: order.detail[name] for name in ("placer", "state", "priority", "to")} == {
        "placer": "P1", "state": "placed", "priority": "急", "to": {"application": "HIS", "facility": LAB},
    }  # fmt: skip


@pytest.mark.requirement("R159")
@pytest.mark.parametrize("first", ["order", "report"])
def test_order_and_report_find_each_other_whichever_comes_first(county, first):
    told = [lambda: ordered(control="1"), lambda: reported()]
    for one in told if first == "order" else reversed(told):
        assert one().state == "applied"
    (order,), (report,) = standing(), standing("report")
    assert (order.detail["state"], order.detail["report"]) == ("resulted", report.pk)
    assert order.institution.name == "蒲县人民医院（HIS）"  # still the order of who asked
    if first == "order":
        assert order.detail["filler"] == "F7"
        assert Entry.objects.get(pk=report.detail["order"]).replaced_by_id == order.pk


def test_the_laboratory_says_how_far_it_is_and_the_order_stays_whose_it_was(county):
    ordered()
    assert ordered(control="2", code="SC", status="IP", item="", facility=LAB).state == "applied"
    (order,) = standing()
    assert (order.detail["state"], order.title, order.version) == ("in_progress", "空腹血糖", 2)
    assert order.institution.name == "蒲县人民医院（HIS）"
    reported(status="P")
    assert standing()[0].detail["state"] == "in_progress"
    reported(control="10", status="F")
    assert standing()[0].detail["state"] == "resulted"
    assert ordered(control="3", code="SC", status="IP", item="", facility=LAB).done[-1] == "申请没有变化：空腹血糖"


def test_a_cancelled_order_and_one_that_nobody_knows(county):
    ordered()
    assert ordered(control="2", code="CA", item="").state == "applied"
    assert standing()[0].detail["state"] == "cancelled"
    unknown = ordered(control="3", code="CA", number="P77", item="")
    assert (unknown.state, unknown.rule) == ("waiting", "UnknownOrder")
    assert "P77" in unknown.reason


def test_two_items_under_one_number_are_two_orders_each_answered_by_its_own_report(county):
    body = ("ORC|NW|P1", "OBR|1|P1||GLU^空腹血糖", "ORC|NW|P1", "OBR|2|P1||UA^尿常规")
    assert sent(meant_for(LAB, message("ORM^O01", *body, card=CARD))).state == "applied"
    reported()
    assert [(one.code, one.detail["state"]) for one in standing()] == [("UA", "placed"), ("GLU", "resulted")]
    changed = ordered(control="4", code="XO", item="UA^尿常规（晨尿）")
    assert changed.done[-1] == "申请：尿常规（晨尿）"
    assert len(standing()) == 2


def test_a_number_means_nothing_for_another_person_or_in_another_numbering(county):
    ordered(number="P1^HIS")
    body = message("ORU^R01", *result(), card="", name="钱二", born="19800101", facility=LAB, control="5")
    assert sent(body.replace(b"OBR|1||", b"OBR|1|P1|").replace(b"P100", b"P200")).state == "applied"
    reported(number="P1^OTHER", control="6")
    assert standing()[0].detail["state"] == "placed"


def test_what_is_no_examination_or_has_no_number_waits(county):
    drug = sent(message("ORM^O01", "ORC|NW|1", "RXO|A^阿司匹林", card=CARD))
    nameless = ordered(control="2", number="")
    odd = ordered(control="3", code="ZZ")
    assert [(one.state, one.rule) for one in (drug, nameless, odd)] == [
        ("waiting", "NoRuleYet"), ("waiting", "Missing"), ("waiting", "NoRuleYet"),
    ]  # fmt: skip
    assert not Entry.objects.filter(kind="order").exists()


def test_the_same_number_of_another_institution_is_another_order(county):
    ordered()
    ordered(control="2", facility="平遥县医院")
    assert [one.institution.name for one in standing()] == ["蒲县人民医院（HIS）", "平遥县医院（HIS）"]


@pytest.mark.parametrize(
    ("before", "told", "new", "holds"),
    [
        ("", "placed", True, "placed"), ("resulted", "placed", False, "resulted"), ("placed", "", False, "placed"),
        ("resulted", "cancelled", False, "resulted"), ("cancelled", "placed", False, "cancelled"),
        ("cancelled", "placed", True, "placed"), ("cancelled", "resulted", False, "resulted"),
    ],
)  # fmt: skip
def test_nothing_steps_back(before, told, new, holds):
    assert after(before, told, new=new) == holds


def test_what_takes_back_does_so_whatever_the_status_says():
    assert (state_of("CA", "IP"), state_of("SC", "CM"), state_of("NW", "A"), state_of("QQ", "")) == (
        "cancelled", "resulted", "in_progress", None,
    )  # fmt: skip


def siu(event, control, when="20260401090000", number="A1|B1", where="内科门诊^3诊室"):
    sch = f"SCH|{number}|||||R^复查||||^^^{when}"
    parts = ["RGS|1", "AIP|1||D1^王^医师", *([f"AIL|1||{where}"] if where else [])]
    return sent(message(f"SIU^{event}", sch, *parts, control=control, card=CARD))


def test_an_appointment_is_booked_moved_and_cancelled_as_one_entry(county):
    assert siu("S12", "1").state == "applied"
    siu("S13", "2", when="20260402100000", number="|B1", where="")
    siu("S15", "3", when="")
    (one,) = standing("appointment")
    assert (one.title, one.version, one.detail["state"]) == ("复查", 3, "cancelled")
    assert f"{one.at:%m-%d %H}" == "04-02 02"  # 10:00 here
    assert (one.detail["where"], one.detail["who"]) == ("内科门诊 3诊室", "王医师")
    siu("S17", "4", when="")
    assert not standing("appointment")


def test_the_first_word_of_an_appointment_names_its_time(county):
    found = siu("S12", "1", when="")
    assert (found.state, found.rule, found.field) == ("waiting", "Missing", "SCH-11")


def test_the_timeline_leads_from_the_order_to_its_report_and_back(county):
    ordered()
    reported()
    order, report = standing()[0], standing("report")[0]
    encounter(order.resident, county.hospital)
    client = signed_in(actor("county_doctor", county.hospital))
    text = client.get(f"/record/entries/{order.pk}").content.decode()
    assert f'<a href="/record/entries/{report.pk}">看报告：空腹血糖</a>' in text
    assert "已完成" in text
    assert "看申请：空腹血糖" in client.get(f"/record/entries/{report.pk}").content.decode()
    assert "检查检验申请" in client.get(f"/residents/{order.resident_id}/record").content.decode()
