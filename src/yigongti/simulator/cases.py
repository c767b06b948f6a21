"""Cases of the demonstration: every step is a real one, taken by a real post at its own time, clocks firing between.

Nothing is written past the engine: what stands in the county could have been done by its people.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count, cycle
from random import Random
from typing import Any

from django.db import connection

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post
from yigongti.kernel.access.sign_in import actor_of
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow import clocks, engine, rooms
from yigongti.kernel.workflow.models import Case
from yigongti.residents.actions.openings import open_with_basis
from yigongti.simulator import presenting, referring
from yigongti.simulator.organising import GRASSROOTS, County, Department, Site
from yigongti.simulator.places import page
from yigongti.simulator.staffing import demo_room
from yigongti.simulator.stories import DOWN, FOLLOW_UPS, LATE, OUT, UP, Told, When
from yigongti.simulator.summaries import Truth


FREE_PEOPLE = """
SELECT r.id, r.sex, r.managing_id FROM residents_resident r
WHERE r.managing_id = ANY(%s) AND r.died_on IS NULL AND r.birth_date BETWEEN %s AND %s AND r.id <> ALL(%s)
  AND NOT EXISTS (SELECT FROM capacity_stay s WHERE s.resident_id = r.id)
  AND NOT EXISTS (SELECT FROM capacity_appointment a WHERE a.resident_id = r.id)
