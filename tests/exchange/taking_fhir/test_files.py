"""Files of resources: what they bring is in the FHIR store and in the record, under ids that keep senders apart."""

import json
import uuid
from decimal import Decimal

import pytest

from tests.exchange.fhir.conftest import speaker
from tests.exchange.taking_fhir.sending import bundle, encounter, keep, known, observation, only, patient, sent, simple
from tests.factories import actor
from yigongti.exchange import actions, inbox
from yigongti.exchange.fhir import sight
from yigongti.exchange.fhir.models import Resource
from yigongti.exchange.fhir_facts.loading import LINES, first_people, resources
from yigongti.exchange.models import Message, Sender
from yigongti.organisations import queries as organisations
from yigongti.record.models import Entry, Observation
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_anew():
    """Who may see what is kept for seconds, and the counties of two tests are two."""
    sight.forget()
    organisations.forget()


def test_what_a_file_brings_is_stored_whole_whether_or_not_the_record_has_a_kind_for_it(county):
    goal = simple("Goal", lifecycleStatus="active", description={"text": "血压达标"})
    found = sent(patient(), encounter(), observation(value="5.60"), goal)
    (sender,) = Sender.objects.filter(channel="fhir")
    stored = {row.type: row for row in Resource.objects.all()}
    assert set(stored) == {"Patient", "Encounter", "Observation", "Goal"}
    assert {row.person_id for row in stored.values()} == set(found.persons)
    assert stored["Goal"].id == f"{sender.pk}-x1"
    assert json.loads(stored["Observation"].body)["subject"] == {"reference": f"Patient/{sender.pk}-p1"}


def test_one_id_of_two_senders_is_two_patients(county):
    one = sent(patient(), observation(), source="甲医院")
    other = sent(patient(named=[{"text": "钱五"}]), observation(value="7.1"), source="乙医院")
    assert (one.state, other.state) == ("applied", "applied")
    assert set(Resident.objects.values_list("name", flat=True)) == {"赵老四", "钱五"}
    assert Resource.objects.filter(type="Patient").count() == 2


def test_a_uuid_is_kept_and_a_name_too_long_is_shortened_apart(county):
    own, long = str(uuid.uuid4()), "x" * 63
    sent(patient(own), observation("a" + long, of=own), observation("b" + long, of=own))
    assert Resource.objects.filter(type="Patient", id=own).exists()
    assert Resource.objects.filter(type="Observation").count() == 2


def test_once_the_sender_is_confirmed_its_institution_s_client_reads_what_files_brought(county):
    sent(patient(birthDate="2020-02-03"), observation())
    (sender,) = Sender.objects.filter(channel="fhir")
    foreign = speaker(county.foreign_hospital)
    own = speaker(county.hospital)
    assert own.found("/Observation") == foreign.found("/Observation") == []
    actions.confirm_sender(
        by=actor("data_steward", county.group), key=uuid.uuid4(), sender_id=sender.pk, title="县医院 HIS",
        institution_id=county.hospital.pk,
    )  # fmt: skip
    sight.forget()
    assert own.found("/Observation") == [f"{sender.pk}-o1"]
    assert foreign.found("/Observation") == []


def test_a_child_s_result_is_corrected_as_anybody_s(county):
    sent(patient(birthDate="2020-02-03"), observation())
    assert sent(observation(value="7.1")).state == "applied"
    assert only("observation").version == 2


def test_the_same_in_another_file_makes_no_version_of_resource_or_entry(county):
    sent(patient(), observation())
    again = sent(patient(), observation(), encounter())
    assert {"Observation：没有变化 1", "Patient：没有变化 1", "Encounter：进档案 1"} <= set(again.done)
    assert set(Resource.objects.values_list("version", flat=True)) == {1}


def test_a_file_deletes_what_it_brought(county):
    sent(patient(), observation())
    deleted = {"resourceType": "Bundle", "type": "transaction",
               "entry": [{"request": {"method": "DELETE", "url": "Observation/o1"}}]}  # fmt: skip
    found = sent(deleted)
    assert (found.state, found.done) == ("applied", ["Observation：撤销 1"])
    assert only("observation").withdrawn
    assert Observation.objects.get(entry=only("observation")).value == Decimal("5.6")
    assert Resource.objects.get(type="Observation").deleted


def test_what_one_file_cannot_bring_whole_it_does_not_bring_at_all(county):
    found = sent(patient(), encounter(), observation(of="nobody"))
    assert (found.state, found.rule, found.field) == ("waiting", "fhir.unresolved", "Observation/o1")
    assert not Resource.objects.exists()
    assert not Resident.objects.exists()


