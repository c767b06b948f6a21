"""The demo's folder: what is not the demo's own stays as it is."""

import argparse

import pytest

from yigongti.site import demo, supervisor
from yigongti.site.folder import ROOMS, DataFolder
from yigongti.site.sentence import Sentence


@pytest.fixture(autouse=True)
def own_database(monkeypatch):
    """As the demo is started: the database of these tests is not its."""
    monkeypatch.delenv("YIGONGTI_DATABASE_URL", raising=False)


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("room", [name for name in ROOMS if name != "run"])
def test_somebody_s_files_in_a_room_of_that_name_are_never_thrown_away(tmp_path, room, fresh):
    (tmp_path / room).mkdir()
    theirs = tmp_path / room / "thesis.txt"
    theirs.write_text("mine")
    folder = DataFolder(tmp_path)
    folder.make()
    with pytest.raises(Sentence, match="不是演示县"):
        demo._residents_to_make(folder, argparse.Namespace(fresh=fresh, wanted=100))
    assert theirs.read_text() == "mine"


def test_a_run_that_was_killed_early_is_recovered(tmp_path):
    folder = DataFolder(tmp_path)
    folder.make()  # rooms, and nothing remembered yet
    assert demo._residents_to_make(folder, argparse.Namespace(fresh=False, wanted=100)) == 100
    assert demo._residents_to_make(folder, argparse.Namespace(fresh=False, wanted=300)) == 300


@pytest.mark.parametrize("port", [-1, 65_536, 99_999])
def test_a_port_that_cannot_be_is_one_sentence(port):
    with pytest.raises(Sentence, match="65535"):
        supervisor.require_port("127.0.0.1", port)
