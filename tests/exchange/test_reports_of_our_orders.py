"""Our own order's number, quoted by who carries it out, says whom a report is about; where they differ it waits."""

import uuid
from datetime import date

import pytest

from tests.exchange.sending.conftest import announced
from tests.exchange.test_hl7v2_details import loinc
from tests.exchange.test_taking_hl7v2 import id_card, message, sent
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange.models import KnownPerson, Message
from yigongti.record.models import Entry
from yigongti.record.ordering import place_order
from yigongti.residents.models import Resident, Suspicion


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R159")]

CARD = id_card("14078119520308024")
OTHER = id_card("14078119520308040")


@pytest.fixture
def county():
    made = make_county()
    announced("HIS|检验中心", made.hospital)
    announced("HIS|乡镇检验室", made.township)
    return made


@pytest.fixture
def number(county):
    who = resident(county.township, name="任桂兰", sex="2", id_card=CARD, born=date(1952, 3, 8))
    made = place_order(
        by=actor("township_doctor", county.township), key=uuid.uuid4(), resident_id=who.pk, title="血常规",
        text="复查", priority="急", performer=str(county.hospital.pk),
    )  # fmt: skip
    return Entry.objects.get(pk=made.href.rpartition("/")[2]).detail["placer"]


def reported(
    number, *, control="1", facility="检验中心", name="任桂兰", born="19520308", sex="F", card="", filler="U7"
):
    obr, obx = loinc("718-7", "61", "g/L", number=filler)
    obr = obr.replace("OBR|1||", f"OBR|1|{number}|").replace("P^项目", "58410-2^血常规^LN")
    return sent(
        message("ORU^R01", obr, obx, control=control, facility=facility, name=name, born=born, sex=sex, card=card)
    )


def state():
    return Entry.objects.get(kind="order", replaced_by=None).detail["state"]


@pytest.mark.parametrize("card", ["", CARD])
def test_the_performer_s_report_finds_whom_it_was_ordered_for(county, number, card):
    found = reported(number, card=card)
    assert found.state == "applied"
    assert (state(), Resident.objects.count(), Suspicion.objects.count()) == ("resulted", 1, 0)
    assert found.persons == [Resident.objects.get().pk]
    assert KnownPerson.objects.get(value="P100").how == "order"
    assert reported("", control="2", filler="U8").persons == found.persons  # the number is known from now on


@pytest.mark.parametrize("said", [
    {"name": "任桂芝"}, {"born": "19520309"}, {"born": "1952"}, {"sex": "M"}, {"card": OTHER},
])  # fmt: skip
def test_where_name_birth_sex_or_card_differ_it_waits_and_nobody_is_registered(county, number, said):
    waits = reported(number, **said)
    assert (waits.state, waits.rule, waits.value) == ("waiting", "OtherThanOrdered", number)
    assert "任桂兰" in waits.reason
    assert (state(), Resident.objects.count(), Entry.objects.filter(kind="report").count()) == ("placed", 1, 0)


def test_nobody_else_s_word_finds_anybody_by_our_number(county, number):
    found = reported(number, facility="乡镇检验室")
    assert found.state == "applied"  # registered apart, and put before data staff as before
    assert (state(), Resident.objects.count(), Suspicion.objects.count()) == ("placed", 2, 1)


def test_a_number_known_for_somebody_else_waits(county, number):
    reported("", name="钱二妹", born="19800203", control="1", filler="U1")
    waits = reported(number, name="钱二妹", born="19800203", control="2")
    assert (waits.state, waits.rule, state()) == ("waiting", "OtherThanOrdered", "placed")


def test_it_is_the_same_after_the_registration_was_merged(county, number):
    from yigongti.residents.actions.merging import merge

    kept = resident(county.township, name="任桂兰", sex="2", born=date(1952, 3, 8))
    merge(by=actor("data_steward", county.group), key=uuid.uuid4(), kept=kept.pk,
          absorbed=Resident.objects.get(id_card=CARD).pk, reason="同一人")  # fmt: skip
    assert reported(number).persons == [kept.pk]
    assert state() == "resulted"
    assert not Message.objects.filter(state="waiting").exists()
