"""To register tells who is registered already: a look beyond one's bases, counted and stopped as in the search.

Counted is every try that ends with word of others, and every correction of a card number.
Whoever is stopped still registers a patient without papers, and is told nothing: likeness goes to data staff unshown.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Gated, Receipt
from yigongti.kernel.action.models import Done
from yigongti.kernel.refusal import Refusal
from yigongti.residents import codes
from yigongti.residents.models import Resident
from yigongti.residents.queries import misses
from yigongti.residents.refusals import Guessing, GuessingPapers, LikelyDuplicate, PaperTaken, RegisteredElsewhere


TELLING = (LikelyDuplicate, PaperTaken, RegisteredElsewhere)
"""The refusals that say something of people beyond one's bases, or that there is nobody."""

Look = Callable[[Mapping[str, Any]], str]


def counted(look: Look, *, success_too: bool = False) -> Callable[[Gated[Any]], Gated[Any]]:
    """Count the tries of an action; `look` says what is looked for, '' where nothing is."""

    def wrap(gated: Gated[Any]) -> Gated[Any]:
        @functools.wraps(gated)
        def gate(*, by: Actor, key: UUID | None = None, **arguments: Any) -> Receipt:
            text = look(arguments)
            if not text or _done(key):
                return gated(by=by, key=key, **arguments)
            try:
                answer = _counting(gated, text, success_too, by=by, key=key, **arguments)
            except Guessing as refusal:
                return _stopped(gated, refusal, by=by, key=key, **arguments)
            if isinstance(answer, Refusal):
                raise answer
            return answer

        return gate  # type: ignore[return-value]

    return wrap


def _done(key: UUID | None) -> bool:
    """A retry looks for nobody: it gets its receipt."""
    return key is not None and Done.objects.filter(key=key).exists()


def _counting(gated: Gated[Any], text: str, success_too: bool, **arguments: Any) -> Receipt | Refusal:
    """Act while the post's count is held; a refusal is handed back, so that the count of it stays."""
    with misses.looking(for_=arguments["by"], text=text) as tell:
        try:
            receipt = gated(**arguments)
        except Refusal as refusal:
            if isinstance(refusal, TELLING):
                tell(False)
            return refusal
        if success_too:
            tell(False)
        return receipt


def _stopped(gated: Gated[Any], refusal: Guessing, **arguments: Any) -> Receipt:
    """Care goes on without papers; nobody else is named, and data staff see whom the newcomer resembles."""
    may_confirm = "not_same" in (gated.registered.function.__kwdefaults__ or {})
    if may_confirm and not _paper(arguments):
        return gated(**{**arguments, "not_same": True})
    field, facts = "value" if "value" in arguments else "id_card", refusal.facts
    papers = GuessingPapers(field=field, count=facts["count"], until=facts["until"])
    misses.refused(for_=arguments["by"], refusal=papers, action=gated.registered.code)
    papers.recorded = True
    raise papers from refusal


def _paper(arguments: Mapping[str, Any]) -> str:
    typed = arguments.get("typed", {})
    return codes.plain(typed.get("id_card", "") or arguments.get("birth_certificate", "") or arguments.get("value", ""))


def newcomer(arguments: Mapping[str, Any]) -> str:
    """The paper of whom is to be registered; without one, name and birth date."""
    typed = arguments["typed"]
    return _paper(arguments) or f"{typed.get('name', '').strip()} {typed.get('birth_date', '').strip()}"


def paper(arguments: Mapping[str, Any]) -> str:
    """The number of a paper that is to be added."""
    return _paper(arguments)


def other_card(arguments: Mapping[str, Any]) -> str:
    """The card number that is not yet this person's."""
    typed = _paper(arguments)
    held = Resident.objects.filter(pk=arguments["resident"]).values_list("master__id_card", flat=True).first()
    return typed if typed and held != typed else ""
