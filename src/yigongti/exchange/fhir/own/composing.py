"""Entries of the record as resources, each kind by a function of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from decimal import Decimal

from yigongti.exchange.fhir.own import sources as of
from yigongti.exchange.fhir.own.parts import Made, Raw, address, at, coding, concept, full, noted, refer, system_of
from yigongti.exchange.policy import fhir_own as words
from yigongti.exchange.policy.known_codes import DIASTOLIC, SYSTOLIC
from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.record.queries.vocabulary import ENCOUNTER_CLASSES, SERIES


def _subject(row: Raw) -> Made:
    return refer(address("Patient", row["master_id"]))


def _place(row: Raw) -> Made:
    return refer(address("Organization", row["place"]), row["place_name"])


def _visit(row: Raw) -> Made:
    return refer(row["visit"])


def _answers(row: Raw) -> list[Made]:
    return [refer(row["ordered"])] if row["ordered"] else []


def _code(row: Raw) -> Made:
    return concept(coding(system_of(row["system"]), row["code"]), text=row["title"])


def _detail(row: Raw, name: str) -> str:
    return str(json.loads(row["detail"]).get(name) or "")


def _stands(row: Raw) -> bool:
    return row["ends"] is None or row["ends"] > clock.now()


def _standing(row: Raw, system: str) -> Made:
    return concept(coding(system, "active" if _stands(row) else "resolved"))


def _issued(row: Raw) -> str:
    return "corrected" if row["version"] > 1 else "final"


def encounter(row: Raw) -> Made:
    """A visit: its kind as R4 has it and as the county has it, when, what for, where."""
    kind = str(row["encounter_class"])
    open_stay = row["ends"] is None and kind == "inpatient"
    label = say(ENCOUNTER_CLASSES.get(kind, kind))
    icd10 = coding(words.KNOWN_SYSTEMS["icd10"], row["diagnosis_code"])
    return full(
        status="in-progress" if open_stay else "finished",
        class_=coding(of.ACT_CODE, words.VISIT_CLASSES.get(kind, "AMB")),
        type_=[concept(coding(words.VISIT_SYSTEM, kind, label), text=label)], subject=_subject(row),
        participant=[{"individual": refer("", row["author"])}] if row["author"] else [],
        period=full(start=at(row["begins"]), end=at(row["ends"])),
        reasonCode=[concept(icd10, text=row["title"])] if row["title"] or icd10 else [], serviceProvider=_place(row),
    )  # fmt: skip


def condition(row: Raw) -> Made:
    """A diagnosis or a health problem."""
    category = "encounter-diagnosis" if row["visit"] else "problem-list-item"
    return full(
        clinicalStatus=_standing(row, of.CONDITION_STATUS), category=[concept(coding(of.CONDITION_CATEGORY, category))],
        code=_code(row), subject=_subject(row), encounter=_visit(row), onsetDateTime=at(row["begins"]),
        abatementDateTime=at(row["ends"]), recordedDate=at(row["at"]), recorder=refer("", row["author"]),
        note=noted(row["text"]),
    )  # fmt: skip


# --- observations


def observation(row: Raw) -> Made:
    """A number of a series with its unit and range, a pair as components, or what there is to read."""
    series = row["series"]
    measured = _measured(row) if series else {"valueString": row["text"]} if row["text"] else {}
    return full(
        status=_issued(row), category=_category(series), code=_series_code(row) if series else _code(row),
        subject=_subject(row), encounter=_visit(row), effectiveDateTime=at(row["begins"]), performer=[_place(row)],
        **measured, note=noted(row["text"]) if series else [],
    )  # fmt: skip


def _category(series: str | None) -> list[Made]:
    kind = "vital-signs" if series in words.VITAL_SIGNS else "laboratory"
    return [concept(coding(of.OBSERVATION_CATEGORY, kind))] if series else []


def _series_code(row: Raw) -> Made:
    series = row["series"]
    title = say(SERIES[series].title) if series in SERIES else row["title"]
    loinc = coding(of.LOINC, of.LOINC_OF[series]) if series in of.LOINC_OF else {}
    return concept(loinc, coding(words.SERIES_SYSTEM, series), text=title)


def _measured(row: Raw) -> Made:
    if row["second_value"] is None:
        return full(valueQuantity=_quantity(row, row["value"]), referenceRange=_range(row))
    parts = ((SYSTOLIC, row["value"]), (DIASTOLIC, row["second_value"]))
    return {"component": [{"code": concept(coding(of.LOINC, code)), "valueQuantity": _quantity(row, value)}
                          for code, value in parts]}  # fmt: skip


def _quantity(row: Raw, value: Decimal) -> Made:
    return full(value=_digits(value), unit=row["unit"], system=of.UNITS, code=words.UCUM.get(row["series"]))


def _digits(value: Decimal) -> Decimal:
    """Without the zeros that the column adds: 120.000 is told as 120."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short


