"""Batches counted, both answers, allergies, controls and calibrators, and codes that become measurements."""

import socket
import threading
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from tests.access.conftest import signed_in
from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.arriving_hl7v2 import answer, keep, later_answer
from yigongti.exchange.coding import actions
from yigongti.exchange.hl7v2.framing import framed
from yigongti.exchange.listening import listen
from yigongti.exchange.models import LocalCode, Message, Replay
from yigongti.exchange.replays import working
from yigongti.kernel.refusal import BadValue
from yigongti.organisations import queries as organisations
from yigongti.record.models import Entry, Observation


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


# --- batches


def batch(*messages, promised, files=1):
    head = [b"FHS|^~\\&|HIS|A", b"BHS|^~\\&|HIS|A"]
    return b"\r".join([*head, *messages, f"BTS|{promised}".encode(), f"FTS|{files}".encode()])


def test_the_lines_around_a_batch_are_kept_and_their_counts_hold(county):
    kept = keep(batch(message("ORU^R01", *result()), message("ORU^R01", *result(number="L2"), control="2"), promised=2))
    assert [one.arrived.state for one in kept] == ["received"] * 3
    lines = Message.objects.get(kind="BATCH")
    assert bytes(lines.body) == b"FHS|^~\\&|HIS|A\rBHS|^~\\&|HIS|A\rBTS|2\rFTS|1"
    assert lines.sender_id == Message.objects.get(control_id="1").sender_id


@pytest.mark.parametrize(
    ("promised", "files", "said"), [(3, 1, "BTS-1 说有 3 条，实到 2 条"), (2, 2, "FTS-1 说有 2 条，实到 1 条")]
)
def test_a_batch_that_is_not_whole_says_so_and_its_messages_are_taken_in(county, promised, files, said):
    bodies = message("ORU^R01", *result()), message("ORU^R01", *result(number="L2"), control="2")
    keep(batch(*bodies, promised=promised, files=files))
    inbox.take_all()
    lines = Message.objects.get(kind="BATCH")
    assert (lines.state, lines.field) == ("waiting", said[:5])
    assert said in lines.reason
    assert Entry.objects.filter(kind="report").count() == 2
    again = keep(batch(*bodies, promised=promised, files=files))
    assert [one.arrived.state for one in again] == ["superseded"] * 3


# --- answers


def enhanced(accept, application, **more):
    return message("ORU^R01", *result(), **more).replace(b"|P|2.4||||||", f"|P|2.4|||{accept}|{application}||".encode())


@pytest.mark.parametrize(
    ("accept", "application", "first", "second"),
    [("AL", "AL", b"CA", b"AA"), ("AL", "NE", b"CA", None), ("NE", "AL", b"AA", None), ("ER", "NE", None, None),
     ("SU", "ER", b"CA", None), ("", "", b"AA", None)],
)  # fmt: skip
def test_the_sender_gets_the_answers_that_it_asks_for(county, accept, application, first, second):
    (kept,) = keep(enhanced(accept, application))
    now, later = answer(kept), later_answer(kept)
    assert (now and now.split(b"MSA|")[1][:2], later and later.split(b"MSA|")[1][:2]) == (first, second)


def test_the_second_answer_says_what_could_not_be_taken_in(county):
    (kept,) = keep(enhanced("AL", "AL", born="", card=""))
    assert answer(kept).split(b"MSA|")[1].startswith(b"CA")
    later = later_answer(kept).decode()
    assert "MSA|AE|1|" in later and "出生日期" in later
    assert Message.objects.get().state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_both_answers_come_over_the_wire_and_a_fault_of_ours_is_ae(monkeypatch):
    make_county()
    try:
        with listen(host="127.0.0.1", port=0) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with socket.create_connection(server.server_address, timeout=10) as client:
                client.sendall(framed(enhanced("AL", "AL")))
                told = b""
                while told.count(b"MSA|") < 2:
                    told += client.recv(4096)
                assert b"MSA|CA|1" in told and b"MSA|AA|1" in told
                with connection.cursor() as cursor:
                    cursor.execute("ALTER TABLE exchange_arrival RENAME TO exchange_gone")
                client.sendall(framed(message("ORU^R01", *result(number="L2"), control="2")))
                assert b"MSA|AE|2" in client.recv(4096)
                with connection.cursor() as cursor:
                    cursor.execute("ALTER TABLE exchange_gone RENAME TO exchange_arrival")
                client.sendall(framed(message("ORU^R01", *result(number="L2"), control="2")))
                assert b"MSA|AA|2" in client.recv(4096)
            server.shutdown()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM exchange_message")
        organisations.forget()


