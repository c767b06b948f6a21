"""The files of a folder, each taken in by the door that its kind has: `(state, why)` for every message or row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from yigongti.exchange import inbox
from yigongti.exchange.arriving_hl7v2 import keep
from yigongti.exchange.batches.belonging import keeper_named
from yigongti.exchange.batches.kinds import Kind
from yigongti.exchange.batches.loading import assumed, fit_of_file, headed, load
from yigongti.exchange.documents.arriving import document as document
from yigongti.exchange.fhir_facts.loading import first_people as first_people
from yigongti.exchange.fhir_facts.loading import resources as resources
from yigongti.exchange.imaging.loading import image as image
from yigongti.exchange.imaging.loading import recording as recording


Said = list[tuple[str, str]]


def messages(path: Path) -> Said:
    """Every HL7 v2 message of a file."""
    return [inbox.settled(kept.arrived) for kept in keep(path.read_bytes(), peer="load")]


def sheets(files: Sequence[Path]) -> tuple[list[tuple[Kind, Path]], dict[Path, str]]:
    """The files whose columns are those of a kind of sheet, people before what is told of them; why others are none."""
    fits = {path: fit_of_file(path) for path in files}
    found = [(kind, path) for path, fit in fits.items() for kind in fit.kinds]
    return sorted(found, key=lambda one: one[0].order), {path: fit.why for path, fit in fits.items() if fit.why}


def rows(kind: Kind, path: Path, *, source: str, constants: Mapping[str, str], keeper: str = "") -> Said:
    """Every row of a sheet; `constants` by header fill what the sheet does not have, `keeper` names whose it is."""
    filled = assumed(kind, source) | headed(kind, constants)
    return list(load(path, kind, filled, keeper=keeper_named(keeper)).elements())


def kept_by(name: str) -> str:
    """The unit whose data staff look after the sheets of a folder. Raises NoSuchKeeper, NobodyToKeep."""
    return keeper_named(name).name
