"""Who may already be registered: candidates by index, reasons in words, those outside one's bases masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yigongti.kernel import prepared
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.residents import codes, pinyin
from yigongti.residents.matching import words
from yigongti.residents.matching.judging import EVERYBODY, SAME
from yigongti.residents.matching.scoring import Met, Told, score
from yigongti.residents.matching.weighing import percent, probability
from yigongti.residents.matching.weights import Weights, in_force
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.particulars import Particulars
from yigongti.residents.policy.likeness import Reason, reason
from yigongti.residents.policy.matching import FIRST, REVIEW
from yigongti.residents.queries.beyond import Masked, masked


LOOKS = """SELECT id, master_id, name, pinyin, birth_date, phone, id_card, sex FROM residents_resident
WHERE id = ANY(%(ids)s::bigint[])"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """One registration that may be the same human: why, how strongly, and the person — or the mask outside a basis.

    `reasons` are rules that hold; `words` what else speaks for and against, by the weights that were learned.
    """

    person: Resident
    reasons: Sequence[Reason]
    words: Sequence[str]
    score: int
    weight: int
    first: bool
    mask: Masked | None

    @property
    def said(self) -> Sequence[str]:
        """Rules first, then what else tells, each once."""
        return list(dict.fromkeys([*(r.says for r in self.reasons), *self.words]))

    @property
    def why(self) -> str:
        """The same in one line, as a suspicion keeps it."""
        return words.joined(self.said)


def likely_duplicates(
    *, for_: Actor, of: Particulars, papers: Sequence[str] = (), but: int | None = None
) -> list[Likely]:
    """Registrations that look like this person, strongest first: by a rule that reaches residents.likely_score, or by
    evidence that reaches residents.match_review_percent."""
    weights = in_force()
    with_paper = (
        set(Identifier.objects.filter(value__in=papers).values_list("resident_id", flat=True)) if papers else set()
    )
    met = {one.resident: one for one in score([Told.of(of)], weights=weights, least=EVERYBODY)}
    worth = _worth(weights, of, but, with_paper, met)
    if not worth:
        return []
    limits = _limits()
    seen = [
        one
        for person in Resident.objects.filter(pk__in=worth).select_related("master__managing", "managing")
        if person.master_id != but
        and (
            one := _seen(
                weights, person, reasons_between(of, person, person.pk in with_paper), met.get(person.pk), limits
            )
        )
    ]
    open_to = _reachable(for_, [one.person.master_id for one in seen])
    found: dict[int, Likely] = {}
    for one in sorted(seen, key=lambda one: (-one.score, -one.weight, one.person.pk)):
        master = one.person.master
        proves = bool(one.reasons) and one.reasons[0].proves
        mask = None if master.pk in open_to else masked(master, for_=for_, found=proves)
        found.setdefault(master.pk, replace(one, person=master, mask=mask))
    return list(found.values())


def _worth(
    weights: Weights, of: Particulars, but: int | None, with_paper: set[int], met: Mapping[int, Met]
) -> list[int]:
    """Those who are likely enough: most share a birth day and nothing else, and are never looked at whole."""
    rows = prepared.fetched(LOOKS, {"ids": [*{*met, *with_paper}]}) if met or with_paper else []
    found, limits = [], _limits()
    for one in (_Looks(*row) for row in rows):
        if one.master_id != but:
            reasons = reasons_between(of, one, one.pk in with_paper)
            if _seen(weights, one, reasons, met.get(one.pk), limits):
                found.append(one.pk)
    return found


@dataclass(frozen=True, slots=True)
class _Looks:
    """Of a registration what reasons are found by."""

    pk: int
    master_id: int
    name: str
    pinyin: str
    birth_date: date
    phone: str
    id_card: str
    sex: str


@dataclass(frozen=True, slots=True)
class _Limits:
    """From which score a rule tells, from which percent evidence does, and from which it comes before all else."""

    likely: int
    review: int
    first: int


def _limits() -> _Limits:
    return _Limits(values.number("residents.likely_score"), values.number(REVIEW), values.number(FIRST))


def _seen(weights: Weights, person: Any, reasons: Sequence[Reason], met: Met | None, limits: _Limits) -> Likely | None:
    """A registration that is likely enough, with its own row as the person; None for the others."""
    bits, at = (met.bits, met.at) if met else (0.0, ())
    if reasons and reasons[0].score < SAME and at and words.two_cards(at):
        reasons = ()  # a name and a birth day are no reason against two papers; all evidence together may be
    strong = reasons[0].score if reasons else 0
    if strong < limits.likely and (met is None or probability(bits) * 100 < limits.review):
        return None
    return Likely(
        person=person, reasons=reasons, words=words.said(weights, at) if at else (),
        score=strong or min(percent(bits), SAME - 1), weight=round(bits * 100),
        first=strong >= SAME or probability(bits) * 100 >= limits.first, mask=None,
    )  # fmt: skip


def _reachable(for_: Actor, ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    return set(Resident.objects.filter(bases.reachable_condition(for_=for_), pk__in=ids).values_list("pk", flat=True))


def reasons_between(of: Particulars | Resident, other: Resident | _Looks, same_paper: bool = False) -> list[Reason]:
    """Every reason to think of one human, strongest first."""
    spelled = of.pinyin if isinstance(of, Resident) else pinyin.spell(of.name)[0]
    sound = spelled == other.pinyin
    born = of.birth_date == other.birth_date
    phone = bool(of.phone) and of.phone == other.phone
    said = {
        "same_id_card": bool(of.id_card) and of.id_card == other.id_card,
        "same_paper": same_paper,
        "same_name_and_birth": born and of.name == other.name,
        "id_card_one_slip": sound and other.id_card in codes.one_slip_from(of.id_card),
        "same_sound_birth_sex": born and sound and of.sex == other.sex,
        "same_phone_and_name": phone and of.name == other.name,
        "same_phone_and_birth": phone and born and of.sex == other.sex,
    }
    return sorted((reason(code) for code, holds in said.items() if holds), key=lambda r: -r.score)
