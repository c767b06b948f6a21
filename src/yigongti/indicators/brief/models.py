"""Briefs with their edits, and which frozen figures they are bound to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


KINDS = ("daily", "reform", "annual")
LEVELS = ("institution", "township", "group", "county")
PERIOD = r"^[0-9]{4}(-[0-9]{2}|-Q[1-4]|-Y[0-9]{2})?$"


class Brief(models.Model):
    """A text about a place and a period. Once it is issued the database refuses every change of it; a correction is a
    new one that names the `earlier`."""

    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    level = models.CharField(max_length=12)
    place = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    text = models.TextField()
    version = models.SmallIntegerField(default=1)
    why = models.CharField(max_length=200, blank=True)
    earlier = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    year = models.SmallIntegerField(null=True)
    number = models.IntegerField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="brief_kind"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="brief_level"),
            models.CheckConstraint(condition=Q(period__regex=PERIOD), name="brief_period"),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, issued_by__isnull=True, number__isnull=True, year__isnull=True)
                | Q(issued_at__isnull=False, issued_by__isnull=False, number__isnull=False, year__isnull=False),
                name="brief_issued_whole",
            ),
            models.UniqueConstraint(fields=["kind", "place", "year", "number"], name="brief_number_once"),
            models.UniqueConstraint(
                fields=["earlier"], name="brief_corrected_once", condition=Q(issued_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "-written_at"], name="brief_of_place")]

    def __str__(self) -> str:
        return self.title


class BriefFigure(models.Model):
    """The figure behind a brief's slot, and the one a year before that it is compared with."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="figures")
    number = models.SmallIntegerField()
    cell = models.ForeignKey("indicators.FrozenCell", on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey("indicators.FrozenCell", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brief", "number"], name="brief_figure_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=999), name="brief_figure_number"),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} 【{self.number}】"


class BriefEdit(models.Model):
    """A change of a brief's title or words: before and after, by whom, why."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="edits")
    version = models.SmallIntegerField()
    before = models.TextField()
    after = models.TextField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brief", "version"], name="brief_edit_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="brief_edit_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.brief_id} v{self.version}"


class AnnualReport(models.Model):
    """A group's report of a year on its way: when it is due, the brief that holds its words, what it was sent back for.

    `signed_version` is that of the words that the head of the group has signed.
    """

    case = models.OneToOneField("workflow.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    place = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    year = models.SmallIntegerField()
    remind_on = models.DateField()
    due_on = models.DateField()
    period = models.CharField(max_length=8, blank=True)
    back = models.TextField(blank=True)
    brief = models.OneToOneField(Brief, null=True, on_delete=models.PROTECT, related_name="report")
    signed_version = models.SmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "year"], name="annual_report_once"),
            models.CheckConstraint(condition=Q(period="") | Q(period__regex=PERIOD), name="annual_report_period"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.year}"
