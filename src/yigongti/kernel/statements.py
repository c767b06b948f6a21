"""Statements written out by hand: all their rows at once, as plain tuples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from yigongti.kernel.clock import COUNTY_ZONE


def fetched(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Every row of a statement; moments on the county's clock."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [tuple(_local(part) for part in row) for row in cursor.fetchall()]


def _local(part: Any) -> Any:
    return part.astimezone(COUNTY_ZONE) if type(part) is datetime else part
