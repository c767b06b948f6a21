"""Where the rows of a fact stand in PostgreSQL, and which tables tell that a month of it is no longer what it was.

A chapter registers its sources in its `apps.ready` from its module `sources.py`:

    Source(
        fact=visits,
        sql="SELECT e.id, r.master_id AS person, e.at::date AS at, … FROM record_encounter e JOIN … "
            "WHERE e.at >= {starts} AND e.at < {ends}",
        watched=(
            Watched("record_encounter", day="at"),
            Watched("residents_resident", columns=("master_id",),
                    days="SELECT e.at FROM changed JOIN record_encounter e ON e.resident_id = changed.id"),
        ),
    )

Both the sources' statements and the triggers run with the time zone Asia/Shanghai: `at::date` is the day on the wall,
and an instant compared with a day is compared with its midnight.
"""

from __future__ import annotations

from dataclasses import dataclass

from yigongti.kernel.measures.words import Fact


@dataclass(frozen=True, slots=True)
class Watched:
    """A table whose inserted, updated (as before and as after) and deleted rows reopen months of the fact.

    `day` is an expression in the table's columns that tells the row's day; `days` is a SELECT of days from `changed`
    (those rows) where the day stands elsewhere. With neither, and for a span always, the whole fact is read again.
    Of updates only those count that change one of `columns`, if any are named. `events` leaves out what can change
    nothing: a new person has no visits yet.
    """

    table: str
    day: str = ""
    days: str = ""
    columns: tuple[str, ...] = ()
    key: str = "id"
    events: tuple[str, ...] = ("insert", "update", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A fact's rows as one PostgreSQL SELECT that yields exactly the fact's columns by name, its key among them.

    Of an event only the days from `{starts}` to before `{ends}`; of a span everything.
    """

    fact: Fact
    sql: str
    watched: tuple[Watched, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the statement must yield: the key first where the fact does not describe it."""
        named = tuple(one.name for one in self.fact.columns)
        return named if self.fact.key in named else (self.fact.key, *named)


_registered: dict[str, Source] = {}


def register(*sources: Source) -> None:
    """Say where facts stand; a fact has one source."""
    for source in sources:
        _registered[source.fact.code] = source


def registered() -> dict[str, Source]:
    """Every source by its fact's code."""
    return dict(_registered)
