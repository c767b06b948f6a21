"""What the datatypes of FHIR say, in plain words and values: concepts, quantities, times, names, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from yigongti.exchange.fhir_r4.spans import span_of
from yigongti.exchange.policy.fhir_systems import ICD10


Resource = Mapping[str, Any]

SYSTEMS = {
    **dict.fromkeys(ICD10, "icd10"), "http://snomed.info/sct": "snomed", "http://loinc.org": "loinc",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd9", "urn:oid:2.16.156.10011.2.3.3.12": "icd9",
    "http://hl7.org/fhir/sid/cvx": "cvx", "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://dicom.nema.org/resources/ontology/DCM": "dcm",
}  # fmt: skip
"""Code systems by the short name that an entry keeps; the OID is that of ICD-9-CM-3 in WS/T 500."""
_MIND, _USE = "精神卫生（比照精神障碍保密）", "物质使用（比照精神障碍保密）"
CLOSED = {
    "PSY": _MIND, "PSYTHPN": _MIND, "BH": _MIND, "SUD": _USE, "ETH": _USE, "ETHUD": _USE, "OPIOIDUD": _USE,
    "HIV": "HIV", "STD": "性病", "SEX": "性与生殖健康（比照性病、避孕保密）",
}  # fmt: skip
"""Security labels of HL7 (v3-ActCode), in words by which the record knows what is specially protected."""
MOST_DECIMALS = 6
COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_DIGITS = re.compile(r"\d+")
_UNSEEN = str.maketrans("", "", "\u200b\u200c\u200d\ufeff")


def listed(value: Any) -> list[Resource]:
    """The objects of a list, or the one object."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def text(value: Any) -> str:
    """A string without invisible letters; '' for anything else."""
    return " ".join(value.translate(_UNSEEN).split()) if isinstance(value, str) else ""


def said(concept: Any) -> str:
    """A CodeableConcept or Coding for people: its text, else what its best coding displays, else the code."""
    for one in listed(concept):
        own = text(one.get("text")) or text(one.get("display"))
        shown = [text(part.get("display")) for part in listed(one.get("coding"))]
        codes = [text(part.get("code")) for part in [*listed(one.get("coding")), one]]
        found = next(filter(None, [own, *shown, *codes]), "")
        if found:
            return found
    return ""


def said_all(concepts: Any) -> str:
    """Several, one after the other."""
    return "、".join(dict.fromkeys(filter(None, (said(one) for one in listed(concepts)))))


def code_of(concept: Any) -> tuple[str, str]:
    """System and code of a concept: ICD-10 where it is given, else the first."""
    codings = [part for one in listed(concept) for part in listed(one.get("coding")) if text(part.get("code"))]
    named = [(_system(text(part.get("system"))), text(part["code"])) for part in codings]
    best = next((one for one in named if one[0] == "icd10"), named[0] if named else ("", ""))
    return best[0][:24], best[1][:40]


def _system(address: str) -> str:
    return SYSTEMS.get(address) or address.rstrip("/").rpartition("/")[2].rpartition(":")[2]


def codes_in(concept: Any, system: str) -> list[str]:
    """All codes of one system."""
    return [text(part.get("code")) for one in listed(concept) for part in listed(one.get("coding"))
            if part.get("system") == system]  # fmt: skip


def first_code(concept: Any) -> str:
    """The code of a concept with one coding, as of a status."""
    return next((text(part.get("code")) for one in listed(concept) for part in listed(one.get("coding"))), "")


def moment(value: Any) -> datetime | None:
    """The first moment of a date or dateTime, by the county's calendar where no zone is written."""
    span = span_of(value)
    return span.low if span else None


def day(value: Any) -> date | None:
    """The day as it was written; the first one of a month or a year."""
    parts = text(value)[:10].split("-")
    try:
        return date(*[*map(int, parts), 1, 1][:3]) if parts[0] else None
    except ValueError:
        return None


def bounds(resource: Resource, name: str) -> tuple[datetime | None, datetime | None]:
    """Begin and end of a choice like onset[x]: a dateTime, an instant or a Period."""
    for kind in ("DateTime", "Instant", "Date"):
        found = moment(resource.get(f"{name}{kind}"))
        if found:
            return found, None
    period = resource.get(f"{name}Period")
    return (moment(period.get("start")), moment(period.get("end"))) if isinstance(period, dict) else (None, None)


