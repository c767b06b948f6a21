"""Several counties' lakes side by side: nothing of two is taken for one, and Spark counts what DuckDB counts."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.kernel.measures import counties
from tests.kernel.measures.conftest import own_sources
from yigongti.kernel.measures import expanding, lake, province, sources
from yigongti.kernel.measures.duck import values
from yigongti.kernel.measures.lake import File, Held, Snapshot
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Counting, Key
from yigongti.kernel.measures.words import AGE_BAND, aged, at_least, below, codes


CODES = {140781: 11, 141033: 12, 140925: 13}
YEAR, MARCH = Period.read("2024"), Period.read("2024-03")
EVENTS, SPANS = counties.events, counties.spans
ASKED = {
    "rows": (EVENTS.rows(), YEAR, "institution", ()),
    "rows of a month by sex": (EVENTS.where(inside=True), MARCH, "institution", ("sex",)),
    "money": (EVENTS.rows().sum("money"), YEAR, "managing", ()),
    "distinct people": (EVENTS.rows().people(), YEAR, "managing", (AGE_BAND,)),
    "people seen twice": (EVENTS.rows().people(times=2), YEAR, "institution", ()),
    "latest of each person": (
        EVENTS.where(born=aged(at_least(40))).latest().where(value=below(140)), YEAR, "managing", (),
    ),
    "people of other people": (EVENTS.rows().people().among_those(SPANS.rows().on_last_day()), YEAR, "institution", ()),
    "standing on the last day": (SPANS.rows().on_last_day(), MARCH, "institution", ()),
    "mean of two days": (SPANS.rows().mid_period().people(), YEAR, "institution", ()),
    "bed days": (SPANS.rows().days().sum("beds"), YEAR, "institution", ()),
    "a median": (EVENTS.rows().quantile("value", Decimal("0.5")), YEAR, "institution", ()),
    "codes": (EVENTS.where(diagnosis=codes("I00-I99")).people(), YEAR, "managing", ("sex",)),
}  # fmt: skip
ASKS = [(selection, Asked(period, place, "county", by)) for selection, period, place, by in ASKED.values()]


@pytest.fixture
def collected(tmp_path, monkeypatch):
    """Three counties whose people and places have the same numbers, brought together."""
    monkeypatch.setattr(sources, "_registered", own_sources())
    lakes = {code: lake_of(counties.county(seed), tmp_path / str(code)) for code, seed in CODES.items()}
    return province.collect(lakes, tmp_path / "province"), lakes


def lake_of(rows, folder):
    """A county's lake as a refresh would leave it, each fact in one file."""
    facts = {}
    with duckdb.connect(":memory:") as connection:
        for fact in counties.FACTS:
            plain = expanding.plain_columns(fact)
            told = values(plain, [[row[name] for name in plain] for row in rows[fact.code]])
            connection.execute(f"CREATE TABLE {fact.code} AS {expanding.expanded(fact, f'({told})', 'places')}")
            (folder / fact.code).mkdir(parents=True)
            connection.execute(f"COPY {fact.code} TO '{folder / fact.code / 'all.parquet'}' (FORMAT parquet)")
            facts[fact.code] = Held("test", {"": File(f"{fact.code}/all.parquet", len(rows[fact.code]))})
    lake.publish(Snapshot(0, datetime(2025, 1, 1, tzinfo=UTC), facts), folder)
    return folder


def alone(number):
    """What the reference says of each county by itself, in the counties' own ranges."""
    found = {}
    for code, seed in CODES.items():
        selection, asked = ASKS[number]
        for key, value in Counting(counties.county(seed), counties.settle).measure(selection, asked).items():
            place = None if key.place is None else key.place + code * province.RANGE
            found[Key(place, key.by)] = found.get(Key(place, key.by), Decimal(0)) + value
    return {key: value for key, value in found.items() if key.place is not None}


def placed(numbers):
    return {key: value for key, value in numbers.items() if key.place is not None}


def test_each_county_counts_what_it_counts_alone(collected):
    told = province.ProvinceEngine(collected[0], counties.settle).measure_all(ASKS)
    assert [placed(numbers) for numbers in told] == [alone(number) for number in range(len(ASKS))]
    assert {province.of_county(key.place)[0] for key in told[0] if key.place} == set(CODES)


def test_what_was_collected_is_not_read_again_and_a_newer_snapshot_is(collected, tmp_path):
    first, lakes = collected
    again = province.collect(lakes, tmp_path / "province")
    assert (first.files, again.files, again.rows) == (9, 0, 0)
    newer = lake_of(counties.county(99), tmp_path / "later")
    assert province.collect({**lakes, 140781: newer}, tmp_path / "other").files == 9


def test_a_county_without_a_snapshot_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="empty"):
        province.collect({1: tmp_path / "empty"}, tmp_path / "province")


def test_a_parameter_of_a_province_is_the_shipped_one():
    assert province.shipped(province.Parameter("measures.complete_share"), date(2026, 1, 1))


@pytest.fixture
def cluster(tmp_path):
    """A standalone master and two workers on loopback; their address."""
    pyspark = pytest.importorskip("pyspark", reason="needs pyspark")
    command = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    around = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOG_DIR": str(tmp_path),
    }
    room = "org.apache.spark.deploy"
    address = "spark://127.0.0.1:7177"
    starts = [["master.Master", "--host", "127.0.0.1", "--port", "7177", "--webui-port", "0"]]
    starts += [["worker.Worker", address, "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0",
                "--work-dir", str(tmp_path / f"worker{n}")] for n in range(2)]  # fmt: skip
    running = [subprocess.Popen([command, f"{room}.{start[0]}", *start[1:]], env=around, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for start in starts]  # fmt: skip
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    yield address
    for one in reversed(running):
        one.terminate()
        one.wait()


@pytest.mark.long
@pytest.mark.needs("java")
@pytest.mark.filterwarnings("default")
def test_a_spark_cluster_counts_what_duckdb_counts(collected, cluster):
    from yigongti.kernel.measures import spark

    session = spark.session(cluster, partitions=2)
    try:
        found, _ = collected
        told = spark.SparkEngine(session, found.folder, found.snapshot, counties.settle).measure_all(ASKS)
    finally:
        session.stop()
    here = province.ProvinceEngine(found, counties.settle).measure_all(ASKS)
    assert dict(zip(ASKED, told, strict=True)) == dict(zip(ASKED, here, strict=True))
