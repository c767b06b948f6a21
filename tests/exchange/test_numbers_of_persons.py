"""A sender's number that comes with another person is no version: nothing moves into anybody else's record."""

import uuid
from datetime import date

import pytest

from tests.access.conftest import signed_in
from tests.exchange.test_hl7v2_details import loinc
from tests.exchange.test_taking_hl7v2 import id_card, message, sent
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange import actions, inbox
from yigongti.exchange.models import Message, Sender
from yigongti.kernel import clock
from yigongti.record.models import Entry, Observation
from yigongti.record.told import Told
from yigongti.record.writing_many import OfSomebodyElse, write_told
from yigongti.residents.actions.merging import merge, unmerge


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R159")]

A, B = id_card("14078119721105017"), id_card("14078119800203024")
WHO = {A: ("赵老四", "19721105", "M", "P100"), B: ("钱二妹", "19800203", "F", "P200")}


@pytest.fixture
def county():
    return make_county()


def from_(card, kind, *segments, control, paper=True):
    name, born, sex, number = WHO[card]
    body = message(kind, *segments, control=control, name=name, born=born, sex=sex, card=card if paper else "")
    return sent(body.replace(b"P100", number.encode()))


def reported(card, value="6.1", *, number="S1001", control="1", day="20260310", placer="", status="F"):
    obr, obx = loinc("1558-6", value, "mmol/L", number=number)
    obr = obr.replace("20260310", day).replace("OBR|1||", f"OBR|1|{placer}|")
    return from_(card, "ORU^R01", obr, obx.replace("|||F", f"|||{status}"), control=control)


def visited(card, *, number="MZ1", control="1", at="20260310080000", kind="ADT^A04"):
    return from_(card, kind, "PV1|1|O|内科" + "|" * 16 + number + "|" * 25 + at, control=control)


def vaccinated(card, *, control="1"):
    rxa = "RXA|0|1|20260310080000||83^甲肝疫苗^CVX|0.5|mL||||||||LOT1|||||CP|A"
    return from_(card, "VXU^V04", "ORC|RE", rxa, control=control)


def standing(kind="report"):
    """Whose what stands is, and which version."""
    rows = Entry.objects.filter(kind=kind, replaced_by=None, withdrawn=False).order_by("pk")
    return [(one.resident.id_card or one.resident.name, one.version) for one in rows.select_related("resident")]


def steward(county):
    return actor("data_steward", county.group)


def anew(county, waits):
    return actions.number_anew(by=steward(county), key=uuid.uuid4(), message_id=waits.pk, why="来源方换了系统")


@pytest.mark.parametrize("first", [A, B])
@pytest.mark.parametrize(("kind", "tell", "field"), [("report", reported, "OBR-3"), ("encounter", visited, "PV1-19")])
def test_a_known_number_with_another_person_waits_and_says_what_to_do(county, first, kind, tell, field):
    second = B if first == A else A
    assert tell(first).state == "applied"
    waits = tell(second, control="2")
    assert (waits.state, waits.rule, waits.field) == ("waiting", "OtherPerson", field)
    assert waits.value in ("S1001", "MZ1") and "项目" not in waits.reason  # and not what was asked
    assert WHO[first][0] in waits.reason and WHO[second][0] in waits.reason and "编号另用" in waits.reason
    assert standing(kind) == [(first, 1)]
    assert not Entry.objects.filter(resident__id_card=second).exists()
    assert tell(first, control="3").state == "applied"  # the first goes on as before
    assert standing(kind) == [(first, 2)]


def test_data_staff_say_that_the_number_was_given_anew_and_both_go_on_by_themselves(county):
    reported(A, "6.1")
    waits = reported(B, "3.3", control="2")
    receipt = anew(county, waits)
    assert receipt.data["state"] == "applied"
    assert standing() == [(A, 1), (B, 1)]
    reported(A, "6.2", control="3", status="C")
    reported(B, "3.4", control="4", status="C")
    assert standing() == [(A, 2), (B, 2)]
    values = Observation.objects.filter(entry__replaced_by=None).values_list("resident__id_card", "value")
    assert {card: float(value) for card, value in values} == {A: 6.2, B: 3.4}  # measurements kept apart as well
    with pytest.raises(actions.NotWaiting):
        anew(county, waits)


def test_only_what_waits_for_its_number_is_given_anew(county):
    other = sent(message("BAR^P01", control="7"))
    with pytest.raises(actions.NotOfAnother):
        anew(county, other)


def test_a_mistake_in_the_person_is_mended_and_becomes_a_version(county):
    from yigongti.exchange import identity_lines

    reported(A, "6.1")
    waits = reported(B, "6.4", control="2")
    text = identity_lines.readable(bytes(waits.body))
    name, born, sex, number = WHO[B]
    right = text.replace(f"||{name}||{born}|{sex}", "||赵老四||19721105|M").replace(B, A).replace(number, "P100")
    actions.mend(by=steward(county), key=uuid.uuid4(), message_id=waits.pk, text=right, why="核对过证件")
    assert standing() == [(A, 2)]


def test_what_was_withdrawn_holds_its_number_no_longer(county):
    visited(A)
    assert visited(A, control="2", kind="ADT^A11").state == "applied"
    assert visited(B, control="3").state == "applied"
    assert standing("encounter") == [(B, 1)]


