"""The series that the platform computes with: unit, what can be true, and the target by age.

Limits refuse what no living person shows: they catch slips of the hand, and are ours [M-]. Targets are dated
parameters with their own source.
"""

from __future__ import annotations

from decimal import Decimal

from yigongti.kernel.parameters.words import parameter
from yigongti.record.words import Band, Measure, Series


ADULT = 18


def _one(
    code: str, title: str, unit: str, places: int, least: str, greatest: str, *bands: Band,
    source: str = "本平台的录入界限", confidence: str = "M-",
) -> Series:  # fmt: skip
    only = Measure(title=title, least=Decimal(least), greatest=Decimal(greatest), bands=bands)
    return Series(
        code=code, title=title, unit=unit, places=places, source=source, confidence=confidence, measures=(only,)
    )


blood_pressure = Series(
    code="blood_pressure", title="血压", unit="mmHg", places=0,
    source="国家基本公共卫生服务规范（第三版）高血压患者健康管理；65 岁以上 <150/90", confidence="M+",
    measures=(
        Measure(
            title="收缩压", least=Decimal(40), greatest=Decimal(320),
            bands=(
                Band(below=parameter("record.systolic_below_65_and_over"), from_age=65),
                Band(below=parameter("record.systolic_below"), from_age=ADULT),
            ),
        ),
        Measure(
            title="舒张压", least=Decimal(20), greatest=Decimal(220),
            bands=(Band(below=parameter("record.diastolic_below"), from_age=ADULT),),
        ),
    ),
)  # fmt: skip

fasting_glucose = _one(
    "fasting_glucose", "空腹血糖", "mmol/L", 2, "0.5", "80",
    Band(low=parameter("record.glucose_low"), below=parameter("record.fasting_glucose_managed"), managed="diabetes"),
    Band(low=parameter("record.glucose_low"), below=parameter("record.fasting_glucose_below")),
)  # fmt: skip

postprandial_glucose = _one(
    "postprandial_glucose", "餐后血糖", "mmol/L", 2, "0.5", "80",
    Band(below=parameter("record.postprandial_glucose_managed"), managed="diabetes"),
    Band(below=parameter("record.postprandial_glucose_below")),
)  # fmt: skip

ALL = (
    blood_pressure,
    fasting_glucose,
    postprandial_glucose,
    _one("random_glucose", "随机血糖", "mmol/L", 2, "0.5", "80"),
    _one("hba1c", "糖化血红蛋白", "%", 1, "2", "25", Band(below=parameter("record.hba1c_managed"), managed="diabetes")),
    _one("heart_rate", "心率", "次/分", 0, "15", "320", Band(
        low=parameter("record.heart_rate_low"), below=parameter("record.heart_rate_below"), from_age=ADULT)),
    _one("temperature", "体温", "℃", 1, "25", "44", Band(below=parameter("record.temperature_below"))),
    _one("respiratory_rate", "呼吸", "次/分", 0, "3", "120"),
    _one("oxygen_saturation", "血氧饱和度", "%", 0, "20", "100", Band(low=parameter("record.oxygen_saturation_low"))),
    _one("weight", "体重", "kg", 2, "0.3", "400"),
    _one("height", "身高", "cm", 1, "20", "260"),
    _one("bmi", "体重指数", "kg/m²", 1, "5", "100", Band(
        low=parameter("record.bmi_low"), below=parameter("record.bmi_below"), from_age=ADULT)),
    _one("waist", "腰围", "cm", 1, "20", "250"),
    _one("potassium", "血钾", "mmol/L", 2, "0.8", "15", Band(
        low=parameter("record.potassium_low"), below=parameter("record.potassium_below"))),
    _one("creatinine", "肌酐", "μmol/L", 1, "5", "3000"),
    _one("haemoglobin", "血红蛋白", "g/L", 0, "10", "260"),
    _one("total_cholesterol", "总胆固醇", "mmol/L", 2, "0.3", "40"),
    _one("ldl", "低密度脂蛋白胆固醇", "mmol/L", 2, "0.1", "30"),
)  # fmt: skip

SERIES = {one.code: one for one in ALL}
