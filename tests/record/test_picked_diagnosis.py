"""A diagnosis on the forms of the record: picked by name, initials or code, or written freely."""

import pytest

from yigongti.record.pages.fields import picked


@pytest.mark.parametrize(("posted", "kept"), [
    ({"title": "I10.x00 原发性高血压", "title_text": "I10.x00 原发性高血压", "code": ""}, ("I10.x00", "原发性高血压")),
    ({"title": "", "title_text": "头晕待查", "code": ""}, ("", "头晕待查")),
    ({"title": "", "title_text": "高血压 2 级", "code": "I10"}, ("I10", "高血压 2 级")),
    ({"title": "高血压", "code": "I10"}, ("I10", "高血压")),
])  # fmt: skip
def test_a_picked_diagnosis_is_kept_as_code_and_words_and_typed_words_stay(posted, kept):
    said = picked(posted, "condition")
    assert (said["code"], said["title"]) == kept


def test_of_a_visit_the_picked_diagnosis_gives_the_code():
    said = picked({"title": "头晕", "code": "I10.x00 原发性高血压", "code_text": "I10.x00 原发性高血压"}, "encounter")
    assert (said["code"], said["title"]) == ("I10.x00", "头晕")
    assert picked({"title": "头晕", "code": "", "code_text": "I10"}, "encounter")["code"] == "I10"
