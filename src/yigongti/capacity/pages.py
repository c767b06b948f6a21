"""Pages of capacity: the bed board and the coming clinics."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.capacity import actions, queries
from yigongti.kernel.audit import trail
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound


@page("capacity.beds", "capacity/beds", title="床位与号源", permission="capacity.see", menu=40, icon="bed")
def beds(request: Request) -> HttpResponse:
    """Wards within reach with their counts; for those who treat or receive, the beds of one ward and who lies there."""
    wards = queries.wards(for_=request.actor)
    chosen = _chosen(request, [ward.pk for ward in wards])
    beds_shown = queries.beds_of(for_=request.actor, ward_id=chosen) if chosen else []
    persons = [stay.resident_id for _bed, stay in beds_shown if stay]
    trail.saw(by=request.actor, page="capacity.beds", sentence="查看床位", persons=persons, basis="bed")
    rooms = queries.receiving_rooms(for_=request.actor, text=request.GET.get("q", ""))
    context = {
        "wards": [ward for ward in wards if ward.free],
        "full_wards": [ward for ward in wards if not ward.free],
        "ward": next((ward for ward in wards if ward.pk == chosen), None),
        "beds": beds_shown,
        "names": request.actor.may("residents.see"),
        "asked": request.GET.get("q", ""),
        "rooms": [room for room in rooms if room.free_beds or room.free_slots],
        "full_rooms": [room for room in rooms if not room.free_beds and not room.free_slots],
        "clinics": queries.clinic_days(for_=request.actor),
        "manages": request.actor.may("capacity.manage"),
    }
    return render(request, "capacity/beds.html", context)


def _chosen(request: Request, wards: list[int]) -> int | None:
    """The ward whose beds are shown: only to roles that may see persons at all."""
    if not request.actor.may("residents.see") or not wards:
        return None
    asked = row_number(request.GET.get("ward", ""))
    return asked if asked in wards else wards[0]


@page(
    "capacity.bed_use",
    "capacity/beds/<int:bed_id>/<str:act>",
    title="管理床位",
    permission="capacity.manage",
    writes=True,
)
def bed_use(request: Request, bed_id: int, act: str) -> HttpResponse:
    """Take a bed out of use, or put it back."""
    acts = {"out": actions.take_out, "back": actions.put_back}
    if request.method != "POST" or act not in acts:
        raise NotFound
    return done(request, acts[act](by=request.actor, key=key_of(request), bed_id=bed_id))
