"""What a receipt says can be said again in the reader's language: no Chinese is baked into it."""

import ast
import uuid

import pytest

from tests.architecture.chinese import is_chinese
from tests.architecture.source import modules, name, tree
from yigongti.kernel.access.models import Account, Opening
from yigongti.kernel.action.models import Done
from yigongti.kernel.language import say, spoken
from yigongti.organisations import account_actions
from yigongti.residents.actions.openings import open_with_basis


TOLD_TO_THE_TRAIL = {"sentence", "title", "reason"}
"""Keywords whose text is kept as it was written: the trail's, titles of entries in a record, reasons of an edit."""


def baked(path):
    """Lines with an f-string of Chinese in a module that hands out receipts, beyond what the trail keeps."""
    kept = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg in TOLD_TO_THE_TRAIL
        for inner in ast.walk(node.value)
    }
    names = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)
        for inner in ast.walk(node.value)
    }
    return [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.JoinedStr) and id(node) not in kept | names
        and any(isinstance(part, ast.Constant) and is_chinese(str(part.value)) for part in node.values)
    ]  # fmt: skip


def hands_out_receipts(path):
    text = path.read_text(encoding="utf-8")
    return "Receipt" in text and "@action(" in text and "simulator" not in path.parts


def test_no_receipt_is_baked_in_chinese():
    found = {name(path): len(baked(path)) for path in modules() if hands_out_receipts(path)}
    assert len(found) > 8
    assert {path: count for path, count in found.items() if count} == {}


@pytest.mark.django_db
def test_an_account_s_receipt_is_english_for_who_reads_english(county, settings):
    from tests.factories import account, actor, post

    boss = actor("administrator", county.root)
    other = account(name="WANG", login="wang")
    post("village_doctor", county.village, account_=other)
    receipt = account_actions.suspend_account(by=boss, account_id=other.pk, reason="调离")
    assert receipt.done == "已停用WANG的账号"
    with spoken("en"):
        assert (say(receipt.done), is_chinese(say(receipt.next))) == ("Suspended the account of WANG", False)
    assert Account.objects.get(pk=other.pk).status != "active"


@pytest.mark.django_db
def test_a_replayed_receipt_speaks_the_language_of_who_reads_it_now(county):
    from tests.factories import actor, resident

    doctor, patient, key = actor("village_doctor", county.village), resident(county.village), uuid.uuid4()
    asked = {"by": doctor, "key": key, "resident": patient.pk, "basis": "emergency", "reason": "昏迷"}
    first, again = open_with_basis(**asked), open_with_basis(**asked)
    assert Opening.objects.count() == 1
    assert (again.done, again.next, again.shown()) == (first.done, first.next, first.shown())
    with spoken("en"):
        assert say(again.done) == say(first.done) != first.done
        assert say(again.done).startswith(f"{patient.name}, on the basis “Emergency")
        assert not is_chinese(say(again.next))


@pytest.mark.django_db
def test_a_receipt_that_was_kept_as_plain_text_is_still_read(county):
    from tests.factories import actor, resident

    doctor, patient, key = actor("village_doctor", county.village), resident(county.village), uuid.uuid4()
    asked = {"by": doctor, "key": key, "resident": patient.pk, "basis": "emergency", "reason": "昏迷"}
    first = open_with_basis(**asked)
    Done.objects.filter(key=key).update(receipt=first.shown())
    assert open_with_basis(**asked).shown() == first.shown()
