"""What every form post shares: the client's key, the receipt after the act, the errors beside the fields."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.language import say
from yigongti.kernel.refusal import BadValue, Refusal, Refusals


NOTICE = "notice"


def key_of(request: HttpRequest) -> uuid.UUID:
    """The client-made key of this submission. Raises BadValue when it is not a UUID."""
    given = request.headers.get("Idempotency-Key") or request.POST.get("key", "")
    try:
        return uuid.UUID(given)
    except ValueError:
        raise BadValue(field="key", label="提交编号", value=given[:40], problem="请刷新页面后重新提交") from None


def done(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """Lead to where the act can be seen, with its receipt shown once at the top."""
    request.session[NOTICE] = {**receipt.shown(), "done": say(receipt.done), "next": say(receipt.next)}
    return HttpResponseRedirect(receipt.href or "/", status=303)


def errors_of(refusal: Refusal) -> dict[str, list[str]]:
    """Sentences by field ('' for the whole), whether one refusal or many."""
    if isinstance(refusal, Refusals):
        return refusal.by_field()
    return {refusal.field: [refusal.sentence]}
