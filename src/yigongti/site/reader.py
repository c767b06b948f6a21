"""The reader process: counts figures for the web processes; see kernel/measures/answering."""

import argparse
import os
import socket

import django

from yigongti.kernel.tether import tie_self


def main(arguments: list[str]) -> None:
    """Answer at the socket that the supervisor listens on, until nobody has asked for a while."""
    parser = argparse.ArgumentParser(prog="./run reader")
    parser.add_argument("--door", type=int, required=True, help="the number of an inherited listening socket")
    chosen = parser.parse_args(arguments)
    if os.environ.get("YIGONGTI_TETHER") == "1":
        tie_self()
    django.setup()
    from yigongti.kernel.measures import answering

    answering.clear()
    answering.Answering(socket.socket(fileno=chosen.door)).run()
