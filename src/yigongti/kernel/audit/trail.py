"""Writing the trail: a write's entry in its transaction; a read's entry at once, or in the local journal."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from django.db import Error, connection, transaction

from yigongti.kernel import clock, prepared
from yigongti.kernel.audit import journal


if TYPE_CHECKING:
    from yigongti.kernel.access.actor import Actor

log = structlog.get_logger()

INSERT = """
INSERT INTO audit_entry (at, kind, action, sentence, account_id, post_id, actor, role, unit_id, persons, basis,
                         subject, facts)
VALUES (%(at)s, %(kind)s, %(action)s, %(sentence)s, %(account_id)s, %(post_id)s, %(actor)s, %(role)s, %(unit_id)s,
        %(persons)s::bigint[], %(basis)s, %(subject)s, %(facts)s::jsonb)
"""
BESIDE = """
INSERT INTO audit_entry (at, kind, action, sentence, account_id, post_id, actor, role, unit_id, persons, basis,
                         subject, facts)
SELECT %(t_at)s::timestamptz, %(t_kind)s::text, %(t_action)s::text, {sentence}, %(t_account_id)s::bigint,
       %(t_post_id)s::bigint, %(t_actor)s::text, %(t_role)s::text, %(t_unit_id)s::bigint, x.persons, %(t_basis)s::text,
       %(t_subject)s::text, '{{}}'::jsonb
FROM ({seen}) x WHERE x.persons <> '{{}}'::bigint[]
"""
NO_FACTS = "{}"
ALREADY = "SELECT 1 FROM audit_entry WHERE at = %(at)s AND facts->>'mark' = %(mark)s"


def wrote(
    *,
    by: Actor,
    action: str,
    sentence: str,
    persons: Iterable[int] = (),
    basis: str = "",
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
    posted: bool = False,
) -> None:
    """Record a write, inside the transaction that does it: both stand or neither. `posted`: with all else that it
    posts."""
    row = _row("write", by, action, sentence, persons, basis, subject, facts)
    (prepared.post if posted else prepared.ask)(INSERT, row)


def saw(
    *, by: Actor, page: str, sentence: str, persons: Iterable[int], basis: str, subject: str = "", nobody: bool = False
) -> None:
    """Record that persons were shown to the actor. If it can't be written, the journal takes it: care goes on.

    `nobody`: also where none of those shown is registered, as in a sheet that was brought.
    """
    row = _row("read", by, page, sentence, persons, basis, subject, None)
    if not row["persons"] and not nobody:
        return
    _insert_or_journal(row)


def saw_beside(seen: str, *, sentence: str = "%(t_sentence)s::text") -> str:
    """The entry of a read as a part of the statement that reads, for `said_beside`: both stand or neither is answered.

    `seen` is a query of one row, whose `persons` are all who are shown; where there are none there is no entry.
    """
    return BESIDE.format(seen=seen, sentence=sentence)


def said_beside(*, by: Actor, page: str, sentence: str, basis: str, subject: str = "") -> dict[str, Any]:
    """The values of such a part."""
    row = _row("read", by, page, sentence, (), basis, subject, None)
    return {f"t_{name}": value for name, value in row.items() if name not in ("persons", "facts")}


def refused(*, by: Actor | None, action: str, sentence: str, subject: str = "") -> None:
    """Record a refusal; outside the refused transaction, which is gone."""
    _insert_or_journal(_row("refusal", by, action, sentence, (), "", subject, None))


def session(*, by: Actor | None, action: str, sentence: str, account_id: int | None = None) -> None:
    """Record sign-in, sign-out, failures and changes of post."""
    row = _row("session", by, action, sentence, (), "", "", None)
    row["account_id"] = row["account_id"] or account_id
    _insert_or_journal(row)


def _row(
    kind: str,
    by: Actor | None,
    action: str,
    sentence: str,
    persons: Iterable[int],
    basis: str,
    subject: str,
    facts: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "at": clock.now().isoformat(),
        "kind": kind,
        "action": action,
        "sentence": _storable(sentence),
        "account_id": by.account_id if by else None,
        "post_id": by.post_id if by else None,
        "actor": _storable(by.title) if by else "",
        "role": by.role.code if by else "",
        "unit_id": by.unit_id if by else None,
        "persons": sorted(set(persons)),
        "basis": basis,
        "subject": subject,
        "facts": _kept(facts) if facts else NO_FACTS,
    }


def _kept(facts: Mapping[str, Any]) -> str:
    return json.dumps(_storable(json.loads(json.dumps(dict(facts), default=str))), ensure_ascii=False)


def _storable(thing: Any) -> Any:
    """Text as the database can hold it: what it can't is written out, so that no bad input escapes the trail."""
    if isinstance(thing, str):
        return thing.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    if isinstance(thing, dict):
        return {_storable(name): _storable(part) for name, part in thing.items()}
    return [_storable(part) for part in thing] if isinstance(thing, list) else thing


def _insert(row: Mapping[str, Any]) -> None:
    prepared.ask(INSERT, row)


def _insert_or_journal(row: dict[str, Any]) -> None:
    """The mark tells a replay whether the entry reached the trail although the answer was lost."""
    mark = f'"mark": "{uuid.uuid4().hex}"'
    row["facts"] = f"{{{mark}}}" if row["facts"] == NO_FACTS else f"{row['facts'][:-1]}, {mark}}}"
    try:
        # One statement is whole by itself; only inside a transaction must its failure be held apart.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            _insert(row)
    except Error as trouble:
        log.error("audit.journalled", error=str(trouble))
        journal.keep(row)


def replay_journal() -> int:
    """Write journalled entries into the trail, once each; how many."""
    return journal.replay(write=_write_once)


def _write_once(row: dict[str, Any]) -> bool:
    facts = json.loads(row["facts"])
    with connection.cursor() as cursor:
        cursor.execute(ALREADY, {"at": row["at"], "mark": facts.get("mark", "")})
        if cursor.fetchone():
            return False
    _insert({**row, "facts": json.dumps({**facts, "journalled": True}, ensure_ascii=False)})
    return True


def journal_waits() -> datetime | None:
    """Since when entries wait in the journal, for the alarm; None when it is empty."""
    return journal.waits()
