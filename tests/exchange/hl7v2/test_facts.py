"""What messages of our own say: each kind of fact, each event, and what is refused."""

# ruff: noqa: RUF001 - full-width signs are what analysers send

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.exchange.hl7v2.messages import PID, msh, taken
from yigongti.exchange.hl7v2.datatypes import Coded
from yigongti.exchange.hl7v2.facts import (
    Allergy,
    Attachment,
    Merge,
    Number,
    Person,
    Report,
    Structured,
    Time,
    Unlink,
    Vaccination,
    Visit,
    Words,
)
from yigongti.exchange.hl7v2.reading import RULES, read, read_with_rest
from yigongti.exchange.hl7v2.unreadable import NoRuleYet, Unreadable


PV1 = (
    "PV1|1|I|呼吸内科^305^12^蒲县人民医院|||内科^^3|D9^张^医师||||||||||||Z1^^^HIS^VN"
    + "|" * 17 + "01||||||||20240311101500|20240312"
)  # fmt: skip


def facts(kind, *lines):
    return read(taken("\n".join((msh(kind), *lines))))


def refusal(kind, *lines):
    with pytest.raises(Unreadable) as refused:
        facts(kind, *lines)
    return refused.value


def person(*, pid):
    return facts("ADT^A28", pid)[0]


# --- who


def test_a_person_with_numbers_names_and_where_to_find_him():
    found = person(pid="PID|1|X9|P1^^^院内&1.2&ISO^MR^门诊~140781195503120029^^^CN^NI|"
                       "|ZHANG^SAN FENG^^^^^L^A~张^三丰^^^^^L^I||19550312|男|张老三|"
                       "|义安镇南街1号^^介休市^山西省^032000^^H|"
                       "|13800000000~^PRN^PH^^86^0354^7222222"
                       "|^WPN^Internet^a@b.cn||||A77|||||||||||20240101|Y")  # fmt: skip
    assert [(one.system, one.type, one.value, one.field) for one in found.identifiers] == [
        ("", "", "X9", "PID-2"), ("院内", "MR", "P1", "PID-3"),
        ("CN", "NI", "140781195503120029", "PID-3")]  # fmt: skip
    assert found.name.text == "张三丰" and found.pinyin == "SAN FENG ZHANG"
    assert [name.text for name in found.other_names] == ["SAN FENG ZHANG", "张老三"]
    assert (found.sex, found.born) == ("1", date(1955, 3, 12))
    assert found.dead is True and found.died is not None and found.died.day == date(2024, 1, 1)
    assert [one.number for one in found.phones] == ["13800000000", "86-0354-7222222", "a@b.cn"]
    assert found.addresses[0].text == "山西省介休市义安镇南街1号" and found.addresses[0].postcode == "032000"
    assert found.account is not None and found.account.value == "A77"


@pytest.mark.parametrize(("written", "code"), [
    ("M", "1"), ("f", "2"), ("U", "0"), ("O", "9"), ("", "9"), ("女", "2"), ("F^Female^HL70001", "2"), ('""', "9"),
])  # fmt: skip
def test_sexes_in_the_national_codes(written, code):
    assert person(pid=f"PID|1||1|||||{written}").sex == code


def test_a_month_of_birth_is_no_day_and_the_day_is_as_written():
    month = person(pid="PID|1||1||||195503")
    assert month.born is None and month.birth is not None and month.birth.precision == "month"
    assert person(pid="PID|1||1||||202402210152-0500").born == date(2024, 2, 21)


def test_an_address_that_says_all_in_the_street_is_not_said_twice():
    assert (
        person(pid="PID|1||1||||||||山西省晋中市介休市义安镇^^介休市^山西省").addresses[0].text
        == "山西省晋中市介休市义安镇"
    )


def test_what_the_sender_erases_is_told():
    assert person(pid='PID|1||1||张||""||||""').erased == ("PID-7", "PID-11")


@pytest.mark.parametrize(("pid", "field"), [
    ("PID|1", "PID-3"), ('PID|1||""||""', "PID-3"), ("PID|1||1|||||机器人", "PID-8"), ("PID|1||1||||19550230", "PID-7"),
])  # fmt: skip
def test_who_cannot_be_known_is_refused(pid, field):
    assert refusal("ADT^A28", pid).field == field


