"""What speaks for one human and what against, in the words of the policy page."""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.residents.matching.weights import Weights
from yigongti.residents.policy.matching import COMPARISONS


TELLS = 1.0
"""Bits from which on a level is worth a word; below, it is neither here nor there."""
LONGEST = 200
CARD = next(n for n, one in enumerate(COMPARISONS) if one.code == "card")
CARD_LEVELS = tuple(one.code for one in COMPARISONS[CARD].levels)


def said(weights: Weights, at: Sequence[int]) -> list[str]:
    """The levels that tell, strongest for one human first, then those against."""
    met = [(one, one.levels[n].code, one.levels[n].says) for one, n in zip(COMPARISONS, at, strict=True) if n >= 0]
    told = [(weights.bits(one, code), says) for one, code, says in met]
    return [says for bits, says in sorted(told, key=lambda pair: -pair[0]) if abs(bits) >= TELLS]


def why(weights: Weights, at: Sequence[int], *, before: Sequence[str] = ()) -> str:
    """As a suspicion keeps them, after what a rule says."""
    return joined(list(dict.fromkeys([*before, *said(weights, at)])))


def joined(words: Sequence[str]) -> str:
    """In one line; words that do not fit are left out whole, the weakest first."""
    fitting = list(words)
    while len("；".join(fitting)) > LONGEST:
        fitting.pop()
    return "；".join(fitting)


def same_card(at: Sequence[int]) -> bool:
    """Both name one ID card: this decides without any weight."""
    return at[CARD] == CARD_LEVELS.index("exact")


def two_cards(at: Sequence[int]) -> bool:
    """Both ID cards hold and differ by more than a slip: two humans, whatever a name and a birth day say."""
    return at[CARD] == CARD_LEVELS.index("other")
