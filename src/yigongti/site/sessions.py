"""Sessions in the database, read by one plain statement: every request reads its session first."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection


# By the database's own time, as Django writes the other end: never by a clock that a test or the simulator holds.
READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's own store but for the reading: the ORM takes longer to write the question than the answer takes."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, for one that is unknown or over."""
        with connection.cursor() as cursor:
            cursor.execute(READ, (self.session_key,))
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))
