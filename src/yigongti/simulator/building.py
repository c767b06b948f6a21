"""The making of the county, stage by stage, each in one transaction; the last frees the accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import connection, transaction

from yigongti.kernel import clock
from yigongti.kernel.access.models import Account, Unit
from yigongti.kernel.measures.touched import UNSEEN
from yigongti.kernel.parameters.models import ParameterValue
from yigongti.kernel.refusal import Refusal
from yigongti.simulator import organising, staffing
from yigongti.simulator.ages import structure
from yigongti.simulator.billing import Till
from yigongti.simulator.care import Care
from yigongti.simulator.cases import Cases
from yigongti.simulator.certifying import Registry
from yigongti.simulator.copying import Table, advance_serials, learn
from yigongti.simulator.doubles import Doubles
from yigongti.simulator.households import Human
from yigongti.simulator.ledger import Ledger
from yigongti.simulator.organising import County
from yigongti.simulator.people import People
from yigongti.simulator.places import Place, shared_out
from yigongti.simulator.routine import Routine
from yigongti.simulator.scribing import Scribe
from yigongti.simulator.showcase import showcase
from yigongti.simulator.stewarding import Stewarding
from yigongti.simulator.summaries import Summary, Truth
from yigongti.simulator.wards import Wards


BLOCK = 2_500  # people in memory at once
PATIENTS = 4_000  # who lie in beds or hold clinic numbers

Progress = Callable[[str, int, int], None]


class CountyExists(Refusal):
    """数据库里已有机构，演示县只能建在空库里。"""


def is_empty() -> bool:
    """Whether there is no organisation yet."""
    return not Unit.objects.exists()


def is_complete() -> bool:
    """Accounts are freed by the last stage."""
    return Account.objects.filter(status="active").exists()


def build(*, residents: int, seed: int, density: float, progress: Progress) -> Summary:
    """Make the county; raises CountyExists when the database is not empty."""
    if not is_empty():
        raise CountyExists
    return Building(residents=residents, seed=seed, density=density, progress=progress).run()


class Building:
    """One county in the making: every stage draws from a stream of chance of its own."""

    def __init__(self, *, residents: int, seed: int, density: float, progress: Progress) -> None:
        self.residents, self.seed, self.density, self._progress = residents, seed, density, progress
        self.today: date = clock.today()
        self.truth = Truth()
        self.tables: list[Table] = []
        self.patients: list[Human] = []

    def chance(self, stage: str) -> Random:
        """The stage's own chance, so that a change in one stage moves no other."""
        return Random(f"{self.seed}:{stage}")

    def run(self) -> Summary:
        """All stages. There is no lake yet that could become stale."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, 'on', false)", [UNSEEN])
        county = self._organisation()
        self._people(county)
        self._capacity(county)
        self._cases(county)
        return self._finish()

    # --- stages

    def _organisation(self) -> County:
        self._progress("机构和人员", 0, 1)
        county = organising.organise(self.chance("organisation"), residents=self.residents)
        self.workforce = staffing.staff(county, chance=self.chance("staff"), today=self.today)
        with transaction.atomic():
            self.tables += organising.write(county)
            self._take_training_messages()
            self.tables += self.workforce.write()
        self._progress("机构和人员", 1, 1)
        return county

    def _take_training_messages(self) -> None:
        """Samples are marked T, D or nonsense: a county that nobody lives in takes them, a real one does not."""
        ParameterValue.objects.create(
            code="exchange.processing_ids_taken", begins=date(2020, 1, 1), value=["P", "T", "D", "N"],
            source="演示县：样例消息多标为培训或调试", entered_at=clock.now(),
        )  # fmt: skip

    def _people(self, county: County) -> None:
        people = People(county, chance=self.chance("people"), today=self.today, truth=self.truth)
        doubles = Doubles(people, county, chance=self.chance("doubles"), today=self.today, truth=self.truth)
        scribe = Scribe(county, today=self.today)
        chance = self.chance("care")
        till = Till(county, chance=self.chance("till"), today=self.today)
        registry = Registry(county, chance=self.chance("registry"), today=self.today)
        care = Care(county, scribe, till, chance=chance, density=self.density, residents=self.residents)
        routine = Routine(county, scribe, till, registry, chance=self.chance("routine"), density=self.density)
        tables = [people.households, people.residents, people.identifiers, doubles.suspicions, *scribe.tables,
                  *till.tables, *registry.tables]  # fmt: skip
        ledger = Ledger(county, self.workforce, today=self.today)
        done = 1  # the showcase person
        ledger.close([self._showcase(county, people, scribe, registry)])
        for places, counts, ages in self._blocks(county):
            humans = people.block(places, counts, ages)
            for one in humans:
                care.of(one)
                routine.of(one)
                registry.of(one)
            for one in doubles.of(humans):
                care.of(one, share=0.3)
            ledger.close([*humans, *doubles.alike])
            self._choose_patients(humans)
            with transaction.atomic():
                for table in tables:
                    table.write()
            done += sum(counts)
            self._progress("居民和就诊记录", done, self.residents)
        people.close()
        people.serials.write()
        self.tables += [*tables, people.serials]
        self.truth.facts["figures"] = ledger.figures()
        self.truth.facts["premature"] = ledger.premature()
        self.truth.facts["withheld"] = till.withheld

    def _showcase(self, county: County, people: People, scribe: Scribe, registry: Registry) -> Human:
        one = showcase(county, people, scribe, chance=self.chance("showcase"), today=self.today)
        self.truth.facts["showcase"] = one.key
        registry.of(one)
        return one

    def _blocks(self, county: County) -> Iterator[tuple[list[Place], list[int], list[tuple[str, int]]]]:
        """Neighbouring places with their people's sexes and ages; the showcase person is one of the residents."""
        ages = structure(self.residents, county.page["figures"], self.chance("ages"))
        # The nearest in a county so small that nobody has exactly her age.
        ages.remove(min((one for one in ages if one[0] == "2"), key=lambda one: abs(one[1] - 74)))
        counts = shared_out(self.residents - 1, [place.weight for place in county.places])
        start, begin = 0, 0
        for end in range(1, len(counts) + 1):
            size = sum(counts[start:end])
            if size >= BLOCK or end == len(counts):
                yield county.places[start:end], counts[start:end], ages[begin : begin + size]
                start, begin = end, begin + size

    def _choose_patients(self, humans: list[Human]) -> None:
        """A few of each block, mostly grown: no child lies in a county ward here."""
        grown = [one for one in humans if one.died is None and one.age >= 18]
        wanted = round(PATIENTS * len(humans) / max(self.residents, 1)) + 1
        step = max(1, len(grown) // wanted)
        self.patients += grown[::step][:wanted]

    def _capacity(self, county: County) -> None:
        self._progress("床位和号源", 0, 1)
        chance = self.chance("capacity")
        chance.shuffle(self.patients)
        # Nobody lies in two beds; in a tiny county there are more beds than people to lie in them.
        wards = Wards(county, self.workforce, chance=chance, today=self.today)
        with transaction.atomic():
            self.tables += wards.lay_out(self.patients[: self.residents // 20])
        self._progress("床位和号源", 1, 1)

    def _cases(self, county: County) -> None:
        """People at work: the engine follows, so what it numbers must come after what was copied."""
        cases = Cases(county, chance=self.chance("cases"), truth=self.truth)
        with transaction.atomic():
            advance_serials(self.tables)
            learn(self.tables)
            self.truth.facts["cases"] = cases.run(partial(self._progress, "转诊和随访"))
            Stewarding(hospital=county.hospital.unit, truth=self.truth).run()

    def _finish(self) -> Summary:
        rows = {table.name: table.written for table in self.tables}
        self.truth.facts |= {"seed": self.seed, "today": str(self.today), "residents": self.residents, "rows": rows}
        path = Path(settings.DATA_FOLDER) / "truth.json"
        path.write_text(json.dumps(self.truth.shown(), ensure_ascii=False, indent=1), encoding="utf-8")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(staffing.free_accounts(self.workforce.accounts))
            cursor.execute("SELECT set_config(%s, 'off', false)", [UNSEEN])
        return Summary(accounts=self.workforce.shown, rows=rows, truth=self.truth.shown())
