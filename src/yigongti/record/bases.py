"""The basis that this chapter contributes: "treated", an encounter at the actor's own institution not long ago."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import basis
from yigongti.kernel.parameters import values
from yigongti.record.models import Encounter
from yigongti.record.seeing import own_institution


def treated_here(actor: Actor) -> Q:
    """Persons (by their master row) with a lasting or recent encounter at the actor's own institution."""
    own = own_institution(actor)
    if own is None:
        return Q(pk__in=())
    since = clock.now() - timedelta(days=values.number("record.treated_within_days"))
    here = Encounter.objects.filter(
        Q(at__gte=since) | Q(until__gte=since),
        resident__master_id=OuterRef("master_id"),
        institution_id=own,
        entry__replaced_by__isnull=True,
        entry__withdrawn=False,
    )
    return Q(Exists(here))


treated = basis(
    "treated",
    title="在诊患者",
    says="近期在本机构就诊或住院的人",
    standing=True,
    holds=treated_here,
)
