"""Certificates of birth and death as told, each with its versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yigongti.kernel.versions import Version
from yigongti.publichealth.policy import codes


SEXES = ("0", "1", "2", "9")  # GB/T 2261.1
BIRTH_PLACES = tuple(one.code for one in codes.birth_place.entries)
OUTCOMES = tuple(one.code for one in codes.birth_outcome.entries)
DEATH_PLACES = ("", *(one.code for one in codes.death_place.entries))
HOW_KNOWN = ("", *(one.code for one in codes.how_known.entries))
EFFECTS = tuple(codes.EFFECTS)


class Birth(Version):
    """A birth. Mother and child are kept as sent; `mother` and `newborn` are whom we have matched, or null.
    `contradiction` is what the registrations say against it: then nobody is matched."""

    cancelled = models.BooleanField(default=False)
    mother = models.ForeignKey(
        "residents.Resident", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mother_name_told = models.CharField(max_length=100, blank=True)
    mother_id_card_told = models.CharField(max_length=40, blank=True, db_collation="C")
    newborn = models.ForeignKey(
        "residents.Resident", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    newborn_name_told = models.CharField(max_length=100, blank=True)
    newborn_id_card_told = models.CharField(max_length=40, blank=True, db_collation="C")
    born_at = models.DateTimeField()
    sex = models.CharField(max_length=1)
    weight = models.IntegerField(null=True)
    weeks = models.SmallIntegerField(null=True)
    plurality = models.SmallIntegerField(default=1)
    place = models.CharField(max_length=12)
    institution = models.ForeignKey(
        "organisations.Institution", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    institution_name_told = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=8)
    detail = models.JSONField(default=dict)
    contradiction = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta(Version.Meta):
        abstract = False
        constraints: ClassVar = [
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(sex__in=SEXES), name="birth_sex"),
            models.CheckConstraint(condition=Q(place__in=BIRTH_PLACES), name="birth_place"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="birth_outcome"),
            models.CheckConstraint(condition=Q(weight=None) | Q(weight__gt=0), name="birth_weight"),
            models.CheckConstraint(condition=Q(weeks=None) | Q(weeks__range=(16, 46)), name="birth_weeks"),
            models.CheckConstraint(condition=Q(plurality__range=(1, 9)), name="birth_plurality"),
            models.CheckConstraint(condition=Q(outcome="live") | Q(newborn=None), name="birth_still_is_nobody"),
            models.CheckConstraint(
                condition=Q(mother=None) | Q(newborn=None) | ~Q(mother=F("newborn")), name="birth_of_two"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-born_at", "-id"], condition=Q(stands=True), name="birth_latest")]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class Death(Version):
    """A death. `effect` is what it has done to the registration of the person matched; `contradiction` why it waits.

    `chain` holds the causes in their order, each [code, name, interval]; `underlying_code` is the coder's conclusion.
    """

    cancelled = models.BooleanField(default=False)
    resident = models.ForeignKey(
        "residents.Resident", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name_told = models.CharField(max_length=100, blank=True)
    id_card_told = models.CharField(max_length=40, blank=True, db_collation="C")
    sex = models.CharField(max_length=1)
    born_on = models.DateField(null=True)
    died_on = models.DateField()
    place = models.CharField(max_length=16, blank=True)
    institution = models.ForeignKey(
        "organisations.Institution", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    institution_name_told = models.CharField(max_length=200, blank=True)
    underlying_code = models.CharField(max_length=20, blank=True)
    underlying_name = models.CharField(max_length=200, blank=True)
    chain = models.JSONField(default=list)
    certifier = models.CharField(max_length=120, blank=True)
    how_known = models.CharField(max_length=16, blank=True)
    detail = models.JSONField(default=dict)
    effect = models.CharField(max_length=12, default="none", db_default="none")
    contradiction = models.CharField(max_length=200, blank=True, db_default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decision_note = models.CharField(max_length=400, blank=True, db_default="")

    class Meta(Version.Meta):
        abstract = False
        constraints: ClassVar = [
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(sex__in=SEXES), name="death_sex"),
            models.CheckConstraint(condition=Q(place__in=DEATH_PLACES), name="death_place"),
            models.CheckConstraint(condition=Q(how_known__in=HOW_KNOWN), name="death_how_known"),
            models.CheckConstraint(condition=Q(effect__in=EFFECTS), name="death_effect"),
            models.CheckConstraint(condition=Q(effect="none") | Q(resident__isnull=False), name="death_of_somebody"),
            models.CheckConstraint(condition=~Q(effect="waiting") | ~Q(contradiction=""), name="death_waits_for_why"),
            models.CheckConstraint(condition=Q(born_on=None) | Q(born_on__lte=F("died_on")), name="death_after_birth"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-died_on", "-id"], condition=Q(stands=True), name="death_latest"),
            models.Index(fields=["id"], condition=Q(stands=True, effect="waiting"), name="death_waiting"),
            models.Index(fields=["resident"], condition=Q(resident__isnull=False), name="death_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"
