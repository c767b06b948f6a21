"""What others may ask of chronic care: who is enrolled for which disease, and the follow-ups that were done."""

from __future__ import annotations

from yigongti.kernel.measures.words import Column, Fact


PERSON = (
    Column(name="person", title="居民", kind="person", sensitive=True),
    Column(name="sex", title="性别", kind="code"),
    Column(name="born", title="出生日期", kind="day", sensitive=True),
    Column(name="managing", title="管理机构", kind="place"),
    Column(name="disease", title="病种", kind="code", options="chronic.disease"),
)

enrolments = Fact(
    code="enrolments", title="慢病在管", means="每人每个病种在管的一段时间；去世或转出的次日起不再在管",
    at="at", until="until", person="person", born="born",
    columns=(
        Column(name="id", title="编号", kind="whole"), *PERSON,
        Column(name="grassroots", title="由基层管理", kind="yes"),
        Column(name="at", title="纳入管理日期", kind="day"),
        Column(name="until", title="止（不含当日）", kind="day"),
    ),
)  # fmt: skip

follow_ups = Fact(
    code="follow_ups", title="慢病随访", means="办完的随访和其他系统送来的随访，在管的每个病种一行；家庭自测不算",
    at="at", person="person", born="born",
    columns=(
        Column(name="id", title="编号", kind="whole"),
        Column(name="visit", title="就诊编号", kind="whole"), *PERSON,
        Column(name="at", title="随访日期", kind="day"),
        Column(name="institution", title="随访机构", kind="place"),
        Column(name="face_to_face", title="面对面", kind="yes"),
        Column(name="systolic", title="收缩压", kind="decimal", unit="mmHg", sensitive=True),
        Column(name="diastolic", title="舒张压", kind="decimal", unit="mmHg", sensitive=True),
        Column(name="glucose", title="空腹血糖", kind="decimal", unit="mmol/L", sensitive=True),
        Column(name="hba1c", title="糖化血红蛋白", kind="decimal", unit="%", sensitive=True),
        Column(name="result", title="此次随访分类", kind="code", options="chronic.result", sensitive=True),
        Column(name="valid", title="面对面且测了本病种该测的", kind="yes"),
    ),
)  # fmt: skip
