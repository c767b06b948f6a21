"""What a shared document says of itself: number and version, title and time, whose it is, who made it.

WS/T 500 documents are HL7 CDA (R2): recordTarget/patientRole names the person, with the resident ID card under the OID
2.16.156.10011.1.3 (WS/T 500.1). The body is kept whole and not computed with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element

from yigongti.exchange.policy.fhir_systems import ID_CARD
from yigongti.exchange.waveforms.safe_xml import tree
from yigongti.kernel import clock
from yigongti.kernel.refusal import BadValue


SEXES = {"1": "1", "2": "2", "M": "1", "F": "2"}
TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:\.\d+)?(Z|[+-]\d{4})?")
CARDS = frozenset(one.removeprefix("urn:oid:") for one in ID_CARD)


class NoDocument(BadValue):
    """共享文档读不了：{problem}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDocument:
    """The header of a document; what was not said is '' or None. `numbers` are whose it is, as (root, extension)."""

    number: str
    family: str
    """The set of versions it belongs to (setId), else the document that it replaces, else its own number."""
    kind: str
    title: str
    made: datetime | None
    numbers: tuple[tuple[str, str], ...]
    id_card: str
    name: str
    sex: str
    born: date | None
    authors: str
    institution: str
    sections: tuple[str, ...]


def is_document(data: bytes) -> bool:
    """Whether the bytes begin like a clinical document: enough to tell whose door it is."""
    return re.search(rb"<(?:\w+:)?ClinicalDocument[\s>]", data[:4096]) is not None


def read(data: bytes) -> SharedDocument:
    """The header. Raises what the XML reader refuses, and NoDocument without a number of its own."""
    root = tree(data)
    if root.tag != "ClinicalDocument":
        raise NoDocument(field="ClinicalDocument", problem="根元素不是 ClinicalDocument")
    number = _identifier(root.find("id"))
    if not number:
        raise NoDocument(field="id", problem="没有文档编号")
    role, replaced = (
        root.find("recordTarget/patientRole"),
        root.find("relatedDocument[@typeCode='RPLC']/parentDocument"),
    )
    person = role.find("patient") if role is not None else None
    numbers = tuple(_numbers(role))
    return SharedDocument(
        number=number, family=_identifier(root.find("setId")) or _family(replaced) or number,
        kind=_attribute(root, "code", "code"), title=_text(root, "title") or _attribute(root, "code", "displayName"),
        made=moment(_attribute(root, "effectiveTime", "value")), numbers=numbers,
        id_card=next((value for system, value in numbers if system in CARDS), ""),
        name=_text(person, "name"), sex=SEXES.get(_attribute(person, "administrativeGenderCode", "code"), ""),
        born=_day(_attribute(person, "birthTime", "value")),
        authors="、".join(filter(None, map(_said, root.findall("author/assignedAuthor/assignedPerson/name")))),
        institution=_text(root, "custodian/assignedCustodian/representedCustodianOrganization/name")
        or _text(root, "author/assignedAuthor/representedOrganization/name"),
        sections=tuple(_sections(root)),
    )  # fmt: skip


def moment(text: str) -> datetime | None:
    """YYYYMMDD with what follows of it; without a zone the county's."""
    found = TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, *rest, zone = found.groups()
    hour, minute, second = (int(one or 0) for one in rest)
    try:
        bare = datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - its zone follows
        return datetime.strptime(f"{bare:%Y%m%d%H%M%S}{zone}", "%Y%m%d%H%M%S%z") if zone else _local(bare)
    except ValueError:
        return None


def _local(bare: datetime) -> datetime:
    return bare.replace(tzinfo=clock.COUNTY_ZONE)


def _day(text: str) -> date | None:
    found = moment(text[:8])
    return found.date() if found else None


def _numbers(role: Element | None) -> Iterator[tuple[str, str]]:
    """Every number of the person, wherever the document has it: beside the role or with the person."""
    if role is None:
        return
    for one in (*role.findall("id"), *role.findall("patient/id")):
        value = (one.get("extension") or "").strip()
        if value and value not in ("-", "/"):
            yield (one.get("root") or "").strip()[:80], value[:120]


def _identifier(element: Element | None) -> str:
    if element is None:
        return ""
    return "|".join(filter(None, (element.get("root", "").strip(), element.get("extension", "").strip())))[:200]


def _family(replaced: Element | None) -> str:
    if replaced is None:
        return ""
    return _identifier(replaced.find("setId")) or _identifier(replaced.find("id"))


def _attribute(element: Element | None, path: str, name: str) -> str:
    found = element.find(path) if element is not None else None
    return (found.get(name) or "").strip() if found is not None else ""


def _text(element: Element | None, path: str) -> str:
    return _said(element.find(path)) if element is not None else ""


def _said(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split())[:200] if element is not None else ""


def _sections(root: Element) -> Iterator[str]:
    for one in root.findall("component/structuredBody/component/section"):
        said = _text(one, "title") or _attribute(one, "code", "displayName")
        if said:
            yield said
