"""What others keep and tell us, row by row: each number of theirs has versions, and the newest not taken back stands.

A row is never edited. What comes again is the same, or a corrected version; what was taken in wrongly is withdrawn and
kept, and the version before it stands again. Everything works on whole batches: a few statements, however many rows.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar

from django.db import connection, models
from django.db.models import Q
from psycopg.types.json import Jsonb

from yigongti.kernel import clock
from yigongti.kernel.refusal import Refusal


NUL = repr("\x00")[1:-1]
LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"
KNOWN = """
SELECT DISTINCT ON (numbering, number) numbering, number, id, version, stands, fingerprint
FROM {table} WHERE number = ANY(%s) ORDER BY numbering, number, stands DESC, version DESC
"""
LAST = "SELECT numbering, number, max(version) FROM {table} WHERE number = ANY(%s) GROUP BY numbering, number"
STAND_AGAIN = """
UPDATE {table} SET stands = true WHERE NOT stands AND id IN (
    SELECT DISTINCT ON (t.numbering, t.number) t.id
    FROM {table} t JOIN {table} w ON w.numbering = t.numbering AND w.number = t.number
    WHERE w.id = ANY(%s) AND t.withdrawn_at IS NULL ORDER BY t.numbering, t.number, t.version DESC)
RETURNING id
"""
NEXT_IDS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
FILL = "UPDATE {table} t SET {column} = told.match FROM unnest(%s::bigint[], %s::bigint[]) AS told(id, match) WHERE t.id = told.id AND t.{column} IS NULL"  # noqa: E501


class Version(models.Model):
    """One version of one row of theirs. `numbering` says whose number it is, where several number on their own."""

    id = models.BigAutoField(primary_key=True)
    numbering = models.CharField(max_length=24, blank=True, db_collation="C")
    number = models.CharField(max_length=60, db_collation="C")
    version = models.SmallIntegerField()
    stands = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)
    fingerprint = models.UUIDField()
    source = models.CharField(max_length=40)
    taken_in_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(number=""), name="%(class)s_numbered"),
            models.CheckConstraint(
                condition=Q(stands=False) | Q(withdrawn_at__isnull=True), name="%(class)s_withdrawn_stands_not"
            ),
            models.UniqueConstraint(fields=["number", "numbering", "version"], name="%(class)s_version_once"),
            models.UniqueConstraint(
                fields=["number", "numbering"], condition=Q(stands=True), name="%(class)s_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class Told(Protocol):
    """A row as it was told: a flat dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def number(self) -> str:
        """Their number."""
        ...

    @property
    def numbering(self) -> str:
        """Whose number it is."""
        ...


T = TypeVar("T", bound=Told)


class TwiceInOneBatch(Refusal):
    """{number} 在同一批里出现两次，内容不同：请来源方确认以哪一条为准。"""

    status = 422


class Unwritable(Refusal):
    """{number} 里有不能保存的控制字符。"""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a told row: `new`, `same`, `corrected` or `refused`, with its key and version or why not."""

    what: str
    id: int | None = None
    version: int = 0
    why: str = ""
    field: str = ""
    rule: str = ""

    def said(self) -> dict[str, Any]:
        """As plain data, for receipts."""
        told = {"what": self.what, "id": self.id, "version": self.version}
        return told | ({"why": self.why, "field": self.field, "rule": self.rule} if self.why else {})


def refused(refusals: Sequence[Refusal]) -> Outcome:
    """A row that is not taken in: every reason in one sentence, the first one's field and rule."""
    first = refusals[0]
    why = "；".join(str(one).rstrip("。") for one in refusals)
    return Outcome(what="refused", why=why, field=first.field, rule=first.rule or first.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How rows of one kind are read: their model, what is wrong with a told row, its columns, and what is our matching.

    `matches` are columns that we have found, not what was told: they make no new version, and fill an empty place.
    """

    model: type[Version]
    wrong: Callable[[Any], Sequence[Refusal]]
    columns: Callable[[Any], Mapping[str, Any]]
    matches: tuple[str, ...] = ()


def take_in(shape: Shape, told: Sequence[T], *, source: str) -> list[Outcome]:
    """Write what is new and what is corrected; the outcome of each, in the order told. Inside a transaction."""
    _lock(shape.model)
    outcomes, fresh, again = _judged(shape, told)
    _write(shape, told, outcomes, fresh, source)
    outcomes |= {place: replace(outcomes[first], what="same") for place, first in again}
    _fill(shape, told, outcomes)
    return [outcomes[n] for n in range(len(told))]


def withdraw(model: type[Version], ids: Iterable[int], *, why: str) -> tuple[list[int], list[int]]:
    """Take back what was taken in: which rows no longer count, and which earlier versions stand again instead."""
    _lock(model)
    rows = model._default_manager.filter(pk__in=list(ids), withdrawn_at=None)
    gone = sorted(rows.values_list("pk", flat=True))
    model._default_manager.filter(pk__in=gone).update(
        withdrawn_at=clock.now(), withdrawn_why=why.strip()[:200], stands=False
    )
    return gone, sorted(pk for (pk,) in _asked(STAND_AGAIN, model, gone))


# --- how


def _lock(model: type[Version]) -> None:
    """One batch of a kind at a time: of two that tell the same number, the second finds what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [model._meta.db_table])


