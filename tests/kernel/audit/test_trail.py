"""A write's entry stands or falls with the write; a read's entry is in the trail or in the journal, and once."""

import json
import os
import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests.factories import actor, at, resident
from yigongti.kernel import clock
from yigongti.kernel.action.gate import Receipt, Registered, pass_gate
from yigongti.kernel.audit import journal, partitions, seals, trail
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import Missing, NotAllowed
from yigongti.residents.models import Resident


@pytest.fixture
def doctor(county):
    return actor("village_doctor", county.village, name="任建国")


def newest(**more):
    return Entry.objects.filter(**more).latest("id")


def act(doctor, function, **arguments):
    """Pass the gate with a permission that a village doctor holds."""
    made = Registered(code="test.act", permission="referral.upward.draft", sentence="试办：", function=function)
    return pass_gate(made, by=doctor, key=None, arguments=arguments)


@pytest.mark.requirement("R162")
def test_a_write_is_in_the_trail_with_who_where_on_what_basis_about_whom(county, doctor):
    person = resident(county.village)
    act(doctor, lambda by: Receipt(
        number="N1", done="好", persons=(person.pk,), subject="test.Thing:7", basis="managed",
        facts={"n": 3}))  # fmt: skip
    row = newest(kind="write")
    assert (row.action, row.sentence, row.actor) == ("test.act", "试办：好", "任建国·乡村医生·南街村卫生室")
    assert (row.account_id, row.post_id, row.unit_id) == (doctor.account_id, doctor.post_id, doctor.unit_id)
    assert (row.role, row.persons, row.basis, row.subject) == ("village_doctor", [person.pk], "managed", "test.Thing:7")
    assert row.facts == {"n": 3, "number": "N1"}
    assert abs((clock.now() - row.at).total_seconds()) < 60


def test_a_write_that_is_rolled_back_takes_its_entry_with_it(doctor):
    before = Entry.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        act(doctor, lambda by: Receipt(number="N1", done="好"))
        raise ZeroDivisionError
    assert Entry.objects.count() == before


def test_a_write_whose_entry_can_not_be_written_does_not_happen(doctor, county, monkeypatch):
    monkeypatch.setattr(trail, "INSERT", "INSERT INTO audit_nowhere VALUES (1)")

    def register(by):
        resident(county.village, name="不应留下")
        return Receipt(number="N1", done="好")

    with pytest.raises(DatabaseError):
        act(doctor, register)
    assert not Resident.objects.filter(name="不应留下").exists()
    assert journal.waits() is None  # a write is never journalled


def test_a_refusal_is_in_the_trail_and_its_work_is_not(doctor, county):
    def refuse(by):
        resident(county.village, name="不应留下")
        raise Missing(field="x", label="缘由")

    with pytest.raises(Missing) as refused:
        act(doctor, refuse)
    assert not Resident.objects.filter(name="不应留下").exists()
    row = newest(kind="refusal")
    assert (row.action, row.sentence, row.account_id) == ("test.act", "请填写缘由。", doctor.account_id)
    assert refused.value.recorded


def test_a_role_without_the_permission_is_refused_before_anything_runs_and_that_is_recorded(county):
    clerk, ran = actor("hr_officer", county.group), []
    with pytest.raises(NotAllowed):
        act(clerk, lambda by: ran.append(1))
    assert ran == []
    assert newest(kind="refusal").role == "hr_officer"


@pytest.mark.requirement("R162")
def test_a_read_names_every_person_shown_once(doctor):
    trail.saw(by=doctor, page="residents.find", sentence="查找", persons=[5, 3, 5], basis="search", subject="s")
    row = newest(kind="read")
    assert (row.persons, row.action, row.basis) == ([3, 5], "residents.find", "search")


