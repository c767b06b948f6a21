"""Asking for a replay, stopping one; and its end, which is in the trail once with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max

from yigongti.exchange.labels import rule_words
from yigongti.exchange.models import Message
from yigongti.exchange.replays.models import Replay
from yigongti.exchange.replays.scopes import left_of
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal


WORK = "exchange.inbox_work"
MOST_CHOSEN = 500


class NothingWaits(Refusal):
    """没有这样等待的消息。"""

    status = 422


class AlreadyEnded(Refusal):
    """这次重新处理已经结束。"""


@action("exchange.replay_selection", permission=WORK)
def replay_selection(*, by: Actor, messages: Sequence[int]) -> Receipt:
    """重新处理选中的等待消息。"""
    chosen = sorted(set(messages))
    if not chosen:
        raise Missing(field="messages", label="选中的消息")
    if len(chosen) > MOST_CHOSEN:
        raise BadValue(
            field="messages", label="选中的消息", value=len(chosen), problem=phrase("一次最多 {n} 条", n=MOST_CHOSEN)
        )
    return _asked(by, "selection", phrase("选中的 {n} 条", n=len(chosen)), {"messages": chosen})


@action("exchange.replay_rule", permission=WORK)
def replay_rule(*, by: Actor, rule: str) -> Receipt:
    """重新处理因同一条规则等待的消息。"""
    return _asked(by, "rule", rule_words(rule), {"rule": rule})


@action("exchange.replay_day", permission=WORK)
def replay_day(*, by: Actor, day: date) -> Receipt:
    """重新处理某一天收到、还在等待的消息。"""
    return _asked(by, "day", phrase("{day} 收到的", day=day), {"day": day.isoformat()})


@action("exchange.cancel_replay", permission=WORK)
def cancel_replay(*, by: Actor, replay_id: int) -> Receipt:
    """停下一次重新处理。"""
    found = Replay.objects.select_for_update().filter(pk=replay_id).first()
    if found is None:
        raise NotFound
    if found.state != "running":
        raise AlreadyEnded
    Replay.objects.filter(pk=found.pk).update(state="cancelled", ended_at=clock.now())
    return _receipt(found, phrase("{told}：已停下，处理过 {n} 条", told=found.told, n=found.tried))


@action("exchange.end_replay")
def end_replay(*, by: Actor, replay_id: int) -> Receipt:
    """重新处理完一批等待的消息。"""
    found = Replay.objects.select_for_update().get(pk=replay_id)
    Replay.objects.filter(pk=found.pk).update(state="done", ended_at=clock.now())
    return _receipt(
        found, phrase("{told}：{n} 条，收进 {taken} 条", told=found.told, n=found.tried, taken=found.applied)
    )


def begun(*, kind: str, told: str, scope: Mapping[str, Any], post_id: int | None) -> Replay:
    """A replay of everything in scope that is in the inbox by now. Raises NothingWaits."""
    newest = Message.objects.aggregate(newest=Max("pk"))["newest"] or 0
    fresh = Replay(kind=kind, told=told[:200], scope=dict(scope), upto=newest, asked_by_id=post_id, total=0,
                   asked_at=clock.now())  # fmt: skip
    fresh.total = left_of(fresh).count()
    if not fresh.total:
        raise NothingWaits
    fresh.save()
    return fresh


def _asked(by: Actor, kind: str, told: str, scope: Mapping[str, Any]) -> Receipt:
    fresh = begun(kind=kind, told=told, scope=scope, post_id=by.post_id)
    return _receipt(fresh, phrase("正在重新处理 {told}：{n} 条", told=told, n=fresh.total))


def _receipt(found: Replay, done: str) -> Receipt:
    return Receipt(
        number=f"R{found.pk}", done=done, href=f"/inbox/replays/{found.pk}", subject=f"exchange.Replay:{found.pk}",
        facts={"kind": found.kind, "total": found.total, "tried": found.tried, "applied": found.applied,
               **{name: part for name, part in found.scope.items() if name != "messages"}},
        data={"replay": found.pk},
    )  # fmt: skip
