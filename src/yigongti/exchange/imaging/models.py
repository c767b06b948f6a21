"""Imaging studies as their senders number them: which entry of ours each is, and which instances have come."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yigongti.exchange.imaging.archive.models import COPIES


class Study(models.Model):
    """A sender's study. Its row is the lock under which its instances are taken in one after the other.

    `accession` is the number under which it was ordered; `told` is what its instances have said so far, by which the
    entry is written anew when they say more.
    """

    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+", db_index=False)
    uid = models.CharField(max_length=64)
    accession = models.CharField(max_length=64, blank=True)
    patient_number = models.CharField(max_length=120, blank=True)
    patient_name = models.CharField(max_length=200, blank=True)
    modalities = ArrayField(models.CharField(max_length=16), default=list)
    examined = models.DateTimeField(null=True)
    entry = models.ForeignKey("record.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    told = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "uid"], name="study_once")]
        indexes: ClassVar = [models.Index(fields=["sender", "-examined", "-id"], name="study_of_sender")]

    def __str__(self) -> str:
        return self.uid


class StudyInstance(models.Model):
    """One object of a study that was taken in; the same number with other bytes is not.

    `copy` says how it stands with the county's image archive: queued (where there is none, for the day there is one),
    held by `archive`, or declined with the archive's `words`. One that was not taken is queued still, with what was
    wrong in `words`, and left alone until `due_at`. The bytes stay in the store of files in every case.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="instances", db_index=False)
    series = models.CharField(max_length=64)
    uid = models.CharField(max_length=64)
    sop_class = models.CharField(max_length=64)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False)
    copy = models.CharField(max_length=8, default="queued")
    archive = models.ForeignKey(
        "exchange.KnownArchive", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "uid"], name="study_instance_once"),
            models.CheckConstraint(condition=models.Q(copy__in=COPIES), name="study_instance_copy"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tries", "id"], condition=models.Q(copy="queued"), name="study_instance_queue"),
            models.Index(fields=["id"], condition=models.Q(copy="declined"), name="study_instance_declined"),
        ]

    def __str__(self) -> str:
        return self.uid
