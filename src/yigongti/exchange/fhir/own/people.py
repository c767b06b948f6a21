"""Residents as Patient, institutions as Organization."""

from __future__ import annotations

import json
from collections.abc import Sequence

from yigongti.exchange.fhir.own.parts import Made, Raw, address, coding, concept, full, on, refer
from yigongti.exchange.policy import fhir_own as words
from yigongti.residents.queries.spelled import ETHNICITIES, PHONE_OWNERS, SEXES


def patient(row: Raw, links: Sequence[Made] = ()) -> Made:
    """A resident as registered; one that was merged into another says only that, and into whom."""
    if not row["stands"]:
        return {"active": False, "link": [_link(address("Patient", row["master_id"]), "replaced-by")]}
    own = row["phone_owner"] == "self"
    phone = {"system": "phone", "value": row["phone"]} if row["phone"] else {}
    owner = PHONE_OWNERS.get(row["phone_owner"], row["phone_owner"])
    return full(
        extension=_extensions(row), identifier=_identifiers(row), active=True, name=_names(row),
        telecom=[phone] if phone and own else [], gender=words.GENDERS[row["sex"]], birthDate=on(row["birth_date"]),
        _birthDate=_estimated() if row["birth_estimated"] else {}, deceasedDateTime=on(row["died_on"]),
        address=[{"use": "home", "text": row["lives_address"]}] if row["lives_address"] else [],
        contact=[{"relationship": [{"text": owner}], "telecom": [phone]}] if phone and not own else [],
        managingOrganization=refer(address("Organization", row["place"]), row["place_name"]),
        link=[*_replaced(row), *links],
    )  # fmt: skip


def _estimated() -> Made:
    return {"extension": [{"url": words.BIRTH_ESTIMATED, "valueBoolean": True}]}


def _extensions(row: Raw) -> list[Made]:
    """Sex and ethnicity by the national codes, which R4 has no element for."""
    sex = coding(words.SEX_SYSTEM, row["sex"], SEXES.get(row["sex"]))
    ethnicity = coding(words.ETHNICITY_SYSTEM, row["ethnicity"], ETHNICITIES.get(row["ethnicity"]))
    told = ((words.SEX_SAID, sex), (words.ETHNICITY_SAID, ethnicity))
    return [{"url": url, "valueCoding": one} for url, one in told if one]


def _identifiers(row: Raw) -> list[Made]:
    """Papers and numbers, the resident's own first; those of registrations merged into this one are old."""
    found = []
    for value, paper, bearer in json.loads(row["numbers"] or "[]"):
        system, label = words.PAPERS[paper]
        use = "official" if paper == "id_card" and bearer == row["person_id"] else "usual"
        found.append({"use": use if bearer == row["person_id"] else "old", "type": {"text": label}, "system": system,
                      "value": value})  # fmt: skip
    return [one for n, one in enumerate(found) if (one["system"], one["value"]) not in _pairs(found[:n])]


def _pairs(listed: Sequence[Made]) -> set[tuple[str, str]]:
    return {(one["system"], one["value"]) for one in listed}


def _names(row: Raw) -> list[Made]:
    """In characters, and in pinyin as the register spells it."""
    family = row["family"]
    written = full(extension=_written("IDE"), use="official", text=row["name"], family=family,
                   given=[row["name"][len(family) :]] if family and row["name"] != family else [])  # fmt: skip
    spelled = full(extension=_written("ABC"), use="official", text=row["pinyin"])
    return [written, spelled] if row["pinyin"] else [written]


def _written(how: str) -> list[Made]:
    return [{"url": words.REPRESENTATION, "valueCode": how}]


def _link(to: str, how: str) -> Made:
    return {"other": {"reference": to}, "type": how}


def _replaced(row: Raw) -> list[Made]:
    return [_link(address("Patient", number), "replaces") for number in json.loads(row["others"] or "[]")]


def beside(name: str) -> Made:
    """A link to a Patient of the same person that a client sent."""
    return _link(f"Patient/{name}", "seealso")


def organization(row: Raw) -> Made:
    """An institution of the county, or one outside that it knows."""
    numbers = [{"type": {"text": label}, "system": system, "value": row[column]}
               for column, (system, label) in words.INSTITUTION_CODES.items() if row[column]]  # fmt: skip
    return full(
        identifier=numbers, active=row["active"], type_=[concept(coding(words.INSTITUTION_KIND, row["kind"]))],
        name=row["name"], alias=[row["short_name"]] if row["short_name"] not in ("", row["name"]) else [],
        telecom=[{"system": "phone", "value": row["phone"]}] if row["phone"] else [],
        address=[{"use": "work", "text": row["address"]}] if row["address"] else [],
        partOf=refer(address("Organization", row["part_of"])),
    )  # fmt: skip
