"""The templates of all pages: Jinja2, which compiles them, with the few names that every template may use.

Functions: t (a text in the reader's language), icon, state_chip, clock_words, person_chip, once, moment, static,
form_field, line_chart, outline_map, pdf_possible. Filters: said_label, said_date, actor, day, age, masked_name,
masked_id, masked_phone, sparkline, minutes, cell_text, in_groups, plain_number, linebreaksbr, and Jinja2's own. A name
that a page does not give is empty, not an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import uuid4

from django.forms import BoundField
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2, Template
from django.template.defaultfilters import floatformat
from django.templatetags.static import static
from django.utils.safestring import SafeString
from jinja2 import ChainableUndefined, Environment
from markupsafe import Markup, escape

from yigongti.kernel import clock
from yigongti.kernel.access.words import registry
from yigongti.kernel.language import in_english, say
from yigongti.kernel.pages import drawing, markup, opened, paper, said
from yigongti.kernel.pages.fields import field_of


TOKEN = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')


class Drawn(Template):
    """A template in which what the page says wins over what surrounds every page."""

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        """The page as text; raises what a template raises."""
        around: dict[str, Any] = {}
        if request is not None:
            token = get_token(request)  # masked anew each time it is asked for, and a page has dozens of forms
            proof = TOKEN.format(token) + opened.field_for(getattr(request, "actor", None))
            around = {"request": request, "csrf_token": token, "csrf_input": proof}
            for surrounding in self.backend.template_context_processors:
                around.update(surrounding(request))
        return SafeString(self.template.render({**around, **(context or {})}))


class Templates(Jinja2):
    """The backend: templates stand in each chapter's folder `templates`."""

    app_dirname = "templates"

    def get_template(self, template_name: str) -> Drawn:
        """The compiled template of that name. Raises TemplateDoesNotExist, TemplateSyntaxError."""
        found = super().get_template(template_name)
        return Drawn(found.template, found.backend)


def environment(**options: Any) -> Environment:
    """Jinja2 with the names of the face."""
    options["undefined"] = ChainableUndefined
    made = Environment(**options)  # noqa: S701 - the backend turns escaping on
    made.globals.update(FUNCTIONS)
    made.globals.update(_parts(made))
    made.filters.update(FILTERS)
    return made


def _parts(made: Environment) -> dict[str, Callable[..., Markup]]:
    """The functions that draw a part of its own from what a page gives them."""

    def drawn(name: str, **context: object) -> Markup:
        return Markup(made.get_template(name).render(context))  # noqa: S704 - a template escapes

    def form_field(bound: BoundField) -> Markup:
        """A field of a Django form, drawn like every other field."""
        return drawn("parts/field.html", field=field_of(bound))

    def line_chart(series: drawing.Series | Sequence[drawing.Series]) -> Markup:
        """One series or several on one axis, with their target bands and a table that says the same."""
        several = [series] if isinstance(series, drawing.Series) else list(series)
        label = "、".join(one.label for one in several)
        return drawn("parts/chart.html", chart=drawing.line_chart(several), label=label)

    def outline_map(
        rings: Sequence[Sequence[tuple[float, float]]], places: Sequence[drawing.Place], source: str
    ) -> Markup:
        """An outline with places; the source is always said, since it is not an official map."""
        return drawn("parts/map.html", map=drawing.outline_map(rings, places), source=source)

    return {"form_field": form_field, "line_chart": line_chart, "outline_map": outline_map}


# --- functions


def once() -> Markup:
    """The idempotency key of a form; `once.js` renews it, without scripts this one serves."""
    return Markup('<input type="hidden" name="key" value="{}">').format(uuid4())


def moment() -> str:
    """Now, by the server's clock: the page goes on counting from it."""
    return clock.now().isoformat(timespec="seconds")


# --- filters


def said_label(text: object) -> str:
    """A label that comes from a definition, in the reader's language."""
    return say(text if isinstance(text, str) else str(text)) if text else ""


def actor(stored: object) -> str:
    """Who acted, as kept (name·role·unit), with the role's title in the reader's language."""
    if not in_english():
        return str(stored or "")
    titles = {role.title for role in registry.roles.values()}
    return "·".join(say(part) if part in titles else part for part in str(stored or "").split("·"))


def said_date(moment: date | datetime | None) -> Markup | str:
    """The date as people say it, exact on hover and on paper."""
    if not moment:
        return ""
    exact = escape(said.exact_date(moment))
    words = escape(said.said_date(moment, now=clock.now()))
    return Markup(  # noqa: S704 - escaped above
        f'<time datetime="{moment.isoformat()}" title="{exact}"><span class="said">{words}</span>'
        f'<span class="exact">{exact}</span></time>'
    )


def day(moment: date | datetime | None) -> str:
    """The date alone, of the county's own day."""
    if not moment:
        return ""
    return (moment.astimezone(clock.COUNTY_ZONE) if isinstance(moment, datetime) else moment).strftime("%Y-%m-%d")


def age(born: date | None, died: date | None = None) -> str:
    """How old a person is today, or was at death, in the unit that fits the age."""
    return said.said_age(born, today=died or clock.today()) if born else ""


def minutes(seconds: int | None) -> int:
    """Whole minutes, for a session that says how long it still lasts."""
    return max(0, int(seconds or 0)) // 60


def cell_text(cell: object) -> object:
    """The words of a table cell, be it plain text or a `Cell`."""
    return getattr(cell, "text", cell)


class Group(NamedTuple):
    """Neighbours of a list that have something in common."""

    grouper: object
    list: list[Any]


def in_groups(items: Iterable[Any], attribute: str) -> list[Group]:
    """Neighbours with the same attribute, in the order they came; a moment counts as its day."""

    def common(item: object) -> object:
        found = getattr(item, attribute)
        return day(found) if isinstance(found, datetime) else found

    return [Group(grouper, list(members)) for grouper, members in groupby(items, key=common)]


def plain_number(number: object) -> str:
    """At most two decimals, none where none are needed."""
    return floatformat(number, "-2")


def linebreaksbr(text: object) -> Markup:
    """Lines as they were typed."""
    return Markup("<br>").join(str(text or "").splitlines())


FUNCTIONS: dict[str, Callable[..., object]] = {
    "t": say,
    "static": static,
    "icon": markup.icon,
    "state_chip": markup.state,
    "clock_words": markup.clock,
    "person_chip": markup.person,
    "once": once,
    "moment": moment,
    "pdf_possible": paper.possible,
}
FILTERS: dict[str, Callable[..., object]] = {
    "said_label": said_label,
    "said_date": said_date,
    "actor": actor,
    "day": day,
    "age": age,
    "masked_name": said.masked_name,
    "masked_id": said.masked_id,
    "masked_phone": said.masked_phone,
    "sparkline": drawing.sparkline,
    "minutes": minutes,
    "cell_text": cell_text,
    "in_groups": in_groups,
    "plain_number": plain_number,
    "linebreaksbr": linebreaksbr,
}
