"""What data staff gave to the wrong person comes back: out of the record, the number forgotten, the messages waiting.

With it comes what the sender's number has brought to the same person since. Locks are taken in the order in which an
object is taken in: images, study, number, what is known of the number, messages. So it is done once, whoever else is
at it.
"""

from __future__ import annotations

import functools
import operator
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from yigongti.exchange import orders
from yigongti.exchange.documents import attaching as documents
from yigongti.exchange.documents.reading import read as read_document
from yigongti.exchange.documents.taking import alone as alone_with
from yigongti.exchange.documents.taking import marks_of
from yigongti.exchange.imaging import identity, persons
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.models import Arrival, KnownEntry, KnownPerson, Message, Sender
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal
from yigongti.record.actions import take_back_wrong
from yigongti.record.queries.ordered import versions_of


Key = tuple[str, str]
CHANNELS = ("dicom", "waveform", "document")


class NotGiven(Refusal):
    """第 {number} 号不是由数据员对到人后收进的，或已经撤回，不必再办。"""


class GivenToTheWrongPerson(BadValue):
    """对错了人，{who}已撤回：{why}。请重新核对后对到居民。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A decision by hand by which a message came in: whom it means, by what it is remembered, since when."""

    sender: Sender
    channel: str
    resident: int
    own: str
    """The study or the recording itself; of a document ''."""
    keys: tuple[Key, ...]
    """What is forgotten with it."""
    since: datetime


@dataclass(slots=True, kw_only=True)
class Brought:
    """What came in by it: messages, studies, entries of the record."""

    messages: dict[int, str] = field(default_factory=dict)
    """With the number of what was examined."""
    studies: list[Study] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)


def given_of(found: Message) -> Given | None:
    """The decision by which this message came into the record, if one stands."""
    if found.channel not in CHANNELS or found.state != "applied" or found.settled_at is None:
        return None
    own, first, others = _keys_of(found)
    rows = _by_hand(found.sender_id, [*first, *others])
    decided = next((rows[key] for key in first if key in rows), None)
    if decided is None or decided.matched_at > found.settled_at:
        return None
    return Given(
        sender=Sender.objects.get(pk=found.sender_id), channel=found.channel, resident=decided.resident_id, own=own,
        keys=tuple(key for key, row in rows.items() if row.resident_id == decided.resident_id),
        since=decided.matched_at,
    )  # fmt: skip


def _keys_of(found: Message) -> tuple[str, list[Key], list[Key]]:
    """Its own number, by what its person was decided (the first that is known), and what was remembered beside."""
    try:
        if found.channel == "document":
            return "", list(marks_of(read_document(bytes(found.body)))), []
        said = identity.read_again(found)
    except Refusal:
        return "", [], []
    if said is None:
        return "", [], []
    sent = said.sent
    beside = [(sent.system, sent.number[: persons.LONGEST])] if sent.number else []
    return sent.own, sent.decided_by, beside


def _by_hand(sender: int, keys: Sequence[Key]) -> dict[Key, KnownPerson]:
    if not keys:
        return {}
    asked = functools.reduce(operator.or_, (Q(system=system, value=value) for system, value in keys))
    found = KnownPerson.objects.filter(asked, sender_id=sender, how__in=(persons.HAND, documents.HAND))
    return {(one.system, one.value): one for one in found}


# --- what came in by it


def brought_by(given: Given) -> Brought:
    """Everything that this decision has brought into the record."""
    return _studies(given) if given.channel == "dicom" else _singles(given)


def _studies(given: Given) -> Brought:
    found = Brought()
    for study in _candidates(given):
        messages = _messages_of(study)
        first = Message.objects.filter(pk__in=messages).aggregate(at=Min("settled_at"))["at"]
        if study.uid == given.own or (first is not None and first >= given.since):
            found.studies.append(study)
            found.messages |= dict.fromkeys(messages, study.uid)
            found.entries += [study.entry_id] if study.entry_id else []
    return found


def _candidates(given: Given) -> list[Study]:
    """The study itself, and those of the same number and name that nobody has decided on by themselves."""
    own = Study.objects.get(sender=given.sender, uid=given.own)
    if not any(system == persons.AS for system, _ in given.keys):
        return [own]
    same = Study.objects.filter(sender=given.sender, patient_number=own.patient_number, entry__isnull=False)
    others = [one for one in same.exclude(pk=own.pk) if _plain(one.patient_name) == _plain(own.patient_name)]
    decided = _by_hand(given.sender.pk, [(persons.OWN, one.uid[: persons.LONGEST]) for one in others])
    return [own, *(one for one in others if (persons.OWN, one.uid[: persons.LONGEST]) not in decided)]


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _messages_of(study: Study) -> list[int]:
    """Those by which its instances were taken in. Nothing of them arrived before the first of their numbers did."""
    uids = [uid[:200] for uid in StudyInstance.objects.filter(study=study).values_list("uid", flat=True)]
    arrived = Arrival.objects.filter(sender=study.sender_id, control_id__in=uids).values_list("message_id", flat=True)
    first = Message.objects.filter(pk__in=list(arrived)).aggregate(at=Min("received_at"))["at"]
    if first is None:
        return []
    rows = Message.objects.filter(sender_id=study.sender_id, received_at__gte=first, state="applied", channel="dicom")
    return list(rows.filter(control_id__in=uids).order_by("pk").values_list("pk", flat=True))


