"""The master index. A resident's `master` is the row that stands for the human: itself, until merged into another.

Other chapters refer to the row they were told of and read through `master`, so a merge moves nothing and an un-merge
gives everything back.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Right, Substr


SEXES = ("0", "1", "2", "9")  # GB/T 2261.1
PHONE_OWNERS = ("self", "family", "neighbour", "village_doctor", "none")
IDENTIFIER_SYSTEMS = ("id_card", "passport", "residence_permit", "birth_certificate", "health_card", "insurance_no",
                      "temporary")  # fmt: skip

STANDS = Q(stands=True)


class Serial(models.Model):
    """The last serial given under a prefix: record numbers per village, households, temporary numbers.

    The row is the lock: two who register in one village queue here, and none gets the other's number.
    """

    prefix = models.CharField(max_length=24, primary_key=True, db_collation="C")
    last = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"


class Household(models.Model):
    """A household: people at one address with one managing institution."""

    number = models.CharField(max_length=24, unique=True)
    address = models.CharField(max_length=200, blank=True)
    division = models.CharField(max_length=12)
    managing = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.number


class Resident(models.Model):
    """One registration of a human. Four places are kept apart: where they live, are insured, are registered, and who
    manages their health record. `sensitive` names special classes the person as a whole belongs to (minors are by
    age)."""

    id = models.BigAutoField(primary_key=True)
    master = models.ForeignKey("self", on_delete=models.PROTECT, related_name="aliases", db_index=True)
    # A column of its own, because PostgreSQL cannot estimate how many rows have `master_id = id` and plans badly.
    stands = models.GeneratedField(
        expression=ExpressionWrapper(Q(master=F("id")), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    record_no = models.CharField(max_length=17, db_collation="C")
    name = models.CharField(max_length=100, db_collation="C")
    pinyin = models.CharField(max_length=200, blank=True, db_collation="C")
    initials = models.CharField(max_length=60, blank=True, db_collation="C")
    sex = models.CharField(max_length=1)
    birth_date = models.DateField()
    birth_estimated = models.BooleanField(default=False)
    id_card = models.CharField(max_length=18, blank=True, db_collation="C")
    phone = models.CharField(max_length=20, blank=True, db_collation="C")
    phone_owner = models.CharField(max_length=16, default="self")
    ethnicity = models.CharField(max_length=2, default="01")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="members")
    household_role = models.CharField(max_length=12, blank=True)
    mother = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    lives_division = models.CharField(max_length=12, blank=True)
    lives_address = models.CharField(max_length=200, blank=True)
    insured_division = models.CharField(max_length=12, blank=True)
    register_division = models.CharField(max_length=12, blank=True)
    managing = models.ForeignKey(
        "organisations.Institution", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    chronic = ArrayField(models.CharField(max_length=24), default=list)
    sensitive = ArrayField(models.CharField(max_length=16), default=list)
    died_on = models.DateField(null=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        "access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sex__in=SEXES), name="resident_sex"),
            models.CheckConstraint(condition=Q(phone_owner__in=PHONE_OWNERS), name="resident_phone_owner"),
            models.UniqueConstraint(fields=["record_no"], name="resident_record_no_once"),
            models.UniqueConstraint(
                fields=["id_card"], condition=~Q(id_card="") & STANDS, name="resident_id_card_once"
            ),
        ]
        # Search is a union of ordered index scans, see queries/search.py: the first index answers narrow scopes in
        # one index-only pass, the others give the first rows of a whole county in their own order.
        indexes: ClassVar = [
            models.Index(
                fields=["managing", "pinyin", "id"], include=["name", "initials"], condition=STANDS,
                name="resident_of_unit",
            ),
            models.Index(fields=["name", "id"], condition=STANDS, name="resident_name"),
            models.Index(fields=["name", "id"], condition=STANDS & Q(name__contains="·"), name="resident_dotted_name"),
            models.Index(fields=["initials", "id"], condition=STANDS, name="resident_initials"),
            models.Index(fields=["pinyin", "id"], condition=STANDS, name="resident_pinyin"),
            models.Index(Substr("name", 2), "id", condition=STANDS, name="resident_given_name"),
            models.Index(Substr("name", 3), "id", condition=STANDS, name="resident_last_name"),
            models.Index(fields=["id_card"], condition=~Q(id_card=""), name="resident_id_card"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="resident_phone"),
            models.Index(Right("phone", 4), condition=~Q(phone=""), name="resident_phone_end"),
            models.Index(fields=["birth_date"], name="resident_birth_date"),
            models.Index(
                fields=["master", "id"], include=["name", "initials", "pinyin"], condition=Q(stands=False),
                name="resident_alias",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.record_no


class Identifier(models.Model):
    """A paper or card that names a resident; the ID card of record is on the resident too."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=24)
    value = models.CharField(max_length=60, db_collation="C")
    ended_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(system__in=IDENTIFIER_SYSTEMS), name="identifier_system"),
        ]
        indexes: ClassVar = [models.Index(fields=["value", "system"])]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class Merge(models.Model):
    """Two registrations found to be one human. Undone, both are as before: nothing was moved."""

    kept = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    absorbed_aliases = ArrayField(models.BigIntegerField(), default=list)
    reason = models.CharField(max_length=400)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    undo_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="merge_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_reason"),
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at__isnull=True), name="merge_absorbed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"


