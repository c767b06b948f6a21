"""The bases on which another institution's system is sent something: it asked for it, or the person is on the way."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import basis
from yigongti.kernel.parameters import values
from yigongti.record.queries.ordered import ordered_by
from yigongti.referral.queries import referred_here


def ordered_here(actor: Actor) -> Q:
    """Persons for whom the actor's own institution ordered something not long ago that still stands."""
    since = clock.now() - timedelta(days=values.number("exchange.ordered_within_days"))
    return ordered_by(for_=actor, since=since)


ordered = basis(
    "ordered", title="本机构的申请", says="本机构不久前为此人申请过检查检验；只看得到这份申请的报告。", standing=True,
    holds=ordered_here,
)  # fmt: skip
referral_under_way = basis(
    "referral_under_way", title="转诊到本机构", says="此人正转诊到本机构；转诊退回、取消、过期或办结后即失效。",
    standing=True, holds=referred_here,
)  # fmt: skip
