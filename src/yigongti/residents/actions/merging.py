"""Merge two registrations of one human, undo it, and decide what looked like a duplicate or asked to be moved."""

from __future__ import annotations

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import NotFound
from yigongti.residents.actions.stating import already, post_of, stated
from yigongti.residents.bases import managing_ids
from yigongti.residents.matching.deciding import facts_of
from yigongti.residents.models import Merge, Resident, Suspicion
from yigongti.residents.refusals import PaperTaken, SamePerson


merged = event.declare("residents.merged", "两份登记已合并")
unmerged = event.declare("residents.unmerged", "合并已撤销")

# Everything that still hangs on a registration by merges that stand: what goes back with it.
UNDER = """
WITH RECURSIVE under(id) AS (
    SELECT %s::bigint
    UNION SELECT m.absorbed_id FROM residents_merge m JOIN under u ON m.kept_id = u.id WHERE m.undone_at IS NULL)
SELECT id FROM under
"""


@action("residents.merge")
def merge(*, by: Actor, kept: int, absorbed: int, reason: str) -> Receipt:
    """合并同一人的两份登记。"""
    reason = stated(reason, label="合并理由")
    if kept == absorbed:
        raise SamePerson
    rows = _locked(by, kept, absorbed)
    for pk in (absorbed, kept):
        _refuse_merged(rows[pk])
    aliases = list(Resident.objects.filter(master_id=absorbed).exclude(pk=absorbed).values_list("pk", flat=True))
    Resident.objects.filter(master_id=absorbed).update(master_id=kept)
    done = Merge.objects.create(
        kept_id=kept, absorbed_id=absorbed, absorbed_aliases=aliases, reason=reason, merged_at=clock.now(),
        merged_by_id=post_of(by),
    )  # fmt: skip
    _settle(by, kept, absorbed)
    event.announce(merged, by=by, facts={"kept": kept, "absorbed": absorbed, "merge": done.pk})
    return Receipt(
        number=f"HB{done.pk:06d}",
        done=phrase(
            "{gone} 并入 {stays}（{name}）。",
            gone=rows[absorbed].record_no,
            stays=rows[kept].record_no,
            name=rows[kept].name,
        ),
        next="各处记录不动，都经主档查看；合并可以撤销。",
        href=f"/identity/merges/{done.pk}",
        persons=(kept, absorbed, *aliases),
        subject=f"residents.Merge:{done.pk}",
        facts={"kept": kept, "absorbed": absorbed, "aliases": aliases, "reason": reason},
    )


@action("residents.unmerge")
def unmerge(*, by: Actor, merge: int, reason: str) -> Receipt:
    """撤销合并。"""
    reason = stated(reason, label="撤销理由")
    row = Merge.objects.select_for_update().filter(pk=merge, absorbed__managing_id__in=managing_ids(by)).first()
    if row is None:
        raise NotFound
    if row.undone_at:
        raise already(row.undone_by_id, row.undone_at, "撤销这次合并")
    returned = _under(row.absorbed_id)
    list(Resident.objects.select_for_update().filter(pk__in=[row.kept_id, *returned]).order_by("pk"))
    Merge.objects.filter(pk=row.pk).update(undone_at=clock.now(), undone_by_id=by.post_id, undo_reason=reason)
    _stand_alone(row, returned)
    event.announce(unmerged, by=by, facts={"kept": row.kept_id, "absorbed": row.absorbed_id, "merge": row.pk})
    return Receipt(
        number=f"HB{row.pk:06d}",
        done=phrase("{one} 与 {other} 重新分开。", one=row.absorbed.record_no, other=row.kept.record_no),
        next="两份登记各自恢复到合并之前。",
        href=f"/identity/merges/{row.pk}",
        persons=(row.kept_id, *returned),
        subject=f"residents.Merge:{row.pk}",
        facts={"returned": returned, "reason": reason},
    )


@action("residents.decide_suspicion")
def call_different(*, by: Actor, suspicion: int, note: str) -> Receipt:
    """判定不是同一人。"""
    note = stated(note, label="判定理由", field="note")
    within = Q(one__managing_id__in=managing_ids(by)) | Q(other__managing_id__in=managing_ids(by))
    row = Suspicion.objects.select_for_update(of=("self",)).filter(within, pk=suspicion).first()
    if row is None:
        raise NotFound
    if row.verdict != "open":
        raise already(row.decided_by_id, row.decided_at, "判定这一对")
    row.verdict, row.decided_at, row.decided_by_id, row.note = "different", clock.now(), by.post_id, note
    row.decided_facts = facts_of([(row.one_id, row.other_id)])[row.one_id, row.other_id]
    row.save()
    return Receipt(
        number=f"YS{row.pk:06d}",
        done="两份登记各自保留。",
        href="/identity/duplicates",
        persons=(row.one_id, row.other_id),
        subject=f"residents.Suspicion:{row.pk}",
        facts={"note": note},
    )


def _locked(by: Actor, *ids: int) -> dict[int, Resident]:
    """Both rows, locked in the order of their ids, so that two merges of the same people queue and never deadlock."""
    rows = Resident.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    within = managing_ids(by)
    if set(found) != set(ids) or not any(row.managing_id in within for row in found.values()):
        raise NotFound
    return found


def _refuse_merged(row: Resident) -> None:
    if row.master_id == row.pk:
        return
    earlier = Merge.objects.get(absorbed_id=row.pk, undone_at=None)
    raise already(earlier.merged_by_id, earlier.merged_at, phrase("把 {number} 并入另一份登记", number=row.record_no))


def _settle(by: Actor, kept: int, absorbed: int) -> None:
    """The suspicion about these two, if there was one, is answered by the merge."""
    pair = {"one_id": min(kept, absorbed), "other_id": max(kept, absorbed)}
    Suspicion.objects.filter(**pair, verdict="open").update(
        verdict="same", decided_at=clock.now(), decided_by_id=by.post_id
    )


def _under(resident: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(UNDER, [resident])
        return sorted(pk for (pk,) in cursor.fetchall())


def _stand_alone(row: Merge, returned: list[int]) -> None:
    try:
        with transaction.atomic():
            Resident.objects.filter(pk__in=returned).update(master_id=row.absorbed_id)
            Suspicion.objects.filter(
                one_id=min(row.kept_id, row.absorbed_id), other_id=max(row.kept_id, row.absorbed_id), verdict="same"
            ).update(verdict="open", decided_at=None, decided_by=None)
    except IntegrityError as taken:
        if "resident_id_card_once" not in str(taken):
            raise
        raise PaperTaken(field="reason", label="身份证号", value=row.absorbed.id_card, name=row.kept.name) from taken