# --- visits


@pytest.mark.parametrize(("event", "happened", "cancels"), [
    ("A01", "admitted", ()), ("A02", "transferred", ()), ("A03", "discharged", ()), ("A04", "registered", ()),
    ("A05", "pre-admitted", ()), ("A08", "updated", ()), ("A11", "cancelled", ("A01", "A04")),
    ("A13", "cancelled", ("A03",)),
])  # fmt: skip
def test_a_visit_says_what_happened_and_what_no_longer_counts(event, happened, cancels):
    evn = f"EVN|{event}|20240311101500||||20240311100000"
    who, visit = facts(f"ADT^{event}", evn, PID, PV1, "PV2|||^咳喘加重", "DG1|1||J44.100^慢阻肺^ICD10||20240311|A")
    assert isinstance(visit, Visit) and visit.person is who
    assert (visit.happened, visit.cancels, visit.kind, visit.bed) == (happened, cancels, "I", "12")
    assert visit.number is not None and (visit.number.value, visit.number.type) == ("Z1", "VN")
    assert (visit.place.unit, visit.institution, visit.before.bed) == ("呼吸内科", "蒲县人民医院", "3")
    assert [(one.number, one.name) for one in visit.attending] == [("D9", "张医师")]
    assert visit.admitted is not None and visit.admitted.raw == "20240311101500"
    assert visit.discharged is not None and visit.discharged.precision == "day" and visit.left_to == "01"
    assert visit.reason == "咳喘加重" and visit.occurred is not None and visit.occurred.raw == "20240311100000"
    (found,) = visit.diagnoses
    assert (found.code, found.kind) == (Coded("J44.100", "慢阻肺", "ICD10"), "A")


def test_a_person_alone_and_what_is_left_unread_is_named():
    read_all = read_with_rest(
        taken("\n".join((msh("ADT^A31"), "EVN|A31", PID, PV1, "AL1|1||青霉素", "ZXX|1", "ZXX|2")))
    )
    assert [type(fact) for fact in read_all.facts] == [Person, Allergy] and read_all.unread == ("PV1", "ZXX")


def test_merging_and_unlinking():
    _one, first, _two, second = facts("ADT^A40", PID, "MRG|P9^^^JXRM^MR~P8^^^JXRM^MR||||||张三^丰",
                                      "PID|1||B1", "MRG|B2")  # fmt: skip
    assert isinstance(first, Merge) and [gone.value for gone in first.gone] == ["P9", "P8"]
    assert first.person.name.text == "张三丰" and first.gone_name.text == "张三丰"
    assert isinstance(second, Merge) and second.person.identifiers[0].value == "B1"
    *_persons, apart = facts("ADT^A37", "EVN|A37", PID, "PID|2||P9")
    assert isinstance(apart, Unlink) and apart.other.identifiers[0].value == "P9"
    assert refusal("ADT^A40", PID).rule == refusal("ADT^A40", PID, "MRG|").rule == "hl7v2.merge"
    assert refusal("ADT^A37", PID).rule == "hl7v2.unlink"


# --- results

OBR = (
    "OBR|1|A1^HIS|L1^LIS|CBC^血常规^LOCAL|||20240311083015|||||||20240311084000|BLD^全血|D1^王医师|||||"
    "|20240311090000||LAB|F"
)


def result(obx):
    *_, report = facts("ORU^R01", PID, OBR, obx)
    return report.results[0]


@pytest.mark.parametrize(("kind", "sent", "value"), [
    ("NM", "11.80", Number(Decimal("11.80"))), ("NM", "＜０．５", Structured("<", Decimal("0.5"), "", None)),
    ("NM", "≥200", Structured(">=", Decimal(200), "", None)), ("NM", "阴性", Words("阴性")),
    ("NM", "1e3", Number(Decimal("1e3"))), ("NM", "NaN", Words("NaN")), ("NM", "1,5", Words("1,5")),
    ("SN", "^1^:^128", Structured("", Decimal(1), ":", Decimal(128))),
    ("SN", ">^100", Structured(">", Decimal(100), "", None)),
    ("SN", "^2^+", Structured("", Decimal(2), "+", None)), ("ST", "a \\T\\ b", Words("a & b")),
    ("FT", "一\\.br\\二~三", Words("一\n二\n三")), ("CWE", "260373001^检出^SCT", Coded("260373001", "检出", "SCT")),
    ("ED", "^IM^JPEG^Base64^QUJD", Attachment("IM", "JPEG", "Base64", "QUJD", is_pointer=False)),
    ("RP", "1.2.3^PACS^IM^DICOM", Attachment("IM", "DICOM", "", "1.2.3", is_pointer=True)), ("", "free", Words("free")),
])  # fmt: skip
def test_values_of_every_kind(kind, sent, value):
    found = result(f"OBX|1|{kind}|X^某项^L||{sent}||||||F")
    assert found.value == value and found.type == kind


