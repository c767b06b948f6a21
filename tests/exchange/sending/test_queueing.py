"""Who is sent what: an order goes to whom it was meant for; a report to who asked, and where the person is referred."""

from datetime import date

import pytest
from django.db import transaction

from tests.exchange.sending.conftest import CARD, announced, destination, ordered, reported
from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import actor, resident, submitted
from yigongti.exchange import inbox
from yigongti.exchange.arriving_hl7v2 import keep
from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.message import parse
from yigongti.exchange.hl7v2.reading import read
from yigongti.exchange.models import Destination, Outgoing
from yigongti.exchange.sending.whom import interface_of
from yigongti.kernel import clock
from yigongti.kernel.access.models import Post
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import NotAllowed, NotFound
from yigongti.kernel.workflow.models import Case
from yigongti.record.actions import withdraw
from yigongti.record.models import Entry
from yigongti.residents.models import Resident
from yigongti.residents.queries import persons


pytestmark = pytest.mark.django_db


def queued(kind=None, to=None):
    rows = Outgoing.objects.order_by("pk")
    rows = rows.filter(kind=kind) if kind else rows
    return list(rows.filter(destination=to) if to else rows)


def said(outgoing):
    found = decode(bytes(outgoing.body))
    return read(parse(found.text, charset=found.charset))


@pytest.mark.requirement("R159")
def test_an_order_goes_to_the_system_for_which_its_message_was_meant(town):
    ordered()
    (one,) = queued()
    assert (one.destination, one.kind, one.state) == (town.lab, "order", "queued")
    person, order = said(one)
    assert (person.name.text, order.asked.control, order.asked.placer.value) == ("赵老四", "NW", "P1")
    assert (order.asked.service.text, order.asked.from_institution) == ("空腹血糖", "城关卫生院")
    seen = Trail.objects.get(sentence__contains="由接口发出")
    assert seen.actor.startswith("县检验系统")


def test_the_performer_is_told_of_changes_by_who_asked_and_not_of_its_own_words(town):
    ordered()
    ordered("2", code="XO", item="GLU^空腹血糖（指血）")
    ordered("3", code="XO", item="GLU^空腹血糖（指血）")  # nothing new
    reported("4", status="P")
    ordered("5", code="CA", number="P1", item="")
    assert [said(one)[1].asked.control for one in queued("order")] == ["NW", "XO", "CA"]


def test_an_order_for_nobody_here_goes_nowhere_and_one_cancelled_unheard_neither(town):
    Destination.objects.filter(pk=town.lab.pk).update(facility="另一家")
    ordered()
    ordered("2", code="CA", number="P2")
    assert not queued()


def test_a_result_goes_back_to_who_asked_under_its_own_numbers(town):
    ordered()
    reported()
    (one,) = queued("result")
    assert one.destination == town.his
    person, report = said(one)
    assert (report.asked.placer.value, report.asked.filler.value, report.status) == ("P1", "F7", "F")
    assert str(report.results[0].values[0].number) == "6.10"  # digits kept
    assert ("P100", "HIS") == (person.identifiers[0].value, person.identifiers[0].system)
    reported("10", status="C", value="6.4")
    assert [said(one)[1].status for one in queued("result")] == ["F", "C"]


def test_a_laboratory_that_sends_our_number_back_means_the_same_person(town):
    ordered(card="")
    ours = next(one for one in said(queued("order")[0])[0].identifiers if one.system == "YIGONGTI")
    pid = f"PID|||{ours.value}^^^YIGONGTI^PI||赵老四||19721105|M"
    head = "MSH|^~\\&|LIS|检验中心|YIGONGTI|集团|20260311101500||ORU^R01|7|P|2.4||||||UNICODE UTF-8"
    found = sent("\r".join([head, pid, "OBR|1|P1|F7|GLU^空腹血糖", *result()[1:]]).encode())
    assert found.state == "applied"
    assert found.persons == [Entry.objects.filter(kind="order").first().resident_id]
    assert Entry.objects.get(kind="order", replaced_by=None).detail["state"] == "resulted"


