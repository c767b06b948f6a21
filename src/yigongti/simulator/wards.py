"""Wards, beds and who lies in them; clinic sessions and numbers around now, some already taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from yigongti.kernel import clock
from yigongti.simulator.copying import Table
from yigongti.simulator.households import Human
from yigongti.simulator.organising import GRASSROOTS, NO_DIRECT, County, Department, Site
from yigongti.simulator.staffing import Workforce


DAYS = (-45, 14)  # past clinics too: old referrals were booked into them
NUMBERS, FEWEST_NUMBERS, MINUTES_EACH = 12, 6, 15
GRASSROOTS_EACH = 3  # every so many is pooled for villages and townships (R52)
KEPT_FREE = (3, 5)  # beds of a ward that referrals may find: of a small one, and of any other
WARD_OF = 40  # beds in one ward at most
OCCUPIED, OUT_OF_SERVICE, TAKEN = 0.78, 0.01, 0.3
HALVES = ((time(8, 30), "上午"), (time(14, 30), "下午"))


class Wards:
    """Lays out what can be held and booked."""

    def __init__(self, county: County, workforce: Workforce, *, chance: Random, today: date) -> None:
        self._county, self._workforce, self._chance, self._today = county, workforce, chance, today
        self._numbers = county.scaled(NUMBERS, FEWEST_NUMBERS)
        self.wards = Table("capacity_ward", "id department_id name accepts_direct closed_on")
        self.beds = Table("capacity_bed", "id ward_id label for_sex out_since")
        self.stays = Table(
            "capacity_stay",
            "id bed_id resident_id case_number state held_at held_until occupied_at ended_at end_reason",
        )
        self.sessions = Table("capacity_session", "id department_id staff_id title begins ends cancelled_at")
        self.slots = Table("capacity_slot", "id session_id number at grassroots")
        self.appointments = Table(
            "capacity_appointment",
            "id slot_id resident_id case_number state booked_at booked_by_id ended_at end_reason",
        )

    def lay_out(self, patients: list[Human]) -> list[Table]:
        """Everything of every institution with beds or clinics; `patients` lie in beds or hold numbers."""
        ill, coming = iter(patients[::2]), iter(patients[1::2])
        for site in self._county.sites:
            if site.in_group:
                for one in site.departments:
                    self._beds_of(site, one, ill)
                    if one.receives and site.kind not in GRASSROOTS:
                        self._clinics_of(one, coming)
        tables = [self.wards, self.beds, self.stays, self.sessions, self.slots, self.appointments]
        for table in tables:
            table.write()
        return tables

    # --- beds

    def _beds_of(self, site: Site, one: Department, waiting: Iterator[Human]) -> None:
        left, wards = one.beds, -(-one.beds // WARD_OF)
        for number in range(wards):
            size = -(-left // (wards - number))
            left -= size
            name = f"{one.name}{'一二三四'[number]}病区" if wards > 1 else f"{one.name}病区"
            ward = len(self.wards.lines) + 1
            self.wards.add(ward, one.unit, name, one.name not in NO_DIRECT, None)
            room = size - min(KEPT_FREE[1], max(KEPT_FREE[0], size - 1)) if site.kind not in GRASSROOTS else size
            for label in range(1, size + 1):
                room -= self._bed(ward, label, waiting if room > 0 else iter(()))

    def _bed(self, ward: int, label: int, waiting: Iterator[Human]) -> bool:
        """One bed, and whether somebody lies in it."""
        number, draw = len(self.beds.lines) + 1, self._chance.random()
        out = self._at(3, 9) if draw < OUT_OF_SERVICE else None
        self.beds.add(number, ward, f"{label:02d}", "", out)
        person = next(waiting, None) if draw > 1 - OCCUPIED else None
        if person:
            since = self._at(1 + int(self._chance.random() * 9), 10)
            self.stays.add(len(self.stays.lines) + 1, number, person.key, "", "occupied", since, None, since, None, "")
        return person is not None

    def _at(self, ago: int, hour: int) -> datetime:
        return datetime.combine(self._today - timedelta(days=ago), time(hour), tzinfo=clock.COUNTY_ZONE)

    # --- clinics

    def _clinics_of(self, one: Department, waiting: Iterator[Human]) -> None:
        doctors = self._workforce.staff_in.get(one.unit, [])[:4]
        for ahead in range(*DAYS):
            day = self._today + timedelta(days=ahead)
            for half, (begins, said) in enumerate(HALVES):
                if day.weekday() < 5 or half == 0:
                    doctor = doctors[(ahead * 2 + half) % len(doctors)] if doctors else None
                    at = datetime.combine(day, begins, clock.COUNTY_ZONE)
                    self._session(one, doctor, f"{one.name}{said}门诊", at, waiting)

    def _session(
        self, one: Department, doctor: int | None, title: str, begins: datetime, waiting: Iterator[Human]
    ) -> None:
        number = len(self.sessions.lines) + 1
        self.sessions.add(
            number, one.unit, doctor, title, begins, begins + timedelta(minutes=self._numbers * MINUTES_EACH), None
        )
        for place in range(1, self._numbers + 1):
            slot = len(self.slots.lines) + 1
            at = begins + timedelta(minutes=(place - 1) * MINUTES_EACH)
            grassroots = place % GRASSROOTS_EACH == 0
            self.slots.add(slot, number, place, at, grassroots)
            if not grassroots and begins.date() >= self._today and self._chance.random() < TAKEN:
                person = next(waiting, None)
                if person:
                    booked = self._at(1, 9)
                    self.appointments.add(
                        len(self.appointments.lines) + 1, slot, person.key, "", "booked", booked, None, None, ""
                    )
