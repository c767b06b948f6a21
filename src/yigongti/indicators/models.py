"""Figures as they were computed, targets a county sets, judgements, releases with their frozen cells."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from yigongti.indicators.brief.models import AnnualReport as AnnualReport  # Django finds models here
from yigongti.indicators.brief.models import Brief as Brief
from yigongti.indicators.brief.models import BriefEdit as BriefEdit
from yigongti.indicators.brief.models import BriefFigure as BriefFigure


LEVELS = ("institution", "township", "group", "county")
COMPUTED = ("final", "provisional", "not_computable")
ANSWERS = ("yes", "partly", "no")
PERIOD = r"^[0-9]{4}(-[0-9]{2}|-Q[1-4]|-Y[0-9]{2})?$"


def number(**more: Any) -> models.DecimalField[Any, Any]:
    """A figure: exact, wide enough for the fen of a county."""
    return models.DecimalField(max_digits=26, decimal_places=8, null=True, **more)


class Figure(models.Model):
    """What one indicator says of one place and period, by which definition, from which cut of the data."""

    indicator = models.CharField(max_length=80, db_collation="C")
    version = models.CharField(max_length=16, db_collation="C")
    level = models.CharField(max_length=12, db_collation="C")
    place = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=8, db_collation="C")
    starts = models.DateField()
    status = models.CharField(max_length=16)
    numerator = number()
    denominator = number()
    value = number()
    before = number()
    low = number()
    high = number()
    n = number()
    small = models.BooleanField(default=False)
    why = models.CharField(max_length=40, blank=True)
    gaps = models.JSONField(default=list)
    snapshot = models.CharField(max_length=40, blank=True)
    cut = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def said(self) -> str:
        """Which figure it is."""
        return f"{self.indicator} {self.level} {self.place_id} {self.period}"


class Value(Figure):
    """The figure as last computed. `small`: fewer people stand behind it, or behind one beside it, than may be shown
    to those without access to cases."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "level", "period", "place"], name="value_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="value_level"),
            models.CheckConstraint(condition=Q(status__in=COMPUTED), name="value_status"),
            models.CheckConstraint(condition=Q(period__regex=PERIOD), name="value_period"),
            models.CheckConstraint(
                condition=~Q(status="not_computable") | Q(value__isnull=True), name="value_none_where_not_computable"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["place", "indicator", "starts"], name="value_of_place")]

    def __str__(self) -> str:
        return self.said


class Run(models.Model):
    """One computing: which snapshot of the lake, how far it came, and what it did."""

    snapshot = models.CharField(max_length=40, blank=True)
    cut = models.DateTimeField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    cells = models.IntegerField(default=0)
    versions = models.JSONField(default=dict)
    trouble = models.CharField(max_length=400, blank=True)

    def __str__(self) -> str:
        return f"{self.snapshot} {self.began_at}"


class Target(models.Model):
    """What a county wants, from a day on; beside those that ship with their source."""

    indicator = models.CharField(max_length=80)
    level = models.CharField(max_length=12)
    place = models.ForeignKey("access.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    begins = models.DateField()
    source = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(level__in=LEVELS), name="target_level")]
        indexes: ClassVar = [models.Index(fields=["indicator", "begins"])]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"


class Judgement(models.Model):
    """One answer to a question of an indicator that is judged and not counted. The newest that somebody else has
    confirmed counts; from then on the database refuses every change of it and of its evidence."""

    indicator = models.CharField(max_length=80)
    question = models.CharField(max_length=40)
    place = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    answer = models.CharField(max_length=8)
    evidence = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="judgement_confirmed_whole",
            ),
            models.CheckConstraint(condition=Q(answer__in=ANSWERS), name="judgement_answer"),
            models.CheckConstraint(condition=~Q(evidence=""), name="judgement_has_evidence"),
            models.CheckConstraint(condition=Q(period__regex=PERIOD), name="judgement_period"),
        ]
        indexes: ClassVar = [models.Index(fields=["indicator", "place", "period", "-at"])]

    def __str__(self) -> str:
        return f"{self.indicator} {self.question} {self.answer}"


class Evidence(models.Model):
    """A file that proves a judgement, under the name that it was given there."""

    judgement = models.ForeignKey(Judgement, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["judgement", "file"], name="evidence_once")]

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """What a release freezes: one indicator or family, at a level, of a period; `earlier` is what it corrects.

    `frozen_at` shuts its cells: from then on the database refuses every change of them.
    """

    case = models.OneToOneField("workflow.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    what = models.CharField(max_length=80)
    level = models.CharField(max_length=12)
    period = models.CharField(max_length=8)
    title = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    doubt = models.TextField(blank=True)
    verdict = models.TextField(blank=True)
    why = models.TextField(blank=True)
    version = models.SmallIntegerField(default=1)
    earlier = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    appeals_until = models.DateField(null=True)
    frozen_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="release_level"),
            models.CheckConstraint(condition=Q(period__regex=PERIOD), name="release_period"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(frozen_at__isnull=False), name="release_frozen_first"
            ),
            models.UniqueConstraint(
                fields=["what", "level", "period"],
                name="release_one_in_force",
                condition=Q(published_at__isnull=False, superseded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class FrozenCell(Figure):
    """A figure as it stood when it was put up for release: a copy, with a fingerprint of what it says."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="cells")
    fingerprint = models.CharField(max_length=64, db_collation="C")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "indicator", "place"], name="frozen_cell_once"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="frozen_cell_level"),
            models.CheckConstraint(condition=Q(status__in=COMPUTED), name="frozen_cell_status"),
        ]
        indexes: ClassVar = [models.Index(fields=["indicator", "level", "period", "place"], name="frozen_cell_of")]

    def __str__(self) -> str:
        return self.said


class Appeal(models.Model):
    """A measured institution doubts a figure while the window is open; whoever publishes answers."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="appeals")
    indicator = models.CharField(max_length=80)
    place = models.ForeignKey("access.Unit", on_delete=models.PROTECT, related_name="+")
    said = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    upheld = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, upheld__isnull=True, answer="")
                | (Q(answered_at__isnull=False, upheld__isnull=False) & ~Q(answer="")),
                name="appeal_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.indicator} {self.place_id}"
