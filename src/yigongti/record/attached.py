"""Files that belong to an entry: what another system sent, and what was made of it to be looked at.

An entry of an imaging study is written once; its images come one after the other, and each is a row here. So the entry
changes only when what it says does, and a series of three hundred slices is one entry of one version.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


ROLES = ("original", "document", "waveform", "preview")
SHOWN = 40
"""Previews that one entry shows: one of each series."""


class Attachment(models.Model):
    """A stored file of an entry, under whichever version it came. `part` is the sender's number of its series.

    `original` is an image or a recording as sent, `document` what belongs to the study and is neither, `waveform` a
    recording in our one form, `preview` a picture for recognising.
    """

    entry = models.ForeignKey("record.Entry", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=12)
    media_type = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=120, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=ROLES), name="attachment_role"),
            models.UniqueConstraint(fields=["entry", "role", "part", "file"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return self.name
