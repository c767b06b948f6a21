"""AL1: what a person does not bear, as the sender's register has it."""

from __future__ import annotations

from yigongti.exchange.hl7v2.datatypes import coded, moment
from yigongti.exchange.hl7v2.facts import Allergy, Person
from yigongti.exchange.hl7v2.message import Message


def read_allergies(message: Message, *, person: Person) -> list[Allergy]:
    """Every AL1 that names what it is to; one that names nothing says nothing (senders write it for "none known")."""
    found = [
        Allergy(
            person=person, kind=one[2].text.upper(), to=coded(one[3].first), severity=one[4].text.upper(),
            reactions=tuple(part.text for part in one[5] if part.text), since=moment(one[6].first),
        )
        for one in message.all("AL1")
    ]  # fmt: skip
    return [one for one in found if one.to]
