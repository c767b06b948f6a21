"""Statements of the store: each with values of its own, and those of all day as the server keeps them prepared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.kernel import prepared


def fetched(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a statement that is planned for the values it is asked with."""
    return prepared.fetched(sql, given, prepare=False)


def fetched_often(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The same of a statement that asks for one row or a few, whatever its values: one plan is as good as another."""
    return prepared.fetched(sql, given)
