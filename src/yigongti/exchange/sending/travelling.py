"""A referral that is handed in: of what its sender chose to travel, the reports go to the receiver's systems too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.exchange.models import Destination
from yigongti.exchange.sending.queueing import report
from yigongti.kernel import event
from yigongti.kernel.access.actor import Actor


@event.on("referral.submitted")
def send_chosen(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """What came before the referral; what comes while it is under way goes when it is written."""
    referral = facts["facts"]
    receivers = Destination.objects.select_related("institution__unit").filter(
        results=True, institution=referral.to_institution_id
    )
    destinations = list(receivers.order_by("pk")) if referral.package else []
    for entry in referral.package if destinations else ():
        report(entry, destinations, None)