def _range(row: Raw) -> list[Made]:
    limits = {end: _quantity(row, row[end]) for end in ("low", "high") if row[end] is not None}
    return [limits] if limits else []


# --- the others


def report(row: Raw) -> Made:
    """What a report concludes."""
    return full(
        basedOn=_answers(row), status=_issued(row), code=_code(row), subject=_subject(row), encounter=_visit(row),
        effectiveDateTime=at(row["begins"]), issued=at(row["at"], "milliseconds"), performer=[_place(row)],
        resultsInterpreter=[refer("", row["author"])] if row["author"] else [], conclusion=row["text"],
    )  # fmt: skip


def medication(row: Raw) -> Made:
    """A medicine that is or was taken."""
    dose = _detail(row, "dose")
    return full(
        status="active" if _stands(row) else "completed", medicationCodeableConcept=_code(row), subject=_subject(row),
        context=_visit(row), effectivePeriod=full(start=at(row["begins"]), end=at(row["ends"])),
        dateAsserted=at(row["at"]), dosage=[{"text": dose}] if dose else [], note=noted(row["text"]),
    )  # fmt: skip


def procedure(row: Raw) -> Made:
    """An operation or another deed."""
    when = ({"performedPeriod": full(start=at(row["begins"]), end=at(row["ends"]))} if row["ends"]
            else {"performedDateTime": at(row["begins"])})  # fmt: skip
    return full(
        status="completed", code=_code(row), subject=_subject(row), encounter=_visit(row), **when,
        performer=[{"actor": refer("", row["author"])}] if row["author"] else [], note=noted(row["text"]),
    )  # fmt: skip


def immunisation(row: Raw) -> Made:
    """A vaccine that was given."""
    dose = _detail(row, "dose_number")
    return full(
        status="completed", vaccineCode=_code(row), patient=_subject(row), encounter=_visit(row),
        occurrenceDateTime=at(row["begins"]), lotNumber=_detail(row, "batch"), performer=[{"actor": _place(row)}],
        note=noted(row["text"]), protocolApplied=[{"doseNumberString": dose}] if dose else [],
    )  # fmt: skip


def allergy(row: Raw) -> Made:
    """What somebody does not bear."""
    reaction = _detail(row, "reaction")
    return full(
        clinicalStatus=_standing(row, of.ALLERGY_STATUS), code=_code(row), patient=_subject(row),
        encounter=_visit(row), onsetDateTime=at(row["begins"]), recordedDate=at(row["at"]),
        recorder=refer("", row["author"]), note=noted(row["text"]),
        reaction=[{"manifestation": [{"text": reaction}]}] if reaction else [],
    )  # fmt: skip


def document(row: Raw) -> Made:
    """A document: its text; scans and files of it are not among what is told here."""
    data = base64.b64encode(row["text"].encode()).decode()
    return full(
        status="current", type_=_code(row), subject=_subject(row), date=at(row["begins"], "milliseconds"),
        author=[refer("", row["author"])] if row["author"] else [], custodian=_place(row), description=row["title"],
        content=[{"attachment": full(contentType="text/plain", data=data, title=row["title"])}],
        context=full(encounter=[_visit(row)] if row["visit"] else []),
    )  # fmt: skip


def imaging(row: Raw) -> Made:
    """That images or a recording were taken, and what is said of them; the images themselves go by DICOM."""
    number = _detail(row, "accession")
    return full(
        identifier=[{"system": words.ACCESSION, "value": number}] if number else [], status="available",
        subject=_subject(row), encounter=_visit(row), started=at(row["begins"]), basedOn=_answers(row),
        description=row["title"], note=noted(row["text"]),
    )  # fmt: skip


BY_KIND: dict[str, Callable[[Raw], Made]] = {
    "encounter": encounter, "condition": condition, "observation": observation, "report": report,
    "medication": medication, "procedure": procedure, "immunisation": immunisation, "allergy": allergy,
    "document": document, "imaging": imaging,
}  # fmt: skip


def entry(row: Raw) -> Made:
    """An entry as the resource of its kind."""
    return BY_KIND[row["kind"]](row)
