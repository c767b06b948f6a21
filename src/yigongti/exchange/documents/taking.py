"""A shared document by the inbox: one entry of its person, with the document itself attached as it came."""

from __future__ import annotations

from datetime import datetime

from yigongti.exchange import inbox, known_entries
from yigongti.exchange.documents.reading import SharedDocument, read
from yigongti.exchange.imaging import persons
from yigongti.exchange.inbox import Taken
from yigongti.exchange.matching import ToldPerson, known_persons, person_of
from yigongti.exchange.models import Sender
from yigongti.exchange.senders import the_inbox
from yigongti.kernel.files import received
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue
from yigongti.record.actions import TakenFile, Told, attach_files
from yigongti.residents.actions.arriving import agrees


MEDIA_TYPE = "application/xml"


class NobodyNamed(BadValue):
    """这份文书对不到人：{why}。登记这位居民或请来源方补全证件后重新处理。"""


@inbox.reads("document")
def take(sender: Sender, body: bytes, received_at: datetime) -> Taken:
    """Take a document in. Raises what the reader refuses, NobodyNamed without a number that is known or a card."""
    found = read(body)
    resident = _whose(sender, found)
    name = f"{found.title or '共享文档'}.xml"[:200]
    kept = received.keep(by=the_inbox(), name=name, media_type=MEDIA_TYPE, chunks=(body,), megabytes=_most())
    told = Told(
        resident_id=resident, institution_id=sender.institution_id, kind="document", source="inbox",
        title=(found.title or "共享文档")[:200], at=found.made or received_at, author=found.authors[:60],
        text="、".join(found.sections), code=found.kind[:40],
        detail={"shared_document": {"number": found.number, "institution": found.institution, "digest": kept.digest}},
    )  # fmt: skip
    entry, version = known_entries.write(sender=sender, kind="document", number=found.family, told=told,
                                          field="setId")  # fmt: skip
    # The next version may name this one as what it replaces.
    known_entries.also(sender=sender, kind="document", number=found.number, entry=entry, whom=resident, at=told.at,
                       field="id")  # fmt: skip
    attach_files(by=the_inbox(), entry_id=entry, files=[
        TakenFile(digest=kept.digest, role="document", media_type=MEDIA_TYPE, name=name, label=told.title[:120])
    ])  # fmt: skip
    return Taken(persons={resident}, done=[f"{told.title}（第 {version} 版）" if version > 1 else told.title])


def alone(sender: Sender, found: SharedDocument) -> None:
    """Wait for whoever has a document under one of these numbers in hand, or says whose they are."""
    for root, value in sorted(marks_of(found)):
        persons.alone(f"{sender.pk}|{root}|{value}")


def _whose(sender: Sender, found: SharedDocument) -> int:
    alone(sender, found)
    card = card_of(found)
    numbers = tuple(one for one in found.numbers if one[1] != card) if card else marks_of(found)
    told = ToldPerson(numbers=numbers, name=found.name, sex=found.sex, born=found.born, id_card=card)
    if not card and not known_persons(sender=sender, numbers=numbers):
        why = "身份证号不合规定或与性别、出生日期不符" if found.id_card else "没有身份证号，来源方的号码也没有对到过人"
        raise NobodyNamed(field="patientRole", value=found.number, why=why)
    return person_of(sender=sender, told=told)


def card_of(found: SharedDocument) -> str:
    """The ID card, where it holds and agrees; else ''."""
    return found.id_card if agrees(found.id_card, sex=found.sex, born=found.born) else ""


def marks_of(found: SharedDocument) -> tuple[tuple[str, str], ...]:
    """By what data staff's word about a document without a card is remembered: the sender's numbers of the person; of
    one without any, the document and its later versions alone."""
    return found.numbers or (("setId", found.family[:120]),)


def _most() -> int:
    return values.number("exchange.largest_message_megabytes")
