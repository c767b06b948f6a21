"""FHIR resources become people and their record, once; what cannot be taken waits whole, with element and rule."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.exchange.taking_fhir.sending import (
    MET,
    SNOMED,
    bundle,
    concept,
    condition,
    encounter,
    keep,
    known,
    observation,
    only,
    patient,
    pressure,
    sent,
    simple,
    transaction,
    urn,
)
from tests.factories import resident
from yigongti.exchange import inbox
from yigongti.exchange.models import KnownPerson, Message
from yigongti.kernel import clock
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db

CARD = "140781197211050177"


# --- persons


@pytest.mark.requirement("R159")
def test_a_bundle_registers_its_patient_and_stands_in_the_record(county):
    found = sent(patient(), encounter(), observation(), condition())
    assert (found.state, found.reason) == ("applied", "")
    person = Resident.objects.get(pk=found.persons[0])
    assert (person.name, person.sex, person.birth_date) == ("赵老四", "1", date(1972, 11, 5))
    visit = Encounter.objects.select_related("entry").get()
    assert (visit.encounter_class, visit.entry.title, visit.out_of_county) == ("outpatient", "内科门诊", True)
    assert only("condition").code == "I10.x00"
    assert found.done == ["Condition：进档案 1", "Encounter：进档案 1", "Observation：进档案 1", "Patient：对到人 1"]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"named": [{"text": "欧阳 修"}]}, "欧阳修"),
        ({"named": [{"family": "Abshire638", "given": ["Alonso270", "Jr"]}]}, "Alonso Jr Abshire"),
        (
            {"named": [{"use": "maiden", "family": "Hayes", "given": ["A"]}, {"family": "Conn", "given": ["A"]}]},
            "A Conn",
        ),
        ({"named": [{"use": "usual", "family": "买买提", "given": ["·艾力"]}]}, "买买提·艾力"),
    ],
)
def test_names_as_people_are_called(county, told, name):
    sent(patient(**told), observation())
    assert Resident.objects.get().name == name


@pytest.mark.parametrize(
    ("told", "born", "estimated"),
    [("1972", date(1972, 1, 1), True), ("1972-11", date(1972, 11, 1), True), ("1972-11-05", date(1972, 11, 5), False)],
)
def test_a_birth_is_as_exact_as_it_was_told(county, told, born, estimated):
    sent(patient(birthDate=told), observation())
    person = Resident.objects.get()
    assert (person.birth_date, person.birth_estimated) == (born, estimated)


@pytest.mark.parametrize(
    ("gender", "sex"), [("male", "1"), ("female", "2"), ("other", "0"), ("unknown", "0"), (None, "0")]
)
def test_sexes(county, gender, sex):
    sent(patient(gender=gender), observation())
    assert Resident.objects.get().sex == sex


def test_an_id_card_that_holds_finds_who_is_registered(county):
    card = id_card("14078119721105017")
    known = resident(county.village, name="赵老四", sex="1", id_card=card, born=date(1972, 11, 5))
    numbers = [{"system": "urn:oid:2.16.156.10011.1.3", "value": card}]
    assert sent(patient(identifier=numbers), observation()).persons == [known.pk]
    assert sent(observation("o2")).persons == [known.pk]  # and from then on by the resource's own id


def test_a_card_that_does_not_agree_finds_nobody_and_stops_nothing(county):
    card = id_card("14078119721105017")
    resident(county.village, name="赵老四", sex="1", id_card=card, born=date(1972, 11, 5))
    numbers = [{"system": "urn:oid:2.16.156.10011.1.3", "value": card}]
    found = sent(patient(identifier=numbers, gender="female"), observation())
    assert found.state == "applied"
    assert Resident.objects.count() == 2


def test_a_subject_is_found_by_id_by_identifier_and_by_search(county):
    first = sent(patient(), observation())
    by_identifier = observation("o2", subject={"identifier": {"system": "urn:his", "value": "N-p1"}})
    by_search = observation("o3", subject={"reference": "Patient?identifier=urn:his|N-p1"})
    assert sent(by_identifier).state == sent(by_search).state == "applied"
    assert set(Entry.objects.values_list("resident_id", flat=True)) == set(first.persons)


def test_numbers_longer_than_their_column_stay_apart(county):
    system = "http://his.example/" + "x" * 100
    one = patient("p1", identifier=[{"system": f"{system}/a", "value": "7"}])
    two = patient("p2", identifier=[{"system": f"{system}/b", "value": "7"}], named=[{"text": "钱五"}])
    assert {sent(one).state, sent(two).state} == {"applied"}
    assert Resident.objects.count() == 2


def test_a_known_patient_under_another_name_waits_for_a_human(county):
    sent(patient(), observation())
    other = sent(patient(named=[{"text": "赵老五"}]), observation("o2"))
    assert (other.state, other.rule, other.field) == ("waiting", "NameDiffers", "Patient/p1.name")


# --- deaths


def test_a_death_is_registered_once_and_what_data_staff_decide_stays(county):
    dead = patient(deceasedDateTime="2026-03-04T02:00:00+08:00")
    assert "登记去世" in sent(dead, encounter()).done
    assert Resident.objects.get().died_on == date(2026, 3, 4)
    Resident.objects.update(died_on=None)  # as data staff undo it
    sent(dead, encounter(), observation())
    assert Resident.objects.get().died_on is None


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"deceasedDateTime": "2026-02-01"}, "送来的死亡日期之后还有就诊或测量记录，没有登记去世，请核对"),
        ({"deceasedBoolean": True}, "说已去世但没有日期，没有登记去世，请核对"),
        ({"deceasedDateTime": "2026-03"}, "死亡日期不到日，没有登记去世，请核对"),
        ({"deceasedDateTime": "1950-03-04"}, "没有登记去世：死亡日期早于登记的出生日期 1972-11-05"),
    ],
)
def test_a_death_that_cannot_be_is_said_and_changes_nothing(county, told, says):
    others = [] if "1950-03-04" in told.values() else [encounter()]
    found = sent(bundle(patient(**told), *others))
    assert (found.state, found.done[-1]) == ("applied", says)
    assert Resident.objects.get().died_on is None


def test_certifying_a_death_is_no_visit_of_the_dead(county):
    certified = encounter(type=[concept(SNOMED, "308646001", "Death Certification")])
    sent(patient(deceasedDateTime="2026-02-01"), certified, observation(encounter={"reference": "Encounter/e1"},
         effectiveDateTime="2026-01-02"))  # fmt: skip
    assert only("document").title == "Death Certification"
    assert not Encounter.objects.exists()
    assert only("observation").encounter_id is None
    assert Resident.objects.get().died_on == date(2026, 2, 1)


# --- measurements


@pytest.mark.parametrize(
    ("code", "value", "unit", "series", "becomes"),
    [
        ("2339-0", "100", "mg/dL", "random_glucose", "5.551"),  # 100 x 10 / 180.156
        ("1558-6", "126.0", "mg/dL", "fasting_glucose", "6.994"),
        ("15074-8", "5.6", "mmol/L", "random_glucose", "5.6"),
        ("2093-3", "200", "mg/dL", "total_cholesterol", "5.172"),  # 200 x 10 / 386.664
        ("38483-4", "1.0", "mg/dL", "creatinine", "88.402"),  # 10000 / 113.120
        ("2160-0", "1.2", "mg/dL", "creatinine", "106.082"),
        ("718-7", "13.5", "g/dL", "haemoglobin", "135"),
        ("6298-4", "4.10", "mmol/L", "potassium", "4.1"),
        ("8310-5", "98.6", "[degF]", "temperature", "37"),
        ("29463-7", "150", "[lb_av]", "weight", "68.039"),
        ("8302-2", "1.75", "m", "height", "175"),
        ("8302-2", "164.44207866487352", "cm", "height", "164.442"),
        ("4548-4", "6.1", "%", "hba1c", "6.1"),
    ],
)
def test_quantities_of_known_codes_become_numbers_of_their_series(county, code, value, unit, series, becomes):
    sent(patient(), observation(code=code, value=value, unit=unit))
    found = Observation.objects.select_related("entry").get()
    assert (found.series, found.value) == (series, Decimal(becomes))
    same = Decimal(value).quantize(Decimal("0.001")) == Decimal(becomes)
    assert found.entry.text == ("" if same else f"原文 {value} {unit}")


def test_more_digits_than_an_instrument_has_are_shown_short_and_said_to_be(county):
    sent(
        patient(), observation(code="2571-8", value="102.3125102113293", unit="mg/dL"), observation("o2", value="1.10")
    )
    assert sorted(Entry.objects.values_list("text", flat=True)) == ["", "≈102.313 mg/dL"]


@pytest.mark.parametrize(
    "made",
    [
        observation(code="99999-9"),
        observation(value="900", unit="mmol/L"),  # no living person
        observation(unit="mg%"),
        observation(valueQuantity={"value": 5, "comparator": "<", "unit": "mmol/L"}),
        observation(value="1e300"),
        pressure(80, 120),
        {**observation(), "valueQuantity": {"unit": "mmol/L"}},
    ],
)
def test_what_belongs_to_no_series_is_an_entry_to_be_read(county, made):
    found = sent(patient(), made)
    assert (found.state, found.reason) == ("applied", "")
    assert not Observation.objects.exists()
    assert only("observation").title == "名称"


def test_a_pressure_is_one_measurement_of_two_numbers(county):
    sent(patient(), pressure(138, 86))
    found = Observation.objects.select_related("entry").get()
    assert (found.series, found.value, found.second_value, found.unit) == ("blood_pressure", 138, 86, "mmHg")


def test_a_range_comes_along_in_the_series_unit(county):
    span = [{"low": {"value": 70, "unit": "mg/dL"}, "high": {"value": 100, "unit": "mg/dL"}}]
    sent(patient(), observation(value="90", unit="mg/dL", referenceRange=span))
    found = Observation.objects.get()
    assert (found.low, found.high) == (Decimal("3.886"), Decimal("5.551"))


def test_values_of_every_type_are_read(county):
    made = {
        "valueCodeableConcept": concept(SNOMED, "266919005", "从不吸烟"), "valueString": "淡黄色", "valueInteger": 3,
        "valueBoolean": True, "valueRange": {"low": {"value": 1}, "high": {"value": 2}},
        "valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}, "valueDateTime": "2026-01-02",
    }  # fmt: skip
    base = {name: part for name, part in observation().items() if name != "valueQuantity"}
    sent(patient(), *({**base, "id": f"v{n}", name: value} for n, (name, value) in enumerate(made.items())))
    said = known("text")
    assert [said[f"Observation/v{n}"] for n in range(len(made))] == [
        "从不吸烟", "淡黄色", "3", "是", "1–2", "1：128", "2026-01-02",
    ]  # fmt: skip


# --- the other kinds

STATUS = "http://terminology.hl7.org/CodeSystem/"


@pytest.mark.parametrize(
    ("made", "kind", "expected"),
    [
        (
            simple("AllergyIntolerance", subject="patient", code={"text": "青霉素"}, recordedDate="2020-01-01",
                   clinicalStatus=concept(f"{STATUS}allergyintolerance-clinical", "active"),
                   reaction=[{"manifestation": [{"text": "皮疹"}]}]),
            "allergy", {"title": "青霉素", "until": None},
        ),
        (
            simple("AllergyIntolerance", subject="patient", code=concept(SNOMED, "716186003", "No known allergy"),
                   clinicalStatus=concept(f"{STATUS}allergyintolerance-clinical", "active")),
            "observation", {"title": "No known allergy"},
        ),
        (
            simple("Procedure", status="completed", code={"text": "阑尾切除术"},
                   performedPeriod={"start": MET, "end": "2026-03-02T11:00:00+08:00"}),
            "procedure", {"title": "阑尾切除术"},
        ),
        (
            simple("Immunization", subject="patient", status="completed", vaccineCode={"text": "流感疫苗"},
                   occurrenceDateTime="2026-03-02", lotNumber="B7"),
            "immunisation", {"title": "流感疫苗"},
        ),
        (
            simple("MedicationRequest", status="active", intent="order", authoredOn="2026-03-02",
                   medicationCodeableConcept={"text": "氨氯地平片 5mg"}, dosageInstruction=[{"text": "每日一次"}]),
            "medication", {"title": "氨氯地平片 5mg", "until": None},
        ),
        (
            simple("CarePlan", status="active", intent="plan", title="糖尿病自我管理", period={"start": "2026-03-02"},
                   activity=[{"detail": {"status": "in-progress", "code": {"text": "糖尿病饮食"}}}]),
            "document", {"title": "糖尿病自我管理"},
        ),
        (
            simple("ImagingStudy", status="available", started=MET, description="胸部 CT"),
            "imaging", {"title": "胸部 CT"},
        ),
        (
            simple("DiagnosticReport", status="final", code={"text": "血脂"}, effectiveDateTime=MET, conclusion="偏高"),
            "report", {"title": "血脂", "text": "偏高"},
        ),
        (
            simple("DocumentReference", status="current", description="出院小结", date="2026-03-02T09:00:00+08:00",
                   content=[{"attachment": {"contentType": "text/plain", "title": "x"}}]),
            "document", {"title": "出院小结"},
        ),
    ],
)  # fmt: skip
def test_each_kind_becomes_its_entry(county, made, kind, expected):
    found = sent(patient(), made)
    assert (found.state, found.reason) == ("applied", "")
    entry = only(kind)
    assert {name: getattr(entry, name) for name in expected} == expected


@pytest.mark.parametrize(
    "made",
    [
        simple("Immunization", subject="patient", status="not-done", vaccineCode={"text": "流感疫苗"},
               occurrenceDateTime="2026-03-02"),
        simple("Procedure", status="not-done", code={"text": "胃镜"}),
        simple("MedicationRequest", status="active", intent="proposal", medicationCodeableConcept={"text": "某药"}),
        encounter(status="planned"),
        observation(status="entered-in-error"),
        simple("Goal", lifecycleStatus="active", description={"text": "血压达标"}),
    ],
)  # fmt: skip
def test_what_did_not_happen_or_has_no_kind_is_kept_and_said(county, made):
    found = sent(patient(), made)
    assert (found.state, found.reason) == ("applied", "")
    assert f"{made['resourceType']}：存着，没有进档案 1" in found.done
    assert not Entry.objects.exists()


def test_a_report_says_its_results(county):
    report = simple("DiagnosticReport", status="preliminary", code={"text": "生化"}, effectiveDateTime=MET,
                    result=[{"reference": "Observation/o1"}, {"display": "尿素"}])  # fmt: skip
    sent(report, observation(), patient())
    assert only("report").text == "【初步】\n名称：5.6 mmol/L\n尿素"


def test_what_no_longer_stands_has_an_end(county):
    clinical = concept(f"{STATUS}condition-clinical", "resolved")
    ended = condition("c1", clinicalStatus=clinical, abatementDateTime="2021-02-03")
    told = condition("c2", clinicalStatus=clinical)
    ruled_out = condition("c3", verificationStatus=concept(f"{STATUS}condition-ver-status", "refuted"))
    stopped = simple("MedicationRequest", status="stopped", intent="order", authoredOn="2026-03-02",
                     medicationCodeableConcept={"text": "某药"})  # fmt: skip
    found = sent(patient(), ended, told, ruled_out, stopped, condition("c4"))
    ends = known("until")
    assert ends["Condition/c1"].astimezone(clock.COUNTY_ZONE).date() == date(2021, 2, 3)
    assert ends["Condition/c2"] == ends["Condition/c3"] == ends["MedicationRequest/x1"] >= found.received_at
    assert ends["Condition/c4"] is None


def test_a_diagnosis_of_a_visit_is_its_code_and_title(county):
    made = encounter(diagnosis=[{"condition": {"reference": "Condition/c1"}}])
    sent(made, condition(code="F20.900", says="精神分裂症"), patient())
    visit = Encounter.objects.select_related("entry").get()
    assert (visit.diagnosis_code, visit.entry.title, visit.entry.sensitivity) == (
        "F20.900",
        "精神分裂症",
        "psychiatric",
    )
    assert only("condition").sensitivity == "psychiatric"


def test_a_security_label_closes_an_entry(county):
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
    sent(patient(), condition(system=SNOMED, code="35489007", says="Depressive disorder", meta=label))
    assert only("condition").sensitivity == "psychiatric"


# --- references, versions, order


def test_what_bears_no_time_has_that_of_its_visit_else_of_its_arrival(county):
    undated = {name: part for name, part in observation().items() if name != "effectiveDateTime"}
    found = sent(patient(), encounter(), undated | {"encounter": {"reference": "Encounter/e1"}}, undated | {"id": "o2"})
    said = known("at")
    assert said["Observation/o1"] == said["Encounter/e1"]
    assert said["Observation/o2"] >= found.received_at
    assert list(Entry.objects.exclude(text="").values_list("text", flat=True)) == ["（没有送来时间，按收到时）"]


def test_flags_are_hl7_s_letters_or_words(county):
    letters = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    high = observation("o1", code="2571-8", interpretation=[concept(letters, "H")])
    words = observation("o2", code="2571-8", interpretation=[concept(SNOMED, "166698001", "正常")])
    sent(patient(), high, words)
    assert sorted(Entry.objects.values_list("text", flat=True)) == ["5.6 mmol/L ↑", "5.6 mmol/L 正常"]


@pytest.mark.parametrize("order", [1, -1])
def test_order_in_a_bundle_means_nothing(county, order):
    parts = [observation(encounter={"reference": "Encounter/e1"}), encounter(), patient()]
    assert sent(*parts[::order]).state == "applied"
    assert only("observation").encounter_id == only("encounter").pk


def test_a_transaction_is_held_together_by_its_urns(county):
    inner = observation(subject={"reference": urn("p1")}, encounter={"reference": urn("e1")})
    found = sent(transaction(inner, encounter(subject={"reference": urn("p1")}), patient()))
    assert (found.state, found.reason) == ("applied", "")
    assert only("observation").encounter_id == only("encounter").pk


def test_a_visit_told_before_is_found_again(county):
    sent(patient(), encounter())
    sent(observation(encounter={"reference": "https://his.example/fhir/Encounter/e1/_history/1"}))
    assert only("observation").encounter_id == only("encounter").pk


def test_the_same_again_changes_nothing_and_a_correction_is_a_version(county):
    sent(patient(), observation())
    again = sent(patient(), observation(meta={"versionId": "2"}))
    assert "Observation：没有变化 1" in again.done
    sent(patient(), observation(value="7.1", status="corrected"))
    first, second = Entry.objects.filter(kind="observation").order_by("pk")
    assert (first.replaced_by_id, second.version) == (second.pk, 2)
    assert Observation.objects.get(entry=second).value == Decimal("7.1")


def test_what_was_entered_in_error_is_withdrawn_and_may_come_back(county):
    sent(patient(), observation())
    assert "Observation：撤销 1" in sent(observation(status="entered-in-error")).done
    assert only("observation").withdrawn
    sent(observation())
    assert not only("observation").withdrawn


def test_an_older_version_that_comes_late_is_not_taken(county):
    sent(patient(), observation(value="7.1", meta={"lastUpdated": "2026-03-05T09:00:00Z"}))
    late = sent(observation(meta={"lastUpdated": "2026-03-04T09:00:00Z"}))
    assert "Observation：比档案里的旧，没有采用 1" in late.done
    assert Observation.objects.get().value == Decimal("7.1")


def test_a_resource_that_was_about_somebody_else_moves(county):
    sent(patient("p1"), patient("p2", named=[{"text": "钱五"}]), observation(), encounter())
    sent(observation(of="p2"), encounter(of="p2"))
    standing = Entry.objects.filter(replaced_by=None, withdrawn=False)
    assert set(standing.values_list("resident__name", flat=True)) == {"钱五"}
    gone = Entry.objects.filter(replaced_by=None, withdrawn=True)
    assert sorted(gone.values_list("kind", "resident__name")) == [("encounter", "赵老四"), ("observation", "赵老四")]


def test_what_is_deleted_where_it_comes_from_is_withdrawn(county):
    sent(patient(), encounter(), observation())
    deleted = {"resourceType": "Bundle", "type": "transaction",
               "entry": [{"request": {"method": "DELETE", "url": "Encounter/e1"}}]}  # fmt: skip
    assert sent(deleted).state == "applied"
    assert only("encounter").withdrawn


def test_the_same_bundle_again_is_a_repeat(county):
    first, again = sent(patient(), observation()), sent(patient(), observation())
    assert (first.state, again.state) == ("applied", "superseded")
    assert Entry.objects.count() == 1


def test_of_two_resources_with_one_address_the_last_holds_and_both_are_counted(county):
    found = sent(b"\n".join(map(_line, [patient(), observation(), observation(value="9.9")])))
    assert {"Observation：进档案 1", "Observation：同一编号在后面又有一份 1"} <= set(found.done)
    assert Observation.objects.get().value == Decimal("9.9")


def _line(resource):
    import json

    return json.dumps(resource, ensure_ascii=False).encode()


# --- what waits


@pytest.mark.parametrize(
    ("made", "field", "rule"),
    [
        (bundle(patient(), observation(status="finished")), "Bundle.entry[1].resource.status", "r4.code"),
        (bundle(patient(), observation(of="nobody")), "Observation/o1", "fhir.unresolved"),
        (observation(subject={"identifier": {"system": "urn:his", "value": "?"}}), "Observation/o1.subject",
         "UnknownPatient"),
        (bundle(patient(birthDate=None), observation()), "Patient/p1.birthDate", "Missing"),
        (bundle(patient(named=[{"text": "<b>"}]), observation()), "Patient/p1.name", "BadValue"),
        ({"resourceType": "Bundle", "type": "history"}, "", "NoRuleYet"),
        (b"{not json", "", "fhir.json"),
        (b'{"resourceType":"Nothing"}', "Nothing.resourceType", "r4.kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_waits_whole_with_element_and_rule(county, made, field, rule):
    found = sent(made)
    assert (found.state, found.rule) == ("waiting", rule), found.reason
    assert found.field == field
    assert found.reason
    assert not Entry.objects.exists()
    assert not KnownPerson.objects.exists()


def test_a_resource_that_waited_for_its_patient_is_taken_when_tried_again(county):
    waits = sent(observation())
    sent(patient())
    Message.objects.filter(pk=waits.pk).update(state="received")
    assert inbox.take_in(waits.pk) == "applied"


def test_a_bundle_costs_as_many_queries_however_long_it_is(county):
    def asked(count, begin):
        kept = keep(bundle(*([] if begin else [patient()]), encounter(),
                           *(observation(f"o{n}", code="8867-4", value=str(60 + n % 40), unit="/min")
                             for n in range(begin, begin + count))))  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            assert inbox.take_in(kept.id) == "applied"
        return len(captured)

    asked(1, 0)
    few = asked(3, 100)
    assert asked(300, 1000) <= few + 2


def id_card(first17):
    from yigongti.residents.codes import check_digit

    return first17 + check_digit(first17)
