"""Deaths: taken in, and applied to the person's registration where nothing speaks against it; what does, waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Q

from yigongti.kernel import clock, versions
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase, say
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import AlreadyDone, BadValue, Missing, NotFound
from yigongti.publichealth import receipts
from yigongti.publichealth.models import Death
from yigongti.publichealth.told import DEATH_MATCHES, ToldDeath, death_columns, wrong_death
from yigongti.record.queries.lasts import last_alive
from yigongti.residents.actions.deaths import (
    DECIDE,
    DeathDay,
    record_deaths,
    set_death_day,
    take_back_deaths,
    undo_death,
)


SHAPE = versions.Shape(
    model=Death, matches=DEATH_MATCHES, wrong=lambda told: list(wrong_death(told)), columns=death_columns
)
DECISIONS = {"apply": "以这份证明为准，登记去世", "decline": "不登记，证明有误或不是此人", "undo": "撤销去世登记"}
OPEN_TO = {"apply": ("waiting",), "decline": ("waiting",), "undo": ("applied", "same")}


@action("publichealth.take_in_deaths", permission="publichealth.take_in")
def take_in_deaths(*, by: Actor, deaths: Sequence[ToldDeath], source: str) -> Receipt:
    """收进死亡医学证明。

    `data["deaths"]` says of each what became of it: new, same, corrected, refused and why, or contradicts and why: such
    a one is kept, waits for data staff, and changes nothing of the person's registration.
    """
    outcomes = versions.take_in(SHAPE, deaths, source=source)
    against = _apply(by, [one.id for one in outcomes if one.id])
    said = [one.said() | ({"what": "contradicts", "why": against[one.id]} if one.id in against else {})
            for one in outcomes]  # fmt: skip
    persons = {one.resident_id for one, what in zip(deaths, outcomes, strict=True)
               if one.resident_id and what.what != "refused"}  # fmt: skip
    return receipts.taken(said, name="deaths", source=source, persons=persons, href="/publichealth/deaths")


def _apply(by: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Let certificates do what nobody has let them do yet; which contradict, and why."""
    waiting = Death.objects.filter(pk__in=list(ids), stands=True, effect="none", resident__isnull=False)
    rows = list(waiting.select_related("resident__master").order_by("pk"))
    against = _against(by, rows)
    clear = [one for one in rows if one.pk not in against and not one.cancelled]
    if clear:
        days = [_day(one) for one in clear]
        answers = record_deaths(by=by, deaths=days).data["deaths"]
        against |= {one.pk: said["why"] for one, said in zip(clear, answers, strict=True) if said["why"]}
        for what in ("applied", "same"):
            done = [one.pk for one, said in zip(clear, answers, strict=True) if said["what"] == what]
            Death.objects.filter(pk__in=done).update(effect=what)
    for one in rows:
        one.contradiction = against.get(one.pk, "")[:200]
        one.effect = "waiting"
    Death.objects.bulk_update([one for one in rows if one.contradiction], ["effect", "contradiction"], batch_size=500)
    return against


def _day(one: Death) -> DeathDay:
    return DeathDay(
        resident_id=one.resident_id or 0, died_on=one.died_on, name=one.name_told, sex=one.sex, born_on=one.born_on
    )


def _against(by: Actor, rows: Sequence[Death]) -> dict[int, str]:
    """What the record and the certificate itself say against a death."""
    words = str(phrase("证明已作废：请核对去世登记是否还成立"))
    found = {one.pk: words for one in rows if one.cancelled and one.resident and one.resident.master.died_on}
    told = [one for one in rows if not one.cancelled]
    last = last_alive(for_=by, residents=[one.resident_id for one in told if one.resident_id])
    spare = timedelta(days=values.number("publichealth.days_after_death"))
    for one in told:
        seen = last.get(one.resident_id or 0)
        if seen and seen.date() > one.died_on + spare:
            found.setdefault(one.pk, str(phrase("死亡日期之后还有就诊或测量记录（{day}）", day=seen.date())))
    return found


