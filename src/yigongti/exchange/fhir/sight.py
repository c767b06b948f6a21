"""Which resources a client may see: one SQL condition on a row, asked by every read, search, count, chain and include.

What its own institution sent it may always read back. Registers are everybody's. What is about a person it sees on the
standing bases of its role page, as the screens do: special classes closed unless the page has their gate, minors closed
unless it has theirs, and the wall around social-run members (R3) between the two.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.models import Sender
from yigongti.exchange.policy.fhir_systems import REGISTERS
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations
from yigongti.residents.queries import minors
from yigongti.residents.queries.scopes import Scope, scopes


FRESH_SECONDS = 5.0
PASSES_ON = "record.social_run_bases"
ALWAYS = "AllergyIntolerance"
"""What nobody may wait for passes every wall."""

PERSON = """EXISTS (SELECT FROM residents_resident a JOIN residents_resident m ON m.id = a.master_id
 WHERE a.id = {whom} AND ({holds}){grown})"""
PEOPLE = "SELECT m.id FROM residents_resident m WHERE {holds}"
EACH = "NOT EXISTS (SELECT FROM unnest({r}.also) o(id) WHERE NOT {person})"
OWN = "{r}.sender_id = ANY(%(s_own)s)"
ALL = "NOT EXISTS (SELECT FROM unnest({r}.person_id || {r}.also) o(id) WHERE NOT {person})"
WHOLE = """({r}.sender_id = ANY(%(s_own)s){own_grown}
 OR {r}.person_id IS NULL AND {r}.type = ANY(%(s_registers)s)
 OR {r}.person_id IS NOT NULL AND {r}.classes <@ %(s_open)s::text[] AND {reached})"""
RECORD = """{person} AND ({r}.sender_id = ANY(%(s_home)s) OR coalesce({r}.classes, '{{}}') <@ %(s_open)s::text[]
 AND (%(s_whole)s AND {r}.sender_id <> ALL(%(s_walled)s) OR {r}.type = %(s_always)s OR {passing}))"""
WALL = """({plain} AND (%(s_whole)s AND {r}.sender_id <> ALL(%(s_apart)s) OR {r}.type = %(s_always)s) OR {passing})"""


@dataclass(frozen=True, slots=True)
class Sight:
    """The condition, with `{r}` where the row's alias goes, and its parameters."""

    where: str
    given: dict[str, Any]
    own: str = ""
    """What suffices by itself and is planned at once: sent by the client's own institution; '' where it does not."""
    record: str = "false"
    """On an entry of the platform's own record, whose `sender_id` is the institution that wrote it."""
    person: str = "false"
    """On whom a row is about: a standing basis holds."""
    people: str = ""
    """A query of the ids of all for whom one holds, some of them more than once."""

    def on(self, alias: str) -> str:
        """The condition for a row of that alias."""
        return self.where.replace("{r}", alias)


_known: dict[tuple[int, int, int], tuple[float, Sight]] = {}


def sight_of(*, for_: Caller) -> Sight:
    """Kept for a few seconds: it changes when an institution moves, never by what happens to a person."""
    place = (for_.client, for_.sender, id(for_.actor.role))
    kept = _known.get(place)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        if len(_known) > 1000:
            _known.clear()
        kept = _known[place] = (time.monotonic(), _sight(for_))
    return kept[1]


def forget() -> None:
    """Ask again at the next request: between tests."""
    _known.clear()


def _sight(for_: Caller) -> Sight:
    actor = for_.actor
    given: dict[str, Any] = _senders(for_) | {
        "s_registers": sorted(REGISTERS),
        "s_open": list(actor.role.gates),
        "s_always": ALWAYS,
    }
    gated = minors.GATE in actor.role.gates
    if not gated:
        given["s_grown"] = minors.minor_since(clock.today())
    each_ = _holds_each(actor, given, "a")
    holds = " OR ".join(each_) or "false"
    people = " UNION ALL ".join(PEOPLE.format(holds=one) for one in each_ or ["false"])
    if given["s_whole"] and not given["s_apart"]:
        # All who are named at once: the condition stands once, and PostgreSQL plans it in half the time.
        told = _told(ALL.format(r="{r}", person=_person("o.id", holds, gated)), gated, given)
        return replace(_with_record(told, holds, "true", gated), people=people)
    passing = " OR ".join(_holds_each(_passing(actor), given, "b")) or "false"
    plain = _person("{r}.person_id", holds, gated)
    reached = WALL.format(r="{r}", plain=plain, passing=_person("{r}.person_id", passing, gated))
    each = EACH.format(r="{r}", person=_person("o.id", holds, gated))
    told = _told(f"{reached} AND ({{r}}.also IS NULL OR {each})", gated, given)
    return replace(_with_record(told, holds, _person("{r}.person_id", passing, gated), gated), people=people)


def _with_record(sight: Sight, holds: str, passing: str, gated: bool) -> Sight:
    """As the screens: whoever is reached, and of them what is open, on this side of the wall, or written at home."""
    person = _person("{r}.person_id", holds, gated)
    return replace(sight, person=person, record=RECORD.format(r="{r}", person=person, passing=passing))


def _told(reached: str, gated: bool, given: dict[str, Any]) -> Sight:
    own_grown = "" if gated else " AND ({r}.person_id IS NULL OR " + _person("{r}.person_id", "true", gated) + ")"
    return Sight(WHOLE.format(r="{r}", own_grown=own_grown, reached=reached), given, OWN if gated else "")


def _person(whom: str, holds: str, gated: bool) -> str:
    return PERSON.format(whom=whom, holds=holds, grown="" if gated else " AND m.birth_date <= %(s_grown)s")


def _holds_each(actor: Actor, given: dict[str, Any], prefix: str) -> list[str]:
    """The bases that hold for a master row `m`, as the search by name asks for them."""
    return [_named(scope, given, f"s_{prefix}{n}") for n, scope in enumerate(scopes(for_=actor))]


def _named(scope: Scope, given: dict[str, Any], prefix: str) -> str:
    """The condition with its values by name, so that it can stand several times in one statement."""
    parts = scope.on("m").split("%s")
    names = [f"{prefix}_{n}" for n in range(len(parts) - 1)]
    given.update(zip(names, scope.params, strict=True))
    places = [*(f"%({name})s" for name in names), ""]
    return "(" + "".join(part + place for part, place in zip(parts, places, strict=True)) + ")"


def _passing(actor: Actor) -> Actor:
    """The same actor with only those bases on which the record passes the wall."""
    said = values.value(PASSES_ON)
    passes = said if isinstance(said, tuple) else ()
    return replace(actor, role=replace(actor.role, bases=tuple(code for code in actor.role.bases if code in passes)))


def _senders(for_: Caller) -> dict[str, Any]:
    """The senders of the client's own institution, and those that stand behind the wall."""
    own = organisations.institution_of(for_=for_.actor)
    apart: Sequence[int] = organisations.social_run_apart()
    rows = Sender.objects.filter(institution__in=[*apart, own.pk if own else 0]).values_list("pk", "institution_id")
    return {
        "s_own": [for_.sender, *(pk for pk, where in rows if own and where == own.pk and pk != for_.sender)],
        "s_apart": [pk for pk, where in rows if where in apart],
        "s_whole": own is None or own.pk not in apart,
        "s_home": [own.pk] if own else [],
        "s_walled": list(apart),
    }
