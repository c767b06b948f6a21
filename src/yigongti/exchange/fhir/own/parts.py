"""Pieces of resources that several kinds are made of: references, concepts, moments; what is empty falls away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from yigongti.exchange.policy.fhir_own import KNOWN_SYSTEMS, OTHER_SYSTEM
from yigongti.kernel.clock import COUNTY_ZONE


Raw = Mapping[str, Any]
"""A row of ours, by column."""
Made = dict[str, Any]


def full(**parts: Any) -> Made:
    """What there is of an element; a trailing underscore keeps Python's words apart."""
    return {name.rstrip("_"): part for name, part in parts.items() if part not in (None, "", [], {})}


def address(kind: str, number: int | None) -> str:
    """How one of ours is referred to."""
    return f"{kind}/r-{number}" if number else ""


def refer(to: str | None, display: str | None = "") -> Made:
    """A reference; without an address it only says who."""
    return full(reference=to, display=display)


def coding(system: str | None, code: str | None, display: str | None = "") -> Made:
    """One code."""
    return full(system=system, code=code, display=display) if code else {}


def concept(*codings: Made, text: str | None = "") -> Made:
    """A concept: its codes, and in words."""
    return full(coding=[one for one in codings if one], text=text)


def system_of(short: str) -> str:
    """The system behind the short name that an entry keeps."""
    return KNOWN_SYSTEMS.get(short) or (OTHER_SYSTEM + short if short else "")


def at(moment: datetime | None, precision: str = "seconds") -> str | None:
    """A moment in the county's zone."""
    return moment.astimezone(COUNTY_ZONE).isoformat(timespec=precision) if moment else None


def on(day: date | None) -> str | None:
    """A day."""
    return day.isoformat() if day else None


def noted(*texts: str | None) -> list[Made]:
    """Notes, those that say something."""
    return [{"text": one} for one in texts if one]
