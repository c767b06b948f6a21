"""Serials that a process has in hand: machines that register people do not wait for each other's transactions.

A serial's row is locked until its transaction ends, so of two who register in one village the second waits. For a desk
that is as it should be; systems that send hundreds of people a minute would all stand in one queue. A process takes a
stretch at a time for them; what it has in hand when it ends is never given out.
"""

from __future__ import annotations

from collections import defaultdict, deque

from django.db import connection, transaction

from yigongti.kernel import clock
from yigongti.residents import codes
from yigongti.residents.actions.numbers import reserved_serials


STRETCH = 20
_in_hand: dict[tuple[str, str], deque[int]] = defaultdict(deque)


def forget() -> None:
    """Leave what is in hand: between tests, whose database begins anew."""
    _in_hand.clear()


def record_no_ahead(division: str) -> str:
    """A new record number, as `next_record_no` gives it."""
    prefix = codes.record_prefix(division)
    return codes.record_no(prefix, _next(prefix))


def temporary_no_ahead(division: str) -> str:
    """A number for somebody without papers, as `next_temporary_no` gives it."""
    prefix = f"L{division[:6]}{clock.today():%Y%m%d}"
    return f"{prefix}{_next(prefix):05d}"


def _next(prefix: str) -> int:
    hand = _in_hand[str(connection.settings_dict["NAME"]), prefix]
    try:
        return hand.popleft()
    except IndexError:
        stretch = reserved_serials(prefix, STRETCH)
        transaction.on_commit(lambda: hand.extend(stretch[1:]))
        return stretch[0]
