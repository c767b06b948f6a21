"""The lake holds what PostgreSQL holds: changed months are read again, nothing a racing writer does is lost, a killed
refresh leaves the old snapshot whole."""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from tests.kernel.measures import counties
from tests.kernel.measures.conftest import month
from yigongti.kernel.measures import carrying, duck, engines, exporting, lake, refreshing, touched
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Asked, Counting, Key


YEAR = Period.read("2024")
EVERY = counties.events.rows()


def counted(selection=EVERY, period=YEAR, place="institution", level="county", by=()):
    return engines.newest().measure(selection, Asked(period, place, level, by))


def rows():
    """Every fact as the reference takes it."""
    return {fact.code: engines.newest().all_rows(fact) for fact in counties.FACTS}


def test_the_lake_holds_every_row_by_month_and_places_it(lakeside):
    done = refreshing.refresh()
    assert done.changed["events"] == {month(1), month(2), month(3)}
    assert sorted(done.snapshot.facts["events"].files) == ["2024-01", "2024-02", "2024-03"]
    assert counted() == {Key(30): Decimal(30)}
    assert counted(level="township") == {Key(10): Decimal(15), Key(11): Decimal(15)}
    assert counted(counties.spans.rows().on_last_day().sum("beds"), period=Period.read("2024-02")) == {Key(30): 119}
    assert counted(EVERY.sum("value")) == Counting(rows(), counties.settle).measure(
        EVERY.sum("value"), Asked(YEAR, "institution", "county"))  # fmt: skip
    assert touched.read() == []
    assert refreshing.refresh() is None


def test_a_day_is_the_day_on_the_countys_wall(lakeside):
    """Half past seven in the morning of 1 January is still December by universal time."""
    refreshing.refresh()
    assert counted(period=Period.read("2024-01")) == {Key(30): 11}


def test_late_changed_moved_and_deleted_rows_reopen_their_months_only(lakeside):
    first = refreshing.refresh().snapshot
    lakeside.run("UPDATE lakes_visit SET at = '2023-11-05' WHERE id = 0")
    lakeside.run("DELETE FROM lakes_visit WHERE at >= '2024-03-01 00:00+08'")
    assert {one.month for one in touched.read()} == {date(2023, 11, 1), month(1), month(3)}
    second = refreshing.refresh()
    assert second.changed == {"events": {date(2023, 11, 1), month(1), month(3)}}
    assert second.snapshot.facts["events"].files["2024-02"] == first.facts["events"].files["2024-02"]
    assert counted() == {Key(30): 19}
    assert counted(period=Period.read("2023")) == {Key(30): 1}


def test_a_merge_reopens_the_months_of_that_person_and_a_note_about_them_none(lakeside):
    refreshing.refresh()
    lakeside.run("UPDATE lakes_person SET note = 'x'")
    assert not touched.waiting()
    before = counted(EVERY.people())
    lakeside.run("UPDATE lakes_person SET master_id = 2 WHERE id = 1")
    done = refreshing.refresh()
    assert done.changed == {"events": {month(1), month(2), month(3)}}
    assert counted(EVERY.people())[Key(30)] == before[Key(30)] - 1
    lakeside.run("UPDATE lakes_person SET master_id = 1 WHERE id = 1")
    refreshing.refresh()
    assert counted(EVERY.people()) == before


def test_a_membership_that_changes_places_the_months_anew_without_reading_their_rows(lakeside, monkeypatch):
    first = refreshing.refresh().snapshot
    lakeside.run("UPDATE lakes_place SET until = '2024-02-10' WHERE id = 2")
    lakeside.run("INSERT INTO lakes_place VALUES (3, '2024-02-10', NULL, 10, 20, 31, 2)")
    monkeypatch.setattr(exporting.Exporter, "months", None)
    done = refreshing.refresh()
    assert done.changed["events"] == {month(2), month(3)}
    assert done.snapshot.facts["events"].files["2024-01"] == first.facts["events"].files["2024-01"]
    asked = Asked(YEAR, "institution", "county")
    assert counted() == Counting(rows(), counties.settle).measure(EVERY, asked) != {Key(30): 30}


