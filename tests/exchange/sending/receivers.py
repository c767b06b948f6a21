"""Receivers for tests: the hl7 library's own MLLP server, and one that answers as it is told, badly too."""

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress

from yigongti.exchange.hl7v2.framing import Splitter, framed


@contextmanager
def library(*codes, words=""):
    """The hl7 library's server; answers the first message with the first code, and so on, then AA. Gives the port and
    what came."""
    from hl7.mllp import start_hl7_server

    came, left, bound, ready = [], list(codes), [], threading.Event()

    async def serve(reader, writer):
        try:
            while True:
                message = await reader.readmessage()
                came.append(message)
                answer = message.create_ack(left.pop(0) if left else "AA")
                if words:
                    answer.segment("MSA").append(words)
                writer.writemessage(answer)
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    async def begin():
        server = await start_hl7_server(serve, host="127.0.0.1", port=0, encoding="utf-8", limit=1 << 20)
        enough = asyncio.Event()
        bound.extend((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), enough))
        ready.set()
        async with server:
            await enough.wait()

    thread = threading.Thread(target=lambda: asyncio.run(begin()))
    thread.start()
    assert ready.wait(10)
    port, loop, enough = bound
    try:
        yield port, came
    finally:
        loop.call_soon_threadsafe(enough.set)
        thread.join(10)


@contextmanager
def telling(*answers):
    """Answers each message with the next of `answers` (bytes unframed, a function of the message, or None for
    silence), the last one again and again; a `Half` is sent unframed and the line cut. Gives the port and what came."""
    came, left, stop = [], list(answers), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(line):
        splitter = Splitter()
        with line, suppress(OSError):  # whoever sent may be gone
            while not stop.is_set() and (chunk := line.recv(65536)):
                for piece in splitter.feed(chunk):
                    came.append(piece.content)
                    told = left.pop(0) if len(left) > 1 else left[0]
                    answer = told(piece.content) if callable(told) else told
                    if isinstance(answer, Half):
                        line.sendall(answer)
                        return
                    if answer is not None:
                        line.sendall(framed(answer))

    def accept():
        while not stop.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], came
    finally:
        stop.set()
        listener.close()


class Half(bytes):
    """Bytes after which the receiver hangs up."""


def number_of(message):
    """MSH-10."""
    return message.split(b"\r", 1)[0].split(b"|")[9].decode()


def good(message):
    """AA to this very message."""
    return f"MSH|^~\\&|LIS|X|Y|Z|20260311||ACK|A1|P|2.5.1\rMSA|AA|{number_of(message)}\r".encode()
