"""A sheet of residents: dry run, run and undo, against COPY of the same rows into the same tables with their indexes.

python -m benchmarks.sheet_import 10000    # into the demo's county; YIGONGTI_DATA names another folder

Beside it stands what looking for those already registered has cost a row, by rules and learned weights: the statement,
and what is said of whom it meets. What it brings it takes back: the county is as before, but for a hole in the numbers.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.measuring import run, tell


ROWS = 10_000
SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文",
)
HEAD = "姓名,身份证号,电话,居住地址,管理机构,慢性病\n"
COPIED = ("residents_resident", "residents_identifier")
FIRST, LAST = date(1935, 1, 1), date(2020, 12, 31)


def sheet(count: int, places: list[str]) -> bytes:
    """A register as a county brings it: everybody with an ID card of their own."""
    from yigongti.residents.codes import check_digit

    chance, out, days = Random(7), io.StringIO(), (LAST - FIRST).days  # noqa: S311 - rows of a benchmark
    out.write(HEAD)
    for n in range(count):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
        born = FIRST + timedelta(days=chance.randrange(days))
        first17 = f"3707{n // 80_000:02d}{born:%Y%m%d}{n % 999:03d}"
        phone = f"13{chance.randrange(10**9):09d}" if n % 3 else ""
        out.write(f"{name},{first17 + check_digit(first17)},{phone},东大街 {n % 400} 号,{places[n % len(places)]},\n")
    return out.getvalue().encode()


def timed(what: str, count: int, act: Callable[[], object]) -> float:
    """Seconds of it, told with rows a second."""
    began = time.monotonic()
    act()
    seconds = time.monotonic() - began
    tell(f"{what:<28} {seconds:8.2f} s   {count / seconds:10,.0f} rows/s")
    return seconds


@dataclass
class Looked:
    """What looking for those already registered has taken since it was last told: in all, and in its statement."""

    whole: float = 0.0
    asked: float = 0.0
    met: int = 0

    @classmethod
    def watch(cls) -> Looked:
        """Put a stop-watch around the question, and around its one statement."""
        from yigongti.exchange.kinds import residents
        from yigongti.residents.queries import alike

        made = cls()
        residents.alike = made._timed(residents.alike, "whole")  # type: ignore[assignment]
        alike.score = made._timed(alike.score, "asked")  # type: ignore[assignment]
        return made

    def _timed(self, act: Callable[..., Any], name: str) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            began = time.monotonic()
            found = list(act(*given, **named))
            setattr(self, name, getattr(self, name) + time.monotonic() - began)
            self.met += len(found) if name == "asked" else 0
            return found

        return timed

    def tell(self, count: int) -> None:
        """So many microseconds a row, and how many registrations a row met."""
        tell(f"  of it, is already registered? {self.whole:8.2f} s   {self.whole / count * 1e6:,.0f} us/row, of which "
             f"the statement {self.asked / count * 1e6:,.0f}; {self.met / count:,.1f} met a row")  # fmt: skip
        self.whole, self.asked, self.met = 0.0, 0.0, 0


def main() -> None:
    """Bring a sheet, run it, bring the same people again, copy what was made beside it, undo it."""
    from django.db import connection

    from yigongti.exchange.batches import queries
    from yigongti.organisations.queries import open_institutions

    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    places = list(open_institutions().filter(kind="village_room").values_list("name", flat=True))
    places = [name for name in places if places.count(name) == 1][:50]
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id), count(*) FROM residents_resident")
        before, people = cursor.fetchone()
    tell(f"{count:,} rows into a county of {people:,}")
    body, looked = sheet(count, places), Looked.watch()
    batch = brought(body)
    dry = timed("dry run (read and check)", count, lambda: worked(batch))
    looked.tell(count)
    wet = timed("run", count, lambda: worked(batch, "running"))
    looked.tell(count)
    tell(f"rows by state: {queries.counts(of=batch)}")
    again = brought(body + b"\n")
    timed("dry run of the same again", count, lambda: worked(again))
    looked.tell(count)
    tell(f"rows by state: {queries.counts(of=again)}")
    worked(again, "undoing")
    copied = copy_again(before)
    tell(f"run / COPY of the same rows = {wet / copied:.1f}   dry run and run / COPY = {(dry + wet) / copied:.1f}")
    timed("undo", count, lambda: worked(batch, "undoing"))


def brought(body: bytes) -> Any:
    """A sheet as the command line keeps it."""
    from django.db import transaction

    from yigongti.exchange.batches.actions import keep
    from yigongti.exchange.batches.belonging import keeper_named
    from yigongti.exchange.senders import the_inbox
    from yigongti.kernel.files import store

    kept = store.keep(by=the_inbox(), name="bench.csv", media_type="text/csv", chunks=[body], megabytes=500)
    with transaction.atomic():
        return keep(kind="residents", digest=kept.digest, name="bench.csv", constants={}, post_id=None,
                    keeper=keeper_named().pk)  # fmt: skip


def worked(batch: Any, state: str = "") -> None:
    """Everything that the worker has to do with it, from this state on."""
    from yigongti.exchange.batches import working
    from yigongti.exchange.batches.models import BUSY, Batch

    if state:
        Batch.objects.filter(pk=batch.pk).update(state=state, reached=0)
    while Batch.objects.filter(pk=batch.pk, state__in=BUSY).exists():
        working.step(batch.pk)


def copy_again(before: int) -> float:
    """COPY the rows that came in, out and in again under other keys, in a transaction that is rolled back."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        rows = {table: _rows(cursor, table, before) for table in COPIED}
        began = time.monotonic()
        for table, (columns, body) in rows.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(body)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.monotonic() - began
        transaction.set_rollback(True)
    tell(f"{'COPY of the same rows':<28} {seconds:8.2f} s")
    return seconds


MOVED = {
    "residents_resident": {"id": "id + 100000000", "master_id": "master_id + 100000000",
                           "record_no": "overlay(record_no placing '9' from 1)",
                           "id_card": "overlay(id_card placing '9' from 1)"},
    "residents_identifier": {"resident_id": "resident_id + 100000000", "id": "id + 100000000"},
}  # fmt: skip


def _rows(cursor: object, table: str, before: int) -> tuple[str, bytes]:
    """The rows that came in, as COPY writes them, moved to keys that nobody has."""
    moved = MOVED[table]
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position", [table],
    )  # fmt: skip
    columns = [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]
    said = ", ".join(moved.get(name, name) for name in columns)
    key = "id" if table == "residents_resident" else "resident_id"
    with cursor.copy(f"COPY (SELECT {said} FROM {table} WHERE {key} > {before}) TO STDOUT") as copy:  # type: ignore[attr-defined]  # noqa: S608 - our own tables
        return ", ".join(columns), b"".join(bytes(block) for block in copy)


if __name__ == "__main__":
    run(main)
