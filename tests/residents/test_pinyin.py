"""Names as people spell them."""

from __future__ import annotations

import pytest

from yigongti.residents import masking, pinyin


@pytest.mark.parametrize(
    ("name", "spelled", "initials"),
    [
        ("张桂兰", "zhangguilan", "zgl"),
        ("单田芳", "shantianfang", "stf"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("区大海", "oudahai", "odh"),
        ("解缙", "xiejin", "xj"),
        ("查良镛", "zhaliangyong", "zly"),
        ("任盖", "rengai", "rg"),
        ("盖叫天", "gejiaotian", "gjt"),
        ("朴槿", "piaojin", "pj"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("诸葛亮", "zhugeliang", "zgl"),
        ("吕布", "lvbu", "lb"),
        ("王𠮷", "wang𠮷", "w𠮷"),
        ("Ivan·Petrov", "ivanpetrov", "ip"),
    ],
)
def test_surnames_are_read_as_surnames_and_rare_characters_stand_for_themselves(name, spelled, initials):
    assert pinyin.spell(name) == (spelled, initials)


def test_a_given_character_keeps_its_own_reading_after_a_surname():
    assert pinyin.spell("王单")[0] == "wangdan"


@pytest.mark.parametrize(
    ("name", "shown"), [("张桂兰", "张*"), ("欧阳兰", "欧阳*"), ("欧阳", "欧*"), ("买买提·阿", "买*"), ("", "")]
)
def test_a_masked_name_tells_the_surname_and_nothing_of_the_rest(name, shown):
    assert masking.name(name) == shown