class Suspicion(models.Model):
    """A likely duplicate put before data staff: by a registration that met it, or by a sweep."""

    one = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    score = models.SmallIntegerField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, default="open")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    # The learned evidence in hundredths of a bit, and whether it puts the pair before all others.
    weight = models.IntegerField(null=True)
    first = models.BooleanField(default=False, db_default=False)
    rank = models.GeneratedField(
        expression=F("score") + Case(When(first=True, then=Value(100)), default=Value(0)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    # What was compared when the pair was decided: the same facts do not bring it back.
    decided_facts = models.CharField(max_length=32, blank=True, db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=("open", "same", "different")), name="suspicion_verdict"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="suspicion_ordered"),
            models.UniqueConstraint(fields=["one", "other"], name="suspicion_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-rank", "id"], condition=Q(verdict="open"), name="suspicion_open_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ? {self.other_id}"


class Sweep(models.Model):
    """A search for duplicates among all who are registered: up to whom it has come, of those who were there at its
    beginning, how many it looked at and how many new pairs it raised."""

    began_at = models.DateTimeField()
    last = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    looked = models.IntegerField(default=0)
    raised = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(models.Value(1), condition=Q(ended_at__isnull=True), name="sweep_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.began_at} {self.reached}/{self.last}"


class MatchWeights(models.Model):
    """What a house has learned each comparison to be worth, from `begins` on; never edited, a later row wins."""

    begins = models.DateField()
    body = models.JSONField()
    source = models.CharField(max_length=200)
    rows = models.IntegerField()
    learned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(source=""), name="match_weights_have_source")]

    def __str__(self) -> str:
        return f"{self.begins} {self.source}"


class MatchRun(models.Model):
    """The whole index compared at once: with which weights, how many rows and likely pairs, how many new, and in a
    demonstration, where the truth is known, how right it was."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    weights = models.CharField(max_length=240)
    rows = models.IntegerField()
    likely = models.IntegerField()
    raised = models.IntegerField()
    reopened = models.IntegerField()
    measured = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.began_at} {self.rows}"


class Transfer(models.Model):
    """A wish to manage somebody who is managed elsewhere; data staff decide, nobody takes a person over alone."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("organisations.Institution", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=400)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, default="open")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=("open", "moved", "declined")), name="transfer_verdict"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="transfer_between_two"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="transfer_not_decided_by_asker",
            ),
            models.UniqueConstraint(
                fields=["resident", "receiver"], condition=Q(verdict="open"), name="transfer_asked_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["asked_at", "id"], condition=Q(verdict="open"), name="transfer_open")]

    def __str__(self) -> str:
        return f"{self.resident_id}: {self.sender_id} → {self.receiver_id}"


class ManagedBefore(models.Model):
    """Who managed somebody's record until the day before it was moved; who manages it now stands on the resident."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+", db_index=False)
    managing = models.ForeignKey(
        "organisations.Institution", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    until = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["resident", "until"], name="managed_before")]

    def __str__(self) -> str:
        return f"{self.resident_id} at {self.managing_id} before {self.until}"


class Miss(models.Model):
    """How often a post, in ten minutes, looked beyond its bases for somebody who is not there.

    `hour` is when the ten minutes begin. `last` is a keyed print of what was looked for last, so that a number typed
    piece by piece is one look.
    """

    post = models.ForeignKey("access.Post", on_delete=models.PROTECT, related_name="+", db_index=False)
    hour = models.DateTimeField()
    times = models.SmallIntegerField(default=0)
    last = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hour", "post"], name="miss_once_an_hour"),
            models.CheckConstraint(condition=Q(times__gte=0), name="miss_times"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.hour} {self.times}"
