"""A refusal and a receipt speak the reader's language; what the trail keeps of them is Chinese."""

import copy
import json
import subprocess
import sys

from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.language import listed, phrase, say, spoken
from yigongti.kernel.refusal import BadValue, Missing, Refusals
from yigongti.kernel.workflow.refusals import NotYourTurn


def test_a_refusal_is_said_in_the_reader_s_language_and_kept_in_chinese():
    problem = phrase("不能超过 {most} 个字，现有 {count} 个", most=5, count=9)
    refused = BadValue(label="姓名", value="王", problem=problem)
    assert refused.sentence == str(refused) == "姓名“王”不合规定：不能超过 5 个字，现有 9 个"
    with spoken("en"):
        assert refused.sentence == 'Name "王" is not accepted: at most 5 characters, now 9'
        assert Refusals([refused, Missing(label="姓名")]).by_field() == {
            "": [refused.sentence, "Please fill in: Name."]
        }
        assert str(refused) == "姓名“王”不合规定：不能超过 5 个字，现有 9 个"
        assert str(BadValue(label="姓名", value="", problem=problem)).startswith("姓名")


def test_what_a_user_typed_is_not_translated_even_when_it_is_a_word_of_the_house():
    with spoken("en"):
        assert '"姓名"' in BadValue(label="姓名", value="姓名", problem="应填数字").sentence


def test_several_words_of_the_house_are_listed_each_in_english():
    parts = listed(["转诊医生", "接收台"])
    assert parts == "转诊医生、接收台"
    assert listed([]) == ""
    with spoken("en"):
        told = NotYourTurn(step="接收", part=parts).sentence
    assert told == '"Accept" is for: Referring doctor, Receiving desk. Your post cannot take this step.'


def test_a_text_without_english_is_shown_in_chinese():
    with spoken("en"):
        assert say("没有英文的一句") == say(phrase("{a}", a=phrase("没有英文的一句"))) == "没有英文的一句"


def test_a_receipt_s_phrase_survives_a_copy_and_leaves_the_house_as_chinese_text():
    done = phrase("{bed} 床已停用", bed="12")
    shown = Receipt(number="12", done=done).shown()
    assert json.loads(json.dumps(shown, ensure_ascii=False))["done"] == "12 床已停用"
    with spoken("en"):
        assert say(copy.deepcopy(done)) == say(shown["done"]) == "Bed 12 is out of use"


def test_a_refusal_speaks_chinese_where_no_django_is_set_up():
    program = "from yigongti.kernel.refusal import Missing; print(ascii(Missing(label='\\u7532').sentence))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env={})
    assert ran.stdout.strip() == ascii("请填写甲。")
