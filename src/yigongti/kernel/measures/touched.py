"""Which months of which facts changed since the lake was made: plain rows, appended by triggers of the watched tables.

A statement over many rows appends one row a month. No writer waits for another or for a refresh: nothing is updated,
and a refresh deletes only what it has read before it looked at the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from yigongti.kernel.measures.sources import Source, Watched, registered


PREFIX = "measures_touch"
ROWS = {"insert": "SELECT * FROM new_rows", "delete": "SELECT * FROM old_rows",
        "update": "SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows"}  # fmt: skip
TABLES = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows",
          "update": "NEW TABLE AS new_rows OLD TABLE AS old_rows"}  # fmt: skip
FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET timezone = 'Asia/Shanghai' AS $touch$
BEGIN
    IF current_setting('{unseen}', true) = 'on' THEN RETURN NULL; END IF;
    {body}
    RETURN NULL;
END $touch$;
"""
TRIGGER = """
DROP TRIGGER IF EXISTS {prefix}_{event} ON {table};
CREATE TRIGGER {prefix}_{event} AFTER {event} ON {table} REFERENCING {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""
UNWATCHED = f"DROP TRIGGER IF EXISTS {PREFIX}_{{event}} ON {{table}}"
UNSEEN = "measures.unseen"
"""Set to `on` by who fills a database that has no lake yet: everything will be read anyway."""
WHOLE = "INSERT INTO measures_touched (fact) {changed} SELECT '{fact}' WHERE EXISTS (SELECT FROM changed);"
MONTHS = """INSERT INTO measures_touched (fact, month) {changed}, days(day) AS ({days})
    SELECT DISTINCT '{fact}', date_trunc('month', day::date::timestamp)::date FROM days
    WHERE day IS NOT NULL AND isfinite(day);"""
OWN = "SELECT ({day})::date FROM changed"
STALE = r"SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'measures\_touch\_%'"


@dataclass(frozen=True, slots=True)
class Touch:
    """One row of what changed."""

    id: int
    fact: str
    month: date | None


def read() -> list[Touch]:
    """Everything that changed and was committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, fact, month FROM measures_touched ORDER BY id")
        return [Touch(*row) for row in cursor.fetchall()]


def forget(touches: Sequence[Touch]) -> None:
    """Delete exactly these."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM measures_touched WHERE id = ANY(%s)", [[one.id for one in touches]])


def waiting() -> bool:
    """Whether anything changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM measures_touched)")
        return bool(cursor.fetchone()[0])


# --- triggers


def watch() -> None:
    """Make the triggers of every watched table, and drop those of tables that nobody watches any more."""
    wanted: dict[str, list[tuple[Source, Watched]]] = defaultdict(list)
    for source in registered().values():
        for one in source.watched:
            wanted[one.table].append((source, one))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STALE)
        for name, table in cursor.fetchall():
            if table not in wanted:
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
        for table, told in wanted.items():
            for event in ROWS:
                own = [(source, one) for source, one in told if event in one.events]
                cursor.execute(trigger(table, event, own) if own else UNWATCHED.format(event=event, table=table))


def trigger(table: str, event: str, told: Iterable[tuple[Source, Watched]]) -> str:
    """The statements that make one trigger."""
    name = f"{PREFIX}_{table}_{event}".replace(".", "_")
    body = "\n    ".join(dict.fromkeys(_append(source, one, event) for source, one in told))
    made = FUNCTION.format(name=name, body=body, unseen=UNSEEN)
    return made + TRIGGER.format(prefix=PREFIX, event=event, table=table, tables=TABLES[event], name=name)


def _append(source: Source, one: Watched, event: str) -> str:
    fact = source.fact
    changed = f"WITH changed AS ({_changed(one, event)})"
    if fact.until or not (one.day or one.days):
        return WHOLE.format(changed=changed, fact=fact.code)
    return MONTHS.format(changed=changed, fact=fact.code, days=one.days or OWN.format(day=one.day))


def _changed(one: Watched, event: str) -> str:
    if event != "update" or not one.columns:
        return ROWS[event]
    new, old = (f"({', '.join(f'{side}.{column}' for column in one.columns)})" for side in ("n", "o"))
    joined = f"FROM new_rows n JOIN old_rows o ON n.{one.key} = o.{one.key} WHERE {new} IS DISTINCT FROM {old}"
    return f"SELECT n.* {joined} UNION ALL SELECT o.* {joined}"
