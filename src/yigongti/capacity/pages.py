"""Pages of capacity: the bed board and the coming clinics."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.capacity import actions, queries
from yigongti.kernel.audit import trail
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound


@page("capacity.beds", "capacity/beds", title="床位与号源", permission="capacity.see", menu=40, icon="bed")
def beds(request: Request) -> HttpResponse:
    """Own wards with their beds; where one has none, what the group can hold now."""
    boards = queries.ward_boards(for_=request.actor)
    shown = [stay.resident_id for board in boards for _bed, stay in board.beds if stay]
    trail.saw(by=request.actor, page="capacity.beds", sentence="查看床位", persons=shown, basis="bed")
    rooms = queries.receiving_rooms(for_=request.actor, text=request.GET.get("q", ""))
    manages = request.actor.may("capacity.manage")
    clinics = queries.clinic_days(for_=request.actor)
    context = {"boards": boards, "rooms": rooms, "clinics": clinics, "manages": manages}
    return render(request, "capacity/beds.html", context)


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
