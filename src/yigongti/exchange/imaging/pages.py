"""The page on which data staff say whose an image, a recording or a document is."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse

from yigongti.exchange import queries
from yigongti.exchange.documents.attaching import attach_document, waits_for_its_person
from yigongti.exchange.imaging.attaching import attach_person
from yigongti.exchange.imaging.persons import PATIENT
from yigongti.exchange.models import Message
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act
from yigongti.kernel.pages.picked import ActForm, Picked
from yigongti.kernel.pages.registry import page


class AttachForm(ActForm):
    """Who it is, and how that is known."""

    resident = Picked("resident", label="居民", help_text="姓名、拼音首字母、身份证号或电话")
    why = forms.CharField(label="核对依据", max_length=200, help_text="例如与影像科核对过申请单")


@page(
    "exchange.attach_person", "inbox/<int:pk>/attach", title="对到一位居民", permission="exchange.inbox_work",
    writes=True,
)  # fmt: skip
def attach(request: Request, pk: int) -> HttpResponse:
    """Say whose it is; the sender's number under this name means them from now on."""
    found = queries.message(for_=request.actor, pk=pk)
    return act_by_form(
        request, AttachForm, title=say("第 {n} 号对到居民", n=pk), line=found.reason, back=f"/inbox/{pk}",
        word=say("对到一位居民"),
        act=lambda given, key: (attach_document if found.channel == "document" else attach_person)(
            by=request.actor, key=key, message_id=pk, resident_id=given["resident"].pk, why=given["why"]
        ),
    )  # fmt: skip


def acts(found: Message) -> list[Act]:
    """What can be done about one that waits for its person."""
    image = found.field == PATIENT and found.channel in ("dicom", "waveform")
    if not image and not waits_for_its_person(found):
        return []
    return [Act(word=say("对到一位居民"), href=f"/inbox/{found.pk}/attach", kind="primary")]
