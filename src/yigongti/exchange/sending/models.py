"""Where messages go, and the outbox: a row is written with what causes it, and stays until it was answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


CHARSETS = ("utf-8", "gb18030")
KINDS = ("order", "result")
STATES = ("queued", "sent", "dead", "given_up")


class Destination(models.Model):
    """Another system that takes messages, on behalf of an institution. `application` and `facility` are what it calls
    itself (MSH-5 and MSH-6): an order that was meant for these is for it. Not `active`: what arises waits in order."""

    title = models.CharField(max_length=60, unique=True)
    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    application = models.CharField(max_length=60)
    facility = models.CharField(max_length=120)
    host = models.CharField(max_length=120)
    port = models.IntegerField()
    charset = models.CharField(max_length=12, default="utf-8")
    orders = models.BooleanField(default=False)
    results = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(charset__in=CHARSETS), name="destination_charset"),
            models.CheckConstraint(condition=Q(port__gt=0, port__lt=65536), name="destination_port"),
        ]

    def __str__(self) -> str:
        return self.title


class Outgoing(models.Model):
    """One message to one destination, with its own control id for every attempt, so that a repeat after a lost answer
    is recognised. `entry` is the version that it tells of, `about` the first version of the same.

    Where nobody answered: `tries`, `trouble` (a code) and `due_at`, before which it is not tried again. `answer` is
    MSA-1 of the receiver and `words` what it said.
    """

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    entry = models.ForeignKey("record.Entry", on_delete=models.PROTECT, related_name="+", db_index=False)
    about = models.BigIntegerField()
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False)
    control_id = models.CharField(max_length=20, unique=True)
    body = models.BinaryField()
    state = models.CharField(max_length=10, default="queued")
    tries = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=16, blank=True)
    answer = models.CharField(max_length=2, blank=True)
    words = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="outgoing_kind"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="outgoing_state"),
            models.UniqueConstraint(fields=["destination", "kind", "entry"], name="outgoing_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["destination", "id"], condition=Q(state="queued"), name="outgoing_queue"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outgoing_dead"),
            models.Index(fields=["destination", "about", "id"], name="outgoing_about"),
            models.Index(fields=["destination", "-made_at"], name="outgoing_traffic"),
        ]

    def __str__(self) -> str:
        return self.control_id
