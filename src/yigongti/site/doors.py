"""The doors for other systems that demo and serve open beside web and worker: which ports, as far as they are free."""

import os
from dataclasses import dataclass

from yigongti.site.progress import say
from yigongti.site.sentence import Sentence
from yigongti.site.supervisor import require_port


HL7, DICOM = 2575, 11112
TRIED = 20
"""So many ports after the usual one are tried for a demonstration; senders of a county know one port and no other."""


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Where the listener listens; port 0 for none."""

    host: str = "127.0.0.1"
    hl7: int = 0
    dicom: int = 0

    @property
    def arguments(self) -> list[str]:
        """Of the listener's command, [] where nothing is to be opened."""
        if not self.hl7 and not self.dicom:
            return []
        return ["--host", self.host, "--port", str(self.hl7), "--dicom-port", str(self.dicom)]

    @property
    def place(self) -> str:
        """Where healthz knocks: both doors are one process."""
        return f"{self.host}:{self.hl7 or self.dicom}" if self.arguments else ""

    def said(self) -> str:
        """For the welcome; '' where nothing is open."""
        parts = [f"{name} {self.host}:{port}" for name, port in (("HL7 v2", self.hl7), ("DICOM", self.dicom)) if port]
        return "，".join(parts)


def of_a_demo(*, hl7: int, dicom: int) -> Doors:
    """The ports named, or the next that are free."""
    found_hl7 = _next_free("HL7 v2", hl7)
    return Doors(hl7=found_hl7, dicom=_next_free("DICOM", dicom, but=found_hl7))


def of_a_service() -> Doors:
    """The ports that the county has set, as far as they are free; none otherwise."""
    host = os.environ.get("YIGONGTI_LISTEN_HOST") or "127.0.0.1"
    ports = [_set(name) for name in ("YIGONGTI_HL7_PORT", "YIGONGTI_DICOM_PORT")]
    hl7, dicom = (_free(word, host, port) for word, port in zip(("HL7 v2", "DICOM"), ports, strict=True))
    return Doors(host=host, hl7=hl7, dicom=dicom)


def _set(name: str) -> int:
    told = os.environ.get(name) or "0"
    if not told.isdecimal() or int(told) > 65535:
        raise Sentence(f"{name} 应是 0 至 65535 的数，不能是 {told}。", f"{name} is a port, or 0 for none.")
    return int(told)


def _is_free(host: str, port: int) -> bool:
    try:
        require_port(host, port)
    except Sentence:
        return False
    return True


def _next_free(word: str, port: int, *, but: int = 0) -> int:
    if not port:
        return 0
    for one in range(port, min(port + TRIED, 65535) + 1):
        if one != but and _is_free("127.0.0.1", one):
            if one != port:
                say(f"端口 {port} 已被占用，{word} 改用 {one}。 Port {port} is taken; {word} takes {one}.")
            return one
    say(f"端口 {port} 起都被占用，不开 {word}。 No port from {port} on is free; {word} stays shut.")
    return 0


def _free(word: str, host: str, port: int) -> int:
    if not port or _is_free(host, port):
        return port
    say(f"端口 {port} 用不了，不开 {word}。 Port {port} cannot be used; {word} stays shut.")
    return 0
