"""The request as pages get it: middleware has put on it the actor that the session stands for, and htmx's details."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post


LONGEST = 18
"""Digits of the largest number that every row's key can be held against."""
LAST = 10**LONGEST - 1


def whole_number(text: str, *, most: int) -> int | None:
    """A number as an address or a form says it, else None: letters, none at all, or more than there can be."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else most + 1
    return number if number <= most else None


def row_number(text: str) -> int:
    """A row's number as an address or a form says it, else 0, which no row has."""
    return whole_number(text, most=LAST) or 0


class Visit(HttpRequest):
    """A request of somebody or nobody. Only a name for the types: no instance is ever made of it."""

    actor: Actor | None
    htmx: HtmxDetails
    must_change_password: bool
    session_seconds_left: int
    posts: list[Post]


class Request(Visit):
    """A request behind the sign-in that `page` registers: somebody asks."""

    actor: Actor
