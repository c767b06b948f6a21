"""HL7 v2 messages become people and their record, once; what cannot be taken in waits with its reason."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange import actions, inbox, queries
from yigongti.exchange.arriving_hl7v2 import keep
from yigongti.exchange.models import KnownPerson, Message, Sender
from yigongti.kernel.refusal import NotAllowed
from yigongti.record.models import Encounter, Entry
from yigongti.residents.models import Resident, Suspicion


pytestmark = pytest.mark.django_db

PID = "PID|||P100^^^HIS^PI~{card}^^^CN^NI||{name}||{born}|{sex}|||山西省介休市张兰镇"
CARD = "140781197211050177"


@pytest.fixture
def county():
    return make_county()


def message(kind, *segments, control="1", name="赵老四", born="19721105", sex="M", card=CARD, facility="蒲县人民医院"):
    head = f"MSH|^~\\&|HIS|{facility}|YIGONGTI|集团|20260311101500||{kind}|{control}|P|2.4||||||UNICODE UTF-8"
    pid = PID.format(name=name, born=born, sex=sex, card=card)
    return "\r".join([head, pid, *segments]).encode()


def result(value="6.1", status="F", number="L1"):
    return (f"OBR|1||{number}^LIS|GLU^空腹血糖|||20260310080000||||||||||||||||||{status}",
            f"OBX|1|NM|GLU^空腹血糖||{value}|mmol/L|3.9-6.1|N|||{status}")  # fmt: skip


def sent(body) -> Message:
    """What became of one message that was kept and taken in."""
    (kept,) = keep(body)
    inbox.take_in(kept.arrived.id)
    return Message.objects.get(pk=kept.arrived.id)


def id_card(first17):
    from yigongti.residents.codes import check_digit

    return first17 + check_digit(first17)


@pytest.mark.requirement("R159")
def test_a_result_registers_its_patient_and_stands_in_the_record(county):
    card = id_card("14078119721105017")
    found = sent(message("ORU^R01", *result(), card=card))
    assert (found.state, found.reason) == ("applied", "")
    person = Resident.objects.get(pk=found.persons[0])
    assert (person.name, person.id_card, person.sex) == ("赵老四", card, "1")
    report = Entry.objects.get(kind="report")
    assert (report.resident_id, report.source) == (person.pk, "inbox")
    assert "空腹血糖：6.1 mmol/L（参考 3.9-6.1）" in report.text
    assert report.detail["hl7v2"]["results"][0]["values"] == [{"number": "6.1"}]  # digits as sent


def test_somebody_registered_is_found_by_paper_and_then_by_the_sender_s_number(county):
    card = id_card("14078119721105017")
    known = resident(county.village, name="赵老四", sex="1", id_card=card, born=date(1972, 11, 5))
    assert sent(message("ORU^R01", *result(), card=card)).persons == [known.pk]
    assert sent(message("ORU^R01", *result(number="L2"), card="", control="2")).persons == [known.pk]
    assert KnownPerson.objects.get(value="P100").resident_id == known.pk


def test_a_name_and_a_birth_date_alone_decide_nothing_but_are_put_before_data_staff(county):
    known = resident(county.village, name="赵老四", sex="1", born=date(1972, 11, 5))
    found = sent(message("ORU^R01", *result(), card=""))
    assert found.state == "applied"
    assert found.persons != [known.pk]
    (pair,) = Suspicion.objects.values_list("one_id", "other_id")
    assert set(pair) == {known.pk, found.persons[0]}


def test_a_card_that_does_not_hold_or_does_not_agree_finds_nobody(county):
    card = id_card("14078119721105017")
    resident(county.village, name="赵老四", sex="1", id_card=card, born=date(1972, 11, 5))
    wrong_digit = card[:-1] + ("1" if card[-1] != "1" else "2")
    found = sent(message("ORU^R01", *result(), card=wrong_digit))
    other_sex = sent(message("ORU^R01", *result(number="L2"), card=card, sex="F", control="2", facility="别处"))
    assert "没有采用" in "".join(found.done)
    assert (found.state, other_sex.state) == ("applied", "applied")
    assert Resident.objects.filter(id_card=card).count() == 1
    assert not {*found.persons, *other_sex.persons} & set(Resident.objects.filter(id_card=card).values_list("pk"))


def test_a_correction_is_a_new_version_of_the_same_report(county):
    sent(message("ORU^R01", *result("6.1", "P")))
    sent(message("ORU^R01", *result("7.4", "C"), control="2"))
    first, second = Entry.objects.filter(kind="report").order_by("pk")
    assert (first.replaced_by_id, second.version) == (second.pk, 2)
    assert "【更正报告】" in second.text


def test_a_visit_keeps_what_a_later_message_does_not_say_again(county):
    admitted = "PV1|1|I|呼吸内科^305^12||||D9^张医师||||||||||||ZY1|||||||||||||||||||||||||20260311101500"
    sent(message("ADT^A01", admitted, "DG1|1||J44.100^慢性阻塞性肺病伴有急性加重^ICD10"))
    sent(message("ADT^A03", admitted + "|20260315100000", control="2"))
    stay = Encounter.objects.select_related("entry").get(entry__replaced_by=None)
    assert (stay.encounter_class, stay.diagnosis_code, stay.out_of_county) == ("inpatient", "J44.100", True)
    assert (stay.entry.title, stay.until.day) == ("慢性阻塞性肺病伴有急性加重", 15)


def test_a_psychiatric_diagnosis_from_outside_is_as_closed_as_our_own(county):
    sent(message("ADT^A01", "PV1|1|I|精神科", "DG1|1||F20.900^精神分裂症^ICD10"))
    assert Entry.objects.get(kind="encounter").sensitivity == "psychiatric"


def test_the_same_bytes_again_have_no_effect(county):
    body = message("ORU^R01", *result())
    first, again = sent(body), sent(body)
    assert (first.state, again.state) == ("applied", "superseded")
    assert Entry.objects.filter(kind="report").count() == 1
    assert inbox.take_in(first.pk) == ""


def test_the_same_number_with_other_bytes_waits(county):
    sent(message("ORU^R01", *result("6.1")))
    other = sent(message("ORU^R01", *result("9.9")))
    assert (other.state, other.rule) == ("waiting", "OtherBytes")
    assert Entry.objects.filter(kind="report").count() == 1


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (message("BAR^P01"), "hl7v2.no_rule"),
        (message("ORM^O01", "ORC|NW|1", "RXO|A^阿司匹林"), "NoRuleYet"),
        (message("ORU^R01", *result(), born="", card=""), "Missing"),
        (message("ORU^R01", *result(), born="19721305", card=""), "hl7v2.time"),
        (b"\x00\xff garbage", ""),
        (b"MSH|^~\\&|HIS", "hl7v2.no_type"),
    ],
)
def test_what_cannot_be_taken_in_waits_whole_with_its_reason(county, body, rule):
    found = sent(body)
    assert (found.state, bytes(found.body)) == ("waiting", body)
    assert found.rule == rule or (not rule and found.rule)
    assert found.reason
    assert not Entry.objects.exists()


def test_a_message_that_fails_half_way_has_done_nothing(county):
    good = result()
    broken = ("OBR|2||L2^LIS|X^某项|||20269999080000||||||||||||||||||F", "OBX|1|NM|X^某项||1|||||||F")
    found = sent(message("ORU^R01", *good, *broken))
    assert found.state == "waiting"
    assert (Entry.objects.count(), KnownPerson.objects.count()) == (0, 0)


def test_a_known_number_under_another_name_waits_for_a_human(county):
    sent(message("ORU^R01", *result(), card=""))
    other = sent(message("ORU^R01", *result(number="L2"), card="", control="2", name="赵老五"))
    assert other.rule == "NameDiffers"


def test_an_unknown_sender_is_an_outside_institution_to_be_confirmed(county):
    steward = actor("data_steward", county.group)
    sent(message("ORU^R01", *result()))
    sender = Sender.objects.get()
    assert (sender.title, sender.institution.level, sender.confirmed_at) == ("蒲县人民医院（HIS）", "outside", None)
    actions.confirm_sender(
        by=steward, key=uuid.uuid4(), sender_id=sender.pk, title="县医院 HIS", institution_id=county.hospital.pk
    )
    sent(message("ORU^R01", *result(number="L2"), control="2"))
    assert Entry.objects.order_by("pk").last().institution_id == county.hospital.pk
    (traffic,) = queries.traffic(for_=steward)
    assert (traffic.arrived, traffic.applied, traffic.confirmed) == (2, 2, True)


@pytest.mark.requirement("R161")
def test_data_staff_mend_who_it_is_and_the_original_stays(county):
    steward = actor("data_steward", county.group)
    body = message("ORU^R01", *result(), born="", card="")
    waits = sent(body)
    lines = queries.message(for_=steward, pk=waits.pk)
    assert bytes(lines.body) == body
    from yigongti.exchange import identity_lines

    shown = identity_lines.readable(body)
    assert "OBX" not in shown  # data staff see nothing clinical
    right = shown.replace("||赵老四||", "||赵老四||19721105")
    actions.mend(by=steward, key=uuid.uuid4(), message_id=waits.pk, text=right, why="与来源方核对")
    waits.refresh_from_db()
    assert (waits.state, bytes(waits.body)) == ("applied", body)
    assert "6.1" in Entry.objects.get(kind="report").text


def test_of_two_who_mend_one_message_the_second_is_told_and_nothing_is_overwritten(county):
    steward, other = actor("data_steward", county.group), actor("data_steward", county.group, name="另一位")
    waits = sent(message("ORU^R01", *result(), born="", card=""))
    from yigongti.exchange import identity_lines

    shown, seen = identity_lines.readable(bytes(waits.body)), actions.print_of(waits)
    first = shown.replace("||赵老四||", "||赵四||")
    actions.mend(by=steward, key=uuid.uuid4(), message_id=waits.pk, text=first, why="改名", seen=seen)
    with pytest.raises(actions.MendedMeanwhile):
        actions.mend(by=other, key=uuid.uuid4(), message_id=waits.pk, text=shown, why="又改", seen=seen)
    waits.refresh_from_db()
    assert waits.state == "waiting" and "赵四".encode() in bytes(waits.mended)


def test_a_mending_that_loses_a_line_is_refused(county):
    from yigongti.exchange.identity_lines import OtherLines

    steward = actor("data_steward", county.group)
    waits = sent(message("ORU^R01", *result(), born="", card=""))
    with pytest.raises(OtherLines):
        actions.mend(by=steward, key=uuid.uuid4(), message_id=waits.pk, text="PID|||1", why="试")
    waits.refresh_from_db()
    assert (waits.state, waits.mended) == ("waiting", None)


def test_only_data_staff_work_on_the_inbox(county):
    waits = sent(message("BAR^P01"))
    doctor = actor("county_doctor", county.cardiology)
    for act in (actions.retry, lambda **given: actions.refuse(why="不要", **given)):
        with pytest.raises(NotAllowed):
            act(by=doctor, key=uuid.uuid4(), message_id=waits.pk)


def test_what_was_received_cannot_be_changed(county):
    from django.db import DatabaseError, transaction

    waits = sent(message("BAR^P01"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=waits.pk).update(body=b"x")


def test_the_coming_months_have_their_partitions_and_take_what_arrives(county):
    from django.db import connection

    from yigongti.kernel import clock
    from yigongti.kernel.audit import partitions

    made = partitions.make_coming(inbox.MONTHLY)
    assert len(made) == 3
    assert partitions.make_coming(inbox.MONTHLY) == []
    sent(message("BAR^P01"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM exchange_message")
        assert cursor.fetchone()[0] == f"exchange_message_{clock.today():%Y_%m}"


def test_after_a_merge_the_number_that_ended_means_the_one_who_stands(county):
    first = sent(message("ORU^R01", *result(), card=""))
    merged = sent(message("ADT^A40", "MRG|P050^^^HIS^PI", control="2", card=""))
    old = message("ORU^R01", *result(number="L2"), control="3", card="").replace(b"P100", b"P050")
    assert (merged.state, sent(old).persons) == ("applied", first.persons)
    assert Resident.objects.filter(pk__in=first.persons).count() == Resident.objects.count() == 1


def test_a_merge_of_two_whom_we_hold_apart_waits(county):
    sent(message("ORU^R01", *result(), card=""))
    other = message("ORU^R01", *result(number="L2"), control="2", card="", name="钱五").replace(b"P100", b"P050")
    assert sent(other).state == "applied"
    assert sent(message("ADT^A40", "MRG|P050^^^HIS^PI", control="3", card="")).rule == "TwoPersons"


def test_a_message_with_many_reports_matches_its_person_once(county):
    reports = [line for n in range(6) for line in result(number=f"L{n}")]
    sent(message("ORU^R01", *result(number="L9"), card=""))
    (kept,) = keep(message("ORU^R01", *reports, control="2", card=""))
    with CaptureQueriesContext(connection) as asked:
        inbox.take_in(kept.arrived.id)
    assert sum("exchange_knownperson" in query["sql"] and query["sql"].startswith("SELECT") for query in asked) == 1


def test_bytes_before_the_first_message_of_a_file_wait_and_are_not_lost(county):
    stray, real = keep(b"a remark\r" + message("ORU^R01", *result()))
    assert (stray.arrived.state, real.arrived.state) == ("waiting", "received")
    assert bytes(Message.objects.get(pk=stray.arrived.id).body) == b"a remark\r"
