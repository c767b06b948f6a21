"""From entries of the record to what a message says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.exchange.hl7v2.writing import Asked, Reported
from yigongti.record.queries import Row
from yigongti.record.queries.ordered import PRIORITIES


CONTROLS = {"placed": "NW", "cancelled": "CA"}
"""What a performer is told of an order; how far it is, the performer itself says."""
SYSTEMS = {"loinc": "LN", "snomed": "SCT", "icd10": "I10", "icd9": "I9C"}
"""Code systems as HL7 v2 calls them (table 0396)."""


def order_of(row: Row, *, known: bool) -> Asked | None:
    """An order for its performer: new, changed where it is `known` there, or taken back; None for anything else."""
    control = CONTROLS.get(row.detail.get("state", ""))
    if control is None or (control == "CA" and not known):
        return None
    return _asked(row, "XO" if known and control == "NW" else control, reason=row.text.replace("\n", "；"),
                  institution=row.institution_name)  # fmt: skip


def result_of(row: Row, order: Row | None) -> tuple[Asked, Reported]:
    """A report, under the numbers of the order that it answers."""
    said = _said(row)
    status = str(said.get("status", "")) or ("C" if row.version > 1 else "F")
    asked = _asked(row, "RE", status="CM" if status in ("F", "C") else "IP", order=order)
    report = Reported(
        observed=row.at, reported=row.entered_at, status=status, section=str(said.get("section", "")),
        reader=row.author, producer=row.institution_name, results=said.get("results", ()), text=row.text,
    )  # fmt: skip
    return asked, report


def _said(row: Row) -> Mapping[str, Any]:
    """The lossless form in which HL7 told it; nothing for what came otherwise, whose text is sent."""
    found = row.detail.get("hl7v2", {})
    return found if isinstance(found, dict) else {}


def _asked(row: Row, control: str, *, status: str = "", reason: str = "", institution: str = "",
           order: Row | None = None) -> Asked:  # fmt: skip
    told = _said(row).get("asked", {})
    first = _said(order).get("asked", {}) if order else told
    placer = first.get("placer") or _number(order or row, "placer")
    service = {"code": row.code, "text": row.title, "system": SYSTEMS.get(row.system, row.system)}
    urgency = str(told.get("priority", "")) or PRIORITIES.get(str(row.detail.get("priority", "")), "")
    return Asked(
        control=control, status=status, placer=placer, filler=told.get("filler") or _number(row, "filler"),
        service=told.get("service") or service,
        ordered=order.at if order else row.at if control != "RE" else None,
        by=(order or row).author if control != "RE" or order else "", institution=institution,
        priority=urgency, reason=reason,
    )  # fmt: skip


def _number(row: Row, name: str) -> Mapping[str, str] | None:
    return {"value": str(row.detail[name])} if row.detail.get(name) else None
