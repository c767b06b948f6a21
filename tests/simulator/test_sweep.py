"""What the sweep for duplicates finds in a county of which the truth is known."""

from __future__ import annotations

import pytest

from tests.simulator.conftest import rows
from yigongti.residents.actions import sweeping
from yigongti.residents.models import Suspicion


pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R133")
def test_the_sweep_finds_nearly_every_duplicate_and_raises_few_who_are_two(county):
    true = {tuple(sorted((row["resident"], row["again"]))) for row in county.truth["duplicates"]}
    merged = {
        tuple(sorted(pair)) for pair in rows("SELECT id, master_id FROM residents_resident WHERE id <> master_id")
    }
    Suspicion.objects.filter(verdict="open").delete()
    decided = set(Suspicion.objects.values_list("one_id", "other_id"))
    while sweeping.step():
        pass
    found = set(Suspicion.objects.filter(verdict="open").values_list("one_id", "other_id"))
    sought = true - merged - decided
    recall, precision = len(found & sought) / len(sought), len(found & true) / len(found)
    assert recall >= 0.95
    assert precision >= 0.85
