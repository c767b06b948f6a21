"""Each type of resource that the record has a kind for, as the columns of its entry.

A function here answers with columns, or with None for what did not happen: an appointment, a vaccine refused, a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from yigongti.exchange.fhir_facts.calls import Call, joined
from yigongti.exchange.fhir_facts.measuring import head, named_line, observed
from yigongti.exchange.fhir_facts.requests import order
from yigongti.exchange.fhir_facts.words import (
    Resource,
    bounds,
    closed_words,
    code_of,
    first_code,
    listed,
    moment,
    notes_of,
    quantity,
    said,
    said_all,
    text,
)
from yigongti.exchange.policy.known_codes import AFTER_DEATH


Columns = dict[str, Any]

CLASSES = {
    "AMB": "outpatient", "VR": "outpatient", "EMER": "emergency", "OBSENC": "emergency", "IMP": "inpatient",
    "ACUTE": "inpatient", "NONAC": "inpatient", "SS": "inpatient", "HH": "home", "FLD": "home",
    "WELLNESS": "physical_exam",
}  # fmt: skip
"""v3-ActCode, with WELLNESS as Synthea says it; any other visit is one to a clinic."""
NO_ALLERGY = frozenset({"716186003", "409137002", "429625007", "428607008", "716184000"})
"""SNOMED CT: no known allergy; none to drugs, food, the environment, latex."""
NOT_STANDING = frozenset({"inactive", "remission", "resolved"})
UNSURE = {"unconfirmed": "待确认", "provisional": "初步诊断", "differential": "鉴别诊断", "refuted": "已排除"}
ENDED = {"stopped": "已停用", "cancelled": "已取消", "completed": "已用完", "on-hold": "暂停"}


def visit(resource: Resource, call: Call) -> Columns | None:
    """Encounter."""
    if resource.get("status") in ("planned", "unknown"):
        return None
    conditions = [call.behind(one.get("condition")) or {} for one in listed(resource.get("diagnosis"))]
    coded = [code_of(one.get("code")) for one in conditions]
    reasons = said_all(resource.get("reasonCode")) or said_all([one.get("code") for one in conditions])
    kind = said_all(resource.get("type"))
    begins, ends = _period(resource.get("period"))
    place = call.named(resource.get("serviceProvider"))
    return {
        "kind": "encounter", "title": reasons or kind, "at": begins, "until": ends,
        "encounter_class": CLASSES.get(text(_class(resource).get("code")), "outpatient"),
        "diagnosis_code": next((code for system, code in coded if system == "icd10"), "")[:20],
        "author": call.named([one.get("individual") for one in listed(resource.get("participant"))]),
        "text": joined([kind if reasons else "", f"就诊机构：{place}" if place else "", *notes_of(resource)]),
        "withdrawn": resource.get("status") == "cancelled",
        "out_of_county": call.sender.institution.level == "outside",
    }  # fmt: skip


def _class(resource: Resource) -> Mapping[str, Any]:
    found = resource.get("class")
    return found if isinstance(found, dict) else {}


def _period(period: Any) -> tuple[datetime | None, datetime | None]:
    return bounds({"Period": period}, "")


def condition(resource: Resource, call: Call) -> Columns:
    """Condition: one that no longer stands has an end, that of being told where no other was sent."""
    begins, _ = bounds(resource, "onset")
    ends = next(filter(None, reversed(bounds(resource, "abatement"))), None)
    unsure = UNSURE.get(first_code(resource.get("verificationStatus")), "")
    over = first_code(resource.get("clinicalStatus")) in NOT_STANDING or unsure == UNSURE["refuted"]
    gone = any(name.startswith("abatement") for name in resource)
    return _coded(resource, "code", "condition") | {
        "at": begins or moment(resource.get("recordedDate")), "until": ends or _when_told(call, over or gone),
        "author": call.named(resource.get("recorder") or resource.get("asserter")),
        "text": joined([
            f"【{unsure}】" if unsure else "", said_all(resource.get("severity")),
            text(resource.get("onsetString")), text(resource.get("abatementString")),
            "" if ends or not over else "已不再存在（没有送来结束时间，按收到时）", *notes_of(resource),
        ]),
    }  # fmt: skip


def allergy(resource: Resource, call: Call) -> Columns:
    """AllergyIntolerance; that there is none is an observation, no warning."""
    columns = _coded(resource, "code", "allergy")
    if columns["code"] in NO_ALLERGY:
        columns["kind"] = "observation"
    begins, _ = bounds(resource, "onset")
    over = first_code(resource.get("clinicalStatus")) in NOT_STANDING
    unsure = UNSURE.get(first_code(resource.get("verificationStatus")), "")
    reactions = [said_all(one.get("manifestation")) for one in listed(resource.get("reaction"))]
    return columns | {
        "at": begins or moment(resource.get("recordedDate")),
        "until": _when_told(call, over or unsure == UNSURE["refuted"]),
        "text": joined([f"【{unsure}】" if unsure else "", *notes_of(resource)]),
        "detail": {"reaction": "、".join(filter(None, reactions))},
    }


def observation(resource: Resource, call: Call) -> Columns:
    """Observation."""
    begins, _ = bounds(resource, "effective")
    return observed(resource) | {
        "kind": "observation", "at": begins or moment(resource.get("issued")),
        "author": call.named(resource.get("performer")), "withdrawn": resource.get("status") == "cancelled",
    }  # fmt: skip


def report(resource: Resource, call: Call) -> Columns:
    """DiagnosticReport, with its results as they stand in what came along, else as they are named."""
    begins, _ = bounds(resource, "effective")
    results = [(call.behind(one), text(one.get("display"))) for one in listed(resource.get("result"))]
    lines = [named_line(found) if found else shown for found, shown in results]
    return _coded(resource, "code", "report") | {
        "at": begins or moment(resource.get("issued")),
        "author": call.named(resource.get("resultsInterpreter") or resource.get("performer")),
        "text": joined([head(resource), text(resource.get("conclusion")), said_all(resource.get("conclusionCode")),
                        *lines]),
        "withdrawn": resource.get("status") == "cancelled",
    }  # fmt: skip


def procedure(resource: Resource, call: Call) -> Columns | None:
    """Procedure."""
    if resource.get("status") in ("preparation", "not-done", "unknown"):
        return None
    begins, ends = bounds(resource, "performed")
    reasons = said_all(resource.get("reasonCode")) or call.named(resource.get("reasonReference"))
    return _coded(resource, "code", "procedure") | {
        "at": begins, "until": ends, "author": call.named([one.get("actor") for one in
                                                           listed(resource.get("performer"))]),
        "text": joined([f"原因：{reasons}" if reasons else "", said_all(resource.get("outcome")),
                        *notes_of(resource)]),
    }  # fmt: skip


def immunisation(resource: Resource, call: Call) -> Columns | None:
    """Immunization."""
    if resource.get("status") == "not-done":
        return None
    doses = [text(one.get("doseNumberString")) or str(one.get("doseNumberPositiveInt") or "")
             for one in listed(resource.get("protocolApplied"))]  # fmt: skip
    return _coded(resource, "vaccineCode", "immunisation") | {
        "at": bounds(resource, "occurrence")[0],
        "text": joined(notes_of(resource)),
        "author": call.named([one.get("actor") for one in listed(resource.get("performer"))]),
        "detail": {"batch": text(resource.get("lotNumber")), "dose_number": "、".join(filter(None, doses))},
    }


def medication(resource: Resource, call: Call) -> Columns | None:
    """MedicationRequest and MedicationStatement; one stopped without an end has that of being told."""
    if resource.get("status") in ("draft", "unknown", "not-taken", "intended") or resource.get("intent") in (
        "proposal", "plan", "option",
    ):  # fmt: skip
        return None
    behind = call.behind(resource.get("medicationReference")) or {}
    columns = _coded(resource, "medicationCodeableConcept", "medication")
    if not columns["title"]:
        columns |= _coded(behind, "code", "medication")
        columns["title"] = columns["title"] or call.named(resource.get("medicationReference"))
    begins, ends = bounds(resource, "effective")
    ended = ENDED.get(text(resource.get("status")), "")
    ends = ends or _last_dose(resource)
    return columns | {
        "at": begins or moment(resource.get("authoredOn")) or moment(resource.get("dateAsserted")),
        "until": ends or _when_told(call, bool(ended) and resource["status"] != "on-hold"),
        "author": call.named(resource.get("requester") or resource.get("informationSource")),
        "text": joined([f"【{ended}】" if ended else "", _reasons(resource, call), *notes_of(resource)]),
        "detail": {"dose": "；".join(filter(None, map(_dose, listed(resource.get("dosageInstruction")
                                                                   or resource.get("dosage")))))},
    }  # fmt: skip


def _reasons(resource: Resource, call: Call) -> str:
    reasons = said_all(resource.get("reasonCode")) or call.named(resource.get("reasonReference"))
    return f"用于：{reasons}" if reasons else ""


def _last_dose(resource: Resource) -> datetime | None:
    supply = resource.get("dispenseRequest")
    valid = supply.get("validityPeriod") if isinstance(supply, dict) else None
    repeats = [_inside(one, "timing", "repeat", "boundsPeriod") for one in listed(resource.get("dosageInstruction"))]
    return next(filter(None, (_period(one)[1] for one in [*repeats, valid])), None)


def _inside(thing: Any, *names: str) -> Any:
    for name in names:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing


def _dose(one: Resource) -> str:
    repeat, rates = _inside(one, "timing", "repeat") or {}, listed(one.get("doseAndRate"))
    often = f"每 {repeat['period']} {repeat.get('periodUnit', '')} {repeat['frequency']} 次" if (
        "period" in repeat and "frequency" in repeat) else said(_inside(one, "timing", "code"))  # fmt: skip
    amounts = [quantity(rate.get("doseQuantity")) for rate in rates]
    needed = "必要时" if one.get("asNeededBoolean") is True else ""
    return text(one.get("text")) or joined([*amounts, often, said(one.get("route")), needed], " ")


def care_plan(resource: Resource, call: Call) -> Columns | None:
    """CarePlan: what is done, and what it aims at."""
    if resource.get("status") in ("draft", "unknown"):
        return None
    begins, ends = _period(resource.get("period"))
    acts = [said(_inside(one, "detail", "code")) or text(_inside(one, "detail", "description"))
            for one in listed(resource.get("activity"))]  # fmt: skip
    goals = [said((call.behind(one) or {}).get("description")) or text(one.get("display"))
             for one in listed(resource.get("goal"))]  # fmt: skip
    about = call.named(resource.get("addresses"))
    return {
        "kind": "document", "title": text(resource.get("title")) or said_all(resource.get("category")) or "照护计划",
        "at": begins or moment(resource.get("created")), "until": ends,
        "author": call.named(resource.get("author")),
        "text": joined(["【照护计划】", text(resource.get("description")), f"针对：{about}" if about else "",
                        *(f"· {one}" for one in acts if one), *(f"目标：{one}" for one in goals if one)]),
    }  # fmt: skip


def imaging(resource: Resource, call: Call) -> Columns:
    """ImagingStudy: what was taken; the images come by DICOM."""
    series = listed(resource.get("series"))
    methods = said_all([one.get("modality") for one in series]) or said_all(resource.get("modality"))
    parts = said_all([one.get("bodySite") for one in series])
    wanted = text(resource.get("description")) or said_all(resource.get("procedureCode"))
    return {
        "kind": "imaging", "title": wanted or joined([parts, methods], " ") or "影像检查",
        "at": moment(resource.get("started")), "author": call.named(resource.get("interpreter")),
        "text": joined([f"{resource.get('numberOfInstances')} 幅" if resource.get("numberOfInstances") else "",
                        *notes_of(resource)]),
        "detail": {"modality": methods, "body_part": parts},
    }  # fmt: skip


def document(resource: Resource, call: Call) -> Columns:
    """DocumentReference and Composition: that there is a document, and its sections' titles; its bytes stay with it."""
    titles = [text(one.get("title")) for one in listed(resource.get("section"))]
    return _coded(resource, "type", "document") | {
        "title": text(resource.get("title")) or text(resource.get("description")) or said(resource.get("type")),
        "at": moment(resource.get("date")), "author": call.named(resource.get("author")),
        "text": joined([head(resource), *titles]), "withdrawn": resource.get("status") == "superseded",
    }  # fmt: skip


