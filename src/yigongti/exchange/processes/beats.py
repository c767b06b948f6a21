"""What the worker does again and again: take in what the inbox has kept, move the sheets under way."""

from yigongti.exchange.batches.working import work as move_sheets
from yigongti.exchange.inbox import MONTHLY as MONTHLY
from yigongti.exchange.inbox import take_all


def take_in_what_arrived() -> None:
    """Take in everything that waits to be."""
    while take_all():
        pass


def work_on_sheets() -> None:
    """Move every sheet under way, step by step in turn, until none moves."""
    while move_sheets():
        pass
