"""What has been done under which client-made key: a retried request finds its receipt here."""

from __future__ import annotations

from django.db import models


class Done(models.Model):
    """One effect. The key is the client's; the second to come with it waits for the first and gets its receipt."""

    key = models.UUIDField(primary_key=True)
    action = models.CharField(max_length=80)
    account_id = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64)
    receipt = models.JSONField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.action} {self.key}"
