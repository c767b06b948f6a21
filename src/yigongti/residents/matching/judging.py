"""Rules and learned weights together: whether a registration that was met is likely enough, and what is said of it.

The levels of the comparisons tell most rules of `policy/likeness.py` already; they need not be asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yigongti.kernel.parameters import values
from yigongti.residents import pinyin
from yigongti.residents.matching import words
from yigongti.residents.matching.weighing import percent, probability
from yigongti.residents.matching.weights import Weights, in_force
from yigongti.residents.policy.likeness import Reason, reason
from yigongti.residents.policy.matching import COMPARISONS, FIRST, REVIEW, SURNAMES


SAME = 95
"""A score from which on it is one human: the same ID card or paper. Evidence without a paper stays below."""
EVERYBODY = -1000.0
"""Bits that every candidate has: rules look at them all."""
PLACES = {one.code: n for n, one in enumerate(COMPARISONS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A registration that is likely enough: how strongly out of 100, in which words, by how many hundredths of a bit,
    and whether it stands before all others."""

    score: int
    said: Sequence[str]
    weight: int
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The weights and the county's thresholds of this moment, for any number of pairs."""

    weights: Weights
    likely: int
    review: int
    leading: int

    @classmethod
    def now(cls) -> Judge:
        """As they hold today."""
        return cls(weights=in_force(), likely=int(values.number("residents.likely_score")),
                   review=int(values.number(REVIEW)), leading=int(values.number(FIRST)))  # fmt: skip

    def judged(self, at: Sequence[int], bits: float, *, name: str) -> Judged | None:
        """What is to be said of somebody of this name and a registration met; None where it is too little, or where two
        ID cards that hold say that they are two: a county has hundreds of neighbours with all else in common."""
        if words.two_cards(at):
            return None
        reasons = rules(at, name=name)
        strong = reasons[0].score if reasons else 0
        chance = probability(bits) * 100
        if strong < self.likely and chance < self.review:
            return None
        return Judged(
            score=strong or min(percent(bits), SAME - 1), weight=round(bits * 100),
            said=list(dict.fromkeys([*(one.says for one in reasons), *words.said(self.weights, at)])),
            first=strong >= SAME or chance >= self.leading,
        )  # fmt: skip


def rules(at: Sequence[int], *, name: str) -> list[Reason]:
    """The rules that the levels of a pair tell, strongest first."""
    born, phone, sex = _is(at, "birth", "exact"), _is(at, "phone", "exact"), _is(at, "sex", "same")
    named = _is(at, "name", "exact")
    sounds = named or _is(at, "name", "sound") or (_is(at, "name", "surname") and _sounds_alike(name))
    said = {
        "same_id_card": _is(at, "card", "exact"),
        "same_name_and_birth": born and named,
        "id_card_one_slip": sounds and _is(at, "card", "slip"),
        "same_sound_birth_sex": born and sounds and sex,
        "same_phone_and_name": phone and named,
        "same_phone_and_birth": phone and born and sex,
    }
    return sorted((reason(code) for code, holds in said.items() if holds), key=lambda one: -one.score)


def _is(at: Sequence[int], comparison: str, level: str) -> bool:
    n = at[PLACES[comparison]]
    return n >= 0 and COMPARISONS[PLACES[comparison]].levels[n].code == level


def _sounds_alike(name: str) -> bool:
    """Whether the other spelling of this surname is spoken like it: 付 and 傅 are, 沈 and 沉 are not."""
    pair = next((pair for pair in SURNAMES if name[:1] in pair), "")
    return len({pinyin.spell(one + name[1:])[0] for one in pair}) == 1
