"""What waits for data staff and reviewers, on their workbench: duplicates, transfers, openings to review."""

from __future__ import annotations

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.blocks import Block, block
from yigongti.residents.queries import persons


SHOWN = 5


def _block(title: str, found: int, href: str) -> Block | None:
    """How many wait, up to a few and then that there are more: the whole is never counted. Nothing when none does."""
    if not found:
        return None
    many = say("{n} 件以上", n=SHOWN) if found > SHOWN else say("{n} 件", n=found)
    return Block(title=say(title), lines=[(many, href)], href=href, word=say("去办理"))


@block(permission="residents.duplicates", order=10)
def duplicates(*, for_: Actor) -> Block | None:
    """Likely duplicates that nobody has decided."""
    open_ones, _more = persons.suspicions(for_=for_, limit=SHOWN + 1)
    return _block("疑似重复", len(open_ones), "/identity/duplicates")


@block(permission="residents.duplicates", order=11)
def transfers(*, for_: Actor) -> Block | None:
    """Requests to move a resident's record to another institution."""
    waiting = persons.transfers(for_=for_, limit=SHOWN + 1)
    return _block("转入申请", len(waiting), "/identity/transfers")


@block(permission="residents.emergency_review", order=12)
def reviews(*, for_: Actor) -> Block | None:
    """Records opened in an emergency or for a duty, to be reviewed the next day."""
    due = persons.reviews(for_=for_, limit=SHOWN + 1)
    return _block("查阅复核", len(due), "/reviews")