def test_the_report_may_be_there_before_anybody_is_known_to_have_asked(town):
    reported()
    assert not queued("result")
    ordered()
    assert [one.destination for one in queued("result")] == [town.his]


@pytest.mark.never("interface.foreign")
def test_who_asked_for_one_thing_is_not_sent_another(town):
    ordered()
    reported("8", number="P9", item="UA^尿常规")
    assert not queued("result")


@pytest.mark.never("interface.special")
def test_what_is_of_a_special_class_stays_closed_to_machines(town):
    ordered(item="HIV^HIV抗体")
    reported(item="HIV^HIV抗体确证：艾滋病")
    assert Entry.objects.filter(kind="report", sensitivity="hiv").exists()
    assert [one.kind for one in queued()] == ["order"]


def test_where_the_person_is_being_referred_the_results_go_while_it_lasts(town):
    county = town.county
    announced("LIS|张兰卫生院", county.township2)
    person = resident(county.township2, name="赵老四", sex="1", id_card=CARD, born=date(1972, 11, 5))
    above = destination(county.hospital, title="县医院 HIS", results=True)
    reported("1", facility="张兰卫生院")
    assert not queued()
    number = submitted(actor("township_doctor", county.township2), person, county.cardiology)
    reported("2", number="P5", facility="张兰卫生院")
    assert [one.destination for one in queued()] == [above]
    Case.objects.filter(number=number).update(ended_at=clock.now(), open_key=None)
    reported("3", number="P6", facility="张兰卫生院")
    assert len(queued()) == 1


def test_the_reports_chosen_for_a_referral_travel_with_it(town):
    county = town.county
    announced("LIS|张兰卫生院", county.township2)
    person = resident(county.township2, name="赵老四", sex="1", id_card=CARD, born=date(1972, 11, 5))
    above = destination(county.hospital, title="县医院 HIS", results=True)
    destination(county.foreign_hospital, title="平遥 HIS", results=True)
    reported("1", facility="张兰卫生院")
    reported("2", number="P5", item="CREA^肌酐", facility="张兰卫生院")
    Entry.objects.filter(kind="report").update(at=clock.now())  # what is long past is not offered to travel
    chosen = Entry.objects.filter(kind="report").order_by("pk").first()
    submitted(actor("township_doctor", county.township2), person, county.cardiology, package=[str(chosen.pk)])
    assert [(one.destination, one.kind, one.entry_id) for one in queued()] == [(above, "result", chosen.pk)]


def test_a_report_taken_back_is_taken_back_where_it_went(town):
    ordered()
    reported()
    report = Entry.objects.get(kind="report")
    Resident.objects.filter(pk=report.resident_id).update(managing=town.county.hospital)
    doctor = actor("county_doctor", town.county.hospital, bases=("managed",), may=("record.correct", "record.read"))
    withdraw(by=doctor, entry_id=report.pk, reason="录错人")
    first, back = queued("result")
    assert (said(back)[1].status, said(back)[1].results[0].status) == ("X", "W")
    assert b"6.10" in bytes(first.body)
    assert b"6.10" not in bytes(back.body)


def test_nothing_is_queued_when_the_taking_in_is_undone(town):
    ordered()
    (kept,) = keep(message("ORU^R01", *result(number="P1"), control="7", facility="检验中心", card=CARD))
    with pytest.raises(KeyError), transaction.atomic():
        inbox.take_in(kept.arrived.id)
        assert Entry.objects.filter(kind="report").exists()
        raise KeyError
    assert [one.kind for one in queued()] == ["order"]


@pytest.mark.never("interface.sign_in")
def test_an_interface_has_no_account_and_finds_nobody(town):
    ordered()
    person = Entry.objects.get(kind="order").resident
    it = interface_of(town.lab.institution, title=town.lab.title)
    assert (it.account_id, it.post_id, it.role.may, it.role.works_at) == (None, None, (), ())
    assert not Post.objects.filter(role="interface").exists()
    with pytest.raises(NotFound):
        persons.person(for_=it, resident=person.pk)
    with pytest.raises(NotAllowed):
        it.require("record.read")
