"""Answers to the questions of indicators that are judged: with evidence, by who is not judged by them."""

from __future__ import annotations

from yigongti.indicators import catalogue
from yigongti.indicators.models import Judgement
from yigongti.indicators.queries.places import places
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import Judged
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import BadValue, Missing, NotFound


@action("indicators.judge")
def judge(*, by: Actor, indicator: str, question: str, place: int, period: str, answer: str, evidence: str) -> Receipt:
    """评定定性指标。"""
    one, where = catalogue.named(indicator), places(for_=by).by_id.get(place)
    if one is None or not isinstance(one.figure, Judged) or where is None or not by.reaches_path(where.path):
        raise NotFound
    if question not in {asked.code for asked in one.figure.questions}:
        raise NotFound
    if answer not in {entry.code for entry in code_lists["indicators.answer"].entries}:
        raise BadValue(field="answer", label="评定结果", value=answer[:20], problem="请选择")
    if not evidence.strip():
        raise Missing(field="evidence", label="证据")
    try:
        told = Period.read(period).code
    except ValueError:
        raise NotFound from None
    made = Judgement.objects.create(
        indicator=one.code, question=question, place_id=place, period=told, answer=answer,
        evidence=evidence.strip()[:4000], at=clock.now(), by_id=by.post_id or 0,
    )  # fmt: skip
    return Receipt(
        number=f"PD{made.pk:06d}", done=phrase("{title}：{answer}", title=phrase(one.title),
                                               answer=phrase(code_lists["indicators.answer"].label(answer))),
        href=f"/figures/{one.code}?place={place}&period={told}", subject=f"indicators:{one.code}",
        facts={"question": question, "answer": answer, "evidence": made.evidence},
    )  # fmt: skip
