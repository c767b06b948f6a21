"""A new meaning of a code, applied to messages that were taken in before: their measurements alone are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.exchange.models import Message, Sender
from yigongti.exchange.taking_hl7v2 import measured_again
from yigongti.kernel.refusal import Refusal


def measure_again(message_id: int, scope: Mapping[str, Any]) -> bool:
    """Read one message again for one code; whether a measurement came of it. What can't be read is left as it is."""
    message = Message.objects.select_for_update(skip_locked=True).filter(pk=message_id, state="applied").first()
    if message is None:
        return False
    sender = Sender.objects.select_related("institution").get(pk=message.sender_id)
    try:
        return measured_again(
            sender, bytes(message.mended or message.body), message.received_at, only=(scope["code"], scope["unit"])
        )
    except Refusal:
        return False
