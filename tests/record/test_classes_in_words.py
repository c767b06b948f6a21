"""Systems that name diagnoses in English are no way around the special classes."""

import pytest

from yigongti.record.classes import classes_in_words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "found"),
    [("Major depression, single episode", {"psychiatric"}), ("Human immunodeficiency virus infection", {"hiv"}),
     ("Pulmonary TUBERCULOSIS", {"tuberculosis"}), ("Primary syphilis", {"sexual_health"}),
     ("Induced abortion", {"reproductive"}), ("ST segment depression in V4-V6", set()),
     ("Essential hypertension", set())],
)  # fmt: skip
def test_english_words_close_as_chinese_ones_do(said, found):
    assert classes_in_words(said) == found
