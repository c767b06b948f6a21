"""Splink learns what each level is worth, on the registrations of this house; nothing else here needs it.

How often a level holds between two humans is counted on pairs drawn at random; how often between two registrations of
one human is found by expectation maximisation, several times, with pairs that agree on different things.
"""

from __future__ import annotations

import importlib.util
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from yigongti.residents.matching import levels
from yigongti.residents.matching.weights import Weights
from yigongti.residents.matching.whole import ROWS
from yigongti.residents.policy.matching import COMPARISONS, Comparison


DRAWN = 2_000_000
"""Pairs drawn at random. More would say more of what is rarer still, and take longer."""
SURE = ("l.card = r.card", "l.name = r.name AND l.born = r.born AND l.phone = r.phone",
        "l.sound = r.sound AND l.born = r.born AND l.village = r.village")  # fmt: skip
SURE_FINDS = 0.7
"""The share of second registrations that those rules find: a first guess, corrected by what is learned after."""
LEARN_FROM = ("l.born = r.born AND l.initials = r.initials", "l.born = r.born AND l.phone = r.phone",
              "l.phone = r.phone AND l.initials = r.initials")  # fmt: skip
"""Narrow enough that among the pairs who agree so far, those of one human are not a handful; each rule teaches what it
does not itself demand."""
SEED = 7


def is_possible() -> bool:
    """Whether Splink and its DuckDB are installed."""
    return all(importlib.util.find_spec(name) for name in ("splink", "duckdb"))


def learn(*, source: str, learned_on: date, rows: int) -> Weights:
    """Learn on what `whole.lay_out` wrote, within the same transaction."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_FOLDER) as folder:
        path = Path(folder) / "rows.csv"
        _write(path)
        database = _opened(path)
        model, neighbours = _train(database), _neighbours(database)
    prior = model["probability_two_random_records_match"]
    shares = {one["output_column_name"]: _shares(one) for one in model["comparisons"]}
    shares["card"]["serial"] = (None, neighbours)
    return Weights(
        learned_on=learned_on, source=source, rows=rows, pairs_per_thousand=round(prior * rows / 2 * 1000, 3),
        shares=shares,
    )  # fmt: skip


def _write(path: Path) -> None:
    """The rows as a file that only this process reads, and that is gone with it."""
    statement = f"COPY (SELECT id AS unique_id, {', '.join(levels.COLUMNS)} FROM {ROWS}) TO STDOUT (FORMAT csv, HEADER)"  # noqa: S608
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)


def _opened(path: Path) -> Any:
    import duckdb

    database = duckdb.connect()
    types = {"unique_id": "BIGINT", "day": "INTEGER", "holds": "BOOLEAN"}
    columns = ", ".join(f"'{name}': '{types.get(name, 'VARCHAR')}'" for name in ("unique_id", *levels.COLUMNS))
    database.execute(
        f"CREATE TABLE people AS SELECT * FROM read_csv('{path}', header=true, columns={{{columns}}}, nullstr='')"  # noqa: S608
    )
    return database


def _neighbours(database: Any) -> float:
    """Of two people born on one day, how many have numbers that differ in one digit of the serial."""
    sides = ", ".join(f"{side}.{name} AS {name}_{side}" for side in "lr" for name in ("card", "holds"))
    met = (
        f"SELECT {sides} FROM people l JOIN people r ON l.born = r.born AND l.unique_id < r.unique_id"  # noqa: S608
        " WHERE l.sound <> r.sound AND l.card IS NOT NULL AND r.card IS NOT NULL AND l.unique_id % 10 = 0"
    )
    share = f"SELECT avg(CASE WHEN {levels.NEIGHBOURS} THEN 1.0 ELSE 0.0 END) FROM ({met})"  # noqa: S608
    found = database.execute(share).fetchone()
    return float(found[0] or 0.0)


def _train(database: Any) -> dict[str, Any]:
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    linker = Linker(DuckDBAPI(database).register("people"), model(), log_level=30)
    training = linker.training
    training.estimate_probability_two_random_records_match(list(SURE), recall=SURE_FINDS)
    training.estimate_u_using_random_sampling(max_pairs=DRAWN, seed=SEED)
    for rule in LEARN_FROM:
        training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    return dict(linker.misc.save_model_to_json())


def model() -> dict[str, Any]:
    """The comparisons as Splink's settings."""
    return {
        "link_type": "dedupe_only",
        "comparisons": [_comparison(one) for one in COMPARISONS],
        "blocking_rules_to_generate_predictions": list(LEARN_FROM),
        "sql_dialect": "duckdb",
        "em_convergence": 0.001,
        "max_iterations": 15,
    }


def _comparison(of: Comparison) -> dict[str, Any]:
    known, apart = levels.CONDITIONS[of.code], levels.NOT_FOR_SPLINK.get(of.code)
    silent = f"{levels.silent(of.code)} OR {known[apart]}" if apart else levels.silent(of.code)
    return {
        "output_column_name": of.code,
        "comparison_levels": [
            {"sql_condition": silent, "label_for_charts": "silent", "is_null_level": True},
            *(
                {"sql_condition": known.get(one.code, "ELSE"), "label_for_charts": one.code}
                for one in of.levels
                if one.code != apart
            ),
        ],
    }


def _shares(comparison: dict[str, Any]) -> dict[str, tuple[float | None, float | None]]:
    return {
        one["label_for_charts"]: (one.get("m_probability"), one.get("u_probability"))
        for one in comparison["comparison_levels"]
        if not one.get("is_null_level")
    }
