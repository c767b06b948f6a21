"""Data staff say what a sender's code means; what has come under it is read again in the background."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from yigongti.exchange.coding.models import CodeMeaning, LocalCode
from yigongti.exchange.replays.actions import NothingWaits, begun
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound
from yigongti.record.queries.vocabulary import SERIES


NONE_OF_OURS = "-"
LARGEST = Decimal(1_000_000)


@action("exchange.name_code", permission="exchange.inbox_work")
def name_code(
    *, by: Actor, code_id: int, series: str, begins: date | None = None, reason: str, factor: str = "1",
    again: bool = True,
) -> Receipt:  # fmt: skip
    """确定来源方的一个检验代码归入哪条趋势。"""
    code = LocalCode.objects.select_for_update().filter(pk=code_id).first()
    if code is None:
        raise NotFound
    if series != NONE_OF_OURS and (series not in SERIES or SERIES[series].paired):
        raise BadValue(field="series", label="归入", value=series[:40], problem="不在可选范围内")
    if not reason.strip():
        raise Missing(field="reason", label="理由")
    made = CodeMeaning.objects.create(
        sender_id=code.sender_id, code=code.code, unit=code.unit, series="" if series == NONE_OF_OURS else series,
        factor=_factor(factor), begins=begins or clock.today(), reason=reason.strip()[:200], decided_at=clock.now(),
        decided_by_id=by.post_id,
    )  # fmt: skip
    words = phrase(SERIES[series].title) if made.series else phrase("不归入任何趋势")
    number = _again(by, made) if again and made.series else None
    return Receipt(
        number=f"C{code.pk}", done=phrase("{code}：{words}", code=code.code, words=words),
        href=f"/inbox/replays/{number}" if number else "/inbox/codes", subject=f"exchange.Sender:{code.sender_id}",
        facts={"code": code.code, "unit": code.unit, "series": made.series, "factor": str(made.factor),
               "begins": made.begins.isoformat(), "reason": made.reason},
        data={"replay": number},
    )  # fmt: skip


def _factor(text: str) -> Decimal:
    try:
        found = Decimal(text.strip() or "1")
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or not 0 < found < LARGEST:
        raise BadValue(field="factor", label="乘以", value=text[:20], problem="应是大于 0 的数")
    return found


def _again(by: Actor, made: CodeMeaning) -> int | None:
    """The replay of what this sender has sent, where there is any."""
    scope = {"sender": made.sender_id, "code": made.code, "unit": made.unit}
    try:
        return begun(kind="codes", told=f"{made.code} {made.unit}".strip(), scope=scope, post_id=by.post_id).pk
    except NothingWaits:
        return None
