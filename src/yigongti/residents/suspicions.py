"""Raise a suspicion that two registrations are one human: once for each pair, for data staff to decide."""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.residents.models import Resident, Suspicion
from yigongti.residents.queries.likeness import Likely


def suspect(*, by: Actor, person: Resident, likely: Sequence[Likely]) -> None:
    """Put every likely pair before data staff; a pair that is known already stays as it is."""
    Suspicion.objects.bulk_create(
        (
            Suspicion(
                one_id=min(person.pk, other.person.pk),
                other_id=max(person.pk, other.person.pk),
                why=other.why,
                score=other.score,
                weight=other.weight,
                first=other.first,
                raised_at=clock.now(),
                raised_by_id=by.post_id,
            )
            for other in likely
        ),
        ignore_conflicts=True,
    )
