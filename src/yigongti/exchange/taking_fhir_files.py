"""FHIR messages by the inbox: what files bring goes into the FHIR store as any client's would, and to the record.

A resource keeps the id that its file gives it: as it is where it is a UUID, else behind the number of its sender, so
that Patient/1 of two hospitals are two patients. References follow. The same file again changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection

from yigongti.exchange import inbox
from yigongti.exchange.fhir.calls import NOT_STORED
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.models import Client
from yigongti.exchange.fhir.scopes import scopes_of
from yigongti.exchange.fhir.wishes import Wish
from yigongti.exchange.fhir.writing import Written, carried_out
from yigongti.exchange.fhir_facts.arriving import PLACED, Sent, opened
from yigongti.exchange.fhir_facts.calls import OUTCOMES, address_of
from yigongti.exchange.fhir_facts.known import KIND
from yigongti.exchange.fhir_facts.persons import PATIENT
from yigongti.exchange.fhir_facts.words import Resource, references
from yigongti.exchange.fhir_r4.relinking import relinked
from yigongti.exchange.inbox import Taken
from yigongti.exchange.models import KnownEntry, KnownPerson, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.kernel.refusal import Refusal, Refusals


UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
RELATIVE = re.compile(r"([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
EVERYTHING = scopes_of("system/*.cruds")
NOWHERE = "inbox:"
"""Files have no address of their own on the web: what is absolute in them is somebody else's."""


class AnsweredThen(Refusal):
    """这是客户端经接口送来的，当时已答复不收：请来源方改好后再送。"""


@inbox.reads("fhir")
def take(sender: Sender, body: bytes, received_at: datetime) -> Taken:
    """Take a Bundle, a resource or lines of resources in. Raises what R4, the store or the record refuses."""
    if Client.objects.filter(sender=sender).exists():
        raise AnsweredThen
    sent = opened(body)
    _alone(sender)
    by = Caller(client=0, actor=the_inbox(), sender=sender.pk, scopes=EVERYTHING)
    addresses = _addresses(sent, sender)
    last = {address_of(one): one for one in sent.resources}
    wishes = [_wish(one, addresses) for one in last.values() if one["resourceType"] not in NOT_STORED]
    wishes += [_deletion(address, sender) for address in sent.deleted]
    try:
        written = carried_out(wishes, by=by, base=NOWHERE, checked=True)
    except Refusals as many:
        raise Refusals([_as_sent(one, sender) for one in many.all]) from many
    except Refusal as one:
        raise _as_sent(one, sender) from one
    return Taken(persons=written.persons, done=[*written.said, *_lines(sent, last, written)])


def _as_sent(refusal: Refusal, sender: Sender) -> Refusal:
    """With the ids that the file gave: by these its sender finds what is wrong."""
    ours = f"/{sender.pk}-"
    facts = {name: fact.replace(ours, "/") if type(fact) is str else fact for name, fact in refusal.facts.items()}
    return type(refusal)(field=refusal.field.replace(ours, "/"), rule=refusal.rule, **facts)


def _alone(sender: Sender) -> None:
    """One message of a sender after the other: two that bring the same new resource do not race for its id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"exchange.fhir|{sender.pk}"])


def _wish(resource: Resource, addresses: Mapping[str, str]) -> Wish:
    kind, _, name = addresses[address_of(resource)].partition("/")
    moved: dict[str, Any] = {**relinked(dict(resource), addresses), "id": name}
    return Wish(method="PUT", kind=kind, id=name, resource=moved, place=address_of(resource))


def _deletion(address: str, sender: Sender) -> Wish:
    kind, _, name = _in_store(address, sender).partition("/")
    return Wish(method="DELETE", kind=kind, id=name, place=address)


def _lines(sent: Sent, last: Mapping[str, Resource], written: Written) -> Iterator[str]:
    """What the record was not told of: the same again, what no store takes, and what a later one has replaced."""
    unchanged = Counter(("same", one.kind) for one in written.done if not one.changed)
    not_stored = Counter(("kept", one["resourceType"]) for one in last.values() if one["resourceType"] in NOT_STORED)
    all_sent = Counter(("again", one["resourceType"]) for one in sent.resources)
    again = all_sent - Counter(("again", one["resourceType"]) for one in last.values())
    for (outcome, kind), count in sorted((unchanged + not_stored + again).items()):
        yield f"{kind}：{OUTCOMES[outcome]} {count}"


# --- addresses


def _addresses(sent: Sent, sender: Sender) -> dict[str, str]:
    """What everything that is referred to is called in the store."""
    own = {address_of(one): _in_store(address_of(one), sender) for one in sent.resources}
    named = {address: own[theirs] for address, theirs in sent.ids.items()}
    found = own | named
    asked = {one for resource in sent.resources for one in references(resource)} - set(found)
    for one in asked:
        if whole := RELATIVE.fullmatch(one):
            found[one] = _in_store(whole[1], sender)
    return found | _told_before(asked - set(found), own, sender)


def _told_before(absolute: Iterable[str], own: Mapping[str, str], sender: Sender) -> dict[str, str]:
    """Addresses on the sender's own server, where what they end in came along or has come before."""
    ends = {one: _in_store(placed[1], sender) for one in absolute if (placed := PLACED.fullmatch(one))}
    asked = list(ends.values())
    entries = KnownEntry.objects.filter(sender=sender, kind=KIND, value__in=asked).values_list("value", flat=True)
    people = KnownPerson.objects.filter(sender=sender, system=PATIENT, value__in=asked).values_list("value", flat=True)
    known = {*entries, *people, *own.values()}
    return {one: end for one, end in ends.items() if end in known}


def _in_store(address: str, sender: Sender) -> str:
    kind, _, name = address.partition("/")
    if UUID.fullmatch(name):
        return address
    named = f"{sender.pk}-{name}"
    return f"{kind}/{named if len(named) <= 64 else f'{sender.pk}-{sha256(name.encode()).hexdigest()[:32]}'}"
