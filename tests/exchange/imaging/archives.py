"""A small DICOMweb archive on this machine that answers as it is told to: what real ones do, and what goes wrong."""

from __future__ import annotations

import base64
import email
import io
import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pydicom


JPEG = b"\xff\xd8\xff\xe0" + bytes(40) + b"\xff\xd9"


class Archive:
    """What it holds by instance, how it behaves (`mood`), and what it was asked."""

    def __init__(self):
        self.held, self.asked, self.mood = {}, [], ""
        self.felled_by = ""  # the instance that brings it down
        self.secret = base64.b64encode(b"ygt:geheim").decode()


@contextmanager
def archive():
    """One that runs; its address in `address`."""
    made = Archive()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"archive": made}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}/dicom-web"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    archive: Archive

    def log_message(self, *_said):
        pass

    def do_GET(self):
        self.archive.asked.append(f"GET {self.path}")
        place, _, query = self.path.partition("?")
        if self.archive.mood in ("down", "forgets"):
            return self._said(503, b"")
        if place.endswith("/rendered"):
            return self._said(200, JPEG, "image/jpeg") if self.archive.mood == "draws" else self._said(406, b"")
        known = [one for one in self.archive.held if one in query]
        return self._said(200, json.dumps([{"00080018": {"vr": "UI", "Value": [one]}} for one in known]).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.archive.asked.append("POST")
        if self.headers.get("Authorization") != f"Basic {self.archive.secret}":
            return self._said(401, b"")
        whole = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + body
        (part,) = email.message_from_bytes(whole).get_payload()
        data = body[body.index(b"\r\n\r\n") + 4 : body.rindex(b"\r\n--")]
        assert part.get_content_type() == "application/dicom"
        return self._taken(data)

    def _taken(self, data):
        mood = self.archive.mood
        found = str(pydicom.dcmread(io.BytesIO(data)).SOPInstanceUID)
        if found == self.archive.felled_by:
            mood = self.archive.mood = "down"
        if mood == "down":
            return self._said(503, b"")
        if mood in ("keeps and hangs up", "hangs up"):
            if mood.startswith("keeps"):
                self.archive.held[found] = data
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        sequence, reason = ("00081199", None) if mood != "declines" else ("00081198", 0x0122)
        if mood != "declines":
            self.archive.held[found] = data
        item = {"00081155": {"vr": "UI", "Value": [found]}} | ({"00081197": {"Value": [reason]}} if reason else {})
        return self._said(200, json.dumps({sequence: {"vr": "SQ", "Value": [item]}}).encode())

    def _said(self, status, body, kind="application/dicom+json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