def test_a_writer_racing_with_a_refresh_loses_nothing(lakeside, monkeypatch):
    """One commits between the reading of what changed and of the data, one after both: the next refresh has them."""
    refreshing.refresh()
    lakeside.writer.execute("INSERT INTO lakes_visit SELECT 100, 1, '2024-02-02', 1, 1, 'I10', true, 1, 1")
    real = refreshing.Refresh.run

    def raced(self):
        lakeside.run("INSERT INTO lakes_visit SELECT 101, 1, '2024-02-03', 1, 1, 'I10', true, 1, 1")
        return real(self)

    monkeypatch.setattr(refreshing.Refresh, "run", raced)
    lakeside.run("UPDATE lakes_visit SET money = 7 WHERE id = 12")
    refreshing.refresh()
    monkeypatch.undo()
    assert len(touched.read()) == 1  # of 101; 100 stands in nobody's sight yet
    lakeside.writer.commit()
    refreshing.refresh()
    assert counted() == {Key(30): 32}
    assert touched.read() == []


def test_a_killed_refresh_leaves_the_old_snapshot_whole_and_the_next_goes_on(lakeside, monkeypatch):
    old = refreshing.refresh().snapshot
    lakeside.run("UPDATE lakes_visit SET money = money + 1")
    lakeside.run("UPDATE lakes_bed SET beds = 5")
    monkeypatch.setattr(lake, "publish", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        refreshing.refresh()
    monkeypatch.undo()
    monkeypatch.setattr(exporting.Exporter, "months", None)  # nothing is read twice
    assert lake.newest() == old
    assert all((lakeside.folder / file.name).exists() for held in old.facts.values() for file in held.files.values())
    assert refreshing.refresh().changed["events"] == {month(1), month(2), month(3)}
    assert counted(EVERY.sum("money")) == {Key(30): sum(range(30)) + 30}


def test_of_spans_the_months_are_told_in_which_a_changed_one_stands(lakeside):
    refreshing.refresh()
    lakeside.run("UPDATE lakes_bed SET until = '2024-05-20' WHERE id = 2")
    assert refreshing.refresh().changed == {"spans": {month(number) for number in (2, 3, 4, 5)}}


def test_two_refreshes_do_not_run_at_once(lakeside):
    with refreshing._alone() as alone:
        assert alone
        assert refreshing.refresh() is None


def test_old_snapshots_go_with_their_files_and_those_kept_by_name_stay(lakeside, monkeypatch):
    monkeypatch.setattr(lake, "KEPT", 1)
    monkeypatch.setattr(lake, "SPARED", -lake.SPARED)
    kept = refreshing.refresh().snapshot
    lake.keep(kept.number)
    for turn in range(2):
        lakeside.run(f"UPDATE lakes_visit SET money = {turn} WHERE id = 12")
        newest = refreshing.refresh().snapshot
    assert sorted(lake._numbers(lake.folder())) == [kept.number, newest.number]
    named = {file.name for one in (kept, newest) for held in one.facts.values() for file in held.files.values()}
    assert {str(path.relative_to(lakeside.folder)) for path in lakeside.folder.glob("**/*.parquet")} == named


def test_what_was_frozen_opens_as_it_was_counted_whatever_was_dropped_since(lakeside, monkeypatch):
    """Of two figures one was counted long before it was frozen: its own snapshot is gone by then."""
    monkeypatch.setattr(lake, "KEPT", 1)
    monkeypatch.setattr(lake, "SPARED", -lake.SPARED)
    january = Period.read("2024-01")
    early = refreshing.refresh().snapshot
    was = counted(EVERY.sum("money"), january)
    lakeside.run("UPDATE lakes_visit SET money = 1000 WHERE at >= '2024-02-01'")
    frozen = refreshing.refresh().snapshot
    for one in (early, frozen):
        lake.keep(one.number)
    for turn in range(2):
        lakeside.run(f"UPDATE lakes_visit SET money = {turn}")
        newest = refreshing.refresh().snapshot
    assert sorted(lake._numbers(lake.folder())) == [frozen.number, newest.number]
    for one in (early, frozen):
        assert lake.since(one.cut).number == frozen.number
        asked = Asked(january, "institution", "county")
        assert engines.of(one.cut).measure(EVERY.sum("money"), asked) == was != counted(EVERY.sum("money"), january)
    assert lake.since(None).number == lake.since(newest.cut).number == newest.number


def test_a_changed_source_is_read_anew(lakeside):
    from yigongti.kernel.measures import sources

    refreshing.refresh()
    one = sources._registered["events"]
    sources._registered["events"] = replace(one, sql=one.sql + " AND v.at < '2024-02-01'")
    assert refreshing.refresh().changed["events"] == {month(2), month(3)}
    assert counted() == {Key(30): 11}


def test_a_source_that_yields_other_days_is_refused(lakeside):
    from yigongti.kernel.measures import sources

    one = sources._registered["events"]
    sources._registered["events"] = replace(one, sql=one.sql.replace("v.at < {ends}", "true"))
    lakeside.run("UPDATE lakes_visit SET at = '2025-06-01' WHERE id = 12")
    with pytest.raises(exporting.WrongRows):
        refreshing.refresh()


# --- the rows behind a number


@dataclass(frozen=True)
class Wanted:
    selection: object
    asked: Asked
    key: Key


def test_the_rows_behind_a_number_are_those_counted_page_by_page(lakeside):
    refreshing.refresh()
    wanted = Wanted(counties.events.where(inside=True), Asked(YEAR, "institution", "township", ("inside",)),
                    Key(10, ("yes",)))  # fmt: skip
    first = engines.newest().rows(wanted, limit=10)
    rest = engines.newest().rows(wanted, after=str(first[-1]["id"]), limit=10)
    found = [row["id"] for row in [*first, *rest]]
    assert len(found) == counted(wanted.selection, level="township", by=("inside",))[wanted.key]
    assert found == sorted(found) == [n for n in range(30) if n % 2 == 0]
    assert first[0]["at"] == date(2024, 1, 1)


def test_spans_of_two_days_are_listed_once(lakeside):
    refreshing.refresh()
    wanted = Wanted(counties.spans.rows().mid_period(), Asked(Period.read("2024-Q2"), "institution", "county"), Key(30))
    assert [row["id"] for row in engines.newest().rows(wanted)] == [1]


def test_who_falls_while_following_is_told_again_with_all_that_is_new(lakeside):
    told = []

    def follower(refreshed):
        told.append(refreshed.changed.get("events"))
        if len(told) == 2:
            raise KeyboardInterrupt

    lake.after_each(follower)
    refreshing.refresh()
    lakeside.run("UPDATE lakes_visit SET money = 5 WHERE at < '2024-01-20'")
    with pytest.raises(KeyboardInterrupt):
        refreshing.refresh()
    lakeside.run("UPDATE lakes_visit SET money = 5 WHERE at > '2024-03-20'")
    refreshing.refresh()
    assert refreshing.refresh() is None
    assert told == [{month(1), month(2), month(3)}, {month(1)}, {month(1), month(3)}]


def test_what_somebody_was_not_told_of_stays_however_many_snapshots_follow(lakeside, monkeypatch):
    monkeypatch.setattr(lake, "KEPT", 1)
    told, falls = [], True

    def follower(refreshed):
        if falls and refreshed.snapshot.number > 1:
            raise OSError
        told.append(refreshed.changed.get("events"))

    lake.after_each(follower)
    refreshing.refresh()
    for number in (1, 2, 3):
        lakeside.run(f"UPDATE lakes_visit SET money = 7{number} WHERE date_trunc('month', at) = '2024-0{number}-01'")
        with pytest.raises(OSError):
            refreshing.refresh()
    falls = False
    refreshing.refresh()
    assert told[-1] == {month(1), month(2), month(3)}


def test_two_engines_in_one_scratch_folder_never_read_each_other_s_rows(tmp_path):
    """Spilled rows lie in files that every DuckDB names alike: each connection has a folder of its own."""
    limits, big = duck.Limits(memory="24MB", threads=1), 400_000
    spilled = "CREATE TABLE t AS SELECT i, repeat(i::text, 20) AS s FROM range({0}, {0} + {1}) r(i)"
    with duck.connected(tmp_path, limits) as one, duck.connected(tmp_path, limits) as other:
        one.execute(spilled.format(0, big))
        other.execute(spilled.format(5_000_000, big))
        assert len(list(tmp_path.iterdir())) == 2  # both have gone to the disk
        assert one.execute("SELECT sum(i) FROM t").fetchone() == (big * (big - 1) // 2,)
        assert other.execute("SELECT sum(i) FROM t").fetchone() == (big * 5_000_000 + big * (big - 1) // 2,)
    assert list(tmp_path.iterdir()) == []


def test_what_is_dropped_while_it_is_being_kept_gives_way_to_the_next(lakeside, monkeypatch):
    first = refreshing.refresh().snapshot
    lakeside.run("UPDATE lakes_visit SET money = 3 WHERE id = 12")
    second = refreshing.refresh().snapshot
    written = lake._write

    def dropped_first(path, text):
        written(path, text)
        lake._manifest(lake.folder(), first.number).unlink(missing_ok=True)

    monkeypatch.setattr(lake, "_write", dropped_first)
    lake.keep(first.number)
    assert lake._manifest(lake.folder(), second.number).with_suffix(".kept").exists()


def test_what_a_killed_refresh_was_writing_is_swept_away_when_old(lakeside, monkeypatch):
    monkeypatch.setattr(lake, "SPARED", -lake.SPARED)
    lakeside.folder.mkdir(exist_ok=True)
    (lakeside.folder / "half.part").write_bytes(b"PAR1")
    refreshing.refresh()
    left = lake.scratch() / "of-a-killed-one"
    left.mkdir()
    lakeside.run("UPDATE lakes_visit SET money = 4 WHERE id = 12")
    refreshing.refresh()
    assert not left.exists()
    assert not list(lakeside.folder.glob("*.part"))


# --- out of a backup


def carried(lakeside, *cuts):
    """What a backup takes of the lake, in a folder where nothing else lies; the lake becomes that one."""
    told, fresh = carrying.referred(cuts, lakeside.folder), lakeside.folder.parent / "restored" / "lake"
    name, text = carrying.past_of(lakeside.folder)
    for path in told.paths:
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(lakeside.folder / path, fresh / path)
    (fresh / name).write_text(text)
    return told, fresh


def test_a_backup_takes_what_was_frozen_and_the_rest_is_read_anew(lakeside, settings):
    january, asked = Period.read("2024-01"), Asked(Period.read("2024-01"), "institution", "county")
    wanted = Wanted(EVERY.sum("money"), asked, Key(30))
    frozen = refreshing.refresh().snapshot
    lake.keep(frozen.number)
    was = counted(EVERY.sum("money"), january), engines.of(frozen.cut).rows(wanted)
    lakeside.run("UPDATE lakes_visit SET money = 1000 + money")
    newest = refreshing.refresh().snapshot
    told, fresh = carried(lakeside, frozen.cut)
    assert (told.snapshots, told.torn) == ([frozen.number], [])
    assert not {file.name for file in newest.facts["events"].files.values()} & told.paths
    settings.DATA_FOLDER = fresh.parent
    assert (engines.of(frozen.cut).measure(wanted.selection, asked), engines.of(frozen.cut).rows(wanted)) == was
    assert engines.newest() is None, "what was frozen is not what the database holds"
    again = refreshing.refresh()  # although nothing has changed since the newest snapshot
    assert again.snapshot.number == newest.number + 1
    assert again.changed["events"] == {month(1), month(2), month(3)}
    assert counted(EVERY.sum("money"), january)[Key(30)] == was[0][Key(30)] + 11 * 1000
    assert (engines.of(frozen.cut).measure(wanted.selection, asked), engines.of(frozen.cut).rows(wanted)) == was


def test_a_snapshot_with_lost_files_is_told_and_not_taken(lakeside):
    first = refreshing.refresh().snapshot
    lakeside.run("UPDATE lakes_visit SET money = 1 WHERE at < '2024-01-20'")
    second = refreshing.refresh().snapshot
    (lakeside.folder / first.facts["events"].files["2024-01"].name).unlink()
    told = carrying.referred([first.cut, second.cut], lakeside.folder)
    assert (told.snapshots, told.torn) == ([second.number], [first.number])
    assert f"manifests/{first.number}.json" not in told.paths


def test_while_a_backup_reads_the_lake_no_refresh_drops_a_file(lakeside):
    refreshing.refresh()
    lakeside.run("UPDATE lakes_visit SET money = 1")
    with carrying.unmoved(lakeside.folder):
        assert refreshing.refresh() is None
    assert refreshing.refresh() is not None
