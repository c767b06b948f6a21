"""A made county counted by the engine, inside the transaction that is rolled back: its facts are copied to DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection

from yigongti.indicators.policy.families import ALL
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel import clock
from yigongti.kernel.measures import duck
from yigongti.kernel.measures.arithmetic import Outcome, outcomes, terms
from yigongti.kernel.measures.columnar import Columnar
from yigongti.kernel.measures.completeness import Arrived, Status, status
from yigongti.kernel.measures.expanding import expanded, plain_columns
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.settling import settle
from yigongti.kernel.measures.sources import registered


BY_CODE = {one.code: one for one in ALL}
FIRST, LAST = "DATE '2015-01-01'", "DATE '2100-01-01'"
NOTHING = Outcome(numerator=Decimal(0))


class Counted:
    """The facts as they stand now, and what the engine makes of them."""

    def __init__(self, folder: Path, only: Iterable[str] = ()) -> None:
        self._store = duck.DuckStore(duck.connected(folder / "scratch"))
        self._engine = Columnar(self._store, settle)
        sources = registered()
        for code in ("places", *(only or (one for one in sources if one != "places"))):
            self._take(code, folder / f"{code}.csv")

    def _take(self, code: str, path: Path) -> None:
        source = registered()[code]
        columns = plain_columns(source.fact)
        statement = source.sql.format(starts=FIRST, ends=LAST)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")
            named = ", ".join(f'"{name}"' for name in columns)
            with (
                path.open("wb") as out,
                cursor.copy(f"COPY (SELECT {named} FROM ({statement}) s) TO STDOUT CSV") as rows,
            ):
                for block in rows:
                    out.write(block)
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        types = ", ".join(f"'{name}': '{duck.TYPES[kind]}'" for name, kind in columns.items())
        run = self._store.connection.execute
        given = f"header=false, auto_detect=false, delim=',', quote='\"', allow_quoted_nulls=false, columns={{{types}}}"
        run(f"CREATE TABLE raw AS SELECT * FROM read_csv('{path}', {given})")
        run(f"CREATE TABLE {code} AS {expanded(source.fact, 'raw', 'places' if code != 'places' else 'raw')}")
        run("DROP TABLE raw")

    def figures(self, wanted: Iterable[tuple[str, str]], *, level: str) -> dict[tuple[str, str, int], Outcome]:
        """Each indicator of each period at each place of the level."""
        pages = [(BY_CODE[code], Period.read(period)) for code, period in wanted]
        asks = [(one, period, name, term) for one, period in pages for name, term in terms(one, period).items()]
        numbers = self._engine.measure_all([(term.selection, term.asked(level)) for *_, term in asks])
        measured: dict[tuple[str, str], dict[str, object]] = {}
        for (one, period, name, _term), found in zip(asks, numbers, strict=True):
            measured.setdefault((one.code, period.code), {})[name] = found
        return {
            (one.code, period.code, key.place): outcome
            for one, period in pages
            for key, outcome in outcomes(one, period, measured[one.code, period.code]).items()
        }

    def standing(self, code: str, period: str, found: Outcome, *, cut: date | None = None) -> Status:
        """Whether a figure may be believed, by what has arrived."""
        rows = self._store.connection.execute('SELECT fact, sender, "at", expected, received FROM arrivals').fetchall()
        arrived = [Arrived(need=fact, sender=sender or "", month=month, expected=expected, received=received)
                   for fact, sender, month, expected, received in rows]  # fmt: skip
        return status(
            BY_CODE[code], Period.read(period), found, arrived, cut=cut or clock.today(), needs=NEEDS, settle=settle
        )
