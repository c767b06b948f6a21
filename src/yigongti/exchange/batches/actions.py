"""What staff do with a sheet: bring it, decide about what looks alike, mend a row, run, cancel, go on, undo."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.db import connection
from django.db.models import Q

from yigongti.exchange.batches import checking
from yigongti.exchange.batches.belonging import holder, holds, is_held, within
from yigongti.exchange.batches.kinds import kind_of
from yigongti.exchange.batches.models import BATCH_STATES, Batch, BatchRow
from yigongti.exchange.batches.working import acting
from yigongti.exchange.labels import VERDICTS
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound, Refusal


TABLES = "exchange.tables_work"
WIDEN = """
UPDATE exchange_batchrow SET mended = COALESCE(mended, cells)
    || array_fill(''::text, ARRAY[GREATEST(0, %(width)s - cardinality(COALESCE(mended, cells)))])
WHERE batch_id = %(batch)s AND state = 'wrong'
"""
FILL = """
UPDATE exchange_batchrow SET mended[%(place)s] = %(text)s, state = 'read', problems = '[]', note = ''
WHERE batch_id = %(batch)s AND state = 'wrong' AND btrim(mended[%(place)s]) = ''
"""


class NotInThisState(Refusal):
    """这张表现在不能这样办，请刷新后再看。"""


class NothingToTake(Refusal):
    """没有一行可以收进，请先改正或决定。"""


class BroughtBefore(Refusal):
    """同一个文件已作为第 {number} 号表收过，还没有撤销。"""


class MendedMeanwhile(Refusal):
    """第 {number} 行已由别人改过，请重新打开，看过现在的内容再改。"""


class NotYours(Refusal):
    """只有送表或接手的人能看到和改正临床内容。"""


class InHand(Refusal):
    """这张表由{who}在办，不用接手。"""


@action("exchange.bring_table", permission=TABLES)
def bring(*, by: Actor, kind: str, digest: str, name: str, constants: Mapping[str, str] | None = None) -> Receipt:
    """送来一张表。"""
    by.require(kind_of(kind).permission)
    fresh = keep(kind=kind, digest=digest, name=name, constants=constants or {}, post_id=by.post_id)
    return _receipt(fresh, phrase("已收到《{name}》，正在检查", name=fresh.name), digest=digest)


def keep(
    *, kind: str, digest: str, name: str, constants: Mapping[str, str], post_id: int | None, keeper: int | None = None
) -> Batch:
    """A sheet to be read; `constants` hold for all its rows. It is the post's, or without one the data staff's of
    a unit. The same file is kept once. Raises BroughtBefore."""
    stored = StoredFile.objects.select_for_update().get(pk=digest)
    before = Batch.objects.filter(file=stored, kind=kind).exclude(state__in=("undone", "refused")).first()
    if before is not None:
        raise BroughtBefore(field="file", number=before.pk)
    return Batch.objects.create(kind=kind, file=stored, name=name[:200], state="reading", brought_at=clock.now(),
                                constants=dict(constants), brought_by_id=post_id, keeper_id=keeper)  # fmt: skip


@action("exchange.run_table", permission=TABLES)
def run(*, by: Actor, batch_id: int) -> Receipt:
    """把检查过的表收进来。"""
    found = held(by, batch_id, "checked", "cancelled", "stopped")
    if not BatchRow.objects.filter(batch=found, state__in=("good", "read")).exists():
        raise NothingToTake
    unread = BatchRow.objects.filter(batch=found, state="read").exists()
    Batch.objects.filter(pk=found.pk).update(
        state="checking" if unread else "running", reached=0, run_at=found.run_at or clock.now(), ended_at=None,
        trouble="",
    )  # fmt: skip
    return _receipt(found, phrase("正在收进《{name}》", name=found.name))


@action("exchange.cancel_table", permission=TABLES)
def cancel(*, by: Actor, batch_id: int) -> Receipt:
    """停下正在办的表。"""
    found = held(by, batch_id, "reading", "checking", "running", "undoing")
    if found.state == "reading":  # nothing of it is kept yet
        Batch.objects.filter(pk=found.pk).update(state="undone", ended_at=clock.now())
        return _receipt(found, phrase("《{name}》没有读完就停下了，要用请重新送来", name=found.name))
    Batch.objects.filter(pk=found.pk).update(state="cancelled", ended_at=clock.now())
    return _receipt(found, phrase("《{name}》已停下，收进的留着，可以继续，也可以撤销", name=found.name))


@action("exchange.recheck_table", permission=TABLES)
def recheck(*, by: Actor, batch_id: int) -> Receipt:
    """重新检查表里没有收进的行。"""
    found = held(by, batch_id, "checked", "cancelled", "stopped", "done")
    left = BatchRow.objects.filter(batch=found, state__in=("wrong", "alike", "known", "good"))
    count = left.update(state="read", problems=[], alike=[], verdict="", made="", note="")
    Batch.objects.filter(pk=found.pk).update(state="checking", reached=0, ended_at=None, trouble="")
    return _receipt(found, phrase("重新检查 {n} 行", n=count), rows=count)


@action("exchange.undo_table", permission=TABLES)
def undo(*, by: Actor, batch_id: int, why: str) -> Receipt:
    """撤销整张表。"""
    found = held(by, batch_id, "done", "cancelled", "stopped", "checked")
    if not why.strip():
        raise Missing(field="why", label="撤销的理由")
    Batch.objects.filter(pk=found.pk).update(state="undoing", reached=0, ended_at=None, trouble="")
    return _receipt(found, phrase("正在撤销《{name}》", name=found.name), why=why.strip()[:400])


@action("exchange.take_over_table", permission=TABLES)
def take_over(*, by: Actor, batch_id: int) -> Receipt:
    """接手没有人在办的表。"""
    found = held(by, batch_id, *BATCH_STATES)
    before = holder(found)
    if before and is_held(found):
        raise InHand(who=before.account.person_name)
    Batch.objects.filter(pk=found.pk).update(taken_by_id=by.post_id)
    words = phrase("《{name}》由{who}接手，临床内容从此只有{who}能看到和改正", name=found.name, who=by.person_name)
    return _receipt(found, words, before=before.pk if before else None)


@action("exchange.decide_row", permission=TABLES)
def decide(*, by: Actor, batch_id: int, number: int, verdict: str) -> Receipt:
    """决定表里的一行是不是已登记的人。"""
    found = held(by, batch_id, "checked", "cancelled", "done")
    row = _row(found, number, "alike")
    _decided(found, BatchRow.objects.filter(pk=row.pk), verdict)
    return _receipt(found, phrase("第 {n} 行：{verdict}", n=number, verdict=phrase(VERDICTS[verdict])), row=number)


@action("exchange.decide_rows", permission=TABLES)
def decide_rest(*, by: Actor, batch_id: int, verdict: str) -> Receipt:
    """对表里其余像已登记的行一并决定。"""
    found = held(by, batch_id, "checked", "cancelled", "done")
    count = _decided(found, BatchRow.objects.filter(batch=found, state="alike"), verdict)
    return _receipt(
        found, phrase("其余 {n} 行：{verdict}", n=count, verdict=phrase(VERDICTS[verdict])), rows=count, verdict=verdict
    )


def _decided(batch: Batch, rows: object, verdict: str) -> int:
    """The same person is not registered again; a different one is taken in, and the pair put before data staff."""
    if verdict not in VERDICTS:
        raise BadValue(field="verdict", label="决定", value=verdict[:40], problem="不在可选范围内")
    state = "known" if verdict == "same" else "good"
    count: int = rows.update(state=state, verdict=verdict)  # type: ignore[attr-defined]
    if batch.state == "done" and state == "good" and count:
        Batch.objects.filter(pk=batch.pk).update(state="checked")
    return count


@action("exchange.mend_row", permission=TABLES)
def mend(*, by: Actor, batch_id: int, number: int, cells: Mapping[str, str], seen: str = "") -> Receipt:
    """改正表里的一行（收到的原样留着）。"""
    found = held(by, batch_id, "checked", "cancelled", "done")
    row = _row(found, number, "wrong", "alike")
    if seen and seen != print_of(row):
        raise MendedMeanwhile(number=number)
    if kind_of(found.kind).fields_closed & set(cells) and not holds(by, found):
        raise NotYours
    fresh = list(row.mended or row.cells)
    for name, text in cells.items():
        _put(fresh, found.heading.get(name), text)
    BatchRow.objects.filter(pk=row.pk).update(mended=fresh, state="read", verdict="", problems=[], note="")
    checking.check(found, list(BatchRow.objects.filter(pk=row.pk)), by=acting(found))
    again = BatchRow.objects.get(pk=row.pk)
    if again.key:
        checking.mark_repeats(found, key=again.key)
        again.refresh_from_db()
    if found.state == "done" and again.state == "good":
        Batch.objects.filter(pk=found.pk).update(state="checked")
    words = phrase("第 {n} 行已改正", n=number) if again.state != "wrong" else phrase("第 {n} 行还有问题", n=number)
    return _receipt(found, words, row=number, columns=sorted(cells), state=again.state)


@action("exchange.fill_column", permission=TABLES)
def fill(*, by: Actor, batch_id: int, field: str, text: str) -> Receipt:
    """给表里一列的空格统一填上内容。"""
    found = held(by, batch_id, "checked", "cancelled", "done")
    columns = {column.field: column for column in kind_of(found.kind).sheet.columns}
    if field not in columns:
        raise BadValue(field="field", label="列", value=field[:40], problem="不在可选范围内")
    if not text.strip() or len(text) > 200:
        raise BadValue(field="text", label="填什么", value=text[:40], problem="1 到 200 个字")
    if field in kind_of(found.kind).fields_closed and not holds(by, found):
        raise NotYours
    at = found.heading.get(field, max([*found.heading.values(), len(found.head) - 1]) + 1)
    count = _fill(found, at, text.strip())
    Batch.objects.filter(pk=found.pk).update(heading={**found.heading, field: at}, state="checking", reached=0)
    header = phrase(columns[field].header)
    words = phrase("{header}空着的都填好，重新检查 {n} 行", header=header, n=count)
    closed = field in kind_of(found.kind).fields_closed
    return _receipt(found, words, column=field, rows=count, **({} if closed else {"text": text.strip()}))


def _fill(batch: Batch, at: int, text: str) -> int:
    """Put a text into the empty cells of a column, in the rows that have a problem; how many are checked again."""
    with connection.cursor() as cursor:
        cursor.execute(WIDEN, {"batch": batch.pk, "width": at + 1})
        cursor.execute(FILL, {"batch": batch.pk, "place": at + 1, "text": text})
        return int(cursor.rowcount)


def print_of(row: BatchRow) -> str:
    """A print of a row as it is shown to be mended: who mends over somebody else's mending is told."""
    return hashlib.sha256(repr(row.mended or row.cells).encode()).hexdigest()[:16]


