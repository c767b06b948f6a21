"""Statements of the store, asked as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection


def fetched(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(given))
        return list(cursor.fetchall())
