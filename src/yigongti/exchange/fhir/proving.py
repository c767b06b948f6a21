"""That a token still holds, asked by the first statement of a write instead of by one before it.

Whoever was recognised a moment ago is taken at their word while what they sent is read and checked. Nothing is written,
kept or answered, no refusal either, before a statement has said that the token holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from yigongti.exchange.fhir.clients import HOLDS, Claimed, NoToken
from yigongti.kernel import prepared
from yigongti.kernel.refusal import Refusal


PROOF = f"SELECT true AS holds FROM ({HOLDS}) h"  # noqa: S608 - both are ours

_open: ContextVar[Claimed | None] = ContextVar("open_claim", default=None)


@contextmanager
def taken_at_their_word(claim: Claimed) -> Iterator[None]:
    """Until the proof, which the block's end asks for at the latest. Raises NoToken, also in place of a refusal."""
    prepared.first_shows_life()
    token = _open.set(claim)
    try:
        yield
        prove()
    except Refusal:
        prove()
        raise
    finally:
        _open.reset(token)


def is_open() -> bool:
    """Whether the claim is still to be proven."""
    return _open.get() is not None


def ask() -> prepared.Answer | None:
    """The question, beside others that must be asked anyway; none where nothing is to be proven."""
    claim = _open.get()
    return prepared.ask(PROOF, claim.given) if claim else None


def heard(answer: prepared.Answer | None) -> None:
    """Its answer. Raises NoToken."""
    if answer is not None:
        if not answer.rows():
            raise NoToken
        _open.set(None)


def prove() -> None:
    """Ask at once, where it is still to be proven. Raises NoToken."""
    claim = _open.get()
    if claim is not None:
        if not prepared.fetched_first(PROOF, claim.given):
            raise NoToken
        _open.set(None)
