"""A GeoJSON that somebody brings: a file or a pasted text, and in which coordinates it is."""

from __future__ import annotations

from typing import Any

from django import forms

from yigongti.kernel.pages.asking import Request
from yigongti.kernel.refusal import BadValue, Missing
from yigongti.organisations.datums import DATUMS, WGS84
from yigongti.organisations.outlines import LARGEST_BYTES


FILE = "file"
_ENCODINGS = ("utf-8-sig", "gb18030")
"""As the standard wants it, and as older tools here write it."""


class DatumField(forms.ChoiceField):
    """In which coordinates a file is; WGS 84 where nothing is said."""

    def __init__(self) -> None:
        super().__init__(
            label="坐标系", choices=list(DATUMS.items()), initial=WGS84, widget=forms.RadioSelect,
            help_text="国家 2000 与 WGS 84 相差不到一米，图上看不出，按一样处理；GCJ-02 近似换算成 WGS 84，误差一两米；"
            "百度地图（BD-09）请先换成其中一种",
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        """The datum's code."""
        return super().clean(value or WGS84)


def file_field() -> forms.FileField:
    """For the file, where it is not pasted."""
    accepted = forms.FileInput(attrs={"accept": ".json,.geojson,application/geo+json"})
    return forms.FileField(label="GeoJSON 文件", required=False, widget=accepted, help_text="最大 8 MB；或者粘贴在下面")


def text_of(request: Request, *, pasted: str, field: str) -> str:
    """What was brought, one way or the other. Raises Missing, BadValue."""
    given = request.FILES.get(FILE)
    if given is None:
        if not pasted.strip():
            raise Missing(field=field, label="GeoJSON")
        return pasted
    name = str(given.name or "")[:60]
    if pasted.strip():
        raise BadValue(field=FILE, label="GeoJSON 文件", value=name, problem="文件和粘贴只用一种")
    if (given.size or 0) > LARGEST_BYTES:
        raise BadValue(field=FILE, label="GeoJSON 文件", value=name, problem="文件太大，最大 8 MB")
    return decoded(given.read(), name)


def decoded(raw: bytes, name: str) -> str:
    """As text. Raises BadValue."""
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadValue(field=FILE, label="GeoJSON 文件", value=name, problem="不是 JSON")
