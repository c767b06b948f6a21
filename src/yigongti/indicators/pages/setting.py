"""Forms that bring what no engine can count: a county's targets, and answers to what is judged."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.actions import judge, set_target
from yigongti.indicators.pages.asked import looked
from yigongti.indicators.pages.cockpit import FIGURE
from yigongti.indicators.pages.figure import found_indicator
from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import Judged
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.registry import page
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import NotFound


class TargetForm(ActForm):
    """How much, of which level, from when, by whose word."""

    level = forms.ChoiceField(label="哪一级", choices=list(drawn.LEVELS.items()))
    value = forms.DecimalField(label="目标值", max_digits=20, decimal_places=6)
    begins = forms.DateField(label="起用日期")
    source = forms.CharField(label="依据", max_length=200, help_text="文件名和文号")


class JudgeForm(ActForm):
    """What is answered, and what proves it."""

    question = forms.ChoiceField(label="评定的问题")
    answer = forms.ChoiceField(label="评定结果")
    evidence = forms.CharField(
        label="证据", max_length=4000, widget=forms.Textarea, help_text="文件、会议记录、页面编号"
    )


@page("indicators.set_target", "figures/<str:code>/target", title="设定目标", permission="indicators.set_target",
      writes=True)  # fmt: skip
def target(request: Request, code: str) -> HttpResponse:
    """A new dated target of one indicator."""
    one = found_indicator(code)
    return act_by_form(
        request, TargetForm, title=say("{title}：设定目标", title=say(one.title)), back=f"{FIGURE}/{code}",
        line=say("单位 {unit}", unit=drawn.unit_of(one)), initial={"begins": clock.today(), "level": "county"},
        act=lambda given, key: set_target(by=request.actor, key=key, indicator=code, **given),
    )  # fmt: skip


@page("indicators.judge", "figures/<str:code>/judge", title="评定", permission="indicators.judge", writes=True)
def judged(request: Request, code: str) -> HttpResponse:
    """One question of one indicator for the place and period that is looked at."""
    one = catalogue.named(code)
    if one is None or not isinstance(one.figure, Judged):
        raise NotFound
    look, figure = looked(request).at(one), one.figure

    class Form(JudgeForm):
        """With this indicator's questions."""

        question = forms.ChoiceField(label="评定的问题", choices=[(q.code, q.text) for q in figure.questions])
        answer = forms.ChoiceField(
            label="评定结果", choices=[(e.code, e.label) for e in code_lists["indicators.answer"].entries]
        )

    return act_by_form(
        request, Form, title=say("{title}：评定", title=say(one.title)), back=look.address(f"{FIGURE}/{code}"),
        line=f"{look.place.name} · {drawn.said_period(look.period)}",
        act=lambda given, key: judge(by=request.actor, key=key, indicator=code, place=look.place.id,
                                     period=look.period.code, **given),
    )  # fmt: skip
