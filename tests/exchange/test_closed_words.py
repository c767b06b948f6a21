"""Data staff mend who somebody is and see nothing of what they have."""

import pytest

from yigongti.exchange.closed_words import done_words, reason_words


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("Observation.valueQuantity.value：“HIV阳性-机密”不是数", "Observation.valueQuantity.value：“…”不是数"),
     ("Bundle.entry[3].resource.onsetDateTime：“因吸毒”", "Bundle.entry[3].resource.onsetDateTime：“…”"),
     ("Patient.birthDate：“not a date”不合规定", "Patient.birthDate：“not a date”不合规定"),
     ("姓名“测试2001”不合规定；Condition.code：“梅毒”没有", "姓名“测试2001”不合规定；Condition.code：“…”没有"),
     ("这个号码登记的是赵老四，来的是赵四", "这个号码登记的是赵老四，来的是赵四")],
)  # fmt: skip
def test_a_reason_quotes_nothing_clinical(stored, shown):
    assert reason_words(stored) == shown


def test_entries_are_counted_not_named():
    assert done_words(["身份", "HIV 抗体", "NB Screen Panel（第 2 版）", "未读的段：ZXX"]) == [
        "身份", "未读的段：ZXX", "病历内容 2 条"
    ]  # fmt: skip