def test_numbers_keep_their_digits_and_repetitions_are_all_kept():
    found = result("OBX|1|NM|X||60~120.0||||||F")
    assert [str(one.number) for one in found.values] == ["60", "120.0"]
    assert result("OBX|1|NM|X||||||||X").values == ()


def test_a_result_with_its_time_place_and_notes():
    who, report = facts("ORU^R01", PID, PV1, "ORC|RE|A1^HIS|L1||CM", OBR, "NTE|1||标本轻度溶血",
        r"OBX|1|NM|WBC^白细胞计数^LOCAL|1|11.8|10\S\9/L|3.5-9.5|H~A|||C|||20240311083500||D7^李|||||||检验科",
        "NTE|1||已复查~两次", "NTE|2||已电话报告", "SPM|1|||SER^血清", "OBX|2|TX|LIP^脂血^L||无||||||F")  # fmt: skip
    assert isinstance(report, Report) and report.person is who
    assert (report.status, report.section, report.notes) == ("F", "LAB", ("标本轻度溶血",))
    assert report.asked.placer is not None and (report.asked.placer.value, report.asked.placer.system) == ("A1", "HIS")
    assert report.asked.service.says == "血常规" and report.asked.by is not None and report.asked.by.name == "王医师"
    assert report.asked.specimen == Coded("SER", "血清")
    assert [one and one.raw for one in (report.observed, report.received, report.reported)] == [
        "20240311083015", "20240311084000", "20240311090000"]  # fmt: skip
    assert report.visit is not None and report.visit.happened == "mentioned"
    first, second = report.results
    assert (first.name, first.unit.code, first.range, first.flags) == ("白细胞计数", "10^9/L", "3.5-9.5", ("H", "A"))
    assert (first.status, first.sub, first.performer) == ("C", "1", "检验科") and first.by is not None
    assert first.time is not None and first.time.raw == "20240311083500"
    assert first.notes == ("已复查\n两次", "已电话报告") and second.notes == ()
    assert (first.about, second.about) == ("patient", "specimen")
    assert second.time is not None and second.time.raw == "20240311083015"


def test_preliminary_final_corrected_and_withdrawn():
    assert [result(f"OBX|1|NM|X||1||||||{status}").status for status in "PFCXDW"] == list("PFCXDW")
    assert refusal("ORU^R01", PID, OBR, "OBX|1|NM|X||1||||||?").field == "OBX-11"


def test_two_patients_in_one_message_keep_their_own():
    one, two, first, second = facts(
        "ORU^R01", PID, OBR, "OBX|1|NM|X||1||||||F", "PID|2||B7", OBR, "OBX|1|NM|X||2||||||F"
    )
    assert (first.person, second.person) == (one, two) and second.results[0].person is two


def test_results_beside_a_patient_without_request_are_his_and_without_patient_nobodys():
    who, loose, report = facts("ORU^R01", PID, "OBX|1|NM|HT^身高||170|cm|||||F", OBR)
    assert loose.person is who and loose.name == "身高" and report.results == ()
    assert refusal("ORU^R01", "OBX|1|NM|HT||1||||||F").rule == "hl7v2.loose_obx"
    assert refusal("ORU^R01", PID, "ORC|RE|1").rule == "hl7v2.no_obr"
    assert refusal("ORU^R01", PID).rule == "hl7v2.empty"
    assert refusal("ORU^R01", PID, OBR, "OBX|1|NM|||1||||||F").field == "OBX-3"


