"""How a name is spelled: pinyin and initials, with surnames read as surnames (单 is shàn, 尉迟 yù chí).

A character without pinyin stands for itself, so that 𠮷 can be found by 𠮷.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin import Style, lazy_pinyin


# Surnames whose reading differs from the character's most frequent one, with the readings that names use.
SINGLE = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "区": "ou", "解": "xie", "查": "zha", "任": "ren", "盖": "ge",
    "朴": "piao", "尉": "wei", "华": "hua", "柏": "bai", "贾": "jia", "翟": "zhai", "乐": "yue", "长": "chang",
    "缪": "miao", "繁": "po", "员": "yun", "贠": "yun", "黑": "he", "重": "chong", "折": "she", "召": "shao",
    "秘": "bi", "冼": "xian", "洗": "xian", "覃": "qin", "谌": "chen", "晁": "chao", "燕": "yan", "宁": "ning",
    "卜": "bu", "乜": "nie", "逄": "pang", "郇": "xun", "隗": "wei", "祭": "zhai", "种": "chong", "应": "ying",
    "令": "ling", "哈": "ha", "那": "na", "能": "nai", "曲": "qu", "车": "che", "盛": "sheng", "钻": "zuan",
    "冯": "feng", "谭": "tan", "臧": "zang", "瞿": "qu", "褚": "chu", "宓": "mi", "卞": "bian", "佘": "she",
    "句": "gou", "幸": "xing", "藏": "zang", "阚": "kan", "粘": "nian", "沈": "shen", "葛": "ge", "纪": "ji",
    "洪": "hong", "吕": "lv", "行": "xing", "牟": "mu", "郗": "xi", "郄": "qie", "炅": "gui", "笪": "da",
    "撒": "sa", "过": "guo", "不": "fou", "俞": "yu", "殷": "yin", "费": "fei", "相": "xiang", "都": "du",
    "庄": "zhuang", "薄": "bo",
}  # fmt: skip
COMPOUND = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "诸葛": "zhu ge", "欧阳": "ou yang",
    "司马": "si ma", "上官": "shang guan", "夏侯": "xia hou", "皇甫": "huang fu", "东方": "dong fang",
    "司徒": "si tu", "慕容": "mu rong", "令狐": "ling hu", "澹台": "tan tai", "公孙": "gong sun",
    "宇文": "yu wen", "轩辕": "xuan yuan", "端木": "duan mu", "百里": "bai li", "呼延": "hu yan",
    "南宫": "nan gong", "西门": "xi men", "东郭": "dong guo", "申屠": "shen tu", "独孤": "du gu",
    "鲜于": "xian yu", "闻人": "wen ren", "赫连": "he lian", "太史": "tai shi", "淳于": "chun yu",
    "单于": "chan yu", "濮阳": "pu yang", "宗政": "zong zheng", "公冶": "gong ye", "太叔": "tai shu",
    "仲孙": "zhong sun", "钟离": "zhong li", "司空": "si kong", "左丘": "zuo qiu", "谷梁": "gu liang",
    "拓跋": "tuo ba", "第五": "di wu",
}  # fmt: skip


# Readings that given names use where the dictionary's first one is another.
GIVEN = {"茜": "qian", "晟": "sheng", "乐": "le", "朝": "chao", "喆": "zhe", "䶮": "yan", "玥": "yue", "骁": "xiao"}


def surname(name: str) -> str:
    """The surname: two characters when they are a known compound, the part before the dot in a minority name."""
    if "·" in name:
        return name.split("·", 1)[0][:1]
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def spell(name: str) -> tuple[str, str]:
    """Pinyin without spaces and initials, in small letters: 张桂兰 → ('zhangguilan', 'zgl')."""
    syllables = _syllables(name)
    return "".join(syllables)[:200], "".join(s[0] for s in syllables)[:60]


def _syllables(name: str) -> list[str]:
    if name[:2] in COMPOUND and len(name) > 2:
        return [*COMPOUND[name[:2]].split(), *_read(name[2:])]
    return [SINGLE.get(name[0], _reading(name[0])), *_read(name[1:])] if name and _is_han(name[0]) else _read(name)


def _read(text: str) -> list[str]:
    """Each Chinese character is a syllable; a run of Latin letters is one word."""
    syllables: list[str] = []
    word = ""
    for character in text:
        if _is_han(character):
            syllables += [word] if word else []
            word = ""
            syllables.append(_reading(character))
        elif character.isalpha():
            word += _ascii(character)
        else:
            syllables += [word] if word else []
            word = ""
    return [s for s in [*syllables, word] if s]


def _is_han(character: str) -> bool:
    return ord(character) >= 0x2E80 and character.isalpha()


def _ascii(letter: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", letter.lower()) if not unicodedata.combining(c))
    return bare or letter


@cache
def _reading(character: str) -> str:
    return GIVEN.get(character) or str(lazy_pinyin(character, style=Style.NORMAL, errors=str)[0]).lower()


def typed(text: str) -> str:
    """What somebody types for pinyin, in the form that is stored: small, without spaces or marks, ü as v."""
    bare = text.lower().replace("ü", "v").replace("lyu", "lv").replace("nyu", "nv")
    return "".join(c for c in bare if c.isascii() and c.isalpha())