def number(value: Any) -> Decimal | None:
    """A number as it was written."""
    return Decimal(str(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def quantity(value: Any) -> str:
    """A Quantity to read: ≥5.40 mmol/L."""
    given = number(value.get("value")) if isinstance(value, dict) else None
    if given is None:
        return ""
    sign = COMPARATORS.get(text(value.get("comparator")), "")
    return f"{sign}{_shown(given, str(value['value']))} {text(value.get('unit')) or text(value.get('code'))}".strip()


def _shown(given: Decimal, written: str) -> str:
    """Digits as sent; of more decimals than any instrument has, the first six, and a sign that says so."""
    if -int(given.as_tuple().exponent) <= MOST_DECIMALS:
        return written
    return f"≈{given.normalize(Context(prec=6))}"


def value_of(resource: Resource) -> str:
    """Whatever value[x] an observation or a component has, to read."""
    for name, value in resource.items():
        if name.startswith("value") and len(name) > len("value"):
            return _value(name.removeprefix("value"), value)
    absent = said(resource.get("dataAbsentReason"))
    return f"没有结果（{absent}）" if absent else ""


def _value(kind: str, value: Any) -> str:
    if kind == "Quantity":
        return quantity(value)
    if kind == "CodeableConcept":
        return said(value)
    if kind == "Boolean":
        return "是" if value is True else "否"
    if kind in ("Range", "Ratio", "Period"):
        ends = {"Range": ("low", "high"), "Ratio": ("numerator", "denominator"), "Period": ("start", "end")}[kind]
        parts = [quantity(value.get(end)) or text(value.get(end)) for end in ends]
        return ("：" if kind == "Ratio" else "–").join(parts)
    return text(value) if isinstance(value, str) else str(value) if isinstance(value, int | Decimal) else ""


def range_of(resource: Resource) -> str:
    """The reference range to read."""
    for one in listed(resource.get("referenceRange")):
        ends = [quantity(one.get(end)) for end in ("low", "high")]
        shown = "–".join(ends) if all(ends) else f"≥{ends[0]}" if ends[0] else f"≤{ends[1]}" if ends[1] else ""
        return text(one.get("text")) or shown
    return ""


def notes_of(resource: Resource) -> list[str]:
    """What was remarked."""
    return [text(one.get("text")) for one in listed(resource.get("note")) if text(one.get("text"))]


def closed_words(resource: Resource) -> str:
    """What its security labels say of special protection: in words that close the entry as a diagnosis would."""
    meta = resource.get("meta")
    labels = [text(one.get("code")) for one in listed(meta.get("security"))] if isinstance(meta, dict) else []
    words = "、".join(dict.fromkeys(CLOSED[label] for label in labels if CLOSED.get(label)))
    return f"来源方标注保密：{words}" if words else ""


def name_of(names: Any) -> str:
    """What somebody is called: the official name first, Chinese without a blank, others as Given Family.

    Digits fall away: generators of test data (Synthea) append them to say that a name is made up; nobody bears them.
    """
    ranked = sorted(listed(names), key=lambda one: _RANKS.get(text(one.get("use")), 2))
    for one in ranked:
        family = text(one.get("family"))
        given = [text(part) for part in one.get("given") or () if isinstance(part, str)]
        whole = text(one.get("text")) or _joined(family, given)
        if whole:
            return _DIGITS.sub("", whole).strip()
    return ""


_RANKS = {"official": 0, "usual": 1, "temp": 3, "nickname": 3, "anonymous": 3, "old": 4, "maiden": 4}


def _joined(family: str, given: Sequence[str]) -> str:
    if _CHINESE.search(family) or (not family and any(map(_CHINESE.search, given))):
        return "".join([family, *given])
    return " ".join(filter(None, [*given, family]))


def address_of(addresses: Any) -> str:
    """Where somebody lives, in one line: home before others, never one that is no longer theirs."""
    own = [one for one in listed(addresses) if one.get("use") != "old"]
    for one in sorted(own, key=lambda each: each.get("use") != "home"):
        lines = [text(part) for part in one.get("line") or () if isinstance(part, str)]
        places = [text(one.get(part)) for part in ("state", "city", "district")]
        chinese = any(map(_CHINESE.search, [*places, *lines]))
        whole = [*places, *lines] if chinese else [*lines, *reversed(places), text(one.get("postalCode"))]
        return text(one.get("text")) or ("" if chinese else ", ").join(filter(None, whole))
    return ""


def references(value: Any) -> Iterator[str]:
    """Every address that is referred to anywhere below, but what is contained."""
    if isinstance(value, dict):
        said = value.get("reference")
        if isinstance(said, str) and not said.startswith("#"):
            yield said.partition("#")[0]
        for child in value.values():
            if isinstance(child, dict | list):
                yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)
