"""A county's own value: seen at once by every process that serves it."""

import pytest

from tests import factories
from yigongti.kernel import clock
from yigongti.kernel.access.models import Post
from yigongti.kernel.parameters import setting, values
from yigongti.kernel.parameters.models import ParameterValue


CODE = "residents.found_minutes"


@pytest.fixture
def keeper(county):
    values.forget()
    return factories.actor("administrator", county.root)


def row(keeper, value):
    """What another process has written and committed."""
    post = Post.objects.get(pk=keeper.post_id)
    ParameterValue.objects.create(
        code=CODE, begins=clock.today(), value=value, source="县文", entered_at=clock.now(), entered_by=post
    )


def test_another_process_s_change_is_seen_at_the_next_question(keeper):
    before = values.number(CODE)
    row(keeper, before + 7)
    assert values.number(CODE) == before  # nobody said so yet
    sign = values._sign()
    sign.parent.mkdir(parents=True, exist_ok=True)
    for times in (1, 2):
        with sign.open("ab") as file:
            file.write(b".")
        assert values.number(CODE) == before + 7 * times
        row(keeper, before + 14)


def test_who_sets_a_value_tells_the_others_once_it_is_committed(keeper, django_capture_on_commit_callbacks):
    before = values._size()
    with django_capture_on_commit_callbacks() as told:
        setting.set_value(by=keeper, code=CODE, value="31", begins=str(clock.today()), source="县文")
        assert values._size() == before
    for tell in told:
        tell()
    assert values._size() == before + 1
    assert values.number(CODE) == 31


def test_where_the_sign_cannot_be_written_the_value_is_still_set(keeper, settings, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    settings.DATA_FOLDER = blocked
    values.changed()
    row(keeper, 33)
    assert values.number(CODE) == 33


def test_a_sign_that_nobody_gives_is_made_up_for_after_a_while(keeper, monkeypatch):
    before = values.number(CODE)
    row(keeper, before + 7)
    monkeypatch.setattr(values, "FRESH_SECONDS", -1.0)
    assert values.number(CODE) == before + 7
