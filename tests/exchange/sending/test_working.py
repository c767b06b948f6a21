"""What is in the outbox goes out once, in order, under one number, whatever the receiver or the worker does."""

import os
import signal
import threading
import time
import warnings
from datetime import timedelta

import pytest
from django.db import connection

from tests.exchange.sending.conftest import made_town, ordered
from tests.exchange.sending.receivers import Half, good, library, number_of, telling
from tests.exchange.test_exactly_once import together
from yigongti.exchange.models import Destination, Outgoing
from yigongti.exchange.sending import working
from yigongti.exchange.sending.line import Line, NoAnswer
from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations


@pytest.fixture
def quick(monkeypatch):
    """Answers are waited for half a second."""
    number = values.number
    given = {"exchange.send_answer_seconds": 0.5}
    monkeypatch.setattr(working.values, "number", lambda code, **more: given.get(code) or number(code, **more))


def states():
    return list(Outgoing.objects.order_by("pk").values_list("state", flat=True))


def reach(town, port):
    Destination.objects.filter(pk=town.lab.pk).update(port=port)


@pytest.mark.django_db
@pytest.mark.requirement("R159")
def test_the_library_s_server_gets_each_in_order_and_says_that_it_has_it(town):
    for n in range(3):
        ordered(str(n), number=f"P{n}")
    with library() as (port, came):
        reach(town, port)
        assert working.work() == 3
    assert [str(one.segment("ORC")[2]) for one in came] == ["P0", "P1", "P2"]
    assert states() == ["sent"] * 3
    assert working.work() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["AE", "AR"])
def test_what_the_receiver_refuses_is_a_dead_letter_with_its_words_and_the_rest_goes_on(town, code):
    for n in range(2):
        ordered(str(n), number=f"P{n}")
    with library(code, words="没有这个项目") as (port, _came):
        reach(town, port)
        assert working.work() == 2
    dead, sent = Outgoing.objects.order_by("pk")
    assert (dead.state, dead.answer, dead.words, dead.tries) == ("dead", code, "没有这个项目", 1)
    assert sent.state == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (None, "silent"), (Half(b"\x0bMSH|^~\\&|LIS"), "broken"), (b"garbage", "unreadable"),
        (good(b"MSH|^~\\&||||||||YGO0"), "silent"),
    ],
)  # fmt: skip
def test_without_an_answer_it_is_sent_again_later_under_the_same_number(town, quick, answer, trouble):
    ordered()
    with telling(answer) as (port, came):
        reach(town, port)
        assert working.work() == 0
        (one,) = Outgoing.objects.all()
        assert (one.state, one.trouble, one.tries) == ("queued", trouble, 1)
        assert timedelta(0) < one.due_at - clock.now() <= timedelta(seconds=5)
        assert working.work() == 0  # not before its time
        assert len(came) == 1
    with telling(good) as (port, again):
        reach(town, port)
        Outgoing.objects.update(due_at=None)
        assert working.work() == 1
    assert number_of(came[0]) == number_of(again[0]) == one.control_id
    assert came[0] == again[0]


@pytest.mark.django_db
def test_the_pauses_grow_and_what_comes_after_waits_so_that_the_order_is_kept(town):
    for n in range(2):
        ordered(str(n), number=f"P{n}")
    assert [working.pause_after(n) for n in (1, 2, 3, 6, 7, 70)] == [5, 15, 60, 3600, 3600, 3600]
    assert working.work() == 0  # nobody listens on port 1
    first, second = Outgoing.objects.order_by("pk")
    assert (first.trouble, first.tries, second.tries) == ("unreachable", 1, 0)
    Destination.objects.update(active=False)
    Outgoing.objects.update(due_at=None)
    assert working.work() == 0
    assert Outgoing.objects.get(pk=first.pk).tries == 1  # stopped: not even tried


def test_an_answer_to_another_message_is_none_to_this_one():
    answers = [good(b"MSH|^~\\&||||||||OTHER"), good]
    with telling(lambda sent: b"") as (port, _came):
        line = Line(host="127.0.0.1", port=port, connect_seconds=2, answer_seconds=1)
        with pytest.raises(NoAnswer) as nothing:
            line.ask(b"MSH|^~\\&||||||||A1\r", control_id="A1")
    assert nothing.value.code == "unreadable"
    with telling(lambda sent: answers[0] + b"\x1c\r\x0b" + answers[1](sent)) as (port, _came):
        line = Line(host="127.0.0.1", port=port, connect_seconds=2, answer_seconds=2)
        assert line.ask(b"MSH|^~\\&|||||||x|A1\r", control_id="A1").code == "AA"
        line.close()


@pytest.fixture
def open_town():
    """Rows that other connections see."""
    yield made_town()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(open_town):
    for n in range(4):
        ordered(str(n), number=f"P{n}")
    with telling(lambda sent: time.sleep(0.05) or good(sent)) as (port, came):
        reach(open_town, port)
        together(*[working.work] * 3)
        while working.work():
            pass
    assert sorted(map(number_of, came)) == sorted(Outgoing.objects.values_list("control_id", flat=True))
    assert states() == ["sent"] * 4


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_it_waits_loses_nothing(open_town):
    ordered()
    arrived = threading.Event()
    with telling(lambda sent: arrived.set()) as (port, came):
        reach(open_town, port)
        worker = _worker()
        assert arrived.wait(60)
        assert working.work() == 0  # the other one has it in hand
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    assert states() == ["queued"]
    with telling(good) as (port, again):
        reach(open_town, port)
        until = time.monotonic() + 20
        while not working.work() and time.monotonic() < until:
            time.sleep(0.1)  # the server notices that the dead worker's connection is gone
    assert states() == ["sent"]
    assert [number_of(one) for one in again] == [number_of(came[0])]


def _worker():
    """A process of its own that sends, with a connection of its own to the database of this test; its number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the threads of this test hold no lock that it needs
        child = os.fork()
    if child:
        return child
    _ours, connection.connection = connection.connection, None  # closing it here would end it for both
    working.work()
    os._exit(0)
