"""What data staff do with the inbox: mend what was sent, try again, refuse, confirm a sender."""

from __future__ import annotations

import hashlib

from yigongti.exchange import known_entries, matching
from yigongti.exchange.identity_lines import mended
from yigongti.exchange.inbox import take_in
from yigongti.exchange.models import RESTARTS, Message, Sender
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal
from yigongti.organisations.queries import open_institutions


class NotWaiting(Refusal):
    """第 {number} 号已不在等待，不能再这样办。"""


class NotOfAnother(Refusal):
    """第 {number} 号不是因编号是另一个人的在等，不用这样办。"""


class NoOtherName(Refusal):
    """第 {number} 号不是因姓名不同在等，不用这样办。"""


class MendedMeanwhile(Refusal):
    """第 {number} 号已由别人改过，请重新打开，看过现在的内容再改。"""


def print_of(found: Message) -> str:
    """A print of a message as it is shown to be mended: who mends over somebody else's mending is told."""
    return hashlib.sha256(bytes(found.mended or found.body)).hexdigest()[:16]


def _waiting(pk: int) -> Message:
    found = Message.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.state != "waiting":
        raise NotWaiting(number=pk)
    return found


def waits_for_a_name(found: Message) -> bool:
    """Whether it waits because a known number comes with another name; images are given to their person instead."""
    return found.rule == matching.NameDiffers.__name__ and found.channel in ("hl7v2", "fhir", "document")


@action("exchange.retry", permission="exchange.inbox_work")
def retry(*, by: Actor, message_id: int) -> Receipt:
    """重新处理一条等待的消息。"""
    return _again(_waiting(message_id))


@action("exchange.mend", permission="exchange.inbox_work")
def mend(*, by: Actor, message_id: int, text: str, why: str, seen: str = "") -> Receipt:
    """改正一条等待的消息后重新处理（原文不动）。"""
    found = _waiting(message_id)
    if seen and seen != print_of(found):
        raise MendedMeanwhile(number=message_id)
    if not why.strip():
        raise Missing(field="why", label="改正的理由")
    if not text.strip():
        raise Missing(field="text", label="改正后的内容")
    body = mended(bytes(found.mended or found.body), text)
    Message.objects.filter(pk=found.pk).update(mended=body)
    return _again(found, mended=True, why=why.strip()[:400])


@action("exchange.refuse", permission="exchange.inbox_work")
def refuse(*, by: Actor, message_id: int, why: str) -> Receipt:
    """不收一条等待的消息（原文保留）。"""
    found = _waiting(message_id)
    if not why.strip():
        raise Missing(field="why", label="不收的理由")
    Message.objects.filter(pk=found.pk).update(
        state="refused", reason=why.strip()[:400], rule="exchange.refused_by_hand", settled_at=clock.now()
    )
    return _receipt(found, "refused", why=why.strip()[:400])


@action("exchange.number_anew", permission="exchange.inbox_work")
def number_anew(*, by: Actor, message_id: int, why: str) -> Receipt:
    """认定来源方的编号又给了另一个人：先前那份不动，这一份另记。"""
    found = _waiting(message_id)
    if found.rule != known_entries.RULE:
        raise NotOfAnother(number=message_id)
    if not why.strip():
        raise Missing(field="why", label="核对依据")
    with known_entries.given_anew():
        return _again(found, anew=found.value, why=why.strip()[:400])


@action("exchange.same_person", permission="exchange.inbox_work")
def same_person(*, by: Actor, message_id: int, why: str) -> Receipt:
    """认定姓名不同的是同一个人：来源方以后这样叫这位，不再等待；登记的姓名不动。"""
    found = _waiting(message_id)
    if not waits_for_a_name(found):
        raise NoOtherName(number=message_id)
    if not why.strip():
        raise Missing(field="why", label="核对依据")
    with matching.one_person(Sender.objects.get(pk=found.sender_id), read=found.reason):
        state = _try(found)
    return _receipt(found, state, same=found.reason, why=why.strip()[:400])


@action("exchange.confirm_sender", permission="exchange.inbox_work")
def confirm_sender(
    *, by: Actor, sender_id: int, title: str, institution_id: int, restarts: str | None = None
) -> Receipt:
    """确认一个来源方是谁、代表哪家机构。

    `restarts`: whether its numbers begin anew each day or year; None leaves it as it is.
    """
    sender = Sender.objects.select_for_update().filter(pk=sender_id).first()
    place = open_institutions().filter(pk=institution_id).first()
    if sender is None:
        raise NotFound
    if not title.strip() or len(title) > 120:
        raise BadValue(field="title", label="来源方名称", value=title[:40], problem="1 到 120 个字")
    if place is None:
        raise Missing(field="institution", label="所属机构")
    anew = sender.numbers_restart if restarts is None else restarts
    if anew not in RESTARTS:
        raise BadValue(field="restarts", label="报告号、就诊号", value=anew[:40], problem="请选择一项")
    Sender.objects.filter(pk=sender_id).update(
        title=title.strip(), institution=place, confirmed_at=clock.now(), confirmed_by_id=by.post_id,
        numbers_restart=anew,
    )  # fmt: skip
    return Receipt(
        number=f"S{sender_id}", done=phrase("{title}：{place}", title=title.strip(), place=place.name),
        href="/inbox/senders", subject=f"exchange.Sender:{sender_id}",
        facts={"institution": [sender.institution_id, place.pk], "title": [sender.title, title.strip()],
               "numbers_restart": [sender.numbers_restart, anew]},
    )  # fmt: skip


def _again(found: Message, **facts: object) -> Receipt:
    return _receipt(found, _try(found), **facts)


def _try(found: Message) -> str:
    Message.objects.filter(pk=found.pk).update(state="received")
    return take_in(found.pk)


def _receipt(found: Message, state: str, **facts: object) -> Receipt:
    fresh = Message.objects.defer("body", "mended").get(pk=found.pk)
    words = {"applied": phrase("第 {n} 号已收进档案", n=found.pk), "refused": phrase("第 {n} 号不收", n=found.pk)}
    return Receipt(
        number=f"#{found.pk}", done=words.get(state, phrase("第 {n} 号仍在等待", n=found.pk)), href="/inbox",
        next=fresh.reason if state == "waiting" else "", persons=tuple(fresh.persons),
        subject=f"exchange.Message:{found.pk}", facts={"state": state, **facts}, data={"state": state},
    )  # fmt: skip
