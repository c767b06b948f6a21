"""What the record computes with and how it is called, for who brings or tells it: series with their units, limits and
numbers; kinds of visit; the form of a code."""

from yigongti.record.classes import code_of as code_of_diagnosis
from yigongti.record.measuring import icd10 as icd10
from yigongti.record.policy.kinds import ENCOUNTER_CLASSES as ENCOUNTER_CLASSES
from yigongti.record.policy.kinds import ORDER_STATES as ORDER_STATES
from yigongti.record.policy.order_items import OWN_NUMBERS as OWN_NUMBERS
from yigongti.record.policy.series import SERIES as SERIES
from yigongti.record.words import Series as Series


__all__ = ["ENCOUNTER_CLASSES", "ORDER_STATES", "OWN_NUMBERS", "SERIES", "Series", "code_of_diagnosis", "icd10"]
