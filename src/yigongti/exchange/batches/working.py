"""The worker's part: every batch under way moves by one step in turn, each step a transaction that holds its batch."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, transaction

from yigongti.exchange.batches import checking, reading, running
from yigongti.exchange.batches.models import BUSY, Batch
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post
from yigongti.kernel.access.sign_in import actor_of, may_act
from yigongti.kernel.refusal import Refusal


log = structlog.get_logger()


def work() -> int:
    """Move every batch under way by one step, one after the other; how many moved."""
    return sum(
        step(pk) for pk in list(Batch.objects.filter(state__in=BUSY).order_by("pk").values_list("pk", flat=True))
    )


def step(pk: int) -> bool:
    """One step of one batch, all of it or nothing; False when somebody else has it in hand or nothing is to be done.

    What fails beyond its rows stops the batch, which says why and can be set going again.
    """
    try:
        with transaction.atomic():
            batch = Batch.objects.select_for_update(skip_locked=True).filter(pk=pk, state__in=BUSY).first()
            if batch is None:
                return False
            _move(batch)
            batch.save()
    except reading.Unreadable as unreadable:
        _stop(pk, "refused", str(unreadable))
    except Refusal as refusal:
        _stop(pk, "stopped", str(refusal))
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError, DatabaseError) as trouble:
        log.exception("batch.stopped", batch=pk)
        _stop(pk, "stopped", f"系统没能继续（{type(trouble).__name__}），请报告维护人员")
    return True


def _move(batch: Batch) -> None:
    if batch.state == "reading":
        reading.read(batch)
    elif batch.state == "checking":
        checking.check_next(batch, by=acting(batch))
    elif batch.state == "running":
        running.run_next(batch, by=acting(batch))
    else:
        running.undo_next(batch, by=acting(batch))


def acting(batch: Batch) -> Actor:
    """Who acts: whoever brought the sheet where that post still stands, as for rows that a form could have written.

    Kinds that write as the house itself take `the_inbox`.
    """
    posts = Post.objects.select_related("account", "unit", "covering__account")
    post = posts.filter(pk=batch.brought_by_id).first() if batch.brought_by_id else None
    return actor_of(post) if post and may_act(post, on=clock.today()) else the_inbox()


def _stop(pk: int, state: str, trouble: str) -> None:
    Batch.objects.filter(pk=pk, state__in=BUSY).update(state=state, trouble=trouble, ended_at=clock.now())
