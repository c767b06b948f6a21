"""The trail, partitioned by month, and the seals over it. Tables are made by SQL in the first migration."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One act or one read. `kind` is write, read, refusal or session; `persons` are all persons shown or touched."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8)
    action = models.CharField(max_length=80)
    sentence = models.TextField()
    account_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    unit_id = models.BigIntegerField(null=True)
    persons = ArrayField(models.BigIntegerField())
    basis = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    facts = models.JSONField()

    class Meta:
        managed = False
        db_table = "audit_entry"

    def __str__(self) -> str:
        return self.sentence


class Seal(models.Model):
    """A batch of entries bound into the chain: which ids, over which columns, what hash, after which seal."""

    id = models.BigAutoField(primary_key=True)
    sealed_at = models.DateTimeField()
    ids = models.TextField()
    columns = ArrayField(models.CharField(max_length=40))
    entries = models.IntegerField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        managed = False
        db_table = "audit_seal"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.hash
