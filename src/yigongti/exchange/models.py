"""The inbox: senders, what arrived, and which of their numbers stand for which person or entry of ours."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yigongti.exchange.batches.models import Batch as Batch
from yigongti.exchange.batches.models import BatchRow as BatchRow
from yigongti.exchange.coding.models import CodeMeaning as CodeMeaning
from yigongti.exchange.coding.models import LocalCode as LocalCode
from yigongti.exchange.fhir.exporting.models import Export as Export
from yigongti.exchange.fhir.models import AccessToken as AccessToken
from yigongti.exchange.fhir.models import Client as Client
from yigongti.exchange.fhir.models import Resource as Resource
from yigongti.exchange.imaging.archive.models import KnownArchive as KnownArchive
from yigongti.exchange.imaging.models import Study as Study  # models of this chapter, kept with what they are about
from yigongti.exchange.imaging.models import StudyInstance as StudyInstance
from yigongti.exchange.replays.models import Replay as Replay
from yigongti.exchange.sending.models import Destination as Destination
from yigongti.exchange.sending.models import Outgoing as Outgoing
from yigongti.exchange.watching.models import Coverage as Coverage
from yigongti.exchange.watching.models import Expectation as Expectation
from yigongti.exchange.watching.models import Rhythm as Rhythm


CHANNELS = ("hl7v2", "table", "dicom", "waveform", "fhir", "document")
ENTRY_KINDS = ("visit", "report", "result", "document", "vaccination", "recording", "resource", "allergy", "measured")
STATES = ("received", "applied", "waiting", "superseded", "refused")
RESTARTS = ("", "day", "year")


class Sender(models.Model):
    """Another system, by what it calls itself in its channel. `institution` is on whose behalf it speaks.

    One that nobody announced stands for an outside institution of its own until data staff confirm or correct it.
    `numbers_restart` says whether it counts its reports and visits anew each day or year.
    """

    channel = models.CharField(max_length=12)
    code = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    numbers_restart = models.CharField(max_length=4, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="sender_channel"),
            models.CheckConstraint(condition=Q(numbers_restart__in=RESTARTS), name="sender_numbers_restart"),
            models.UniqueConstraint(fields=["channel", "code"], name="sender_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    """What arrived, byte for byte. The table is partitioned by month and nothing refers to it; see the migration.

    `mended` is the body as data staff put it right; the one received stays. Where it waits: `reason` in words, `field`,
    `value` and `rule` of what could not be taken.
    """

    id = models.BigIntegerField(primary_key=True)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    sender_id = models.BigIntegerField()
    control_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    hash = models.CharField(max_length=64)
    body = models.BinaryField()
    mended = models.BinaryField(null=True)
    state = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    field = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=120, blank=True)
    tries = models.SmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    persons = ArrayField(models.BigIntegerField(), default=list)
    done = models.JSONField(default=list)

    class Meta:
        managed = False
        db_table = "exchange_message"

    def __str__(self) -> str:
        return f"{self.kind} {self.control_id}"


class Arrival(models.Model):
    """A sender's number of a message, claimed by the first that bore it: a repeat finds it, other bytes do not pass."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+", db_index=False)
    control_id = models.CharField(max_length=200)
    hash = models.CharField(max_length=64)
    message_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "control_id"], name="arrival_once")]

    def __str__(self) -> str:
        return self.control_id


class KnownPerson(models.Model):
    """A sender's own number of a person, and whom it was matched to: read through the resident's master."""

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+", db_index=False)
    system = models.CharField(max_length=80)
    value = models.CharField(max_length=120)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=24)
    matched_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "system", "value"], name="known_person_once"),
        ]

    def __str__(self) -> str:
        return self.value


class KnownEntry(models.Model):
    """A sender's own number of a report, a visit, a document or a resource, and its newest version in the record.

    `resident` is whom it was given to, where it may be given to several; null where it names one thing for ever.
    """

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=24)
    value = models.CharField(max_length=200)
    entry = models.ForeignKey("record.Entry", on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey(
        "residents.Resident", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ENTRY_KINDS), name="known_entry_kind"),
            models.UniqueConstraint(
                fields=["sender", "kind", "value", "resident"], nulls_distinct=False, name="known_entry_of"
            ),
        ]

    def __str__(self) -> str:
        return self.value
