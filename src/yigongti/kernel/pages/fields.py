"""From a Django form's bound field to the `Field` record that the templates draw."""

from __future__ import annotations

from django import forms

from yigongti.kernel.pages.parts import Field, FieldKind, Option


_KINDS: tuple[tuple[type[forms.Widget], FieldKind], ...] = (
    (forms.Textarea, "textarea"),
    (forms.RadioSelect, "cards"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "check"),
    (forms.FileInput, "file"),
    (forms.DateTimeInput, "datetime"),
    (forms.DateInput, "date"),
    (forms.NumberInput, "number"),
)


def field_of(bound: forms.BoundField) -> Field:
    """Keep what was typed, and put every error of the field in one sentence beside it."""
    widget = bound.field.widget
    attrs = {name: str(value) for name, value in {**widget.attrs, **bound.build_widget_attrs({})}.items()}
    return Field(
        name=bound.html_name,
        label=str(bound.label),
        kind=_kind(widget),
        value=_value(bound),
        help=str(bound.help_text),
        error=" ".join(str(error) for error in bound.errors),
        required=bound.field.required,
        options=_options(bound),
        unit=attrs.get("data-unit", ""),
        url=attrs.get("data-url", ""),
        text=attrs.get("data-text", ""),
        minimum=attrs.get("min", ""),
        maximum=attrs.get("max", ""),
        step=attrs.get("step", "any"),
        accept=attrs.get("accept", ""),
        inputmode=attrs.get("inputmode", ""),
        autocomplete=attrs.get("autocomplete", "off"),
        input_type=getattr(widget, "input_type", "text") or "text",
    )


def error_list(form: forms.BaseForm) -> list[tuple[str, str]]:
    """All errors of a form as (where, sentence) for `parts/errors.html`; form-wide ones point to the form itself."""
    beside = [
        (f"f-{bound.html_name}", f"{bound.label}：{' '.join(str(error) for error in bound.errors)}")
        for bound in form
        if bound.errors
    ]
    return [("", str(error)) for error in form.non_field_errors()] + beside


def _kind(widget: forms.Widget) -> FieldKind:
    if "data-url" in widget.attrs:
        return "picker"
    return next((kind for widget_type, kind in _KINDS if isinstance(widget, widget_type)), "text")


def _value(bound: forms.BoundField) -> str:
    value = bound.value()
    if value is None or isinstance(bound.field.widget, forms.FileInput):
        return ""
    return str(bound.field.widget.format_value(value) or "") if not _options(bound) else str(value)


def _options(bound: forms.BoundField) -> list[Option]:
    choices = getattr(bound.field.widget, "choices", ())
    return [Option(value=str(value), label=str(label)) for value, label in choices]
