"""Announcements up the list of chapters: a lower chapter says what happened, those above act on it.

A subscriber runs inside the announcer's transaction: both stand or neither. Whoever needs "after commit" defers a job
from inside the transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from yigongti.kernel.access.actor import Actor


Subscriber = Callable[..., None]

_declared: dict[str, str] = {}
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


class UnknownEvent(LookupError):
    """An event that no chapter declares: a programmer's error, found at boot."""


def declare(code: str, title: str) -> str:
    """Say that this chapter announces such an event; past participles, as in `referral.returned`."""
    _declared[code] = title
    return code


def on(code: str) -> Callable[[Subscriber], Subscriber]:
    """Subscribe; the subscriber is called as `subscriber(by=actor, facts=facts)`."""

    def add(subscriber: Subscriber) -> Subscriber:
        _subscribers[code].append(subscriber)
        return subscriber

    return add


def announce(code: str, *, by: Actor, facts: Mapping[str, Any]) -> None:
    """Tell every subscriber, in the order of subscription, inside the present transaction."""
    if code not in _declared:
        raise UnknownEvent(code)
    for subscriber in _subscribers[code]:
        subscriber(by=by, facts=facts)


def faults() -> list[str]:
    """Subscriptions to events that nobody declares."""
    return [f"somebody waits for {code}, which nobody announces" for code in _subscribers if code not in _declared]


def declared() -> dict[str, str]:
    """Every event and its title."""
    return dict(_declared)
