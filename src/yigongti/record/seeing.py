"""Who sees which entries of an opened record: the gate of the special classes, and current versions only."""

from __future__ import annotations

from django.db.models import Q

from yigongti.kernel.access.actor import Actor
from yigongti.organisations import queries as organisations
from yigongti.record.policy import special_classes


CURRENT = Q(replaced_by__isnull=True, withdrawn=False)


def own_institution(for_: Actor) -> int | None:
    """The institution the actor's post belongs to, or None for posts above institutions."""
    found = organisations.institution_of(for_=for_)
    return found.pk if found else None


def open_classes(for_: Actor, basis: str) -> list[str]:
    """The sensitivities that the actor's role page and the basis open; '' is everybody's who has opened the record."""
    gates = for_.role.gates if basis in special_classes.OPENED_ON else ()
    return ["", *(code for code in gates if code in special_classes.BY_CODE)]


def visible(for_: Actor, basis: str) -> Q:
    """Entries that pass the gate: of an open class, or written at the actor's own institution."""
    opened = Q(sensitivity__in=open_classes(for_, basis))
    own = own_institution(for_)
    return opened if own is None else opened | Q(institution_id=own)
