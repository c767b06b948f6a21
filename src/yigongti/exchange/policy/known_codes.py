"""送来的测量值归入哪条趋势：LOINC 代码、收哪些 UCUM 单位、怎样换算。来源：LOINC、UCUM、IUPAC 标准原子量。

列在这里、单位认得、数值在录入界限以内的，写成可以计算的测量；其余照样写进档案，只是读、不算。质量浓度换成物质的量浓度用
摩尔质量：葡萄糖 C6H12O6 180.156，胆固醇 C27H46O 386.664，肌酐 C4H7N3O 113.120（克/摩尔）。没有说空腹的血糖按随机血糖。
"""

from __future__ import annotations

from decimal import Decimal

from yigongti.exchange.fhir_facts.conversions import KnownCode, Unit, Units


def _molar(mass: str, *, micro: bool = False) -> Units:
    """毫克/分升换成毫摩尔/升（或微摩尔/升）。"""
    same, per_litre = ("umol/L", 10_000) if micro else ("mmol/L", 10)
    return {same: Unit(), "mg/dL": Unit(factor=Decimal(per_litre) / Decimal(mass))}


PRESSURE: Units = {"mm[Hg]": Unit()}
RATE: Units = {"/min": Unit(), "{beats}/min": Unit(), "{breaths}/min": Unit()}
PERCENT: Units = {"%": Unit()}
TEMPERATURE: Units = {"Cel": Unit(), "[degF]": Unit(less=Decimal(32), factor=Decimal(5) / Decimal(9))}
WEIGHT: Units = {"kg": Unit(), "g": Unit(factor=Decimal("0.001")), "[lb_av]": Unit(factor=Decimal("0.45359237"))}
LENGTH: Units = {"cm": Unit(), "m": Unit(factor=Decimal(100)), "[in_i]": Unit(factor=Decimal("2.54"))}
BODY_MASS: Units = {"kg/m2": Unit()}
GLUCOSE = _molar("180.156")
CHOLESTEROL = _molar("386.664")
CREATININE = _molar("113.120", micro=True)
POTASSIUM: Units = {"mmol/L": Unit(), "meq/L": Unit()}
HAEMOGLOBIN: Units = {"g/L": Unit(), "g/dL": Unit(factor=Decimal(10))}

# 人去世以后才有的：开具死亡证明的“就诊”、死因的“观察”，记成文书，不算本人来看过病。
AFTER_DEATH = frozenset({("snomed", "308646001"), ("loinc", "69453-9")})

PRESSURE_PANELS = ("85354-9", "55284-4", "35094-2")
SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"

ALL = (
    KnownCode(series="heart_rate", units=RATE, loinc=("8867-4",)),
    KnownCode(series="respiratory_rate", units=RATE, loinc=("9279-1",)),
    KnownCode(series="temperature", units=TEMPERATURE, loinc=("8310-5", "8331-1", "8328-7")),
    KnownCode(series="oxygen_saturation", units=PERCENT, loinc=("2708-6", "59408-5")),
    KnownCode(series="weight", units=WEIGHT, loinc=("29463-7", "3141-9")),
    KnownCode(series="height", units=LENGTH, loinc=("8302-2", "8306-3")),
    KnownCode(series="bmi", units=BODY_MASS, loinc=("39156-5",)),
    KnownCode(series="waist", units=LENGTH, loinc=("56115-9", "8280-0")),
    KnownCode(series="hba1c", units=PERCENT, loinc=("4548-4", "17856-6")),
    KnownCode(series="fasting_glucose", units=GLUCOSE, loinc=("1558-6", "14771-0")),
    KnownCode(series="random_glucose", units=GLUCOSE, loinc=("2339-0", "2345-7", "15074-8", "14749-6")),
    KnownCode(series="postprandial_glucose", units=GLUCOSE, loinc=("1521-4",)),
    KnownCode(series="total_cholesterol", units=CHOLESTEROL, loinc=("2093-3", "14647-2")),
    KnownCode(series="ldl", units=CHOLESTEROL, loinc=("18262-6", "2089-1", "13457-7", "22748-8", "39469-2")),
    KnownCode(series="creatinine", units=CREATININE, loinc=("38483-4", "2160-0", "14682-9")),
    KnownCode(series="potassium", units=POTASSIUM, loinc=("6298-4", "2823-3")),
    KnownCode(series="haemoglobin", units=HAEMOGLOBIN, loinc=("718-7",)),
)  # fmt: skip

KNOWN = {code: one for one in ALL for code in one.loinc}

# 没有写 UCUM 代码、只写了单位文字的，认这些写法。
SPELLINGS = {
    "mmHg": "mm[Hg]", "℃": "Cel", "°C": "Cel", "°F": "[degF]", "次/分": "/min", "bpm": "/min", "kg/m²": "kg/m2",
    "μmol/L": "umol/L", "µmol/L": "umol/L", "mEq/L": "meq/L", "lb": "[lb_av]", "in": "[in_i]",
}  # fmt: skip
