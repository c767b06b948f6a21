"""FHIR files of a folder: kept and taken in at once, each with what became of it and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from yigongti.exchange import inbox
from yigongti.exchange.fhir_facts.arriving import kind_of
from yigongti.exchange.models import Arrival, Message


MARK = b'"resourceType"'
LINES = 200
"""So many lines of a bulk export are one message: what is wrong with one of them keeps no more than these back."""
FIRST = ("Patient", "Organization", "Practitioner", "Location", "Medication.", "Encounter", "Condition", "Observation")


def first_people(files: Sequence[Path]) -> list[Path]:
    """The files of a bulk export by their names: people and places first, then visits, then what refers to them."""
    return sorted(files, key=lambda path: (_rank(path.name), path.name))


def _rank(name: str) -> int:
    return next((place for place, kind in enumerate(FIRST) if name.startswith(kind)), len(FIRST))


def resources(path: Path, *, source: str, moved: Callable[[int], None] = lambda more: None) -> list[tuple[str, str]]:
    """What became of a file, message by message; a JSON file that never speaks of a resource is left to others.

    `moved` hears of the bytes that are done with. A load that was broken off goes on behind what it had committed.
    """
    said = []
    for body in _bodies(path):
        if MARK in body:
            said.append(_settled(body, source))
        moved(len(body))
    return said


def _bodies(path: Path) -> Iterator[bytes]:
    if path.suffix.lower() == ".ndjson":
        with path.open("rb") as lines:
            while some := b"".join(islice(lines, LINES)):
                yield some
    else:
        yield path.read_bytes()


def _settled(body: bytes, source: str) -> tuple[str, str]:
    """What was loaded before is found by its bytes and has no effect; kept and not yet taken in, it is now."""
    sender, digest = f"FILE {source}", hashlib.sha256(body).hexdigest()
    earlier = Arrival.objects.filter(sender__channel="fhir", sender__code=sender[:120], control_id=digest)
    for number in earlier.values_list("message_id", flat=True):
        if inbox.take_in(number):
            return Message.objects.values_list("state", "reason").get(pk=number)
        return "superseded", f"与第 {number} 号相同，已收过"
    return inbox.settled(
        inbox.receive(channel="fhir", sender=sender, title=source, control_id="", kind=kind_of(body), body=body)
    )
