"""The files of an entry as they are served: a picture to recognise it by, the originals to be taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from yigongti.kernel.files import store
from yigongti.kernel.language import say, unpacked
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.record import queries
from yigongti.record.attached import Attachment
from yigongti.record.pages.person import saw
from yigongti.record.queries import Opened, attachments
from yigongti.record.rows import Row


# What the house draws or a picture's first frame is: shown in its place. All else is only ever taken away.
SVG = "image/svg+xml"
PICTURES = frozenset({"image/png", "image/jpeg", SVG})
ROWS = 20


@page("record.preview", "record/entries/<int:entry_id>/preview", title="预览图", permission="record.read")
def preview(request: Request, entry_id: int) -> HttpResponse:
    """The picture by which an entry is recognised on the timeline."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    shown = row.detail.get("preview") or {}
    if shown.get("media_type") not in PICTURES:
        raise NotFound
    saw(request, opened, page="record.preview", sentence="查阅预览图", subject=f"record.Entry:{entry_id}")
    return _served(store.whole(shown["digest"]), shown["media_type"], name="preview", in_place=True)


@page(
    "record.attachment", "record/entries/<int:entry_id>/files/<int:attachment_id>", title="影像和波形原件",
    permission="record.read",
)  # fmt: skip
def attachment(request: Request, entry_id: int, attachment_id: int) -> HttpResponse:
    """One file of an entry: a preview in its place, anything else to be taken away."""
    opened, _row, found = attachments.one(for_=request.actor, entry_id=entry_id, attachment_id=attachment_id)
    in_place = found.role == "preview" and found.media_type in PICTURES
    sentence = "查阅预览图" if in_place else "取走影像或波形原件"
    saw(request, opened, page="record.attachment", sentence=sentence, subject=f"record.Entry:{entry_id}")
    return _served(store.whole(found.file_id), found.media_type, name=found.name, in_place=in_place)


def _served(place: Path, media_type: str, *, name: str, in_place: bool) -> HttpResponse:
    response = FileResponse(place.open("rb"), content_type=media_type if in_place else "application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Content-Disposition"] = content_disposition_header(not in_place, name) or "attachment"
    return cast(HttpResponse, response)  # it streams, for an image may be larger than a process should hold


def drawn(request: Request, opened: Opened, row: Row) -> dict[str, Any]:
    """What the entry's page shows of its files."""
    if row.kind != "imaging":
        return {}
    after = row_number(request.GET.get("after", ""))
    found = attachments.of_entry(for_=request.actor, opened=opened, entry_id=row.id, limit=ROWS, after=after)
    if found is None:
        return {}
    why = row.detail.get("no_preview")
    base = f"/record/entries/{row.id}"
    return {
        "pictures": [(f"{base}/files/{one.pk}", one.label, one.media_type == SVG) for one in found.previews],
        "no_preview": say(unpacked(why)) if why else "",
        "counted": _counted(found),
        "files": [(f"{base}/files/{one.pk}", one.name, one.label, _size(one)) for one in found.files],
        "more_files": f"{base}?after={found.files[-1].pk}#files" if found.more else "",
    }


def _counted(found: attachments.Attached) -> str:
    if found.series:
        return say("{series} 个序列，{images} 幅", series=found.series, images=found.images)
    return say("{n} 个文件", n=len(found.files))


def _size(one: Attachment) -> str:
    kilobytes = one.file.size / 1024
    return f"{kilobytes / 1024:.1f} MB" if kilobytes >= 1024 else f"{kilobytes:.0f} kB"
