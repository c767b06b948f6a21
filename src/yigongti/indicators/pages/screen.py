"""The big screen: a few figures very large, the exceptions first, turning by itself. The numbers are the cockpit's own.

Readable at eight metres: on a screen of 65 inches (81 cm high) a digit of 11 % of the height is 64 mm, which eight
metres away is 27 minutes of arc; names of 4.4 % are 31 mm, 13 minutes. Under 10 a character is guessed, not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.pages.asked import Looked, cells_at, looked
from yigongti.indicators.pages.cockpit import TREND, exceptions, with_targets
from yigongti.indicators.policy.cockpits import matters_to
from yigongti.indicators.queries.cells import SEE, Cell, newest_run
from yigongti.indicators.targets import Targets
from yigongti.kernel.access.words import registry
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import Indicator
from yigongti.kernel.pages.asking import Request, whole_number
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date


SCREEN = registry.add_permission("indicators.screen", title="看指标大屏", writes=False)
A_VIEW = 6
"""So many figures stand at once, two rows of three."""
TURNS_AFTER = 20
"""Seconds until the next ones."""


@page("indicators.screen", "screen", title="大屏", permission=SCREEN)
def screen(request: Request) -> HttpResponse:
    """The whole screen; asked again by itself it answers with the next figures only."""
    actor = request.actor
    actor.require(SEE)
    look = looked(request)
    views = _views(look)
    turn = _turn(request) % max(len(views), 1)
    run = newest_run(for_=actor)
    context = {
        "look": look, "cards": views[turn] if views else [], "turn": turn + 1, "of": len(views),
        "seconds": TURNS_AFTER, "next": look.address("/screen", turn=str(turn + 1)),
        "place": look.place.name, "period": drawn.said_period(look.period),
        "cut": exact_date(run.began_at) if run else "",
    }  # fmt: skip
    turning = request.headers.get("HX-Target") == "screen"
    return render(request, "indicators/screen_cards.html" if turning else "indicators/screen.html", context)


def _turn(request: Request) -> int:
    return whole_number(request.GET.get("turn", ""), most=10**8) or 0


def _views(look: Looked) -> list[list[dict[str, Any]]]:
    """What is off its target, worst first, then what matters to the role; six at a time."""
    few = [one for code in matters_to(look.actor.role.code) if (one := catalogue.named(code))]
    wanted = with_targets(few)
    held = [one for one in catalogue.known().values() if one.code in wanted]
    found = cells_at(look, held, back=TREND)
    targets = Targets(found)
    off = [one.cell.indicator for one in exceptions(found, targets)]
    chosen = list(dict.fromkeys([*off, *few]))
    cards = [_card(found, one, targets, off) for one in chosen if found[one.code][-1].shown or one in few]
    return [cards[n : n + A_VIEW] for n in range(0, len(cards), A_VIEW)]


def _card(
    found: Mapping[str, Sequence[Cell]], one: Indicator, targets: Targets, off: Sequence[Indicator]
) -> dict[str, Any]:
    cell = found[one.code][-1]
    held = targets.of(cell)
    bare = replace(held, scope="") if held else None  # whose target it is stands on the figure's page
    return {
        "title": say(one.title), "value": drawn.value_of(cell), "unit": drawn.unit_of(one) if cell.shown else "",
        "shown": cell.shown, "period": drawn.said_period(cell.period), "target": drawn.target_words(bare, one),
        "state": drawn.state_of(cell, held) if cell.shown else None, "off": one in off,
        "provisional": cell.status == "provisional",
        "trend": [float(each.value) for each in found[one.code] if each.value is not None],
    }  # fmt: skip
