"""Messages of our own for these tests, and how they are read."""

from __future__ import annotations

from yigongti.exchange.hl7v2 import charset, message


PID = "PID|1||P0001^^^JXRM^MR~140781195503120029^^^CN^NI||张三丰||19550312|M"


def taken(data: bytes | str) -> message.Message:
    """A message from bytes as they arrive, or from lines of our own."""
    if isinstance(data, str):
        data = data.strip().replace("\n", "\r").encode()
    decoded = charset.decode(data)
    return message.parse(decoded.text, charset=decoded.charset)


def msh(kind: str, *, version: str = "2.4", asks: str = "|") -> str:
    """An MSH of that kind; `asks` is MSH-15 and 16."""
    return f"MSH|^~\\&|LIS|介休市人民医院|YIGONGTI|医共体|20240311083015||{kind}|C1|P|{version}|||{asks}||UNICODE UTF-8"
