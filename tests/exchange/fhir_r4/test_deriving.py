"""The facts are derived from the definitions as HL7 publishes them, and the shipped file holds just these."""

from __future__ import annotations

import gzip
import json

import pytest

from yigongti.exchange.fhir_r4 import deriving


PROFILE = deriving.PROFILE
STRING = {"code": "http://hl7.org/fhirpath/System.String",
          "extension": [{"url": deriving.FHIR_TYPE, "valueUrl": "string"}]}  # fmt: skip


def element(path, types, least=0, most="1", **more):
    return {"path": path, "min": least, "max": most, "type": types, **more}


def rule(key, expression, severity="error", source=None):
    return {"key": key, "expression": expression, "severity": severity, "human": "x", "source": source}


KETTLE = {
    "resourceType": "StructureDefinition", "fhirVersion": "4.0.1", "name": "Kettle", "url": PROFILE + "Kettle",
    "kind": "resource", "abstract": False, "derivation": "specialization", "baseDefinition": PROFILE + "DomainResource",
    "snapshot": {"element": [
        element("Kettle", [], most="*", constraint=[
            rule("ket-1", "lid.exists()"), rule("ket-2", "x", "warning"), rule("dom-2", "contained.contained.empty()"),
        ]),
        element("Kettle.id", [STRING]),
        element("Kettle.state", [{"code": "code"}], 1,
                binding={"strength": "required", "valueSet": "http://v/hot|4.0.1"}),
        element("Kettle.kind", [{"code": "code"}], binding={"strength": "example", "valueSet": "http://v/kind"}),
        element("Kettle.holds[x]", [{"code": "Quantity", "profile": [PROFILE + "SimpleQuantity"]}, {"code": "string"}],
                constraint=[rule("qty-3", "x", source=PROFILE + "Quantity"),
                            rule("ket-3", "y", source=PROFILE + "Kettle")]),
        element("Kettle.owner", [{"code": "Reference", "targetProfile": [PROFILE + "Patient", PROFILE + "Group"]}]),
        element("Kettle.lid", [{"code": "BackboneElement"}], 0, "*"),
        element("Kettle.lid.under", [], 0, "*", contentReference="#Kettle.lid"),
    ]},
}  # fmt: skip
WARMTH = {
    "resourceType": "StructureDefinition", "fhirVersion": "4.0.1", "name": "Warmth", "url": PROFILE + "kettle-warmth",
    "kind": "complex-type", "type": "Extension", "derivation": "constraint",
    "snapshot": {"element": [element("Extension", []), element("Extension.value[x]", [{"code": "decimal"}])]},
}  # fmt: skip
OTHER = KETTLE | {"fhirVersion": "4.3.0", "name": "Pot", "url": PROFILE + "Pot"}
BY_STATE = {
    "resourceType": "SearchParameter", "url": "http://hl7.org/fhir/SearchParameter/Kettle-state", "code": "state",
    "base": ["Kettle", "Pot"], "type": "token", "expression": "Kettle.state | (Pot.state as code)",
}  # fmt: skip
HOT = {"resourceType": "ValueSet", "url": "http://v/hot", "expansion": {"contains": [
    {"system": "http://s", "code": "warm", "contains": [{"system": "http://s", "code": "hot"}]},
    {"system": "http://s", "code": "any", "abstract": True},
]}}  # fmt: skip
WITHIN = {"resourceType": "CompartmentDefinition", "id": "kitchen", "code": "Kitchen",
          "resource": [{"code": "Kettle", "param": ["state", "{def}"]}, {"code": "Pot"}]}  # fmt: skip


def test_names_numbers_and_codes_are_carried_over_and_texts_are_not(tmp_path):
    for number, one in enumerate([KETTLE, WARMTH, OTHER, BY_STATE, HOT, WITHIN]):
        (tmp_path / f"{one['resourceType']}-{number}.json").write_text(json.dumps(one), encoding="utf-8")
    assert deriving.derive(tmp_path, tmp_path) == {
        "version": "4.0.1",
        "types": {"Kettle": ["resource", "DomainResource", False]},
        "regexes": {},
        "shapes": {
            "Kettle": {
                "id": [0, 1, ["id"], ""],
                "state": [1, 1, ["code"], "http://v/hot"],
                "kind": [0, 1, ["code"], ""],
                "holds[x]": [0, 1, ["Quantity:SimpleQuantity", "string"], ""],
                "owner": [0, 1, ["Reference:Patient|Group"], ""],
                "lid": [0, -1, ["#Kettle.lid"], ""],
            },
            "Kettle.lid": {"under": [0, -1, ["#Kettle.lid"], ""]},
        },
        "rules": {"Kettle": [["ket-1", "lid.exists()"]], "Kettle.holds[x]": [["ket-3", "y"]]},
        "codes": {"http://v/hot": {"http://s": ["hot", "warm"]}},
        "extensions": {PROFILE + "kettle-warmth": ["decimal"]},
        "search": {
            "Kettle": {"state": ["token", "Kettle.state", []]},
            "Pot": {"state": ["token", "(Pot.state as code)", []]},
        },
        "compartments": {"Kitchen": {"Kettle": ["state"]}},
    }


@pytest.mark.long
@pytest.mark.needs("npm")
def test_the_shipped_facts_are_those_of_the_published_packages(fetched):
    derived = deriving.derive(fetched("hl7.fhir.r4.examples"), fetched("hl7.fhir.r4.expansions"))
    shipped = json.loads(gzip.decompress(deriving.TARGET.read_bytes()))
    assert derived == shipped
