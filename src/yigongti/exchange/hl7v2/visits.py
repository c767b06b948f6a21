"""PV1, PV2 and DG1: a visit, what happened to it and why the patient came."""

from __future__ import annotations

from yigongti.exchange.hl7v2.datatypes import Staff, coded, identifier, moment, place, staff
from yigongti.exchange.hl7v2.facts import Diagnosis, Person, Visit
from yigongti.exchange.hl7v2.message import Field, Segment


HAPPENED = {
    "A01": "admitted", "A02": "transferred", "A03": "discharged", "A04": "registered", "A05": "pre-admitted",
    "A08": "updated", "A11": "cancelled", "A13": "cancelled",
}  # fmt: skip
CANCELS = {"A11": ("A01", "A04"), "A13": ("A03",)}
"""HL7 v2.5.1 chapter 3: A11 takes back an admission or a visit, A13 a discharge."""


def read_visit(
    pv1: Segment,
    *,
    person: Person | None,
    event: str = "",
    pv2: Segment | None = None,
    evn: Segment | None = None,
    diagnoses: tuple[Diagnosis, ...] = (),
) -> Visit:
    """The visit of a PV1; `event` is the ADT event, '' where the message is about something else."""
    return Visit(
        person=person,
        happened=HAPPENED.get(event, "mentioned"),
        cancels=CANCELS.get(event, ()),
        number=identifier(pv1[19].first, type="VN"),
        account=person.account if person else None,
        kind=pv1[2].text.upper(),
        place=place(pv1[3].first),
        before=place(pv1[6].first),
        service=pv1[10].text,
        attending=all_staff(pv1[7]),
        admitted=moment(pv1[44].first),
        discharged=moment(pv1[45].first),
        left_to=pv1[36].text,
        diagnoses=diagnoses,
        reason=coded(pv2[3].first).says if pv2 else "",
        occurred=(moment(evn[6].first) or moment(evn[2].first)) if evn else None,
    )


def read_diagnosis(dg1: Segment) -> Diagnosis:
    """The diagnosis of a DG1; DG1-4 is the text of systems before 2.4."""
    code = coded(dg1[3].first)
    if dg1[4] and not code.text:
        code = type(code)(code.code, dg1[4].whole, code.system or dg1[2].text)
    return Diagnosis(code, dg1[6].text.upper(), moment(dg1[5].first), staff(dg1[16].first), dg1[15].text)


def all_staff(sent: Field) -> tuple[Staff, ...]:
    """Everybody in a field of XCN."""
    return tuple(made for part in sent if (made := staff(part)))
