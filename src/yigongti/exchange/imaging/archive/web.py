"""One image archive over DICOMweb: an object is stored (STOW-RS), asked for (QIDO-RS), drawn (WADO-RS rendered).

Written over the standard library: three requests are all that is needed, and an object goes out from the disk as it
lies there, whatever its size. Source: PS3.18 10.5 (store), 10.6 (search), 8.3.5 and 10.4 (rendered).
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit


CHUNK = 1 << 20
LONGEST_ANSWER, LARGEST_PICTURE = 1 << 20, 16 << 20
JSON = "application/dicom+json"
PICTURES = ("image/jpeg", "image/png")
STORED, FAILED, REASON, INSTANCE = "00081199", "00081198", "00081197", "00081155"
OUT_OF_RESOURCES = range(0xA700, 0xA800)
LATER = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that speak of the archive or of its settings, not of the image: it is tried again."""


class Unanswered(Exception):
    """The archive could not be asked; `code` is unreachable, silent, broken, unreadable, or HTTP with its status."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Declined(Exception):
    """The archive does not take this image, and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where it is, and as whom it is spoken to."""

    address: str
    user: str = ""
    password: str = ""
    seconds: float = 30.0

    @property
    def shown(self) -> str:
        """Its address without anything secret."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")

    def store(self, path: Path, *, instance: str) -> None:
        """Give it one object. Raises Unanswered, and Declined where it will never take it."""
        boundary = secrets.token_hex(16)  # nobody who sends an image can have put it there
        head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        length = len(head) + path.stat().st_size + len(tail)
        kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
        headers = {"Content-Type": kind, "Content-Length": str(length), "Accept": JSON}
        status, _kind, body = self._ask("POST", "/studies", headers, lambda: _parts(head, path, tail))
        _judge(status, body, instance)

    def holds(self, *, study: str, instance: str) -> bool:
        """Whether it has this object. Raises Unanswered."""
        query = urlencode({"SOPInstanceUID": instance, "limit": 1})
        status, _kind, body = self._ask("GET", f"/studies/{study}/instances?{query}", {"Accept": JSON})
        return status == 200 and bool(_read(body))

    def require_answer(self) -> None:
        """Ask it the smallest question. Raises Unanswered."""
        status, _kind, _body = self._ask("GET", "/studies?limit=1", {"Accept": JSON})
        if status not in (200, 204):
            raise Unanswered(f"HTTP {status}")

    def drawn(self, *, study: str, series: str, instance: str) -> tuple[str, bytes] | None:
        """Media type and bytes of a picture of it; None where the archive draws none. Raises Unanswered."""
        place = f"/studies/{study}/series/{series}/instances/{instance}/rendered"
        status, kind, body = self._ask("GET", place, {"Accept": "image/jpeg"}, most=LARGEST_PICTURE)
        return (kind, body) if status == 200 and kind in PICTURES and body else None

    def _ask(
        self, method: str, place: str, headers: Mapping[str, str], body: Callable[[], Iterator[bytes]] | None = None,
        most: int = LONGEST_ANSWER,
    ) -> tuple[int, str, bytes]:  # fmt: skip
        """Status, media type, bytes. Redirects are not followed: what is sent goes where the county said."""
        link = self._connected()
        try:
            link.request(method, urlsplit(self.address).path.rstrip("/") + place, body() if body else None,
                         {**headers, **self._who()}, encode_chunked=False)  # fmt: skip
            with link.getresponse() as response:
                return _answer(response, most)
        except TimeoutError:
            raise Unanswered("silent") from None
        except (OSError, http.client.HTTPException):
            raise Unanswered("broken") from None
        finally:
            link.close()

    def _connected(self) -> http.client.HTTPConnection:
        link = self._link()
        try:
            link.connect()
        except ssl.SSLError:
            raise Unanswered("untrusted") from None
        except (OSError, UnicodeError):
            raise Unanswered("unreachable") from None
        return link

    def _link(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=self.seconds)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.seconds)

    def _who(self) -> dict[str, str]:
        if not self.user:
            return {}
        return {"Authorization": f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}"}


def _answer(response: http.client.HTTPResponse, most: int) -> tuple[int, str, bytes]:
    body = response.read(most + 1)
    if len(body) > most:
        raise Unanswered("unreadable")
    return response.status, (response.headers.get_content_type() or "").lower(), body


def _parts(head: bytes, path: Path, tail: bytes) -> Iterator[bytes]:
    yield head
    with path.open("rb") as content:
        yield from iter(lambda: content.read(CHUNK), b"")
    yield tail


def _judge(status: int, body: bytes, instance: str) -> None:
    """What came of a store: the archive names each object that it keeps, and each that it does not."""
    if status >= 500 or status in LATER or 300 <= status < 400:
        raise Unanswered(f"HTTP {status}")
    said = _read(body) if status in (200, 202, 409) else []
    first = said[0] if said else {}
    for one in _items(first, FAILED):
        reason = _value(one, REASON)
        if isinstance(reason, int) and reason in OUT_OF_RESOURCES:
            raise Unanswered("full")
        raise Declined(f"{reason:04X}" if isinstance(reason, int) else str(reason or ""))
    if not any(_value(one, INSTANCE) == instance for one in _items(first, STORED)):
        raise Declined(f"HTTP {status}")


def _read(body: bytes) -> list[dict[str, Any]]:
    """DICOM JSON: one object or a list of them. Raises Unanswered for anything else."""
    try:
        found = json.loads(body) if body.strip() else []
    except ValueError:
        raise Unanswered("unreadable") from None
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, dict)]


def _items(said: Mapping[str, Any], tag: str) -> list[dict[str, Any]]:
    element = said.get(tag)
    value = element.get("Value") if isinstance(element, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _value(said: Mapping[str, Any], tag: str) -> Any:
    element = said.get(tag)
    value = element.get("Value") if isinstance(element, dict) else None
    return value[0] if isinstance(value, list) and value else None
