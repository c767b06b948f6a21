"""What `./run match` asks of this chapter: learn the weights, and compare the whole index."""

from __future__ import annotations

from django.db import transaction

from yigongti.kernel import clock
from yigongti.residents.matching import learning, running, whole
from yigongti.residents.matching.weights import Weights, written
from yigongti.residents.models import MatchRun, MatchWeights


FEWEST = 10_000
"""Registrations below which a few pairs would teach chance and not likeness."""


def can_learn() -> bool:
    """Whether Splink is installed."""
    return learning.is_possible()


def enough_to_learn() -> bool:
    """Whether the index is large enough for what it teaches to hold."""
    with transaction.atomic():
        rows = whole.lay_out()
        whole.clear_away()
    return rows >= FEWEST


def learn(*, source: str) -> Weights:
    """Learn on the index as it is, and keep it: in force from today."""
    with transaction.atomic():
        rows = whole.lay_out()
        learned = learning.learn(source=f"{source}，{rows:,} 份登记", learned_on=clock.today(), rows=rows)
        whole.clear_away()
        MatchWeights.objects.create(
            begins=clock.today(), body=written(learned), source=learned.source, rows=rows, learned_at=clock.now()
        )
    return learned


def run() -> MatchRun:
    """Compare everybody with everybody."""
    return running.run()
