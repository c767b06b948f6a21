"""What a register declares, and how its rows are read, shown and saved; register.py opens its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.language import phrase, say
from yigongti.kernel.pages.picked import RegisterForm
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import NotAllowed, NotFound, Refusal, raise_all


Condition = Callable[[Actor], Q]


class AlreadyThere(Refusal):
    """同样的一条{title}已经有了。"""


class ChangedMeanwhile(Refusal):
    """这条{title}在您打开之后被别人改过，请核对新内容后再保存。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register. `write` saves a valid form (its own `save` unless told); `warns` says what is odd about a row
    and must ask the database nothing; `about` says what the form does not hold; `shipped` lists what holds unless a
    row says otherwise, for the same search and filters."""

    code: str
    route: str
    title: str
    model: type[models.Model]
    form: type[RegisterForm]
    columns: Mapping[str, str]
    scope: Condition
    mine: Condition
    reads: str = ""
    writes: str = ""
    order: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    words: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    write: Callable[[Actor, RegisterForm], models.Model] | None = None
    after: Callable[[], None] | None = None
    warns: Callable[[Any], list[str]] | None = None
    about: Callable[[Any], list[tuple[str, str]]] | None = None
    acts: Callable[[Actor, Any], list[Any]] | None = None
    tabs: Callable[[Actor, str], list[Any]] | None = None
    shipped: Callable[[str, Mapping[str, str]], list[Any]] | None = None
    menu: int = 0
    icon: str = ""

    @property
    def may_read(self) -> str:
        """The permission to read: the register's own code unless it shares one."""
        return self.reads or self.code

    @property
    def may_write(self) -> str:
        """The permission to write: `<code>.save` unless it shares one."""
        return self.writes or f"{self.code}.save"

    # --- reading

    def rows(self, *, for_: Actor) -> QuerySet[Any]:
        """What the actor may read, with what a row shows."""
        return self.model._default_manager.filter(self.scope(for_)).select_related(*self.related)

    def row(self, *, for_: Actor, pk: str, writing: bool = False) -> Any:
        """One row in scope, or within reach for a write; NotFound otherwise."""
        try:
            value = self.model._meta.pk.to_python(pk)
        except ValidationError:
            raise NotFound from None
        rows = self.model._default_manager.filter(self.mine(for_)) if writing else self.rows(for_=for_)
        found = rows.filter(pk=value).first()
        if found is None:
            raise NotFound
        return found

    def found(self, *, for_: Actor, text: str, chosen: Mapping[str, str]) -> QuerySet[Any]:
        """The rows that answer a search and the chosen filters, in the register's order."""
        rows = self.rows(for_=for_)
        if text.strip():
            hits = Q()
            for lookup in self.search:
                hits |= Q(**{lookup: text.strip()})
            rows = rows.filter(hits)
        rows = rows.filter(**{name: value for name, value in chosen.items() if value})
        return rows.order_by(*self.keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """What the rows are ordered by, down to the key that breaks every tie."""
        down = bool(self.order) and self.order[-1].startswith("-")
        return (*self.order, "-pk" if down else "pk")

    def mark(self, row: models.Model) -> list[str]:
        """Where a page ends."""
        return [str(getattr(row, key.lstrip("-"))) for key in self.keys]

    def beyond(self, mark: list[str]) -> Q:
        """The rows after such a mark; NotFound for one that cannot be ours."""
        meta = self.model._meta
        fields: list[Any] = [
            meta.pk if key.lstrip("-") == "pk" else meta.get_field(key.lstrip("-")) for key in self.keys
        ]
        try:
            values = [field.to_python(value) for field, value in zip(fields, mark, strict=True)]
        except (ValidationError, ValueError):
            raise NotFound from None
        after, same = Q(pk__in=()), Q()
        for key, value in zip(self.keys, values, strict=True):
            name = key.lstrip("-")
            after |= same & Q(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": value})
            same &= Q(**{name: value})
        return after

    def shown(self, row: Any, column: str) -> str:
        """One cell in words: labels for codes, dates as dates, names for things."""
        value = row
        for part in column.split("__"):
            value = getattr(value, part, None)
        return self.said(column, value)

    def said(self, column: str, value: Any) -> str:
        """A value in words."""
        words = self.words.get(column)
        if words is not None and value in words:
            return say(words[value])
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return say("是") if value else say("否")
        if isinstance(value, (date, datetime)):
            return exact_date(value)
        return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)

    # --- writing

    def subject(self, row: models.Model) -> str:
        """What the audit trail calls the row."""
        return f"{self.model._meta.label}:{row.pk}"

    def seen(self, row: models.Model) -> str:
        """A print of the row as it was shown, so that a save over somebody else's is noticed."""
        held = [(f.attname, str(getattr(row, f.attname))) for f in self.model._meta.concrete_fields]
        return hashlib.sha256(repr(held).encode()).hexdigest()[:16]

    def save(self, *, by: Actor, row: str, seen: str, values: Mapping[str, str]) -> Receipt:
        """Make a row, or change one that nobody changed since it was shown."""
        earlier = self._locked(by, row, seen) if row else None
        form = self.form(values, actor=by, instance=earlier)
        before = self._held(earlier) if earlier is not None else {}
        raise_all(form.refusals())
        kept = self._write(by, form)
        if not self.model._default_manager.filter(self.mine(by), pk=kept.pk).exists():
            raise NotAllowed(who=phrase(by.role.title), what=self.title, rule=by.role.source)
        if self.after:
            transaction.on_commit(self.after)
        return Receipt(
            number=f"{self.model._meta.model_name}-{kept.pk}".upper(),
            done=phrase("已保存{title}：{kept}", title=phrase(self.title), kept=kept),
            href=f"/{self.route}/{kept.pk}",
            subject=self.subject(kept),
            facts={"changed": _changes(before, self._held(kept))},
        )

    def _locked(self, by: Actor, row: str, seen: str) -> Any:
        pk = self.row(for_=by, pk=row, writing=True).pk
        locked = self.model._default_manager.select_for_update(of=("self",)).get(pk=pk)
        if seen != self.seen(locked):
            raise ChangedMeanwhile(title=self.title)
        return locked

    def _write(self, by: Actor, form: RegisterForm) -> models.Model:
        adding = form.instance._state.adding
        try:
            with transaction.atomic():
                if self.write:
                    return self.write(by, form)
                kept = form.save(commit=False)
                kept.save(force_insert=adding)
                return kept  # type: ignore[no-any-return]
        except IntegrityError:
            raise AlreadyThere(title=self.title) from None

    def _held(self, row: models.Model) -> dict[str, str]:
        return {name: self.said(name, getattr(row, name, None)) for name in self.form.base_fields}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [before.get(name, ""), value] for name, value in after.items() if before.get(name, "") != value}
