"""Answers to the questions of indicators that are judged: proven by files, confirmed by who did not judge."""

from __future__ import annotations

from yigongti.indicators import catalogue
from yigongti.indicators.models import Evidence, Judgement
from yigongti.indicators.queries.judgements import CONFIRM, JUDGE, of_reader
from yigongti.indicators.queries.places import places
from yigongti.indicators.refusals import ConfirmedAlready, EnoughEvidence, NoEvidence, OwnJudgement, SameEvidence
from yigongti.kernel import clock
from yigongti.kernel.access.actor import NO_ACCOUNT, Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.language import phrase
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import Judged
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import BadValue, Missing, NotFound


@action("indicators.judge", permission=JUDGE)
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
    return _receipt(made, phrase("{title}：{answer}", title=phrase(one.title),
                                 answer=phrase(code_lists["indicators.answer"].label(answer))),
                    question=question, answer=answer, evidence=made.evidence)  # fmt: skip


@action("indicators.attach_evidence", permission=JUDGE)
def attach_evidence(*, by: Actor, judgement: int, digest: str, name: str) -> Receipt:
    """给评定附上一个证据文件。"""
    made = _open(by, judgement)
    # Only who has just stored the bytes knows their digest; a stranger's digest opens nothing.
    stored = StoredFile.objects.filter(pk=digest).first()
    if stored is None:
        raise NotFound
    most = values.number("indicators.evidence_files")
    if made.files.count() >= most:
        raise EnoughEvidence(most=most)
    if made.files.filter(file=stored).exists():
        raise SameEvidence(name=made.files.get(file=stored).name)
    Evidence.objects.create(judgement=made, file=stored, name=name[:200], at=clock.now(), by_id=by.post_id or 0)
    return _receipt(made, phrase("附上“{name}”", name=name), digest=digest, name=name)


@action("indicators.drop_evidence", permission=JUDGE)
def drop_evidence(*, by: Actor, judgement: int, evidence: int) -> Receipt:
    """撤下一个还没有确认的证据文件。"""
    made = _open(by, judgement)
    row = made.files.filter(pk=evidence).first()
    if row is None:
        raise NotFound
    name, digest = row.name, row.file_id
    row.delete()
    return _receipt(made, phrase("撤下“{name}”", name=name), digest=digest, name=name)


@action("indicators.confirm_judgement", permission=CONFIRM)
def confirm_judgement(*, by: Actor, judgement: int) -> Receipt:
    """确认一条评定。

    From then on the database refuses every change. Raises NoEvidence, OwnJudgement, ConfirmedAlready, NotFound.
    """
    made = _open(by, judgement)
    if made.by.account_id == (by.account_id or NO_ACCOUNT):
        raise OwnJudgement
    if not made.files.exists():
        raise NoEvidence
    made.confirmed_at, made.confirmed_by_id = clock.now(), by.post_id
    made.save(update_fields=["confirmed_at", "confirmed_by"])
    return _receipt(made, "确认了评定", answer=made.answer)


def _open(by: Actor, pk: int) -> Judgement:
    """One that the actor reaches and nobody has confirmed yet. Raises NotFound, ConfirmedAlready."""
    Judgement.objects.select_for_update().filter(pk=pk).first()
    made = of_reader(for_=by, pk=pk)
    if not by.reaches_path(made.place.path):
        raise NotFound
    if made.confirmed_at is not None:
        raise ConfirmedAlready
    return made


def _receipt(made: Judgement, done: str, **facts: str) -> Receipt:
    return Receipt(
        number=f"PD{made.pk:06d}", done=done, href=f"/indicators/judgements/{made.pk}",
        subject=f"indicators:{made.indicator}", facts={"judgement": made.pk, **facts},
    )  # fmt: skip
