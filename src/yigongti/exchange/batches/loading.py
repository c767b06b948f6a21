"""Sheets of a folder, without anybody at a screen: recognised by their columns, checked, and what is good taken in.

What is wrong, or looks like somebody registered, waits in its sheet on the page for sheets.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from yigongti.exchange.batches import working
from yigongti.exchange.batches.actions import BroughtBefore, keep
from yigongti.exchange.batches.checking import problems_of
from yigongti.exchange.batches.kept_as import media_type
from yigongti.exchange.batches.kinds import Kind, kinds
from yigongti.exchange.batches.models import BUSY, Batch, BatchRow
from yigongti.exchange.kinds.entries import NOTHING
from yigongti.exchange.senders import sender_of, the_inbox
from yigongti.exchange.tables.opening import Table, opened
from yigongti.kernel.access.models import Unit
from yigongti.kernel.audit import trail
from yigongti.kernel.files import store
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


FACT = re.compile(r"\{[^}]*\}")
UNNAMED = "无名氏"
"""How a hospital registers somebody whose name it does not know."""
STATES = {"applied": "applied", "known": "superseded", "wrong": "waiting", "alike": "waiting", "good": "waiting",
          "read": "waiting"}  # fmt: skip


ENOUGH = 8
"""So many columns of ours are no chance, however many others stand beside them: an insurer's sheet has sixty."""
INDEX = "是本文件夹的目录，不是一张要收的表"
NOT_OURS = "不是认得的表格：{n} 列里认得 {known} 列"


@dataclass(frozen=True, slots=True)
class Fit:
    """Which kinds of sheet a file is, in the order in which they are to be taken in; or why it is none."""

    kinds: Sequence[Kind] = ()
    why: str = ""


def fit_of_file(path: Path) -> Fit:
    """By its columns: all marks of a kind are there, and most columns are known, or many."""
    most = values.number("exchange.table_most_rows")
    try:
        found = opened(path.read_bytes(), name=path.name, most_rows=most, known=_known)
    except Refusal as unreadable:
        return Fit(why=str(unreadable))
    return Fit(why=INDEX) if _lists_its_folder(found, path) else _fit(found.head)


def _fit(head: Sequence[str]) -> Fit:
    fields = {kind.code: _fields(kind, head) for kind in kinds.values() if kind.marks}
    marked = sorted((kinds[code] for code in fields if kinds[code].marks <= fields[code]), key=lambda kind: kind.order)
    named = [cell for cell in head if cell.strip()]
    known = sum(any(kind.sheet.knows(cell) for kind in marked) for cell in named)
    if marked and (known * 2 > len(named) or known >= ENOUGH):
        return Fit(kinds=marked)
    return Fit(why=NOT_OURS.format(n=len(named), known=known))


def _lists_its_folder(table: Table, path: Path) -> bool:
    """Whether its first line names a file beside it: what is told there stands in that file."""
    beside = {one.name for one in path.parent.iterdir()} - {path.name}
    line = next(iter(table.lines), None)
    return any(cell.rsplit("/", 1)[-1] in beside for cell in (line.cells if line else ()))


def _known(cell: str) -> bool:
    return any(kind.sheet.knows(cell) for kind in kinds.values())


def _fields(kind: Kind, head: Sequence[str]) -> set[str]:
    return {column.field for cell in head if (column := kind.sheet.column_of(cell))}


def load(path: Path, kind: Kind, constants: Mapping[str, str], *, keeper: Unit) -> Counter[tuple[str, str]]:
    """Take one file in as one kind, kept by the unit's data staff; how many rows are in which state, and why."""
    body = path.read_bytes()
    kept = store.keep(
        by=the_inbox(), name=path.name, media_type=media_type(path.name), chunks=[body],
        megabytes=values.number("exchange.table_largest_megabytes"), judged=False,
    )  # fmt: skip
    known = {column.field for column in kind.sheet.columns}
    given = {name: text for name, text in constants.items() if name in known}
    try:
        with transaction.atomic(durable=True):
            batch = keep(
                kind=kind.code, digest=kept.digest, name=path.name, constants=given, post_id=None, keeper=keeper.pk
            )
            _note(batch, keeper)
    except BroughtBefore as before:
        return Counter({("superseded", str(before)): 1})
    except Refusal as refusal:
        return Counter({("refused", str(refusal)): 1})
    return _told(_worked(batch.pk))


def _note(batch: Batch, keeper: Unit) -> None:
    """The history of the sheet begins with whose it is."""
    told = phrase("《{name}》从命令行收进，归{unit}的数据员查看、改正和撤销", name=batch.name, unit=keeper.name)
    trail.wrote(by=the_inbox(), action="exchange.load_table", sentence=told, subject=f"exchange.Batch:{batch.pk}",
                facts={"kind": batch.kind, "number": f"T{batch.pk}", "keeper": keeper.pk})  # fmt: skip


def _worked(pk: int) -> Batch:
    _to_its_end(pk)
    if Batch.objects.filter(pk=pk, state="checked").update(state="running"):
        _to_its_end(pk)
    return Batch.objects.get(pk=pk)


def _to_its_end(pk: int) -> None:
    """A worker that runs meanwhile may have it in hand: then wait for its step."""
    while Batch.objects.filter(pk=pk, state__in=BUSY).exists():
        if not working.step(pk):
            time.sleep(0.05)


def assumed(kind: Kind, source: str) -> dict[str, str]:
    """What a folder's files leave unsaid: whose numbers they carry, who they are from, that a name is not known."""
    place = sender_of(channel="table", code=source, title=source).institution.name
    return {"source": source, "managing": place} | ({"name": UNNAMED} if kind.code == "residents" else {})


def headed(kind: Kind, constants: Mapping[str, str]) -> dict[str, str]:
    """Constants that were told by the headers of columns, by their fields; those of other kinds fall away."""
    known = {header: column.field for header in constants if (column := kind.sheet.column_of(header))}
    return {known[header]: text for header, text in constants.items() if header in known}


def _told(batch: Batch) -> Counter[tuple[str, str]]:
    if batch.state in ("refused", "stopped"):
        return Counter({("refused", batch.trouble): 1})
    told: Counter[tuple[str, str]] = Counter()
    for row in BatchRow.objects.filter(batch=batch).iterator():
        told["nothing" if row.note == NOTHING else STATES[row.state], _why(row)] += 1
    return told


def _why(row: BatchRow) -> str:
    if row.state == "alike":
        return "像已登记的人，等数据员决定"
    if row.state != "wrong":
        return ""
    return "；".join(f"{one.header}：{FACT.sub('…', one.rule)}" for one in problems_of(row)) or row.note