def _asked(sql: str, model: type[Version], given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=model._meta.db_table), [list(given)])
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A row to be written: its place among the told, its version, and the version it takes the place of."""

    place: int
    version: int
    print: uuid.UUID
    old: int | None


def _judged(shape: Shape, told: Sequence[T]) -> tuple[dict[int, Outcome], list[_Fresh], list[tuple[int, int]]]:
    """What is settled already, what is to be written, and which rows say a second time what is to be written."""
    numbers = list({one.number for one in told})
    standing = {(row[0], row[1]): row[2:] for row in _asked(KNOWN, shape.model, numbers)}
    last = {(row[0], row[1]): row[2] for row in _asked(LAST, shape.model, numbers)}
    outcomes: dict[int, Outcome] = {}
    first: dict[tuple[str, str], _Fresh] = {}
    again: list[tuple[int, int]] = []
    met: dict[tuple[str, str], uuid.UUID] = {}
    for place, one in enumerate(told):
        said = _said(one, shape.matches)
        key, print_ = (one.numbering, one.number), _print(said)
        wrong = list(shape.wrong(one))
        if NUL in said:
            wrong.append(Unwritable(field="number", number=one.number.replace("\x00", "")))
        if met.get(key, print_) != print_:
            wrong.append(TwiceInOneBatch(field="number", number=one.number))
        if wrong:
            outcomes[place] = refused(wrong)
            continue
        pk, version, stands, before = standing.get(key, (None, 0, False, None))
        if stands and before == print_:
            outcomes[place] = Outcome(what="same", id=pk, version=version)
        else:
            written = first.setdefault(key, _Fresh(place, last.get(key, 0) + 1, print_, pk if stands else None))
            again.append((place, written.place))
        met[key] = print_
    return outcomes, list(first.values()), [pair for pair in again if pair[0] != pair[1]]


def _said(told: Told, apart: Iterable[str]) -> str:
    """All that was told, as one text, without what we have matched ourselves."""
    return repr([(one.name, getattr(told, one.name)) for one in fields(told) if one.name not in apart])


def _print(said: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.sha256(said.encode("utf-8", "backslashreplace")).digest()[:16])


def _write(shape: Shape, told: Sequence[T], outcomes: dict[int, Outcome], fresh: Sequence[_Fresh], source: str) -> None:
    replaced = [one.old for one in fresh if one.old]
    shape.model._default_manager.filter(pk__in=replaced).update(stands=False)
    now, ids = clock.now(), _next_ids(shape.model, len(fresh))
    rows = [
        {
            "id": pk, "numbering": told[one.place].numbering, "number": told[one.place].number, "version": one.version,
            "stands": True, "fingerprint": one.print, "source": source[:40], "taken_in_at": now,
            "withdrawn_at": None, "withdrawn_why": "", **shape.columns(told[one.place]),
        }
        for one, pk in zip(fresh, ids, strict=True)
    ]  # fmt: skip
    _copy(shape.model, rows)
    for one, pk in zip(fresh, ids, strict=True):
        outcomes[one.place] = Outcome(what="corrected" if one.old else "new", id=pk, version=one.version)


def _next_ids(model: type[Version], many: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_IDS, [model._meta.db_table, many])
        return [pk for (pk,) in cursor.fetchall()]


def _copy(model: type[Version], rows: Sequence[Mapping[str, Any]]) -> None:
    """By COPY: rows as wide as these cost ten times as much by INSERT."""
    if not rows:
        return
    held = [one for one in model._meta.concrete_fields if not one.generated]
    names = ", ".join(str(one.column) for one in held)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([_plain(one, row[one.attname]) for one in held])


def _plain(column: Any, value: Any) -> Any:
    return Jsonb(value) if isinstance(column, models.JSONField) else value


def _fill(shape: Shape, told: Sequence[T], outcomes: Mapping[int, Outcome]) -> None:
    """What was told before without a match and is matched now."""
    same = [(one.id, told[place]) for place, one in outcomes.items() if one.what == "same" and one.id]
    for column in shape.matches:
        found = [(pk, getattr(one, column)) for pk, one in same if getattr(one, column)]
        if found:
            with connection.cursor() as cursor:
                sql = FILL.format(table=shape.model._meta.db_table, column=column)
                cursor.execute(sql, [[pk for pk, _ in found], [match for _, match in found]])
