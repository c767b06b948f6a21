"""Who of many may already be registered, asked in one statement; and whom many papers name.

The rules are those of `policy/likeness.py` but for one: a slip within the digits of the birth day is left to the sweep,
because for a whole county it would ask for 170 numbers a person. And of two whose ID cards both hold and differ by more
than a slip, a name and a birth day in common say nothing: a county has hundreds of such pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.residents import codes, labels, masking, pinyin
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.particulars import Particulars
from yigongti.residents.policy.likeness import Reason, reason


PAIRS = """
WITH told AS (
  SELECT * FROM unnest(%(n)s::int[], %(name)s::text[], %(sound)s::text[], %(sex)s::text[], %(born)s::date[],
                       %(card)s::text[], %(phone)s::text[]) t(n, name, sound, sex, born, card, phone))
SELECT n, master_id, bool_or(same_card), bool_or(same_paper), bool_or(same_name AND same_birth),
       bool_or(same_birth AND same_sound AND same_sex), bool_or(same_phone AND same_name),
       bool_or(same_phone AND same_birth AND same_sex), array_agg(DISTINCT id_card) FILTER (WHERE id_card <> '')
FROM (
  SELECT t.n, r.master_id, r.id_card, t.card <> '' AND r.id_card = t.card AS same_card, false AS same_paper,
         r.name = t.name AS same_name,
         r.pinyin = t.sound AS same_sound, r.sex = t.sex AS same_sex, r.birth_date = t.born AS same_birth,
         t.phone <> '' AND r.phone = t.phone AS same_phone
  FROM told t JOIN residents_resident r ON r.birth_date = t.born
  UNION ALL
  SELECT t.n, r.master_id, r.id_card, true, false, false, false, false, false, false
  FROM told t JOIN residents_resident r ON r.id_card = t.card AND r.id_card <> ''
  UNION ALL
  SELECT t.n, r.master_id, r.id_card, false, false, r.name = t.name, false, false, false, true
  FROM told t JOIN residents_resident r ON r.phone = t.phone AND r.phone <> '' AND r.name = t.name
  UNION ALL
  SELECT p.n, r.master_id, r.id_card, false, true, false, false, false, false, false
  FROM unnest(%(paper_n)s::int[], %(paper)s::text[]) p(n, value)
  JOIN residents_identifier i ON i.value = p.value AND i.ended_on IS NULL AND i.system <> 'temporary'
  JOIN residents_resident r ON r.id = i.resident_id
) found
WHERE same_card OR same_paper OR (same_birth AND (same_name OR (same_sound AND same_sex) OR (same_phone AND same_sex)))
   OR (same_phone AND same_name)
GROUP BY n, master_id
"""
PAPER = 95
CODES = ("same_id_card", "same_paper", "same_name_and_birth", "same_sound_birth_sex", "same_phone_and_name",
         "same_phone_and_birth")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """One registration that somebody may be: the master, how strongly out of 100, and why in words."""

    resident: int
    score: int
    why: str


def alike(*, for_: Actor, of: Sequence[tuple[Particulars, Sequence[str]]]) -> list[list[Alike]]:
    """For each person with the values of their papers, those registered who reach residents.likely_score, strongest
    first. It names nobody: whoever shows them asks for the person."""
    least = values.number("residents.likely_score")
    found: list[list[Alike]] = [[] for _ in of]
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, _told(of))
        for n, master, *holds, cards in cursor.fetchall():
            reasons = [reason(code) for code, held in zip(CODES, holds, strict=True) if held]
            if _best(reasons).score >= least and not _two_people(of[n][0].id_card, cards, reasons):
                found[n].append(_alike(master, reasons))
    return [sorted(many, key=lambda one: (-one.score, one.resident)) for many in found]


def _best(reasons: Iterable[Reason]) -> Reason:
    return max(reasons, key=lambda one: one.score)


def _two_people(card: str, cards: Sequence[str] | None, reasons: Sequence[Reason]) -> bool:
    """Two cards that hold and differ by more than a slip are two people's, unless a paper says otherwise."""
    if not card or not cards or _best(reasons).score >= PAPER:
        return False
    slips = codes.one_slip_from(card)
    return not any(other == card or other in slips for other in cards)


def _alike(master: int, reasons: Sequence[Reason]) -> Alike:
    ordered = sorted(reasons, key=lambda one: -one.score)
    return Alike(resident=master, score=ordered[0].score, why="；".join(one.says for one in ordered))


def _told(of: Sequence[tuple[Particulars, Sequence[str]]]) -> Mapping[str, list[object]]:
    people = [person for person, _ in of]
    papers = [(n, value) for n, (_, many) in enumerate(of) for value in many]
    return {
        "n": list(range(len(people))),
        "name": [one.name for one in people],
        "sound": [pinyin.spell(one.name)[0] for one in people],
        "sex": [one.sex for one in people],
        "born": [one.birth_date for one in people],
        "card": [one.id_card for one in people],
        "phone": [one.phone for one in people],
        "paper_n": [n for n, _ in papers],
        "paper": [value for _, value in papers],
    }


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
