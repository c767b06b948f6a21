"""The facts of R4 are all there, and all of them can be used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from yigongti.exchange.fhir_r4 import definitions
from yigongti.exchange.fhir_r4.fhirpath.compiling import compiled
from yigongti.exchange.fhir_r4.rule_words import WORDS


def every_rule():
    return [(path, key, said) for path, found in definitions._facts()["rules"].items() for key, said in found]


def test_every_resource_of_r4_is_defined():
    kinds = definitions.resource_kinds()
    assert definitions.version() == "4.0.1" and len(kinds) == 146
    assert {"Patient", "Observation", "Bundle", "Parameters", "VisionPrescription"} <= kinds
    assert not kinds & {"Resource", "DomainResource", "SubscriptionStatus"}


def test_every_type_that_an_element_names_is_defined():
    facts = definitions._facts()
    for name in facts["shapes"]:
        for element in definitions.shape(name).values():
            assert element.kinds or name == "Element", (name, element)
            for kind in element.kinds:
                known = kind.code in facts["types"] or kind.code in facts["shapes"]
                assert known and set(kind.targets) <= {*definitions.resource_kinds(), "Resource"}, (name, element)


def test_elements_have_numbers_types_targets_and_codes():
    found = definitions.shape("Observation")
    assert (found["status"].least, found["status"].most) == (1, 1)
    assert definitions.codes(found["status"].value_set)["http://hl7.org/fhir/observation-status"] >= {
        "final",
        "amended",
    }
    assert found["value"].choice and {found["value"].key(kind) for kind in found["value"].kinds} >= {"valueQuantity"}
    assert found["subject"].kinds[0].targets == ("Patient", "Group", "Device", "Location")
    assert found["component"].most is None
    low = definitions.shape("Observation.referenceRange")["low"]
    assert low.kinds[0].code == "SimpleQuantity"
    assert definitions.shape("Observation.component")["referenceRange"].kinds[0].code == "Observation.referenceRange"


def test_codes_that_only_a_server_could_list_are_not_pretended():
    assert definitions.codes("http://hl7.org/fhir/ValueSet/mimetypes") is None
    assert definitions.codes("http://hl7.org/fhir/ValueSet/nothing") is None


def test_types_know_what_they_are_kinds_of():
    assert definitions.is_a("Age", "Quantity") and definitions.is_a("positiveInt", "integer")
    assert definitions.is_a("Patient", "DomainResource") and definitions.is_a("Bundle", "Resource")
    assert definitions.is_a("Patient.contact", "BackboneElement")
    assert not definitions.is_a("Bundle", "DomainResource") and not definitions.is_a("nothing", "Element")


def test_every_rule_of_the_standard_can_be_asked():
    rules = every_rule()
    assert len({key for _path, key, _said in rules}) > 150
    for _path, _key, said in rules:
        compiled(said)


def test_rules_are_put_into_words_that_exist():
    known = {key for _path, key, _said in every_rule()} | {f"{path} {key}" for path, key, _said in every_rule()}
    assert set(WORDS) - known == set()


@pytest.mark.parametrize("kind", ["Patient", "Observation", "Encounter", "Bundle", "Task"])
def test_every_search_parameter_can_be_asked(kind):
    found = definitions.search_parameters(kind)
    assert {"_id", "_lastUpdated", "_tag"} <= set(found)
    for parameter in found.values():
        compiled(parameter.expression)


def test_what_belongs_to_a_patient_is_known_by_parameters_that_exist():
    members = definitions.compartment("Patient")
    assert members["Observation"] == ("performer", "subject") and "Medication" not in members and len(members) > 60
    for kind, names in members.items():
        assert set(names) <= set(definitions.search_parameters(kind))


def test_extensions_of_the_standard_know_their_values():
    assert definitions.extension_kinds("http://hl7.org/fhir/StructureDefinition/narrativeLink") == ["url"]
    assert definitions.extension_kinds("http://example.org/own") is None


def test_nothing_of_it_needs_the_framework():
    """A checker that can be asked anywhere: by a script, in a worker, in a browser one day."""
    asked = (
        "import sys; from yigongti.exchange.fhir_r4 import patching, reading, searching, validator, writing;"
        "validator.check({'resourceType': 'Patient'}); sys.exit('django' in sys.modules or 'psycopg' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", asked], env={"PYTHONPATH": str(ROOT / "src")}, check=False).returncode
        == 0
    )