def test_a_page_that_shows_nobody_leaves_no_read(doctor):
    before = Entry.objects.count()
    trail.saw(by=doctor, page="work", sentence="查看", persons=[], basis="case")
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "text", ["零\x00字符", "半个\ud800代理", "𠮷野家👩‍⚕️", "<script>alert(1)</script>", "第一行\n第二行", "\\u0000"]
)
def test_whatever_was_typed_the_refusal_is_recorded(doctor, text):
    trail.refused(by=doctor, action="test.act", sentence=text)
    written = newest(kind="refusal").sentence
    assert written == text.replace("\x00", "\\x00").replace("\ud800", "\\ud800")
    assert journal.waits() is None


def test_facts_hold_whatever_was_typed(doctor):
    act(doctor, lambda by: Receipt(number="N1", done="好", facts={"typed": "零\x00\ud800\\u0000"}))
    assert newest(kind="write").facts["typed"] == "零\\x00\\ud800\\u0000"


# --- the database refuses to forget


@pytest.mark.requirement("R162")
@pytest.mark.parametrize("table", ["audit_entry", "audit_entry_rest", "audit_seal"])
@pytest.mark.parametrize("statement", ["TRUNCATE {}", "DELETE FROM {}", "UPDATE {} SET id = id"])
def test_the_trail_is_append_only(doctor, table, statement):
    trail.saw(by=doctor, page="test", sentence="查看", persons=[1], basis="managed")
    with clock.stands_at(clock.now().replace(year=2019)):
        trail.saw(by=doctor, page="test", sentence="查看", persons=[1], basis="managed")
    seals.seal_waiting()
    change = "UPDATE {} SET at = at" if "UPDATE" in statement and table != "audit_seal" else statement
    change = change.replace("SET id = id", "SET entries = entries") if table == "audit_seal" else change
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_every_partition_refuses_to_be_emptied(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass")
        parts = [name for (name,) in cursor.fetchall()]
        assert len(parts) >= 4
    for name in parts:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {name}")


# --- months


def partition_of(row):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM audit_entry WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def test_this_month_and_the_next_two_have_their_own_partition_from_the_first_migration(doctor):
    trail.saw(by=doctor, page="test", sentence="查看", persons=[1], basis="managed")
    assert partition_of(newest()) == f"audit_entry_{clock.today():%Y_%m}"
    assert partitions.make_coming() == []


def test_a_month_begins_at_the_county_s_midnight_and_an_old_one_goes_to_the_rest(doctor):
    with clock.stands_at(at("2031-12-15 10:00")):
        assert partitions.make_coming() == ["audit_entry_2031_12", "audit_entry_2032_01", "audit_entry_2032_02"]
    where = []
    for moment in ("2031-12-31 23:59", "2032-01-01 00:00", "2019-06-01 00:00"):
        with clock.stands_at(at(moment)):
            trail.saw(by=doctor, page="test", sentence="查看", persons=[1], basis="managed")
        where.append(partition_of(newest()))
    assert where == ["audit_entry_2031_12", "audit_entry_2032_01", "audit_entry_rest"]


def test_a_month_that_lies_in_the_rest_stays_there(doctor):
    with clock.stands_at(at("2040-05-31 12:00")):
        trail.saw(by=doctor, page="test", sentence="查看", persons=[1], basis="managed")
        assert partitions.make_coming() == ["audit_entry_2040_06", "audit_entry_2040_07"]
        trail.saw(by=doctor, page="test", sentence="查看", persons=[2], basis="managed")
    assert partition_of(newest()) == "audit_entry_rest"


# --- the journal


@pytest.fixture
def deaf(monkeypatch):
    """The database takes no entry until told."""
    right = trail.INSERT
    monkeypatch.setattr(trail, "INSERT", "INSERT INTO audit_nowhere VALUES (1)")

    def hear_again():
        monkeypatch.setattr(trail, "INSERT", right)

    return hear_again


def see(doctor, person=7):
    trail.saw(by=doctor, page="record.read", sentence="查看档案", persons=[person], basis="managed")


def reads():
    return Entry.objects.filter(kind="read", action="record.read").order_by("id")


@pytest.mark.requirement("R162")
def test_when_the_trail_can_not_be_written_care_goes_on_and_the_read_is_brought_in_later(doctor, deaf):
    see(doctor, 7)
    see(doctor, 8)
    assert reads().count() == 0
    assert journal.waits() is not None
    assert oct(journal.path().stat().st_mode & 0o7)[-1] in "04"
    deaf()
    assert trail.replay_journal() == 2
    assert [(r.persons, r.actor, r.facts["journalled"]) for r in reads()] == [
        ([7], doctor.title, True), ([8], doctor.title, True),
    ]  # fmt: skip
    assert journal.waits() is None
    assert trail.replay_journal() == 0


def test_the_journal_takes_over_when_the_table_is_gone(doctor):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_hidden")
    see(doctor)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_hidden RENAME TO audit_entry")
    assert trail.replay_journal() == 1


def test_a_replay_killed_before_the_journal_is_put_away_writes_nothing_twice(doctor, deaf, monkeypatch):
    see(doctor, 7)
    see(doctor, 8)
    deaf()
    gone = journal.taken()
    with monkeypatch.context() as killed:
        killed.setattr(type(gone), "unlink", lambda self, missing_ok=False: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            trail.replay_journal()
    assert (gone.exists(), reads().count()) == (True, 2)
    see(doctor, 9)
    assert trail.replay_journal() == 0
    assert [r.persons for r in reads()] == [[7], [8], [9]]
    assert journal.waits() is None


def test_an_entry_that_reached_the_trail_although_the_answer_was_lost_is_not_written_again(doctor, monkeypatch):
    """The connection breaks between the commit and its answer: the entry is in the trail and in the journal."""
    insert = trail._insert

    def lost(row):
        insert(row)
        monkeypatch.setattr(trail, "_insert", insert)
        journal.keep(row)

    monkeypatch.setattr(trail, "_insert", lost)
    see(doctor)
    assert (reads().count(), journal.waits() is not None) == (1, True)
    assert trail.replay_journal() == 0
    assert reads().count() == 1


def test_a_line_torn_by_a_power_cut_is_laid_aside_and_blocks_nothing(doctor, deaf):
    see(doctor, 7)
    with journal.path().open("a", encoding="utf-8") as torn:
        torn.write('{"at": "2026-11-22T09:0')
    see(doctor, 8)
    deaf()
    assert trail.replay_journal() == 2
    assert [r.persons for r in reads()] == [[7], [8]]
    assert journal.aside().read_text(encoding="utf-8").strip() == '{"at": "2026-11-22T09:0'


def test_a_line_that_no_trail_takes_is_kept_aside_whole(doctor, deaf):
    see(doctor, 7)
    row = json.loads(journal.path().read_text(encoding="utf-8").strip())
    journal.keep({**row, "kind": "a kind that the table refuses", "facts": '{"mark": "another"}'})
    see(doctor, 8)
    deaf()
    assert trail.replay_journal() == 2
    assert json.loads(journal.aside().read_text(encoding="utf-8"))["persons"] == [7]


@pytest.mark.django_db(transaction=True)
def test_many_who_are_journalled_at_once_lose_no_line_while_it_is_replayed(doctor, deaf):
    deaf()
    base = {"at": clock.now().isoformat(), "kind": "read", "action": "record.read", "sentence": "长" * 5000,
            "account_id": None, "post_id": None, "actor": "", "role": "", "unit_id": None, "basis": "",
            "subject": ""}  # fmt: skip
    before = reads().count()

    def write(place):
        for n in range(20):
            journal.keep(
                {**base, "persons": [place * 100 + n], "facts": json.dumps({"mark": f"{os.getpid()}-{place}-{n}"})}
            )

    def replay():
        try:
            for _ in range(10):
                trail.replay_journal()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(place,)) for place in range(4)]
    threads += [threading.Thread(target=replay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    trail.replay_journal()
    assert reads().count() - before == 80
    assert not journal.aside().exists()
