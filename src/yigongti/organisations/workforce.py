"""The people who work in the county, and who of them is on duty when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Staff(models.Model):
    """One human of the workforce and the three homes (R79): establishment, payroll, actual work."""

    account = models.OneToOneField(
        "access.Account",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, db_collation="C")
    initials = models.CharField(max_length=20, blank=True, db_collation="C")
    sex = models.CharField(max_length=1, default="0")
    birth_date = models.DateField(null=True, blank=True)
    title = models.CharField(max_length=24, blank=True)
    profession = models.CharField(max_length=24)
    licence_no = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    works_at = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    establishment_at = models.ForeignKey(
        "organisations.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    payroll_at = models.ForeignKey(
        "organisations.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sex__in=("0", "1", "2", "9")), name="staff_sex"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["works_at"]),
            models.Index(fields=["initials"]),
        ]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """A turn on the duty roster: who answers for a duty at a unit, from moment to moment."""

    unit = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=24)
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    begins = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="duty_dates"),
            models.CheckConstraint(
                condition=Q(duty__in=("referral_desk", "referral_lead", "general_duty")),
                name="duty_kind",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "duty", "begins"])]

    def __str__(self) -> str:
        return f"{self.duty} {self.unit_id} {self.begins}"
