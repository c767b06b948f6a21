"""FHIR files of a folder: kept and taken in at once, each with what became of it and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from yigongti.exchange import inbox
from yigongti.exchange.fhir_facts.arriving import kind_of


MARK = b'"resourceType"'
LINES = 200
"""So many lines of a bulk export are one message: what is wrong with one of them keeps no more than these back."""
FIRST = ("Patient", "Organization", "Practitioner", "Location", "Medication.", "Encounter", "Condition", "Observation")


def first_people(files: Sequence[Path]) -> list[Path]:
    """The files of a bulk export by their names: people and places first, then visits, then what refers to them."""
    return sorted(files, key=lambda path: (_rank(path.name), path.name))


def _rank(name: str) -> int:
    return next((place for place, kind in enumerate(FIRST) if name.startswith(kind)), len(FIRST))


def resources(path: Path, *, source: str) -> list[tuple[str, str]]:
    """What became of a file, message by message; a JSON file that never speaks of a resource is left to others."""
    return [_settled(body, source) for body in _bodies(path) if MARK in body]


def _bodies(path: Path) -> Iterator[bytes]:
    if path.suffix.lower() == ".ndjson":
        with path.open("rb") as lines:
            while some := b"".join(islice(lines, LINES)):
                yield some
    else:
        yield path.read_bytes()


def _settled(body: bytes, source: str) -> tuple[str, str]:
    """A repeat, or one that was loaded before the load was broken off, is found by its bytes and has no effect."""
    return inbox.settled(
        inbox.receive(
            channel="fhir", sender=f"FILE {source}", title=source, control_id="", kind=kind_of(body), body=body
        )
    )
