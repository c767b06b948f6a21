"""One table of entries makes the timeline one query; what the platform computes with is typed beside it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yigongti.record.attached import Attachment as Attachment  # a model of this chapter, kept with what it is about
from yigongti.record.visit_facts import Operation as Operation
from yigongti.record.visit_facts import VisitCharge as VisitCharge


KINDS = ("encounter", "condition", "observation", "report", "medication", "procedure", "immunisation", "allergy",
         "document", "imaging", "order", "appointment")  # fmt: skip
SENSITIVITIES = ("", "psychiatric", "hiv", "tuberculosis", "sexual_health", "reproductive")
ENCOUNTER_CLASSES = ("outpatient", "emergency", "inpatient", "home", "village", "physical_exam", "public_health")


class Entry(models.Model):
    """One thing in a person's life. `detail` holds, lossless, what the source said beyond the typed columns.

    `replaced_by` is set when a newer version corrects this one; readers see versions whose `replaced_by` is empty.
    `withdrawn` stands on every version of what was entered in error: the wrong person, or it never happened.
    """

    id = models.BigAutoField(primary_key=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    system = models.CharField(max_length=24, blank=True)
    code = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    entered_at = models.DateTimeField()
    institution = models.ForeignKey(
        "organisations.Institution", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.ForeignKey(
        "organisations.Department", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author = models.CharField(max_length=120, blank=True)
    author_post = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.CharField(max_length=40)
    sensitivity = models.CharField(max_length=16, blank=True)
    encounter = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.SmallIntegerField(default=1)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    correction_reason = models.CharField(max_length=400, blank=True)
    withdrawn = models.BooleanField(default=False, db_default=False)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="entry_kind"),
            models.CheckConstraint(condition=Q(sensitivity__in=SENSITIVITIES), name="entry_sensitivity"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("at")), name="entry_times"),
            models.UniqueConstraint(
                fields=["replaced_by"], condition=Q(replaced_by__isnull=False), name="entry_corrected_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["resident", "-at", "-id"], name="entry_timeline"),
            models.Index(fields=["encounter"], condition=Q(encounter__isnull=False), name="entry_of_encounter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Encounter(models.Model):
    """The typed part of an encounter entry. The relation "treated here" is read from it: institution, person, when."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="encounter_part")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False)
    institution = models.ForeignKey(
        "organisations.Institution", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    encounter_class = models.CharField(max_length=16)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    diagnosis_code = models.CharField(max_length=20, blank=True)
    out_of_county = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(encounter_class__in=ENCOUNTER_CLASSES), name="encounter_class"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["resident", "institution", "at"], name="encounter_treated_here"),
            models.Index(fields=["at"], name="encounter_at"),
            models.Index(fields=["until"], condition=Q(until__isnull=False), name="encounter_until"),
        ]

    def __str__(self) -> str:
        return f"encounter {self.entry_id}"


class Observation(models.Model):
    """The typed part of an observation: one number of one series, with its unit and reference range."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="observation_part")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False)
    series = models.CharField(max_length=24)
    value = models.DecimalField(max_digits=12, decimal_places=3)
    second_value = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    unit = models.CharField(max_length=16)
    low = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["resident", "series", "-at"], name="observation_series")]

    def __str__(self) -> str:
        return f"{self.series} {self.value}"