def _singles(given: Given) -> Brought:
    """Recordings and documents: one message each, read again for whose it is."""
    found = Brought()
    rows = Message.objects.filter(
        sender_id=given.sender.pk, channel=given.channel, state="applied", settled_at__gte=given.since
    )
    for one in rows.order_by("pk").iterator(chunk_size=50):
        theirs = given_of(one)
        if theirs is not None and theirs.resident == given.resident and set(theirs.keys) & set(given.keys):
            found.messages[one.pk] = theirs.own
            found.entries += _known(one, given.resident).values_list("entry_id", flat=True)
    return found


def _known(found: Message, resident: int) -> QuerySet[KnownEntry]:
    """What the sender's numbers of it stand for, of this person; a sender that counts anew has the period behind."""
    if found.channel == "document":
        document = read_document(bytes(found.body))
        kind, numbers = "document", [document.family, document.number]
    else:
        kind, numbers = "recording", [_keys_of(found)[0]]
    called = (Q(value=one[:200]) | Q(value__startswith=f"{one[:180]} @") for one in numbers)
    rows = KnownEntry.objects.filter(functools.reduce(operator.or_, called), sender=found.sender_id, kind=kind)
    return rows.filter(entry__resident__master__aliases=resident)


# --- taken back


@action("exchange.take_back_person", permission="exchange.inbox_work")
def take_back_person(*, by: Actor, message_id: int, why: str) -> Receipt:
    """撤回对错了人的影像、波形或共享文档，忘掉记住的号码。"""
    found = Message.objects.filter(pk=message_id).first()
    if found is None:
        raise NotFound
    if not why.strip():
        raise Missing(field="why", label="撤回的理由")
    given = _held(found)
    brought = brought_by(given)
    reason = GivenToTheWrongPerson(
        field=persons.PATIENT, value=given.own, who=by.person_name, why=why.strip()[:400].rstrip("。")
    )
    opened = _withdraw(given, brought, str(reason))
    _forget(given, brought)
    _wait(brought, reason)
    return Receipt(
        number=f"#{message_id}", done=phrase("第 {n} 号已撤回，重新等着对人", n=message_id),
        next=phrase("撤回 {messages} 份，档案里 {entries} 条；记住的号码已忘掉", messages=len(brought.messages),
                    entries=len(set(brought.entries))),
        persons=(given.resident,), subject=f"exchange.Message:{message_id}", href=f"/inbox/{message_id}",
        data={"messages": len(brought.messages), "state": "waiting"},
        facts={"resident": given.resident, "why": why.strip()[:400], "messages": sorted(brought.messages)[:100],
               "entries": sorted(set(brought.entries)), "orders": opened, "forgotten": [key for _, key in given.keys]},
    )  # fmt: skip


def _held(found: Message) -> Given:
    """The decision, with nobody else at what it has brought. Raises NotGiven: also for the second of two."""
    if (seen := given_of(found)) is None:
        raise NotGiven(number=found.pk)
    if found.channel == "dicom":
        _hold_studies(_candidates(seen))
    _hold_numbers(found, seen)
    fresh = Message.objects.select_for_update().get(pk=found.pk)
    if (given := given_of(fresh)) is None:
        raise NotGiven(number=found.pk)
    return given


def _hold_studies(studies: Iterable[Study]) -> None:
    keys = [one.pk for one in studies]
    list(StudyInstance.objects.select_for_update().filter(study__in=keys).order_by("pk").values_list("pk"))
    list(Study.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _hold_numbers(found: Message, given: Given) -> None:
    if found.channel == "document":
        alone_with(given.sender, read_document(bytes(found.body)))
    else:
        number = next((value for system, value in _keys_of(found)[2] if system), "") or given.own
        persons.alone(f"{given.sender.pk}|{number}")
    list(KnownPerson.objects.select_for_update().filter(_of(given)).order_by("pk").values_list("pk"))


def _of(given: Given) -> Q:
    keys = functools.reduce(operator.or_, (Q(system=system, value=value) for system, value in given.keys))
    return keys & Q(sender=given.sender, resident=given.resident, how__in=(persons.HAND, documents.HAND))


def _withdraw(given: Given, brought: Brought, why: str) -> int:
    """The entries are withdrawn in every version; the orders that they stood for are open again: how many."""
    opened = 0
    for study in brought.studies:
        if study.entry is not None and study.entry.detail.get("order"):
            opened += orders.unexamined(
                resident=study.entry.resident_id, ids=[int(study.entry.detail["order"])],
                images=versions_of(for_=the_inbox(), entry_id=study.entry.pk),
            )  # fmt: skip
    if brought.entries:
        take_back_wrong(by=the_inbox(), entries=sorted(set(brought.entries)), why=why)
    return opened


def _forget(given: Given, brought: Brought) -> None:
    """The number means nobody; what was taken in may be taken in anew."""
    KnownPerson.objects.filter(_of(given)).delete()
    keys = [one.pk for one in brought.studies]
    StudyInstance.objects.filter(study__in=keys).delete()
    Study.objects.filter(pk__in=keys).update(
        entry=None, told={}, modalities=[], examined=None, accession="", patient_number="", patient_name=""
    )
    if given.channel != "dicom":
        KnownEntry.objects.filter(sender=given.sender, entry__in=brought.entries).delete()


def _wait(brought: Brought, reason: GivenToTheWrongPerson) -> None:
    """Each waits again for its person under the number of what was examined, as it did."""
    same = {"state": "waiting", "reason": str(reason), "rule": reason.code, "field": persons.PATIENT, "persons": [],
            "done": [], "settled_at": clock.now()}  # fmt: skip
    by_number = defaultdict[str, list[int]](list)
    for pk, number in brought.messages.items():
        by_number[number].append(pk)
    for number, keys in by_number.items():
        Message.objects.filter(pk__in=keys, state="applied").update(**same, value=number[:200])
