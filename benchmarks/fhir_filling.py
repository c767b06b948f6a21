"""Thousands of patients for the benchmark of the FHIR server: one goes in by its own door, the others are copies.

By the door 20,000 patients with 600,000 observations would take half an hour. So one bundle is written as any client
writes it, and the rows that it left (register, record, what is known of the sender's numbers, resources, all rows of
the index) are multiplied in the database, each with ids, a number, a name and a birth day of its own. Its message in
the inbox and its entries in the trail are not multiplied: nothing that is measured reads them.
"""

from __future__ import annotations

import random
import uuid
from typing import Any


Numbers = list[tuple[str, str]]
"""Number and id of each patient."""

COPIES = """
CREATE TEMP TABLE copy_person ON COMMIT DROP AS
SELECT n, name, sound, initials, born, id::text AS id, number,
       nextval(pg_get_serial_sequence('residents_resident', 'id')) AS resident, nextval('exchange_resource_key') AS key
FROM unnest(%(names)s::text[], %(sounds)s::text[], %(initials)s::text[], %(born)s::date[], %(ids)s::text[],
            %(numbers)s::text[]) WITH ORDINALITY t(name, sound, initials, born, id, number, n);
CREATE TEMP TABLE copy_finding ON COMMIT DROP AS
SELECT p.n, gen_random_uuid()::text AS id, nextval('exchange_resource_key') AS key,
       nextval(pg_get_serial_sequence('record_entry', 'id')) AS entry
FROM copy_person p CROSS JOIN generate_series(1, %(each)s);
CREATE INDEX ON copy_person (n);
"""
SAME = {
    "residents_resident": ("copy_person c", {
        "id": "c.resident", "master_id": "c.resident", "record_no": "'B' || lpad(c.resident::text, 16, '0')",
        "name": "c.name", "pinyin": "c.sound", "initials": "c.initials", "birth_date": "c.born"}, "t.id = {resident}"),
    "residents_identifier": ("copy_person c", {
        "resident_id": "c.resident", "value": "'B' || c.resident"}, "t.resident_id = {resident}"),
    "exchange_knownperson": ("copy_person c", {
        "resident_id": "c.resident",
        "value": "CASE WHEN t.system = 'Patient' THEN 'Patient/' || c.id ELSE c.number END"},
        "t.resident_id = {resident}"),
    "record_entry": ("copy_finding f JOIN copy_person c USING (n)", {
        "id": "f.entry", "resident_id": "c.resident",
        "detail": "jsonb_set(t.detail, '{{fhir,id}}', to_jsonb(f.id))"}, "t.id = {entry}"),
    "record_observation": ("copy_finding f JOIN copy_person c USING (n)", {
        "entry_id": "f.entry", "resident_id": "c.resident"}, "t.entry_id = {entry}"),
    "exchange_knownentry": ("copy_finding f", {
        "entry_id": "f.entry", "value": "'Observation/' || f.id"}, "t.entry_id = {entry}"),
}  # fmt: skip
"""Table → copies of which it gets, columns that differ, and the row that is copied."""
RESOURCES = """
INSERT INTO exchange_resource (key, type, id, version, at, deleted, method, person_id, also, sender_id, classes, body)
SELECT c.key, t.type, c.id, t.version, t.at, false, t.method, c.resident, NULL, t.sender_id, t.classes,
       replace(replace(replace(t.body, t.id, c.id), {number}, c.number), {name}, c.name)
FROM copy_person c CROSS JOIN exchange_resource t WHERE t.type = 'Patient' AND t.id = {patient};
INSERT INTO exchange_resource (key, type, id, version, at, deleted, method, person_id, also, sender_id, classes, body)
SELECT f.key, t.type, f.id, t.version, t.at, false, t.method, c.resident, NULL, t.sender_id, t.classes,
       replace(replace(t.body, t.id, f.id), {patient}, c.id)
FROM copy_finding f JOIN copy_person c USING (n) CROSS JOIN exchange_resource t
WHERE t.type = 'Observation' AND t.id = {finding};
"""
CHANGED = {"token": {"code": "replace(t.code, {number}, c.number)"},
           "text": {"value": "replace(t.value, {name}, c.name)", "said": "replace(t.said, {name}, c.name)"},
           "link": {"target": "replace(t.target, {patient}, c.id)"}, "span": {}, "amount": {}}  # fmt: skip
"""Of the rows of the index what differs from copy to copy."""
ABOUT = """
SELECT p.person_id, o.id, (SELECT k.entry_id FROM exchange_knownentry k WHERE k.value = 'Observation/' || o.id)
FROM exchange_resource p JOIN exchange_resource o ON o.person_id = p.person_id AND o.type = 'Observation'
WHERE p.type = 'Patient' AND p.id = %(patient)s LIMIT 1
"""


