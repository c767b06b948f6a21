"""Who of many may already be registered, asked in one statement; and whom many papers name.

Rules (`policy/likeness.py`) and learned weights (`matching`) decide as they do at the desk, but for one thing: an ID
card with a slip is seen in whom something else leads to, and is not itself looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.residents import codes, labels, masking
from yigongti.residents.matching import words
from yigongti.residents.matching.judging import EVERYBODY, Judge, Judged
from yigongti.residents.matching.scoring import Told, score
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.particulars import Particulars
from yigongti.residents.policy.likeness import reason


HOLDERS = """
SELECT p.n, r.master_id FROM unnest(%(n)s::int[], %(value)s::text[]) p(n, value)
JOIN residents_identifier i ON i.value = p.value AND i.ended_on IS NULL AND i.system <> 'temporary'
JOIN residents_resident r ON r.id = i.resident_id GROUP BY p.n, r.master_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """One registration that somebody may be: the master, how strongly out of 100, why in words; the learned evidence in
    hundredths of a bit, and whether it puts the pair before all others."""

    resident: int
    score: int
    why: str
    weight: int | None = None
    first: bool = False


def alike(*, for_: Actor, of: Sequence[tuple[Particulars, Sequence[str]]], again: bool = False) -> list[list[Alike]]:
    """For each person with the values of their papers, those registered who reach residents.likely_score by a rule or
    residents.match_review_percent by evidence, strongest first. It names nobody: whoever shows them asks for them.

    `again`: they were asked about before, and only who has come since by a paper or a rule is looked for.
    """
    judge, reach = Judge.now(), "again" if again else "many"
    found: list[dict[int, Alike]] = [{} for _ in of]
    for met in score([Told.of(person) for person, _ in of], weights=judge.weights, least=EVERYBODY, reach=reach):
        one = judge.judged(met.at, met.bits, name=of[met.told][0].name)
        if one:
            _keep(found[met.told], _alike(met.master, one))
    for n, master in _holders([many for _, many in of]):
        paper, before = reason("same_paper"), found[n].get(master)
        words_ = paper.says if before is None else f"{paper.says}；{before.why}"
        _keep(found[n], Alike(resident=master, score=paper.score, why=words_, first=True))
    return [sorted(many.values(), key=lambda one: (-one.score, -(one.weight or 0), one.resident)) for many in found]


def _alike(master: int, one: Judged) -> Alike:
    return Alike(resident=master, score=one.score, why=words.joined(one.said), weight=one.weight, first=one.first)


def _keep(found: dict[int, Alike], one: Alike) -> None:
    """Of several registrations of one person the strongest."""
    before = found.get(one.resident)
    if before is None or (one.score, one.weight or 0) > (before.score, before.weight or 0):
        found[one.resident] = one


def _holders(papers: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Who holds a paper of each, by the place among those told of."""
    told = [(n, value) for n, many in enumerate(papers) for value in many]
    if not told:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS, {"n": [n for n, _ in told], "value": [value for _, value in told]})
        return list(cursor.fetchall())


def by_papers(*, for_: Actor, numbers: Iterable[str]) -> dict[str, int]:
    """The person whom each ID card, card or record number names; one that names several people names nobody."""
    told = {one: _canonical(one) for one in numbers if one}
    wanted = list(set(told.values()))
    held: dict[str, set[int]] = {}
    rows = [
        *Resident.objects.filter(id_card__in=wanted).values_list("id_card", "master_id"),
        *Resident.objects.filter(record_no__in=wanted).values_list("record_no", "master_id"),
        *Identifier.objects.filter(value__in=wanted, ended_on=None).values_list("value", "resident__master_id"),
    ]
    for number, master in rows:
        held.setdefault(number, set()).add(master)
    one_each = {number: next(iter(masters)) for number, masters in held.items() if len(masters) == 1}
    return {said: one_each[number] for said, number in told.items() if number in one_each}


def _canonical(number: str) -> str:
    """A number as it is registered: full width, blanks and small letters fall away, fifteen digits become eighteen."""
    plain = codes.plain(number)
    try:
        return codes.id_card(plain, today=clock.today()).number
    except codes.Unfit:
        return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells whether a number is used for the one it was given to; to be compared, not to be shown."""

    name: str
    sex: str
    birth_date: date
    id_card: str

    @classmethod
    def read(cls, ids: Iterable[int]) -> dict[int, Identity]:
        """As it is registered, by key."""
        rows = Resident.objects.filter(pk__in=set(ids)).values_list("pk", "name", "sex", "birth_date", "id_card")
        return {pk: cls(name=name, sex=sex, birth_date=born, id_card=card) for pk, name, sex, born, card in rows}

    def is_called(self, name: str) -> bool:
        """Whether this is the registered name, but for blanks, the dot of minority names, and case."""
        return _plain_name(name) == _plain_name(self.name)

    def agrees(self, *, name: str = "", sex: str = "", birth_date: date | None = None, id_card: str = "") -> bool:
        """Whether nothing that is told speaks against it."""
        told = ((_plain_name(name), _plain_name(self.name)), (sex if sex in ("1", "2") else "", self.sex),
                (birth_date, self.birth_date), (_canonical(id_card) if id_card else "", self.id_card))  # fmt: skip
        return all(not said or not held or said == held for said, held in told)


def identities(*, for_: Actor, ids: Iterable[int]) -> dict[int, Identity]:
    """Who these people are, by their masters."""
    return Identity.read(ids)


def _plain_name(name: str) -> str:
    return "".join(name.split()).casefold().replace("·", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is shown of a registration beside another; masked where there is no basis."""

    href: str
    name: str
    sex: str
    born: str
    id_card: str
    phone: str
    address: str
    managing: str


def side_by_side(*, for_: Actor, ids: Iterable[int]) -> dict[int, Seen]:
    """These registrations as the actor may see them; numbers stay masked, as everywhere before a record is opened."""
    wanted = set(ids)
    people = Resident.objects.filter(pk__in=wanted).select_related("managing")
    mine = set(
        Resident.objects.filter(bases.reachable_condition(for_=for_), pk__in=wanted).values_list("pk", flat=True)
    )
    return {one.pk: _seen(one, open_=one.pk in mine) for one in people}


def _seen(one: Resident, *, open_: bool) -> Seen:
    return Seen(
        href=f"/residents/{one.pk}" if open_ else "",
        name=one.name if open_ else masking.name(one.name),
        sex=labels.SEX[one.sex],
        born=one.birth_date.isoformat() if open_ else masking.born(one.birth_date),
        id_card=masking.id_card(one.id_card),
        phone=masking.phone(one.phone),
        address=one.lives_address if open_ else "",
        managing=str(one.managing),
    )
