"""Data staff say whose a document is that names nobody we can find; remembered for the sender's number of them."""

from __future__ import annotations

from yigongti.exchange.documents.reading import SharedDocument, read
from yigongti.exchange.documents.taking import alone, marks_of
from yigongti.exchange.imaging import comparing
from yigongti.exchange.inbox import take_in
from yigongti.exchange.matching import remember
from yigongti.exchange.models import Message, Sender
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase, say
from yigongti.kernel.refusal import Missing, NotFound, Refusal
from yigongti.residents.queries import persons as residents
from yigongti.residents.queries.agreeing import same_name


SEXES = {"1": "男", "2": "女"}
RULES = ("NobodyNamed", "GivenToTheWrongPerson")
"""Why a document waits that is nobody's."""
HAND = "by_hand"


class NoDocumentWaits(Refusal):
    """第 {number} 号不是等着对人的文书。"""


class OtherName(Refusal):
    """文书上的姓名是{told}，选的居民是{chosen}：请核对是改名还是另一个人。"""

    status = 422


def waits_for_its_person(found: Message) -> bool:
    """Whether it is a document that nobody was found for."""
    return found.state == "waiting" and found.channel == "document" and found.rule in RULES


@action("exchange.attach_document", permission="exchange.inbox_work")
def attach_document(*, by: Actor, message_id: int, resident_id: int, why: str, sure: bool = False) -> Receipt:
    """把对不上人的共享文书对到居民。

    `sure`: it is the same human, though sex, birth or card differ from what is registered; another name never passes.
    """
    found = Message.objects.select_for_update().filter(pk=message_id).first()
    if found is None:
        raise NotFound
    if not waits_for_its_person(found):
        raise NoDocumentWaits(number=message_id)
    if not why.strip():
        raise Missing(field="why", label="核对依据")
    document = read(bytes(found.body))
    person = residents.person(for_=by, resident=resident_id).person
    if document.name and not same_name(document.name, person.name):
        raise OtherName(field="resident", told=document.name, chosen=person.name)
    paper = comparing.paper_of(found) or comparing.Paper()
    doubts = comparing.require_surely(paper, person, sure=sure)
    sender = Sender.objects.get(pk=found.sender_id)
    alone(sender, document)
    remember(sender=sender, numbers=marks_of(document), resident=person.pk, how=HAND)
    Message.objects.filter(pk=found.pk).update(state="received")
    state = take_in(found.pk)
    fresh = Message.objects.defer("body", "mended").get(pk=found.pk)
    words = "第 {n} 号已收进档案" if state == "applied" else "第 {n} 号仍在等待"
    return Receipt(
        number=f"#{message_id}", done=phrase(words, n=message_id), data={"state": state}, persons=(person.pk,),
        next=fresh.reason if state != "applied" else phrase("这个号码已记住；对错了可以在这里撤回"),
        subject=f"exchange.Message:{message_id}", href=f"/inbox/{message_id}",
        facts={"state": state, "resident": person.pk, "why": why.strip()[:400], "differs": doubts},
    )  # fmt: skip


def pairs(found: Message) -> list[tuple[str, str]]:
    """Whose the document says it is, for data staff; nothing clinical."""
    if found.channel != "document":
        return []
    try:
        document = read(bytes(found.body))
    except Refusal:
        return []
    return [(label, value or "—") for label, value in _said(document)]


def _said(document: SharedDocument) -> list[tuple[str, str]]:
    return [
        (say("病人号码"), "、".join(number for _root, number in document.numbers)), (say("身份证号"), document.id_card),
        (say("病人姓名"), document.name), (say("性别"), say(SEXES.get(document.sex, ""))),
        (say("出生日期"), document.born.isoformat() if document.born else ""), (say("机构"), document.institution),
    ]  # fmt: skip
