"""The weight of a pair as SQL: one number a comparison from the level that holds, and their sum with the prior."""

from __future__ import annotations

from math import log2

from yigongti.residents.matching.levels import chosen
from yigongti.residents.matching.weights import Weights
from yigongti.residents.policy.matching import COMPARISONS, TOLD_TWICE, Comparison


LEVELS = tuple(f"at_{one.code}" for one in COMPARISONS)
"""The number of the level that holds, a column a comparison; -1 where a side says nothing."""
FEWEST = 1000
"""A county smaller than this is weighed as one of this many: in a handful nothing is rare."""


def level_columns() -> str:
    """The levels of a pair as a select list over `…_l` and `…_r`."""
    return ", ".join(f"{chosen(one.code)} AS at_{one.code}" for one in COMPARISONS)


def weight(weights: Weights, *, count: str) -> str:
    """Bits of evidence that the pair is one human, over LEVELS and how many share the name (`name_n`) and the phone.

    `count` is SQL for how many are registered: the larger the county, the likelier two are alike by chance.
    """
    worth = {one.code: _worth(weights, one, count) for one in COMPARISONS}
    parts = [_prior(weights, count)]
    for several in TOLD_TWICE:
        told = [worth.pop(code) for code in several]
        parts += [f"greatest({', '.join(told)}, 0)", *(f"least({one}, 0)" for one in told)]
    return f"({' + '.join([*parts, *worth.values()])})"


def _prior(weights: Weights, count: str) -> str:
    """Before anything is compared: of all others, so many are a second registration of this one."""
    return f"{log2(2 * weights.pairs_per_thousand / 1000):.4f} - {_log2(count)}"


def _worth(weights: Weights, comparison: Comparison, count: str) -> str:
    bits = [f"{weights.bits(comparison, one.code):.4f}" for one in comparison.levels]
    if comparison.rare:
        bits[0] = _rare(weights, comparison, count)
    arms = " ".join(f"WHEN {n} THEN {one}" for n, one in enumerate(bits))
    return f"CASE at_{comparison.code} {arms} ELSE 0 END"


def _rare(weights: Weights, comparison: Comparison, count: str) -> str:
    """What the same name or phone is worth depends on how many have it."""
    same = log2(weights.same(comparison, comparison.levels[0].code))
    return f"({same:.4f} + {_log2(count)} - {_log2(f'({comparison.code}_n + 1)')})"


def _log2(of: str) -> str:
    return f"ln({of}) / {0.6931471805599453}"


def percent(bits: float) -> int:
    """The probability that goes with so many bits, in whole percent, never rounded up to certainty."""
    return int(100 * probability(bits))


def probability(bits: float) -> float:
    """Of one human, given the evidence."""
    if bits > 60:
        return 1.0
    return float(2**bits / (1 + 2**bits)) if bits > -60 else 0.0
