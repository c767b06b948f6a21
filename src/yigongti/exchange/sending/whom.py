"""As whom a destination asks: its institution's interface, an actor of the house without account or post."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yigongti.exchange.hl7v2.writing import Numbered, Subject
from yigongti.exchange.matching import remember
from yigongti.exchange.models import Destination, KnownPerson, Sender
from yigongti.exchange.policy.interface_role import interface
from yigongti.kernel.access.actor import Actor
from yigongti.organisations.actions import system_actor
from yigongti.record.queries import Opened


HOUSE = "YIGONGTI"


def interface_of(institution: Any, *, title: str) -> Actor:
    """The institution's interface; it reads what its role page and the bases of its institution allow."""
    unit = institution.unit
    return replace(system_actor(), person_name=title, role=interface, unit_id=unit.pk, unit_name=unit.name,
                   unit_path=unit.path, unit_kind=unit.kind)  # fmt: skip


def subject_of(opened: Opened, destination: Destination) -> Subject:
    """Who it is about, by the receiver's own numbers where its systems told them, by ours, and by ID card."""
    person = opened.resident
    known = KnownPerson.objects.filter(
        sender__institution=destination.institution_id, sender__channel="hl7v2", resident__in=opened.rows
    ).order_by("pk")
    theirs = [(one.value, *one.system.rpartition("|")[::2]) for one in known]
    ours = [(person.record_no, HOUSE, "PI"), *([(person.id_card, "CN", "NI")] if person.id_card else [])]
    numbers = [Numbered(value=value, authority=authority, type=kind) for value, authority, kind in [*theirs, *ours]]
    return Subject(numbers=numbers, name=person.name, sex=person.sex, born=person.birth_date)


def remember_ours(destination: Destination, opened: Opened) -> None:
    """Our number of a person, told to a system that also sends, means this person when that system sends it back."""
    code = f"{destination.application}|{destination.facility}"
    sender = Sender.objects.filter(channel="hl7v2", code=code[:120]).first()
    if sender is not None:
        number = (f"{HOUSE}|PI", opened.resident.record_no)
        remember(sender=sender, numbers=[number], resident=opened.resident.pk, how="told")
