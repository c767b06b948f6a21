"""What each level is worth: learned weights, the house's own over the shipped ones, with what is expected beneath."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from math import log2
from typing import Any

from yigongti.kernel import clock, prepared
from yigongti.residents.models import MatchWeights
from yigongti.residents.policy.matching import COMPARISONS, EXPECTED_WEIGHS, Comparison


RAREST = 1e-7
"""Below this share a level between two humans was not seen in the pairs drawn at random."""

NEWEST = """SELECT id FROM residents_matchweights WHERE begins <= %(on)s::date ORDER BY begins DESC, id DESC LIMIT 1"""

Shares = Mapping[str, Mapping[str, tuple[float | None, float | None]]]
"""Comparison → level → how often it holds between two of one human, and between two humans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Learned on `rows` registrations of `source`, of which so many in a thousand were second ones."""

    learned_on: date
    source: str
    rows: int
    pairs_per_thousand: float
    shares: Shares = field(hash=False)

    @property
    def version(self) -> str:
        """By what data staff know them."""
        return f"{self.learned_on:%Y-%m-%d} · {self.source}"

    @property
    def pairs(self) -> float:
        """Pairs of one human behind what was learned."""
        return self.rows * self.pairs_per_thousand / 1000

    def same(self, comparison: Comparison, level: str) -> float:
        """How often between two of one human: as learned, and as expected where few were seen."""
        expected = next(one.same for one in comparison.levels if one.code == level) / 1000
        learned = self.shares.get(comparison.code, {}).get(level, (None, None))[0]
        if learned is None:
            return expected
        return (learned * self.pairs + expected * EXPECTED_WEIGHS) / (self.pairs + EXPECTED_WEIGHS)

    def chance(self, comparison: Comparison, level: str) -> float:
        """How often between two humans."""
        learned = self.shares.get(comparison.code, {}).get(level, (None, None))[1]
        return max(learned or 0.0, RAREST)

    def bits(self, comparison: Comparison, level: str) -> float:
        """What the level is worth."""
        return log2(self.same(comparison, level) / self.chance(comparison, level))


def in_force(*, on: date | None = None) -> Weights:
    """The house's own newest weights on a day, or the shipped ones."""
    newest = prepared.fetched(NEWEST, {"on": on or clock.today()})
    return _own(newest[0][0]) if newest else shipped()


@lru_cache(maxsize=8)
def _own(key: int) -> Weights:
    """Weights that were learned are never changed."""
    return read(MatchWeights.objects.get(pk=key).body)


@cache
def shipped() -> Weights:
    """As learned on the demonstration county."""
    page = resources.files("yigongti.residents.matching") / "shipped.toml"
    return read(tomllib.loads(page.read_text(encoding="utf-8")))


def read(body: Mapping[str, Any]) -> Weights:
    """Weights as they are written: a head, and a table a comparison."""
    learned_on = body["learned_on"]
    return Weights(
        learned_on=learned_on if isinstance(learned_on, date) else date.fromisoformat(learned_on),
        source=body["source"],
        rows=int(body["rows"]),
        pairs_per_thousand=float(body["pairs_per_thousand"]),
        shares={
            one.code: {level: _known(told) for level, told in body.get(one.code, {}).items()} for one in COMPARISONS
        },
    )


def _known(told: Sequence[float | None]) -> tuple[float | None, float | None]:
    """A share that was never seen is left out: null in JSON, negative in TOML, which has no null."""
    same, chance = (None if one is None or one < 0 else one for one in told)
    return same, chance


def written(weights: Weights) -> dict[str, Any]:
    """The other way: for the table of a house, or for a file."""
    head = {
        "learned_on": weights.learned_on.isoformat(), "source": weights.source, "rows": weights.rows,
        "pairs_per_thousand": weights.pairs_per_thousand,
    }  # fmt: skip
    return {**head, **{code: {k: list(v) for k, v in levels.items()} for code, levels in weights.shares.items()}}
