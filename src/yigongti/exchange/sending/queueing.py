"""What was written into the record is put into the outbox of whoever it is for, in the same transaction.

An order goes to the system for which its message was meant (MSH-5 and MSH-6), one written here to the systems of the
institution that is to carry it out: its own institution has asked for that, so it goes as that institution's. A report
goes where it was asked for, and where the person is being referred; the record decides it for the institution's
interface as it does for its people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from yigongti.exchange.hl7v2.writing import Envelope, order_message, result_message, taken_back
from yigongti.exchange.models import Destination, Outgoing
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.sending.composing import order_of, result_of
from yigongti.exchange.sending.whom import HOUSE, interface_of, remember_ours, subject_of
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.refusal import Refusal
from yigongti.organisations.queries import county_name, open_institutions
from yigongti.record.queries import Opened, Row, entries_by_ids, open_record
from yigongti.record.queries.ordered import Relation, ordering, versions_of
from yigongti.residents.queries.held import held


NEXT = "SELECT nextval(pg_get_serial_sequence('exchange_outgoing', 'id'))"


@event.on("record.written")
def queue(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """Put what was written into the outboxes of those for whom it is."""
    destinations = list(Destination.objects.select_related("institution__unit").order_by("pk"))
    for_orders = [one for one in destinations if one.orders]
    for_results = [one for one in destinations if one.results]
    orders = facts["entries"].get("order", ())
    for entry in orders if for_orders else ():
        _order(entry, for_orders)
    if for_results:
        for entry, order in {**dict.fromkeys(facts["entries"].get("report", ())), **_answering(orders)}.items():
            report(entry, for_results, order)


def _answering(orders: Sequence[int]) -> dict[int, int]:
    """The reports that were there before their order: only now somebody is known to have asked for them."""
    found = ordering(for_=the_inbox(), ids=orders) if orders else {}
    return {one.report: pk for pk, one in found.items() if one.version == 1 and one.report}


# --- orders


def _order(entry: int, destinations: Sequence[Destination]) -> None:
    order = ordering(for_=the_inbox(), ids=[entry]).get(entry)
    meant = [one for one in destinations if order and _is_meant(one, order)]
    if order is None or not meant:
        return
    asker = open_institutions().select_related("unit").filter(pk=order.institution_id).first()
    for destination in meant if asker else ():
        opened, row = _seen(interface_of(asker, title=destination.title), order.resident_id, entry)
        if opened and row:
            _put_order(destination, opened, row)


def _is_meant(one: Destination, order: Relation) -> bool:
    """By the header of the message that brought it; one written here, by the institution that is to carry it out."""
    if order.to:
        return (one.application, one.facility) == order.to
    return one.institution_id == order.performer


def _put_order(destination: Destination, opened: Opened, row: Row) -> None:
    about = min(versions_of(for_=the_inbox(), entry_id=row.id))
    known = Outgoing.objects.filter(destination=destination, kind="order", about=about).exists()
    asked = order_of(row, known=known)
    if asked:
        subject = subject_of(opened, destination)
        _put(destination, "order", row.id, about, opened, lambda cover: order_message(cover, subject, asked))


# --- results


def report(entry: int, destinations: Sequence[Destination], order: int | None) -> None:
    """Put a report into the outboxes of those of the destinations whose institutions may have it."""
    found = ordering(for_=the_inbox(), ids=[entry], kind="report").get(entry)
    if found is None:
        return
    about = min(versions_of(for_=the_inbox(), entry_id=entry))
    others = [one for one in destinations if one.institution_id != found.institution_id]
    actors = [interface_of(one.institution, title=one.title) for one in others]
    holds = held(for_=actors, resident_id=found.resident_id)
    for destination, actor, standing in zip(others, actors, holds, strict=True):
        if found.withdrawn:
            _take_back(destination, entry, about)
        elif standing:
            _send_report(destination, actor, found.resident_id, entry, about, order)


def _send_report(
    destination: Destination, actor: Actor, resident: int, entry: int, about: int, order: int | None
) -> None:
    opened, row = _seen(actor, resident, entry)
    if opened is None or row is None:
        return
    asked_for = row.detail.get("order") or order
    found = entries_by_ids(for_=actor, ids=[asked_for], basis=opened.basis.code) if asked_for else []
    own = next((one for one in found if one.institution_id == destination.institution_id), None)
    if opened.basis.code == "ordered" and own is None:
        return
    asked, report = result_of(row, own)
    subject = subject_of(opened, destination)
    _put(destination, "result", entry, about, opened, lambda cover: result_message(cover, subject, asked, report))


def _take_back(destination: Destination, entry: int, about: int) -> None:
    """Who was told of a report is told that it was wrong, and nothing else of the person."""
    told = Outgoing.objects.filter(destination=destination, kind="result", about=about, state__in=("queued", "sent"))
    last = told.order_by("-pk").first()
    if last is not None and last.entry_id != entry:
        body = bytes(last.body)
        _insert(destination, "result", entry, about, last.resident_id, lambda cover: taken_back(body, cover))


# --- the outbox


def _seen(actor: Actor, resident: int, entry: int) -> tuple[Opened | None, Row | None]:
    """The entry as the interface may see it now."""
    try:
        opened = open_record(for_=actor, resident_id=resident)
    except Refusal:
        return None, None
    found = entries_by_ids(for_=actor, ids=[entry], basis=opened.basis.code)
    return opened, found[0] if found else None


def _put(destination: Destination, kind: str, entry: int, about: int, opened: Opened, write: Any) -> None:
    if Outgoing.objects.filter(destination=destination, kind=kind, entry=entry).exists():
        return
    made = _insert(destination, kind, entry, about, opened.resident.pk, write)
    remember_ours(destination, opened)
    actor = interface_of(destination.institution, title=destination.title)
    trail.saw(by=actor, page="exchange.sent", sentence="由接口发出", persons=[opened.resident.pk],
              basis=opened.basis.code, subject=f"exchange.Outgoing:{made.pk}")  # fmt: skip


def _insert(destination: Destination, kind: str, entry: int, about: int, resident: int, write: Any) -> Outgoing:
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        number = int(cursor.fetchone()[0])
    cover = Envelope(
        control_id=f"YGO{number}", at=clock.now(), us=(HOUSE, county_name()),
        them=(destination.application, destination.facility), charset=destination.charset,
    )  # fmt: skip
    return Outgoing.objects.create(id=number, destination=destination, kind=kind, entry_id=entry, about=about,
                                   resident_id=resident, control_id=cover.control_id, body=write(cover),
                                   made_at=cover.at)  # fmt: skip
