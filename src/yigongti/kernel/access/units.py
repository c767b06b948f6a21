"""Growing and re-shaping the bare tree: a unit is born under a parent, or moves with everything below it."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import TextField, Value
from django.db.models.functions import Concat, Substr

from yigongti.kernel.access.models import Unit


LOCK = "SELECT pg_advisory_xact_lock(hashtext('access.unit_tree'))"


def lock_tree() -> None:
    """Let one transaction at a time change the shape of the tree."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def make_unit(*, parent: Unit | None, kind: str, name: str, code: str = "") -> Unit:
    """A new unit under its parent; without a code it gets one from its number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('access_unit', 'id'))")
        (number,) = cursor.fetchone()
    path = f"{parent.path if parent else '/'}{number}/"
    return Unit.objects.create(
        id=number,
        code=code or f"u{number}",
        name=name,
        kind=kind,
        parent=parent,
        path=path,
    )


def move_unit(unit: Unit, *, parent: Unit) -> int:
    """Hang a unit with all below it under another parent; how many units got a new path. ValueError for a circle."""
    if parent.path.startswith(unit.path):
        raise ValueError(f"{unit.path} cannot hang under {parent.path}, which lies below it")
    old, new = unit.path, f"{parent.path}{unit.pk}/"
    if old == new:
        return 0
    moved = Unit.objects.filter(path__startswith=old).update(
        path=Concat(Value(new), Substr("path", len(old) + 1), output_field=TextField())
    )
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit.path, unit.parent = new, parent
    return moved


def close_unit(unit: Unit, *, on: date) -> None:
    """Close a unit from the day after; posts and history stay as they are."""
    Unit.objects.filter(pk=unit.pk).update(closed_on=on)
    unit.closed_on = on


def ancestry(path: str) -> list[int]:
    """The ids on a path, root first."""
    return [int(part) for part in path.split("/") if part]
