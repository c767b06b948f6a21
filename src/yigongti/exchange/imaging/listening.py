"""The DICOM listener: C-ECHO, C-STORE, C-FIND. An object is answered with success once it is committed, never before.

An object is written to the disk while it comes, so that none fills the memory; what is over the county's limit ends its
association. The association's calling title is the sender: DICOM proves it no further, so the port belongs into the
network of the modalities and nowhere else.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, connection
from pydicom.dataset import Dataset
from pynetdicom import AE, _config, evt
from pynetdicom.association import Association
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # made when the module is loaded
    PatientRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelFind,
    Verification,
)
from pynetdicom.transport import ThreadedAssociationServer

from yigongti.exchange.imaging import finding
from yigongti.exchange.imaging.arriving_dicom import keep_object
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


log = structlog.get_logger()

SUCCESS, PENDING, CANCELLED = 0x0000, 0xFF00, 0xFE00
OUT_OF_RESOURCES, NOT_UNDERSTOOD, IDENTIFIER_DOES_NOT_FIT = 0xA700, 0xC000, 0xA900
LARGEST_PDU, ANNOUNCED_PDU = 1 << 20, 1 << 17
ASSOCIATIONS = 20
SILENCE = 120.0
"""Seconds without a byte after which an association is let go."""


class TooLarge(OSError):
    """More bytes than one object may have: reading ends, and with it the association."""


class Metered:
    """Reads of one association's socket: no unit longer than the protocol's, no object longer than the county takes."""

    def __init__(self, read: Any, *, most: int, line: socket.socket) -> None:
        self._read, self._most, self.since, self.line = read, most, 0, line

    def __call__(self, wanted: int) -> bytearray:
        self.since += wanted
        if wanted > LARGEST_PDU or self.since > self._most:
            log.warning("dicom.too_large", wanted=wanted, received=self.since)
            raise TooLarge(f"{self.since} bytes")
        return bytearray(self._read(wanted))


def listen(*, host: str, port: int, title: str) -> ThreadedAssociationServer:
    """A listener that is bound and runs on its own threads; `stop` ends it."""
    _config.STORE_RECV_CHUNKED_DATASET = True
    _config.UNRESTRICTED_STORAGE_SERVICE = True  # a class that nobody knows is kept like any other
    entity = AE(ae_title=title)
    entity.maximum_pdu_size = ANNOUNCED_PDU
    entity.maximum_associations = ASSOCIATIONS
    entity.network_timeout = SILENCE
    for service in (
        Verification, StudyRootQueryRetrieveInformationModelFind, PatientRootQueryRetrieveInformationModelFind,
    ):  # fmt: skip
        entity.add_supported_context(service)
    most = values.number("exchange.largest_image_megabytes") * 1024 * 1024 + LARGEST_PDU
    handlers = [
        (evt.EVT_CONN_OPEN, _meter, [most]), (evt.EVT_CONN_CLOSE, _clear), (evt.EVT_C_ECHO, _echo),
        (evt.EVT_C_STORE, _store), (evt.EVT_C_FIND, _find),
    ]  # fmt: skip
    server = entity.start_server((host, port), block=False, evt_handlers=handlers)  # type: ignore[arg-type]
    if server is None:
        raise OSError("no server")
    return server


def stop(server: ThreadedAssociationServer) -> None:
    """Take no more, and end what is under way: nothing unfinished was acknowledged."""
    server.shutdown()
    for association in server.active_associations:
        if association.is_established:
            association.abort()
        else:
            _hang_up(association)


def _hang_up(association: Association) -> None:
    """Nothing was agreed yet, so there is no association to abort: pynetdicom ends it as it does one that is cut."""
    meter = getattr(association.dul.socket, "recv", None)
    if isinstance(meter, Metered):
        with suppress(OSError):  # cut already
            meter.line.shutdown(socket.SHUT_RDWR)
    association.kill()


def _meter(event: evt.Event, most: int) -> None:
    link: Any = event.assoc.dul.socket
    if link is not None:
        link.recv = Metered(link.recv, most=most, line=link.socket)


def _clear(event: evt.Event) -> None:
    """What came of an object whose association broke was never acknowledged, and goes.

    pynetdicom leaves a line open that its peer has cut, until memory is swept: it is closed here.
    """
    meter = getattr(event.assoc.dul.socket, "recv", None)
    if isinstance(meter, Metered):
        meter.line.close()
    half = getattr(event.assoc.dimse.message, "_data_set_path", None)
    if isinstance(half, Path):
        half.unlink(missing_ok=True)


def _echo(_event: evt.Event) -> int:
    return SUCCESS


def _store(event: evt.Event) -> int:
    request: Any = event.request
    calling = str(event.assoc.requestor.ae_title).strip()
    try:
        keep_object(
            event.dataset_path, calling=calling, instance=str(request.AffectedSOPInstanceUID),
            sop_class=str(request.AffectedSOPClassUID),
        )  # fmt: skip
    except (Refusal, DatabaseError, OSError, AttributeError) as trouble:  # an object without a dataset has no path
        log.exception("dicom.not_kept", calling=calling, why=str(trouble))
        return OUT_OF_RESOURCES
    finally:
        connection.close()
        _again(event)
    return SUCCESS


def _again(event: evt.Event) -> None:
    """The next object is measured from its own beginning."""
    meter = getattr(event.assoc.dul.socket, "recv", None)
    if isinstance(meter, Metered):
        meter.since = 0


def _find(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
    _again(event)
    calling = str(event.assoc.requestor.ae_title).strip()
    try:
        asked = event.identifier
        if str(asked.get("QueryRetrieveLevel", "")) != "STUDY":
            yield IDENTIFIER_DOES_NOT_FIT, None
            return
        found = finding.answers(calling=calling, asked=asked)
    except (Refusal, DatabaseError, ValueError, TypeError) as trouble:
        log.warning("dicom.not_answered", calling=calling, why=str(trouble))
        yield (OUT_OF_RESOURCES if isinstance(trouble, finding.TooMany) else NOT_UNDERSTOOD), None
        return
    finally:
        connection.close()
    for one in found:
        if event.is_cancelled:
            yield CANCELLED, None
            return
        yield PENDING, one
