"""Spark: the same engine on a cluster, for more counties than one machine counts. Needs the extra `spark`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from yigongti.kernel.measures import duck
from yigongti.kernel.measures.lake import Snapshot
from yigongti.kernel.measures.reference import Asked, Key, Settle
from yigongti.kernel.measures.words import Selection


TYPES = {"int64": "bigint", "decimal(18, 4)": "decimal(18,4)", "string": "string", "date": "date",
         "boolean": "boolean"}  # fmt: skip
NUMBERS = itertools.count(1)


def session(master: str, *, host: str = "127.0.0.1", partitions: int = 8) -> Any:
    """A session on a cluster, or on this machine (`local[2]`); days are days whatever the zone of a worker.

    Raises ModuleNotFoundError where the extra is not installed.
    """
    from pyspark.sql import SparkSession

    given = {
        "spark.driver.host": host, "spark.driver.bindAddress": host, "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true",
        "spark.sql.shuffle.partitions": str(partitions), "spark.sql.adaptive.enabled": "true",
    }  # fmt: skip
    builder = SparkSession.builder.appName("yigongti").master(master)
    for name, value in given.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


class SparkEngine:
    """Counts the rows of a snapshot on Spark. Workers must see the folder under the same path."""

    def __init__(self, session: Any, folder: Path, snapshot: Snapshot, settle: Settle) -> None:
        self._store = SparkStore(session)
        self._settle = settle
        for code, held in snapshot.facts.items():
            files = [str(folder / file.name) for file in held.files.values()]
            session.read.parquet(*files).createOrReplaceTempView(code)

    def measure_all(self, asks: Sequence[tuple[Selection, Asked]]) -> list[Mapping[Key, Decimal]]:
        """Each selection's number for each place and group, in the order asked."""
        from yigongti.kernel.measures.columnar import Columnar

        return list(Columnar(self._store, self._settle).measure_all(asks))


class SparkStore:
    """Tables of a Spark session; facts stand there under their codes."""

    dialect = "pyspark"

    def __init__(self, session: Any) -> None:
        self.session = session
        self._made: list[tuple[str, Any]] = []

    def table(self, code: str, columns: dict[str, str]) -> Any:
        """A fact's rows; of a fact that no county sent, none."""
        import ibis

        if not self.session.catalog.tableExists(code):
            return self.made(columns, ())
        return ibis.table(columns, name=code)

    def made(self, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> Any:
        """A small table of these rows."""
        import ibis

        return ibis.table(columns, name=self._named(self.session.sql(values(columns, rows))))

    def kept(self, expression: Any) -> Any:
        """The expression's rows, kept for further questions."""
        import ibis

        return ibis.table(expression.schema(), name=self._named(self.session.sql(self._written(expression)).cache()))

    def fetched(self, expression: Any) -> list[tuple[Any, ...]]:
        """The expression's rows."""
        return [tuple(row) for row in self.session.sql(self._written(expression)).collect()]

    def forget(self) -> None:
        """Drop what was made and kept."""
        for name, frame in self._made:
            self.session.catalog.dropTempView(name)
            frame.unpersist()
        self._made.clear()

    def _named(self, frame: Any) -> str:
        name = f"made_{next(NUMBERS)}"
        frame.createOrReplaceTempView(name)
        self._made.append((name, frame))
        return name

    def _written(self, expression: Any) -> str:
        import ibis

        return str(ibis.to_sql(expression, dialect=self.dialect))


def values(columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as a SELECT, typed: planned where it is asked, so that no worker starts a Python for it."""
    typed = ", ".join(
        f"CAST(given.c{n} AS {TYPES[kind]}) AS `{name}`" for n, (name, kind) in enumerate(columns.items())
    )
    told = ", ".join("(" + ", ".join(map(_quoted, row)) + ")" for row in rows)
    if not told:
        nothing = ", ".join(f"CAST(NULL AS {TYPES[kind]}) AS `{name}`" for name, kind in columns.items())
        return f"SELECT {nothing} WHERE FALSE"
    names = ", ".join(f"c{n}" for n in range(len(columns)))
    return f"SELECT {typed} FROM VALUES {told} AS given({names})"  # noqa: S608 - values are quoted


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return duck.quoted(value)
