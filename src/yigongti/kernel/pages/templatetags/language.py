"""`{% t "中文" %}`: a text in the reader's language."""

from django import template

from yigongti.kernel.language import say


register = template.Library()


@register.simple_tag
def t(text: str, **facts: object) -> str:
    """The text in the reader's language, with `{names}` filled."""
    return say(str(text), **facts)


@register.filter
def said_label(text: str) -> str:
    """A label that comes from a definition, in the reader's language."""
    return say(str(text)) if text else ""
