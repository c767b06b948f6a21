"""The chain: every column of every entry is bound; whatever a superuser changes is found and named."""

import threading

import pytest
from django.db import connection, connections, transaction

from tests.factories import actor
from tests.factories import county as make_county
from yigongti.kernel import clock
from yigongti.kernel.audit import seals, trail
from yigongti.kernel.audit.models import Entry, Seal


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def as_superuser(statement, *values):
    """What the owner of the machine can do: switch the triggers off, change, and switch them on again."""
    tables = ["audit_entry", "audit_seal", *(name for (name,) in sql(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass"))]  # fmt: skip
    for table in tables:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql(statement, *values)
    for table in tables:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def doctor(county):
    """Somebody who reads; the chain begins anew, since races leave entries behind."""
    as_superuser("TRUNCATE audit_entry, audit_unsealed, audit_seal")
    return actor("village_doctor", county.village)


def see(doctor, *persons):
    for person in persons:
        trail.saw(by=doctor, page="record.read", sentence="查看档案", persons=[person], basis="managed", subject="s:1")


@pytest.fixture
def chain(doctor):
    """Three seals over two entries each, and one entry that waits."""
    for pair in ((1, 2), (3, 4), (5, 6)):
        see(doctor, *pair)
        assert seals.seal_waiting() == 2
    see(doctor, 7)
    return list(Seal.objects.all())


def span(seal):
    """The numbers of the rows under a seal, as a fault says them."""
    [(first, last)] = sql("SELECT lower(%s::int8multirange), upper(%s::int8multirange) - 1", seal.ids, seal.ids)
    return f"第 {first} 至 {last} 号"


@pytest.mark.requirement("R162")
def test_a_whole_chain_verifies_and_says_what_still_waits(chain):
    assert list(seals.faults()) == []
    assert seals.lag()[0] == 1
    assert seals.head() == (chain[-1].hash, chain[-1].sealed_at)
    assert [s.previous for s in chain] == [seals.GENESIS, chain[0].hash, chain[1].hash]


def test_every_column_of_the_table_is_sealed(db):
    columns = sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_entry'")
    assert {name for (name,) in columns} == set(seals.COLUMNS) == {f.column for f in Entry._meta.fields}


CHANGES = {
    "at": "at + interval '1 second'", "kind": "'write'", "action": "'x'", "sentence": "'x'", "account_id": "0",
    "post_id": "0", "actor": "'x'", "role": "'x'", "unit_id": "0", "persons": "'{99}'", "basis": "'x'",
    "subject": "'x'", "facts": "'{\"x\": 1}'",
}  # fmt: skip


@pytest.mark.parametrize("column", [c for c in seals.COLUMNS if c != "id"])
def test_a_changed_column_is_found(chain, column):
    first = Entry.objects.order_by("id").first()
    as_superuser(f"UPDATE audit_entry SET {column} = {CHANGES[column]} WHERE id = %s", first.pk)
    assert list(seals.faults()) == [f"封条 {chain[0].pk}（{span(chain[0])}）内的记录被改动"]


def test_a_deleted_entry_is_found(chain):
    as_superuser("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry WHERE persons = '{4}')")
    assert list(seals.faults()) == [f"封条 {chain[1].pk}（{span(chain[1])}）应有 2 条，实有 1 条"]


def test_an_entry_slipped_in_is_found(chain):
    copied = "(at, kind, action, sentence, actor, role, persons, basis, subject, facts)"
    as_superuser(f"INSERT INTO audit_entry {copied} SELECT {copied[1:-1]} FROM audit_entry LIMIT 1")
    assert [f.split("（")[0] for f in seals.faults()] == ["1 条记录既未封存也不在待封之列"]


def test_an_entry_slipped_in_under_a_sealed_number_is_found(chain):
    columns = ", ".join(c for c in seals.COLUMNS if c != "at")
    as_superuser(
        f"INSERT INTO audit_entry (at, {columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT at - interval '1 minute', {columns} FROM audit_entry WHERE persons = '{{3}}'"
    )
    assert list(seals.faults()) == [f"封条 {chain[1].pk}（{span(chain[1])}）应有 2 条，实有 3 条"]


def test_a_removed_seal_is_found(chain):
    as_superuser("DELETE FROM audit_seal WHERE id = %s", chain[1].pk)
    found = list(seals.faults())
    assert found == [
        f"封条 {chain[2].pk}（{span(chain[2])}）与前一封条不相接",
        f"2 条记录既未封存也不在待封之列（自第 {span(chain[1])[2:].split(' ')[0]} 号起）",
    ]


@pytest.mark.parametrize("change", ["sealed_at = sealed_at - interval '1 year'", "columns = columns[2:]"])
def test_what_a_seal_says_of_itself_is_sealed_too(chain, change):
    as_superuser(f"UPDATE audit_seal SET {change} WHERE id = %s", chain[0].pk)
    assert list(seals.faults()) == [f"封条 {chain[0].pk}（{span(chain[0])}）内的记录被改动"]


def test_a_chain_whose_end_was_cut_off_is_found_by_the_hash_that_was_kept_outside(chain):
    as_superuser("DELETE FROM audit_entry WHERE id <@ (SELECT ids FROM audit_seal WHERE id = %s)", chain[2].pk)
    as_superuser("DELETE FROM audit_seal WHERE id = %s", chain[2].pk)
    assert list(seals.faults()) == []  # from inside nothing is missing
    assert list(seals.faults(kept=chain[1].hash)) == []
    assert [f.startswith("封条链里没有留存的封条") for f in seals.faults(kept=chain[2].hash)] == [True]


def test_an_entry_taken_off_the_waiting_list_is_found(chain):
    sql("DELETE FROM audit_unsealed")
    assert [f.split("（")[0] for f in seals.faults()] == ["1 条记录既未封存也不在待封之列"]


def test_a_chain_does_not_depend_on_where_it_is_read(chain):
    with transaction.atomic():
        sql("SET LOCAL TimeZone = 'America/New_York'")
        sql("SET LOCAL DateStyle = 'ISO, MDY'")
        assert list(seals.faults()) == []


def test_a_chain_survives_being_dumped_and_restored(chain):
    """What pg_dump writes is rows by their columns: carried as text into tables of the same shape, the chain holds."""
    for table in ("audit_entry", "audit_seal", "audit_unsealed"):
        sql(f"CREATE TEMPORARY TABLE dumped_{table} AS SELECT to_jsonb(t)::text AS line FROM {table} t")
    as_superuser("TRUNCATE audit_entry, audit_unsealed, audit_seal")
    assert list(seals.faults()) == []
    for table in ("audit_entry", "audit_seal"):
        as_superuser(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT r.* FROM dumped_{table} d,"
                     f" jsonb_populate_record(NULL::{table}, d.line::jsonb) r")  # fmt: skip
    as_superuser("INSERT INTO audit_unsealed SELECT (line::jsonb->>'entry_id')::bigint FROM dumped_audit_unsealed")
    assert list(seals.faults()) == []
    assert Seal.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_after_a_later_one_was_sealed_is_sealed_later():
    with transaction.atomic():
        as_superuser("TRUNCATE audit_entry, audit_unsealed, audit_seal")
    doctor = actor("village_doctor", make_county().village)
    written, sealed = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                see(doctor, 1)
                written.set()
                sealed.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(20)
    see(doctor, 2)
    assert seals.seal_waiting() == 1
    sealed.set()
    thread.join(20)
    assert seals.seal_waiting() == 1
    assert [s.entries for s in Seal.objects.all()] == [1, 1]
    assert list(seals.faults()) == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain():
    with transaction.atomic():
        as_superuser("TRUNCATE audit_entry, audit_unsealed, audit_seal")
    see(actor("village_doctor", make_county().village), *range(40))

    def seal():
        try:
            for _ in range(12):
                seals.seal_waiting(batch=3)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    while seals.seal_waiting():
        pass
    assert sum(s.entries for s in Seal.objects.all()) == 40
    assert list(seals.faults()) == []
    assert clock.now() >= seals.head()[1]
