"""Claims as the insurance bureau settled them. Amounts are whole 分; what cannot be true is refused by the database."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT

from yigongti.fund.policy import codes
from yigongti.kernel.versions import Version


INSURED_KINDS = tuple(one.code for one in codes.insured_kind.entries)
AREAS = tuple(one.code for one in codes.area.entries)
LEVELS = ("", *(one.code for one in codes.level.entries))
VISIT_KINDS = tuple(one.code for one in codes.visit_kind.entries)
FUNDS = ("paid_basic", "paid_serious", "paid_aid", "paid_civil_servant", "paid_other")
OWN = ("account", "self_paid")
AMOUNTS = ("total", "in_scope", *FUNDS, *OWN)

PAID = F("paid_basic") + F("paid_serious") + F("paid_aid") + F("paid_civil_servant") + F("paid_other")
NOT_NEGATIVE = Q(**{f"{name}__gte": 0 for name in AMOUNTS}) & (Q(deductible=None) | Q(deductible__gte=0))

TOLD_AS = KT("detail__fhir")
"""The resource that a claim was told as, where it was."""


class Claim(Version):
    """One settlement. `numbering` is the insurer's division, `number` its own number of the settlement.

    `cancelled` is what the bureau says: the settlement was reversed; it stands, and counts for nothing. The person and
    the institution are kept as sent; `resident` and `institution` are whom we have matched, or null.
    """

    cancelled = models.BooleanField(default=False)
    bureau_batch = models.CharField(max_length=60, blank=True)
    month = models.DateField()
    resident = models.ForeignKey(
        "residents.Resident", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name_told = models.CharField(max_length=100, blank=True)
    id_card_told = models.CharField(max_length=40, blank=True, db_collation="C")
    insurance_no_told = models.CharField(max_length=60, blank=True, db_collation="C")
    insured_kind = models.CharField(max_length=12)
    insured_division = models.CharField(max_length=12, blank=True)
    institution = models.ForeignKey(
        "organisations.Institution", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    institution_code_told = models.CharField(max_length=40, blank=True)
    institution_name_told = models.CharField(max_length=200)
    institution_division = models.CharField(max_length=12, blank=True)
    area = models.CharField(max_length=12)
    level = models.CharField(max_length=12, blank=True)
    visit_kind = models.CharField(max_length=20)
    admitted_on = models.DateField(null=True)
    discharged_on = models.DateField(null=True)
    settled_on = models.DateField()
    diagnosis_code = models.CharField(max_length=20, blank=True)
    diagnosis_name = models.CharField(max_length=200, blank=True)
    other_diagnoses = ArrayField(models.CharField(max_length=20), default=list)
    operation_codes = ArrayField(models.CharField(max_length=20), default=list)
    total = models.BigIntegerField()
    in_scope = models.BigIntegerField(default=0)
    paid_basic = models.BigIntegerField(default=0)
    paid_serious = models.BigIntegerField(default=0)
    paid_aid = models.BigIntegerField(default=0)
    paid_civil_servant = models.BigIntegerField(default=0)
    paid_other = models.BigIntegerField(default=0)
    paid = models.GeneratedField(expression=PAID, output_field=models.BigIntegerField(), db_persist=True)
    account = models.BigIntegerField(default=0)
    self_paid = models.BigIntegerField(default=0)
    deductible = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta(Version.Meta):
        abstract = False
        constraints: ClassVar = [
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(insured_kind__in=INSURED_KINDS), name="claim_insured_kind"),
            models.CheckConstraint(condition=Q(area__in=AREAS), name="claim_area"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="claim_level"),
            models.CheckConstraint(condition=Q(visit_kind__in=VISIT_KINDS), name="claim_visit_kind"),
            models.CheckConstraint(condition=Q(month__day=1), name="claim_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(admitted_on=None) | Q(discharged_on=None) | Q(admitted_on__lte=F("discharged_on")),
                name="claim_days_in_order",
            ),
            models.CheckConstraint(condition=NOT_NEGATIVE, name="claim_not_negative"),
            models.CheckConstraint(condition=Q(in_scope__lte=F("total")), name="claim_in_scope_within_total"),
            models.CheckConstraint(
                condition=Q(total__gte=PAID + F("account") + F("self_paid")), name="claim_paid_within_total"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["month", "-settled_on", "-id"], condition=Q(stands=True), name="claim_of_month"),
            models.Index(fields=["resident"], condition=Q(resident__isnull=False), name="claim_of_person"),
            models.Index(TOLD_AS, name="claim_told_as", condition=Q(withdrawn_at=None, detail__has_key="fhir")),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"
