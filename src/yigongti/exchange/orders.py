"""An order and what answers it, found by their numbers whichever of them came first; the rule is on policy/orders.

A number alone names nothing: two institutions may number alike. Every question here says on whose behalf it is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yigongti.exchange.hl7v2.datatypes import Identifier
from yigongti.exchange.hl7v2.facts import Asked
from yigongti.exchange.hl7v2.order_states import IN_PROGRESS, after
from yigongti.exchange.models import Destination, Sender
from yigongti.exchange.policy.orders import closers, movers
from yigongti.exchange.senders import the_inbox
from yigongti.record.actions import Told, take_in
from yigongti.record.queries import Numbered
from yigongti.record.queries.numbered import appointed, newest, numbered, ordered, placed, reported
from yigongti.record.queries.ordered import state_before, versions_of


BY_PERFORMER = "执行机构报告进度"
WRONG_PERSON = "收到的影像对错了人，已撤回"


def numbers(placer: Identifier | None, filler: Identifier | None) -> dict[str, str]:
    """The two numbers as an entry keeps them."""
    given = {"placer": placer, "filler": filler}
    return {name: one.value for name, one in given.items() if one}


# --- whose


def systems_of(institution: int) -> list[str]:
    """What the systems of an institution call themselves in a header: those that send, and those that are sent to."""
    sent_to = Destination.objects.filter(institution=institution).values_list("application", "facility")
    senders = Sender.objects.filter(channel="hl7v2", institution=institution).values_list("code", flat=True)
    return sorted({*senders, *map("|".join, sent_to)})


def behind(to: Mapping[str, Any] | None) -> frozenset[int]:
    """The institutions of the system for which a message was meant by its header; none where nobody knows it."""
    named = (str((to or {}).get("application", "")), str((to or {}).get("facility", "")))
    if not any(named):
        return frozenset()
    sent_to = Destination.objects.filter(application=named[0], facility=named[1]).values_list("institution", flat=True)
    senders = Sender.objects.filter(channel="hl7v2", code="|".join(named)).values_list("institution", flat=True)
    return frozenset(sent_to) | frozenset(senders)


def performers(order: Numbered) -> frozenset[int]:
    """The institutions that are named to carry an order out."""
    chosen = order.detail.get("performer")
    return (frozenset({int(chosen)}) if chosen else frozenset()) | behind(order.detail.get("to"))


def may_move(order: Numbered, institution: int) -> bool:
    """Whether the institution may say how far the order is."""
    return institution in movers(order.institution_id, performers(order))


def may_close(order: Numbered, institution: int) -> bool:
    """Whether the institution's report closes it."""
    return institution in closers(order.institution_id, performers(order))


# --- which


def spoken_of(
    *, by: int, resident: int, placer: Identifier | None, filler: Identifier | None, either: bool = False
) -> list[Numbered]:
    """The standing orders of the person that an institution may mean by these numbers, held until the end of the
    transaction. The placer's number decides where it is said; `either`: one number that may be of either kind."""
    given = numbers(placer, filler)
    if not given:
        return []
    found = ordered(for_=the_inbox(), resident_id=resident, by=by, systems=systems_of(by),
                    placer=given.get("placer", ""), filler=given.get("filler", ""))  # fmt: skip
    found = [one for one in found if _of_one_numbering(one, placer, filler)]
    if either or placer is None:
        return found
    named = [one for one in found if one.detail.get("placer") == placer.value]
    return named or [one for one in found if not one.detail.get("placer")]


def our_own(*, by: int, placer: Identifier | None) -> Numbered | None:
    """The one order written here that the institution is to carry out and quotes by its number."""
    found = placed(for_=the_inbox(), placer=placer.value, by=by) if placer else []
    return found[0] if len(found) == 1 else None


def of_others(*, by: int, resident: int, placer: Identifier | None, filler: Identifier | None) -> bool:
    """Whether there is an order of the person under the number that the institution may not mean."""
    given = numbers(placer, filler)
    if not given:
        return False
    found = numbered(for_=the_inbox(), resident_id=resident, kind="order", placer=given.get("placer", ""),
                     filler=given.get("filler", ""))  # fmt: skip
    return any(not may_move(one, by) for one in found)


def of_one_asker(found: Sequence[Numbered], placer: Identifier | None) -> list[Numbered]:
    """Orders of one institution; of several, those alone whose numbering is the one that is named; else none."""
    if len({one.institution_id for one in found}) < 2:
        return list(found)
    named = [one for one in found if placer and placer.system and _numbering(one, "placer") == placer.system]
    return named if len({one.institution_id for one in named}) == 1 else []


