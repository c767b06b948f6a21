"""Writing the trail: a write's entry in its transaction; a read's entry at once, or in the local journal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from yigongti.kernel import clock


if TYPE_CHECKING:
    from yigongti.kernel.access.actor import Actor

log = structlog.get_logger()

INSERT = """
INSERT INTO audit_entry (at, kind, action, sentence, account_id, post_id, actor, role, unit_id, persons, basis,
                         subject, facts)
VALUES (%(at)s, %(kind)s, %(action)s, %(sentence)s, %(account_id)s, %(post_id)s, %(actor)s, %(role)s, %(unit_id)s,
        %(persons)s::bigint[], %(basis)s, %(subject)s, %(facts)s::jsonb)
"""


def wrote(
    *,
    by: Actor,
    action: str,
    sentence: str,
    persons: Iterable[int] = (),
    basis: str = "",
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Record a write, inside the transaction that does it: both stand or neither."""
    _insert(_row("write", by, action, sentence, persons, basis, subject, facts))


def saw(*, by: Actor, page: str, sentence: str, persons: Iterable[int], basis: str, subject: str = "") -> None:
    """Record that persons were shown to the actor. If it can't be written, the journal takes it: care goes on."""
    row = _row("read", by, page, sentence, persons, basis, subject, None)
    if not row["persons"]:
        return
    _insert_or_journal(row)


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
        "sentence": sentence,
        "account_id": by.account_id if by else None,
        "post_id": by.post_id if by else None,
        "actor": by.title if by else "",
        "role": by.role.code if by else "",
        "unit_id": by.unit_id if by else None,
        "persons": sorted(set(persons)),
        "basis": basis,
        "subject": subject,
        "facts": json.dumps(dict(facts or {}), ensure_ascii=False, default=str),
    }


def _insert(row: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)


def _insert_or_journal(row: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            _insert(row)
    except DatabaseError as trouble:
        log.error("audit.journalled", error=str(trouble))
        keep_in_journal(row)


def journal_path() -> Path:
    """The local file that takes what the database could not."""
    return Path(settings.DATA_FOLDER) / "journal" / "reads.jsonl"


def keep_in_journal(row: Mapping[str, Any]) -> None:
    """Append one entry to the local journal, on the disk before the reader sees the page."""
    path = journal_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(dict(row), ensure_ascii=False) + "\n")
        journal.flush()
        os.fsync(journal.fileno())


def replay_journal() -> int:
    """Write journalled entries into the trail, once each; the count. The journal is renamed first, so none is lost."""
    path, taken = journal_path(), journal_path().with_suffix(".replaying")
    if not taken.exists():
        if not path.exists():
            return 0
        path.rename(taken)
    rows = [json.loads(line) for line in taken.read_text(encoding="utf-8").splitlines()]
    with transaction.atomic():
        for row in rows:
            row["facts"] = json.dumps({**json.loads(row["facts"]), "journalled": True}, ensure_ascii=False)
            _insert(row)
    taken.unlink()
    return len(rows)


def journal_waits() -> datetime | None:
    """Since when entries wait in the journal, for the alarm; None when it is empty."""
    for path in (journal_path().with_suffix(".replaying"), journal_path()):
        if path.exists():
            return datetime.fromtimestamp(path.stat().st_mtime, tz=clock.COUNTY_ZONE)
    return None
