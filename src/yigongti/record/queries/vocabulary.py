"""What the record computes with, for who brings it: series with their units, limits and numbers; the form of a code."""

from yigongti.record.measuring import icd10 as icd10
from yigongti.record.policy.series import SERIES as SERIES
