"""One connection to a receiver over MLLP: a message goes out, its own answer is waited for."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass

from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.framing import Kind, Splitter, framed
from yigongti.exchange.hl7v2.message import Message, parse
from yigongti.kernel.refusal import Refusal


CHUNK = 64 * 1024
LONGEST_ANSWER = 1024 * 1024
GOOD = ("AA", "CA")
BAD = ("AE", "AR", "CE", "CR")


class NoAnswer(Exception):
    """Nothing that can be taken as an answer came; `code` is unreachable, broken, silent or unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """MSA-1, and what the receiver said about it."""

    code: str
    words: str


class Line:
    """Connects when the first message goes out, and again after anything went wrong."""

    def __init__(self, *, host: str, port: int, connect_seconds: float, answer_seconds: float) -> None:
        self._address = (host, port)
        self._connect_seconds, self._answer_seconds = connect_seconds, answer_seconds
        self._socket: socket.socket | None = None
        self._splitter = Splitter(limit=LONGEST_ANSWER)

    def ask(self, message: bytes, *, control_id: str) -> Answer:
        """Send and wait. Raises NoAnswer, and closes then: a late answer is not the next one's."""
        try:
            return self._ask(message, control_id)
        except NoAnswer:
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._splitter = None, Splitter(limit=LONGEST_ANSWER)

    def _ask(self, message: bytes, control_id: str) -> Answer:
        line = self._connected()
        until = time.monotonic() + self._answer_seconds
        try:
            line.sendall(framed(message))
            while (left := until - time.monotonic()) > 0:
                line.settimeout(left)
                chunk = line.recv(CHUNK)
                if not chunk:
                    raise NoAnswer("broken")
                for piece in self._splitter.feed(chunk):
                    answer = _answer(piece.content, control_id) if piece.kind is Kind.FRAME else None
                    if answer:
                        return answer
        except TimeoutError:
            raise NoAnswer("silent") from None
        except OSError:
            raise NoAnswer("broken") from None
        raise NoAnswer("silent")

    def _connected(self) -> socket.socket:
        if self._socket is None:
            try:
                self._socket = socket.create_connection(self._address, self._connect_seconds)
            except (OSError, UnicodeError):  # a name that can be no host name
                raise NoAnswer("unreachable") from None
        self._socket.settimeout(self._answer_seconds)
        return self._socket


def _answer(frame: bytes, control_id: str) -> Answer | None:
    """The answer to this very message; None for one to another. Raises NoAnswer for what is no answer at all."""
    try:
        found = decode(frame)
        message = parse(found.text, charset=found.charset)
    except Refusal:
        raise NoAnswer("unreadable") from None
    msa = message.first("MSA")
    if msa is None or msa[1].text.upper() not in GOOD + BAD:
        raise NoAnswer("unreadable")
    return Answer(msa[1].text.upper(), _words(message)) if msa[2].text == control_id else None


def _words(message: Message) -> str:
    """MSA-3, and what each ERR says: its code's text, its sentences."""
    msa = message.first("MSA")
    said = [msa[3].text] if msa else []
    for err in message.all("ERR"):
        said += [err[3][2].text, err[7].text, err[8].text] if len(err[3].raw) else [err[1].raw]
    return "；".join(dict.fromkeys(text for text in said if text))[:400]
