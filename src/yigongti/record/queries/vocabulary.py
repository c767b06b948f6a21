"""The series that the record computes with, for who brings measurements: their units, limits and numbers."""

from yigongti.record.policy.series import SERIES as SERIES
