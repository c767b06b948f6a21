"""The reader: what travels is what was said, its answers are the engine's own, who cannot be answered is told so."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.kernel.measures import counties
from yigongti.indicators import catalogue
from yigongti.kernel.measures import answering, engines, lake, reader, refreshing, wire
from yigongti.kernel.measures.arithmetic import selections
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Key, Wanted
from yigongti.site.doorway import LONGEST, doorway


YEAR = Asked(Period.read("2024"), "institution", "township", ("inside",))


def there_and_back(value):
    return wire.unpacked(json.loads(json.dumps(wire.packed(value))))


def test_every_selection_of_the_catalogue_arrives_as_it_was_asked():
    asked = [one for indicator in catalogue.known().values() for one in selections(indicator)]
    assert len(asked) > 200
    assert there_and_back(asked) == tuple(asked)
    assert there_and_back([YEAR, Key(None, ("", "85+"))]) == (YEAR, Key(None, ("", "85+")))


def test_rows_and_numbers_arrive_as_they_were_found():
    rows = [{"id": 1, "at": date(2024, 2, 29), "value": Decimal("1.5000"), "inside": None, "diagnosis": "疑似"}]
    numbers = [{Key(None, ()): Decimal("0.5"), Key(3, ("yes", "")): Decimal(7)}, {}]
    assert wire.unpacked_rows(json.loads(json.dumps(wire.packed_rows(rows)))) == rows
    assert wire.unpacked_rows(wire.packed_rows([])) == []
    assert wire.unpacked_numbers(json.loads(json.dumps(wire.packed_numbers(numbers)))) == numbers


@pytest.mark.parametrize("told", [{"Popen": ["id"]}, {"fact": "nobody's"}, {"Key": [1]}, {}])
def test_nothing_else_becomes_an_object(told):
    with pytest.raises((LookupError, ValueError, TypeError)):
        wire.unpacked(told)
    with pytest.raises(TypeError):
        wire.packed(object())


@contextmanager
def reading(folder, monkeypatch, idle=30.0):
    """A reader behind a door, in this process."""
    with doorway(folder, "reader") as door:
        monkeypatch.setenv(reader.ADDRESS, door.address)
        serving = answering.Answering(door.socket, idle=idle)
        running = threading.Thread(target=serving.run, name="reading")
        running.start()
        try:
            yield door, running
        finally:
            serving._ended.set()
            running.join()
            answering._engine.cache_clear()


def test_its_answers_are_the_engine_s_own(lakeside, tmp_path, monkeypatch):
    refreshing.refresh()
    own = engines.newest()
    asks = [
        (counties.events.where(inside=True), YEAR),
        (counties.spans.rows().mid_period().sum("beds"), Asked(Period.read("2024-Q1"), "institution", "county")),
    ]
    wanted = Wanted(selection=asks[0][0], asked=YEAR, key=Key(10, ("yes",)))
    with reading(tmp_path, monkeypatch) as (door, _running):
        asked = reader.of(None)
        assert (asked.snapshot, asked.cut, asked.begun()) == (own.snapshot, own.cut, own.begun())
        assert asked.measure_all(asks) == own.measure_all(asks)
        assert asked.all_rows(counties.places) == own.all_rows(counties.places)
        first = asked.rows(wanted, limit=10)
        assert [*first, *asked.rows(wanted, after=str(first[-1]["id"]))] == own.rows(wanted)
        with pytest.raises(reader.ReaderAway):  # its snapshot was dropped meanwhile
            reader.ReaderEngine(lake.Snapshot(99, own.cut), door.address).measure_all(asks)
        with pytest.raises(reader.ReaderFailed):  # and the next is answered all the same
            asked.measure_all([(asks[0][0], Asked(YEAR.period, "nowhere", "county"))])
        assert refused(door.address, b"\xff\xff\xff\xff") == refused(door.address, b"\0\0\0\1]") == "no question"
        assert asked.measure_all(asks) == own.measure_all(asks)


def refused(address, told):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        line.sendall(told)
        return wire.receive(line, most=1000)["trouble"]


def test_it_ends_when_nobody_asks_and_who_knocks_then_waits_in_line(lakeside, tmp_path, monkeypatch):
    refreshing.refresh()
    with reading(tmp_path, monkeypatch, idle=0.1) as (door, running):
        running.join(5)
        assert not running.is_alive()
        assert not door.knocked()
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(door.address)
            assert door.knocked()


def test_without_a_reader_the_reader_of_a_page_is_told_to_come_again(tmp_path, settings):
    at = str(tmp_path / "nobody")
    with pytest.raises(reader.ReaderAway) as told:
        reader.ReaderEngine(lake.Snapshot(1, None), at).all_rows(counties.places)
    assert told.value.status == 503
    assert told.value.sentence == "指标读取服务正在启动，请稍候再试。"


def test_what_takes_too_long_is_given_up_and_so_is_all_that_follows():
    began = time.monotonic()
    with duckdb.connect(":memory:") as connection, engines._given_up(connection, after=0.05):
        for _ in range(2):
            with pytest.raises(duckdb.InterruptException):
                connection.execute("SELECT count(*) FROM range(100000000000) a WHERE a.range % 7 = 3").fetchall()
    assert time.monotonic() - began < 5


def test_too_much_is_said_in_words():
    for trouble, refusal in (("too_much", reader.TooMuchToCount), ("gone", reader.ReaderAway)):
        with pytest.raises(refusal):
            reader._answer({"trouble": trouble})


def test_a_long_folder_is_given_a_short_door_and_nobody_else_may_knock(tmp_path):
    deep = tmp_path / ("x" * LONGEST)
    deep.mkdir()
    for folder in (tmp_path, deep):
        with doorway(folder, "r") as door:
            path = lake.Path(door.address)
            assert len(door.address) <= LONGEST
            assert path.stat().st_mode & 0o777 == 0o600
            assert folder == deep or path.parent == folder
        assert not path.exists()
    (tmp_path / "r").touch()  # left by one that was killed
    with doorway(tmp_path, "r") as door:
        assert not door.knocked()