@action("publichealth.withdraw_deaths", permission="publichealth.take_in")
def withdraw_deaths(*, by: Actor, ids: Sequence[int], why: str) -> Receipt:
    """撤回收错的死亡证明（原样留着）。

    A death that such a certificate had set is taken back with it; where a correction is taken back, the version before
    it is asked again.
    """
    if not why.strip():
        raise Missing(field="why", label="撤回的理由")
    gone, again = versions.withdraw(Death, ids, why=why)
    touched = Death.objects.filter(pk__in=[*gone, *again], resident__isnull=False)
    persons = set(touched.values_list("resident_id", flat=True))
    done = [DeathDay(resident_id=one.resident_id or 0, died_on=one.died_on)
            for one in Death.objects.filter(pk__in=gone, effect="applied")]  # fmt: skip
    if done:
        take_back_deaths(by=by, deaths=done)
    Death.objects.filter(pk__in=gone).exclude(effect="none").update(effect="undone")
    _apply(by, _asked_again(again, persons))
    return receipts.withdrawn(gone, again, why=why, persons=persons, href="/publichealth/deaths")


def _asked_again(again: Sequence[int], persons: Iterable[int]) -> list[int]:
    """Certificates that speak again: earlier versions, and others that had agreed with a day that is gone. What data
    staff have decided about one stays decided."""
    speak = Death.objects.filter(Q(pk__in=again) | Q(effect="same", resident_id__in=persons), stands=True)
    gone = speak.filter(effect__in=("applied", "same")).exclude(resident__master__died_on=F("died_on"))
    ids = sorted({*gone.values_list("pk", flat=True), *speak.filter(effect="waiting").values_list("pk", flat=True)})
    Death.objects.filter(pk__in=ids).update(effect="none", contradiction="")
    return [*ids, *again]


class NotOpen(AlreadyDone):
    """这份证明现在是“{state}”，不能这样办。"""


@action("publichealth.decide_death", permission=DECIDE)
def decide_death(*, by: Actor, death: int, decision: str, note: str) -> Receipt:
    """核对死亡证明与居民登记的矛盾。"""
    rows = Death.objects.select_for_update(of=("self",)).filter(pk=death, stands=True, resident__isnull=False)
    row = rows.filter(by.reach("resident__master__managing__unit__")).first()
    if row is None:
        raise NotFound
    if decision not in DECISIONS:
        raise BadValue(field="decision", label=say("核对结论"), value=decision[:40], problem=say("请选择一项"))
    if not note.strip():
        raise Missing(field="note", label="核对的依据")
    if row.effect not in OPEN_TO[decision]:
        raise NotOpen(field="decision", state=row.effect)
    _carry_out(by, row, decision, note)
    row.effect = {"apply": "applied", "decline": "declined", "undo": "undone"}[decision]
    row.decided_at, row.decided_by_id, row.decision_note = clock.now(), by.post_id, note.strip()[:400]
    row.save(update_fields=["effect", "decided_at", "decided_by", "decision_note"])
    return Receipt(
        number=row.number, done=phrase("{what}。", what=phrase(DECISIONS[decision])),
        href="/publichealth/contradictions", persons=(row.resident_id or 0,), subject=f"publichealth.Death:{row.pk}",
        facts={"decision": decision, "note": note},
    )  # fmt: skip


def _carry_out(by: Actor, row: Death, decision: str, note: str) -> None:
    """What the decision changes of the registration, with its own entry in the trail."""
    given: dict[str, Any] = {"by": by, "resident": row.resident_id, "why": note}
    if decision == "apply" and not row.cancelled:
        set_death_day(died_on=row.died_on, **given)
    elif decision in ("undo", "apply"):  # a cancelled certificate is followed by undoing what it said
        undo_death(**given)
