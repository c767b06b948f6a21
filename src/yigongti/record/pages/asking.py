"""The request as our pages get it: with the actor that the session stands for, and htmx's details."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from yigongti.kernel.access.actor import Actor


class Request(HttpRequest):
    """Only a name for the types: middleware has put both on every request that a page sees."""

    actor: Actor
    htmx: HtmxDetails
