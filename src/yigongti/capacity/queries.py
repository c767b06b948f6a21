"""What the sending side may see of free capacity, and what the ward sees of its beds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q

from yigongti.capacity.models import Bed, Session, Stay, Ward
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A department that receives referrals, with what it can hold now."""

    department_id: int
    department: str
    institution: str
    institution_id: int
    treats: str
    free_beds: int
    free_slots: int
    next_slot: datetime | None


ROOMS = """
SELECT d.unit_id, d.name, i.short_name, i.unit_id, d.treats,
  (SELECT count(*) FROM capacity_bed b JOIN capacity_ward w ON w.id = b.ward_id
    WHERE w.department_id = d.unit_id AND w.closed_on IS NULL AND w.accepts_direct AND b.out_since IS NULL
      AND (b.for_sex = '' OR %(sex)s = '' OR b.for_sex = %(sex)s)
      AND NOT EXISTS (SELECT 1 FROM capacity_stay s WHERE s.bed_id = b.id AND s.state <> 'ended')),
  free.slots, free.first
FROM organisations_department d
JOIN organisations_institution i ON i.unit_id = d.institution_id
JOIN access_unit u ON u.id = d.unit_id
LEFT JOIN LATERAL (
  SELECT count(*) AS slots, min(sl.at) AS first FROM capacity_slot sl JOIN capacity_session se ON se.id = sl.session_id
    WHERE se.department_id = d.unit_id AND se.cancelled_at IS NULL AND sl.grassroots
      AND se.begins > %(now)s - interval '1 day' AND sl.at > %(now)s AND sl.at < %(until)s
      AND NOT EXISTS (SELECT 1 FROM capacity_appointment a WHERE a.slot_id = sl.id AND a.state <> 'cancelled')
) free ON true
WHERE d.receives_referrals AND d.closed_on IS NULL AND i.closed_on IS NULL AND u.path LIKE %(path)s
  AND (%(text)s = '' OR d.name LIKE %(like)s OR d.initials LIKE %(prefix)s OR d.pinyin LIKE %(prefix)s
       OR i.short_name LIKE %(like)s OR i.initials LIKE %(prefix)s OR d.treats LIKE %(like)s)
ORDER BY i.level, i.unit_id, d.unit_id
LIMIT %(limit)s
"""


def receiving_rooms(
    *, for_: Actor, text: str = "", sex: str = "", limit: int | None = None, department_id: int | None = None
) -> list[Room]:
    """The departments of the actor's own group that receive referrals, with free beds and slots of the next days."""
    now = clock.now()
    clean = text.strip().lower().replace("%", "").replace("_", "")
    asked: dict[str, Any] = {
        "sex": sex if sex in ("1", "2") else "", "now": now, "until": now + timedelta(days=14), "limit": limit,
        "path": f"{group_path(for_)}%", "text": clean, "like": f"%{clean}%", "prefix": f"{clean}%",
    }  # fmt: skip
    sql = ROOMS.replace("ORDER BY", f"AND d.unit_id = {int(department_id)} ORDER BY") if department_id else ROOMS
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return [
            Room(department_id=d, department=name, institution=inst, institution_id=i, treats=treats, free_beds=beds,
                 free_slots=slots, next_slot=first)
            for d, name, inst, i, treats, beds, slots, first in cursor.fetchall()
        ]  # fmt: skip


def group_path(for_: Actor) -> str:
    """The path of the group that the actor's unit belongs to; the unit's own where it belongs to none (R18)."""
    steps = for_.unit_path.strip("/").split("/")
    paths = ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
    found = Unit.objects.filter(path__in=paths, kind="group").values_list("path", flat=True).first()
    return found or for_.unit_path


def wards(*, for_: Actor) -> list[Any]:
    """Wards within reach, each with how many beds it has, how many are free, held and occupied; nobody is named."""
    live = Q(beds__stays__state__in=("held", "occupied"))
    return list(
        Ward.objects.filter(for_.reach("department__unit__"), closed_on=None)
        .select_related("department__institution")
        .annotate(
            total=Count("beds", distinct=True),
            out=Count("beds", filter=Q(beds__out_since__isnull=False), distinct=True),
            held=Count("beds", filter=Q(beds__stays__state="held"), distinct=True),
            occupied=Count("beds", filter=Q(beds__stays__state="occupied"), distinct=True),
            taken=Count("beds", filter=live | Q(beds__out_since__isnull=False), distinct=True),
        )
        .annotate(free=F("total") - F("taken"))
        .order_by("department_id", "id")
    )


def beds_of(*, for_: Actor, ward_id: int) -> list[tuple[Bed, Stay | None]]:
    """The beds of one ward within reach, each with who lies in it or for whom it is held."""
    beds = list(Bed.objects.filter(for_.reach("ward__department__unit__"), ward_id=ward_id).order_by("label"))
    live = Stay.objects.filter(bed__in=beds).exclude(state="ended").select_related("resident")
    stays = {stay.bed_id: stay for stay in live}
    return [(bed, stays.get(bed.pk)) for bed in beds]


def clinic_days(*, for_: Actor, days: int = 7) -> list[Any]:
    """Coming clinic sessions within reach, with how many numbers are left."""
    now = clock.now()
    return list(
        Session.objects.filter(
            for_.reach("department__unit__"), begins__gte=now, begins__lt=now + timedelta(days=days), cancelled_at=None
        )
        .select_related("department", "staff")
        .annotate(
            numbers=Count("slots", distinct=True),
            taken=Count("slots__appointments", filter=~Q(slots__appointments__state="cancelled"), distinct=True),
        )
        .order_by("begins", "pk")
    )
