"""Counties, groups, institutions and what belongs to them; every belonging is dated."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from yigongti.kernel.access.models import DateRange
from yigongti.organisations.charters import Charter as Charter  # models of this chapter, kept with each other
from yigongti.organisations.charters import CharterApproval as CharterApproval
from yigongti.organisations.opening import CalendarDay as CalendarDay
from yigongti.organisations.opening import OpeningHours as OpeningHours
from yigongti.organisations.stationed import BedCount as BedCount
from yigongti.organisations.stationed import Stationing as Stationing
from yigongti.organisations.townships import TownshipArea as TownshipArea
from yigongti.organisations.workforce import Duty as Duty
from yigongti.organisations.workforce import Staff as Staff


INSTITUTION_KINDS = (
    "county_hospital", "tcm_hospital", "maternal_child", "disease_control", "township_centre", "community_centre",
    "village_room", "rehabilitation", "nursing_home", "other_hospital", "clinic",
)  # fmt: skip
LEVELS = ("county", "township", "village", "outside")
OWNERSHIPS = ("public", "private")


def _period() -> DateRange:
    return DateRange("begins", "ends", Value("[]"))


_DATES = Q(ends__isnull=True) | Q(ends__gte=F("begins"))


class County(models.Model):
    """The county itself: its division code (GB/T 2260) and the outline that it imported, as GeoJSON."""

    unit = models.OneToOneField("access.Unit", on_delete=models.PROTECT, primary_key=True, related_name="+")
    name = models.CharField(max_length=60)
    division = models.CharField(max_length=6)
    outline = models.JSONField(null=True)
    outline_source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A 紧密型医共体 / 县级医疗集团. `legal_model`: one legal person, or many under one management (R1, R2)."""

    unit = models.OneToOneField("access.Unit", on_delete=models.PROTECT, primary_key=True, related_name="+")
    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=120)
    legal_model = models.CharField(max_length=24)
    founded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(legal_model__in=("single_legal_person", "multi_legal_person")),
                name="group_legal_model",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A hospital, centre or village room. `pinyin`/`initials` are for search; coordinates are WGS 84 degrees."""

    unit = models.OneToOneField(
        "access.Unit",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="institution",
    )
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, blank=True, db_collation="C")
    initials = models.CharField(max_length=40, blank=True, db_collation="C")
    kind = models.CharField(max_length=24)
    level = models.CharField(max_length=12)
    ownership = models.CharField(max_length=12, default="public")
    grade = models.CharField(max_length=20, blank=True)
    beds_approved = models.IntegerField(default=0)
    beds_open = models.IntegerField(default=0)
    credit_code = models.CharField(max_length=18, blank=True)
    ws218_code = models.CharField(max_length=22, blank=True)
    division = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    legal_representative = models.CharField(max_length=60, blank=True, db_default="")
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    remote_ecg = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=INSTITUTION_KINDS), name="institution_kind"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="institution_level"),
            models.CheckConstraint(condition=Q(ownership__in=OWNERSHIPS), name="institution_ownership"),
            models.CheckConstraint(
                condition=Q(beds_approved__gte=0, beds_open__gte=0),
                name="institution_beds",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="institution_point",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["initials"]),
            models.Index(fields=["kind"]),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An institution's membership in a group, from day to day; never two at one date (R2). `leads` marks the lead.

    `shares_record` says that the agreement of a social-run member opens the record as between public ones (R3).
    """

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    leads = models.BooleanField(default=False)
    agreement = models.TextField(blank=True, db_default="")
    shares_record = models.BooleanField(default=False, db_default=False)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_DATES, name="membership_dates"),
            ExclusionConstraint(
                name="membership_one_group_at_a_time",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    (_period(), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="membership_one_lead_at_a_time",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    (_period(), RangeOperators.OVERLAPS),
                ],
                condition=Q(leads=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} in {self.group_id}"


class Department(models.Model):
    """A department; `specialty` is the code of 诊疗科目. Its host institution is dated (R95), see DepartmentHost."""

    unit = models.OneToOneField(
        "access.Unit",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="department",
    )
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, db_collation="C")
    initials = models.CharField(max_length=20, blank=True, db_collation="C")
    specialty = models.CharField(max_length=10, blank=True)
    receives_referrals = models.BooleanField(default=False)
    treats = models.TextField(blank=True)
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class DepartmentHost(models.Model):
    """Which institution a department belonged to, from day to day: history stays with the host of its time."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="hosts")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_DATES, name="department_host_dates"),
            ExclusionConstraint(
                name="department_one_host_at_a_time",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    (_period(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} at {self.institution_id}"


class RoomHost(models.Model):
    """Which centre a village room stood under, from day to day; a room that never moved has none and stands where the
    tree says."""

    room = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="room_hosts")
    centre = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_DATES, name="room_host_dates"),
            ExclusionConstraint(
                name="room_one_centre_at_a_time",
                expressions=[("room", RangeOperators.EQUAL), (_period(), RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} under {self.centre_id}"


class Centre(models.Model):
    """A management, business or clinical centre of the group (R15): centres are data, by `family`."""

    name = models.CharField(max_length=80)
    family = models.CharField(max_length=24)
    host = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="centres")
    scope = models.TextField(blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    family__in=(
                        "management",
                        "business",
                        "resource",
                        "emergency",
                        "clinical",
                        "tcm",
                    )
                ),
                name="centre_family",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """A street, township or village of the county by its division code of nine or twelve digits."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex="^([0-9]{9}|[0-9]{12})$"), name="division_code")
        ]

    def __str__(self) -> str:
        return self.name
