"""A part of the house that sleeps until somebody knocks, and is left alone when it falls again and again."""

from types import SimpleNamespace

import pytest

from yigongti.site import supervisor
from yigongti.site.supervisor import MOST_RESTARTS, Child, Sleeper


class Process:
    """One that ends as it is told."""

    returncode = None

    def poll(self):
        return self.returncode


@pytest.fixture
def sleeper(monkeypatch):
    monkeypatch.setattr(supervisor, "say", lambda _line: None)
    made = Sleeper(child=Child(name="reader", launch=Process), door=SimpleNamespace(waiting=False))
    made.door.knocked = lambda: made.door.waiting
    made.start()
    return made


def ended(sleeper, code):
    sleeper.child.process.returncode = code
    sleeper.door.waiting = True
    sleeper.mend()


def test_it_is_started_by_a_knock_and_only_then(sleeper):
    sleeper.mend()
    assert not sleeper.awake
    sleeper.stop()  # nothing to stop
    sleeper.door.waiting = True
    sleeper.mend()
    assert sleeper.awake
    running = sleeper.child.process
    sleeper.mend()
    assert sleeper.child.process is running


def test_one_that_ended_by_itself_may_do_so_for_ever_and_one_that_fell_often_is_left_alone_for_a_minute(sleeper):
    sleeper.door.waiting = True
    sleeper.mend()
    for _ in range(2 * MOST_RESTARTS):
        ended(sleeper, 0)
        assert sleeper.awake
    for _ in range(MOST_RESTARTS):
        ended(sleeper, -9)
        assert sleeper.awake
    ended(sleeper, -9)
    assert not sleeper.awake
    sleeper.mend()
    assert not sleeper.awake
    sleeper.child.falls = [fall - supervisor.WITHIN for fall in sleeper.child.falls]
    sleeper.mend()
    assert sleeper.awake
