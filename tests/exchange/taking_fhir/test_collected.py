"""The collected lives: everybody of them is registered, and every resource of every bundle is accounted for."""

import ast
import csv
import re
import unicodedata
from collections import Counter

import pytest

from yigongti.exchange.fhir_facts.loading import first_people, resources
from yigongti.exchange.models import KnownEntry, Message
from yigongti.record.models import Entry, Observation
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db

COUNT = re.compile(r"([A-Za-z]+)：(.*)")


def told(done) -> Counter[str]:
    """How many resources of each type a message accounts for."""
    counted: Counter[str] = Counter()
    for one in filter(None, map(COUNT.fullmatch, done)):
        counted[one[1]] += sum(map(int, re.findall(r"\d+", one[2])))
    return counted


@pytest.fixture
def lives(collected):
    """The rows of the index by file."""
    rows = csv.DictReader((collected / "synthea" / "index.csv").read_text().splitlines())
    return {row["file"]: row for row in rows}


@pytest.fixture
def loaded(county, collected, lives):
    """Every life, by the message that brought it."""
    files = [path for path in first_people(list((collected / "synthea").glob("*.json"))) if path.name in lives]
    assert len(files) == len(lives) == 22
    for path in files:
        assert resources(path, source="synthea") == [("applied", "")], path.name
    return {path.name: message for path, message in zip(files, Message.objects.order_by("pk"), strict=True)}


@pytest.mark.requirement("R159")
def test_every_resource_of_every_life_is_accounted_for(loaded, lives):
    for name, message in loaded.items():
        assert told(message.done) == Counter(ast.literal_eval(lives[name]["by_type"])), name
    entries = Counter(value.partition("/")[0] for value in KnownEntry.objects.values_list("value", flat=True))
    assert entries == {
        "Encounter": 336, "Condition": 146, "Observation": 2695, "DiagnosticReport": 222, "Immunization": 220,
        "Procedure": 185, "MedicationRequest": 95, "CarePlan": 31, "ImagingStudy": 11,
    }  # fmt: skip
    assert Entry.objects.count() == sum(entries.values())


def test_everybody_is_a_resident_of_their_name_birth_and_death(loaded, lives):
    assert Resident.objects.count() == 22
    for name, message in loaded.items():
        (pk,) = message.persons
        person = Resident.objects.get(pk=pk)
        given, family, _ = name.split("_")
        assert (_plain(person.name), str(person.birth_date)) == (f"{given} {family}", lives[name]["birthDate"])
        assert str(person.died_on or "") == lives[name]["deceased"], name


def test_known_codes_become_series(loaded):
    found = Counter(Observation.objects.values_list("series", flat=True))
    assert found == {
        "height": 157, "weight": 157, "blood_pressure": 157, "bmi": 136, "total_cholesterol": 94, "ldl": 94,
        "random_glucose": 82, "creatinine": 82, "potassium": 82, "hba1c": 73, "haemoglobin": 35, "temperature": 12,
    }  # fmt: skip


def test_what_is_loaded_twice_has_no_second_effect(loaded, collected):
    entries = Entry.objects.count()
    for name in loaded:
        ((state, _why),) = resources(collected / "synthea" / name, source="synthea")
        assert state == "superseded"
    assert (Entry.objects.count(), Resident.objects.count()) == (entries, 22)


def _plain(name):
    """Without accents, as files are named: Mejía, Mejia."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def test_validator_cases_are_taken_or_wait_with_element_and_rule(county, collected):
    states = Counter()
    for path in first_people(list((collected / "validator_cases").glob("*.json"))):
        for state, why in resources(path, source="cases"):
            states[state] += 1
            assert why or state == "applied", path.name
            assert "系统没能处理" not in why, (path.name, why)
    assert states["waiting"] > 20
    assert states["applied"] > 5
    assert states["superseded"] == 1  # pat-security-good1 and -good3 are the same bytes
    assert not Message.objects.filter(state="waiting", rule="").exists()
