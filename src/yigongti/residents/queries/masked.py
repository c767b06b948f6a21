"""How persons show in lists of other chapters: by name where the reader stands to them, masked everywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.residents import labels, masking
from yigongti.residents.models import Resident
from yigongti.residents.queries import minors


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A person as the reader may see them in a list; `resident` is the row that stands for the human."""

    resident: int
    name: str
    sex: str
    born: str
    masked: bool
    minor: bool


def shown_to(*, for_: Actor, ids: Iterable[int], named: bool = False) -> dict[int, Shown]:
    """By the key that was asked for, whichever registration it is. `named`: the caller's page names them by law.

    A minor is masked to a role without their gate, whatever the basis.
    """
    asked = dict(Resident.objects.filter(pk__in=set(ids)).values_list("pk", "master_id"))
    stands = ExpressionWrapper(bases.reachable_condition(for_=for_), output_field=BooleanField())
    rows = {row.pk: row for row in Resident.objects.filter(pk__in=set(asked.values())).annotate(known=stands)}
    return {pk: _shown(for_, rows[master], named=named) for pk, master in asked.items()}


def _shown(for_: Actor, row: Resident, *, named: bool) -> Shown:
    minor = row.birth_date > minors.minor_since(clock.today())
    open_ = (named or bool(getattr(row, "known", False))) and (not minor or minors.GATE in for_.role.gates)
    return Shown(
        resident=row.pk, name=row.name if open_ else masking.name(row.name), sex=labels.SEX[row.sex],
        born=row.birth_date.isoformat() if open_ else masking.born(row.birth_date), masked=not open_, minor=minor,
    )  # fmt: skip


def masked_name(*, for_: Actor, name: str) -> str:
    """A name as it was sent, of nobody we know: nobody can have stated a basis for them."""
    return masking.name(name)