# --- allergies, relatives, insurance


VISIT = "PV1|1|I|呼吸内科^305^12||||D9^张医师||||||||||||ZY1|||||||||||||||||||||||||20260311101500"


def test_an_allergy_is_an_entry_once_and_a_change_of_it_a_version(county):
    known = "AL1|1|DA|J01CA04^阿莫西林^ATC|MO|皮疹~瘙痒|20190501"
    sent(message("ADT^A01", VISIT, known))
    sent(message("ADT^A08", VISIT, known, control="2"))
    (one,) = Entry.objects.filter(kind="allergy")
    assert (one.title, one.text, one.detail["reaction"]) == ("阿莫西林", "中度；皮疹；瘙痒", "皮疹；瘙痒")
    sent(message("ADT^A08", VISIT, known.replace("|MO|", "|SV|"), control="3"))
    assert list(Entry.objects.filter(kind="allergy").order_by("pk").values_list("version", flat=True)) == [1, 2]
    sent(message("ADT^A31", "AL1|1|FA|^花生", control="4"))
    assert Entry.objects.filter(kind="allergy", title="花生").count() == 1


def test_relatives_and_insurance_are_read_and_kept_and_not_called_unread(county):
    found = sent(message("ADT^A01", VISIT, "NK1|1|李秀英|SPO", "IN1|1|城乡居民|140781", "ZZZ|1"))
    assert "已读、没有采用的段：NK1、IN1" in found.done and "未读的段：ZZZ" in found.done
    assert Entry.objects.get(kind="encounter").detail["hl7v2"]["beside"]["NK1"] == ["NK1|1|李秀英|SPO"]


# --- controls and calibrators


@pytest.mark.parametrize(("letter", "said"), [("1", "校准结果"), ("2", "质控结果")])
def test_what_an_analyser_measured_on_no_patient_is_nobody_s(county, letter, said):
    found = sent(message("ORU^R01", *result()).replace(b"|P|2.4||||||", f"|P|2.4||||{letter}||".encode()))
    assert (found.state, found.persons) == ("applied", [])
    assert f"{said}，不属于任何人" in found.done
    assert not Entry.objects.exists()


def test_a_control_among_patients_results_is_left_out(county):
    control = ("OBR|2||QC1^LIS|GLU^空腹血糖|||20260310080000||||Q||||||||||||||F", "OBX|1|NM|GLU||5.5|mmol/L|||||F")
    found = sent(message("ORU^R01", *result(), *control))
    assert "质控结果，不属于任何人" in found.done
    assert Entry.objects.filter(kind="report").count() == 1


# --- codes


def loinc(code, value, unit="mmol/L", *, number="L1", status="F", sub=""):
    return (f"OBR|1||{number}^LIS|P^项目|||20260310080000||||||||||||||||||{status}",
            f"OBX|1|NM|{code}^某项^LN|{sub}|{value}|{unit}|||||{status}")  # fmt: skip


@pytest.mark.requirement("R133")
def test_a_number_under_a_known_code_is_a_measurement_and_follows_its_correction(county):
    sent(message("ORU^R01", *loinc("1558-6", "126", "mg/dL")))
    one = Observation.objects.get()
    assert (one.series, one.value, one.unit) == ("fasting_glucose", Decimal("6.994"), "mmol/L")
    sent(message("ORU^R01", *loinc("1558-6", "135", "mg/dL", status="C"), control="2"))
    assert list(Entry.objects.filter(kind="observation").order_by("pk").values_list("version", "replaced_by")) == [
        (1, Entry.objects.filter(kind="observation").latest("pk").pk), (2, None)
    ]  # fmt: skip
    sent(message("ORU^R01", *loinc("1558-6", "135", "mg/dL", status="D"), control="3"))
    assert Entry.objects.filter(kind="observation").latest("pk").withdrawn
    assert Entry.objects.filter(kind="report", replaced_by=None).count() == 1


