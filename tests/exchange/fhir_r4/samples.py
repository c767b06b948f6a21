"""Right resources of our own, made anew for each test, which may spoil them."""

from __future__ import annotations

import json
from decimal import Decimal


DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>血压 128/82 mmHg</p></div>'
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
MOTHER = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


def patient():
    """A resident with name in characters and pinyin."""
    return {
        "resourceType": "Patient",
        "id": "p1",
        "meta": {"lastUpdated": "2026-02-28T09:30:00.120+08:00"},
        "text": {"status": "generated", "div": DIV},
        "identifier": [{"use": "official", "system": "urn:oid:2.16.156.10011.1.3", "value": "140781199003071234"}],
        "active": True,
        "name": [
            {"use": "official", "text": "王秀英", "family": "王", "given": ["秀英"]},
            {"text": "Wang Xiuying", "family": "Wang", "_family": {"id": "py"}},
        ],
        "telecom": [{"system": "phone", "value": "13800000000"}, {"system": "email", "value": "w@example.org"}],
        "gender": "female",
        "birthDate": "1990-03-07",
        "deceasedBoolean": False,
        "address": [{"text": "晋中市介休市绵山镇", "city": "晋中市", "district": "介休市"}],
        "contact": [{"name": {"text": "王强"}}],
        "managingOrganization": {"reference": "Organization/o1"},
        "generalPractitioner": [{"reference": "Practitioner/d1"}],
    }


def observation():
    """A blood pressure with two components."""
    return {
        "resourceType": "Observation",
        "id": "b1",
        "status": "final",
        "category": [{"coding": [{"system": "http://example.org/c", "code": "vital-signs"}], "text": "体征"}],
        "code": {"coding": [{"system": LOINC, "code": "85354-9", "display": "血压"}]},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "effectiveDateTime": "2026-02-28T09:30:00+08:00",
        "performer": [{"identifier": {"system": "http://example.org/n", "value": "7"}, "type": "Practitioner"}],
        "component": [component("8480-6", "128.0"), component("8462-4", "82")],
    }


def component(code, number):
    """One half of a blood pressure."""
    value = Decimal(number) if "." in number else int(number)
    return {
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
    }


def transaction():
    """A mother and her child, named by urn: until they have ids."""
    child = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "体重"},
        "subject": {"reference": MOTHER},
        "valueQuantity": {"value": Decimal("52.30"), "unit": "kg"},
    }
    mother = {**patient()}
    del mother["id"]
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": MOTHER, "resource": mother, "request": {"method": "POST", "url": "Patient"}},
            {"resource": child, "request": {"method": "POST", "url": "Observation"}},
            {"request": {"method": "DELETE", "url": "Observation/9"}},
        ],
    }


def medication_request():
    """A prescription with the medicine inside."""
    return {
        "resourceType": "MedicationRequest",
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "氨氯地平"}}],
        "status": "active",
        "intent": "order",
        "medicationReference": {"reference": "#m"},
        "subject": {"reference": "Patient/p1"},
        "dosageInstruction": [
            {
                "timing": {
                    "repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {"start": "2026-03"}}
                }
            }
        ],
    }


def encoded(resource):
    """As a sender would write it."""
    return json.dumps(resource, ensure_ascii=False, default=float).encode()
