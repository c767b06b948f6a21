"""The MLLP listener: one thread a connection; a message is answered once it is committed, and never before."""

from __future__ import annotations

import socket
import socketserver

import structlog
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, close_old_connections, connection

from yigongti.exchange.arriving_hl7v2 import answer, keep, later_answer, unkept
from yigongti.exchange.hl7v2.acknowledge import Complaint, acknowledgement
from yigongti.exchange.hl7v2.framing import Kind, Piece, Splitter, framed
from yigongti.exchange.hl7v2.header import glimpse
from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


log = structlog.get_logger()
CHUNK = 64 * 1024
SILENCE = 15 * 60.0
"""Seconds without a byte after which a connection is let go."""


class Connection(socketserver.BaseRequestHandler):
    """One sender's connection."""

    request: socket.socket

    def handle(self) -> None:
        """Until the sender leaves or falls silent."""
        self.request.settimeout(SILENCE)
        splitter = Splitter(limit=values.number("exchange.largest_message_megabytes") * 1024 * 1024)
        try:
            while chunk := self.request.recv(CHUNK):
                for piece in splitter.feed(chunk):
                    self._take(piece)
        except OSError as gone:  # hung up or silent: what was whole is kept, what was not was never acknowledged
            log.info("mllp.gone", peer=self._peer, why=str(gone))
        for piece in splitter.rest():
            self._take(piece)

    def finish(self) -> None:
        """A thread that ends takes its database connection with it."""
        connection.close()

    @property
    def _peer(self) -> str:
        return str(self.client_address[0])

    def _take(self, piece: Piece) -> None:
        close_old_connections()
        if piece.kind is Kind.TOO_LARGE:
            self._send(_too_large(piece))
            return
        asks = piece.kind in (Kind.FRAME, Kind.GARBAGE)
        try:
            all_kept = keep(piece.content, peer=self._peer)
        except (DatabaseError, ObjectDoesNotExist, Refusal) as trouble:
            # Not kept, so not acknowledged: the sender is told to try again. So before a county has been set up.
            log.warning("mllp.unkept", peer=self._peer, why=str(trouble))
            self._answer(unkept(piece.content) if asks else None)
            return
        for kept in all_kept:
            beside = kept.header is None and len(all_kept) > 1  # one answer a message: none for what stood around it
            if asks and not beside:
                self._answer(answer(kept))
                self._answer(later_answer(kept))

    def _answer(self, told: bytes | None) -> None:
        if told is not None:
            self._send(told)

    def _send(self, message: bytes) -> None:
        try:
            self.request.sendall(framed(message))
        except OSError as gone:
            log.info("mllp.unanswered", peer=self._peer, why=str(gone))


def _too_large(piece: Piece) -> bytes:
    header = glimpse(piece.content.decode("utf-8", "replace"))
    complaint = Complaint(f"消息太大（{piece.size} 字节）", "MSH", "hl7v2.too_large")
    return acknowledgement(code="AR", to=header, control_id="YGT0", at=clock.now(), complaint=complaint)


class Listener(socketserver.ThreadingTCPServer):
    """Takes connections; a stop waits for nobody, since nothing unfinished was acknowledged."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


def listen(*, host: str, port: int) -> Listener:
    """A listener that is bound and ready for `serve_forever`."""
    return Listener((host, port), Connection)