def test_doubles_that_were_merged_are_one_person_until_they_are_parted(county):
    card, by = id_card("14078119721105028"), steward(county)
    one = resident(county.village, name="赵老四", sex="1", id_card=A, born=date(1972, 11, 5))
    WHO[card] = ("赵老四", "19721105", "F", "P300")
    double = resident(county.village, name="赵老四", sex="2", id_card=card, born=date(1972, 11, 5))
    reported(A)
    assert reported(card, control="2").rule == "OtherPerson"
    done = merge(by=by, key=uuid.uuid4(), kept=one.pk, absorbed=double.pk, reason="同一人")
    waits = Message.objects.get(control_id="2")
    actions.retry(by=by, key=uuid.uuid4(), message_id=waits.pk)
    assert standing() == [(A, 2)]
    assert reported(card, control="3", status="C").state == "applied"
    assert standing() == [(A, 3)]
    number = int(done.number.removeprefix("HB"))
    unmerge(by=by, key=uuid.uuid4(), merge=number, reason="不是同一人")
    assert reported(card, control="4", status="C").rule == "TwoPersons"  # by number the one, by card the other
    assert standing() == [(A, 3)]
    assert reported(A, control="5", status="C").state == "applied"


def test_what_bears_no_number_is_each_person_s_own(county):
    """Two children of one lot on one day; two results of one minute; two reports without a number."""
    for control, card in (("1", A), ("2", B)):
        assert vaccinated(card, control=control).state == "applied"
        assert reported(card, number="", control=f"r{control}").state == "applied"
    assert standing("immunisation") == [(A, 1), (B, 1)]
    assert standing() == [(A, 1), (B, 1)]
    reported(A, number="", control="r3", day="20260312")
    assert standing() == [(A, 1), (B, 1), (A, 1)]  # another day's is no version of the first
    assert Observation.objects.count() == 3


@pytest.mark.parametrize(("whom", "restarts", "second", "outcome"), [
    (A, "day", "20260311", "applied"), (A, "year", "20260311", "waiting"), (B, "day", "20260311", "applied"),
    (B, "day", "20260310", "waiting"), (B, "year", "20270310", "applied"), (B, "", "20270310", "waiting"),
])  # fmt: skip
def test_a_sender_that_counts_anew_is_known_by_number_and_day_or_year(county, whom, restarts, second, outcome):
    reported(A)
    sender = Sender.objects.get()
    actions.confirm_sender(by=steward(county), key=uuid.uuid4(), sender_id=sender.pk, title="检验",
                           institution_id=county.hospital.pk, restarts=restarts)  # fmt: skip
    assert reported(A, "6.2", control="2", status="C").state == "applied"
    assert standing() == [(A, 2)]  # what was told before is still found
    again = outcome == "waiting"
    if whom == B:
        assert reported(B, "3.3", control="3", day=second).state == outcome
        assert standing() == ([(A, 2)] if again else [(A, 2), (B, 1)])
    else:
        assert reported(A, "5.5", control="3", day=second).state == "applied"
        assert standing() == ([(A, 3)] if again else [(A, 2), (A, 1)])
        assert Observation.objects.filter(entry__replaced_by=None).count() == (1 if again else 2)


def test_a_report_for_another_registration_leaves_the_order_open(county):
    from tests.exchange.test_orders import standing as orders

    order = "OBR|1|P1||1558-6^空腹血糖^LN|S"
    from_(A, "ORM^O01", "ORC|NW|P1|||||||20260310073000", order, control="o")
    reported(B, number="F7", control="1")
    waits = reported(A, number="F7", control="2", placer="P1")
    assert waits.state == "waiting"
    assert orders()[0].detail["state"] == "placed"
    assert anew(county, waits).data["state"] == "applied"
    (done,), report = orders(), Entry.objects.get(kind="report", resident__id_card=A)
    assert (done.detail["state"], done.detail["report"]) == ("resulted", report.pk)


def test_the_same_waits_however_often_it_is_tried(county):
    reported(A)
    waits = reported(B, control="2")
    for _ in range(2):
        Message.objects.filter(pk=waits.pk).update(state="received")
        assert inbox.take_in(waits.pk) == "waiting"
    assert standing() == [(A, 1)]


def test_the_record_itself_writes_no_version_of_somebody_else_s_entry(county):
    one, other = (resident(county.village, name=name) for name in ("甲", "乙"))
    told = {
        "institution_id": county.village.pk,
        "kind": "document",
        "title": "文书",
        "at": clock.now(),
        "source": "inbox",
    }
    (first,) = write_told([Told(resident_id=one.pk, **told)])
    wrong, right = write_told([Told(resident_id=other.pk, follows=first.pk, **told),
                               Told(resident_id=one.pk, follows=first.pk, **told)])  # fmt: skip
    assert isinstance(wrong, OfSomebodyElse)
    assert (right.resident_id, right.version) == (one.pk, 2)


def test_the_page_offers_the_step_and_takes_it(county):
    reported(A)
    waits = reported(B, control="2")
    browser = signed_in(steward(county))
    shown = browser.get(f"/inbox/{waits.pk}").content.decode()
    assert f"/inbox/{waits.pk}/anew" in shown and "钱二妹（1980-02-03）" in shown
    assert "核对依据" in browser.get(f"/inbox/{waits.pk}/anew").content.decode()
