"""Whose cases a typed name means: for the box at the top, which finds the cases that one sees."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Substr

from yigongti.kernel.pages.finding import persons_named
from yigongti.residents import pinyin
from yigongti.residents.models import Resident


@persons_named
def of_persons_named(text: str) -> Q:
    """Cases of persons whose name, given name, pinyin or initials begin so; the case itself decides who sees it."""
    typed = "".join(text.split())
    spelled = pinyin.typed(typed) if typed.isascii() else typed
    if any(c.isdigit() for c in typed) or not spelled:
        return Q(pk__in=())
    if typed.isascii():
        named = Q(initials__startswith=spelled) | Q(pinyin__startswith=spelled)
    else:
        named = Q(name__startswith=typed) | Q(given__startswith=typed)
    return Q(person_id__in=Resident.objects.annotate(given=Substr("name", 2)).filter(named).values("pk"))
