"""Data staff say how much is expected of a sender, where its own rhythm does not say it."""

from __future__ import annotations

from datetime import date

from yigongti.exchange.models import Sender
from yigongti.exchange.policy.coverage_facts import FACTS
from yigongti.exchange.watching.counting import count_anew
from yigongti.exchange.watching.models import Expectation
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound


MOST = 10_000_000


@action("exchange.expect", permission="exchange.inbox_work")
def expect(*, by: Actor, sender_id: int, fact: str, begins: date, expected: int | None, reason: str) -> Receipt:
    """确定一个来源方每月应来多少。"""
    sender = Sender.objects.select_for_update().filter(pk=sender_id).first()
    if sender is None or fact not in FACTS:
        raise NotFound
    if expected is not None and not 0 <= expected <= MOST:
        raise BadValue(field="expected", label="每月应来", value=expected, problem="应为 0 或大于 0 的整数")
    if not reason.strip():
        raise Missing(field="reason", label="理由")
    Expectation.objects.create(
        sender=sender, fact=fact, begins=begins.replace(day=1), expected=expected, reason=reason.strip()[:200],
        decided_at=clock.now(), decided_by_id=by.post_id,
    )  # fmt: skip
    count_anew()
    words = phrase("按它自己的节律") if expected is None else phrase("每月 {n} 条", n=expected)
    return Receipt(
        number=f"S{sender_id}", done=phrase("{fact}：{words}", fact=phrase(FACTS[fact]), words=words),
        href="/inbox/coverage", subject=f"exchange.Sender:{sender_id}",
        facts={"fact": fact, "begins": begins.isoformat(), "expected": expected, "reason": reason.strip()[:200]},
    )  # fmt: skip
