"""The pages on which data staff say whose an image, a recording or a document is, and take it back where it was not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse

from yigongti.exchange import queries
from yigongti.exchange.closed_words import reason_words
from yigongti.exchange.dicom.preview import preview
from yigongti.exchange.documents.attaching import attach_document
from yigongti.exchange.documents.attaching import waits_for_its_person as document_waits
from yigongti.exchange.imaging import comparing, reversing
from yigongti.exchange.imaging.attaching import attach_person, waits_for_its_person
from yigongti.exchange.imaging.manifest import files_of
from yigongti.exchange.models import Message
from yigongti.kernel.audit import trail
from yigongti.kernel.files import store
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Row, State, StateKind
from yigongti.kernel.pages.picked import ActForm, Picked
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import NotFound, Refusal
from yigongti.residents.queries import persons as residents


WORK = "exchange.inbox_work"
VERDICTS: dict[str, tuple[str, StateKind]] = {
    "same": ("一致", "done"), "alike": ("写法相近", "waiting"), "differs": ("不同", "overdue"),
    "untold": ("没有可比的", "soon"),
}  # fmt: skip


class ChooseForm(ActForm):
    """Who it may be."""

    resident = Picked("resident", label="居民", help_text="姓名、拼音首字母、身份证号或电话")


class AttachForm(ActForm):
    """Who it is, and how that is known."""

    resident = Picked("resident", label="居民", help_text="姓名、拼音首字母、身份证号或电话")
    sure = forms.BooleanField(label="确认是同一个人", required=False)
    why = forms.CharField(label="核对依据", max_length=200, help_text="例如与影像科核对过申请单")


class UndoForm(ActForm):
    """Why it was not theirs."""

    why = forms.CharField(label="撤回的理由", max_length=200, help_text="例如影像科核对后是另一个人")


@page("exchange.attach_person", "inbox/<int:pk>/attach", title="对到一位居民", permission=WORK, writes=True)
def attach(request: Request, pk: int) -> HttpResponse:
    """Say whose it is, having seen what was sent beside what is registered."""
    found = queries.message(for_=request.actor, pk=pk)
    paper = comparing.paper_of(found)
    person, chosen = _chosen(request)
    if person is not None:
        trail.saw(by=request.actor, page="exchange.attach_person", sentence="对照待对人的消息和居民登记",
                  persons=[person.pk], basis="registered", subject=f"exchange.Message:{pk}")  # fmt: skip
    sender = queries.sender(for_=request.actor, pk=found.sender_id)
    return act_by_form(
        request, AttachForm, title=say("第 {n} 号对到居民", n=pk), line=reason_words(found.reason), back=f"/inbox/{pk}",
        word=say("收进这位居民的档案"), template="exchange/attach.html", initial=chosen,
        act=lambda given, key: (attach_document if found.channel == "document" else attach_person)(
            by=request.actor, key=key, message_id=pk, resident_id=given["resident"].pk, why=given["why"],
            sure=bool(given["sure"]),
        ),
        chosen=person is not None, sure_asked=bool(paper and person and comparing.doubts(paper, person)),
        columns=[Column(label=say(words)) for words in ("项目", "送来的", "居民登记", "对照")],
        rows=_rows(paper, person), sender=sender.title, number=paper.number if paper else "",
        sent=_sent(paper, sender.title),
        preview=f"/inbox/{pk}/preview" if waits_for_its_person(found) and found.channel == "dicom" else "",
        choosing=ChooseForm(actor=request.actor, initial=chosen).drawn({}),
    )  # fmt: skip


def _sent(paper: comparing.Paper | None, sender: str) -> list[tuple[str, str]]:
    """What was sent beside whom it names; before somebody is chosen, that too."""
    told = paper or comparing.Paper()
    return [
        (say("来源方"), sender), (say("种类"), told.kind), (say("检查时间"), exact_date(told.at) if told.at else ""),
        (say("病人号码"), told.number), (say("病人姓名"), told.name),
    ]  # fmt: skip


def _chosen(request: Request) -> tuple[Any, dict[str, str]]:
    """The resident who is compared: of the query, or as posted. Nobody, where nobody of that number is in reach."""
    given = request.POST if request.method == "POST" else request.GET
    if not any(given.get(name) for name in ("resident", "resident_text", "resident_choice")):
        return None, {}
    asked = ChooseForm({name: str(value) for name, value in given.items()}, actor=request.actor)
    person = asked.cleaned_data.get("resident") if asked.is_valid() else None
    if person is None:
        return None, {}
    return residents.person(for_=request.actor, resident=person.pk).person, {"resident": str(person.pk)}


def _rows(paper: comparing.Paper | None, person: Any) -> list[Row]:
    if paper is None or person is None:
        return []
    return [
        Row(cells=[say(comparing.LABELS[part]), told or "—", known or "—", _verdict(verdict)])
        for part, verdict, told, known in comparing.sides(paper, person)
    ]


def _verdict(verdict: str) -> Cell:
    word, kind = VERDICTS[verdict]
    return Cell(text="", state=State(word=say(word), kind=kind))


@page("exchange.attach_preview", "inbox/<int:pk>/preview", title="待对人影像的预览图", permission=WORK)
def attach_preview(request: Request, pk: int) -> HttpResponse:
    """A small picture of an image that waits for its person: a name may stand in it. Once it has one: none."""
    found = queries.message(for_=request.actor, pk=pk)
    if not waits_for_its_person(found) or found.channel != "dicom":
        raise NotFound
    (held,) = files_of(bytes(found.body))
    try:
        picture = preview(store.read(held.digest))
    except Refusal:
        raise NotFound from None
    if not picture.media:
        raise NotFound
    trail.saw(by=request.actor, page="exchange.attach_preview", sentence="看待对人影像的预览图", persons=[],
              basis="", subject=f"exchange.Message:{pk}")  # fmt: skip
    response = HttpResponse(picture.body, content_type=picture.media)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@page("exchange.take_back_person", "inbox/<int:pk>/take-back", title="对错了，撤回", permission=WORK, writes=True)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take what was given to the wrong person out of their record; it waits again."""
    found = queries.message(for_=request.actor, pk=pk)
    given = reversing.given_of(found)
    brought = reversing.brought_by(given) if given else reversing.Brought()
    line = say(
        "撤回 {messages} 份：从这位居民的档案里撤下，忘掉记住的号码，重新等着对人。撤下的在那里仍看得到为什么。",
        messages=len(brought.messages),
    )
    return act_by_form(
        request, UndoForm, title=say("第 {n} 号对错了，撤回", n=pk), line=line, back=f"/inbox/{pk}", word=say("撤回"),
        act=lambda given, key: reversing.take_back_person(by=request.actor, key=key, message_id=pk, why=given["why"]),
    )  # fmt: skip


def acts(found: Message) -> list[Act]:
    """What can be done about one that waits for its person."""
    if not waits_for_its_person(found) and not document_waits(found):
        return []
    return [Act(word=say("对到一位居民"), href=f"/inbox/{found.pk}/attach", kind="primary")]


def undo(found: Message) -> list[Act]:
    """What can be done about one that came in because data staff said whose it is."""
    if reversing.given_of(found) is None:
        return []
    return [Act(word=say("对错了，撤回"), href=f"/inbox/{found.pk}/take-back", kind="danger")]
