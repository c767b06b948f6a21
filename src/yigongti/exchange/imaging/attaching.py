"""Data staff say whose a study or a recording is where the modality did not say enough; it is remembered."""

from __future__ import annotations

from yigongti.exchange.imaging import comparing, identity, persons, studies
from yigongti.exchange.inbox import take_in
from yigongti.exchange.models import Message, Sender
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Missing, NotFound, Refusal
from yigongti.residents.queries import persons as residents


class NoIdentity(Refusal):
    """第 {number} 号不是等着对人的影像或波形。"""


@action("exchange.attach_person", permission="exchange.inbox_work")
def attach_person(*, by: Actor, message_id: int, resident_id: int, why: str, sure: bool = False) -> Receipt:
    """把对不上人的影像或波形对到居民。

    `sure`: it is the same human, though what was sent differs from what is registered.
    """
    found = Message.objects.select_for_update().filter(pk=message_id).first()
    if found is None:
        raise NotFound
    if not why.strip():
        raise Missing(field="why", label="核对依据")
    read = identity.read_again(found) if waits_for_its_person(found) else None
    paper = comparing.paper_of(found) if read is not None else None
    if read is None or paper is None:
        raise NoIdentity(number=message_id)
    person = residents.person(for_=by, resident=resident_id).person
    doubts = comparing.require_surely(paper, person, sure=sure)
    _decide(found, read.sent, person.pk)
    others = _again(found)
    fresh = Message.objects.defer("body", "mended").get(pk=message_id)
    taken = fresh.state == "applied"
    return Receipt(
        number=f"#{message_id}", persons=(person.pk,), subject=f"exchange.Message:{message_id}",
        href=f"/inbox/{message_id}",
        done=phrase("第 {n} 号已收进档案", n=message_id) if taken else phrase("第 {n} 号仍在等待", n=message_id),
        next=phrase("这个号码已记住；对错了可以在这里撤回") if taken else fresh.reason, data={"state": fresh.state},
        facts={"state": fresh.state, "resident": person.pk, "number": read.sent.number, "why": why.strip()[:400],
               "others": others, "differs": doubts},
    )  # fmt: skip


def waits_for_its_person(found: Message) -> bool:
    """Whether it is an image or a recording of nobody known."""
    return found.state == "waiting" and found.field == persons.PATIENT and found.channel in ("dicom", "waveform")


def _decide(found: Message, sent: persons.Sent, resident: int) -> None:
    """The locks are taken in the order in which an object of the study takes them."""
    sender = Sender.objects.get(pk=found.sender_id)
    if found.channel == "dicom":
        studies.locked(sender=sender, uid=sent.own)
    persons.alone(f"{sender.pk}|{sent.number or sent.own}")
    persons.decide(sender=sender, sent=sent, resident=resident)


def _again(found: Message) -> int:
    """Take this one in now; what waits of the same study is left to the worker."""
    same = Message.objects.filter(
        state="waiting", channel=found.channel, sender_id=found.sender_id, field=persons.PATIENT, value=found.value
    )
    count = same.exclude(pk=found.pk).update(state="received")
    Message.objects.filter(pk=found.pk).update(state="received")
    take_in(found.pk)
    return count