def test_a_control_run_of_an_analyser_is_about_nobody():
    (report,) = facts("OUL^R22", "SPM|1|||QC^质控", "OBX|1|ST|LOT^批号||7||||||F", "OBR|1|||GLU", "ORC|OK",
                      "OBX|1|NM|GLU||5.1|mmol/L|||||F", "SPM|2", "SAC|1")  # fmt: skip
    assert report.person is None and report.asked.specimen == Coded("QC", "质控") and report.asked.control == "OK"
    assert [(one.code.code, one.about) for one in report.results] == [("LOT", "specimen"), ("GLU", "patient")]


def test_an_analyser_that_writes_the_name_beside_a_number():
    found = result("OBX|1|NM|2|ALT|38.213|U/L|9-50|N|||F")
    assert (found.code.code, found.name, found.value) == ("2", "ALT", Number(Decimal("38.213")))
    assert result("OBX|1|NM|2|1.2|5||||||F").name == "2"


# --- orders, documents, appointments, vaccinations


def test_orders_new_cancelled_medication_and_earlier_ones():
    _who, new, gone, drug, earlier = facts(
        "OML^O21", PID, "PV1|1|O", "ORC|NW|A1||G1||||||||D1^王^医师|||||||||介休市人民医院", "TQ1|1||||||||S^急",
        "OBR|1|A1||CBC^血常规|||||||||发热三天" + "|" * 18 + "R50^发热", "NTE|1||空腹", "DG1|1||R50^发热",
        "OBX|1|CWE|FAST^空腹||Y^是", "SPM|1|||BLD^血", "ORC|CA|A2", "ORC|NW|A3", "RXO|AMX^阿莫西林", "PV1|2|O",
        "ORC|SC|A0", "OBR|1|A0||GLU^血糖")  # fmt: skip
    assert (new.asked.control, new.asked.service.says, new.asked.priority) == ("NW", "血常规", "S")
    assert (new.asked.clinical, new.asked.reason.says, new.asked.from_institution) == (
        "发热三天",
        "发热",
        "介休市人民医院",
    )
    assert new.asked.group is not None and new.asked.group.value == "G1" and new.asked.specimen.says == "血"
    assert new.notes == ("空腹",) and new.answers[0].value == Coded("Y", "是") and new.diagnoses[0].code.code == "R50"
    assert gone.asked.control == "CA" and gone.asked.placer is not None and gone.asked.placer.value == "A2"
    assert (drug.kind, drug.asked.service.says, drug.prior) == ("medication", "阿莫西林", False)
    assert earlier.prior and earlier.asked.service.says == "血糖"
    assert refusal("ORM^O01", PID, "ORC|NW|A1", "OBR|1|A1").field == "OBR-4"


@pytest.mark.parametrize(("event", "change", "content"), [
    ("T01", "new", False), ("T02", "new", True), ("T04", "status", True), ("T06", "addendum", True),
    ("T08", "edit", True), ("T10", "replacement", True), ("T11", "cancel", False),
])  # fmt: skip
def test_documents(event, change, content):
    _who, found = facts(f"MDM^{event}", PID, "ORC|RE|A1^HIS|L1^LIS", "TXA|1|DS^出院小结|TX|20240312||20240313||"
                        "|D1^王^医师|||DOC7|DOC6|A1^HIS||小结.pdf|LA|U|AV", "OBX|1|TX|T^正文||好转出院",
                        "NTE|1||复诊")  # fmt: skip
    assert (found.change, found.has_content, found.completion, found.availability) == (change, content, "LA", "AV")
    assert found.number.value == "DOC7" and found.parent.value == "DOC6" and found.title == "小结.pdf"
    assert [one.value for one in found.orders] == ["A1", "L1"] and found.authors[0].name == "王医师"
    assert found.contents[0].value == Words("好转出院") and found.contents[0].notes == ("复诊",)
    assert refusal(f"MDM^{event}", PID).rule == "hl7v2.no_txa"


@pytest.mark.parametrize(("event", "change"), [("S12", "booked"), ("S13", "rescheduled"), ("S14", "changed"),
    ("S15", "cancelled"), ("S16", "discontinued"), ("S17", "deleted"), ("S26", "not-come")])  # fmt: skip