def _coded(resource: Resource, name: str, kind: str) -> Columns:
    system, code = code_of(resource.get(name))
    return {"kind": kind, "title": said(resource.get(name)), "system": system, "code": code}


def _when_told(call: Call, over: bool) -> datetime | None:
    return call.received_at if over else None


FINDINGS: dict[str, Callable[[Resource, Call], Columns | None]] = {
    "Encounter": visit, "Condition": condition, "AllergyIntolerance": allergy, "Observation": observation,
    "DiagnosticReport": report, "Procedure": procedure, "Immunization": immunisation, "MedicationRequest": medication,
    "MedicationStatement": medication, "CarePlan": care_plan, "ImagingStudy": imaging, "DocumentReference": document,
    "Composition": document, "ServiceRequest": order,
}  # fmt: skip


def columns_of(resource: Resource, call: Call) -> Columns | None:
    """The columns of a resource's entry; None where the record has no kind for it, and for what did not happen."""
    found = FINDINGS.get(str(resource.get("resourceType")))
    columns = found(resource, call) if found else None
    if columns is None:
        return None
    if code_of(resource.get("type") or resource.get("code")) in AFTER_DEATH:
        columns = _document_of(columns)
    wrong = "entered-in-error" in (resource.get("status"), first_code(resource.get("verificationStatus")))
    said_of_it = joined([columns.get("text", ""), closed_words(resource)])
    return columns | {"text": said_of_it, "withdrawn": bool(columns.get("withdrawn")) or wrong}


def _document_of(columns: Columns) -> Columns:
    """What is certified of a dead person is no visit of theirs."""
    visit_only = ("encounter_class", "diagnosis_code", "out_of_county", "measured")
    return {name: part for name, part in columns.items() if name not in visit_only} | {"kind": "document"}
