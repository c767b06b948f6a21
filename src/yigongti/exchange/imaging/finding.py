"""What a modality asks about studies (C-FIND, study level): it is answered for those alone that it sent itself.

Source: PS3.4 C.2.2.2 (matching) and C.6.2.1 (study root). DICOM proves nobody's title; so no sender learns through this
door what another has sent, and nobody learns what the platform knows besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from pydicom.dataset import Dataset

from yigongti.exchange.imaging.models import Study
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.audit import trail
from yigongti.kernel.refusal import BadValue, Refusal


MOST = 500
ANY = re.compile(r"[*?]")
DAYS = re.compile(r"(\d{8})?(-)?(\d{8})?", re.ASCII)


class TooMany(Refusal):
    """符合的检查超过 {most} 项，请缩小范围。"""


def answers(*, calling: str, asked: Dataset) -> list[Dataset]:
    """The studies that match, newest first. Raises BadValue for a date that is none, TooMany."""
    own = Study.objects.filter(sender__channel="dicom", sender__code=f"AE {calling}", entry__isnull=False)
    rows = own.filter(_keys(asked)).select_related("entry").order_by("-examined", "-pk")
    counted = rows.annotate(count=Count("instances"), series_count=Count("instances__series", distinct=True))
    found = list(counted[: MOST + 1])
    if len(found) > MOST:
        raise TooMany(most=MOST)
    _told(calling, found)
    return [_answer(one, asked) for one in found]


def _told(calling: str, found: Iterable[Study]) -> None:
    persons = {one.entry.resident_id for one in found if one.entry is not None}
    trail.saw(
        by=the_inbox(), page="exchange.dicom_find", sentence=f"答复设备 {calling} 查询它送来的检查",
        persons=persons, basis="",
    )  # fmt: skip


def _keys(asked: Dataset) -> Q:
    """Every matching key that is filled in; an empty one matches all."""
    uids = _many(asked, "StudyInstanceUID")
    wanted = Q(uid__in=uids) if uids else Q()
    wanted &= _like("accession", _text(asked, "AccessionNumber"))
    wanted &= _like("patient_number", _text(asked, "PatientID"))
    wanted &= _name(_text(asked, "PatientName"))
    wanted &= _days(_text(asked, "StudyDate"))
    modalities = _many(asked, "ModalitiesInStudy")
    return wanted & Q(modalities__overlap=modalities) if modalities else wanted


def _text(asked: Dataset, keyword: str) -> str:
    return str(asked.get(keyword, "") or "").strip()


def _many(asked: Dataset, keyword: str) -> list[str]:
    value = asked.get(keyword, "") or ""
    parts = [value] if isinstance(value, str) else list(value)
    return [str(one).strip() for one in parts if str(one).strip()]


def _like(column: str, pattern: str) -> Q:
    if not pattern or not pattern.strip("*"):
        return Q()
    if not ANY.search(pattern):
        return Q(**{column: pattern})
    return Q(**{f"{column}__regex": f"^{_wild(pattern)}$"})


def _name(pattern: str) -> Q:
    """Without case, in any of the groups that a name has."""
    if not pattern or not pattern.strip("*^="):
        return Q()
    return Q(patient_name__iregex=f"(^|=){_wild(pattern)}\\^*(=|$)")


def _wild(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)


def _days(text: str) -> Q:
    """A day, or a stretch of days with either end open."""
    found = DAYS.fullmatch(text)
    if found is None:
        raise BadValue(field="0008,0020", label="StudyDate", value=text, problem="应为 YYYYMMDD 或一段日期")
    first, dash, last = found.groups()
    if first and not dash:
        last = first
    wanted = Q()
    if first:
        wanted &= Q(examined__gte=_midnight(first))
    if last:
        wanted &= Q(examined__lt=_midnight(last) + timedelta(days=1))
    return wanted


def _midnight(digits: str) -> datetime:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadValue(field="0008,0020", label="StudyDate", value=digits, problem="日历上没有这一天") from None
    return datetime.combine(day, time(), tzinfo=clock.COUNTY_ZONE)


def _answer(one: Study, asked: Dataset) -> Dataset:
    """Every key that was asked, as sent; the study's number in any case."""
    moment = one.examined.astimezone(clock.COUNTY_ZONE) if one.examined else None
    known = {
        "StudyInstanceUID": one.uid, "AccessionNumber": one.accession[:16], "PatientID": one.patient_number[:64],
        "PatientName": one.patient_name, "ModalitiesInStudy": list(one.modalities),
        "StudyDate": f"{moment:%Y%m%d}" if moment else "", "StudyTime": f"{moment:%H%M%S}" if moment else "",
        "StudyDescription": str(one.told.get("description", ""))[:64],
        "NumberOfStudyRelatedInstances": str(getattr(one, "count", "")),
        "NumberOfStudyRelatedSeries": str(getattr(one, "series_count", "")),
    }  # fmt: skip
    answer = Dataset()
    answer.SpecificCharacterSet = "ISO_IR 192"
    answer.QueryRetrieveLevel = "STUDY"
    for element in asked:
        if element.keyword and element.keyword not in ("SpecificCharacterSet", "QueryRetrieveLevel"):
            setattr(answer, element.keyword, known.get(element.keyword, None if element.VR != "SQ" else []))
    answer.StudyInstanceUID = one.uid
    return answer
