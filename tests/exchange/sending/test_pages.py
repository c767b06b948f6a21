"""Data staff: who takes messages, what was refused, sending again and giving up; nothing clinical is shown."""

import uuid

import pytest

from tests.access.conftest import signed_in
from tests.exchange.sending.conftest import ordered, reported
from tests.exchange.sending.receivers import library
from tests.factories import actor
from yigongti.exchange.models import Destination, Outgoing
from yigongti.exchange.sending import actions, queries, working
from yigongti.exchange.sending.actions import AlreadySettled, NewerSent, NotDead, NothingDead
from yigongti.kernel.refusal import Missing, NotAllowed


pytestmark = pytest.mark.django_db


@pytest.fixture
def steward(town):
    return actor("data_steward", town.county.group, name="数据员")


@pytest.fixture
def refused(town):
    """An order that the laboratory system refused."""
    ordered()
    Outgoing.objects.update(state="dead", answer="AE", words="没有这个项目", tries=1)
    return Outgoing.objects.get()


def test_the_outbox_shows_traffic_and_what_was_refused_and_hides_what_is_clinical(town, steward, refused):
    reported()
    Outgoing.objects.filter(kind="result").update(trouble="silent", tries=3)
    pages = signed_in(steward)
    text = pages.get("/inbox/outgoing").content.decode()
    for words in (
        "县检验系统",
        "城关卫生院 HIS",
        "对方没有应答，试过 3 次",
        "没有这个项目",
        refused.control_id,
        "全部重发（1）",
    ):
        assert words in text
    assert "县检验系统：退回 1 条" in pages.get("/").content.decode() + pages.get("/work").content.decode()
    assert "城关卫生院 HIS" in pages.get("/inbox/senders").content.decode()
    one = pages.get(f"/inbox/outgoing/{refused.pk}").content.decode()
    assert "赵老四" in one
    assert "空腹血糖" not in one
    assert "临床内容" in one


def test_sent_again_under_its_own_number(town, steward, refused):
    receipt = actions.resend(by=steward, key=uuid.uuid4(), outgoing_id=refused.pk)
    assert receipt.number == refused.control_id
    with library() as (port, came):
        Destination.objects.filter(pk=town.lab.pk).update(port=port)
        assert working.work() == 1
    assert str(came[0].segment("MSH")[10]) == refused.control_id
    with pytest.raises(NotDead):
        actions.resend(by=steward, outgoing_id=refused.pk)


def test_all_of_one_receiver_again_but_nothing_that_was_overtaken(town, steward, refused):
    ordered("2", code="XO", item="GLU^空腹血糖（指血）")  # goes out as a change, since the first was queued once
    with pytest.raises(NewerSent):
        actions.resend(by=steward, outgoing_id=refused.pk)
    with pytest.raises(NothingDead):
        actions.resend_all(by=steward, destination_id=town.lab.pk)
    ordered("3", number="P3")
    Outgoing.objects.filter(pk=Outgoing.objects.latest("pk").pk).update(state="dead", answer="AR")
    actions.resend_all(by=steward, destination_id=town.lab.pk)
    assert list(Outgoing.objects.order_by("pk").values_list("state", flat=True)) == ["dead", "queued", "queued"]


def test_giving_up_needs_a_reason_and_is_remembered(town, steward, refused):
    with pytest.raises(Missing):
        actions.give_up(by=steward, outgoing_id=refused.pk, why=" ")
    actions.give_up(by=steward, outgoing_id=refused.pk, why="已用纸质申请单")
    assert "已用纸质申请单（数据员）" in signed_in(steward).get(f"/inbox/outgoing/{refused.pk}").content.decode()
    with pytest.raises(AlreadySettled):
        actions.give_up(by=steward, outgoing_id=refused.pk, why="再来")


def test_the_register_of_destinations_is_data_staff_s(town, steward):
    doctor = signed_in(actor("county_doctor", town.county.hospital))
    assert doctor.get("/inbox/destinations").status_code == 403
    with pytest.raises(NotAllowed):
        queries.traffic(for_=actor("county_doctor", town.county.hospital))
    pages = signed_in(steward)
    assert "县检验系统" in pages.get("/inbox/destinations").content.decode()
    typed = {
        "title": "新系统", "institution": str(town.county.township2.pk), "application": "HIS", "facility": "张兰",
        "host": "10.0.0.9", "port": "2575", "charset": "gb18030", "results": "on", "active": "on",
        "key": str(uuid.uuid4()),
    }  # fmt: skip
    answer = pages.post("/inbox/destinations/new", typed)
    assert answer.status_code == 303
    made = Destination.objects.get(title="新系统")
    assert (made.charset, made.results, made.orders, made.port) == ("gb18030", True, False, 2575)
