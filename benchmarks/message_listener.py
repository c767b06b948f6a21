"""HL7 v2 over MLLP: messages a second, answered when committed, against what PostgreSQL alone commits of the same rows.

python -m benchmarks.message_listener 2000    # into the demo's county; YIGONGTI_DATA names another folder

Four connections, as four hospital systems; each waits for its acknowledgement before it sends the next. The rival
inserts the same bytes into a table of the same columns, one commit a message, on four connections. The messages are
training ones (MSH-11 T): where the county takes production alone they wait, where it takes them they are applied later.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator

from benchmarks.measuring import run, tell


MESSAGES, CONNECTIONS = 1000, 4
BEGIN, END = b"\x0b", b"\x1c\r"
RIVAL = "CREATE TABLE IF NOT EXISTS bench_message (LIKE exchange_message)"


def messages(count: int, line: int) -> Iterator[bytes]:
    """Results of a laboratory, each of its own number and person."""
    mark = uuid.uuid4().hex[:10]
    for n in range(count):
        number = f"{mark}-{line}-{n}"
        yield "\r".join([
            f"MSH|^~\\&|LIS|BENCH{line}|YIGONGTI||20260311101500||ORU^R01|{number}|T|2.4||||||UNICODE UTF-8",
            f"PID|||{number}^^^LIS^PI||检验{'甲乙丙丁'[n % 4]}||19700101|M",
            f"OBR|1||{number}^LIS|GLU^空腹血糖|||20260310080000||||||||||||||||||F",
            "OBX|1|NM|GLU^空腹血糖||6.1|mmol/L|3.9-6.1|N|||F",
        ]).encode()  # fmt: skip


def together(act: Callable[[int], None]) -> float:
    """Seconds until all lines are done."""
    threads = [threading.Thread(target=act, args=(line,)) for line in range(CONNECTIONS)]
    began = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return time.monotonic() - began


def send(port: int, bodies: list[bytes]) -> None:
    """One system: a message, its acknowledgement, the next."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        for body in bodies:
            link.sendall(BEGIN + body + END)
            answer = b""
            while not answer.endswith(END):
                answer += link.recv(65536)
            if b"|AA|" not in answer and b"MSA|AA" not in answer:
                raise SystemExit(f"not acknowledged: {answer!r}")


def commit(dsn: str, bodies: list[bytes]) -> None:
    """The same rows by PostgreSQL alone."""
    import psycopg

    statement = (
        "INSERT INTO bench_message (id, received_at, channel, sender_id, control_id, kind, hash, body, state, reason,"
        " field, value, rule, tries, persons, done)"
        " VALUES (0, now(), 'hl7v2', 1, %s, 'ORU^R01', '', %s, 'received', '',"
        " '', '', '', 0, '{}', '[]')"
    )
    with psycopg.connect(dsn, autocommit=True) as link:
        for n, body in enumerate(bodies):
            link.execute(statement, [str(n), body])


def main() -> None:
    """Print both rates and their ratio."""
    import psycopg
    from django.db import connection

    from yigongti.exchange.processes.listening import listen_mllp

    each = (int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES) // CONNECTIONS
    dsn = psycopg.conninfo.make_conninfo(**{k: v for k, v in connection.get_connection_params().items()
                                            if k in ("dbname", "user", "password", "host", "port")})  # fmt: skip
    listener = listen_mllp(host="127.0.0.1", port=0)
    port = listener.server_address[1]
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    told = {line: list(messages(each, line)) for line in range(CONNECTIONS)}
    send(port, list(messages(4, 0)))
    ours = together(lambda line: send(port, told[line]))
    listener.shutdown()
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute(RIVAL)
    alone = together(lambda line: commit(dsn, told[line]))
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("DROP TABLE bench_message")
    count = each * CONNECTIONS
    tell(f"listener, {CONNECTIONS} connections        {count / ours:8,.0f} messages/s")
    tell(f"PostgreSQL alone, one commit each   {count / alone:8,.0f} messages/s")
    tell(f"of what PostgreSQL commits alone    {alone / ours:8.2f}")


if __name__ == "__main__":
    run(main)