def awaiting(
    *, asker: int, performs: Iterable[int], resident: int, placer: Identifier | None, filler: Identifier | None
) -> list[Numbered]:
    """The reports that came before this order of the asker's, from who closes it, and that answer no other."""
    given = numbers(placer, filler)
    if not given:
        return []
    said = {"placer": given.get("placer", ""), "filler": given.get("filler", "")}
    found = reported(for_=the_inbox(), resident_id=resident, by=sorted(closers(asker, list(performs))), **said)
    found = [one for one in found if _of_one_numbering(one, placer, filler)]
    taken = {one.detail.get("report") for one in
             (numbered(for_=the_inbox(), resident_id=resident, kind="order", **said) if found else ())}  # fmt: skip
    return [one for one in found if not taken.intersection(versions_of(for_=the_inbox(), entry_id=one.id))]


def appointments(*, by: int, resident: int, placer: Identifier | None, filler: Identifier | None) -> list[Numbered]:
    """The standing appointments of the person that the institution has told of under these numbers."""
    given = numbers(placer, filler)
    found = appointed(for_=the_inbox(), resident_id=resident, by=by, placer=given.get("placer", ""),
                      filler=given.get("filler", ""))  # fmt: skip
    return [one for one in found if _of_one_numbering(one, placer, filler)]


def _of_one_numbering(one: Numbered, placer: Identifier | None, filler: Identifier | None) -> bool:
    """Where both sides name the numbering, it must be the same for a number that agrees."""
    for name, given in (("placer", placer), ("filler", filler)):
        if given and one.detail.get(name) == given.value:
            theirs = _numbering(one, name)
            if not theirs or not given.system or theirs == given.system:
                return True
    return False


def _numbering(one: Numbered, name: str) -> str:
    said = one.detail.get("hl7v2", {})
    return str((said.get("asked", said).get(name) or {}).get("system", ""))


def meant(found: Sequence[Numbered], code: str, *, new: bool = False) -> list[Numbered]:
    """Which of several under one number: those of the same item. A single one is meant whatever it is called, unless
    an order is `new`; all are, where no item is named."""
    same = [one for one in found if one.code == code]
    if not code or same:
        return same or list(found)
    unnamed = [one for one in found if not one.code] if new else found
    return list(unnamed) if len(unnamed) == 1 else []


def answered(*, orders: Sequence[Numbered], report: int, state: str, by: int = 0, asked: Asked | None = None) -> None:
    """A report has come for these orders: a version of each that says so and leads to it."""
    for order in orders:
        more = {"report": order.detail.get("report", report), "state": after(order.detail.get("state", ""), state)}
        _told(order, order.detail | filled(order, by=by, filler=asked.filler if asked else None) | more)


def filled(order: Numbered, *, by: int, filler: Identifier | None) -> dict[str, Any]:
    """The number that who carries it out gives it, where it has none yet, and whose it is."""
    return {"filler": filler.value, "filler_of": by} if filler and not order.detail.get("filler") else {}


def moved(*, orders: Sequence[Numbered], state: str) -> None:
    """Whoever carries these orders out says how far they are."""
    for order in orders:
        _told(order, order.detail | {"state": after(order.detail.get("state", ""), state)})


def _told(order: Numbered, detail: dict[str, Any]) -> None:
    if detail != order.detail:
        again(order, detail=detail, reason=BY_PERFORMER)


def by_accession(*, by: int, resident: int, accession: str) -> Numbered | None:
    """The one order of the person that an institution may mean by this accession number, of either kind."""
    number = Identifier(system="", type="", value=accession, field="") if accession else None
    found = spoken_of(by=by, resident=resident, placer=number, filler=number, either=True) if resident else []
    return found[0] if len(found) == 1 else None


def examined(*, order: Numbered, images: int) -> None:
    """Images have come for this order: it is under way, and leads to them."""
    detail = order.detail | {"images": order.detail.get("images", images)}
    _told(order, detail | {"state": after(order.detail.get("state", ""), IN_PROGRESS)})


def unexamined(*, resident: int, ids: Sequence[int], images: Sequence[int]) -> int:
    """These images were somebody else's: the orders that lead to them wait for theirs again, unless more has been done
    since; how many."""
    held = newest(for_=the_inbox(), resident_id=resident, ids=ids, kind="order")
    found = [one for one in held if one.detail.get("images") in images]
    for order in found:
        detail = {name: part for name, part in order.detail.items() if name != "images"}
        if detail.get("state") == IN_PROGRESS and not detail.get("received_by"):
            before = state_before(for_=the_inbox(), entry_id=order.id, images=int(order.detail["images"]))
            detail["state"] = before or IN_PROGRESS
        again(order, detail=detail, reason=WRONG_PERSON)
    return len(found)


def again(order: Numbered, *, detail: dict[str, Any], reason: str = "", **columns: Any) -> int:
    """A version more of what stands; what is not named stays as it was."""
    held = {name: getattr(order, name) for name in ("title", "system", "code", "text", "author", "at", "until")}
    kind = columns.pop("kind", "order")
    return write(Told(resident_id=order.resident_id, institution_id=order.institution_id, kind=kind, source="inbox",
                      detail=detail, follows=order.id, reason=reason, **{**held, **columns}))  # fmt: skip


def write(told: Told) -> int:
    """Write an entry through the record's door; its number."""
    return int(take_in(by=the_inbox(), key=uuid.uuid4(), told=told).data["entry"])
