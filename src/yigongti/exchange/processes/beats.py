"""What the worker does again and again: take in what the inbox has kept, move the sheets under way."""

from yigongti.exchange.batches.working import work as move_sheets
from yigongti.exchange.fhir.exporting.working import work as move_exports
from yigongti.exchange.imaging.archive.copying import work as copy_some
from yigongti.exchange.inbox import MONTHLY as MONTHLY
from yigongti.exchange.inbox import take_all
from yigongti.exchange.replays.working import work as move_replays
from yigongti.exchange.sending.working import work as send_some
from yigongti.exchange.watching.counting import count_anew, count_rhythms


def take_in_what_arrived() -> None:
    """Take in everything that waits to be."""
    while take_all():
        pass


def work_on_sheets() -> None:
    """Move every sheet under way, step by step in turn, until none moves."""
    while move_sheets():
        pass


def work_on_replays() -> None:
    """Move every replay under way until none moves."""
    while move_replays():
        pass


def write_exports() -> None:
    """Write every bulk export under way, file by file in turn, until none moves."""
    while move_exports():
        pass


def send_what_is_due() -> None:
    """Send what waits for other systems and is due."""
    send_some()


def copy_to_the_archive() -> None:
    """Give the county's image archive what it does not hold yet."""
    copy_some()


def count_what_came() -> None:
    """Bring the last two months of the coverage fact up to date."""
    count_anew(months=2)


def count_all_that_came() -> None:
    """Make the whole coverage fact anew, and each sender's usual silence."""
    count_anew()
    count_rhythms()
