"""Form fields and forms of registers: dates in one form, values picked from a list, labels in the reader's language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import meant, pickers
from yigongti.kernel.language import say
from yigongti.kernel.pages.fields import field_of
from yigongti.kernel.pages.parts import Field, Option
from yigongti.kernel.refusal import BadValue, Missing, Refusal


SHOWN = 40
_DATES = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]
_MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


class Clock(forms.TimeInput):
    """A moment of the day."""

    input_type = "time"


class Picked(forms.CharField):
    """A thing found by name: keeps its value, shows its name, and understands the name alone where scripts are off."""

    def __init__(self, picker: str, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"data-url": f"/pick/{picker}"}), **options)
        self.picker = picker
        self.actor: Actor | None = None
        self.given: Mapping[str, str] = {}
        self.named = ""
        self.candidates: list[Option] = []

    def clean(self, value: Any) -> Any:
        """The thing itself; None when nothing was picked and nothing is asked for."""
        picked = (value or self._by_name()).strip()
        if not picked:
            if self.required:
                raise forms.ValidationError("", code="required")
            return None
        return self.resolve(picked)

    def resolve(self, value: str) -> Any:
        """What stands behind a value, within the reach of the one who asks."""
        try:
            return pickers[self.picker].resolve(for_=self.actor, value=value, given=dict(self.given))
        except BadValue as bad:
            raise forms.ValidationError(str(bad.facts.get("problem", "")), code="picked") from None

    def _by_name(self) -> str:
        if not self.named.strip():
            return ""
        if self.actor is None:
            raise forms.ValidationError(say("请从名单中选择一个"), code="picked")
        found = meant(self.picker, for_=self.actor, text=self.named.strip(), given=dict(self.given))
        if len(found) == 1:
            return found[0].value
        self.candidates = [Option(value=c.value, label=c.label, help=c.detail) for c in found]
        raise forms.ValidationError(say("请从名单中选择一个") if found else say("没有找到"), code="picked")


def coded(labels: Mapping[Any, str], *, label: str, required: bool = True, **options: Any) -> forms.TypedChoiceField:
    """A choice from a code list; the code is kept as what it is in the list."""
    kinds = {type(code) for code in labels}
    choices = [(str(code), words) for code, words in labels.items()]
    if not required and "" not in labels:
        choices.insert(0, ("", "—"))
    return forms.TypedChoiceField(
        choices=choices,
        coerce=int if kinds == {int} else str,
        label=label,
        required=required and "" not in labels,
        empty_value="",
        **options,
    )


class Asked:
    """What forms share that know who fills them in: names picked, dates in one form, faults as refusals."""

    actor: Actor
    fields: dict[str, forms.Field]
    data: Any
    initial: Any
    errors: Any
    is_bound: bool

    def know(self, actor: Actor) -> None:
        """Take in who asks, and make what was typed comparable."""
        self.actor = actor
        for name, field in self.fields.items():
            _say_dates(field)
            if isinstance(field, Picked):
                self._let_pick(name, field)
            elif self.is_bound and name in self.data and not isinstance(field, forms.CharField):
                self.data[name] = unicodedata.normalize("NFKC", str(self.data[name])).strip()

    def _let_pick(self, name: str, field: Picked) -> None:
        field.actor, field.given = self.actor, self.data
        chosen = self.data.get(f"{name}_choice", "")
        field.named = self.data.get(f"{name}_text", "")
        if chosen and not self.data.get(name):
            self.data[name] = chosen

    def refusals(self) -> list[Refusal]:
        """Every fault as a refusal that names field, value and rule."""
        return [
            self._refusal(name, error)
            for name, faults in self.errors.as_data().items()
            for fault in faults
            for error in fault.error_list
        ]

    def _refusal(self, name: str, error: forms.ValidationError) -> Refusal:
        if name not in self.fields:
            return BadValue(field="", label="", value="", problem=" ".join(error.messages))
        label = say(str(self.fields[name].label))
        if error.code == "required":
            return Missing(field=name, label=label)
        typed = str(self.data.get(name) or self.data.get(f"{name}_text") or "")
        shown = typed if len(typed) <= SHOWN else f"{typed[:SHOWN]}…"
        return BadValue(field=name, label=label, value=shown, problem=" ".join(error.messages))

    def drawn(self, errors: Mapping[str, list[str]]) -> list[Field]:
        """The fields as the templates draw them, in the reader's language, errors beside them."""
        return [self._drawn(self[name], " ".join(errors.get(name, ()))) for name in self.fields]  # type: ignore[index]

    def _drawn(self, bound: forms.BoundField, error: str) -> Field:
        drawn = field_of(bound)
        field = bound.field
        options = [replace(option, label=say(option.label)) for option in drawn.options]
        drawn = replace(drawn, label=say(drawn.label), help=say(drawn.help), error=error, options=options)
        if isinstance(field, Picked):
            return replace(drawn, text=field.named or self._name_of(bound.name, field), candidates=field.candidates)
        return drawn

    def _name_of(self, name: str, field: Picked) -> str:
        if self.is_bound:
            thing = self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None
        elif isinstance(self.initial.get(name), str):
            thing = self._started_with(field, self.initial[name])
        else:
            thing = getattr(getattr(self, "instance", None), name, None)
        return pickers[field.picker].label(thing) if thing is not None else ""

    def _started_with(self, field: Picked, value: str) -> Any:
        try:
            return field.resolve(value)
        except forms.ValidationError:
            return None


class RegisterForm(Asked, forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The form of a register's row. Rules between rows are the database's, said by the register."""

    def __init__(self, data: Mapping[str, str] | None = None, *, actor: Actor, **options: Any) -> None:
        super().__init__(data=None if data is None else dict(data), **options)
        self.know(actor)
        key = self._meta.model._meta.pk.name
        if key in self.fields and not self.instance._state.adding:
            self.fields[key].disabled = True

    def validate_unique(self) -> None:
        """The database decides, also between two who save at once."""

    def validate_constraints(self) -> None:
        """The database decides, also between two who save at once."""


class ActForm(Asked, forms.Form):
    """The form of one act."""

    def __init__(self, data: Mapping[str, str] | None = None, *, actor: Actor, **options: Any) -> None:
        super().__init__(data=None if data is None else dict(data), **options)
        self.know(actor)


def _say_dates(field: forms.Field) -> None:
    if isinstance(field, forms.DateTimeField):
        field.widget = forms.DateTimeInput(format=_MOMENTS[0])
        field.input_formats = _MOMENTS
    elif isinstance(field, forms.DateField):
        field.widget = forms.DateInput(format=_DATES[0])
        field.input_formats = _DATES
    elif isinstance(field, forms.TimeField):
        field.widget = Clock(format="%H:%M")
