"""Resources of our own, and how they are sent: as a Bundle, through the inbox, like any file."""

import json

from yigongti.exchange import inbox
from yigongti.exchange.models import KnownEntry, Message
from yigongti.record.models import Entry


LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
MET = "2026-03-02T09:00:00+08:00"


def concept(system, code, display=""):
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def patient(name="p1", **changed):
    changed = {"name" if key == "named" else key: part for key, part in changed.items()}
    made = {
        "resourceType": "Patient", "id": name, "identifier": [{"system": "urn:his", "value": f"N-{name}"}],
        "name": [{"use": "official", "family": "赵", "given": ["老四"]}], "gender": "male", "birthDate": "1972-11-05",
    }  # fmt: skip
    return {key: part for key, part in (made | changed).items() if part is not None}


def encounter(number="e1", of="p1", **changed):
    return {
        "resourceType": "Encounter", "id": number, "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [{"text": "内科门诊"}], "subject": {"reference": f"Patient/{of}"},
        "period": {"start": MET, "end": "2026-03-02T09:20:00+08:00"},
    } | changed  # fmt: skip


def observation(number="o1", of="p1", code="2339-0", value="5.6", unit="mmol/L", **changed):
    quantity = {"value": json.loads(value), "unit": unit, "system": UCUM, "code": unit}
    return {
        "resourceType": "Observation", "id": number, "status": "final", "code": concept(LOINC, code, "名称"),
        "subject": {"reference": f"Patient/{of}"}, "effectiveDateTime": MET, "valueQuantity": quantity,
    } | changed  # fmt: skip


def pressure(upper, lower, number="bp1"):
    parts = [{"code": concept(LOINC, code), "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM,
                                                              "code": "mm[Hg]"}}
             for code, value in (("8480-6", upper), ("8462-4", lower))]  # fmt: skip
    made = observation(number, code="85354-9", component=parts)
    del made["valueQuantity"]
    return made


def condition(number="c1", of="p1", code="I10.x00", system=ICD10, says="原发性高血压", **changed):
    return {
        "resourceType": "Condition", "id": number, "code": concept(system, code, says) | {"text": says},
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "subject": {"reference": f"Patient/{of}"}, "onsetDateTime": "2020-05", "recordedDate": "2020-06-01",
    } | changed  # fmt: skip


def simple(kind, number="x1", subject="subject", **elements):
    return {"resourceType": kind, "id": number, subject: {"reference": "Patient/p1"}} | elements


def bundle(*resources, kind="collection"):
    entries = [{"fullUrl": f"http://his.example/fhir/{one['resourceType']}/{one['id']}", "resource": one}
               for one in resources]  # fmt: skip
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def transaction(*resources):
    """As a client sends what has no id yet: named by urn:uuid."""
    entries = []
    for one in resources:
        inner = {name: part for name, part in one.items() if name != "id"}
        entries.append({"fullUrl": urn(one["id"]), "resource": inner,
                        "request": {"method": "POST", "url": one["resourceType"]}})  # fmt: skip
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def urn(number):
    return f"urn:uuid:00000000-0000-4000-8000-{number.encode().hex():0>12}"


def keep(thing, source="his"):
    body = thing if isinstance(thing, bytes) else json.dumps(thing, ensure_ascii=False).encode()
    return inbox.receive(channel="fhir", sender=source, title=source, control_id="", kind="Bundle", body=body)


def sent(*resources, source="his") -> Message:
    """What became of one Bundle with these resources."""
    thing = resources[0] if len(resources) == 1 else bundle(*resources)
    kept = keep(thing, source)
    inbox.take_in(kept.id)
    return Message.objects.get(pk=kept.id)


def known(part) -> dict:
    """What the entry of each resource says in a column, by the address that its sender gave it."""
    rows = KnownEntry.objects.filter(kind="resource").values_list("value", "sender_id", f"entry__{part}")
    return {value.replace(f"/{sender}-", "/"): said for value, sender, said in rows}


def only(kind) -> Entry:
    """The one entry of a kind that stands."""
    return Entry.objects.get(kind=kind, replaced_by=None)
