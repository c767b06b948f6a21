"""Clients of the FHIR server, their tokens, and the rows of the store, which SQL alone writes.

The store's tables are made by SQL in their migration: the current version of every resource, its earlier ones, and one
table of search values for each kind of value.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Client(models.Model):
    """A system that speaks FHIR: an account in one post at one institution, which signs in with a secret."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+")
    secret_hash = models.CharField(max_length=64)
    scopes = models.TextField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class AccessToken(models.Model):
    """A bearer token by its hash: what was given out is kept nowhere."""

    hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    scopes = models.TextField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.client_id} until {self.expires_at}"


class Resource(models.Model):
    """The current version of a resource, as JSON text with our id and meta. `person` is whom it is about, `also` who
    else is named in it; `classes` are the special classes it belongs to, which only grow."""

    key = models.BigIntegerField(primary_key=True)
    type = models.CharField(max_length=40)
    id = models.CharField(max_length=64)
    version = models.IntegerField()
    at = models.DateTimeField()
    deleted = models.BooleanField()
    method = models.CharField(max_length=6)
    person = models.ForeignKey(
        "residents.Resident", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    also = ArrayField(models.BigIntegerField(), null=True)
    sender = models.ForeignKey("exchange.Sender", on_delete=models.PROTECT, related_name="+", db_index=False)
    classes = ArrayField(models.TextField())
    body = models.TextField()

    class Meta:
        db_table = "exchange_resource"
        constraints: ClassVar = [models.UniqueConstraint(fields=["type", "id"], name="exchange_resource_once")]

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"
