"""What a code of a sender means on a day: data staff's newest decision for it, else the shipped page for LOINC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from yigongti.exchange.coding.models import CodeMeaning
from yigongti.exchange.fhir_facts.conversions import Unit
from yigongti.exchange.hl7v2.datatypes import Coded
from yigongti.exchange.models import Sender
from yigongti.exchange.policy.known_codes import KNOWN, SPELLINGS
from yigongti.record.queries.vocabulary import SERIES


LOINC = ("LN", "LOINC", "HTTP://LOINC.ORG", "2.16.840.1.113883.6.1")
THOUSANDTH = Decimal("0.001")
MOST_DIGITS = 9
LONGEST_CODE, LONGEST_UNIT = 60, 40


@dataclass(frozen=True, slots=True)
class Meaning:
    """A series, and how a number in the sent unit becomes one in the series' own; no series: none of ours."""

    series: str
    unit: Unit


def loinc_of(code: Coded) -> str:
    """The LOINC code that was sent, first or beside; '' without."""
    pairs = ((code.code, code.system), (code.other_code, code.other_system))
    return next((one for one, system in pairs if one and system.upper() in LOINC), "")


def code_of(code: Coded) -> str:
    """The code under which data staff find it; what has none is called by its text."""
    return (code.code or code.text).strip()[:LONGEST_CODE]


def unit_of(unit: Coded) -> str:
    """The unit as a UCUM code where its spelling is known, else as sent."""
    written = (unit.code or unit.text).strip()
    return SPELLINGS.get(written, written)[:LONGEST_UNIT]


def meaning_of(sender: Sender, code: Coded, unit: Coded, on: date) -> Meaning | None:
    """None where nobody has said it yet."""
    decided = decisions(sender).get((code_of(code), unit_of(unit)), [])
    newest = next((one for one in decided if one.begins <= on), None)
    if newest is not None:
        return Meaning(newest.series, Unit(factor=newest.factor))
    known = KNOWN.get(loinc_of(code))
    way = known.units.get(unit_of(unit)) if known else None
    return Meaning(known.series, way) if known and way else None


def decisions(sender: Sender) -> Mapping[tuple[str, str], list[CodeMeaning]]:
    """The sender's decided codes, newest first: a few, asked once a message (kept on the sender as it was read)."""
    kept = sender.__dict__.get("_code_meanings")
    if kept is None:
        kept = {}
        for one in CodeMeaning.objects.filter(sender=sender).order_by("-begins", "-pk"):
            kept.setdefault((one.code, one.unit), []).append(one)
        sender.__dict__["_code_meanings"] = kept
    return kept


def in_series(meaning: Meaning, number: Decimal) -> Decimal | None:
    """The number in the series' unit; None where no living person shows it."""
    if abs(number.adjusted()) > MOST_DIGITS:
        return None
    value = meaning.unit.converted(number).quantize(THOUSANDTH, ROUND_HALF_EVEN)
    return value if can_be(meaning.series, 0, value) else None


def can_be(series: str, place: int, value: Decimal) -> bool:
    """Whether the value lies within the limits of the series' first or second number."""
    measure = SERIES[series].measures[place]
    return measure.least <= value <= measure.greatest
