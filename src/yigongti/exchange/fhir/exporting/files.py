"""The files of exports: beside the stored files and not among them, for those are kept for ever and these for a day."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from yigongti.exchange.fhir.exporting.models import Export
from yigongti.exchange.fhir.outcomes import NotThere


def folder(export: Export) -> Path:
    """Where they lie."""
    return Path(settings.DATA_FOLDER) / "exports" / str(export.pk)


def write(export: Export, number: int, lines: Iterable[str]) -> None:
    """A file, on the disk when this returns; a half one of a killed worker is written over."""
    where = folder(export)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = where / f"{number}.half"
    with half.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in lines)
        out.flush()
        os.fsync(out.fileno())
    half.replace(where / f"{number}.ndjson")


def read(export: Export, number: int) -> str:
    """What it holds. Raises NotThere."""
    place = folder(export) / f"{number}.ndjson"
    if not place.is_file():
        raise NotThere(place=f"$export-file/{export.pk}/{number}")
    return place.read_text(encoding="utf-8")


def forget(export: Export) -> None:
    """Let all of them go."""
    shutil.rmtree(folder(export), ignore_errors=True)
