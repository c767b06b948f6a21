"""The first stage: the file's rows into the table of rows, cell for cell, by one COPY."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from yigongti.exchange.batches.kinds import kind_of
from yigongti.exchange.batches.models import Batch
from yigongti.exchange.tables.opening import Table, opened
from yigongti.exchange.tables.sheet import heading
from yigongti.kernel.files import store
from yigongti.kernel.language import packed, phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal, Refusals


COPY = "COPY exchange_batchrow (batch_id, number, cells, state, problems, key, alike, verdict, made, note) FROM STDIN"
TYPES = ["int8", "int4", "text[]", "text", "jsonb", "text", "jsonb", "text", "text", "text"]


class NoRows(Refusal):
    """表里只有表头，没有一行数据。"""


def table_of(batch: Batch) -> Table:
    """The sheet as it was brought. Raises what makes it unreadable."""
    return opened(
        store.read(batch.file_id), name=batch.name, most_rows=values.number("exchange.table_most_rows"),
        known=kind_of(batch.kind).sheet.knows,
    )  # fmt: skip


def read(batch: Batch) -> None:
    """Read the whole sheet. What cannot be read is refused, with its reason; nothing of it is written."""
    try:
        table = table_of(batch)
        found = heading(kind_of(batch.kind).sheet, [*table.head, *_constant_headers(batch, table)])
        rows = _copy(batch, table)
        if not rows:
            raise NoRows
    except Refusal as refusal:
        raise Unreadable(refusal) from refusal
    batch.head, batch.heading, batch.rows = list(table.head), dict(found.positions), rows
    batch.told = _told(table, found.unknown)
    batch.state, batch.reached = "checking", 0


def _constant_headers(batch: Batch, table: Table) -> list[str]:
    """The columns that the sheet lacks and whose one value for all rows was told with it."""
    sheet = kind_of(batch.kind).sheet
    there = {column.field for header in table.head if (column := sheet.column_of(header))}
    return [column.header for column in sheet.columns if column.field in batch.constants and column.field not in there]


class Unreadable(Exception):
    """A sheet that cannot be read at all, with everything that hinders."""

    def __init__(self, refusal: Refusal) -> None:
        many = refusal.all if isinstance(refusal, Refusals) else (refusal,)
        super().__init__("；".join(str(one) for one in many))


def _copy(batch: Batch, table: Table) -> int:
    count = 0
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for row in _rows(batch, table):
            copy.write_row(row)
            count += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE exchange_batchrow")  # what was just copied is planned for by its size
    return count


def _rows(batch: Batch, table: Table) -> Iterator[tuple[object, ...]]:
    none = Jsonb([])
    for line in table.lines:
        yield batch.pk, line.number, list(line.cells), "read", none, "", none, "", "", ""


def _told(table: Table, unknown: tuple[str, ...]) -> list[Any]:
    """What whoever brought the sheet should know of how it was read."""
    told = []
    if unknown:
        told.append(phrase("这些列没有用到：{columns}", columns="、".join(unknown)))
    if table.other_sheets:
        told.append(phrase("只读了工作表“{name}”，没有读：{others}", name=table.sheet_name,
                           others="、".join(table.other_sheets)))  # fmt: skip
    if table.hidden_rows:
        told.append(phrase("有 {n} 行在表格软件里是隐藏的，也读了", n=table.hidden_rows))
    if table.skipped:
        rows = "、".join(str(one.number) for one in table.skipped[:10])
        told.append(phrase("跳过了 {n} 行合计、示例或落款（第 {rows} 行）", n=len(table.skipped), rows=rows))
    return [packed(one) for one in told]