def test_lines_of_a_bulk_export_are_messages_of_their_own_people_first(county, tmp_path):
    def lines(name, made):
        (tmp_path / name).write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in made) + "\n")

    lines("Observation.ndjson", [observation(f"o{n}") for n in range(LINES + 1)])
    lines("Patient.000.ndjson", [patient()])
    lines("Encounter.ndjson", [encounter(), encounter("bad", status="nonsense")])
    files = first_people(list(tmp_path.iterdir()))
    assert [path.name for path in files] == ["Patient.000.ndjson", "Encounter.ndjson", "Observation.ndjson"]
    states = [state for path in files for state, _ in resources(path, source="export")]
    assert states == ["applied", "waiting", "applied", "applied"]
    assert Message.objects.get(state="waiting").field == "第 2 行 Encounter.status"
    assert Entry.objects.count() == len(known("title")) == LINES + 1
    again = [state for path in files for state, _ in resources(path, source="export")]
    assert set(again) == {"superseded"}


def test_a_load_that_was_killed_goes_on_behind_what_it_had_committed(county, tmp_path, monkeypatch):
    """Killed between two messages, and between keeping one and taking it in: nothing is lost, kept or done twice."""
    path = tmp_path / "Observation.ndjson"
    whom = tmp_path / "Patient.json"
    whom.write_text(json.dumps(patient()))
    resources(whom, source="县医院")
    path.write_text("\n".join(json.dumps(observation(f"o{n}")) for n in range(3 * LINES)))
    taken, behind = inbox.take_in, []

    def killed(number):
        behind.append(number)
        if len(behind) == 2:
            raise KeyboardInterrupt
        return taken(number)

    monkeypatch.setattr(inbox, "take_in", killed)
    with pytest.raises(KeyboardInterrupt):
        resources(path, source="县医院")
    monkeypatch.setattr(inbox, "take_in", taken)
    assert Observation.objects.count() == LINES
    moved = []
    assert [state for state, _ in resources(path, source="县医院", moved=moved.append)] == [
        "superseded", "applied", "applied"]  # fmt: skip
    assert sum(moved) == path.stat().st_size
    assert [state for state, _ in resources(path, source="县医院")] == ["superseded"] * 3
    assert (Observation.objects.count(), Message.objects.count()) == (3 * LINES, 4)


def test_who_and_where_are_named_though_they_came_before(county):
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "张", "given": ["医师"]}]}
    place = {"resourceType": "Organization", "id": "h1", "name": "蒲县人民医院"}
    sent(patient(), doctor, place, observation())
    sent(encounter(participant=[{"individual": {"reference": "Practitioner/d1"}}],
                   serviceProvider={"reference": "Organization/h1"}))  # fmt: skip
    assert (only("encounter").author, only("encounter").text) == ("张医师", "就诊机构：蒲县人民医院")
    sent(simple("DiagnosticReport", status="final", code={"text": "血糖"}, effectiveDateTime="2026-03-02",
                result=[{"reference": "Observation/o1"}]))  # fmt: skip
    assert only("report").text == "名称：5.6 mmol/L"


def test_clinical_content_of_another_sender_is_never_read_by_reference(county):
    number = str(uuid.uuid4())
    sent(patient(), observation(number), source="甲医院")
    report = simple("DiagnosticReport", status="final", code={"text": "血糖"},
                    result=[{"reference": f"Observation/{number}"}])  # fmt: skip
    assert sent(patient(), report, source="乙医院").state == "applied"
    assert "5.6" not in only("report").text


def test_json_that_never_speaks_of_a_resource_is_left_to_others(county, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "x"}')
    assert resources(tmp_path / "package.json", source="x") == []
    assert not Message.objects.exists()


def test_what_a_client_was_refused_is_not_taken_in_behind_its_back(county):
    client = speaker(county.hospital)
    answer = client.post("/Patient", patient(name=[{"text": "<b>"}]))
    assert answer.status_code == 422
    waits = Message.objects.get(channel="fhir")
    Message.objects.filter(pk=waits.pk).update(state="received")
    assert inbox.take_in(waits.pk) == "waiting"
    assert Message.objects.get(pk=waits.pk).rule == "AnsweredThen"
    assert not Resident.objects.exists()


def test_a_bundle_of_a_thousand_is_taken_in_about_a_second_s_worth_of_statements(county, django_assert_max_num_queries):
    big = bundle(patient(), *(observation(f"o{n}") for n in range(1000)))
    kept = keep(big)
    with django_assert_max_num_queries(80):
        assert inbox.take_in(kept.id) == "applied"
