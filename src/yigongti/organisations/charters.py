"""The charter of a group in its versions, and which members said yes to each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Charter(models.Model):
    """A version of a group's charter (R9); approved by members, never edited."""

    group = models.ForeignKey("organisations.Group", on_delete=models.PROTECT, related_name="charters")
    version = models.IntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    begins = models.DateField()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "version"], name="charter_version")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class CharterApproval(models.Model):
    """One member's yes to a version of the charter, given by a post of that member."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="approvals")
    institution = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["charter", "institution"],
                name="charter_approved_once_by_a_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charter_id} {self.institution_id}"
