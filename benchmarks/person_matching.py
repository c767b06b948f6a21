"""One person: the whole index scored in PostgreSQL, against plain Splink on the same rows in the same run.

    .venv/bin/python -m benchmarks.person_matching                 # 50,000 registrations, 8 % of them second ones
    .venv/bin/python -m benchmarks.person_matching --rows 450000   # some minutes, and 4 GB
    .venv/bin/python -m benchmarks.person_matching --learn         # also with weights learned on these rows

Needs splink (which brings DuckDB). Plain Splink gets the same cleaned columns, its own comparisons and its usual
training; its time is training and prediction, because it keeps no weights. Ours is laying out and scoring with weights
that are there already; what learning takes is told apart. Goes into a throw-away PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.measuring import tell
from yigongti.kernel import database, server


SECOND = 0.08
COLUMNS = (
    "id master_id record_no name pinyin initials sex birth_date birth_estimated id_card phone phone_owner ethnicity"
    " household_role lives_division lives_address insured_division register_division managing_id chronic sensitive"
    " registered_at version"
).split()
Pairs = set[tuple[int, int]]
Scored = list[tuple[float, tuple[int, int]]]


def main() -> None:
    """Make the rows, score them by both, tell both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--learn", action="store_true")
    chosen = parser.parse_args()
    with server.temporary() as postgres, tempfile.TemporaryDirectory() as folder:
        settle(postgres.dsn(), folder)
        true = fill(chosen.rows)
        tell(f"{chosen.rows:,} registrations, {len(true):,} pairs of one human")
        (rival, predicting), seconds = timed(lambda: plain_splink(Path(folder)))
        tell_figures("plain Splink", rival, true, seconds)
        own, ours = timed(lambda: scored(learn=False))
        tell_figures("scored in SQL, shipped weights", own, true, ours)
        tell(
            f"time against plain Splink {ours / seconds:.2f} (limit 2), against its prediction {ours / predicting:.2f}"
        )
        if chosen.learn:
            _, learning = timed(learn)
            own, again = timed(lambda: scored(learn=True))
            tell_figures("scored in SQL, weights learned here", own, true, again)
            tell(f"learning {learning:.1f} s")


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the seconds it took."""
    began = time.perf_counter()
    return act(), time.perf_counter() - began


def tell_figures(name: str, found: Scored, true: Pairs, seconds: float) -> None:
    """The best F1 of any threshold, and how many are found while 999 in 1,000 are right."""
    best, sure, right = 0.0, 0.0, 0
    for n, (_, pair) in enumerate(sorted(found, key=lambda one: -one[0]), start=1):
        right += pair in true
        precision, recall = right / n, right / len(true)
        best = max(best, 2 * precision * recall / (precision + recall) if right else 0.0)
        sure = max(sure, recall) if precision >= 0.999 else sure
    tell(f"{name:<38} {seconds:7.1f} s   F1 {best:.4f}   recall at precision 0.999: {sure:.4f}")


# --- the two


def scored(*, learn: bool) -> Scored:
    """Ours."""
    from django.db import transaction

    from yigongti.residents.matching import weights, whole

    worth = weights.in_force() if learn else weights.shipped()
    with transaction.atomic():
        count = whole.lay_out()
        found = [(one.bits, (one.one, one.other)) for one in whole.pairs(worth, least=-8, count=count)]
        whole.clear_away()
    return found


def learn() -> None:
    """Ours, with Splink."""
    from yigongti.residents.processes import matching

    matching.learn(source="benchmark")


def plain_splink(folder: Path) -> tuple[Scored, float]:
    """Splink as its users write it: library comparisons with term frequencies, usual training; and the seconds of
    prediction alone."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    base = duckdb.connect()
    source = f"read_csv('{export(folder)}', header=true, all_varchar=true)"
    base.execute(f"CREATE TABLE people AS SELECT * FROM {source}")  # noqa: S608 - a file of our own
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.LevenshteinAtThresholds("name", 1).configure(term_frequency_adjustments=True),
            cl.ExactMatch("sound"),
            cl.DateOfBirthComparison("born", input_is_string=True),
            cl.DamerauLevenshteinAtThresholds("card", [1, 2]),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.ExactMatch("sex"),
            cl.ExactMatch("village"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("card"), block_on("born", "sound"), block_on("name", "phone"), block_on("born", "phone"),
            block_on("name", "village"), block_on("born", "village"),
        ],
        retain_matching_columns=False,
    )  # fmt: skip
    linker = Linker(DuckDBAPI(base).register("people"), settings, log_level=40)
    sure = [block_on("card"), block_on("name", "born", "phone")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("born", "sound"), block_on("name", "phone")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    began = time.perf_counter()
    table = linker.inference.predict(threshold_match_weight=-8).physical_name
    rows = base.execute(f"SELECT match_weight, unique_id_l, unique_id_r FROM {table}").fetchall()  # noqa: S608
    predicting = time.perf_counter() - began
    return [(weight, (min(int(a), int(b)), max(int(a), int(b)))) for weight, a, b in rows], predicting


def export(folder: Path) -> Path:
    """The cleaned columns, as a file."""
    from django.db import connection

    from yigongti.residents.matching import columns

    path = folder / "plain.csv"
    card = columns.of_row_card("r")
    told = "id AS unique_id, name, pinyin AS sound, birth_date AS born, sex, nullif(phone, '') AS phone"
    rows = f"SELECT {told}, {card} AS card, lives_division AS village FROM residents_resident r"  # noqa: S608
    statement = f"COPY ({rows}) TO STDOUT (FORMAT csv, HEADER)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            file.write(block)
    return path


# --- the rows


def settle(dsn: str, folder: str) -> None:
    """Django on the database, migrated."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "yigongti.site.settings",
        "YIGONGTI_DATABASE_URL": dsn,
        "YIGONGTI_SECRET_KEY": secrets.token_urlsafe(60),
        "YIGONGTI_DATA": folder,
    }
    import django
    from django.core.management import call_command

    database.prepare(dsn=dsn)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def fill(rows: int) -> Pairs:
    """Registrations without their institutions, and the pairs that are one human."""
    from django.db import connection

    made = Registrations(Random(11))  # noqa: S311 - rows of a benchmark
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # nothing here refers to anything
        with cursor.copy(f"COPY residents_resident ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in made.all(rows):
                copy.write_row(row)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE residents_resident")
    return made.true


class Registrations:
    """Households in villages, and second registrations with the faults of hand-kept registers, several at once."""

    def __init__(self, chance: Random) -> None:
        from yigongti.simulator.naming import Names

        self._chance, self._names = chance, Names(chance)
        self._serials: dict[tuple[str, date], int] = {}
        self._next = 1
        self._given: set[str] = set()
        self.true: Pairs = set()

    def all(self, rows: int) -> Iterable[Sequence[Any]]:
        """That many rows."""
        people: list[dict[str, Any]] = []
        while len(people) < rows * (1 - SECOND):
            people += self._household()
        del people[round(rows * (1 - SECOND)) :]
        first = [(one, self._key()) for one in people]
        self._given = {one["card"] for one in people}
        yield from (self._row(one, key) for one, key in first)
        for one, key in self._chance.sample(first, rows - len(people)):
            again = self._key()
            self.true.add((key, again))
            yield self._row(self._second(one), again)

    def _key(self) -> int:
        self._next += 1
        return self._next - 1

    def _household(self) -> list[dict[str, Any]]:
        draw = self._chance.random
        village = f"140781{self._chance.randint(1, 15):03d}{self._chance.randint(200, 220):03d}"
        address, surname, phone = f"{village[6:]}街{int(draw() * 200)}号", self._names.surname(), self._phone()
        home = []
        for n in range(self._chance.choice((1, 2, 2, 3, 3, 4))):
            sex = "1" if draw() < 0.5 else "2"
            born = date(2026, 1, 1) - timedelta(days=int(draw() * 90 * 365))
            family = surname if n != 1 else self._names.surname()
            own = draw() < 0.7
            home.append({
                "name": family + self._names.given(year=born.year, sex=sex), "sex": sex, "born": born,
                "card": self._card(sex, born), "phone": self._phone() if own else phone, "village": village,
                "address": address,
            })  # fmt: skip
        return home

    def _phone(self) -> str:
        return f"13{self._chance.randrange(10**9):09d}"

    def _card(self, sex: str, born: date) -> str:
        from yigongti.residents.codes import check_digit

        division = "140781" if self._chance.random() < 0.85 else self._chance.choice(("140728", "141181", "140702"))
        serial = self._serials[division, born] = self._serials.get((division, born), self._chance.randrange(200)) + 1
        first17 = f"{division}{born:%Y%m%d}{2 * serial % 998 + (sex == '1'):03d}"
        return first17 + check_digit(first17)

    def _second(self, one: dict[str, Any]) -> dict[str, Any]:
        """The same human at another desk, another year."""
        draw, again = self._chance.random, dict(one)
        again["name"] = self._misspelled(one["name"])
        again["card"] = self._miscopied(one["card"])
        if draw() < 0.08:
            again["born"] = self._misdated(one["born"])
        if draw() < 0.5:
            again["phone"] = "" if draw() < 0.4 else self._phone()
        if draw() < 0.5:
            again["village"] = f"140781{self._chance.randint(1, 15):03d}{self._chance.randint(200, 220):03d}"
            again["address"] = ""
        return again

    def _misspelled(self, name: str) -> str:
        kind = self._chance.random()
        if kind < 0.10:
            return self._names.by_ear(name)
        if kind < 0.13 and len(name) == 3:
            return name[:2] + self._names.given(year=1970, sex="1")[-1]
        if kind < 0.14 and len(name) == 3:
            return name[0] + name[2] + name[1]
        return name

    def _miscopied(self, card: str) -> str:
        """The same number is refused at the door, so a second registration has none, an old one, or one with a slip."""
        from yigongti.residents.codes import one_slip_from

        kind = self._chance.random()
        if kind < 0.5:
            return ""
        if kind < 0.75 and card[6:8] == "19":
            return card[:6] + card[8:17]
        slip = self._chance.choice(sorted(one_slip_from(card)))
        told = slip if kind < 0.85 else slip[:17] + card[17]
        if told in self._given:  # somebody has it, and the house takes a number once
            return ""
        self._given.add(told)
        return told

    def _misdated(self, born: date) -> date:
        if born.day <= 12 and self._chance.random() < 0.3:
            return date(born.year, born.day, born.month)
        return born + timedelta(days=self._chance.choice((-3650, -365, -30, -10, -1, 1, 10, 30, 365)))

    def _row(self, one: dict[str, Any], key: int) -> Sequence[Any]:
        from yigongti.residents.pinyin import spell

        sound, initials = spell(one["name"])
        return (
            key, key, f"{key:017d}", one["name"], sound, initials, one["sex"], one["born"], False, one["card"],
            one["phone"], "self" if one["phone"] else "none", "01", "", one["village"], one["address"], "", "", 1,
            "{}", "{}", "2026-01-01T00:00:00+08", 1,
        )  # fmt: skip


if __name__ == "__main__":
    main()