ORDER BY md5(r.id::text) LIMIT %s
"""
SEEN_PEOPLE = """
SELECT r.id, r.managing_id FROM record_encounter e JOIN residents_resident r ON r.id = e.resident_id
WHERE e.institution_id = %s AND e.at > %s AND r.managing_id = ANY(%s) AND r.died_on IS NULL AND r.id <> ALL(%s)
GROUP BY r.id, r.managing_id ORDER BY md5(r.id::text) LIMIT %s
"""
WORKING_MINUTES = 150  # past the two hours within which a receiver answers


@dataclass
class Person:
    """Somebody a case is about."""

    key: int
    sex: str
    home: Site


@dataclass
class Running:
    """A case on its way through its course; `given` answers what each step asks for."""

    workflow: str
    told: Told
    person: Person
    sender: Actor
    ask: Callable[[Running, str], dict[str, Any]]
    actor: Callable[[Running, str], Actor]
    moments: list[datetime]
    number: str = ""
    illness: dict[str, Any] = field(default_factory=dict)
    department: Department | None = None
    taken: dict[str, datetime] = field(default_factory=dict)


class Cases:
    """Plans every course, then lives through all of them in the order of time."""

    def __init__(self, county: County, *, chance: Random, truth: Truth) -> None:
        self._county, self._chance, self._truth = county, chance, truth
        self._stories = page("cases")
        self._now = clock.now().replace(second=0, microsecond=0)
        self._fresh = count(12, 17)
        self._posts: dict[tuple[str, int], list[Actor]] = defaultdict(list)
        for post in Post.objects.select_related("account", "unit", "covering__account").order_by("pk"):
            self._posts[post.role, post.unit_id].append(actor_of(post))
        self._sites = {site.unit: site for site in county.sites}
        self._used: list[int] = [truth.facts.get("showcase", 0), *(row["again"] for row in truth.duplicates)]

    def run(self, progress: Callable[[int, int], None]) -> int:
        """Live through all courses; how many cases came of it."""
        running = [*self._upward(), *self._downward(), *self._outward(), *self._follow_ups()]
        queue = [(one.moments[0], at, 0) for at, one in enumerate(running)]
        heapq.heapify(queue)
        done, total = 0, sum(len(one.moments) for one in running)
        while queue:
            moment, at, step = heapq.heappop(queue)
            one = running[at]
            with clock.stands_at(moment):
                clocks.fire_due()
                taken = self._take(one, step)
            if taken:
                one.taken[one.told.steps[step][0]] = moment
            if taken and step + 1 < len(one.moments):
                heapq.heappush(queue, (one.moments[step + 1], at, step + 1))
            done += 1
            progress(done, total)
        clocks.fire_due()
        self._truth.facts["referrals"] = referring.figures((one.workflow, one.taken) for one in running)
        return sum(1 for one in running if one.number)

    def _take(self, one: Running, place: int) -> bool:
        """One step; a refusal ends the course and is told in the truth, which a test wants empty."""
        step = one.told.steps[place][0]
        try:
            if step in ("follow", "miss") and one.workflow != "chronic.follow_up":
                self._follow_child(one)
            elif not one.number:
                self._said_first(one)
                given = {"resident": str(one.person.key), **one.ask(one, step)}
                one.number = engine.begin(
                    by=one.actor(one, step), workflow=one.workflow, step=step, given=given, urgent=one.told.urgent
                ).number
            else:
                if (one.workflow, step) == ("referral.upward", "return"):
                    self._found(one)
                real = "record" if step == "follow" else step
                engine.take(by=one.actor(one, step), number=one.number, step=real, given=one.ask(one, step))
        except Refusal as refusal:
            told = [each.sentence for each in getattr(refusal, "all", (refusal,))]
            self._truth.facts.setdefault("refused", []).append([one.workflow, step, one.person.key, *told])
            return False
        return True

    def _said_first(self, one: Running) -> None:
        """What the text of a new case says stands in the record: the sender's findings, or those of the hospital."""
        if one.workflow == "referral.upward":
            presenting.present(by=one.sender, resident=one.person.key, story=one.illness)
        if one.workflow == "referral.downward":
            wards = self._county.hospital.departments
            ward = next(ward for ward in wards if ward.name == one.illness["department"])
            doctor = self._posts["county_doctor", ward.unit][0]
            presenting.found(by=doctor, resident=one.person.key, story=one.illness)

    def _found(self, one: Running) -> None:
        """The treating doctor opens the record of the referred patient, and writes what was measured at the end."""
        doctor, about = one.actor(one, "return"), Case.objects.get(number=one.number)
        subject = f"workflow.Case:{about.pk}"
        open_with_basis(
            by=doctor, resident=one.person.key, basis="referred", reason="接诊上转患者", subject=subject
        )  # fmt: skip
        presenting.found(by=doctor, resident=one.person.key, story=one.illness)

    # --- up

    def _upward(self) -> Iterator[Running]:
        told = [course for course in UP for _ in range(course.times)]
        people = self._people_for_referrals(len(told))
        illnesses = cycle(self._stories["up"])
        for number, (course, person) in enumerate(zip(told, people, strict=False)):
            illness = next(illnesses)
            while illness.get("women") and person.sex != "2":
                illness = next(illnesses)
            site = self._county.kind(illness["site"])[0]
            department = next(one for one in site.departments if one.name == illness["department"])
            yield Running(
                "referral.upward", course, person, self._sender(person, number), self._ask_up, self._act_up,
                self._moments(course), illness=illness, department=department,
            )  # fmt: skip

    def _people_for_referrals(self, wanted: int) -> Iterator[Person]:
        """A third from the shown village room and its township, the rest from all over, in turns."""
        room = demo_room(self._county)
        centre = room.above
        near = [
            room,
            *(site for site in self._county.kind("village_room") if site.above is centre and site is not room),
        ]
        far = [site for site in self._county.kind("village_room", "community_centre") if site.above is not centre]
        shown, around = self._people([room], wanted // 6), self._people(near, wanted // 6)
        return _in_turns([shown, around, *(self._people(far, wanted // 3) for _ in range(4))])

    def _people(self, sites: list[Site], most: int) -> list[Person]:
        today = self._now.date()
        with connection.cursor() as cursor:
            cursor.execute(
                FREE_PEOPLE,
                [[site.unit for site in sites], _years_ago(today, 84), _years_ago(today, 42), self._used, most],
            )
            found = cursor.fetchall()
        self._used += [key for key, *_ in found]
        return [Person(key, sex, self._sites[managing]) for key, sex, managing in found]

    def _sender(self, person: Person, number: int) -> Actor:
        """The village doctor of the room, or a doctor of the township or community centre."""
        home = person.home
        if home.kind == "village_room" and number % 4:
            return self._posts["village_doctor", home.unit][0]
        doctors = self._posts["township_doctor", (home.above or home).unit]
        return doctors[number % len(doctors)]

    def _ask_up(self, one: Running, step: str) -> dict[str, Any]:
        ill, department = one.illness, one.department
        if step in ("draft", "submit"):
            ward = one.told.ward or ill.get("admission") != "clinic"
            return {
                "to_department": str(department.unit if department else ""), "urgency": ill.get("urgency", "routine"),
                "admission": "ward" if ward else "clinic", "reason": ill["reason"], "diagnosis": ill["diagnosis"],
                "summary": ill["summary"], "treatment_so_far": ill["treated"], "consent": "yes",
                "transport": "ambulance" if ill.get("urgency") == "emergency" else "self",
                "package": self._papers(one),
            }  # fmt: skip
        if step == "return":
            return {
                "discharge_summary": ill["outcome"], "care_plan": ill["plan"], "medicines": ill["medicines"],
                "follow_up_items": ill["items"], "follow_up_on": self._due(one),
            }  # fmt: skip
        return self._ask_little(step)

    def _ask_little(self, step: str) -> dict[str, Any]:
        if step == "decline":
            at = self._chance.randrange(3)
            return {
                "decline_reason": self._stories["decline"]["reasons"][at],
                "decline_note": self._stories["decline"]["notes"][at],
            }
        return {"cancel_reason": "improved"} if step == "cancel" else {}

    def _act_up(self, one: Running, step: str) -> Actor:
        """Village or township sends; the desk answers and receives; the department's doctor treats and returns."""
        assert one.department  # noqa: S101 - every upward course has one
        if step in ("draft", "submit", "cancel"):
            return one.sender
        if step in ("accept", "decline", "arrive"):
            desk = self._posts["referral_desk", one.department.site.unit]
            return desk[one.person.key % len(desk)]
        return self._posts["county_doctor", one.department.unit][0]

    # --- down and out

    def _downward(self) -> Iterator[Running]:
        told = [course for course in DOWN for _ in range(course.times)]
        hospital = self._county.hospital
        desk = self._posts["referral_desk", hospital.unit]
        illnesses = [ill for ill in self._stories["up"] if ill["site"] == "county_hospital"]
        for number, (course, person) in enumerate(zip(told, self._seen_people(hospital, len(told)), strict=False)):
            yield Running(
                "referral.downward", course, person, desk[number % len(desk)], self._ask_down, self._act_down,
                self._moments(course), illness=illnesses[number % len(illnesses)],
            )  # fmt: skip

    def _seen_people(self, hospital: Site, most: int) -> list[Person]:
        """People whom the hospital has seen lately, so that its people stand in a relation to them; some live near."""
        everywhere = self._county.kind("village_room", *GRASSROOTS)
        centre = demo_room(self._county).above
        near = self._seen_from(hospital, [site for site in everywhere if site.above is centre], most // 3)
        return near + self._seen_from(hospital, everywhere, most - len(near))

    def _seen_from(self, hospital: Site, homes: list[Site], most: int) -> list[Person]:
        since = self._now - timedelta(days=100)
        with connection.cursor() as cursor:
            cursor.execute(SEEN_PEOPLE, [hospital.unit, since, [site.unit for site in homes], self._used, most])
            found = cursor.fetchall()
        self._used += [key for key, _ in found]
        return [Person(key, "", self._sites[managing]) for key, managing in found]

    def _ask_down(self, one: Running, step: str) -> dict[str, Any]:
        ill = one.illness
        if step == "submit":
            return {
                "to_institution": str(one.person.home.unit), "reason": "stable", "diagnosis": ill["diagnosis"],
                "discharge_summary": ill["outcome"], "care_plan": ill["plan"], "medicines": ill["medicines"],
                "follow_up_items": ill["items"], "follow_up_on": self._due(one), "consent": "yes",
            }  # fmt: skip
        return self._ask_little(step)

    def _act_down(self, one: Running, step: str) -> Actor:
        return one.sender if step in ("submit", "cancel") else self._home_doctor(one.person)

    def _home_doctor(self, person: Person) -> Actor:
        """Who looks after somebody at home."""
        role = "township_doctor" if person.home.kind in GRASSROOTS else "village_doctor"
        return self._posts[role, person.home.unit][0]

    def _outward(self) -> Iterator[Running]:
        told = [course for course in OUT for _ in range(course.times)]
        centre = demo_room(self._county).above
        assert centre  # noqa: S101 - village rooms have one
        rooms = [site for site in self._county.kind("village_room") if site.above is centre]
        people = self._people(rooms, len(told))
        for number, (course, person) in enumerate(zip(told, people, strict=False)):
            yield Running(
                "referral.outward", course, person, self._posts["township_doctor", centre.unit][0], self._ask_out,
                self._act_out, self._moments(course), illness=self._stories["out"][number % 2],
            )  # fmt: skip

    def _ask_out(self, one: Running, step: str) -> dict[str, Any]:
        ill = one.illness
        if step == "submit":
            return {
                "to_outside": ill["to"], "reason": ill["reason"], "urgency": "routine", "diagnosis": ill["diagnosis"],
                "summary": ill["summary"], "consent": "yes", "transport": "self", "package": self._papers(one),
            }  # fmt: skip
        return {"discharge_summary": ill["result"]} if step == "close" else self._ask_little(step)

    def _act_out(self, one: Running, step: str) -> Actor:
        lead = self._posts["referral_lead", self._county.hospital.unit][0]
        return lead if step in ("approve", "decline") else one.sender

    # --- follow-ups

    def _follow_ups(self) -> Iterator[Running]:
        told = [course for course in FOLLOW_UPS for _ in range(course.times)]
        room = demo_room(self._county)
        rooms = [site for site in self._county.kind("village_room") if site.above is room.above]
        wanted = len(told)
        people = _in_turns([self._people([room], wanted // 2), self._people(rooms, wanted)])
        for course, person in zip(told, people, strict=False):
            yield Running(
                "chronic.follow_up", course, person, self._home_doctor(person), self._ask_follow,
                lambda one, _step: one.sender, self._moments(course),
            )  # fmt: skip

    def _ask_follow(self, one: Running, step: str) -> dict[str, Any]:
        if step == "plan":
            return {"due_on": self._due(one), "why": self._chance.choice(self._stories["follow_up"]["whys"])}
        return {"missed_reason": "lost"} if step == "miss" else self._measured()

    def _measured(self) -> dict[str, Any]:
        upper = self._chance.randint(124, 158)
        return {
            "way": "clinic", "systolic": str(upper), "diastolic": str(upper - self._chance.randint(44, 58)),
            "glucose": f"{self._chance.uniform(5.2, 8.6):.1f}", "medicines_taken": "regular",
            "result": "satisfied" if upper < 140 else "unsatisfied", "note": "继续目前方案，按时服药，下次前自测血压。",
        }  # fmt: skip

    def _follow_child(self, one: Running) -> None:
        """The duty that a return has raised, met by the doctor at home."""
        child = Case.objects.filter(parent__number=one.number).values_list("number", flat=True).get()
        engine.take(by=self._home_doctor(one.person), number=child, step="record", given=self._measured())

    # --- time and papers

    def _moments(self, course: Told) -> list[datetime]:
        return [self._moment(when) for _, when in course.steps]

    def _moment(self, when: When) -> datetime:
        days, hour = when
        if hour is None:
            return self._now - timedelta(minutes=next(self._fresh))
        if when == LATE:
            return self._late(hour)
        return self._on(days, hour)

    def _late(self, hour: int) -> datetime:
        """The latest of the last three mornings since which two working hours and more have passed; else yesterday."""
        mornings = [self._on(days, hour) for days in (1, 2)]
        late = (one for one in mornings if clock.after_working_minutes(one, WORKING_MINUTES) < self._now)
        return next(late, mornings[0])

    def _on(self, days: int, hour: int) -> datetime:
        day = self._now.date() - timedelta(days=days)
        return datetime.combine(day, time(hour, self._chance.randrange(60)), tzinfo=clock.COUNTY_ZONE)

    def _due(self, one: Running) -> str:
        return (clock.today() + timedelta(days=one.told.due)).isoformat()

    def _papers(self, one: Running) -> list[str]:
        """The first few of what the form offers the sender to send along."""
        made = rooms.kept[one.workflow]
        offered = made.offers(for_=one.sender, given={"resident": str(one.person.key)}) if made.offers else {}
        return [paper.value for paper in offered.get("package", ())][:4]


def _years_ago(day: Any, years: int) -> Any:
    return day - timedelta(days=years * 365 + years // 4)


def _in_turns(sources: list[list[Person]]) -> Iterator[Person]:
    """One of each source, again and again, until all are empty."""
    waiting = [list(source) for source in sources]
    while any(waiting):
        for source in waiting:
            if source:
                yield source.pop(0)
