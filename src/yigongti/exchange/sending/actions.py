"""What data staff do with messages that a receiver refused, or that nobody answers: send again, or give up."""

from __future__ import annotations

from yigongti.exchange.models import Outgoing
from yigongti.exchange.sending.queries import newer
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Missing, NotFound, Refusal


WORK = "exchange.inbox_work"


class NotDead(Refusal):
    """{number} 没有被对方退回，不用重发。"""


class NewerSent(Refusal):
    """{number} 之后已发出更新的内容，旧的不能再发；可以写明理由不再发送。"""


class AlreadySettled(Refusal):
    """{number} 已发出或已不再发送。"""


class NothingDead(Refusal):
    """没有可以重发的消息。"""

    status = 422


@action("exchange.resend", permission=WORK)
def resend(*, by: Actor, outgoing_id: int) -> Receipt:
    """重发一条被对方退回的消息。"""
    found = _locked(outgoing_id)
    if found.state != "dead":
        raise NotDead(number=found.control_id)
    if newer(for_=by, message=found):
        raise NewerSent(number=found.control_id)
    _queue(by, [found.pk])
    return _receipt(found, phrase("{number}：已排队重发", number=found.control_id), "queued")


@action("exchange.resend_all", permission=WORK)
def resend_all(*, by: Actor, destination_id: int) -> Receipt:
    """重发一个对方退回的全部消息。"""
    rows = Outgoing.objects.select_for_update().filter(state="dead", destination=destination_id).defer("body")
    chosen = [one.pk for one in rows.order_by("pk") if not newer(for_=by, message=one)]
    if not chosen:
        raise NothingDead
    _queue(by, chosen)
    return Receipt(
        number=f"T{destination_id}", done=phrase("已排队重发 {n} 条", n=len(chosen)), href="/inbox/outgoing",
        subject=f"exchange.Destination:{destination_id}", facts={"messages": len(chosen)},
    )  # fmt: skip


@action("exchange.give_up", permission=WORK)
def give_up(*, by: Actor, outgoing_id: int, why: str) -> Receipt:
    """不再发送一条消息。"""
    found = _locked(outgoing_id)
    if found.state not in ("dead", "queued"):
        raise AlreadySettled(number=found.control_id)
    if not why.strip():
        raise Missing(field="why", label="不再发送的理由")
    Outgoing.objects.filter(pk=found.pk).update(
        state="given_up", reason=why.strip()[:200], decided_by_id=by.post_id, settled_at=clock.now(), due_at=None
    )
    done = phrase("{number}：不再发送", number=found.control_id)
    return _receipt(found, done, "given_up", why=why.strip()[:200])


def _locked(pk: int) -> Outgoing:
    found = Outgoing.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _queue(by: Actor, chosen: list[int]) -> None:
    Outgoing.objects.filter(pk__in=chosen).update(
        state="queued", tries=0, trouble="", due_at=None, settled_at=None, decided_by_id=by.post_id
    )


def _receipt(found: Outgoing, done: str, state: str, **facts: object) -> Receipt:
    return Receipt(
        number=found.control_id, done=done, href=f"/inbox/outgoing/{found.pk}", persons=(found.resident_id,),
        subject=f"exchange.Outgoing:{found.pk}", facts={"state": state, **facts},
    )  # fmt: skip