def _put(cells: list[str], at: int | None, text: str) -> None:
    """A column that the sheet does not have cannot be mended in it."""
    if at is None:
        return
    cells.extend([""] * (at + 1 - len(cells)))
    cells[at] = text.strip()


def held(by: Actor, batch_id: int, *states: str) -> Batch:
    """The batch, locked, of a kind that the actor may bring, in one of these states."""
    sheets = Batch.objects.select_related("brought_by__unit", "taken_by__unit").select_for_update(of=("self",))
    found = sheets.filter(within(by), pk=batch_id).first()
    if found is None or not by.may(kind_of(found.kind).permission):
        raise NotFound
    if found.state not in states:
        raise NotInThisState
    return found


def _row(batch: Batch, number: int, *states: str) -> BatchRow:
    row = BatchRow.objects.select_for_update().filter(Q(state__in=states), batch=batch, number=number).first()
    if row is None:
        raise NotInThisState
    return row


def _receipt(batch: Batch, done: str, **facts: object) -> Receipt:
    return Receipt(
        number=f"T{batch.pk}", done=done, href=f"/tables/{batch.pk}", subject=f"exchange.Batch:{batch.pk}",
        facts={"kind": batch.kind, **facts}, data={"batch": batch.pk},
    )  # fmt: skip