def test_systolic_and_diastolic_are_one_measurement_and_one_alone_is_none(county):
    lower = "OBX|2|NM|8462-4^舒张压^LN||88|mm[Hg]|||||F"
    sent(message("ORU^R01", *loinc("8480-6", "142", "mm[Hg]"), lower))
    assert Observation.objects.values_list("series", "value", "second_value").get() == ("blood_pressure", 142, 88)
    sent(message("ORU^R01", *loinc("8480-6", "150", "mm[Hg]", number="L2"), control="2"))
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "unit", "status"), [("<0.5", "mmol/L", "F"), ("900", "mmol/L", "F"), ("6", "mmol/L", "P")]
)
def test_no_number_no_possible_value_no_final_one_is_no_measurement(county, value, unit, status):
    found = sent(message("ORU^R01", *loinc("1558-6", value, unit, status=status)))
    assert found.state == "applied"
    assert not Observation.objects.exists()


def test_an_unknown_code_is_counted_named_and_what_had_come_is_measured(county, steward):
    sent(message("ORU^R01", *result("6.1")))
    sent(message("ORU^R01", *result("7.3", number="L2"), control="2"))
    code = LocalCode.objects.get()
    assert (code.code, code.unit, code.name, code.count) == ("GLU", "mmol/L", "空腹血糖", 2)
    browser = signed_in(steward)
    assert "空腹血糖" in browser.get("/inbox/codes").content.decode()
    given = {"key": str(uuid.uuid4()), "series": "fasting_glucose", "factor": "1", "begins": "2026-01-01",
             "reason": "与检验科核对"}  # fmt: skip
    answer = browser.post(f"/inbox/codes/{code.pk}", given)
    assert answer["Location"].startswith("/inbox/replays/")
    while working.work():
        pass
    assert sorted(Observation.objects.values_list("value", flat=True)) == [Decimal("6.1"), Decimal("7.3")]
    assert (Replay.objects.get().state, Replay.objects.get().applied) == ("done", 2)
    assert Entry.objects.filter(kind="report").count() == 2  # the reports stand as they were
    shown = browser.get("/inbox/codes").content.decode()
    assert "没有还没归入的代码" in shown and "与检验科核对" in shown
    sent(message("ORU^R01", *result("5.5", number="L3"), control="3"))
    assert Observation.objects.count() == 3


def test_a_meaning_holds_from_its_day_and_converts(county, steward):
    sent(message("ORU^R01", *result("6.1")))
    code = LocalCode.objects.get()
    acts = {"by": steward, "code_id": code.pk, "reason": "核对"}
    actions.name_code(**acts, key=uuid.uuid4(), series="hba1c", begins=date(2026, 4, 1))
    while working.work():
        pass
    assert not Observation.objects.exists()  # measured in March
    actions.name_code(**acts, key=uuid.uuid4(), series="fasting_glucose", begins=date(2026, 1, 1), factor="2")
    while working.work():
        pass
    assert Observation.objects.get().value == Decimal("12.2")
    with pytest.raises(BadValue):
        actions.name_code(**acts, key=uuid.uuid4(), series="blood_pressure", begins=date(2026, 1, 1))
    with pytest.raises(BadValue):
        actions.name_code(**acts, key=uuid.uuid4(), series="hba1c", begins=date(2026, 1, 1), factor="0")


def test_a_code_that_is_none_of_ours_is_not_asked_for_again(county, steward):
    sent(message("ORU^R01", *result("6.1")))
    code = LocalCode.objects.get()
    actions.name_code(by=steward, key=uuid.uuid4(), code_id=code.pk, series="-", begins=date(2026, 1, 1), reason="无")
    sent(message("ORU^R01", *result("6.1", number="L2"), control="2"))
    assert not Observation.objects.exists() and not Replay.objects.exists()
    assert "没有还没归入的代码" in signed_in(steward).get("/inbox/codes").content.decode()
