"""A county sets its own target over those that ship: dated, with a source, never by editing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from yigongti.indicators import catalogue
from yigongti.indicators.models import LEVELS, Target
from yigongti.indicators.queries.places import places
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Missing, NotFound


@action("indicators.set_target")
def set_target(
    *, by: Actor, indicator: str, level: str, value: Decimal, begins: date, source: str, place: int | None = None
) -> Receipt:
    """设定本县指标的目标："""
    one = catalogue.named(indicator)
    if one is None or level not in LEVELS or (place is not None and place not in places(for_=by).by_id):
        raise NotFound
    if not source.strip():
        raise Missing(field="source", label="依据")
    made = Target.objects.create(
        indicator=one.code, level=level, place_id=place, value=value, begins=begins, source=source.strip()[:200],
        entered_at=clock.now(), entered_by_id=by.post_id or 0,
    )  # fmt: skip
    return Receipt(
        number=f"MB{made.pk:06d}", href=f"/figures/{one.code}", subject=f"indicators:{one.code}",
        done=phrase("{title}自{day}起目标 {value} {unit}", title=phrase(one.title), day=begins, value=value,
                    unit=phrase(one.unit)),
        facts={"value": str(value), "begins": str(begins), "source": made.source, "level": level},
    )  # fmt: skip
