"""Every collected message: its type, its facts and one telling thing; the broken ones with the reason."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.exchange.hl7v2.messages import taken
from yigongti.exchange.hl7v2 import charset, message
from yigongti.exchange.hl7v2.facts import Document, Merge, Number, Report, Vaccination, Visit
from yigongti.exchange.hl7v2.framing import Kind, Splitter, framed, split_batch
from yigongti.exchange.hl7v2.header import read_header
from yigongti.exchange.hl7v2.reading import read
from yigongti.exchange.hl7v2.unreadable import NoRuleYet, Unreadable


TABLE = Path(__file__).with_name("collected.txt")


def table():
    """The file's path below hl7v2 → what is expected of it."""
    folder, expected = "", {}
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("  "):
            name, _, says = line.strip().partition(": ")
            expected[f"{folder}{name}.hl7"] = says
        else:
            folder = line
    return expected


def said(path):
    """What a file says, in the table's words."""
    try:
        parsed = taken(path.read_bytes())
        facts = read(parsed)
    except NoRuleYet as waits:
        return f"{waits.value} no rule"
    except Unreadable as refused:
        assert refused.sentence and refused.field in refused.sentence
        return f"refused {refused.field} {refused.rule}"
    counted = " ".join(f"{many}{kind}" for kind, many in Counter(type(fact).__name__ for fact in facts).items())
    parts = ("results", "answers", "contents")
    results = sum(len(getattr(fact, part, ())) for fact in facts for part in parts)
    return f"{read_header(parsed).kind} {counted}" + (f" with {results}" if results else "")


def test_every_message_says_what_the_table_says(collected):
    """Refused are five orders that name no service (two of them broken on purpose), a report of 29 February 2017, and
    a file with remarks between its segments.
    """
    found = {str(path.relative_to(collected)): said(path) for path in sorted(collected.rglob("*.hl7"))}
    assert found == table()


@pytest.fixture
def facts(collected):
    return lambda name: read(taken((collected / name).read_bytes()))


@pytest.mark.parametrize(("name", "called", "born", "found", "label"), [
    ("oru_utf8_cr", "张三丰", date(1955, 3, 12), "utf-8", True),
    ("oru_gb18030_cr", "李㛃", date(1972, 11, 5), "gb18030", True),
    ("oru_gb18030_declared_ascii_lf", "张三丰", date(1955, 3, 12), "gb18030", False),
    ("adt_a01_utf8", "赵老四", date(1948, 6, 1), "utf-8", True),
    ("adt_a08_namechange_utf8", "赵四", date(1948, 6, 1), "utf-8", True),
    ("mindray_bs430_utf8", "测试患者2001", date(1960, 1, 1), "utf-8", False),
])  # fmt: skip
def test_chinese_messages_give_the_right_names(collected, name, called, born, found, label):
    raw = (collected / f"cn_synthetic/{name}.hl7").read_bytes()
    decoded = charset.decode(raw)
    assert (decoded.charset, decoded.declared, decoded.doubtful) == (found, label, False)
    person = read(message.parse(decoded.text, charset=decoded.charset))[0]
    assert (person.name.text, person.born) == (called, born)


def test_a_blood_count_from_the_county_hospital(facts):
    who, report = facts("cn_synthetic/oru_gb18030_cr.hl7")
    assert {(one.type, one.value) for one in who.identifiers} == {("MR", "P0002"), ("NI", "140781197211050179")}
    assert [(one.name, one.value, one.unit.code, one.flags) for one in report.results] == [
        ("白细胞计数", Number(Decimal("11.8")), "10^9/L", ("H",)), ("血红蛋白", Number(Decimal(62)), "g/L", ("LL",)),
        ("血小板计数", Number(Decimal(210)), "10^9/L", ("N",))]  # fmt: skip
    assert report.asked.placer.value == "A1002" and report.visit.institution == "介休市人民医院"
    assert who.addresses[0].text == "山西省晋中市介休市义安镇" and who.phones[0].number == "13800000000"


def test_the_analyser_names_its_items_beside_the_number(facts):
    _who, report = facts("cn_synthetic/mindray_bs430_utf8.hl7")
    assert [(one.code.code, one.name, one.value) for one in report.results] == [
        ("2", "ALT", Number(Decimal("38.213"))), ("8", "GLU-O", Number(Decimal("16.902110")))]  # fmt: skip


def test_a_repeat_is_the_same_to_the_byte(collected):
    folder = collected / "cn_synthetic"
    assert (folder / "oru_utf8_cr.hl7").read_bytes() == (folder / "oru_duplicate_control_id.hl7").read_bytes()


def test_admission_transfer_and_what_is_taken_back(facts):
    _who, visit = facts("cn_synthetic/adt_a01_utf8.hl7")
    assert isinstance(visit, Visit) and (visit.place.unit, visit.bed, visit.number.value) == (
        "呼吸内科",
        "12",
        "ZYZ100",
    )
    assert visit.diagnoses[0].code.text == "慢性阻塞性肺病伴有急性加重" and visit.attending[0].number == "D9"
    assert facts("ms_fhir_converter/ADT-A11-02.hl7")[1].cancels == ("A01", "A04")
    assert facts("ms_fhir_converter/ADT-A13-02.hl7")[1].cancels == ("A03",)
    merge = facts("ms_fhir_converter/ADT-A40-01.hl7")[-1]
    assert isinstance(merge, Merge)
    assert ([one.value for one in merge.gone], merge.person.identifiers[0].value) == (["56789"], "12345")


def test_laboratory_reports_of_the_intermediary(facts):
    texas = [fact for fact in facts("cdc_trusted_intermediary/TX__002_TX_ORU_R01.hl7") if isinstance(fact, Report)]
    assert len(texas[0].notes) == 4 and "‘Normal’" in texas[0].notes[0]
    assert texas[0].results[0].performer.startswith("Texas Department")
    assert texas[1].results[1].name == "Birthweight" and texas[1].results[1].value == Number(Decimal(2805))
    micro = facts("cdc_trusted_intermediary/Test__Automated__008_ORU_R01_micro_character_encoding.hl7")
    assert micro[-1].results[0].unit.code == "µmol/L"


def test_vaccinations_documents_and_appointments_of_the_converter(facts):
    tetanus = facts("ms_fhir_converter/VXU-V04-01.hl7")[-1]
    assert isinstance(tetanus, Vaccination) and tetanus.vaccine.text == "TENIVAC" and tetanus.dose == Decimal("0.5")
    assert (tetanus.lot, tetanus.site.text) == ("315841", "Right Deltoid")
    document = facts("ms_fhir_converter/MDM-T02-03.hl7")[-1]
    assert isinstance(document, Document) and document.number.value == "2RWRVAJ627408" and document.completion == "IP"
    missed = facts("ms_fhir_converter/SIU-S26-01.hl7")[-1]
    assert (missed.change, missed.status, missed.start.raw) == ("not-come", "Noshow", "202010011126+0215")


def test_all_of_them_on_one_connection(collected):
    """As a sender streams them: what goes in comes out, message by message, whatever their character set."""
    sent = [path.read_bytes() for path in sorted(collected.rglob("*.hl7"))]
    stream = b"".join(map(framed, sent))
    splitter, pieces = Splitter(), []
    for at in range(0, len(stream), 1_459):
        pieces += splitter.feed(stream[at : at + 1_459])
    assert [piece.content for piece in pieces if piece.kind is Kind.FRAME] == sent and len(pieces) == len(sent)
    assert all(split_batch(one).messages == (one,) for one in sent)
