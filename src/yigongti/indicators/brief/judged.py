"""What an annual report says of indicators that people judge: what stood confirmed when it was accepted."""

from __future__ import annotations

from yigongti.indicators import catalogue
from yigongti.indicators.brief.models import Brief
from yigongti.indicators.models import Judgement
from yigongti.indicators.queries.judgements import confirmed_until
from yigongti.indicators.queries.places import places
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import Judged
from yigongti.kernel.parameters.codes import code_lists


JUDGED = ("指标", "评定的问题", "评定结果", "证据文件", "谁确认")


def judged_of(*, for_: Actor, brief: Brief) -> list[list[str]]:
    """A row for each confirmed answer of the report's place and year; nothing for other kinds of briefs."""
    place = places(for_=for_).by_id.get(brief.place_id)
    if brief.kind != "annual" or place is None:
        return []
    until = brief.issued_at
    told = confirmed_until(for_=for_, place=place, period=Period.read(brief.period), until=until)
    return [_row(one) for one in told]


def _row(made: Judgement) -> list[str]:
    one = catalogue.named(made.indicator)
    asked = one.figure.questions if one and isinstance(one.figure, Judged) else ()
    return [
        say(one.title) if one else made.indicator,
        next((question.text for question in asked if question.code == made.question), made.question),
        say(code_lists["indicators.answer"].label(made.answer)),
        "；".join(each.name for each in made.files.all()),
        str(made.confirmed_by.account) if made.confirmed_by else "",
    ]