def made_up(count: int) -> dict[str, list[Any]]:
    """Names, birth days, ids and numbers."""
    from yigongti.residents import pinyin

    names = [_letter(0x4E00) + _letter(0x5000) + _letter(0x6000) for _ in range(count)]
    spelled = [pinyin.spell(name) for name in names]
    return {
        "names": names, "sounds": [sound for sound, _ in spelled], "initials": [letters for _, letters in spelled],
        "born": [f"{random.randrange(1930, 2010)}-{random.randrange(1, 13)}-{random.randrange(1, 29)}"  # noqa: S311
                 for _ in names],
        "ids": [str(uuid.uuid4()) for _ in names], "numbers": [uuid.uuid4().hex for _ in names],
    }  # fmt: skip


def _letter(first: int) -> str:
    return chr(first + random.randrange(3000))  # noqa: S311 - rows of a benchmark


def multiply(dsn: str, *, patient: str, number: str, name: str, each: int, count: int) -> Numbers:
    """So many copies of the patient with this id, number and name, and of one of her observations."""
    import psycopg
    from psycopg import sql

    told = made_up(count)
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor) as link:
        row = link.execute(ABOUT, {"patient": patient}).fetchone()
        if row is None:
            raise SystemExit("the patient to be copied is not there")
        words = {"resident": row[0], "finding": row[1], "entry": row[2], "patient": patient, "number": number,
                 "name": name}  # fmt: skip
        said = {key: sql.Literal(value) for key, value in words.items()}
        link.execute(COPIES, told | {"each": each})
        for table, (source, changed, which) in SAME.items():
            names = [one for one in _columns(link, table) if one in changed or one not in ("id", "stands")]
            chosen = ", ".join(changed.get(one, f"t.{one}") for one in names)
            link.execute(sql.SQL(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen}"  # noqa: S608 - the words are ours
                f" FROM {source} CROSS JOIN {table} t WHERE {which}"
            ).format(**said))  # fmt: skip
        link.execute(sql.SQL(RESOURCES).format(**said))
        for table in CHANGED:
            _index(link, table, said)
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("ANALYZE")
    return list(zip(told["numbers"], told["ids"], strict=True))


def _columns(link: Any, table: str) -> list[str]:
    rows = link.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                        " AND NOT attisdropped ORDER BY attnum", [table])  # fmt: skip
    return [name for (name,) in rows]


def _index(link: Any, table: str, said: dict[str, Any]) -> None:
    from psycopg import sql

    whole = f"exchange_resource_{table}"
    names = [one for one in _columns(link, whole) if one != "key"]
    chosen = ", ".join(CHANGED[table].get(one, f"t.{one}") for one in names)
    for source, key, kind, which in (
        ("copy_person c", "c.key", "Patient", "patient"),
        ("copy_finding f JOIN copy_person c USING (n)", "f.key", "Observation", "finding"),
    ):
        link.execute(sql.SQL(
            f"INSERT INTO {whole} (key, {', '.join(names)}) SELECT {key}, {chosen} FROM {source}"  # noqa: S608
            f" CROSS JOIN exchange_resource r JOIN {whole} t ON t.key = r.key"
            f" WHERE r.type = '{kind}' AND r.id = {{{which}}}"
        ).format(**said))  # fmt: skip


BARE = """
INSERT INTO bare_resource SELECT 'Patient', c.id, replace(replace(%(patient)s, %(id)s, c.id), %(number)s, c.number)
FROM unnest(%(ids)s::text[], %(numbers)s::text[]) c(id, number);
INSERT INTO bare_identifier SELECT c.number, c.id FROM unnest(%(ids)s::text[], %(numbers)s::text[]) c(id, number);
INSERT INTO bare_resource SELECT 'Observation', gen_random_uuid()::text, replace(%(finding)s, %(id)s, c.id)
FROM unnest(%(ids)s::text[]) c(id) CROSS JOIN generate_series(1, %(each)s);
ANALYZE bare_resource, bare_identifier
"""


def multiply_bare(dsn: str, *, patient: str, finding: str, whom: str, number: str, each: int, count: int) -> Numbers:
    """As many in the bare store, whose rows are the resources as they were sent."""
    import psycopg

    ids, numbers = [str(uuid.uuid4()) for _ in range(count)], [uuid.uuid4().hex for _ in range(count)]
    with psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor, autocommit=True) as link:
        link.execute(BARE, {"patient": patient, "finding": finding, "id": whom, "number": number, "ids": ids,
                            "numbers": numbers, "each": each})  # fmt: skip
    return list(zip(numbers, ids, strict=True))
