"""The screens of residents; importing this registers them."""

from yigongti.residents.pages import (
    entering,
    listing,
    matching,
    opening,
    overdue,
    person,
    reviewing,
    stewarding,
    waiting,
)


__all__ = ["entering", "listing", "matching", "opening", "overdue", "person", "reviewing", "stewarding", "waiting"]
