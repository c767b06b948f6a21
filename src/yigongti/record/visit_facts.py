"""What a visit cost, class by class, and which operations it held: read-only facts beside the visit's entry.

They belong to one version of the entry. A correction is a new version with facts of its own; nobody edits these rows.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yigongti.record.policy.charge_classes import charge_class, incision, operation_grade


CHARGE_CLASSES = tuple(one.code for one in charge_class.entries)
GRADES = tuple(int(one.code) for one in operation_grade.entries)
INCISIONS = ("", *(one.code for one in incision.entries))


class VisitCharge(models.Model):
    """The part of a visit's cost that falls to one class, in 分. The sum over the classes is what the visit cost."""

    entry = models.ForeignKey("record.Entry", on_delete=models.CASCADE, related_name="charges", db_index=False)
    charge_class = models.CharField(max_length=24)
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(charge_class__in=CHARGE_CLASSES), name="charge_class_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="charge_not_negative"),
            models.UniqueConstraint(fields=["entry", "charge_class"], name="charge_once_a_class"),
        ]

    def __str__(self) -> str:
        return f"{self.charge_class} {self.amount}"


class Operation(models.Model):
    """One operation of a visit, in the order told, the main one first; `operator` is as the sender names them."""

    entry = models.ForeignKey("record.Entry", on_delete=models.CASCADE, related_name="operations", db_index=False)
    number = models.SmallIntegerField()
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    grade = models.SmallIntegerField(null=True)
    day = models.DateField(null=True)
    operator = models.CharField(max_length=120, blank=True)
    incision = models.CharField(max_length=1, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(grade__isnull=True) | Q(grade__in=GRADES), name="operation_grade"),
            models.CheckConstraint(condition=Q(incision__in=INCISIONS), name="operation_incision"),
            models.UniqueConstraint(fields=["entry", "number"], name="operation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()