def test_appointments(event, change):
    who, found = facts(f"SIU^{event}", "SCH|P1|F1||||R^复查|^随访|||||||||||||||||||已预约", PID, "RGS|1",
        "AIS|1||US^彩超||||30|min||订", "AIP|1||D1^王^医师|DOC||20240401090000", "AIL|1||超声科^2室|||20240401083000",
        "NTE|1||空腹来")  # fmt: skip
    assert (found.change, found.person, found.placer.value, found.filler.value) == (change, who, "P1", "F1")
    assert found.start is not None and found.start.raw == "20240401083000" and found.end is None
    assert [one.kind for one in found.resources] == ["service", "person", "place"] and found.notes == ("空腹来",)
    service, doctor, place = found.resources
    assert (service.what.says, service.length, service.status) == ("彩超", "30 min", "订")
    assert doctor.who.name == "王医师" and place.where.room == "2室" and found.reason.says == "随访"
    assert refusal(f"SIU^{event}", PID).rule == "hl7v2.no_sch"
    assert refusal(f"SIU^{event}", "SCH|||", PID).field == "SCH-1"


def test_vaccinations_given_refused_and_of_unknown_dose():
    _who, given, refused = facts("VXU^V04", PID, "ORC|RE|A1|F1",
        "RXA|0|1|20240311||107^百白破^CVX|0.50|mL||00^新^NIP|N7^赵^护士|^^^义安镇卫生院||||L9|20251231|SP^赛诺菲|||CP|A",
        "RXR|IM^肌内|LA^左上臂", "OBX|1|CE|64994-7^资格^LN||V01||||||F", "NTE|1||无反应",
        "RXA|0|1|20240311||08^乙肝^CVX|999||||||||||||PR^家长不同意||RE")  # fmt: skip
    assert isinstance(given, Vaccination) and given.vaccine.says == "百白破" and given.dose == Decimal("0.50")
    assert (given.lot, given.manufacturer.says, given.completion, given.action) == ("L9", "赛诺菲", "CP", "A")
    assert given.by is not None and given.by.name == "赵护士" and given.place.institution == "义安镇卫生院"
    assert (given.route.says, given.site.says) == ("肌内", "左上臂") and given.order is not None
    assert given.results[0].notes == ("无反应",) and given.expires is not None
    assert (refused.completion, refused.dose, refused.refusal.says) == ("RE", None, "家长不同意")
    assert refused.order is None
    _who, weight, _given = facts("VXU^V04", PID, "OBX|1|NM|WT||9.5|kg", "NTE|1||衣服未除", "RXA|0|1|2024||107")
    assert weight.value == Number(Decimal("9.5")) and weight.notes == ("衣服未除",)
    assert refusal("VXU^V04", PID).rule == "hl7v2.no_rxa"
    assert refusal("VXU^V04", PID, "RXA|0|1|||107").rule == "hl7v2.vaccine"
    assert refusal("VXU^V04", PID, "RXA|0|1|2024||107|two").field == "RXA-6"


# --- the rules


@pytest.mark.parametrize("kind", ["BAR^P01", "ADT^A06", "ORU^R40", "ACK", "SIU^S23", "MDM", "RDE^O11"])
def test_other_kinds_wait_for_their_rule(kind):
    with pytest.raises(NoRuleYet) as waits:
        facts(kind, PID)
    assert waits.value.field == "MSH-9" and waits.value.value == kind and kind in waits.value.sentence


def test_every_kind_that_was_promised_has_its_rule():
    promised = {"ADT": {"A01", "A02", "A03", "A04", "A05", "A08", "A11", "A13", "A28", "A31", "A40", "A37"},
                "ORM": {"O01"}, "OML": {"O21"}, "ORU": {"R01"}, "OUL": {"R22", "R23"}, "VXU": {"V04"},
                "SIU": {"S12", "S13", "S14", "S15", "S17", "S26"},
                "MDM": {f"T{n:02}" for n in range(1, 12)}}  # fmt: skip
    assert {kind: gone for kind, events in promised.items() if (gone := events - RULES[kind].events)} == {}


def test_visits_need_a_person_and_a_visit():
    assert refusal("ADT^A01", PV1).field == "PID" and refusal("ADT^A01", PID).field == "PV1"


def test_dates_are_values_too():
    (value,) = result("OBX|1|DT|X||20240311||||||F").values
    assert isinstance(value, Time) and value.time.day == date(2024, 3, 11)
