"""Taking back an institution or a department that was registered by mistake and that nobody has used."""

from __future__ import annotations

from typing import Any

from yigongti.kernel.access.models import Unit
from yigongti.kernel.referring import referred
from yigongti.organisations.models import Department, DepartmentHost, Institution, Membership, RoomHost


INSTITUTION_ALONE = ("organisations.Membership.institution", "organisations.RoomHost.room")
DEPARTMENT_ALONE = ("organisations.DepartmentHost.department",)
UNIT_ALONE = ("organisations.Institution.unit", "organisations.Department.unit")


def unmake(row: Any) -> bool:
    """Delete it with what came with it, unless anything else refers to it; whether it is gone."""
    if isinstance(row, Institution):
        return _gone(row, INSTITUTION_ALONE, (Membership.objects.filter(institution=row),
                                              RoomHost.objects.filter(room=row)))  # fmt: skip
    if isinstance(row, Department):
        return _gone(row, DEPARTMENT_ALONE, (DepartmentHost.objects.filter(department=row),))
    if isinstance(row.pk, int) and referred(type(row), [row.pk]):
        return False
    row.delete()
    return True


def _gone(row: Any, alone: tuple[str, ...], with_it: tuple[Any, ...]) -> bool:
    unit = row.unit
    if referred(type(row), [row.pk], but=alone) or referred(Unit, [unit.pk], but=UNIT_ALONE):
        return False
    for many in with_it:
        many.delete()
    row.delete()
    unit.delete()
    return True
