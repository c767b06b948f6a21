"""Who sees which entries of an opened record: the gates of the special classes and of minors, the wall of social-run
members (R3), and current versions only.

Conditions on `e`, an entry, with their parameters; there is no other way to read one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations
from yigongti.record.policy import social_run, special_classes
from yigongti.residents.queries import minors


# What passes the wall between a social-run member and the others, see policy/social_run.py.
PASSES = "((%(whole)s AND e.institution_id <> ALL(%(apart)s)) OR e.kind = ANY(%(always)s))"
# Of an open class and not behind the wall, or written at the actor's own institution.
SEEN = f"(e.sensitivity = ANY(%(open)s) AND {PASSES} OR e.institution_id = %(own)s)"
# A minor's entries are asked for one by one too: a package of a case is read without opening the record.
GROWN = """(%(minors)s OR EXISTS (SELECT FROM residents_resident p WHERE p.id = e.resident_id
 AND p.birth_date <= %(grown)s))"""
GATE = f"{SEEN} AND {GROWN}"
CURRENT = f"e.replaced_by_id IS NULL AND NOT e.withdrawn AND {GATE}"
# What was entered in error is shown, with all its versions, only where it was written (ADR 0009).
ANY_VERSION = f"(NOT e.withdrawn OR e.institution_id = %(own)s) AND {GATE}"


def own_institution(for_: Actor) -> int | None:
    """The institution the actor's post belongs to, or None for posts above institutions."""
    found = organisations.institution_of(for_=for_)
    return found.pk if found else None


def open_classes(for_: Actor, basis: str) -> list[str]:
    """The sensitivities that the actor's role page and the basis open; '' is everybody's who has opened the record."""
    gates = for_.role.gates if basis in special_classes.OPENED_ON else ()
    return ["", *(code for code in gates if code in special_classes.BY_CODE)]


def _passing() -> tuple[str, ...]:
    """The bases on which the record passes the wall of a social-run member today."""
    said = values.value(social_run.PASSES_ON)
    return said if isinstance(said, tuple) else ()


def sight(for_: Actor, basis: str, rows: Sequence[int] = ()) -> dict[str, Any]:
    """The parameters that the conditions ask: open classes, own institution, walls, and the rows of the person."""
    own = own_institution(for_)
    apart = () if basis in _passing() else organisations.social_run_apart()
    return {
        "open": open_classes(for_, basis),
        "minors": minors.GATE in for_.role.gates,
        "grown": minors.minor_since(clock.today()),
        "own": own,
        "whole": own not in apart,
        "apart": list(apart),
        "always": list(social_run.ALWAYS),
        "rows": list(rows),
        "row": next(iter(rows), 0),
    }


def person(rows: Sequence[int], *, of: str = "e") -> str:
    """Entries of this human. One row is asked with `=`, which lets the index give the order of the timeline."""
    return f"{of}.resident_id = %(row)s" if len(rows) == 1 else f"{of}.resident_id = ANY(%(rows)s)"
