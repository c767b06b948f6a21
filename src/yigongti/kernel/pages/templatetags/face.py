"""Template tags of the face: icons, said dates, masks, clocks, fields, charts and maps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.pages import drawing, markup, news, said
from yigongti.kernel.pages.fields import field_of
from yigongti.kernel.pages.parts import Clock, Field


register = template.Library()
register.simple_tag(say, name="t")


register.simple_tag(markup.icon)
register.simple_tag(markup.state, name="state_chip")
register.simple_tag(markup.clock, name="clock_words")
register.simple_tag(markup.person, name="person_chip")


@register.simple_tag(takes_context=True)
def unread_notices(context: template.Context) -> str:
    """How many notices the one who asks has not read: 7, 99+, or nothing."""
    actor = getattr(context.get("request"), "actor", None)
    found = news.unread(for_=actor) if actor else 0
    return f"{news.MANY - 1}+" if found >= news.MANY else str(found or "")


@register.simple_tag
def moment() -> str:
    """Now, by the server's clock: the page goes on counting from it."""
    return clock.now().isoformat(timespec="seconds")


@register.simple_tag
def once() -> SafeString:
    """The idempotency key of a form; `once.js` renews it, without scripts this one serves."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())


@register.filter
def said_date(moment: date | datetime | None) -> SafeString | str:
    """The date as people say it, exact on hover and on paper."""
    if moment is None:
        return ""
    exact = said.exact_date(moment)
    return format_html(
        '<time datetime="{}" title="{}"><span class="said">{}</span><span class="exact">{}</span></time>',
        moment.isoformat(),
        exact,
        said.said_date(moment, now=clock.now()),
        exact,
    )


@register.filter
def age(born: date | None) -> str:
    return said.said_age(born, today=clock.today()) if born else ""


@register.filter
def due_clock(due: datetime | None) -> Clock | None:
    """A deadline as a `Clock` for `parts/clock.html`."""
    return said.due_clock(due, now=clock.now()) if due else None


@register.filter
def masked_name(name: str) -> str:
    return said.masked_name(name)


@register.filter
def masked_id(number: str) -> str:
    return said.masked_id(number)


@register.filter
def masked_phone(number: str) -> str:
    return said.masked_phone(number)


@register.inclusion_tag("parts/field.html")
def form_field(bound: BoundField) -> dict[str, Field]:
    """A field of a Django form, drawn like every other field."""
    return {"field": field_of(bound)}


@register.inclusion_tag("parts/chart.html")
def line_chart(series: drawing.Series | Sequence[drawing.Series]) -> dict[str, object]:
    """One series or several on one axis, with their target bands and a table that says the same."""
    several = [series] if isinstance(series, drawing.Series) else list(series)
    return {"chart": drawing.line_chart(several), "label": "、".join(one.label for one in several)}


@register.inclusion_tag("parts/map.html")
def outline_map(
    rings: Sequence[Sequence[tuple[float, float]]], places: Sequence[drawing.Place], source: str
) -> dict[str, object]:
    """An outline with places; the source is always said, since it is not an official map."""
    return {"map": drawing.outline_map(rings, places), "source": source}


@register.filter
def sparkline(values: Sequence[float]) -> str:
    return drawing.sparkline(values)


@register.filter
def minutes(seconds: int | None) -> int:
    """Whole minutes, for a session that says how long it still lasts."""
    return max(0, int(seconds or 0)) // 60


@register.filter
def cell_text(cell: object) -> object:
    """The words of a table cell, be it plain text or a `Cell`."""
    return getattr(cell, "text", cell)


@register.filter
def nth(items: Sequence[object], index: int) -> object:
    """The column that belongs to a cell."""
    return items[index]
