"""Holding and releasing beds and slots, inside the caller's transaction.

Who gets the last one is decided by the database: candidates are taken with a skip lock, and one live row a bed or a
slot is a unique index. Called by the steps of workflows, which carry permission, audit and receipt.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from yigongti.capacity.models import Appointment, Bed, Slot, Stay
from yigongti.capacity.refusals import NoBed, NoSlot
from yigongti.kernel import clock


def free_beds(department_id: int, *, sex: str = "") -> Any:
    """Beds of a department that can be held for a person of this sex, in the order they would be given."""
    live = Stay.objects.filter(bed=OuterRef("pk")).exclude(state="ended")
    fits = Q(for_sex="") | Q(for_sex=sex) if sex else Q()
    return Bed.objects.filter(
        ~Exists(live), fits, ward__department_id=department_id, ward__closed_on=None, ward__accepts_direct=True,
        out_since=None,
    ).order_by("ward_id", "label")  # fmt: skip


def hold_bed(*, department: Any, resident: Any, case_number: str, until: datetime) -> Stay:
    """Hold one free bed of the department. Raises NoBed when none is left."""
    bed = free_beds(department.pk, sex=resident.sex).select_for_update(of=("self",), skip_locked=True).first()
    if bed is None:
        raise NoBed(field="admission", department=str(department))
    now = clock.now()
    return Stay.objects.create(
        bed=bed, resident=resident, case_number=case_number, state="held", held_at=now, held_until=until
    )


def free_slots(department_id: int, *, after: datetime, grassroots: bool = True) -> Any:
    """Slots of a department that can be booked, earliest first; the pool kept for the grassroots where asked."""
    live = Appointment.objects.filter(slot=OuterRef("pk")).exclude(state="cancelled")
    return Slot.objects.filter(
        ~Exists(live), session__department_id=department_id, session__cancelled_at=None, at__gt=after,
        grassroots=grassroots,
    ).order_by("at", "pk")  # fmt: skip


def book_slot(*, department: Any, resident: Any, case_number: str, by: Any) -> Appointment:
    """Book the earliest slot kept for the grassroots. Raises NoSlot when none is left."""
    slot = free_slots(department.pk, after=clock.now()).select_for_update(of=("self",), skip_locked=True).first()
    if slot is None:
        raise NoSlot(field="admission", department=str(department))
    return Appointment.objects.create(
        slot=slot, resident=resident, case_number=case_number, state="booked", booked_at=clock.now(),
        booked_by_id=by.post_id,
    )  # fmt: skip


def occupy(stay: Stay) -> None:
    """The person lies in the bed."""
    Stay.objects.filter(pk=stay.pk, state="held").update(state="occupied", occupied_at=clock.now(), held_until=None)


def extend(stay: Stay, *, until: datetime) -> None:
    """Keep a held bed for longer."""
    Stay.objects.filter(pk=stay.pk, state="held").update(held_until=until)


def vacate(stay: Stay, *, reason: str) -> None:
    """End a stay, held or occupied: the bed is free for the next."""
    Stay.objects.filter(pk=stay.pk).exclude(state="ended").update(
        state="ended", ended_at=clock.now(), end_reason=reason, held_until=None
    )


def cancel(appointment: Appointment, *, reason: str) -> None:
    """Give a slot back; a visit that has begun stays."""
    Appointment.objects.filter(pk=appointment.pk, state="booked").update(
        state="cancelled", ended_at=clock.now(), end_reason=reason
    )


def arrive(appointment: Appointment) -> None:
    """The person came."""
    Appointment.objects.filter(pk=appointment.pk, state="booked").update(state="arrived")
