"""An order and what answers it, found by their numbers whichever of them came first and whoever sent it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from yigongti.exchange.hl7v2.datatypes import Identifier
from yigongti.exchange.hl7v2.facts import Asked
from yigongti.exchange.hl7v2.order_states import IN_PROGRESS, after
from yigongti.exchange.senders import the_inbox
from yigongti.record.actions import Told, take_in
from yigongti.record.queries import Numbered, numbered


BY_PERFORMER = "执行机构报告进度"


def numbers(placer: Identifier | None, filler: Identifier | None) -> dict[str, str]:
    """The two numbers as an entry keeps them."""
    given = {"placer": placer, "filler": filler}
    return {name: one.value for name, one in given.items() if one}


def standing(*, resident: int, kinds: Sequence[str], placer: Identifier | None, filler: Identifier | None,
             ) -> dict[str, list[Numbered]]:  # fmt: skip
    """What stands of the person under either number, held until the end of the transaction."""
    given = numbers(placer, filler)
    if not given:
        return {kind: [] for kind in kinds}
    found = numbered(for_=the_inbox(), resident_id=resident, kinds=kinds, placer=given.get("placer", ""),
                     filler=given.get("filler", ""))  # fmt: skip
    return {kind: [one for one in ones if _of_one_numbering(one, placer, filler)] for kind, ones in found.items()}


def _of_one_numbering(one: Numbered, placer: Identifier | None, filler: Identifier | None) -> bool:
    """Two systems may number alike: where both name theirs, it must be the same for a number that agrees."""
    said = one.detail.get("hl7v2", {})
    asked = said.get("asked", said)
    for name, given in (("placer", placer), ("filler", filler)):
        if given and one.detail.get(name) == given.value:
            theirs = asked.get(name, {}).get("system", "")
            if not theirs or not given.system or theirs == given.system:
                return True
    return False


def meant(found: Sequence[Numbered], code: str, *, new: bool = False) -> list[Numbered]:
    """Which of several under one number: those of the same item. A single one is meant whatever it is called, unless
    an order is `new`; all are, where no item is named."""
    same = [one for one in found if one.code == code]
    if not code or same:
        return same or list(found)
    unnamed = [one for one in found if not one.code] if new else found
    return list(unnamed) if len(unnamed) == 1 else []


def answered(*, orders: Sequence[Numbered], report: int, state: str, asked: Asked | None = None) -> None:
    """A report has come for these orders: a version of each that says so and leads to it."""
    given = numbers(asked.placer, asked.filler) if asked else {}
    for order in orders:
        more = {"report": order.detail.get("report", report), "state": after(order.detail.get("state", ""), state)}
        _told(order, given | order.detail | more)


def moved(*, orders: Sequence[Numbered], state: str) -> None:
    """Whoever carries these orders out says how far they are."""
    for order in orders:
        _told(order, order.detail | {"state": after(order.detail.get("state", ""), state)})


def _told(order: Numbered, detail: dict[str, Any]) -> None:
    if detail != order.detail:
        again(order, detail=detail, reason=BY_PERFORMER)


def by_accession(*, resident: int, accession: str) -> Numbered | None:
    """The one order of the person that bears this accession number, as its placer's number or its filler's."""
    if not resident or not accession:
        return None
    found = numbered(for_=the_inbox(), resident_id=resident, kinds=("order",), placer=accession, filler=accession)
    return found["order"][0] if len(found["order"]) == 1 else None


def examined(*, order: Numbered, images: int) -> None:
    """Images have come for this order: it is under way, and leads to them."""
    detail = order.detail | {"images": order.detail.get("images", images)}
    _told(order, detail | {"state": after(order.detail.get("state", ""), IN_PROGRESS)})


def again(order: Numbered, *, detail: dict[str, Any], reason: str = "", **columns: Any) -> int:
    """A version more of what stands; what is not named stays as it was."""
    held = {name: getattr(order, name) for name in ("title", "system", "code", "text", "author", "at", "until")}
    kind = columns.pop("kind", "order")
    return write(Told(resident_id=order.resident_id, institution_id=order.institution_id, kind=kind, source="inbox",
                      detail=detail, follows=order.id, reason=reason, **{**held, **columns}))  # fmt: skip


def write(told: Told) -> int:
    """Write an entry through the record's door; its number."""
    return int(take_in(by=the_inbox(), key=uuid.uuid4(), told=told).data["entry"])
