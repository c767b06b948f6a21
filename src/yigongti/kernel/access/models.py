"""Units, accounts, dated posts, and the openings that people state a reason for."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class Unit(models.Model):
    """A node of the bare organisation tree; chapters describe it one-to-one. `path` is '/1/7/' with its own id last."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200, unique=True, db_collation="C")
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(path__startswith="/", path__endswith="/"), name="unit_path_form"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def whole_name(self) -> str:
        """A department by its institution's name and its own: the same name stands in every hospital."""
        return f"{self.parent.name} {self.name}" if self.kind == "department" and self.parent else self.name


class AccountManager(BaseUserManager["Account"]):
    """Django asks for it; accounts are made by `access.accounts`."""


class Account(AbstractBaseUser):
    """A human who signs in. Never shared: posts belong to accounts, not the reverse."""

    login = models.CharField(max_length=60, unique=True)
    person_name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=12, default="active")
    must_change_password = models.BooleanField(default=True)
    second_factor_secret = models.CharField(max_length=64, blank=True)
    second_factor_step = models.BigIntegerField(default=0)
    failures = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=("active", "suspended")), name="account_status"),
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word for an account that may sign in."""
        return self.status == "active"

    def __str__(self) -> str:
        return self.person_name


class DateRange(Func):
    """`daterange(begins, ends, '[]')` for exclusion constraints over two date columns."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Post(models.Model):
    """An account's dated place in a role at a unit; `covering` names the post it deputises for, always time-bounded."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    begins = models.DateField()
    ends = models.DateField(null=True)
    covering = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__isnull=True) | Q(ends__gte=F("begins")), name="post_dates"),
            models.CheckConstraint(
                condition=Q(covering__isnull=True) | Q(ends__isnull=False), name="post_cover_is_time_bounded"
            ),
            ExclusionConstraint(
                name="post_once_at_a_time",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("begins", "ends", models.Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.unit_id}"

    def holds_on(self, day: date) -> bool:
        """Whether the post is held on a day."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


class Opening(models.Model):
    """A person's record opened by a post with a stated basis; closed by time, by hand, or when the basis ends."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    basis = models.CharField(max_length=40)
    reason = models.CharField(max_length=400)
    subject = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    review = models.CharField(max_length=12, default="none")
    reviewed_by = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(max_length=400, blank=True)
    review_by = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(review__in=("none", "due", "justified", "unjustified")), name="opening_review"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="opening_has_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("post")), name="opening_not_reviewed_by_self"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["post", "person_id", "closes_at"]),
            models.Index(fields=["review", "opened_at"], condition=Q(review="due"), name="opening_review_due"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} → {self.person_id} ({self.basis})"
