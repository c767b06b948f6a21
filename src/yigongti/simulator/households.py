"""Who lives with whom: heads, spouses, children with parents of a fitting age, parents with grown children."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random

from yigongti.simulator.lives import Life
from yigongti.simulator.organising import Site


@dataclass(slots=True, eq=False)
class Human:
    """One human of the county; the papers come one after another, after the household."""

    sex: str
    age: int
    role: str = ""
    mother: Human | None = None
    died: int | None = None  # days ago
    ethnicity: str = "01"
    household: int = 0
    home: Site = field(init=False)
    surname: str = ""
    given: str = ""
    born: date = date.min
    lived: int = 0  # days since birth
    id_card: str = ""
    phone: str = ""
    phone_owner: str = "none"
    chronic: tuple[str, ...] = ()
    unfound: tuple[str, ...] = ()  # ill, and not under management
    key: int = 0
    master: int = 0
    insured: bool = False  # in this county
    life: Life = field(default_factory=Life)
    first: Human | None = None  # whose second registration this is

    @property
    def human(self) -> Human:
        """The human behind the registration."""
        return self.first or self


Household = list[Human]


def assemble(people: list[Human], *, size: float, chance: Random) -> list[Household]:
    """Households of the given mean size out of all these people; the head is first."""
    grown = [one for one in people if one.age >= 22]
    wanted = min(max(1, round(len(people) / size)), len(grown))
    heads = _heads(grown, wanted, chance)
    households: list[Household] = [[head] for head in heads]
    taken = set(map(id, heads))
    _marry(households, [one for one in grown if id(one) not in taken and one.sex == "2"], chance)
    taken = {id(one) for household in households for one in household}
    left = [one for one in people if id(one) not in taken]
    _place_children([one for one in left if one.age < 22], households, chance)
    _place_grown([one for one in left if one.age >= 22], households, chance)
    return households


def _heads(grown: list[Human], wanted: int, chance: Random) -> list[Human]:
    """Mostly men: those who come first when each is given a place by lot, women's lots being longer."""
    lots = sorted((chance.random() * (1.0 if one.sex == "1" else 4.2), i) for i, one in enumerate(grown))
    heads = [grown[i] for _, i in lots[:wanted]]
    for head in heads:
        head.role = "head"
    return heads


def _marry(households: list[Household], women: list[Human], chance: Random) -> None:
    by_age: dict[int, list[Human]] = defaultdict(list)
    for woman in women:
        by_age[woman.age].append(woman)
    for household in households:
        head = household[0]
        if head.sex == "1" and head.age >= 24 and chance.random() < 0.92:
            wife = _nearest(by_age, head.age - 2 + int(chance.gauss(0, 1.5)), reach=5)
            if wife:
                wife.role = "spouse"
                household.append(wife)


def _nearest(by_age: dict[int, list[Human]], age: int, *, reach: int) -> Human | None:
    for step in range(reach + 1):
        for candidate in (age - step, age + step):
            if by_age.get(candidate):
                return by_age[candidate].pop()
    return None


def _place_children(children: list[Human], households: list[Household], chance: Random) -> None:
    """With a mother of fitting age where there is one, else with grandparents, else with whoever has room."""
    mothers: dict[int, list[Household]] = defaultdict(list)
    elders: dict[int, list[Household]] = defaultdict(list)
    for household in households:
        woman = household[1] if len(household) > 1 else household[0]
        if woman.sex == "2":
            mothers[woman.age].append(household)
        elders[household[0].age].append(household)
    for child in children:
        home = _home(mothers, child.age + 22 + int(chance.random() * 10), 8, most=2)
        role = "child"
        if home is None:
            home, role = _home(elders, child.age + 55, 12, most=1), "grandchild"
        if home is None:
            home, role = chance.choice(households), "other"
        child.role = role
        if role == "child":
            child.mother = home[1] if len(home) > 1 and home[1].role == "spouse" else home[0]
        home.append(child)


def _home(by_age: dict[int, list[Household]], age: int, reach: int, *, most: int) -> Household | None:
    """A household whose woman (or head) is near an age and which has raised fewer than `most` children here."""
    for step in range(reach + 1):
        for candidate in (age - step, age + step):
            waiting = by_age.get(candidate)
            if waiting:
                home = waiting[-1]
                if sum(1 for one in home if one.role in ("child", "grandchild")) + 1 >= most:
                    waiting.pop()
                else:
                    waiting.insert(0, waiting.pop())
                return home
    return None


def _place_grown(grown: list[Human], households: list[Household], chance: Random) -> None:
    """Grown children with their parents, old parents with their children; the rest share a roof."""
    by_age: dict[int, list[Household]] = defaultdict(list)
    for household in households:
        by_age[household[0].age].append(household)
    for one in grown:
        sought, role = (one.age - 27, "parent") if one.age >= 58 else (one.age + 26, "child")
        home = _any_near(by_age, sought, 6, chance)
        if home is None:
            home, role = chance.choice(households), "other"
        one.role = role
        home.append(one)


def _any_near(by_age: dict[int, list[Household]], age: int, reach: int, chance: Random) -> Household | None:
    for step in range(reach + 1):
        for candidate in (age - step, age + step):
            if by_age.get(candidate):
                return chance.choice(by_age[candidate])
    return None
