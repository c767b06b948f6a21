"""The `@action` decorator: what every write passes through."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ParamSpec, Protocol

from django.db import connection, models, transaction

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.models import Done
from yigongti.kernel.audit import trail
from yigongti.kernel.language import packed, unpacked
from yigongti.kernel.refusal import KeyReused, Refusal


P = ParamSpec("P")

SAID = ("done", "next")
"""The parts of a receipt that are sentences: kept so that a replay says them in its reader's language."""

CLAIM = """
INSERT INTO action_done (key, action, account_id, fingerprint, receipt, at)
VALUES (%s, %s, %s, %s, NULL, %s) ON CONFLICT (key) DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the one who acted gets: a number, what was done, what happens next, where to see it, whom it concerned.

    `data` goes back to programs; `persons` and `facts` go to the audit trail only.
    """

    number: str
    done: str
    next: str = ""
    href: str = ""
    undo: str = ""
    at: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    persons: tuple[int, ...] = ()
    subject: str = ""
    basis: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """The part that leaves the house, as JSON-able data."""
        kept = ("number", "done", "next", "href", "undo", "at", "data")
        return {name: part for name, part in asdict(self).items() if name in kept}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One action of the house, for the matrix test, the API and the book."""

    code: str
    permission: str
    sentence: str
    function: Callable[..., Receipt]


class Gated(Protocol[P]):
    """An action as its callers see it: `by` first, an optional client-made key, then its own arguments."""

    registered: Registered

    def __call__(self, *, by: Actor, key: uuid.UUID | None = None, **arguments: Any) -> Receipt:
        """Pass the gate and act."""
        ...


actions: dict[str, Registered] = {}


def action(code: str, *, permission: str | None = None) -> Callable[[Callable[..., Receipt]], Gated[Any]]:
    """Put a write behind the gate.

    The function's docstring is its sentence: it titles the permission and is what the audit trail says. It takes
    `by=` and its own keyword arguments, runs in a transaction, and returns a Receipt. A Refusal rolls everything
    back and is recorded.
    """

    def wrap(function: Callable[..., Receipt]) -> Gated[Any]:
        sentence = (inspect.getdoc(function) or "").split("\n", 1)[0]
        guarded = registry.add_permission(permission or code, title=sentence.rstrip("。"), writes=True)
        made = Registered(code=code, permission=guarded, sentence=sentence, function=function)

        @functools.wraps(function)
        def gate(*, by: Actor, key: uuid.UUID | None = None, **arguments: Any) -> Receipt:
            return pass_gate(made, by=by, key=key, arguments=arguments)

        gate.registered = made  # type: ignore[attr-defined]
        actions[code] = made
        return gate  # type: ignore[return-value]

    return wrap


def pass_gate(made: Registered, *, by: Actor, key: uuid.UUID | None, arguments: Mapping[str, Any]) -> Receipt:
    """Permission, then transaction, idempotency, the act itself, and its audit entry: all or nothing."""
    try:
        by.require(made.permission)
        with transaction.atomic():
            earlier = _claim(made, by, key, arguments)
            return earlier or _act(made, by, key, arguments)
    except Refusal as refusal:
        trail.refused(by=by, action=made.code, sentence=str(refusal))
        refusal.recorded = True
        raise


def _claim(made: Registered, by: Actor, key: uuid.UUID | None, arguments: Mapping[str, Any]) -> Receipt | None:
    """Take the key, or return the receipt of the one who took it before. Concurrent claims queue on the primary key."""
    if key is None:
        return None
    print_ = _fingerprint(arguments)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [key, made.code, by.account_id, print_, clock.now()])
        if cursor.rowcount == 1:
            return None
    done = Done.objects.get(key=key)
    if (done.action, done.account_id, done.fingerprint) != (made.code, by.account_id, print_) or done.receipt is None:
        raise KeyReused
    return Receipt(**{name: unpacked(part) if name in SAID else part for name, part in done.receipt.items()})


def act_within(gated: Gated[Any], *, by: Actor, **arguments: Any) -> Receipt:
    """An action as part of a write that is undone whole where anything in it is refused.

    It has no savepoint of its own, and its entry in the trail is posted with all else that the write posts.
    """
    by.require(gated.registered.permission)
    return _act(gated.registered, by, None, arguments, posted=True)


def _act(
    made: Registered, by: Actor, key: uuid.UUID | None, arguments: Mapping[str, Any], *, posted: bool = False
) -> Receipt:
    receipt = made.function(by=by, **arguments)
    if not receipt.at:
        receipt = Receipt(**{**asdict(receipt), "at": clock.now().isoformat(timespec="seconds")})
    trail.wrote(
        by=by,
        action=made.code,
        sentence=f"{made.sentence}{receipt.done}" if receipt.done else made.sentence,
        persons=receipt.persons,
        basis=receipt.basis,
        subject=receipt.subject,
        facts={**receipt.facts, "number": receipt.number},
        posted=posted,
    )
    if key is not None:
        kept = receipt.shown() | {name: packed(getattr(receipt, name)) for name in SAID}
        Done.objects.filter(key=key).update(receipt=kept)
    return receipt


def _fingerprint(arguments: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(thing: object) -> str:
    """A stable text for what is not JSON: rows by their key, never by what they hold at the moment."""
    return f"{thing._meta.label}:{thing.pk}" if isinstance(thing, models.Model) else repr(thing)
